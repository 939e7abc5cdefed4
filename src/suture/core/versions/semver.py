"""SemVer 2.0.0 and the ecosystems that follow it: npm, Go modules, Cargo, Hex.

Order (Semantic Versioning 2.0.0, §11): major, minor, patch as numbers; a pre-release is below its release;
pre-release identifiers are compared one by one, numeric ones as numbers and below alphanumeric ones, those in
ASCII order, and more identifiers are above fewer. Build metadata (`+…`) has no place in the order.

Wider than the text of SemVer, because databases write so: `1` and `1.2` mean `1.0.0` and `1.2.0`, a leading `v` and
leading zeros are read over, and a pre-release may be glued on (`1.21rc2`, as npm's loose mode reads it).
Four or more numbers are not SemVer: `1.4.10.8` is refused, where npm's loose mode would read `1.4.1-0.8`.

Key: major minor patch, then 0x04 for a release, or the identifiers (0x02 number, 0x03 text) and 0x01.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from suture.core.versions.encoding import ABOVE_SERIES, PLAIN_NUMBERS, Unorderable, number, quoted, text

_RELEASE = b"\x04"
_END = b"\x01"

_BODY = (
    r"([0-9]+)(?:\.([0-9]+)(?:\.([0-9]+))?)?"
    r"(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)|([A-Za-z][0-9A-Za-z-]*(?:\.[0-9A-Za-z-]+)*))?"
    r"(?:\+[0-9A-Za-z.-]*)?"
)


def pre_release(identifiers: str) -> bytes:
    """The dot-separated identifiers of a pre-release, in SemVer's order (§11.4)."""
    parts = []
    for identifier in identifiers.split("."):
        if identifier.isdigit():
            parts.append(b"\x02" + number(int(identifier)))
        else:
            parts.append(b"\x03" + text(identifier))
    parts.append(_END)
    return b"".join(parts)


def _encoder(name: str, prefix: str) -> Callable[[str], bytes]:
    """The encoder of one ecosystem; `prefix` is what it lets stand before the number."""
    match = re.compile(prefix + _BODY).fullmatch

    def encode(version: str) -> bytes:
        parts = version.split(".")
        if len(parts) == 3:
            major, minor, patch = parts
            try:
                return PLAIN_NUMBERS[major] + PLAIN_NUMBERS[minor] + PLAIN_NUMBERS[patch] + _RELEASE
            except KeyError:
                pass
        found = match(version)
        if not found:
            raise Unorderable(f"{quoted(version)} is not a version in {name}'s order: write major.minor.patch")
        major, minor, patch, hyphened, glued = found.groups()
        key = number(int(major)) + number(int(minor or 0)) + number(int(patch or 0))
        identifiers = hyphened or glued
        return key + (pre_release(identifiers) if identifiers else _RELEASE)

    return encode


semver = _encoder("SemVer", "[vV]?")
npm = _encoder("npm", "[=vV]?")  # node-semver takes a leading '=' or 'v'
golang = _encoder("Go", "(?:v|go)?")  # module versions are written 'v1.2.3', toolchain versions 'go1.21rc2'
cargo = _encoder("Cargo", "[vV]?")
hex_ = _encoder("Hex", "[vV]?")


def series(numbers: Sequence[str]) -> tuple[bytes, bytes]:
    """All versions that begin with these numbers, pre-releases of the first one included."""
    if len(numbers) > 3:
        raise Unorderable("a SemVer version has three numbers, so a series has no more")
    begin = b"".join(number(int(n)) for n in numbers)
    return begin, begin + ABOVE_SERIES
