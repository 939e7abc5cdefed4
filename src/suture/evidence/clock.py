"""The one clock of rooms and doors. `SUTURE_CLOCK` moves it, for the demo and tests only; a banner says so."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings


def now() -> datetime:
    """This instant, UTC."""
    moved: datetime | None = settings.SUTURE.clock
    return moved.astimezone(UTC) if moved else datetime.now(UTC)


def is_moved() -> bool:
    """Whether a set clock stands in for the real one."""
    return settings.SUTURE.clock is not None


def today(zone: str) -> date:
    """The calendar date at a place, e.g. 'America/Chicago': regulatory dates are dates of the responsible site."""
    return now().astimezone(ZoneInfo(zone)).date()
