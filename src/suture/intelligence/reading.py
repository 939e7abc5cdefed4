"""Raw records to rows without numbers: pure, so that it may run in a process of its own. No database, no clock.

What is decided here: which intervals a stated range is, in which role of its package, and what goes to review.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

import msgspec

from suture.core.components import Package, PackageKind
from suture.core.errors import FormatError
from suture.core.ranges import FALLBACK, Interval, NeedsReview, in_words, intervals_in, read
from suture.core.vulnerabilities import Bounds, Record, ReviewRange, ReviewReason, StatedRange
from suture.formats import alpine_secdb, cve5, nvd, nvd_feed, osv, redhat
from suture.formats.detect import Kind

PARSER_VERSION = 1  # raised whenever a reader, or this module, reads any record differently: files are read again

LONGEST_ID = 120  # characters of a record's id
LONGEST_NAME = 600  # bytes of a package's name: an index of every database we run on must hold it
MOST_RANGES = 1 << 20  # of one record: a statement number has 20 bits for them
MOST_REFERENCES = 8

READERS: dict[Kind, Callable[[bytes], Record]] = {
    Kind.OSV: osv.read,
    Kind.CVE5: cve5.read,
    Kind.NVD: nvd.read,
    Kind.NVD_OVERRIDE: nvd.read_override,
    Kind.NVD_FEED: nvd_feed.read,
    Kind.REDHAT: redhat.read,
    Kind.ALPINE: alpine_secdb.read,
}

NATIVE, TWIN, ALSO_LOOSE = "native", "twin", "fallback"  # Package.Role of the models
PackageRow = tuple[str, str, str, str]  # kind, scheme, name, role

_json = msgspec.json.Encoder().encode


class Raw(NamedTuple):
    """One raw record of a file. `line` counts from 1; in a page of records it is the record's place."""

    line: int
    data: bytes
    sha256: bytes


class RangeRow(NamedTuple):
    """One interval; `package` is its place in the batch's list, `ordinal` the line of the assertion's `says`."""

    package: int
    lo: bytes
    hi: bytes
    ordinal: int


class ReviewRow(NamedTuple):
    """Ranges of one package that wait for one reason; it stands for `n` of them."""

    package: int | None
    reason: str
    raw: str
    n: int


class Prepared(NamedTuple):
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
    title: str
    summary: str
    aliases_json: str
    severities_json: str
    weaknesses_json: str
    references_json: str
    says: str
    ranges: list[RangeRow]
    review: list[ReviewRow]
    result: bytes  # SHA-256 of what was made of it


class Unreadable(NamedTuple):
    """A record that could not be read at all: where, and why."""

    line: int
    why: str


class Batch(NamedTuple):
    """What a number of raw records came to."""

    packages: list[PackageRow]
    records: list[Prepared]
    unreadable: list[Unreadable]


def read_batch(kind: Kind, raws: Iterable[Raw]) -> Batch:
    """Read raw records of one kind. One that cannot be read is named, never passed over."""
    reader = READERS[kind]
    packages: dict[PackageRow, int] = {}
    records: list[Prepared] = []
    unreadable: list[Unreadable] = []
    for raw in raws:
        try:
            records.append(prepare(reader(raw.data), raw, packages))
        except FormatError as error:
            unreadable.append(Unreadable(raw.line, _why(error)))
    return Batch(list(packages), records, unreadable)


def _why(error: FormatError) -> str:
    first = error.problems[0]
    return f"{first.where}: {first.what}" if first.where and first.where not in error.what else error.what


def prepare(record: Record, raw: Raw, packages: dict[PackageRow, int]) -> Prepared:
    """Turn a record into rows. `packages` numbers the packages of the batch and grows.

    A record that is withdrawn keeps its text and states no range any more.

    Raises:
        FormatError: its id or the number of its ranges is beyond what can be stored.
    """
    if not record.id or len(record.id) > LONGEST_ID:
        raise FormatError(f"its id has {len(record.id)} characters; 1 to {LONGEST_ID} are possible")
    if record.stated >= MOST_RANGES:
        raise FormatError(f"it states {record.stated:,} ranges; fewer than {MOST_RANGES:,} are possible")
    rows = _Rows(packages)
    if not record.withdrawn:
        for stated in record.ranges:
            rows.state(stated)
        for review in record.review:
            rows.set_aside(review)
    accepted = len(rows.says)
    waiting = [ReviewRow(package, reason, text, n) for (package, reason), (text, n) in rows.review.items()]
    return Prepared(
        line=raw.line,
        sha256=raw.sha256,
        source=record.source,
        id=_text(record.id, LONGEST_ID),
        aliases=tuple(other for other in record.aliases if 0 < len(other) <= LONGEST_ID),
        upstream=tuple(other for other in record.upstream if 0 < len(other) <= LONGEST_ID),
        published=record.published[:40],
        modified=record.modified[:40],
        withdrawn=record.withdrawn[:40],
        disputed=record.disputed,
        stated=0 if record.withdrawn else record.stated,
        accepted=accepted,
        set_aside=record.stated if record.withdrawn else 0,
        title=_text(record.title.strip(), 500),
        summary=_text(record.details.strip(), 2000),
        aliases_json=_listed(record.aliases),
        severities_json=_listed(record.severities),
        weaknesses_json=_listed(record.weaknesses),
        references_json=_listed(record.references[:MOST_REFERENCES]),
        says="\n".join(rows.says),
        ranges=rows.ranges,
        review=waiting,
        result=rows.digest(record, waiting),
    )


