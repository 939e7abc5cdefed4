"""The four conditions of FDA's enforcement policy over dated facts, each with what would turn it.

Each condition is true, false, unknown, or not yet due. A deed with a deadline that nobody recorded is not yet due
until the deadline, and false after it; what a record leaves open (does the control add risk?) is unknown, never no.

Source: FDA, Postmarket Management of Cybersecurity in Medical Devices (28 Dec 2016), §VII.B, §IX.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from suture.core import clocks
from suture.core.facts import Answer, Fact, FactKind, Facts, both, either
from suture.core.isao import IsaoCriterion, IsaoMembership
from suture.core.milestones import (
    acceptable,
    distributed_as_validated,
    fixed_on,
    learned_on,
    missing_content,
    reasoned_plan,
    reassessed,
    safe_controls,
    safe_fix,
    told_completely,
    viable,
)

K = FactKind
YES, NO, UNKNOWN, NOT_YET_DUE = Answer.YES, Answer.NO, Answer.UNKNOWN, Answer.NOT_YET_DUE

GUIDANCE = "FDA postmarket cybersecurity guidance (28 Dec 2016)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One of the four conditions on one day: its answer, the sentences it rests on, and what would turn it."""

    number: int
    title: str
    answer: Answer
    evidence: tuple[str, ...]
    turns: str
    citation: str
    due_on: date | None = None

    @property
    def state(self) -> str:
        """The answer as a condition: 'true', 'false', 'unknown', 'not yet due'."""
        return self.answer.as_condition


def no_serious_events(facts: Facts, *, today: date, search_valid_days: int) -> Condition:
    """Condition 1: no serious adverse event or death is known to be associated with the vulnerability.

    True needs a dated search of complaints and MDRs, made since the day of learning and recent enough; any hit
    turns it false for good. Absence of a search is unknown: we did not look. So is an MDR reportable event an
    employee is aware of, until it is linked with its seriousness.
    """
    answer, evidence = UNKNOWN, []
    learned = learned_on(facts)
    oldest = today - timedelta(days=search_valid_days)
    searches = facts.of(K.ADVERSE_EVENT_SEARCH)
    for search in searches:
        result = search.text("result").strip().lower()
        evidence.append(f"search of {search.on.isoformat()}: {result or 'result not recorded'}")
        if result == "none" and search.on >= oldest and (learned is None or search.on >= learned):
            answer = YES
    if answer is not YES:
        evidence.append(f"no search without hit since {max(oldest, learned or oldest).isoformat()}")
    for event in facts.of(K.ADVERSE_EVENT_LINKED):
        seriousness = event.text("seriousness").strip().lower()
        evidence.append(f"event of {event.on.isoformat()} linked: {seriousness or 'seriousness not recorded'}")
        if not seriousness and answer is YES:
            answer = UNKNOWN
    for event in unlinked_events(facts):
        evidence.append(f"event an employee was aware of on {event.on.isoformat()}: not linked with its seriousness")
        if answer is YES:
            answer = UNKNOWN
    if serious_event_known(facts):
        answer = NO
    turns = {
        YES: "a serious adverse event or death that is linked, or a search older than the policy allows",
        NO: "nothing: a known serious adverse event or death ends the enforcement policy for this vulnerability",
    }.get(answer, "a search of complaints and MDRs with its date and result; the seriousness of every linked event")
    return Condition(
        number=1,
        title="No known serious adverse events or deaths",
        answer=answer,
        evidence=tuple(evidence),
        turns=turns,
        citation=f"{GUIDANCE} §VII.B, first condition",
    )


def serious_event_known(facts: Facts) -> bool:
    """Say whether a serious adverse event or death is known: one that is linked, or a search with a hit."""
    hit = any(fact.text("result").strip().lower() == "hit" for fact in facts.of(K.ADVERSE_EVENT_SEARCH))
    return hit or any(
        fact.text("seriousness").strip().lower() in ("death", "serious") for fact in facts.of(K.ADVERSE_EVENT_LINKED)
    )


def unlinked_events(facts: Facts) -> tuple[Fact, ...]:
    """Give the MDR reportable events somebody is aware of whose seriousness nobody linked by the event's name."""
    linked = {fact.text("event") for fact in facts.of(K.ADVERSE_EVENT_LINKED) if fact.text("seriousness")} - {""}
    return tuple(fact for fact in facts.of(K.EMPLOYEE_AWARE) if fact.text("event") not in linked)


