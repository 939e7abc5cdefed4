"""Forms of a case: open it, answer for the releases, judge both axes, controls, sign, move on."""

# ruff: noqa: E501 (tables: one entry on a line)

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from suture.accounts.models import Person
from suture.core.exploitability import FACTOR_NAMES, FACTORS, Exploitability, ExploitabilityMetrics
from suture.core.facts import Answer
from suture.core.harm import HarmSeverity
from suture.core.vex import Justification, VexStatus
from suture.inventory.models import Release
from suture.web.forms import BecauseField, DateField, Form, SignatureMixin, TextField

ANSWERS = [(Answer.UNKNOWN.value, _("not known")), (Answer.YES.value, _("yes")), (Answer.NO.value, _("no"))]
STATUSES = [
    (VexStatus.AFFECTED.value, _("Affected")),
    (VexStatus.NOT_AFFECTED.value, _("Not affected")),
    (VexStatus.FIXED.value, _("Fixed in this release")),
    (VexStatus.UNDER_INVESTIGATION.value, _("Under investigation: honest, but no answer yet")),
]
JUSTIFICATIONS = [("", "–"), *((j.value, j.value.replace("_", " ").capitalize()) for j in Justification)]

# Each factor as a question, each value as a sentence: the words of CVSS, asked of this device where it stands.
QUESTIONS: dict[str, tuple[Any, tuple[tuple[str, Any], ...]]] = {
    "AV": (_("From where can an attacker reach it?"), (("N", _("Network: from anywhere the network reaches")), ("A", _("Adjacent: the same network segment, Bluetooth, Wi-Fi in range")), ("L", _("Local: must already be on the device, or use its keyboard")), ("P", _("Physical: must hold the device in hand")))),
    "AC": (_("How hard is it to do?"), (("L", _("Low: works every time")), ("H", _("High: needs conditions the attacker does not control")))),
    "PR": (_("Which rights must the attacker have?"), (("N", _("None")), ("L", _("Low: those of an ordinary user")), ("H", _("High: those of an administrator or service engineer")))),
    "UI": (_("Must somebody else do something?"), (("N", _("No")), ("R", _("Yes: a user must act, e.g. open a file")))),
    "E": (_("Is there code that exploits it?"), (("H", _("High: works everywhere, or no code is needed")), ("F", _("Functional: code exists and works mostly")), ("P", _("Proof of concept")), ("U", _("None known: unproven")))),
    "RC": (_("How sure is it that the vulnerability exists?"), (("C", _("Confirmed")), ("R", _("Reasonable: credible, not fully confirmed")))),
}  # fmt: skip


