"""The report of a correction or removal: its number, its 13 items, and the record kept when none is sent.

Every item says where its text came from; what is missing is listed, never left blank in silence.
Source: 21 CFR 806.10(c) and (d), 806.20(b).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from suture.core.clocks import anniversary
from suture.core.errors import InvalidValue


class ActionKind(StrEnum):
    """Correction or removal: the letter at the end of a report number."""

    CORRECTION = "C"
    REMOVAL = "R"


class ReportNumber(NamedTuple):
    """A report number, read."""

    registration: str
    month: int
    day: int
    year: int  # two digits, as written
    sequence: int
    kind: ActionKind

    def __str__(self) -> str:
        when = f"{self.month}/{self.day}/{self.year:02}"
        return f"{self.registration}-{when}-{self.sequence:03}-{self.kind.value}"


NOT_REGISTERED = "0000000"
_REPORT_NUMBER = re.compile(r"([0-9]{7})-([0-9]{1,2})/([0-9]{1,2})/([0-9]{2})-([0-9]{3,})-([CR])")


def report_number(registration: str, on: date, sequence: int, kind: ActionKind) -> str:
    """Write a report number: `1234567-6/1/97-001-C`.

    Args:
        registration: the 7-digit establishment registration number; '' writes seven zeros.
        on: the date of the report; month and day are not padded, the year has two digits.
        sequence: runs on over all dates and does not restart; see `next_sequence`.
        kind: correction or removal.

    Raises:
        InvalidValue: the registration is not 7 digits, or the sequence is below 1.

    Source: 21 CFR 806.10(c)(1).
    """
    number = str(ReportNumber(registration or NOT_REGISTERED, on.month, on.day, on.year % 100, sequence, kind))
    if sequence < 1 or not _REPORT_NUMBER.fullmatch(number):
        raise InvalidValue(f"'{registration}' is not a 7-digit registration number, or {sequence} is not a sequence")
    return number


def read_report_number(text: str) -> ReportNumber:
    """Read a report number.

    Raises:
        InvalidValue: it is not written like `1234567-6/1/97-001-C`.
    """
    found = _REPORT_NUMBER.fullmatch(text.strip())
    if found is None:
        raise InvalidValue(f"'{text}' is not a report number such as 1234567-6/1/97-001-C")
    return ReportNumber(found[1], int(found[2]), int(found[3]), int(found[4]), int(found[5]), ActionKind(found[6]))


def next_sequence(given: Iterable[str], kind: ActionKind, *, shared: bool = False) -> int:
    """Give the next sequence number after those already given. Numbers are never used again.

    The regulation does not say whether corrections and removals share one sequence; its examples count them
    apart, which is the default. `shared` is the firm's policy.

    Source: 21 CFR 806.10(c)(1).
    """
    used = (read_report_number(text) for text in given)
    return 1 + max((number.sequence for number in used if shared or number.kind is kind), default=0)


class Given(NamedTuple):
    """One value of a report and where it came from: 'Establishment Duluth, version 9'."""

    text: str
    source: str = ""


class Pending(NamedTuple):
    """Why something is not available yet, and when it will be submitted (item 13)."""

    why: str = ""
    by: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consignee:
    """Who received the device: any person or firm that has received, purchased or used it (21 CFR 806.2(c))."""

    name: str
    address: str = ""
    phone: str = ""
    dates: str = ""  # of distribution to this consignee
    number: int | None = None  # devices distributed to it

    def lacks(self) -> list[str]:
        """Name what is missing about this consignee."""
        asked = (
            ("address", self.address),
            ("telephone number", self.phone),
            ("dates of distribution", self.dates),
            ("number of devices", "" if self.number is None else str(self.number)),
        )
        return [what for what, text in asked if not text.strip()]


@dataclass(frozen=True, slots=True)
class ItemRule:
    """One item of a report or record: what the regulation asks for, cut into the values that answer it.

    `parts` maps a value's key to its words. `optional` parts are asked for "if any"; of `either`, one whole
    group of keys is enough.
    """

    number: int
    title: str
    what: str
    citation: str
    parts: Mapping[str, str]
    optional: tuple[str, ...] = ()
    either: tuple[tuple[str, ...], ...] = ()


IDENTIFICATION = {
    "udi": "UDI on the label or package",
    "device_identifier": "device identifier, UPC, model, catalog or code number",
    "lot_or_serial": "lot or serial number, or other identification",
}
BY_UDI_OR_NUMBERS = (("udi",), ("device_identifier", "lot_or_serial"))

ITEMS: tuple[ItemRule, ...] = (
    ItemRule(
        1,
        "Registration, date, number, type",
        "7-digit registration number, month/day/year of the report, sequence number, C or R",
        "21 CFR 806.10(c)(1)",
        {"report_number": "report number"},
    ),
    ItemRule(
        2,
        "Manufacturer and responsible person",
        "name, address and phone of the manufacturer or importer; name, title, address and phone of the "
        "representative responsible for the action",
        "21 CFR 806.10(c)(2)",
        {
            "manufacturer_name": "name of the manufacturer or importer",
            "manufacturer_address": "its address",
            "manufacturer_phone": "its telephone number",
            "representative_name": "name of the responsible representative",
            "representative_title": "title of the representative",
            "representative_address": "address of the representative",
            "representative_phone": "telephone number of the representative",
        },
    ),
    ItemRule(
        3,
        "Brand name, usual name, intended use",
        "brand name and common or classification or usual name; intended use",
        "21 CFR 806.10(c)(3)",
        {
            "brand_name": "brand name",
            "common_name": "common, classification or usual name",
            "intended_use": "intended use",
        },
    ),
    ItemRule(
        4,
        "Marketing status, listing number",
        "510(k) or PMA number or preamendments indication; device listing number; if the establishment is not "
        "registered, whether it ever was",
        "21 CFR 806.10(c)(4)",
        {
            "marketing_status": "510(k) or PMA number, or preamendments status",
            "listing_number": "device listing number",
            "ever_registered": "whether the establishment has ever registered",
        },
        optional=("ever_registered",),
    ),
    ItemRule(
        5,
        "UDI or other identification",
        "UDI on label or package; or device identifier, UPC, model, catalog or code number and lot, serial or other "
        "identification",
        "21 CFR 806.10(c)(5)",
        IDENTIFICATION,
        either=BY_UDI_OR_NUMBERS,
    ),
    ItemRule(
        6,
        "Manufacturer, if not the submitter",
        "the manufacturer's name, address, phone and contact person, if different from the submitter",
        "21 CFR 806.10(c)(6)",
        {"other_manufacturer": "the manufacturer, or that it is the submitter"},
    ),
    ItemRule(
        7,
        "Events, and actions taken and expected",
        "the events giving rise to the report, and the corrective or removal actions taken and expected",
        "21 CFR 806.10(c)(7)",
        {
            "events": "the events giving rise to the report",
            "actions_taken": "actions taken",
            "actions_expected": "actions expected to be taken",
        },
    ),
    ItemRule(
        8,
        "Illness or injuries, MDR numbers",
        "any illness or injuries that occurred with use of the device; MDR numbers if applicable",
        "21 CFR 806.10(c)(8)",
        {"injuries": "illness or injuries, or that none are known", "mdr_numbers": "MDR numbers"},
        optional=("mdr_numbers",),
    ),
    ItemRule(
        9,
        "Total number, and number in the same batch",
        "total number manufactured or distributed subject to the action, and number in the same batch, lot or "
        "equivalent unit of production",
        "21 CFR 806.10(c)(9)",
        {
            "total_number": "total number of devices subject to the action",
            "number_in_batch": "number in the same batch, lot or equivalent unit of production",
        },
    ),
    ItemRule(
        10,
        "Dates of manufacture or distribution, expected life",
        "date of manufacture or distribution, and expiration date or expected life",
        "21 CFR 806.10(c)(10)",
        {
            "made_or_distributed": "date of manufacture or distribution",
            "expected_life": "expiration date or expected life",
        },
    ),
    ItemRule(
        11,
        "Consignees, dates, numbers",
        "names, addresses and phones of all domestic and foreign consignees, and the dates and number of devices "
        "distributed to each",
        "21 CFR 806.10(c)(11)",
        {},
    ),
    ItemRule(
        12,
        "Communications",
        "copy of all communications about the action; names and addresses of recipients not covered by item 11",
        "21 CFR 806.10(c)(12)",
        {
            "communications_made": "communications made",
            "communications": "copies of all communications",
            "other_recipients": "recipients beyond item 11, or that there are none",
        },
        optional=("communications_made",),
    ),
    ItemRule(
        13,
        "What is not yet available, why, and when",
        "for anything not immediately available: why, and when it will be submitted",
        "21 CFR 806.10(c)(13)",
        {},
    ),
)

RECORD_ITEMS: tuple[ItemRule, ...] = (
    ItemRule(
        1,
        "The device",
        "brand name; common or usual name, classification, name and product code if known; intended use",
        "21 CFR 806.20(b)(1)",
        {
            "brand_name": "brand name",
            "common_name": "common or usual name",
            "classification": "classification",
            "product_code": "name and product code",
            "intended_use": "intended use",
        },
        optional=("classification", "product_code"),
    ),
    ItemRule(
        2,
        "Identification",
        "UDI; or device identifier, UPC, model, catalog or code number, and lot or serial number",
        "21 CFR 806.20(b)(2)",
        IDENTIFICATION,
        either=BY_UDI_OR_NUMBERS,
    ),
    ItemRule(
        3,
        "Events and action",
        "the events giving rise to the correction or removal, and the action taken and expected",
        "21 CFR 806.20(b)(3)",
        {
            "events": "the events giving rise to the action",
            "actions_taken": "action taken",
            "actions_expected": "action expected to be taken",
        },
    ),
    ItemRule(
        4,
        "Justification for not reporting",
        "why it is not reported, with conclusions and follow-ups, reviewed and evaluated by a designated person",
        "21 CFR 806.20(b)(4)",
        {
            "justification": "justification for not reporting",
            "conclusions": "conclusions and follow-ups",
            "reviewed_by": "review by the designated person",
        },
    ),
    ItemRule(
        5,
        "Communications",
        "copy of all communications about the correction or removal",
        "21 CFR 806.20(b)(5)",
        {"communications_made": "communications made", "communications": "copies of all communications"},
        optional=("communications_made",),
    ),
)

KEYS: frozenset[str] = frozenset(key for rule in (*ITEMS, *RECORD_ITEMS) for key in rule.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report806Facts:
    """What the firm knows for a report or record: values by the keys of the items, consignees, and what is pending.

    `consignees` is None while nobody compiled the list; `pending` says per item number why something is not
    available and when it will be submitted.
    """

    values: Mapping[str, Given] = field(default_factory=dict)
    consignees: tuple[Consignee, ...] | None = None
    consignees_source: str = ""
    pending: Mapping[int, Pending] = field(default_factory=dict)

    def __post_init__(self) -> None:
        strangers = set(self.values) - KEYS
        if strangers:
            raise InvalidValue("a report has no value named " + ", ".join(sorted(strangers)))
        object.__setattr__(self, "values", dict(self.values))
        object.__setattr__(self, "pending", dict(self.pending))

    def text(self, key: str) -> str:
        """One value as text; '' when it is not known."""
        given = self.values.get(key)
        return given.text.strip() if given else ""


class Part(NamedTuple):
    """One value of an item as it is printed."""

    label: str
    text: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item as built: its text, the sources behind it, and in words what is missing ('' when complete)."""

    number: int
    title: str
    text: str
    sources: tuple[str, ...]
    missing: str
    citation: str
    parts: tuple[Part, ...] = ()

    @property
    def complete(self) -> bool:
        """True when nothing the regulation asks for is missing."""
        return not self.missing


