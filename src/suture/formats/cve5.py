"""CVE records, format 5: what the numbering authority (CNA) and other authorised publishers (ADP) say of a product.

Source: CVE record format 5.x (CVEProject/cve-schema), and its "Version Status" document for how a version is judged:
the first entry that holds a version decides, else `defaultStatus` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeVar

import msgspec

from suture.core.sources import is_vendor
from suture.core.versions import Unorderable, is_series, key, looks_like_a_commit
from suture.core.vulnerabilities import (
    Bounds,
    Entry,
    Record,
    ReviewReason,
    Saying,
    Sayings,
    Severity,
    SharedRecord,
)
from suture.formats.cve5_packages import packages_of
from suture.formats.decoding import decode

T = TypeVar("T")


class Change(msgspec.Struct, gc=False):
    at: str
    status: str


class Version(msgspec.Struct, rename="camel"):
    version: str = ""
    status: str = "unknown"
    version_type: str = ""
    less_than: str | None = None
    less_than_or_equal: str | None = None
    changes: list[Change] = []


class Affected(msgspec.Struct, rename={"collection_url": "collectionURL", "package_url": "packageURL",
                                       "package_name": "packageName", "default_status": "defaultStatus"}):  # fmt: skip
    vendor: str = ""
    product: str = ""
    package_name: str = ""
    collection_url: str = ""
    package_url: str = ""
    cpes: tuple[str, ...] = ()
    default_status: str = ""  # '': not said, which the format calls unknown
    versions: msgspec.Raw = msgspec.Raw(b"[]")  # of `Version`; most lists stand in many records, and are read once


class Text(msgspec.Struct, gc=False):
    lang: str = ""
    value: str = ""


class Problem(msgspec.Struct, gc=False, rename={"cwe": "cweId"}):
    cwe: str = ""


class ProblemType(msgspec.Struct):
    descriptions: list[Problem] = []


class Cvss(msgspec.Struct, gc=False, rename="camel"):
    version: str = ""
    vector_string: str = ""


class Other(msgspec.Struct):
    type: str = ""
    content: msgspec.Raw = msgspec.Raw(b"{}")


class Metric(msgspec.Struct, rename={"v40": "cvssV4_0", "v31": "cvssV3_1", "v30": "cvssV3_0", "v20": "cvssV2_0"}):
    v40: Cvss | None = None
    v31: Cvss | None = None
    v30: Cvss | None = None
    v20: Cvss | None = None
    other: Other | None = None


class Ssvc(msgspec.Struct):
    version: str = ""
    options: msgspec.Raw = msgspec.Raw(b"[]")


class Link(msgspec.Struct, gc=False):
    url: str = ""


class Provider(msgspec.Struct, gc=False, rename="camel"):
    short_name: str = ""


class Container(msgspec.Struct, rename="camel"):
    title: str = ""
    provider_metadata: Provider = msgspec.field(default_factory=Provider)
    affected: list[Affected] = []
    descriptions: list[Text] = []
    rejected_reasons: list[Text] = []
    problem_types: list[ProblemType] = []
    metrics: list[Metric] = []
    references: list[Link] = []
    tags: list[str] = []


class Containers(msgspec.Struct):
    cna: Container = msgspec.field(default_factory=Container)
    adp: list[Container] = []


class Metadata(msgspec.Struct, rename="camel"):
    cve_id: str
    state: str = ""
    assigner_short_name: str = ""
    date_published: str = ""
    date_updated: str = ""


class Cve(msgspec.Struct, rename="camel"):
    """The fields of a CVE record that decide anything here."""

    cve_metadata: Metadata
    containers: Containers


_DECODER = msgspec.json.Decoder(Cve)
_VERSIONS = msgspec.json.Decoder(list[Version])
_SSVC = msgspec.json.Decoder(Ssvc)
_OPTIONS = msgspec.json.Decoder(list[dict[str, str]])


def read(data: bytes) -> Record:
    """Read one CVE record, with the containers of the CNA and of every ADP.

    Raises:
        FormatError: the bytes are no CVE record of format 5.
    """
    return read_shared(data).whole()


def read_shared(data: bytes) -> SharedRecord:
    """As `read`, with shared parts: what one CVE record says of versions, others say as well.

    Raises:
        FormatError: as `read`.
    """
    raw = decode(_DECODER, data, "a CVE record (format 5)")
    cna = raw.containers.cna
    entries: list[Entry] = []
    severities: list[Severity] = []
    weaknesses: list[str] = []
    references: list[str] = []
    stated = 0
    added: tuple[int, str] | None = None
    for container in (cna, *raw.containers.adp):
        if container is not cna and container.affected and added is None:
            added = (len(entries), container.provider_metadata.short_name or "another publisher")
        for affected in container.affected:
            if container is not cna and affected.default_status == "unknown":
                affected.default_status = ""  # what one ADP writes in every record says nothing of this one
            vendor, product = affected.vendor, affected.product
            packages = packages_of(
                vendor, product, affected.package_name, affected.collection_url, affected.package_url,
                affected.cpes,
            )  # fmt: skip
            sayings = _sayings(bytes(affected.versions), affected.default_status, bool(packages))
            if sayings.each:
                entries.append(Entry(packages, f"{vendor} {product}".strip(), sayings))
                stated += len(sayings.each) * (len(packages) or 1)
        if container.metrics:
            _score(container, severities)
        for kind in container.problem_types:
            for problem in kind.descriptions:
                if problem.cwe:
                    weaknesses.append(problem.cwe)
        for link in container.references:
            references.append(link.url)
    meta = raw.cve_metadata
    return SharedRecord(
        "cve",
        meta.cve_id,
        cna.title,
        _english(cna.descriptions) or _english(cna.rejected_reasons),
        meta.date_published,
        meta.date_updated,
        "rejected" if meta.state == "REJECTED" else "",
        "disputed" in cna.tags,
        _distinct(severities),
        _distinct(weaknesses),
        _distinct(references),
        entries,
        stated,
        by_vendor=bool(cna.affected)
        and all(is_vendor(meta.assigner_short_name, affected.vendor) for affected in cna.affected),
        added=added,
    )


def _distinct(values: list[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values)) if len(values) > 1 else tuple(values)


def _english(texts: Sequence[Text]) -> str:
    for text in texts:
        if text.lang[:2] == "en":
            return text.value
    return ""


def _score(container: Container, severities: list[Severity]) -> None:
    """CVSS vectors, and SSVC decision points as 'Exploitation:none/Automatable:yes/Technical Impact:total'."""
    by = container.provider_metadata.short_name
    for metric in container.metrics:
        if (other := metric.other) is not None:
            if other.type == "ssvc":
                ssvc = decode(_SSVC, other.content, "an SSVC metric")
                severities.append(Severity(f"SSVC:{ssvc.version}", _points(bytes(ssvc.options)), by))
            continue
        for score in (metric.v40, metric.v31, metric.v30, metric.v20):
            if score is not None:
                severities.append(Severity(f"CVSS:{score.version}", score.vector_string, by))


@lru_cache(maxsize=1 << 12)
def _points(options: bytes) -> str:
    decided = decode(_OPTIONS, options, "an SSVC metric")
    return "/".join(f"{name}:{value}" for option in decided for name, value in option.items())


# ---- versions: each entry as intervals with a status


class Span(NamedTuple):
    """An interval of versions with the status one entry gives it, or the reason why it is none."""

    status: str
    bounds: Bounds | ReviewReason
    entry: Version


_UNSAID = frozenset({"", "-", "n/a", "na", "none", "unspecified", "unknown", "not specified"})
_ALL = frozenset({"*", "all", "all versions", "any"})
_NO_END = _UNSAID | _ALL
_FROM_START = _NO_END | {"0"}
_COMPARISON = re.compile(r"(>=|<=|=|>|<)\s*([^\s,<>=]+)")
_COMPARISONS = re.compile(rf"{_COMPARISON.pattern}(?:\s*,\s*{_COMPARISON.pattern})?")


def _spans(entries: Sequence[Version]) -> list[Span]:
    """The intervals of a list of entries: one for each, or with `changes` one per status."""
    spans = []
    for entry in entries:
        changes = bool(entry.changes)
        bounds = _bounds(entry.version, entry.less_than, entry.less_than_or_equal, entry.version_type == "git", changes)
        if not changes or isinstance(bounds, ReviewReason):
            spans.append(Span(entry.status, bounds, entry))
            continue
        status, low = entry.status, bounds
        for change in entry.changes:
            if _not_below(change.at, bounds.high):
                break  # 'unaffected from 10.2.11' of a range that ends before: it says nothing more of this range
            spans.append(Span(status, low._replace(high=change.at, high_closed=False), entry))
            status, low = change.status, bounds._replace(low=change.at, low_open=False)
        spans.append(Span(status, low, entry))
    return spans


def _not_below(at: str, high: str | None) -> bool:
    """Whether a change comes at the end of a range or after it, as far as the two can be ordered."""
    if high is None:
        return False
    try:
        return key("loose", at) >= key("loose", high)
    except Unorderable:
        return False


def _is_commit(bounds: Sequence[str], typed_git: bool) -> bool:
    """Say whether the bounds are commits.

    The type does not tell: CNAs write 'git' beside release numbers ('* <= 3.5'), and the kernel's
    'original_commit_for_fix' gives the mainline release of the fix ('6.10 <= *').
    """
    if any(looks_like_a_commit(bound) for bound in bounds):
        return True
    return typed_git and not any("." in bound for bound in bounds)


@lru_cache(maxsize=1 << 16)
def _bounds(
    written: str, less_than: str | None, less_than_or_equal: str | None, typed_git: bool, changes: bool
) -> Bounds | ReviewReason:
    """One entry's bounds. Remembered: most entries are stated many times over."""
    if _is_commit([bound for bound in (written, less_than, less_than_or_equal) if bound], typed_git):
        return ReviewReason.COMMITS
    version = written.strip()
    word = version.lower()
    low: str | None = None if word in _FROM_START else version
    low_open = False
    if word.startswith("next of "):  # '> X' of the 4.0 format, as converted
        low, low_open = version[8:].strip(), True
    if less_than is not None or less_than_or_equal is not None:
        closed = less_than is None
        high = ((less_than_or_equal if closed else less_than) or "").strip()
        if high.lower() in _NO_END:
            return Bounds(low, None, low_open)
        return Bounds(low, high, low_open, closed)
    if low_open:
        return Bounds(low, None, True)
    if word in _ALL or (word == "0" and changes):
        return Bounds(None, None)
    if word in _UNSAID:
        return ReviewReason.NO_VERSION
    if changes:  # a beginning without an end: the changes say where it ends
        return Bounds(version, None)
    return _compared(version) or Bounds.exactly(version)


