"""Unique device identifiers (UDI): the device identifier and what else a label says of one unit.

A UDI is a device identifier (DI), mandatory and fixed, and production identifiers (PI): lot, serial number, expiration
and manufacturing date (21 CFR 801.3, 806.2(n)). Three agencies issue them, each in a form of its own; FDA lists the
delimiters in "UDI formats by FDA-Accredited Issuing Agency", version 1.3 (27 January 2017).

What is read: GS1 in brackets or with FNC1, check digit of the GTIN included; HIBCC with its modulus-43 check character;
ICCBBA's device identifier, serial, lot and dates (its text form has no check character). A day "00" means the last day
of its month (GS1 General Specifications, AI 11 and 17).
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from suture.core.errors import InvalidValue

LONGEST = 200  # characters; the longest base UDI FDA lists has 97


class Agency(StrEnum):
    """Who issues device identifiers."""

    GS1 = "GS1"
    HIBCC = "HIBCC"
    ICCBBA = "ICCBBA"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Udi:
    """What a UDI says. '' and None: the label does not say."""

    agency: Agency
    di: str
    lot: str = ""
    serial: str = ""
    manufactured_on: date | None = None
    expires_on: date | None = None


def gs1_check_digit(digits: str) -> str:
    """The last digit of a GTIN from those before it: weights 3, 1, 3 … from the right (GS1 General Specifications)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


_43 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"


def hibc_check_character(text: str) -> str:
    """The modulus-43 character of everything before it, the leading + included (ANSI/HIBC 2).

    Raises:
        InvalidValue: a character that such a code cannot hold.
    """
    try:
        return _43[sum(_43.index(c) for c in text) % 43]
    except ValueError:
        raise InvalidValue(f"'{text}' holds a character that a HIBC code cannot") from None


def agency_of(di: str) -> Agency:
    """Whose form a bare device identifier has. Of text that fits none: other, and it is kept as given."""
    if re.fullmatch(r"[0-9]{14}", di) and gs1_check_digit(di[:-1]) == di[-1]:
        return Agency.GS1
    if re.fullmatch(r"[A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}[0-9]", di):
        return Agency.HIBCC
    if re.fullmatch(r"=/[A-Z0-9]{16}|[A-Z][A-Z0-9]{15}", di):
        return Agency.ICCBBA
    return Agency.OTHER


def read_udi(text: str) -> Udi:
    """Read a whole UDI as printed or scanned.

    Raises:
        InvalidValue: it has no agency's form, a check digit is wrong, or it names a day that does not exist.
    """
    given = text.strip().strip("*")
    if len(given) > LONGEST:
        raise InvalidValue(f"a UDI has at most {LONGEST} characters; this has {len(given)}")
    if given.startswith("+"):
        return _hibcc(given)
    if given.startswith("=/"):
        return _iccbba(given)
    if given.startswith(("(01)", "]d201", "]C101", "01")):
        return _gs1(given)
    raise InvalidValue(f"'{given[:40]}' is no UDI: one begins with (01), with + or with =/")


# ---------------------------------------------------------------- GS1

_FNC1 = "\x1d"
_FIXED = {"01": 14, "11": 6, "17": 6}  # the other two, 10 and 21, run to the next FNC1, 20 characters at most


def _gs1(text: str) -> Udi:
    pairs = re.findall(r"\((\d{2})\)([^()]*)", text) if text.startswith("(") else _elements(text)
    found: dict[str, str] = {}
    for identifier, value in pairs:
        if identifier in found:
            raise InvalidValue(f"({identifier}) stands in it twice")
        found[identifier] = value.strip(_FNC1)
    gtin = found.get("01", "")
    if not re.fullmatch(r"[0-9]{14}", gtin):
        raise InvalidValue(f"the device identifier after (01) has 14 digits, not '{gtin}'")
    if gs1_check_digit(gtin[:-1]) != gtin[-1]:
        raise InvalidValue(f"the check digit of {gtin} should be {gs1_check_digit(gtin[:-1])}; look at the label again")
    for identifier in ("10", "21"):
        if len(found.get(identifier, "")) > 20:
            raise InvalidValue(f"what follows ({identifier}) has at most 20 characters")
    return Udi(
        agency=Agency.GS1, di=gtin, lot=found.get("10", ""), serial=found.get("21", ""),
        manufactured_on=_day6(found.get("11", "")), expires_on=_day6(found.get("17", "")),
    )  # fmt: skip


def _elements(text: str) -> list[tuple[str, str]]:
    rest = re.sub(r"^\](d2|C1)", "", text)
    pairs = []
    while rest:
        identifier, rest = rest[:2], rest[2:]
        if identifier in _FIXED:
            value, rest = rest[: _FIXED[identifier]], rest[_FIXED[identifier] :].lstrip(_FNC1)
        elif identifier in ("10", "21"):
            value, _, rest = rest.partition(_FNC1)
        else:
            raise InvalidValue(f"({identifier}) is no identifier a UDI is made of (01, 11, 17, 10, 21)")
        pairs.append((identifier, value))
    return pairs


