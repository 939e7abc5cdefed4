"""Aria P2 and URGENT/11: an uncontrolled risk, half way: told, controlled for the time being, plan not yet signed."""

from __future__ import annotations

from django.db import transaction

from suture.assessment.models import Case
from suture.assessment.services import propose_control, recommend_control, verify_control
from suture.core.controls import ControlKind
from suture.core.exploitability import Exploitability
from suture.core.facts import Answer, FactKind
from suture.core.harm import HarmSeverity
from suture.demo.scenes.acts import (
    Attack,
    Harm,
    affected,
    begin,
    fact,
    judge,
    known,
    rest_not_affected,
    signed,
    step,
)
from suture.demo.sharing import ISAO
from suture.demo.stage import Stage
from suture.reporting.services import decide, open_report806, print_report806, write_report806
from suture.sharing.queries import membership_named
from suture.sharing.services import log_submission

VULNERABILITY = "CVE-2019-12255"
LEARNED, TOLD, SEARCHED = 24, 6, 5  # days ago
NOTICE = "N-2026-0019"

ATTACK = Attack(
    "AV:N AC:L PR:N UI:N E:P RC:C",
    {
        "AV": "Any host that reaches the pump's Wi-Fi can send the segment; on most wards that is the whole network.",
        "AC": "One TCP segment with the urgent pointer at 0; no race, no configuration.",
        "PR": "The service answers before any login.",
        "UI": "Nobody at the pump has to do anything.",
        "E": "Proof of concept published in 2019; ours stops the module within a minute (TR-1188).",
        "RC": "Reproduced on release 4.2 with module firmware 1.8.2.",
    },
    public_exploit=True,
)
HARM = Harm(
    HarmSeverity.CRITICAL, "Deliver the set flow", "Loss of the motor controller's supervision",
    "A crafted packet stops the controller task while a vasopressor runs; the pump alarms, and stops until restart",
    "Life-threatening drop of blood pressure",
    "A stopped infusion of a vasopressor is life-threatening within minutes; the alarm shortens it, and no more.",
    multi_patient=Answer.YES, serious_probable=Answer.YES,
)  # fmt: skip


@transaction.atomic
def play(stage: Stage) -> None:
    """From the finder's report, 24 days ago, to today."""
    vulnerability = known(stage, VULNERABILITY)
    if vulnerability.cases.exists():
        return
    case = begin(
        stage, vulnerability, learned=LEARNED, source="finder's report R-2026-0031, received by the disclosure desk",
        because="A researcher reports IPnet in the Wi-Fi module; the corrected SBOM of 4.2 confirms it.",
    )  # fmt: skip
    affected(
        stage, case, "Aria P2 4.1", "Aria P2 4.2",
        action="Isolate the pumps' Wi-Fi network, or switch the pump's Wi-Fi off. Release 4.2.1 will follow.",
        evidence="Test report TR-1188: reproduced on 4.2; 4.1 carries the same module firmware 1.8.2.",
    )  # fmt: skip
    rest_not_affected(
        stage, case, impact="No VxWorks in any module of this release.",
        evidence="Design history file: module list reviewed by J. Brandt.",
    )  # fmt: skip
    step(stage, case, "start_analysis", "tomas", "Reproduced; the clock runs from the finder's report.")
    row = judge(stage, case, "Aria P2", ATTACK, HARM, "maren")
    signed(stage, row, "maren", "High exploitability and critical harm: the matrix leaves no choice.")
    step(stage, case, "finish_assessment", "tomas", "All devices answered, the one that is affected assessed.")
    step(stage, case, "find_uncontrolled", "maren", "A crafted packet could stop the controller during infusion.")
    _interim_controls(stage, case)
    _told(stage, case)
    _report(stage, case)