def _compared(version: str) -> Bounds | None:
    """'>= 4.0.0, < 4.1.2' in the place of a version: some CNAs write comparisons there. None: it is no such text."""
    if version[:1] not in "<>=" or not _COMPARISONS.fullmatch(version):
        return None
    low: str | None = None
    high: str | None = None
    low_open = high_closed = False
    for sign, bound in _COMPARISON.findall(version):
        if sign == "=":
            return Bounds.exactly(bound) if version.count(",") == 0 else None
        if sign[0] == ">":
            if low is not None:
                return None
            low, low_open = bound, sign == ">"
        else:
            if high is not None:
                return None
            high, high_closed = bound, sign == "<="
    return Bounds(low, high, low_open, high_closed)


def _said(entry: Version) -> str:
    """An entry as one line a person can read."""
    words = [entry.status, entry.version]
    if entry.less_than is not None:
        words.append(f"< {entry.less_than}")
    if entry.less_than_or_equal is not None:
        words.append(f"<= {entry.less_than_or_equal}")
    words += [f"from {change.at} {change.status}" for change in entry.changes]
    if entry.version_type:
        words.append(f"({entry.version_type})")
    return " ".join(word for word in words if word)


# ---- the list of versions of one `affected` entry


@lru_cache(maxsize=1 << 16)
def _sayings(versions: bytes, default: str, named: bool) -> Sayings:
    """What a list of versions states; nothing only if it says 'unaffected'. `named`: of a package that we can name."""
    read: list[Version] = decode(_VERSIONS, versions, "the versions of an affected product (CVE record, format 5)")
    spans = _spans(read)
    if (
        default not in ("affected", "unknown")
        and spans
        and all(s[0] == "affected" and s[1].__class__ is Bounds for s in spans)
    ):
        said = [Saying(None, span[1], (), "", _is_wild(span[1])) for span in spans]  # type: ignore[arg-type]
    else:
        said = list(_statements(spans, default))
    if not named:
        said = [
            one if one.reason else Saying(ReviewReason.NO_IDENTITY, one.bounds, (), _review_text(one, spans, default))
            for one in said
        ]
    return Sayings(tuple(said))


