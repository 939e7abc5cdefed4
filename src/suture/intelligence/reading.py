"""Raw records to rows without numbers: pure, so that it may run in a process of its own. No database, no clock.

What is decided here: which intervals a stated range is, in which role of its package, and what goes to review.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

import msgspec

from suture.core import commits
from suture.core.components import Package, PackageKind
from suture.core.configurations import Node, Product, as_plain
from suture.core.errors import FormatError
from suture.core.ranges import FALLBACK, Interval, NeedsReview, in_words, intervals_of, read_bounds
from suture.core.versions import Unorderable
from suture.core.vulnerabilities import (
    Attributes,
    Bounds,
    Entry,
    Record,
    ReviewRange,
    ReviewReason,
    Sayings,
    SharedRecord,
    StatedRange,
)
from suture.formats import alpine_secdb, csaf, cve5, nvd, nvd_feed, osv, redhat
from suture.formats.detect import Kind

PARSER_VERSION = 4  # raised whenever a reader, or this module, reads any record differently: files are read again

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

NATIVE, TWIN, ALSO_LOOSE, COMMIT = "native", "twin", "fallback", "commit"  # Package.Role of the models
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
    by_vendor: bool = False
    platforms: Sequence[RangeRow] = ()  # products that only join a configuration; last, their place in the record
    conditions: str = ""  # core.configurations as JSON, by lines of `says`; '' where each range stands for itself


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


def prepare(record: Record | SharedRecord, raw: Raw, packages: dict[PackageRow, int]) -> Prepared:
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
    if record.withdrawn:
        pass
    elif isinstance(record, SharedRecord):
        first, by = record.added or (-1, "")
        for number, entry in enumerate(record.entries):
            if number == first:
                rows.added = (len(rows.says), by)
            rows.take(entry)
        rows.conditions_of(record)
    else:
        joined = {p.number for node in record.configurations for p in node.products() if p.vulnerable}
        first, by = record.added or (-1, "")
        for number, stated in enumerate(record.ranges):
            if number == first:
                rows.added = (len(rows.says), by)
            rows.state(stated, number in joined)
        for review in record.review:
            rows.set_aside(review)
        rows.conditions_of(record)
    accepted = len(rows.says)
    says = "\n".join(rows.says)
    waiting = [ReviewRow(package, reason, text, n) for (package, reason), (text, n) in rows.review.items()]
    title, summary = record.title.strip()[:500], record.details.strip()[:2000]
    listed = (_listed(record.aliases), _listed(record.severities), _listed(record.weaknesses),
              _listed(record.references[:MOST_REFERENCES]))  # fmt: skip
    if b"\\u0000" in raw.data:  # the NUL that PostgreSQL does not store
        title, summary = _text(title, 500), _text(summary, 2000)
        listed = tuple(one.replace("\\u0000", "") for one in listed)  # type: ignore[assignment]
    return Prepared(
        raw.line,
        raw.sha256,
        record.source,
        record.id.replace("\0", "\N{REPLACEMENT CHARACTER}"),
        _possible_ids(record.aliases),
        _possible_ids(record.upstream),
        record.published[:40],
        record.modified[:40],
        record.withdrawn[:40],
        record.disputed,
        0 if record.withdrawn else record.stated,
        accepted,
        record.stated if record.withdrawn else 0,
        title,
        summary,
        *listed,
        says,
        rows.ranges,
        waiting,
        rows.digest(record, accepted, waiting),
        record.by_vendor,
        rows.platforms,
        rows.conditions,
    )


def _possible_ids(ids: tuple[str, ...]) -> tuple[str, ...]:
    return tuple([other for other in ids if 0 < len(other) <= LONGEST_ID]) if ids else ()


class _Rows:
    """The rows of one record as they come."""

    __slots__ = (
        "_attributes",
        "_lines",
        "_met",
        "_parts",
        "_seen",
        "added",
        "conditions",
        "packages",
        "platforms",
        "ranges",
        "review",
        "says",
    )  # fmt: skip

    def __init__(self, packages: dict[PackageRow, int]) -> None:
        self.packages = packages
        self.says: list[str] = []
        self.ranges: list[RangeRow] = []
        self.review: dict[tuple[int | None, str], tuple[str, int]] = {}
        self._seen: set[tuple[int, bytes, bytes]] = set()
        self._met: set[int] = set()  # packages of entries taken whole
        self._parts: list[bytes] = []  # of entries taken whole: their fingerprints
        self.platforms: list[RangeRow] = []
        self.conditions = ""
        self.added: tuple[int, str] | None = None  # the first line of `says` that another than the issuer added
        self._lines: list[int | None] = []  # the line of `says` of each stated range; None: it went to review
        self._attributes: dict[int, Attributes] = {}  # by line

    def take(self, entry: Entry) -> None:
        """A part of a record that stands in other records too: worked out once, and numbered anew."""
        listed, product, sayings = entry
        for package in listed or (None,):
            if package is None or len(package[2]) > LONGEST_NAME // 4:
                self._one_by_one(package, entry)
                continue
            kind, scheme, name = package
            says, ranges, review, digest = _together(sayings, scheme, kind is PackageKind.PURL)
            self._parts.append(digest)
            for reason, text, n in review:
                self._wait(self._number(package, NATIVE), reason, text.replace("\x1f", f"{product}: "), n)
            if not says:
                continue
            first = len(self.says)
            self.says += says
            packages, met = self.packages, self._met
            for role, as_scheme, intervals in ranges:
                number = packages.setdefault((kind, as_scheme, name, role), len(packages))
                if number in met:
                    self._again(number, first, intervals)
                else:
                    met.add(number)
                    self.ranges += [(number, lo, hi, first + line) for lo, hi, line in intervals]

    def _again(self, number: int, first: int, ranges: Iterable[tuple[bytes, bytes, int]]) -> None:
        """More ranges of a package the record has spoken of already: none is stored twice."""
        seen = {row[1:3] for row in self.ranges if row[0] == number}
        for lo, hi, line in ranges:
            if (lo, hi) not in seen:
                seen.add((lo, hi))
                self.ranges.append((number, lo, hi, first + line))

    def _one_by_one(self, package: Package | None, entry: Entry) -> None:
        for reason, bounds, minus, text, wildcard in entry.sayings.each:
            if package is not None and reason is None:
                self.state(StatedRange(package, bounds, minus, wildcard))
            else:
                said = f"{entry.product}: {text}"
                self.set_aside(ReviewRange(package, reason or ReviewReason.NO_IDENTITY, said))

    def state(self, stated: StatedRange, joined: bool = False) -> None:
        """One stated range: its intervals, its loose twin, or review.

        Args:
            joined: it holds only together with others: a row of its own, though another states the same.
        """
        package, bounds, minus, _, attributes = stated
        if len(package.name) > LONGEST_NAME // 4 and len(package.name.encode()) > LONGEST_NAME:
            text = f"{package.name[:400]}: {in_words(bounds, minus)}"
            self.set_aside(ReviewRange(None, ReviewReason.TOO_LONG, text))
            self._lines.append(None)
            return
        try:
            found = _placed(package.scheme, package.kind is PackageKind.PURL, bounds, minus)
        except NeedsReview as refused:  # absurdly long texts; they are not remembered
            found = _Placed("", (), (), in_words(bounds, minus), refused.reason)
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

    def conditions_of(self, record: Record | SharedRecord) -> None:
        """What is to be known of single ranges, once all are stated: configurations, attributes, who added them.

        Who added them matters where the record's own word is heard first, as that of the vendor is.
        """
        if record.by_vendor and self.added is not None and self.added[0] < len(self.says):
            self.conditions = _json({"added": self.added}).decode()
        if isinstance(record, SharedRecord) or not (record.configurations or self._attributes):
            return
        placed = [self._platform(number, stated) for number, stated in enumerate(record.platforms)]
        stored: dict[str, object] = {
            "nodes": [as_plain(_numbered(node, self._lines, placed)) for node in record.configurations],
            "attributes": {str(line): dict(demanded) for line, demanded in self._attributes.items()},
        }
        platforms = {str(n): dict(stated.attributes) for n, stated in enumerate(record.platforms) if stated.attributes}
        if platforms:
            stored["platforms"] = platforms
        self.conditions = _json(stored).decode()

    def _platform(self, number: int, stated: StatedRange) -> int | None:
        """Where a product lies that only joins a configuration; None: its versions have no order."""
        if len(stated.package.name.encode()) > LONGEST_NAME:
            return None
        try:
            found = _placed(stated.package.scheme, False, stated.bounds, stated.minus)
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
            text = _text(f"{text}\n{raw}" if text else raw, 1000)
        self.review[package, reason] = (text, before + n)

    def _number(self, package: Package, role: str) -> int:
        scheme = scheme_of(role, package.scheme)
        # The kind is a word that equals its own text; `.value` would cost as much as the look-up.
        return self.packages.setdefault((package.kind, scheme, package.name, role), len(self.packages))

    def _add(self, package: int, intervals: Iterable[Interval], ordinal: int, alone: bool) -> None:
        for lo, hi in intervals:
            if alone:
                key = (package, lo, hi)
                if key in self._seen:  # stated twice by the same record: one row, two lines of `says`
                    continue
                self._seen.add(key)
            self.ranges.append((package, lo, hi, ordinal))

    def digest(self, record: Record | SharedRecord, accepted: int, waiting: list[ReviewRow]) -> bytes:
        """SHA-256 of what a record came to, independent of the numbers a database gives."""
        parts = self._parts or [part for _, lo, hi, _ in self.ranges for part in (lo, hi)]
        told = f"{record.source}\0{record.id}\0{accepted}\0{sum([row.n for row in waiting])}".encode()
        if self.conditions:
            parts = [*parts, self.conditions.encode(), *(part for _, lo, hi, _ in self.platforms for part in (lo, hi))]
        return sha256(told + b"\0".join(parts)).digest()


def _numbered(node: Node, lines: Sequence[int | None], platforms: Sequence[int | None]) -> Node:
    """A configuration with the numbers under which its products are stored."""
    parts: list[Product | Node] = []
    for part in node.parts:
        if isinstance(part, Node):
            parts.append(_numbered(part, lines, platforms))
            continue
        stored = lines if part.vulnerable else platforms
        parts.append(part._replace(number=None if part.number is None else stored[part.number]))
    return node._replace(parts=tuple(parts))


class _Together(NamedTuple):
    """What some sayings come to in one order, whatever the package is called."""

    says: list[str]
    ranges: list[tuple[str, str, list[tuple[bytes, bytes, int]]]]  # role, scheme; lo, hi, line of `says`
    review: list[tuple[str, str, int]]  # reason, text, how many; \x1f is where the product's name will stand
    digest: bytes


@lru_cache(maxsize=1 << 16)
def _together(sayings: Sayings, scheme: str, may_have_twin: bool) -> _Together:
    says: list[str] = []
    rows: dict[str, dict[Interval, int]] = {}  # by role; stated twice, an interval is one row
    review: dict[str, tuple[str, int]] = {}
    for reason, bounds, minus, text, _ in sayings.each:
        if reason is None:
            try:
                role, intervals, twin, words, reason = _placed(scheme, may_have_twin, bounds, minus)
            except NeedsReview as refused:  # absurdly long texts; they are not remembered
                intervals, twin, words, reason = (), (), in_words(bounds, minus), refused.reason
            if reason is None:
                line = len(says)
                says.append(words)
                for interval in intervals:
                    rows.setdefault(role, {}).setdefault(interval, line)
                for interval in twin:
                    rows.setdefault(TWIN, {}).setdefault(interval, line)
                continue
        else:
            words = f"\x1f{text}"
        before, n = review.get(reason.value, ("", 0))
        if len(before) < 1000:
            before = _text(f"{before}\n{words}" if before else words, 1000)
        review[reason.value] = before, n + 1
    ranges = [
        (role, scheme_of(role, scheme), [(*interval, line) for interval, line in lines.items()])
        for role, lines in rows.items()
    ]
    told = b"\0".join([part for _, _, lines in ranges for lo, hi, _ in lines for part in (lo, hi)])
    return _Together(says, ranges, [(why, text, n) for why, (text, n) in review.items()], sha256(told).digest())


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
    says = in_words(bounds, minus)
    try:
        found_in, found = read_bounds(scheme, bounds, minus)
    except NeedsReview as refused:
        if refused.reason is ReviewReason.COMMITS and bounds.low and bounds == Bounds.exactly(bounds.low) and not minus:
            return _one_commit(bounds.low, says)
        if refused.reason is ReviewReason.TOO_LONG:
            raise
        return _Placed("", (), (), says, refused.reason)
    role = NATIVE if found_in == scheme else ALSO_LOOSE
    twin: list[Interval] = []
    if role == NATIVE and scheme != FALLBACK and may_have_twin:
        try:
            twin = intervals_of(FALLBACK, bounds, minus)
        except NeedsReview:
            twin = []  # nothing a loose version could be compared with; the range itself is stored
    return _Placed(role, tuple(found), tuple(twin), _line(says))


def _one_commit(commit: str, says: str) -> _Placed:
    try:
        return _Placed(COMMIT, (commits.interval(commit),), (), says)
    except Unorderable:
        return _Placed("", (), (), says, ReviewReason.COMMITS)


def scheme_of(role: str, own: str) -> str:
    """The order in which the rows of a package stand, by the role they have."""
    return own if role == NATIVE else commits.SCHEME if role == COMMIT else FALLBACK


def _listed(values: tuple[object, ...]) -> str:
    return _json(values).decode() if values else "[]"


def _text(text: str, limit: int) -> str:
    """At most `limit` characters, without the NUL that PostgreSQL does not store."""
    return text[:limit].replace("\0", "\N{REPLACEMENT CHARACTER}") if "\0" in text else text[:limit]


def _line(text: str) -> str:
    return " ".join(text.split()) if "\n" in text or "\r" in text or "\0" in text else text
