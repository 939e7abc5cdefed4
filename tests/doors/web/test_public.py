"""The outside doors: anybody may report, follow and read what is public; nothing else answers without an account."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from suture.accounts.models import Person
from suture.core.roles import Role
from suture.disclosure import doorkeeping
from suture.disclosure.models import Report
from suture.disclosure.queries import report_behind
from suture.web.limits import LARGEST_OUTSIDE
from tests.doors.web.conftest import serve
from tests.rooms.casework import Work

pytestmark = pytest.mark.django_db


@pytest.fixture
def anybody(home: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Somebody without an account; the puzzle is short."""
    monkeypatch.setattr(doorkeeping, "BITS", 4)
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def owen(register: Callable[..., Person]) -> Person:
    return register("Owen Case", Role.COORDINATOR)


def send(client: Client, what: str = "The console opens without a password.", **more: object) -> object:
    """Fill in the form as a browser with script does."""
    page = client.get("/security/report").content.decode()
    challenge = re.search(r'name="challenge" value="([^"]+)"', page)[1]  # type: ignore[index]
    answer = next(str(n) for n in range(1 << 16) if doorkeeping.solves(challenge, str(n), 4))
    return client.post("/security/report", {"what": what, "challenge": challenge, "answer": answer, **more})


def test_from_a_stranger_to_a_receipt_and_an_answer(
    anybody: Client, owen: Person, ada: Person, as_person: Callable[[Person], Client]
) -> None:
    """The thin thread: form, private page, receipt files, acknowledgement, two-way messages with their unread state."""
    sent = send(anybody, files=[SimpleUploadedFile("../x.svg", b"<svg onload='alert(1)'/>")], contact="n@example.org")
    assert (sent.status_code, sent["Location"][:17]) == (302, "/security/follow/")
    private = sent["Location"]
    page = anybody.get(private)
    text = page.content.decode()
    assert page.status_code == 200
    assert "We have your report" in text
    assert "no-store" in page["Cache-Control"]
    report = Report.objects.get()
    assert anybody.get(private + "receipt.txt").content.decode() == report.receipt
    assert anybody.get(private + "receipt.sig").content == bytes(report.signature)
    assert anybody.get(private + "receipt.exe").status_code == 404

    client = as_person(owen)
    inside = f"/intake/{report.uid}/"
    assert report.number in client.get("/intake/").content.decode()
    assert "n@example.org" in client.get(inside).content.decode()
    assert "n@example.org" not in as_person(ada).get(inside).content.decode()
    refused = client.post(inside + "steps/start_validation?version=1", {"because": ""})
    assert (refused.status_code, "is acknowledged to whoever sent it" in refused.content.decode()) == (422, True)
    assert client.post(inside + "acknowledge", {"text": "We have it."}).status_code == 302
    assert client.post(inside + "steps/start_validation?version=2", {"because": ""}).status_code == 302
    assert client.post(inside + "answer", {"text": "Which release?", "asks": "on"}).status_code == 302
    text = anybody.get(private).content.decode()
    assert text.count("· new") == 2
    assert "your turn" in text
    assert "Owen" not in text  # who works on it is ours to say
    assert "· new" not in anybody.get(private).content.decode()
    answered = anybody.post(private, {"text": "4.2", "files": [SimpleUploadedFile("a.txt", b"a")]})
    assert answered.status_code == 302
    assert "not read yet" in anybody.get(private).content.decode()
    assert "1 unread message" in client.get("/intake/").content.decode()
    assert "4.2" in client.get(inside).content.decode()
    assert "not read yet" not in anybody.get(private).content.decode()

    file = report.attachments.first()
    got = client.post(f"/intake/attachments/{file.uid}")
    assert got.content == b"<svg onload='alert(1)'/>"
    assert got["Content-Type"] == "application/octet-stream"
    assert got["X-Content-Type-Options"] == "nosniff"
    assert re.fullmatch(r'attachment; filename="R-\d{4}-0001-x\.svg\.bin"', got["Content-Disposition"])
    assert client.get(f"/intake/attachments/{file.uid}").status_code == 405
    assert as_person(ada).post(f"/intake/attachments/{file.uid}").status_code == 403


