"""The facts that open a case's steps, as far as this room owns them. Later rooms add theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from suture.assessment.acting import devices_acted_on, verdict_to_act_on
from suture.assessment.models import Case
from suture.assessment.queries import facts_of_case, is_settled, unanswered
from suture.core.cases import ENDED_CONTROLS, CaseGuard
from suture.core.controls import ControlKind
from suture.core.facts import Answer, Fact, FactKind, Facts, both, either
from suture.core.milestones import (
    acceptable,
    distributed_as_validated,
    learned_on,
    reasoned_plan,
    reassessed,
    safe_controls,
    safe_fix,
    told_completely,
    viable,
)
from suture.core.risk import Outcome
from suture.core.vex import VexStatus
from suture.core.workflow import Guard

G, K = CaseGuard, FactKind
YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


def own_guards(case: Case, today: date, facts: Facts | None = None) -> dict[Guard, Answer]:
    """Answer each guard this room knows, from rows. What nobody recorded is unknown, and unknown opens nothing."""
    facts = facts_of_case(case) if facts is None else facts
    verdict = verdict_to_act_on(devices_acted_on(case, facts))
    answers = list(case.answers.all())
    none_affected = (
        bool(answers)
        and all(a.status in (VexStatus.NOT_AFFECTED, VexStatus.FIXED) for a in answers)
        and verdict is not Outcome.UNCONTROLLED  # acted on as uncontrolled, and fixed or answered anew since
    )
    # an alternative nobody signed leaves the fix itself to answer
    long_term = _any(facts, K.LONG_TERM_CONTROL_SIGNED, viable) if facts.of(K.LONG_TERM_CONTROL_SIGNED) else NO
    return {
        G.LEARNED_SET: Answer.of(learned_on(facts) is not None or None),
        G.IMPACT_ANSWERED: Answer.of(bool(answers) and not unanswered(case).exists()),
        G.ASSESSMENT_SIGNED: Answer.of(is_settled(case)),
        G.NONE_AFFECTED: Answer.of(none_affected),
        G.ALL_CONTROLLED: UNKNOWN if verdict is None else Answer.of(verdict is Outcome.CONTROLLED),
        G.ONE_UNCONTROLLED: UNKNOWN if verdict is None else Answer.of(verdict is Outcome.UNCONTROLLED),
        G.REASSESS_DATE_SET: Answer.of(case.reassess_on is not None and case.reassess_on > today),
        G.CONTROLS_VERIFIED: both(_controls_verified(case), _any(facts, K.CONTROLS_IDENTIFIED, safe_controls)),
        G.NO_CONTROL_FEASIBLE: _any(facts, K.CONTROLS_IDENTIFIED, lambda f: f.answer("none_feasible")),
        G.CUSTOMERS_TOLD: _any(facts, K.CUSTOMERS_TOLD, told_completely),
        G.PLAN_WITH_RATIONALE: _any(facts, K.PLAN_MADE, reasoned_plan),
        G.FIX_VALIDATED: either(_any(facts, K.FIX_VALIDATED, safe_fix), long_term),
        G.FIX_DISTRIBUTED: either(_any(facts, K.FIX_DISTRIBUTED, distributed_as_validated(facts)), long_term),
        G.RESIDUAL_ACCEPTABLE: either(_any(reassessed(facts), K.RESIDUAL_ACCEPTABLE_AFTER_FIX, acceptable), long_term),
        G.FOLLOW_UP_PLANNED: _any(facts, K.FOLLOWED_UP_END_USERS, lambda f: Answer.of(bool(f.text("level")) or None)),
        G.EFFECTIVENESS_MET: _any(facts, K.FOLLOWED_UP_END_USERS, _met),
    }


def _any(facts: Facts, kind: FactKind, good: Callable[[Fact], Answer]) -> Answer:
    """Whether one fact of the kind is good enough: yes if one is; no if all say no; unknown where nobody said."""
    answers = [good(fact) for fact in facts.of(kind)]
    return either(*answers) if answers else UNKNOWN


def _met(follow_up: Fact) -> Answer:
    return {"met": YES, "not met": NO}.get(follow_up.text("result").strip().lower(), UNKNOWN)


def _controls_verified(case: Case) -> Answer:
    """Every compensating control that still stands is verified and adds no greater risk, and there is one."""
    rows = [c for c in case.controls.all() if c.kind == ControlKind.COMPENSATING and c.state not in ENDED_CONTROLS]
    if not rows:
        return UNKNOWN
    return both(*(Answer.of(c.state != "proposed" and c.adds_risk == NO) for c in rows))