def _interim_controls(stage: Stage, case: Case) -> None:
    """Two compensating controls: verified and recommended; their use at every hospital is not confirmed yet."""
    for name, where, instructions, skill in (
        ("IC-31 Isolated Wi-Fi network for the pumps", "Hospital network: an SSID and VLAN of the pumps' own",
         "Allow only the gateway's address; block everything else in both directions. About 15 minutes a ward.",
         "Network administrator"),
        ("IC-32 Pump Wi-Fi switched off", "At the pump: Settings › Network › Off",
         "Switch off, then load drug library updates by cable.", "Biomedical engineer"),
    ):  # fmt: skip
        control = propose_control(
            case_uid=case.uid, by=stage["jana"], name=name, kind=ControlKind.COMPENSATING,
            product=stage.product("Aria P2"), external_to_design=Answer.YES, field_configurable=Answer.YES,
            employed_by_user=Answer.YES, employed_by="Hospital IT and biomedical engineering", where=where,
            instructions=instructions, skill=skill, lowers_exploitability_to=Exploitability.LOW,
        )  # fmt: skip
        verify_control(
            control_uid=control.uid, by=stage["maren"], on=stage.weekday(TOLD + 2), adds_risk=Answer.NO,
            adds_risk_because="Infusion and alarms work without Wi-Fi; only the drug library then comes by cable.",
            evidence="Test report TR-1190: the packet no longer reaches the pump, all alarms sound.",
        )  # fmt: skip
        recommend_control(
            control_uid=control.uid, by=stage["jana"], on=stage.weekday(TOLD), because=f"Named in notice {NOTICE}."
        )


def _told(stage: Stage, case: Case) -> None:
    """Customers told with all four points, which initiated the correction; the ISAO given the letter."""
    fact(
        stage, case, FactKind.ADVERSE_EVENT_SEARCH, SEARCHED, "ruth",
        "Search of 412 complaints and 9 MDRs for Aria P2: no hit.", result="none", where="complaints, MDRs, service",
    )  # fmt: skip
    fact(
        stage, case, FactKind.CUSTOMERS_TOLD, TOLD, "ingrid",
        f"Notice {NOTICE} to 41 of 41 hospitals; 38 confirmed.",
        communication=NOTICE, content="abcd", audience="customers and user community", names_action="yes",
    )  # fmt: skip
    fact(
        stage, case, FactKind.CORRECTION_INITIATED, TOLD, "ingrid",
        f"Notice {NOTICE} tells hospitals to isolate the pumps or switch their Wi-Fi off.",
        what="instruction to isolate the pump's Wi-Fi, then release 4.2.1",
    )  # fmt: skip
    log_submission(
        case_uid=case.uid, membership_uid=membership_named(ISAO).uid, what=f"Customer notice {NOTICE}",
        given_on=stage.weekday(TOLD), by=stage["owen"], communication=NOTICE, receipt="77120",
    )  # fmt: skip


def _report(stage: Stage, case: Case) -> None:
    """The decision is started, and the 806 report drafted as far as the record goes: it is due unless all four hold."""
    decide(case_uid=case.uid, by=stage["ingrid"], because="A correction was initiated; one condition is unknown.")
    step(stage, case, "mitigate", "ingrid", "Customers are told, interim controls are out; the fix is in verification.")
    report = open_report806(
        case_uid=case.uid, product=stage.product("Aria P2"), by=stage["ingrid"],
        because="Drafted early, so that what is missing shows early.",
    )  # fmt: skip
    write_report806(report_uid=report.uid, by=stage["ingrid"], answers=_answers(stage), because="As far as known.")
    print_report806(report_uid=report.uid, by=stage["ingrid"])


def _answers(stage: Stage) -> dict[str, object]:
    """What a person adds to the record: consignees, what is expected, and what follows when."""
    consignees = [
        {"name": "Lakeview Regional Hospital", "address": "12 Shore Drive, Duluth, MN 55804", "phone": "218-555-0190",
         "dates": "17 Mar 2025", "number": 24},
        {"name": "St. Brannoc Medical Center", "address": "800 Hill Street, Superior, WI 54880", "phone": "",
         "dates": "2 Jun 2025", "number": 60},
        {"name": "Fairmount Children's Hospital", "address": "31 Elm Avenue, Fairmount, MN 56031", "phone": "",
         "dates": "11 Mar 2024 to 9 Oct 2025", "number": 112},
    ]  # fmt: skip
    return {
        "values": {
            "actions_expected": "Release 4.2.1 with module firmware 2.0.1 removes the stack; it is in verification.",
            "other_recipients": "None beyond the hospitals of item 11.",
        },
        "consignees": consignees,
        "pending": {
            "10": {"why": "The expected life is being settled with engineering.", "by": stage.ahead(18).isoformat()},
            "11": {"why": "38 of 41 consignees and two telephone numbers are being gathered.",
                   "by": stage.ahead(11).isoformat()},
        },
    }  # fmt: skip
