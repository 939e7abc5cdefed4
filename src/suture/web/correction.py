"""Match corrections: correct a match of a finding, list them all, see what each keeps out, withdraw one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from suture.accounts.models import Person
from suture.accounts.queries import humans, visible
from suture.core.roles import may
from suture.detection.correcting import ZONE
from suture.detection.models import Finding, MatchCorrection
from suture.detection.queries import Pair, corrected_by, correction_by_uid, corrections_for, pairs_of
from suture.detection.services import correct_match, withdraw_correction
from suture.evidence.clock import today
from suture.intelligence.models import Vulnerability
from suture.web.case_forms import ReasonForm
from suture.web.forms import BecauseField, DateField, Form, TextField
from suture.web.pages import may_do, one, page_of, person_of, take_form

YEAR = timedelta(days=365)


class CorrectForm(Form):
    """Which pair is wrong, how far the word goes, and for how long."""

    pair = forms.ChoiceField(label=gettext_lazy("Which match is wrong"), widget=forms.RadioSelect)
    scope = forms.ChoiceField(
        label=gettext_lazy("How far it goes"),
        widget=forms.RadioSelect,
        initial="record",
        choices=[
            ("record", gettext_lazy("This one record does not mean this component")),
            ("package", gettext_lazy("This component is never this product, whatever record speaks of it")),
        ],
        help_text=gettext_lazy("It holds for every device and version; for one record, until that record changes."),
    )
    because = BecauseField(label=gettext_lazy("Why it is another product"))
    evidence = TextField(
        label=gettext_lazy("What shows it"),
        rows=2,
        help_text=gettext_lazy("A link, a build recipe, the component's own page."),
    )
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who answers for it"), queryset=Person.objects.none(), to_field_name="uid"
    )
    review_on = DateField(
        label=gettext_lazy("Review by"), help_text=gettext_lazy("After that day its findings come back.")
    )

    def __init__(self, pairs: list[Pair], people: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pair"].choices = [(str(n), _words(pair)) for n, pair in enumerate(pairs)]  # type: ignore[attr-defined]
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]


def _words(pair: Pair) -> str:
    return _("%(component)s, given as %(given)s, taken for %(package)s by %(source)s %(record)s") % {
        "component": pair.component, "given": pair.given_as, "package": pair.package, "source": pair.source,
        "record": pair.record,
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, uid: UUID, release: UUID) -> HttpResponse:
    """Correct a match of a finding: its component is not the product."""
    person = person_of(request)
    row = one(visible(person, Vulnerability.objects.all()), uid=uid)
    standing = Finding.objects.standing().select_related("release__product", "vulnerability")
    finding: Finding = one(standing, vulnerability=row, release__uid=release)
    pairs = pairs_of(finding)
    people = humans()
    able = people.filter(pk__in=[p.pk for p in people if may(p.roles, "match.correct")])
    start = {"owner": person.uid, "review_on": today(ZONE) + YEAR, "pair": "0" if len(pairs) == 1 else None}
    form = CorrectForm(pairs, able, request.POST or None, initial=start)

    def verb() -> MatchCorrection:
        given = form.cleaned_data
        pair = pairs[int(given["pair"])]
        alone = given["scope"] == "record"
        return correct_match(
            component=pair.named, package="" if alone else pair.package, source=pair.source if alone else "",
            record_id=pair.record if alone else "", because=given["because"], evidence=given["evidence"],
            review_on=given["review_on"], by=person, owner=given["owner"],
        )  # fmt: skip

    return take_form(
        request, form, verb, lambda made: redirect("correction", made.uid), "web/form.html",
        {
            "place": "vulnerabilities", "title": _("Correct the match of %(id)s") % {"id": row.preferred_id},
            "sub": finding.release.label, "submit": _("Correct it"), "back": f"/vulnerabilities/{uid}/",
            "says": _(
                "For a wrong identity only: the component is not the product. Whether the right product can be "
                "exploited in a device is a judgement about the device, answered in its case."
            ),
        },
    )  # fmt: skip


@require_GET
def corrections(request: HttpRequest) -> HttpResponse:
    """Every correction, standing ones first, with what each keeps out."""
    person, on = person_of(request), today(ZONE)
    show = request.GET.get("show", "")
    rows = corrections_for(person)
    rows = rows.exclude(ended_at=None) if show == "ended" else rows.filter(ended_at=None)
    return render(
        request, "web/corrections.html",
        {"place": "vulnerabilities", "page": page_of(request, rows), "show": show, "soon": on + timedelta(days=30)},
    )  # fmt: skip


@require_GET
def correction(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One correction: what was said, and the matches it keeps out, release by release."""
    person = person_of(request)
    row = correction_by_uid(uid, person)
    page = page_of(request, corrected_by(row, person))
    return render(
        request, "web/correction.html",
        {
            "place": "vulnerabilities", "correction": row, "page": page,
            "can_withdraw": row.ended_at is None and may_do(request, "match.correct"),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a correction back."""
    person = person_of(request)
    row = correction_by_uid(uid, person)
    form = ReasonForm(request.POST or None)
    return take_form(
        request, form,
        lambda: withdraw_correction(correction_uid=uid, by=person, because=form.cleaned_data["because"]),
        lambda _row: redirect("correction", uid), "web/form.html",
        {
            "place": "vulnerabilities", "title": _("Withdraw the correction"), "sub": row.label,
            "submit": _("Withdraw it"), "back": f"/corrections/{uid}/",
            "says": _("What it kept out is matched again at once and comes back with its history."),
        },
    )  # fmt: skip
