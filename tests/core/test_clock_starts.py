"""Clocks that would otherwise stay silent, be merged, or move to a later day without a signature."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from suture.core.calendar import FEDERAL, WorkCalendar, local_date
from suture.core.clocks import AMENDMENT_806, MDR_5, MDR_30, REPORT_806, ClockState, case_clocks, moved_later
from suture.core.facts import Fact, Facts
from suture.core.milestones import initiated_on
from tests.core.dated import K, day, fact, told


def clocks_of(facts: Facts, today: int, rule, **more):
    return [c for c in case_clocks(facts, today=day(today), **more) if c.name == rule.name]


def test_each_extension_runs_its_own_clock_named_or_not():
    """21 CFR 806.10(d): within 10 working days of initiating *the* extension; an amendment answers what it follows."""
    facts = Facts([fact(K.EXTENSION_INITIATED, 0), fact(K.AMENDMENT_806_SUBMITTED, 5), fact(K.EXTENSION_INITIATED, 20)])
    first, second = clocks_of(facts, 60, AMENDMENT_806)
    assert first.state(day(60)) is ClockState.MET
    assert (second.started_on, second.state(day(60))) == (day(20), ClockState.OVERDUE)


def test_a_distributed_fix_is_a_correction_that_was_initiated():
    """Nobody recorded a notice or a unit; the fix went out all the same (Suture's policy)."""
    assert initiated_on(Facts([fact(K.FIX_DISTRIBUTED, 40)])) == day(40)
    assert initiated_on(Facts([fact(K.FIX_DISTRIBUTED, 40), told(20, names_action="yes")])) == day(20)
    (clock,) = clocks_of(Facts([fact(K.FIX_DISTRIBUTED, 40)]), 41, REPORT_806)
    assert clock.due_on == FEDERAL.add_working_days(day(40), 10)


@pytest.mark.parametrize(("seriousness", "starts"), [("death", True), ("serious", True), ("other", False), ("", False)])
def test_a_serious_event_that_is_linked_starts_the_mdr_clock(seriousness, starts):
    """Whoever linked it is an employee who is aware (21 CFR 803.3(b)); an earlier recorded day counts."""
    linked = fact(K.ADVERSE_EVENT_LINKED, 10, event="E-1", seriousness=seriousness)
    (clock,) = clocks_of(Facts([linked]), 11, MDR_30)
    assert (clock.started_on == day(10)) is starts
    (both,) = clocks_of(Facts([linked, fact(K.EMPLOYEE_AWARE, 4, event="E-1")]), 11, MDR_30)
    assert both.due_on == day(34)


def test_a_signed_conclusion_rests_the_events_it_was_made_on_and_no_later_one():
    """21 CFR 803.20(c)(2)."""
    first = fact(K.ADVERSE_EVENT_LINKED, 10, event="E-1", seriousness="serious")
    later = fact(K.ADVERSE_EVENT_LINKED, 20, event="E-2", seriousness="death")
    concluded = f"{day(15).isoformat()}T00:00:00Z"
    assert [c.about for c in clocks_of(Facts([first, later]), 21, MDR_30, concluded_at=concluded)] == ["E-2"]
    assert [c.about for c in clocks_of(Facts([first, later]), 21, MDR_30)] == ["E-1", "E-2"]


def test_the_firms_closures_never_move_a_work_day_of_part_803():
    """21 CFR 803.3(y) defines the work day; the firm's closures are for what the regulation leaves open."""
    closed = WorkCalendar.with_closures([day(n) for n in range(1, 5)])
    facts = Facts([fact(K.FDA_WRITTEN_REQUEST, 0), fact(K.CORRECTION_INITIATED, 0)])
    (five,) = clocks_of(facts, 1, MDR_5, calendar=closed)
    assert five.due_on == FEDERAL.add_working_days(day(0), 5)
    (ten,) = clocks_of(facts, 1, REPORT_806, calendar=closed)
    assert ten.due_on == closed.add_working_days(day(0), 10)


# A correction: facts before, facts after, and the clock it would make later or take away ('' where it does not).
CORRECTIONS = [
    ([fact(K.EMPLOYEE_AWARE, 3, event="A")], [fact(K.EMPLOYEE_AWARE, 9, event="A")], "MDR 30-day report"),
    ([fact(K.EMPLOYEE_AWARE, 3, event="A")], [], "MDR 30-day report"),
    ([fact(K.EMPLOYEE_AWARE, 3, event="A")], [fact(K.EMPLOYEE_AWARE, 3, event="A-1")], ""),
    ([fact(K.EMPLOYEE_AWARE, 3, event="A")], [fact(K.EMPLOYEE_AWARE, 2, event="A")], ""),
    ([fact(K.EXTENSION_INITIATED, 3)], [fact(K.EXTENSION_INITIATED, 5)], "806 amendment"),
    ([fact(K.EXTENSION_INITIATED, 3, extension="a"), fact(K.EXTENSION_INITIATED, 5, extension="b")],
     [fact(K.EXTENSION_INITIATED, 3, extension="a"), fact(K.EXTENSION_INITIATED, 5, extension="a")], "806 amendment"),
    ([fact(K.FDA_WRITTEN_REQUEST, 3)], [fact(K.FDA_WRITTEN_REQUEST, 4)], "MDR 5-day report"),
    ([fact(K.FDA_TRACKING_REQUEST, 3)], [fact(K.FDA_TRACKING_REQUEST, 3, level="patient")], "tracking answer"),
    ([fact(K.LEARNED_CANDIDATE, 3)], [fact(K.LEARNED_CANDIDATE, 4)], "tell customers"),
    ([told(3, names_action="yes")], [told(3, names_action="no")], "806 report"),
    ([told(3, names_action="yes"), fact(K.CORRECTION_INITIATED, 3)], [fact(K.CORRECTION_INITIATED, 3)], ""),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "which"), CORRECTIONS)
