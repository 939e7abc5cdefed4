"""Arch Linux packages: `[epoch:]pkgver[-pkgrel]`, as pacman compares them.

Order (vercmp(8), libalpm): epoch as a number, then pkgver, then pkgrel, each cut into runs of digits and of letters.
Letters glued on are below the end (`1.5b` < `1.5`), what a separator leads to is above it (`1.5` < `1.5.b`), letters
are below numbers, and of two separators the longer is above.

pacman leaves pkgrel out of the comparison where one side has none: `1.1` equals `1.1-1` and `1.1-2`, which are not
equal. No order can have that, so here a version without pkgrel is below all with one; but as a *bound* it keeps
pacman's meaning, because `above` gives the end of all its releases: `<= 1.1` holds `1.1-2`, and `> 1.1` does not.

A separator at an end is refused: pacman has `1.5.1` < `1.5..a` < `1.5.` < `1.5.1`.

Key: epoch; per part 0x01 letters, 0x03 number directly behind letters, 0x03 + length of the separator before both,
0x02 the end; 0x01 no pkgrel, 0x02 pkgrel.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from suture.core.versions.encoding import ABOVE_SERIES, Unorderable, number, quoted, text

_END = b"\x02"
_GLUED_LETTERS, _GLUED_NUMBER = b"\x01", b"\x03"
_LETTERS = b"\x01"
_NO_RELEASE, _RELEASE = b"\x01", b"\x02"
_LONGEST_SEPARATOR = 12

_match = re.compile(
    r"(?:([0-9]+):)?([0-9A-Za-z](?:[0-9A-Za-z._+~^]*[0-9A-Za-z])?)(?:-([0-9]+(?:\.[0-9]+)?))?"
).fullmatch
_runs = re.compile(r"([._+~^]*)([0-9]+|[A-Za-z]+)").findall


def alpm(version: str) -> bytes:
    begin, release = _read(version)
    return begin + (_RELEASE + _part(release) if release else _NO_RELEASE)


def above(version: str) -> bytes:
    """The bound above everything that pacman calls equal to it: all releases, where the version names none."""
    begin, release = _read(version)
    return begin + (_RELEASE + _part(release) + b"\xff" if release else ABOVE_SERIES)


def _read(version: str) -> tuple[bytes, str]:
    found = _match(version)
    if not found:
        raise Unorderable(f"{quoted(version)} is not an Arch Linux package version")
    epoch, upstream, release = found.groups()
    return number(int(epoch or 0)) + _part(upstream), release or ""


def _part(part: str) -> bytes:
    return b"".join(_tokens(part)) + _END


def _tokens(part: str) -> list[bytes]:
    tokens = []
    for separator, run in _runs(part):
        letters = run[0].isalpha()
        if not separator:
            tokens.append(_GLUED_LETTERS + text(run) if letters else _GLUED_NUMBER + number(int(run)))
            continue
        if len(separator) > _LONGEST_SEPARATOR:
            raise Unorderable(f"{quoted(part)} is not an Arch Linux package version")
        between = bytes((0x03 + len(separator),))
        tokens.append(between + (_LETTERS + text(run) if letters else number(int(run))))
    return tokens


def series(numbers: Sequence[str]) -> tuple[bytes, bytes]:
    """All versions, of any release, that begin with these numbers, letters glued on included; epoch 0."""
    begin = number(0) + b"".join(_tokens(".".join(numbers)))
    return begin, begin + ABOVE_SERIES
