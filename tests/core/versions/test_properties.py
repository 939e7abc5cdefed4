"""What holds for every scheme and every text: the laws the range join rests on."""

from __future__ import annotations

import contextlib
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suture.core.versions import (
    HI,
    LO,
    LONGEST_KEY,
    SCHEMES,
    TooLong,
    Unorderable,
    after,
    bounds,
    is_series,
    key,
)
from tests.core.versions.plausible import version

schemes = pytest.mark.parametrize("scheme", sorted(SCHEMES))
versions_have_digits = pytest.mark.parametrize("scheme", sorted(SCHEMES - {"lexicographic"}))
have_series = pytest.mark.parametrize("scheme", sorted(SCHEMES - {"lexicographic", "datetime"}))
sources = st.randoms(use_true_random=False)
texts = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="0123456789.-_~^+*xvV:!abcprsALz ()<>=,\\²٣é\u2013\n", max_size=40),
)


@schemes
@settings(max_examples=60)
@given(r=sources)
def test_no_key_begins_another(scheme: str, r: Random) -> None:
    """Prefix-free: so nothing but an equal version lies in [key, after(key)), and every bound is half-open."""
    one, other = key(scheme, version(scheme, r)), key(scheme, version(scheme, r))
    if one != other:
        assert not one.startswith(other)
        assert not other.startswith(one)
        assert (one < other) == (after(one) < other)
    assert LO < one < after(one) < HI


@schemes
@settings(max_examples=60)
@given(r=sources, low_open=st.booleans(), high_closed=st.booleans())
def test_bounds_say_what_comparisons_say(scheme: str, r: Random, low_open: bool, high_closed: bool) -> None:
    low, high, v = (version(scheme, r) for _ in range(3))
    k, k_low, k_high = key(scheme, v), key(scheme, low), key(scheme, high)
    above = k > k_low if low_open else k >= k_low
    below = k <= k_high if high_closed else k < k_high
    for bound_low, bound_high, inside in [
        (low, high, above and below),
        (low, None, above),
        (None, high, below),
        (None, None, True),
    ]:
        lo, hi = bounds(scheme, bound_low, bound_high, low_open=low_open, high_closed=high_closed)
        assert (lo <= k < hi) is inside


SEPARATORS = {
    "deb": ("-1", "~rc1", "+b1", "a"),
    "rpm": ("-1", "~rc1", "^git", "a"),
    "alpine": ("_rc1", "_p1", "a", "-r0"),
    "gentoo": ("_rc1", "_p1", "a", "-r0"),
    "alpm": ("-1", "rc1", "a", ".a", "+git"),
    "cran": ("-1", ".0"),
    "hackage": (".1", ".0"),
    "openssl": ("-pre1", "-alpha1", "-dev"),
    "composer": ("-alpha", "RC1", "p1", "-dev", ".x-dev"),
}
PRE_AND_POST = ("-rc1", "-alpha")


@have_series
@settings(max_examples=60)
@given(
    numbers=st.lists(st.integers(0, 300), min_size=1, max_size=2),
    further=st.lists(st.integers(0, 300), max_size=1),
    r=sources,
)
def test_a_series_holds_what_begins_so_and_not_the_next(
    scheme: str, numbers: list[int], further: list[int], r: Random
) -> None:
    """`6.1.*` ends above every 6.1.x, pre- and post-releases included, and below 6.2 and its pre-releases."""
    begin = ".".join(map(str, numbers))
    lo, hi = bounds(scheme, f"{begin}.*", f"{begin}.*", high_closed=True, wildcard=True)
    member = ".".join(map(str, numbers + further)) + r.choice(("", *SEPARATORS.get(scheme, PRE_AND_POST)))
    assert lo <= key(scheme, member) < hi
    following = ".".join(map(str, [*numbers[:-1], numbers[-1] + 1]))
    assert key(scheme, following) >= hi
    assert bounds(scheme, f"{following}.*", None, wildcard=True)[0] >= hi
    if numbers[-1]:
        before = ".".join(map(str, [*numbers[:-1], numbers[-1] - 1, 999]))
        assert key(scheme, before) < lo
    # The CVE record format's own example: 'lessThan: 1.*' describes the entire 1.X branch.
    assert bounds(scheme, None, f"{begin}.*", wildcard=True)[1] == hi


@schemes
@settings(max_examples=150)
@given(text=texts)
def test_any_text_has_a_key_or_is_unorderable(scheme: str, text: str) -> None:
    try:
        made = key(scheme, text)
    except Unorderable:
        pass
    else:
        assert 0 < len(made) <= LONGEST_KEY
        assert made == key(scheme, f" {text}\n")
        assert scheme == "lexicographic" or any("0" <= character <= "9" for character in text)
    if is_series(text):
        try:
            lo, hi = bounds(scheme, text, text, wildcard=True)
        except Unorderable:
            return
        assert lo < hi