class HandOverForm(Form):
    """To whom, and why."""

    to = forms.ModelChoiceField(label=_("New owner"), queryset=Person.objects.none(), to_field_name="uid")
    because = BecauseField()

    def __init__(self, people: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = people  # type: ignore[attr-defined]


class OpenCaseForm(Form):
    """Open a case: which releases it concerns, and why."""

    releases = forms.ModelMultipleChoiceField(label=_("Releases it concerns"), queryset=Release.objects.none(), to_field_name="uid", widget=forms.CheckboxSelectMultiple, help_text=_("Those with a finding are concerned in any case. Every other release gets its answer later."), required=False)  # fmt: skip
    because = BecauseField()

    def __init__(self, releases: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["releases"].queryset = releases  # type: ignore[attr-defined]


class ImpactForm(Form):
    """One answer for one or more releases. Status and evidence only; harm and verdict are never given in bulk."""

    releases = forms.MultipleChoiceField(label=_("Releases"), widget=forms.CheckboxSelectMultiple)
    status = forms.ChoiceField(label=_("Answer"), choices=STATUSES, widget=forms.RadioSelect)
    justification = forms.ChoiceField(label=_("Why not affected"), choices=JUSTIFICATIONS, required=False, help_text=_("The closed list of CISA's VEX justifications."))  # fmt: skip
    impact = TextField(label=_("Impact statement"), required=False, rows=2, help_text=_("Or why it is not affected, in words."))  # fmt: skip
    action = TextField(label=_("What the user should do"), required=False, rows=2, help_text=_("Needed when affected (CISA, Minimum Requirements for VEX)."))  # fmt: skip
    evidence = TextField(label=_("What shows it"), required=False, rows=2, help_text=_("A test, an analysis, an SBOM. Needed for every answer but 'under investigation'."))  # fmt: skip

    configuration = TextField(label=_("Configuration it rests on"), required=False, rows=2, help_text=_("What must be so in the device for this answer to hold. Asked again when a later release would inherit it."))  # fmt: skip
    review_on = DateField(label=_("Review by"), required=False, help_text=_("Without a day, 'not affected' holds for a year; then it asks to be judged again."))  # fmt: skip

    def __init__(self, releases: list[Release], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["releases"].choices = [(str(r.uid), r.label) for r in releases]  # type: ignore[attr-defined]


class ComponentsForm(ImpactForm):
    """One answer for some components of a release; the release's status is the worst of its components."""

    components = forms.MultipleChoiceField(label=_("Components"), widget=forms.CheckboxSelectMultiple)
    field_order = ("components", "status", "justification", "impact", "action", "evidence", "review_on")

    def __init__(self, components: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__([], *args, **kwargs)
        del self.fields["releases"], self.fields["configuration"]
        self.fields["components"].choices = components  # type: ignore[attr-defined]


class WhyField(TextField):
    """The reason beside an answer: needed where one is given, which the verb sees to."""

    quiet = True  # not called optional

    def __init__(self, about: str) -> None:
        super().__init__(label=_("Why: %(about)s") % {"about": about}, required=False, rows=1)


class ExploitabilityForm(Form):
    """Six questions, each with its rationale. What nobody knows stays open and counts as the worst case."""

    vector = forms.CharField(label=_("CVSS vector it was read off"), required=False, max_length=200, help_text=_("As published; exploitability is never read off the C, I and A impact metrics."))  # fmt: skip
    public_exploit = forms.BooleanField(label=_("A public exploit is known"), required=False)
    exploited = forms.CharField(label=_("What shows that it is exploited in the field, beyond CISA's catalogue"), required=False, max_length=400, help_text=_("Raises the level. Leave empty when nothing does: that lowers nothing."))  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in FACTORS:
            question, values = QUESTIONS[name]
            choices = [*values, ("", _("Nobody knows: counts as the worst case"))]
            self.add(
                f"m_{name}",
                forms.ChoiceField(label=question, choices=choices, required=False, widget=forms.RadioSelect),
            )
            self.add(f"r_{name}", WhyField(FACTOR_NAMES[name].lower()))

    def questions(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """(factor's name, its question, its rationale), for the template."""
        return [(FACTOR_NAMES[name], self[f"m_{name}"], self[f"r_{name}"]) for name in FACTORS]

    def others(self) -> list[forms.BoundField]:
        """The fields after the questions."""
        return [self[name] for name in ("public_exploit", "exploited", "vector")]

    def metrics(self) -> ExploitabilityMetrics:
        """The six letters; '' where nobody knows."""
        return ExploitabilityMetrics(**{name: self.cleaned_data[f"m_{name}"] for name in FACTORS})

    def rationale(self) -> dict[str, str]:
        """Why, by letter."""
        return {name: self.cleaned_data[f"r_{name}"] for name in FACTORS}


class HarmForm(Form):
    """Severity of harm through hazard, hazardous situation and harm, by clinical safety."""

    function = forms.ChoiceField(label=_("Which function of the device would be compromised"), required=False, help_text=_("As the statement of safety and essential performance names it."))  # fmt: skip
    hazard = forms.CharField(label=_("Hazard"), required=False, max_length=400, help_text=_("e.g. infusion stops"))
    situation = forms.CharField(label=_("Hazardous situation"), required=False, max_length=400, help_text=_("e.g. a patient on a vasopressor without a second pump"))  # fmt: skip
    harm = forms.CharField(label=_("Harm"), required=False, max_length=400, help_text=_("e.g. circulatory collapse"))
    severity = forms.TypedChoiceField(label=_("How severe"), coerce=int, empty_value=None, required=False, widget=forms.RadioSelect, choices=[(level.value, f"{level.label}: {level.description}") for level in HarmSeverity])  # fmt: skip
    rationale = TextField(label=_("Why as severe as that"))
    multi_patient = forms.ChoiceField(label=_("Could one attack harm several patients?"), choices=ANSWERS)
    serious_probable = forms.ChoiceField(label=_("Is there a reasonable probability of serious adverse health consequences or death?"), choices=ANSWERS, help_text=_("Postmarket guidance §IV.C: then it is never a routine update."))  # fmt: skip
    privacy_only = forms.BooleanField(label=_("Only confidentiality of personal data is affected"), required=False, help_text=_("Loss of confidential information is not patient harm (§IV.F). It needs a recorded 'no' below."))  # fmt: skip
    safety_affected = forms.ChoiceField(label=_("May safety or essential performance be affected?"), choices=ANSWERS)
    secrets_exposed = forms.ChoiceField(label=_("Are passwords, keys or session data exposed?"), choices=ANSWERS)

    def __init__(self, functions: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["function"].choices = [("", "–"), *((f, f) for f in functions)]  # type: ignore[attr-defined]


class DissentForm(Form):
    """A different view of the harm, kept and signed with the rest."""

    severity = forms.TypedChoiceField(label=_("How severe, in your view"), coerce=int, choices=[(level.value, level.label) for level in HarmSeverity])  # fmt: skip
    because = BecauseField()


class ControlForm(Form):
    """A control: what it is, who employs it, and what it would lower."""

    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("compensating_control", _("Compensating: used in the absence of a designed-in control")), ("design_control", _("Designed in: part of the device"))])  # fmt: skip
    external_to_design = forms.ChoiceField(label=_("Is it external to the device's design?"), choices=ANSWERS)
    field_configurable = forms.ChoiceField(label=_("Is it configurable in the field?"), choices=ANSWERS)
    employed_by_user = forms.ChoiceField(label=_("Is it employed by a user?"), choices=ANSWERS)
    employed_by = forms.CharField(label=_("Who employs it"), required=False, max_length=200, help_text=_("e.g. hospital IT"))  # fmt: skip
    where = forms.CharField(label=_("Where"), required=False, max_length=400)
    instructions = TextField(label=_("Instructions"), required=False)
    skill = forms.CharField(label=_("Skill it needs"), required=False, max_length=400)
    lowers_exploitability_to = forms.ChoiceField(label=_("Lowers exploitability to"), required=False, choices=[("", _("does not")), *((e.word, e.label) for e in Exploitability)])  # fmt: skip
    lowers_harm_to = forms.ChoiceField(label=_("Lowers severity of harm to"), required=False, choices=[("", _("does not")), *((h.word, h.label) for h in HarmSeverity)])  # fmt: skip


class VerifyControlForm(Form):
    """That a control's effect is verified, and whether it adds risk."""

    on = DateField(label=_("Verified on"))
    evidence = TextField(label=_("What shows it"), rows=2)
    adds_risk = forms.ChoiceField(label=_("Does it add more risk than the vulnerability?"), choices=ANSWERS)
    adds_risk_because = TextField(label=_("Why, or why not"), rows=2)


class InUseForm(Form):
    """That a recommended control is in use."""

    on = DateField(label=_("Since"))
    where = forms.CharField(label=_("Where"), max_length=400)
    evidence = TextField(label=_("What shows it"), rows=2)


class EndControlForm(Form):
    """That a control no longer counts."""

    how = forms.ChoiceField(label=_("What became of it"), choices=[("failed", _("It failed")), ("expired", _("Its verification no longer holds")), ("retired", _("It is retired"))])  # fmt: skip
    because = BecauseField()


class ReasonForm(Form):
    """A step that only needs its reason."""

    because = BecauseField()


class OptionalReasonForm(Form):
    """A step whose reason may be left out."""

    because = BecauseField(required=False)


class SignForm(Form, SignatureMixin):
    """A signature with its reason."""

    because = BecauseField()
    field_order = ("because", "password")


class JudgeForm(Form, SignatureMixin):
    """A judgement cell: a person decides, and signs; the second person signs the same."""

    judgement = forms.ChoiceField(label=_("Your judgement"), widget=forms.RadioSelect, choices=[("uncontrolled", _("Uncontrolled")), ("controlled", _("Controlled"))])  # fmt: skip
    because = BecauseField()
    field_order = ("judgement", "because", "password")


class ReassessForm(Form):
    """When to look again."""

    on = DateField(label=_("Assess again by"))
    because = BecauseField()
