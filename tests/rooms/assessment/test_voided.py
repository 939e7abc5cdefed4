"""What voids an assessment: a release, a control, a policy, a statement or a word that is no longer what was signed."""

from __future__ import annotations

import pytest

from suture.assessment.models import Case
from suture.assessment.queries import verdict_of
from suture.assessment.services import (
    assess_exploitability,
    confirm_in_use,
    end_control,
    move_case,
    propose_assessment,
    propose_control,
    recommend_control,
    return_assessment,
    start_assessment,
    verify_control,
)
from suture.core.cases import ControlState
from suture.core.controls import ControlKind
from suture.core.errors import Conflict, NotAllowed
from suture.core.exploitability import Exploitability
from suture.core.facts import Answer
from suture.core.harm import HarmSeverity
from suture.core.reportability import Duty806
from suture.core.risk import EXAMPLE_POLICY, to_json
from suture.intelligence.models import Kev
from suture.inventory.services import approve_statement
from suture.policy.models import PolicyKind
from suture.policy.services import approve_policy, propose_policy
from suture.reporting.queries import position
from tests.house import PASSWORD
from tests.rooms.casework import DAY_0, LOCAL, REMOTE, Work, stated, why

pytestmark = pytest.mark.django_db
YES, NO = Answer.YES, Answer.NO


def built_in(work: Work, case: Case, fay, otto) -> object:
    """A design control in use that leaves the risk controlled (example C3)."""
    control = propose_control(
        case_uid=case.uid, by=work.ada, name="Firmware over the service port only", kind=ControlKind.DESIGN,
        product=work.pump, lowers_exploitability_to=Exploitability.LOW, lowers_harm_to=HarmSeverity.MINOR,
    )  # fmt: skip
    verify_control(
        control_uid=control.uid, by=otto, on=DAY_0, evidence="TR-7", adds_risk=NO, adds_risk_because="was always there"
    )
    recommend_control(control_uid=control.uid, by=work.ada)
    return confirm_in_use(control_uid=control.uid, by=fay, on=DAY_0, where="every unit", evidence="design file")


def duty(case: Case) -> Duty806:
    return position(case, DAY_0).owed[0].duty_806


@pytest.fixture
def case(work: Work) -> Case:
    case = work.open()
    work.answer(case, "4.1", "4.2")
    return case


def test_a_control_that_fails_takes_the_verdict_it_carried(work: Work, case: Case, fay, otto):
    control = built_in(work, case, fay, otto)
    work.sign(work.assess(case))
    assert (verdict_of(case).word, duty(case)) == ("controlled", Duty806.RECORD)
    end_control(control_uid=control.uid, by=work.ada, becomes=ControlState.FAILED, because="bypassed in the laboratory")
    case.refresh_from_db()
    assert case.verdict == "", "not assessed, until somebody signs again"
    assert duty(case) is Duty806.UNDECIDED
    assert {c.name for c in position(case, DAY_0).binding} >= {"fix, validate and distribute"}


def test_a_decided_case_whose_control_failed_is_not_closed_as_controlled(work: Work, case: Case, fay, otto):
    control = built_in(work, case, fay, otto)
    work.answer_rest(case)
    work.sign(work.assess(case))
    for verb in ("start_analysis", "finish_assessment", "find_controlled"):
        move_case(case_uid=case.uid, verb=verb, by=work.ada, password=PASSWORD)
    end_control(control_uid=control.uid, by=work.ada, becomes=ControlState.FAILED, because="bypassed")
    for verb in ("accept", "close"):
        with pytest.raises(NotAllowed, match="controlled for every device"):
            move_case(case_uid=case.uid, verb=verb, by=work.quinn, password=PASSWORD)


def test_a_controlled_case_assessed_again_as_uncontrolled_is_not_closed(work: Work, case: Case):
    work.answer_rest(case)
    work.sign(work.assess(case, metrics=LOCAL, severity=HarmSeverity.NEGLIGIBLE))
    for verb in ("start_analysis", "finish_assessment", "find_controlled"):
        move_case(case_uid=case.uid, verb=verb, by=work.ada, password=PASSWORD)
    work.sign(work.assess(case, metrics=REMOTE))
    for verb, by in (("improve", work.ada), ("accept", work.quinn), ("close", work.quinn)):
        with pytest.raises(NotAllowed, match="controlled for every device"):
            move_case(case_uid=case.uid, verb=verb, by=by, password=PASSWORD)


