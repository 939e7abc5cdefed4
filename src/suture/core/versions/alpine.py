"""Alpine packages: `1.2.3a_p1~hash-r4`.

Order (apk-tools 3, `version.c`; apk-package(5)): the first number as a number; further ones as numbers, but as decimal
fractions where they begin with a zero; then a letter; then suffixes, `_alpha _beta _pre _rc` below the version without,
`_cvs _svn _git _hg _p` above; a commit after `~`; and the package revision `-r`, which no revision is below.

apk-tools 2 took a number after the letter (`6.6.2p1`), which packages of its time have; so do we.

Key: numbers 0x0E (0x0D with leading zero), letter 0x0B, suffixes 0x0A above or 0x01 below, suffix number 0x05,
commit 0x04, revision 0x03, end 0x02.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from suture.core.versions.encoding import ABOVE_SERIES, PLAIN_NUMBERS, Unorderable, number, quoted, text

_match = re.compile(
    r"(?P<numbers>[0-9]+(?:\.[0-9]+)*)(?:(?P<letter>[a-z])(?P<letter_number>[0-9]*))?"
    r"(?P<suffixes>(?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)[0-9]*)*)(?:~(?P<commit>[0-9a-f]+))?(?:-r(?P<revision>[0-9]+))?"
).fullmatch
_each_suffix = re.compile(r"_([a-z]+)([0-9]*)").findall

_SUFFIXES = {
    "alpha": b"\x01\x01",
    "beta": b"\x01\x02",
    "pre": b"\x01\x03",
    "rc": b"\x01\x04",
    "cvs": b"\x0a\x01",
    "svn": b"\x0a\x02",
    "git": b"\x0a\x03",
    "hg": b"\x0a\x04",
    "p": b"\x0a\x05",
}
_END = b"\x02"
_FURTHER = {**{digits: b"\x0e" + made for digits, made in PLAIN_NUMBERS.items()}, "0": b"\x0d" + text("0")}
_REVISIONS = {"": _END, **{digits: b"\x03" + made + _END for digits, made in PLAIN_NUMBERS.items()}}


def alpine(version: str) -> bytes:
    upstream, _, revision = version.partition("-r")
    parts = upstream.split(".")
    if len(parts) == 3 and (revision or upstream == version):
        major, minor, patch = parts
        try:
            return PLAIN_NUMBERS[major] + _FURTHER[minor] + _FURTHER[patch] + _REVISIONS[revision]
        except KeyError:
            pass
    found = _match(version)
    if not found:
        raise Unorderable(f"{quoted(version)} is not an Alpine package version")
    key = _numbers(found["numbers"].split("."))
    if found["letter"]:
        key.append(b"\x0b" + found["letter"].encode("ascii"))
    if found["letter_number"]:
        key.append(b"\x0e" + number(int(found["letter_number"])))
    for suffix, suffix_number in _each_suffix(found["suffixes"]):
        key.append(_SUFFIXES[suffix])
        if suffix_number:
            key.append(b"\x05" + number(int(suffix_number)))
    if found["commit"]:
        key.append(b"\x04" + text(found["commit"]))
    if found["revision"]:
        key.append(b"\x03" + number(int(found["revision"])))
    key.append(_END)
    return b"".join(key)


def _numbers(numbers: Sequence[str]) -> list[bytes]:
    first, *further = numbers
    return [number(int(first)), *(b"\x0d" + text(n) if n[0] == "0" else b"\x0e" + number(int(n)) for n in further)]


def series(numbers: Sequence[str]) -> tuple[bytes, bytes]:
    """All versions that begin with these numbers, whatever follows."""
    begin = b"".join(_numbers(numbers))
    return begin, begin + ABOVE_SERIES
