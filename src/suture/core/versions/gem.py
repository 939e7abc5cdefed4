"""Ruby gems.

Order (Gem::Version, RubyGems documentation): segments are runs of digits and runs of letters; a letter segment is
below a number, so it makes a pre-release; missing segments are zero; zeros before the first letters and at the end have
no meaning; `-` reads as `.pre.`.

Key: zero-padded tokens: 0x03 letters, numbers; 0x04 a zero before letters, 0x05 the end.
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
    zero_padded,
)

_END = b"\x05"
_ZERO_BEFORE_LETTERS = b"\x04"
_segments = re.compile(r"[0-9]+|[A-Za-z]+").findall
# Gem::Version refuses '1beta'; advisories write it, and its segments have one reading only.
_valid = re.compile(r"[0-9][0-9A-Za-z]*(?:\.[0-9A-Za-z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?").fullmatch


def gem(version: str) -> bytes:
    parts = version.split(".")
    while parts and parts[-1] == "0":
        parts.pop()
    try:
        return b"".join([PLAIN_NUMBERS[part] for part in parts]) + _END
    except KeyError:
        pass
    if not _valid(version):
        raise Unorderable(f"{quoted(version)} is not a gem version")
    segments = _segments(version.replace("-", ".pre."))
    first_letters = next((i for i, segment in enumerate(segments) if segment.isalpha()), len(segments))
    tokens = [_token(segment) for segment in segments]
    release = tokens[:first_letters]
    while release and release[-1][0] == 0:
        release.pop()
    return zero_padded(
        release + tokens[first_letters:], zero_before_less=_ZERO_BEFORE_LETTERS, end=_END, zero=number(0)
    )


def _token(segment: str) -> tuple[int, bytes]:
    if segment.isalpha():
        return -1, b"\x03" + text(segment)
    value = int(segment)
    return (1 if value else 0), number(value)


def series(numbers: Sequence[str]) -> tuple[bytes, bytes]:
    """All versions that begin with these numbers, with their pre-releases; `6.0.*` begins with those of 6."""
    begin = b"".join(number(int(n)) for n in numbers)
    trimmed = begin.rstrip(number(0)) if int(numbers[-1]) == 0 else begin
    return trimmed, begin + ABOVE_SERIES