def _day6(text: str) -> date | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{6}", text):
        raise InvalidValue(f"a date in a GS1 UDI is written YYMMDD, not '{text}'")
    return _day(2000 + int(text[:2]), int(text[2:4]), int(text[4:6]))


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day or monthrange(year, month)[1])
    except ValueError:
        raise InvalidValue(f"there is no day {year}-{month:02}-{day:02}") from None


def _ordinal(year: int, number: int) -> date:
    if not 1 <= number <= 366:
        raise InvalidValue(f"there is no day {number} of a year")
    return date(year, 1, 1) + timedelta(days=number - 1)


# ---------------------------------------------------------------- HIBCC

# after $$: the digit that says how the date is written, its pattern
_HIBC_DATES = {
    "2": r"(?P<m>\d\d)(?P<d>\d\d)(?P<y>\d\d)", "3": r"(?P<y>\d\d)(?P<m>\d\d)(?P<d>\d\d)",
    "4": r"(?P<y>\d\d)(?P<m>\d\d)(?P<d>\d\d)\d\d", "5": r"(?P<y>\d\d)(?P<j>\d{3})",
    "6": r"(?P<y>\d\d)(?P<j>\d{3})\d\d", "7": "",
}  # fmt: skip


def _hibcc(text: str) -> Udi:
    body, check = text[:-1], text[-1].replace("_", " ")
    if hibc_check_character(body) != check:
        raise InvalidValue(
            f"the check character of '{text}' should be '{hibc_check_character(body)}'; look at the label again"
        )
    primary, *parts = body[1:].split("/")
    if not re.fullmatch(r"[A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}[0-9]", primary):
        raise InvalidValue(f"'+{primary}' is no device identifier of HIBCC: labeler, product, one digit of unit")
    lot = serial = ""
    made = expires = None
    for part in parts:
        if part.startswith("$$"):
            expires, is_serial, rest = _hibc_dated(part[2:])
            lot, serial = (lot, rest) if is_serial else (rest, serial)
        elif part.startswith("$+"):
            serial = part[2:]
        elif part.startswith("$"):
            lot = part[1:]
        elif part.startswith("S"):
            serial = part[1:]
        elif dated := re.fullmatch(r"(14|16)D(\d{4})(\d\d)(\d\d)", part):
            day = _day(int(dated[2]), int(dated[3]), int(dated[4]))
            made, expires = (day, expires) if dated[1] == "16" else (made, day)
    return Udi(agency=Agency.HIBCC, di=primary, lot=lot, serial=serial, manufactured_on=made, expires_on=expires)


def _hibc_dated(text: str) -> tuple[date | None, bool, str]:
    """The expiration date, whether a serial number follows (else a lot), and it."""
    is_serial, text = text.startswith("+"), text.removeprefix("+")
    pattern = _HIBC_DATES.get(text[:1])
    if pattern is None:  # MMYY without a digit before it
        found = re.match(r"(?P<m>[01]\d)(?P<y>\d\d)", text)
        start = 0
    else:
        found, start = re.match(pattern, text[1:]), 1
    if found is None:
        raise InvalidValue(f"'{text}' begins with no date of a HIBC code")
    said = found.groupdict()
    day = None
    if "j" in said:
        day = _ordinal(2000 + int(said["y"]), int(said["j"]))
    elif "y" in said:
        day = _day(2000 + int(said["y"]), int(said["m"]), int(said.get("d") or 0))
    return day, is_serial, text[start + found.end() :]


# ---------------------------------------------------------------- ICCBBA

_ISBT = re.compile(r"(=/|=,|=>|=\}|&,1|=)")


def _iccbba(text: str) -> Udi:
    said: dict[str, str] = {}
    cut = _ISBT.split(text)
    for sign, value in zip(cut[1::2], cut[2::2], strict=True):
        said.setdefault(sign, value)
    di = said.get("=/", "")
    if not re.fullmatch(r"[A-Z0-9]{16}", di):
        raise InvalidValue(f"a device identifier of ICCBBA has 16 characters after =/, not '{di}'")
    return Udi(
        agency=Agency.ICCBBA, di=di, serial=said.get("=,", ""), lot=said.get("&,1", ""),
        manufactured_on=_day_isbt(said.get("=}", "")), expires_on=_day_isbt(said.get("=>", "")),
    )  # fmt: skip


def _day_isbt(text: str) -> date | None:
    """cYYJJJ: the last digit of the century, the year, the day of the year."""
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{6}", text):
        raise InvalidValue(f"a date of ISBT 128 is written cYYJJJ, not '{text}'")
    century = 1900 if text[0] == "9" else 2000 + 100 * int(text[0])
    return _ordinal(century + int(text[1:3]), int(text[3:]))