def _statements(spans: Sequence[Span], default: str) -> Iterator[Saying]:
    """The affected ranges of an entry: listed ones without what an earlier entry says otherwise, then the default's."""
    others = [number for number, span in enumerate(spans) if span.status != "affected"]
    last_other = others[-1] if others else -1
    minus: list[Bounds] = []
    wild = listed = False
    unread: Span | None = None
    for number, span in enumerate(spans):
        status, bounds, entry = span
        if isinstance(bounds, ReviewReason):
            if status != "affected":
                unread = span
            if status != "unaffected":
                yield Saying(bounds, _EVERYTHING, (), _said(entry))
            if status == "affected" and bounds is ReviewReason.COMMITS and looks_like_a_commit(entry.version):
                yield Saying(None, Bounds.exactly(entry.version))  # so much is certain without the history
        elif status == "affected":
            listed = True
            # Under `defaultStatus: affected` the complement below holds it already, unless a later entry cuts it out.
            if default != "affected" or not others or number < last_other:
                yield Saying(None, bounds, tuple(minus), "", wild or _is_wild(bounds))
        else:
            minus.append(bounds)
            wild = wild or _is_wild(bounds)
            if status != "unaffected":
                yield Saying(ReviewReason.UNKNOWN_STATUS, _EVERYTHING, (), _said(entry))
    if default == "affected":
        yield from _complement(spans, minus, listed, unread, wild)
    elif default != "unaffected" and len(others) == len(spans) and all(s.status == "unaffected" for s in spans):
        yield Saying(ReviewReason.UNKNOWN_STATUS, _EVERYTHING, (), f"defaultStatus {default or 'unknown'}")
    elif default == "unknown" and listed:
        said = "defaultStatus unknown: the record leaves every version open that it does not list"
        yield Saying(ReviewReason.UNKNOWN_STATUS, _EVERYTHING, (), said)


