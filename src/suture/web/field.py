"""Field: where our units are, with which release, how sure that is; consignees, sites, units with their history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from suture.detection.queries.blast import consignees_reached
from suture.evidence.queries import entries_about
from suture.inventory.field.queries import (
    FRESH_DAYS,
    Tally,
    consignee_named,
    consignees_holding,
    fresh_since,
    history_of,
    limits_of,
    places_without_contact,
    reports,
    site_named,
    tallied,
    tally_of,
    unit_named,
    units_at,
    visible_consignees,
    visible_counts,
    visible_units,
)
from suture.inventory.models import Consignee, Product, Release, Site, Unit
from suture.web.exports import csv_response, json_response
from suture.web.frame import frame_of
from suture.web.pages import ROWS_ON_A_PAGE, day_in, may_do, number_in, page_of, person_of

HEADER = (
    "product", "udi_di", "serial", "lot", "release", "state", "consignee", "consignee_name", "site", "country",
    "manufactured_on", "distributed_on", "last_known_on", "known_from", "home_use", "implanted",
)  # fmt: skip
REACHED = (
    "consignee", "name", "kind", "reached_through", "address", "country", "phone", "sites", "units_concerned",
    "units_release_unknown", "units_not_confirmed_lately", "units_at_home",
)  # fmt: skip
SHADES = 5


@dataclass(frozen=True, slots=True)
class Piece:
    """One release's part of a bar, in percent of it; `css` names the shade, 'unknown' the hatching."""

    name: str
    uid: UUID | None
    units: int
    x: str
    width: str
    css: str


def pieces_of(parts: Iterable[tuple[str, UUID | None, int]]) -> list[Piece]:
    """A stacked bar from (name, release, units): known ones shaded from new to old, the unknown hatched."""
    kept = [part for part in parts if part[2]]
    whole, at, found = sum(part[2] for part in kept) or 1, 0.0, []
    for place, (name, uid, units) in enumerate(kept):
        share = units / whole * 100
        css = "u-unknown" if uid is None else f"u-{min(place, SHADES - 1)}"
        found.append(Piece(name, uid, units, f"{at:.2f}%", f"{share:.2f}%", css))
        at += share
    return found


@dataclass(frozen=True, slots=True)
class DeviceInField:
    """One device: its tally, and its bar of units by release."""

    product: Product
    tally: Tally
    pieces: list[Piece]


