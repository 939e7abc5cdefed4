"""Keep the portfolio in order for the range join: component versions, where they stand, and what cannot be placed.

Everything here is derived and rewritten as a whole for one release; nothing decides anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection

from suture.core.components import Component as ComponentValue
from suture.detection.crosswalk import SHIPPED, Crosswalk
from suture.detection.kernel import chunks
from suture.detection.models import AwaitedName, Cause, ComponentVersion, Gap, Instance, UnplacedVersion
from suture.detection.portfolio import (
    Name,
    Places,
    every_name,
    hole,
    namespace,
    package_ids,
    places_of,
    watched_namespaces,
)
from suture.inventory.models import Component, Release
from suture.inventory.profile import Profile, profile_of
from suture.inventory.queries import as_value, components_of

BATCH = 2_000  # rows in one INSERT


def index_release(release: Release, crosswalk: Crosswalk = SHIPPED, profile: Profile | None = None) -> int:
    """Write the places of every component of a release's current SBOM anew, and those of the device itself.

    A constant number of queries for up to 5,000 names. Gives the number of components of the SBOM.

    Args:
        profile: of the device; None is what it says now.
    """
    listed = list(components_of(release).order_by("pk"))
    itself = _device_rows(release, (profile or profile_of(release)).components)
    found = places_of([as_value(row) for row in listed], crosswalk)
    # by itself: the operating system of the SBOM says nothing about the firmware's distribution
    found += places_of([as_value(row) for row in itself], crosswalk)
    rows = [*listed, *itself]
    names = {name for one in found for name in every_name(one)}
    known = package_ids(names)
    numbers = known | _await(names, known)
    Instance.objects.filter(release=release).delete()
    UnplacedVersion.objects.filter(release=release).delete()
    Gap.objects.filter(release=release).delete()
    _instances(release, rows, found, numbers)
    UnplacedVersion.objects.bulk_create(
        [
            UnplacedVersion(
                release=release, component=row, pkg_id=numbers[lost.at], raw=lost.raw, reason=lost.reason.value,
                given_as=lost.given_as,
            )
            for row, one in zip(rows, found, strict=True)
            for lost in one.unplaced
        ],
        batch_size=BATCH,
    )  # fmt: skip
    _gaps(release, rows, found, known)
    return len(listed)


def _device_rows(release: Release, wanted: Sequence[ComponentValue]) -> list[Component]:
    """The device itself as components of its release, once per name of the profile. Rows are renewed, never deleted."""
    if not wanted:
        return []
    known = {row.ref: row for row in Component.objects.filter(device_of=release)}
    rows = []
    for one in wanted:
        row = known.get(one.ref) or Component(device_of=release, ref=one.ref)
        said = (one.name, one.version, one.kind, list(one.cpes))
        if (row.name, row.version, row.kind, row.cpes) != said or row.pk is None:
            row.name, row.version, row.kind, row.cpes = said
            row.save()
        rows.append(row)
    return rows


def _await(names: Iterable[Name], known: dict[Name, int]) -> dict[Name, int]:
    """Numbers below zero for the names no source has used yet; those that have been named meanwhile are adopted."""
    wanted = set(names)
    awaited: dict[Name, int] = {}
    for part in chunks(sorted({name.name for name in wanted})):
        rows = AwaitedName.objects.filter(name__in=part).values_list("kind", "scheme", "name", "role", "id")
        awaited |= {Name(*parts): number for *parts, number in rows if Name(*parts) in wanted}
    adopt([(number, known[name]) for name, number in awaited.items() if name in known])
    new = sorted(wanted - set(known) - set(awaited))
    made = AwaitedName.objects.bulk_create([AwaitedName(**name._asdict()) for name in new], batch_size=BATCH)
    awaited |= {name: row.pk for name, row in zip(new, made, strict=True)}
    return {name: -number for name, number in awaited.items() if name not in known}


def adopt(pairs: Sequence[tuple[int, int]]) -> None:
    """Move what waits under a name to the package that a source has now named so: [(awaited id, pkg_id)]."""
    if not pairs:
        return
    moves = [(pkg_id, -awaited) for awaited, pkg_id in pairs]
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE cv SET pkg_id = %s WHERE pkg_id = %s", moves)
        cursor.executemany("UPDATE cv_review SET pkg_id = %s WHERE pkg_id = %s", moves)
    for part in chunks(awaited for awaited, _ in pairs):
        AwaitedName.objects.filter(pk__in=part).delete()


def adopt_named() -> int:
    """Adopt every awaited name that a source has used since. Gives how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.id, p.pkg_id FROM awaited_name a JOIN package p "
            "ON p.name = a.name AND p.kind = a.kind AND p.scheme = a.scheme AND p.role = a.role"
        )
        pairs = cursor.fetchall()
    adopt(pairs)
    return len(pairs)


def _instances(release: Release, rows: Sequence[Component], found: Sequence[Places], numbers: dict[Name, int]) -> None:
    wanted = {(numbers[place.at], place.key, place.raw) for one in found for place in one.placed}
    known: dict[tuple[int, bytes, str], int] = {}
    for part in chunks(sorted({pkg_id for pkg_id, _, _ in wanted})):
        versions = ComponentVersion.objects.filter(pkg_id__in=part).values_list("pkg_id", "key", "raw", "cv_id")
        known |= {(pkg_id, bytes(key), raw): cv_id for pkg_id, key, raw, cv_id in versions}
    new = sorted(wanted - set(known))
    made = ComponentVersion.objects.bulk_create(
        [ComponentVersion(pkg_id=pkg_id, key=key, raw=raw) for pkg_id, key, raw in new], batch_size=BATCH
    )
    known |= {one: row.pk for one, row in zip(new, made, strict=True)}
    standing = {
        (known[numbers[place.at], place.key, place.raw], row.pk): place.given_as
        for row, one in zip(rows, found, strict=True)
        for place in one.placed
    }
    Instance.objects.bulk_create(
        [
            Instance(cv_id=cv_id, release=release, component_id=component, given_as=given_as)
            for (cv_id, component), given_as in sorted(standing.items())
        ],
        batch_size=BATCH,
    )


def _gaps(release: Release, rows: Sequence[Component], found: Sequence[Places], known: dict[Name, int]) -> None:
    watched = watched_namespaces(namespace(package) for one in found for package in one.names)
    gaps = []
    for row, one in zip(rows, found, strict=True):
        lacking = hole(one, known, watched)
        if lacking is not None:
            space = next((namespace(p) for p in one.names), "") if lacking.cause is Cause.NO_SOURCE else ""
            gaps.append(Gap(release=release, component=row, cause=lacking.cause, says=lacking.says, space=space[:200]))
    Gap.objects.bulk_create(gaps, batch_size=BATCH)
