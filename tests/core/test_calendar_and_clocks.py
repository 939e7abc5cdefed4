"""Every clock from its own dated fact; all vectors; weekends, holidays, zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suture.core import clocks
from suture.core.calendar import FEDERAL, WorkCalendar, federal_holidays, local_date
from suture.core.clocks import CLOCK_RULES, ClockState, Unit, case_clocks, day_zero, periodic_clock, start
from suture.core.errors import InvalidValue
from suture.core.facts import Fact, Facts
from tests.core.dated import K, day, fact, file_with

D = date.fromisoformat
EDT = timezone(timedelta(hours=-4))

# Federal holidays observed, 5 U.S.C. 6103: Saturday's on Friday, Sunday's on Monday.
OBSERVED = {
    2026: "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25",
    2027: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
    2028: "01-17 02-21 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25",
}

# Day 0, and the days that are 5 and 10 working days and 30 and 60 calendar days later.
VECTORS = [
    ("2026-11-20", "2026-11-30", "2026-12-07", "2026-12-20", "2027-01-19"),
    ("2026-11-23", "2026-12-01", "2026-12-08", "2026-12-23", "2027-01-22"),
    ("2026-12-18", "2026-12-28", "2027-01-05", "2027-01-17", "2027-02-16"),
    ("2026-07-01", "2026-07-09", "2026-07-16", "2026-07-31", "2026-08-30"),  # 3 July is the observed holiday
    ("2027-12-20", "2027-12-28", "2028-01-05", "2028-01-19", "2028-02-18"),  # 24 and 31 December observed
    ("2026-08-10", "2026-08-17", "2026-08-24", "2026-09-09", "2026-10-09"),  # from 2026-08-10 21:15 EDT
]


@pytest.mark.parametrize("year", OBSERVED)
def test_federal_holidays_on_weekdays(year):
    """The weekdays that are Federal holidays, year by year."""
    weekdays = {d.strftime("%m-%d") for d in federal_holidays(year) if d.weekday() < 5}
    assert weekdays == set(OBSERVED[year].split())


@pytest.mark.parametrize(("zero", "work5", "work10", "cal30", "cal60"), VECTORS)
def test_clock_vectors(zero, work5, work10, cal30, cal60):
    """The test vectors, through the clocks that use them."""
    assert start(clocks.MDR_5, D(zero)).due_on == D(work5)
    for ten_working_days in (clocks.REPORT_806, clocks.AMENDMENT_806, clocks.TRACKING_PATIENT):
        assert start(ten_working_days, D(zero)).due_on == D(work10)
    for thirty_days in (clocks.CYBER_COMMUNICATE, clocks.MDR_30, clocks.MDR_SUPPLEMENT):
        assert start(thirty_days, D(zero)).due_on == D(cal30)
    assert start(clocks.CYBER_FIX, D(zero)).due_on == D(cal60)


def test_an_evening_instant_belongs_to_the_day_at_the_site():
    """2026-08-10 21:15 EDT is 2026-08-11 01:15 UTC; at a site in New York day 0 is Monday, 10 August."""
    for instant in (datetime(2026, 8, 10, 21, 15, tzinfo=EDT), datetime(2026, 8, 11, 1, 15, tzinfo=UTC)):
        zero = local_date(instant, "America/New_York")
        assert zero == D("2026-08-10")
        assert start(clocks.REPORT_806, zero).due_on == D("2026-08-24")
    assert local_date(datetime(2026, 8, 11, 1, 15, tzinfo=UTC), "Europe/Berlin") == D("2026-08-11")


@pytest.mark.parametrize("zone", ["", "Nowhere/Town", "../etc/passwd", "EST5XYZ "])
def test_an_unknown_zone_is_refused(zone):
    """A zone is an IANA name."""
    with pytest.raises(InvalidValue, match="not a time zone"):
        local_date(datetime(2026, 8, 11, tzinfo=UTC), zone)


def test_an_instant_without_offset_is_refused():
    """Without its offset nobody knows the day at the site."""
    with pytest.raises(InvalidValue, match="no offset"):
        local_date(datetime(2026, 8, 11, 1, 15), "America/New_York")


def test_the_due_day_is_not_moved_from_a_weekend():
    """2026-12-20 is a Sunday: it stays due, and the Friday before stands beside it."""
    clock = start(clocks.CYBER_COMMUNICATE, D("2026-11-20"))
    assert clock.due_on == D("2026-12-20")
    assert clock.last_working_day_before == D("2026-12-18")
    working = start(clocks.REPORT_806, D("2026-11-20"))
    assert working.last_working_day_before == working.due_on == D("2026-12-07")


@pytest.mark.parametrize(
    ("due", "last"),
    [
        ("2026-12-18", "2026-12-18"),
        ("2026-12-19", "2026-12-18"),
        ("2026-12-25", "2026-12-24"),
        ("2026-11-29", "2026-11-27"),
    ],
)
def test_the_last_working_day_before(due, last):
    """The day itself, else the Friday, or the day before a holiday."""
    assert FEDERAL.last_working_day(D(due)) == D(last)


def test_day_zero_never_counts_and_may_be_a_holiday():
    """Initiated on Thanksgiving: the first working day after is Friday."""
    assert FEDERAL.add_working_days(D("2026-11-26"), 1) == D("2026-11-27")
    assert FEDERAL.add_working_days(D("2026-11-28"), 1) == D("2026-11-30")


def test_the_firms_closures_count_only_when_given():
    """A closure is the firm's policy; 21 CFR 803.3 knows Federal holidays alone."""
    closed = WorkCalendar.with_closures([D("2026-12-28"), D("2026-12-29")])
    assert start(clocks.MDR_5, D("2026-12-18")).due_on == D("2026-12-28")
    assert start(clocks.MDR_5, D("2026-12-18"), calendar=closed).due_on == D("2026-12-30")


