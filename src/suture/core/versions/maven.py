"""Maven artifacts, by the published "Version Order Specification".

Order (Apache Maven, POM reference, "Version Order Specification"): tokens are cut at `.`, `-`, and between digits
and letters (which counts as `-`); null tokens (`0`, `final`, `ga`, `release`, nothing) are trimmed before each hyphen
and at the end. Then, with the shorter version padded: alpha, beta, milestone, rc (cr), snapshot, the release, sp, other
qualifiers in alphabetical order, `-number`, `.number`. `a`, `b`, `m` before a digit mean alpha, beta, milestone.

Maven's own comparator is not transitive where `.qualifier` meets `-qualifier` on the same base (it has
`1 < 1.r.xyz < 1cr.01 < 1`), so no order can agree with it everywhere; this one is the specification's.

Key: per token 0x03 to 0x07 (known qualifiers below the release), 0x09 sp, 0x0A other qualifier, 0x0B `-number`,
0x0C `.number`; 0x08 ends it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from suture.core.versions.encoding import ABOVE_SERIES, PLAIN_NUMBERS, Unorderable, number, quoted, text

_QUALIFIERS = {
    "alpha": b"\x03",
    "beta": b"\x04",
    "milestone": b"\x05",
    "rc": b"\x06",
    "cr": b"\x06",
    "snapshot": b"\x07",
    "sp": b"\x09",
}
_END = b"\x08"
_DOT_NUMBER, _HYPHEN_NUMBER = b"\x0c", b"\x0b"
_PLAIN = {digits: _DOT_NUMBER + made for digits, made in PLAIN_NUMBERS.items()}
_ABBREVIATED = {"a": "alpha", "b": "beta", "m": "milestone"}
_NULLS = frozenset({0, "", "final", "ga", "release"})
_valid = re.compile(r"[0-9A-Za-z._+~:-]+").fullmatch

Token = tuple[str, int | str]  # its separator, '.' or '-', and itself


def maven(version: str) -> bytes:
    parts = version.split(".")
    if len(parts) == 3 and parts[2] != "0":  # most are: the same as below, sooner
        major, minor, patch = parts
        try:
            return _PLAIN[major] + _PLAIN[minor] + _PLAIN[patch] + _END
        except KeyError:
            pass
    while parts and parts[-1] == "0":
        parts.pop()
    try:
        return b"".join([_PLAIN[part] for part in parts]) + _END
    except KeyError:
        pass
    if not _valid(version):
        raise Unorderable(f"{quoted(version)} is not a Maven version")
    return b"".join(_encode(token) for token in _trimmed(_tokens(version.lower()))) + _END


def _tokens(version: str) -> list[Token]:
    """Cut into tokens. A change between digits and letters is a hyphen, and a qualifier is always after one."""
    tokens: list[Token] = []
    separator, start, length = "", 0, len(version)
    while True:
        end = start
        if end < length and version[end].isdigit():
            while end < length and version[end].isdigit():
                end += 1
            tokens.append((separator, int(version[start:end])))
            changes = end < length and version[end] not in ".-"
        else:
            while end < length and not version[end].isdigit() and version[end] not in ".-":
                end += 1
            word = version[start:end]
            changes = end < length and version[end] not in ".-"
            if changes:
                word = _ABBREVIATED.get(word, word)
            tokens.append(("-" if word and separator else separator, word or 0))
        if end >= length:
            return tokens
        separator, start = ("-", end) if changes else (version[end], end + 1)


def _trimmed(tokens: list[Token]) -> list[Token]:
    """Leave out the null tokens before each hyphen and at the end."""
    kept: list[Token] = []
    for token in tokens:
        if token[0] == "-":
            while kept and kept[-1][1] in _NULLS:
                kept.pop()
        kept.append(token)
    while kept and kept[-1][1] in _NULLS:
        kept.pop()
    return kept


def _encode(token: Token) -> bytes:
    separator, value = token
    if isinstance(value, int):
        return (_HYPHEN_NUMBER if separator == "-" else _DOT_NUMBER) + number(value)
    return _QUALIFIERS.get(value) or b"\x0a" + text(value)


def series(numbers: Sequence[str]) -> tuple[bytes, bytes]:
    """All versions that begin with these numbers, with their pre-releases; `6.0.*` begins with those of 6."""
    tokens: list[Token] = [(".", int(n)) for n in numbers]
    begin = b"".join(_encode(token) for token in tokens)
    return b"".join(_encode(token) for token in _trimmed(tokens)), begin + ABOVE_SERIES
