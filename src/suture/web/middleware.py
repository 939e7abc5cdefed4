"""One middleware for every page: who is here, and what to show when something is refused."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from suture.core.errors import InvalidValue, SutureError
from suture.web.errors import problem_page

# Pages for people who have not signed in, and doors with their own way of asking who is there.
OPEN_PAGES = frozenset({
    "account_login", "account_logout", "account_inactive", "healthz", "readyz",
    "security-txt", "public-policy", "public-report", "public-openpgp", "public-receipt-key", "public-follow",
    "hospital-notice", "hospital-code", "hospital-enter", "hospital-leave", "hospital-units", "hospital-ask",
    "hospital-json", "hospital-vex", "hospital-sbom",
    "public-receipt", "public-advisories", "public-advisory",
})  # fmt: skip
OWN_DOORS = ("/api/", "/static/")


class SutureMiddleware:
    """Asks for a login everywhere, sets `request.person`, and turns a refusal into a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        request.person = user._wrapped if user.is_authenticated and hasattr(user, "_wrapped") else user  # type: ignore[attr-defined]
        response = self.get_response(request)
        if "text/html" in response.get("Content-Type", "") and user.is_authenticated:
            response.setdefault("Cache-Control", "no-store")  # a shared machine's back button shows no case
        return response

    def process_view(
        self, request: HttpRequest, view: object, args: tuple[object, ...], kwargs: dict[str, object]
    ) -> HttpResponse | None:
        """Send whoever has not signed in to the login page, and back to where they were going."""
        if request.path.startswith(OWN_DOORS):
            return None
        if not request.user.is_authenticated:
            match = request.resolver_match
            if match is not None and match.url_name in OPEN_PAGES:
                return None
            return redirect_to_login(request.get_full_path(), reverse("account_login"))
        if any("\0" in value for _key, values in request.GET.lists() for value in values):
            return problem_page(request, InvalidValue("the address holds a character that no record can hold (NUL)"))
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refusal is a sentence for the person who can act on it; anything else is Django's."""
        if request.path.startswith("/api/"):
            return None
        if isinstance(exception, SutureError | ObjectDoesNotExist):
            return problem_page(request, exception)
        return None
