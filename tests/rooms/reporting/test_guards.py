"""Every guard of the case's table: not met before its facts are recorded, met by them, and not by half of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from suture.assessment.guards import own_guards
from suture.assessment.models import Case
from suture.assessment.services import (
    propose_control,
    recommend_control,
    set_reassessment,
    sign_long_term_control,
    verify_control,
)
from suture.core.cases import CASE, CaseGuard
from suture.core.controls import ControlKind
from suture.core.facts import Answer, FactKind
from suture.core.harm import HarmSeverity
from suture.core.vex import VexStatus
from suture.inventory.models import Product
from suture.reporting.queries import reporting_guards
from suture.reporting.services import decide, draft_record806, sign_decision, sign_record806
from tests.house import PASSWORD
from tests.rooms.casework import DAY_0, LOCAL, Work

pytestmark = pytest.mark.django_db
G, K = CaseGuard, FactKind
YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
Deed = Callable[[Work, Case], object]


def known(case: Case) -> dict[CaseGuard, Answer]:
    fresh = Case.objects.select_related("establishment").get(pk=case.pk)
    return {**own_guards(fresh, DAY_0), **reporting_guards(fresh, DAY_0)}


def fact(kind: FactKind, **detail: str) -> Deed:
    return lambda work, case: work.fact(case, kind, DAY_0, **detail)


def long_term(viable: bool) -> Deed:
    return lambda work, case: sign_long_term_control(
        case_uid=case.uid, on=DAY_0, by=work.clara, password=PASSWORD, because="separate for good", viable=viable,
        acceptable=True, adds_risk=False,
    )  # fmt: skip


def uncontrolled(work: Work, case: Case) -> None:
    work.sign(work.assess(case))


def controlled(work: Work, case: Case) -> None:
    work.sign(work.assess(case, metrics=LOCAL, severity=HarmSeverity.NEGLIGIBLE))


def proposed(work: Work, case: Case) -> None:
    work.assess(case)


def control(work: Work, case: Case, *, verified: bool) -> None:
    otto = work.otto  # type: ignore[attr-defined]
    row = propose_control(
        case_uid=case.uid, by=work.ada, name=f"control {verified}", kind=ControlKind.COMPENSATING, employed_by="IT",
        where="network", instructions="isolate", skill="administrator",
    )  # fmt: skip
    if verified:
        verify_control(
            control_uid=row.uid, by=otto, on=DAY_0, evidence="TR", adds_risk=NO, adds_risk_because="works alone"
        )
        recommend_control(control_uid=row.uid, by=work.ada)


def record_signed(work: Work, case: Case) -> None:
    kept = draft_record806(case_uid=case.uid, product=work.pump, by=work.rosa, justification="j", follow_ups="f")
    sign_record806(record_uid=kept.uid, by=work.quinn, password=PASSWORD)


def record_drafted(work: Work, case: Case) -> None:
    draft_record806(case_uid=case.uid, product=work.pump, by=work.rosa, justification="j", follow_ups="f")


def decided(work: Work, case: Case) -> None:
    row = decide(case_uid=case.uid, by=work.rosa)
    sign_decision(decision_uid=row.uid, by=work.rosa, password=PASSWORD, because="agreed")


def decided_only(work: Work, case: Case) -> None:
    decide(case_uid=case.uid, by=work.rosa)


def pma(work: Work, case: Case) -> None:
    Product.objects.filter(pk=work.pump.pk).update(pathway="PMA", periodic_report_date=DAY_0 + timedelta(days=90))


def all_not_affected(work: Work, case: Case) -> None:
    work.answer(case, "4.1", "4.2", status=VexStatus.NOT_AFFECTED, impact="the task is not started")


def reassess(work: Work, case: Case) -> None:
    set_reassessment(case_uid=case.uid, on=DAY_0 + timedelta(days=90), by=work.ada, because="quarterly")


TOLD = {"content": "abcd", "audience": "customers and user community"}
MET: list[tuple[CaseGuard, tuple[Deed, ...], Answer]] = [
    # guard, deeds, the answer after them
    (G.LEARNED_SET, (), YES),  # the first match
    (G.IMPACT_ANSWERED, (), NO),
    (G.IMPACT_ANSWERED, (lambda w, c: w.answer_rest(c),), YES),
    (G.IMPACT_ANSWERED, (lambda w, c: w.answer(c, "5.0", "7.1", status=VexStatus.UNDER_INVESTIGATION),), NO),
    (G.ASSESSMENT_SIGNED, (), NO),
    (G.ASSESSMENT_SIGNED, (proposed,), NO),
    (G.ASSESSMENT_SIGNED, (uncontrolled,), YES),
    (G.ASSESSMENT_SIGNED, (uncontrolled, proposed), NO),  # one is being changed
    (G.NONE_AFFECTED, (), NO),
    (G.NONE_AFFECTED, (all_not_affected,), YES),
    (G.ALL_CONTROLLED, (), UNKNOWN),
    (G.ALL_CONTROLLED, (proposed,), UNKNOWN),
    (G.ALL_CONTROLLED, (controlled,), YES),
    (G.ALL_CONTROLLED, (uncontrolled,), NO),
    (G.ONE_UNCONTROLLED, (), UNKNOWN),
    (G.ONE_UNCONTROLLED, (uncontrolled,), YES),
    (G.ONE_UNCONTROLLED, (controlled,), NO),
    (G.RATIONALE_RECORDED, (controlled,), UNKNOWN),
    (G.RATIONALE_RECORDED, (controlled, record_drafted), UNKNOWN),
    (G.RATIONALE_RECORDED, (controlled, record_signed), YES),
    (G.RATIONALE_RECORDED, (controlled, record_signed, record_drafted), UNKNOWN),  # a newer version is not signed
    (G.PERIODIC_ITEM_SETTLED, (), YES),  # a 510(k) has none
    (G.PERIODIC_ITEM_SETTLED, (pma, controlled), UNKNOWN),
    (G.PERIODIC_ITEM_SETTLED, (pma, controlled, decided_only), UNKNOWN),
    (G.PERIODIC_ITEM_SETTLED, (pma, controlled, decided), YES),
    (G.REASSESS_DATE_SET, (), NO),
    (G.REASSESS_DATE_SET, (reassess,), YES),
    (G.DECISION_STARTED, (uncontrolled,), NO),
    (G.DECISION_STARTED, (uncontrolled, decided_only), YES),
    (G.CONTROLS_VERIFIED, (), UNKNOWN),
    (G.CONTROLS_VERIFIED, (fact(K.CONTROLS_IDENTIFIED, adds_risk="no"),), UNKNOWN),  # no control behind it
    (G.CONTROLS_VERIFIED, (lambda w, c: control(w, c, verified=True),), YES),
    (G.CONTROLS_VERIFIED, (lambda w, c: control(w, c, verified=True), lambda w, c: control(w, c, verified=False)), NO),
    (G.NO_CONTROL_FEASIBLE, (), UNKNOWN),
    (G.NO_CONTROL_FEASIBLE, (fact(K.CONTROLS_IDENTIFIED, none_feasible="yes"),), YES),
    (G.CUSTOMERS_TOLD, (), UNKNOWN),
    *((G.CUSTOMERS_TOLD, (fact(K.CUSTOMERS_TOLD, **TOLD | {"content": "abcd".replace(x, "")}),), NO) for x in "abcd"),
    (G.CUSTOMERS_TOLD, (fact(K.CUSTOMERS_TOLD, **TOLD | {"audience": "customers"}),), NO),
    (G.CUSTOMERS_TOLD, (fact(K.CUSTOMERS_TOLD, content="abcd"),), UNKNOWN),
    (G.CUSTOMERS_TOLD, (fact(K.CUSTOMERS_TOLD, **TOLD),), YES),
    (G.PLAN_WITH_RATIONALE, (), UNKNOWN),
    (G.PLAN_WITH_RATIONALE, (fact(K.PLAN_MADE, plan="4.2.1"),), NO),
    (G.PLAN_WITH_RATIONALE, (fact(K.PLAN_MADE, rationale="61 of 88 tests"),), YES),
    (G.FIX_VALIDATED, (fact(K.FIX_VALIDATED, release="4.2.1"),), UNKNOWN),
    (G.FIX_VALIDATED, (fact(K.FIX_VALIDATED, adds_risk="yes"),), NO),
    (G.FIX_VALIDATED, (fact(K.FIX_VALIDATED, adds_risk="no"),), YES),
    (G.FIX_VALIDATED, (long_term(True),), YES),
    (G.FIX_VALIDATED, (long_term(False),), UNKNOWN),
    (G.FIX_DISTRIBUTED, (), UNKNOWN),
    (G.FIX_DISTRIBUTED, (fact(K.FIX_DISTRIBUTED, release="4.2.1"),), YES),
    (G.FIX_DISTRIBUTED, (fact(K.FIX_VALIDATED, release="4.2.1", adds_risk="no"),
                         fact(K.FIX_DISTRIBUTED, release="4.3")), NO),
    (G.RESIDUAL_ACCEPTABLE, (fact(K.RESIDUAL_ACCEPTABLE_AFTER_FIX, acceptable="unknown"),), UNKNOWN),
    (G.RESIDUAL_ACCEPTABLE, (fact(K.RESIDUAL_ACCEPTABLE_AFTER_FIX, acceptable="yes"),), YES),
    (G.RESIDUAL_ACCEPTABLE, (fact(K.RESIDUAL_ACCEPTABLE_AFTER_FIX, acceptable="yes"),
                             fact(K.RESIDUAL_ACCEPTABLE_AFTER_FIX, acceptable="no")), NO),
    (G.FOLLOW_UP_PLANNED, (), UNKNOWN),
    (G.FOLLOW_UP_PLANNED, (fact(K.FOLLOWED_UP_END_USERS, level="A"),), YES),
    (G.EFFECTIVENESS_MET, (fact(K.FOLLOWED_UP_END_USERS, level="A"),), UNKNOWN),
    (G.EFFECTIVENESS_MET, (fact(K.FOLLOWED_UP_END_USERS, level="A", result="not met"),), NO),
    (G.EFFECTIVENESS_MET, (fact(K.FOLLOWED_UP_END_USERS, level="A", result="met"),), YES),
    (G.REPORTS_FILED, (controlled,), UNKNOWN),
    (G.REPORTS_FILED, (controlled, record_signed), UNKNOWN),
    (G.REPORTS_FILED, (controlled, decided), NO),
    (G.REPORTS_FILED, (controlled, record_signed, decided), YES),
    (G.REPORTS_FILED, (uncontrolled, record_signed, decided), NO),  # nothing is even initiated
]  # fmt: skip


@pytest.mark.parametrize(("guard", "deeds", "answer"), MET, ids=[f"{g}-{n}" for n, (g, _, _) in enumerate(MET)])
def test_a_guard_is_met_by_its_facts_and_by_nothing_less(work: Work, otto, guard, deeds, answer):
    work.otto = otto  # type: ignore[attr-defined]
    case = work.open()
    work.answer(case, "4.1", "4.2")
    for deed in deeds:
        deed(work, case)
    assert known(case)[guard] is answer


def test_every_guard_of_the_table_is_here():
    asked = {guard for step in CASE.steps for guard in step.guard} - {G.REOPENING_REASON}
    assert asked == {guard for guard, _, _ in MET}
    assert {guard for guard, _, answer in MET if answer is YES} == asked
    assert {guard for guard, _, answer in MET if answer is not YES} == asked - {G.LEARNED_SET}
