"""Campaigns: what is in place, what is owed, who is silent; place by place, unit by unit."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from suture.accounts.models import Person
from suture.accounts.queries import signatures_on, visible
from suture.assessment.queries import case_for
from suture.core.campaigns import CAMPAIGN, UNIT, CampaignGuard, CampaignState, EffectivenessLevel, UnitState
from suture.core.communications import NoticeState
from suture.core.errors import NotFound
from suture.core.facts import Answer
from suture.core.workflow import Step
from suture.evidence.canonical import digest
from suture.evidence.clock import today as today_at
from suture.inventory.models import Consignee, Product, Release, Site
from suture.remediation.models import Campaign
from suture.remediation.queries.campaigns import (
    burn_up_of,
    campaign_for,
    campaigns_for,
    consignees_in,
    counts_of,
    effectiveness_of,
    places_of,
    sees_all,
    tallies_for,
    tasks_at,
    zone_of,
)
from suture.remediation.queries.notices import deliveries_for, delivery_counts, silent_since
from suture.remediation.services import open_campaign, open_end_of_support
from suture.web.campaign_drawing import draw_burn_up
from suture.web.campaign_forms import CampaignForm, EndOfSupportForm
from suture.web.exports import csv_response, json_response
from suture.web.pages import may_do, one, page_of, person_of, take_form

FORM = "web/form.html"
PLACES_SHOWN = 100  # of the table on the campaign's page; the rest in its export and by search


@dataclass(frozen=True, slots=True)
class Act:
    """One step of the workflow table for this person: allowed, or not yet and why."""

    step: Step[CampaignState]
    allowed: bool
    why_not: tuple[str, ...]


@require_GET
def campaigns(request: HttpRequest) -> HttpResponse:
    """Every campaign, those that run first, with how far each has come."""
    person = person_of(request)
    wanted = request.GET.get("show", "open")
    rows = campaigns_for(person)
    if wanted == "open":
        rows = rows.exclude(state__in=[CampaignState.CLOSED, CampaignState.ACCEPTED])
    page = page_of(request, rows)
    listed = [(row, counts_of(tallies_for(person, row))) for row in page]
    return render(request, "web/campaigns.html", {"place": "campaigns", "page": page, "listed": listed, "show": wanted})


@require_GET
def campaign(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One campaign: how far, what is owed, place by place; drawn from counters."""
    person = person_of(request)
    row = campaign_for(person, uid)
    day = today_at(zone_of(row))
    counts = counts_of(tallies_for(person, row))
    whole = sees_all(person, row)
    places = places_of(person, row)
    notices = list(row.notices.all())
    return render(
        request, "web/campaign.html",
        {
            "place": "campaigns", "campaign": row, "day": day, "counts": counts, "whole": whole,
            "states": [(s, counts[s]) for s in UnitState], "consignees": consignees_in(row),
            "burn": draw_burn_up(burn_up_of(row, min(day, row.ended_on or day)), day) if whole else None,
            "places": places[:PLACES_SHOWN], "places_all": len(places), "checks": effectiveness_of(row),
            "made": row.checks.select_related("consignee", "by")[:20], "notices": notices,
            "copies": [(s, n) for s, n in delivery_counts(person, row).items() if n],
            "silent": silent_since(person, row, day)[:20], "last_sent": next((n for n in notices if n.sent_on), None),
            "acts": acts_of(row, person), "orders": row.service_orders.select_related("unit__product")[:10],
            "signatures": signatures_on(Campaign.record_kind, row.uid, digest(row.content())),
            "may": {v: may_do(request, v) for v in ("unit.move", "notice.write", "notice.send", "effectiveness.check")},
        },
    )  # fmt: skip


def guards_of(row: Campaign) -> dict[CampaignGuard, Answer]:
    """The facts that open a campaign's steps, for its buttons; the verbs read them again."""
    g = CampaignGuard
    approved = row.notices.filter(state__in=[NoticeState.APPROVED, NoticeState.SENT]).exists()
    return {
        g.UNITS_KNOWN: Answer.of(row.tallies.exists()), g.NOTICE_APPROVED: Answer.of(approved),
        g.ALL_IN_PLACE: counts_of(row.tallies.all()).all_in_place, g.EFFECTIVENESS_MET: effectiveness_of(row).met,
        g.RESIDUAL_REASON: Answer.YES, g.REOPENING_REASON: Answer.YES,  # their forms ask for it
    }  # fmt: skip


