"""Suggestions for the crosswalk: pairs of names that a record or an SBOM literally carries together, one of them ours.

Four places are looked at: components of our SBOMs that carry a package URL and a CPE; components without identifiers
whose supplier and name another component carries with one; records of the knowledge that state the same ranges of a
package URL and of a CPE; and, where files are given, CVE records and CSAF advisories, which carry vendor and product
words as well. A suggestion waits for a person: nothing is matched by it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from django.db import connection, transaction

from suture.accounts.models import Person
from suture.accounts.services import new_uid, require
from suture.core import identity
from suture.core.components import Component as ComponentValue
from suture.core.components import Package as PackageName
from suture.core.components import PackageKind
from suture.core.distros import DISTRO_TYPES
from suture.core.errors import FormatError
from suture.core.ranges import FALLBACK
from suture.detection.crosswalk import Crosswalk
from suture.detection.crosswalk_names import LONGEST, Named, of_package, pair, pair_key, supplied
from suture.detection.kernel import chunks, joined, rows
from suture.detection.models import CrosswalkSuggestion
from suture.detection.queries.crosswalk import crosswalk_now
from suture.evidence.clock import now
from suture.formats import csaf
from suture.formats.detect import Detected, Kind, Layout
from suture.formats.names_together import Carrier, in_csaf_document, in_cve_record
from suture.intelligence.models import ORDINALS, Assertion, Package
from suture.intelligence.queries import published_rev
from suture.intelligence.services import files
from suture.inventory.models import Component
from suture.inventory.queries import all_releases, as_value

KEPT = 5  # carriers named with a suggestion; the others are counted
CARRIED_NAMES = 4  # CPE names of one component: generators that guess write dozens, and a guess is no statement


class Seen(NamedTuple):
    """Two names seen together, and where."""

    one: Named
    other: Named
    source: str
    record: str
    says: str


class Looked(NamedTuple):
    """What came of looking."""

    carriers: int  # records and SBOMs that carry two names, one of them ours
    new: int  # suggestions that were not there before
    waiting: int  # suggestions there are now
    unreadable: int  # records of the files that could not be read


def look_for_suggestions(*, by: Person, paths: Iterable[Path | str] = ()) -> Looked:
    """Look for pairs of names that a record or an SBOM carries together; those that stand already are left out.

    Args:
        paths: files and folders with CVE records (JSON 5) or CSAF advisories, besides what the house holds.

    Raises:
        NotFound: a path is not there.
        NotAllowed: none of this person's roles may do this.
    """
    require(by, "crosswalk.suggest")
    crosswalk, ours = crosswalk_now(), our_names()
    unreadable: list[str] = []
    found: dict[str, list[Seen]] = defaultdict(list)
    for seen in (*_in_sboms(), *_without_identifiers(), *_in_knowledge(ours), *_in_files(paths, ours, unreadable)):
        if _is_new(seen, ours, crosswalk):
            found[pair_key(seen.one, seen.other)].append(seen)
    with transaction.atomic():
        new = _keep(found)
    return Looked(sum(map(len, found.values())), new, CrosswalkSuggestion.objects.count(), len(unreadable))


def our_names() -> frozenset[tuple[str, str]]:
    """(kind, name) of every package our components are looked up by, those no source has named yet included."""
    sql = """
        SELECT p.kind, p.name FROM package p
        WHERE p.pkg_id IN (SELECT pkg_id FROM cv UNION SELECT pkg_id FROM cv_review)
        UNION SELECT a.kind, a.name FROM awaited_name a"""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return frozenset((kind, name) for kind, name in cursor.fetchall())


def _is_new(seen: Seen, ours: frozenset[tuple[str, str]], crosswalk: Crosswalk) -> bool:
    one, other = seen.one.package, seen.other.package
    if other is None or max(len(seen.one.name), len(seen.other.name)) > LONGEST:
        return False
    if one is None:
        return all(given.package != other for given in crosswalk.identities(*seen.one.supplier_and_name, ""))
    is_ours = any((package.kind.value, package.name) in ours for package in (one, other))
    return is_ours and not crosswalk.why(one, other)


def _keep(found: Mapping[str, Sequence[Seen]]) -> int:
    """Write what was seen: new pairs, and the carriers of known ones. A known one keeps the day it was first seen."""
    known = {row.pair: row for row in CrosswalkSuggestion.objects.all()}
    made, moved = [], []
    for key, carriers in sorted(found.items()):
        told = list(
            {(s.source, s.record): {"source": s.source, "record": s.record, "says": s.says} for s in carriers}.values()
        )
        row = known.get(key)
        if row is None:
            one, other = pair(carriers[0].one, carriers[0].other)
            made.append(
                CrosswalkSuggestion(
                    uid=new_uid(), pair=key, one_kind=one.kind.value, one_name=one.name, other_kind=other.kind.value,
                    other_name=other.name, provenance=told[:KEPT], carriers=len(told), at=now(),
                )
            )  # fmt: skip
        elif len(told) > row.carriers:
            row.provenance, row.carriers = told[:KEPT], len(told)
            moved.append(row)
    CrosswalkSuggestion.objects.bulk_create(made, batch_size=500)
    CrosswalkSuggestion.objects.bulk_update(moved, ["provenance", "carriers"], batch_size=500)
    return len(made)


# ---- our own SBOMs


def _current() -> Iterator[tuple[str, Component]]:
    """Every component of a current SBOM, with the label of its release."""
    labels = {release.sbom_id: release.label for release in all_releases() if release.sbom_id}
    for part in chunks(sorted(labels), 200):
        for row in Component.objects.filter(sbom__in=part).order_by("sbom", "ref").iterator():
            yield labels[row.sbom_id or 0], row  # never 0: its document is among them


def _packages(component: ComponentValue) -> tuple[list[PackageName], list[PackageName]]:
    """Its package URLs and its CPE names as packages, without a distribution's."""
    found = dict.fromkeys(one.package for one in identity.identify(component).identities)
    plain = [p for p in found if p.kind is PackageKind.PURL and p.name.partition("/")[0] not in DISTRO_TYPES]
    return plain, [p for p in found if p.kind is PackageKind.CPE]


