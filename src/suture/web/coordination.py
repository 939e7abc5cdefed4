"""A coordinated case: parties, embargo in both times, advisory, CVE draft. Behind the case's wall."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from suture.accounts.models import Tlp
from suture.accounts.services import require
from suture.core.disclosure import EMBARGO, PARTICIPANT, EmbargoState
from suture.disclosure.cve import cve_draft
from suture.disclosure.models import Participant
from suture.disclosure.queries import (
    advisory_of,
    coordinated_case,
    embargo_of,
    participants_of,
    public_advisories,
    reports_of_case,
)
from suture.disclosure.services import (
    add_participant,
    approve_advisory,
    move_embargo,
    move_participant,
    write_advisory,
)
from suture.evidence.clock import now
from suture.formats import cve5_draft
from suture.web.forms import BecauseField, Form, TextField
from suture.web.pages import may_do, one, person_of, take_form

WITH_MINUTE = frozenset({"propose", "propose_revision", "settle_revision"})


class ParticipantForm(Form):
    """A party."""

    kind = forms.ChoiceField(label=gettext_lazy("Who it is"), choices=Participant.Kind.choices)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    contact = forms.CharField(label=gettext_lazy("Contact"), max_length=300, required=False)
    tlp = forms.ChoiceField(
        label=gettext_lazy("Told under"), choices=Tlp.choices, initial=Tlp.AMBER,
        help_text=gettext_lazy("Never wider than the case's own label."),
    )  # fmt: skip
    note = TextField(label=gettext_lazy("Note"), required=False)


class PartyStepForm(Form):
    """What the party said."""

    because = BecauseField(label=gettext_lazy("What was said, and where it stands"), required=False)


class EmbargoForm(Form):
    """A minute, at the site's own time; and why."""

    until = forms.DateTimeField(
        label=gettext_lazy("Minute of publication, at our site"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
    )  # fmt: skip
    because = BecauseField()

    def minute(self, zone: str) -> datetime | None:
        """The minute as an instant; in the hour that a change of the clock repeats, the first of the two."""
        given: datetime | None = self.cleaned_data.get("until")
        return None if given is None else given.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


class AdvisoryForm(Form):
    """What the public will read."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=300)
    affected = TextField(label=gettext_lazy("Affected devices and releases"), rows=3)
    text = TextField(label=gettext_lazy("What it is, and what it can do to a patient"), rows=6)
    remedy = TextField(label=gettext_lazy("What to do now, and when the fix comes"), rows=4)
    credit = forms.CharField(label=gettext_lazy("Credit"), max_length=400, required=False)
    cve = forms.CharField(label=gettext_lazy("CVE id"), max_length=30, required=False)
    because = BecauseField(required=False)


class ApproveForm(Form):
    """Why it may be public."""

    because = BecauseField()


class CveForm(Form):
    """What only a CNA knows."""

    cve = forms.CharField(label=gettext_lazy("CVE id"), max_length=30, required=False)
    org = forms.CharField(label=gettext_lazy("Organisation id of the CNA"), max_length=36, required=False)
    cwe = forms.RegexField(regex=r"CWE-[0-9]{1,5}", label=gettext_lazy("CWE"), required=False)


def _back(uid: UUID) -> str:
    return reverse("coordination", args=[uid])


@require_GET
def coordination(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Who knows, who has answered, until when all keep silent, and what will be said."""
    person = person_of(request)
    case = coordinated_case(person, uid)
    parties = list(participants_of(person, case))
    embargo = embargo_of(person, case)
    state = embargo.at if embargo else EmbargoState.NONE
    roles, advisory = person.roles, advisory_of(person, case)
    return render(
        request, "web/coordination.html",
        {
            "place": "intake", "case": case, "reports": reports_of_case(person, case), "embargo": embargo,
            "embargo_state": state, "embargo_steps": EMBARGO.allowed(state, roles), "advisory": advisory,
            "parties": [(p, PARTICIPANT.allowed(p.at, roles)) for p in parties],
            "silent": sum(p.state == "no_answer_yet" for p in parties),
            "is_public": public_advisories(now()).filter(case=case).exists(),
            "can_manage": may_do(request, "coordination.manage"), "can_write": may_do(request, "advisory.write"),
            "can_cve": may_do(request, "cve.draft"), "missing": cve5_draft.missing(cve_draft(person, case)),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Name a party."""
    case = coordinated_case(person_of(request), uid)
    form = ParticipantForm(request.POST or None)
    return take_form(
        request, form, lambda: add_participant(case_uid=uid, by=person_of(request), **form.cleaned_data),
        lambda _row: redirect(_back(uid)), "web/form.html",
        {
            "place": "intake", "title": _("A party of %(n)s") % {"n": case.number}, "submit": _("Add"),
            "back": _back(uid), "says": _("It stands as ‘to be told’ until you tell it, then as ‘no answer yet’."),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def party_step(request: HttpRequest, uid: UUID, party: UUID, verb: str) -> HttpResponse:
    """What a party said."""
    case = coordinated_case(person_of(request), uid)
    row = one(participants_of(person_of(request), case), uid=party)
    step = PARTICIPANT.step(row.at, verb)
    form = PartyStepForm(request.POST or None)
    return take_form(
        request, form,
        lambda: move_participant(
            participant_uid=party, verb=verb, by=person_of(request), because=form.cleaned_data["because"]
        ),
        lambda _row: redirect(_back(uid)), "web/form.html",
        {"place": "intake", "title": f"{row.name}: {step.label}", "submit": step.label, "back": _back(uid)},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def embargo(request: HttpRequest, uid: UUID, verb: str) -> HttpResponse:
    """One step of the embargo."""
    person = person_of(request)
    case = coordinated_case(person, uid)
    row = embargo_of(person, case)
    step = EMBARGO.step(row.at if row else EmbargoState.NONE, verb)
    form = EmbargoForm(request.POST or None)
    zone = case.establishment.time_zone
    if verb not in WITH_MINUTE:
        del form.fields["until"]
    return take_form(
        request, form,
        lambda: move_embargo(
            case_uid=uid, verb=verb, by=person, until=form.minute(zone), because=form.cleaned_data["because"]
        ),
        lambda _row: redirect(_back(uid)), "web/form.html",
        {
            "place": "intake", "title": _("Embargo of %(n)s: %(step)s") % {"n": case.number, "step": step.label},
            "submit": step.label, "back": _back(uid),
            "says": _("Times are those of %(zone)s; the page shows UTC beside them.") % {"zone": zone},
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def advisory(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write the advisory."""
    person = person_of(request)
    case = coordinated_case(person, uid)
    row = advisory_of(person, case)
    names = ("title", "affected", "text", "remedy", "credit", "cve")
    start: dict[str, Any] = {name: getattr(row, name) for name in names} if row else {"title": case.vulnerability.title}
    form = AdvisoryForm(request.POST or None, initial=start)
    return take_form(
        request, form, lambda: write_advisory(case_uid=uid, by=person, **form.cleaned_data),
        lambda _row: redirect(_back(uid)), "web/form.html",
        {
            "place": "intake", "title": _("Advisory of %(n)s") % {"n": case.number}, "submit": _("Save"),
            "back": _back(uid), "says": _("Nobody outside reads it before it is approved and the embargo is over."),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def approve(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Approve the advisory."""
    person = person_of(request)
    case = coordinated_case(person, uid)
    form = ApproveForm(request.POST or None)
    return take_form(
        request, form, lambda: approve_advisory(case_uid=uid, by=person, because=form.cleaned_data["because"]),
        lambda _row: redirect(_back(uid)), "web/form.html",
        {
            "place": "intake", "title": _("Approve the advisory of %(n)s") % {"n": case.number},
            "submit": _("Approve"), "back": _back(uid),
            "says": _("It is public at once, or from the embargo's minute on; nobody has to be at work then."),
        },
    )  # fmt: skip


@require_GET
def cve(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The CVE record as a draft, with what is missing; `?download=1` gives the file."""
    person = person_of(request)
    case = coordinated_case(person, uid)
    require(person, "cve.draft", case)
    form = CveForm(request.GET or None)
    given = form.cleaned_data if form.is_bound and form.is_valid() else {"cve": "", "org": "", "cwe": ""}
    draft = cve_draft(person, case, cve_id=given["cve"], org_id=given["org"], cwe=given["cwe"])
    text = json.dumps(cve5_draft.write(draft), indent=2, ensure_ascii=False) + "\n"
    if "download" in request.GET:
        response = HttpResponse(text, content_type="application/json")
        response["Content-Disposition"] = f'attachment; filename="{draft.cve_id or case.number}.json"'
        return response
    return render(
        request,
        "web/cve_draft.html",
        {"place": "intake", "case": case, "form": form, "text": text, "missing": cve5_draft.missing(draft)},
    )
