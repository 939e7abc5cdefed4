"""Small doors through which a duty could slip away in silence."""

from __future__ import annotations

from datetime import date

import pytest

from suture.assessment.services import move_case, start_assessment
from suture.core.clocks import ClockState
from suture.core.errors import InvalidValue, NotAllowed
from suture.core.facts import Answer, FactKind
from suture.core.harm import HarmSeverity
from suture.core.isao import IsaoCriterion
from suture.core.reportability import Duty806
from suture.core.vex import VexStatus
from suture.desk.queries import obligations
from suture.inventory.models import Establishment
from suture.inventory.services import approve_statement
from suture.policy.models import PolicyKind, PolicyVersion
from suture.policy.services import approve_policy, propose_policy
from suture.reporting.queries import position
from suture.reporting.services import decide, sign_decision
from tests.house import PASSWORD
from tests.rooms.casework import DAY_0, Work, build, set_clock, signed_policies, stated
from tests.rooms.reporting.test_uncontrolled import (
    clock,
    day,
    fixed,
    join_isao,
    planned,
    searched,
    share,
    told,
    uncontrolled,
)

pytestmark = pytest.mark.django_db
K = FactKind
YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


def rules(case, on: date) -> set[str]:
    return set(position(case, on).owed[0].decided.fired_ids)


def test_privacy_alone_has_no_severity_of_patient_harm(work: Work):
    """Both at once would be controlled by the one and critical by the other (F §IV.F)."""
    case = work.open()
    work.answer(case, "4.1")
    row = start_assessment(case_uid=case.uid, product=work.pump, by=work.ada)
    with pytest.raises(InvalidValue, match="privacy alone"):
        work.harm(row, HarmSeverity.CRITICAL, privacy_only=True, safety_affected=NO, secrets_exposed=NO)


def test_a_release_found_affected_after_the_case_was_decided_as_not_affected_runs_its_clocks(work: Work):
    case = work.open()
    work.answer(case, "4.1", "4.2", status=VexStatus.NOT_AFFECTED, impact="the task is not started")
    work.answer_rest(case)
    for verb in ("start_analysis", "finish_assessment", "find_not_affected"):
        move_case(case_uid=case.uid, verb=verb, by=work.ada, password=PASSWORD)
    case.refresh_from_db()
    assert position(case, DAY_0).binding == ()
    work.answer(case, "4.2")
    case.refresh_from_db()
    assert {c.name for c in position(case, DAY_0).binding} >= {"fix, validate and distribute"}
    assert [o for o in obligations(work.rosa, DAY_0) if o.rule == "R10"]
    with pytest.raises(NotAllowed, match="no device of the case is affected"):
        move_case(case_uid=case.uid, verb="close", by=work.ada, password=PASSWORD)


def test_an_extension_or_a_recall_means_that_something_was_initiated(work: Work):
    case = work.assessed()
    work.fact(case, K.EXTENSION_INITIATED, DAY_0, extension="5.0")
    assert "R9" in rules(case, DAY_0)


def test_a_hit_after_a_qualified_conclusion_asks_anew(work: Work):
    case = uncontrolled(work)
    work.fact(case, K.ADVERSE_EVENT_LINKED, DAY_0, seriousness="serious", event="E-1")
    work.tick(day(1))
    decision = decide(case_uid=case.uid, by=work.rosa, answers={"qualified_person_objects": (YES, "unrelated")})
    sign_decision(decision_uid=decision.uid, by=work.rosa, password=PASSWORD, because="agreed")
    assert "R2" not in rules(case, day(1))
    work.tick(day(2))
    work.fact(case, K.ADVERSE_EVENT_SEARCH, day(2), result="hit", where="complaints")
    assert "R2" in rules(case, day(2))


def test_an_mdr_about_the_event_does_not_take_the_place_of_the_806_report(work: Work):
    """Example U4: both; 806.10(f) asks for an MDR that reported the correction itself."""
    case = uncontrolled(work)
    told(work, case, DAY_0)
    work.fact(case, K.ADVERSE_EVENT_LINKED, DAY_0, seriousness="death", event="E-1")
    work.fact(case, K.MDR_SUBMITTED, DAY_0, event="E-1", number="1234567-2026-00001")
    assert position(case, DAY_0).duty_806 is Duty806.DUE
    assert {"R2", "R9", "R14"} <= rules(case, DAY_0)
    assert clock(case, DAY_0, "MDR 30-day").state(DAY_0) is ClockState.MET


