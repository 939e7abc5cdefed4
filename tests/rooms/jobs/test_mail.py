"""Mail against a real SMTP server on loopback: what it answers is what stands on the record."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import transaction

from suture.accounts.models import Person, Tlp
from suture.config.options import Options
from suture.core.errors import InvalidValue
from suture.core.promises import QUARANTINE
from suture.jobs.delivery import ChannelShut, deliver_due
from suture.jobs.letters import File, Letter, check_address, message_id, promise_mail
from suture.jobs.mail import Mail, unready
from suture.jobs.models import Attempt, Channel, Promise
from tests.rooms.jobs.mailserver import Behaviour, serving
from tests.rooms.jobs.outside import pass_time

pytestmark = pytest.mark.django_db
SENDER = "Northlake Medical <psirt@northlake.example>"


def options(port: int, **more: Any) -> Options:
    given = {"mail_host": "127.0.0.1", "mail_port": port, "mail_security": "none", "mail_from": SENDER}
    return Options(**(given | {"mail_timeout": 5} | more))


@pytest.fixture
def server() -> Iterator[tuple[Behaviour, int]]:
    with serving() as found:
        yield found


@pytest.fixture
def deliver(server: tuple[Behaviour, int]) -> Callable[..., int]:
    """One round of the worker against the server."""

    def _deliver(worker: str = "w", **more: Any) -> int:
        return deliver_due(
            {"mail": Mail(options(server[1], **more), lambda sha: b"file " + sha[:4].encode())}, worker=worker
        )

    return _deliver


def written(by: Person, key: str = "n1", to: tuple[str, ...] = ("biomed@lakeside.example",), **more: Any) -> Promise:
    """A promised notice."""
    letter = Letter(
        to=to, **({"subject": "Act now", "text": "Text\n.dot\n", "reply_to": "", "tlp": "", "files": ()} | more)
    )
    with transaction.atomic():
        return promise_mail(letter=letter, key=key, cause=by, by=by, label="Notice to Lakeside")


def test_delivered_is_the_answer_after_the_text(ada: Person, server: tuple[Behaviour, int], deliver: Callable) -> None:
    """Headers as they should be, dots as written, the server's words on record; one connection for the round."""
    behaviour, _ = server
    file = File("notice.json", "application/json", "ab" * 32)
    row = written(
        ada, subject="Pumpe: jetzt prüfen", text="Größe\n.dot\n", tlp=Tlp.AMBER, files=(file,), reply_to="a@b.example"
    )
    other = written(ada, "n2")
    assert deliver() == 2
    row.refresh_from_db()
    assert (row.state, row.last_answer) == ("delivered", "250 2.0.0 queued as 7F")
    assert row.tries.get().in_flight == ["biomed@lakeside.example"]
    first, second = behaviour.messages()
    assert first["Message-ID"] == message_id(row.uid, SENDER) == f"<{row.uid}@northlake.example>"
    assert second["Message-ID"] == message_id(other.uid, SENDER)
    assert first["Auto-Submitted"] == "auto-generated"
    assert str(make_header(decode_header(first["Subject"]))) == "[TLP:AMBER] Pumpe: jetzt prüfen"
    text, attached = first.get_payload()
    assert text.get_payload(decode=True).decode().split() == ["TLP:AMBER", "Größe", ".dot"]
    assert (attached.get_filename(), attached.get_payload(decode=True)) == ("notice.json", b"file abab")
    assert second.get_payload(decode=True).decode().splitlines() == ["Text", ".dot"]