def build_report(facts: Report806Facts) -> list[Item]:
    """Build the 13 items of a report. An item without its facts says what is missing; none is left out.

    Source: 21 CFR 806.10(c).
    """
    items = [_consignees(rule, facts) if rule.number == 11 else _item(rule, facts) for rule in ITEMS[:12]]
    return [*items, _not_available(items, facts)]


def build_record(facts: Report806Facts) -> list[Item]:
    """Build the five items of the record of a correction or removal that is not reported.

    Source: 21 CFR 806.20(b).
    """
    return [_item(rule, facts) for rule in RECORD_ITEMS]


def retain_record_until(end_of_expected_life: date) -> date:
    """Give the last day an 806.20 record must be kept: two years beyond the expected life of the device.

    Source: 21 CFR 806.20(c).
    """
    return anniversary(end_of_expected_life, end_of_expected_life.year + 2)


def _item(rule: ItemRule, facts: Report806Facts) -> Item:
    parts = [
        Part(label, facts.text(key), facts.values[key].source) for key, label in rule.parts.items() if facts.text(key)
    ]
    return _built(rule, parts, _lacking(rule, facts), facts)


def _lacking(rule: ItemRule, facts: Report806Facts) -> list[str]:
    if rule.either:
        groups = [[rule.parts[key] for key in group if not facts.text(key)] for group in rule.either]
        return [] if any(not group for group in groups) else min(groups, key=len)
    needed = [key for key in rule.parts if key not in rule.optional]
    if "ever_registered" in rule.parts and facts.text("report_number").startswith(NOT_REGISTERED):
        needed.append("ever_registered")
    return [rule.parts[key] for key in needed if not facts.text(key)]


