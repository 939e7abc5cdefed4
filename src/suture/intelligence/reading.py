"""Raw records to rows without numbers: pure, so that it may run in a process of its own. No database, no clock.

What is decided here: which intervals a stated range is, in which role of its package, and what goes to review.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

import msgspec

from suture.core.components import Package, PackageKind
from suture.core.configurations import Product, as_plain
from suture.core.errors import FormatError
from suture.core.ranges import Interval, NeedsReview, in_words
from suture.core.vulnerabilities import (
    Attributes,
    Entry,
    Record,
    ReviewRange,
    ReviewReason,
    SharedRecord,
    Spoken,
    StatedRange,
)
from suture.formats import alpine_secdb, csaf, cve5, nvd, nvd_feed, osv, redhat
from suture.formats.detect import Kind
from suture.intelligence.placing import NATIVE, TWIN, Placed, as_text, placed, scheme_of, together

PARSER_VERSION = 5  # raised whenever a reader, or this module, reads any record differently: files are read again

LONGEST_ID = 120  # characters of a record's id
LONGEST_NAME = 600  # bytes of a package's name: an index of every database we run on must hold it
MOST_RANGES = 1 << 20  # of one record: a statement number has 20 bits for them
MOST_REFERENCES = 8

READERS: dict[Kind, Callable[[bytes], Record | SharedRecord]] = {
    Kind.OSV: osv.read,
    Kind.CVE5: cve5.read_shared,
    Kind.NVD: nvd.read,
    Kind.NVD_OVERRIDE: nvd.read_override,
    Kind.NVD_FEED: nvd_feed.read,
    Kind.REDHAT: redhat.read,
    Kind.ALPINE: alpine_secdb.read,
    Kind.CSAF: csaf.read,
}

REMEMBERED = 1 << 16  # parts of records whose rows are kept for the next record

PackageRow = tuple[str, str, str, str]  # kind, scheme, name, role

_json = msgspec.json.Encoder().encode


class Raw(NamedTuple):
    """One raw record of a file. `line` counts from 1; in a page of records it is the record's place."""

    line: int
    data: bytes
    sha256: bytes


# One interval: the package's place in the batch's list, lo, hi, the line of the assertion's `says`. A plain tuple:
# there are millions of them.
RangeRow = tuple[int, bytes, bytes, int]


class ReviewRow(NamedTuple):
    """Ranges of one package that wait for one reason; it stands for `n` of them."""

    package: int | None
    reason: str
    raw: str
    n: int


class Words(NamedTuple):
    """What a record tells people, as it is stored: cut to length, lists as JSON."""

    title: str = ""
    summary: str = ""
    severities_json: str = "[]"
    weaknesses_json: str = "[]"
    references_json: str = "[]"


class Prepared(msgspec.Struct, frozen=True, gc=False):
    """One record, ready to be stored but for the numbers the database gives."""

    line: int
    sha256: bytes
    source: str
    id: str
    aliases: tuple[str, ...]
    upstream: tuple[str, ...]
    published: str
    modified: str
    withdrawn: str
    disputed: bool
    stated: int
    accepted: int
    set_aside: int  # ranges of a withdrawn record: they are stated no more
    aliases_json: str
    says: str
    ranges: list[RangeRow]
    review: list[ReviewRow]
    by_vendor: bool
    platforms: Sequence[RangeRow]  # products that only join a configuration; last, their place in the record
    conditions: str  # core.configurations as JSON, by lines of `says`; '' where each range stands for itself
    spoken: Callable[[], Spoken]  # what `words` are made of
    words: Words = Words()  # made for storing, apart from the rows

    def worded(self) -> Prepared:
        """The same with its words.

        Raises:
            FormatError: the part of the record that has them is of another shape: it cannot be read.
        """
        told = self.spoken()
        words = Words(
            _clean(told.title.strip()[:500]),
            _clean(told.details.strip()[:2000]),
            _listed(told.severities),
            _listed(told.weaknesses),
            _listed(told.references[:MOST_REFERENCES]),
        )
        return msgspec.structs.replace(self, words=words)

    @property
    def result(self) -> bytes:
        """SHA-256 of what was made of the record, independent of the numbers a database gives."""
        waiting = sum([row.n for row in self.review])
        parts = [part for _, lo, hi, _ in self.ranges for part in (lo, hi)]
        if self.conditions:
            parts += [self.conditions.encode(), *(part for _, lo, hi, _ in self.platforms for part in (lo, hi))]
        told = f"{self.source}\0{self.id}\0{self.accepted}\0{waiting}".encode()
        return sha256(told + b"\0".join(parts)).digest()


