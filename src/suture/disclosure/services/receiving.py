"""A report comes in: from anybody by the public form, or from somebody here who was told."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from suture.accounts.models import Person, Tlp
from suture.accounts.queries import people_in
from suture.accounts.services import new_uid, raise_wall, require, system
from suture.core import cvss, receipts
from suture.core.disclosure import REPORT, ReportSource, acknowledge_by
from suture.core.errors import InvalidValue
from suture.core.facts import Answer
from suture.core.ids import human_number
from suture.core.roles import Role
from suture.disclosure.attachments import check_files, keep_attachment
from suture.disclosure.doorkeeping import knock
from suture.disclosure.keys import sign_receipt
from suture.disclosure.models import Finder, Report
from suture.disclosure.queries import firm, promises_on
from suture.evidence.clock import now
from suture.evidence.services import record
from suture.policy.services import next_number

LONGEST_TEXT = 60_000  # characters; a longer one belongs into a file
Files = Sequence[tuple[str, bytes]]  # name as given, bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What somebody tells us. Only `what` is needed; absent text is ''."""

    what: str
    device: str = ""
    device_version: str = ""
    cvss: str = ""
    proof: str = ""
    harm: Answer = Answer.UNKNOWN
    public: bool = False
    exploited: bool = False

    def checked(self) -> Telling:
        """Itself, with line breaks as line feeds; or what is wrong with it, all at once.

        Raises:
            InvalidValue: empty, too long, NUL characters, or a CVSS vector that cannot be read.
        """
        problems = []
        if not self.what.strip():
            problems.append("say what you found; a few words are enough")
        for name in ("what", "device", "device_version", "proof"):
            text = getattr(self, name)
            if "\0" in text:
                problems.append(f"{name.replace('_', ' ')} holds a character that no record can hold (NUL)")
            if len(text) > LONGEST_TEXT:
                problems.append(f"{name} is longer than {LONGEST_TEXT:,} characters; send it as a file")
        if self.cvss.strip():
            try:
                cvss.parse(self.cvss.strip())
            except InvalidValue as error:
                problems.append(f"CVSS: {error}; you may leave it out")
        if problems:
            raise InvalidValue("\n".join(problems))
        return Telling(
            what=_lines(self.what), device=_line(self.device), device_version=_line(self.device_version),
            cvss=self.cvss.strip(), proof=_lines(self.proof), harm=self.harm, public=self.public,
            exploited=self.exploited,
        )  # fmt: skip

    def words(self) -> dict[str, str]:
        """The texts that were given, by name: each is a part of the receipt."""
        named = {
            "report": self.what, "device": self.device, "version": self.device_version, "cvss": self.cvss,
            "proof": self.proof,
        }  # fmt: skip
        return {name: text for name, text in named.items() if text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who tells us: as much of it as they give."""

    name: str = ""
    contact: str = ""
    credit: str = ""

    def words(self) -> dict[str, str]:
        """What was given, by name."""
        named = {"name": self.name, "contact": self.contact, "credit": self.credit}
        return {key: text for key, text in named.items() if text}


@dataclass(frozen=True, slots=True)
class Received:
    """The report, and the token of its private link: shown once, kept nowhere."""

    report: Report
    token: str = field(repr=False)


def receive_report(
    *, telling: Telling, sender: Sender, files: Files, challenge: str, answer: str, address: str
) -> Received:
    """Take in a finder's report behind a wall of its own, and sign a receipt for it.

    Args:
        challenge, answer, address: what the door asks of whoever has no account.

    Raises:
        InvalidValue: what was sent cannot be taken in; the sentences say why, all at once.
        NotAllowed: too many came in of late.
    """
    telling, token = telling.checked(), secrets.token_urlsafe(32)
    check_files(list(files))
    at, zone, whose = now(), firm().zone, firm().name
    words = telling.words() | sender.words()
    with transaction.atomic():
        knock(challenge, answer, address)
        by = system()
        day = at.astimezone(ZoneInfo(zone)).date()
        number = human_number("R", day, next_number(f"report-{day.year}"))
        wall = raise_wall(
            name=f"Report {number}", admitted=[*people_in(Role.COORDINATOR), *people_in(Role.PSIRT)], by=by,
            because="what a finder sends is embargoed until we agree otherwise",
        )  # fmt: skip
        promised = promises_on(day)
        receipt = receipts.Receipt(
            number=number, received_at=at.astimezone(ZoneInfo(zone)).replace(microsecond=0), zone=zone, by=whose,
            answer_by=acknowledge_by(at, zone, promised.acknowledge_working_days),
            parts=tuple(
                [receipts.part_of(name, text.encode("utf-8")) for name, text in words.items()]
                + [receipts.part_of(f"file {i}: {given}"[:200], data) for i, (given, data) in enumerate(files, 1)]
            ),
        )  # fmt: skip
        text = receipts.write(receipt)
        report = Report.objects.create(
            uid=new_uid(), number=number, source=ReportSource.FINDER, state=REPORT.start, received_at=at,
            recorded_at=at, zone=zone, answer_by=receipt.answer_by, wall=wall, tlp=Tlp.AMBER_STRICT,
            receipt=text, signature=sign_receipt(text), token_hash=hash_of(token), **_columns(telling),
        )  # fmt: skip
        if sender.words():
            Finder.objects.create(
                uid=new_uid(), report=report, name=_line(sender.name)[:200], contact=_line(sender.contact)[:300],
                credit=_line(sender.credit)[:200],
            )  # fmt: skip
        for ordinal, (given, data) in enumerate(files, 1):
            keep_attachment(report, given, data, ordinal)
        record(
            by=by, did="report.received", to=report,
            facts={"source": report.source, "receipt": hash_of(text), "parts": len(receipt.parts)},
        )  # fmt: skip
    return Received(report, token)


def take_in_report(
    *, source: ReportSource, telling: Telling, received_at: datetime, by: Person, origin: str = "",
    sender: Sender | None = None, files: Files = (), tlp: Tlp = Tlp.AMBER,
) -> Report:  # fmt: skip
    """Write down what somebody here was told or found: a complaint, a service record, a test, a call, a bulletin.

    Raises:
        InvalidValue: nothing said, an instant in the future or without an offset, or an inside source without its
            own number.
        NotAllowed: the person may not.

    Source: FDA 2016 §X.A.ii: intake is consistent and reproducible, whatever the source.
    """
    telling = telling.checked()
    check_files(list(files))
    if received_at.tzinfo is None or received_at > now():
        raise InvalidValue("say when it reached us, with its offset; it cannot lie in the future")
    if source is ReportSource.FINDER and sender is None:
        raise InvalidValue("a finder who did not use the form has a name or an address; write down which")
    if source not in (ReportSource.FINDER, ReportSource.HOSPITAL) and not origin.strip():
        raise InvalidValue("give the number of the record it comes from: the complaint, service record, test, bulletin")
    zone, at = firm().zone, received_at.astimezone(UTC)
    with transaction.atomic():
        require(by, "report.take_in")
        day = at.astimezone(ZoneInfo(zone)).date()
        number = human_number("R", day, next_number(f"report-{day.year}"))
        wall = None
        if source is ReportSource.FINDER:
            inside = {by, *people_in(Role.COORDINATOR), *people_in(Role.PSIRT)}
            wall = raise_wall(name=f"Report {number}", admitted=inside, by=system(), because="a finder's report")
        promised = promises_on(day)
        report = Report.objects.create(
            uid=new_uid(), number=number, source=source, state=REPORT.start, received_at=at, recorded_at=now(),
            zone=zone, origin=_line(origin), aware=by, wall=wall, tlp=tlp,
            answer_by=acknowledge_by(at, zone, promised.acknowledge_working_days) if source.is_outside else None,
            **_columns(telling),
        )  # fmt: skip
        if sender is not None and sender.words():
            Finder.objects.create(
                uid=new_uid(), report=report, name=_line(sender.name)[:200], contact=_line(sender.contact)[:300],
                credit=_line(sender.credit)[:200],
            )  # fmt: skip
        for ordinal, (given, data) in enumerate(files, 1):
            keep_attachment(report, given, data, ordinal)
        record(
            by=by, did="report.taken_in", to=report, happened_at=at,
            facts={"source": source, "origin": report.origin, "aware": by.printed_name},
        )  # fmt: skip
    return report


def hash_of(text: str) -> str:
    """SHA-256 of a text, in hex: a token is kept as this, never as itself."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _columns(telling: Telling) -> dict[str, object]:
    return {
        "what": telling.what, "device": telling.device[:300], "device_version": telling.device_version[:120],
        "cvss": telling.cvss[:400], "proof": telling.proof, "harm": telling.harm, "public": telling.public,
        "exploited": telling.exploited,
    }  # fmt: skip


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _line(text: str) -> str:
    return " ".join(text.split())
