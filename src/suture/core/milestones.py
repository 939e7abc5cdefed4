"""Days read off a case's facts: learned, initiated, communicated, fixed. Clocks and conditions share them."""

from __future__ import annotations

from collections.abc import Callable
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
    action, a unit changed, a fix distributed. A later day needs a signature (fact `initiation_chosen`).

    Source: 21 CFR 806.10(b) says "initiating" and does not define it; the default is Suture's policy.
    """
    notices = tuple(fact for fact in facts.of(K.CUSTOMERS_TOLD) if fact.answer("names_action") is Answer.YES)
    acts = facts.of(K.CORRECTION_INITIATED, K.REMOVAL_INITIATED, K.FIRST_UNIT_CHANGED, K.FIX_DISTRIBUTED)
    return _chosen(facts, K.INITIATION_CHOSEN, notices + acts)


def initiated(facts: Facts) -> Answer:
    """Say whether a correction or removal was initiated; unknown while a notice does not say if it names an action.

    What was extended, or classified as a recall, was initiated, even where nobody recorded on which day. No where
    the firm's own record holds nothing of the kind.
    """
    if initiated_on(facts) is not None or facts.of(K.EXTENSION_INITIATED, K.RECALL_CLASSIFIED):
        return Answer.YES
    silent = any(fact.answer("names_action") is Answer.UNKNOWN for fact in facts.of(K.CUSTOMERS_TOLD))
    return Answer.UNKNOWN if silent else Answer.NO


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


def told_completely(communication: Fact) -> Answer:
    """Say whether a communication carries all four points and went to customers and to the user community.

    Unknown when its content or its audience is not recorded.
    Source: FDA 2016 §VII.B, second condition, (a).
    """
    audience = communication.text("audience").lower()
    content = Answer.of(not missing_content(communication)) if communication.text("content") else Answer.UNKNOWN
    whom = Answer.of("customer" in audience and "user" in audience) if audience else Answer.UNKNOWN
    return both(content, whom)


def safe_controls(controls: Fact) -> Answer:
    """Say whether the interim controls are shown not to add more risk than the vulnerability.

    Source: FDA 2016 §VII.B, second condition, (b).
    """
    return negated(controls.answer("adds_risk"))


def reasoned_plan(plan: Fact) -> Answer:
    """Say whether the remediation plan carries the rationale for its timeline; without it, it is not complete.

    Source: FDA 2016 §VII.B, second condition, (c), and its footnote on CAPA.
    """
    return Answer.of(bool(plan.text("rationale").strip()))


def safe_fix(validation: Fact) -> Answer:
    """Say whether the validation shows that the fix adds no greater risk.

    Source: FDA 2016 §VII.B, third condition.
    """
    return negated(validation.answer("adds_risk"))


def distributed_as_validated(facts: Facts) -> Callable[[Fact], Answer]:
    """Give the question whether what was distributed is a release that was validated.

    A record that names no release speaks of the only fix there is.
    Source: FDA 2016 §VII.B, third condition: the change is validated, and the fix distributed.
    """
    known = {_release(fact) for fact in facts.of(K.FIX_VALIDATED)}
    return lambda fact: Answer.of(not known or "" in known or _release(fact) in ("", *known))


def _release(fact: Fact) -> str:
    return fact.text("release").strip().casefold()


def acceptable(reassessment: Fact) -> Answer:
    """Say whether the residual risk after the fix was found acceptable."""
    return reassessment.answer("acceptable")


def reassessed(facts: Facts) -> Facts:
    """Give the facts without the re-assessments after the fix that a later 'not acceptable' overtook."""
    again = facts.of(K.RESIDUAL_ACCEPTABLE_AFTER_FIX)
    last_no = max((n for n, fact in enumerate(again) if acceptable(fact) is Answer.NO), default=-1)
    overtaken = again[: max(last_no, 0)]
    return Facts(fact for fact in facts if fact not in overtaken)


def viable(control: Fact) -> Answer:
    """Say whether a compensating control signed as long-term solution can stand in for a fix.

    It must be viable for the long term, leave an acceptable residual risk and add no greater risk.
    Source: FDA 2016 §VII.B, third condition.
    """
    return both(control.answer("viable"), control.answer("acceptable"), negated(control.answer("adds_risk")))


def communicated_on(facts: Facts) -> date | None:
    """Give the day from which condition 2 of the enforcement policy is met, whatever its deadline; None if never.

    Met are: customers and user community told with all four points; and controls identified that add no greater
    risk and a plan made with its rationale, or in their place the fix itself.

    Source: FDA 2016 §VII.B, second condition.
    """
    told = _first(facts, K.CUSTOMERS_TOLD, told_completely)
    interim = _latest(
        _first(facts, K.CONTROLS_IDENTIFIED, safe_controls),
        _first(facts, K.PLAN_MADE, reasoned_plan),
    )
    return _latest(told, _earliest(interim, fixed_on(facts)))


def fixed_on(facts: Facts) -> date | None:
    """Give the day from which condition 3 of the enforcement policy is met, whatever its deadline; None if never.

    Met are: the fix validated, adding no greater risk, and distributed, with the residual risk found acceptable;
    or a compensating control signed as viable for the long term, with the residual risk acceptable.

    Source: FDA 2016 §VII.B, third condition.
    """
    by_fix = _latest(
        _first(facts, K.FIX_VALIDATED, safe_fix),
        _first(facts, K.FIX_DISTRIBUTED, distributed_as_validated(facts)),
        _first(reassessed(facts), K.RESIDUAL_ACCEPTABLE_AFTER_FIX, acceptable),
    )
    return _earliest(by_fix, _first(facts, K.LONG_TERM_CONTROL_SIGNED, viable))


def _first(facts: Facts, kind: FactKind, good: Callable[[Fact], Answer]) -> date | None:
    return min((fact.on for fact in facts.of(kind) if good(fact) is Answer.YES), default=None)


def _earliest(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)


def _latest(*days: date | None) -> date | None:
    known = [day for day in days if day is not None]
    return max(known) if len(known) == len(days) else None
