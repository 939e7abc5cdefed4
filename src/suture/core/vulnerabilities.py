"""What one source says about one vulnerability, before anything is ordered or matched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from suture.core.components import Package
from suture.core.configurations import Node

Attributes = tuple[tuple[str, str], ...]


class ReviewReason(StrEnum):
    """Why a stated range waits for a person instead of taking part in matching. It is never dropped."""

    SEVERAL_NODES = "several nodes"  # AND/OR configuration, 'running on'
    COMMITS = "git commits"  # hashes have no order
    NO_VERSION = "no version"  # CPE version '-', 'n/a', 'unspecified'
    NO_DIGIT = "no digit"  # 'publication', 'latest'
    FREE_TEXT = "free text"  # prose, operators inside the version
    UNORDERABLE = "unorderable"  # no key under its own scheme, nor under the loose one
    INVERTED = "inverted"  # lower bound not below the upper one
    EMPTY = "empty"  # a range that can hold no version, stated as such
    WILDCARD = "wildcard"  # a wildcard where no bound can be made of it
    NEGATED = "negated"  # a negated CPE node
    UNKNOWN_STATUS = "unknown status"  # CVE 5 status or defaultStatus 'unknown'
    NO_IDENTITY = "no identity"  # neither purl, CPE nor vendor and product
    UNKNOWN_ECOSYSTEM = "unknown ecosystem"
    TOO_LONG = "too long"  # a key over 512 bytes
    UNREADABLE = "unreadable"  # anything else, with its raw text


class Bounds(NamedTuple):
    """A range of versions as written. `None` is 'unbounded'; an exact version has equal, closed bounds."""

    low: str | None
    high: str | None
    low_open: bool = False  # True: > low; False: >= low
    high_closed: bool = False  # True: <= high; False: < high

    @classmethod
    def exactly(cls, version: str) -> Bounds:
        """The range that holds one version (and what compares equal to it)."""
        return cls(version, version, False, True)


class StatedRange(NamedTuple):
    """One affected range as one source states it: in which package, between which bounds.

    `minus` are the stated exceptions (CVE 5: `unaffected` entries under `defaultStatus: affected`):
    the affected versions are `bounds` without the union of `minus`.
    """

    package: Package
    bounds: Bounds
    minus: tuple[Bounds, ...] = ()
    wildcard: bool = False  # a bound is written with a trailing '*': '6.1.*'
    attributes: Attributes = ()  # what else the CPE name demands, by attribute: (('target_sw', 'wordpress'),)


class ReviewRange(NamedTuple):
    """One affected range that cannot take part in matching, with why, and the text it stands for."""

    package: Package | None
    reason: ReviewReason
    raw: str


class Severity(NamedTuple):
    """A score as published: `system` is 'CVSS:2.0', 'CVSS:3.0', 'CVSS:3.1', 'CVSS:4.0', 'SSVC:2.0.3', or a word."""

    system: str
    vector: str
    by: str  # who scored: 'nvd@nist.gov', 'CISA-ADP', the CNA's short name


class Spoken(NamedTuple):
    """What a record tells people, beside the ranges it states. The fields are those of `Record`."""

    title: str
    details: str
    severities: tuple[Severity, ...]
    weaknesses: tuple[str, ...]
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One vulnerability record of one source, read. The unit of provenance: an *assertion*.

    `stated` counts the affected ranges of the original; `len(ranges) + len(review) == stated`
    holds for every reader (tested over all real records).
    """

    source: str  # 'nvd', 'nvd-override', 'cve', 'ghsa', 'pysec', 'go', 'rustsec', ...
    id: str  # the source's own id: 'GHSA-…', 'CVE-…'
    aliases: tuple[str, ...] = ()
    upstream: tuple[str, ...] = ()  # what an erratum fixes: vulnerabilities of their own, not aliases of each other
    title: str = ""
    details: str = ""
    published: str = ""  # ISO 8601, UTC, as written by the source
    modified: str = ""
    withdrawn: str = ""  # ISO 8601 instant or 'rejected'; '' while it stands
    disputed: bool = False
    severities: tuple[Severity, ...] = ()
    weaknesses: tuple[str, ...] = ()  # 'CWE-787'
    references: tuple[str, ...] = ()
    ranges: tuple[StatedRange, ...] = ()
    review: tuple[ReviewRange, ...] = ()
    stated: int = 0
    configurations: tuple[Node, ...] = ()  # where `ranges` hold only together with other products
    platforms: tuple[StatedRange, ...] = ()  # products the configurations name that are not themselves vulnerable
    by_vendor: bool = False  # issued by the CNA that is the vendor of what it names
    added: tuple[int, str] | None = None  # (first of `ranges` that another than the issuer added, by whom)

    def spoken(self) -> Spoken:
        """What it tells people, beside the ranges it states."""
        return Spoken(self.title, self.details, self.severities, self.weaknesses, self.references)


