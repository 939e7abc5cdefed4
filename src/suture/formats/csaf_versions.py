"""Versions as advisories write them: '<= 3.6.7', '>= 1.0.0 | <= 1.1.1', 'All versions < V6.4', 'vers:npm/>=1.0|<2.0'.

CSAF 2.0 §3.1.2.2 leaves the words of `product_version_range` to the publisher (VERS, or anything a person reads), so
only what can be read one way is read. Dates of shipment, serial numbers, models with a condition and footnotes are not
versions: they wait for a person with the words they were written in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from suture.core import vers
from suture.core.errors import FormatError
from suture.core.vulnerabilities import Bounds, ReviewReason

ANY_VERSION = Bounds(None, None)


class Spoken(NamedTuple):
    """What a text says: ranges, without exceptions; or the reason why a person has to read it."""

    bounds: tuple[Bounds, ...]
    minus: tuple[Bounds, ...] = ()
    reason: ReviewReason | None = None


class _Part(NamedTuple):
    """A sign and a version; '' is no sign."""

    sign: str
    version: str


_signs = re.compile(r"(>=|<=|>|<|=)").split
_all_versions = re.compile(r"all versions?\b\s*", re.IGNORECASE).match
_words = re.compile(r"[a-z]+").findall
_from_to = re.compile(r"\d\.\d+[a-z]?\s*[-–—]\s*v?\d+\.\d", re.IGNORECASE).search  # '12.0.1-12.0.13'
_versions_in_one = re.compile(r"v\d+\.\d.*[^a-z]v\d+\.\d", re.IGNORECASE).search  # 'V33.017_V34.014'
_placeholder = re.compile(r"\d+x+$", re.IGNORECASE).search  # 'V7.6x', 'C.0x': how many digits, and which?
_more_than_x = re.compile(r"\.x{2,}$", re.IGNORECASE)  # '1.38.xx'
_letters_in_front = re.compile(r"[a-z]*").match

# Longer words that may stand inside a version; any other makes it prose, a product's name or a model.
_IN_VERSIONS = frozenset({
    "alpha", "beta", "build", "final", "firmware", "hotfix", "maintenance", "pack", "patch", "preview", "release",
    "revision", "security", "service", "snapshot", "update", "version",
})  # fmt: skip
_SHORT_PROSE = frozenset({
    "for", "of", "on", "or", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
})  # fmt: skip
_FREE = Spoken((), (), ReviewReason.FREE_TEXT)


def versions_said(text: str) -> Spoken:
    """Read the name of a `product_version` or `product_version_range` branch.

    Whether the versions have a place in an order is for `core.ranges` to say.
    """
    said = " ".join(text.split())
    if said.startswith("vers:"):
        return _vers(said)
    whole = _all_versions(said)
    if whole:
        said = said[whole.end() :]
        if not said:
            return Spoken((ANY_VERSION,))
        if said[0] not in "<>≤≥":
            return _FREE
    return _in_signs(said.replace("≤", "<=").replace("≥", ">="))


def _in_signs(said: str) -> Spoken:
    alternatives = said.split("|")
    parts: list[_Part] = []
    for alternative in alternatives:
        plain, *signed = (_tidy(piece) for piece in _signs(alternative))
        if plain:
            parts.append(_Part("", plain))
        parts += [_Part(sign, version) for sign, version in zip(signed[::2], signed[1::2], strict=True)]
        if not plain and not signed:
            return _FREE
    for part in parts:
        reason = _not_a_version(part.version)
        if reason is not None:
            return Spoken((), (), reason)
    if all(part.sign in ("", "=") for part in parts):
        if len(parts) != len(alternatives):
            return _FREE
        return Spoken(tuple(dict.fromkeys(Bounds.exactly(part.version) for part in parts)))
    if len(alternatives) == 1 and [part.sign for part in parts] in (["", "<"], ["", "<="]):  # '2.2.5 <= 2.2.5.1'
        parts[0] = parts[0]._replace(sign=">=")
    return _spans(parts)


def _tidy(piece: str) -> str:
    tidy = piece.strip(" ,").removesuffix(" and").strip(" ,")
    return _more_than_x.sub(".x", tidy)


def _spans(parts: Sequence[_Part]) -> Spoken:
    """One bound, or lower and upper ones by turns; versions of two series of letters bound nothing."""
    if len(parts) == 1:
        return Spoken((_between(None, parts[0]) if parts[0].sign[0] == "<" else _between(parts[0], None),))
    pairs = list(zip(parts[::2], parts[1::2], strict=False))
    if len(parts) % 2 or any(low.sign[:1] != ">" or high.sign[:1] != "<" for low, high in pairs):
        return _FREE
    if any(_series_of_letters(a.version) != _series_of_letters(b.version) for a, b in pairwise(parts)):
        return _FREE
    return Spoken(tuple(_between(low, high) for low, high in pairs))


def _between(low: _Part | None, high: _Part | None) -> Bounds:
    return Bounds(
        low.version if low else None, high.version if high else None, low is not None and low.sign == ">",
        high is not None and high.sign == "<=",
    )  # fmt: skip


def _series_of_letters(version: str) -> str:
    found = _letters_in_front(version.lower())
    letters = found[0] if found else ""
    return "" if letters in ("v", "version") else letters


def _not_a_version(text: str) -> ReviewReason | None:
    if not text:
        return ReviewReason.FREE_TEXT
    words = _words(text.lower())
    if any(word in _SHORT_PROSE or (len(word) > 3 and word not in _IN_VERSIONS) for word in words):
        return ReviewReason.FREE_TEXT
    if _from_to(text) or _versions_in_one(text):
        return ReviewReason.FREE_TEXT
    return ReviewReason.WILDCARD if _placeholder(text) else None


def _vers(said: str) -> Spoken:
    """VERS, whatever its type: the order of versions is that of the package."""
    try:
        read = vers.parse(said)
    except FormatError:
        return Spoken((), (), ReviewReason.UNREADABLE)
    if read.type == "none":
        return Spoken((), (), ReviewReason.EMPTY)
    parts = [_Part(one.comparator, one.version) for one in read.constraints]
    minus = tuple(Bounds.exactly(version) for sign, version in parts if sign == "!=")
    exact = tuple(Bounds.exactly(version) for sign, version in parts if sign == "=")
    sides = [part for part in parts if part.sign[0] in "<>"]
    if not sides:
        return Spoken(exact or (ANY_VERSION,), minus)
    first = [_between(None, sides.pop(0))] if sides[0].sign[0] == "<" else []
    last = [_between(sides.pop(), None)] if sides and sides[-1].sign[0] == ">" else []
    between = _spans(sides) if len(sides) > 1 else Spoken((), (), ReviewReason.UNREADABLE if sides else None)
    if between.reason is not None:
        return Spoken((), (), ReviewReason.UNREADABLE)
    return Spoken((*exact, *first, *between.bounds, *last), minus)
