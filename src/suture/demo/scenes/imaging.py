"""Halide: one risk judged controlled by two people, one known exploited vulnerability that nobody has answered yet."""

from __future__ import annotations

from django.db import transaction

from suture.assessment.models import Case
from suture.assessment.services import (
    confirm_in_use,
    propose_control,
    recommend_control,
    set_reassessment,
    verify_control,
)
from suture.core.controls import ControlKind
from suture.core.exploitability import Exploitability
from suture.core.facts import Answer
from suture.core.harm import HarmSeverity
from suture.core.risk import Outcome
from suture.demo.people import PASSWORD
from suture.demo.scenes.acts import Attack, Harm, affected, begin, judge, known, rest_not_affected, signed, step
from suture.demo.stage import Stage
from suture.reporting.services import decide, draft_record806, sign_record806

JUDGED = "CVE-2024-28130"
UNANSWERED = "CVE-2021-44228"
LEARNED = 47  # days ago

ATTACK = Attack(
    "AV:A AC:L PR:N UI:R E:P RC:C",
    {
        "AV": "The file must come from a DICOM node of the hospital's imaging network.",
        "AC": "A crafted presentation state suffices.",
        "PR": "The archive takes files from any node that is listed, without a login.",
        "UI": "A reader must open the study.",
        "E": "A file that crashes the library is public.",
        "RC": "Reproduced with DCMTK 3.6.8 as built for release 11.4.",
    },
    public_exploit=True,
)
HARM = Harm(
    HarmSeverity.SERIOUS, "Be available for emergencies", "The viewer stops while a study is read",
    "A crafted presentation state ends the viewer; the reader starts it again within a minute",
    "A diagnosis in an emergency is delayed and the patient needs treatment that would not have been needed",
    "One workstation of several stops; the study can be read on the next one. No image is altered.",
)  # fmt: skip


@transaction.atomic
def play_judged(stage: Stage) -> None:
    """Medium exploitability, serious harm: a cell of judgement. A control in use lowers it, two people decide."""
    vulnerability = known(stage, JUDGED)
    if vulnerability.cases.exists():
        return
    case = begin(
        stage, vulnerability, learned=LEARNED, source="weekly review of new findings",
        because="The CNA names DCMTK 3.6.8, CISA every version up to it; we take the wider range.",
    )  # fmt: skip
    affected(
        stage, case, "Halide 10.8", "Halide 11.3", "Halide 11.4",
        action="Accept images from listed DICOM nodes only (configuration guide §4.2).",
        evidence="Crash reproduced in the test laboratory, report TR-1151.",
    )  # fmt: skip
    rest_not_affected(
        stage, case, impact="No DICOM toolkit in any module of this release.",
        evidence="Design history file: module list reviewed by J. Brandt.",
    )  # fmt: skip
    step(stage, case, "start_analysis", "tomas", "The review of findings is the first signal.")
    _listed_nodes(stage, case)
    row = judge(stage, case, "Halide", ATTACK, HARM, "lucia", security="jana")
    because = (
        "With listed nodes only, an attacker must first own a modality of the hospital; the reader has a second "
        "workstation, and no image is altered. Two laboratory tests and no event in three years."
    )
    signed(stage, row, "tomas", because, Outcome.CONTROLLED)
    signed(stage, row, "lucia", because, Outcome.CONTROLLED)
    step(stage, case, "finish_assessment", "tomas", "All devices answered, the one that is affected assessed.")
    step(stage, case, "find_controlled", "lucia", "Judged by two; the control is confirmed at every site.")
    set_reassessment(
        case_uid=case.uid, on=stage.ahead(90), by=stage["tomas"], because="Until release 11.5 brings DCMTK 3.6.9."
    )
    decide(case_uid=case.uid, by=stage["pieter"], because="Controlled: what is kept instead of a report.")
    record = draft_record806(
        case_uid=case.uid, product=stage.product("Halide"), by=stage["pieter"],
        justification="The residual risk is controlled; the change strengthens security only (FDA 2016 §VII.A, 21 CFR "
        "806.1(b)(1)). No malfunction and no injury is known.",
        follow_ups="Audit of the configuration repeated with release 11.5; re-assessment in 90 days.",
    )  # fmt: skip
    sign_record806(record_uid=record.uid, by=stage["ruth"], password=PASSWORD, because="Reviewed and evaluated.")
    step(stage, case, "accept", "ruth", "Record complete, re-assessment scheduled.")


def _listed_nodes(stage: Stage, case: Case) -> None:
    control = propose_control(
        case_uid=case.uid, by=stage["jana"], name="IC-24 Images from listed DICOM nodes only",
        kind=ControlKind.COMPENSATING, product=stage.product("Halide"), external_to_design=Answer.YES,
        field_configurable=Answer.YES, employed_by_user=Answer.YES, employed_by="Hospital PACS administrator",
        where="Archive configuration, list of application entities", skill="PACS administrator",
        instructions="Remove the wildcard entry; list each modality by title, address and port.",
        lowers_exploitability_to=Exploitability.LOW,
    )  # fmt: skip
    verify_control(
        control_uid=control.uid, by=stage["lucia"], on=stage.weekday(LEARNED - 12), adds_risk=Answer.NO,
        adds_risk_because="A new modality must be listed before it can send; emergencies go by removable medium.",
        evidence="Test report TR-1152: files of unlisted nodes are refused, all listed ones arrive.",
    )  # fmt: skip
    recommend_control(
        control_uid=control.uid, by=stage["jana"], on=stage.weekday(LEARNED - 14), because="Bulletin NB-207"
    )
    confirm_in_use(
        control_uid=control.uid, by=stage["mateo"], on=stage.weekday(11), where="All 61 sites with a release of Halide",
        evidence="Remote configuration audit of 61 of 61 sites; list in FS-3310.",
    )  # fmt: skip


@transaction.atomic
def play_unanswered(stage: Stage) -> None:
    """Log4Shell, in CISA's catalogue: a case is open, no release has an answer, the clock runs all the same."""
    vulnerability = known(stage, UNANSWERED)
    if not vulnerability.cases.exists():
        begin(
            stage, vulnerability, owner="jana",
            because="Found when the report server's Java archives were listed for the first time.",
        )  # fmt: skip
