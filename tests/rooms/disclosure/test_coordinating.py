"""From a valid report to a case without a CVE, its parties, its embargo and the advisory that ends it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import jsonschema_rs
import pytest

from suture.accounts.models import Person, Tlp
from suture.assessment.models import Case
from suture.assessment.queries import cases_for, facts_of_case
from suture.core.errors import InvalidValue, NotAllowed, NotFound
from suture.core.facts import FactKind
from suture.core.roles import Role
from suture.core.vex import VexStatus
from suture.desk.queries import obligations
from suture.detection.models import Finding
from suture.disclosure.cve import cve_draft
from suture.disclosure.models import Message, Participant
from suture.disclosure.queries import (
    advisory_of,
    embargo_of,
    mails_of,
    participants_of,
    public_advisories,
    report_for,
    reports_of_case,
)
from suture.disclosure.services import (
    acknowledge_report,
    add_participant,
    answer_finder,
    approve_advisory,
    close_as_duplicate,
    link_to_case,
    move_embargo,
    move_participant,
    move_report,
    open_case_of_report,
    write_advisory,
)
from suture.evidence.clock import now
from suture.formats import cve5_draft
from suture.jobs.models import Promise
from tests.rooms.casework import Work

pytestmark = pytest.mark.django_db
SECRET = "marigold opens every console"


@pytest.fixture
def told(work: Work, owen: Person, tell: Callable[..., Any]) -> Any:
    """A report that is acknowledged and found valid."""
    report = tell(SECRET, device="Pump", cvss="CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H").report
    acknowledge_report(report_uid=report.uid, by=owen, text="We have it.")
    for verb in ("start_validation", "find_valid", "accept"):
        move_report(report_uid=report.uid, verb=verb, by=owen)
    report.refresh_from_db()
    return report


@pytest.fixture
def case(told: Any, work: Work, owen: Person) -> Case:
    """Its case: no CVE, no component."""
    return open_case_of_report(
        report_uid=told.uid, kind="hard-coded password", title=SECRET, description=SECRET, by=work.ada,
        releases=[work.releases["4.2"]], because="reproduced",
    )  # fmt: skip


def test_a_case_without_cve_stands_behind_the_finders_wall(
    told: Any, case: Case, work: Work, owen: Person, register: Callable[..., Person]
) -> None:
    """The day it reached us may be the day of learning; who is not admitted sees neither report, case, nor count."""
    assert case.wall == told.wall
    assert case.tlp == case.vulnerability.tlp == Tlp.AMBER_STRICT
    learned = [f for f in facts_of_case(case) if f.kind is FactKind.LEARNED_CANDIDATE]
    assert any(told.number in f.detail.get("source", "") for f in learned)
    assert Finding.objects.filter(vulnerability=case.vulnerability, release=work.releases["4.2"]).exists()
    outside = register("Paul Outside", Role.COORDINATOR, Role.PSIRT, Role.QUALITY)
    assert case not in cases_for(outside)
    for read in (
        lambda: report_for(outside, told.uid),
        lambda: link_to_case(report_uid=told.uid, case=case.number, by=outside, because="x"),
        lambda: move_report(report_uid=told.uid, verb="defer", by=outside, because="x"),
        lambda: add_participant(case_uid=case.uid, kind="supplier", name="X", by=outside),
    ):
        with pytest.raises(NotFound):
            read()
    assert not participants_of(outside, case).exists()
    assert embargo_of(outside, case) is advisory_of(outside, case) is None
    words = " ".join(f"{o.what} {o.because} {o.label} {o.device}" for o in obligations(outside, date(2026, 11, 20)))
    assert told.number not in words
    assert SECRET not in words


def test_several_reports_one_case_and_a_duplicate(
    told: Any, case: Case, tell: Callable[..., Any], owen: Person
) -> None:
    second, third = tell("the same, on 4.1").report, tell("the same again").report
    link_to_case(report_uid=second.uid, case=case.number.lower(), by=owen, because="same password")
    assert set(reports_of_case(owen, case)) == {told, second}
    with pytest.raises(InvalidValue, match="already"):
        link_to_case(report_uid=second.uid, case=case.number, by=owen, because="again")
    with pytest.raises(NotAllowed, match="acknowledged"):
        close_as_duplicate(report_uid=third.uid, of=told.number, by=owen, because="same")
    acknowledge_report(report_uid=third.uid, by=owen, text="Thank you.")
    for wrong in (third.number, "R-1999-0001"):
        with pytest.raises((InvalidValue, NotFound)):
            close_as_duplicate(report_uid=third.uid, of=wrong, by=owen, because="same")
    closed = close_as_duplicate(report_uid=third.uid, of=told.number, by=owen, because="same")
    assert (closed.state, closed.duplicate_of) == ("closed", told)


def test_a_party_has_not_answered_until_it_has(case: Case, work: Work, owen: Person) -> None:
    """The explicit state; told under no wider label than the case's."""
    with pytest.raises(NotAllowed, match="wider"):
        add_participant(case_uid=case.uid, kind="agency", name="CISA", by=owen, tlp=Tlp.GREEN)
    row = add_participant(case_uid=case.uid, kind="agency", name="CISA", by=owen, tlp=Tlp.AMBER_STRICT)
    with pytest.raises(InvalidValue, match="already"):
        add_participant(case_uid=case.uid, kind="agency", name="cisa", by=owen, tlp=Tlp.RED)
    with pytest.raises(NotAllowed):
        move_participant(participant_uid=row.uid, verb="engage", by=owen)
    row = move_participant(participant_uid=row.uid, verb="tell", by=owen)
    assert (row.state, row.told_at) == ("no_answer_yet", row.since)
    owed = [o for o in obligations(owen, date(2026, 11, 20)) if "no answer yet from CISA" in o.what]
    assert [o.label for o in owed] == [case.number]
    with pytest.raises(NotAllowed):
        move_participant(participant_uid=row.uid, verb="engage", by=work.ada)
    move_participant(participant_uid=row.uid, verb="engage", by=owen, because="ticket 7")
    assert Participant.objects.get().note == "ticket 7"
    assert not any("no answer" in o.what for o in obligations(owen, date(2026, 11, 20)))


