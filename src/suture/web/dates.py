"""Dates as people say them: the day first, then the date; the year only when it is another one.

English short names from tables, since records and reasons are English and must not change with a server's locale.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, ngettext

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def short(day: date, today: date | None = None) -> str:
    """'Sun 29 Nov', with the year when it is not today's: 'Fri 15 Jan 2027'."""
    year = "" if today is not None and today.year == day.year else f" {day.year}"
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}{year}"


def plain(day: date, today: date | None = None) -> str:
    """'29 Nov', with the year when it is not today's."""
    year = "" if today is not None and today.year == day.year else f" {day.year}"
    return f"{day.day} {MONTHS[day.month - 1]}{year}"


def days_away(day: date, today: date) -> str:
    """'in 6 days', 'today', '2 days late'."""
    left = (day - today).days
    if left == 0:
        return gettext("today")
    if left > 0:
        return ngettext("in %(n)d day", "in %(n)d days", left) % {"n": left}
    return ngettext("%(n)d day late", "%(n)d days late", -left) % {"n": -left}


def ago(day: date, today: date) -> str:
    """'today', 'yesterday', '6 days ago'; for what has happened, and so cannot be late."""
    gone = (today - day).days
    if gone <= 0:
        return gettext("today")
    if gone == 1:
        return gettext("yesterday")
    return gettext("%(n)d days ago") % {"n": gone}


def clock_time(at: datetime, zone: str, today: date | None = None) -> str:
    """'30 Oct, 09:12' at a place."""
    there = at.astimezone(ZoneInfo(zone))
    return f"{plain(there.date(), today)}, {there:%H:%M}"


def utc(at: datetime) -> str:
    """'2026-10-30 14:12 UTC'."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
