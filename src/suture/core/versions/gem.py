"""Ruby gems.

Order (Gem::Version, RubyGems documentation): segments are runs of digits and runs of letters; a letter segment is
below a number, so it makes a pre-release; missing segments are zero; zeros before the first letters and at the end have
no meaning; `-` reads as `.pre.`.

Key: 0x03 letters, numbers, 0x05 the end, which stands for zeros without end. A zero inside is therefore written by what
follows the run of zeros it stands in: 0x04 before letters, which are below zero, and as a number before a number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from suture.core.versions.encoding import (
    ABOVE_SERIES,
    PLAIN_NUMBERS,
    Unorderable,
    number,
    quoted,
    text,
)

_END = b"\x05"
_ZERO_BEFORE_LETTERS = b"\x04"
_segments = re.compile(r"[0-9]+|[A-Za-z]+").findall
# Gem::Version refuses '1beta'; advisories write it, and its segments have one reading only.
_valid = re.compile(r"[0-9][0-9A-Za-z]*(?:\.[0-9A-Za-z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?").fullmatch


def gem(version: str) -> bytes:
    parts = version.split(".")
    if len(parts) == 3 and parts[2] != "0":  # most are: the same as below, sooner
        major, minor, patch = parts
        try:
            return PLAIN_NUMBERS[major] + PLAIN_NUMBERS[minor] + PLAIN_NUMBERS[patch] + _END
        except KeyError:
            pass
    while parts and parts[-1] == "0":
        parts.pop()
    try:
        return b"".join([PLAIN_NUMBERS[part] for part in parts]) + _END
    except KeyError:
        pass
    if not _valid(version):
        raise Unorderable(f"{quoted(version)} is not a gem version")
    segments = [s if s.isalpha() else int(s) for s in _segments(version.replace("-", ".pre."))]
    first_letters = next((i for i, segment in enumerate(segments) if isinstance(segment, str)), len(segments))
    return _joined(_without_zeros(segments[:first_letters]) + _without_zeros(segments[first_letters:]))


def _without_zeros(segments: list[str | int]) -> list[str | int]:
    """Without the zeros at the end."""
    while segments and segments[-1] == 0:
        segments.pop()
    return segments


def _joined(segments: list[str | int]) -> bytes:
    parts = [_END]
    before_letters = False
    for segment in reversed(segments):
        if isinstance(segment, str):
            before_letters = True
            parts.append(b"\x03" + text(segment))
        elif segment:
            before_letters = False
            parts.append(number(segment))
        else:
            parts.append(_ZERO_BEFORE_LETTERS if before_letters else number(0))
    parts.reverse()
    return b"".join(parts)


def series(numbers: Sequence[str]) -> tuple[bytes, bytes]:
    """All versions that begin with these numbers, with their pre-releases; `6.0.*` begins with those of 6."""
    read = [int(n) for n in numbers]
    above = b"".join(number(n) for n in read) + ABOVE_SERIES
    while read and read[-1] == 0:
        read.pop()
    return b"".join(number(n) for n in read), above
