"""Lists of units as they come: CSV or XLSX, with a header line, in whatever order and under whatever names.

Rows are given one after another, so that a million need no more memory than one. Limits on all of it: the file, its
unpacked size (a workbook is a zip archive), rows, columns, characters of a cell.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import IO

from openpyxl import load_workbook

from suture.core.errors import FormatError, Problem

LARGEST = 512 * 2**20  # bytes of a CSV file
LARGEST_WORKBOOK = 64 * 2**20  # bytes, packed
LARGEST_UNPACKED = 400 * 2**20
MOST_MEMBERS = 2_000
MOST_ROWS = 2_000_000
MOST_ROWS_OF_A_WORKBOOK = 200_000
MOST_COLUMNS = 100
LONGEST_CELL = 500  # characters
EMPTY_ROWS = 1_000  # so many in a row end a sheet

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


class Field(StrEnum):
    """What a column may say of a unit. The value is its name in files and on the command line."""

    UDI = "udi"
    DI = "udi_di"
    PRODUCT = "product"
    SERIAL = "serial"
    LOT = "lot"
    RELEASE = "release"
    CONSIGNEE = "consignee"
    CONSIGNEE_NAME = "consignee_name"
    CONSIGNEE_KIND = "consignee_kind"
    SITE = "site"
    COUNTRY = "country"
    MANUFACTURED = "manufactured_on"
    EXPIRES = "expires_on"
    DISTRIBUTED = "distributed_on"
    LAST_KNOWN = "last_known_on"
    STATE = "state"
    IMPLANTED = "implanted"
    HOME_USE = "home_use"
    EVIDENCE = "evidence"


_ALSO: Mapping[Field, tuple[str, ...]] = {
    Field.UDI: ("full udi", "udi (full)", "barcode"),
    Field.DI: ("di", "device identifier", "gtin", "udi di"),
    Field.PRODUCT: ("device", "brand", "brand name", "model", "product name"),
    Field.SERIAL: ("serial number", "serial no", "serial no.", "sn", "s/n"),
    Field.LOT: ("lot number", "batch", "lot/batch"),
    Field.RELEASE: ("version", "software", "software version", "firmware", "installed release", "sw version"),
    Field.CONSIGNEE: ("customer", "customer number", "customer no", "account", "consignee reference", "ship to"),
    Field.CONSIGNEE_NAME: ("customer name", "hospital", "account name"),
    Field.CONSIGNEE_KIND: ("customer type", "kind", "account type"),
    Field.SITE: ("location", "site name", "department", "ward"),
    Field.COUNTRY: ("country code",),
    Field.MANUFACTURED: ("manufactured", "manufacturing date", "date of manufacture", "mfg date"),
    Field.EXPIRES: ("expiry", "expiration", "expiry date", "expiration date", "expires"),
    Field.DISTRIBUTED: ("distributed", "shipped", "ship date", "shipped on", "delivered", "distribution date"),
    Field.LAST_KNOWN: ("last known", "last seen", "last service", "last contact", "as of", "seen on"),
    Field.STATE: ("status", "unit state"),
    Field.IMPLANTED: ("implant",),
    Field.HOME_USE: ("home", "at home", "used at home"),
    Field.EVIDENCE: ("note", "proof", "retirement evidence", "reason"),
}
_KNOWN = {name: field for field in Field for name in (field.value.replace("_", " "), *_ALSO[field])}


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as read: its header, and its rows with the number each has in the file (the header is row 1)."""

    header: tuple[str, ...]
    rows: Iterator[tuple[int, Sequence[str]]]


def field_named(header: str) -> Field | None:
    """What a column of this name says, as far as its name tells: 'Serial number' is the serial."""
    return _KNOWN.get(" ".join(header.casefold().replace("_", " ").split()))


def mapping_of(header: Sequence[str]) -> dict[Field, int]:
    """Which column says what, by their names; the first of two that say the same."""
    found: dict[Field, int] = {}
    for place, name in enumerate(header):
        field = field_named(name)
        if field is not None:
            found.setdefault(field, place)
    return found


