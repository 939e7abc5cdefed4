"""Stated ranges become intervals of keys, or go to review with a reason; never silently empty."""

from __future__ import annotations

import bisect
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suture.core import ranges
from suture.core.components import Package, PackageKind
from suture.core.ranges import NeedsReview, in_words, intervals, intervals_in, read, subtract, why_unorderable
from suture.core.versions import SCHEMES, key
from suture.core.vulnerabilities import Bounds, ReviewReason, StatedRange
from tests.core.versions.plausible import version

R = ReviewReason


def stated(scheme: str, bounds: Bounds, *exceptions: Bounds) -> StatedRange:
    return StatedRange(Package(PackageKind.PURL, scheme, "example"), bounds, exceptions)


def holds(scheme: str, found: list[tuple[bytes, bytes]], text: str) -> bool:
    """What the range join does: lo <= key < hi."""
    k = key(scheme, text)
    return any(lo <= k < hi for lo, hi in found)


INSIDE_AND_OUTSIDE = [
    ("npm", Bounds("3.0.0", "3.0.15"), "3.0.0 3.0.14 3.0.15-rc.1", "3.0.0-rc.1 2.9.9 3.0.15"),
    ("npm", Bounds("3.0.0", "3.0.15", low_open=True, high_closed=True), "3.0.1-0 3.0.15", "3.0.0 3.0.16-0"),
    ("loose", Bounds.exactly("1.0.2k"), "1.0.2k 1.0.2-K", "1.0.2 1.0.2l 1.0.2k1 1.0.2ka"),
    ("loose", Bounds(None, "4.1", high_closed=True), "0 4.1 4.1.0 4.0.99", "4.1a 4.2"),
    ("loose", Bounds("2.0", None), "2.0 2.0.1 99", "1.9 2.0-rc1"),
    ("loose", Bounds(None, None), "0.1 1 99 1:1.0", ""),
    # OSV 'introduced: 0' and CVE 'version: 0' mean 'from the first version', pre-releases included
    ("semver", Bounds("0", "1.0.0"), "0.0.0-alpha 0.0.1", "1.0.0"),
    ("deb", Bounds("0", "1.2-3"), "0~~ 1.2-2", "1.2-3 1:0"),
    ("loose", Bounds.exactly("0"), "0 0.0", "0.1 0-rc1"),
    # CVE record format: '*' is an arbitrarily large number, '1.*' the entire 1.X branch
    ("semver", Bounds("2.0", "*"), "2.0.0 3.0.0 5.1.0", "1.9.9"),
    ("semver", Bounds("1.0", "1.*"), "1.0.0 1.99.99", "2.0.0-alpha 2.0.0"),
    ("loose", Bounds("6.1.55", "6.1.*", high_closed=True), "6.1.55 6.1.999 6.1.60-rc1", "6.1.54 6.2-rc1 6.2"),
    ("loose", Bounds("5.4.133", " 5.4.* ", high_closed=True), "5.4.133 5.4.134", "5.5"),
    ("loose", Bounds.exactly("5.x"), "5 5.0 5.9.1 5.0-rc1", "4.9 6-rc1 6"),
    ("loose", Bounds("5.x", "5.2.0"), "5.0-beta 5 5.1.9", "4.99 5.2"),
    ("loose", Bounds("5.1.*", None, low_open=True), "5.2-rc1 6", "5.1 5.1.99"),
    ("loose", Bounds.exactly("*"), "0.1 99", ""),
    ("rpm", Bounds(None, "0:3.0.7-24.el9"), "3.0.7-23.el9 3.0.1-41.el9_0", "3.0.7-24.el9 1:1.0-1"),
    ("pypi", Bounds("2.0", "2.*"), "2.0 2.31.0.post1", "3.0.dev0 2.0rc1"),
    ("alpine", Bounds(None, "3.0.8-r0"), "3.0.7-r2 3.0.8_rc1", "3.0.8-r0 3.0.8-r1"),
]  # fmt: skip


@pytest.mark.parametrize(("scheme", "bounds", "inside", "outside"), INSIDE_AND_OUTSIDE)
def test_a_range_holds_what_it_says(scheme: str, bounds: Bounds, inside: str, outside: str) -> None:
    found = intervals(stated(scheme, bounds))
    assert [text for text in inside.split() if not holds(scheme, found, text)] == []
    assert [text for text in outside.split() if holds(scheme, found, text)] == []


def test_exceptions_are_taken_out() -> None:
    """CVE record format: `unaffected` entries under `defaultStatus: affected`, as the Linux kernel's CNA writes."""
    kernel = stated(
        "loose",
        Bounds("2.6.12", None),
        Bounds("5.15.149", "5.15.*", high_closed=True),
        Bounds("6.1.79", "6.1.*", high_closed=True),
        Bounds("6.8", "*"),
    )
    found = intervals(kernel)
    affected = "2.6.12 5.10.1 5.15.148 5.16 6.0.9 6.1.78 6.2-rc1 6.7.12 6.8-rc7"
    assert [text for text in affected.split() if not holds("loose", found, text)] == []
    unaffected = "2.6.11 5.15.149 5.15.999 6.1.79 6.1.130 6.8 6.9"
    assert [text for text in unaffected.split() if holds("loose", found, text)] == []
    assert found == sorted(found)