def test_credit_is_public_from_the_minute_and_not_a_second_before(
    told: Any, case: Case, work: Work, owen: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Approved beforehand, read from the agreed minute on: in UTC, whoever is at work; a later date holds it back."""
    from django.conf import settings as django_settings

    def at(moment: datetime) -> int:
        options = django_settings.SUTURE.model_copy(update={"clock": moment})
        monkeypatch.setattr(django_settings, "SUTURE", options)
        return public_advisories(now()).count()

    minute = datetime(2026, 12, 15, 15, 0, tzinfo=UTC)
    for wrong in (minute + timedelta(seconds=1), minute.replace(tzinfo=None)):
        with pytest.raises(InvalidValue):
            move_embargo(case_uid=case.uid, verb="propose", by=owen, until=wrong)
    with pytest.raises(NotAllowed, match="minute of publication"):
        move_embargo(case_uid=case.uid, verb="propose", by=owen, until=datetime(2020, 1, 1, tzinfo=UTC))
    said = {"title": "Console password", "affected": "Pump 4.2", "text": "A password.", "remedy": "Lock it away."}
    write_advisory(case_uid=case.uid, by=work.ada, credit="Nell Ashby", **said)
    move_embargo(case_uid=case.uid, verb="propose", by=owen, until=minute)
    with pytest.raises(NotAllowed, match="agree it or reject it"):
        approve_advisory(case_uid=case.uid, by=owen, because="x")
    move_embargo(case_uid=case.uid, verb="agree", by=owen)
    with pytest.raises(NotAllowed):
        approve_advisory(case_uid=case.uid, by=work.ada, because="only coordinators release")
    assert move_report(report_uid=told.uid, verb="agree_date", by=owen).state == "date_agreed"
    approve_advisory(case_uid=case.uid, by=owen, because="read by all parties")
    with pytest.raises(NotAllowed, match="the minute of publication has come"):
        move_report(report_uid=told.uid, verb="publish", by=owen)
    assert at(minute - timedelta(seconds=1)) == 0
    move_embargo(
        case_uid=case.uid, verb="propose_revision", by=owen, until=minute + timedelta(days=7), because="fix late"
    )
    assert at(minute - timedelta(seconds=1)) == 0
    move_embargo(case_uid=case.uid, verb="settle_revision", by=owen, because="one more week")
    assert at(minute) == 0
    assert at(minute + timedelta(days=7, seconds=-1)) == 0
    assert at(minute + timedelta(days=7)) == 1
    public = public_advisories(now()).get()
    assert public.credit == "Nell Ashby"
    assert move_report(report_uid=told.uid, verb="publish", by=owen).state == "published"
    write_advisory(case_uid=case.uid, by=work.ada, credit="Nell Ashby", **said | {"text": "Better words."})
    assert public_advisories(now()).count() == 0  # a new text waits for approval again
    assert any("no advisory is approved" in o.what for o in obligations(owen, date(2026, 12, 23)))


def test_an_embargo_that_is_ended_lets_the_advisory_out(case: Case, work: Work, owen: Person) -> None:
    """It leaked: the parties are told, and so is everybody."""
    move_embargo(case_uid=case.uid, verb="propose", by=owen, until=datetime(2026, 12, 15, 15, 0, tzinfo=UTC))
    move_embargo(case_uid=case.uid, verb="agree", by=owen)
    write_advisory(case_uid=case.uid, by=owen, title="t", affected="a", text="x", remedy="r")
    approve_advisory(case_uid=case.uid, by=owen, because="ready")
    assert not public_advisories(now()).exists()
    with pytest.raises(NotAllowed, match="reason"):
        move_embargo(case_uid=case.uid, verb="end", by=owen)
    move_embargo(case_uid=case.uid, verb="end", by=owen, because="a blog has it")
    assert public_advisories(now()).exists()


def test_the_finder_is_told_by_mail_that_we_wrote_and_only_coordinators_know(
    told: Any, owen: Person, work: Work, tell: Callable[..., Any]
) -> None:
    """The promise holds no word of ours but the number; a handle instead of an address promises none."""
    answer_finder(report_uid=told.uid, by=owen, text=SECRET)
    rows = Promise.objects.filter(cause_uid=told.uid)
    assert rows.count() == 2  # the acknowledgement, and this
    assert all("nell@example.org" in row.payload and row.forget for row in rows)
    assert not any(SECRET in row.payload or "nell" in row.label.lower() for row in rows)
    assert set(mails_of(owen, told).values()) == {"promised"}
    assert mails_of(work.ada, told) == {}
    from suture.disclosure.services import Sender

    handle = tell("x", sender=Sender(contact="@nell on chat")).report
    acknowledge_report(report_uid=handle.uid, by=owen, text="We have it.")
    assert Message.objects.get(report=handle).mail == "none"


def schema(test_data: Path) -> jsonschema_rs.Validator:
    """The CVE record format; the copy at hand asks for `vulnId` where the CVE Program's own asks for `cveId`."""
    folder = test_data / "schemas"
    read = json.loads((folder / "cve" / "CVE_Record_Format.json").read_text())
    published = read["definitions"]["cveMetadataPublished"]
    published["required"] = ["cveId", "assignerOrgId", "state"]
    published["properties"].pop("vulnId")
    published["additionalProperties"] = False
    others = {p.name: json.loads(p.read_text()) for p in (folder / "cvss").rglob("*.json")}
    others |= {name: {} for name in ("adp-tags.json", "cna-tags.json", "reference-tags.json")}  # lists of words
    return jsonschema_rs.validator_for(read, retriever=lambda url: others[url.rsplit("/", 1)[-1]])


@pytest.mark.data
def test_the_cve_draft_is_valid_once_nothing_is_missing_and_says_what_is(
    told: Any, case: Case, work: Work, owen: Person, test_data: Path
) -> None:
    """Valid by the schema of the CVE record format 5.x; what only a CNA knows is listed, never invented."""
    move_report(report_uid=told.uid, verb="start_fixing", by=owen)
    work.answer(case, "4.2")
    work.answer(case, "4.1", status=VexStatus.NOT_AFFECTED, impact="no console")
    first = cve_draft(owen, case)
    assert [line.split(":")[0].split(";")[0] for line in cve5_draft.missing(first)] == [
        "a CVE id", "the organisation id of the CNA that assigns it", "a public reference", "a problem type (CWE)",
    ]  # fmt: skip
    official = schema(test_data)
    assert not official.is_valid(cve5_draft.write(first))
    write_advisory(case_uid=case.uid, by=owen, title="t", affected="a", text="A password.", remedy="r", credit="Nell")
    approve_advisory(case_uid=case.uid, by=owen, because="no embargo was asked for")
    full = cve_draft(owen, case, cve_id="CVE-2026-12345", org_id=str(uuid4()), cwe="CWE-798")
    assert cve5_draft.missing(full) == []
    record = cve5_draft.write(full)
    assert [error.message for error in official.iter_errors(record)] == []
    product = record["containers"]["cna"]["affected"][0]
    assert {v["version"]: v["status"] for v in product["versions"]} == {"4.2": "affected", "4.1": "unaffected"}
    assert product["defaultStatus"] == "unknown"
    assert record["containers"]["cna"]["metrics"][0]["cvssV3_1"]["baseSeverity"] == "MEDIUM"