def open_listing(file: IO[bytes], size: int) -> Listing:
    """Read the header of a list and stand ready to read its rows.

    Args:
        size: bytes of the file.

    Raises:
        FormatError: neither CSV in UTF-8 or UTF-16 nor XLSX, beyond a limit, or without a header line. Also while
            rows are read: the text breaks off, or there are too many.
    """
    start = file.read(4)
    file.seek(0)
    if start == ZIP:
        return _workbook(file, size)
    if start == OLE:
        raise FormatError(
            "an old Excel file (.xls) is not read",
            [Problem("", "an old Excel file (.xls)", "save it as .xlsx or as CSV UTF-8")],
        )
    if size > LARGEST:
        raise FormatError(f"the list is larger than {LARGEST // 2**20} MB; cut it in two")
    return _text(file, "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")


def _header(cells: Sequence[str]) -> tuple[str, ...]:
    header = tuple(cell.strip()[:LONGEST_CELL] for cell in cells)
    if len(header) > MOST_COLUMNS:
        raise FormatError(f"the list has {len(header)} columns; at most {MOST_COLUMNS} are read")
    if not any(header):
        raise FormatError("the first line is empty", [Problem("row 1", "empty", "put the names of the columns there")])
    return header


def _text(file: IO[bytes], encoding: str) -> Listing:
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        first = text.readline(1 << 16)
    except UnicodeError as error:
        raise _not_utf8(error) from error
    if not first.strip():
        raise FormatError("the list is empty", [Problem("row 1", "empty", "put the names of the columns there")])
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(text, delimiter=delimiter)
    header = _header(next(csv.reader([first], delimiter=delimiter)))

    def rows() -> Iterator[tuple[int, Sequence[str]]]:
        number, many = 1, 0
        try:
            for number, cells in enumerate(reader, 2):
                if not cells or not any(cells):
                    continue
                many += 1
                if many > MOST_ROWS:
                    raise FormatError(f"the list has more than {MOST_ROWS:,} rows; cut it in two")
                yield number, cells
        except UnicodeError as error:
            raise _not_utf8(error, number) from error
        except csv.Error as error:
            raise FormatError(
                f"row {number + 1} is not CSV: {error}",
                [Problem(f"row {number + 1}", f"not CSV: {error}", "look for a quotation mark that is not closed")],
            ) from error

    return Listing(header, rows())


def _not_utf8(error: UnicodeError, row: int = 0) -> FormatError:
    where = f"after row {row}" if row else "row 1"
    return FormatError(
        f"{where} is not UTF-8 text", [Problem(where, "not UTF-8 text", "save it as 'CSV UTF-8 (comma delimited)'")]
    )


def _workbook(file: IO[bytes], size: int) -> Listing:
    if size > LARGEST_WORKBOOK:
        raise FormatError(f"the workbook is larger than {LARGEST_WORKBOOK // 2**20} MB; save it as CSV")
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            # Python's reader never unpacks more of a member than its entry states, so the sum of these is a bound
            unpacked = sum(member.file_size for member in members)
            names = {member.filename for member in members}
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, EOFError) as error:
        raise FormatError("a zip archive that is not an Excel workbook") from error
    if len(members) > MOST_MEMBERS or unpacked > LARGEST_UNPACKED:
        raise FormatError(
            f"the workbook unpacks to {unpacked // 2**20} MB in {len(members)} parts; at most "
            f"{LARGEST_UNPACKED // 2**20} MB in {MOST_MEMBERS} are read; save it as CSV"
        )
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
        raise FormatError("a zip archive that is not an Excel workbook (.xlsx)")
    file.seek(0)
    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the sheet claims of its size is not believed
        cells = iter(sheet.iter_rows(values_only=True))
        first = next(cells, ())
    except Exception as error:
        raise FormatError(f"the workbook cannot be read: {error}") from error
    header = _header([_cell(value) for value in first])

    def rows() -> Iterator[tuple[int, Sequence[str]]]:
        empty = many = 0
        number = 1
        try:
            for number, values in enumerate(cells, 2):
                if not any(value is not None for value in values):
                    empty += 1
                    if empty > EMPTY_ROWS:
                        return
                    continue
                empty, many = 0, many + 1
                if many > MOST_ROWS_OF_A_WORKBOOK:
                    raise FormatError(
                        f"the sheet has more than {MOST_ROWS_OF_A_WORKBOOK:,} rows; save it as CSV, which may have more"
                    )
                yield number, [_cell(value) for value in values[:MOST_COLUMNS]]
        except FormatError:
            raise
        except Exception as error:
            raise FormatError(f"the workbook cannot be read after row {number}: {error}") from error

    return Listing(header, rows())


def _cell(value: object) -> str:
    """A cell as text: dates as 2026-03-31, whole numbers without '.0'."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
