"""Forms about what we ship: establishments, devices, safety statements, releases, SBOMs."""

# ruff: noqa: E501 (tables: one entry on a line)

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from suture.core.errors import InvalidValue
from suture.core.harm import HarmSeverity
from suture.inventory.models import Establishment, Product, Release
from suture.web.forms import BecauseField, DateField, Form, SignatureMixin, TextField, YesNoField, plain


class EstablishmentForm(Form):
    """A site: its registration, its address, its time zone."""

    name = forms.CharField(label=_("Name"), max_length=200)
    registration_number = forms.CharField(label=_("Registration number"), required=False, max_length=7, help_text=_("Seven digits; goes into the number of every 806 report (21 CFR 806.10(c)(1))."))  # fmt: skip
    address = forms.CharField(label=_("Address"), max_length=400)
    phone = forms.CharField(label=_("Telephone"), max_length=60)
    time_zone = forms.CharField(label=_("Time zone"), initial="America/New_York", help_text=_("Regulatory dates are dates of this place, e.g. America/Chicago."))  # fmt: skip


class ProductForm(Form):
    """A device with its regulatory profile. What is not known stays so: 'not known' is an answer of its own."""

    establishment = forms.ModelChoiceField(
        label=_("Establishment"), queryset=Establishment.objects.none(), to_field_name="uid"
    )
    brand_name = forms.CharField(label=_("Brand name"), max_length=200)
    common_name = forms.CharField(label=_("Usual name"), max_length=200, help_text=_("e.g. infusion pump"))
    device_class = forms.TypedChoiceField(label=_("Class"), coerce=int, empty_value=None, required=False, choices=[("", _("not known")), (1, "I"), (2, "II"), (3, "III")])  # fmt: skip
    pathway = forms.ChoiceField(label=_("Marketed under"), choices=Product.Pathway.choices)
    marketing_number = forms.CharField(label=_("Marketing number"), required=False, max_length=20, help_text=_("K…, DEN…, P… or H…"))  # fmt: skip
    marketing_date = DateField(label=_("Date of clearance or approval"), required=False)
    last_submission_date = DateField(label=_("Date of the last submission"), required=False, help_text=_("On or after 29 March 2023, section 524B applies to a cyber device."))  # fmt: skip
    product_code = forms.CharField(label=_("Product code"), required=False, max_length=3)
    listing_number = forms.CharField(label=_("Device listing number"), required=False, max_length=20)
    udi_di = forms.CharField(label=_("UDI-DI"), required=False, max_length=60)
    periodic_report_date = DateField(label=_("Next periodic report"), required=False, help_text=_("PMA and HDE only (21 CFR 814.84)."))  # fmt: skip
    tracking_order = YesNoField(label=_("Under a tracking order (21 CFR 821)"))
    cyber_has_software = YesNoField(label=_("Includes software validated, installed or authorised by us"))
    cyber_can_connect = YesNoField(label=_("Can connect to the internet"))
    cyber_could_be_vulnerable = YesNoField(label=_("Has technological characteristics that could be vulnerable to cybersecurity threats"))  # fmt: skip
    intended_use = TextField(label=_("Intended use"), required=False)
    environment = forms.ChoiceField(label=_("Where it is used"), required=False, choices=[("", _("not known")), *plain(Product.Environment.choices)])  # fmt: skip
    expected_life_months = forms.IntegerField(
        label=_("Expected life, months"), required=False, min_value=1, max_value=1200
    )
    supported_until = DateField(label=_("Supported until"), required=False)
    security_support_until = DateField(label=_("Security support until"), required=False)
    responsible_name = forms.CharField(label=_("Who conducts corrections: name"), required=False, max_length=200, help_text=_("Named in an 806 report (21 CFR 806.10(c)(2))."))  # fmt: skip
    responsible_title = forms.CharField(label=_("Title"), required=False, max_length=200)
    responsible_phone = forms.CharField(label=_("Telephone"), required=False, max_length=60)

    GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
        (_("The device"), ("establishment", "brand_name", "common_name", "intended_use", "environment")),
        (_("What regulates it"), ("device_class", "pathway", "marketing_number", "marketing_date", "last_submission_date", "product_code", "listing_number", "udi_di", "periodic_report_date", "tracking_order")),
        (_("Is it a cyber device? Three tests of FD&C Act 524B(c)"), ("cyber_has_software", "cyber_can_connect", "cyber_could_be_vulnerable")),
        (_("Life and support"), ("expected_life_months", "supported_until", "security_support_until")),
        (_("Who answers for it"), ("responsible_name", "responsible_title", "responsible_phone")),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["establishment"].queryset = Establishment.objects.order_by("name")  # type: ignore[attr-defined]

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields under their headings, for the template."""
        return [(title, [self[name] for name in names if name in self.fields]) for title, names in self.GROUPS]


class DescribeForm(ProductForm):
    """A change of the profile, with why."""

    because = BecauseField()
    GROUPS = (*ProductForm.GROUPS, (_("Why it changes"), ("because",)))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["establishment"]


class ReleaseForm(Form):
    """One version of a device's software, fielded or in development."""

    version = forms.CharField(label=_("Version"), max_length=80)
    state = forms.ChoiceField(label=_("State"), choices=plain(Release.State.choices), help_text=_("In development too: a vulnerability is answered for every version (guidance §X.B)."))  # fmt: skip
    released_on = DateField(label=_("Released on"), required=False)
    first_distributed_on = DateField(label=_("First distributed on"), required=False)
    last_distributed_on = DateField(label=_("Last distributed on"), required=False)
    units_distributed = forms.IntegerField(label=_("Units distributed"), required=False, min_value=0, max_value=2_000_000_000, help_text=_("Leave empty when not known; it is then shown as not known, never as 0."))  # fmt: skip
    authorisation = forms.CharField(label=_("Authorised under"), required=False, max_length=200, help_text=_("Which submission, or why none was needed."))  # fmt: skip
    end_of_support = DateField(label=_("End of support"), required=False)


class SbomForm(Form):
    """An SBOM file."""

    file = forms.FileField(label=_("SBOM file"), help_text=_("CycloneDX 1.4 to 1.7 or SPDX 2.3, JSON."))


HARM_CHOICES = [(level.value, f"{level.label}: {level.description}") for level in HarmSeverity]


class FunctionForm(Form):
    """One function of a statement of safety and essential performance."""

    name = forms.CharField(label=_("Function"), max_length=200, required=False)
    limits = forms.CharField(label=_("Limits within which it must work"), max_length=400, required=False)
    if_compromised = forms.CharField(label=_("What happens to the patient if it is compromised"), max_length=400, required=False)  # fmt: skip
    worst_harm = forms.TypedChoiceField(label=_("Worst harm"), coerce=int, empty_value=None, required=False, choices=[("", "–"), *HARM_CHOICES])  # fmt: skip

    def value(self) -> dict[str, Any]:
        """The function as the room stores it; empty when the row was left blank."""
        filled = {key: value for key, value in self.cleaned_data.items() if value not in ("", None)}
        if filled and len(filled) < 4:
            raise InvalidValue(f"the function '{filled.get('name', '?')}' lacks a field; fill all four or none")
        return filled


class StatementForm(Form):
    """The rest of the statement."""

    acceptance_criteria = TextField(label=_("Acceptance criteria"), help_text=_("When is a risk to these functions acceptable? In the words of your risk management plan (ISO 14971)."))  # fmt: skip


class ApproveForm(Form, SignatureMixin):
    """Approve by signature: why, and the password."""

    because = BecauseField(required=False)
    field_order = ("because", "password")
