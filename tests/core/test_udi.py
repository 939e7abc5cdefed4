"""UDI forms of the three agencies. Source: FDA, UDI formats by FDA-Accredited Issuing Agency, v1.3 (27 Jan 2017)."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suture.core.errors import InvalidValue
from suture.core.udi import Agency, Udi, agency_of, gs1_check_digit, hibc_check_character, read_udi

GS1 = "(01)51022222233336(11)141231(17)150707(10)A213B1(21)1234"  # FDA's own example
HIBC = "+A123BJC5D6E71/$$52001510X3"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GS1, Udi(agency=Agency.GS1, di="51022222233336", lot="A213B1", serial="1234",
                  manufactured_on=date(2014, 12, 31), expires_on=date(2015, 7, 7))),
        ("]d201510222222333361714123110A213B1\x1d211234",
         Udi(agency=Agency.GS1, di="51022222233336", lot="A213B1", serial="1234", expires_on=date(2014, 12, 31))),
        ("(01)51022222233336(17)160200", Udi(agency=Agency.GS1, di="51022222233336", expires_on=date(2016, 2, 29))),
        (HIBC + hibc_check_character(HIBC),
         Udi(agency=Agency.HIBCC, di="A123BJC5D6E71", lot="10X3", expires_on=date(2020, 1, 15))),
        ("+A99912345/$$+70Z1/16D20230105+"[:-1] + hibc_check_character("+A99912345/$$+70Z1/16D20230105"),
         Udi(agency=Agency.HIBCC, di="A99912345", serial="0Z1", manufactured_on=date(2023, 1, 5))),
        ("=/A9999XYZ100T0479=,000025=>014032=}013032&,1A1234567",
         Udi(agency=Agency.ICCBBA, di="A9999XYZ100T0479", serial="000025", lot="A1234567",
             manufactured_on=date(2013, 2, 1), expires_on=date(2014, 2, 1))),
    ],
)  # fmt: skip
def test_a_udi_says(text: str, says: Udi):
    assert read_udi(text) == says


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("(01)51022222233337", "check digit"), ("(01)5102222", "14 digits"), ("(01)51022222233336(17)150732", "no day"),
        (HIBC + "0", "check character"), ("=/SHORT", "16 characters"), ("4711", "no UDI"), ("+", "check character"),
        ("(01)51022222233336(21)" + "9" * 21, "at most 20"), ("0151022222233336991", "no identifier"),
        ("(01)" + "1" * 300, "at most 200"), ("(01)51022222233336(01)51022222233336", "twice"),
    ],
)  # fmt: skip
def test_what_is_no_udi_says_why(text: str, about: str):
    with pytest.raises(InvalidValue, match=about):
        read_udi(text)


def test_whose_a_bare_identifier_is():
    """Of a form that fits no agency: other, kept as given."""
    assert agency_of("09506000117843") is Agency.GS1  # GS1's own prefix for examples
    assert [agency_of(di) for di in ("A123BJC5D6E71", "A9999XYZ100T0479", "whatever")] == [
        Agency.HIBCC, Agency.HIBCC, Agency.OTHER,
    ]  # fmt: skip
    assert agency_of("=/A9999XYZ100T0479") is Agency.ICCBBA


@given(st.from_regex(r"[0-9]{13}", fullmatch=True), st.integers(0, 12), st.integers(1, 9))
@settings(max_examples=60)
def test_one_wrong_digit_of_a_gtin_is_seen(digits: str, place: int, more: int):
    whole = digits + gs1_check_digit(digits)
    assert read_udi(f"(01){whole}").di == whole
    wrong = whole[:place] + str((int(whole[place]) + more) % 10) + whole[place + 1 :]
    with pytest.raises(InvalidValue, match="check digit"):
        read_udi(f"(01){wrong}")


@given(st.text(max_size=60) | st.text(alphabet="+=/,>}&$()0123456789ADS\x1d", max_size=60))
@settings(max_examples=150)
def test_any_text_is_read_or_refused_in_a_sentence(text: str):
    with contextlib.suppress(InvalidValue):
        assert read_udi(text).di
