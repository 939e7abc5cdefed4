"""A report comes in: receipt that verifies with one command, files that nobody opens, walls, limits."""

from __future__ import annotations

import hashlib
import io
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from suture.accounts.models import Person
from suture.core import receipts
from suture.core.disclosure import ReportSource
from suture.core.errors import InvalidValue, NotAllowed, NotFound
from suture.core.roles import Role
from suture.disclosure import doorkeeping
from suture.disclosure.attachments import LARGEST_FILE, bytes_of, look_at
from suture.disclosure.keys import receipt_public_key
from suture.disclosure.models import Attachment, Finder, Knock, Report
from suture.disclosure.queries import finder_of, report_behind, reports_for
from suture.disclosure.services import Sender, Telling, receive_report, take_in_report
from suture.evidence.clock import now
from suture.evidence.models import Entry
from tests.rooms.disclosure.conftest import solved

pytestmark = pytest.mark.django_db


def verify(folder: Path, number: str) -> subprocess.CompletedProcess[str]:
    """The command of docs/howto/coordinated-disclosure.md and of the receipt's page, word for word."""
    command = f"openssl pkeyutl -verify -pubin -inkey receipt-key.pem -rawin -in {number}.txt -sigfile {number}.sig"
    return subprocess.run(command.split(), cwd=folder, capture_output=True, text=True, check=False)


def test_the_receipt_verifies_with_the_documented_command_and_one_letter_breaks_it(
    tell: Callable, owen: Person, tmp_path: Path
) -> None:
    """Standard tools, offline; what was sent is in it by its hash."""
    proof = b"\xd4\xc3\xb2\xa1 a capture"
    got = tell("The pump stops.\r\nAlways.", files=[("../../urgent.pcap", proof)], device="Aria P2")
    report = got.report
    (tmp_path / f"{report.number}.txt").write_bytes(report.receipt.encode())
    (tmp_path / f"{report.number}.sig").write_bytes(bytes(report.signature))
    (tmp_path / "receipt-key.pem").write_bytes(receipt_public_key())
    ran = verify(tmp_path, report.number)
    assert (ran.returncode, "Verified Successfully" in ran.stdout) == (0, True), ran.stderr

    read = receipts.read(report.receipt)
    assert read.received_at.utcoffset() is not None
    assert receipts.Part(hashlib.sha256(proof).hexdigest(), len(proof), "file 1: ../../urgent.pcap") in read.parts
    assert receipts.part_of("report", b"The pump stops.\nAlways.") in read.parts
    assert {part.name for part in read.parts} >= {"report", "device", "name", "contact", "credit"}

    for at in (len("SUTURE RECEIPT 1\nNumber: R-"), report.receipt.index("SHA-256: ") + 9):
        letter = "1" if report.receipt[at] != "1" else "0"
        changed = report.receipt[:at] + letter + report.receipt[at + 1 :]
        (tmp_path / f"{report.number}.txt").write_bytes(changed.encode())
        assert verify(tmp_path, report.number).returncode != 0


def test_only_the_hash_of_the_private_link_is_kept(tell: Callable, owen: Person) -> None:
    got = tell()
    assert report_behind(got.token) == got.report
    assert got.token not in repr(got)
    stored = [str(value) for row in Report.objects.values_list() for value in row]
    assert not any(got.token in value for value in stored)
    for wrong in ("", got.token[:-1], got.token + "x"):
        with pytest.raises(NotFound):
            report_behind(wrong)


def test_a_report_stands_behind_a_wall_and_its_finder_behind_a_role(
    tell: Callable, owen: Person, ada: Person, quinn: Person
) -> None:
    """Coordinators and PSIRT are admitted; who the finder is, coordinators alone read; evidence names neither."""
    report = tell().report
    assert list(reports_for(owen)) == list(reports_for(ada)) == [report]
    assert not reports_for(quinn).exists()
    found = finder_of(owen, report)
    assert found is not None
    assert found.contact == "nell@example.org"
    assert finder_of(ada, report) is None
    coordinator_elsewhere = Person.objects.create(
        uid=report.uid, username="later", printed_name="Later", role_names=[Role.COORDINATOR.value]
    )
    assert finder_of(coordinator_elsewhere, report) is None
    told = " ".join(f"{e.record_label} {e.because} {e.facts}" for e in Entry.objects.all())
    assert "nell" not in told.lower()
    assert "console" not in told