def test_a_release_that_turns_out_to_be_affected_is_not_covered_by_what_was_signed_before(work: Work, case: Case):
    """Its own use of the component was not looked at; F §X.B.v asks for every release."""
    work.answer_rest(case)
    work.sign(work.assess(case, metrics=LOCAL, severity=HarmSeverity.NEGLIGIBLE))
    assert duty(case) is Duty806.RECORD
    work.answer(case, "5.0")
    case.refresh_from_db()
    assert (verdict_of(case), case.verdict) == (None, "")
    assert duty(case) is Duty806.UNDECIDED


def test_an_answer_that_changed_since_the_proposal_must_be_seen_before_signing(work: Work, case: Case):
    row = work.assess(case)
    work.answer(case, "5.0")
    with pytest.raises(Conflict, match="propose it again"):
        work.sign(row)


def test_one_release_assessed_of_two_is_not_the_device(work: Work, case: Case):
    """4.1 alone is assessed as controlled; nobody looked at 4.2."""
    row = start_assessment(case_uid=case.uid, product=work.pump, release=work.releases["4.1"], by=work.ada)
    assess_exploitability(assessment_uid=row.uid, by=work.ada, metrics=LOCAL, rationale=why(LOCAL))
    work.harm(row, HarmSeverity.NEGLIGIBLE)
    work.sign(propose_assessment(assessment_uid=row.uid, by=work.ada))
    assert duty(case) is Duty806.UNDECIDED


@pytest.mark.parametrize("what", ["policy", "statement", "known exploitation"])
def test_what_changes_between_proposal_and_signature_is_a_conflict(work: Work, case: Case, what: str):
    row = work.assess(case, metrics=LOCAL)
    if what == "policy":
        policy = propose_policy(
            kind=PolicyKind.RISK_MATRIX, name="Ours", body=to_json(EXAMPLE_POLICY), by=work.quinn, because="again"
        )
        approve_policy(
            policy_uid=str(policy.uid), by=work.quinn, password=PASSWORD, effective_from=DAY_0, because="again"
        )
    elif what == "statement":
        approve_statement(statement_uid=str(stated(work.pump, work.clara).uid), by=work.clara, password=PASSWORD)
    else:
        Kev.objects.create(
            id="CVE-2019-12255", f=0, added="2026-11-20", name="IPnet", action="patch", due="2026-12-11",
            ransomware=False,
        )  # fmt: skip
    with pytest.raises(Conflict, match="propose it again"):
        work.sign(row, judgement=None)


def test_known_exploitation_since_the_draft_raises_what_is_proposed_again(work: Work, case: Case):
    row = work.assess(case, metrics=LOCAL)
    assert row.inherent_exploitability == "low"
    Kev.objects.create(
        id="CVE-2019-12255", f=0, added="2026-11-20", name="IPnet", action="patch", due="2026-12-11", ransomware=False
    )
    return_assessment(assessment_uid=row.uid, by=work.ada, because="listed by CISA")
    assert propose_assessment(assessment_uid=row.uid, by=work.ada).inherent_exploitability == "high"


def test_a_policy_of_today_does_not_change_what_was_signed_under_an_older_one(work: Work, case: Case):
    """An old case keeps its policy."""
    row = work.sign(work.assess(case))
    strict = {"version": "2", "label": "ours", "table": {"high": ["uncontrolled"] * 5}}
    policy = propose_policy(kind=PolicyKind.RISK_MATRIX, name="Strict", body=strict, by=work.quinn, because="2")
    approve_policy(
        policy_uid=str(policy.uid), by=work.quinn, password=PASSWORD, effective_from=DAY_0, because="stricter"
    )
    row.refresh_from_db()
    assert row.risk_policy.version == 1
    assert row.result["policies"]["risk"]["version"] == 1
    assert position(case, DAY_0).owed[0].facts.verdict.word == row.outcome


def test_an_assessment_changed_behind_the_verbs_back_says_nothing(work: Work, case: Case):
    """21 CFR 11.70: changing the record voids its signature; what is left is 'not known', never 'controlled'."""
    row = work.sign(work.assess(case, metrics=LOCAL, severity=HarmSeverity.NEGLIGIBLE))
    row.harm = {**row.harm, "rationale": "somebody's other reason"}
    row.save()
    assert position(case, DAY_0).owed[0].facts.verdict is None
    assert duty(case) is Duty806.UNDECIDED


def test_the_outcome_is_read_from_what_was_signed(work: Work, case: Case):
    row = work.sign(work.assess(case))
    type(row).objects.filter(pk=row.pk).update(outcome="controlled")
    assert position(case, DAY_0).owed[0].facts.verdict.word == "uncontrolled"


def test_uncontrolled_stays_whatever_is_answered_later(work: Work, case: Case):
    work.sign(work.assess(case))
    work.answer(case, "5.0")
    assert verdict_of(case).word == "uncontrolled"
    assert position(case, DAY_0).owed[0].facts.verdict.word == "uncontrolled"