def communicated_in_time(facts: Facts, *, today: date) -> Condition:
    """Condition 2: by day 30 customers are told, interim controls are named, and a plan is made with its rationale.

    A fix that meets condition 3 by day 30 stands in for controls and plan; the communication is needed all the same.
    """
    due = _due(facts, clocks.CYBER_COMMUNICATE)
    told = _part(facts, K.CUSTOMERS_TOLD, told_completely, due, today, "customers and user community told", _lacks)
    controls = _part(facts, K.CONTROLS_IDENTIFIED, safe_controls, due, today, "interim controls identified", _risk)
    plan = _part(facts, K.PLAN_MADE, reasoned_plan, due, today, "remediation plan made", _rationale)
    fixed = fixed_on(facts)
    answer = both(told.answer, controls.answer, plan.answer)
    evidence = [told.says, controls.says, plan.says]
    if fixed is not None and due is not None and fixed <= due:
        answer = told.answer
        evidence = [told.says, f"fixed on {fixed.isoformat()}, in place of interim controls and plan"]
    return Condition(
        number=2,
        title="Customers told, interim controls and plan by day 30",
        answer=answer,
        evidence=_with_day_zero(facts, evidence),
        turns=_turns(
            answer, due, "telling customers with points a to d, controls that add no greater risk, a reasoned plan"
        ),
        citation=f"{GUIDANCE} §VII.B, second condition",
        due_on=due,
    )


def fixed_in_time(facts: Facts, *, today: date) -> Condition:
    """Condition 3: by day 60 the fix is validated and distributed, and the residual risk is acceptable.

    A compensating control can stand in for good when it is signed as viable, brings the risk to an acceptable
    level and adds no greater risk. A fix that is distributed and not validated does not meet it.
    """
    due = _due(facts, clocks.CYBER_FIX)
    parts = (
        _part(facts, K.FIX_VALIDATED, safe_fix, due, today, "fix validated", _risk),
        _part(facts, K.FIX_DISTRIBUTED, distributed_as_validated(facts), due, today, "fix distributed", _other_release),
        _part(
            reassessed(facts),
            K.RESIDUAL_ACCEPTABLE_AFTER_FIX,
            acceptable,
            due,
            today,
            "residual risk acceptable",
            _not_accepted,
        ),
    )
    answer = both(*(part.answer for part in parts))
    evidence = [part.says for part in parts]
    if facts.of(K.LONG_TERM_CONTROL_SIGNED):
        control = _part(facts, K.LONG_TERM_CONTROL_SIGNED, viable, due, today, "long-term control signed", _not_viable)
        answer = either(answer, control.answer)
        evidence.append(control.says)
    validated, distributed = facts.first(K.FIX_VALIDATED), facts.first(K.FIX_DISTRIBUTED)
    if validated and distributed and validated.on > distributed.on:
        evidence.append("the fix was distributed before it was validated")
    return Condition(
        number=3,
        title="Fix validated and distributed by day 60",
        answer=answer,
        evidence=_with_day_zero(facts, evidence),
        turns=_turns(
            answer, due, "a validated and distributed fix with acceptable residual risk, or a signed long-term control"
        ),
        citation=f"{GUIDANCE} §VII.B, third condition",
        due_on=due,
    )


def shared_with_isao(
    facts: Facts, memberships: tuple[IsaoMembership, ...], *, today: date, grace_days: int = 0
) -> Condition:
    """Condition 4: active ISAO participant on each day customers were notified, and the ISAO given the communication.

    All four criteria of §IX must be valid on the day of notification; a membership that lapsed the day before fails.
    """
    evidence: list[str] = []
    answers: list[Answer] = []
    for told in facts.of(K.CUSTOMERS_TOLD):
        each = []
        for membership in memberships or (IsaoMembership("no ISAO recorded"),):
            given, says = given_to_isao(facts, membership.isao if memberships else "", told, today, grace_days)
            each.append(both(membership.active(told.on), given))
            evidence.append(f"{membership.isao} on {told.on.isoformat()}: {_criteria(membership, told.on)}; {says}")
        answers.append(either(*each))
    if not answers:
        evidence.append("customers are not recorded as told, so the day that counts has not come")
    answer = both(*answers) if answers else NOT_YET_DUE
    turns = {
        YES: "a further communication to customers that the ISAO is not given, or that falls outside the membership",
        NO: "evidence that participation and the ISAO's copy were in place on the day customers were told",
        NOT_YET_DUE: "telling customers, and the ISAO upon it, while all four criteria are met",
        UNKNOWN: "evidence for each of the four criteria on the day customers were told",
    }[answer]
    return Condition(
        number=4,
        title="Active ISAO participant, and the ISAO given the communication",
        answer=answer,
        evidence=tuple(evidence),
        turns=turns,
        citation=f"{GUIDANCE} §VII.B, fourth condition, and §IX",
    )


