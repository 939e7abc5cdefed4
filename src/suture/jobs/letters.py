"""A mail as a value: checked when it is promised, written as the same bytes at every attempt.

Source: RFC 5322 (message format), RFC 3834 (Auto-Submitted), TLP 2.0 (label in the subject and before the text).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any
from uuid import UUID

from suture.accounts.models import Person, Tlp, Wall
from suture.core.errors import InvalidValue
from suture.core.roles import Role
from suture.evidence.services import Recorded
from suture.jobs.models import Promise
from suture.jobs.services import promise

MAIL = "mail"
MOST_ADDRESSEES = 50
LONGEST_SUBJECT = 200
LONGEST_TEXT = 500_000
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
_ASCII_POLICY = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a mail: its name for the reader, its media type, its SHA-256 among the blobs."""

    name: str
    media: str
    sha256: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,120}", self.name):
            raise InvalidValue(f"'{self.name}' is no plain name for a file in a mail")
        if not re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", self.media) or not re.fullmatch(r"[0-9a-f]{64}", self.sha256):
            raise InvalidValue(f"the file '{self.name}' needs a media type and a SHA-256")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One mail. Several addressees see each other; write one letter each where they must not."""

    to: tuple[str, ...]
    subject: str
    text: str
    reply_to: str = ""
    tlp: str = ""
    files: tuple[File, ...] = field(default=())

    def __post_init__(self) -> None:
        if not 1 <= len(self.to) <= MOST_ADDRESSEES:
            raise InvalidValue(f"a mail has 1 to {MOST_ADDRESSEES} addressees, not {len(self.to)}")
        if len({address.lower() for address in self.to}) != len(self.to):
            raise InvalidValue("an addressee stands twice in the mail")
        for address in (*self.to, *filter(None, [self.reply_to])):
            check_address(address)
        if (
            not self.subject.strip()
            or len(self.subject) > LONGEST_SUBJECT
            or re.search(r"[\x00-\x1f\x7f]", self.subject)
        ):
            raise InvalidValue(f"the subject of a mail is one line of 1 to {LONGEST_SUBJECT} characters")
        if not self.text.strip() or len(self.text) > LONGEST_TEXT or "\x00" in self.text:
            raise InvalidValue(f"the text of a mail has 1 to {LONGEST_TEXT:,} characters")

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Letter:
        """The letter of a payload written by `as_payload`."""
        return cls(
            to=tuple(payload["to"]), subject=payload["subject"], text=payload["text"], reply_to=payload["reply_to"],
            tlp=payload["tlp"], files=tuple(File(**one) for one in payload["files"]),
        )  # fmt: skip

    def as_payload(self) -> dict[str, Any]:
        """What a promise keeps."""
        return asdict(self)


def check_address(address: str) -> None:
    """Refuse what is no address a mail server could be asked for.

    Raises:
        InvalidValue: not `name@domain` in ASCII (write an international domain as punycode), or too long.
    """
    if len(address) > 254 or ".." in address or address.startswith(".") or ".@" in address:
        raise InvalidValue(f"'{address[:80]}' is no mail address; write name@example.org")
    if not _ADDRESS.fullmatch(address):
        raise InvalidValue(f"'{address[:80]}' is no mail address; write name@example.org")


def promise_mail(
    *, letter: Letter, key: str, cause: Recorded, by: Person, label: str, due: datetime | None = None,
    until: datetime | None = None, wall: Wall | None = None, only_for: Role | None = None, forget: bool = False,
) -> Promise:  # fmt: skip
    """Promise a mail in the transaction of its cause. See `promise` for the rest.

    `label` is what it is, without personal data: 'Customer notice N-2026-0003 to St. Anne, Lakeside'.
    """
    return promise(
        kind=MAIL, key=key, payload=letter.as_payload(), cause=cause, by=by, label=label, due=due, until=until,
        wall=wall, tlp=letter.tlp, only_for=only_for, forget=forget,
    )  # fmt: skip


def message_id(uid: UUID, sender: str) -> str:
    """The name of a promise's mail: the same at every attempt, so that a repeat is known for what it is."""
    return f"<{uid}@{parseaddr(sender)[1].rpartition('@')[2]}>"


def write(letter: Letter, *, uid: UUID, sender: str, promised_at: datetime, read_file: Callable[[str], bytes]) -> bytes:
    """The mail as it goes over the wire, without the escaping of dots: ASCII, CRLF, the same bytes at every attempt."""
    message = EmailMessage(policy=_ASCII_POLICY)
    name, address = parseaddr(sender)
    message["From"] = Address(display_name=name, addr_spec=address)
    message["To"] = ", ".join(letter.to)
    if letter.reply_to:
        message["Reply-To"] = letter.reply_to
    labelled = letter.tlp not in ("", Tlp.CLEAR.value)
    message["Subject"] = f"[{letter.tlp}] {letter.subject}" if labelled else letter.subject
    message["Date"] = format_datetime(promised_at)
    message["Message-ID"] = message_id(uid, sender)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{letter.tlp}\n\n{letter.text}" if labelled else letter.text)
    for file in letter.files:
        main, _, sub = file.media.partition("/")
        message.add_attachment(read_file(file.sha256), maintype=main, subtype=sub, filename=file.name)
    if message.is_multipart():
        message.set_boundary("=" + hashlib.sha256(uid.bytes).hexdigest()[:40])
    return message.as_bytes()


def open_addressees(letter: Letter, settled: frozenset[str]) -> Sequence[str]:
    """Who has no final answer yet."""
    return [address for address in letter.to if address not in settled]
