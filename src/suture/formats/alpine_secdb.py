"""Alpine's security database: for each release and repository, which build of a source package fixes which CVE.

Source: secdb.alpinelinux.org and its licence note; the version '0' says that the package was never affected
(gitlab.alpinelinux.org/alpine/infra/docker/secdb, "secfixes").
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from suture.core.distros import ALPINE
from suture.core.identity import package_of_any_release, package_of_release
from suture.core.versions import Unorderable, key
from suture.core.vulnerabilities import Bounds, Record, ReviewRange, ReviewReason, StatedRange
from suture.formats.decoding import decode

NEVER = "0"  # the package of this release was never affected


class Named(msgspec.Struct):
    name: str
    secfixes: dict[str, list[str] | None] | None = None


class Entry(msgspec.Struct):
    pkg: Named


class Database(msgspec.Struct):
    """One document: what one repository of one release fixes."""

    distroversion: str
    reponame: str
    packages: list[Entry]


class Packed(msgspec.Struct):
    """As some mirrors pack it: one document per line, under `data`."""

    data: Database


class Fix(msgspec.Struct, array_like=True, gc=False):
    """One build that fixes a vulnerability: where, which source package, which version."""

    release: str
    repository: str
    package: str
    version: str
    says: str  # the entry as written: 'CVE-2017-2616 (+ regression fix)'


class Fixes(msgspec.Struct):
    """Everything some documents say of one vulnerability: the unit in which the database is taken in."""

    id: str
    scope: str  # '' for several documents, else the release and repository: 'v3.18-main'
    fixed: list[Fix]


_DATABASE = msgspec.json.Decoder(Database)
_PACKED = msgspec.json.Decoder(Packed)
_FIXES = msgspec.json.Decoder(Fixes)
_ENCODER = msgspec.json.Encoder()

_CVE = re.compile(r"CVE-\d{4}-\d{4,}")
_OTHER = re.compile(r"\b(?:GHSA(?:-[a-z0-9]{4}){3}|[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*-\d+)\b")


def ids(written: str) -> list[str]:
    """The vulnerabilities an entry names: its CVEs, else the one id it has instead, else the entry itself.

    An entry may say more: 'CVE-2017-5753 CVE-2017-5715 XSA-254', 'CVE-2016-9318 (partial)', 'CVE N/A ZBX-11023'.
    """
    cves = list(dict.fromkeys(_CVE.findall(written)))
    return cves or _OTHER.findall(written)[:1] or [" ".join(written.split())[:100]]


def split(documents: Iterable[bytes]) -> list[bytes]:
    """Cut the database by vulnerability: one small document for each that the given ones name, in the order of ids.

    Raises:
        FormatError: one of them is no such database.
    """
    found: dict[str, list[Fix]] = {}
    places = set()
    for data in documents:
        base = _database(data)
        places.add((base.distroversion, base.reponame))
        for entry in base.packages:
            for version, written in (entry.pkg.secfixes or {}).items():
                for text in written or ():
                    for one in ids(text):
                        fix = Fix(base.distroversion, base.reponame, entry.pkg.name, version, text)
                        found.setdefault(one, []).append(fix)
    scope = "-".join(places.pop()) if len(places) == 1 else ""
    return [_ENCODER.encode(Fixes(one, scope, found[one])) for one in sorted(found)]


def _database(data: bytes) -> Database:
    if b'"data"' in data[:400]:
        return decode(_PACKED, data, "a document of Alpine's security database").data
    return decode(_DATABASE, data, "a document of Alpine's security database")


def read(data: bytes) -> Record:
    """Read what the database says of one vulnerability, as `split` gives it.

    A fix says that the builds before it are affected in that release; version '0' states no range. Where the database
    speaks of several releases, one range more is for a package whose release nobody tells: below the lowest fix of
    all it is affected, whichever release it is of.

    Raises:
        FormatError: the bytes are no such document.
    """
    raw = decode(_FIXES, data, "an entry of Alpine's security database")
    ranges: list[StatedRange] = []
    review: list[ReviewRange] = []
    for fix in raw.fixed:
        if fix.version == NEVER:
            continue
        package = package_of_release(ALPINE, fix.release, fix.package)
        if package is None:
            says = f"{fix.release} {fix.repository}: {fix.package} {fix.version} ({fix.says})"
            review.append(ReviewRange(None, ReviewReason.UNKNOWN_ECOSYSTEM, says))
        else:
            ranges.append(StatedRange(package, Bounds(None, fix.version)))
    if not raw.scope:
        ranges += _any_release(raw.fixed)
    return Record(
        source="alpine",
        id=f"ALPINE-{raw.scope}-{raw.id}" if raw.scope else f"ALPINE-{raw.id}",
        aliases=(raw.id,),
        details=_never(raw.fixed),
        ranges=tuple(ranges),
        review=tuple(review),
        stated=len(ranges) + len(review),
    )


def _any_release(fixed: Iterable[Fix]) -> list[StatedRange]:
    """What is so in every release that speaks of a package: nothing where one was never affected, or has no order."""
    by_package: dict[str, list[str]] = {}
    for fix in fixed:
        by_package.setdefault(fix.package, []).append(fix.version)
    found = []
    for package, versions in by_package.items():
        try:
            lowest = min(versions, key=lambda version: key("alpine", version))
        except Unorderable:
            continue
        if lowest != NEVER:
            found.append(StatedRange(package_of_any_release(ALPINE, package), Bounds(None, lowest)))
    return found


def _never(fixed: Iterable[Fix]) -> str:
    never = sorted({f"{fix.package} of {fix.release}" for fix in fixed if fix.version == NEVER})
    return f"Never affected: {', '.join(never)}." if never else ""
