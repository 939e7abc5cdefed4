"""What people do in the field: enter consignees, sites, contacts; confirm, lend, sell, lose, retire a unit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from suture.core.errors import NotFound
from suture.inventory.field.places import (
    add_consignee,
    add_contact,
    add_site,
    blank_contact,
    change_consignee,
    change_contact,
    change_site,
)
from suture.inventory.field.queries import (
    consignee_named,
    site_named,
    unit_named,
    visible_consignees,
    visible_contacts,
    visible_sites,
)
from suture.inventory.field.units import (
    lend_unit,
    lose_unit,
    record_last_known,
    retire_unit,
    return_unit,
    sell_unit,
)
from suture.inventory.models import Consignee, Contact, Release, Unit
from suture.web.forms import BecauseField, DateField, Form, labelled, plain
from suture.web.frame import frame_of
from suture.web.pages import person_of, take_form
from suture.web.release import FORM

BOTH = ["GET", "POST"]
COUNTRY = gettext_lazy("Two letters, as in US or DE. Leave empty when not known.")


class ConsigneeForm(Form):
    """Who has devices of ours."""

    reference = forms.CharField(
        label=gettext_lazy("Customer number"),
        max_length=60,
        help_text=gettext_lazy("As your order system has it; lists of units name the consignee by it."),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        help_text=gettext_lazy("For a user at home: the provider's reference, never a patient's name."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=labelled(Consignee.Kind.choices))
    through = forms.ModelChoiceField(
        label=gettext_lazy("Reached through"),
        required=False,
        queryset=Consignee.objects.none(),
        to_field_name="uid",
        help_text=gettext_lazy("For a user at home: the provider that knows who they are."),
    )
    address = forms.CharField(label=gettext_lazy("Address"), required=False, max_length=400)
    country = forms.CharField(label=gettext_lazy("Country"), required=False, max_length=2, help_text=COUNTRY)
    phone = forms.CharField(label=gettext_lazy("Telephone"), required=False, max_length=60)

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        providers = visible_consignees(person_of(request)).filter(kind=Consignee.Kind.HOME_CARE)
        self.fields["through"].queryset = providers  # type: ignore[attr-defined]


class SiteForm(Form):
    """A place where units stand."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=200, help_text=gettext_lazy("A building, ward or depot.")
    )
    address = forms.CharField(label=gettext_lazy("Address"), required=False, max_length=400)
    country = forms.CharField(label=gettext_lazy("Country"), required=False, max_length=2, help_text=COUNTRY)
    time_zone = forms.CharField(
        label=gettext_lazy("Time zone"), required=False, max_length=60, help_text=gettext_lazy("E.g. America/Chicago.")
    )
    home_use = forms.BooleanField(label=gettext_lazy("Devices are used in patients' homes from here"), required=False)


class ContactForm(Form):
    """Whom we may write to or ring. Personal data: it can be blanked for good."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=labelled(Contact.Role.choices))
    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=200)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    phone = forms.CharField(label=gettext_lazy("Telephone"), required=False, max_length=60)
    language = forms.CharField(
        label=gettext_lazy("Language"), initial="en", max_length=10, help_text=gettext_lazy("As in en, de, pt-BR.")
    )
    channel = forms.ChoiceField(label=gettext_lazy("Best reached by"), choices=plain(Contact.Channel.choices))


def _because(form: Form) -> Form:
    form.add("because", BecauseField())
    return form


def _page(**more: Any) -> dict[str, Any]:
    return {"place": "field", **more}


@require_http_methods(BOTH)
def consignee_new(request: HttpRequest) -> HttpResponse:
    """Enter a consignee."""
    form = ConsigneeForm(request, request.POST or None)
    return take_form(
        request, form, lambda: add_consignee(by=person_of(request), **form.cleaned_data),
        lambda row: redirect("consignee", row.uid), FORM,
        _page(title=_("Enter a consignee"), submit=_("Enter"), back=reverse("consignees"),
              sub=_("Any person or firm that has received, bought or used a device of ours (21 CFR 806.2(c)).")),
    )  # fmt: skip


@require_http_methods(BOTH)
def consignee_change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change what is known of a consignee."""
    row = consignee_named(person_of(request), uid)
    names = ("reference", "name", "kind", "address", "country", "phone")
    first = {name: getattr(row, name) for name in names} | {"through": row.through.uid if row.through else None}
    form = _because(ConsigneeForm(request, request.POST or None, initial=first))
    return take_form(
        request, form, lambda: change_consignee(consignee_uid=uid, by=person_of(request), **form.cleaned_data),
        lambda row: redirect("consignee", row.uid), FORM,
        _page(title=_("Change %(name)s") % {"name": row.name}, submit=_("Change"),
              back=reverse("consignee", args=[uid])),
    )  # fmt: skip


