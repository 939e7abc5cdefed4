"""Coverage of a release: who watches each component since when, who answers for what nobody watches, words watched."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from suture.accounts.models import Person
from suture.accounts.queries import humans
from suture.core.errors import NotFound
from suture.detection.models import TextCandidate, TextWatch
from suture.detection.queries import Watched, candidates_for, feed_checks, ledger, owners_of_sources, text_watches
from suture.detection.queries.ledger import LedgerRow
from suture.detection.services import end_text_watch, judge_candidate, name_owner, name_source_owner, watch_text
from suture.inventory.models import Release
from suture.web.exports import csv_response, json_response
from suture.web.forms import BecauseField, DateField, Form, TextField
from suture.web.frame import frame_of
from suture.web.pages import may_do, one, page_of, person_of, take_form
from suture.web.release import FORM, release_head

HEADER = (
    "component", "version", "supplier", "state", "sources", "since", "words watched", "cause", "what is missing",
    "owner", "why this owner", "review on",
)  # fmt: skip
UNOWNED = "unowned"
SHOWN_CANDIDATES = 20
SOON = timedelta(days=90)


def _release(uid: UUID) -> Release:
    return one(Release.objects.select_related("product__establishment", "sbom"), uid=uid)


def _chosen(rows: list[LedgerRow], wanted: str) -> list[LedgerRow]:
    """The rows of the ledger that a filter leaves."""
    if wanted == UNOWNED:
        return [row for row in rows if row.state is Watched.NOT_MONITORABLE and not row.owner]
    states = {state.value.replace(" ", "-"): state for state in Watched}
    return [row for row in rows if row.state is states[wanted]] if wanted in states else rows


@require_GET
def coverage(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What of the release is looked at, by whom, and what is not, why, and who answers for it."""
    row, person = _release(uid), person_of(request)
    head = release_head(request, row, "coverage")
    rows, wanted = ledger(row), request.GET.get("show", "")
    waiting = candidates_for(person, [row.pk])
    named = (
        ("", _("all")), (Watched.NOT_MONITORABLE.value.replace(" ", "-"), _("not monitorable")),
        (Watched.TEXT_WATCHED.value, _("text-watched")), (Watched.MONITORED.value, _("monitored")),
        (UNOWNED, _("without an owner")),
    )  # fmt: skip
    filters = [(key, label, len(_chosen(rows, key))) for key, label in named]
    return render(
        request, "web/coverage.html",
        {
            **head, "page": page_of(request, _chosen(rows, wanted)), "show": wanted, "filters": filters,
            "watches": list(text_watches(row)), "candidates": list(waiting[:SHOWN_CANDIDATES]),
            "candidate_count": waiting.count(), "may_own": may_do(request, "coverage.own"),
            "may_watch": may_do(request, "coverage.watch"), "may_judge": may_do(request, "candidate.judge"),
            "checks": feed_checks(), "source_owners": owners_of_sources(),
        },
    )  # fmt: skip


@require_GET
def coverage_file(request: HttpRequest, uid: UUID, form: str) -> HttpResponseBase:
    """The ledger as listed: same filter, same order, every row."""
    row = _release(uid)
    rows = _chosen(ledger(row), request.GET.get("show", ""))
    name = f"coverage {row.label}".replace(" ", "-").lower()
    write = csv_response if form == "csv" else json_response
    return write(
        name, HEADER,
        (
            (
                one.name, one.version, one.supplier, one.state.value, ", ".join(one.sources), one.since,
                ", ".join(one.words), one.cause, one.says, one.owner, one.because,
                one.review_on.isoformat() if one.review_on else "",
            )
            for one in rows
        ),
    )  # fmt: skip


