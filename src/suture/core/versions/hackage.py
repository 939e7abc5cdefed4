"""Haskell packages (Hackage).

Order (Haskell Package Versioning Policy; `Data.Version`): numbers one by one; of two versions that agree as far as the
shorter one goes, the shorter is below: `2` < `2.0`. Leading zeros have no meaning.

Key: numbers; 0x02 the end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from suture.core.versions.encoding import ABOVE_SERIES, PLAIN_NUMBERS, Unorderable, number, quoted

_END = b"\x02"
_valid = re.compile(r"[0-9]+(?:\.[0-9]+)*").fullmatch


def hackage(version: str) -> bytes:
    try:
        return b"".join([PLAIN_NUMBERS[part] for part in version.split(".")]) + _END
    except KeyError:
        pass
    if not _valid(version):
        raise Unorderable(f"{quoted(version)} is not a Haskell package version: it has numbers and dots only")
    return b"".join(number(int(n)) for n in version.split(".")) + _END


def series(numbers: Sequence[str]) -> tuple[bytes, bytes]:
    """All versions that begin with these numbers."""
    begin = b"".join(number(int(n)) for n in numbers)
    return begin, begin + ABOVE_SERIES
