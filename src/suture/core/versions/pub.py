"""Dart and Flutter packages (pub).

Order (Dart, "Package versioning"; pub_semver): SemVer's, but what stands after `+` counts: of two versions otherwise
equal the one without it is below, and its identifiers are compared as those of a pre-release are.

As wide as our SemVer: missing minor and patch, a leading `v`.

Key: major minor patch; 0x04 for a release, or the identifiers and 0x01; then 0x01 for no build, or 0x02, its
identifiers and 0x01.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from suture.core.versions import semver
from suture.core.versions.encoding import PLAIN_NUMBERS, Unorderable, number, quoted

_RELEASE = b"\x04"
_NO_BUILD, _BUILD = b"\x01", b"\x02"
_RELEASE_NO_BUILD = _RELEASE + _NO_BUILD
_IDENTIFIERS = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
_match = re.compile(
    rf"[vV]?([0-9]+)(?:\.([0-9]+)(?:\.([0-9]+))?)?(?:-({_IDENTIFIERS}))?(?:\+({_IDENTIFIERS}))?"
).fullmatch


def pub(version: str) -> bytes:
    parts = version.split(".")
    if len(parts) == 3:
        major, minor, patch = parts
        try:
            return PLAIN_NUMBERS[major] + PLAIN_NUMBERS[minor] + PLAIN_NUMBERS[patch] + _RELEASE_NO_BUILD
        except KeyError:
            pass
    found = _match(version)
    if not found:
        raise Unorderable(f"{quoted(version)} is not a version in pub's order: write major.minor.patch")
    *numbers, before, build = found.groups()
    key = b"".join(number(int(n or 0)) for n in numbers) + (semver.pre_release(before) if before else _RELEASE)
    return key + (_BUILD + semver.pre_release(build) if build else _NO_BUILD)


def series(numbers: Sequence[str]) -> tuple[bytes, bytes]:
    """All versions that begin with these numbers, pre-releases of the first one included."""
    return semver.series(numbers)