class OwnerForm(Form):
    """Who answers for a hole, why, and when to look again."""

    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who answers for it"), queryset=Person.objects.none(), to_field_name="uid"
    )
    because = BecauseField(
        label=gettext_lazy("What they do about it"),
        help_text=gettext_lazy("E.g. reads the supplier's notices every month; one sentence."),
    )
    review_on = DateField(label=gettext_lazy("Look again on"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = humans()  # type: ignore[attr-defined]


def _first(request: HttpRequest) -> dict[str, Any]:
    today = frame_of(request).today
    return {"owner": person_of(request).uid, "review_on": today + SOON}


@require_http_methods(["GET", "POST"])
def owner(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Name the owner of one component nobody watches, or of every one that has none (no name in the address)."""
    row = _release(uid)
    name, supplier = request.GET.get("name", ""), request.GET.get("supplier", "")
    form = OwnerForm(request.POST or None, initial=_first(request))
    what = f"{name}{f' ({supplier})' if supplier else ''}" if name else _("every component without an owner")
    return take_form(
        request, form,
        lambda: name_owner(
            release=row, components=[(name, supplier)] if name else None, by=person_of(request), **form.cleaned_data
        ),
        lambda _rows: redirect("release-coverage", uid), FORM,
        {
            "place": "devices", "title": _("Who answers for what nobody monitors"), "sub": f"{row.label}: {what}",
            "submit": _("Name the owner"), "back": reverse("release-coverage", args=[uid]),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def source_owner(request: HttpRequest, source: str) -> HttpResponse:
    """Name who brings a source in order."""
    form = OwnerForm(request.POST or None, initial=_first(request))
    return take_form(
        request, form, lambda: name_source_owner(source=source, by=person_of(request), **form.cleaned_data),
        lambda _row: redirect("sources"), FORM,
        {
            "place": "", "title": _("Who answers for a source"), "sub": source, "submit": _("Name the owner"),
            "back": reverse("sources"),
        },
    )  # fmt: skip


class WatchForm(Form):
    """Words to look for in texts of vulnerabilities that name no product."""

    words = forms.CharField(
        label=gettext_lazy("Words"), max_length=200,
        help_text=gettext_lazy("Whole words in this order, upper or lower case; exactly these, nothing like them."),
    )  # fmt: skip
    because = TextField(label=gettext_lazy("Why these words"), required=False, rows=2)


@require_http_methods(["GET", "POST"])
def watch(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Watch words for one component, or for every component of a supplier, of a release."""
    row = _release(uid)
    name, supplier = request.GET.get("name", ""), request.GET.get("supplier", "")
    of = TextWatch.Of.COMPONENT if name else TextWatch.Of.SUPPLIER
    form = WatchForm(request.POST or None, initial={"words": name or supplier})
    return take_form(
        request, form,
        lambda: watch_text(release=row, of=of, name=name or supplier, by=person_of(request), **form.cleaned_data),
        lambda _row: redirect("release-coverage", uid), FORM,
        {
            "place": "devices", "title": _("Watch words in new texts"), "sub": f"{row.label}: {name or supplier}",
            "says": _(
                "Texts of vulnerabilities that name no product by CPE or package URL are looked through, those already "
                "known too. What holds the words waits for a person here; it is never a finding by itself."
            ),
            "submit": _("Watch"), "back": reverse("release-coverage", args=[uid]),
        },
    )  # fmt: skip


class EndForm(Form):
    """Why the words need no watching any longer."""

    because = BecauseField()


@require_http_methods(["GET", "POST"])
def end_watch(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Stop watching words."""
    row = one(TextWatch.objects.select_related("release__product"), uid=uid)
    form = EndForm(request.POST or None)
    back = reverse("release-coverage", args=[row.release.uid])
    return take_form(
        request, form, lambda: end_text_watch(watch_uid=str(uid), by=person_of(request), **form.cleaned_data),
        lambda _row: redirect(back), FORM,
        {
            "place": "devices", "title": _("Stop watching words"), "sub": row.label, "submit": _("Stop"), "back": back,
        },
    )  # fmt: skip


class CandidateForm(Form):
    """Whether a text that holds our words concerns the release."""

    concerns = forms.ChoiceField(
        label=gettext_lazy("Does it concern this release?"), widget=forms.RadioSelect,
        choices=[
            ("yes", gettext_lazy("Yes: state a finding")),
            ("no", gettext_lazy("No, as long as its text stays as it is")),
        ],
    )  # fmt: skip
    because = BecauseField()


@require_http_methods(["GET", "POST"])
def candidate(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Judge one candidate; a finding comes of it only here, by a person."""
    person = person_of(request)
    row = candidates_for(person).filter(uid=uid).first()
    if row is None:
        known = one(TextCandidate.objects.select_related("watch__release"), uid=uid)
        if known.state == TextCandidate.State.OPEN:
            raise NotFound("there is no such record")
        return redirect("release-coverage", known.watch.release.uid)
    form = CandidateForm(request.POST or None)
    back = reverse("release-coverage", args=[row.watch.release.uid])
    return take_form(
        request, form,
        lambda: judge_candidate(
            candidate_uid=str(uid), concerns=form.cleaned_data["concerns"] == "yes",
            because=form.cleaned_data["because"], by=person,
        ),
        lambda _row: redirect(back), FORM,
        {
            "place": "devices", "title": row.vulnerability.label, "sub": row.watch.label,
            "says": f"{row.record_id} ({row.source}): {row.excerpt}", "submit": _("Record the answer"), "back": back,
        },
    )  # fmt: skip
