"""Moments of the past: when a day ended somewhere, and what was published by then."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from suture.core.errors import InvalidValue
from suture.evidence.clock import now
from suture.intelligence.models import FeedRevision


def end_of(day: date, zone: str) -> datetime:
    """The instant at which a day ends at a place, not later than now.

    Raises:
        InvalidValue: the day has not begun.
    """
    here = ZoneInfo(zone)
    if day > now().astimezone(here).date():
        raise InvalidValue(f"{day.isoformat()} has not come yet")
    return min(now(), datetime.combine(day + timedelta(days=1), time.min, here).astimezone(UTC))


def revision_at(moment: datetime) -> int:
    """The newest revision published by a moment; 0 before the first."""
    known = FeedRevision.objects.filter(state=FeedRevision.State.PUBLISHED, published_at__lte=moment)
    return known.order_by("-rev").values_list("rev", flat=True).first() or 0
