"""Stated ranges as intervals of keys: in which role of their package they stand, in which words, or why in neither.

Whatever a package is called, the same words come to the same intervals; so they are worked out once and remembered.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import msgspec

from suture.core import commits
from suture.core.ranges import (
    FALLBACK,
    Interval,
    NeedsReview,
    Refusal,
    in_words,
    interval_of,
    intervals_of,
    read_bounds,
)
from suture.core.versions import Unorderable, after, key, looks_like_a_commit
from suture.core.vulnerabilities import Bounds, ReviewReason, Saying, Sayings

NATIVE, TWIN, ALSO_LOOSE, COMMIT = "native", "twin", "fallback", "commit"  # Package.Role of the models


class Together(msgspec.Struct, frozen=True, gc=False):
    """What some sayings come to in one order, whatever the package is called."""

    says: list[str]
    ranges: list[tuple[str, str, dict[Interval, int]]]  # role, scheme; intervals with their line of `says`
    review: list[tuple[str, str, int]]  # reason, text, how many; \x1f is where the product's name will stand


@lru_cache(maxsize=1 << 16)
def together(sayings: Sayings, scheme: str, may_have_twin: bool) -> Together:
    """What some sayings come to; two that state the same interval are one row, and two lines of `says`."""
    says: list[str] = []
    native: dict[Interval, int] = {}
    rows: dict[str, dict[Interval, int]] = {NATIVE: native}
    review: dict[str, tuple[str, int]] = {}
    found: list[Placed]
    if scheme == FALLBACK:
        found = [one.memo or _loosely(one) for one in sayings.each]  # type: ignore[misc]
    else:
        found = [_in(scheme, may_have_twin, one) for one in sayings.each]
    for role, intervals, twin, words, reason in found:
        if reason is None:
            line = len(says)
            says.append(words)
            into = native if role is NATIVE else rows.setdefault(role, {})
            for interval in intervals:
                into.setdefault(interval, line)
            if twin:
                into = rows.setdefault(TWIN, {})
                for interval in twin:
                    into.setdefault(interval, line)
        else:
            before, n = review.get(reason.value, ("", 0))
            if len(before) < 1000:
                before = as_text(f"{before}\n{words}" if before else words, 1000)
            review[reason.value] = before, n + 1
    return Together(
        says,
        [(role, scheme_of(role, scheme), lines) for role, lines in rows.items() if lines],
        [(why, text, n) for why, (text, n) in review.items()] if review else [],
    )


def _loosely(one: Saying) -> Placed:
    """What a saying comes to in the loose order, kept with it: nearly all of CVE records stand in that order."""
    one.memo = found = _in(FALLBACK, False, one)
    return found


def _in(scheme: str, may_have_twin: bool, one: Saying) -> Placed:
    if one.reason is not None:
        return Placed("", (), (), f"\x1f{one.text}", one.reason)
    try:
        return placed(scheme, may_have_twin, one.bounds, one.minus)
    except NeedsReview as refused:  # absurdly long texts; they are not remembered
        return Placed("", (), (), in_words(one.bounds, one.minus), refused.reason)


class Placed(NamedTuple):
    """What a stated range comes to, whatever its package is called."""

    role: str
    intervals: tuple[Interval, ...]
    twin: tuple[Interval, ...]  # the same in loose keys; () where there is none, or the scheme is loose already
    says: str
    refused: ReviewReason | None = None


@lru_cache(maxsize=1 << 17)
def placed(scheme: str, may_have_twin: bool, bounds: Bounds, minus: tuple[Bounds, ...]) -> Placed:
    """Read a range in its scheme, or else in `loose`. Remembered: feeds state most ranges many times over.

    Raises:
        NeedsReview: it is absurdly long.
    """
    if scheme == FALLBACK and not minus:
        return _one_loose(bounds)
    says = in_words(bounds, minus)
    try:
        found_in, found = read_bounds(scheme, bounds, minus)
    except NeedsReview as refused:
        if refused.reason is ReviewReason.COMMITS and bounds.low and bounds == Bounds.exactly(bounds.low) and not minus:
            return _one_commit(bounds.low, says)
        if refused.reason is ReviewReason.TOO_LONG:
            raise
        return Placed("", (), (), says, refused.reason)
    role = NATIVE if found_in == scheme else ALSO_LOOSE
    twin: list[Interval] = []
    if role == NATIVE and scheme != FALLBACK and may_have_twin:
        try:
            twin = intervals_of(FALLBACK, bounds, minus)
        except NeedsReview:
            twin = []  # nothing a loose version could be compared with; the range itself is stored
    return Placed(role, tuple(found), tuple(twin), _line(says))


_COMMIT_LENGTHS = range(7, 65)
_new = tuple.__new__  # a named tuple's own maker is a Python function: three times as slow, and there are many
_any_digit = re.compile("[0-9]").search


def _one_loose(bounds: Bounds) -> Placed:
    """As `placed`, of most ranges: in the loose order, without exceptions."""
    low, high, low_open, high_closed = bounds
    if low and low == high and high_closed and not low_open:
        if len(low) in _COMMIT_LENGTHS and looks_like_a_commit(low) and _any_digit(low):
            return _one_commit(low, f"v = {low}")  # no order has a place for it: nothing need be tried
        try:
            lo = key(FALLBACK, low)
        except Unorderable:
            pass  # a series, a word, no version: looked at below
        else:
            return _new(Placed, (NATIVE, ((lo, after(lo)),), (), _line(f"v = {low}"), None))
    says = in_words(bounds)
    found = interval_of(FALLBACK, low, high, low_open, high_closed)
    if isinstance(found, Refusal):
        if found.reason is ReviewReason.COMMITS and low and bounds == Bounds.exactly(low):
            return _one_commit(low, says)
        return Placed("", (), (), says, found.reason)
    return _new(Placed, (NATIVE, (found,), (), _line(says), None))


def _one_commit(commit: str, says: str) -> Placed:
    try:
        return Placed(COMMIT, (commits.interval(commit),), (), says)
    except Unorderable:
        return Placed("", (), (), says, ReviewReason.COMMITS)


def scheme_of(role: str, own: str) -> str:
    """The order in which the rows of a package stand, by the role they have."""
    return own if role == NATIVE else commits.SCHEME if role == COMMIT else FALLBACK


def as_text(text: str, limit: int) -> str:
    """At most `limit` characters, without the NUL that PostgreSQL does not store."""
    return text[:limit].replace("\0", "\N{REPLACEMENT CHARACTER}") if "\0" in text else text[:limit]


def _line(text: str) -> str:
    if text.isprintable():  # nearly all
        return text
    return " ".join(text.split()) if "\n" in text or "\r" in text or "\0" in text else text
