"""Geometry of the burn-up: two lines under one ceiling. Numbers for SVG; colour lives in the sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from suture.core.campaigns import Day
from suture.web.dates import plain

WIDE, HIGH, LEFT, RIGHT, TOP, BOTTOM = 640, 240, 48, 96, 14, 28
ROWS_SHOWN = 12  # of the table beside it; the rest folds away


@dataclass(frozen=True, slots=True)
class BurnUp:
    """The whole drawing: step lines for the denominator, what is in place, what is verified."""

    whole: str
    in_place: str
    verified: str
    area: str
    days: tuple[tuple[float, str, str], ...]  # x, text, anchor
    units: tuple[tuple[float, str], ...]  # y, text
    ends: tuple[tuple[float, str, str], ...]  # y, text, class; at the right of each line's end
    describes: str
    rows: tuple[Day, ...]

    @property
    def right(self) -> int:
        return WIDE - RIGHT

    @property
    def left(self) -> int:
        return LEFT


def draw_burn_up(days: Sequence[Day], today: date) -> BurnUp | None:
    """Lay out the days; None where nothing has happened yet.

    Lines are steps: between two reports nothing is known, so nothing is sloped.
    """
    if not days:
        return None
    first, last = days[0].on, max(days[-1].on, days[0].on + timedelta(days=1))
    top = max(1, *(day.denominator for day in days))
    span = (last - first).days

    def x(day: date) -> float:
        return round(LEFT + (day - first).days / span * (WIDE - LEFT - RIGHT), 1)

    def y(units: int) -> float:
        return round(HIGH - BOTTOM - units / top * (HIGH - TOP - BOTTOM), 1)

    def steps(values: Sequence[int]) -> str:
        path = [f"M{x(days[0].on):g} {y(values[0]):g}"]
        for day, value in zip(days[1:], values[1:], strict=True):
            path += [f"H{x(day.on):g}", f"V{y(value):g}"]
        return "".join(path)

    whole, put, seen = ([getattr(d, name) for d in days] for name in ("denominator", "in_place", "verified"))
    lines = [(y(whole[-1]), f"{whole[-1]:,} units", "b-whole"), (y(put[-1]), f"{put[-1]:,} in place", "b-put"),
             (y(seen[-1]), f"{seen[-1]:,} verified", "b-seen")]  # fmt: skip
    area = steps(seen) + f"V{y(0):g}H{x(days[0].on):g}Z"
    marks = sorted({first, first + timedelta(days=span // 2), last}) if span > 8 else sorted({first, last})
    return BurnUp(
        steps(whole), steps(put), steps(seen), area,
        tuple((x(d), plain(d, today), "start" if d == first else "end" if d == last else "middle") for d in marks),
        tuple((y(n), f"{n:,}") for n in sorted({0, top // 2, top})), _apart(lines),
        f"{put[-1]:,} of {whole[-1]:,} units in place, {seen[-1]:,} of them verified, on {plain(last, today)}",
        tuple(reversed(days)),
    )  # fmt: skip


def _apart(lines: Sequence[tuple[float, str, str]]) -> tuple[tuple[float, str, str], ...]:
    """Push the words at the ends of the lines apart, so that none covers another."""
    placed: list[tuple[float, str, str]] = []
    for at, text, css in sorted(lines):
        low = max(at, placed[-1][0] + 13) if placed else at
        placed.append((low, text, css))
    over = placed[-1][0] - (HIGH - BOTTOM)
    return tuple((round(at - max(0.0, over), 1) + 3, text, css) for at, text, css in placed)