def test_each_addressee_has_the_servers_words(ada: Person, server: tuple[Behaviour, int], deliver: Callable) -> None:
    """550 is refused, 450 is tried again, 250 is not sent again."""
    behaviour, _ = server
    behaviour.rcpt = {"no@h.example": "550 5.1.1 no such user", "later@h.example": "450 4.2.1 greylisted"}
    row = written(ada, to=("ok@h.example", "no@h.example", "later@h.example"))
    assert deliver() == 1
    row.refresh_from_db()
    assert row.state == "promised"
    assert [(a["to"][:2], a["said"][:3]) for a in row.answers] == [("la", "450"), ("no", "550"), ("ok", "250")]
    behaviour.rcpt = {}
    pass_time(timedelta(hours=1))
    assert deliver() == 1
    row.refresh_from_db()
    assert row.state == "refused"
    assert [e.rcpt_tos for e in behaviour.arrived] == [["ok@h.example"], ["later@h.example"]]
    assert len(set(behaviour.ids())) == 1


@pytest.mark.parametrize(
    ("data", "state", "words", "arrived"),
    [
        ("451 4.3.0 disk full", "promised", "451", 0),
        ("554 5.7.1 spam", "refused", "554", 0),
        ("drop at data", "promised", "nothing was handed over", 0),
        ("drop in text", "no answer", "may have arrived", 0),
        ("drop after", "no answer", "may have arrived", 1),
    ],
)
def test_rejected_or_dropped_around_the_text(
    ada: Person, server: tuple[Behaviour, int], deliver: Callable, data: str, state: str, words: str, arrived: int
) -> None:
    """RFC 5321 §4.5.3.2.6: what breaks off after the text began may have arrived, and nothing is sent for a minute."""
    behaviour, _ = server
    behaviour.data = [data]
    row = written(ada, text="x" * 5000)
    assert deliver() == 1
    row.refresh_from_db()
    assert (row.state, words in row.last_answer, len(behaviour.arrived)) == (state, True, arrived)
    if state == "no answer":
        pass_time(timedelta(seconds=61))
        assert deliver() == 0
    pass_time(max(QUARANTINE, timedelta(minutes=2)))
    assert deliver() == (state != "refused")
    row.refresh_from_db()
    assert row.state == ("refused" if state == "refused" else "delivered")
    assert set(behaviour.ids()) <= {message_id(row.uid, SENDER)}


def test_too_slow_an_answer_is_no_answer(ada: Person, server: tuple[Behaviour, int], deliver: Callable) -> None:
    """The server took it and thinks; we stopped listening. The page does not say delivered."""
    behaviour, _ = server
    behaviour.delay = 1.0
    row = written(ada)
    assert deliver(mail_timeout=0.3) == 1
    row.refresh_from_db()
    assert row.state == "no answer"
    assert len(behaviour.arrived) == 1


@pytest.mark.parametrize(
    ("mail", "state", "shut"),
    [
        ("452 4.3.1 too many", "promised", False),
        ("552 5.3.4 too large", "refused", False),
        ("550 5.7.1 not your sender", "promised", True),
        ("530 5.7.0 sign in first", "promised", True),
    ],
)
def test_a_refused_sender_is_the_installations_fault(
    ada: Person, server: tuple[Behaviour, int], deliver: Callable, mail: str, state: str, shut: bool
) -> None:
    """Nine hundred notices are not marked refused because the sender is wrong."""
    server[0].mail = [mail]
    row = written(ada)
    assert deliver() == 1
    row.refresh_from_db()
    assert row.state == state
    assert Channel.objects.filter(failures__gt=0).exists() is shut
    assert shut == (row.attempts == 0)


def test_a_dead_server_costs_no_attempt(ada: Person) -> None:
    """The words are kept for the page, and greeting it by hand says the same."""
    with serving() as (_, port):
        pass
    mail = Mail(options(port), lambda sha: b"")
    row = written(ada)
    deliver_due({"mail": mail}, worker="w")
    row.refresh_from_db()
    assert (row.state, row.attempts, Attempt.objects.count()) == ("promised", 0, 0)
    assert "refused" in Channel.objects.get().said
    with pytest.raises(ChannelShut, match="refused"):
        mail.greet()


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1, trusted by nobody but who is told to."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2045, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    public, secret = folder / "public.pem", folder / "secret.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, secret)
    return public, context