def test_who_gives_nothing_stays_anonymous(tell: Callable, owen: Person) -> None:
    report = tell(sender=Sender()).report
    assert not Finder.objects.filter(report=report).exists()
    assert finder_of(owen, report) is None


def bomb() -> bytes:
    """42 kB that claim a gigabyte, and a path that leads out."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../etc/cron.d/x", b"x")
        archive.writestr("zeros", bytes(30_000_000))
        archive.writestr("inner.zip", b"PK")
    return file.getvalue()


HOSTILE = [
    ("setup.exe", b"MZ\x90\0" + bytes(60), "Windows executable", "a program"),
    ("run.sh", b"#!/bin/sh\nrm -rf /\n", "script", "a program"),
    ("image.svg", b"<?xml version='1.0'?><svg onload='alert(1)'/>", "SVG or HTML", "may hold scripts"),
    ("page", b"\n <!DOCTYPE html><script>1</script>", "SVG or HTML", "may hold scripts"),
    ("bomb.zip", bomb(), "zip archive", "archive bomb"),
    ("broken.zip", b"PK\x03\x04" + bytes(40), "zip archive", "cannot be read"),
    ("text.txt", b"a\0b", "text", "NUL"),
    ("noise", bytes(range(128, 256)), "unknown bytes", ""),
]


@pytest.mark.parametrize(("name", "data", "kind", "warning"), HOSTILE, ids=[row[0] for row in HOSTILE])
def test_a_hostile_file_is_named_for_what_it_looks_like_and_nothing_opens_it(name, data, kind, warning):
    seen = look_at(name, data)
    assert seen.kind == kind
    assert any(warning in one for one in seen.warnings) or not warning


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"), ("..\\..\\boot.ini", "boot.ini"), ("/", "file-1"), ("", "file-1"),
        (".htaccess", "htaccess"), ("a\0b\r\nSet-Cookie: x.txt", "a_b_Set-Cookie_x.txt"), ("..", "file-1"),
        ("invoice\u202efdp.exe", "invoice_fdp.exe"), ("a" * 500 + ".pcap", "a" * 75 + ".pcap"), ('x".html', "x_.html"),
    ],
)  # fmt: skip
def test_a_name_is_no_path_and_no_trick(given, kept):
    assert look_at(given, b"x").name == kept


def test_files_are_encrypted_where_they_lie_and_come_back_whole(tell: Callable, owen: Person, home: Path) -> None:
    """age, with a key that is no part of the database."""
    data = b"the pump's root password is marigold " * 400
    row = tell(files=[("proof.txt", data)]).report.attachments.get()
    stored = (home / "blobs" / row.blob[:2] / row.blob).read_bytes()
    assert stored.startswith(b"age-encryption.org/v1")
    assert not any(b"marigold" in path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert bytes_of(row) == data
    assert (home / "keys" / "attachments-age").stat().st_mode & 0o077 == 0
    (home / "keys" / "attachments-age").unlink()
    with pytest.raises(NotFound, match="another key"):
        bytes_of(row)


def test_what_cannot_be_taken_in_is_refused_whole_with_every_reason(tell: Callable, owen: Person) -> None:
    with pytest.raises(InvalidValue) as refused:
        tell(" \n", cvss="AV:X", device="a\0b", proof="x" * 60_001)
    assert len(str(refused.value).splitlines()) == 4
    with pytest.raises(InvalidValue) as refused:
        tell(files=[("big", bytes(LARGEST_FILE + 1)), ("empty", b""), *[("x", b"x")] * 4])
    assert len(str(refused.value).splitlines()) == 3
    assert not Report.objects.exists()
    assert not Attachment.objects.exists()
    assert not Knock.objects.exists()


def test_the_door_asks_for_work_or_a_wait_lets_each_in_once_and_counts(
    owen: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The puzzle as browsers solve it; without it half a minute; then limits per address and in all."""

    def knock(challenge: str, answer: str, address: str = "192.0.2.1") -> None:
        receive_report(
            telling=Telling(what="x"), sender=Sender(), files=(), challenge=challenge, answer=answer, address=address
        )

    challenge = doorkeeping.new_challenge()
    with pytest.raises(InvalidValue, match=r"in (30|29) seconds"):
        knock(challenge, "1")
    answer = solved(challenge, doorkeeping.BITS)
    knock(challenge, answer)
    with pytest.raises(InvalidValue, match="sent already"):
        knock(challenge, answer)
    with pytest.raises(InvalidValue, match="not ours"):
        knock(challenge[:-2] + "xx", answer)
    late = doorkeeping.new_challenge()
    real = doorkeeping.time.time
    monkeypatch.setattr(doorkeeping.time, "time", lambda: real() + 31)
    knock(late, "")
    monkeypatch.setattr(doorkeeping.time, "time", lambda: real() + doorkeeping.LASTS + 1)
    with pytest.raises(InvalidValue, match="too long"):
        knock(late, "")
    monkeypatch.setattr(doorkeeping.time, "time", real)
    monkeypatch.setattr(doorkeeping, "WAIT", 0)
    monkeypatch.setattr(doorkeeping, "PER_ADDRESS", 3)
    monkeypatch.setattr(doorkeeping, "IN_ALL", 4)
    knock(doorkeeping.new_challenge(), "")
    with pytest.raises(NotAllowed, match="your address"):
        knock(doorkeeping.new_challenge(), "")
    knock(doorkeeping.new_challenge(), "", "192.0.2.2")
    with pytest.raises(NotAllowed, match="many reports came in"):
        knock(doorkeeping.new_challenge(), "", "192.0.2.3")
    assert "192.0.2" not in "".join(Knock.objects.values_list("address", flat=True))
    Knock.objects.update(at=now() - timedelta(days=2))
    knock(doorkeeping.new_challenge(), "")
    assert Knock.objects.count() == 1


