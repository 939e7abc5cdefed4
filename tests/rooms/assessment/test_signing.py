"""Assessments: both axes, the matrix, judgement by two people, what a signature binds, and what it refuses."""

from __future__ import annotations

from datetime import timedelta

import pytest

from suture.accounts.models import Signature
from suture.accounts.queries import signatures_on
from suture.assessment.models import Assessment, Case
from suture.assessment.services import (
    assess_exploitability,
    assess_harm,
    confirm_in_use,
    end_control,
    propose_assessment,
    propose_control,
    recommend_control,
    record_dissent,
    return_assessment,
    sign_assessment,
    start_assessment,
    verify_control,
)
from suture.core.cases import ControlState
from suture.core.controls import ControlKind
from suture.core.errors import Conflict, Contradiction, InvalidValue, NotAllowed
from suture.core.exploitability import Exploitability, ExploitabilityMetrics
from suture.core.facts import Answer, FactKind
from suture.core.harm import HarmSeverity
from suture.core.risk import Outcome
from suture.core.roles import Role
from suture.core.vex import Justification, VexStatus
from suture.evidence.canonical import digest
from suture.evidence.models import Entry
from suture.intelligence.models import EpssScore, Kev
from suture.policy.models import PolicyKind
from suture.policy.services import propose_policy
from tests.house import PASSWORD
from tests.rooms.casework import DAY_0, LOCAL, NEAR, REMOTE, Work, build, why

pytestmark = pytest.mark.django_db
YES, NO = Answer.YES, Answer.NO


@pytest.fixture
def case(work: Work) -> Case:
    case = work.open()
    work.answer(case, "4.1", "4.2", "7.1")
    return case


def test_high_exploitability_and_critical_harm_are_uncontrolled_by_one_signature(work: Work, case: Case):
    row = work.sign(work.assess(case))
    assert (row.state, row.outcome) == ("approved", "uncontrolled")
    assert (row.inherent_exploitability, row.inherent_harm) == ("high", HarmSeverity.CRITICAL)
    given = signatures_on("assessment", row.uid, digest(row.content())).get()
    assert (given.printed_name, given.as_role, given.meaning) == (
        work.ada.printed_name,
        "psirt",
        "approval: uncontrolled",
    )


def test_the_cell_decides_and_nobody_overrules_it(work: Work, case: Case):
    row = work.assess(case)
    with pytest.raises(NotAllowed, match="change the assessment or the policy"):
        work.sign(row, judgement=Outcome.CONTROLLED)
    assert not Signature.objects.filter(signed_uid=row.uid).exists()


def test_unknown_factors_count_as_the_worst_case_and_stay_unknown(work: Work, case: Case):
    """FDA 2016 §VI.A: without data, a reasonable worst case."""
    row = work.assess(case, metrics=ExploitabilityMetrics(AV="N"))
    assert row.inherent_exploitability == "high"
    assert set(row.result["exploitability"]["unknown"]) == {"AC", "PR", "UI", "E", "RC"}


def test_each_factor_that_is_given_has_its_reason(work: Work, case: Case):
    row = start_assessment(case_uid=case.uid, product=work.pump, by=work.ada)
    with pytest.raises(InvalidValue, match="AC"):
        assess_exploitability(assessment_uid=row.uid, by=work.ada, metrics=REMOTE, rationale={**why(REMOTE), "AC": " "})


def test_kev_raises_and_its_absence_and_a_low_epss_lower_nothing(work: Work, case: Case):
    EpssScore.objects.create(id="CVE-2019-12255", f=0, score=0.00001, percentile=0.01, day="2026-11-19")
    without = work.assess(case, metrics=LOCAL)
    assert without.inherent_exploitability == "low"
    assert without.exploitability["epss"]["score"] == 0.00001
    Kev.objects.create(
        id="CVE-2019-12255", f=0, added="2026-11-01", name="IPnet", action="patch", due="2026-11-22", ransomware=False
    )
    return_assessment(assessment_uid=without.uid, by=work.ada, because="listed by CISA")
    assess_exploitability(assessment_uid=without.uid, by=work.ada, metrics=LOCAL, rationale=why(LOCAL))
    raised = propose_assessment(assessment_uid=without.uid, by=work.ada)
    assert raised.inherent_exploitability == "high"
    assert raised.exploitability["kev"] == {"id": "CVE-2019-12255", "added": "2026-11-01"}


