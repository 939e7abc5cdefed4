"""Vulnerabilities of our own: no CVE, no component. They go through every room like any other."""

from __future__ import annotations

from django.db import transaction

from suture.accounts.models import Tlp
from suture.accounts.services import admit
from suture.assessment.services import assess_exploitability, set_reassessment, start_assessment
from suture.core.facts import Answer
from suture.core.harm import HarmSeverity
from suture.core.vex import Justification
from suture.demo.scenes import telling
from suture.demo.scenes.acts import (
    Attack,
    Harm,
    affected,
    begin,
    judge,
    not_affected,
    rest_not_affected,
    signed,
    step,
)
from suture.demo.stage import Stage
from suture.detection.services import add_manual_finding
from suture.intelligence.models import Vulnerability
from suture.intelligence.services import register_vulnerability
from suture.inventory.models import Release
from suture.reporting.services import decide, draft_record806

KIND = Vulnerability.Kind
PORT = "Service port tcp/2222 is open and unused"
DATABASE = "Report database answers without a password"
PASSWORD_TITLE = "Service account with a password that is the same everywhere"  # noqa: S105 (a title)
MALWARE = "Adware on a reading workstation"


def _ours(title: str) -> Vulnerability | None:
    return Vulnerability.objects.filter(ours=True, title=title).first()


def _in(stage: Stage, vulnerability: Vulnerability, because: str, releases: list[Release]) -> None:
    for release in releases:
        add_manual_finding(release=release, vulnerability=vulnerability, because=because, by=stage["jana"])


@transaction.atomic
def play_port(stage: Stage) -> None:
    """An open, unused port; a design control keeps firmware from being loaded over it: controlled."""
    if _ours(PORT):
        return
    vulnerability = register_vulnerability(
        title=PORT, kind=KIND.OPEN_PORT, by=stage["jana"], because="Yearly port scan, TR-1120.",
        description="The service shell of the pump listens on tcp/2222 although no field tool uses it any more. It "
        "cannot load firmware: the boot loader takes images from the USB port only, signed.",
    )  # fmt: skip
    releases = stage.releases("Aria P2 4.1", "Aria P2 4.2")
    _in(stage, vulnerability, "Port scan of both releases in the test laboratory, TR-1120.", releases)
    case = begin(
        stage, vulnerability, releases=releases, learned=61, source="internal test TR-1120",
        because="Found by the yearly port scan.", owner="jana",
    )  # fmt: skip
    affected(
        stage, case, "Aria P2 4.1", "Aria P2 4.2", evidence="TR-1120",
        action="Nothing to do at the bedside; release 4.2.1 closes the port as a routine update.",
    )  # fmt: skip
    rest_not_affected(
        stage, case, impact="The port is closed in this release.", evidence="Port scan of every release, TR-1121.",
        justification=Justification.VULNERABLE_CODE_NOT_PRESENT,
    )  # fmt: skip
    step(stage, case, "start_analysis", "tomas", "The internal test is the first signal.")
    row = judge(
        stage, case, "Aria P2",
        Attack(
            "AV:L AC:L PR:H UI:N E:U RC:C",
            {
                "AV": "The shell answers on the network, but everything that matters needs the pump opened.",
                "AC": "No special condition.",
                "PR": "The shell asks for the service engineer's certificate.",
                "UI": "Nobody at the pump has to do anything.",
                "E": "No exploit is known.",
                "RC": "Our own test.",
            },
        ),
        Harm(
            HarmSeverity.MINOR, "Alarm on occlusion, air and stop", "The shell's load delays the display",
            "The display of a rate change lags by up to two seconds", "A short irritation of the nurse and the patient",
            "Flow and alarms run on the motion controller, which the shell cannot reach.",
        ),
        "maren",
    )  # fmt: skip
    signed(stage, row, "maren", "Low exploitability, minor harm: controlled by design.")
    step(stage, case, "finish_assessment", "tomas", "Both releases assessed.")
    step(stage, case, "find_controlled", "tomas", "Closing the port is a routine update.")
    set_reassessment(case_uid=case.uid, on=stage.ahead(51), by=stage["tomas"], because="With release 4.2.1.")
    decide(case_uid=case.uid, by=stage["ingrid"], because="Controlled: what is kept instead of a report.")
    draft_record806(
        case_uid=case.uid, product=stage.product("Aria P2"), by=stage["ingrid"],
        justification="The residual risk is controlled by design; closing the port is a routine update "
        "(FDA 2016 §VII.A).",
        follow_ups="The port is closed with release 4.2.1; the scan is repeated then.",
    )  # fmt: skip