def test_what_the_form_refuses_keeps_what_was_typed(anybody: Client, owen: Person) -> None:
    for given, said in (
        ({"cvss": "AV:X"}, "CVSS"), ({"what": "a\0b"}, "Null characters"), ({"what": "x" * 60_001}, "60001"),
        ({"what": "y" * 10_000_000}, "10000000"), ({"website": "spam"}, "do not see"),
        ({"challenge": "made up"}, "not ours"),
    ):  # fmt: skip
        answer = send(anybody, **{"device": "Aria P2", **given})
        text = answer.content.decode()
        assert (answer.status_code, said in text, "Aria P2" in text) == (422, True, True), given
    assert not Report.objects.exists()


def test_an_unknown_link_says_nothing_and_nothing_else_answers(anybody: Client, owen: Person) -> None:
    """Who has no account reads the outside doors alone."""
    assert anybody.get("/security/follow/" + "x" * 43 + "/").status_code == 404
    for path in ("/security/", "/security/advisories/", "/security/receipt-key.pem", "/security/openpgp-key.asc"):
        assert anybody.get(path).status_code == 200, path
    assert anybody.get("/security/advisories/NM-2026-0001/").status_code == 404
    for path in ("/intake/", "/intake/attachments/00000000-0000-0000-0000-000000000000", "/"):
        assert anybody.get(path)["Location"].startswith("/accounts/login/"), path


# RFC 9116 §4 (ABNF), read anew for this test: fields, comments, empty lines; inside an OpenPGP cleartext frame.
FIELD = re.compile(r"(?P<name>[A-Za-z0-9-]+): (?P<value>\S.*)")


def fields_of(signed: str) -> dict[str, list[str]]:
    begin, _blank, rest = signed.partition("\n\n")
    assert begin.startswith("-----BEGIN PGP SIGNED MESSAGE-----\nHash: ")
    body, _dashes, signature = rest.partition("\n-----BEGIN PGP SIGNATURE-----\n")
    assert signature.rstrip().endswith("-----END PGP SIGNATURE-----")
    found: dict[str, list[str]] = {}
    for line in body.splitlines():
        if line and not line.startswith("#"):
            match = FIELD.fullmatch(line)
            assert match, line
            found.setdefault(match["name"].lower(), []).append(match["value"])
    return found


