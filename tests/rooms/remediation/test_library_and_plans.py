"""The control library in its cases, plans with what they tell the case, the end of support, and the measures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from suture.accounts.models import Person
from suture.assessment.models import Case, Control
from suture.assessment.queries import facts_of_case
from suture.assessment.services import recommend_control, verify_control
from suture.core.communications import EndOfSupport, NoticeKind
from suture.core.controls import EntryState
from suture.core.errors import InvalidValue, NotAllowed
from suture.core.exploitability import Exploitability
from suture.core.facts import Answer, FactKind
from suture.core.measures import Period
from suture.core.milestones import fixed_on
from suture.core.plans import RemediationKind
from suture.core.roles import Role
from suture.detection.models import Finding
from suture.evidence.models import Entry
from suture.inventory.services import register_release
from suture.remediation.models import ControlEntry, Plan
from suture.remediation.queries.library import offered, state_today
from suture.remediation.queries.measures import measures
from suture.remediation.services import (
    Which,
    approve_notice,
    check_new_risk,
    confirm_use,
    distribute_fix,
    end_entry,
    make_plan,
    open_end_of_support,
    propose_entry,
    recommend_entry,
    remediate_case,
    report_installed,
    sign_residual,
    take_from_library,
    validate_fix,
    verify_entry,
    write_notice,
)
from tests.house import PASSWORD
from tests.rooms.casework import DAY_0, Work
from tests.rooms.remediation.fleet import hospitals, running, units

pytestmark = pytest.mark.django_db
K, YES = FactKind, Answer.YES


@pytest.fixture
def case(work: Work) -> Case:
    """A case whose releases 4.1 and 4.2 are affected."""
    case = work.open()
    work.answer(case, "4.1", "4.2")
    return case


def entry(work: Work, otto: Person, name: str = "Own network segment", **more: Any) -> ControlEntry:
    """A control that is proposed and verified; its new risk is not checked."""
    said: dict[str, Any] = {
        "name": name, "purpose": "Nobody outside reaches it.", "employed_by": "hospital IT", "where": "network",
        "instructions": "Block all else.", "skill": "administrator", "external_to_design": YES,
        "field_configurable": YES, "employed_by_user": YES,
    }  # fmt: skip
    row = propose_entry(by=work.ada, **{**said, **more})
    return verify_entry(
        entry_uid=row.uid, by=otto, evidence="TR-1190", on=DAY_0, holds_until=DAY_0 + timedelta(days=30),
        products=[work.pump],
    )  # fmt: skip


def test_a_control_is_checked_for_new_risk_before_it_is_recommended(work: Work, case: Case, otto: Person) -> None:
    """FDA 2016 §VII.B: no more risk than the vulnerability. "Disconnect" loses remote alarms: it stays where it is."""
    row = entry(work, otto)
    with pytest.raises(NotAllowed, match="clinical safety has checked"):
        recommend_entry(entry_uid=row.uid, by=work.ada)
    with pytest.raises(NotAllowed):
        take_from_library(entry_uid=row.uid, case_uid=case.uid, by=work.ada)
    with pytest.raises(InvalidValue, match="which function is lost"):
        check_new_risk(entry_uid=row.uid, by=work.clara, adds_risk=Answer.NO, because="tried", loses=" ")
    check_new_risk(entry_uid=row.uid, by=work.clara, adds_risk=Answer.NO, because="tried", loses="none")
    assert recommend_entry(entry_uid=row.uid, by=work.ada).at is EntryState.RECOMMENDED
    cut = entry(work, otto, "Disconnect")
    check_new_risk(entry_uid=cut.uid, by=work.clara, adds_risk=YES, because="nobody hears it", loses="remote alarms")
    with pytest.raises(NotAllowed, match="found none that is greater"):
        recommend_entry(entry_uid=cut.uid, by=work.ada)
    unclear = entry(work, otto, "Something", employed_by_user=Answer.UNKNOWN)
    check_new_risk(entry_uid=unclear.uid, by=work.clara, adds_risk=Answer.NO, because="tried", loses="none")
    with pytest.raises(NotAllowed, match="employed by a user"):  # §IV.A: no compensating control, as far as is known
        recommend_entry(entry_uid=unclear.uid, by=work.ada)
    assert [e.name for e in offered(DAY_0)] == ["Own network segment"]


def test_a_use_ends_with_its_entry(work: Work, case: Case, otto: Person, fay: Person) -> None:
    """One way of recording controls: the case's control is a use of the entry, and fails with it in every case."""
    row = entry(work, otto)
    check_new_risk(entry_uid=row.uid, by=work.clara, adds_risk=Answer.NO, because="tried", loses="none")
    recommend_entry(entry_uid=row.uid, by=work.ada)
    control = take_from_library(
        entry_uid=row.uid, case_uid=case.uid, by=work.ada, lowers_exploitability_to=Exploitability.LOW
    )
    assert (control.instructions, control.state) == (row.instructions, "proposed")  # verified anew, for this case
    verify_control(
        control_uid=control.uid, by=work.clara, on=DAY_0, evidence="TR-1191", adds_risk=Answer.NO,
        adds_risk_because="tried",
    )  # fmt: skip
    recommend_control(control_uid=control.uid, by=work.ada)
    confirm_use(control_uid=control.uid, by=fay, on=DAY_0, where="all wards", evidence="letter")
    row.refresh_from_db()
    assert row.at is EntryState.IN_USE
    assert state_today(row, DAY_0 + timedelta(days=31)) is EntryState.EXPIRED  # whether anybody noted it or not
    with pytest.raises(NotAllowed, match="has passed"):
        end_entry(entry_uid=row.uid, by=work.ada, becomes=EntryState.EXPIRED, because="old")
    end_entry(entry_uid=row.uid, by=work.ada, becomes=EntryState.FAILED, because="bypassed in the laboratory")
    assert Control.objects.get(pk=control.pk).state == "failed"
    assert offered(DAY_0) == []


