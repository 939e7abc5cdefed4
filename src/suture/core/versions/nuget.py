"""NuGet: SemVer 2.0.0 with a fourth number and without regard to case.

Order (NuGet documentation, "Package versioning"): up to four numbers, missing ones are zero; then SemVer's rules
for the pre-release, its identifiers compared without regard to case; metadata after `+` is left out.

Key: four numbers, then as SemVer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from suture.core.versions.encoding import ABOVE_SERIES, PLAIN_NUMBERS, Unorderable, number, quoted
from suture.core.versions.semver import pre_release

_RELEASE = b"\x04"
_ZERO_RELEASE = number(0) + _RELEASE
_match = re.compile(
    r"[vV]?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:\.([0-9]+))?"
    r"(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]*)?"
).fullmatch


def nuget(version: str) -> bytes:
    parts = version.split(".")
    if len(parts) == 3:
        major, minor, patch = parts
        try:
            return PLAIN_NUMBERS[major] + PLAIN_NUMBERS[minor] + PLAIN_NUMBERS[patch] + _ZERO_RELEASE
        except KeyError:
            pass
    found = _match(version)
    if not found:
        raise Unorderable(f"{quoted(version)} is not a version in NuGet's order: write up to four numbers")
    *numbers, identifiers = found.groups()
    key = b"".join(number(int(n or 0)) for n in numbers)
    return key + (pre_release(identifiers.lower()) if identifiers else _RELEASE)


def series(numbers: Sequence[str]) -> tuple[bytes, bytes]:
    """All versions that begin with these numbers, pre-releases of the first one included."""
    if len(numbers) > 4:
        raise Unorderable("a NuGet version has four numbers, so a series has no more")
    begin = b"".join(number(int(n)) for n in numbers)
    return begin, begin + ABOVE_SERIES
