"""Remediation plans, service orders and the measures M1 to M3."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from suture.accounts.queries import signatures_on, visible
from suture.assessment.queries import case_for, cases_for
from suture.core.errors import NotFound
from suture.core.facts import Answer
from suture.core.measures import Period
from suture.core.plans import PLAN, PlanState, RemediationKind
from suture.core.servicing import WORK_ORDER, WorkOrderState
from suture.evidence.canonical import digest
from suture.evidence.clock import today as today_at
from suture.inventory.models import Release
from suture.remediation.models import Plan, ServiceOrder
from suture.remediation.queries.campaigns import campaigns_for
from suture.remediation.queries.measures import measures
from suture.remediation.services import develop_plan, distribute_fix, make_plan, sign_residual, validate_fix
from suture.web.campaign_acts import order_of
from suture.web.case_forms import ANSWERS, OptionalReasonForm
from suture.web.forms import BecauseField, DateField, Form, SignatureMixin, TextField
from suture.web.frame import frame_of
from suture.web.pages import day_in, may_do, one, page_of, person_of, take_form, version_of

FORM, SIGN = "web/form.html", "web/sign.html"
KINDS = [(k.value, k.label[:1].upper() + k.label[1:]) for k in RemediationKind]


class PlanForm(Form):
    """A remediation plan."""

    kind = forms.ChoiceField(label=gettext_lazy("How the risk is brought down"), choices=KINDS)
    summary = TextField(label=gettext_lazy("What is done"))
    rationale = TextField(label=gettext_lazy("Why by then, and not sooner"),
                          help_text=gettext_lazy("The rationale for the timeline (guidance §VII.B)."))  # fmt: skip
    fix_by = DateField(label=gettext_lazy("Distributed by"), required=False)
    release = forms.ModelChoiceField(label=gettext_lazy("Release that carries the fix"), required=False,
                                     queryset=Release.objects.none(), to_field_name="uid")  # fmt: skip
    design_change = forms.CharField(label=gettext_lazy("Design change"), max_length=300, required=False,
                                    help_text=gettext_lazy("Its record, or “none because …”."))  # fmt: skip
    capa = forms.CharField(label=gettext_lazy("CAPA"), max_length=300, required=False,
                           help_text=gettext_lazy("Its record, or “none because …”."))  # fmt: skip

    def __init__(self, releases: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["release"].queryset = releases  # type: ignore[attr-defined]


class ValidateForm(Form):
    """Verification and validation of the fix."""

    on = DateField(label=gettext_lazy("Validated on"))
    verification = TextField(label=gettext_lazy("Evidence of verification"), rows=2)
    validation = TextField(label=gettext_lazy("Evidence of validation"), rows=2)
    adds_risk = forms.ChoiceField(label=gettext_lazy("Does it add a greater risk?"), choices=ANSWERS)
    adds_risk_because = TextField(label=gettext_lazy("Why, or why not"), rows=2)


class DistributeForm(Form):
    """How customers get it."""

    on = DateField(label=gettext_lazy("Distributed on"))
    how = TextField(label=gettext_lazy("How customers get it, and what shows that it is there"), rows=2)


class ResidualForm(Form, SignatureMixin):
    """The residual risk after the fix, signed."""

    acceptable = forms.ChoiceField(label=gettext_lazy("Is the residual risk acceptable?"), choices=ANSWERS[1:],
                                   widget=forms.RadioSelect)  # fmt: skip
    because = BecauseField()
    field_order = ("acceptable", "because", "password")


def plan_of(request: HttpRequest, uid: UUID) -> Plan:
    """One plan of a case this person may know of."""
    rows = Plan.objects.filter(case__in=cases_for(person_of(request)))
    return one(rows.select_related("case__establishment", "release__product", "owner", "validated_by"), uid=uid)


@require_http_methods(["GET", "POST"])
def new_plan(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Make a plan, or its next version."""
    person = person_of(request)
    case = case_for(person, uid)
    releases = Release.objects.filter(product__releases__cases=case).distinct().select_related("product")
    last = case.plans.first()
    names = ("kind", "summary", "rationale", "fix_by", "design_change", "capa")
    initial = (
        {n: getattr(last, n) for n in names} | {"release": last.release.uid if last.release else None} if last else {}
    )
    form = PlanForm(releases, request.POST or None, initial=initial)

    def verb() -> Plan:
        given = dict(form.cleaned_data)
        return make_plan(
            case_uid=uid, by=person, kind=RemediationKind(given.pop("kind")), version=version_of(request), **given
        )

    return take_form(
        request, form, verb, lambda row: redirect("plan", row.uid), FORM,
        {
            "place": "cases", "title": _("Remediation plan, %(n)s") % {"n": case.number}, "submit": _("Make the plan"),
            "back": f"/cases/{uid}/",
            "says": _("The case learns that its plan is made, with the rationale: part of what is due by day 30."),
        },
    )  # fmt: skip