class Unreadable(NamedTuple):
    """A record that could not be read at all: where, and why."""

    line: int
    why: str


class Batch(NamedTuple):
    """What a number of raw records came to."""

    packages: list[PackageRow]
    records: list[Prepared]
    unreadable: list[Unreadable]


class Reader:
    """Reads the raw records of one file, or of several of one kind; remembers what parts of records come to."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self.packages: dict[PackageRow, int] = {}  # every package met so far, with its place
        self._blocks: dict[Entry, Block | None] = {}

    def rows(self, raws: Iterable[Raw]) -> tuple[list[Prepared], list[Unreadable]]:
        """Read some raw records into rows, without their words. One that cannot be read is named, never passed over."""
        records: list[Prepared] = []
        unreadable: list[Unreadable] = []
        read, packages, blocks = READERS[self._kind], self.packages, self._blocks
        if len(blocks) > REMEMBERED:
            blocks.clear()
        for raw in raws:
            try:
                records.append(_rows_of(read(raw.data), raw, packages, blocks))
            except FormatError as error:
                unreadable.append(Unreadable(raw.line, _why(error)))
        return records, unreadable

    def read(self, raws: Iterable[Raw]) -> tuple[list[Prepared], list[Unreadable]]:
        """As `rows`, with the words: ready to be stored."""
        without, unreadable = self.rows(raws)
        records: list[Prepared] = []
        for record in without:
            try:
                records.append(record.worded())
            except FormatError as error:
                unreadable.append(Unreadable(record.line, _why(error)))
        return records, sorted(unreadable)


def read_batch(kind: Kind, raws: Iterable[Raw]) -> Batch:
    """Read raw records of one kind, as if they were a whole file."""
    reader = Reader(kind)
    records, unreadable = reader.read(raws)
    return Batch(list(reader.packages), records, unreadable)


def _why(error: FormatError) -> str:
    first = error.problems[0]
    return f"{first.where}: {first.what}" if first.where and first.where not in error.what else error.what


def prepare(record: Record, raw: Raw, packages: dict[PackageRow, int]) -> Prepared:
    """Turn a record into rows and words. `packages` numbers its packages, and grows.

    Raises:
        FormatError: its id or the number of its ranges is beyond what can be stored.
    """
    return _rows_of(record, raw, packages, {}).worded()


def _rows_of(
    record: Record | SharedRecord, raw: Raw, packages: dict[PackageRow, int], blocks: dict[Entry, Block | None]
) -> Prepared:
    """A record that is withdrawn keeps its text and states no range any more."""
    own_id, stated, withdrawn = record.id, record.stated, record.withdrawn
    if not own_id or len(own_id) > LONGEST_ID:
        raise FormatError(f"its id has {len(own_id)} characters; 1 to {LONGEST_ID} are possible")
    if stated >= MOST_RANGES:
        raise FormatError(f"it states {stated:,} ranges; fewer than {MOST_RANGES:,} are possible")
    platforms: Sequence[RangeRow] = ()
    conditions = ""
    if withdrawn:
        made = _NOTHING
    elif isinstance(record, SharedRecord):
        made, added = _of_parts(record, packages, blocks)
        if record.by_vendor and added is not None and added[0] < made.accepted:
            conditions = _added(added)
    else:
        rows = _Rows(packages)
        joined = {p.number for node in record.configurations for p in node.products() if p.vulnerable}
        first, by = record.added or (-1, "")
        for number, one in enumerate(record.ranges):
            if number == first:
                rows.added = (len(rows.says), by)
            rows.state(one, number in joined)
        for review in record.review:
            rows.set_aside(review)
        rows.conditions_of(record)
        made, platforms, conditions = rows.block(), rows.platforms, rows.conditions
    return Prepared(
        raw.line,
        raw.sha256,
        record.source,
        own_id.replace("\0", "\N{REPLACEMENT CHARACTER}"),
        _possible_ids(record.aliases),
        _possible_ids(record.upstream),
        record.published[:40],
        record.modified[:40],
        withdrawn[:40],
        record.disputed,
        0 if withdrawn else stated,
        made.accepted,
        stated if withdrawn else 0,
        _listed(record.aliases),
        made.says,
        made.ranges,
        made.review,
        record.by_vendor,
        platforms,
        conditions,
        record.spoken,
    )


def _of_parts(
    record: SharedRecord, packages: dict[PackageRow, int], blocks: dict[Entry, Block | None]
) -> tuple[Block, tuple[int, str] | None]:
    """The parts of a record, each of which stands in other records too: worked out once, and joined here.

    Beside them: the first line of `says` that another than the issuer added, and who.
    """
    entries, added = record.entries, record.added
    found: list[Block] = []
    for entry in entries:
        try:
            block = blocks[entry]
        except KeyError:
            block = blocks[entry] = _block(entry, packages)
        if block is None:
            return _Rows(packages).one_by_one(entries, added)
        found.append(block)
    if len(found) == 1:
        return found[0], None if added is None else (0, added[1])
    if added is not None:
        added = (sum([block.accepted for block in found[: added[0]]]), added[1])
    return _joined(found), added


def _added(added: tuple[int, str]) -> str:
    """Who added ranges matters where the record's own word is heard first, as that of the vendor is."""
    return _json({"added": added}).decode()


