"""Intake: what was reported to us, by whom it waits, and one report with everything about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suture.accounts.models import Person
from suture.accounts.services import admit
from suture.core.disclosure import REPORT, ReportSource, ReportState
from suture.core.errors import NotFound
from suture.core.roles import may
from suture.core.workflow import Step
from suture.disclosure.attachments import bytes_of
from suture.disclosure.models import Complaint, Report, ServiceRecord
from suture.disclosure.queries import (
    attachment_for,
    attachments_of,
    cases_of,
    finder_of,
    mails_of,
    messages_of,
    open_reports,
    report_for,
    reports_for,
    unread_messages,
)
from suture.disclosure.services import (
    acknowledge_report,
    answer_finder,
    close_as_duplicate,
    guards_of,
    link_to_case,
    mark_read,
    missing_items,
    move_report,
    note_attachment_opened,
    open_case_of_report,
)
from suture.intelligence.models import Vulnerability
from suture.inventory.models import Release
from suture.inventory.queries import all_releases
from suture.web.forms import BecauseField, Form, TextField
from suture.web.frame import frame_of
from suture.web.pages import may_do, page_of, person_of, take_form, version_of
from suture.web.public_words import STATES

OWN_PAGE = frozenset({"close_as_duplicate"})  # steps with a form of their own


class SayForm(Form):
    """Words to whoever reported."""

    text = TextField(label=gettext_lazy("What you write"), rows=6)


class AnswerForm(SayForm):
    """A message; perhaps a question."""

    asks = forms.BooleanField(
        label=gettext_lazy("It is their turn now"), required=False,
        help_text=gettext_lazy("Their page then says that we are waiting for them."),
    )  # fmt: skip


class StepForm(Form):
    """Why a step is taken."""

    because = BecauseField(required=False)


class LinkForm(Form):
    """Which case."""

    case = forms.CharField(label=gettext_lazy("Case"), max_length=60, help_text=gettext_lazy("Its number: C-2026-0142"))
    because = BecauseField()


class DuplicateForm(Form):
    """Which report it repeats."""

    of = forms.CharField(
        label=gettext_lazy("Repeats"), max_length=60, help_text=gettext_lazy("Its number: R-2026-0031")
    )
    because = BecauseField()


class AdmitForm(Form):
    """Who else may know of it."""

    people = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Who"), queryset=Person.objects.none(), to_field_name="uid",
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    because = BecauseField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Person.objects.filter(is_active=True, kind=Person.Kind.HUMAN).order_by("printed_name")
        self.fields["people"].queryset = people  # type: ignore[attr-defined]


class OwnCaseForm(Form):
    """A vulnerability that is ours alone, and the releases it may concern."""

    title = forms.CharField(label=gettext_lazy("What is wrong, in a few words"), max_length=300)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Vulnerability.Kind.choices)
    description = TextField(label=gettext_lazy("Description"), rows=5)
    releases = forms.MultipleChoiceField(
        label=gettext_lazy("Releases that may be concerned"), widget=forms.CheckboxSelectMultiple
    )
    because = BecauseField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["releases"].choices = [(str(r.uid), r.label) for r in all_releases()]  # type: ignore[attr-defined]


@require_GET
def intake(request: HttpRequest) -> HttpResponse:
    """Reports by what they wait for; those that nobody has acknowledged first."""
    person, everything = person_of(request), request.GET.get("show") == "all"
    rows = open_reports(person).order_by("acknowledged_at", "answer_by", "-received_at")
    if everything:
        rows = reports_for(person)
    mine = list(open_reports(person))
    today = frame_of(request).today
    waiting = [r for r in mine if r.answer_by and not r.acknowledged_at]
    return render(
        request, "web/intake.html",
        {
            "place": "intake", "page": page_of(request, rows), "everything": everything, "open": len(mine),
            "waiting": waiting, "late": sum(r.answer_by is not None and r.answer_by < today for r in waiting),
            "unread": unread_messages(person), "can_take_in": may_do(request, "report.take_in"),
        },
    )  # fmt: skip


@require_GET
def report(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One report: what was said, by whom (coordinators), what was answered, where it belongs, what may be done."""
    person = person_of(request)
    row = report_for(person, uid)
    facts, talk, mails = guards_of(row, "given"), list(messages_of(person, row)), mails_of(person, row)
    said = [(m, mails.get(str(m.uid), "").replace("_", " ")) for m in talk]
    new = {m.pk for m in talk if m.from_finder and m.read_at is None}
    if new and may(person.roles, "report.answer"):
        mark_read(report_uid=uid, by=person)
    steps = [
        _Button(step, row, REPORT.why_not(row.at, step.verb, facts)) for step in REPORT.allowed(row.at, person.roles)
    ]
    coordinator, complaint = may(person.roles, "report.read_finder"), Complaint.objects.filter(report=row).first()
    return render(
        request, "web/intake_report.html",
        {
            "place": "intake", "report": row, "talk": said, "new": new, "steps": steps,
            "finder": finder_of(person, row), "coordinator": coordinator, "files": attachments_of(person, row),
            "may_admit": row.wall is not None and may_do(request, "wall.manage"),
            "inside": row.wall.admitted.filter(kind=Person.Kind.HUMAN).order_by("printed_name") if row.wall else [],
            "cases": cases_of(person, row), "duplicates": reports_for(person).filter(duplicate_of=row),
            "complaint": complaint, "missing": missing_items(complaint) if complaint else [],
            "service": ServiceRecord.objects.filter(report=row).first(), "words": STATES[row.at],
            "can_acknowledge": may_do(request, "report.acknowledge") and row.answer_by and not row.acknowledged_at,
            "can_answer": may_do(request, "report.answer"), "can_link": may_do(request, "report.link"),
            "can_quality": may_do(request, "quality.record"), "can_mdr": may_do(request, "mdr.evaluate"),
            "is_complaint": row.source == ReportSource.COMPLAINT,
        },
    )  # fmt: skip


