"""Judgements that other releases of a device propose, each with what changed; confirmed in one batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from suture.accounts.queries import visible
from suture.assessment.inheritance import Proposal, proposals
from suture.assessment.services import adopt_judgements
from suture.intelligence.models import Vulnerability
from suture.inventory.models import Release
from suture.web.forms import BecauseField, DateField, Form
from suture.web.pages import may_do, one, person_of, take_form


class AdoptForm(Form):
    """Which judgements, why they hold for the newer release, and until when."""

    keys = forms.MultipleChoiceField(
        label=gettext_lazy("Judgements"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one judgement.")},
    )  # fmt: skip
    because = BecauseField(label=gettext_lazy("Why they hold here too"))
    review_on = DateField(
        label=gettext_lazy("Review by"), required=False,
        help_text=gettext_lazy("Without a day, 'not affected' holds for a year."),
    )  # fmt: skip

    def __init__(self, offered: Sequence[Proposal], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keys"].choices = [(p.key, p.finding.label) for p in offered]  # type: ignore[attr-defined]


def _page(request: HttpRequest, offered: list[Proposal], title: str, back: str) -> HttpResponse:
    person = person_of(request)
    ticked = request.POST.getlist("keys") if request.method == "POST" else [p.key for p in offered if p.unchanged]
    form = AdoptForm(offered, request.POST or None)

    def verb() -> Any:
        given = form.cleaned_data
        return adopt_judgements(keys=given["keys"], by=person, because=given["because"], review_on=given["review_on"])

    return take_form(
        request, form, verb, lambda _rows: redirect(back), "web/proposals.html",
        {
            "place": "devices", "title": title, "back": back, "offered": [(p, p.key in ticked) for p in offered],
            "can_adopt": may_do(request, "impact.answer"), "same": sum(p.unchanged for p in offered),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def of_release(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What other releases of the device propose for this one."""
    row = one(Release.objects.select_related("product"), uid=uid)
    title = _("Judgements proposed for %(release)s") % {"release": row.label}
    return _page(request, proposals(person_of(request), release=row), title, f"/releases/{uid}/")


@require_http_methods(["GET", "POST"])
def of_vulnerability(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What is proposed for all releases that nobody answered for."""
    person = person_of(request)
    row = one(visible(person, Vulnerability.objects.all()), uid=uid)
    title = _("Judgements proposed on %(id)s") % {"id": row.preferred_id}
    return _page(request, proposals(person, vulnerability=row), title, f"/vulnerabilities/{uid}/")
