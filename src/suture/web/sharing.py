"""Sharing: are we an active ISAO participant, what was an ISAO given, which VEX did we publish."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from suture.accounts.models import Tlp
from suture.assessment.queries import case_for
from suture.core.facts import Answer
from suture.core.isao import IsaoCriterion
from suture.inventory.blobs import read_blob
from suture.sharing.models import CriterionRecord, IsaoMembership, VexPublication
from suture.sharing.queries import active_participant, standing_records, submissions_for
from suture.sharing.services import log_submission, record_criterion, register_membership
from suture.web.forms import DateField, Form, TextField
from suture.web.frame import frame_of
from suture.web.pages import may_do, one, person_of, take_form

ANSWERS = [
    (Answer.YES.value, gettext_lazy("yes")),
    (Answer.NO.value, gettext_lazy("no")),
    (Answer.UNKNOWN.value, gettext_lazy("not known")),
]


class MembershipForm(Form):
    """An ISAO we relate to."""

    isao = forms.CharField(label=gettext_lazy("ISAO"), max_length=200)
    contact = forms.CharField(label=gettext_lazy("Contact"), max_length=400, required=False)


class CriterionForm(Form):
    """Evidence of one of the four criteria."""

    criterion = forms.ChoiceField(
        label=gettext_lazy("Criterion"), choices=[(c.value, f"{c.value}: {c.says}") for c in IsaoCriterion]
    )
    holds = forms.ChoiceField(label=gettext_lazy("Is it met?"), choices=ANSWERS)
    since = DateField(label=gettext_lazy("From"))
    until = DateField(
        label=gettext_lazy("Until, inclusive"),
        required=False,
        help_text=gettext_lazy("After it the criterion has lapsed until somebody records it anew."),
    )
    evidence = TextField(label=gettext_lazy("What shows it"))


class SubmissionForm(Form):
    """What an ISAO was given about a case."""

    membership = forms.ModelChoiceField(
        label=gettext_lazy("ISAO"), queryset=IsaoMembership.objects.none(), to_field_name="uid"
    )
    what = forms.CharField(label=gettext_lazy("What it was given"), max_length=300)
    communication = forms.CharField(
        label=gettext_lazy("Notice"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Its number, as in 'customers told'"),
    )
    given_on = DateField(label=gettext_lazy("On"))
    tlp = forms.ChoiceField(label=gettext_lazy("Marking"), choices=Tlp.choices, initial=Tlp.AMBER)
    receipt = forms.CharField(label=gettext_lazy("Receipt"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["membership"].queryset = IsaoMembership.objects.all()  # type: ignore[attr-defined]


@require_GET
def sharing(request: HttpRequest) -> HttpResponse:
    """Memberships with the four criteria, submissions, published VEX."""
    today = frame_of(request).today
    records = list(standing_records().order_by("membership", "criterion", "since"))
    memberships = []
    for row in IsaoMembership.objects.all():
        mine = [r for r in records if r.membership_id == row.pk]
        criteria = [(c, _latest(mine, c)) for c in IsaoCriterion]
        memberships.append({"row": row, "criteria": criteria})
    return render(
        request, "web/sharing.html",
        {
            "place": "sharing", "memberships": memberships, "active": active_participant(today),
            "submissions": submissions_for(person_of(request))[:100],
            "publications": VexPublication.objects.select_related("release__product").order_by("-issued_at")[:100],
            "can_record": may_do(request, "isao.record"),
        },
    )  # fmt: skip


def _latest(records: list[CriterionRecord], criterion: IsaoCriterion) -> CriterionRecord | None:
    mine = [r for r in records if r.criterion == criterion.value]
    return max(mine, key=lambda r: (r.since, r.pk), default=None)


@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register an ISAO."""
    form = MembershipForm(request.POST or None)
    return take_form(
        request, form, lambda: register_membership(by=person_of(request), **form.cleaned_data),
        lambda _row: redirect("sharing"), "web/form.html",
        {"place": "sharing", "title": _("Register an ISAO"), "submit": _("Register"), "back": "/sharing/"},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def criterion(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Record evidence of a criterion."""
    row = one(IsaoMembership.objects.all(), uid=uid)
    form = CriterionForm(request.POST or None, initial={"criterion": request.GET.get("criterion", "")})

    def verb() -> CriterionRecord:
        given = dict(form.cleaned_data)
        return record_criterion(
            membership_uid=uid, by=person_of(request), criterion=IsaoCriterion(given.pop("criterion")),
            holds=Answer(given.pop("holds")), **given,
        )  # fmt: skip

    return take_form(
        request, form, verb, lambda _row: redirect("sharing"), "web/form.html",
        {
            "place": "sharing", "title": _("Evidence for %(isao)s") % {"isao": row.isao}, "submit": _("Record it"),
            "back": "/sharing/", "says": _("All four criteria, each with objective evidence (guidance §IX)."),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def submission(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Log what an ISAO was given about a case."""
    case = case_for(person_of(request), uid)
    form = SubmissionForm(request.POST or None, initial={"given_on": frame_of(request).today})

    def verb() -> Any:
        given = dict(form.cleaned_data)
        return log_submission(
            case_uid=uid, membership_uid=given.pop("membership").uid, by=person_of(request),
            tlp=Tlp(given.pop("tlp")), **given,
        )  # fmt: skip

    return take_form(
        request, form, verb, lambda _row: redirect("case", uid), "web/form.html",
        {
            "place": "sharing", "title": _("Given to an ISAO, %(n)s") % {"n": case.number}, "submit": _("Log it"),
            "back": f"/cases/{uid}/",
        },
    )  # fmt: skip


@require_GET
def vex_file(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A published VEX document, the bytes as kept."""
    row = one(VexPublication.objects.select_related("release__product"), uid=uid)
    response = HttpResponse(read_blob(row.sha256), content_type="application/json")
    name = f"{row.release.label}-{row.dialect}-v{row.version}".replace(" ", "-").lower()
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response