class _Rows:
    """The rows of one record as they come."""

    def __init__(self, packages: dict[PackageRow, int]) -> None:
        self.packages = packages
        self.says: list[str] = []
        self.ranges: list[RangeRow] = []
        self.review: dict[tuple[int | None, str], tuple[str, int]] = {}
        self._seen: set[tuple[int, bytes, bytes]] = set()

    def state(self, stated: StatedRange) -> None:
        """One stated range: its intervals, its loose twin, or review."""
        package, bounds, minus, _ = stated
        if len(package.name) > LONGEST_NAME // 4 and len(package.name.encode()) > LONGEST_NAME:
            text = f"{package.name[:400]}: {in_words(bounds, minus)}"
            self.set_aside(ReviewRange(None, ReviewReason.TOO_LONG, text))
            return
        try:
            found = _placed(package.scheme, package.kind is PackageKind.PURL, bounds, minus)
        except NeedsReview as refused:  # absurdly long texts; they are not remembered
            found = _Placed("", (), (), in_words(bounds, minus), refused.reason)
        if found.refused is not None:
            self.set_aside(ReviewRange(package, found.refused, found.says))
            return
        ordinal = len(self.says)
        self.says.append(found.says)
        self._add(self._number(package, found.role), found.intervals, ordinal)
        if found.twin:
            self._add(self._number(package, TWIN), found.twin, ordinal)

    def set_aside(self, review: ReviewRange) -> None:
        """A range that waits for a person, joined to those of its package that wait for the same reason."""
        package = review.package
        if package is not None and len(package.name.encode()) > LONGEST_NAME:
            package = None
        key = (None if package is None else self._number(package, NATIVE), review.reason.value)
        text, n = self.review.get(key, ("", 0))
        if len(text) < 1000:
            text = _text(f"{text}\n{review.raw}" if text else review.raw, 1000)
        self.review[key] = (text, n + 1)

    def _number(self, package: Package, role: str) -> int:
        scheme = package.scheme if role == NATIVE else FALLBACK
        # The kind is a word that equals its own text; `.value` would cost as much as the look-up.
        return self.packages.setdefault((package.kind, scheme, package.name, role), len(self.packages))

    def _add(self, package: int, intervals: Iterable[Interval], ordinal: int) -> None:
        for lo, hi in intervals:
            key = (package, lo, hi)
            if key not in self._seen:  # stated twice by the same record: one row, two lines of `says`
                self._seen.add(key)
                self.ranges.append(RangeRow(package, lo, hi, ordinal))

    def digest(self, record: Record, waiting: list[ReviewRow]) -> bytes:
        """SHA-256 of what a record came to, independent of the numbers a database gives."""
        made = sha256(f"{record.source}\0{record.id}\0{len(self.says)}\0{sum(row.n for row in waiting)}".encode())
        made.update(b"\0".join([part for row in self.ranges for part in (row.lo, row.hi)]))
        return made.digest()


class _Placed(NamedTuple):
    """What a stated range comes to, whatever its package is called."""

    role: str
    intervals: tuple[Interval, ...]
    twin: tuple[Interval, ...]  # the same in loose keys; () where there is none, or the scheme is loose already
    says: str
    refused: ReviewReason | None = None


@lru_cache(maxsize=1 << 17)
def _placed(scheme: str, may_have_twin: bool, bounds: Bounds, minus: tuple[Bounds, ...]) -> _Placed:
    """Read a range in its scheme, or else in `loose`. Remembered: feeds state most ranges many times over."""
    stated = StatedRange(Package(PackageKind.PURL, scheme, ""), bounds, minus)
    says = in_words(bounds, minus)
    try:
        reading = read(stated)
    except NeedsReview as refused:
        if refused.reason is ReviewReason.TOO_LONG:
            raise
        return _Placed("", (), (), says, refused.reason)
    role = NATIVE if reading.scheme == scheme else ALSO_LOOSE
    twin: list[Interval] = []
    if role == NATIVE and scheme != FALLBACK and may_have_twin:
        try:
            twin = intervals_in(FALLBACK, stated)
        except NeedsReview:
            twin = []  # nothing a loose version could be compared with; the range itself is stored
    return _Placed(role, tuple(reading.intervals), tuple(twin), _line(says))


def _listed(values: object) -> str:
    encoded = _json(values).decode()
    return encoded.replace("\\u0000", "") if "\\u0000" in encoded else encoded


def _text(text: str, limit: int) -> str:
    """At most `limit` characters, without the NUL that PostgreSQL does not store."""
    return text[:limit].replace("\0", "\N{REPLACEMENT CHARACTER}") if "\0" in text else text[:limit]


def _line(text: str) -> str:
    return " ".join(text.split()) if "\n" in text or "\r" in text or "\0" in text else text