def _possible_ids(ids: tuple[str, ...]) -> tuple[str, ...]:
    return tuple([other for other in ids if 0 < len(other) <= LONGEST_ID]) if ids else ()


class Block(msgspec.Struct, frozen=True, gc=False):
    """What one entry comes to, by the numbers that the packages of this file have."""

    accepted: int
    says: str  # a line for each accepted range
    ranges: list[RangeRow]
    packages: set[int]  # of `ranges`
    review: list[ReviewRow]


_NOTHING = Block(0, "", [], set(), [])


def _block(entry: Entry, packages: dict[PackageRow, int]) -> Block | None:
    """None: a name of it is too long to be stored; such a record is taken range by range."""
    product, sayings = entry.product, entry.sayings
    if not sayings.each:
        return _NOTHING
    says: list[str] = []
    ranges: list[RangeRow] = []
    of: set[int] = set()
    review: list[ReviewRow] = []
    for kind, scheme, name in entry.packages:
        if len(name) > LONGEST_NAME // 4:
            return None
        made = together(sayings, scheme, kind is PackageKind.PURL)
        for reason, text, n in made.review:
            number = packages.setdefault((kind, scheme, name, NATIVE), len(packages))
            review.append(ReviewRow(number, reason, as_text(text.replace("\x1f", f"{product}: "), 1000), n))
        first = len(says)
        says += made.says
        for role, as_scheme, lines in made.ranges:
            number = packages.setdefault((kind, as_scheme, name, role), len(packages))
            new = [(number, lo, hi, first + line) for (lo, hi), line in lines.items()]
            if number in of:
                new = _without(new, {row[:3] for row in ranges})
            of.add(number)
            ranges += new
    if not entry.packages:
        review = _merged([
            ReviewRow(None, (one.reason or ReviewReason.NO_IDENTITY).value, as_text(f"{product}: {one.text}", 1000), 1)
            for one in sayings.each
        ])  # fmt: skip
    return Block(len(says), "\n".join(says), ranges, of, review)


