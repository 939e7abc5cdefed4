"""PHP packages of Composer (Packagist).

Order (Composer documentation, "Versions and constraints"; composer/semver, `VersionParser::normalize`, then PHP's
`version_compare`): one to four numbers, missing ones are zero; or a date of four digits and pairs of digits, whose
numbers stay as many as they are. Then words: `dev` below `alpha` below `beta` below `RC` below the release below
further numbers below `patch`; a word's own number behind it; and `-dev` of any of these below it. Metadata after `+`
and a stability after `@` are read over; `stable` says nothing.

A branch with numbers is above all versions it holds, as Composer has it: `6.1.x-dev` reads as
`6.1.9999999.9999999-dev`. A branch with a name (`dev-master`) has no place in the order.

Key: numbers; 0x01 dev, 0x02 alpha, 0x03 beta, 0x04 RC, 0xF9 patch; 0x05 the end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from suture.core.versions.encoding import ABOVE_SERIES, PLAIN_NUMBERS, Unorderable, number, quoted

_DEV, _END = b"\x01", b"\x05"
_STABILITY = {
    "alpha": b"\x02", "a": b"\x02", "beta": b"\x03", "b": b"\x03", "rc": b"\x04",
    "patch": b"\xf9", "pl": b"\xf9", "p": b"\xf9",
}  # fmt: skip
_ZERO = number(0)
_ZERO_END = _ZERO + _END
_BRANCH = "9999999"

_MODIFIERS = (
    r"[._-]?(?:(?P<word>stable|beta|b|rc|alpha|a|patch|pl|p)(?P<numbers>(?:[.-]?[0-9]++)*+))?"
    r"(?P<dev>[.-]?dev)?"
)
_flag = re.compile(r"@(?:stable|rc|beta|alpha|dev)\Z", re.IGNORECASE)
_metadata = re.compile(r"([^,\s+]+)\+\S+").fullmatch
_numbered = re.compile(r"v?([0-9]{1,5}(?:\.[0-9]+){0,3})" + _MODIFIERS, re.IGNORECASE | re.ASCII).fullmatch
_dated = re.compile(
    r"v?([0-9]{4}(?:[.:-]?[0-9]{2}){1,6}(?:[.:-]?[0-9]{1,3}){0,2})" + _MODIFIERS, re.IGNORECASE | re.ASCII
).fullmatch
_branch = re.compile(r"v?([0-9]+(?:\.(?:[0-9]+|[xX*])){0,3})[.-]?dev", re.IGNORECASE | re.ASCII).fullmatch
_digits = re.compile(r"[0-9]+").findall


def composer(version: str) -> bytes:
    parts = version.split(".")
    if len(parts) == 3:
        major, minor, patch = parts
        try:
            return PLAIN_NUMBERS[major] + PLAIN_NUMBERS[minor] + PLAIN_NUMBERS[patch] + _ZERO_END
        except KeyError:
            pass
    written = _flag.sub("", version)
    found = _metadata(written)
    if found:
        written = found[1]
    found = _numbered(written)
    if found:
        key = _four(found[1].split("."))
    else:
        found = _dated(written)
        if not found:
            return _of_branch(version, written)
        key = [number(int(n)) for n in _digits(found[1])]
    word = (found["word"] or "").lower()
    if word != "stable":
        if word:
            key.append(_STABILITY[word])
            key.extend(number(int(n)) for n in _digits(found["numbers"]))
        if found["dev"]:
            key.append(_DEV)
    key.append(_END)
    return b"".join(key)


def _four(numbers: Sequence[str]) -> list[bytes]:
    return [number(int(n)) for n in numbers] + [_ZERO] * (4 - len(numbers))


def _of_branch(version: str, written: str) -> bytes:
    found = _branch(written)
    if not found:
        raise Unorderable(f"{quoted(version)} is not a version in Composer's order")
    numbers = [_BRANCH if n in "xX*" else n for n in found[1].split(".")]
    return b"".join(_four(numbers + [_BRANCH] * (4 - len(numbers)))) + _DEV + _END


def series(numbers: Sequence[str]) -> tuple[bytes, bytes]:
    """All versions that begin with these numbers, pre-releases of the first one included."""
    if len(numbers) > 4:
        raise Unorderable("a Composer version has four numbers, so a series has no more")
    begin = b"".join(number(int(n)) for n in numbers)
    return begin, begin + ABOVE_SERIES
