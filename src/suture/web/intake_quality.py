"""Taking in what we were told or found ourselves, and what the quality system asks of it; sources without a feed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from suture.accounts.models import Person, Tlp
from suture.core.disclosure import ReportSource
from suture.core.facts import Answer
from suture.disclosure.models import SOURCES, Complaint, ServiceRecord, WatchedSource
from suture.disclosure.queries import report_for
from suture.disclosure.services import (
    Sender,
    Telling,
    evaluate_mdr,
    name_references,
    note_look,
    record_complaint,
    record_service,
    take_in_report,
    watch_source,
)
from suture.web.forms import BecauseField, DateField, Form, TextField
from suture.web.frame import frame_of
from suture.web.pages import one, person_of, take_form


def _moment(**more: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"], **more,
    )  # fmt: skip


def _there(given: datetime, zone: str) -> datetime:
    return given.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


class TakeInForm(Form):
    """What somebody told us, from whatever source."""

    source = forms.ChoiceField(label=gettext_lazy("Where it comes from"), choices=SOURCES)
    origin = forms.CharField(
        label=gettext_lazy("Its number there"), max_length=300, required=False,
        help_text=gettext_lazy("Complaint, service order, test report, bulletin: the number under which it is found."),
    )  # fmt: skip
    received_at = _moment(label=gettext_lazy("When it reached any of us, at our site"))
    what = TextField(label=gettext_lazy("What was said or found"), rows=6)
    device = forms.CharField(label=gettext_lazy("Device"), max_length=300, required=False)
    device_version = forms.CharField(label=gettext_lazy("Release or serial number"), max_length=120, required=False)
    harm = forms.ChoiceField(
        label=gettext_lazy("Could a patient be hurt?"), required=False, initial="unknown",
        choices=[("unknown", gettext_lazy("not known")), ("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))],
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("Who told us"), max_length=200, required=False)
    contact = forms.CharField(label=gettext_lazy("How to reach them"), max_length=300, required=False)
    tlp = forms.ChoiceField(label=gettext_lazy("Marking"), choices=Tlp.choices, initial=Tlp.AMBER)


@require_http_methods(["GET", "POST"])
def take_in(request: HttpRequest) -> HttpResponse:
    """One way in for every source."""
    frame = frame_of(request)
    start = {
        "received_at": frame.now.astimezone(ZoneInfo(frame.zone)),
        "source": request.GET.get("source", "complaint"),
    }
    form = TakeInForm(request.POST or None, initial=start)

    def verb() -> Any:
        given = dict(form.cleaned_data)
        sender = Sender(name=given.pop("name"), contact=given.pop("contact"))
        return take_in_report(
            source=ReportSource(given["source"]), origin=given["origin"], tlp=Tlp(given["tlp"]), by=person_of(request),
            received_at=_there(given["received_at"], frame.zone), sender=sender if sender.words() else None,
            telling=Telling(
                what=given["what"], device=given["device"], device_version=given["device_version"],
                harm=Answer(given["harm"] or "unknown"),
            ),
        )  # fmt: skip

    return take_form(
        request, form, verb, lambda row: redirect("intake-report", row.uid), "web/form.html",
        {
            "place": "intake", "title": _("Take in a report"), "submit": _("Take it in"), "back": "/intake/",
            "says": _("A signal is not yet a vulnerability. A finder's report gets a wall of its own."),
        },
    )  # fmt: skip


class ComplaintForm(Form):
    """The seven items of 21 CFR 820.35(a)."""

    device_name = forms.CharField(label=gettext_lazy("1 Device"), max_length=300)
    received_on = DateField(label=gettext_lazy("2 Received on"))
    udi = forms.CharField(label=gettext_lazy("3 UDI, UPC or other identification"), max_length=200, required=False)
    complainant = TextField(label=gettext_lazy("4 Name, address and telephone of the complainant"), required=False)
    details = TextField(label=gettext_lazy("5 Nature and details"), rows=5)
    correction = TextField(label=gettext_lazy("6 Correction or corrective action"), required=False)
    reply = TextField(label=gettext_lazy("7 Reply to the complainant"), required=False)
    because = BecauseField(required=False)


@require_http_methods(["GET", "POST"])
def complaint(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Open or revise the complaint record."""
    row = report_for(person_of(request), uid)
    known = Complaint.objects.filter(report=row).first()
    names = ("device_name", "received_on", "udi", "complainant", "details", "correction", "reply")
    start = {name: getattr(known, name) for name in names} if known else {
        "device_name": row.device, "details": row.what,
        "received_on": row.received_at.astimezone(ZoneInfo(row.zone)).date(),
    }  # fmt: skip
    form = ComplaintForm(request.POST or None, initial=start)
    return take_form(
        request, form, lambda: record_complaint(report_uid=uid, by=person_of(request), **form.cleaned_data),
        lambda _row: redirect("intake-report", uid), "web/form.html",
        {
            "place": "intake", "title": _("Complaint record of %(n)s") % {"n": row.number}, "submit": _("Save"),
            "back": f"/intake/{uid}/", "says": _("21 CFR 820.35(a). What is not known yet may follow; it is listed."),
        },
    )  # fmt: skip


class MdrForm(Form):
    """The evaluation, by a person qualified to make a medical judgment."""

    reportable = forms.ChoiceField(
        label=gettext_lazy("Is it a reportable event?"),
        choices=[("", "–"), ("yes", gettext_lazy("reportable")), ("no", gettext_lazy("not reportable"))],
    )
    because = BecauseField(label=gettext_lazy("On what the evaluation rests"))


