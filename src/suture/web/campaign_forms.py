"""Forms of campaigns, notices, service orders and checks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from suture.core.campaigns import CheckResult, EffectivenessLevel
from suture.core.communications import Audience, Channel, CustomerCommunication, DeliveryState, EndOfSupport
from suture.core.facts import Answer
from suture.inventory.models import Product, Release
from suture.web.forms import BecauseField, DateField, Form, SignatureMixin, TextField

LEVELS = [(level.value, f"{level.value}: {level.says}") for level in EffectivenessLevel]
ANSWERS = [(Answer.UNKNOWN.value, _("not known")), (Answer.YES.value, _("yes")), (Answer.NO.value, _("no"))]


class CampaignForm(Form):
    """Open a campaign over a case."""

    product = forms.ModelChoiceField(
        label=_("Device"), queryset=Product.objects.none(), to_field_name="uid", empty_label=None
    )
    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("e.g. Aria P2: release 4.2.1"))
    action = TextField(label=_("What is done on each unit"), rows=2)
    target = forms.ModelChoiceField(
        label=_("Release it installs"),
        queryset=Release.objects.none(),
        to_field_name="uid",
        required=False,
        empty_label=_("none: a control, or words"),
        help_text=_("A unit is verified only when this version was seen on it."),
    )
    purpose = forms.ChoiceField(
        label=_("Purpose"),
        choices=[
            ("correction", _("A fix or a control for an uncontrolled risk")),
            ("improvement", _("A routine update: the risk is controlled")),
        ],
    )
    level = forms.ChoiceField(
        label=_("Effectiveness checks"),
        choices=LEVELS,
        help_text=_("21 CFR 7.42(b)(3): percentages of consignees, rounded up (as we remember them; check the rule)."),
    )
    level_percent = forms.IntegerField(label=_("Percentage, for level B"), required=False, min_value=11, max_value=99)
    finish_by = DateField(label=_("To be finished by"), required=False)

    def __init__(self, products: Any, releases: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = products  # type: ignore[attr-defined]
        self.fields["target"].queryset = releases  # type: ignore[attr-defined]


class EndOfSupportForm(Form):
    """Open the campaign that tells every user that support ends."""

    releases = forms.ModelMultipleChoiceField(
        label=_("Releases whose support ends"),
        queryset=Release.objects.none(),
        to_field_name="uid",
        widget=forms.CheckboxSelectMultiple,
    )
    title = forms.CharField(label=_("Title"), max_length=200)
    action = TextField(
        label=_("What each user is asked to do"),
        rows=2,
        initial=_("Read the notice and acknowledge it; plan the replacement."),
    )
    finish_by = DateField(label=_("To be finished by"), required=False)

    def __init__(self, releases: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["releases"].queryset = releases  # type: ignore[attr-defined]


class DayForm(Form):
    """A step that only needs its day."""

    on = DateField(label=_("On"))


class ScheduleForm(DayForm):
    """For when it is planned."""

    planned_on = DateField(label=_("Planned for"))
    because = TextField(label=_("Why not sooner"), rows=2, required=False)


class InstalledForm(DayForm):
    """Somebody's word that it is in place."""

    version_seen = forms.CharField(label=_("Version seen, if anybody looked"), max_length=80, required=False)


class VerifyForm(DayForm):
    """That the version was seen."""

    version_seen = forms.CharField(label=_("Version seen on the unit"), max_length=80, required=False)
    evidence = TextField(label=_("What shows it"), rows=2, required=False)


class SendBackForm(DayForm):
    """That another version was found."""

    version_seen = forms.CharField(label=_("Version found"), max_length=80)


class DeclineForm(DayForm):
    """Why not."""

    because = BecauseField(label=_("Why they decline"))


class LoseForm(DayForm):
    """What was tried."""

    attempts = TextField(label=_("What was tried, by which ways"), rows=2)


class RetireForm(DayForm):
    """What shows that it is out of use."""

    evidence = TextField(
        label=_("What shows that it is out of use"),
        rows=2,
        help_text=_("Only with evidence does a unit leave the denominator."),
    )


class ReturnForm(DayForm):
    """Why it is in use after all."""

    because = BecauseField()


