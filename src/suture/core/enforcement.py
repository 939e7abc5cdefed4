"""FDA's enforcement policy for uncontrolled risk: what its four conditions say together, and the 806 date under them.

The policy is guidance and concerns the report under 21 CFR 806 alone: FDA does not intend to enforce it while all
four conditions hold. The duty itself stays; MDR, periodic reports and the 806.20 record are untouched.

Source: FDA, Postmarket Management of Cybersecurity in Medical Devices (28 Dec 2016), §VII.B.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from suture.core import clocks
from suture.core.calendar import FEDERAL, WorkCalendar
from suture.core.conditions import (
    Condition,
    communicated_in_time,
    fixed_in_time,
    given_to_isao,
    no_serious_events,
    shared_with_isao,
)
from suture.core.errors import InvalidValue
from suture.core.facts import Answer, FactKind, Facts, both, not_in_future
from suture.core.isao import IsaoMembership, active_participant
from suture.core.milestones import initiated_on

__all__ = ["Condition", "Enforcement", "evaluate_enforcement"]

K = FactKind
YES, NO, UNKNOWN, NOT_YET_DUE = Answer.YES, Answer.NO, Answer.UNKNOWN, Answer.NOT_YET_DUE


@dataclass(frozen=True, slots=True, kw_only=True)
class Enforcement:
    """The four conditions on one day, what they say together, and the 806 clock under them."""

    as_of: date
    conditions: tuple[Condition, Condition, Condition, Condition]
    participant: Answer  # active ISAO participant at notification
    isao_given: Answer  # the ISAO was given the customer communication upon notification
    report_806: clocks.Clock

    @property
    def answer(self) -> Answer:
        """All four together: true only when each is; one that is false decides."""
        return both(*(condition.answer for condition in self.conditions))

    @property
    def days_late(self) -> int:
        """Calendar days by which the original 806 date is missed, once the policy does not cover the case."""
        return 0 if self.report_806.contingent else self.report_806.days_late(self.as_of)

    @property
    def sentence(self) -> str:
        """What follows, in words. Never that no report is required."""
        due = self.report_806.due_on
        date_806 = (
            "no correction or removal is recorded as initiated, so the 806 date has not begun to run"
            if due is None
            else f"the 806 report is due on {due.isoformat()}"
        )
        if self.answer is YES:
            return (
                "FDA does not intend to enforce reporting under 21 CFR 806 for this vulnerability while all four "
                "conditions hold; the duty itself stays, and a record as in 806.20 is kept"
            )
        numbers = ", ".join(str(c.number) for c in self.conditions if c.answer is self.answer)
        if self.answer is NOT_YET_DUE:
            owed = "was" if due is not None and due < self.as_of else "is"
            decision = "" if due is None else f", contingent; a signed decision {owed} owed by that date"
            return f"condition {numbers} is not yet due: {date_806}{decision}"
        late = f", {self.days_late} {'day' if self.days_late == 1 else 'days'} ago" if self.days_late else ""
        if self.answer is NO:
            return f"condition {numbers} is false, so the enforcement policy does not apply: {date_806}{late}"
        return f"condition {numbers} is unknown, so the enforcement policy cannot be relied on: {date_806}{late}"


def evaluate_enforcement(
    facts: Facts,
    memberships: Iterable[IsaoMembership],
    *,
    today: date,
    search_valid_days: int,
    calendar: WorkCalendar = FEDERAL,
    isao_grace_days: int = 0,
) -> Enforcement:
    """Evaluate the four conditions for one vulnerability of uncontrolled risk, as on a day.

    Args:
        facts: the case's dated facts; later ones than `today` are refused.
        memberships: our ISAO memberships with their evidence.
        search_valid_days: how old the last search of complaints and MDRs may be (the firm's policy).
        isao_grace_days: days after notifying customers within which the ISAO counts as given the communication
            "upon notification" (the firm's policy; 0 is the strict reading).

    Returns:
        The conditions, and the 806 clock. The clock is contingent while the conditions are true or not yet due;
        when one is false or unknown the original date stands, with the days it is late.

    Raises:
        InvalidValue: a fact lies in the future, or a number of days is negative.

    Source: FDA 2016 §VII.B; that the 806 date is computed from initiation all along is Suture's reading.
    """
    if search_valid_days < 0 or isao_grace_days < 0:
        raise InvalidValue("a number of days is 0 or more")
    for fact in facts:
        not_in_future(fact.on, today, f"'{fact.kind.label}'")
    known = tuple(memberships)
    told = facts.of(K.CUSTOMERS_TOLD)
    conditions = (
        no_serious_events(facts, today=today, search_valid_days=search_valid_days),
        communicated_in_time(facts, today=today),
        fixed_in_time(facts, today=today),
        shared_with_isao(facts, known, today=today, grace_days=isao_grace_days),
    )
    answer = both(*(condition.answer for condition in conditions))
    submitted = facts.first(K.REPORT_806_SUBMITTED)
    return Enforcement(
        as_of=today,
        conditions=conditions,
        participant=both(*(active_participant(known, fact.on) for fact in told)) if told else NOT_YET_DUE,
        isao_given=both(*(given_to_isao(facts, "", fact, today, isao_grace_days)[0] for fact in told))
        if told
        else NOT_YET_DUE,
        report_806=clocks.start(
            clocks.REPORT_806,
            initiated_on(facts),
            calendar=calendar,
            contingent=answer in (YES, NOT_YET_DUE),
            met_on=None if submitted is None else submitted.on,
        ),
    )