@pytest.mark.parametrize("count", [0, -1])
def test_a_working_day_deadline_is_at_least_one_day(count):
    """No deadline on day 0 itself."""
    with pytest.raises(InvalidValue):
        FEDERAL.add_working_days(D("2026-12-18"), count)


@given(st.dates(date(2021, 1, 1), date(2040, 12, 31)), st.integers(1, 40))
@settings(max_examples=60)
def test_working_days_are_counted_one_by_one(zero, count):
    """The day reached is a working day, and exactly `count` working days lie in (day 0, day]."""
    reached = FEDERAL.add_working_days(zero, count)
    assert FEDERAL.is_working(reached)
    assert sum(FEDERAL.is_working(zero + timedelta(days=n)) for n in range(1, (reached - zero).days + 1)) == count


@pytest.mark.parametrize("rule", CLOCK_RULES, ids=lambda rule: rule.name)
def test_without_its_fact_a_clock_has_not_started(rule):
    """Not started is a state of its own: no due day, never overdue."""
    clock = start(rule, None)
    assert clock.state(D("2099-01-01")) is ClockState.NOT_STARTED
    assert (clock.due_on, clock.last_working_day_before, clock.days_left(day(0)), clock.days_late(day(0))) == (
        None, None, None, 0,
    )  # fmt: skip
    assert rule.citation
    assert rule.starts_with


def test_a_clock_refuses_an_instant():
    """A deadline is a date."""
    with pytest.raises(InvalidValue, match="without a time of day"):
        start(clocks.CYBER_FIX, datetime(2026, 1, 5, tzinfo=UTC))


@pytest.mark.parametrize(
    ("today", "met", "state", "left", "late"),
    [
        (29, None, ClockState.RUNNING, 1, 0),
        (30, None, ClockState.DUE_TODAY, 0, 0),
        (31, None, ClockState.OVERDUE, -1, 1),
        (31, 30, ClockState.MET, -1, 0),
        (40, 31, ClockState.MET_LATE, -10, 1),
        (29, 30, ClockState.RUNNING, 1, 0),  # what is met tomorrow is not met today
    ],
)
def test_states_around_the_due_day(today, met, state, left, late):
    """Day 30 is inclusive; day 31 is late."""
    clock = start(clocks.CYBER_COMMUNICATE, day(0), met_on=None if met is None else day(met))
    assert clock.state(day(today)) is state
    assert clock.days_left(day(today)) == left
    assert clock.days_late(day(today)) == late


def test_day_zero_is_the_signed_one_or_the_earliest_candidate():
    """Until a later day 0 is signed, the earliest candidate counts; the future is refused for both."""
    assert day_zero([], today=day(5)) is None
    assert day_zero([day(4), day(2)], today=day(5)) == day(2)
    assert day_zero([day(2)], signed=day(4), today=day(5)) == day(4)
    with pytest.raises(InvalidValue, match="future"):
        day_zero([], signed=day(6), today=day(5))
    with pytest.raises(InvalidValue, match="future"):
        day_zero([day(6)], today=day(5))


def by_name(facts: Facts, today: date, **more: object) -> dict[str, list[clocks.Clock]]:
    found: dict[str, list[clocks.Clock]] = {}
    for clock in case_clocks(facts, today=today, **more):
        found.setdefault(clock.name, []).append(clock)
    return found


# Which fact starts which clock; no other fact may.
STARTS = {
    K.LEARNED_CANDIDATE: {clocks.CYBER_COMMUNICATE.name, clocks.CYBER_FIX.name},
    K.LEARNED: {clocks.CYBER_COMMUNICATE.name, clocks.CYBER_FIX.name},
    K.CORRECTION_INITIATED: {clocks.REPORT_806.name},
    K.REMOVAL_INITIATED: {clocks.REPORT_806.name},
    K.FIRST_UNIT_CHANGED: {clocks.REPORT_806.name},
    K.FIX_DISTRIBUTED: {clocks.REPORT_806.name},
    K.INITIATION_CHOSEN: {clocks.REPORT_806.name},
    K.EXTENSION_INITIATED: {clocks.AMENDMENT_806.name},
    K.EMPLOYEE_AWARE: {clocks.MDR_30.name},
    K.REMEDIAL_ACTION_NEEDED: {clocks.MDR_5.name},
    K.FDA_WRITTEN_REQUEST: {clocks.MDR_5.name},
    K.MDR_INFORMATION_RECEIVED: {clocks.MDR_SUPPLEMENT.name},
    K.FDA_TRACKING_REQUEST: {clocks.TRACKING_DEVICE.name},
}


