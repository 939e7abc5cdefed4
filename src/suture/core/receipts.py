"""The receipt of a report: a few lines of text that whoever sent it can check without us.

The signature (Ed25519, RFC 8032) is over the bytes of the text as given, UTF-8 with line feeds. One command checks it:

    openssl pkeyutl -verify -pubin -inkey receipt-key.pem -rawin -in R-2026-0001.txt -sigfile R-2026-0001.sig
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from suture.core.errors import FormatError, InvalidValue, Problem

FIRST_LINE = "SUTURE RECEIPT 1"
_PART = re.compile(r"([0-9a-f]{64}) ([0-9]+) (\S.*)")


class Part(NamedTuple):
    """One thing that was sent: its SHA-256, its size in bytes, its name."""

    sha256: str
    size: int
    name: str


def part_of(name: str, data: bytes) -> Part:
    """A part from its bytes; the name stands on one line."""
    return Part(hashlib.sha256(data).hexdigest(), len(data), " ".join(name.split()) or "unnamed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What we sign: that these things came in, at this instant, under this number."""

    number: str
    received_at: datetime  # with the offset of the responsible site
    zone: str
    by: str
    answer_by: date | None
    parts: tuple[Part, ...]

    def __post_init__(self) -> None:
        if self.received_at.tzinfo is None:
            raise InvalidValue("a receipt's time has an offset from UTC")
        if not self.parts:
            raise InvalidValue("a receipt names at least one thing that was sent")
        if any("\n" in text or "\r" in text for text in (self.number, self.zone, self.by)):
            raise InvalidValue("a receipt's lines hold no line breaks")


def write(receipt: Receipt) -> str:
    """The text that is signed."""
    lines = [
        FIRST_LINE,
        f"Number: {receipt.number}",
        f"Received: {receipt.received_at.isoformat(timespec='seconds')}",
        f"Time-Zone: {receipt.zone}",
        f"Received-By: {receipt.by}",
        f"Answer-By: {receipt.answer_by.isoformat() if receipt.answer_by else 'none'}",
        *(f"SHA-256: {part.sha256} {part.size} {part.name}" for part in receipt.parts),
    ]
    return "\n".join(lines) + "\n"


def read(text: str) -> Receipt:
    """Read what `write` wrote.

    Raises:
        FormatError: with every line that is not one of a receipt.
    """
    lines = text.split("\n")
    problems: list[Problem] = []
    if lines[0] != FIRST_LINE:
        problems.append(Problem("line 1", f"not '{FIRST_LINE}'", "give the receipt as it was downloaded"))
    if lines[-1] != "":
        problems.append(Problem(f"line {len(lines)}", "the last line feed is missing"))
    given: dict[str, str] = {}
    parts: list[Part] = []
    for number, line in enumerate(lines[1:], 2):
        if not line:
            continue
        name, colon, value = line.partition(": ")
        found = _PART.fullmatch(value) if name == "SHA-256" else None
        if found is not None:
            parts.append(Part(found[1], int(found[2]), found[3]))
        elif not colon or name in given or name not in _FIELDS:
            problems.append(Problem(f"line {number}", "not a line of a receipt"))
        else:
            given[name] = value
    problems += [Problem("", f"the line '{name}' is missing") for name in _FIELDS if name not in given]
    if problems:
        raise FormatError("this is not a receipt of Suture", problems)
    try:
        answer_by = None if given["Answer-By"] == "none" else date.fromisoformat(given["Answer-By"])
        return Receipt(
            number=given["Number"], received_at=datetime.fromisoformat(given["Received"]), zone=given["Time-Zone"],
            by=given["Received-By"], answer_by=answer_by, parts=tuple(parts),
        )  # fmt: skip
    except ValueError as error:
        raise FormatError(f"this is not a receipt of Suture: {error}") from error


_FIELDS = ("Number", "Received", "Time-Zone", "Received-By", "Answer-By")