def _consignees(rule: ItemRule, facts: Report806Facts) -> Item:
    if facts.consignees is None:
        return _built(rule, [], ["the list of consignees"], facts)
    listed = facts.consignees
    lacking = [f"{what} of {one.name}" for one in listed for what in one.lacks()]
    parts = [
        Part(
            one.name,
            "; ".join(filter(None, (one.address, one.phone, one.dates, _devices(one.number)))),
            facts.consignees_source,
        )
        for one in listed
    ]
    return _built(rule, parts or [Part("consignees", "none", facts.consignees_source)], lacking, facts)


def _devices(number: int | None) -> str:
    if number is None:
        return ""
    return "1 device" if number == 1 else f"{number:,} devices"


def _without_stop(text: str) -> str:
    """A sentence that goes on: without the full stop at its end."""
    return text.strip().rstrip(".")


def _built(rule: ItemRule, parts: list[Part], lacking: list[str], facts: Report806Facts) -> Item:
    missing = ""
    if lacking:
        pending = facts.pending.get(rule.number, Pending())
        when = f"will be submitted on {pending.by.isoformat()}" if pending.by else "no date given"
        missing = f"missing: {', '.join(lacking)} ({_without_stop(pending.why) or 'no reason given'}; {when})"
    return Item(
        number=rule.number,
        title=rule.title,
        text="\n".join(f"{part.label[0].upper()}{part.label[1:]}: {part.text}" for part in parts),
        sources=tuple(dict.fromkeys(part.source for part in parts if part.source)),
        missing=missing,
        citation=rule.citation,
        parts=tuple(parts),
    )


def _not_available(items: list[Item], facts: Report806Facts) -> Item:
    """Item 13: what the other items lack, why, and when; itself incomplete while a reason or a date is missing."""
    rule = ITEMS[12]
    parts, lacking = [], []
    for item in items:
        if item.complete:
            continue
        pending = facts.pending.get(item.number, Pending())
        if pending.why.strip() and pending.by:
            text = f"{_without_stop(pending.why)}; will be submitted on {pending.by.isoformat()}"
            parts.append(Part(f"item {item.number}", text, ""))
            continue
        lacks = [what for what, known in (("reason", pending.why.strip()), ("date", pending.by)) if not known]
        lacking.append(f"{' and '.join(lacks)} for item {item.number}")
    return Item(
        number=13,
        title=rule.title,
        text="\n".join(f"{part.label.capitalize()}: {part.text}" for part in parts)
        or ("" if lacking else "Everything is available"),
        sources=(),
        missing=f"missing: {', '.join(lacking)}" if lacking else "",
        citation=rule.citation,
        parts=tuple(parts),
    )
