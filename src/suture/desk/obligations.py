"""One thing somebody owes, and how clocks and rows become such things. Values only; the reads stand in `queries`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from suture.core.authority import Authority
from suture.core.clocks import (
    AMENDMENT_806,
    CYBER_COMMUNICATE,
    CYBER_FIX,
    MDR_5,
    MDR_30,
    MDR_SUPPLEMENT,
    REPORT_806,
    TRACKING_DEVICE,
    TRACKING_PATIENT,
    Clock,
)
from suture.core.roles import Role

GUIDANCE = "FDA postmarket cybersecurity guidance (28 Dec 2016)"
RA, PSIRT, CLINICAL, QUALITY = Role.REGULATORY_AFFAIRS, Role.PSIRT, Role.CLINICAL_SAFETY, Role.QUALITY


class Sort(StrEnum):
    """What kind of thing is owed; pages group by it."""

    CLOCK = "clock"
    SEARCH = "search"
    REASSESSMENT = "re-assessment"
    SIGNATURE = "signature"
    ANSWER = "answer"
    REMEDIATION = "remediation"
    PERIODIC_REPORT = "periodic report"
    SOURCE = "source"
    COVERAGE = "coverage"
    QUARANTINE = "quarantine"
    REVIEW = "review"
    PROPOSED = "proposed"
    HELD = "held"
    UNDELIVERED = "undelivered"
    INTAKE = "intake"
    QUESTION = "question"


class Link(NamedTuple):
    """What to open: a kind of record and its uid; the doors turn it into an address."""

    kind: str
    uid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """One thing owed: by when, what, for which device, because of which rule, by whom, and where to do it.

    `due_on` is None where no date is set: as soon as possible. `contingent` marks an 806 date under FDA's
    enforcement policy; it counts unless every condition comes true in its time.
    """

    sort: Sort
    what: str
    device: str
    because: str
    rule: str
    citation: str
    kind: Authority
    owner: str
    roles: frozenset[Role]
    link: Link
    label: str  # of the record: C-2026-0142
    due_on: date | None = None
    contingent: bool = False
    last_working_day: date | None = None

    def days_left(self, today: date) -> int | None:
        """Calendar days to the due day; negative when it has passed; None without one."""
        return None if self.due_on is None else (self.due_on - today).days

    def is_overdue(self, today: date) -> bool:
        """Whether its day has passed."""
        return self.due_on is not None and self.due_on < today

    def for_role(self, role: Role) -> bool:
        """Whether it lands on that role's desk."""
        return role in self.roles


class ClockDuty(NamedTuple):
    """What a clock means as a duty: the rule, the words, and whose desk it lands on."""

    rule: str
    what: str
    roles: frozenset[Role]


CLOCK_DUTIES: Mapping[str, ClockDuty] = MappingProxyType(
    {
        CYBER_COMMUNICATE.name: ClockDuty(
            "R10", "Tell customers, name interim controls, make a plan", frozenset({RA, PSIRT})
        ),
        CYBER_FIX.name: ClockDuty("R10", "Fix, validate and distribute", frozenset({PSIRT, Role.ENGINEERING, RA})),
        REPORT_806.name: ClockDuty("R9", "Report the correction or removal to FDA", frozenset({RA})),
        AMENDMENT_806.name: ClockDuty("R21", "Amend the 806 report", frozenset({RA})),
        MDR_30.name: ClockDuty("R2, R3", "Send the medical device report", frozenset({RA, QUALITY})),
        MDR_5.name: ClockDuty("R4", "Send the 5-day medical device report", frozenset({RA, QUALITY})),
        MDR_SUPPLEMENT.name: ClockDuty("21 CFR 803.56", "Send the MDR supplement", frozenset({RA, QUALITY})),
        TRACKING_DEVICE.name: ClockDuty("R22", "Answer FDA's tracking request", frozenset({RA, Role.FIELD_SERVICE})),
        TRACKING_PATIENT.name: ClockDuty("R22", "Answer FDA's tracking request", frozenset({RA, Role.FIELD_SERVICE})),
    }
)


def of_clock(clock: Clock, *, device: str, owner: str, link: Link, label: str) -> Obligation:
    """A running clock as an obligation."""
    duty = CLOCK_DUTIES[clock.name]
    started = clock.started_on.isoformat() if clock.started_on else ""
    about = f" ({clock.about})" if clock.about else ""
    return Obligation(
        sort=Sort.CLOCK, what=duty.what + about, device=device, rule=duty.rule, citation=clock.citation,
        kind=clock.kind,
        because=f"{clock.length} {clock.unit.value} from {started}: {clock.starts_with}", owner=owner, roles=duty.roles,
        link=link, label=label, due_on=clock.due_on, contingent=clock.contingent,
        last_working_day=clock.last_working_day_before,
    )  # fmt: skip


def by_day(one: Obligation) -> tuple[date, int, str]:
    """The order of a desk: earliest day first, then what has none; the firm dates before the contingent ones."""
    return (one.due_on or date.max, one.contingent, one.label)
