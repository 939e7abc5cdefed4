"""Today: what lands on whose desk, one tab for each role."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def today(request: HttpRequest) -> HttpResponse:
    """What is owed, by days left; what nobody has looked at."""
    return render(request, "web/today.html", {"place": "today"})