@pytest.mark.parametrize(
    "missing",
    [{"severity": None}, {"hazard": ""}, {"situation": " "}, {"harm": ""}, {"rationale": ""}, {"function": "Fly"}],
)
def test_harm_needs_its_whole_chain(work: Work, case: Case, missing):
    row = start_assessment(case_uid=case.uid, product=work.pump, by=work.ada)
    with pytest.raises(InvalidValue):
        work.harm(row, **missing)


def test_both_axes_are_needed(work: Work, case: Case):
    row = start_assessment(case_uid=case.uid, product=work.pump, by=work.ada)
    assess_exploitability(assessment_uid=row.uid, by=work.ada, metrics=REMOTE, rationale=why(REMOTE))
    with pytest.raises(NotAllowed, match="severity of harm is judged"):
        propose_assessment(assessment_uid=row.uid, by=work.ada)


def test_privacy_alone_is_controlled_however_exploitable(work: Work, case: Case):
    """FDA 2016 §IV.F, §VII.A; example C2: users can view PHI, not edit it."""
    row = work.assess(
        case, severity=None, privacy_only=True, safety_affected=NO, secrets_exposed=NO, rationale="view only"
    )
    assert row.cell == "controlled"
    assert row.result["residual"]["privacy"]
    assert work.sign(row).outcome == "controlled"


def test_exposed_passwords_are_not_privacy_alone(work: Work, case: Case):
    with pytest.raises(NotAllowed, match="passwords"):
        work.assess(case, severity=None, privacy_only=True, safety_affected=NO, secrets_exposed=YES)


def test_controlled_beside_a_reasonable_probability_of_death_is_a_contradiction(work: Work, case: Case):
    """R8 beats R7 (FDA 2016 §IV.C)."""
    row = work.assess(case, metrics=LOCAL, severity=HarmSeverity.MINOR, serious_probable=YES)
    with pytest.raises(Contradiction):
        work.sign(row)
    assert Assessment.objects.get().state == "in_review"


# ---------------------------------------------------------------- judgement
@pytest.fixture
def cell(work: Work, case: Case) -> Assessment:
    """Medium exploitability, serious harm: a judgement cell of the example matrix."""
    row = work.assess(case, metrics=NEAR, severity=HarmSeverity.SERIOUS)
    assert row.cell == "judgement"
    return row


def test_a_judgement_waits_for_a_second_person_of_the_other_role(work: Work, cell: Assessment):
    first = work.sign(cell, judgement=Outcome.UNCONTROLLED, because="three hospitals are open")
    assert (first.state, first.outcome) == ("in_review", "")
    with pytest.raises(NotAllowed, match="another person"):
        work.sign(cell, judgement=Outcome.UNCONTROLLED)
    second = work.sign(cell, by=work.clara, judgement=Outcome.UNCONTROLLED)
    assert (second.state, second.outcome) == ("approved", "uncontrolled")
    held = signatures_on("assessment", second.uid, digest(second.content()))
    assert {s.as_role for s in held} == {"psirt", "clinical_safety"}
    assert {s.meaning for s in held} == {"judgement: uncontrolled"}


def test_a_judgement_is_never_made_in_silence(work: Work, cell: Assessment):
    with pytest.raises(NotAllowed, match="judgement"):
        work.sign(cell)
    with pytest.raises(InvalidValue, match="reason"):
        work.sign(cell, judgement=Outcome.CONTROLLED, because=" ")


