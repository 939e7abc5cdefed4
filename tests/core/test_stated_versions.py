"""A range as a person writes it reads to its bounds, or is refused with how to write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suture.core.errors import InvalidValue
from suture.core.stated_versions import read_versions
from suture.core.vulnerabilities import Bounds


@pytest.mark.parametrize(
    ("written", "bounds"),
    [
        ("3.0.13", Bounds.exactly("3.0.13")),
        ("= 3.0.13", Bounds.exactly("3.0.13")),
        (">= 1.0, < 2.3", Bounds("1.0", "2.3", False, False)),
        ("<2.3,>=1.0", Bounds("1.0", "2.3", False, False)),
        ("> 1.0, <= 2.3", Bounds("1.0", "2.3", True, True)),
        ("< 4.1", Bounds(None, "4.1")),
        (">4.1-rc1", Bounds("4.1-rc1", None, True)),
        ("1:2.3~rc1", Bounds.exactly("1:2.3~rc1")),
    ],
)
def test_ranges(written: str, bounds: Bounds) -> None:
    assert read_versions(written) == bounds


@pytest.mark.parametrize(
    "written", ["", " ", ">= 1, >= 2", "1.0, 2.0", ">= 1.0, 2.0", "1.0 to 2.0", ">=", "< 1 < 2", "=1,<2", ",", "1,"]
)
def test_what_is_no_range_is_refused(written: str) -> None:
    with pytest.raises(InvalidValue, match="write one range per line"):
        read_versions(written)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(written: str) -> None:
    """Nothing but a range or `InvalidValue`."""
    try:
        found = read_versions(written)
    except InvalidValue:
        return
    assert found.low is not None or found.high is not None
