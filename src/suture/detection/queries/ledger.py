"""The coverage ledger: each component, who watches it since when, or why nobody does and who answers for that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from suture.accounts.models import Person
from suture.accounts.queries import visible
from suture.core.profile import REF, is_device
from suture.detection.models import FeedCheck, Gap, LedgerOwner, TextCandidate, TextWatch
from suture.detection.watching import space_of, watching
from suture.intelligence.models import FeedRevision
from suture.inventory.models import Component, Release
from suture.inventory.profile import names_of
from suture.inventory.queries import components_of


class Watched(StrEnum):
    """How a component of a release is looked after."""

    MONITORED = "monitored"
    TEXT_WATCHED = "text-watched"
    NOT_MONITORABLE = "not monitorable"


class LedgerRow(NamedTuple):
    """One component of the ledger. `since` is an ISO date; '' where nobody watches it."""

    ref: str
    name: str
    version: str
    supplier: str
    state: Watched
    sources: tuple[str, ...]
    since: str
    words: tuple[str, ...]  # watched in texts
    cause: str  # models.Cause; '' where it is monitored
    says: str
    owner: str  # printed name; '' where nobody answers for the hole
    because: str
    review_on: date | None

    @property
    def component(self) -> str:
        return f"{self.name} {self.version}".strip()

    @property
    def itself(self) -> bool:
        """Whether it is the device itself, by its product's profile."""
        return is_device(self.ref)


_SPACES = """
SELECT i.component_id, p.kind, p.name FROM inst i JOIN cv ON cv.cv_id = i.cv_id JOIN {table} p ON {on}
WHERE i.release_id = %s
UNION
SELECT i.component_id, p.kind, p.name FROM cv_review i JOIN {table} p ON {lost} WHERE i.release_id = %s"""
_PACKAGES = (
    {"table": "package", "on": "p.pkg_id = cv.pkg_id", "lost": "p.pkg_id = i.pkg_id"},
    {"table": "awaited_name", "on": "p.id = -cv.pkg_id", "lost": "p.id = -i.pkg_id"},
)


def _spaces_by_component(release_id: int) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    with connection.cursor() as cursor:
        for joined in _PACKAGES:
            cursor.execute(_SPACES.format(**joined), [release_id, release_id])
            for component, kind, name in cursor.fetchall():
                found[component].add(space_of(kind, name))
    return found


def first_taken_in() -> dict[str, str]:
    """The day each source was first taken in, ISO."""
    found: dict[str, str] = {}
    published = FeedRevision.objects.filter(state=FeedRevision.State.PUBLISHED)
    for row in published.order_by("rev").only("source", "counts", "published_at", "started_at"):
        for source in row.counts.get("sources") or [row.source]:
            found.setdefault(source, (row.published_at or row.started_at).date().isoformat())
    return found


def ledger(release: Release) -> list[LedgerRow]:
    """Every component of a release's current SBOM, holes first, then by name. A constant number of queries.

    Before them the device itself, once for each CPE name of its profile.
    """
    watched_by = first_taken_in()
    spaces = _spaces_by_component(release.pk)
    gaps = {gap.component_id: gap for gap in Gap.objects.filter(release=release)}
    owners = owners_of(release)
    texts = watched_words(release)
    arrived = release.sbom.imported_at.date().isoformat() if release.sbom else ""
    named = {f"{REF}{one.uid}": one.made_at.date().isoformat() for one in names_of(release)}
    listed = list(Component.objects.filter(device_of=release, ref__in=named).order_by("pk")) if named else []
    rows = []
    for component in (*listed, *components_of(release).order_by("name", "version", "ref")):
        gap = gaps.get(component.pk)
        sources = () if gap else watching(spaces.get(component.pk, ()), watched_by)
        words = texts.of(component.name, component.supplier) if gap else ()
        owner = owners.get((component.name, component.supplier)) if gap else None
        state = Watched.TEXT_WATCHED if words else Watched.NOT_MONITORABLE if gap else Watched.MONITORED
        since = max(named.get(component.ref, arrived), min(watched_by[one] for one in sources)) if sources else ""
        rows.append(
            LedgerRow(
                component.ref, component.name, component.version, component.supplier, state, sources, since, words,
                gap.cause if gap else "", gap.says if gap else "", owner.owner.printed_name if owner else "",
                owner.because if owner else "", owner.review_on if owner else None,
            )
        )  # fmt: skip
    return sorted(rows, key=lambda one: (not one.itself, _ORDER[one.state], bool(one.owner)))


