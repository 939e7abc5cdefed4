"""From a component to the places where the range join looks for it: package, order and key.

A version that has a place in its package's own order joins the *native* package and, with its `loose` key, the
*fallback* one; a version that has none joins *twin* and *fallback* (see intelligence.Package). Where neither order
has a place for it, or the SBOM states none, it is *unplaced*: identity exact, version unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db import connection

from suture.core import commits, identity
from suture.core.components import Component, Identity, PackageKind
from suture.core.components import Package as PackageName
from suture.core.distros import DISTRO_TYPES, NOWHERE, Context, context_of
from suture.core.embedded import NOT_UNDERSTOOD
from suture.core.ranges import FALLBACK, why_unorderable
from suture.core.versions import Unorderable, key
from suture.core.vulnerabilities import ReviewReason
from suture.detection.crosswalk import SHIPPED, Crosswalk
from suture.detection.kernel import chunks
from suture.detection.models import Cause
from suture.intelligence.models import Package

LONGEST_NAME = 1_000  # characters; the column's width
NATIVE, TWIN, LOOSE = Package.Role.NATIVE, Package.Role.TWIN, Package.Role.FALLBACK
COMMIT = Package.Role.COMMIT


class Name(NamedTuple):
    """A row of `package`, or of `awaited_name`."""

    kind: str
    scheme: str
    name: str
    role: str


class Placed(NamedTuple):
    """A component version where the range join finds it."""

    at: Name
    key: bytes
    raw: str
    given_as: str


class Unplaced(NamedTuple):
    """A component version the range join cannot place: *possible*, for every vulnerability of its package."""

    at: Name
    raw: str
    reason: ReviewReason
    given_as: str


class Places(NamedTuple):
    """Everything the engine knows of one component before it looks anything up."""

    placed: tuple[Placed, ...]
    unplaced: tuple[Unplaced, ...]
    names: tuple[PackageName, ...]  # that could be watched
    called: tuple[tuple[PackageName, ...], ...]  # each of them with its other names by the crosswalk, itself first
    obstacles: tuple[str, ...]  # why other identifiers count for nothing


def places_of(components: Sequence[Component], crosswalk: Crosswalk = SHIPPED) -> list[Places]:
    """The places of every component of one document, each read in the context of all."""
    context = context_of(components)
    return [places(component, context, crosswalk) for component in components]


def places(component: Component, context: Context = NOWHERE, crosswalk: Crosswalk = SHIPPED) -> Places:
    """Give every place of a component. Pure but for the memory of keys: nothing is looked up."""
    found = identity.identify(component, context)
    identities = found.identities
    if not component.purls and not component.cpes:
        # Among a distribution's packages a bare name may be one of them, whose fixes are backported.
        packaged = any(context.system_for(component, kind) for kind in DISTRO_TYPES)
        identities += crosswalk.identities(component.supplier, component.name, component.version, by_name=not packaged)
    placed: list[Placed] = []
    unplaced: list[Unplaced] = []
    names: dict[PackageName, tuple[PackageName, ...]] = {}
    obstacles = list(found.reasons)
    for one in identities:
        if "?" in one.package.name and one.package.kind is PackageKind.PURL:
            continue  # its distribution is unknown; `obstacles` says so
        if len(one.package.name) > LONGEST_NAME:
            obstacles.append(f"a package name of {len(one.package.name)} characters is longer than any real one")
            continue
        called = (one.package, *crosswalk.also_called(one.package))
        names[one.package] = called
        for package in called:
            if package.kind is not one.package.kind and names_a_commit(one.version):
                unplaced.append(Unplaced(native(package), one.version[:600], ReviewReason.COMMITS, one.given_as[:1000]))
            else:
                _place(one._replace(package=package), placed, unplaced)
    return Places(
        tuple(dict.fromkeys(placed)), tuple(dict.fromkeys(unplaced)), tuple(names), tuple(names.values()),
        tuple(obstacles),
    )  # fmt: skip


# A Go pseudo-version, v1.4.1-0.20201022071705-85942c5703cf: a commit after some tag, of this branch or another. Among
# releases of the same product under another name it has no place. Source: Go Modules Reference, "Pseudo-versions".
names_a_commit = re.compile(r"v\d+\.\d+\.\d+-(?:[\w.-]*\.)?\d{14}-[0-9a-f]{12}(?:\+incompatible)?").fullmatch


def _place(one: Identity, placed: list[Placed], unplaced: list[Unplaced]) -> None:
    kind, scheme, name = one.package
    own = native(one.package)
    if (commit := _commit(one.version)) is not None:
        placed.append(Placed(Name(kind.value, commits.SCHEME, name, COMMIT), commit, one.version.strip(), one.given_as))
    raw, given = one.version.strip(), one.given_as[:1000]
    if scheme == FALLBACK:
        made = _key(scheme, raw)
        if made is not None:
            placed.append(Placed(own, made, raw, given))
        else:
            unplaced.append(Unplaced(own, raw[:600], why_unorderable(raw), given))
        return
    fallback = Name(kind.value, FALLBACK, name, LOOSE)
    made, loose = _key(scheme, raw), _key(FALLBACK, raw)
    if made is not None:
        placed.append(Placed(own, made, raw, given))
    elif loose is not None:
        placed.append(Placed(Name(kind.value, FALLBACK, name, TWIN), loose, raw, given))
    else:
        unplaced += (Unplaced(at, raw[:600], why_unorderable(raw), given) for at in (own, fallback))
    if loose is not None:
        placed.append(Placed(fallback, loose, raw, given))


def _commit(version: str) -> bytes | None:
    try:
        return commits.key(version) if len(version) < 80 else None
    except Unorderable:
        return None


def _key(scheme: str, version: str) -> bytes | None:
    if not version or len(version) > 600:
        return None
    try:
        return key(scheme, version)
    except Unorderable:
        return None


def package_ids(names: Iterable[Name]) -> dict[Name, int]:
    """The numbers of those packages that some source has named. One query for 5,000 names."""
    wanted = set(names)
    found: dict[Name, int] = {}
    for part in chunks(sorted({name.name for name in wanted})):
        rows = Package.objects.filter(name__in=part).values_list("kind", "scheme", "name", "role", "pkg_id")
        for *parts, pkg_id in rows:
            name = Name(*parts)
            if name in wanted:
                found[name] = pkg_id
    return found


# ---- is anybody watching? ----

# Ecosystems that name their packages with authority: a package nobody has spoken of yet is watched all the same.
# Elsewhere (CPE, generic, github, conan …) a name that no source has ever used may simply be spelled differently.
AUTHORITATIVE = frozenset(identity.ECOSYSTEMS) - {"github", "githubactions", "swift"}


def namespace(package: PackageName) -> str:
    """The beginning of the names of the ecosystem or distribution a package belongs to, with its slash; else ''."""
    if package.kind is not PackageKind.PURL:
        return ""
    kind, _, rest = package.name.partition("/")
    if kind in DISTRO_TYPES:
        return f"{kind}/{rest.partition('/')[0]}/"
    return f"{kind}/" if kind in AUTHORITATIVE else ""


def watched_namespaces(spaces: Iterable[str]) -> frozenset[str]:
    """Those of the namespaces in which the knowledge holds at least one package. One query."""
    wanted = sorted({space for space in spaces if space})
    if not wanted:
        return frozenset()
    # SQLite orders text by bytes, so the index serves; PostgreSQL may order by a language, so LIKE it is.
    inside = "name >= %s AND name < %s" if connection.vendor == "sqlite" else "name LIKE %s AND %s <> ''"
    sql = " UNION ALL ".join([f"SELECT %s WHERE EXISTS (SELECT 1 FROM package WHERE {inside})"] * len(wanted))  # noqa: S608
    values = [
        text
        for space in wanted
        for text in (space, *((space, _after(space)) if connection.vendor == "sqlite" else (_like(space), space)))
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return frozenset(row[0] for row in cursor.fetchall())


def _after(space: str) -> str:
    return space[:-1] + "0"  # '0' follows '/'


def _like(space: str) -> str:
    return space.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


class Hole(NamedTuple):
    """Why a component is not monitored, or not in full."""

    cause: Cause
    says: str


_OBSTACLES = (
    (identity.NO_IDENTIFIER, Cause.NO_IDENTIFIER),
    (identity.DISTRO_UNKNOWN, Cause.DISTRO_UNKNOWN),
    (identity.UNKNOWN_TYPE, Cause.NO_SOURCE),
    (NOT_UNDERSTOOD, Cause.NO_SOURCE),
)


def hole(found: Places, known: Mapping[Name, int], watched: frozenset[str]) -> Hole | None:
    """Say why a component is not fully monitored; None when at least one of its identities is, with its version."""
    if not found.names:
        says = "; ".join(found.obstacles)
        cause = next((cause for words, cause in _OBSTACLES if any(o.startswith(words) for o in found.obstacles)), None)
        return Hole(cause or Cause.UNREADABLE, says[:1000])
    unknown = next((said for said in found.obstacles if said.startswith(identity.DISTRO_UNKNOWN)), "")
    if unknown and all(namespace(package).endswith(f":{identity.ANY_RELEASE}/") for package in found.names):
        return Hole(Cause.DISTRO_UNKNOWN, unknown[:1000])  # what holds for every release is not all there is
    heard = {called for called in found.called if namespace(called[0]) in watched or _known(called, known)}
    if not heard:
        says = ", ".join(package.name for package in found.names)
        if any(said.startswith(identity.NO_IDENTIFIER) for said in found.obstacles):
            return Hole(Cause.NO_IDENTIFIER, f"{identity.NO_IDENTIFIER}, and no source names {says}"[:1000])
        if all(namespace(package) for package in found.names):
            return Hole(Cause.NO_SOURCE, f"no source in the knowledge watches {says}"[:1000])
        return Hole(Cause.NEVER_NAMED, f"no source has ever named {says}; check how it is spelled"[:1000])
    names = {package.name for called in heard for package in called}
    if any(place.at.name in names for place in found.placed):
        return None
    lost = next(one for one in found.unplaced if one.at.name in names)
    if lost.reason is ReviewReason.NO_VERSION:
        if any(name.startswith("h:") for name in names):
            return None  # a piece of hardware is named as it is; versions are its firmware's
        return Hole(Cause.NO_VERSION, f"{lost.given_as} states no version"[:1000])
    return Hole(Cause.UNORDERABLE, f"version '{lost.raw}' has no place in an order: {lost.reason.value}"[:1000])


def native(package: PackageName) -> Name:
    """The row of a package in its own order."""
    return Name(package.kind.value, package.scheme, package.name, NATIVE)


def _known(called: Iterable[PackageName], known: Mapping[Name, int]) -> bool:
    return any(native(package) in known for package in called)


def every_name(found: Places) -> set[Name]:
    """Every row of `package` that may have to be looked up for a component."""
    names = {one.at for one in found.placed} | {one.at for one in found.unplaced}
    return names | {native(package) for called in found.called for package in called}
