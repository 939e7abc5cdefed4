"""Reads of campaigns: drawn from the counters, so that a million units cost no more than a dozen sites."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from suture.accounts.models import Person, Wall
from suture.accounts.queries import visible
from suture.assessment.models import Case
from suture.core.campaigns import (
    CheckResult,
    Counts,
    Day,
    Effectiveness,
    EffectivenessLevel,
    UnitState,
    burn_up,
    consignees_to_check,
)
from suture.core.errors import NotFound
from suture.inventory.models import Consignee, Site, Unit
from suture.remediation.models import Campaign, EffectivenessCheck, Tally, UnitTask
from suture.remediation.queries.library import house_zone


def zone_of(campaign: Campaign) -> str:
    """The zone in which the dates of a campaign are dates: its case's establishment, else the first one."""
    return campaign.case.establishment.time_zone if campaign.case else house_zone()


def campaigns_for(person: Person) -> QuerySet[Campaign]:
    """Every campaign this person may know of, newest first: past the walls of case, vulnerability and product."""
    rows = Campaign.objects.select_related("case__establishment", "case__vulnerability", "product", "target", "plan")
    for wall in ("case__wall", "case__vulnerability__wall", "product__field_wall"):
        rows = visible(person, rows, wall=wall)
    return rows


def campaign_for(person: Person, uid: UUID | str) -> Campaign:
    """One campaign by uid or number.

    Raises:
        NotFound: there is none, or it stands behind a wall.
    """
    wanted = Q(number=str(uid).upper())
    with suppress(ValueError):
        wanted |= Q(uid=UUID(str(uid)))
    row = campaigns_for(person).filter(wanted).first()
    if row is None:
        raise NotFound(f"there is no campaign '{uid}'")
    return row


def campaigns_of_case(person: Person, case: Case) -> QuerySet[Campaign]:
    """The campaigns over one case, newest first."""
    return campaigns_for(person).filter(case=case)


def tallies_for(person: Person, campaign: Campaign) -> QuerySet[Tally]:
    """The counters of a campaign, without those of consignees behind a wall this person is not admitted to."""
    return visible(person, Tally.objects.filter(campaign=campaign, units__gt=0), wall="consignee__wall")


def sees_all(person: Person, campaign: Campaign) -> bool:
    """Whether no consignee of the campaign is hidden from this person; if one is, totals are not shown as totals."""
    if person.kind == Person.Kind.SYSTEM:
        return True
    hidden = Tally.objects.filter(campaign=campaign, consignee__wall__isnull=False).exclude(
        consignee__wall__in=Wall.objects.filter(admitted=person)
    )
    return not hidden.exists()


def counts_of(rows: QuerySet[Tally]) -> Counts:
    """The counters added up."""
    found = rows.order_by().values_list("state").annotate(n=Sum("units"))
    return Counts({UnitState(state): n for state, n in found})


@dataclass(frozen=True, slots=True)
class Place:
    """One line of a campaign's table: a site, or the homes reached through a provider."""

    consignee: Consignee
    site: Site | None
    counts: Counts


def places_of(person: Person, campaign: Campaign) -> list[Place]:
    """Site by site, those that owe most first. One query for the counters, one for the names."""
    by_place: dict[tuple[int, int | None], dict[UnitState, int]] = {}
    for consignee, site, state, n in tallies_for(person, campaign).values_list("consignee", "site", "state", "units"):
        by_place.setdefault((consignee, site), {})[UnitState(state)] = n
    consignees = Consignee.objects.in_bulk({key[0] for key in by_place})
    sites = Site.objects.in_bulk({key[1] for key in by_place if key[1]})
    places = [
        Place(consignees[consignee], sites.get(site) if site else None, Counts(of))
        for (consignee, site), of in by_place.items()
    ]
    return sorted(places, key=lambda p: (-p.counts.owed, p.consignee.name, p.site.name if p.site else ""))


def burn_up_of(campaign: Campaign, until: date) -> tuple[Day, ...]:
    """The burn-up of a campaign, from its counters by day."""
    rows = campaign.changes.values_list("on", "state", "change")
    return burn_up(((on, UnitState(state), change) for on, state, change in rows), until)


def consignees_in(campaign: Campaign) -> int:
    """How many consignees are to be contacted: those spoken to; homes count with their provider."""
    return Tally.objects.filter(campaign=campaign, units__gt=0).values("consignee").distinct().count()


def effectiveness_of(campaign: Campaign) -> Effectiveness:
    """How the checks stand, each consignee by its latest one."""
    latest = campaign.checks.order_by().values("consignee").annotate(last=Max("pk")).values("last")
    found = dict(
        EffectivenessCheck.objects.filter(pk__in=latest).order_by().values_list("result").annotate(n=Count("pk"))
    )
    level = EffectivenessLevel(campaign.level)
    return Effectiveness(
        level=level, needed=consignees_to_check(level, consignees_in(campaign), campaign.level_percent),
        effective=found.get(CheckResult.EFFECTIVE, 0), not_effective=found.get(CheckResult.NOT_EFFECTIVE, 0),
        no_answer=found.get(CheckResult.NO_ANSWER, 0),
    )  # fmt: skip


def tasks_at(campaign: Campaign, *, site: Site | None = None, consignee: Consignee | None = None) -> QuerySet[UnitTask]:
    """The units of one place, in the order in which they came in. Whose place it is, the caller has asked for."""
    rows = UnitTask.objects.filter(campaign=campaign).select_related(
        "unit__product", "unit__release", "site__consignee"
    )
    if site is not None:
        return rows.filter(site=site).order_by("pk")
    if consignee is None:
        return rows.none()
    return rows.filter(site__in=sites_of(consignee)).order_by("pk")


def sites_of(consignee: Consignee) -> QuerySet[Site]:
    """Every place reached through a consignee: its own sites, and the homes it provides for."""
    return Site.objects.filter(Q(consignee=consignee) | Q(consignee__through=consignee)).order_by()


def recount(campaign: Campaign) -> dict[tuple[int, int | None, str], int]:
    """Count the units themselves, as the counters should stand. For the check that they do; walks every row."""
    found = (
        UnitTask.objects.filter(campaign=campaign)
        .order_by()
        .annotate(spoken=Coalesce("site__consignee__through", "site__consignee"))
        .values_list("spoken", "site__consignee__through", "site", "state")
        .annotate(n=Count("pk"))
    )
    counted: dict[tuple[int, int | None, str], int] = {}
    for spoken, home, site, state, n in found:
        key = (spoken, None if home is not None else site, state)
        counted[key] = counted.get(key, 0) + n
    return counted


def units_of(person: Person, tasks: Iterable[UnitTask]) -> list[Unit]:
    """The units of tasks this person was given, behind the walls of their consignees."""
    wanted = [task.unit_id for task in tasks]
    return list(visible(person, Unit.objects.filter(pk__in=wanted), wall="site__consignee__wall"))