class CheckForm(Form):
    """One consignee, asked."""

    consignee = forms.ChoiceField(label=_("Consignee"))
    channel = forms.ChoiceField(label=_("By"), choices=[(c.value, c.label) for c in Channel])
    result = forms.ChoiceField(
        label=_("Answer"),
        choices=[
            (CheckResult.EFFECTIVE.value, _("The notice arrived and was acted on")),
            (CheckResult.NOT_EFFECTIVE.value, _("It did not arrive, or was not acted on")),
            (CheckResult.NO_ANSWER.value, _("No answer")),
        ],
    )
    evidence = TextField(label=_("Who was asked, and what was said"), rows=2)
    on = DateField(label=_("On"))

    def __init__(self, consignees: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consignee"].choices = consignees  # type: ignore[attr-defined]


class NoticeForm(Form):
    """The points a to d, said once for every audience. What is blank may wait; it cannot be approved before."""

    vulnerability = TextField(label=_("a · The vulnerability"), required=False)
    impact = TextField(label=_("a · What it may mean for patients, as now understood"), required=False)
    efforts = TextField(
        label=_("b · That efforts are under way to address the risk as fast as possible"), required=False, rows=2
    )
    controls = TextField(label=_("c · Compensating controls"), required=False)
    no_controls = forms.BooleanField(label=_("c · There are none, and the notice says so"), required=False)
    working_on_fix = TextField(label=_("d · That a fix is being worked on"), required=False, rows=2)
    defense_in_depth = TextField(label=_("d · Or a defense-in-depth strategy"), required=False, rows=2)
    fix_announcement = TextField(label=_("d · And that the availability of a fix will be told"), required=False, rows=2)
    names_action = forms.ChoiceField(
        label=_("Does it tell anybody to do something?"),
        choices=ANSWERS,
        help_text=_(
            "If so, sending it may initiate a correction: the case gets the dated fact, and the 806 clock its day 0."
        ),
    )
    contact_line = forms.CharField(label=_("Whom to ask, at any hour"), max_length=400, required=False)

    def said(self) -> CustomerCommunication:
        """The points as the core reads them."""
        names = CustomerCommunication.__dataclass_fields__
        return CustomerCommunication(**{name: self.cleaned_data[name] for name in names})


class EndNoticeForm(Form):
    """What a notice of the end of support says."""

    device = TextField(label=_("Device and versions"), rows=2, required=False)
    last_day = forms.CharField(label=_("Last day of support"), required=False, max_length=200)
    what_ends = TextField(label=_("What ends: updates, patches, service"), rows=2, required=False)
    responsibility = TextField(
        label=_("Which responsibility passes to whoever goes on using it"), rows=2, required=False
    )
    advice = TextField(label=_("What to do: replace it, or reduce the risk of going on"), rows=2, required=False)
    still_done = TextField(label=_("What we go on doing"), rows=2, required=False)
    names_action = forms.ChoiceField(label=_("Does it tell anybody to do something?"), choices=ANSWERS)
    contact_line = forms.CharField(label=_("Whom to ask"), max_length=400, required=False)

    def ends(self) -> EndOfSupport:
        """The points as the core reads them."""
        return EndOfSupport(**{name: self.cleaned_data[name] for name in EndOfSupport.__dataclass_fields__})


class VariantForm(Form):
    """The words for one audience."""

    subject = forms.CharField(label=_("Subject"), max_length=180)
    opening = TextField(label=_("What it means for this reader"))
    what_to_do = TextField(label=_("What to do now"), required=False)


class ReminderForm(Form):
    """Remind by another channel."""

    channel = forms.ChoiceField(label=_("By"), choices=[(c.value, c.label) for c in Channel], initial=Channel.PHONE)
    reached = forms.BooleanField(label=_("Somebody was reached"), required=False)
    said = TextField(label=_("Whom you spoke to, or that nobody answered"), rows=2, required=False)
    on = DateField(label=_("On"))


class DeliveryForm(Form):
    """What became of a copy."""

    state = forms.ChoiceField(label=_("It is"))
    said = TextField(label=_("What shows it"), rows=2, required=False)

    def __init__(self, states: list[DeliveryState], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [(s.value, s.label) for s in states]  # type: ignore[attr-defined]


class ServiceForm(Form):
    """The service record of one unit (21 CFR 820.35(b))."""

    serviced_on = DateField(label=_("Date of service"))
    serviced_by = forms.CharField(label=_("Who serviced it"), max_length=200)
    identifier = forms.CharField(label=_("UDI, UPC or serial"), max_length=200, required=False)
    service = TextField(label=_("Service performed"), rows=2)
    test_data = TextField(label=_("Test and inspection data"), rows=2)
    version_found = forms.CharField(
        label=_("Version the device itself shows, after the work"), max_length=80, required=False
    )
    observed = TextField(label=_("Anything odd that may be a cybersecurity signal"), rows=2, required=False)


class OrderForm(Form):
    """Order work on a unit."""

    instructions = TextField(label=_("Instructions"), rows=2)
    due_on = DateField(label=_("By"), required=False)


class SignReasonForm(Form, SignatureMixin):
    """A signature with its reason."""

    because = BecauseField()
    field_order = ("because", "password")


AUDIENCES = {audience.value: audience for audience in Audience}
