"""Every regulatory clock, each from its own dated fact and from nothing else.

A clock whose fact is not recorded is *not started*: a state of its own, never "fine". Clocks are computed from
facts when read; nothing depends on a job having run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from suture.core.authority import Authority
from suture.core.calendar import FEDERAL, WorkCalendar
from suture.core.facts import NO_FACTS, FactKind, Facts, not_in_future, plain_date
from suture.core.milestones import communicated_on, fixed_on, initiated_on, learned_on


class Unit(StrEnum):
    """What a clock counts."""

    CALENDAR = "calendar days"
    WORKING = "working days"
    YEAR = "year"


class ClockState(StrEnum):
    """Where a clock stands on a day."""

    NOT_STARTED = "not started"
    RUNNING = "running"
    DUE_TODAY = "due today"
    OVERDUE = "overdue"
    MET = "met"
    MET_LATE = "met late"


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One row of the table of clocks: what starts it, how long it runs, and on whose authority."""

    name: str
    starts_with: str
    length: int
    unit: Unit
    kind: Authority
    citation: str
    note: str = ""


CYBER_COMMUNICATE = ClockRule(
    "tell customers, name interim controls, make a plan",
    "the day of learning of the vulnerability",
    30,
    Unit.CALENDAR,
    Authority.GUIDANCE,
    "FDA postmarket cybersecurity guidance (28 Dec 2016) §VII.B",
    "the guidance says days; counting calendar days is the conservative reading",
)
CYBER_FIX = ClockRule(
    "fix, validate and distribute",
    "the day of learning of the vulnerability",
    60,
    Unit.CALENDAR,
    Authority.GUIDANCE,
    "FDA postmarket cybersecurity guidance (28 Dec 2016) §VII.B",
    "distributed to customers, not yet installed everywhere",
)
REPORT_806 = ClockRule(
    "806 report",
    "a correction or removal recorded as initiated",
    10,
    Unit.WORKING,
    Authority.REGULATION,
    "21 CFR 806.10(b)",
    "working day is read as in 21 CFR 803.3; part 806 does not define it",
)
AMENDMENT_806 = ClockRule(
    "806 amendment",
    "an extension of the correction or removal recorded as initiated",
    10,
    Unit.WORKING,
    Authority.REGULATION,
    "21 CFR 806.10(d)",
    "working day is read as in 21 CFR 803.3; part 806 does not define it",
)
MDR_30 = ClockRule(
    "MDR 30-day report",
    "the day any employee became aware of a reportable event",
    30,
    Unit.CALENDAR,
    Authority.REGULATION,
    "21 CFR 803.10(c)(1), 803.50",
    "no extension at weekends in the text",
)
MDR_5 = ClockRule(
    "MDR 5-day report",
    "the day a responsible person became aware that remedial action is needed, or FDA's written request",
    5,
    Unit.WORKING,
    Authority.REGULATION,
    "21 CFR 803.53, 803.3(y)",
)
MDR_SUPPLEMENT = ClockRule(
    "MDR supplement",
    "the day new required information was received",
    30,
    Unit.CALENDAR,
    Authority.REGULATION,
    "21 CFR 803.56",
)
TRACKING_DEVICE = ClockRule(
    "tracking answer (devices not yet with a patient)",
    "FDA's tracking request",
    3,
    Unit.WORKING,
    Authority.REGULATION,
    "21 CFR 821.25(a)",
)
TRACKING_PATIENT = ClockRule(
    "tracking answer (patient level)",
    "FDA's tracking request",
    10,
    Unit.WORKING,
    Authority.REGULATION,
    "21 CFR 821.25(a)",
)
PERIODIC_REPORT = ClockRule(
    "periodic report",
    "the anniversary of approval, unless the approval order says otherwise",
    1,
    Unit.YEAR,
    Authority.GUIDANCE,
    "21 CFR 814.82(a)(7), 814.84; FDA guidance Annual Reports for Approved PMAs (16 Dec 2019)",
)