REVIEWED = [
    # lower bound above the upper one
    (Bounds("2.0", "1.0"), R.INVERTED),
    (Bounds("13.0-RELEASE", "p11"), R.INVERTED),
    (Bounds("4.4", "4.4.0-rc7"), R.INVERTED),
    # a range that can hold no version, stated as such
    (Bounds("1.0", "1.0"), R.EMPTY),
    (Bounds("1.0", "1.0.0"), R.EMPTY),
    (Bounds("1.0", "1.0", low_open=True, high_closed=True), R.EMPTY),
    (Bounds("1.0", "1.0", low_open=True), R.EMPTY),
    (Bounds("0", "0"), R.EMPTY),
    # no version at all
    *((Bounds.exactly(text), R.NO_VERSION) for text in ("-", "", " ", "n/a", "N/A", "unspecified", "unknown", "None")),
    (Bounds("unspecified", "3.2"), R.NO_VERSION),
    (Bounds("3.2", "unspecified"), R.NO_VERSION),
    # words without a number
    *((Bounds.exactly(text), R.NO_DIGIT) for text in ("latest", "all versions", "publication", "san_diego")),
    (Bounds("10.0.0", "publication"), R.NO_DIGIT),
    # operators and prose
    *(
        (Bounds.exactly(text), R.FREE_TEXT)
        for text in ("<= 4.1", "before 3.2", "3.2 and earlier", ">= 1.0, < 2.0", "1.0 - 1.5", "1.0 through 1.5", "<4")
    ),
    (Bounds.exactly("Windows XP SP2"), R.FREE_TEXT),
    (Bounds.exactly("1.0\N{EN DASH}1.5"), R.FREE_TEXT),
    # wildcards of which no bound can be made
    *((Bounds.exactly(text), R.WILDCARD) for text in ("4.14*", "10-00-*", "*.1", "1.*.2", "h5.1.x")),
    # commits
    (Bounds.exactly("1da177e4c3f41524e886b7f1b8a0c1fc7321cac2"), R.COMMITS),
    (Bounds("6670e1524477", "992de06308d9"), R.COMMITS),
    # longer than any version
    (Bounds.exactly("7.0.1, " * 400), R.TOO_LONG),
    (Bounds(None, "9" * 100_000), R.TOO_LONG),
    (Bounds.exactly("1" + "g1" * 250), R.TOO_LONG),
    # none of these, and still no place in any order
    (Bounds(None, "Android11/Android12"), R.UNORDERABLE),
]  # fmt: skip


@pytest.mark.parametrize(("bounds", "reason"), REVIEWED)
def test_what_cannot_be_read_names_its_reason(bounds: Bounds, reason: ReviewReason) -> None:
    for _ in range(2):  # the second time from memory
        with pytest.raises(NeedsReview) as error:
            read(stated("loose", bounds))
        assert error.value.reason is reason
        assert str(error.value)


def test_exceptions_that_leave_nothing_need_review() -> None:
    with pytest.raises(NeedsReview, match="leave nothing") as error:
        intervals(stated("semver", Bounds("1.0", "2.0"), Bounds("0", "1.5"), Bounds("1.5", None)))
    assert error.value.reason is R.EMPTY


@pytest.mark.parametrize(
    ("exception", "reason"),
    [(Bounds("abc", None), R.NO_DIGIT), (Bounds("3.0", "2.0"), R.INVERTED), (Bounds.exactly("n/a"), R.NO_VERSION)],
)
def test_an_exception_that_cannot_be_read_sends_the_range_to_review(exception: Bounds, reason: ReviewReason) -> None:
    """Left out, it would call fixed versions affected and nobody would see why."""
    with pytest.raises(NeedsReview, match="exception") as error:
        intervals(stated("loose", Bounds("1.0", None), exception))
    assert error.value.reason is reason


def test_an_exception_that_excepts_nothing_changes_nothing() -> None:
    plain = stated("semver", Bounds("1.0", "2.0"))
    assert intervals(stated("semver", Bounds("1.0", "2.0"), Bounds("1.5", "1.5"))) == intervals(plain)


def test_the_fallback_is_loose_on_both_sides() -> None:
    """3,090 of 16,529 rows labelled semver in real records are not SemVer; they are compared in `loose`."""
    firmware = stated("semver", Bounds("7.3.0.1", "7.3.0.10"))
    with pytest.raises(NeedsReview) as error:
        intervals(firmware)
    assert error.value.reason is R.UNORDERABLE
    assert read(firmware) == ("loose", intervals_in("loose", firmware))
    assert holds("loose", read(firmware).intervals, "7.3.0.9")
    good = stated("semver", Bounds("7.3.0", "7.3.10"))
    assert read(good) == ("semver", intervals(good))


