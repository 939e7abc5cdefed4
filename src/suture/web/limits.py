"""How large a request may be, by route, decided before a byte of its body is read; and whose address it came from."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from suture.disclosure.attachments import LARGEST_ALL

# What anybody may send without an account: files of one report, its words, and the form around them.
OUTSIDE = "/security/"
PRIVATE = "/security/follow/"
LARGEST_OUTSIDE = LARGEST_ALL + 1024 * 1024


class BodyLimit:
    """Refuses a too large request of the outside doors unread; the server closes the connection after a 413."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and request.path.startswith(OUTSIDE):
            stated = request.META.get("CONTENT_LENGTH") or ""
            if not stated.isdecimal():
                return _refused(request, 411, _("your browser did not say how much it sends"))
            if int(stated) > LARGEST_OUTSIDE:
                limit = LARGEST_ALL >> 20
                return _refused(request, 413, _("that is more than %(n)d MB at once") % {"n": limit})
        response = self.get_response(request)
        if request.path.startswith(PRIVATE):
            response._has_been_logged = True  # type: ignore[attr-defined]  # a private link is no word for a log
        return response


def _refused(request: HttpRequest, status: int, says: str) -> HttpResponse:
    return render(request, "public/refused.html", {"says": says}, status=status, using=None)


def address_of_client(request: HttpRequest) -> str:
    """The address a request came from: what our own proxies say, as far as the operator told us of them."""
    hops = int(settings.SUTURE.proxies)
    stated = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if hops and len(stated) >= hops:
        return str(stated[-hops])
    return str(request.META.get("REMOTE_ADDR", ""))
