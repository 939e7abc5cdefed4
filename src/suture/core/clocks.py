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
from suture.core.facts import NO_FACTS, Fact, FactKind, Facts, not_in_future, plain_date
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
    concluded_at: str = "",
) -> tuple[Clock, ...]:
    """Give every clock of a case, started or not, in the order of the table.

    Clocks that can run more than once (an MDR event, an extension, FDA's request) come once per event, extension
    or request, and once for each that was not named; while there is none, once as not started. A serious event or
    death that was linked starts the MDR clock like an employee's awareness: whoever linked it is aware. The work
    days of part 803 are the regulation's own, so the firm's closures never move them.

    Args:
        contingent_806: marks the 806 clock while FDA's enforcement policy is claimed or may apply.
        approved_on: the day of the approval order of a device with periodic reports (PMA or HDE); without it there
            is no such clock.
        concluded_at: the instant (as `Fact.recorded_at`) at which a qualified person's conclusion that the events
            are not reportable was put on record and signed; what was recorded by then starts no MDR clock.

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
        *_each(AMENDMENT_806, facts, facts.of(k.EXTENSION_INITIATED), k.AMENDMENT_806_SUBMITTED, "extension", calendar),
        *_each(MDR_30, facts, _reportable(facts, concluded_at), k.MDR_SUBMITTED, "event", FEDERAL),
        *_each(
            MDR_5,
            facts,
            facts.of(k.REMEDIAL_ACTION_NEEDED, k.FDA_WRITTEN_REQUEST),
            k.MDR_5DAY_SUBMITTED,
            "event",
            FEDERAL,
        ),
        *_each(
            MDR_SUPPLEMENT,
            facts,
            facts.of(k.MDR_INFORMATION_RECEIVED),
            k.MDR_SUPPLEMENT_SUBMITTED,
            "information",
            FEDERAL,
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


def _reportable(facts: Facts, concluded_at: str) -> tuple[Fact, ...]:
    """What makes an employee aware of an MDR reportable event, unless it was concluded on already.

    Source: 21 CFR 803.3(b), become aware; 803.20(c)(2), the conclusion. That a linked event is taken as awareness
    is Suture's reading.
    """
    linked = (f for f in facts.of(FactKind.ADVERSE_EVENT_LINKED) if f.text("seriousness") in ("death", "serious"))
    found = Facts((*facts.of(FactKind.EMPLOYEE_AWARE), *linked))
    return tuple(fact for fact in found if not concluded_at or fact.recorded_at > concluded_at)


def _each(
    rule: ClockRule, facts: Facts, starts: tuple[Fact, ...], ends: FactKind, key: str, calendar: WorkCalendar
) -> list[Clock]:
    """One clock per value of a detail, and one for each fact without it.

    The earliest fact about it starts it, the earliest answer about it that follows ends it.
    """
    begun: list[tuple[str, date]] = []
    for fact in starts:
        about = fact.text(key)
        if not about or all(about != known for known, _ in begun):
            begun.append((about, fact.on))
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
        for about, day in begun
    ]


def moved_later(before: Facts, after: Facts, *, today: date) -> str:
    """Name the clock whose day 0 lies later, or is gone, after facts were corrected; '' where none is.

    Clocks of one rule are compared in the order of their days, so that a name may be corrected freely, and two
    clocks cannot become one in silence.

    Source: that a later day 0 asks for a signature is Suture's policy for every clock.
    """
    was, is_now = _days_zero(before, today), _days_zero(after, today)
    for name, days in was.items():
        now = is_now.get(name, [])
        if len(now) < len(days) or any(later > earlier for earlier, later in zip(days, now, strict=False)):
            return name
    return ""


def _days_zero(facts: Facts, today: date) -> dict[str, list[date]]:
    found: dict[str, list[date]] = {}
    for clock in case_clocks(facts, today=today):
        if clock.started_on is not None:
            found.setdefault(clock.name, []).append(clock.started_on)
    return {name: sorted(days) for name, days in found.items()}


def _tracking(facts: Facts, calendar: WorkCalendar) -> list[Clock]:
    requests = facts.of(FactKind.FDA_TRACKING_REQUEST)
    patient = Facts(fact for fact in facts if fact.text("level") == "patient" or fact not in requests)
    device = Facts(fact for fact in facts if fact.text("level") != "patient" or fact not in requests)
    asked, answered = FactKind.FDA_TRACKING_REQUEST, FactKind.TRACKING_ANSWERED
    return [
        *_each(TRACKING_DEVICE, device, device.of(asked), answered, "request", calendar),
        *_each(TRACKING_PATIENT, patient, patient.of(asked), answered, "request", calendar),
    ]