def test_one_person_with_both_roles_cannot_judge_alone(work: Work, cell: Assessment, register):
    both = register("Bea Roth", Role.PSIRT, Role.CLINICAL_SAFETY)
    work.sign(cell, by=both, judgement=Outcome.CONTROLLED, as_role=Role.PSIRT)
    with pytest.raises(NotAllowed, match="another person"):
        work.sign(cell, by=both, judgement=Outcome.CONTROLLED, as_role=Role.CLINICAL_SAFETY)


def test_two_judgements_that_differ_are_refused_and_the_second_leaves_nothing(work: Work, cell: Assessment):
    work.sign(cell, judgement=Outcome.UNCONTROLLED)
    before = Entry.objects.count()
    with pytest.raises(Contradiction, match="first signature says uncontrolled"):
        work.sign(cell, by=work.clara, judgement=Outcome.CONTROLLED)
    assert Entry.objects.count() == before
    assert Signature.objects.filter(signed_uid=cell.uid).count() == 1


def test_a_dissent_is_kept_and_voids_the_first_signature(work: Work, cell: Assessment):
    work.sign(cell, judgement=Outcome.CONTROLLED)
    row = record_dissent(
        assessment_uid=cell.uid, by=work.clara, severity=HarmSeverity.CRITICAL, because="one patient cannot wait"
    )
    assert row.dissent[0]["because"] == "one patient cannot wait"
    assert not signatures_on("assessment", row.uid, digest(row.content())).exists()
    work.sign(row, by=work.clara, judgement=Outcome.UNCONTROLLED)
    assert work.sign(row, judgement=Outcome.UNCONTROLLED).state == "approved"


def test_a_change_is_a_new_version_and_the_old_one_stays_in_force_until_it_is_signed(work: Work, case: Case):
    first = work.sign(work.assess(case))
    with pytest.raises(NotAllowed, match="start a new version"):
        assess_exploitability(assessment_uid=first.uid, by=work.ada, metrics=LOCAL, rationale=why(LOCAL))
    second = work.assess(case, metrics=LOCAL, severity=HarmSeverity.NEGLIGIBLE)
    assert second.version == 2
    first.refresh_from_db()
    assert first.state == "approved"
    work.sign(second)
    first.refresh_from_db()
    case.refresh_from_db()
    assert first.state == "superseded"
    assert signatures_on("assessment", first.uid, digest(first.content())).exists(), "what was signed stays as it was"


# ---------------------------------------------------------------- approvals
def unapproved(demo, ada, clara, rosa, quinn, otto, tick) -> tuple[Work, Case]:
    work = build(ada=ada, clara=clara, rosa=rosa, quinn=quinn, engineer=otto, tick=tick, demo=demo, approved=False)
    from suture.core import exploitability, risk
    from tests.rooms.casework import stated

    for kind, body in (
        (PolicyKind.RISK_MATRIX, risk.to_json(risk.EXAMPLE_POLICY)),
        (PolicyKind.EXPLOITABILITY, exploitability.to_json(exploitability.EXAMPLE_EXPLOITABILITY)),
    ):
        propose_policy(kind=kind, name="Suture example", body=body, by=quinn, because="shipped", example=True)
    stated(work.pump, clara)
    case = work.open()
    work.answer(case, "4.1")
    return work, case


def test_no_verdict_before_policies_and_statement_are_approved(ada, clara, rosa, quinn, otto, tick):
    work, case = unapproved(False, ada, clara, rosa, quinn, otto, tick)
    with pytest.raises(NotAllowed, match="no verdict before the policy is approved"):
        work.assess(case)


def test_no_verdict_before_the_statement_is_approved(work: Work):
    work.pump.statements.update(acceptance_criteria="changed after it was signed")
    case = work.open()
    work.answer(case, "4.1")
    with pytest.raises(NotAllowed, match="safety and essential performance"):
        work.assess(case)


