"""Ranges in review: what nobody could read and could concern us, one of them, and a person's word on it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from suture.accounts.models import Person
from suture.accounts.queries import humans
from suture.detection.crosswalk_names import read_name
from suture.detection.models import ReviewDecision
from suture.detection.queries.review import (
    Wanted,
    filled,
    history_of,
    one_in_review,
    ranges_in_review,
    said_of,
    several_in_review,
    stands_at,
)
from suture.detection.services import decide_review, decide_reviews, take_back_review
from suture.evidence.clock import now
from suture.inventory.models import Release
from suture.web.forms import BecauseField, DateField, Form, TextField
from suture.web.pages import ROWS_ON_A_PAGE, ask_why, may_do, number_in, one, person_of, take_form

YEAR = timedelta(days=365)
STATES = ("waiting", "decided", "any")


@require_GET
def review(request: HttpRequest) -> HttpResponse:
    """What waits and could concern us, newest records first; everything, by filter."""
    person = person_of(request)
    asked = request.GET
    release = None
    if asked.get("release"):
        release = one(Release.objects.select_related("product"), uid=asked["release"])
    wanted = Wanted(
        scope="all" if asked.get("scope") == "all" else "ours", release=release, reason=asked.get("reason", ""),
        source=asked.get("source", ""), package=asked.get("package", ""),
        state=asked["state"] if asked.get("state") in STATES else "waiting", beside=asked.get("beside") == "yes",
    )  # fmt: skip
    number = max(1, min(number_in(request, "page") or 1, 1_000_000))
    found = ranges_in_review(wanted, person, (number - 1) * ROWS_ON_A_PAGE, ROWS_ON_A_PAGE)
    page: Page[Any] = Page(found.rows, number, Paginator(range(found.total), ROWS_ON_A_PAGE))  # cut by the query
    return render(
        request, "web/review.html",
        {
            "place": "vulnerabilities", "wanted": wanted, "found": found, "page": page,
            "rows": filled(found.rows, person), "packages": dict(list(found.by_package.items())[:12]),
            "more_packages": max(0, len(found.by_package) - 12), "can_decide": may_do(request, "review.decide"),
        },
    )  # fmt: skip


@require_GET
def range_in_review(request: HttpRequest, number: int) -> HttpResponse:
    """One range: as stated, why it waits, what it could concern, what was said of it."""
    row = one_in_review(number, person_of(request))
    return render(
        request, "web/review_range.html",
        {
            "place": "vulnerabilities", "row": row, "said": history_of(row),
            "can_decide": may_do(request, "review.decide"),
        },
    )  # fmt: skip


@require_GET
def decision(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What was said of a record and package; the range itself, where it still stands."""
    row = one(ReviewDecision.objects.all(), uid=uid)
    number = stands_at(row)
    if number is not None:
        return redirect("review-range", number)
    return render(
        request, "web/review_range.html",
        {"place": "vulnerabilities", "row": None, "decision": row, "said": said_of(row.subject)},
    )  # fmt: skip


class DecideForm(Form):
    """What a range means for us."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("What it means for us"),
        widget=forms.RadioSelect,
        choices=[
            ("not ours", gettext_lazy("It does not concern us")),
            ("versions", gettext_lazy("It concerns these versions, stated below")),
            ("every version", gettext_lazy("It concerns every version")),
        ],
    )
    versions = TextField(
        label=gettext_lazy("Versions"),
        required=False,
        rows=3,
        help_text=gettext_lazy(
            "One range per line: '>= 3.0.0, < 3.0.15', '<= 4.1' or '3.0.13'. They take part in matching."
        ),
    )
    of = forms.CharField(
        label=gettext_lazy("Of which package"),
        required=False,
        max_length=600,
        help_text=gettext_lazy("Where the record names none, or means another: a package URL or CPE name."),
    )
    because = BecauseField(label=gettext_lazy("What shows it"))
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who answers for it"), queryset=Person.objects.none(), to_field_name="uid"
    )
    review_on = DateField(
        label=gettext_lazy("Look again on"),
        help_text=gettext_lazy("After that day it waits again. Versions that it concerns go on matching meanwhile."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = humans()  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, number: int) -> HttpResponse:
    """Say what a range means for us; remembered until the record says something else."""
    person = person_of(request)
    row = one_in_review(number, person)
    start = {"owner": person.uid, "review_on": now().date() + YEAR}
    form = DecideForm(request.POST or None, initial=start)

    def verb() -> ReviewDecision:
        given = form.cleaned_data
        named = read_name(given["of"]) if given["of"].strip() else None
        return decide_review(
            stmt=number, verdict=given["verdict"], by=person, because=given["because"], review_on=given["review_on"],
            versions=given["versions"].splitlines(), of=named, owner=given["owner"],
        )  # fmt: skip

    return take_form(
        request, form, verb, lambda _row: redirect("review-range", number), "web/form.html",
        {
            "place": "vulnerabilities", "title": _("What does it mean for us?"),
            "sub": f"{row.record} ({row.source}): {row.package or _('no package')}", "submit": _("Say so"),
            "back": f"/review/{number}/",
            "says": _("As stated: %(raw)s") % {"raw": row.raw if len(row.raw) <= 400 else f"{row.raw[:400]}…"},
        },
    )  # fmt: skip


class TogetherForm(Form):
    """One verdict on several ranges."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("What they mean for us"), widget=forms.RadioSelect,
        choices=[
            ("not ours", gettext_lazy("None of them concerns us")),
            ("every version", gettext_lazy("Each concerns every version of its package")),
        ],
    )  # fmt: skip
    because = BecauseField(label=gettext_lazy("What shows it"))
    review_on = DateField(
        label=gettext_lazy("Look again on"), help_text=gettext_lazy("After that day they wait again.")
    )


@require_http_methods(["GET", "POST"])
def decide_together(request: HttpRequest) -> HttpResponse:
    """Say the same of several ranges at once; each is remembered by itself, and the record holds one line for all."""
    person = person_of(request)
    chosen = sorted({int(text) for text in request.GET.getlist("stmt") if re.fullmatch(r"[0-9]{1,18}", text)})
    form = TogetherForm(request.POST or None, initial={"review_on": now().date() + YEAR})
    rows = several_in_review(chosen[:ROWS_ON_A_PAGE], person)
    names = ", ".join(dict.fromkeys(f"{row.record} ({row.package or _('no package')})" for row in rows[:8]))
    return take_form(
        request, form, lambda: decide_reviews(stmts=chosen, by=person, **form.cleaned_data),
        lambda _made: redirect("review"), "web/form.html",
        {
            "place": "vulnerabilities", "submit": _("Say so"), "back": "/review/",
            "title": ngettext("What does it mean for us?", "What do %(n)d ranges mean for us?", len(rows))
            % {"n": len(rows)},
            "says": _("Chosen: %(names)s") % {"names": names or _("none; tick them in the list")},
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest, number: int) -> HttpResponse:
    """Take back what was said of a range: it waits again."""
    person = person_of(request)
    row = one_in_review(number, person)
    return ask_why(
        request, lambda because: take_back_review(stmt=number, by=person, because=because),
        lambda _row: redirect("review-range", number),
        {
            "place": "vulnerabilities", "title": _("Take back what was said"), "sub": f"{row.record} ({row.source})",
            "submit": _("Take it back"), "back": f"/review/{number}/",
            "says": _("It waits again, and versions stated of it match no longer. What was said stays on record."),
        },
        _("Why it no longer holds"),
    )  # fmt: skip