def test_a_plan_tells_the_case_what_it_did(work: Work, case: Case, otto: Person, register: Callable[..., Any]) -> None:
    """FDA 2016 §VII.B: plan with its rationale; fix validated, adding no greater risk, distributed; residual signed."""
    target = register_release(product=work.pump, by=otto, version="4.2.1", state="released")
    with pytest.raises(InvalidValue, match="why by then"):
        make_plan(case_uid=case.uid, by=work.ada, kind=RemediationKind.COMPLETE_FIX, summary="new stack", rationale=" ")
    plan = make_plan(
        case_uid=case.uid, by=work.ada, kind=RemediationKind.COMPLETE_FIX, summary="new stack",
        rationale="the test of the motor takes three weeks", design_change="DC-77", capa="none because …",
    )  # fmt: skip
    proof = {"verification": "TR-1", "validation": "TR-2", "adds_risk_because": "same functions"}
    with pytest.raises(NotAllowed, match="the release that carries the fix is named"):
        validate_fix(plan_uid=plan.uid, by=otto, adds_risk=Answer.NO, **proof)
    with pytest.raises(NotAllowed, match="no greater risk"):
        validate_fix(plan_uid=plan.uid, by=otto, adds_risk=Answer.UNKNOWN, release=target, **proof)
    with pytest.raises(NotAllowed):
        distribute_fix(plan_uid=plan.uid, by=otto, how="download")
    validate_fix(plan_uid=plan.uid, by=otto, adds_risk=Answer.NO, release=target, **proof)
    distribute_fix(plan_uid=plan.uid, by=otto, how="download portal, letter")
    assert fixed_on(facts_of_case(case)) is None  # nobody has signed the residual risk
    with pytest.raises(NotAllowed, match="complete it first"):
        remediate_case(case_uid=case.uid, by=work.clara, password=PASSWORD)
    with pytest.raises(NotAllowed):
        sign_residual(plan_uid=plan.uid, by=work.clara, password="wrong", acceptable=True, because="tested")
    sign_residual(plan_uid=plan.uid, by=work.clara, password=PASSWORD, acceptable=True, because="tested")
    facts = facts_of_case(case)
    assert fixed_on(facts) == DAY_0
    assert [f.text("release") for f in facts.of(K.FIX_DISTRIBUTED)] == [target.label]
    again = make_plan(
        case_uid=case.uid, by=work.ada, kind=RemediationKind.NOTIFICATION_ONLY, summary="s", rationale="r"
    )
    with pytest.raises(NotAllowed, match="superseded"):
        distribute_fix(plan_uid=plan.uid, by=otto, how="x")
    validate_fix(plan_uid=again.uid, by=otto, adds_risk=Answer.NO, **proof)
    distribute_fix(plan_uid=again.uid, by=otto, how="letter")
    with pytest.raises(NotAllowed, match="incomplete remediation"):  # §IV.G
        sign_residual(plan_uid=again.uid, by=work.clara, password=PASSWORD, acceptable=True, because="told")
    assert Plan.objects.count() == 2


