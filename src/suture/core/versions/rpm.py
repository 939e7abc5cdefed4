"""RPM packages: `[epoch:]version[-release]`, as rpm itself compares them.

Order (rpm-version(7), rpmvercmp): epoch as a number, missing is 0; then version, then release, each cut into runs of
digits, runs of letters, `~` and `^`; everything else only separates. `~` is below the end, the end below `^`, that
below letters, letters below numbers. A version without release is below the same version with any.

Key: epoch, then the tokens 0x01 `~`, 0x02 end, 0x03 `^`, 0x04 letters, numbers; 0x01 or 0x02 says whether a release
follows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from suture.core.versions.encoding import ABOVE_SERIES, PLAIN_NUMBERS, Unorderable, number, quoted, text

_END = b"\x02"
_NO_RELEASE, _RELEASE = b"\x01", b"\x02"
_NO_EPOCH, _END_NO_RELEASE = number(0), _END + _NO_RELEASE
_SIGNS = {"~": b"\x01", "^": b"\x03"}

_runs = re.compile(r"[0-9]+|[A-Za-z]+|~|\^").findall
_epoch = re.compile(r"([0-9]*):(.*)", re.DOTALL).fullmatch
_refused = re.compile(r"[\s<>=*,;|!()\[\]{}'\"\\/]").search


def rpm(version: str) -> bytes:
    parts = version.split(".")
    if len(parts) == 3:
        major, minor, patch = parts
        try:
            return _NO_EPOCH + PLAIN_NUMBERS[major] + PLAIN_NUMBERS[minor] + PLAIN_NUMBERS[patch] + _END_NO_RELEASE
        except KeyError:
            pass
    if _refused(version):
        raise Unorderable(f"{quoted(version)} is not an RPM version")
    found = _epoch(version)  # only digits before the colon are an epoch; otherwise the colon separates
    epoch, rest = found.groups() if found else ("", version)
    upstream, hyphen, release = rest.rpartition("-")
    if not hyphen:
        return number(int(epoch or 0)) + _part(rest) + _NO_RELEASE
    return number(int(epoch or 0)) + _part(upstream) + _RELEASE + _part(release)


def _tokens(part: str) -> list[bytes]:
    tokens = []
    for run in _runs(part):
        token = PLAIN_NUMBERS.get(run) or _SIGNS.get(run)
        if token is None:
            token = b"\x04" + text(run) if run.isalpha() else number(int(run))
        tokens.append(token)
    return tokens


def _part(part: str) -> bytes:
    """One of version and release."""
    return b"".join(_tokens(part)) + _END


def series(numbers: Sequence[str]) -> tuple[bytes, bytes]:
    """All versions, of any release, that begin with these numbers; epoch 0."""
    begin = number(0) + b"".join(_tokens(".".join(numbers)))
    return begin, begin + ABOVE_SERIES
