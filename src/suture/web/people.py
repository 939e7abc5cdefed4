"""People: who acts here, in which role; added by an administrator, never by themselves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from suture.accounts.models import Person, Signature, Wall
from suture.accounts.services import raise_wall, register_person, renew_password
from suture.core.roles import Role
from suture.web.forms import BecauseField, Form
from suture.web.pages import may_do, one, person_of, take_form

# The operator is the command line itself and signs nothing; nobody is given that role at a page.
GIVEN = [role for role in Role if role is not Role.OPERATOR]


class PersonForm(Form):
    """Who, in which roles."""

    printed_name = forms.CharField(
        label=gettext_lazy("Printed name"),
        max_length=200,
        help_text=gettext_lazy("As it will stand under every signature (21 CFR 11.50)."),
    )
    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Never given to a second person (21 CFR 11.100)."),
    )
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=60, required=False)
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(role.value, f"{role.label}: {role.does}") for role in GIVEN],
    )
    password = forms.CharField(
        label=gettext_lazy("First password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least twelve characters. Hand it over in person; they change it after signing in."),
    )


class NewPasswordForm(Form):
    """For somebody who lost theirs (21 CFR 11.300(c))."""

    password = forms.CharField(
        label=gettext_lazy("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least twelve characters. Hand it over in person; they change it after signing in."),
    )
    because = BecauseField(help_text=gettext_lazy("Lost, or known to somebody else; it is on record."))


class WallForm(Form):
    """What an embargo is called, and who is inside."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    admitted = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Admitted, besides you"),
        queryset=Person.objects.none(),
        to_field_name="uid",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    because = BecauseField()

    def __init__(self, people: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["admitted"].queryset = people  # type: ignore[attr-defined]


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Everybody."""
    return render(
        request,
        "web/people.html",
        {
            "place": "people", "people": Person.objects.order_by("kind", "printed_name"),
            "can_add": may_do(request, "person.add"), "can_wall": may_do(request, "wall.manage"),
            "walls": person_of(request).walls.prefetch_related("admitted").order_by("name"),
        },
    )  # fmt: skip


@require_GET
def person(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One person and what they signed."""
    row = one(Person.objects.all(), uid=uid)
    signed = Signature.objects.filter(signer=row).order_by("-signed_at")[:50]
    return render(
        request, "web/person.html",
        {
            "place": "people", "who": row, "signed": signed,
            "can_renew": may_do(request, "person.renew_password") and row.kind == Person.Kind.HUMAN,
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Add somebody."""
    form = PersonForm(request.POST or None)

    def verb() -> Person:
        given = dict(form.cleaned_data)
        return register_person(by=person_of(request), roles=[Role(r) for r in given.pop("roles")], **given)

    return take_form(
        request, form, verb, lambda row: redirect("people"), "web/form.html",
        {"place": "people", "title": _("Add somebody"), "submit": _("Add"), "back": "/people/"},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def new_password(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Give somebody a new password; their sessions end."""
    row = one(Person.objects.filter(kind=Person.Kind.HUMAN), uid=uid)
    form = NewPasswordForm(request.POST or None)
    return take_form(
        request, form,
        lambda: renew_password(
            username=row.username, password=form.cleaned_data["password"], by=person_of(request),
            because=form.cleaned_data["because"],
        ),
        lambda _row: redirect("person", uid), "web/form.html",
        {
            "place": "people", "title": _("New password for %(name)s") % {"name": row.printed_name},
            "submit": _("Renew it"), "back": f"/people/{uid}/",
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def add_wall(request: HttpRequest) -> HttpResponse:
    """Raise a wall and admit people to it."""
    others = Person.objects.filter(is_active=True, kind=Person.Kind.HUMAN).exclude(pk=person_of(request).pk)
    form = WallForm(others.order_by("printed_name"), request.POST or None)

    def verb() -> Wall:
        given = form.cleaned_data
        return raise_wall(
            name=given["name"], admitted=list(given["admitted"]), by=person_of(request), because=given["because"]
        )

    return take_form(
        request, form, verb, lambda _row: redirect("people"), "web/form.html",
        {
            "place": "people", "title": _("Raise a wall"), "submit": _("Raise it"), "back": "/people/",
            "says": _("A vulnerability or a case behind it does not exist for anybody outside, on no page."),
        },
    )  # fmt: skip
