"""Ranges in the VERS notation: what is read, what is refused and why, and which versions a range holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suture.core.errors import FormatError
from suture.core.vers import Constraint, canonical, intervals, parse
from suture.core.versions import HI, LO, Unorderable, key


def test_a_range_is_read_part_by_part() -> None:
    read = parse("vers:deb/>=1%3A2.0|!=1:2.1|<3|4%257")
    assert read.type == "deb"
    assert read.constraints == (
        Constraint(">=", "1:2.0"), Constraint("!=", "1:2.1"), Constraint("<", "3"), Constraint("=", "4%7"),
    )  # fmt: skip
    assert parse("vers:apk/*").constraints == ()
    assert (parse("vers:apk/1").scheme, parse("vers:dart/1").scheme) == ("alpine", "pub")


@pytest.mark.parametrize(
    "text",
    [
        *("", "vers:npm", "vers:/1", "vers:NPM/1", "VERS:npm/1", "npm/1", "vers:npm/", "vers:invalid/1"),
        *("vers:npm/|1", "vers:npm/1|", "vers:npm/1||2", "vers:npm/=1", "vers:npm/>=", "vers:npm/*1", "vers:npm/1|*"),
        *("vers:npm/1 ", "vers:npm/>= 1", "vers:npm/1\n", "vers:npm/1%", "vers:npm/1%0A", "vers:npm/\N{EN DASH}1"),
        *("vers:all/1", "vers:none/1", "vers:npm/><1"),
    ],
)
def test_what_is_no_vers(text: str) -> None:
    with pytest.raises(FormatError):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "vers:npm/>=2|<1",  # order
        "vers:npm/1.0|1.0.0",  # the same version twice
        *("vers:npm/1|<2", "vers:npm/>1|2", "vers:npm/>1|>=2", "vers:npm/<1|!=2|<3"),  # clause 5.4
    ],
)
def test_what_breaks_the_rules_of_order(text: str) -> None:
    assert parse(text)
    with pytest.raises(FormatError):
        canonical(text)


@pytest.mark.parametrize("text", ["vers:generic/1", "vers:intdot/1.2", "vers:loose/1", "vers:npm/>=1.2.3.4"])
def test_what_has_no_order_here(text: str) -> None:
    with pytest.raises(Unorderable):
        intervals(parse(text))


HOLDS = [
    ("vers:npm/1.2.3|>=2.0.0|<5.0.0", "1.2.3 2.0.0 4.9.9 5.0.0-rc.1", "1.2.4 1.9.9 5.0.0"),
    ("vers:gem/>=2.2.0|!=2.2.1|<2.3.0", "2.2.0 2.2.2", "2.2.1 2.3.0 2.1"),
    ("vers:npm/!=1.0.0", "0.9.9 1.0.1", "1.0.0"),
    ("vers:npm/<1|>=2|<3|>4", "0.1.0 2.0.0 2.9.0 4.0.1", "1.0.0 3.0.0 4.0.0"),
    ("vers:npm/<=1|<2", "0.1.0 1.0.0 1.9.9", "2.0.0"),  # superfluous constraints are left out
    ("vers:npm/>1|>=2", "1.0.1 2.0.0", "1.0.0"),
    ("vers:deb/*", "0~~ 9", ""),
]


@pytest.mark.parametrize(("text", "inside", "outside"), HOLDS)
def test_a_range_holds(text: str, inside: str, outside: str) -> None:
    read = parse(text)
    found = intervals(read)
    assert found == sorted(found)
    for version in inside.split():
        assert any(lo <= key(read.scheme, version) < hi for lo, hi in found), version
    for version in outside.split():
        assert not any(lo <= key(read.scheme, version) < hi for lo, hi in found), version


def test_all_and_none() -> None:
    assert intervals(canonical("vers:all/*")) == [(LO, HI)]
    assert intervals(canonical("vers:none/*")) == []


@given(text=st.text(alphabet="vers:npmdb/<>=!*|%0123456789.-a \n\u00e9", max_size=40))
def test_any_text_is_a_range_or_refused(text: str) -> None:
    for written in (text, f"vers:npm/{text}"):
        try:
            found = intervals(canonical(written))
        except (FormatError, Unorderable):
            continue
        assert all(lo < hi for lo, hi in found)
