"""CVE records, format 5: what the numbering authority (CNA) and other authorised publishers (ADP) say of a product.

Source: CVE record format 5.x (CVEProject/cve-schema), and its "Version Status" document for how a version is judged:
the first entry that holds a version decides, else `defaultStatus` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from suture.core.versions import is_series, looks_like_a_commit
from suture.core.vulnerabilities import Bounds, Record, ReviewRange, ReviewReason, Severity, StatedRange
from suture.formats.cve5_packages import packages_of
from suture.formats.decoding import decode


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
    cpes: list[str] = []
    default_status: str = "unknown"
    versions: list[Version] = []


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
    options: list[dict[str, str]] = []


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
    date_published: str = ""
    date_updated: str = ""


class Cve(msgspec.Struct, rename="camel"):
    """The fields of a CVE record that decide anything here."""

    cve_metadata: Metadata
    containers: Containers


_DECODER = msgspec.json.Decoder(Cve)
_SSVC = msgspec.json.Decoder(Ssvc)


def read(data: bytes) -> Record:
    """Read one CVE record, with the containers of the CNA and of every ADP.

    Raises:
        FormatError: the bytes are no CVE record of format 5.
    """
    raw = decode(_DECODER, data, "a CVE record (format 5)")
    cna = raw.containers.cna
    containers = (cna, *raw.containers.adp)
    ranges: list[StatedRange] = []
    review: list[ReviewRange] = []
    for container in containers:
        for affected in container.affected:
            for stated in _affected(affected):
                if isinstance(stated, StatedRange):
                    ranges.append(stated)
                else:
                    review.append(stated)
    return Record(
        source="cve",
        id=raw.cve_metadata.cve_id,
        title=cna.title,
        details=next((text.value for text in (*cna.descriptions, *cna.rejected_reasons) if text.lang[:2] == "en"), ""),
        published=raw.cve_metadata.date_published,
        modified=raw.cve_metadata.date_updated,
        withdrawn="rejected" if raw.cve_metadata.state == "REJECTED" else "",
        disputed="disputed" in cna.tags,
        severities=tuple(dict.fromkeys(score for container in containers for score in _severities(container))),
        weaknesses=tuple(
            dict.fromkeys(
                problem.cwe
                for container in containers
                for kind in container.problem_types
                for problem in kind.descriptions
                if problem.cwe
            )
        ),
        references=tuple(dict.fromkeys(link.url for container in containers for link in container.references)),
        ranges=tuple(ranges),
        review=tuple(review),
        stated=len(ranges) + len(review),
    )


def _severities(container: Container) -> Iterator[Severity]:
    """CVSS vectors, and SSVC decision points as 'Exploitation:none/Automatable:yes/Technical Impact:total'."""
    by = container.provider_metadata.short_name
    for metric in container.metrics:
        for score in (metric.v40, metric.v31, metric.v30, metric.v20):
            if score is not None:
                yield Severity(f"CVSS:{score.version}", score.vector_string, by)
        if metric.other is not None and metric.other.type == "ssvc":
            ssvc = decode(_SSVC, bytes(metric.other.content), "an SSVC metric")
            points = "/".join(f"{name}:{value}" for option in ssvc.options for name, value in option.items())
            yield Severity(f"SSVC:{ssvc.version}", points, by)


# ---- versions: each entry as intervals with a status


class Span(NamedTuple):
    """An interval of versions with the status one entry gives it, or the reason why it is none."""

    status: str
    bounds: Bounds | ReviewReason
    raw: str


_UNSAID = frozenset({"", "-", "n/a", "na", "none", "unspecified", "unknown", "not specified"})
_ALL = frozenset({"*", "all", "all versions", "any"})
_FROM_START = _UNSAID | _ALL | {"0"}
_COMPARISON = re.compile(r"(>=|<=|=|>|<)\s*([^\s,<>=]+)")
_COMPARISONS = re.compile(rf"{_COMPARISON.pattern}(?:\s*,\s*{_COMPARISON.pattern})?")


def _spans(entry: Version) -> list[Span]:
    """The intervals of one entry: one, or with `changes` one per status."""
    raw = _said(entry)
    if _is_commit(entry):
        return [Span(entry.status, ReviewReason.COMMITS, raw)]
    bounds = _bounds(entry)
    if not entry.changes or isinstance(bounds, ReviewReason):
        return [Span(entry.status, bounds, raw)]
    spans = []
    status, low = entry.status, bounds
    for change in entry.changes:
        spans.append(Span(status, low._replace(high=change.at, high_closed=False), raw))
        status, low = change.status, bounds._replace(low=change.at, low_open=False)
    return [*spans, Span(status, low, raw)]


def _is_commit(entry: Version) -> bool:
    """Say whether the bounds are commits.

    The type does not tell: CNAs write 'git' beside release numbers ('* <= 3.5'), and the kernel's
    'original_commit_for_fix' gives the mainline release of the fix ('6.10 <= *').
    """
    bounds = [bound for bound in (entry.version, entry.less_than, entry.less_than_or_equal) if bound]
    if any(looks_like_a_commit(bound) for bound in bounds):
        return True
    return entry.version_type == "git" and not any("." in bound for bound in bounds)


def _bounds(entry: Version) -> Bounds | ReviewReason:
    version = entry.version.strip()
    word = version.lower()
    low: str | None = None if word in _FROM_START else version
    low_open = False
    if word.startswith("next of "):  # '> X' of the 4.0 format, as converted
        low, low_open = version[8:].strip(), True
    if entry.less_than is not None or entry.less_than_or_equal is not None:
        closed = entry.less_than is None
        high = ((entry.less_than_or_equal if closed else entry.less_than) or "").strip()
        if high.lower() in _UNSAID | _ALL:
            return Bounds(low, None, low_open)
        return Bounds(low, high, low_open, closed)
    if low_open:
        return Bounds(low, None, True)
    if word in _ALL or (word == "0" and entry.changes):
        return Bounds(None, None)
    if word in _UNSAID:
        return ReviewReason.NO_VERSION
    if entry.changes:  # a beginning without an end: the changes say where it ends
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


# ---- one `affected` entry: which products, which versions


def _affected(affected: Affected) -> Iterator[StatedRange | ReviewRange]:
    """Everything one `affected` entry states, for each package it names; nothing only if it says 'unaffected'."""
    packages = packages_of(
        affected.vendor, affected.product, affected.package_name, affected.collection_url, affected.package_url,
        tuple(affected.cpes),
    )  # fmt: skip
    stated = list(_statements(affected))
    product = f"{affected.vendor} {affected.product}".strip()
    for package in packages or (None,):
        for reason, bounds, minus, raw in stated:
            if reason is not None:
                yield ReviewRange(package, reason, f"{product}: {raw}")
            elif package is None:
                yield ReviewRange(None, ReviewReason.NO_IDENTITY, f"{product}: {raw}")
            else:
                yield StatedRange(package, bounds, minus, any(map(_is_wild, (bounds, *minus))))


class Statement(NamedTuple):
    """One affected range before it is given to a package: `reason` set means that it goes to review."""

    reason: ReviewReason | None
    bounds: Bounds
    minus: tuple[Bounds, ...]
    raw: str


_EVERYTHING = Bounds(None, None)


def _statements(affected: Affected) -> Iterator[Statement]:
    """The affected ranges of an entry: listed ones without what an earlier entry says otherwise, then the default's."""
    default = affected.default_status
    spans = [span for entry in affected.versions for span in _spans(entry)]
    others = [number for number, span in enumerate(spans) if span.status != "affected"]
    last_other = others[-1] if others else -1
    minus: list[Bounds] = []
    listed = False
    unread: Span | None = None
    for number, (status, bounds, raw) in enumerate(spans):
        if isinstance(bounds, ReviewReason):
            if status != "affected":
                unread = spans[number]
            if status != "unaffected":
                yield Statement(bounds, _EVERYTHING, (), raw)
        elif status == "affected":
            listed = True
            # Under `defaultStatus: affected` the complement below holds it already, unless a later entry cuts it out.
            if default != "affected" or not others or number < last_other:
                yield Statement(None, bounds, tuple(minus), raw)
        else:
            minus.append(bounds)
            if status != "unaffected":
                yield Statement(ReviewReason.UNKNOWN_STATUS, _EVERYTHING, (), raw)
    if default == "affected":
        yield from _complement(spans, minus, listed, unread)
    elif default != "unaffected" and all(span.status == "unaffected" for span in spans):
        yield Statement(ReviewReason.UNKNOWN_STATUS, _EVERYTHING, (), f"defaultStatus {default}")


def _complement(
    spans: Sequence[Span], minus: Sequence[Bounds], listed: bool, unread: Span | None
) -> Iterator[Statement]:
    """What `defaultStatus: affected` adds: every version without the stated exceptions."""
    if unread is not None and not minus:
        # Without its exceptions the range would hold every version: a person reads them.
        reason = unread.bounds if isinstance(unread.bounds, ReviewReason) else ReviewReason.UNREADABLE
        yield Statement(reason, _EVERYTHING, (), f"defaultStatus affected; {unread.raw}")
    elif minus or not spans:
        yield Statement(None, _EVERYTHING, tuple(minus), "defaultStatus affected")
    elif listed:
        # Only affected versions are listed ('8.1.* < 8.1.28'), yet the default calls every other version affected as
        # well. Such records mean their list; the default waits for a person instead of condemning every release.
        yield Statement(
            ReviewReason.UNKNOWN_STATUS,
            _EVERYTHING,
            (),
            "defaultStatus affected, though only affected versions are listed",
        )


def _is_wild(bounds: Bounds) -> bool:
    return (bounds.low is not None and is_series(bounds.low)) or (bounds.high is not None and is_series(bounds.high))