class Saying:
    """One affected range before it is given to a package; with a `reason` it goes to review as `text`.

    One object wherever the same is said; `memo` is for whoever works out what it comes to.
    """

    __slots__ = ("bounds", "memo", "minus", "reason", "text", "wildcard")

    def __init__(
        self, reason: ReviewReason | None, bounds: Bounds, minus: tuple[Bounds, ...] = (), text: str = "",
        wildcard: bool = False,
    ) -> None:  # fmt: skip
        self.reason = reason
        self.bounds = bounds
        self.minus = minus
        self.text = text
        self.wildcard = wildcard
        self.memo: object = None


class Sayings:
    """Some affected ranges, as one object for all records that repeat them: what they come to is worked out once.

    Told by which object it is, not by what it holds; so it costs nothing to look up what was worked out.
    """

    __slots__ = ("each",)

    def __init__(self, each: Sequence[Saying]) -> None:
        self.each = each


class Entry:
    """One part of a record: all these sayings, of each of these packages; of nobody known where there is none.

    Told by which object it is, as `Sayings` are: the same part of many records is one object.
    """

    __slots__ = ("packages", "product", "sayings", "stated", "vendor")

    def __init__(self, packages: tuple[Package, ...], product: str, sayings: Sayings, vendor: str = "") -> None:
        self.packages = packages
        self.product = product  # in the record's own words, for what goes to review
        self.sayings = sayings
        self.vendor = vendor
        self.stated = len(sayings.each) * (len(packages) or 1)  # how many ranges it states


class SharedRecord(NamedTuple):
    """A record whose ranges stand in shared parts: for sources that repeat themselves millions of times over.

    The fields are those of `Record`; `whole` gives it as one.
    """

    source: str
    id: str
    published: str
    modified: str
    withdrawn: str
    disputed: bool
    by_vendor: bool
    entries: list[Entry]
    stated: int
    spoken: Callable[[], Spoken]  # raises FormatError where that part of the record is of another shape
    aliases: tuple[str, ...] = ()
    upstream: tuple[str, ...] = ()
    added: tuple[int, str] | None = None  # (first of `entries` that another than the issuer added, by whom)

    def whole(self) -> Record:
        """The same record with every range of its own.

        Raises:
            FormatError: as `spoken`.
        """
        ranges: list[StatedRange] = []
        review: list[ReviewRange] = []
        added = None
        for number, entry in enumerate(self.entries):
            if self.added is not None and number == self.added[0]:
                added = (len(ranges), self.added[1])
            for package in entry.packages or (None,):
                for one in entry.sayings.each:
                    if one.reason is None and package is not None:
                        ranges.append(StatedRange(package, one.bounds, one.minus, one.wildcard))
                    else:
                        reason = one.reason or ReviewReason.NO_IDENTITY
                        review.append(ReviewRange(package, reason, f"{entry.product}: {one.text}"))
        spoken = self.spoken()
        return Record(
            source=self.source, id=self.id, aliases=self.aliases, upstream=self.upstream, title=spoken.title,
            details=spoken.details, published=self.published, modified=self.modified, withdrawn=self.withdrawn,
            disputed=self.disputed, severities=spoken.severities, weaknesses=spoken.weaknesses,
            references=spoken.references, ranges=tuple(ranges), review=tuple(review), stated=self.stated,
            by_vendor=self.by_vendor, added=added,
        )  # fmt: skip


class Exploited(NamedTuple):
    """An entry of a catalogue of vulnerabilities known to be exploited (CISA KEV)."""

    id: str
    added: str  # ISO date
    name: str
    action: str
    due: str
    ransomware: bool


class Epss(NamedTuple):
    """FIRST EPSS: probability of exploitation in the next 30 days, and its percentile, both 0 to 1."""

    id: str
    score: float
    percentile: float
