"""Controls of a case: propose, verify, recommend, confirm in use, end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from suture.accounts.models import Person
from suture.assessment.models import Control
from suture.assessment.queries import case_for, cases_for
from suture.assessment.services import (
    end_control,
    propose_control,
    recommend_control,
    verify_control,
)
from suture.core.cases import ControlState
from suture.core.controls import ControlKind
from suture.core.exploitability import Exploitability
from suture.core.facts import Answer
from suture.core.harm import HarmSeverity
from suture.remediation.services import confirm_use
from suture.web.case_forms import ControlForm, EndControlForm, InUseForm, OptionalReasonForm, VerifyControlForm
from suture.web.forms import Form
from suture.web.frame import frame_of
from suture.web.pages import one, person_of, take_form

FORM = "web/form.html"


def _control(person: Person, uid: UUID) -> Control:
    return one(Control.objects.filter(case__in=cases_for(person)).select_related("case"), uid=uid)


def _take(request: HttpRequest, row: Control, form: Form, verb: Any, title: str, says: str = "") -> HttpResponse:
    context = {
        "place": "cases", "case": row.case, "title": title % {"name": row.name}, "submit": _("Record it"),
        "back": f"/cases/{row.case.uid}/", "says": says,
    }  # fmt: skip
    return take_form(request, form, verb, lambda _row: redirect("case", row.case.uid), FORM, context)


@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Propose a control."""
    case = case_for(person_of(request), uid)
    form = ControlForm(request.POST or None)

    def verb() -> Control:
        given = dict(form.cleaned_data)
        for key in ("external_to_design", "field_configurable", "employed_by_user"):
            given[key] = Answer(given[key])
        to_exploit, to_harm = given.pop("lowers_exploitability_to"), given.pop("lowers_harm_to")
        return propose_control(
            case_uid=uid, by=person_of(request), kind=ControlKind(given.pop("kind")), **given,
            lowers_exploitability_to=Exploitability.from_word(to_exploit) if to_exploit else None,
            lowers_harm_to=HarmSeverity.from_word(to_harm) if to_harm else None,
        )  # fmt: skip

    return take_form(
        request, form, verb, lambda _row: redirect("case", uid), FORM,
        {
            "place": "cases", "case": case, "title": _("Propose a control, %(n)s") % {"n": case.number},
            "submit": _("Propose it"), "back": f"/cases/{uid}/",
            "says": _("It counts only once it is verified, adds no greater risk and is confirmed in use."),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Record that its effect is verified, and whether it adds risk."""
    row = _control(person_of(request), uid)
    form = VerifyControlForm(request.POST or None, initial={"on": frame_of(request).today})

    def verb() -> Control:
        given = dict(form.cleaned_data)
        return verify_control(control_uid=uid, by=person_of(request), adds_risk=Answer(given.pop("adds_risk")), **given)

    return _take(request, row, form, verb, _("Verify: %(name)s"))


@require_http_methods(["GET", "POST"])
def recommend(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Recommend it for use."""
    row = _control(person_of(request), uid)
    form = OptionalReasonForm(request.POST or None)
    return _take(
        request, row, form,
        lambda: recommend_control(control_uid=uid, by=person_of(request), because=form.cleaned_data["because"]),
        _("Recommend: %(name)s"), _("A compensating control then counts as an interim control identified today."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def in_use(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Confirm that it is in use."""
    row = _control(person_of(request), uid)
    form = InUseForm(request.POST or None, initial={"on": frame_of(request).today})
    return _take(
        request, row, form,
        lambda: confirm_use(control_uid=uid, by=person_of(request), **form.cleaned_data),
        _("Confirm in use: %(name)s"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, uid: UUID) -> HttpResponse:
    """End it: it failed, expired, or is retired."""
    row = _control(person_of(request), uid)
    form = EndControlForm(request.POST or None)
    return _take(
        request, row, form,
        lambda: end_control(
            control_uid=uid, by=person_of(request), becomes=ControlState(form.cleaned_data["how"]),
            because=form.cleaned_data["because"],
        ),
        _("End: %(name)s"),
    )  # fmt: skip