def test_a_letter_given_to_the_isao_a_day_later_fails_unless_the_policy_in_force_grants_it(work: Work):
    join_isao(work)
    case = uncontrolled(work)
    told(work, case, DAY_0)
    assert position(case, DAY_0).enforcement.conditions[3].answer is Answer.NOT_YET_DUE
    work.tick(day(1))
    assert position(case, day(1)).enforcement.conditions[3].answer is NO
    share(work, case, day(1))
    assert position(case, day(1)).enforcement.conditions[3].answer is NO
    body = {"search_valid_days": 30, "isao_grace_days": 5, "closures": ["2026-12-01"]}
    policy = propose_policy(kind=PolicyKind.CLOCKS, name="Grace", body=body, by=work.quinn, because="2")
    approve_policy(policy_uid=str(policy.uid), by=work.quinn, password=PASSWORD, effective_from=day(1), because="later")
    at = position(case, day(1))
    assert at.enforcement.conditions[3].answer is NO, "an old case keeps its policy"
    assert at.enforcement.report_806.due_on == date(2026, 12, 7), "no later closure moves a running clock"


def test_a_closure_in_force_when_the_firm_learned_counts(work: Work):
    body = {"search_valid_days": 30, "isao_grace_days": 0, "closures": ["2026-12-01"]}
    policy = propose_policy(kind=PolicyKind.CLOCKS, name="Closures", body=body, by=work.quinn, because="1")
    approve_policy(
        policy_uid=str(policy.uid), by=work.quinn, password=PASSWORD, effective_from=date(2026, 1, 1), because="plant"
    )
    case = uncontrolled(work)
    told(work, case, DAY_0)
    assert clock(case, DAY_0, "806 report").due_on == date(2026, 12, 8)
    type(policy).objects.filter(pk=policy.pk).update(body={**body, "closures": ["2026-12-01", "2026-12-02"]})
    assert clock(case, DAY_0, "806 report").due_on == date(2026, 12, 7), "its signature no longer holds"


@pytest.mark.parametrize(("last", "answer"), [(0, YES), (-1, NO)])
def test_a_membership_that_ends_on_the_day_of_the_notice_still_covers_it(work: Work, last: int, answer: Answer):
    join_isao(work, **{IsaoCriterion.SHARES.value: day(last)})
    case = uncontrolled(work)
    told(work, case, DAY_0)
    share(work, case, DAY_0)
    assert position(case, DAY_0).enforcement.conditions[3].answer is answer


@pytest.mark.parametrize(
    ("zone", "hour", "on"),
    [("America/Chicago", 5, day(-1)), ("America/Chicago", 6, DAY_0), ("Europe/Berlin", 0, DAY_0)],
)
def test_today_is_a_day_at_the_responsible_site(work: Work, monkeypatch, zone: str, hour: int, on: date):
    """Around midnight UTC: what is tomorrow at the site is refused as the future, what is today is not."""
    Establishment.objects.update(time_zone=zone)
    case = work.open()
    set_clock(monkeypatch, DAY_0, hour)
    work.fact(case, K.CUSTOMERS_TOLD, on, content="abcd")
    with pytest.raises(InvalidValue, match="future"):
        work.fact(case, K.CUSTOMERS_TOLD, on + (day(1) - DAY_0), content="abcd")


@pytest.mark.parametrize("missing", [PolicyKind.RISK_MATRIX, PolicyKind.EXPLOITABILITY, "statement"])
def test_outside_the_demo_nothing_is_decided_before_all_three_are_signed(
    db, ada, clara, rosa, quinn, otto, tick, missing
):
    work = build(ada=ada, clara=clara, rosa=rosa, quinn=quinn, engineer=otto, tick=tick, approved=False)
    signed_policies(quinn)
    row = stated(work.pump, clara)
    if missing != "statement":
        approve_statement(statement_uid=str(row.uid), by=clara, password=PASSWORD)
        PolicyVersion.objects.filter(kind=missing).update(name="changed after it was signed")
    case = work.open()
    work.answer(case, "4.1")
    with pytest.raises(NotAllowed, match="no verdict"):
        work.assess(case)
    assert position(case, DAY_0).owed[0].facts.verdict is None


def test_a_fix_distributed_and_not_validated_is_false_after_day_60(work: Work):
    join_isao(work)
    case = uncontrolled(work)
    told(work, case, DAY_0)
    share(work, case, DAY_0)
    planned(work, case, DAY_0)
    work.tick(day(50))
    work.fact(case, K.FIX_DISTRIBUTED, day(50), release="4.2.1")
    work.fact(case, K.RESIDUAL_ACCEPTABLE_AFTER_FIX, day(50), acceptable="yes")
    searched(work, case, day(50))
    assert position(case, day(60)).duty_806 is Duty806.CONTINGENT
    assert position(case, day(61)).duty_806 is Duty806.DUE
    assert "R11" in rules(case, day(61))


def test_a_search_that_grew_old_turns_condition_1_unknown_and_the_report_due(work: Work):
    join_isao(work)
    case = uncontrolled(work)
    told(work, case, DAY_0)
    share(work, case, DAY_0)
    planned(work, case, DAY_0)
    fixed(work, case, DAY_0)
    searched(work, case, DAY_0)
    assert position(case, day(30)).duty_806 is Duty806.NOT_ENFORCED
    at = position(case, day(31))
    assert at.enforcement.conditions[0].answer is UNKNOWN
    assert at.duty_806 is Duty806.DUE
