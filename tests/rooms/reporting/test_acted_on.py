"""Re-assessed as controlled after a control or a fix: the duty of the action stays (example U3, R7, R9 to R16)."""

from __future__ import annotations

from datetime import date

import pytest

from suture.assessment.guards import own_guards
from suture.assessment.queries import facts_of_case
from suture.assessment.services import (
    confirm_in_use,
    move_case,
    propose_control,
    recommend_control,
    verify_control,
)
from suture.core.cases import CaseGuard
from suture.core.controls import ControlKind
from suture.core.errors import NotAllowed
from suture.core.exploitability import Exploitability
from suture.core.facts import Answer
from suture.core.harm import HarmSeverity
from suture.core.reportability import Duty806
from suture.core.vex import VexStatus
from suture.desk.obligations import Sort
from suture.desk.queries import obligations
from suture.reporting.queries import position
from suture.reporting.services import decide
from tests.house import PASSWORD
from tests.rooms.casework import DAY_0, LOCAL, Work
from tests.rooms.reporting.test_uncontrolled import day, fixed, join_isao, planned, searched, share, told, uncontrolled

pytestmark = pytest.mark.django_db
YES, NO = Answer.YES, Answer.NO


def isolated(work: Work, case, fay, otto, on: date) -> object:
    """A compensating control that brings the risk down: verified, recommended, confirmed in use."""
    control = propose_control(
        case_uid=case.uid, by=work.ada, name="Off the network", kind=ControlKind.COMPENSATING, product=work.pump,
        external_to_design=YES, field_configurable=YES, employed_by_user=YES, employed_by="hospital IT",
        where="access point", instructions="switch it off", skill="network administrator",
        lowers_exploitability_to=Exploitability.LOW, lowers_harm_to=HarmSeverity.MINOR,
    )  # fmt: skip
    verify_control(
        control_uid=control.uid, by=otto, on=on, evidence="TR-1190", adds_risk=NO, adds_risk_because="works alone"
    )
    recommend_control(control_uid=control.uid, by=work.ada, on=on)
    return confirm_in_use(control_uid=control.uid, by=fay, on=on, where="41 hospitals", evidence="survey F-19")


def interim_controlled(work: Work, fay, otto):
    """U3: uncontrolled, customers told on day 0, isolated on day 5 and re-assessed: controlled for now."""
    case = uncontrolled(work)
    told(work, case, DAY_0)
    work.tick(day(5))
    isolated(work, case, fay, otto, day(5))
    work.sign(work.assess(case))
    case.refresh_from_db()
    assert case.verdict == "controlled", "what is shown now"
    return case


def rules(case, on: date) -> set[str]:
    return set(position(case, on).owed[0].decided.fired_ids)


def test_r9_stays_when_an_interim_control_brings_the_risk_down(work: Work, fay, otto):
    case = interim_controlled(work, fay, otto)
    at = position(case, day(5))
    assert "R9" in rules(case, day(5))
    assert "R7" not in rules(case, day(5)), "no routine update"
    assert at.duty_806 is not Duty806.RECORD
    assert at.owed[0].facts.due_806 == date(2026, 12, 7)
    assert at.policy_applies
    assert {c.name for c in at.binding} >= {"fix, validate and distribute", "806 report"}


def test_the_60_day_fix_stays_on_the_desk(work: Work, fay, otto):
    case = interim_controlled(work, fay, otto)
    owed = {(o.sort, o.rule) for o in obligations(work.rosa, day(6))}
    assert {(Sort.CLOCK, "R9"), (Sort.CLOCK, "R10"), (Sort.SEARCH, "R10")} <= owed
    assert position(case, day(61)).enforcement.conditions[2].answer is NO


def test_the_decision_keeps_the_verdict_the_action_was_taken_on(work: Work, fay, otto):
    case = interim_controlled(work, fay, otto)
    decision = decide(case_uid=case.uid, by=work.rosa)
    assert decision.devices[0]["facts"]["verdict"] == "uncontrolled"


def test_the_enforcement_policy_can_still_hold_after_the_fix(work: Work, fay, otto):
    """All four conditions met, risk controlled by now: not enforced, never 'a routine update'."""
    join_isao(work)
    case = interim_controlled(work, fay, otto)
    share(work, case, DAY_0)
    planned(work, case, day(5))
    work.tick(day(20))
    fixed(work, case, day(20))
    searched(work, case, day(20))
    work.sign(work.assess(case, metrics=LOCAL, severity=HarmSeverity.NEGLIGIBLE))
    at = position(case, day(20))
    assert at.duty_806 is Duty806.NOT_ENFORCED
    assert {"R9", "R10"} <= rules(case, day(20))
    assert "R7" not in rules(case, day(20))


def test_an_error_corrected_before_anything_was_initiated_is_no_longer_uncontrolled(work: Work):
    case = uncontrolled(work)
    work.tick(day(2))
    work.sign(work.assess(case, metrics=LOCAL, severity=HarmSeverity.NEGLIGIBLE))
    assert "R7" in rules(case, day(2))
    assert not position(case, day(2)).policy_applies


def test_an_interim_controlled_case_is_not_found_controlled_by_another_way(work: Work, fay, otto):
    """Reopened and assessed again, it is still the risk that was acted on (postmarket-guidance.md §10.2, U3)."""
    case = interim_controlled(work, fay, otto)
    for verb in ("reopen", "start_analysis", "finish_assessment"):
        move_case(case_uid=case.uid, verb=verb, by=work.ada, password=PASSWORD, because="control in use")
    with pytest.raises(NotAllowed, match="controlled for every device"):
        move_case(case_uid=case.uid, verb="find_controlled", by=work.ada, password=PASSWORD)
    assert move_case(case_uid=case.uid, verb="find_uncontrolled", by=work.ada, password=PASSWORD)


def test_a_device_whose_releases_are_fixed_still_owes_its_report(work: Work):
    """The correction was initiated; that the releases are fixed now does not undo it."""
    case = uncontrolled(work)
    told(work, case, DAY_0)
    work.answer(case, "4.1", "4.2", status=VexStatus.FIXED)
    at = position(case, DAY_0)
    assert [one.product.brand_name for one in at.owed] == ["Aria P2"]
    assert "R9" in rules(case, DAY_0)
    guards = own_guards(case, DAY_0, facts_of_case(case))
    assert guards[CaseGuard.NONE_AFFECTED] is NO, "nobody closes it as not affected"
    assert guards[CaseGuard.ALL_CONTROLLED] is NO
