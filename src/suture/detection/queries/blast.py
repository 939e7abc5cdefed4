"""Blast radius: from a vulnerability over releases and units to sites and consignees, with what is not known.

Read from kept counts, so that a million units answer as fast as a hundred. Units whose release is not known may carry
the vulnerability too: those of every device that has a concerned release are counted apart, never dropped.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from suture.accounts.models import Person
from suture.inventory.field.queries import (
    Limits,
    Tally,
    fresh_since,
    limits_of,
    tallied,
    tally_of,
    visible_units,
)
from suture.inventory.models import Consignee, Release, Unit, UnitCount


@dataclass(frozen=True, slots=True)
class ReleaseInField:
    """One concerned release with its units. `distributed` is what we shipped, None where that is not known."""

    release: Release
    tally: Tally

    @property
    def distributed(self) -> int | None:
        return self.release.units_distributed


@dataclass(frozen=True, slots=True)
class ConsigneeReached:
    """One consignee with units concerned, and units of which nobody knows."""

    consignee: Consignee
    sites: int
    concerned: int
    unknown: int
    unconfirmed: int
    home: int


@dataclass(frozen=True, slots=True)
class BlastRadius:
    """What a vulnerability reaches in the field. `possible`: units of these devices whose release is not known."""

    since: date
    releases: tuple[ReleaseInField, ...]
    concerned: Tally
    possible: Tally
    all_units: int  # of these devices, in the field: the denominator
    sites: int
    consignees: int
    listed: bool  # whether any unit at all is listed in the field of these devices

    @property
    def share(self) -> float | None:
        """Units concerned of all units of these devices; None where no unit is listed."""
        return self.concerned.units / self.all_units if self.all_units else None


def _reached(counts: QuerySet[UnitCount], releases: Collection[int]) -> QuerySet[UnitCount]:
    """Counts of units that carry one of the releases, or may: of the same devices, release not known."""
    products = Release.objects.filter(pk__in=releases).values("product")
    return counts.filter(Q(release__in=releases) | Q(release=None, product__in=products))


def blast_radius(person: Person, releases: Collection[Release], today: date) -> BlastRadius:
    """What these releases reach in the field. Six queries at most, whatever the number of units."""
    since, limits = fresh_since(today), limits_of(person)
    counts = limits.on(UnitCount.objects.all())
    numbers = [r.pk for r in releases]
    products = {r.product_id for r in releases}
    by_release = tallied(counts.filter(release__in=numbers), since, "release")
    rows = tuple(ReleaseInField(r, by_release.get((r.pk,), Tally())) for r in releases)
    concerned = _sum(row.tally for row in rows)
    possible = tally_of(counts.filter(release=None, product__in=products), since)
    whole = tally_of(counts.filter(product__in=products), since)
    reached = (
        counts.filter(Q(release__in=numbers) | Q(release=None, product__in=products))
        .exclude(state=Unit.State.RETIRED)
        .aggregate(sites=Count("site", distinct=True), consignees=Count("site__consignee", distinct=True))
    )
    return BlastRadius(
        since, rows, concerned, possible, whole.units, reached["sites"], reached["consignees"],
        bool(whole.units or whole.retired),
    )  # fmt: skip


def _sum(tallies: Any) -> Tally:
    rows = list(tallies)
    names = Tally.__slots__
    return Tally(**{name: sum(getattr(row, name) for row in rows) for name in names})


def consignees_reached(
    person: Person, releases: Collection[Release], today: date, limits: Limits | None = None
) -> list[ConsigneeReached]:
    """Every consignee with a unit concerned or possibly concerned; most units first. Three queries."""
    since, numbers = fresh_since(today), {r.pk for r in releases}
    counts = _reached((limits or limits_of(person)).on(UnitCount.objects.all()), numbers)
    by = tallied(counts, since, "site__consignee", "release")
    sites = dict(
        counts.exclude(state=Unit.State.RETIRED)
        .values_list("site__consignee")
        .annotate(n=Count("site", distinct=True))
        .order_by()
    )
    firms = Consignee.objects.select_related("through").in_bulk({key[0] for key in by})
    found: dict[int, list[int]] = {}
    for (firm, release), tally in by.items():
        mine = found.setdefault(firm, [0, 0, 0, 0])
        mine[0 if release is not None else 1] += tally.units
        mine[2] += tally.unconfirmed
        mine[3] += tally.home
    rows = [
        ConsigneeReached(firms[firm], sites.get(firm, 0), concerned, unknown, unconfirmed, home)
        for firm, (concerned, unknown, unconfirmed, home) in found.items()
        if concerned or unknown
    ]
    return sorted(rows, key=lambda row: (-row.concerned, -row.unknown, row.consignee.name))


def units_reached(person: Person, releases: Collection[Release], *, unknown: bool = True) -> QuerySet[Unit]:
    """Each unit concerned, or possibly so, by number: what a campaign begins from. Retired ones are left out."""
    numbers = [r.pk for r in releases]
    wanted = Q(release__in=numbers)
    if unknown:
        wanted |= Q(release=None, product__in={r.product_id for r in releases})
    return visible_units(person).filter(wanted).exclude(state=Unit.State.RETIRED).order_by("pk")
