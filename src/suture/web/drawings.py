"""Geometry of the drawings: risk matrix, clock bars, coverage ring. Numbers for SVG; colour lives in the sheet.

Pure functions on values, so that the same numbers could draw the page and the paper.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from suture.core.clocks import Clock, ClockState
from suture.core.exploitability import Exploitability
from suture.core.harm import HarmSeverity
from suture.core.risk import Outcome, RiskPolicy
from suture.web.dates import plain

# the matrix, in the units of its viewBox
LEFT, TOP, WIDE, HIGH = 58, 44, 66, 54
LETTERS = {Outcome.CONTROLLED: "C", Outcome.JUDGEMENT: "J", Outcome.UNCONTROLLED: "U"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell, and whether a point of the case lies in it."""

    x: int
    y: int
    css: str
    letter: str
    harm: HarmSeverity
    marks: tuple[str, ...] = ()  # 'inherent', 'residual'


@dataclass(frozen=True, slots=True)
class Row:
    """One row of cells with its word."""

    word: str
    y: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """Where a risk lies."""

    x: float
    y: float
    label_x: float
    label_y: float
    exploitability: Exploitability
    harm: HarmSeverity


@dataclass(frozen=True, slots=True)
class Matrix:
    """The whole drawing; `inherent` and `residual` are None where nobody assessed."""

    rows: tuple[Row, ...]
    columns: tuple[tuple[HarmSeverity, int], ...]
    inherent: Point | None
    residual: Point | None
    move: str  # the arrow's path, '' when the points are one
    describes: str

    @property
    def same(self) -> bool:
        """Whether inherent and residual risk lie in one cell."""
        return self.inherent is not None and self.residual is not None and self.move == ""


Risk = tuple[Exploitability, HarmSeverity]


def draw_matrix(policy: RiskPolicy, inherent: Risk | None = None, residual: Risk | None = None) -> Matrix:
    """Lay out the signed policy's cells and the case's two points."""
    levels = list(reversed(Exploitability))
    rows = []
    for r, level in enumerate(levels):
        cells = []
        for c, harm in enumerate(HarmSeverity):
            outcome = policy.cell(level, harm)
            marks = tuple(name for name, at in (("inherent", inherent), ("residual", residual)) if at == (level, harm))
            cells.append(Cell(LEFT + c * WIDE, TOP + r * HIGH, LETTERS[outcome].lower(), LETTERS[outcome], harm, marks))
        rows.append(Row(level.label, TOP + r * HIGH, tuple(cells)))
    apart = inherent is not None and residual is not None and inherent != residual
    first = _point(inherent, levels, -8 if inherent == residual and inherent else 0)
    second = _point(residual, levels, 8 if inherent == residual and inherent else 0)
    move = ""
    if apart and first and second:
        move = f"M{first.x:g} {first.y:g}L{second.x:g} {second.y:g}"
    return Matrix(
        tuple(rows), tuple((harm, LEFT + c * WIDE) for c, harm in enumerate(HarmSeverity)),
        first, second, move, _describe(policy, inherent, residual),
    )  # fmt: skip


def _point(at: Risk | None, levels: list[Exploitability], shift: int) -> Point | None:
    if at is None:
        return None
    column, row = at[1] - 1, levels.index(at[0])
    x = LEFT + column * WIDE + WIDE / 2
    y = TOP + row * HIGH + HIGH / 2 + shift
    label_x = x + 13 if column < 4 else x - 13 - 54
    return Point(x, y, label_x, y - 9, *at)


def _describe(policy: RiskPolicy, inherent: Risk | None, residual: Risk | None) -> str:
    def says(name: str, at: Risk | None) -> str:
        if at is None:
            return f"{name} risk: not assessed."
        outcome = policy.cell(*at)
        word = "a judgement cell" if outcome is Outcome.JUDGEMENT else outcome.label.lower()
        return f"{name} risk: {at[0].label.lower()} exploitability, {at[1].label.lower()} harm, {word}."

    return f"{says('Inherent', inherent)} {says('Residual', residual)}"


# ---------------------------------------------------------------- clocks


@dataclass(frozen=True, slots=True)
class Bar:
    """One clock as a bar on the common axis. Positions are percent of the axis, as SVG takes them."""

    clock: Clock
    state: ClockState
    start: str
    length: str
    used: str
    run_css: str
    track_css: str
    today: str
    met: str  # where it was met, '' while it is not
    says: str
    days: int | None


