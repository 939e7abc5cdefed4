"""Debian packages: `[epoch:]upstream[-revision]`.

Order (deb-version(7); Debian Policy §5.6.12): epoch as a number, then upstream, then revision. Each of the two is
read as texts and numbers by turns: texts letter by letter, where `~` is below the end, the end below letters, and
letters below all other characters; numbers as numbers, a missing one as zero. No revision equals revision 0.

Key: epoch, then per part its pairs (text translated to that order, 0x02, number) and 0x02.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from suture.core.versions.encoding import ABOVE_SERIES, PLAIN_NUMBERS, Unorderable, number, quoted

_END = b"\x02"
_ZERO_PART = _END + number(0) + _END


def _rank(code: int) -> int:
    if code == ord("~"):
        return 0x01
    return code if chr(code).isalpha() else (code + 0x80) & 0xFF


_CHARACTERS = bytes(_rank(code) if code < 128 else code for code in range(256))
_pairs = re.compile(r"([^0-9]*)([0-9]*)").findall
_match = re.compile(r"(?:([0-9]+):)?([0-9][A-Za-z0-9.+:~-]*)").fullmatch


def deb(version: str) -> bytes:
    parts = version.split(".")
    if len(parts) == 3:
        major, minor, patch = parts
        try:
            return _BEGIN + PLAIN_NUMBERS[major] + _DOTTED[minor] + _DOTTED[patch] + _NO_REVISION
        except KeyError:
            pass
    found = _match(version)
    if not found:
        raise Unorderable(f"{quoted(version)} is not a Debian version")
    epoch, rest = found.groups()
    if rest[-1] == "-" or (":" in rest and epoch is None):
        raise Unorderable(f"{quoted(version)} is not a Debian version: the part after '-' or before ':' is missing")
    upstream, hyphen, revision = rest.rpartition("-")
    if not hyphen:
        upstream, revision = rest, "0"
    return number(int(epoch or 0)) + _part(upstream) + _part(revision)


def _part(part: str) -> bytes:
    """One of upstream and revision."""
    if part.strip("0") == "":  # nothing, and a zero, are what the end stands for
        return _ZERO_PART
    key = []
    for letters, digits in _pairs(part):
        if letters or digits:
            key.append(_FREQUENT.get(letters) or _text(letters))
            key.append(PLAIN_NUMBERS.get(digits) or number(int(digits or 0)))
    key.append(_END)
    return b"".join(key)


def _text(letters: str) -> bytes:
    return letters.encode("ascii").translate(_CHARACTERS) + _END


_FREQUENT = {letters: _text(letters) for letters in ("", ".", "~", "+")}
_BEGIN = number(0) + _FREQUENT[""]
_DOTTED = {digits: _FREQUENT["."] + made for digits, made in PLAIN_NUMBERS.items()}
_NO_REVISION = _END + _ZERO_PART


def series(numbers: Sequence[str]) -> tuple[bytes, bytes]:
    """All versions whose upstream part begins with these numbers between dots, whatever follows; epoch 0."""
    begin = number(0) + _part(".".join(numbers)).removesuffix(_END)
    return begin, begin + ABOVE_SERIES