@require_http_methods(["GET", "POST"])
def mdr(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Evaluate for medical device reporting."""
    row = report_for(person_of(request), uid)
    form = MdrForm(request.POST or None)
    return take_form(
        request, form,
        lambda: evaluate_mdr(
            report_uid=uid, reportable=form.cleaned_data["reportable"] == "yes", by=person_of(request),
            because=form.cleaned_data["because"],
        ),
        lambda _row: redirect("intake-report", uid), "web/form.html",
        {
            "place": "intake", "title": _("MDR evaluation of %(n)s") % {"n": row.number}, "submit": _("Record it"),
            "back": f"/intake/{uid}/",
            "says": _("21 CFR 803. A reportable event is followed up in the case: record there who became aware when."),
        },
    )  # fmt: skip


class ServiceForm(Form):
    """What 21 CFR 820.35(b) asks of a service record."""

    device_name = forms.CharField(label=gettext_lazy("Device"), max_length=300)
    udi = forms.CharField(label=gettext_lazy("UDI or UPC"), max_length=200, required=False)
    served_on = DateField(label=gettext_lazy("Served on"))
    served_by = forms.CharField(label=gettext_lazy("By whom"), max_length=200)
    service = TextField(label=gettext_lazy("What was done"))
    test_data = TextField(label=gettext_lazy("Tests and inspections"), required=False)
    because = BecauseField(required=False)


@require_http_methods(["GET", "POST"])
def service(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write the service record."""
    row = report_for(person_of(request), uid)
    known = ServiceRecord.objects.filter(report=row).first()
    names = ("device_name", "udi", "served_on", "served_by", "service", "test_data")
    start = {name: getattr(known, name) for name in names} if known else {"device_name": row.device}
    form = ServiceForm(request.POST or None, initial=start)
    return take_form(
        request, form, lambda: record_service(report_uid=uid, by=person_of(request), **form.cleaned_data),
        lambda _row: redirect("intake-report", uid), "web/form.html",
        {
            "place": "intake", "title": _("Service record of %(n)s") % {"n": row.number}, "submit": _("Save"),
            "back": f"/intake/{uid}/", "says": _("21 CFR 820.35(b)."),
        },
    )  # fmt: skip


class ReferencesForm(Form):
    """A number, or why there is none."""

    capa = forms.CharField(label=gettext_lazy("CAPA"), max_length=200, required=False)
    no_capa_because = TextField(label=gettext_lazy("or none, because"), rows=2, required=False)
    design_change = forms.CharField(label=gettext_lazy("Design change"), max_length=200, required=False)
    no_design_change_because = TextField(label=gettext_lazy("or no design change, because"), rows=2, required=False)


@require_http_methods(["GET", "POST"])
def references(request: HttpRequest, uid: UUID) -> HttpResponse:
    """CAPA and design change, or none because."""
    row = report_for(person_of(request), uid)
    names = ("capa", "no_capa_because", "design_change", "no_design_change_because")
    form = ReferencesForm(request.POST or None, initial={name: getattr(row, name) for name in names})
    return take_form(
        request, form, lambda: name_references(report_uid=uid, by=person_of(request), **form.cleaned_data),
        lambda _row: redirect("intake-report", uid), "web/form.html",
        {
            "place": "intake", "title": _("CAPA and design change of %(n)s") % {"n": row.number}, "submit": _("Save"),
            "back": f"/intake/{uid}/", "says": _("An empty field says neither yes nor no."),
        },
    )  # fmt: skip


class WatchForm(Form):
    """A source somebody looks through."""

    name = forms.CharField(
        label=gettext_lazy("Source"), max_length=120, help_text=gettext_lazy("Complaints, returns …")
    )
    what = TextField(label=gettext_lazy("What is looked at, and how"), required=False)
    every_days = forms.IntegerField(label=gettext_lazy("Every how many days"), min_value=1, max_value=366)
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who answers for it"), queryset=Person.objects.none(), to_field_name="uid"
    )
    because = BecauseField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Person.objects.filter(is_active=True, kind=Person.Kind.HUMAN).order_by("printed_name")
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def watch(request: HttpRequest) -> HttpResponse:
    """Register a source without a feed, or change who looks and how often."""
    known = WatchedSource.objects.filter(name=request.GET.get("name", "")).first()
    start = (
        {"name": known.name, "what": known.what, "every_days": known.every_days, "owner": known.owner.uid}
        if known
        else {}
    )
    form = WatchForm(request.POST or None, initial=start)
    return take_form(
        request, form, lambda: watch_source(by=person_of(request), **form.cleaned_data),
        lambda _row: redirect("sources"), "web/form.html",
        {
            "place": "intake", "title": _("A source without a feed"), "submit": _("Watch it"), "back": "/sources",
            "says": _("It is late like any feed when nobody has looked in time."),
        },
    )  # fmt: skip


class LookForm(Form):
    """That somebody looked."""

    looked_at = _moment(label=gettext_lazy("When, at our site"))
    evidence = TextField(label=gettext_lazy("What shows it"))
    found = forms.IntegerField(label=gettext_lazy("Signals found"), min_value=0, max_value=100_000)


@require_http_methods(["GET", "POST"])
def look(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Record a look."""
    row = one(WatchedSource.objects.all(), uid=uid)
    frame = frame_of(request)
    form = LookForm(request.POST or None, initial={"looked_at": frame.now.astimezone(ZoneInfo(frame.zone))})

    def verb() -> Any:
        given = dict(form.cleaned_data)
        return note_look(
            source_uid=uid, looked_at=_there(given.pop("looked_at"), frame.zone), by=person_of(request), **given
        )

    return take_form(
        request, form, verb, lambda _row: redirect("sources"), "web/form.html",
        {
            "place": "intake", "title": _("Looked through: %(s)s") % {"s": row.name}, "submit": _("Record it"),
            "back": "/sources", "says": _("What was found goes through intake, one report each."),
        },
    )  # fmt: skip