_ORDER = {Watched.NOT_MONITORABLE: 0, Watched.TEXT_WATCHED: 1, Watched.MONITORED: 2}


def owners_of(release: Release) -> dict[tuple[str, str], LedgerOwner]:
    """Who answers for which component of a release, by (name, supplier)."""
    rows = LedgerOwner.objects.filter(release=release).select_related("owner")
    return {(row.name, row.supplier): row for row in rows}


def owners_of_sources() -> dict[str, LedgerOwner]:
    """Who answers for which source."""
    return {row.source: row for row in LedgerOwner.objects.exclude(source="").select_related("owner")}


class Texts(NamedTuple):
    """The words watched for a release: by component name and by supplier, without case."""

    by_component: Mapping[str, tuple[str, ...]]
    by_supplier: Mapping[str, tuple[str, ...]]

    def of(self, name: str, supplier: str) -> tuple[str, ...]:
        """The words watched for one component."""
        own = self.by_component.get(name.casefold(), ())
        return (*own, *self.by_supplier.get(supplier.casefold(), ())) if supplier else own


def watched_words(release: Release) -> Texts:
    """The words watched for a release just now. One query."""
    found: dict[str, dict[str, tuple[str, ...]]] = {TextWatch.Of.COMPONENT: {}, TextWatch.Of.SUPPLIER: {}}
    running = TextWatch.objects.filter(release=release, ended_at=None).order_by("pk")
    for of, name, words in running.values_list("of", "name", "words"):
        key = name.casefold()
        found[of][key] = (*found[of].get(key, ()), words)
    return Texts(found[TextWatch.Of.COMPONENT], found[TextWatch.Of.SUPPLIER])


def text_watches(release: Release) -> QuerySet[TextWatch]:
    """The words watched for a release just now, oldest first."""
    return TextWatch.objects.filter(release=release, ended_at=None).order_by("since", "pk")


def candidates_for(person: Person, releases: Iterable[int] | None = None) -> QuerySet[TextCandidate]:
    """Candidates of text watches that this person may see and that wait for a judgement, newest first."""
    rows = TextCandidate.objects.filter(state=TextCandidate.State.OPEN)
    if releases is not None:
        rows = rows.filter(watch__release__in=list(releases))
    rows = visible(person, rows, "vulnerability__wall")
    return rows.select_related("watch__release__product", "vulnerability").order_by("-found_rev", "-vulnerability")


def first_unowned_hole() -> Gap | None:
    """A component that nobody watches, not even by words, and that nobody answers for; None when there is none."""
    owned = LedgerOwner.objects.filter(
        release=OuterRef("release"), name=OuterRef("component__name"), supplier=OuterRef("component__supplier")
    )
    watched = TextWatch.objects.filter(release=OuterRef("release"), ended_at=None).filter(
        Q(of=TextWatch.Of.COMPONENT, name__iexact=OuterRef("component__name"))
        | (Q(of=TextWatch.Of.SUPPLIER, name__iexact=OuterRef("component__supplier")) & ~Q(name=""))
    )
    holes = Gap.objects.filter(~Exists(owned), ~Exists(watched))
    return holes.select_related("release__product", "component").order_by("pk").first()


def breaches() -> dict[str, str]:
    """What each source lacks of what it ought to hold, as last checked; only sources that lack something."""
    return dict(FeedCheck.objects.exclude(breach="").values_list("source", "breach"))


def feed_checks() -> dict[str, FeedCheck]:
    """The last check of every source."""
    return {row.source: row for row in FeedCheck.objects.all()}