def test_the_password_goes_only_over_a_trusted_line(ada: Person, tmp_path: Path) -> None:
    """STARTTLS with a certificate nobody vouches for, a server without it, a wrong password: nothing is sent."""
    public, context = certificate(tmp_path)
    heard: list[bytes] = []

    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        heard.append(data.password)
        return AuthResult(success=data.password == b"right", handled=False)

    written(ada)
    signed = {"mail_security": "starttls", "mail_user": "psirt", "mail_password": "right"}
    with serving(tls_context=context, authenticator=check, auth_required=True) as (behaviour, port):
        for more, says in (({}, "certificate"), ({"mail_ca_file": public, "mail_password": "wrong"}, "535")):
            deliver_due({"mail": Mail(options(port, **(signed | more)), lambda sha: b"")}, worker="w")
            assert says in Channel.objects.get().said.lower()
            Channel.objects.all().delete()
        assert set(heard) == {b"wrong"}
        secret = tmp_path / "password"
        secret.write_text("right\n")
        good = options(
            port, mail_security="starttls", mail_user="psirt", mail_password_file=secret, mail_ca_file=public
        )
        assert Mail(good, lambda sha: b"").greet().startswith("250")
        deliver_due({"mail": Mail(good, lambda sha: b"")}, worker="w")
        assert len(behaviour.arrived) == 1
    with serving() as (behaviour, port), pytest.raises(ChannelShut, match="STARTTLS"):
        Mail(options(port, **signed), lambda sha: b"").greet()


def test_nothing_is_sent_without_a_configured_server(ada: Person) -> None:
    """The promise waits, and the page can say why."""
    row = written(ada)
    for given in (
        Options(mail_host=""), Options(mail_host="mx.example", offline=True), Options(mail_host="mx.example"),
    ):  # fmt: skip
        assert "nothing is sent" in unready(given)
        assert deliver_due({"mail": Mail(given, lambda sha: b"")}, worker="w") == 0
    row.refresh_from_db()
    assert row.state == "promised"


@pytest.mark.parametrize(
    "wrong",
    [
        {"mail_security": "none", "mail_host": "mx.example"}, {"mail_security": "none", "mail_user": "u"},
        {"mail_from": "no address"}, {"mail_from": "a@b.example\nBcc: c@d.example"}, {"mail_timeout": 90},
    ],
)  # fmt: skip
def test_settings_that_would_be_unsafe_stop_the_start(wrong: dict[str, Any]) -> None:
    """A password in the clear, a sender that is a header, a silence longer than the lease."""
    with pytest.raises(ValueError, match=r"mail_|address|less than"):
        options(25, **wrong)


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@", "@b.example", "a b@c.example", "a@b.example\r\nBcc: x@y.example", "a@b..example", "ä@b.example",
     "a@-b.example", "<a@b.example>", "a@b.example,c@d.example", "a" * 65 + "@b.example"],
)  # fmt: skip
def test_no_address_smuggles_anything(address: str) -> None:
    """A line break in an address would be a header of the caller's choice."""
    with pytest.raises(InvalidValue, match="no mail address"):
        check_address(address)


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": ()}, {"to": ("a@b.example", "A@B.example")}, {"subject": "a\r\nBcc: x@y.example"}, {"subject": " "},
        {"text": ""}, {"reply_to": "nobody"}, {"to": tuple(f"a{n}@b.example" for n in range(51))},
    ],
)  # fmt: skip
def test_a_letter_is_checked_when_it_is_promised(wrong: dict[str, Any]) -> None:
    """While whoever caused it is still there to mend it."""
    with pytest.raises(InvalidValue):
        Letter(**({"to": ("a@b.example",), "subject": "S", "text": "T"} | wrong))
    for name in ("../x", "a/b", "", "a\r\nb"):
        with pytest.raises(InvalidValue, match="plain name"):
            File(name, "text/plain", "ab" * 32)