def test_a_correction_that_makes_a_clock_later_is_named(before, after, which):
    moved = moved_later(Facts(before), Facts(after), today=day(30))
    assert (moved or "").startswith(which)
    assert bool(moved) is bool(which)


@pytest.mark.parametrize(
    ("instant", "zone", "zero"),
    [
        ("2026-03-29T00:30:00+00:00", "Europe/Berlin", "2026-03-29"),  # the hour that is skipped: 01:30 CET
        ("2026-03-28T23:30:00+00:00", "Europe/Berlin", "2026-03-29"),
        ("2026-10-25T22:59:00+00:00", "Europe/Berlin", "2026-10-25"),  # winter time again: midnight is 23:00 UTC
        ("2026-10-25T23:00:00+00:00", "Europe/Berlin", "2026-10-26"),
        ("2026-10-24T22:00:00+00:00", "Europe/Berlin", "2026-10-25"),
        ("2026-03-08T05:59:00+00:00", "America/Chicago", "2026-03-07"),
        ("2026-03-08T06:00:00+00:00", "America/Chicago", "2026-03-08"),
        ("2026-03-09T04:59:00+00:00", "America/Chicago", "2026-03-08"),  # summer time: midnight is 05:00 UTC
        ("2026-11-02T05:59:00+00:00", "America/Chicago", "2026-11-01"),
        ("2026-07-01T00:00:00+00:00", "America/Chicago", "2026-06-30"),
        ("2026-07-01T00:00:00+00:00", "Europe/Berlin", "2026-07-01"),
    ],
)
def test_day_zero_is_the_day_at_the_site_on_days_that_change_the_clock(instant, zone, zero):
    on = local_date(datetime.fromisoformat(instant), zone)
    assert on == date.fromisoformat(zero)
    (clock,) = [c for c in case_clocks(Facts([Fact(K.EMPLOYEE_AWARE, on)]), today=on) if c.name == MDR_30.name]
    assert clock.due_on is not None
    assert (clock.due_on - on).days == 30
