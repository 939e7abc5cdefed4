"""Points in time as versions: VERS `datetime`.

Order (VERS types; RFC 3339, section 5.6): the instant, whatever the offset it is written in; fractions of a second of
any length. A date without a time, a time without an offset, and a leap second are refused: they are not one instant.

Key: seconds since the beginning of the calendar, then the digits of the fraction without trailing zeros.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from suture.core.versions.encoding import Unorderable, number, quoted, text

_match = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(?:\.([0-9]+))?"
    r"(?:[Zz]|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))"
).fullmatch


def instant(version: str) -> bytes:
    found = _match(version)
    if not found:
        raise Unorderable(f"{quoted(version)} is not an instant after RFC 3339: write 2024-01-31T12:00:00Z")
    year, month, day, hour, minute, second = map(int, found.group(1, 2, 3, 4, 5, 6))
    try:
        days = date(year, month, day).toordinal()
    except ValueError as wrong:
        raise Unorderable(f"{quoted(version)} names no day of the calendar") from wrong
    seconds = ((days * 24 + hour) * 60 + minute) * 60 + second
    if found[8]:
        offset = (int(found[9]) * 60 + int(found[10])) * 60
        seconds -= offset if found[8] == "+" else -offset
    return number(seconds) + text((found[7] or "").rstrip("0"))


def series(numbers: Sequence[str]) -> tuple[bytes, bytes]:
    """There are none: an instant is no list of numbers."""
    raise Unorderable("instants have no series")
