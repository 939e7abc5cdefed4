"""The one place that turns a stated range of versions into intervals of keys, or says why it cannot.

A range that arrives is never silently empty: it becomes intervals with `lo < hi`, or `NeedsReview` names the reason
for which a person has to look at it (architecture: reading the ranges right is the hard part of matching).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from suture.core import versions
from suture.core.errors import InvalidValue
from suture.core.versions import LO, LONGEST_TEXT, TooLong, Unorderable, after
from suture.core.vulnerabilities import Bounds, ReviewReason, StatedRange

Interval = tuple[bytes, bytes]  # [lo, hi) on the keys of one scheme

FALLBACK = "loose"  # the order tried where a package's own has no place for a version


class NeedsReview(InvalidValue):
    """A stated range that cannot take part in matching; `reason` says why, in the closed list."""

    def __init__(self, reason: ReviewReason, says: str) -> None:
        super().__init__(says)
        self.reason = reason


class Reading(NamedTuple):
    """A range, read: the intervals, and the scheme whose keys they are (the package's own, or `loose`)."""

    scheme: str
    intervals: list[Interval]


class Refusal(NamedTuple):
    """Why some bounds are no interval."""

    reason: ReviewReason
    says: str


def intervals(stated: StatedRange) -> list[Interval]:
    """Give the intervals of keys of a stated range, in its package's own scheme. Sorted, disjoint, none empty.

    Raises:
        NeedsReview: with the reason; `read` says when to try the fallback.
    """
    return intervals_in(stated.package.scheme, stated)


def intervals_in(scheme: str, stated: StatedRange) -> list[Interval]:
    """As `intervals`, in a scheme of the caller's choice: the *loose twin* of a range is `intervals_in('loose', …)`.

    A package whose range or version has no place in its own scheme is compared in `loose` on both sides.
    """
    return intervals_of(scheme, stated.bounds, stated.minus)


def intervals_of(scheme: str, bounds: Bounds, exceptions: tuple[Bounds, ...] = ()) -> list[Interval]:
    """As `intervals_in`, of bounds without a package.

    Raises:
        NeedsReview: with the reason.
    """
    whole = _interval(scheme, *bounds)
    if isinstance(whole, Refusal):
        raise NeedsReview(*whole)
    if not exceptions:
        return [whole]
    left = subtract([whole], [_exception(scheme, exception) for exception in exceptions])
    if not left:
        raise NeedsReview(ReviewReason.EMPTY, f"the stated exceptions leave nothing of {in_words(bounds)}")
    return left


def read(stated: StatedRange) -> Reading:
    """Read a range in its package's scheme, or else in `loose` (versions are not what their type promises).

    Raises:
        NeedsReview: neither order has a place for it, or it holds no version.
    """
    return read_bounds(stated.package.scheme, stated.bounds, stated.minus)


def read_bounds(scheme: str, bounds: Bounds, exceptions: tuple[Bounds, ...] = ()) -> Reading:
    """As `read`, of bounds without a package.

    Raises:
        NeedsReview: as `read`.
    """
    try:
        return Reading(scheme, intervals_of(scheme, bounds, exceptions))
    except NeedsReview as refused:
        if scheme == FALLBACK or refused.reason in (ReviewReason.INVERTED, ReviewReason.EMPTY):
            raise
    return Reading(FALLBACK, intervals_of(FALLBACK, bounds, exceptions))


def subtract(whole: Iterable[Interval], exceptions: Iterable[Interval]) -> list[Interval]:
    """The parts of `whole` (disjoint) that lie in none of the exceptions, sorted. An empty exception takes nothing."""
    left = sorted(whole)
    for cut_lo, cut_hi in exceptions:
        if cut_lo >= cut_hi:
            continue
        kept: list[Interval] = []
        for lo, hi in left:
            if hi <= cut_lo or cut_hi <= lo:
                kept.append((lo, hi))
                continue
            if lo < cut_lo:
                kept.append((lo, cut_lo))
            if cut_hi < hi:
                kept.append((cut_hi, hi))
        left = kept
    return left


def in_words(bounds: Bounds, exceptions: Sequence[Bounds] = ()) -> str:
    """A range as a person reads it: `3.0.0 ≤ v < 3.0.15`, `v = 1.2.3`, `any version`, `v ≤ 4.1, except v = 4.0.9`."""
    low, high, low_open, high_closed = bounds
    lowest = low is None or low == "*" or (low == "0" and not low_open and high != "0")
    if lowest and (high is None or high == "*"):
        said = "any version"
    elif low == high and not low_open and high_closed:
        said = f"v = {low}"
    elif lowest:
        said = f"v {'≤' if high_closed else '<'} {high}"
    elif high is None or high == "*":
        said = f"v {'>' if low_open else '≥'} {low}"
    else:
        said = f"{low} {'<' if low_open else '≤'} v {'≤' if high_closed else '<'} {high}"
    if not exceptions:
        return said
    return said + "".join([f", except {in_words(exception)}" for exception in exceptions])


def why_unorderable(version: str) -> ReviewReason:
    """The reason for which a text that has no key has none: what a person mends is in the text, not in the scheme."""
    if len(version) > LONGEST_TEXT:
        return ReviewReason.TOO_LONG
    written = version.strip().lower()
    if written in _NO_VERSION:
        return ReviewReason.NO_VERSION
    if not any("0" <= character <= "9" for character in written):
        return ReviewReason.NO_DIGIT
    if versions.looks_like_a_commit(written):
        return ReviewReason.COMMITS
    if _FREE_TEXT_SIGNS.intersection(written) or not written.isascii() or len(written.split()) > 1:
        return ReviewReason.FREE_TEXT
    if "*" in written or written.endswith(".x"):
        return ReviewReason.WILDCARD
    return ReviewReason.UNORDERABLE


# How sources write that they state no version: CPE's NA, and the words CNAs put where the field is required.
_NO_VERSION = frozenset({"", "-", "--", "?", "n/a", "na", "none", "null", "nil", "unknown", "undefined", "unspecified"})
_FREE_TEXT_SIGNS = frozenset("<>=,;|&!\"'")


def interval_of(
    scheme: str, low: str | None, high: str | None, low_open: bool, high_closed: bool
) -> Interval | Refusal:
    """One range as one interval, or why not.

    Raises:
        NeedsReview: its text is absurdly long; everything else is an answer.
    """
    if low == "*" or (low == "0" and not low_open and high != "0"):
        low = None  # OSV and CVE records write 0 for 'from the first version'
    if high == "*":
        high = None  # CVE record format: '*' is an arbitrarily large number
    try:
        lo, hi = versions.bounds(scheme, low, high, low_open=low_open, high_closed=high_closed, wildcard=True)
    except TooLong as error:
        # Not remembered: raised, so that absurdly long texts do not fill the memory.
        raise NeedsReview(ReviewReason.TOO_LONG, str(error)) from error
    except Unorderable as error:
        return _refusal(scheme, low, high, str(error))
    if lo < hi:
        return lo, hi
    bounds = Bounds(low, high, low_open, high_closed)
    if lo == hi or (low_open and not high_closed and lo == after(hi)):
        return Refusal(ReviewReason.EMPTY, f"{in_words(bounds)} holds no version")
    return Refusal(ReviewReason.INVERTED, f"in {in_words(bounds)} the lower bound is above the upper one")


_interval = lru_cache(maxsize=1 << 17)(interval_of)  # most ranges of a feed are stated many times over


def _refusal(scheme: str, low: str | None, high: str | None, says: str) -> Refusal:
    """Name the reason by the bound that has no key; where both have none, the lower one speaks."""
    for bound in (low, high):
        if bound is None:
            continue
        try:
            versions.bounds(scheme, bound, None, wildcard=True)
        except Unorderable:
            return Refusal(why_unorderable(bound), says)
    return Refusal(ReviewReason.UNORDERABLE, says)


def _exception(scheme: str, bounds: Bounds) -> Interval:
    """The interval of a stated exception. One that cannot be read sends the whole range to review:

    left out, it would call fixed versions affected without telling why.
    """
    found = _interval(scheme, *bounds)
    if isinstance(found, Refusal):
        if found.reason is ReviewReason.EMPTY:
            return LO, LO  # excepts nothing, as it says
        raise NeedsReview(found.reason, f"the exception cannot be read: {found.says}")
    return found