def _joined(blocks: list[Block]) -> Block:
    """The parts of one record as one."""
    says: list[str] = []
    accepted = 0
    ranges: list[RangeRow] = []
    of: set[int] = set()
    seen: set[tuple[int, bytes, bytes]] = set()
    review: list[ReviewRow] = []
    for block in blocks:
        review += block.review
        if not block.accepted:
            continue
        new = block.ranges
        if accepted:
            new = [(number, lo, hi, accepted + line) for number, lo, hi, line in new]
            if seen or not of.isdisjoint(block.packages):
                seen = seen or {row[:3] for row in ranges}
                new = _without(new, seen)
        of |= block.packages
        ranges += new
        says.append(block.says)
        accepted += block.accepted
    return Block(accepted, "\n".join(says), ranges, of, _merged(review) if len(review) > 1 else review)


def _merged(review: list[ReviewRow]) -> list[ReviewRow]:
    """Ranges of one package that wait for the same reason, as one row."""
    merged: dict[tuple[int | None, str], tuple[str, int]] = {}
    for package, reason, raw, n in review:
        text, before = merged.get((package, reason), ("", 0))
        if len(text) < 1000:
            text = as_text(f"{text}\n{raw}" if text else raw, 1000)
        merged[package, reason] = (text, before + n)
    return [ReviewRow(package, reason, text, n) for (package, reason), (text, n) in merged.items()]


def _without(rows: Iterable[RangeRow], seen: set[tuple[int, bytes, bytes]]) -> list[RangeRow]:
    """The rows that were not seen; stated twice by the same record, a range is one row and two lines of `says`."""
    new = []
    for row in rows:
        if row[:3] not in seen:
            seen.add(row[:3])
            new.append(row)
    return new


