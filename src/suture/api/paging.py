"""Cursor paging and ETags: a page is 'what comes after this key', never 'the hundredth page'."""

from __future__ import annotations

import base64
import hashlib
import json

from django.http import HttpRequest, HttpResponse

from suture.core.errors import InvalidValue

LARGEST_PAGE = 500


def read_cursor(cursor: str) -> int:
    """The key a page starts after; '' starts at the beginning.

    Raises:
        InvalidValue: not a cursor this API gave.
    """
    if not cursor:
        return 0
    try:
        return int(json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))["after"])
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidValue("the cursor is not one this API gave; leave it out to start at the beginning") from error


def write_cursor(after: int) -> str:
    """A cursor for what comes after a key."""
    return base64.urlsafe_b64encode(json.dumps({"after": after}).encode("ascii")).decode("ascii")


def tagged(request: HttpRequest, response: HttpResponse, state: str) -> bool:
    """Set an ETag over a state; True when the caller has that state already and the body may stay empty (304)."""
    tag = f'"{hashlib.sha256(state.encode("utf-8")).hexdigest()[:32]}"'
    response["ETag"] = tag
    return request.headers.get("If-None-Match", "") == tag