def _review_text(one: Saying, spans: Sequence[Span], default: str) -> str:
    """The words of a range that nobody can be named for."""
    entry = next((span.entry for span in spans if span.bounds is one.bounds), None)
    return _said(entry) if entry is not None else f"defaultStatus {default}"


_EVERYTHING = Bounds(None, None)


def _complement(
    spans: Sequence[Span], minus: Sequence[Bounds], listed: bool, unread: Span | None, wild: bool
) -> Iterator[Saying]:
    """What `defaultStatus: affected` adds: every version without the stated exceptions."""
    if unread is not None and not minus:
        # Without its exceptions the range would hold every version: a person reads them.
        reason = unread.bounds if isinstance(unread.bounds, ReviewReason) else ReviewReason.UNREADABLE
        yield Saying(reason, _EVERYTHING, (), f"defaultStatus affected; {_said(unread.entry)}")
    elif minus or not spans:
        yield Saying(None, _EVERYTHING, tuple(minus), "", wild)
    elif listed:
        # Only affected versions are listed ('8.1.* < 8.1.28'), yet the default calls every other version affected as
        # well. Such records mean their list; the default waits for a person instead of condemning every release.
        yield Saying(
            ReviewReason.UNKNOWN_STATUS,
            _EVERYTHING,
            (),
            "defaultStatus affected, though only affected versions are listed",
        )


@lru_cache(maxsize=1 << 16)
def _is_wild(bounds: Bounds) -> bool:
    return (bounds.low is not None and is_series(bounds.low)) or (bounds.high is not None and is_series(bounds.high))
