"""Days and dated facts for the tests of the regulated rules: day 0 is Monday, 5 January 2026."""

from __future__ import annotations

from datetime import date, timedelta

from suture.core.facts import Answer, Fact, FactKind, Facts
from suture.core.isao import CriterionEvidence, IsaoCriterion, IsaoMembership

DAY_ZERO = date(2026, 1, 5)
K = FactKind


def day(count: int) -> date:
    """The day that many calendar days after day 0."""
    return DAY_ZERO + timedelta(days=count)


def fact(kind: FactKind, on: int, **detail: str) -> Fact:
    """A fact of a day, written down on that day."""
    return Fact(kind, day(on), f"{day(on).isoformat()}T12:00:00Z", detail)


def told(on: int, **detail: str) -> Fact:
    """Customers and user community told with all four points, unless `detail` says otherwise."""
    return fact(K.CUSTOMERS_TOLD, on, **{"content": "abcd", "audience": "customers, user community"} | detail)


def member(since: int = -400, until: int | None = None, *, isao: str = "Health-ISAC") -> IsaoMembership:
    """A membership with all four criteria met between two days."""
    last = None if until is None else day(until)
    return IsaoMembership(
        isao,
        tuple(
            CriterionEvidence(criterion=criterion, holds=Answer.YES, since=day(since), until=last)
            for criterion in IsaoCriterion
        ),
    )


def not_a_member() -> IsaoMembership:
    """A recorded 'no': the firm is no member of any ISAO."""
    no = CriterionEvidence(criterion=IsaoCriterion.MEMBER, holds=Answer.NO, since=day(-400))
    return IsaoMembership("none", (no,))


# Everything FDA's four conditions ask for, each deed by its kind, in time.
COMPLETE: dict[str, Fact] = {
    "learned": fact(K.LEARNED_CANDIDATE, 0, source="researcher"),
    "search": fact(K.ADVERSE_EVENT_SEARCH, 58, result="none"),
    "told": told(20),
    "given": fact(K.ISAO_GIVEN_COMMUNICATION, 20, isao="Health-ISAC"),
    "controls": fact(K.CONTROLS_IDENTIFIED, 18, adds_risk="no"),
    "plan": fact(K.PLAN_MADE, 19, rationale="validation needs four weeks"),
    "initiated": fact(K.CORRECTION_INITIATED, 20),
    "validated": fact(K.FIX_VALIDATED, 50, adds_risk="no"),
    "distributed": fact(K.FIX_DISTRIBUTED, 55),
    "residual": fact(K.RESIDUAL_ACCEPTABLE_AFTER_FIX, 55, acceptable="yes"),
}


def file_with(**changes: Fact | None) -> Facts:
    """The complete file with some facts replaced, added, or (None) left out."""
    facts = COMPLETE | {key: change for key, change in changes.items() if change is not None}
    return Facts(fact for key, fact in facts.items() if changes.get(key, fact) is not None)
