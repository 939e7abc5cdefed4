"""Campaigns by API: how they stand, and what a service system says of units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field as Limited

from suture.api.auth import caller
from suture.api.problems import REFUSALS
from suture.core.campaigns import Counts, UnitState
from suture.core.errors import InvalidValue
from suture.remediation.models import Campaign
from suture.remediation.queries.campaigns import campaign_for, campaigns_for, counts_of, places_of, tallies_for
from suture.remediation.services import (
    Moved,
    Which,
    acknowledge_units,
    decline_units,
    report_installed,
    retire_units,
    schedule_units,
    verify_units,
)

router = Router(tags=["campaigns"])
MOST = 5_000
Text = Annotated[str, Limited(max_length=500)]


class CountsOut(Schema):
    """Units by state, and the shares that may be said; a share of nothing is null, not 0."""

    by_state: dict[str, int]
    denominator: int
    installed_percent: float | None
    verified_percent: float | None
    unknown_percent: float | None


class CampaignOut(Schema):
    """One campaign and how it stands, as far as the caller may see its consignees."""

    uid: UUID
    number: str
    title: str
    action: str
    purpose: str
    state: str
    product: str
    target: str | None
    case: str | None
    started_on: date | None
    finish_by: date | None
    counts: CountsOut


class PlaceOut(Schema):
    """One place. `site` null: the homes reached through the consignee."""

    consignee: str
    reference: str
    site: str | None
    counts: CountsOut


class UnitsSaid(Schema):
    """What is said of units: some by uid, or all of a consignee or of a site.

    `version_seen` is asked for by *verify*, `planned_on` by *schedule*, `because` by *decline* and *retire* (its
    evidence) and, where no version is installed, by *verify*.
    """

    verb: Literal["acknowledge", "schedule", "install", "verify", "decline", "retire"]
    units: Annotated[list[UUID], Limited(default_factory=list, max_length=MOST)]
    consignee: UUID | None = None
    site: UUID | None = None
    on: date | None = None
    planned_on: date | None = None
    version_seen: Annotated[str, Limited(max_length=80)] = ""
    because: Text = ""


class MovedOut(Schema):
    """How many units moved, and how many stood where it does not apply, by state."""

    units: int
    left: dict[str, int]


@router.get("/campaigns", response={200: list[CampaignOut], **REFUSALS}, summary="List campaigns")
def list_campaigns(request: HttpRequest) -> Any:
    """Every campaign the caller may know of, newest first; at most 200."""
    person = caller(request)
    return [_campaign(row, counts_of(tallies_for(person, row))) for row in campaigns_for(person)[:200]]


@router.get("/campaigns/{uid}", response={200: CampaignOut, **REFUSALS}, summary="One campaign")
def one_campaign(request: HttpRequest, uid: UUID) -> Any:
    """How one campaign stands."""
    person = caller(request)
    row = campaign_for(person, uid)
    return _campaign(row, counts_of(tallies_for(person, row)))


@router.get("/campaigns/{uid}/places", response={200: list[PlaceOut], **REFUSALS}, summary="Place by place")
def campaign_by_place(request: HttpRequest, uid: UUID) -> Any:
    """The places of a campaign, those that owe most first."""
    person = caller(request)
    return [
        {"consignee": p.consignee.name, "reference": p.consignee.reference, "site": p.site.name if p.site else None,
         "counts": _counts(p.counts)}
        for p in places_of(person, campaign_for(person, uid))
    ]  # fmt: skip


@router.post("/campaigns/{uid}/units", response={200: MovedOut, **REFUSALS}, summary="Say something of units")
def say_of_units(request: HttpRequest, uid: UUID, body: UnitsSaid) -> Any:
    """Units that are there already, or further, are left alone and counted: the same call twice changes nothing."""
    person = caller(request)
    campaign_for(person, uid)
    which = Which(units=body.units, consignee=body.consignee, site=body.site)
    given: dict[str, Any] = {"campaign_uid": uid, "which": which, "by": person, "on": body.on}
    if body.verb == "schedule" and body.planned_on is None:
        raise InvalidValue("'schedule' needs planned_on: the day it is planned for")
    calls: Mapping[str, Callable[[], Moved]] = {
        "acknowledge": lambda: acknowledge_units(**given),
        "schedule": lambda: schedule_units(**given, planned_on=body.planned_on or date.max, because=body.because),
        "install": lambda: report_installed(**given, version_seen=body.version_seen),
        "verify": lambda: verify_units(**given, version_seen=body.version_seen, evidence=body.because),
        "decline": lambda: decline_units(**given, because=body.because),
        "retire": lambda: retire_units(**given, evidence=body.because),
    }
    moved = calls[body.verb]()
    return {"units": moved.units, "left": {state.value: n for state, n in moved.left.items()}}


def _campaign(row: Campaign, counts: Counts) -> dict[str, Any]:
    return {
        "uid": row.uid, "number": row.number, "title": row.title, "action": row.action, "purpose": row.purpose,
        "state": row.state, "product": row.product.brand_name, "target": row.wanted or None,
        "case": row.case.number if row.case else None, "started_on": row.started_on, "finish_by": row.finish_by,
        "counts": _counts(counts),
    }  # fmt: skip


def _counts(counts: Counts) -> dict[str, Any]:
    def percent(tenths: int | None) -> float | None:
        return None if tenths is None else tenths / 10

    return {
        "by_state": {state.value: counts[state] for state in UnitState}, "denominator": counts.denominator,
        "installed_percent": percent(counts.installed_share.tenths),
        "verified_percent": percent(counts.verified_share.tenths),
        "unknown_percent": percent(counts.unknown_share.tenths),
    }  # fmt: skip
