"""Dated facts a case carries, and answers that may be unknown. Unknown is never "no".

A regulatory clock starts from its own dated fact and from nothing else; a rule is decided only when the facts
that matter are known. Both live here, so that every other module speaks of them alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from suture.core.errors import InvalidValue


class Answer(StrEnum):
    """Yes, no, unknown; and, for conditions with a deadline, not yet due."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    NOT_YET_DUE = "not yet due"

    @property
    def as_condition(self) -> str:
        """The same answer about a condition: 'true', 'false', 'unknown', 'not yet due'."""
        return {Answer.YES: "true", Answer.NO: "false"}.get(self, self.value)

    @classmethod
    def of(cls, known: bool | None) -> Answer:
        """Turn a boolean, or None for 'nobody said', into an answer."""
        if known is None:
            return cls.UNKNOWN
        return cls.YES if known else cls.NO


def both(*answers: Answer) -> Answer:
    """Kleene's AND: one no decides; else unknown; else not yet due; yes only when all are yes. Of nothing: yes."""
    for decisive in (Answer.NO, Answer.UNKNOWN, Answer.NOT_YET_DUE):
        if decisive in answers:
            return decisive
    return Answer.YES


def either(*answers: Answer) -> Answer:
    """Kleene's OR: one yes decides; else unknown; else not yet due; no only when all are no. Of nothing: no."""
    for decisive in (Answer.YES, Answer.UNKNOWN, Answer.NOT_YET_DUE):
        if decisive in answers:
            return decisive
    return Answer.NO


def negated(answer: Answer) -> Answer:
    """Kleene's NOT: unknown stays unknown, not yet due stays not yet due."""
    return {Answer.YES: Answer.NO, Answer.NO: Answer.YES}.get(answer, answer)


class FactKind(StrEnum):
    """Dated facts. The comment names the keys of `Fact.detail` that a rule reads; absent text is ''."""

    # learning of the vulnerability: day 0 of day 30 and day 60
    LEARNED_CANDIDATE = "learned_candidate"  # source
    LEARNED = "learned"  # a signed choice of day 0; signed_by, because
    # adverse events and MDR (21 CFR 803)
    ADVERSE_EVENT_SEARCH = "adverse_event_search"  # result: none | hit; where
    ADVERSE_EVENT_LINKED = "adverse_event_linked"  # seriousness: death | serious | other; event
    EMPLOYEE_AWARE = "employee_aware"  # event: any employee became aware of an MDR reportable event
    REMEDIAL_ACTION_NEEDED = "remedial_action_needed"  # event: the responsible person became aware of the need
    FDA_WRITTEN_REQUEST = "fda_written_request"  # event
    MDR_INFORMATION_RECEIVED = "mdr_information_received"  # event: new information, a supplement is owed
    MDR_SUBMITTED = "mdr_submitted"  # event, number
    MDR_5DAY_SUBMITTED = "mdr_5day_submitted"  # event, number
    MDR_SUPPLEMENT_SUBMITTED = "mdr_supplement_submitted"  # event, number
    # correction or removal (21 CFR 806)
    CORRECTION_INITIATED = "correction_initiated"  # what
    REMOVAL_INITIATED = "removal_initiated"  # what
    FIRST_UNIT_CHANGED = "first_unit_changed"  # unit
    INITIATION_CHOSEN = "initiation_chosen"  # a signed choice of the day of initiation; signed_by, because
    EXTENSION_INITIATED = "extension_initiated"  # extension: which lots, versions
    REPORT_806_SUBMITTED = "report_806_submitted"  # number
    AMENDMENT_806_SUBMITTED = "amendment_806_submitted"  # extension, number
    # what we did by day 30 (FDA 2016 §VII.B, condition 2)
    CUSTOMERS_TOLD = "customers_told"  # communication, content: letters of a–d, audience, names_action: yes | no
    CONTROLS_IDENTIFIED = "controls_identified"  # adds_risk: no | yes | unknown; controls
    PLAN_MADE = "plan_made"  # rationale
    # what we did by day 60 (condition 3)
    FIX_VALIDATED = "fix_validated"  # release, adds_risk: no | yes | unknown
    FIX_DISTRIBUTED = "fix_distributed"  # release
    RESIDUAL_ACCEPTABLE_AFTER_FIX = "residual_acceptable_after_fix"  # acceptable: yes | no | unknown
    LONG_TERM_CONTROL_SIGNED = "long_term_control_signed"  # viable, acceptable: yes | no; adds_risk; signed_by
    FOLLOWED_UP_END_USERS = "followed_up_end_users"  # level, result
    # information sharing (condition 4)
    ISAO_GIVEN_COMMUNICATION = "isao_given_communication"  # isao, communication
    # tracking, periodic reports, recalls
    FDA_TRACKING_REQUEST = "fda_tracking_request"  # request, level: device | patient
    TRACKING_ANSWERED = "tracking_answered"  # request
    PERIODIC_REPORT_SUBMITTED = "periodic_report_submitted"  # number
    RECALL_CLASSIFIED = "recall_classified"  # class: I | II | III; number, event

    @property
    def label(self) -> str:
        """The kind as a person reads it: 'customers told'."""
        return _LABELS.get(self, self.value.replace("_", " "))