def _criteria(membership: IsaoMembership, on: date) -> str:
    return ", ".join(f"{criterion} {membership.criterion(criterion, on)}" for criterion in IsaoCriterion)


def given_to_isao(facts: Facts, isao: str, told: Fact, today: date, grace_days: int) -> tuple[Answer, str]:
    """Say whether an ISAO ('' for any) was given one communication upon notification.

    A record that names the communication counts for it alone; one that names none counts for the only
    communication there is, or for one made on the same day (or within the grace days before).
    """
    last_day = told.on + timedelta(days=grace_days)
    only = len(facts.of(K.CUSTOMERS_TOLD)) == 1
    days = []
    for fact in facts.of(K.ISAO_GIVEN_COMMUNICATION):
        if isao and fact.text("isao") not in ("", isao):
            continue
        name = fact.text("communication")
        if name and told.text("communication"):
            if name == told.text("communication"):
                days.append(fact.on)
        elif only or told.on <= fact.on <= last_day:
            days.append(fact.on)
    if days and min(days) <= last_day:
        return YES, f"given the communication on {min(days).isoformat()}"
    if days:
        return NO, f"given the communication on {min(days).isoformat()}, after customers were told"
    if today <= last_day:
        return NOT_YET_DUE, "not yet given the communication"
    return NO, "not recorded as given the communication"


class _Part(NamedTuple):
    answer: Answer
    says: str


def _part(
    facts: Facts,
    kind: FactKind,
    good: Callable[[Fact], Answer],
    due: date | None,
    today: date,
    what: str,
    lacking: Callable[[Fact], str],
) -> _Part:
    """Judge one deed with a deadline: what was done, by when, and whether what was done is enough."""
    done = facts.of(kind)
    if due is None:
        return _Part(UNKNOWN, f"{what}: the day of learning is not recorded, so there is no deadline to hold it to")
    enough = [fact for fact in done if good(fact) is YES]
    in_time = [fact for fact in enough if fact.on <= due]
    if in_time:
        return _Part(YES, f"{what} on {in_time[0].on.isoformat()}")
    if today <= due:
        open_points = "; ".join(lacking(fact) for fact in done)
        return _Part(NOT_YET_DUE, f"{what}: not yet{', ' + open_points if open_points else ''}; by {due.isoformat()}")
    if enough:
        late = (enough[0].on - due).days
        return _Part(NO, f"{what} on {enough[0].on.isoformat()}, {late} {'day' if late == 1 else 'days'} late")
    unsure = [fact for fact in done if fact.on <= due and good(fact) is UNKNOWN]
    if unsure:
        return _Part(UNKNOWN, f"{what} on {unsure[0].on.isoformat()}, but {lacking(unsure[0])}")
    if done:
        return _Part(NO, f"{what} on {done[0].on.isoformat()}, but {lacking(done[0]) or 'late'}")
    return _Part(NO, f"{what}: not recorded by {due.isoformat()}")


def _lacks(told: Fact) -> str:
    missing = missing_content(told)
    if not told.text("content"):
        return "its content is not recorded"
    if missing:
        return "it lacks point " + ", ".join(missing)
    if not told.text("audience"):
        return "its audience is not recorded"
    return "it did not go to both customers and user community"


def _risk(fact: Fact) -> str:
    return "it adds more risk" if fact.answer("adds_risk") is YES else "whether it adds more risk is not recorded"


def _rationale(_: Fact) -> str:
    return "its timeline has no rationale"


def _not_accepted(fact: Fact) -> str:
    return "not found acceptable" if fact.answer("acceptable") is NO else "the result is not recorded"


def _other_release(_: Fact) -> str:
    return "of another release than the one validated"


def _not_viable(fact: Fact) -> str:
    return "not viable, acceptable and without added risk" if viable(fact) is NO else "not all of it is recorded"


def _due(facts: Facts, rule: clocks.ClockRule) -> date | None:
    return clocks.start(rule, learned_on(facts)).due_on


def _with_day_zero(facts: Facts, evidence: list[str]) -> tuple[str, ...]:
    learned = learned_on(facts)
    return (f"learned on {learned.isoformat()}", *evidence) if learned else tuple(evidence)


def _turns(answer: Answer, due: date | None, needed: str) -> str:
    if due is None:
        return "the day of learning"
    if answer is YES:
        return "a record that is corrected"
    if answer is NOT_YET_DUE:
        return f"{needed}, by {due.isoformat()}"
    return f"a record that it was done by {due.isoformat()}: {needed}"