class _Rows:
    """The rows of one record as they come."""

    __slots__ = (
        "_attributes",
        "_lines",
        "_seen",
        "added",
        "conditions",
        "packages",
        "platforms",
        "ranges",
        "review",
        "says",
    )

    def __init__(self, packages: dict[PackageRow, int]) -> None:
        self.packages = packages
        self.says: list[str] = []
        self.ranges: list[RangeRow] = []
        self.review: dict[tuple[int | None, str], tuple[str, int]] = {}
        self._seen: set[tuple[int, bytes, bytes]] = set()
        self.platforms: list[RangeRow] = []
        self.conditions = ""
        self.added: tuple[int, str] | None = None  # the first line of `says` that another than the issuer added
        self._lines: list[int | None] = []  # the line of `says` of each stated range; None: it went to review
        self._attributes: dict[int, Attributes] = {}  # by line

    def one_by_one(self, entries: list[Entry], added: tuple[int, str] | None) -> tuple[Block, tuple[int, str] | None]:
        """As `_of_parts`, of a record that has a name too long to be stored."""
        for number, entry in enumerate(entries):
            if added is not None and number == added[0]:
                self.added = (len(self.says), added[1])
            for package in entry.packages or (None,):
                for one in entry.sayings.each:
                    if package is not None and one.reason is None:
                        self.state(StatedRange(package, one.bounds, one.minus, one.wildcard))
                    else:
                        said = f"{entry.product}: {one.text}"
                        self.set_aside(ReviewRange(package, one.reason or ReviewReason.NO_IDENTITY, said))
        return self.block(), self.added

    def state(self, stated: StatedRange, joined: bool = False) -> None:
        """One stated range: its intervals, its loose twin, or review.

        Args:
            joined: it holds only together with others: a row of its own, though another states the same.
        """
        package, bounds, minus, _, attributes = stated
        if len(package[2]) > LONGEST_NAME // 4 and len(package.name.encode()) > LONGEST_NAME:
            text = f"{package.name[:400]}: {in_words(bounds, minus)}"
            self.set_aside(ReviewRange(None, ReviewReason.TOO_LONG, text))
            self._lines.append(None)
            return
        try:
            found = placed(package.scheme, package.kind is PackageKind.PURL, bounds, minus)
        except NeedsReview as refused:  # absurdly long texts; they are not remembered
            found = Placed("", (), (), in_words(bounds, minus), refused.reason)
        if found.refused is not None:
            self.set_aside(ReviewRange(package, found.refused, found.says))
            self._lines.append(None)
            return
        ordinal = len(self.says)
        self.says.append(found.says)
        self._lines.append(ordinal)
        if attributes:
            self._attributes[ordinal] = attributes
        alone = not (joined or attributes)
        self._add(self._number(package, found.role), found.intervals, ordinal, alone)
        if found.twin:
            self._add(self._number(package, TWIN), found.twin, ordinal, alone)

    def conditions_of(self, record: Record) -> None:
        """What is to be known of single ranges, once all are stated: configurations, attributes, who added them."""
        if record.by_vendor and self.added is not None and self.added[0] < len(self.says):
            self.conditions = _added(self.added)
        if not (record.configurations or self._attributes):
            return
        places = [self._platform(number, stated) for number, stated in enumerate(record.platforms)]

        def number(product: Product) -> int | None:
            """Under which it is stored: a line of `says`, or its place among the platforms."""
            if product.number is None:
                return None
            return self._lines[product.number] if product.vulnerable else places[product.number]

        stored: dict[str, object] = {
            "nodes": [as_plain(node, number) for node in record.configurations],
            "attributes": {str(line): dict(demanded) for line, demanded in self._attributes.items()},
        }
        platforms = {str(n): dict(stated.attributes) for n, stated in enumerate(record.platforms) if stated.attributes}
        if platforms:
            stored["platforms"] = platforms
        self.conditions = _json(stored).decode()

    def _platform(self, number: int, stated: StatedRange) -> int | None:
        """Where a product lies that only joins a configuration; None: its versions have no order."""
        if len(stated.package.name) > LONGEST_NAME // 4 and len(stated.package.name.encode()) > LONGEST_NAME:
            return None
        try:
            found = placed(stated.package.scheme, False, stated.bounds, stated.minus)
        except NeedsReview:
            return None
        if found.refused is not None:
            return None
        package = self._number(stated.package, found.role)
        self.platforms += [(package, lo, hi, number) for lo, hi in found.intervals]
        return number

    def set_aside(self, review: ReviewRange) -> None:
        """A range that waits for a person, joined to those of its package that wait for the same reason."""
        package = review.package
        if package is not None and len(package.name) > LONGEST_NAME // 4 and len(package.name.encode()) > LONGEST_NAME:
            package = None
        self._wait(None if package is None else self._number(package, NATIVE), review.reason.value, review.raw, 1)

    def _wait(self, package: int | None, reason: str, raw: str, n: int) -> None:
        text, before = self.review.get((package, reason), ("", 0))
        if len(text) < 1000:
            text = as_text(f"{text}\n{raw}" if text else raw, 1000)
        self.review[package, reason] = (text, before + n)

    def block(self) -> Block:
        """The rows so far."""
        review = [ReviewRow(package, reason, text, n) for (package, reason), (text, n) in self.review.items()]
        return Block(len(self.says), "\n".join(self.says), self.ranges, set(), review)

    def _number(self, package: Package, role: str) -> int:
        kind, scheme, name = package  # the kind is a word that equals its own text; `.value` would cost a look-up
        row = (kind, scheme if role is NATIVE else scheme_of(role, scheme), name, role)
        return self.packages.setdefault(row, len(self.packages))

    def _add(self, package: int, intervals: Iterable[Interval], ordinal: int, alone: bool) -> None:
        for lo, hi in intervals:
            if alone:
                seen = self._seen
                key = (package, lo, hi)
                if key in seen:  # stated twice by the same record: one row, two lines of `says`
                    continue
                seen.add(key)
            self.ranges.append((package, lo, hi, ordinal))


def _listed(values: tuple[object, ...]) -> str:
    """As JSON, without the NUL that PostgreSQL does not store."""
    if not values:
        return "[]"
    text = _json(values).decode()
    return text.replace("\\u0000", "") if "\\u0000" in text else text


def _clean(text: str) -> str:
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}") if "\0" in text else text
