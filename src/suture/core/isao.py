"""Active participation in an ISAO: four criteria, each with evidence valid on a day.

Source: FDA, Postmarket Management of Cybersecurity in Medical Devices (28 Dec 2016), §IX.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from suture.core.errors import InvalidValue
from suture.core.facts import Answer, both, either, plain_date


class IsaoCriterion(StrEnum):
    """The four criteria of §IX, in its order."""

    MEMBER = "member"
    POLICIES = "policies"
    SHARES = "shares"
    TRACEABLE = "traceable"

    @property
    def says(self) -> str:
        """The criterion as a sentence that is true when it is met."""
        return _SAYS[self]


_SAYS = {
    IsaoCriterion.MEMBER: "we are a member of an ISAO that shares vulnerabilities and threats to medical devices",
    IsaoCriterion.POLICIES: (
        "the ISAO has documented policies on participant agreements, business processes, operating procedures "
        "and privacy protections"
    ),
    IsaoCriterion.SHARES: (
        "we share vulnerability information with the ISAO, including customer communications about vulnerabilities"
    ),
    IsaoCriterion.TRACEABLE: (
        "we have documented processes to assess and respond to what the ISAO sends, traceable to device risk "
        "assessments, countermeasures and mitigations"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionEvidence:
    """What shows that a criterion was, or was not, met from one day until another (inclusive; None: still)."""

    criterion: IsaoCriterion
    holds: Answer
    since: date
    until: date | None = None
    evidence: str = ""

    def __post_init__(self) -> None:
        plain_date(self.since, "the first day of the evidence")
        if self.until is not None and plain_date(self.until, "the last day of the evidence") < self.since:
            raise InvalidValue("evidence of an ISAO criterion cannot end before it begins")

    def covers(self, on: date) -> bool:
        """Say whether the evidence speaks of that day."""
        return self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class IsaoMembership:
    """Our relation with one ISAO, as dated evidence."""

    isao: str
    evidence: tuple[CriterionEvidence, ...] = ()

    def criterion(self, criterion: IsaoCriterion, on: date) -> Answer:
        """Say whether one criterion was met on a day.

        No evidence at all is unknown; evidence for other days only is no: it had lapsed, or had not begun.
        """
        known = [item for item in self.evidence if item.criterion is criterion]
        that_day = [item.holds for item in known if item.covers(on)]
        if that_day:
            return both(*that_day)
        return Answer.NO if known else Answer.UNKNOWN

    def active(self, on: date) -> Answer:
        """Say whether all four criteria were met on a day."""
        return both(*(self.criterion(criterion, on) for criterion in IsaoCriterion))


def active_participant(memberships: Iterable[IsaoMembership], on: date) -> Answer:
    """Say whether the firm actively participated in at least one ISAO on a day; unknown where nothing is recorded."""
    answers = [membership.active(on) for membership in memberships]
    return either(*answers) if answers else Answer.UNKNOWN