CLOCK_RULES: tuple[ClockRule, ...] = (
    CYBER_COMMUNICATE,
    CYBER_FIX,
    REPORT_806,
    AMENDMENT_806,
    MDR_30,
    MDR_5,
    MDR_SUPPLEMENT,
    TRACKING_DEVICE,
    TRACKING_PATIENT,
    PERIODIC_REPORT,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One clock of one case. `due_on` is inclusive: what happens on that day is in time.

    A due day that is not a working day is not moved; `last_working_day_before` is the working day to aim at
    (the due day itself when that is one). `contingent` marks an 806 date under FDA's enforcement policy: it
    counts unless every condition holds. `about` tells clocks of one rule apart (an event, an extension).
    """

    name: str
    started_on: date | None
    due_on: date | None
    last_working_day_before: date | None
    kind: Authority
    citation: str
    unit: Unit
    length: int
    starts_with: str
    note: str = ""
    contingent: bool = False
    met_on: date | None = None
    about: str = ""

    def state(self, today: date) -> ClockState:
        """Say where the clock stands on a day."""
        if self.due_on is None:
            return ClockState.NOT_STARTED
        if self.met_on is not None and self.met_on <= today:
            return ClockState.MET if self.met_on <= self.due_on else ClockState.MET_LATE
        if today > self.due_on:
            return ClockState.OVERDUE
        return ClockState.DUE_TODAY if today == self.due_on else ClockState.RUNNING

    def days_left(self, today: date) -> int | None:
        """Calendar days from today to the due day; negative when it has passed; None when not started."""
        return None if self.due_on is None else (self.due_on - today).days

    def days_late(self, today: date) -> int:
        """Calendar days by which the clock was, or is being, missed; 0 when in time or not started."""
        if self.due_on is None:
            return 0
        until = self.met_on if self.met_on is not None and self.met_on <= today else today
        return max(0, (until - self.due_on).days)


def start(
    rule: ClockRule,
    day_zero: date | None,
    *,
    calendar: WorkCalendar = FEDERAL,
    met_on: date | None = None,
    contingent: bool = False,
    about: str = "",
) -> Clock:
    """Start a clock from its day 0, or give the clock that has not started when there is none.

    Calendar days: day 0 plus the length, inclusive; weekends and holidays count. Working days: counted after day 0.

    Raises:
        InvalidValue: day 0 carries a time of day.
    """
    due = None if day_zero is None else _due(rule, plain_date(day_zero, "day 0"), calendar)
    return Clock(
        name=rule.name,
        started_on=day_zero,
        due_on=due,
        last_working_day_before=None if due is None else calendar.last_working_day(due),
        kind=rule.kind,
        citation=rule.citation,
        unit=rule.unit,
        length=rule.length,
        starts_with=rule.starts_with,
        note=rule.note,
        contingent=contingent,
        met_on=met_on,
        about=about,
    )


def _due(rule: ClockRule, day_zero: date, calendar: WorkCalendar) -> date:
    if rule.unit is Unit.WORKING:
        return calendar.add_working_days(day_zero, rule.length)
    if rule.unit is Unit.YEAR:
        return anniversary(day_zero, day_zero.year + rule.length)
    return day_zero + timedelta(days=rule.length)


def anniversary(of: date, year: int) -> date:
    """Give the anniversary of a date in a year; of 29 February, the 28th in a common year (the earlier day)."""
    try:
        return of.replace(year=year)
    except ValueError:
        return of.replace(year=year, day=28)


def day_zero(candidates: Iterable[date], signed: date | None = None, *, today: date) -> date | None:
    """Give the day a clock starts from: the signed choice, or until there is one the earliest candidate.

    Returns:
        None when there is neither: the clock has not started.

    Raises:
        InvalidValue: the signed date, or every candidate, lies in the future.

    Source: FDA 2016 §VII.B says "after learning of the vulnerability" and does not define learning; taking the
    first signal that turned out to belong to it is Suture's policy.
    """
    if signed is not None:
        return not_in_future(signed, today, "the day of learning")
    dates = [not_in_future(day, today, "a possible day of learning") for day in candidates]
    return min(dates, default=None)


def case_clocks(
    facts: Facts,
    *,
    today: date,
    calendar: WorkCalendar = FEDERAL,
    contingent_806: bool = False,
    approved_on: date | None = None,
) -> tuple[Clock, ...]:
    """Give every clock of a case, started or not, in the order of the table.

    Clocks that can run more than once (an MDR event, an extension, FDA's request) come once per event, extension
    or request; while there is none, once as not started. `contingent_806` marks the 806 clock while FDA's
    enforcement policy is claimed or may apply. `approved_on` is the day of the approval order of a device with
    periodic reports (PMA or HDE); without it there is no such clock.

    Raises:
        InvalidValue: a fact that starts a clock lies in the future.
    """
    for fact in facts:
        not_in_future(fact.on, today, f"'{fact.kind.label}'")
    k = FactKind
    learned = learned_on(facts)
    clocks = [
        start(CYBER_COMMUNICATE, learned, calendar=calendar, met_on=communicated_on(facts)),
        start(CYBER_FIX, learned, calendar=calendar, met_on=fixed_on(facts)),
        start(
            REPORT_806,
            initiated_on(facts),
            calendar=calendar,
            met_on=_first(facts, k.REPORT_806_SUBMITTED),
            contingent=contingent_806,
        ),
        *_each(AMENDMENT_806, facts, (k.EXTENSION_INITIATED,), k.AMENDMENT_806_SUBMITTED, "extension", calendar),
        *_each(MDR_30, facts, (k.EMPLOYEE_AWARE,), k.MDR_SUBMITTED, "event", calendar),
        *_each(
            MDR_5, facts, (k.REMEDIAL_ACTION_NEEDED, k.FDA_WRITTEN_REQUEST), k.MDR_5DAY_SUBMITTED, "event", calendar
        ),
        *_each(
            MDR_SUPPLEMENT, facts, (k.MDR_INFORMATION_RECEIVED,), k.MDR_SUPPLEMENT_SUBMITTED, "information", calendar
        ),
        *_tracking(facts, calendar),
    ]
    if approved_on is not None:
        clocks.append(periodic_clock(approved_on, facts=facts, today=today, calendar=calendar))
    return tuple(clocks)


def periodic_clock(
    approved_on: date, *, facts: Facts = NO_FACTS, today: date, calendar: WorkCalendar = FEDERAL
) -> Clock:
    """Give the clock of the periodic report that covers today: from one anniversary of approval to the next.

    Source: 21 CFR 814.82(a)(7); FDA guidance Annual Reports for Approved PMAs (16 Dec 2019). The approval order
    may state another interval, which then is the firm's to enter.
    """
    begun = anniversary(approved_on, today.year)
    if begun > today:
        begun = max(approved_on, anniversary(approved_on, today.year - 1))
    clock = start(PERIODIC_REPORT, begun, calendar=calendar)
    due = anniversary(approved_on, begun.year + 1)
    sent = [fact.on for fact in facts.of(FactKind.PERIODIC_REPORT_SUBMITTED) if fact.on > begun]
    return replace(
        clock, due_on=due, last_working_day_before=calendar.last_working_day(due), met_on=min(sent, default=None)
    )


def _first(facts: Facts, kind: FactKind) -> date | None:
    fact = facts.first(kind)
    return None if fact is None else fact.on


def _each(
    rule: ClockRule, facts: Facts, starts: tuple[FactKind, ...], ends: FactKind, key: str, calendar: WorkCalendar
) -> list[Clock]:
    """One clock per value of a detail: the earliest fact about it starts it, the earliest answer about it ends it."""
    begun: dict[str, date] = {}
    for fact in facts.of(*starts):
        begun.setdefault(fact.text(key), fact.on)
    if not begun:
        return [start(rule, None, calendar=calendar)]
    return [
        start(
            rule,
            day,
            calendar=calendar,
            about=about,
            met_on=min(
                (fact.on for fact in facts.of(ends) if fact.text(key) == about and fact.on >= day), default=None
            ),
        )
        for about, day in begun.items()
    ]


def _tracking(facts: Facts, calendar: WorkCalendar) -> list[Clock]:
    requests = facts.of(FactKind.FDA_TRACKING_REQUEST)
    patient = Facts(fact for fact in facts if fact.text("level") == "patient" or fact not in requests)
    device = Facts(fact for fact in facts if fact.text("level") != "patient" or fact not in requests)
    kinds = (FactKind.FDA_TRACKING_REQUEST,)
    return [
        *_each(TRACKING_DEVICE, device, kinds, FactKind.TRACKING_ANSWERED, "request", calendar),
        *_each(TRACKING_PATIENT, patient, kinds, FactKind.TRACKING_ANSWERED, "request", calendar),
    ]
