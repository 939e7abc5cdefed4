"""What belongs to one person's use of the pages: light or dark; and the page that says who adds people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

ONE_YEAR = 365 * 24 * 3600


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Light or dark, kept in a cookie; back to the page it was asked from."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = redirect(back)
    wanted = request.POST.get("look")
    if wanted in ("light", "dark"):
        response.set_cookie("look", wanted, max_age=ONE_YEAR, samesite="Lax", httponly=True, secure=request.is_secure())
    return response


@require_GET
def by_administrator(request: HttpRequest) -> HttpResponse:
    """People are added by an administrator."""
    return render(request, "account/signup_closed.html")