def test_every_source_goes_through_the_same_intake(owen: Person, ada: Person, finn: Person) -> None:
    """Who told us decides whether somebody waits for an answer; nothing else differs."""
    at = now() - timedelta(hours=1)
    telling = Telling(what="A scan shows an open port.")
    for source in ReportSource:
        row = take_in_report(
            source=source, telling=telling, received_at=at, by=ada, origin="CP-4471", sender=Sender(name="A hospital")
        )
        assert (row.answer_by is not None) is source.is_outside
        assert (row.wall is not None) is (source is ReportSource.FINDER)
        assert row.state == "received"
    for wrong, said in (
        ({"received_at": now() + timedelta(hours=1)}, "future"), ({"received_at": datetime(2026, 1, 1)}, "offset"),
        ({"origin": ""}, "number of the record"), ({"source": ReportSource.FINDER}, "name or an address"),
    ):  # fmt: skip
        given = {
            "source": ReportSource.COMPLAINT,
            "telling": telling,
            "received_at": at,
            "by": ada,
            "origin": "x",
            **wrong,
        }
        with pytest.raises(InvalidValue, match=said):
            take_in_report(**given)
    with pytest.raises(NotAllowed):
        take_in_report(source=ReportSource.TEST, telling=telling, received_at=at, by=finn, origin="T-1")


def test_the_number_and_the_day_are_those_of_the_site(tell: Callable, owen: Person, tick: Callable) -> None:
    """Without a policy the shipped promise holds: two working days."""
    tick(date(2026, 11, 20))
    report = tell().report
    assert report.number == "R-2026-0001"
    assert report.answer_by == date(2026, 11, 24)
    assert tell().report.number == "R-2026-0002"