class _Button:
    """A step this person's role may take, with what still holds it back."""

    def __init__(self, step: Step[ReportState], row: Report, missing: list[str]) -> None:
        self.label, self.missing = step.label, missing
        named = {"close_as_duplicate": "intake-duplicate"}
        if step.verb in named:
            self.missing = [one for one in missing if "is named" not in one]
            self.address = reverse(named[step.verb], args=[row.uid])
        else:
            self.address = reverse("intake-step", args=[row.uid, step.verb]) + f"?version={row.version}"


def _back(uid: UUID) -> str:
    return reverse("intake-report", args=[uid])


@require_http_methods(["GET", "POST"])
def acknowledge(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Tell whoever reported that a person has it."""
    row = report_for(person_of(request), uid)
    said = _("Thank you for your report. A person has read it and examines it now. We write to you here.")
    form = SayForm(request.POST or None, initial={"text": said})
    return take_form(
        request, form,
        lambda: acknowledge_report(report_uid=uid, by=person_of(request), text=form.cleaned_data["text"]),
        lambda _row: redirect(_back(uid)), "web/form.html",
        {
            "place": "intake", "title": _("Acknowledge %(n)s") % {"n": row.number}, "submit": _("Acknowledge"),
            "back": _back(uid), "says": _("The clock stops with it. Who reported reads it on their page."),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write to whoever reported."""
    row = report_for(person_of(request), uid)
    form = AnswerForm(request.POST or None)
    return take_form(
        request, form, lambda: answer_finder(report_uid=uid, by=person_of(request), **form.cleaned_data),
        lambda _row: redirect(_back(uid)), "web/form.html",
        {
            "place": "intake", "title": _("Write to who sent %(n)s") % {"n": row.number}, "submit": _("Send"),
            "back": _back(uid),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, uid: UUID, verb: str) -> HttpResponse:
    """One step of the report's table."""
    row = report_for(person_of(request), uid)
    found = REPORT.step(row.at, verb)
    form = StepForm(request.POST or None)
    return take_form(
        request, form,
        lambda: move_report(
            report_uid=uid, verb=verb, by=person_of(request), because=form.cleaned_data["because"],
            version=version_of(request),
        ),
        lambda _row: redirect(_back(uid)), "web/form.html",
        {
            "place": "intake", "title": f"{row.number}: {found.label}", "submit": found.label, "back": _back(uid),
            "says": _("Afterwards it is: %(state)s. Who reported reads: “%(says)s”")
            % {"state": found.to.label, "says": STATES[found.to].says},
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def duplicate(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Close a report that repeats another."""
    row = report_for(person_of(request), uid)
    form = DuplicateForm(request.POST or None)
    return take_form(
        request, form, lambda: close_as_duplicate(report_uid=uid, by=person_of(request), **form.cleaned_data),
        lambda _row: redirect(_back(uid)), "web/form.html",
        {
            "place": "intake", "title": _("%(n)s repeats another report") % {"n": row.number},
            "submit": _("Close as a duplicate"), "back": _back(uid),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Make it part of a case there is."""
    row = report_for(person_of(request), uid)
    form = LinkForm(request.POST or None)
    return take_form(
        request, form, lambda: link_to_case(report_uid=uid, by=person_of(request), **form.cleaned_data),
        lambda _row: redirect(_back(uid)), "web/form.html",
        {
            "place": "intake", "title": _("Make %(n)s part of a case") % {"n": row.number}, "submit": _("Link"),
            "back": _back(uid),
            "says": _("The day it reached us becomes a possible day of learning of that case."),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def own_case(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Register a vulnerability of our own from it, and open its case."""
    row = report_for(person_of(request), uid)
    form = OwnCaseForm(request.POST or None, initial={"description": row.what})

    def verb() -> Any:
        given = dict(form.cleaned_data)
        chosen = list(Release.objects.filter(uid__in=given.pop("releases")))
        return open_case_of_report(report_uid=uid, releases=chosen, by=person_of(request), **given)

    return take_form(
        request, form, verb, lambda made: redirect("case", made.uid), "web/form.html",
        {
            "place": "intake", "title": _("A vulnerability of ours, from %(n)s") % {"n": row.number},
            "submit": _("Register it and open the case"), "back": _back(uid),
            "says": _("It needs no CVE. It stands behind the same wall as the report."),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def let_in(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Admit more people to a report's wall: who judges harm, who decides what is reported."""
    row = report_for(person_of(request), uid)
    if row.wall is None:
        raise NotFound("this report stands behind no wall")
    form, wall = AdmitForm(request.POST or None), row.wall
    return take_form(
        request, form,
        lambda: admit(
            wall=wall, people=list(form.cleaned_data["people"]), by=person_of(request),
            because=form.cleaned_data["because"],
        ),
        lambda _row: redirect(_back(uid)), "web/form.html",
        {
            "place": "intake", "title": _("Admit to %(wall)s") % {"wall": wall}, "submit": _("Admit"),
            "back": _back(uid), "says": _("They see the report, its case and its messages; never who the finder is."),
        },
    )  # fmt: skip


@require_POST
def attachment(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A file as bytes, for coordinators: never shown, under a name no program opens by itself."""
    person = person_of(request)
    row = attachment_for(person, uid)
    note_attachment_opened(attachment=row, by=person)
    response = HttpResponse(bytes_of(row), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{row.report.number}-{row.name}.bin"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "no-store"
    return response
