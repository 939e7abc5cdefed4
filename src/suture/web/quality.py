"""Match quality: how often our matches are right, by source and matcher; and confirmed findings that are held."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from suture.accounts.queries import visible
from suture.assessment.quality import labelled_matches, match_quality
from suture.core.labels import MatchLabel
from suture.detection.models import Finding
from suture.detection.services import decide_held
from suture.inventory.models import Release
from suture.web.forms import BecauseField, Form
from suture.web.pages import one, page_of, person_of, take_form


@require_GET
def quality(request: HttpRequest) -> HttpResponse:
    """Every human verdict is a label: right and wrong matches per source and matcher, and the wrong ones by name."""
    labelled = labelled_matches(person_of(request))
    show = request.GET.get("show", "wrong")
    listed = labelled if show == "all" else [row for row in labelled if row.label is MatchLabel.WRONG]
    held = visible(person_of(request), Finding.objects.standing().exclude(held_because=""), "vulnerability__wall")
    right = sum(row.label is MatchLabel.RIGHT for row in labelled)
    return render(
        request, "web/quality.html",
        {
            "place": "proof", "rows": match_quality(labelled), "right": right, "wrong": len(labelled) - right,
            "page": page_of(request, listed), "show": show, "held": held.count(),
            "first_held": held.select_related("release").first(),
        },
    )  # fmt: skip


class HeldForm(Form):
    """Which findings, whether they stay, and why."""

    findings = forms.MultipleChoiceField(label=gettext_lazy("Findings"), widget=forms.CheckboxSelectMultiple)
    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"), widget=forms.RadioSelect,
        choices=[
            ("go", gettext_lazy("Let them go: the new knowledge, or the matcher, is right")),
            ("keep", gettext_lazy("Keep them: they concern this release, whatever matching says")),
        ],
    )  # fmt: skip
    because = BecauseField()

    def __init__(self, held: list[Finding], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["findings"].choices = [  # type: ignore[attr-defined]
            (str(f.uid), f"{f.vulnerability.preferred_id}: {f.held_because}") for f in held
        ]


@require_http_methods(["GET", "POST"])
def held(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Decide on the confirmed findings of a release that matching would drop."""
    person = person_of(request)
    row = one(Release.objects.select_related("product"), uid=uid)
    rows = visible(
        person, Finding.objects.standing().filter(release=row).exclude(held_because=""), "vulnerability__wall"
    )
    waiting = list(rows.select_related("vulnerability").order_by("vulnerability__preferred_id"))
    if not waiting:
        return redirect("release", uid)
    form = HeldForm(waiting, request.POST or None, initial={"findings": [str(f.uid) for f in waiting]})

    def verb() -> list[Finding]:
        given = form.cleaned_data
        return decide_held(
            finding_uids=given["findings"], keep=given["decision"] == "keep", by=person, because=given["because"]
        )

    says = _(
        "A person confirmed these matches, and a new revision of the knowledge, or of the matcher, no longer finds "
        "them. They stand until somebody decides."
    )
    return take_form(
        request, form, verb, lambda _rows: redirect("release", uid), "web/form.html",
        {
            "place": "devices", "title": _("Confirmed findings of %(release)s that would be dropped")
            % {"release": row.label}, "submit": _("Decide"), "back": f"/releases/{uid}/",
            "says": says,
        },
    )  # fmt: skip
