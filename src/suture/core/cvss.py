"""CVSS vectors, parsed and scored, for 2.0, 3.0, 3.1 and 4.0. The only module around the `cvss` library.

A score is a severity as the standard computes it; it is not the exploitability axis, and no verdict is read off it.
Source: FIRST, specifications of CVSS 2.0, 3.0, 3.1 and 4.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cvss

from suture.core.errors import InvalidValue

LONGEST_VECTOR = 400  # the longest full 4.0 vector has about 230 characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Cvss:
    """One vector, read: the base score alone, and with the metrics of time and place.

    Of 3.x all three scores are given, equal where the vector states nothing further. Of 4.0 `base` is CVSS-B and
    `environmental` CVSS-BTE, which takes threat metrics in; there is no temporal score of its own. A 2.0 vector
    has temporal and environmental scores only where it states such metrics. `metrics` holds what the vector
    states, letter by letter; what it leaves out or calls 'not defined' is not in it.
    """

    version: str  # '2.0', '3.0', '3.1', '4.0'
    vector: str  # in the standard's order, without 'not defined' metrics
    metrics: Mapping[str, str]
    base: float
    temporal: float | None
    environmental: float | None

    @property
    def score(self) -> float:
        """The score that takes everything the vector states into account."""
        given = [score for score in (self.environmental, self.temporal, self.base) if score is not None]
        return given[0]

    @property
    def rating(self) -> str:
        """The qualitative severity of `score`: none, low, medium, high, critical (2.0 knows no none and no critical).

        Source: CVSS 3.1 §5 and 4.0 §6; for 2.0 the bands NVD publishes.
        """
        if self.version == "2.0":
            return "low" if self.score < 4.0 else "medium" if self.score < 7.0 else "high"
        bands = ((0.0, "none"), (3.9, "low"), (6.9, "medium"), (8.9, "high"))
        return next((name for top, name in bands if self.score <= top), "critical")


def parse(vector: str) -> Cvss:
    """Read and score a vector of any version; 3.x and 4.0 are told by their prefix, 2.0 has none.

    Raises:
        InvalidValue: not a vector: unknown prefix or metric, a metric twice or missing, a value that cannot be.
    """
    text = vector.strip()
    if len(text) > LONGEST_VECTOR:
        raise InvalidValue(f"a CVSS vector has at most {LONGEST_VECTOR} characters; this one has {len(text)}")
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]  # CVSS 2.0 §2.4 allows parentheses around a vector in text
    try:
        if text.startswith("CVSS:4."):
            return _version_4(text)
        if text.startswith("CVSS:3."):
            return _version_3(text)
        return _version_2(text.removeprefix("CVSS:2.0/"))
    except cvss.CVSSError as why:
        raise InvalidValue(f"'{vector}' is not a CVSS vector: {why}") from None


def _stated(text: str) -> Mapping[str, str]:
    pairs = (part.partition(":") for part in text.split("/") if not part.startswith("CVSS:"))
    return {name: value for name, _, value in pairs if value not in ("X", "ND")}


def _version_4(text: str) -> Cvss:
    read = cvss.CVSS4(text)
    stated = _stated(text)
    bare = "/".join(["CVSS:4.0", *(f"{name}:{stated[name]}" for name in _BASE_4)])
    return Cvss(
        version="4.0",
        vector=read.clean_vector(),
        metrics=stated,
        base=float(cvss.CVSS4(bare).base_score),
        temporal=None,
        environmental=float(read.base_score),
    )


_BASE_4 = ("AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA")


def _version_3(text: str) -> Cvss:
    read = cvss.CVSS3(text)
    base, temporal, environmental = read.scores()
    return Cvss(
        version=text.removeprefix("CVSS:")[:3],
        vector=read.clean_vector(),
        metrics=_stated(text),
        base=float(base),
        temporal=float(temporal),
        environmental=float(environmental),
    )


def _version_2(text: str) -> Cvss:
    read = cvss.CVSS2(text)
    base, temporal, environmental = read.scores()
    return Cvss(
        version="2.0",
        vector=read.clean_vector(),
        metrics=_stated(text),
        base=abs(float(base)),  # the formula yields -0.0 where all impacts are none
        temporal=None if temporal is None else abs(float(temporal)),
        environmental=None if environmental is None else abs(float(environmental)),
    )
