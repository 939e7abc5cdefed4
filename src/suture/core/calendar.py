"""Calendar days and working days, at the responsible site.

21 CFR 806 does not define "working day"; Suture uses the work day of 21 CFR 803.3: Monday to Friday, except
Federal holidays. That is an assumption, and named as one wherever it is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from suture.core.errors import InvalidValue
from suture.core.facts import plain_date


@cache
def federal_holidays(year: int) -> Mapping[date, str]:
    """Give the US Federal holidays observed in a year, by date; Saturday's on Friday, Sunday's on Monday.

    New Year's Day on a Saturday is observed on 31 December of the year before, and is listed in that year.
    Closures by executive order are not in the rule, and not here.
    Source: 5 U.S.C. 6103; the dates come from the `holidays` library.
    """
    # Imported when first needed: the library loads every calendar of the world, a fifth of a second that
    # `suture scan` and `suture --help` should not pay for.
    import holidays

    return dict(holidays.country_holidays("US", years=year, observed=True).items())


def local_date(instant: datetime, zone: str) -> date:
    """Give the calendar date of an instant at the responsible site.

    2026-08-11 01:15 UTC is still 10 August in America/New_York, and a clock that starts then has that day 0.

    Raises:
        InvalidValue: the instant has no offset, or there is no such zone.
    """
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise InvalidValue(f"{instant.isoformat()} has no offset from UTC; without it the day at the site is unknown")
    return instant.astimezone(site_zone(zone)).date()


def site_zone(zone: str) -> ZoneInfo:
    """Find a time zone by its IANA name, such as 'America/New_York'.

    Raises:
        InvalidValue: there is no such zone.
    """
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise InvalidValue(f"'{zone}' is not a time zone; write an IANA name such as America/New_York") from None


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which days are working days: Monday to Friday, without Federal holidays and the firm's own closures.

    A closure makes a working-day deadline later, and 21 CFR 803.3 knows of none beside Federal holidays;
    so `closures` is the firm's signed policy, and is empty by default.
    """

    closures: frozenset[date] = field(default_factory=frozenset)

    @classmethod
    def with_closures(cls, closures: Iterable[date]) -> WorkCalendar:
        """A calendar with the firm's own closures added."""
        return cls(frozenset(plain_date(day, "a closure") for day in closures))

    def is_working(self, day: date) -> bool:
        """Say whether a day is a working day.

        Source: 21 CFR 803.3(y), work day.
        """
        return day.weekday() < 5 and day not in federal_holidays(day.year) and day not in self.closures

    def add_working_days(self, day_zero: date, count: int) -> date:
        """Give the day that is `count` working days after day 0. Day 0 itself never counts.

        Raises:
            InvalidValue: `count` is below 1, or day 0 carries a time of day.
        """
        day = plain_date(day_zero, "day 0")
        if count < 1:
            raise InvalidValue("a deadline lies at least one working day after day 0")
        while count:
            day += timedelta(days=1)
            count -= self.is_working(day)
        return day

    def last_working_day(self, day: date) -> date:
        """Give the day itself if it is a working day, else the last one before it."""
        while not self.is_working(day):
            day -= timedelta(days=1)
        return day


FEDERAL = WorkCalendar()
