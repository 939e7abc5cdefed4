"""Names of records: UUIDv7 for machines, counted numbers for people. Time and randomness are arguments."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple
from uuid import UUID

from suture.core.errors import InvalidValue


def uuid7(unix_ms: int, random: bytes) -> UUID:
    """Make a UUID of version 7 from a time and ten random bytes; text order is time order.

    Args:
        unix_ms: milliseconds since 1970-01-01 UTC, below 2**48.
        random: exactly 10 bytes from a secure source; 74 of their 80 bits are used.

    Raises:
        InvalidValue: the time does not fit 48 bits, or not 10 bytes were given.

    Source: RFC 9562 §5.7.
    """
    if not 0 <= unix_ms < 1 << 48:
        raise InvalidValue("the time of a UUIDv7 is milliseconds since 1970, in 48 bits")
    if len(random) != 10:
        raise InvalidValue("a UUIDv7 needs 10 random bytes")
    noise = int.from_bytes(random, "big")
    rand_a, rand_b = noise >> 68, noise & ((1 << 62) - 1)
    return UUID(int=unix_ms << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b)


def unix_ms_of(uid: UUID) -> int:
    """Give the time a UUIDv7 was made, in milliseconds since 1970-01-01 UTC.

    Raises:
        InvalidValue: it is another version.
    """
    if uid.version != 7:
        raise InvalidValue(f"{uid} is not a UUID of version 7")
    return uid.int >> 80


class HumanNumber(NamedTuple):
    """A number people say aloud: what is counted, the year, and the how-manieth of that year."""

    prefix: str
    year: int
    serial: int

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year:04}-{self.serial:04}"


_HUMAN = re.compile(r"([A-Z]{1,6})-([0-9]{4})-([0-9]{4,})")


def human_number(prefix: str, on: date, serial: int) -> str:
    """Write a number for people: `C-2026-0142`. Counting begins at 1 each year; above 9999 it grows wider.

    Raises:
        InvalidValue: the prefix is not 1 to 6 capital letters, or the serial is below 1.
    """
    text = str(HumanNumber(prefix, on.year, serial))
    if serial < 1 or not _HUMAN.fullmatch(text):
        raise InvalidValue(f"'{prefix}' and {serial} do not make a number such as C-2026-0142")
    return text


def read_human_number(text: str) -> HumanNumber:
    """Read a number for people.

    Raises:
        InvalidValue: it is not written like `C-2026-0142`.
    """
    found = _HUMAN.fullmatch(text.strip())
    if found is None:
        raise InvalidValue(f"'{text}' is not a number such as C-2026-0142")
    return HumanNumber(found[1], int(found[2]), int(found[3]))