def test_in_the_demo_the_shipped_examples_decide_and_say_what_they_are(ada, clara, rosa, quinn, otto, tick):
    work, case = unapproved(True, ada, clara, rosa, quinn, otto, tick)
    row = work.sign(work.assess(case))
    assert row.outcome == "uncontrolled"
    assert "example, not FDA's" in row.result["policies"]["risk"]["label"]


# ---------------------------------------------------------------- controls
def in_use(work: Work, case: Case, fay, otto, name: str = "Isolate the Wi-Fi") -> object:
    control = propose_control(
        case_uid=case.uid, by=work.ada, name=name, kind=ControlKind.COMPENSATING, product=work.pump,
        external_to_design=YES, field_configurable=YES, employed_by_user=YES, employed_by="hospital IT",
        where="access point", instructions="VLAN 12", skill="network administrator",
        lowers_exploitability_to=Exploitability.LOW,
    )  # fmt: skip
    verify_control(
        control_uid=control.uid,
        by=otto,
        on=DAY_0,
        evidence="TR-1190",
        adds_risk=NO,
        adds_risk_because="works alone",
    )
    recommend_control(control_uid=control.uid, by=work.ada)
    return confirm_in_use(control_uid=control.uid, by=fay, on=DAY_0, where="41 hospitals", evidence="survey F-19")


def test_only_a_control_verified_and_in_use_lowers_the_residual_risk(work: Work, case: Case, fay, otto):
    """FDA 2016 §VII: already implemented compensating controls."""
    control = propose_control(
        case_uid=case.uid, by=work.ada, name="Firewall", kind=ControlKind.COMPENSATING,
        lowers_exploitability_to=Exploitability.LOW,
    )  # fmt: skip
    row = work.assess(case)
    assert row.residual_exploitability == "high"
    assert row.result["controls"][0]["why_not"]
    return_assessment(assessment_uid=row.uid, by=work.ada, because="a control came into use")
    end_control(control_uid=control.uid, by=work.ada, becomes=ControlState.RETIRED, because="replaced")
    in_use(work, case, fay, otto)
    row = propose_assessment(assessment_uid=row.uid, by=work.ada)
    assert (row.inherent_exploitability, row.residual_exploitability, row.cell) == ("high", "low", "judgement")


def test_a_control_that_adds_risk_or_nobody_knows_is_not_verified(work: Work, case: Case, otto):
    control = propose_control(case_uid=case.uid, by=work.ada, name="Pull the plug", kind=ControlKind.COMPENSATING)
    for answer in (YES, Answer.UNKNOWN):
        with pytest.raises(NotAllowed):
            verify_control(
                control_uid=control.uid, by=otto, on=DAY_0, evidence="TR", adds_risk=answer, adds_risk_because="?"
            )


def test_a_control_without_instructions_is_not_recommended(work: Work, case: Case, otto):
    control = propose_control(case_uid=case.uid, by=work.ada, name="Isolate", kind=ControlKind.COMPENSATING)
    verify_control(
        control_uid=control.uid, by=otto, on=DAY_0, evidence="TR", adds_risk=NO, adds_risk_because="works alone"
    )
    with pytest.raises(NotAllowed, match="instructions"):
        recommend_control(control_uid=control.uid, by=work.ada)
    assert not case.dated_facts.filter(kind=FactKind.CONTROLS_IDENTIFIED).exists()


def test_recommending_records_the_interim_control_as_identified(work: Work, case: Case, fay, otto):
    in_use(work, case, fay, otto)
    fact = case.dated_facts.get(kind=FactKind.CONTROLS_IDENTIFIED)
    assert (fact.happened_on, fact.detail["adds_risk"]) == (DAY_0, "no")


