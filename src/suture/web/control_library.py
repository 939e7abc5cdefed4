"""The control library: what may lower a risk, which new risk it brings, where it is used."""

# ruff: noqa: E501 (tables: one entry on a line)

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from suture.assessment.models import Control
from suture.assessment.queries import case_for, cases_for
from suture.core.controls import CONTROL_ENTRY, EntryState
from suture.core.exploitability import Exploitability
from suture.core.facts import Answer
from suture.core.harm import HarmSeverity
from suture.inventory.models import Product
from suture.remediation.models import ControlEntry
from suture.remediation.queries.library import library, offered, state_today, uses_of
from suture.remediation.services import (
    check_new_risk,
    end_entry,
    propose_entry,
    recommend_entry,
    take_from_library,
    verify_entry,
)
from suture.web.case_forms import ANSWERS, OptionalReasonForm
from suture.web.forms import BecauseField, DateField, Form, TextField
from suture.web.frame import frame_of
from suture.web.pages import may_do, one, person_of, take_form, version_of

FORM = "web/form.html"


class EntryForm(Form):
    """A control of the library."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    purpose = TextField(label=gettext_lazy("What it does against an attack"), rows=2)
    external_to_design = forms.ChoiceField(label=gettext_lazy("External to the device's design?"), choices=ANSWERS)
    field_configurable = forms.ChoiceField(label=gettext_lazy("Configurable in the field?"), choices=ANSWERS)
    employed_by_user = forms.ChoiceField(label=gettext_lazy("Employed by a user?"), choices=ANSWERS)
    employed_by = forms.CharField(label=gettext_lazy("Who employs it"), required=False, max_length=200)
    where = forms.CharField(label=gettext_lazy("Where"), required=False, max_length=400)
    instructions = TextField(label=gettext_lazy("Instructions"), required=False)
    skill = forms.CharField(label=gettext_lazy("Skill it needs"), required=False, max_length=400)
    loses = TextField(label=gettext_lazy("What is lost with it"), required=False, rows=2,
                      help_text=gettext_lazy("e.g. remote alarms. Clinical safety answers for it before it is recommended."))  # fmt: skip


class RiskForm(Form):
    """Which new risk it brings."""

    loses = TextField(label=gettext_lazy("Which function is lost with it"), rows=2,
                      help_text=gettext_lazy("“None” is an answer."))  # fmt: skip
    adds_risk = forms.ChoiceField(label=gettext_lazy("Does it add a greater risk?"), choices=ANSWERS)
    because = BecauseField()


class EntryVerifyForm(Form):
    """That its effect is verified."""

    on = DateField(label=gettext_lazy("Verified on"))
    evidence = TextField(label=gettext_lazy("What shows it, and that the device still works"), rows=2)
    holds_until = DateField(label=gettext_lazy("Holds until"), required=False,
                            help_text=gettext_lazy("The day after, it is expired and must be verified again."))  # fmt: skip
    products = forms.ModelMultipleChoiceField(
        label=gettext_lazy("On which devices"), queryset=Product.objects.none(), to_field_name="uid", required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["products"].queryset = Product.objects.all()  # type: ignore[attr-defined]


class EndEntryForm(Form):
    """How it ended."""

    becomes = forms.ChoiceField(label=gettext_lazy("What became of it"), choices=[
        (EntryState.FAILED.value, gettext_lazy("It failed: every use of it ends")),
        (EntryState.EXPIRED.value, gettext_lazy("Its verification has run out: every use of it ends")),
        (EntryState.RETIRED.value, gettext_lazy("It is retired: offered no more")),
    ])  # fmt: skip
    because = BecauseField()


class TakeForm(Form):
    """Take an entry into a case."""

    entry = forms.ChoiceField(label=gettext_lazy("Control"), widget=forms.RadioSelect)
    product = forms.ModelChoiceField(label=gettext_lazy("Device"), queryset=Product.objects.none(),
                                     to_field_name="uid", required=False, empty_label=gettext_lazy("every device"))  # fmt: skip
    lowers_exploitability_to = forms.ChoiceField(label=gettext_lazy("Lowers exploitability to"), required=False,
        choices=[("", gettext_lazy("does not")), *((e.word, e.label) for e in Exploitability)])  # fmt: skip
    lowers_harm_to = forms.ChoiceField(label=gettext_lazy("Lowers severity of harm to"), required=False,
        choices=[("", gettext_lazy("does not")), *((h.word, h.label) for h in HarmSeverity)])  # fmt: skip

    def __init__(self, entries: list[ControlEntry], products: object, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entry"].choices = [(str(e.uid), f"{e.name} – {e.purpose}") for e in entries]  # type: ignore[attr-defined]
        self.fields["product"].queryset = products  # type: ignore[attr-defined]


@require_GET
def entries(request: HttpRequest) -> HttpResponse:
    """The whole library, with the state of today."""
    today = frame_of(request).today
    rows = [(row, state_today(row, today)) for row in library().prefetch_related("proven_on")]
    return render(
        request, "web/control_library.html",
        {"place": "controls", "rows": rows, "can_propose": may_do(request, "control_entry.propose")},
    )  # fmt: skip


@require_GET
def entry(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One control: instructions, new risk, verification, uses."""
    person = person_of(request)
    row = one(library(), uid=uid)
    at = state_today(row, frame_of(request).today)
    verbs = {"verify": "control-entry-verify", "recommend": "control-entry-recommend"}
    steps = [(s, verbs[s.verb]) for s in CONTROL_ENTRY.leaving(at)
             if s.verb in verbs and not person.roles.isdisjoint(s.who)]  # fmt: skip
    can_end = any(s.verb in ("fail", "retire", "expire") for s in CONTROL_ENTRY.allowed(row.at, person.roles))
    return render(
        request, "web/control_entry.html",
        {
            "place": "controls", "entry": row, "at": at, "steps": steps, "can_end": can_end,
            "uses": uses_of(row, cases_for(person).values_list("pk", flat=True)),
            "can_check": may_do(request, "control_entry.check_risk"),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """Write a control into the library."""
    form = EntryForm(request.POST or None)

    def verb() -> ControlEntry:
        given = dict(form.cleaned_data)
        for key in ("external_to_design", "field_configurable", "employed_by_user"):
            given[key] = Answer(given[key])
        return propose_entry(by=person_of(request), **given)

    return take_form(
        request, form, verb, lambda row: redirect("control-entry", row.uid), FORM,
        _context(_("Add a control to the library"), "/controls/library/",
                 _("A compensating control stands in for one the device does not have (guidance §IV.A).")),
    )  # fmt: skip


def _context(title: str, back: str, says: str = "") -> dict[str, object]:
    return {"place": "controls", "title": title, "submit": _("Record it"), "back": back, "says": says}


@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Record that its effect is verified."""
    row = one(ControlEntry.objects.all(), uid=uid)
    form = EntryVerifyForm(request.POST or None, initial={"on": frame_of(request).today})
    return take_form(
        request, form, lambda: verify_entry(entry_uid=uid, by=person_of(request), **form.cleaned_data),
        lambda _row: redirect("control-entry", uid), FORM,
        _context(_("Verify: %(name)s") % {"name": row.name}, f"/controls/library/{uid}/"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def risk(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Check which new risk it brings."""
    row = one(ControlEntry.objects.all(), uid=uid)
    form = RiskForm(request.POST or None, initial={"loses": row.loses})

    def verb() -> ControlEntry:
        given = dict(form.cleaned_data)
        return check_new_risk(entry_uid=uid, by=person_of(request), adds_risk=Answer(given.pop("adds_risk")), **given)

    return take_form(
        request, form, verb, lambda _row: redirect("control-entry", uid), FORM,
        _context(_("New risk of: %(name)s") % {"name": row.name}, f"/controls/library/{uid}/",
                 _("A control must not bring more risk than the vulnerability (guidance §VII.B).")),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def recommend(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Recommend it for cases."""
    row = one(ControlEntry.objects.all(), uid=uid)
    form = OptionalReasonForm(request.POST or None)
    return take_form(
        request, form,
        lambda: recommend_entry(entry_uid=uid, by=person_of(request), because=form.cleaned_data["because"]),
        lambda _row: redirect("control-entry", uid), FORM,
        _context(_("Recommend: %(name)s") % {"name": row.name}, f"/controls/library/{uid}/"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, uid: UUID) -> HttpResponse:
    """End it."""
    row = one(ControlEntry.objects.all(), uid=uid)
    form = EndEntryForm(request.POST or None)

    def verb() -> ControlEntry:
        return end_entry(
            entry_uid=uid, by=person_of(request), becomes=EntryState(form.cleaned_data["becomes"]),
            because=form.cleaned_data["because"],
        )  # fmt: skip

    return take_form(
        request, form, verb, lambda _row: redirect("control-entry", uid), FORM,
        _context(_("End: %(name)s") % {"name": row.name}, f"/controls/library/{uid}/"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def take(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a control of the library into a case."""
    person = person_of(request)
    case = case_for(person, uid)
    products = Product.objects.filter(releases__cases=case).distinct()
    form = TakeForm(offered(frame_of(request).today), products, request.POST or None)

    def verb() -> Control:
        given = dict(form.cleaned_data)
        level, harm = given["lowers_exploitability_to"], given["lowers_harm_to"]
        return take_from_library(
            entry_uid=given["entry"], case_uid=uid, by=person, product=given["product"], version=version_of(request),
            lowers_exploitability_to=Exploitability.from_word(level) if level else None,
            lowers_harm_to=HarmSeverity.from_word(harm) if harm else None,
        )  # fmt: skip

    return take_form(
        request, form, verb, lambda _row: redirect("case", uid), FORM,
        {
            "place": "cases", "title": _("Take a control from the library, %(n)s") % {"n": case.number},
            "submit": _("Propose it"), "back": f"/cases/{uid}/",
            "says": _("What it does to this vulnerability is verified for the case; only then does it count."),
        },
    )  # fmt: skip