def test_the_end_of_support_passes_responsibility_and_what_is_fielded_stays_watched(work: Work) -> None:
    """P26 §VI.A: end of support, transfer of risk. Ours: units of such a release go on being matched."""
    release = work.releases["4.1"]
    units(work.pump, release, hospitals(2), 3)
    findings = Finding.objects.filter(release=release).count()
    campaign = open_end_of_support(
        product=work.pump, by=work.rosa, title="Aria P2 4.1: end of support", action="Plan the replacement.",
        releases=[release],
    )  # fmt: skip
    with pytest.raises(InvalidValue, match="belongs to a campaign of that purpose"):
        write_notice(campaign_uid=campaign.uid, by=work.rosa)
    notice = write_notice(
        campaign_uid=campaign.uid, by=work.rosa, kind=NoticeKind.END_OF_SUPPORT, ends=EndOfSupport(device="Aria P2 4.1")
    )
    with pytest.raises(NotAllowed, match="all mandatory content"):
        approve_notice(notice_uid=notice.uid, by=work.rosa, password=PASSWORD)
    release.state = release.State.END_OF_SUPPORT
    release.save()
    assert Finding.objects.filter(release=release).count() == findings
    assert campaign.case is None
    with pytest.raises(InvalidValue, match="whose support ends"):
        open_end_of_support(product=work.pump, by=work.rosa, title="t", action="a", releases=[])


def test_the_measures_come_from_events(work: Work, case: Case, otto: Person, register: Callable[..., Any]) -> None:
    """P26 §V.A.6, with known and unknown; another person's walls hide their cases' counts."""
    erik = register("Erik Moss", Role.FIELD_SERVICE)
    work.releases["4.2.1"] = register_release(product=work.pump, by=otto, version="4.2.1", state="released")
    fleet = units(work.pump, work.releases["4.2"], hospitals(1), 4)
    plan = make_plan(case_uid=case.uid, by=work.ada, kind=RemediationKind.COMPLETE_FIX, summary="s", rationale="r")
    work.tick(DAY_0 + timedelta(days=10))
    validate_fix(
        plan_uid=plan.uid, by=otto, adds_risk=Answer.NO, release=work.releases["4.2.1"], verification="v",
        validation="v", adds_risk_because="b",
    )  # fmt: skip
    distribute_fix(plan_uid=plan.uid, by=otto, how="portal")
    campaign, _notice = running(work, case, plan=Plan.objects.get(pk=plan.pk))
    work.tick(DAY_0 + timedelta(days=14))
    report_installed(campaign_uid=campaign.uid, which=Which(units=[u.uid for u in fleet[:3]]), by=erik)
    period = Period(DAY_0, DAY_0 + timedelta(days=30))
    whole, *lines = measures(work.ada, period)
    assert (whole.m1, whole.m2.days) == ((2, 2), 10.0)  # two releases of one device, one vulnerability
    four_two = next(line for line in lines if line.release == work.releases["4.2"])
    assert (four_two.m3.days, four_two.m3.known, four_two.m3.unknown) == (4.0, 3, 1)
    nothing, *none = measures(work.ada, Period(DAY_0 - timedelta(days=9), DAY_0 - timedelta(days=8)))
    assert (str(nothing.m1), str(nothing.m2), str(nothing.m3)) == ("not known", "not known", "not known")
    assert len(none) == len(lines)
    assert Entry.objects.filter(did="plan.distribute").exists()