_LABELS: Mapping[FactKind, str] = {
    FactKind.LEARNED_CANDIDATE: "possible day of learning",
    FactKind.LEARNED: "day of learning (signed)",
    FactKind.EMPLOYEE_AWARE: "an employee became aware of an MDR reportable event",
    FactKind.REMEDIAL_ACTION_NEEDED: "responsible person aware that remedial action is needed",
    FactKind.FDA_WRITTEN_REQUEST: "FDA's written request received",
    FactKind.MDR_INFORMATION_RECEIVED: "new MDR information received",
    FactKind.MDR_SUBMITTED: "MDR submitted",
    FactKind.MDR_5DAY_SUBMITTED: "MDR 5-day report submitted",
    FactKind.MDR_SUPPLEMENT_SUBMITTED: "MDR supplement submitted",
    FactKind.INITIATION_CHOSEN: "day of initiation (signed)",
    FactKind.EXTENSION_INITIATED: "extension of the correction or removal initiated",
    FactKind.REPORT_806_SUBMITTED: "806 report submitted",
    FactKind.AMENDMENT_806_SUBMITTED: "806 amendment submitted",
    FactKind.PLAN_MADE: "remediation plan made",
    FactKind.CONTROLS_IDENTIFIED: "interim compensating controls identified",
    FactKind.RESIDUAL_ACCEPTABLE_AFTER_FIX: "residual risk re-assessed after the fix",
    FactKind.LONG_TERM_CONTROL_SIGNED: "compensating control signed as long-term solution",
    FactKind.ISAO_GIVEN_COMMUNICATION: "customer communication given to the ISAO",
    FactKind.FDA_TRACKING_REQUEST: "FDA's tracking request received",
}


def plain_date(on: date, what: str) -> date:
    """Pass a calendar date through; refuse an instant.

    Raises:
        InvalidValue: `on` carries a time of day. Turn an instant into a date with `calendar.local_date` first.
    """
    if isinstance(on, datetime) or not isinstance(on, date):
        raise InvalidValue(f"{what} is a calendar date at the responsible site, without a time of day")
    return on


def not_in_future(on: date, today: date, what: str) -> date:
    """Pass a date through that has come; refuse one that has not.

    Raises:
        InvalidValue: `on` lies after `today` (both at the responsible site), or carries a time of day.
    """
    if plain_date(on, what) > plain_date(today, "today"):
        raise InvalidValue(f"{what} cannot lie in the future: {on.isoformat()} is after today, {today.isoformat()}")
    return on


@dataclass(frozen=True, slots=True)
class Fact:
    """One dated fact of a case: what was so, on which day, and when that was written down.

    `on` is the day it was true, in the zone of the responsible site; `recorded_at` the instant it was written
    (ISO 8601, UTC, so that text order is time order; '' when it was never stored).
    """

    kind: FactKind
    on: date
    recorded_at: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        plain_date(self.on, f"the date of '{self.kind.label}'")
        object.__setattr__(self, "detail", dict(self.detail))

    def text(self, key: str) -> str:
        """A detail as text; '' when nobody gave it."""
        return self.detail.get(key, "")

    def answer(self, key: str) -> Answer:
        """A detail as an answer; anything but a plain 'yes' or 'no' is unknown."""
        return {"yes": Answer.YES, "no": Answer.NO}.get(self.text(key).strip().lower(), Answer.UNKNOWN)


@dataclass(frozen=True, slots=True, init=False)
class Facts:
    """All dated facts of one case that stand (superseded ones left out), in the order of their days."""

    items: tuple[Fact, ...]

    def __init__(self, items: Iterable[Fact] = ()) -> None:
        object.__setattr__(self, "items", tuple(sorted(items, key=lambda fact: (fact.on, fact.recorded_at))))

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.items)

    def of(self, *kinds: FactKind) -> tuple[Fact, ...]:
        """The facts of these kinds, earliest first."""
        return tuple(fact for fact in self.items if fact.kind in kinds)

    def first(self, *kinds: FactKind) -> Fact | None:
        """The earliest fact of these kinds, if there is one."""
        return next(iter(self.of(*kinds)), None)

    def last(self, *kinds: FactKind) -> Fact | None:
        """The latest fact of these kinds, if there is one."""
        return next(reversed(self.of(*kinds)), None)

    def until(self, day: date) -> Facts:
        """The facts that were true on or before a day."""
        return Facts(fact for fact in self.items if fact.on <= day)

    def known_at(self, instant: str) -> Facts:
        """The facts that were written by an instant (ISO 8601, UTC): what did we know then."""
        return Facts(fact for fact in self.items if fact.recorded_at <= instant)

    def with_(self, *more: Fact) -> Facts:
        """These facts and some more."""
        return Facts((*self.items, *more))


NO_FACTS = Facts()