@dataclass(frozen=True, slots=True)
class Axis:
    """All started clocks on one time axis, and those that have not started."""

    bars: tuple[Bar, ...]
    idle: tuple[Clock, ...]  # started, but nothing hangs on them: the risk is controlled, or the case is closed
    waiting: tuple[Clock, ...]
    marks: tuple[tuple[str, str, str], ...]  # (position, text, anchor)
    today: str
    day: int | None  # 'today is day 24', from the earliest start


def draw_clocks(clocks: Sequence[Clock], today: date, binding: Collection[Clock] | None = None) -> Axis:
    """Bars of every clock that binds, on one axis from the earliest start to the latest due day.

    A clock whose fact is not recorded is *not started*: listed as such, without a bar. One that has started but does
    not bind as things stand is listed too: it is neither late nor met.

    Args:
        binding: the clocks that bind; None: all that have started.
    """
    begun = [c for c in clocks if c.started_on is not None and c.due_on is not None]
    started = [c for c in begun if binding is None or c in binding or c.met_on is not None]
    idle = tuple(c for c in begun if c not in started)
    waiting = tuple(c for c in clocks if c.due_on is None)
    if not started:
        return Axis((), idle, waiting, (), "", None)
    first = min(c.started_on for c in started if c.started_on)
    last = max([today, *(c.due_on for c in started if c.due_on)]) + timedelta(days=2)
    whole = max(1, (last - first).days)

    def at(day: date) -> float:
        return min(100.0, max(0.0, (day - first).days / whole * 100))

    bars = tuple(_bar(c, c.started_on, c.due_on, today, at) for c in started if c.started_on and c.due_on)
    marks: dict[float, str] = {0.0: plain(first, today)}
    for clock in started:
        if clock.due_on:
            marks.setdefault(round(at(clock.due_on), 1), plain(clock.due_on, today))
    now = round(at(today), 1)
    kept = [(p, t) for p, t in sorted(marks.items()) if abs(p - now) > 9]
    spaced: list[tuple[float, str]] = []
    for position, text in kept:
        if not spaced or position - spaced[-1][0] > 11:
            spaced.append((position, text))
    labels = [(f"{p:g}%", t, "start" if p < 5 else "end" if p > 93 else "middle") for p, t in spaced]
    return Axis(bars, idle, waiting, tuple(labels), f"{now:g}%", (today - first).days)


def _bar(clock: Clock, begun: date, due: date, today: date, place: Callable[[date], float]) -> Bar:
    state = clock.state(today)
    start, end, now = place(begun), place(due), place(today)
    until = place(clock.met_on) if clock.met_on and clock.met_on <= today else min(now, end)
    left = clock.days_left(today)
    css = {
        ClockState.OVERDUE: "late", ClockState.MET_LATE: "late", ClockState.MET: "met", ClockState.DUE_TODAY: "soon"
    }.get(state, "soon" if left is not None and left <= 3 else "")  # fmt: skip
    total, gone = (due - begun).days, (today - begun).days
    says = f"{clock.name}: {min(gone, total)} of {total} calendar days used; {state.value}"
    if clock.contingent:
        css = f"{css} contingent".strip()
        says = f"contingent; {says}"
    return Bar(
        clock, state, f"{start:.1f}%", f"{end - start:.1f}%", f"{max(0.0, until - start):.1f}%", css,
        "contingent" if clock.contingent else "", f"{now:.1f}%",
        f"{place(clock.met_on):.1f}%" if clock.met_on and clock.met_on <= today else "", says, left,
    )  # fmt: skip


# ---------------------------------------------------------------- ring


@dataclass(frozen=True, slots=True)
class Arc:
    """One part of the ring: a dash array over the ring's path length."""

    css: str
    dashes: str


def draw_ring(monitored: int, watched: int, holes: int) -> tuple[Arc, ...]:
    """Three arcs over a path as long as the number of components; a gap of one keeps them apart."""
    total = monitored + watched + holes
    gap = total / 200
    arcs, begun = [], 0.0
    for css, n in (("r-mon", monitored), ("r-text", watched), ("r-hole", holes)):
        if n:
            drawn = max(gap, n - gap)
            rest = total - begun - drawn
            arcs.append(Arc(css, f"0 {begun:g} {drawn:g} {max(0.0, rest):g}" if begun else f"{drawn:g} {rest:g}"))
        begun += n
    return tuple(arcs)
