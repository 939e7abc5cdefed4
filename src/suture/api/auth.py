"""Who calls: a signed-in session (with CSRF token), or HTTP Basic. Scoped tokens take their place here later."""

from __future__ import annotations

from django.contrib.auth import authenticate
from django.http import HttpRequest
from ninja.security import HttpBasicAuth, SessionAuth

from suture.accounts.models import Person


class Basic(HttpBasicAuth):
    """User name and password with each request; failed ones count towards the lockout of the login page."""

    def authenticate(self, request: HttpRequest, username: str, password: str) -> Person | None:
        person = authenticate(request, username=username, password=password)
        return person if isinstance(person, Person) and person.is_active else None


CALLERS = [Basic(), SessionAuth()]  # Basic first: a session asks for a CSRF token, a client of CI has none


def caller(request: HttpRequest) -> Person:
    """The person behind an authenticated request."""
    person = request.auth  # type: ignore[attr-defined]
    return person if isinstance(person, Person) else Person.objects.get(pk=person.pk)
