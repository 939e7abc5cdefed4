"""Sources: who tells us what, as of when; the page behind the monitoring strip."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from suture.detection.queries import feed_checks, owners_of_sources
from suture.disclosure.queries import watched_sources
from suture.evidence.clock import now
from suture.intelligence.queries import SourceStatus, knowledge, review_by_reason, sources_status
from suture.web.pages import may_do

SHOWN_LATE = 2


@dataclass(frozen=True, slots=True)
class Monitoring:
    """What the strip says on every page."""

    sources: int
    fresh: int
    late: tuple[SourceStatus, ...]
    more_late: int
    refused: tuple[SourceStatus, ...]
    rev: int
    only_demo: bool


def monitoring() -> Monitoring:
    """The state of all sources, those with a feed and those somebody looks through, in three queries."""
    feeds, known = sources_status(), knowledge()
    found = feeds + [one.status for one in watched_sources(now())]
    late = sorted((s for s in found if s.late), key=lambda s: s.budget - s.age)
    return Monitoring(
        sources=len(feeds), fresh=len(found) - len(late), late=tuple(late[:SHOWN_LATE]),
        more_late=max(0, len(late) - SHOWN_LATE), refused=tuple(s for s in found if s.refused), rev=known.rev,
        only_demo=known.only_demo,
    )  # fmt: skip


@require_GET
def sources(request: HttpRequest) -> HttpResponse:
    """Every source with its age and its limit, and the ranges that wait for a person."""
    return render(
        request, "web/sources.html",
        {
            "place": "", "sources": sources_status(), "known": knowledge(), "review": review_by_reason().items(),
            "watched": watched_sources(now()), "may_watch": may_do(request, "source.watch"),
            "checks": feed_checks(), "owners": owners_of_sources(), "may_own": may_do(request, "coverage.own"),
        },
    )  # fmt: skip