@pytest.mark.parametrize("kind", K)
def test_each_clock_starts_from_its_own_fact_only(kind):
    """One fact alone starts exactly the clocks that stand beside it in the table."""
    begun = {c.name for c in case_clocks(Facts([fact(kind, 0)]), today=day(1)) if c.started_on}
    assert begun == STARTS.get(kind, set())


def test_all_clocks_are_always_listed():
    """A clock that has not started is shown as such, not left out."""
    names = {clock.name for clock in case_clocks(Facts(), today=day(0))}
    assert names == {rule.name for rule in CLOCK_RULES} - {clocks.PERIODIC_REPORT.name}


def test_a_fact_in_the_future_starts_nothing():
    """A learned-on date in the future is refused."""
    with pytest.raises(InvalidValue, match="future"):
        case_clocks(Facts([fact(K.LEARNED, 1)]), today=day(0))


def test_the_cyber_clocks_are_met_by_the_complete_file():
    """Day 30 by communication, controls and plan; day 60 by the validated and distributed fix."""
    clock = by_name(file_with(), day(60))
    assert clock[clocks.CYBER_COMMUNICATE.name][0].state(day(60)) is ClockState.MET
    assert clock[clocks.CYBER_FIX.name][0].state(day(60)) is ClockState.MET
    assert clock[clocks.REPORT_806.name][0].started_on == day(20)


def test_two_events_run_two_mdr_clocks():
    """The earliest awareness of each event starts its clock; its own report ends it."""
    facts = Facts(
        [
            fact(K.EMPLOYEE_AWARE, 3, event="A"),
            fact(K.EMPLOYEE_AWARE, 1, event="A"),
            fact(K.EMPLOYEE_AWARE, 5, event="B"),
            fact(K.MDR_SUBMITTED, 20, event="A"),
        ]
    )
    a, b = by_name(facts, day(40))[clocks.MDR_30.name]
    assert (a.about, a.due_on, a.state(day(40))) == ("A", day(31), ClockState.MET)
    assert (b.about, b.due_on, b.state(day(40))) == ("B", day(35), ClockState.OVERDUE)


def test_a_report_of_the_same_day_ends_its_clock_and_an_earlier_one_does_not():
    """An answer belongs to what it follows."""
    for sent, state in ((3, ClockState.MET), (2, ClockState.RUNNING)):
        facts = Facts([fact(K.EMPLOYEE_AWARE, 3, event="A"), fact(K.MDR_SUBMITTED, sent, event="A")])
        (clock,) = by_name(facts, day(9))[clocks.MDR_30.name]
        assert clock.state(day(9)) is state


def test_tracking_requests_have_three_or_ten_working_days():
    """21 CFR 821.25(a): 3 for devices not yet with a patient, 10 for patient-level data."""
    facts = Facts([fact(K.FDA_TRACKING_REQUEST, 0), fact(K.FDA_TRACKING_REQUEST, 0, level="patient")])
    found = by_name(facts, day(1))
    assert [c.due_on for c in found[clocks.TRACKING_DEVICE.name]] == [D("2026-01-08")]
    assert [c.due_on for c in found[clocks.TRACKING_PATIENT.name]] == [D("2026-01-20")]  # 19 January is a holiday


def test_the_806_clock_can_be_contingent():
    """The date is computed all the same."""
    clock = by_name(file_with(), day(60), contingent_806=True)[clocks.REPORT_806.name][0]
    assert clock.contingent
    assert clock.due_on == FEDERAL.add_working_days(day(20), 10)


@pytest.mark.parametrize(
    ("approved", "today", "begun", "due"),
    [
        ("2019-05-14", "2026-05-13", "2025-05-14", "2026-05-14"),
        ("2019-05-14", "2026-05-14", "2026-05-14", "2027-05-14"),
        ("2020-02-29", "2027-03-01", "2027-02-28", "2028-02-29"),
        ("2026-01-02", "2026-01-03", "2026-01-02", "2027-01-02"),
    ],
)
def test_periodic_report_runs_between_anniversaries(approved, today, begun, due):
    """Approval anniversary, 1 year; in a common year 29 February's is the 28th."""
    clock = periodic_clock(D(approved), today=D(today))
    assert (clock.started_on, clock.due_on, clock.unit) == (D(begun), D(due), Unit.YEAR)
    sent = Facts([Fact(K.PERIODIC_REPORT_SUBMITTED, D(today))])
    (listed,) = [c for c in case_clocks(sent, today=D(today), approved_on=D(approved)) if c.unit is Unit.YEAR]
    assert listed.met_on == (D(today) if D(today) > D(begun) else None)