@versions_have_digits
@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "-", "*", "--", "n/a", "N/A", "na", "unspecified", "unknown", "none", "null", "latest", "any"),
        *("all versions", "publication", "<= 4.1", "< 3.2", ">= 1.0, < 2.0", "before 3.2", "3.2 and earlier"),
        *("1.0 through 1.5", "1.0 - 1.5", "1.0, 1.1", "1.0/1.1", "6.1.*", "5.x", "4.2.x.x", "*.1"),
        *("\N{SUPERSCRIPT TWO}", "1.\N{SUPERSCRIPT TWO} to 3", "1.0\x00\ud800 -"),
        "fixed in version 3.2 of the product",
    ],
)
def test_what_is_no_version_is_unorderable_in_every_scheme(scheme: str, text: str) -> None:
    with pytest.raises(Unorderable):
        key(scheme, text)


@schemes
@pytest.mark.parametrize(
    "text",
    [
        "1" * 10_000_000,
        "1." * 5_000_000,
        "9" * 100_000,
        "1.0-" + "9" * 100_000,
        "1.0" + " " * 100_000 + "x",
        "a1" * 300,
        "1" + "~" * 100_000,
        "1:" * 50_000,
    ],
    ids=lambda text: f"{text[:6]}… of {len(text)}",
)
def test_absurdly_long_texts_are_unorderable(scheme: str, text: str) -> None:
    """10 MB, or more digits than int() reads: refused by length, before anything looks at them."""
    with pytest.raises(TooLong):
        key(scheme, text)


@schemes
@pytest.mark.parametrize(
    "text",
    [
        *("1.0-beta" + "9" * 490 + "x", "1.0-" + "a.1-" * 120 + "!", "1" + ".0" * 200 + "!", "1_" * 250 + "!"),
        *("2024" + "-01" * 150 + "!", "1-" + "1-" * 250 + "!", "0" * 500 + "!", "1+" + "a." * 250 + "!"),
    ],
    ids=lambda text: f"{text[:9]}… of {len(text)}",
)
def test_no_text_takes_long_to_refuse(scheme: str, text: str) -> None:
    """A pattern that tries every way to cut a text would not come back from these within years."""
    with contextlib.suppress(Unorderable):
        assert len(key(scheme, text)) <= LONGEST_KEY


@pytest.mark.parametrize(
    ("scheme", "text"),
    [("loose", "1g" * 200), ("rpm", "1g" * 200), ("deb", "1" + ".1" * 250), ("loose", "1." + "b" * 510 + "2")],
)
def test_a_key_never_exceeds_the_longest(scheme: str, text: str) -> None:
    """A key over 512 bytes would not fit every database's index, so the version waits for a person."""
    with pytest.raises(TooLong):
        key(scheme, text)


def test_a_scheme_we_do_not_have_orders_nothing() -> None:
    with pytest.raises(Unorderable, match="intdot"):
        key("intdot", "1.0")
    with pytest.raises(Unorderable, match="intdot"):
        bounds("intdot", None, "1.*", wildcard=True)


@pytest.mark.parametrize("scheme", ["datetime", "lexicographic"])
def test_what_has_no_series_says_so(scheme: str) -> None:
    with pytest.raises(Unorderable, match="no series"):
        bounds(scheme, "1.*", None, wildcard=True)


@pytest.mark.parametrize("text", ["", " ", "-", "*", "a\x00b", "1\n2", "\ud800", "5.x"])
def test_what_is_no_text_is_unorderable_where_texts_are_versions(text: str) -> None:
    with pytest.raises(Unorderable):
        key("lexicographic", text)


def test_a_bound_without_pkgrel_means_all_its_releases() -> None:
    """vercmp(8): where one side has no pkgrel, it is left out of the comparison."""
    for v in ("1.1-1", "1.1-2", "1.1"):
        lo, hi = bounds("alpm", None, "1.1", high_closed=True)
        assert lo <= key("alpm", v) < hi
        lo, hi = bounds("alpm", "1.1", None, low_open=True)
        assert not lo <= key("alpm", v) < hi
        lo, hi = bounds("alpm", "1.1", "1.1", high_closed=True)
        assert lo <= key("alpm", v) < hi
    assert bounds("alpm", None, "1.1", high_closed=True)[1] < key("alpm", "1.1.1-1")
    lo, hi = bounds("alpm", None, "1.1-1", high_closed=True)
    assert not lo <= key("alpm", "1.1-2") < hi