@transaction.atomic
def play_database(stage: Stage) -> None:
    """A misconfigured database: personal data can be read, nothing can be changed. Privacy, not patient harm."""
    if _ours(DATABASE):
        return
    vulnerability = register_vulnerability(
        title=DATABASE, kind=KIND.CONFIGURATION, by=stage["jana"], because="Complaint CP-4471.",
        description="The installer leaves the report database's read account without a password. Whoever reaches the "
        "server can read reports; the account cannot write.",
    )  # fmt: skip
    releases = stage.releases("Halide 11.3", "Halide 11.4")
    _in(stage, vulnerability, "Installer script reviewed, EV-2230.", releases)
    case = begin(
        stage, vulnerability, releases=releases, learned=33, source="complaint CP-4471, a hospital's security scan",
        because="A hospital's scan found reports readable in its network.",
    )  # fmt: skip
    affected(
        stage, case, "Halide 11.3", "Halide 11.4", evidence="EV-2230",
        action="Set a password for the account 'report_read' (bulletin NB-211).",
    )  # fmt: skip
    rest_not_affected(
        stage, case, impact="No report database, or one that was never open.", evidence="Installers reviewed, EV-2231.",
        justification=Justification.VULNERABLE_CODE_NOT_PRESENT,
    )  # fmt: skip
    step(stage, case, "start_analysis", "tomas", "The complaint is the first signal.")
    row = judge(
        stage, case, "Halide",
        Attack(
            "AV:A AC:L PR:N UI:N E:P RC:C",
            {
                "AV": "The server stands in the hospital's imaging network.",
                "AC": "No special condition.",
                "PR": "That is the finding: none.",
                "UI": "Nobody has to do anything.",
                "E": "Any database client will do.",
                "RC": "Reproduced.",
            },
        ),
        Harm(
            None, "", "", "", "",
            "Reports can be read, not changed; images, measurements and worklists are in another database.",
            safety_affected=Answer.NO, secrets_exposed=Answer.NO,
        ),
        "lucia",
    )  # fmt: skip
    signed(stage, row, "lucia", "Personal data only; other law may apply, and is looked at.")
    step(stage, case, "finish_assessment", "tomas", "Both releases assessed.")
    step(stage, case, "find_controlled", "lucia", "No patient harm; the configuration is corrected by bulletin NB-211.")
    set_reassessment(case_uid=case.uid, on=stage.ahead(60), by=stage["tomas"], because="When all sites have answered.")


@transaction.atomic
def play_password(stage: Stage) -> None:
    """A finder's report on an implant programmer, behind a wall: exploitability is judged, harm still asked."""
    if _ours(PASSWORD_TITLE):
        return
    inside = [stage[name] for name in ("tomas", "jana", "lucia", "pieter", "ingrid", "ruth")]
    report = telling.tell(stage)
    told, wall = f"finder's report {report.number}", report.wall
    assert wall is not None
    admit(wall=wall, people=inside, by=stage["owen"], because="They judge what it means for patients.")
    vulnerability = register_vulnerability(
        title=PASSWORD_TITLE, kind=KIND.HARD_CODED_PASSWORD, by=stage["owen"], wall=wall, tlp=Tlp.AMBER_STRICT,
        because=f"{told[0].upper()}{told[1:]}.",
        description="The programmer's service account has one password in every device. With it the local console "
        "opens; whether a session with an implant can then be taken over is being examined.",
    )  # fmt: skip
    releases = stage.releases("Meridian 7.1", "Meridian 7.3")
    _in(stage, vulnerability, f"{told}; the hash is the same in both images.", releases)
    case = begin(
        stage, vulnerability, releases=releases, learned=9, source=told,
        because="A researcher recovered the service password from a decommissioned programmer.",
    )  # fmt: skip
    affected(
        stage, case, "Meridian 7.1", "Meridian 7.3", action="Keep the programmer locked away when it is not in use.",
        evidence=f"{report.number}, verified on both releases.",
    )  # fmt: skip
    not_affected(
        stage, case, "Meridian 7.4", justification=Justification.VULNERABLE_CODE_NOT_PRESENT,
        evidence="7.4 has no service account; image reviewed.",
    )  # fmt: skip
    step(stage, case, "start_analysis", "tomas", "The finder's report is the first signal.")
    row = start_assessment(case_uid=case.uid, product=stage.product("Meridian"), by=stage["tomas"])
    attack = Attack(
        "AV:P AC:L PR:N UI:N E:P RC:R",
        {
            "AV": "The console needs the programmer's keyboard.",
            "AC": "The password is known to the finder and works at once.",
            "PR": "Nothing but the password.",
            "UI": "Nobody else has to do anything.",
            "E": "The finder showed it to us.",
            "RC": "The takeover of a session is not reproduced yet.",
        },
    )
    assess_exploitability(assessment_uid=row.uid, by=stage["tomas"], metrics=attack.metrics, rationale=attack.why)
    telling.play_embargo(stage, report, case)


@transaction.atomic
def play_malware(stage: Stage) -> None:
    """Malware found at a hospital: on record, in a release, and nobody has opened a case yet."""
    if _ours(MALWARE):
        return
    vulnerability = register_vulnerability(
        title=MALWARE, kind=KIND.MALWARE_INFECTION, by=stage["jana"], because="Complaint CP-4502.",
        description="A reading workstation with release 10.8 at one hospital carries adware that collects browsing "
        "data. Whether it can touch images is being examined (complaint CP-4502).",
    )  # fmt: skip
    _in(stage, vulnerability, "Complaint CP-4502, disk image under examination.", stage.releases("Halide 10.8"))
