"""A device's own CPE names and what it has not: given, withdrawn; every change matches its releases again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from suture.detection.services import declare_absent, name_device, withdraw_absence, withdraw_name
from suture.inventory.models import AbsentPlatform, DeviceName, Product, Release
from suture.inventory.profile import entry_by_uid
from suture.web.forms import BecauseField, Form, TextField
from suture.web.pages import ask_why, one, person_of, take_form

FORM = "web/form.html"
EVIDENCE = gettext_lazy("What shows it")
EVIDENCE_HELP = gettext_lazy("A link, a document, a test: what an inspector could look at.")


class NameForm(Form):
    """One CPE name of the device itself."""

    cpe = forms.CharField(
        label=gettext_lazy("CPE name"), max_length=1000,
        help_text=gettext_lazy(
            "Firmware is part o, hardware part h, an application part a: "
            "cpe:2.3:o:northlake:boreal_v20_firmware:*:*:*:*:*:*:*:*"
        ),
    )  # fmt: skip
    release = forms.ModelChoiceField(
        label=gettext_lazy("Of which release"), queryset=Release.objects.none(), to_field_name="uid", required=False,
        empty_label=gettext_lazy("every release"),
    )  # fmt: skip
    version = forms.CharField(
        label=gettext_lazy("Version"), max_length=80, required=False,
        help_text=gettext_lazy("Leave empty where it is the release's own. Hardware needs none."),
    )  # fmt: skip
    because = BecauseField()
    evidence = TextField(label=EVIDENCE, help_text=EVIDENCE_HELP, rows=2)

    def __init__(self, product: Product, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = Release.objects.filter(product=product).select_related("product")
        self.fields["release"].queryset = choices  # type: ignore[attr-defined]


class AbsentForm(Form):
    """What the device has not, in any version."""

    name = forms.CharField(
        label=gettext_lazy("What it has not"),
        max_length=200,
        help_text=gettext_lazy("In words, e.g. Microsoft Windows"),
    )
    cpe = forms.CharField(
        label=gettext_lazy("As CPE name"), max_length=1000,
        help_text=gettext_lazy("cpe:2.3:o:microsoft:windows* means every product of that vendor whose name begins so."),
    )  # fmt: skip
    because = BecauseField()
    evidence = TextField(label=EVIDENCE, help_text=EVIDENCE_HELP, rows=2)


@require_http_methods(["GET", "POST"])
def name(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Give the device a CPE name of its own."""
    product = one(Product.objects.all(), uid=uid)
    form = NameForm(product, request.POST or None)
    return take_form(
        request, form,
        lambda: name_device(product=product, by=person_of(request), **form.cleaned_data),
        lambda _row: redirect("device", uid), FORM,
        _context(
            product, _("Add a CPE name of %(device)s itself") % {"device": product.brand_name}, _("Add the name"),
            _("Vulnerability records of the device itself are matched by it, exactly as those of its components are."),
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def absent(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say what the device has not."""
    product = one(Product.objects.all(), uid=uid)
    form = AbsentForm(request.POST or None)
    return take_form(
        request, form,
        lambda: declare_absent(product=product, by=person_of(request), **form.cleaned_data),
        lambda _row: redirect("device", uid), FORM,
        _context(
            product, _("What %(device)s has not") % {"device": product.brand_name}, _("Declare it absent"),
            _("Findings that depend on it are ruled out, with this reason beside them. It holds for every release."),
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Withdraw a CPE name; what it found goes, with why."""
    row = entry_by_uid(DeviceName, uid)
    return ask_why(
        request, lambda because: withdraw_name(uid=uid, by=person_of(request), because=because),
        lambda _row: redirect("device", row.product.uid),
        _context(
            row.product, _("Withdraw %(name)s") % {"name": row.package}, _("Withdraw"),
            _("Findings that rest on this name alone go, and keep their history."),
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def withdraw_absent(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take back that the device has not something."""
    row = entry_by_uid(AbsentPlatform, uid)
    return ask_why(
        request, lambda because: withdraw_absence(uid=uid, by=person_of(request), because=because),
        lambda _row: redirect("device", row.product.uid),
        _context(
            row.product, _("Take back: no %(name)s") % {"name": row.name}, _("Take back"),
            _("What it ruled out is conditional again."),
        ),
    )  # fmt: skip


@require_GET
def entry(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A CPE name stands on its device's page."""
    return redirect("device", entry_by_uid(DeviceName, uid).product.uid)


@require_GET
def absent_entry(request: HttpRequest, uid: UUID) -> HttpResponse:
    """An absence stands on its device's page."""
    return redirect("device", entry_by_uid(AbsentPlatform, uid).product.uid)


def _context(product: Product, title: str, submit: str, says: str) -> dict[str, Any]:
    back = f"/devices/{product.uid}/"
    return {"place": "devices", "title": title, "submit": submit, "says": says, "back": back}
