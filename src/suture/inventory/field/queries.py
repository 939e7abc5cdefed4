"""What is in the field, as far as this person may know: walls of consignees and of product lines hold everywhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Count, F, Model, Q, QuerySet, Sum

from suture.accounts.models import Person, Wall
from suture.accounts.queries import visible
from suture.core.errors import NotFound
from suture.inventory.models import (
    Consignee,
    Contact,
    FieldReport,
    Product,
    Sighting,
    Site,
    Unit,
    UnitCount,
)

FRESH_DAYS = 365  # the firm's own limit: what nobody confirmed for longer is 'not confirmed since'

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Limits:
    """What this person may not see of the field. Empty for nearly everybody, and then it costs nothing."""

    products: tuple[int, ...]
    consignees: tuple[int, ...]

    def on(self, rows: QuerySet[Row], *, product: str = "product", consignee: str = "site__consignee") -> QuerySet[Row]:
        """The rows of a query that this person may see; the arguments are the paths to product and consignee."""
        if self.products and product:
            rows = rows.exclude(**{f"{product}__in": self.products})
        if self.consignees and consignee:
            rows = rows.exclude(**{f"{consignee}__in": self.consignees})
        return rows


def limits_of(person: Person) -> Limits:
    """Two small queries; none for the system."""
    if person.kind == Person.Kind.SYSTEM:
        return Limits((), ())
    admitted = Wall.objects.filter(admitted=person)
    products = Product.objects.filter(field_wall__isnull=False).exclude(field_wall__in=admitted)
    consignees = Consignee.objects.filter(wall__isnull=False).exclude(wall__in=admitted)
    return Limits(tuple(products.values_list("pk", flat=True)), tuple(consignees.values_list("pk", flat=True)))


def visible_units(person: Person, limits: Limits | None = None) -> QuerySet[Unit]:
    """Every unit this person may see, retired ones included."""
    return (limits or limits_of(person)).on(Unit.objects.all())


def visible_consignees(person: Person) -> QuerySet[Consignee]:
    """Every consignee this person may see."""
    return visible(person, Consignee.objects.all())


def visible_sites(person: Person) -> QuerySet[Site]:
    """Every site this person may see."""
    return visible(person, Site.objects.select_related("consignee"), wall="consignee__wall")


def visible_contacts(person: Person) -> QuerySet[Contact]:
    """Every contact this person may see."""
    return visible(person, Contact.objects.select_related("consignee", "site"), wall="consignee__wall")


def in_denominator(rows: QuerySet[Unit]) -> QuerySet[Unit]:
    """Units that count as being in the field. Only retirement, with evidence, takes one out; a lost unit counts."""
    return rows.exclude(state=Unit.State.RETIRED)


def unit_named(person: Person, uid: UUID | str) -> Unit:
    """One unit with all that its page needs.

    Raises:
        NotFound: there is none, or it stands behind a wall.
    """
    rows = visible_units(person).select_related(
        "product__establishment", "identifier", "release__product", "site__consignee__wall"
    )
    return _one(rows, uid)


def consignee_named(person: Person, uid: UUID | str) -> Consignee:
    """One consignee.

    Raises:
        NotFound: there is none, or it stands behind a wall.
    """
    return _one(visible_consignees(person).select_related("through", "wall"), uid)


def site_named(person: Person, uid: UUID | str) -> Site:
    """One site.

    Raises:
        NotFound: there is none, or it stands behind a wall.
    """
    return _one(visible_sites(person).select_related("consignee__wall"), uid)


def _one(rows: QuerySet[Row], uid: UUID | str) -> Row:
    try:
        found = rows.filter(uid=uid).first()
    except ValidationError:
        found = None
    if found is None:
        raise NotFound("there is no such record")
    return found


def history_of(unit: Unit) -> QuerySet[Sighting]:
    """What was known of a unit, latest first."""
    return unit.sightings.select_related("report__recorded_by", "release__product", "site__consignee").order_by("-pk")


def reports() -> QuerySet[FieldReport]:
    """Files and uploads about units, latest first; single entries by hand are left out."""
    return FieldReport.objects.exclude(sha256="").select_related("recorded_by").order_by("-pk")


# ---------------------------------------------------------------- counts


def fresh_since(today: date, days: int = FRESH_DAYS) -> date:
    """The first day of the month in which the limit falls: what was last known before it is 'not confirmed since'.

    Counts are kept by month, so the limit is a month's first day, and the page says which.
    """
    return (today - timedelta(days=days)).replace(day=1)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many units, and how sure that is. `retired` are not in `units`."""

    units: int = 0
    unknown_release: int = 0
    stale: int = 0  # last known before the limit
    never: int = 0  # nobody ever confirmed them
    lost: int = 0
    retired: int = 0
    home: int = 0

    @property
    def unconfirmed(self) -> int:
        return self.stale + self.never


def tallied(counts: QuerySet[UnitCount], since: date, *by: str) -> dict[tuple[Any, ...], Tally]:
    """Tallies of kept counts, grouped by these columns (none: one tally under the empty key). One query."""
    counting = ~Q(state=Unit.State.RETIRED)

    def of(condition: Q) -> Sum:
        return Sum("units", filter=condition, default=0)

    rows = (
        counts.order_by()
        .values(*by)
        .annotate(
            n=of(counting),
            unknown=of(counting & Q(release=None)),
            old=of(counting & Q(known_month__lt=since)),
            none=of(counting & Q(known_month=None)),
            gone=of(Q(state=Unit.State.LOST)),
            out=of(Q(state=Unit.State.RETIRED)),
            at_home=of(counting & Q(home_use=True)),
        )
    )
    if not by:
        rows = [
            counts.aggregate(
                n=of(counting), unknown=of(counting & Q(release=None)), old=of(counting & Q(known_month__lt=since)),
                none=of(counting & Q(known_month=None)), gone=of(Q(state=Unit.State.LOST)),
                out=of(Q(state=Unit.State.RETIRED)), at_home=of(counting & Q(home_use=True)),
            )
        ]  # fmt: skip
    return {
        tuple(row[name] for name in by): Tally(
            row["n"], row["unknown"], row["old"], row["none"], row["gone"], row["out"], row["at_home"]
        )
        for row in rows
    }  # fmt: skip


def visible_counts(person: Person, limits: Limits | None = None) -> QuerySet[UnitCount]:
    """The kept counts of what this person may see."""
    return (limits or limits_of(person)).on(UnitCount.objects.all())


def tally_of(counts: QuerySet[UnitCount], since: date) -> Tally:
    """One tally of all of these counts."""
    return tallied(counts, since)[()]


def units_at(person: Person, consignees: Collection[int], since: date) -> Mapping[int, Tally]:
    """Tallies of some consignees. One query."""
    counts = visible_counts(person).filter(site__consignee__in=consignees)
    return {key[0]: tally for key, tally in tallied(counts, since, "site__consignee").items()}


def consignees_holding(counts: QuerySet[UnitCount]) -> int:
    """How many consignees have at least one unit that counts."""
    held = counts.exclude(state=Unit.State.RETIRED).aggregate(n=Count("site__consignee", distinct=True))
    return int(held["n"])


def places_without_contact(person: Person) -> QuerySet[Consignee]:
    """Consignees with units whom nobody could write to or ring: no active contact, and not reached through another."""
    reachable = Contact.objects.filter(active=True).values("consignee")
    return (
        visible_consignees(person)
        .filter(active=True, through=None)
        .exclude(pk__in=reachable)
        .filter(pk__in=UnitCount.objects.exclude(state=Unit.State.RETIRED).values(held=F("site__consignee")))
    )
