"""Days read off a case's facts: learned, initiated, communicated, fixed. Clocks and conditions share them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from suture.core.facts import Answer, Fact, FactKind, Facts, both, negated

K = FactKind

# FDA 2016 §VII.B, minimum content of the communication by day 30 (letters as in the guidance's list).
COMMUNICATION_CONTENT = "abcd"


def learned_on(facts: Facts) -> date | None:
    """Give day 0 of day 30 and day 60: the signed choice, or until there is one the earliest candidate.

    A candidate that was written down after the signature and lies before the signed day counts again:
    nobody signed that away. None when nothing is recorded.

    Source: FDA 2016 §VII.B does not define learning; both rules are Suture's policy.
    """
    return _chosen(facts, K.LEARNED, facts.of(K.LEARNED_CANDIDATE))


def initiated_on(facts: Facts) -> date | None:
    """Give day 0 of the 806 clock: the day the correction or removal was initiated; None when it was not.

    By default the first of: a correction or removal recorded as initiated, a notice to customers that names an
    action, a unit changed. A later day needs a signature (fact `initiation_chosen`).

    Source: 21 CFR 806.10(b) says "initiating" and does not define it; the default is Suture's policy.
    """
    notices = tuple(fact for fact in facts.of(K.CUSTOMERS_TOLD) if fact.answer("names_action") is Answer.YES)
    acts = facts.of(K.CORRECTION_INITIATED, K.REMOVAL_INITIATED, K.FIRST_UNIT_CHANGED)
    return _chosen(facts, K.INITIATION_CHOSEN, notices + acts)


def _chosen(facts: Facts, choice: FactKind, candidates: tuple[Fact, ...]) -> date | None:
    choices = facts.of(choice)
    if not choices:
        return min((fact.on for fact in candidates), default=None)
    signed = max(choices, key=lambda fact: fact.recorded_at)
    unseen = [fact.on for fact in candidates if fact.recorded_at > signed.recorded_at]
    return min([signed.on, *unseen])


def missing_content(communication: Fact) -> str:
    """Give the letters of the required content that a communication to customers lacks: '' when complete.

    Source: FDA 2016 §VII.B, the four points a to d of the communication.
    """
    return "".join(letter for letter in COMMUNICATION_CONTENT if letter not in communication.text("content").lower())


def communicated_on(facts: Facts) -> date | None:
    """Give the day from which condition 2 of the enforcement policy is met, whatever its deadline; None if never.

    Met are: customers told with all four points; and controls identified that add no greater risk and a plan
    made with its rationale, or in their place the fix itself.

    Source: FDA 2016 §VII.B, second condition.
    """
    told = _first(fact for fact in facts.of(K.CUSTOMERS_TOLD) if not missing_content(fact))
    controls = _first(fact for fact in facts.of(K.CONTROLS_IDENTIFIED) if fact.answer("adds_risk") is Answer.NO)
    plan = _first(fact for fact in facts.of(K.PLAN_MADE) if fact.text("rationale").strip())
    if told is None:
        return None
    in_place_of_fix = max(controls, plan) if controls is not None and plan is not None else None
    second = _earliest(in_place_of_fix, fixed_on(facts))
    return None if second is None else max(told, second)


def fixed_on(facts: Facts) -> date | None:
    """Give the day from which condition 3 of the enforcement policy is met, whatever its deadline; None if never.

    Met are: the fix validated, adding no greater risk, and distributed, with the residual risk found acceptable;
    or a compensating control signed as viable for the long term, with the residual risk acceptable.

    Source: FDA 2016 §VII.B, third condition.
    """
    validated = _first(fact for fact in facts.of(K.FIX_VALIDATED) if fact.answer("adds_risk") is Answer.NO)
    distributed = _first(facts.of(K.FIX_DISTRIBUTED))
    acceptable = _first(
        fact for fact in facts.of(K.RESIDUAL_ACCEPTABLE_AFTER_FIX) if fact.answer("acceptable") is Answer.YES
    )
    by_fix = max(validated, distributed, acceptable) if validated and distributed and acceptable else None
    by_control = _first(fact for fact in facts.of(K.LONG_TERM_CONTROL_SIGNED) if viable(fact) is Answer.YES)
    return _earliest(by_fix, by_control)


def viable(control: Fact) -> Answer:
    """Say whether a compensating control signed as long-term solution can stand in for a fix.

    It must be viable for the long term, leave an acceptable residual risk and add no greater risk.
    Source: FDA 2016 §VII.B, third condition.
    """
    return both(control.answer("viable"), control.answer("acceptable"), negated(control.answer("adds_risk")))


def _first(facts: Iterable[Fact]) -> date | None:
    return min((fact.on for fact in facts), default=None)


def _earliest(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)
