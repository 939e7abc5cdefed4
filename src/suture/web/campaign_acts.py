"""What a person does to a campaign: its steps, its units, its checks. Each page is one form and one verb."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from suture.accounts.queries import visible
from suture.core.campaigns import CAMPAIGN, UNIT, CheckResult
from suture.core.communications import Channel
from suture.core.errors import NotFound
from suture.evidence.clock import today as today_at
from suture.inventory.models import Consignee, Unit
from suture.remediation.models import Campaign, EffectivenessCheck, ServiceOrder
from suture.remediation.queries.campaigns import campaign_for, campaigns_for, tallies_for, zone_of
from suture.remediation.services import (
    Moved,
    Which,
    accept_residual,
    acknowledge_units,
    approve_campaign,
    cancel_service_order,
    check_effectiveness,
    close_campaign,
    decline_units,
    lose_units,
    open_service_order,
    record_service,
    reopen_campaign,
    report_installed,
    retire_units,
    return_units,
    schedule_units,
    send_back_units,
    start_campaign,
    tell_units,
    verify_units,
)
from suture.web.campaign import guards_of
from suture.web.campaign_forms import (
    CheckForm,
    DayForm,
    DeclineForm,
    InstalledForm,
    LoseForm,
    OrderForm,
    RetireForm,
    ReturnForm,
    ScheduleForm,
    SendBackForm,
    ServiceForm,
    SignReasonForm,
    VerifyForm,
)
from suture.web.case_forms import OptionalReasonForm, ReasonForm
from suture.web.forms import Form
from suture.web.pages import one, person_of, take_form, version_of

FORM, SIGN = "web/form.html", "web/sign.html"

STEPS: Mapping[str, Callable[..., Campaign]] = {
    "approve": approve_campaign,
    "start": start_campaign,
    "close": close_campaign,
    "accept_residual": accept_residual,
    "reopen": reopen_campaign,
}
MOVES: Mapping[str, tuple[Callable[..., Moved], type[Form]]] = {
    "notify": (tell_units, DayForm),
    "acknowledge": (acknowledge_units, DayForm),
    "schedule": (schedule_units, ScheduleForm),
    "install": (report_installed, InstalledForm),
    "verify": (verify_units, VerifyForm),
    "send_back": (send_back_units, SendBackForm),
    "decline": (decline_units, DeclineForm),
    "lose": (lose_units, LoseForm),
    "retire": (retire_units, RetireForm),
    "return": (return_units, ReturnForm),
}


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, uid: UUID, verb: str) -> HttpResponse:
    """Take the campaign through one step of its table."""
    person = person_of(request)
    row = campaign_for(person, uid)
    step = CAMPAIGN.step(row.at, verb)
    kind = SignReasonForm if step.signature else ReasonForm if verb == "reopen" else OptionalReasonForm
    form = kind(request.POST or None)
    missing = CAMPAIGN.why_not(row.at, verb, guards_of(row))

    def take() -> Campaign:
        given = dict(form.cleaned_data)
        return STEPS[verb](campaign_uid=uid, by=person, version=version_of(request), **given)

    return take_form(
        request, form, take, lambda _row: redirect("campaign", uid), SIGN if step.signature else FORM,
        {
            "place": "campaigns", "title": f"{step.label}: {row.number}", "submit": step.label,
            "meaning": f"campaign {step.done}", "back": f"/campaigns/{uid}/",
            "says": _("Still missing: %(what)s") % {"what": "; ".join(missing)} if missing else "",
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def move_units(request: HttpRequest, uid: UUID, verb: str) -> HttpResponse:
    """Say something of units: those ticked, or all of a consignee or site."""
    person = person_of(request)
    row = campaign_for(person, uid)
    if verb not in MOVES:
        raise NotFound("there is no such step")
    call, kind = MOVES[verb]
    step = next(s for s in UNIT.steps if s.verb == verb)
    which, named, back = _which(request, row)
    form = kind(request.POST or None, initial={"on": today_at(zone_of(row)), "version_seen": row.wanted})

    def take() -> Moved:
        return call(campaign_uid=uid, which=which, by=person, **form.cleaned_data)

    def then(moved: Moved) -> HttpResponse:
        left = sum(moved.left.values())
        says = ngettext("%(n)d unit is now %(state)s.", "%(n)d units are now %(state)s.", moved.units) % {
            "n": moved.units, "state": step.to.label
        }  # fmt: skip
        if left:
            says += " " + _("%(n)d stood where this does not apply, and were left as they are.") % {"n": left}
        messages.success(request, says)
        return redirect(back)

    return take_form(
        request, form, take, then, FORM,
        {
            "place": "campaigns", "title": f"{step.label}: {named}", "submit": step.label, "back": back,
            "says": _("One line of evidence is written for all of them, with the hash of what was said."),
        },
    )  # fmt: skip


def _which(request: HttpRequest, row: Campaign) -> tuple[Which, str, str]:
    """Which units the address means: `unit` (many), `site`, `consignee`; in words, and where to go back to."""
    units = [u for u in request.GET.getlist("unit") if u]
    who = one(visible(person_of(request), Consignee.objects.all()), uid=request.GET.get("consignee", ""))
    back = f"/campaigns/{row.uid}/places/{who.uid}/"
    if units:
        try:
            uids = [UUID(u) for u in units]
        except ValueError:
            raise NotFound("there is no such record") from None
        words = ngettext("%(n)d unit of %(who)s", "%(n)d units of %(who)s", len(uids)) % {
            "n": len(uids), "who": who.name
        }  # fmt: skip
        return Which(units=uids), words, back
    if request.GET.get("site"):
        site = one(who.sites.all(), uid=request.GET["site"])
        return Which(site=site.uid), site.label, f"{back}?site={site.uid}"
    return Which(consignee=who.uid), _("all units of %(who)s") % {"who": who.name}, back


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Record an effectiveness check."""
    person = person_of(request)
    row = campaign_for(person, uid)
    known = tallies_for(person, row).values("consignee")
    choices = [(str(c.uid), c.name) for c in Consignee.objects.filter(pk__in=known).order_by("name")[:5000]]
    initial = {"on": today_at(zone_of(row)), "consignee": request.GET.get("consignee", "")}
    form = CheckForm(choices, request.POST or None, initial=initial)

    def take() -> EffectivenessCheck:
        given = dict(form.cleaned_data)
        return check_effectiveness(
            campaign_uid=uid, consignee_uid=given.pop("consignee"), by=person, channel=Channel(given.pop("channel")),
            result=CheckResult(given.pop("result")), **given,
        )  # fmt: skip

    return take_form(
        request, form, take, lambda _row: redirect("campaign", uid), FORM,
        {
            "place": "campaigns", "title": _("Effectiveness check, %(n)s") % {"n": row.number},
            "submit": _("Record it"), "back": f"/campaigns/{uid}/",
            "says": _("21 CFR 7.42(b)(3): did the notice arrive, and was it acted on? The latest answer counts."),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def order(request: HttpRequest, uid: UUID, unit: UUID) -> HttpResponse:
    """Order work on one unit."""
    person = person_of(request)
    row = campaign_for(person, uid)
    device = one(visible(person, Unit.objects.filter(tasks__campaign=row), wall="site__consignee__wall"), uid=unit)
    form = OrderForm(request.POST or None, initial={"instructions": row.action})
    take = partial(_ordered, form, uid, unit, person)
    return take_form(
        request, form, take, lambda made: redirect("service-order", made.uid), FORM,
        {
            "place": "campaigns", "title": _("Order service, %(unit)s") % {"unit": device.label},
            "submit": _("Order it"), "back": f"/campaigns/{uid}/places/{device.site.consignee.uid}/",
        },
    )  # fmt: skip


def _ordered(form: Form, uid: UUID, unit: UUID, person: Any) -> ServiceOrder:
    return open_service_order(campaign_uid=uid, unit_uid=unit, by=person, **form.cleaned_data)


def order_of(request: HttpRequest, uid: UUID) -> ServiceOrder:
    """One service order of a campaign this person may know of."""
    rows = ServiceOrder.objects.filter(campaign__in=campaigns_for(person_of(request)))
    rows = visible(person_of(request), rows, wall="unit__site__consignee__wall")
    return one(
        rows.select_related("campaign__target", "campaign__case", "unit__product", "unit__site__consignee"), uid=uid
    )


@require_http_methods(["GET", "POST"])
def service(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write the service record of an order."""
    person = person_of(request)
    row = order_of(request, uid)
    initial = {
        "serviced_on": today_at(zone_of(row.campaign)), "serviced_by": person.printed_name,
        "identifier": row.identifier,
    }  # fmt: skip
    form = ServiceForm(request.POST or None, initial=initial)
    return take_form(
        request, form, lambda: record_service(order_uid=uid, by=person, **form.cleaned_data),
        lambda _row: redirect("service-order", uid), FORM,
        {
            "place": "campaigns", "title": _("Service record, %(n)s") % {"n": row.number}, "submit": _("Record it"),
            "back": f"/service/{uid}/",
            "says": _("What 21 CFR 820.35(b) asks for. A wrong version is recorded, and stops “verified”."),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Cancel an order."""
    person = person_of(request)
    row = order_of(request, uid)
    form = ReasonForm(request.POST or None)
    return take_form(
        request, form, lambda: cancel_service_order(order_uid=uid, by=person, because=form.cleaned_data["because"]),
        lambda _row: redirect("service-order", uid), FORM,
        {
            "place": "campaigns", "title": _("Cancel %(n)s") % {"n": row.number}, "submit": _("Cancel the order"),
            "back": f"/service/{uid}/",
        },
    )  # fmt: skip
