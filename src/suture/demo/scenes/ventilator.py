"""Boreal V20 and BadAlloc: an uncontrolled risk whose day 30 has passed, and nobody told the customers."""

from __future__ import annotations

from django.db import transaction

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
from suture.demo.stage import Stage

VULNERABILITY = "CVE-2021-22156"
LEARNED = 36  # days ago

ATTACK = Attack(
    "AV:N AC:H PR:N UI:N E:U RC:C",
    {
        "AV": "The trend service allocates what the length field of a network message asks for.",
        "AC": "The overflow needs a message of an exact size while the heap is nearly full.",
        "PR": "The trend service accepts messages before any login.",
        "UI": "Nobody at the ventilator has to do anything.",
        "E": "No exploit for QNX OS for Medical is known to us.",
        "RC": "BlackBerry's bulletin names QNX OS for Medical 1.1.1; release 2.0 contains it.",
    },
)
HARM = Harm(
    HarmSeverity.CATASTROPHIC, "Deliver the set volume and pressure", "Ventilator software halts",
    "The main computer restarts while a patient is ventilated; the backup breath rate starts after 20 s",
    "Hypoxia, death of a patient who cannot breathe",
    "Twenty seconds without ventilation are survived; a restart loop is not, and a second person may be far away.",
    multi_patient=Answer.YES, serious_probable=Answer.YES,
)  # fmt: skip


@transaction.atomic
def play(stage: Stage) -> None:
    """Learned 36 days ago from the supplier; found uncontrolled; the letter is still being written."""
    vulnerability = known(stage, VULNERABILITY)
    if vulnerability.cases.exists():
        return
    case = begin(
        stage, vulnerability, learned=LEARNED, source="supplier's notice, received by product security",
        because="The supplier confirms that calloc() of our QNX release overflows.",
    )  # fmt: skip
    affected(
        stage, case, "Boreal V20 2.0",
        action="Disconnect the ventilator's network cable; ventilation and alarms do not need it.",
        evidence="Release 2.0 is built on QNX OS for Medical 1.1.1; reviewed by Y. Marrow.",
    )  # fmt: skip
    rest_not_affected(
        stage, case, impact="No QNX in any module of this release.",
        evidence="Design history file: module list reviewed by J. Brandt.",
    )  # fmt: skip
    step(stage, case, "start_analysis", "tomas", "The supplier's notice is the first signal.")
    row = judge(stage, case, "Boreal V20", ATTACK, HARM, "maren")
    signed(stage, row, "tomas", "Medium exploitability and catastrophic harm: uncontrolled.")
    step(stage, case, "finish_assessment", "tomas", "All devices answered, the one that is affected assessed.")
    step(stage, case, "find_uncontrolled", "tomas", "A halted ventilator is not acceptable, however rare.")
    fact(
        stage, case, FactKind.ADVERSE_EVENT_SEARCH, 20, "ruth",
        "Search of 96 complaints and 2 MDRs for Boreal V20: no hit.", result="none", where="complaints, MDRs",
    )  # fmt: skip
