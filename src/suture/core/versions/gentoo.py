"""Gentoo packages: `1.2.3a_rc1_p2-r4`.

Order (Package Manager Specification, EAPI 8, §3.3): the first number as a number; further ones as numbers, but as
decimal fractions where one begins with a zero, trailing zeros cut; more numbers are above fewer; then the letter;
then the suffixes one by one, `_alpha _beta _pre _rc` below the version without, `_p` above, a missing suffix number
being 0; then the revision, where none is `-r0`.

Key: numbers 0x0E (0x0D with leading zero), letter 0x0B, suffixes 0x0A above or 0x01 below, 0x02 the end and the
revision.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from suture.core.versions.encoding import ABOVE_SERIES, Unorderable, number, quoted, text

_match = re.compile(
    r"(?P<numbers>[0-9]+(?:\.[0-9]+)*)(?P<letter>[a-z])?"
    r"(?P<suffixes>(?:_(?:alpha|beta|pre|rc|p)[0-9]*)*)(?:-r(?P<revision>[0-9]+))?"
).fullmatch
_each_suffix = re.compile(r"_([a-z]+)([0-9]*)").findall
_SUFFIXES = {"alpha": b"\x01\x01", "beta": b"\x01\x02", "pre": b"\x01\x03", "rc": b"\x01\x04", "p": b"\x0a"}
_END = b"\x02"


def gentoo(version: str) -> bytes:
    found = _match(version)
    if not found:
        raise Unorderable(f"{quoted(version)} is not a Gentoo version")
    key = _numbers(found["numbers"].split("."))
    if found["letter"]:
        key.append(b"\x0b" + found["letter"].encode("ascii"))
    for suffix, suffix_number in _each_suffix(found["suffixes"]):
        key.append(_SUFFIXES[suffix] + number(int(suffix_number or 0)))
    key.append(_END + number(int(found["revision"] or 0)))
    return b"".join(key)


def _numbers(numbers: Sequence[str]) -> list[bytes]:
    first, *further = numbers
    return [
        number(int(first)),
        *(b"\x0d" + text(n.rstrip("0")) if n[0] == "0" else b"\x0e" + number(int(n)) for n in further),
    ]


def series(numbers: Sequence[str]) -> tuple[bytes, bytes]:
    """All versions that begin with these numbers, whatever follows."""
    begin = b"".join(_numbers(numbers))
    return begin, begin + ABOVE_SERIES