def acts_of(row: Campaign, person: Person) -> list[Act]:
    """The rows of the table that leave this state, as this person may take them."""
    known = guards_of(row)
    return [
        Act(step, not person.roles.isdisjoint(step.who), tuple(CAMPAIGN.why_not(row.at, step.verb, known)))
        for step in CAMPAIGN.leaving(row.at)
    ]


@require_GET
def places_file(request: HttpRequest, uid: UUID, form: str) -> HttpResponseBase:
    """The table of places as a file: the same rows, the same order."""
    person = person_of(request)
    row = campaign_for(person, uid)
    header = ["consignee", "reference", "site", *(s.value for s in UnitState), "denominator"]
    rows = [
        [p.consignee.name, p.consignee.reference, p.site.name if p.site else "homes reached through them",
         *(p.counts[s] for s in UnitState), p.counts.denominator]
        for p in places_of(person, row)
    ]  # fmt: skip
    if form not in ("csv", "json"):
        raise NotFound("this table is given as csv or json")
    return csv_response(row.number, header, rows) if form == "csv" else json_response(row.number, header, rows)


@require_GET
def place(request: HttpRequest, uid: UUID, consignee: UUID) -> HttpResponse:
    """The units of one consignee, and what can be said of them."""
    person = person_of(request)
    row = campaign_for(person, uid)
    who = one(visible(person, Consignee.objects.all()), uid=consignee)
    site = None
    if request.GET.get("site"):
        site = one(Site.objects.filter(consignee=who), uid=request.GET["site"])
    tasks = tasks_at(row, site=site, consignee=None if site else who)
    counts = counts_of(tallies_for(person, row).filter(consignee=who, **({"site": site} if site else {})))
    verbs = [s for s in UNIT.steps if not person.roles.isdisjoint(s.who) and any(counts[f] for f in s.from_states)]
    return render(
        request, "web/campaign_place.html",
        {
            "place": "campaigns", "campaign": row, "consignee": who, "site": site, "counts": counts,
            "page": page_of(request, tasks), "verbs": verbs if row.at is CampaignState.RUNNING else [],
            "day": today_at(zone_of(row)), "can_order": may_do(request, "service_order.open"),
            "contacts": who.contacts.filter(active=True),
            "copies": deliveries_for(person, row).filter(consignee=who).order_by("made_on", "pk"),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Open a campaign over a case."""
    person = person_of(request)
    case = case_for(person, uid)
    products = visible(person, Product.objects.filter(releases__cases=case).distinct(), wall="field_wall")
    releases = Release.objects.filter(product__in=products).select_related("product")
    form = CampaignForm(products, releases, request.POST or None)

    def verb() -> Campaign:
        given = dict(form.cleaned_data)
        return open_campaign(case_uid=uid, by=person, level=EffectivenessLevel(given.pop("level")), **given)

    return take_form(
        request, form, verb, lambda row: redirect("campaign", row.uid), FORM,
        {
            "place": "campaigns", "title": _("Open a campaign, %(n)s") % {"n": case.number}, "submit": _("Open it"),
            "back": f"/cases/{uid}/",
            "says": _("Every unit of the device that runs an affected release is in it, and each whose release nobody "
                      "knows. It is a draft until it is approved by signature."),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def new_end_of_support(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Open the campaign that tells users that support ends."""
    person = person_of(request)
    product = one(visible(person, Product.objects.all(), wall="field_wall"), uid=uid)
    form = EndOfSupportForm(product.releases.all(), request.POST or None)

    def verb() -> Campaign:
        return open_end_of_support(product=product, by=person, **form.cleaned_data)

    return take_form(
        request, form, verb, lambda row: redirect("campaign", row.uid), FORM,
        {
            "place": "campaigns", "title": _("End of support, %(device)s") % {"device": product.brand_name},
            "submit": _("Open the campaign"), "back": f"/devices/{uid}/",
            "says": _("Its notice says what ends and which responsibility passes on. What is fielded stays watched."),
        },
    )  # fmt: skip