@require_GET
def plan(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One plan: where it stands, its evidence, what follows."""
    person = person_of(request)
    row = plan_of(request, uid)
    verbs = ("develop", "validate", "distribute", "complete")
    steps = [(s, not person.roles.isdisjoint(s.who)) for s in PLAN.leaving(row.at) if s.verb in verbs]
    return render(
        request, "web/plan.html",
        {
            "place": "cases", "plan": row, "case": row.case, "steps": steps, "day": frame_of(request).today,
            "states": [(s.value, s.label) for s in PlanState],
            "versions": row.case.plans.all(), "campaigns": campaigns_for(person).filter(plan=row),
            "signatures": signatures_on(Plan.record_kind, row.uid, digest(row.content())),
            "can_write": may_do(request, "plan.write"),
        },
    )  # fmt: skip


PLAN_FORMS: Mapping[str, type[Form]] = {
    "develop": OptionalReasonForm, "validate": ValidateForm, "distribute": DistributeForm, "complete": ResidualForm,
}  # fmt: skip


@require_http_methods(["GET", "POST"])
def move_plan(request: HttpRequest, uid: UUID, verb: str) -> HttpResponse:
    """Take a plan one step further."""
    person = person_of(request)
    row = plan_of(request, uid)
    if verb not in PLAN_FORMS:
        raise NotFound("there is no such step")
    form = PLAN_FORMS[verb](request.POST or None, initial={"on": frame_of(request).today})
    step = PLAN.step(row.at, verb)

    def take() -> Plan:
        given = dict(form.cleaned_data)
        calls: Mapping[str, Callable[[], Plan]] = {
            "develop": lambda: develop_plan(plan_uid=uid, by=person, **given),
            "validate": lambda: validate_fix(
                plan_uid=uid, by=person, adds_risk=Answer(given.pop("adds_risk")), **given
            ),
            "distribute": lambda: distribute_fix(plan_uid=uid, by=person, **given),
            "complete": lambda: sign_residual(
                plan_uid=uid, by=person, acceptable=given.pop("acceptable") == Answer.YES.value, **given
            ),
        }
        return calls[verb]()

    return take_form(
        request, form, take, lambda _row: redirect("plan", uid), SIGN if step.signature else FORM,
        {
            "place": "cases", "title": f"{step.label}: {row.label}", "submit": step.label, "back": f"/plans/{uid}/",
            "meaning": "residual risk after the fix",
        },
    )  # fmt: skip


@require_GET
def service_orders(request: HttpRequest) -> HttpResponse:
    """Work in the field: what is open, what went wrong, what is done."""
    person = person_of(request)
    rows = ServiceOrder.objects.filter(campaign__in=campaigns_for(person))
    rows = visible(person, rows, wall="unit__site__consignee__wall")
    wanted = request.GET.get("show", "open")
    over = [WorkOrderState.DONE, WorkOrderState.CANCELLED]
    if wanted == "open":
        rows = rows.exclude(state__in=over)
    elif wanted == "mine":
        rows = rows.exclude(state__in=over).filter(assigned_to=person)
    rows = rows.select_related("campaign", "unit__product", "unit__site__consignee", "assigned_to")
    return render(
        request, "web/service_orders.html", {"place": "campaigns", "page": page_of(request, rows), "show": wanted}
    )


@require_GET
def service_order(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One order and its service record."""
    row = order_of(request, uid)
    person = person_of(request)
    verbs = {s.verb for s in WORK_ORDER.allowed(row.at, person.roles)}
    return render(
        request, "web/service_order.html",
        {
            "place": "campaigns", "order": row, "campaign": row.campaign, "day": today_at(frame_of(request).zone),
            "can_record": "complete" in verbs, "can_cancel": "cancel" in verbs,
            "missing": row.service_record.missing(),
        },
    )  # fmt: skip


@require_GET
def measures_page(request: HttpRequest) -> HttpResponse:
    """M1 to M3 for a period: per device and version, with what is known and what is not."""
    today = frame_of(request).today
    end: date = day_in(request, "to") or today
    start: date = day_in(request, "from") or end - timedelta(days=365)
    period = Period(min(start, end), end)
    lines = measures(person_of(request), period)
    return render(
        request, "web/measures.html",
        {"place": "campaigns", "period": period, "whole": lines[0], "lines": lines[1:]},
    )  # fmt: skip
