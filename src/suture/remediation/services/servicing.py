"""Field service: orders for units, their service records; the right version verifies, a wrong one stops it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.services import new_uid
from suture.core.campaigns import CampaignState, UnitState
from suture.core.errors import NotAllowed, NotFound
from suture.core.facts import Answer, negated, not_in_future
from suture.core.ids import human_number
from suture.core.servicing import WORK_ORDER, WorkOrderGuard
from suture.evidence.clock import now, today
from suture.evidence.services import record
from suture.policy.services import next_number
from suture.remediation.models import ServiceOrder, UnitTask
from suture.remediation.queries.campaigns import zone_of
from suture.remediation.services.taking import take_campaign
from suture.remediation.services.units import Which, report_installed, send_back_units, verify_units

G = WorkOrderGuard


def open_service_order(
    *, campaign_uid: UUID | str, unit_uid: UUID, by: Person, instructions: str = "", due_on: date | None = None,
    assigned_to: Person | None = None,
) -> ServiceOrder:  # fmt: skip
    """Order work on one unit of a running campaign; by default what the campaign says is done.

    Raises:
        NotFound: the unit is not in the campaign.
        NotAllowed: the campaign does not run, or an order for this unit is open.
    """
    with transaction.atomic():
        campaign = take_campaign(campaign_uid, by, "service_order.open")
        if campaign.at is not CampaignState.RUNNING:
            raise NotAllowed(f"{campaign.number} is {campaign.at.label}; work is ordered while it runs")
        task = UnitTask.objects.select_related("unit__product", "site__consignee").filter(
            campaign=campaign, unit__uid=unit_uid
        ).first()  # fmt: skip
        if task is None:
            raise NotFound("this unit is not in the campaign")
        if ServiceOrder.objects.filter(
            campaign=campaign, unit=task.unit, state__in=["open", "assigned", "wrong_version"]
        ).exists():
            raise NotAllowed(f"an order for {task.unit.label} is open already")
        day = today(zone_of(campaign))
        row = ServiceOrder.objects.create(
            uid=new_uid(), number=human_number("SO", day, next_number(f"service-order-{day.year}")), campaign=campaign,
            unit=task.unit, state="assigned" if assigned_to else "open", instructions=instructions or campaign.action,
            due_on=due_on, assigned_to=assigned_to, device=task.unit.product.brand_name,
            identifier=task.unit.shown_serial, opened_by=by, opened_at=now(),
        )  # fmt: skip
        record(by=by, did="service_order.opened", to=row, facts=row.content())
    return row


def record_service(
    *, order_uid: UUID | str, by: Person, serviced_on: date, serviced_by: str, service: str, test_data: str,
    version_found: str, identifier: str = "", observed: str = "",
) -> ServiceOrder:  # fmt: skip
    """Record the service of one unit. The right version verifies it; a wrong one is recorded and stops "verified".

    Args:
        version_found: what the device itself says it runs once the work is done.
        observed: what may be a cybersecurity signal; the field engineer's own words.

    Raises:
        NotAllowed: the record lacks what 21 CFR 820.35(b) asks for, or nobody read the version off.
        InvalidValue: a day in the future.
    """
    with transaction.atomic():
        row = _take(order_uid, by, "service_order.record")
        there = today(zone_of(row.campaign))
        not_in_future(serviced_on, there, "the day of service")
        row.serviced_on, row.serviced_by, row.service = serviced_on, serviced_by, service
        row.test_data, row.version_found, row.observed = test_data, version_found, observed
        row.identifier = identifier or row.identifier
        found = row.service_record
        wanted = row.campaign.wanted
        shows = found.shows(wanted) if wanted else Answer.of(bool(test_data.strip()) or None)
        complete = not found.missing()
        known = {
            G.RECORD_COMPLETE: Answer.of(complete), G.RIGHT_VERSION: shows,
            G.WRONG_VERSION: negated(shows),
        }  # fmt: skip
        if not complete:
            raise NotAllowed("a service record cannot be closed yet; it lacks " + "; ".join(found.missing())
                             + " (21 CFR 820.35(b))")  # fmt: skip
        verb = "find_wrong" if shows is Answer.NO and row.state != "wrong_version" else "complete"
        row.state = WORK_ORDER.require(row.at, verb, roles=by.roles, facts=known)
        row.save()
        record(by=by, did=f"service_order.{verb}", to=row, because=service, facts=row.content())
        _move_unit(row, by, shows, serviced_on)
    return row


def cancel_service_order(*, order_uid: UUID | str, by: Person, because: str) -> ServiceOrder:
    """Cancel an order, and say why."""
    with transaction.atomic():
        row = _take(order_uid, by, "service_order.open")
        known = {G.REASON_GIVEN: Answer.of(bool(because.strip()))}
        row.state, row.ended_because = WORK_ORDER.require(row.at, "cancel", roles=by.roles, facts=known), because
        row.save(update_fields=["state", "ended_because"])
        record(by=by, did="service_order.cancel", to=row, because=because)
    return row


def _move_unit(row: ServiceOrder, by: Person, shows: Answer, on: date) -> None:
    """Bring the unit where the record shows it: verified, or sent back when it was called done."""
    which = Which(units=[row.unit.uid])
    state = UnitTask.objects.values_list("state", flat=True).get(campaign=row.campaign, unit=row.unit)
    if shows is Answer.NO:
        if state in (UnitState.INSTALLED, UnitState.VERIFIED):
            send_back_units(campaign_uid=row.campaign.uid, which=which, by=by, version_seen=row.version_found, on=on)
        return
    if state not in (UnitState.INSTALLED, UnitState.VERIFIED, UnitState.RETIRED):
        report_installed(campaign_uid=row.campaign.uid, which=which, by=by, version_seen=row.version_found, on=on)
    evidence = f"{row.number}: {row.test_data}"
    verify_units(
        campaign_uid=row.campaign.uid, which=which, by=by, version_seen=row.version_found, evidence=evidence, on=on
    )


def _take(uid: UUID | str, by: Person, verb: str) -> ServiceOrder:
    campaign_uid = ServiceOrder.objects.filter(uid=uid).values_list("campaign__uid", flat=True).first()
    if campaign_uid is None:
        raise NotFound("there is no such record")
    campaign = take_campaign(campaign_uid, by, verb)
    row = (
        ServiceOrder.objects.select_for_update(of=("self",))
        .select_related("unit__product", "unit__site__consignee")
        .get(uid=uid)
    )
    row.campaign = campaign
    if campaign.at is not CampaignState.RUNNING:
        raise NotAllowed(f"{campaign.number} is {campaign.at.label}; service is recorded while it runs")
    return row
