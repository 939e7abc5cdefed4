"""Forms for dated facts: which details each kind asks for, in words a person can answer."""

# ruff: noqa: E501 (tables: one entry on a line)

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from suture.core.communications import POINTS
from suture.core.facts import FactKind
from suture.web.forms import BecauseField, DateField, Form, SignatureMixin, TextField

K = FactKind


class Detail(NamedTuple):
    """One detail of a kind: its key as the rules read it, what to ask, and the closed set of answers if there is one."""

    key: str
    label: Any
    choices: tuple[tuple[str, Any], ...] = ()
    many: bool = False
    help: Any = ""


PLAIN = (("yes", _("yes")), ("no", _("no")))  # where a signature needs one of the two
YES_NO = (("yes", _("yes")), ("no", _("no")), ("unknown", _("not known")))
EVENT = Detail("event", _("Which event"), help=_("The complaint, MDR or event number; clocks of two events are told apart by it."))  # fmt: skip
NUMBER = Detail("number", _("Number"))
ADDS_RISK = Detail("adds_risk", _("Does it add more risk to safety or essential performance?"), YES_NO)

DETAILS: Mapping[FactKind, tuple[Detail, ...]] = {
    K.LEARNED_CANDIDATE: (Detail("source", _("From whom or what")),),
    K.ADVERSE_EVENT_SEARCH: (Detail("result", _("Result"), (("none", _("no serious adverse event or death")), ("hit", _("something was found")))), Detail("where", _("Where you searched"), help=_("e.g. 412 complaints and 9 MDRs of the last two years"))),
    K.ADVERSE_EVENT_LINKED: (EVENT, Detail("seriousness", _("How serious"), (("death", _("death")), ("serious", _("serious")), ("other", _("neither"))))),
    K.EMPLOYEE_AWARE: (EVENT,),
    K.REMEDIAL_ACTION_NEEDED: (EVENT,),
    K.FDA_WRITTEN_REQUEST: (EVENT,),
    K.MDR_INFORMATION_RECEIVED: (EVENT, Detail("information", _("What is new"))),
    K.MDR_SUBMITTED: (EVENT, NUMBER),
    K.MDR_5DAY_SUBMITTED: (EVENT, NUMBER),
    K.MDR_SUPPLEMENT_SUBMITTED: (EVENT, NUMBER, Detail("information", _("Which information it reports"))),
    K.CORRECTION_INITIATED: (Detail("what", _("What was begun"), help=_("e.g. notice to isolate the pump's Wi-Fi; the 806 clock starts on this day")),),
    K.REMOVAL_INITIATED: (Detail("what", _("What was begun"), help=_("the 806 clock starts on this day")),),
    K.FIRST_UNIT_CHANGED: (Detail("unit", _("Which unit")),),
    K.EXTENSION_INITIATED: (Detail("extension", _("Which lots or versions it now covers as well")),),
    K.REPORT_806_SUBMITTED: (NUMBER,),
    K.AMENDMENT_806_SUBMITTED: (Detail("extension", _("Which extension")), NUMBER),
    K.CUSTOMERS_TOLD: (
        Detail("communication", _("Which notice"), help=_("Its number")),
        Detail("content", _("What it says"), tuple((letter, f"{letter}: {says}") for letter, says in POINTS.items()), many=True, help=_("The minimum content, postmarket guidance §VII.B")),
        Detail("audience", _("Whom it went to"), (("customers", _("customers")), ("user community", _("user community"))), many=True),
        Detail("names_action", _("Does it name an action to be taken?"), YES_NO, help=_("If so, it may be what initiates a correction.")),
    ),
    K.CONTROLS_IDENTIFIED: (Detail("controls", _("Which controls")), ADDS_RISK, Detail("none_feasible", _("Is no interim control feasible?"), YES_NO)),
    K.PLAN_MADE: (Detail("rationale", _("Rationale for its timeline")),),
    K.FIX_VALIDATED: (Detail("release", _("Which release")), ADDS_RISK),
    K.FIX_DISTRIBUTED: (Detail("release", _("Which release")),),
    K.RESIDUAL_ACCEPTABLE_AFTER_FIX: (Detail("acceptable", _("Is the residual risk acceptable?"), YES_NO),),
    K.FOLLOWED_UP_END_USERS: (Detail("level", _("How users were followed up"), help=_("e.g. 10 % of consignees by telephone")), Detail("result", _("Effectiveness"), (("", _("planned")), ("met", _("met")), ("not met", _("not met"))))),
    K.ISAO_GIVEN_COMMUNICATION: (Detail("isao", _("Which ISAO")), Detail("communication", _("Which notice"), help=_("Its number, as in 'customers told'"))),
    K.FDA_TRACKING_REQUEST: (Detail("request", _("Which request")), Detail("level", _("What FDA asks for"), (("device", _("devices not yet with a patient")), ("patient", _("patient level"))))),
    K.TRACKING_ANSWERED: (Detail("request", _("Which request")),),
    K.PERIODIC_REPORT_SUBMITTED: (NUMBER,),
    K.RECALL_CLASSIFIED: (Detail("class", _("Class"), (("I", "I"), ("II", "II"), ("III", "III"))), NUMBER, EVENT),
}  # fmt: skip

