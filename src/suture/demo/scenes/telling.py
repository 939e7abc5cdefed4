"""Who told Northlake: an open finder's report, a coordinated case under embargo, a complaint, and who looks where."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from django.db import transaction

from suture.accounts.models import Tlp
from suture.assessment.models import Case
from suture.core.disclosure import ReportSource
from suture.core.facts import Answer
from suture.demo.stage import Stage
from suture.disclosure import doorkeeping
from suture.disclosure.models import Report, WatchedSource
from suture.disclosure.services import (
    Sender,
    Telling,
    acknowledge_report,
    add_participant,
    answer_finder,
    link_to_case,
    move_embargo,
    move_participant,
    move_report,
    note_look,
    receive_report,
    record_complaint,
    take_in_report,
    watch_source,
    write_advisory,
)
from suture.evidence.clock import now

WORDS = (
    "On the Halide 11.4 reading workstation the update service listens on tcp/8443 and takes a package without "
    "checking its signature when the version in its header is lower than the installed one. I replaced a help file "
    "that way. I did this on a workstation I bought second-hand, not in a hospital."
)
SOURCES = (  # name, what, owner, every days, looked days ago (None: nobody yet), found
    ("Complaints", "Complaint file, search terms of SOP-PS-04.", "ruth", 7, 2, 1),
    ("Returned product", "Failure analyses of returned units.", "mateo", 30, 12, 0),
    ("Service records", "Service orders with the words of SOP-PS-04.", "mateo", 30, 41, 0),
    ("Supplier mail", "Mailbox of the three module suppliers.", "jana", 7, 3, 2),
    ("ISAO mail", "Daily digest of the ISAO.", "owen", 2, 1, 0),
    ("Own tests", "Penetration and port tests of each release.", "tomas", 180, None, 0),
)


def tell(stage: Stage) -> Report:
    """The finder's report behind the hard-coded password, as Owen took it in from an encrypted mail."""
    noon = datetime.combine(stage.ago(9), time(15, 20), UTC)
    return take_in_report(
        source=ReportSource.FINDER, by=stage["owen"], received_at=noon, origin="encrypted mail", tlp=Tlp.AMBER_STRICT,
        telling=Telling(
            what="The service account of the Meridian programmer has one password in every device. I recovered it "
            "from a decommissioned programmer and it opens the console of a second one.",
            device="Meridian programmer", device_version="7.1", harm=Answer.UNKNOWN,
            proof="Hash and cracking log on request.",
        ),
        sender=Sender(name="Ilse Marrant", contact="+49 30 555 0190", credit="Ilse Marrant, Spree Analysis"),
    )  # fmt: skip


@transaction.atomic
def play_embargo(stage: Stage, report: Report, case: Case) -> None:
    """The case becomes coordinated: parties, one of them silent, an embargo with its minute, a draft advisory."""
    owen = stage["owen"]
    acknowledge_report(report_uid=report.uid, by=owen, text="We have your report, and examine it with our own devices.")
    for verb in ("start_validation", "find_valid", "accept"):
        move_report(report_uid=report.uid, verb=verb, by=owen)
    link_to_case(report_uid=report.uid, case=case.number, by=owen, because="The report the case was opened for.")
    move_report(report_uid=report.uid, verb="start_fixing", by=owen)
    answer_finder(report_uid=report.uid, by=owen, text="Both releases are affected. May we share your log with CISA?")
    for kind, name, verbs in (
        ("finder", "Spree Analysis", ("tell", "engage")),
        ("agency", "CISA", ("tell", "engage")),
        ("supplier", "Tannhauser Boards", ("tell",)),
        ("maker", "Another maker of programmers", ()),
    ):
        party = add_participant(case_uid=case.uid, kind=kind, name=name, by=owen, tlp=Tlp.AMBER_STRICT)
        for verb in verbs:
            move_participant(participant_uid=party.uid, verb=verb, by=owen)
    minute = datetime.combine(stage.ahead(36), time(15, 0), UTC)
    move_embargo(case_uid=case.uid, verb="propose", by=owen, until=minute, because="Time for the fix and its test.")
    move_embargo(case_uid=case.uid, verb="agree", by=owen, because="Finder and CISA agree.")
    write_advisory(
        case_uid=case.uid, by=stage["tomas"], title="Service account with one password in Meridian programmers",
        affected="Meridian 7.1 and 7.3. Not affected: 7.4.", credit="Ilse Marrant, Spree Analysis",
        text="The service account has the same password in every device. Whoever stands at the keyboard can open the "
        "console. Whether a session with an implant can be taken over is being examined.",
        remedy="Keep the programmer locked away when it is not in use. Release 7.4 has no service account.",
    )  # fmt: skip


def play_open_report(stage: Stage) -> None:
    """A stranger's report by the public form, an hour ago; nobody has answered it yet."""
    if Report.objects.filter(what=WORDS).exists():
        return
    challenge = doorkeeping.new_challenge()
    answer = next(str(n) for n in range(1 << 26) if doorkeeping.solves(challenge, str(n), doorkeeping.BITS))
    receive_report(
        telling=Telling(
            what=WORDS, device="Halide", device_version="11.4", harm=Answer.UNKNOWN,
            cvss="CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        ),
        sender=Sender(contact="", credit=""), files=[("update.log", b"GET /pkg?v=11.0\n200 replaced help.html\n")],
        challenge=challenge, answer=answer, address="192.0.2.44",
    )  # fmt: skip


@transaction.atomic
def play_complaint(stage: Stage) -> None:
    """A hospital's complaint with its record; the MDR evaluation waits for a qualified person."""
    if Report.objects.filter(origin="CP-4502").exists():
        return
    report = take_in_report(
        source=ReportSource.COMPLAINT, by=stage["ruth"], origin="CP-4502",
        received_at=now() - timedelta(days=3),
        telling=Telling(
            what="Our scan shows adware on the reading workstation. Can it change images?", device="Halide",
            device_version="10.8", harm=Answer.UNKNOWN,
        ),
        sender=Sender(name="Lakeside General, imaging", contact="218-555-0188"),
    )  # fmt: skip
    acknowledge_report(report_uid=report.uid, by=stage["ruth"], text="We examine the disk image you sent.")
    record_complaint(
        report_uid=report.uid, by=stage["ruth"], device_name="Halide reading workstation", received_on=stage.ago(3),
        details="Adware found by the hospital's scan; concern that images could be changed.",
        complainant="Lakeside General, imaging, 218-555-0188",
    )  # fmt: skip


@transaction.atomic
def play_watching(stage: Stage) -> None:
    """Who looks through what has no feed, how often, and when last."""
    for name, what, owner, every, looked, found in SOURCES:
        if WatchedSource.objects.filter(name=name).exists():
            continue
        row = watch_source(name=name, what=what, owner=stage[owner], every_days=every, by=stage["ruth"])
        if looked is not None:
            note_look(
                source_uid=row.uid, looked_at=now() - timedelta(days=looked), found=found, by=stage["ruth"],
                evidence=f"Log of the search in {what[:1].lower()}{what[1:]}",
            )  # fmt: skip