def devices_in_field(request: HttpRequest, since: date, product: Product | None = None) -> list[DeviceInField]:
    """Every device with units by release, from kept counts. Four queries."""
    counts = visible_counts(person_of(request))
    products = Product.objects.all()
    if product is not None:
        counts, products = counts.filter(product=product), products.filter(pk=product.pk)
    by = tallied(counts, since, "product", "release")
    releases = Release.objects.in_bulk([key[1] for key in by if key[1]])
    found = []
    for row in products:
        mine = {key[1]: tally for key, tally in by.items() if key[0] == row.pk}
        if not mine:
            continue
        known = sorted(
            (releases[pk] for pk in mine if pk), key=lambda r: (r.released_on or date.min, r.pk), reverse=True
        )
        parts: list[tuple[str, UUID | None, int]] = [(r.version, r.uid, mine[r.pk].units) for r in known]
        if None in mine:
            parts.append((_("not known"), None, mine[None].units))
        whole = Tally(*(sum(getattr(t, name) for t in mine.values()) for name in Tally.__slots__))
        found.append(DeviceInField(row, whole, pieces_of(parts)))
    return found


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Units by device and release, what is not known, how fresh it is, who holds most."""
    person = person_of(request)
    since = fresh_since(frame_of(request).today)
    counts = visible_counts(person)
    bare = places_without_contact(person)
    return render(
        request, "web/field.html",
        {
            "place": "field", "since": since, "days": FRESH_DAYS, "all": tally_of(counts, since),
            "devices": devices_in_field(request, since), "holding": consignees_holding(counts),
            "bare": list(bare[:8]), "bare_count": bare.count(), "reports": list(reports()[:8]),
            "can_import": may_do(request, "field.import"), "can_describe": may_do(request, "field.describe"),
        },
    )  # fmt: skip


# ---------------------------------------------------------------- consignees and sites


@require_GET
def consignees(request: HttpRequest) -> HttpResponse:
    """Who has devices of ours."""
    person, words, kind = person_of(request), request.GET.get("find", "").strip(), request.GET.get("kind", "")
    rows = visible_consignees(person).order_by("name", "pk")
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(reference__istartswith=words))
    if kind in Consignee.Kind.values:
        rows = rows.filter(kind=kind)
    page = page_of(request, rows.select_related("through"))
    since = fresh_since(frame_of(request).today)
    held = units_at(person, [row.pk for row in page], since)
    return render(
        request, "web/consignees.html",
        {
            "place": "field", "page": page, "listed": [(row, held.get(row.pk, Tally())) for row in page],
            "find": words, "kind": kind, "kinds": Consignee.Kind.choices, "since": since,
            "can_describe": may_do(request, "field.describe"),
        },
    )  # fmt: skip


@require_GET
def consignee(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One consignee: sites, contacts, units by device and release."""
    person = person_of(request)
    row = consignee_named(person, uid)
    since = fresh_since(frame_of(request).today)
    counts = visible_counts(person).filter(site__consignee=row)
    by_site = {key[0]: tally for key, tally in tallied(counts, since, "site").items()}
    sites = page_of(request, row.sites.order_by("name", "pk"))
    by_release = tallied(counts, since, "product", "release")
    products = Product.objects.in_bulk({key[0] for key in by_release})
    releases = Release.objects.in_bulk({key[1] for key in by_release if key[1]})
    software = sorted(
        ((products[p], releases.get(r), tally) for (p, r), tally in by_release.items() if tally.units),
        key=lambda line: (line[0].brand_name, -line[2].units),
    )
    return render(
        request, "web/consignee.html",
        {
            "place": "field", "consignee": row, "page": sites, "since": since, "software": software,
            "sites": [(site, by_site.get(site.pk, Tally())) for site in sites], "all": tally_of(counts, since),
            "contacts": list(row.contacts.select_related("site").order_by("-active", "role", "pk")[:50]),
            "users_at_home": row.users_at_home.count(),
            "entries": entries_about(Consignee.record_kind, str(row.uid)).reverse()[:5],
            "can_describe": may_do(request, "field.describe"),
        },
    )  # fmt: skip