def test_a_control_that_changed_since_the_proposal_must_be_seen_before_signing(work: Work, case: Case, fay, otto):
    row = work.assess(case)
    in_use(work, case, fay, otto)
    with pytest.raises(Conflict, match="propose it again"):
        work.sign(row)


def test_inline_mitigations_never_rest_on_a_compensating_control(work: Work, case: Case, fay, otto):
    control = in_use(work, case, fay, otto)
    said = {"status": VexStatus.NOT_AFFECTED, "justification": Justification.INLINE_MITIGATIONS_ALREADY_EXIST}
    with pytest.raises(InvalidValue, match="compensating control"):
        work.answer(case, "4.1", ground_uid=control.uid, **said)
    with pytest.raises(InvalidValue, match="compensating control"):
        work.answer(case, "4.1", **said)
    design = propose_control(case_uid=case.uid, by=work.ada, name="Bounds check", kind=ControlKind.DESIGN)
    work.answer(case, "4.1", ground_uid=design.uid, **said)


def test_finn_may_do_nothing_to_assessments_and_controls(work: Work, case: Case, finn, otto):
    row = work.assess(case)
    control = propose_control(case_uid=case.uid, by=work.ada, name="Isolate", kind=ControlKind.COMPENSATING)
    uid, before = row.uid, Entry.objects.count()
    for attempt in (
        lambda: start_assessment(case_uid=case.uid, product=work.programmer, by=finn),
        lambda: assess_exploitability(assessment_uid=uid, by=finn, metrics=LOCAL, rationale=why(LOCAL)),
        lambda: assess_harm(
            assessment_uid=uid, by=finn, severity=HarmSeverity.MINOR, hazard="h", situation="s", harm="h", rationale="r"
        ),
        lambda: record_dissent(assessment_uid=uid, by=finn, severity=HarmSeverity.MINOR, because="b"),
        lambda: propose_assessment(assessment_uid=uid, by=finn),
        lambda: return_assessment(assessment_uid=uid, by=finn, because="b"),
        lambda: sign_assessment(assessment_uid=uid, by=finn, password=PASSWORD, because="b"),
        lambda: propose_control(case_uid=case.uid, by=finn, name="x", kind=ControlKind.DESIGN),
        lambda: verify_control(
            control_uid=control.uid, by=finn, on=DAY_0, evidence="e", adds_risk=NO, adds_risk_because="b"
        ),
        lambda: recommend_control(control_uid=control.uid, by=finn),
        lambda: confirm_in_use(control_uid=control.uid, by=finn, on=DAY_0, where="w", evidence="e"),
        lambda: end_control(control_uid=control.uid, by=finn, becomes=ControlState.FAILED, because="b"),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert Entry.objects.count() == before
    with pytest.raises(NotAllowed):
        assess_harm(
            assessment_uid=uid, by=work.ada, severity=HarmSeverity.MINOR, hazard="h", situation="s", harm="h",
            rationale="product security does not judge harm",
        )  # fmt: skip


# ---------------------------------------------------------------- nothing half
def test_what_fails_half_way_leaves_nothing(work: Work, case: Case, monkeypatch: pytest.MonkeyPatch):
    """The evidence line is the last beat: when it cannot be written, the verb has not happened."""
    row = work.assess(case)
    before = (Entry.objects.count(), Signature.objects.count(), Case.objects.get(pk=case.pk).version)

    def broken(**_: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("suture.assessment.services.signing.record", broken)
    with pytest.raises(RuntimeError):
        work.sign(row)
    row.refresh_from_db()
    assert row.state == "in_review"
    assert (Entry.objects.count(), Signature.objects.count(), Case.objects.get(pk=case.pk).version) == before


def test_signing_rests_on_the_same_day_as_the_proposal_or_later(work: Work, case: Case):
    """A policy that took effect in between must be seen first; the same policy on a later day holds."""
    row = work.assess(case)
    work.tick(DAY_0 + timedelta(days=2))
    assert work.sign(row).state == "approved"
