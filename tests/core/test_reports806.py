"""The 806 report: its number, its 13 items, the record in its place, and the letter to customers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suture.core.communications import POINTS, CustomerCommunication, content, missing
from suture.core.errors import InvalidValue
from suture.core.reports806 import (
    ITEMS,
    KEYS,
    RECORD_ITEMS,
    ActionKind,
    Consignee,
    Given,
    Pending,
    Report806Facts,
    build_record,
    build_report,
    next_sequence,
    read_report_number,
    report_number,
    retain_record_until,
)

C, R = ActionKind.CORRECTION, ActionKind.REMOVAL


# ------------------------------------------------------------------------------------------------ number


def test_the_regulations_own_numbers():
    """21 CFR 806.10(c)(1): date not padded, two-digit year; the sequence runs on a month later."""
    first = report_number("1234567", date(1997, 6, 1), 1, C)
    assert first == "1234567-6/1/97-001-C"
    assert report_number("1234567", date(1997, 7, 1), next_sequence([first], C), C) == "1234567-7/1/97-002-C"
    assert report_number("1234567", date(1997, 6, 1), 1, R) == "1234567-6/1/97-001-R"
    assert report_number("", date(2026, 12, 11), 12, C) == "0000000-12/11/26-012-C"


def test_corrections_and_removals_count_apart_unless_the_firm_says_otherwise():
    """The regulation does not say; its examples count them apart."""
    used = ["1234567-6/1/97-001-C", "1234567-6/1/97-001-R", "1234567-6/2/97-002-R"]
    assert (next_sequence(used, C), next_sequence(used, R)) == (2, 3)
    assert next_sequence(used, C, shared=True) == 3
    assert next_sequence([], C) == next_sequence([], R, shared=True) == 1


@given(
    st.from_regex(r"[0-9]{7}", fullmatch=True),
    st.dates(date(1990, 1, 1), date(2089, 12, 31)),
    st.integers(1, 99999),
    st.sampled_from(ActionKind),
)
@settings(max_examples=60)
def test_a_number_survives_being_written(registration, on, sequence, kind):
    """read(write(x)) == x."""
    read = read_report_number(report_number(registration, on, sequence, kind))
    assert read == (registration, on.month, on.day, on.year % 100, sequence, kind)
    assert str(read) == report_number(registration, on, sequence, kind)


@pytest.mark.parametrize(("registration", "sequence"), [("123456", 1), ("12345678", 1), ("12E4567", 1), ("1234567", 0)])
def test_a_number_that_cannot_be_is_refused(registration, sequence):
    """Seven digits, and a sequence from 1."""
    with pytest.raises(InvalidValue):
        report_number(registration, date(2026, 1, 1), sequence, C)


@pytest.mark.parametrize("text", ["", "1234567-6/1/97-1-C", "1234567-6/1/1997-001-C", "1234567-6/1/97-001-X"])
def test_a_text_that_is_no_number_is_refused(text):
    """Written exactly as the regulation shows."""
    with pytest.raises(InvalidValue, match="not a report number"):
        read_report_number(text)


# ------------------------------------------------------------------------------------------------ 13 items

HOSPITAL = Consignee(name="Fairmount Hospital", address="1 Hill St", phone="555-0101", dates="3 Mar 2023", number=40)
ALL = {key: Given(f"<{key}>", f"source of {key}") for key in KEYS} | {
    "report_number": Given("1234567-12/2/26-003-C", "counter")
}


def full(**changes: object) -> Report806Facts:
    return Report806Facts(
        **({"values": ALL, "consignees": (HOSPITAL,), "consignees_source": "field register"} | changes)
    )


def without(*keys: str) -> dict[str, Given]:
    return {key: given for key, given in ALL.items() if key not in keys}


def test_a_complete_report_has_thirteen_items_and_misses_none():
    """Each with its text, its sources and its citation."""
    items = build_report(full())
    assert [item.number for item in items] == list(range(1, 14))
    assert [item.citation for item in items] == [f"21 CFR 806.10(c)({n})" for n in range(1, 14)]
    for item in items:
        assert item.complete, item.missing
        assert item.text
    for item in items[:12]:
        assert item.sources
    assert items[12].text == "Everything is available"
    assert "Fairmount Hospital: 1 Hill St; 555-0101; 3 Mar 2023; 40 devices" in items[10].text


def test_an_empty_report_lists_everything_that_is_missing():
    """No item is blank in silence; item 13 asks for a reason and a date for each."""
    items = build_report(Report806Facts())
    assert len(items) == 13
    for item in items:
        assert item.missing.startswith("missing: ")
        assert item.text == ""
    assert all(f"item {n}" in items[12].missing for n in range(1, 13))


@pytest.mark.parametrize("rule", [rule for rule in ITEMS if rule.parts], ids=lambda rule: str(rule.number))
def test_each_needed_value_is_missed_by_name(rule):
    """One value away, the item says which; other items stay complete."""
    for key in rule.parts:
        items = build_report(full(values=without(key)))
        needed = key not in rule.optional and not rule.either
        assert items[rule.number - 1].complete is not needed
        if needed:
            assert rule.parts[key] in items[rule.number - 1].missing
        assert all(item.complete for item in items if item.number not in (rule.number, 13))


@pytest.mark.parametrize(
    ("absent", "complete"),
    [
        (("device_identifier", "lot_or_serial"), True),  # the UDI alone is enough
        (("udi",), True),  # so are identifier and lot
        (("udi", "lot_or_serial"), False),
        (("udi", "device_identifier"), False),
    ],
)
def test_item_5_takes_udi_or_numbers(absent, complete):
    """806.10(c)(5), and 806.20(b)(2) the same."""
    facts = full(values=without(*absent))
    assert build_report(facts)[4].complete is complete
    assert build_record(facts)[1].complete is complete


def test_an_unregistered_firm_says_whether_it_ever_was():
    """806.10(c)(4): only then."""
    zeros = ALL | {"report_number": Given("0000000-12/2/26-001-C", "counter")}
    item = build_report(full(values={k: v for k, v in zeros.items() if k != "ever_registered"}))[3]
    assert "whether the establishment has ever registered" in item.missing
    assert build_report(full(values=zeros))[3].complete


def test_consignees_are_checked_one_by_one():
    """Item 11: every domestic and foreign consignee, with dates and numbers."""
    bare = Consignee(name="St. Brannoc")
    item = build_report(full(consignees=(HOSPITAL, bare)))[10]
    for what in ("address", "telephone number", "dates of distribution", "number of devices"):
        assert f"{what} of St. Brannoc" in item.missing
    assert "Fairmount" not in item.missing
    assert "the list of consignees" in build_report(full(consignees=None))[10].missing
    none = build_report(full(consignees=()))[10]
    assert none.complete
    assert none.text == "Consignees: none"
    assert "1 device" in build_report(full(consignees=(Consignee(name="A", number=1),)))[10].text


def test_what_is_missing_says_why_and_when():
    """Item 13: reason and date turn a hole into a promise."""
    promised = {10: Pending("the shelf-life study ends in December", date(2026, 12, 11))}
    items = build_report(full(values=without("expected_life"), pending=promised))
    assert items[9].missing == (
        "missing: expiration date or expected life (the shelf-life study ends in December; "
        "will be submitted on 2026-12-11)"
    )
    assert items[12].complete
    assert items[12].text == "Item 10: the shelf-life study ends in December; will be submitted on 2026-12-11"
    no_reason = build_report(full(values=without("expected_life"), pending={10: Pending("", date(2026, 12, 11))}))
    assert no_reason[12].missing == "missing: reason for item 10"
    no_date = build_report(full(values=without("expected_life"), pending={10: Pending("study")}))
    assert no_date[12].missing == "missing: date for item 10"


def test_blank_text_is_missing():
    """Spaces are no answer; 'none known' is."""
    assert not build_report(full(values=ALL | {"injuries": Given("  ")}))[7].complete
    assert build_report(full(values=ALL | {"injuries": Given("None known")}))[7].complete


def test_a_value_nobody_asks_for_is_refused():
    """A misspelt key must not vanish."""
    with pytest.raises(InvalidValue, match="no value named brandname"):
        Report806Facts(values={"brandname": Given("Aria")})


# ------------------------------------------------------------------------------------------------ record


def test_the_record_has_its_five_items():
    """806.20(b)(1) to (5), each missed by name when absent."""
    items = build_record(full())
    assert [item.citation for item in items] == [f"21 CFR 806.20(b)({n})" for n in range(1, 6)]
    assert all(item.complete for item in items)
    for rule in RECORD_ITEMS:
        for key in set(rule.parts) - set(rule.optional):
            if not rule.either:
                item = build_record(full(values=without(key)))[rule.number - 1]
                assert rule.parts[key] in item.missing


def test_the_record_needs_its_justification_reviewed_by_a_designated_person():
    """806.20(b)(4)."""
    item = build_record(full(values=without("reviewed_by")))[3]
    assert "review by the designated person" in item.missing


@pytest.mark.parametrize(("end", "until"), [("2036-05-01", "2038-05-01"), ("2028-02-29", "2030-02-28")])
def test_the_record_outlives_the_device_by_two_years(end, until):
    """806.20(c)."""
    assert retain_record_until(date.fromisoformat(end)) == date.fromisoformat(until)


# ------------------------------------------------------------------------------------------------ letter

LETTER = {
    "vulnerability": "a crafted packet stops the controller",
    "impact": "infusion stops with an alarm",
    "efforts": "we work on it as a matter of urgency",
    "controls": "switch off Wi-Fi",
    "working_on_fix": "release 4.2.1 is being tested",
    "fix_announcement": "we will write again when it is available",
}


@pytest.mark.parametrize(
    ("without_", "adds", "letters"),
    [
        ((), {}, "abcd"),
        (("vulnerability",), {}, "bcd"),
        (("impact",), {}, "bcd"),
        (("efforts",), {}, "acd"),
        (("controls",), {}, "abd"),
        (("controls",), {"no_controls": True}, "abcd"),  # 'if any': that there are none is said
        (("working_on_fix",), {}, "abc"),
        (("working_on_fix",), {"defense_in_depth": "filter port 5000"}, "abcd"),
        (("fix_announcement",), {}, "abc"),
        (tuple(LETTER), {}, ""),
    ],
)
def test_the_four_points_of_a_letter(without_, adds, letters):
    """§VII.B: a to d; a letter that lacks one is not sent."""
    letter = CustomerCommunication(**{k: v for k, v in LETTER.items() if k not in without_}, **adds)
    assert content(letter) == letters
    assert [line[0] for line in missing(letter)] == [point for point in POINTS if point not in letters]