def _in_sboms() -> Iterator[Seen]:
    for label, row in _current():
        if not row.purls or not 0 < len(row.cpes) <= CARRIED_NAMES:
            continue
        purls, cpes = _packages(as_value(row))
        if len(purls) == 1:
            for named in cpes:
                says = f"{row} carries {row.purls[0]} and {row.cpes[0]}"
                yield Seen(of_package(purls[0]), of_package(named), "SBOM", label, says[:300])


def _without_identifiers() -> Iterator[Seen]:
    """Supplier and name of a component without identifiers, carried by another one with exactly one identity."""
    bare: dict[str, Named] = {}
    carried: dict[str, dict[PackageName, tuple[str, str]]] = defaultdict(dict)
    for label, row in _current():
        named = supplied(row.supplier, row.name)
        if named is None:
            continue
        if not row.purls and not row.cpes:
            bare[named.key] = named
            continue
        purls, cpes = _packages(as_value(row))
        for package in purls if len(purls) == 1 else cpes if len(cpes) == 1 and not purls else ():
            carried[named.key].setdefault(package, (label, f"{row} of {row.supplier} carries {package.name}"))
    for key, named in bare.items():
        for package, (label, says) in carried.get(key, {}).items():
            yield Seen(named, of_package(package), "SBOM", label, says[:300])


# ---- records


def _in_knowledge(ours: frozenset[tuple[str, str]]) -> Iterator[Seen]:
    """Standing CVE records that state the very same ranges of a package URL and of a CPE name, one of them ours."""
    numbers: set[int] = set()
    for part in chunks(sorted({name for _, name in ours})):
        known = Package.objects.filter(name__in=part, role=Package.Role.NATIVE).values_list("pkg_id", "kind", "name")
        numbers |= {pkg_id for pkg_id, kind, name in known if (kind, name) in ours and _may_have_another(kind, name)}
    rev = published_rev()
    stated = _stated_together(numbers, rev)
    names = {
        row.pkg_id: row
        for part in chunks(sorted({pkg_id for packages in stated.values() for pkg_id in packages}))
        for row in Package.objects.filter(pkg_id__in=part)
    }
    for part in chunks(sorted(stated), 500):
        for record in Assertion.objects.filter(pk__in=part).only("id", "source", "record_id", "says"):
            yield from _same_ranges(record, stated[record.pk], names)


def _may_have_another(kind: str, name: str) -> bool:
    return kind == PackageKind.CPE or (kind == PackageKind.PURL and name.partition("/")[0] not in DISTRO_TYPES)


