"""Python packages: PEP 440 (now PyPA "Version specifiers").

Order: epoch; release numbers, trailing zeros without meaning; then `.devN` of the release itself, `aN`, `bN`, `rcN`,
the release, `.postN`; a `.devN` of any of these is below it; a local label (`+…`) is above the same version without
one, its numeric segments above its alphanumeric ones. All spellings PEP 440 normalises are read (`1.0-alpha.1`).

Key: epoch, release numbers, 0x01, phase (0x02 dev, 0x03 a, 0x04 b, 0x05 rc, 0x06 none), post, dev, local, 0x01.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from suture.core.versions.encoding import ABOVE_SERIES, PLAIN_NUMBERS, Unorderable, number, quoted, text

_match = re.compile(
    r"""v?(?:(?P<epoch>[0-9]+)!)?(?P<release>[0-9]+(?:\.[0-9]+)*)
    (?P<pre>[-_.]?(?P<phase>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?P<pre_n>[0-9]+)?)?
    (?P<post>-(?P<post_n>[0-9]+)|[-_.]?(?:post|rev|r)[-_.]?(?P<post_m>[0-9]+)?)?
    (?P<dev>[-_.]?dev[-_.]?(?P<dev_n>[0-9]+)?)?
    (?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
).fullmatch

_PHASE = {
    "a": b"\x03",
    "alpha": b"\x03",
    "b": b"\x04",
    "beta": b"\x04",
    "c": b"\x05",
    "rc": b"\x05",
    "pre": b"\x05",
    "preview": b"\x05",
}
_ONLY_DEV, _FINAL = b"\x02", b"\x06"
_NO_EPOCH = number(0)
_END = b"\x01"
_PLAIN_END = _END + _FINAL + b"\x01" + b"\x02" + _END  # not a pre-release, post-release or dev-release; no local label


def pypi(version: str) -> bytes:
    parts = version.split(".")
    if len(parts) == 3 and parts[2] != "0":  # most are: the same as below, sooner
        major, minor, patch = parts
        try:
            return _NO_EPOCH + PLAIN_NUMBERS[major] + PLAIN_NUMBERS[minor] + PLAIN_NUMBERS[patch] + _PLAIN_END
        except KeyError:
            pass
    while parts and parts[-1] == "0":
        parts.pop()
    try:
        return _NO_EPOCH + b"".join([PLAIN_NUMBERS[part] for part in parts]) + _PLAIN_END
    except KeyError:
        pass
    found = _match(version)
    if not found:
        raise Unorderable(f"{quoted(version)} is not a version after PEP 440")
    key = [number(int(found["epoch"] or 0)), *_release(found["release"].split(".")), _END]
    if found["pre"]:
        key.append(_PHASE[found["phase"].lower()] + number(int(found["pre_n"] or 0)))
    else:
        key.append(_ONLY_DEV if found["dev"] and not found["post"] else _FINAL)
    key.append(b"\x02" + number(int(found["post_n"] or found["post_m"] or 0)) if found["post"] else b"\x01")
    key.append(b"\x01" + number(int(found["dev_n"] or 0)) if found["dev"] else b"\x02")
    if found["local"]:
        key.append(b"\x02")
        for segment in re.split(r"[-_.]", found["local"].lower()):
            key.append(b"\x04" + number(int(segment)) if segment.isdigit() else b"\x03" + text(segment))
    key.append(_END)
    return b"".join(key)


def _release(numbers: Sequence[str]) -> list[bytes]:
    """The release numbers without trailing zeros."""
    read = [int(n) for n in numbers]
    while read and read[-1] == 0:
        read.pop()
    return [number(n) for n in read]


def series(numbers: Sequence[str]) -> tuple[bytes, bytes]:
    """All versions that begin with these numbers, as PEP 440's `==6.1.*`: dev- and pre-releases included."""
    begin = b"".join([_NO_EPOCH, *(number(int(n)) for n in numbers)])
    trimmed = b"".join([_NO_EPOCH, *_release(numbers)])
    # `6.0.*` begins with the dev-releases of 6 itself, whose key ends its numbers after the 6.
    return (begin if begin == trimmed else trimmed + _END), begin + ABOVE_SERIES