def test_the_fallback_also_covers_exceptions() -> None:
    mixed = stated("npm", Bounds("1.0.0", None), Bounds("1.4.10.8", None))
    scheme, found = read(mixed)
    assert scheme == "loose"
    assert holds("loose", found, "1.4.10.7")
    assert not holds("loose", found, "1.4.10.8")


def test_an_inverted_range_is_not_tried_elsewhere() -> None:
    with pytest.raises(NeedsReview) as error:
        read(stated("semver", Bounds("2.0.0", "1.0.0")))
    assert error.value.reason is R.INVERTED


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        (Bounds("3.0.0", "3.0.15"), "3.0.0 ≤ v < 3.0.15"),
        (Bounds("3.0.0", "3.0.15", low_open=True, high_closed=True), "3.0.0 < v ≤ 3.0.15"),
        (Bounds.exactly("1.2.3"), "v = 1.2.3"),
        (Bounds(None, "4.1"), "v < 4.1"),
        (Bounds("0", "4.1", high_closed=True), "v ≤ 4.1"),
        (Bounds("4.1", None), "v ≥ 4.1"),
        (Bounds("4.1", "*", low_open=True), "v > 4.1"),
        (Bounds(None, None), "any version"),
        (Bounds("0", None), "any version"),
        (Bounds.exactly("*"), "any version"),
        (Bounds.exactly("0"), "v = 0"),
        (Bounds("6.1.55", "6.1.*", high_closed=True), "6.1.55 ≤ v ≤ 6.1.*"),
    ],
)
def test_in_words(bounds: Bounds, words: str) -> None:
    assert in_words(bounds) == words


def test_exceptions_in_words() -> None:
    said = in_words(Bounds("2.6", None), [Bounds("6.1.79", "6.1.*", high_closed=True), Bounds("6.8", None)])
    assert said == "v ≥ 2.6, except 6.1.79 ≤ v ≤ 6.1.*, except v ≥ 6.8"


def disjoint(ends: list[bytes]) -> list[tuple[bytes, bytes]]:
    return list(zip(ends[::2], ends[1::2], strict=False))


points = st.binary(min_size=0, max_size=2)
lines = st.sets(points, max_size=8).map(lambda ends: disjoint(sorted(ends)))


@settings(max_examples=200)
@given(whole=lines, exceptions=st.lists(st.tuples(points, points), max_size=4), key=points)
def test_subtraction_keeps_exactly_what_is_in_and_not_excepted(
    whole: list[tuple[bytes, bytes]], exceptions: list[tuple[bytes, bytes]], key: bytes
) -> None:
    def within(intervals: list[tuple[bytes, bytes]]) -> bool:
        return any(lo <= key < hi for lo, hi in intervals)

    left = subtract(whole, exceptions)
    assert within(left) == (within(whole) and not within(exceptions))
    assert left == sorted(left)
    assert all(lo < hi for lo, hi in left)


maybe = st.one_of(st.none(), st.text(alphabet="0123456789.-*xv~+ <=abr:/", max_size=12))


@settings(max_examples=400)
@given(scheme=st.sampled_from(sorted(SCHEMES)), low=maybe, high=maybe, low_open=st.booleans(), closed=st.booleans())
def test_no_range_is_silently_empty(
    scheme: str, low: str | None, high: str | None, low_open: bool, closed: bool
) -> None:
    """Any text whatever: intervals that hold something, or a reason; and nothing else is raised."""
    try:
        found = read(stated(scheme, Bounds(low, high, low_open, closed)))
    except NeedsReview:
        return
    assert found.scheme in (scheme, "loose")
    assert found.intervals
    assert all(lo < hi for lo, hi in found.intervals)


@settings(max_examples=100)
@given(scheme=st.sampled_from(sorted(SCHEMES)), r=st.randoms(use_true_random=False))
def test_sorted_intervals_can_be_searched(scheme: str, r: Random) -> None:
    """Disjoint and sorted: the interval before a key is the only one that can hold it."""
    cut_at = sorted((version(scheme, r) for _ in range(4)), key=lambda text: key(scheme, text))
    found = intervals(stated(scheme, Bounds(None, None), Bounds(*cut_at[:2]), Bounds(*cut_at[2:])))
    k = key(scheme, version(scheme, r))
    at = bisect.bisect_right(found, (k, b"\xff\xff\xff")) - 1
    assert any(lo <= k < hi for lo, hi in found) == (at >= 0 and found[at][0] <= k < found[at][1])


def test_reasons_for_a_single_version() -> None:
    """The same words tell why a component's version cannot be ordered."""
    assert why_unorderable("") is R.NO_VERSION
    assert why_unorderable("latest") is R.NO_DIGIT
    assert why_unorderable("9" * 1000) is R.TOO_LONG
    assert ranges.FALLBACK in SCHEMES
