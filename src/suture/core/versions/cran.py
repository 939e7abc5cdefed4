"""R packages (CRAN).

Order (R documentation, `numeric_version`): numbers one by one; of two versions that agree as far as the shorter one
goes, the shorter is below: `1.8` < `1.8.0`. A hyphen stands for a dot: `1.0-2` equals `1.0.2`. Leading zeros have no
meaning.

Key: numbers; 0x02 the end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from suture.core.versions.encoding import ABOVE_SERIES, PLAIN_NUMBERS, Unorderable, number, quoted

_END = b"\x02"
_valid = re.compile(r"[0-9]+(?:[.-][0-9]+)*").fullmatch


def cran(version: str) -> bytes:
    parts = version.replace("-", ".").split(".")
    try:
        return b"".join([PLAIN_NUMBERS[part] for part in parts]) + _END
    except KeyError:
        pass
    if not _valid(version):
        raise Unorderable(f"{quoted(version)} is not an R package version: it has numbers, dots and hyphens only")
    return b"".join(number(int(n)) for n in parts) + _END


def series(numbers: Sequence[str]) -> tuple[bytes, bytes]:
    """All versions that begin with these numbers."""
    begin = b"".join(number(int(n)) for n in numbers)
    return begin, begin + ABOVE_SERIES