# CVE records that state ranges of a package URL: few, for most name their products by words or CPE
_WITH_PURL = """
SELECT DISTINCT a.id FROM package p {join} rng r ON r.pkg_id = p.pkg_id {join} assertion a ON a.id = r.stmt >> 20
WHERE p.kind = 'purl' AND p.role = 'native' AND a.source = 'cve' AND r.f <= %(rev)s AND r.t > %(rev)s"""
_SPOKEN = """
SELECT DISTINCT r.stmt, r.pkg_id FROM assertion a {join} rng r ON r.stmt >= (a.id << 20) AND r.stmt < ((a.id + 1) << 20)
{join} package p ON p.pkg_id = r.pkg_id
WHERE a.id IN ({numbers}) AND p.role = 'native' AND p.kind IN ('purl', 'cpe') AND r.f <= %(rev)s AND r.t > %(rev)s"""


def _stated_together(ours: Collection[int], rev: int) -> dict[int, dict[int, list[int]]]:
    """Assertion -> package -> its statements, where package URLs and CPE names are spoken of, and one is ours."""
    found: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for part in chunks(sorted(row[0] for row in rows(joined(_WITH_PURL), {"rev": rev})), 1000):
        numbers = ", ".join(str(int(number)) for number in part)
        for stmt, pkg_id in rows(joined(_SPOKEN, numbers=numbers), {"rev": rev}):
            found[stmt >> ORDINALS][pkg_id].append(stmt)
    return {
        number: packages
        for number, packages in found.items()
        if len(packages) > 1 and not packages.keys().isdisjoint(ours)
    }


def _same_ranges(
    record: Assertion, packages: Mapping[int, Sequence[int]], names: Mapping[int, Package]
) -> Iterator[Seen]:
    """Pairs of a package URL and a CPE name of which one record states the same; none where it is not plain which."""
    said: dict[str, dict[frozenset[str], list[Package]]] = {"purl": defaultdict(list), "cpe": defaultdict(list)}
    for pkg_id, stmts in packages.items():
        row = names[pkg_id]
        if _may_have_another(row.kind, row.name):
            said[row.kind][frozenset(record.said(stmt) for stmt in stmts)].append(row)
    for ranges, purls in said["purl"].items():
        cpes = said["cpe"].get(ranges, [])
        if len(purls) == len(cpes) == 1:
            one, other = purls[0], cpes[0]
            says = f"states the same of both: {'; '.join(sorted(ranges))}"
            left = PackageName(PackageKind.PURL, one.scheme, one.name)
            right = PackageName(PackageKind.CPE, FALLBACK, other.name)
            yield Seen(of_package(left), of_package(right), record.source, record.record_id, says[:300])


def _in_files(paths: Iterable[Path | str], ours: frozenset[tuple[str, str]], unreadable: list[str]) -> Iterator[Seen]:
    """Pairs that records in files carry, one of them ours. A record that cannot be read is counted, not passed over."""
    for file in files.feed_files(paths):
        for carrier in _carriers(file, unreadable):
            for one, other, says in carrier.pairs:
                if (one.kind.value, one.name) in ours or (other.kind.value, other.name) in ours:
                    yield Seen(of_package(one), of_package(other), carrier.source, carrier.record, says)


def _carriers(file: files.FeedFile, unreadable: list[str]) -> Iterator[Carrier]:
    with files.Opened(file) as opened:
        head = opened.read(files.HEAD)
    detected = files.detect(head, file.name)
    if detected.kind not in (Kind.CVE5, Kind.CSAF):
        return
    with files.Opened(file) as opened:
        for number, data in _documents(opened, detected, file.name, unreadable):
            try:
                read = (
                    in_csaf_document(msgspec.json.decode(data)) if detected.kind is Kind.CSAF else in_cve_record(data)
                )
            except (FormatError, msgspec.DecodeError, RecursionError):
                unreadable.append(f"{file.name}, {number}")
                continue
            yield read


def _documents(
    opened: files.Opened, detected: Detected, name: str, unreadable: list[str]
) -> Iterable[tuple[int, bytes]]:
    """The documents of a file, with their numbers."""
    if detected.kind is Kind.CVE5:
        return files.Lines(opened) if detected.layout is Layout.LINES else [(1, files.whole(opened))]
    try:
        return list(enumerate(csaf.documents(files.whole(opened)), 1))
    except FormatError:
        unreadable.append(name)
        return ()
