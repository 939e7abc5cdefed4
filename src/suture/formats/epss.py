"""FIRST EPSS: for every CVE the probability of exploitation within the next 30 days. One CSV file a day.

Source: first.org/epss/data_stats: columns cve, epss, percentile; a first line '#model_version:…,score_date:…'.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from suture.core.errors import FormatError, Problem
from suture.core.vulnerabilities import Epss

_COMMENT = re.compile(r"#\s*model_version:([^,\s]*)(?:\s*,\s*score_date:(\S*))?")
_HEADER = "cve,epss,percentile"
_PROBLEMS_SHOWN = 20


class Scores(NamedTuple):
    """One day's scores. `model` and `dated` are '' where the file has no comment line."""

    model: str
    dated: str  # ISO instant or date, as written
    scores: tuple[Epss, ...]


def read(data: bytes) -> Scores:
    """Read one day's file, unpacked.

    Raises:
        FormatError: not such a file, or any score or percentile outside 0 to 1; it names the first twenty lines.
    """
    try:
        lines = data.decode("utf-8").splitlines()
    except UnicodeDecodeError as wrong:
        raise FormatError(f"not an EPSS file: not UTF-8 text (byte {wrong.start})") from wrong
    model = dated = ""
    start = 0
    if lines and lines[0].startswith("#"):
        found = _COMMENT.match(lines[0])
        if found:
            model, dated = found[1], found[2] or ""
        start = 1
    if len(lines) <= start or lines[start].replace(" ", "").lower() != _HEADER:
        raise FormatError(
            f"not an EPSS file: the header '{_HEADER}' is missing", [Problem(f"line {start + 1}", "missing")]
        )
    scores: list[Epss] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines[start + 1 :], start + 2):
        if not line:
            continue
        try:
            cve, score, percentile = line.split(",")
            row = Epss(cve, float(score), float(percentile))
        except ValueError:
            row = None
        if row is None or not (cve[:4] == "CVE-" and 0.0 <= row.score <= 1.0 and 0.0 <= row.percentile <= 1.0):
            problems.append(Problem(f"line {number}", f"not a CVE with two numbers from 0 to 1: {line[:80]!r}"))
            if len(problems) >= _PROBLEMS_SHOWN:
                break
        else:
            scores.append(row)
    if problems:
        raise FormatError("not a whole EPSS file", problems)
    return Scores(model, dated, tuple(scores))