@require_GET
def site(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One site with its units."""
    person = person_of(request)
    row = site_named(person, uid)
    since = fresh_since(frame_of(request).today)
    counts = visible_counts(person).filter(site=row)
    return render(
        request, "web/site.html",
        {
            "place": "field", "site": row, "since": since, "all": tally_of(counts, since),
            **_listed(request, visible_units(person).filter(site=row), "pk"),
            "entries": entries_about(Site.record_kind, str(row.uid)).reverse()[:5],
            "can_describe": may_do(request, "field.describe"), "can_record": may_do(request, "unit.record"),
        },
    )  # fmt: skip


# ---------------------------------------------------------------- units


def _uid_in(request: HttpRequest, key: str) -> UUID:
    """The uid in the address; one that no record has where it is none."""
    try:
        return UUID(request.GET.get(key, ""))
    except ValueError:
        return UUID(int=0)


@dataclass(frozen=True, slots=True)
class Filtered:
    """Units as the address asks for them, in the order that its index gives."""

    rows: QuerySet[Unit]
    order: str  # 'pk', or 'last_known_on' where the longest unconfirmed come first
    says: list[str]


def _filtered(request: HttpRequest) -> Filtered:
    person = person_of(request)
    says: list[str] = []
    rows, order = visible_units(person), "pk"
    product = Product.objects.filter(uid=_uid_in(request, "product")).first() if request.GET.get("product") else None
    release = (
        Release.objects.select_related("product").filter(uid=_uid_in(request, "release")).first()
        if request.GET.get("release") not in (None, "", "unknown") else None
    )  # fmt: skip
    if release is not None:
        rows, says = rows.filter(release=release), [*says, release.label]
    elif product is not None:
        rows, says = rows.filter(product=product), [*says, product.brand_name]
    if request.GET.get("release") == "unknown":
        rows, says = rows.filter(release=None), [*says, _("release not known")]
    state = request.GET.get("state", "")
    if state == "any":
        says.append(_("retired ones included"))
    elif state in {str(s.value) for s in Unit.State}:
        rows, says = rows.filter(state=int(state)), [*says, str(Unit.State(int(state)).label)]
    else:
        rows = rows.exclude(state=Unit.State.RETIRED)
    known, since = request.GET.get("known", ""), fresh_since(frame_of(request).today)
    if known == "never":
        rows, says = rows.filter(last_known_on=None), [*says, _("never confirmed")]
    elif known == "stale":
        rows, order = rows.filter(last_known_on__lt=since), "last_known_on"
        says.append(_("not confirmed since %(day)s") % {"day": since})
    if request.GET.get("home") == "1":
        rows, says = rows.filter(home_use=True), [*says, _("used at home")]
    if serial := request.GET.get("serial", "").strip()[:60]:
        rows = rows.filter(serial__startswith=serial) if "%" not in serial else rows.filter(serial=serial)
        says.append(serial)
    return Filtered(rows, order, says)


def _listed(request: HttpRequest, rows: QuerySet[Unit], order: str) -> dict[str, Any]:
    """One page of units by key: what comes after the last one seen, so that page 20,000 costs what page 1 does."""
    after = number_in(request, "after") or 0
    if order == "last_known_on":
        day = day_in(request, "day")
        if after and day:
            rows = rows.filter(Q(last_known_on__gt=day) | Q(last_known_on=day, pk__gt=after))
        rows = rows.order_by("last_known_on", "pk")
    else:
        rows = rows.filter(pk__gt=after).order_by("pk")
    found = list(
        rows.select_related("product", "release", "site__consignee", "identifier")[: ROWS_ON_A_PAGE + 1]
    )  # fmt: skip
    more = len(found) > ROWS_ON_A_PAGE
    units = found[:ROWS_ON_A_PAGE]
    return {"units": units, "next": units[-1] if more else None, "after": after}


@require_GET
def units(request: HttpRequest) -> HttpResponse:
    """Units, filtered: the address holds the filter."""
    asked = _filtered(request)
    return render(
        request, "web/units.html",
        {
            "place": "field", **_listed(request, asked.rows, asked.order), "says": asked.says,
            "products": Product.objects.order_by("brand_name"), "states": Unit.State.choices,
            "since": fresh_since(frame_of(request).today),
        },
    )  # fmt: skip


@require_GET
def units_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The units as listed, every row. Serial numbers of implanted units are left out (21 CFR 806.40)."""
    rows = _filtered(request).rows.select_related("product", "release", "site__consignee", "identifier").order_by("pk")
    write = csv_response if form == "csv" else json_response
    return write("units", HEADER, _lines(rows))


def _lines(rows: QuerySet[Unit]) -> Iterator[tuple[Any, ...]]:
    for u in rows.iterator(chunk_size=2000):
        yield (
            u.product.brand_name, u.identifier.di if u.identifier else u.product.udi_di, u.shown_serial, u.lot,
            u.release.version if u.release else "unknown", u.get_state_display(), u.site.consignee.reference,
            u.site.consignee.name, u.site.name, u.site.country, u.manufactured_on, u.distributed_on, u.last_known_on,
            u.get_source_display(), "yes" if u.home_use else "no", "yes" if u.implanted else "no",
        )  # fmt: skip


@require_GET
def unit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One unit: where it is, what runs on it, and everything ever said of it."""
    row = unit_named(person_of(request), uid)
    since = fresh_since(frame_of(request).today)
    return render(
        request, "web/unit.html",
        {
            "place": "field", "unit": row, "since": since, "history": list(history_of(row)[:100]),
            "stale": row.last_known_on is not None and row.last_known_on < since,
            "entries": entries_about(Unit.record_kind, str(row.uid)).reverse()[:5],
            "can_record": may_do(request, "unit.record"), "can_retire": may_do(request, "unit.retire"),
        },
    )  # fmt: skip


def reached_lines(request: HttpRequest, releases: list[Release]) -> Iterator[tuple[Any, ...]]:
    """The blast radius as a table: every consignee with units concerned or possibly so (21 CFR 806.10(c)(11))."""
    for row in consignees_reached(person_of(request), releases, frame_of(request).today, limits_of(person_of(request))):
        c = row.consignee
        yield (
            c.reference, c.name, c.get_kind_display(), c.through.name if c.through else "", c.address, c.country,
            c.phone, row.sites, row.concerned, row.unknown, row.unconfirmed, row.home,
        )  # fmt: skip
