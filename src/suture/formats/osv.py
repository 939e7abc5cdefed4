"""OSV records: what an ecosystem or a distribution says of its own packages.

Source: OSV schema 1.7 (ossf.github.io/osv-schema), "affected[].ranges[].events" for how a version is judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from suture.core.components import Package
from suture.core.identity import package_of_ecosystem
from suture.core.versions import Unorderable, key
from suture.core.vulnerabilities import Bounds, Record, ReviewRange, ReviewReason, Severity, StatedRange
from suture.formats.decoding import decode


class Event(msgspec.Struct, gc=False):
    """A point on the line of versions at which something begins or ends; exactly one of the four is set."""

    introduced: str = ""
    fixed: str = ""
    last_affected: str = ""
    limit: str = ""


class Range(msgspec.Struct):
    type: str = ""
    events: list[Event] = []
    repo: str = ""


class Named(msgspec.Struct, gc=False):
    ecosystem: str = ""
    name: str = ""


class Score(msgspec.Struct, gc=False):
    type: str = ""
    score: str = ""


class Affected(msgspec.Struct):
    package: Named | None = None
    ranges: list[Range] | None = None
    versions: list[str] | None = None
    severity: list[Score] | None = None


class Link(msgspec.Struct, gc=False):
    url: str = ""


class Specific(msgspec.Struct):
    cwe_ids: list[str] | None = None


class Osv(msgspec.Struct):
    """The fields of an OSV record that decide anything here."""

    id: str
    modified: str = ""
    published: str = ""
    withdrawn: str | None = None
    aliases: list[str] | None = None
    upstream: list[str] | None = None
    related: list[str] | None = None
    summary: str = ""
    details: str = ""
    severity: list[Score] | None = None
    affected: list[Affected] | None = None
    references: list[Link] | None = None
    database_specific: Specific | None = None


_DECODER = msgspec.json.Decoder(Osv)

# Which source speaks, by the prefix of its ids (OSV schema, "id" field); any other prefix is its own name.
SOURCES = {
    "GHSA": "ghsa",
    "PYSEC": "pysec",
    "GO": "go",
    "RUSTSEC": "rustsec",
    "BIT": "bitnami",
    "ALSA": "almalinux",
    "ALBA": "almalinux",
    "ALEA": "almalinux",
    "RLSA": "rocky",
    "RXSA": "rocky",
    "PSF": "psf",
    "DRUPAL": "drupal",
    "RSEC": "r",
    "OSV": "oss-fuzz",
    "MAL": "malicious",
}
ERRATA = frozenset({"almalinux", "rocky"})  # there `related` names the CVEs an erratum fixes


def source_of(record_id: str) -> str:
    """The name of the source that issued an id: 'GHSA-…' is 'ghsa'."""
    if record_id.startswith(("DSA-CONTRIB-", "DSA-CORE-")):  # Drupal, not Debian
        return "drupal"
    prefix = record_id.partition("-")[0]
    return SOURCES.get(prefix, prefix.lower())


# At the very beginning of title or text: 'Withdrawn Advisory: …', '**Withdrawn:** Duplicate of …', '# Withdrawn'.
_WITHDRAWN = re.compile(r"\W*withdrawn(?: advisory)?\s*(?:[:,.*\n]|$)", re.IGNORECASE).match
_THIS_IS_WITHDRAWN = re.compile(r"(?:#+[^\n]{0,60}\n\s*|\W*)this advisory has been withdrawn\b", re.IGNORECASE).match


def _said_withdrawn(raw: Osv) -> str:
    """GitHub puts 'Withdrawn Advisory' and why into the text; some copies of its data lack the field that dates it."""
    if _WITHDRAWN(raw.summary) or _WITHDRAWN(raw.details) or _THIS_IS_WITHDRAWN(raw.details.lstrip()):
        return "withdrawn, as its text says"
    return ""


def read(data: bytes) -> Record:
    """Read one OSV record.

    A version is affected when it lies in a range or is enumerated, so both are stated. Ranges of commits go to review,
    unless versions are enumerated or an orderable range stands beside them: then they say the same once more.

    Raises:
        FormatError: the bytes are no OSV record.
    """
    raw = decode(_DECODER, data, "an OSV record")
    source = source_of(raw.id)
    ranges: list[StatedRange] = []
    review: list[ReviewRange] = []
    scores = list(raw.severity or ())
    for affected in raw.affected or ():
        scores += affected.severity or ()
        for stated in _affected(affected):
            if isinstance(stated, StatedRange):
                ranges.append(stated)
            else:
                review.append(stated)
    return Record(
        source=source,
        id=raw.id,
        aliases=_others(raw.id, raw.aliases),
        upstream=_others(raw.id, [*(raw.upstream or ()), *((raw.related or ()) if source in ERRATA else ())]),
        title=raw.summary,
        details=raw.details,
        published=raw.published,
        modified=raw.modified,
        withdrawn=raw.withdrawn or _said_withdrawn(raw),
        severities=tuple(dict.fromkeys(Severity(_system(score), score.score, source) for score in scores)),
        weaknesses=tuple(raw.database_specific.cwe_ids or ()) if raw.database_specific else (),
        references=tuple(dict.fromkeys(link.url for link in raw.references or () if link.url)),
        ranges=tuple(ranges),
        review=tuple(review),
        stated=len(ranges) + len(review),
    )


def _others(own: str, ids: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(other for other in dict.fromkeys(ids or ()) if other and other != own)


def _system(score: Score) -> str:
    if score.score.startswith("CVSS:"):
        return score.score.partition("/")[0]
    return "CVSS:2.0" if score.type == "CVSS_V2" else score.type


def _affected(affected: Affected) -> Iterator[StatedRange | ReviewRange]:
    """Everything one `affected` entry states, in order; never nothing."""
    named = affected.package or Named()
    words = f"{named.ecosystem} {named.name}".strip()
    package = package_of_ecosystem(named.ecosystem, named.name)
    versions = affected.versions or ()
    ordered = [each for each in affected.ranges or () if each.type != "GIT" and each.events]
    commits = [each for each in affected.ranges or () if each.type == "GIT"]
    if ordered or versions:
        if package is None:
            lost = ReviewReason.UNKNOWN_ECOSYSTEM if words else ReviewReason.NO_IDENTITY
            for each in ordered:
                yield ReviewRange(None, lost, f"{words}: {_said(each)}")
            if versions:
                yield ReviewRange(None, lost, f"{words}: {', '.join(versions)}")
            return
        for each in ordered:
            yield from _ordered(package, each)
        as_tag = words.startswith("OSS-Fuzz ")
        for version in versions:
            yield StatedRange(package, Bounds.exactly(_released(version, named.name) if as_tag else version))
    elif commits:
        for each in commits:
            yield ReviewRange(package, ReviewReason.COMMITS, _said(each))
    else:
        yield ReviewRange(package, ReviewReason.EMPTY, words)


def _released(tag: str, project: str) -> str:
    """The release a tag of a repository stands for: 'curl-8_15_0' of curl is 8.15.0. Any other tag stays as it is."""
    begins, rest = tag[: len(project)], tag[len(project) :]
    if begins.lower() != project.lower() or rest[:1] not in ("-", "_") or not rest[1:2].isdigit():
        return tag
    return rest[1:] if "." in rest else rest[1:].replace("_", ".")


def _said(each: Range) -> str:
    """The events as one line a person can read."""
    steps = ", ".join(f"{what} {version}" for what, version in _steps(each.events))
    return f"{each.repo} {steps}" if each.repo else steps


def _ordered(package: Package, each: Range) -> Iterator[StatedRange | ReviewRange]:
    """The intervals of one range: each begins with `introduced` and ends before `fixed` or with `last_affected`."""
    steps = _steps(each.events)
    if not _alternate(steps):
        try:
            # The specification judges events in the order of versions, in whatever order they stand.
            steps.sort(key=lambda step: b"" if step[1] == "0" else key(package.scheme, step[1]))
        except Unorderable:
            yield ReviewRange(package, ReviewReason.UNREADABLE, _said(each))
            return
    low: str | None = None
    is_open = found = False
    for what, version in steps:
        if what == "introduced":
            if not is_open:
                low, is_open = (None if version == "0" else version), True
        elif is_open:
            yield StatedRange(package, Bounds(low, version, False, what == "last_affected"))
            is_open, found = False, True
    if is_open:
        yield StatedRange(package, Bounds(low, None))
    elif not found:
        yield ReviewRange(package, ReviewReason.EMPTY, _said(each))


def _steps(events: Sequence[Event]) -> list[tuple[str, str]]:
    """(what happens, at which version), one each; a limit of '*' limits nothing."""
    steps = []
    for event in events:
        if event.introduced:
            steps.append(("introduced", event.introduced))
        if event.fixed:
            steps.append(("fixed", event.fixed))
        if event.last_affected:
            steps.append(("last_affected", event.last_affected))
        if event.limit and event.limit != "*":
            steps.append(("limit", event.limit))
    return steps


def _alternate(steps: Sequence[tuple[str, str]]) -> bool:
    """True when beginnings and ends take turns as written, so that they need not be put in order."""
    return all((what == "introduced") == (number % 2 == 0) for number, (what, _) in enumerate(steps))