def test_security_txt_reads_as_the_rfc_has_it_is_signed_and_stays_fresh(
    anybody: Client, work: Work, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """standards.md §5: Contact at least once, Expires exactly once and within a year, https, languages at most once."""
    options = django_settings.SUTURE.model_copy(update={"public_url": "https://psirt.northlake.example"})
    monkeypatch.setattr(django_settings, "SUTURE", options)
    expires = []
    for on in (date(2026, 11, 20), date(2027, 10, 1)):
        work.tick(on)
        answer = anybody.get("/.well-known/security.txt")
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        read = fields_of(answer.content.decode())
        assert read["contact"]
        assert [len(read[name]) for name in ("expires", "preferred-languages")] == [1, 1]
        expires.append(datetime.fromisoformat(read["expires"][0].replace("Z", "+00:00")))
        assert timedelta(days=30) < expires[-1] - datetime(on.year, on.month, on.day, tzinfo=UTC) < timedelta(days=365)
        addresses = [value for name in ("contact", "encryption", "canonical", "policy") for value in read[name]]
        assert all(value.startswith(("https://psirt.northlake.example/", "mailto:")) for value in addresses)
        assert read["canonical"] == ["https://psirt.northlake.example/.well-known/security.txt"]
    assert expires[0] < expires[1]
    gpg = shutil.which("gpg")
    if gpg is None:
        pytest.skip("everything but the signature was checked: there is no gpg here")
    ring = tmp_path / "ring"
    ring.mkdir(mode=0o700)
    (tmp_path / "security.txt").write_bytes(answer.content)
    (tmp_path / "key.asc").write_bytes(anybody.get("/security/openpgp-key.asc").content)
    for command in (["--import", "key.asc"], ["--verify", "security.txt"]):
        ran = subprocess.run(
            [gpg, "--homedir", str(ring), "--batch", *command],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
    assert "Good signature" in ran.stderr


def test_a_policy_that_is_approved_is_read_by_the_public(anybody: Client, work: Work) -> None:
    from suture.core.disclosure_policy import EXAMPLE, to_json
    from suture.policy.models import PolicyKind
    from suture.policy.services import approve_policy, propose_policy
    from tests.house import PASSWORD

    assert "not approved yet" in anybody.get("/security/").content.decode()
    body = to_json(EXAMPLE) | {"acknowledge_working_days": 1, "safe_harbour": "<b>We</b> sue nobody."}
    row = propose_policy(kind=PolicyKind.DISCLOSURE, name="Ours", body=body, by=work.quinn, because="1")
    approve_policy(
        policy_uid=str(row.uid), by=work.quinn, password=PASSWORD, effective_from=date(2026, 11, 20), because="1"
    )
    text = anybody.get("/security/").content.decode()
    assert "&lt;b&gt;We&lt;/b&gt; sue nobody." in text
    assert "Within 1 working day" in text
    sent = send(anybody)
    assert report_behind(sent["Location"].split("/")[-2]).answer_by == date(2026, 11, 23)


@pytest.fixture
def address(committed_db: str) -> Iterator[tuple[str, int]]:
    """The product's own server on a port."""
    served = serve()
    host, port = next(served).removeprefix("http://").split(":")
    yield host, int(port)
    next(served, None)


@pytest.mark.django_db(transaction=False)
@pytest.mark.parametrize(
    ("head", "status"),
    [
        (f"Content-Length: {2 * 1024**3}", b"413"), (f"Content-Length: {LARGEST_OUTSIDE + 1}", b"413"),
        ("Transfer-Encoding: chunked", b"411"), ("Content-Length: nonsense", b"400"),
    ],
)  # fmt: skip
def test_a_request_that_is_too_large_is_refused_before_its_body_is_read(
    address: tuple[str, int], head: str, status: bytes
) -> None:
    """Two gigabytes are announced, none is sent: the answer comes at once, and the connection is closed."""
    with socket.create_connection(address, timeout=20) as line:
        line.sendall(f"POST /security/report HTTP/1.1\r\nHost: localhost\r\n{head}\r\n\r\n".encode())
        answer = line.recv(65536)
        assert answer.split(b" ", 2)[1] == status


def test_another_system_hands_in_a_signal_once(
    anybody: Client, work: Work, owen: Person, as_person: Callable[[Person], Client]
) -> None:
    """By the API: the same complaint twice is one report; a finder's report behind its wall is left out of the list."""
    send(anybody)
    quality, body = as_person(work.quinn), {
        "source": "complaint", "origin": "CP-4471", "what": "A scan shows malware.", "device": "Pump",
        "received_at": "2026-11-20T09:00:00-06:00",
    }  # fmt: skip
    answers = [quality.post("/api/suture/v1/intake", body, content_type="application/json") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["acknowledge_by"] == "2026-11-24"
    listed = quality.get("/api/suture/v1/intake").json()["items"]
    assert [one["origin"] for one in listed] == ["CP-4471"]
    assert len(as_person(owen).get("/api/suture/v1/intake").json()["items"]) == 2
    walled = Report.objects.get(source="finder").uid
    assert quality.get(f"/api/suture/v1/intake/{walled}").status_code == 404
    for wrong in ({"source": "finder"}, {"origin": " "}, {"received_at": "2030-01-01T00:00:00Z"}, {"what": ""}):
        answer = quality.post(
            "/api/suture/v1/intake", {**body, "origin": "x", **wrong}, content_type="application/json"
        )
        assert answer.status_code == 422, wrong
