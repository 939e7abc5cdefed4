"""The guidance's eight worked examples, C1 to C4 and U1 to U4: facts in, outcome out.

Source: FDA, Postmarket Management of Cybersecurity in Medical Devices (28 Dec 2016), §VII.A and §VII.B.
What the guidance leaves open (a level of exploitability, a date) is chosen by us and said beside it.
Devices the guidance calls class III are set up as PMA devices: the periodic report hangs on the PMA, not the class.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest

from suture.core.cases import CASE, CaseGuard, CaseState
from suture.core.clocks import CYBER_FIX, ClockState, case_clocks
from suture.core.controls import Control, ControlKind
from suture.core.enforcement import Enforcement, evaluate_enforcement
from suture.core.exploitability import (
    EXAMPLE_EXPLOITABILITY,
    Exploitability,
    ExploitabilityMetrics,
    evaluate_exploitability,
)
from suture.core.facts import Answer, Facts
from suture.core.harm import HarmSeverity
from suture.core.report_facts import ReportFacts, with_enforcement
from suture.core.reportability import Decision, Duty806, decide
from suture.core.risk import (
    EXAMPLE_POLICY,
    Judgement,
    Outcome,
    PrivacyFinding,
    RiskVerdict,
    assess,
    evaluate_privacy,
)
from suture.core.roles import Role
from tests.core.dated import K, day, fact, file_with, member, not_a_member

Y, N = Answer.YES, Answer.NO
CONTROLLED, JUDGEMENT, UNCONTROLLED = Outcome.CONTROLLED, Outcome.JUDGEMENT, Outcome.UNCONTROLLED

CLASS_II = {"investigational": N, "cleared_510k": Y, "pma": N, "hde": N}
PMA = {"investigational": N, "cleared_510k": N, "pma": Y, "hde": N}
CHANGED = {"new_vulnerability_information": Y, "device_changed": Y}
NOBODY_HURT = {"death_or_serious_injury": N, "malfunction": N, "serious_harm_probable": N}


def level(known_exploited: bool = False, public_exploit: bool = False, **metrics: str) -> Exploitability:
    verdict = evaluate_exploitability(
        ExploitabilityMetrics(**metrics),
        EXAMPLE_EXPLOITABILITY,
        known_exploited=known_exploited,
        public_exploit=public_exploit,
    )
    return verdict.level


REMOTE = {"AV": "N", "AC": "L", "PR": "N", "UI": "N"}


@dataclass(frozen=True, kw_only=True)
class Example:
    """One example: the risk as assessed, the rest of the record, and what must come of it."""

    risk: RiskVerdict
    facts: dict[str, Answer]
    file: Facts | None = None  # dated facts, for the uncontrolled ones
    members: tuple[object, ...] = ()
    today: int = 60
    outcome: Outcome
    fired: set[str]
    silent: set[str] = field(default_factory=set)
    duty: Duty806


def on_matrix(exploitability: Exploitability, harm: HarmSeverity, controls: Iterable[Control] = ()) -> RiskVerdict:
    return assess(exploitability, harm, controls, EXAMPLE_POLICY).residual


LOCKED_DOWNLOAD = Control(
    name="firmware is accepted over the local service connector only",
    kind=ControlKind.DESIGN,
    verified=Y,
    adds_risk=N,
    in_use=Y,
    lowers_exploitability_to=level(AV="P"),  # physical access; whatever else is unknown counts as the worst
)
OFF_THE_NETWORK = Control(
    name="disconnect the device from the hospital network",
    kind=ControlKind.COMPENSATING,
    verified=Y,
    adds_risk=N,
    in_use=Y,
    external_to_design=Y,
    field_configurable=Y,
    employed_by_user=Y,
    lowers_exploitability_to=Exploitability.LOW,
    lowers_harm_to=HarmSeverity.MINOR,
)
JUDGES = (Judgement("ada", Role.PSIRT), Judgement("cleo", Role.CLINICAL_SAFETY))

EXAMPLES = {
    # Complaint: a gas blood analyzer infected with malware that does not alter data; performance not affected.
    "C1": Example(
        risk=on_matrix(level(known_exploited=True, **REMOTE), HarmSeverity.NEGLIGIBLE),
        facts=CLASS_II | CHANGED | NOBODY_HURT | {"complaint_alleges_security": Y},
        outcome=CONTROLLED,
        fired={"R7", "R25", "R20"},
        silent={"R2", "R3", "R9", "R10", "R17"},
        duty=Duty806.RECORD,
    ),
    # Published exploit code; a misconfigured database shows PHI and lets nobody edit it.
    "C2": Example(
        risk=evaluate_privacy(
            PrivacyFinding(by="ada", rationale="view of PHI, no edit", safety_affected=N, secrets_exposed=N),
            EXAMPLE_POLICY,
        ),
        facts=CLASS_II | CHANGED | NOBODY_HURT | {"privacy_only": Y, "safety_affected": N, "secrets_exposed": N},
        outcome=CONTROLLED,
        fired={"R6", "R7", "R20"},
        silent={"R9", "R10", "R25"},
        duty=Duty806.RECORD,
    ),
    # An open, unused port; a design feature prevents remote firmware download, physical access is needed.
    "C3": Example(
        risk=on_matrix(level(**REMOTE), HarmSeverity.CRITICAL, [LOCKED_DOWNLOAD]).judged(
            CONTROLLED, JUDGES, because="physical access in a supervised room"
        ),
        facts=CLASS_II | CHANGED | NOBODY_HURT,
        outcome=CONTROLLED,
        fired={"R7", "R20"},
        silent={"R9", "R10", "R2"},
        duty=Duty806.RECORD,
    ),
    # The PC of a class III device is infected; browsing data is collected; performance would not be affected.
    "C4": Example(
        risk=on_matrix(level(known_exploited=True, **REMOTE), HarmSeverity.NEGLIGIBLE),
        facts=PMA | CHANGED | NOBODY_HURT | {"complaint_alleges_security": Y, "change_affects_safety": N},
        outcome=CONTROLLED,
        fired={"R7", "R17", "R19", "R25"},
        silent={"R9", "R10", "R18", "R20"},
        duty=Duty806.RECORD,
    ),
    # Open ports let unauthorised firmware in; told by day 30, fixed by day 60, active in an ISAO that was told.
    "U1": Example(
        risk=on_matrix(level(**REMOTE), HarmSeverity.CRITICAL),
        facts=PMA | CHANGED | {"death_or_serious_injury": N, "malfunction": N, "remediation_exists": Y},
        file=file_with(),
        members=(member(),),
        outcome=UNCONTROLLED,
        fired={"R9", "R10", "R17"},
        silent={"R2", "R3", "R7", "R11", "R14", "R15", "R16"},
        duty=Duty806.NOT_ENFORCED,
    ),
    # An implant can be reprogrammed; hardcoded password; moderate exploitability; fixed in time; not in an ISAO.
    "U2": Example(
        risk=on_matrix(
            level(AV="A", AC="L", PR="N", UI="N", E="P", RC="C"),  # moderate
            HarmSeverity.CRITICAL,
        ),
        facts=PMA | CHANGED | {"death_or_serious_injury": N, "malfunction": N, "remediation_exists": Y},
        file=file_with(given=None),
        members=(not_a_member(),),
        outcome=UNCONTROLLED,
        fired={"R9", "R11", "R15", "R17"},
        silent={"R2", "R3", "R7", "R10", "R14"},
        duty=Duty806.DUE,
    ),
    # A new failure mode of a class II device; off the network meanwhile; patch by day 60; active in an ISAO.
    "U3": Example(
        risk=on_matrix(level(**REMOTE), HarmSeverity.CRITICAL),
        facts=CLASS_II | CHANGED | {"death_or_serious_injury": N, "malfunction": N, "remediation_exists": Y},
        file=file_with(),
        members=(member(),),
        outcome=UNCONTROLLED,
        fired={"R9", "R10", "R20"},
        silent={"R2", "R3", "R7", "R11", "R17"},
        duty=Duty806.NOT_ENFORCED,
    ),
    # A patient was harmed; the exploit may have contributed to a death. Active in an ISAO, which does not matter.
    "U4": Example(
        risk=on_matrix(level(known_exploited=True, **REMOTE), HarmSeverity.CATASTROPHIC),
        facts=CLASS_II | CHANGED | {
            "death_or_serious_injury": Y, "malfunction": Y, "likely_on_recurrence": Y, "serious_harm_probable": Y,
            "remediation_exists": Y, "complaint_alleges_security": Y,
        },
        file=file_with(
            learned=fact(K.LEARNED_CANDIDATE, 0, source="hospital"),
            search=fact(K.ADVERSE_EVENT_SEARCH, 1, result="hit"),
            event=fact(K.ADVERSE_EVENT_LINKED, 0, seriousness="death", event="E-1"),
            aware=fact(K.EMPLOYEE_AWARE, 0, event="E-1"),
        ),
        members=(member(),),
        outcome=UNCONTROLLED,
        fired={"R2", "R3", "R8", "R9", "R11", "R14", "R20", "R25"},
        silent={"R7", "R10", "R15"},
        duty=Duty806.DUE,
    ),
}  # fmt: skip


def conditions(example: Example, today: int | None = None) -> Enforcement:
    now = example.today if today is None else today
    assert example.file is not None
    return evaluate_enforcement(example.file.until(day(now)), example.members, today=day(now), search_valid_days=30)


def decision(example: Example, today: int | None = None) -> Decision:
    facts = ReportFacts(**example.facts, verdict=example.risk.outcome)
    if example.file is not None:
        facts = with_enforcement(facts, conditions(example, today))
    return decide(facts)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_verdict_is_the_guidances(name):
    """C is controlled, U is uncontrolled; binary in every case."""
    example = EXAMPLES[name]
    assert example.risk.binary
    assert example.risk.outcome is example.outcome


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_owed_is_the_guidances(name):
    """The rules that fire, the rules that must not, and where the 806 report stands."""
    example = EXAMPLES[name]
    result = decision(example)
    assert example.fired <= set(result.fired_ids)
    assert not example.silent & set(result.fired_ids)
    assert result.duty_806 is example.duty


def test_c2_lists_both_product_lines():
    """Horizontal analysis: each line gets its own answer; public exploit code makes none of them uncontrolled."""
    lines = {"multi-analyte chemistry analyzer": EXAMPLES["C2"], "the other line": EXAMPLES["C2"]}
    for example in lines.values():
        assert example.risk.privacy
        assert decision(example).duty_806 is Duty806.RECORD
    facts = {CaseGuard.IMPACT_ANSWERED: N, CaseGuard.ASSESSMENT_SIGNED: Y}
    assert CASE.why_not(CaseState.ANALYSING, "finish_assessment", facts), "one line without an answer holds the case"


def test_c3_without_the_design_control_would_be_uncontrolled():
    """What makes the difference is the verified control in the release, and a signed judgement."""
    bare = on_matrix(level(**REMOTE), HarmSeverity.CRITICAL)
    assert bare.outcome is UNCONTROLLED
    assert on_matrix(level(**REMOTE), HarmSeverity.CRITICAL, [LOCKED_DOWNLOAD]).outcome is JUDGEMENT


def test_u2_is_the_guidances_only_anchor_for_the_matrix():
    """Moderate exploitability and permanent impairment, life-threatening injury or death: uncontrolled."""
    assert EXAMPLES["U2"].risk.exploitability is Exploitability.MEDIUM
    for harm in (HarmSeverity.CRITICAL, HarmSeverity.CATASTROPHIC):
        assert on_matrix(Exploitability.MEDIUM, harm).outcome is UNCONTROLLED


def test_u2_with_an_isao_would_not_be_enforced():
    """All else met is not enough without it; with it, it is."""
    assert conditions(EXAMPLES["U2"]).conditions[3].answer is N
    with_isao = Example(**{**EXAMPLES["U1"].__dict__, "risk": EXAMPLES["U2"].risk})
    assert decision(with_isao).duty_806 is Duty806.NOT_ENFORCED


def test_u3_the_interim_control_brings_control_and_ends_nothing():
    """Off the network the risk is controlled; the case stays open, day 60 runs, the report is contingent."""
    example = EXAMPLES["U3"]
    assert on_matrix(level(**REMOTE), HarmSeverity.CRITICAL, [OFF_THE_NETWORK]).outcome is CONTROLLED
    assert CaseState.INTERIM_CONTROLLED.needs_fix
    assert "close" not in {step.verb for step in CASE.leaving(CaseState.INTERIM_CONTROLLED)}
    file = example.file
    assert file is not None
    searched = file.with_(fact(K.ADVERSE_EVENT_SEARCH, 29, result="none"))
    interim = Example(**{**example.__dict__, "file": searched})
    at_30 = conditions(interim, 30)
    assert [c.answer for c in at_30.conditions] == [Y, Y, Answer.NOT_YET_DUE, Y]
    assert decision(interim, 30).duty_806 is Duty806.CONTINGENT
    (fix,) = [c for c in case_clocks(searched.until(day(30)), today=day(30)) if c.name == CYBER_FIX.name]
    assert fix.state(day(30)) is ClockState.RUNNING


def test_u3_the_disconnection_is_no_long_term_solution():
    """Judged not viable: without the patch by day 60 condition 3 fails, and the 806 report is late."""
    example = EXAMPLES["U3"]
    file = file_with(
        validated=None,
        distributed=None,
        residual=None,
        control=fact(K.LONG_TERM_CONTROL_SIGNED, 40, viable="no", acceptable="yes", adds_risk="no"),
    )
    no_patch = Example(**{**example.__dict__, "file": file, "today": 61})
    assert conditions(no_patch).conditions[2].answer is N
    assert decision(no_patch).duty_806 is Duty806.DUE
    assert conditions(no_patch).days_late > 0


def test_u4_owes_both_reports_and_an_mdr_alone_does_not_replace_the_806():
    """MDR and 806.10; only an MDR that itself reported the correction would (806.10(f))."""
    result = decision(EXAMPLES["U4"])
    assert {"R2", "R9"} <= set(result.fired_ids)
    assert conditions(EXAMPLES["U4"]).conditions[0].answer is N
    mdr = [c for c in case_clocks(EXAMPLES["U4"].file or Facts(), today=day(60)) if c.name == "MDR 30-day report"]
    assert [c.due_on for c in mdr] == [day(30)]


@pytest.mark.parametrize("records", [1, 1_000_000])
def test_boundary_privacy_alone_however_many_records(records):
    """§10.3: PHI alone with a million records is still controlled, with the privacy flag."""
    finding = PrivacyFinding(by="ada", rationale=f"{records} records", safety_affected=N, secrets_exposed=N)
    verdict = evaluate_privacy(finding, EXAMPLE_POLICY)
    assert verdict.outcome is CONTROLLED
    assert verdict.privacy


def test_boundary_class_iii_510k_device_has_no_periodic_report():
    """§10.3: class III without PMA: no report under 814.84."""
    example = EXAMPLES["C4"]
    class_iii_510k = Example(**{**example.__dict__, "facts": example.facts | CLASS_II})
    assert "R17" in decision(example).fired_ids
    assert "R17" not in decision(class_iii_510k).fired_ids


def test_boundary_labelling_only_security_change_is_routine():
    """§10.3, §IV.C: a labelling change that strengthens security by user education is a routine update."""
    facts = CLASS_II | NOBODY_HURT | {"device_changed": Y, "change_affects_safety": N}
    result = decide(ReportFacts(**facts, verdict=CONTROLLED))
    assert "R7" in result.fired_ids
    assert "R9" not in result.fired_ids
    assert result.duty_806 is Duty806.RECORD
