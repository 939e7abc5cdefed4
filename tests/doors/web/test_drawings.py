"""Dates as people say them, and the geometry of matrix, clocks and ring."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from suture.core.clocks import CYBER_COMMUNICATE, REPORT_806, start
from suture.core.exploitability import Exploitability
from suture.core.harm import HarmSeverity
from suture.core.risk import EXAMPLE_POLICY
from suture.web import dates
from suture.web.drawings import draw_clocks, draw_matrix, draw_ring

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 29), "in 6 days"),
        (date(2026, 11, 24), "in 1 day"),
        (date(2026, 11, 23), "today"),
        (date(2026, 11, 22), "1 day late"),
        (date(2026, 11, 21), "2 days late"),
    ],
)
def test_days_first(day: date, words: str) -> None:
    """The day first, then the date."""
    assert dates.days_away(day, TODAY) == words


def test_the_year_only_when_it_is_another_one() -> None:
    """'Sun 29 Nov', but 'Fri 15 Jan 2027'."""
    assert dates.short(date(2026, 11, 29), TODAY) == "Sun 29 Nov"
    assert dates.short(date(2027, 1, 15), TODAY) == "Fri 15 Jan 2027"


def test_an_instant_is_shown_at_the_site_and_kept_in_utc() -> None:
    """30 Oct 14:12 UTC is 09:12 in Duluth, still on summer time."""
    at = datetime(2026, 10, 30, 14, 12, tzinfo=UTC)
    assert dates.clock_time(at, "America/Chicago", TODAY) == "30 Oct, 09:12"
    assert dates.utc(at) == "2026-10-30 14:12 UTC"


def test_the_matrix_is_drawn_from_the_signed_policy() -> None:
    """All fifteen cells, in the order of the printed figure, with both points and the way between them."""
    drawn = draw_matrix(
        EXAMPLE_POLICY, (Exploitability.HIGH, HarmSeverity.CRITICAL), (Exploitability.LOW, HarmSeverity.CRITICAL)
    )
    assert ["".join(c.letter for c in row.cells) for row in drawn.rows] == ["CJUUU", "CJJUU", "CCJJJ"]
    assert drawn.inherent is not None
    assert drawn.residual is not None
    assert drawn.inherent.x == drawn.residual.x
    assert drawn.move != ""
    assert [c.marks for c in drawn.rows[0].cells][3] == ("inherent",)
    assert "a judgement cell" in drawn.describes


def test_no_point_where_nobody_assessed() -> None:
    """Not assessed is not a place on the matrix."""
    drawn = draw_matrix(EXAMPLE_POLICY)
    assert drawn.inherent is None
    assert drawn.residual is None
    assert "not assessed" in drawn.describes


def test_both_points_in_one_cell_are_told_apart() -> None:
    """Without a control the residual risk is the inherent one; the drawing shows both, without an arrow."""
    point = (Exploitability.HIGH, HarmSeverity.CRITICAL)
    drawn = draw_matrix(EXAMPLE_POLICY, point, point)
    assert drawn.move == ""
    assert drawn.inherent is not None
    assert drawn.residual is not None
    assert drawn.inherent.y != drawn.residual.y


def test_clocks_share_one_axis_and_one_today() -> None:
    """Bars fill up to today's line; a clock whose fact is not recorded has no bar and says what it waits for."""
    running = start(CYBER_COMMUNICATE, date(2026, 10, 30))
    axis = draw_clocks([running, start(REPORT_806, None)], TODAY)
    (bar,) = axis.bars
    assert bar.start == "0.0%"
    assert bar.used == bar.today
    assert axis.day == 24
    assert [c.name for c in axis.waiting] == ["806 report"]


def test_a_late_clock_is_red_and_full() -> None:
    """After the due day the bar is full, however long ago that was."""
    (bar,) = draw_clocks([start(CYBER_COMMUNICATE, date(2026, 9, 1))], TODAY).bars
    assert bar.run_css == "late"
    assert bar.used == bar.length


def test_a_contingent_clock_says_so() -> None:
    """Dashed in every place, and in words."""
    (bar,) = draw_clocks([start(REPORT_806, date(2026, 11, 17), contingent=True)], TODAY).bars
    assert "contingent" in bar.run_css
    assert bar.says.startswith("contingent")


def test_a_clock_that_does_not_bind_has_no_bar() -> None:
    """A controlled risk owes no customer notice on day 30: the clock is listed, neither late nor met."""
    idle, met = (
        start(CYBER_COMMUNICATE, date(2026, 9, 1)),
        start(REPORT_806, date(2026, 9, 1), met_on=date(2026, 9, 8)),
    )
    axis = draw_clocks([idle, met], TODAY, binding=[])
    assert axis.idle == (idle,)
    assert [bar.clock for bar in axis.bars] == [met]


def test_no_clock_no_axis() -> None:
    """Nothing started, nothing drawn."""
    assert draw_clocks([start(REPORT_806, None)], TODAY).bars == ()


@pytest.mark.parametrize("parts", [(171, 29, 14), (0, 0, 5), (3, 0, 0)])
def test_the_ring_adds_up(parts: tuple[int, int, int]) -> None:
    """Each part that is there has its arc; together they go once round."""
    arcs = draw_ring(*parts)
    assert len(arcs) == sum(1 for n in parts if n)
    for arc in arcs:
        assert sum(float(n) for n in arc.dashes.split()) == pytest.approx(sum(parts), abs=sum(parts) / 50)