@require_http_methods(BOTH)
def site_new(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Enter a site of a consignee."""
    row, form = consignee_named(person_of(request), uid), SiteForm(request.POST or None)
    return take_form(
        request, form, lambda: add_site(consignee_uid=uid, by=person_of(request), **form.cleaned_data),
        lambda site: redirect("site", site.uid), FORM,
        _page(title=_("Enter a site"), sub=row.name, submit=_("Enter"), back=reverse("consignee", args=[uid])),
    )  # fmt: skip


@require_http_methods(BOTH)
def site_change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change what is known of a site."""
    row = site_named(person_of(request), uid)
    names = ("name", "address", "country", "time_zone", "home_use")
    form = _because(SiteForm(request.POST or None, initial={name: getattr(row, name) for name in names}))
    return take_form(
        request, form, lambda: change_site(site_uid=uid, by=person_of(request), **form.cleaned_data),
        lambda site: redirect("site", site.uid), FORM,
        _page(title=_("Change %(name)s") % {"name": row.name}, submit=_("Change"), back=reverse("site", args=[uid])),
    )  # fmt: skip


@require_http_methods(BOTH)
def contact_new(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Enter somebody at a consignee."""
    row, form = consignee_named(person_of(request), uid), ContactForm(request.POST or None)
    return take_form(
        request, form, lambda: add_contact(consignee_uid=uid, by=person_of(request), **form.cleaned_data),
        lambda contact: redirect("consignee", uid), FORM,
        _page(title=_("Enter a contact"), sub=row.name, submit=_("Enter"), back=reverse("consignee", args=[uid]),
              says=_("Kept apart from the proof: it can be blanked, and evidence holds no name or address.")),
    )  # fmt: skip


@require_http_methods(BOTH)
def contact_change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change a contact, or blank it."""
    row = visible_contacts(person_of(request)).filter(uid=uid).first()
    if row is None:
        raise NotFound("there is no such record")
    names = ("role", "name", "email", "phone", "language", "channel")
    form = _because(ContactForm(request.POST or None, initial={name: getattr(row, name) for name in names}))
    form.add("blank", forms.BooleanField(label=_("Blank name, address and number for good"), required=False))
    consignee = row.consignee.uid

    def verb() -> Contact:
        said = dict(form.cleaned_data)
        because = said.pop("because")
        if said.pop("blank"):
            return blank_contact(contact_uid=uid, by=person_of(request), because=because)
        return change_contact(contact_uid=uid, by=person_of(request), because=because, **said)

    return take_form(
        request, form, verb, lambda contact: redirect("consignee", consignee), FORM,
        _page(title=_("Change a contact"), sub=row.consignee.name, submit=_("Change"),
              back=reverse("consignee", args=[consignee])),
    )  # fmt: skip


# ---------------------------------------------------------------- units


class SeenForm(Form):
    """Where a unit was, what ran on it, when, from whom."""

    seen_on = DateField(label=gettext_lazy("On which day"))
    release = forms.ChoiceField(label=gettext_lazy("Release that runs on it"), required=False)
    source = forms.TypedChoiceField(
        label=gettext_lazy("Told by"), coerce=int, choices=labelled(Unit.Source.choices), initial=Unit.Source.CONSIGNEE
    )
    from_whom = forms.CharField(
        label=gettext_lazy("Who exactly"),
        max_length=200,
        help_text=gettext_lazy("A role or a document, e.g. 'biomedical engineering, mail of 3 March'."),
    )

    def __init__(self, unit: Unit, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.releases = {str(r.uid): r for r in Release.objects.filter(product=unit.product).select_related("product")}
        self.fields["release"].choices = [  # type: ignore[attr-defined]
            *((uid, r.version) for uid, r in self.releases.items()), ("", _("not known")),
        ]  # fmt: skip
        self.fields["release"].initial = str(unit.release.uid) if unit.release else ""


@require_http_methods(BOTH)
def unit_seen(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Record what was last known of a unit."""
    row = unit_named(person_of(request), uid)
    form = SeenForm(row, request.POST or None, initial={"seen_on": frame_of(request).today})

    def verb() -> Unit:
        said = form.cleaned_data
        return record_last_known(
            unit_uid=uid, by=person_of(request), seen_on=said["seen_on"], source=Unit.Source(said["source"]),
            from_whom=said["from_whom"], release=form.releases.get(said["release"]),
        )  # fmt: skip

    return take_form(
        request, form, verb, lambda unit: redirect("unit", uid), FORM,
        _page(title=_("What is known of it"), sub=row.label, submit=_("Record"), back=reverse("unit", args=[uid])),
    )  # fmt: skip


class ActForm(Form):
    """What became of a unit, when, who says so, and where it went."""

    on = DateField(label=gettext_lazy("On which day"))
    because = BecauseField(label=gettext_lazy("Who told us, and why"))


ACTS = {
    "lend": (lend_unit, gettext_lazy("Lent"), "needs"), "sell": (sell_unit, gettext_lazy("Sold on"), "may"),
    "return": (return_unit, gettext_lazy("Back in the field"), "may"), "lose": (lose_unit, gettext_lazy("Lost"), ""),
}  # fmt: skip


@require_http_methods(BOTH)
def unit_act(request: HttpRequest, uid: UUID, act: str) -> HttpResponse:
    """Record that a unit was lent, sold on, lost, or is back."""
    person = person_of(request)
    row = unit_named(person, uid)
    if act not in ACTS:
        raise NotFound("there is no such page")
    verb, title, place = ACTS[act]
    form = ActForm(request.POST or None, initial={"on": frame_of(request).today})
    if place:
        form.add("to", forms.CharField(
            label=_("To which site"), required=place == "needs",
            help_text=_("Customer number and site, as in 'C-1001, Main site'."),
        ))  # fmt: skip

    def perform() -> Unit:
        said = dict(form.cleaned_data)
        if to := said.pop("to", ""):
            reference, _comma, name = to.partition(",")
            said["to"] = visible_sites(person).filter(
                consignee__reference__iexact=reference.strip(), name__iexact=name.strip() or "Main site"
            ).first()  # fmt: skip
            if said["to"] is None:
                form.add_error("to", _("There is no such site; write customer number, comma, site."))
                return row
        return verb(unit_uid=uid, by=person, **said)  # type: ignore[operator,no-any-return]

    return take_form(
        request, form, perform, lambda unit: redirect("unit", uid), FORM,
        _page(title=title, sub=row.label, submit=_("Record"), back=reverse("unit", args=[uid])),
    )  # fmt: skip


class RetireForm(Form):
    """What shows that a unit is out of use."""

    on = DateField(label=gettext_lazy("On which day"))
    evidence = BecauseField(
        label=gettext_lazy("Evidence"),
        help_text=gettext_lazy(
            "A certificate of destruction, a returned label, a photograph: what an inspector would accept."
        ),
    )


@require_http_methods(BOTH)
def unit_retire(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a unit out of the field, with evidence."""
    row = unit_named(person_of(request), uid)
    form = RetireForm(request.POST or None, initial={"on": frame_of(request).today})
    return take_form(
        request, form, lambda: retire_unit(unit_uid=uid, by=person_of(request), **form.cleaned_data),
        lambda unit: redirect("unit", uid), FORM,
        _page(title=_("Retire"), sub=row.label, submit=_("Retire"), back=reverse("unit", args=[uid]),
              says=_("It leaves the denominator of every campaign and never counts again.")),
    )  # fmt: skip
