"""OpenSSL's own releases: `0.9.8zh`, `1.0.2k`, `1.1.1-pre9`, `3.0.13`.

Order (OpenSSL, "Release Strategy", and `OPENSSL_VERSION_NUMBER`(3)): three numbers; up to 1.1.1 the letters of a
patch release, which count on as `z`, `za`, `zb`; before each release its `-dev`, then `-pre1` and `-alpha1`,
`-beta1`. Missing numbers are zero. `-fips`, which builds up to 1.0.2 print behind the version, and metadata after `+`
say nothing.

CPE names of OpenSSL are ordered by `loose`, whose letter releases agree with these; see docs/reference/versions.md.

Key: three numbers, the letters, then 0x01 and the pre-release, or 0x02.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from suture.core.versions.encoding import ABOVE_SERIES, PLAIN_NUMBERS, Unorderable, number, quoted, text

_NO_LETTER = text("")
_BEFORE, _RELEASE = b"\x01", b"\x02"
_NO_LETTER_RELEASE = _NO_LETTER + _RELEASE
_DEV, _NOT_DEV = b"\x01", b"\x02"
_KINDS = {"pre": b"\x02", "alpha": b"\x02", "beta": b"\x03"}  # 1.1.1 called its alphas and betas `pre`
_match = re.compile(
    r"(?:v|openssl[-_ ])?([0-9]+)(?:\.([0-9]+)(?:\.([0-9]+))?)?([a-z]*)"
    r"(?:-(?P<kind>pre|alpha|beta)-?(?P<n>[0-9]+))?(?P<dev>-dev)?(?:-fips)?(?:\+[0-9a-z.-]*)?"
).fullmatch


def openssl(version: str) -> bytes:
    parts = version.split(".")
    if len(parts) == 3:
        major, minor, patch = parts
        try:
            return PLAIN_NUMBERS[major] + PLAIN_NUMBERS[minor] + PLAIN_NUMBERS[patch] + _NO_LETTER_RELEASE
        except KeyError:
            pass
    found = _match(version.lower())
    if not found or (found[4] and found[3] is None):
        raise Unorderable(f"{quoted(version)} is not an OpenSSL release")
    key = b"".join(number(int(n or 0)) for n in found.group(1, 2, 3)) + text(found[4])
    kind, dev = found["kind"], found["dev"]
    if kind:
        return key + _BEFORE + _KINDS[kind] + number(int(found["n"])) + (_DEV if dev else _NOT_DEV)
    return key + (_BEFORE + _DEV if dev else _RELEASE)


def series(numbers: Sequence[str]) -> tuple[bytes, bytes]:
    """All versions that begin with these numbers, their letter releases and pre-releases included."""
    if len(numbers) > 3:
        raise Unorderable("an OpenSSL version has three numbers, so a series has no more")
    begin = b"".join(number(int(n)) for n in numbers)
    return begin, begin + ABOVE_SERIES