GROUPS: tuple[tuple[Any, tuple[FactKind, ...]], ...] = (
    (_("Learning of it"), (K.LEARNED_CANDIDATE,)),
    (_("Correction or removal (21 CFR 806)"), (K.CORRECTION_INITIATED, K.REMOVAL_INITIATED, K.FIRST_UNIT_CHANGED, K.EXTENSION_INITIATED, K.REPORT_806_SUBMITTED, K.AMENDMENT_806_SUBMITTED)),
    (_("By day 30: told, controls, plan"), (K.CUSTOMERS_TOLD, K.CONTROLS_IDENTIFIED, K.PLAN_MADE)),
    (_("By day 60: fixed"), (K.FIX_VALIDATED, K.FIX_DISTRIBUTED, K.RESIDUAL_ACCEPTABLE_AFTER_FIX, K.FOLLOWED_UP_END_USERS)),
    (_("Adverse events (21 CFR 803)"), (K.ADVERSE_EVENT_SEARCH, K.ADVERSE_EVENT_LINKED, K.EMPLOYEE_AWARE, K.REMEDIAL_ACTION_NEEDED, K.FDA_WRITTEN_REQUEST, K.MDR_INFORMATION_RECEIVED, K.MDR_SUBMITTED, K.MDR_5DAY_SUBMITTED, K.MDR_SUPPLEMENT_SUBMITTED)),
    (_("Tracking, periodic reports, recalls"), (K.FDA_TRACKING_REQUEST, K.TRACKING_ANSWERED, K.PERIODIC_REPORT_SUBMITTED, K.RECALL_CLASSIFIED)),
)  # fmt: skip


class FactForm(Form):
    """One dated fact. The detail fields are those of its kind."""

    happened_on = DateField(label=_("On which day was it so"), help_text=_("The calendar date at the responsible site; not in the future."))  # fmt: skip
    evidence = TextField(label=_("What shows it"), required=False, rows=2, help_text=_("A record, a number, a place where it lies."))  # fmt: skip
    attachment = forms.FileField(label=_("File"), required=False)

    def __init__(self, kind: FactKind, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.declared_details = DETAILS.get(kind, ())
        names = [f"detail_{detail.key}" for detail in self.declared_details]
        for name, detail in zip(names, self.declared_details, strict=True):
            self.add(name, _detail_field(detail))
        self.order_fields(["happened_on", *names])

    def detail(self) -> dict[str, str]:
        """The details as the rules read them; what was left open is left out, which is 'unknown'."""
        found: dict[str, str] = {}
        for detail in self.declared_details:
            value = self.cleaned_data.get(f"detail_{detail.key}")
            if detail.many:
                value = ("" if detail.key == "content" else ", ").join(value or [])
            if value:
                found[detail.key] = str(value)
        return found


def _detail_field(detail: Detail) -> forms.Field:
    if detail.many:
        return forms.MultipleChoiceField(
            label=detail.label, choices=detail.choices, required=False, help_text=detail.help,
            widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip
    if detail.choices:
        given = detail.choices if detail.choices[0][0] == "" else (("", _("not said")), *detail.choices)
        return forms.ChoiceField(label=detail.label, choices=given, required=False, help_text=detail.help)
    return forms.CharField(label=detail.label, required=False, max_length=400, help_text=detail.help)


class CorrectionForm(FactForm):
    """A correction of a fact: the old row stays and is shown as corrected."""

    withdrawn = forms.BooleanField(label=_("It was never so: withdraw it"), required=False)
    because = BecauseField()
    password = forms.CharField(
        label=_("Your password, if this moves a day 0 to a later day"), required=False, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip


class LongTermForm(Form, SignatureMixin):
    """Whether a compensating control is the long-term solution: three answers, never a default."""

    on = DateField(label=_("Judged on"))
    viable = forms.ChoiceField(label=_("Is it viable as the long-term solution?"), choices=PLAIN, widget=forms.RadioSelect)  # fmt: skip
    acceptable = forms.ChoiceField(label=_("Is the residual risk it leaves acceptable?"), choices=PLAIN, widget=forms.RadioSelect)  # fmt: skip
    adds_risk = forms.ChoiceField(label=_("Does it add a greater risk to safety or essential performance?"), choices=PLAIN, widget=forms.RadioSelect)  # fmt: skip
    because = BecauseField()
    field_order = ("on", "viable", "acceptable", "adds_risk", "because", "password")


class SignedDayForm(Form, SignatureMixin):
    """A day chosen by signature: learned, or initiated."""

    on = DateField(label=_("The day"))
    because = BecauseField(help_text=_("Why this day, and not the earliest candidate."))
    field_order = ("on", "because", "password")
