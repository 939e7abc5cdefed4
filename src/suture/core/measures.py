"""The three measures of FDA's premarket guidance, from events: how many were patched, how soon, and how far it got.

Each says what it could not know. Different fielded versions are measured apart, and averaged where several are asked.
Source: FDA, Cybersecurity in Medical Devices: Quality Management System Considerations and Content of Premarket
Submissions (3 Feb 2026), §V.A.6; the numbering M1 to M3 is ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from suture.core.campaigns import Share
from suture.core.errors import InvalidValue


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both in it."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise InvalidValue("a period ends on or after the day it starts")

    def holds(self, day: date | None) -> bool:
        """Whether a day lies in it."""
        return day is not None and self.start <= day <= self.end


@dataclass(frozen=True, slots=True)
class Identified:
    """One vulnerability of one device and version: when it was identified, and when a fix or patch was distributed.

    None is not known or not yet; `patched_on` counts from the day it was distributed.
    """

    identified_on: date | None
    patched_on: date | None = None


@dataclass(frozen=True, slots=True)
class Mean:
    """An average in days with how many it rests on, and of how many; None of nothing."""

    days: float | None
    known: int
    whole: int

    @property
    def unknown(self) -> int:
        """What it does not rest on."""
        return self.whole - self.known

    def __str__(self) -> str:
        return "not known" if self.days is None else f"{self.days:.1f} days"


def patched(found: Iterable[Identified], period: Period) -> Share:
    """M1: of the vulnerabilities identified in a period, those patched by its end.

    FDA calls it defect density. One whose day of identification nobody recorded lies in no period.
    """
    mine = [one for one in found if period.holds(one.identified_on)]
    return Share(sum(one.patched_on is not None and one.patched_on <= period.end for one in mine), len(mine))


def time_to_patch(found: Iterable[Identified], period: Period) -> Mean:
    """M2: the mean of days from identification to the patch, over those identified in a period.

    The patched ones make the mean; those without a patch are in `whole` alone, so that a short mean over few is seen.
    """
    mine = [one for one in found if period.holds(one.identified_on)]
    days = [
        max(0, (one.patched_on - one.identified_on).days)
        for one in mine
        if one.identified_on and one.patched_on and one.patched_on <= period.end
    ]
    return Mean(sum(days) / len(days) if days else None, len(days), len(mine))


def time_to_implement(by_day: Mapping[date, int], available_on: date | None, fleet: int, period: Period) -> Mean:
    """M3: the mean of days from a patch's availability to its implementation in the field, as far as known.

    Args:
        by_day: units by the day the patch was in place on them, reported or verified; only days that are known.
        available_on: the day it was made available; None while it is not.
        fleet: every unit the patch is for, those retired with evidence left out.

    A unit that had it before that day counts as 0 days.
    """
    if available_on is None or available_on > period.end:
        return Mean(None, 0, fleet)
    mine = {day: n for day, n in by_day.items() if day <= period.end}
    known = sum(mine.values())
    total = sum(max(0, (day - available_on).days) * n for day, n in mine.items())
    return Mean(total / known if known else None, known, fleet)
