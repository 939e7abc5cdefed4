"""All addresses: pages, accounts, health, and the API's own door."""

from __future__ import annotations

from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from suture.api.app import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("suture.web.account_urls")),
    path("api/suture/v1/", api.urls),
    # A browser asks for it beside what is no page of ours to name an icon: a PDF, a file of JSON.
    path("favicon.ico", RedirectView.as_view(url=static("suture/mark.svg")), name="icon"),
    path("", include("suture.web.urls")),
]

handler400 = "suture.web.errors.bad_request"
handler403 = "suture.web.errors.forbidden"
handler404 = "suture.web.errors.not_found"
handler500 = "suture.web.errors.failed"
