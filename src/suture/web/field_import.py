"""The import wizard: hand in a list, see what every row would do, then take all of it in, or nothing.

Between the steps the list lies in the blob store; the address of a preview names it in a signed token, which says who
handed it in, so that nobody reads another file by its hash.
"""

from __future__ import annotations

import io
from typing import Any

from django import forms
from django.contrib import messages
from django.core.signing import BadSignature, dumps, loads
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from suture.accounts.services import require
from suture.core.errors import FormatError, NotFound
from suture.formats.field_file import Field, Listing, mapping_of, open_listing
from suture.inventory.blobs import keep_blob, read_blob
from suture.inventory.field.importing import Outcome, Told, take_in_units
from suture.inventory.models import Unit
from suture.web.forms import DateField, Form, labelled
from suture.web.pages import person_of, take_form

SALT = "suture.field.import"
VALID = 24 * 3600  # seconds a preview may wait
LARGEST_HERE = 100 * 2**20  # bytes; beyond, the command line


class ListForm(Form):
    """A list of units and where it comes from."""

    file = forms.FileField(
        label=gettext_lazy("List"),
        help_text=gettext_lazy(
            "CSV or XLSX with a header line; up to 100 MB. Larger ones at the command line: suture field import."
        ),
    )
    source = forms.TypedChoiceField(label=gettext_lazy("Told by"), coerce=int, choices=labelled(Unit.Source.choices))
    from_whom = forms.CharField(label=gettext_lazy("Who exactly"), max_length=200, required=False)
    as_of = DateField(
        label=gettext_lazy("The list was true on"),
        required=False,
        help_text=gettext_lazy("For rows that do not say when the unit was last known."),
    )
    new_places = forms.BooleanField(
        label=gettext_lazy("Add consignees and sites that are not entered yet"), required=False
    )

    def clean_file(self) -> Any:
        """Not beyond what a person waits for."""
        if self.cleaned_data["file"].size > LARGEST_HERE:
            raise forms.ValidationError(_("More than 100 MB; take it in with: suture field import"))
        return self.cleaned_data["file"]


@require_http_methods(["GET", "POST"])
def hand_in(request: HttpRequest) -> HttpResponse:
    """Step 1: the list."""
    require(person_of(request), "field.import")
    form = ListForm(request.POST or None, request.FILES or None)

    def keep() -> str:
        said = form.cleaned_data
        data = said["file"].read()
        open_listing(io.BytesIO(data), len(data))  # refuses here what cannot be read at all
        return dumps(
            {
                "sha256": keep_blob(data), "name": said["file"].name[:200], "by": str(person_of(request).uid),
                "source": said["source"], "from": said["from_whom"], "new": said["new_places"],
                "as_of": said["as_of"].isoformat() if said["as_of"] else "",
            },
            salt=SALT, compress=True,
        )  # fmt: skip

    return take_form(
        request, form, keep, lambda token: redirect("field-import-preview", token), "web/form.html",
        {
            "place": "field", "title": _("Import units"), "submit": _("Look at it"), "back": "/field/",
            "sub": _("Nothing is saved before you have seen what every row would do."),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """Steps 2 and 3: which column says what, every problem, every change; then all of it or nothing."""
    person = person_of(request)
    require(person, "field.import")
    try:
        said = loads(token, salt=SALT, max_age=VALID)
    except BadSignature:
        raise NotFound("this preview is over; hand in the list again") from None
    if said["by"] != str(person.uid):
        raise NotFound("there is no such record")
    data = read_blob(said["sha256"])
    listing = open_listing(io.BytesIO(data), len(data))
    mapping = _mapping(request, listing)
    told = Told(
        source=Unit.Source(said["source"]), from_whom=said["from"], new_places=said["new"],
        as_of=forms.DateField().to_python(said["as_of"] or None), file_name=said["name"], sha256=said["sha256"],
    )  # fmt: skip
    outcome: Outcome | None = None
    refused: FormatError | None = None
    try:
        outcome = take_in_units(listing=listing, told=told, by=person, apply=request.method == "POST", mapping=mapping)
    except FormatError as error:
        refused = error
    if outcome is not None and outcome.report is not None:
        messages.success(request, _("Taken in: %(new)s new units, %(changed)s changed.") % {
            "new": f"{outcome.new:,}", "changed": f"{outcome.changed:,}",
        })  # fmt: skip
        return redirect("field")
    return render(
        request, "web/field_preview.html",
        {
            "place": "field", "token": token, "told": told, "outcome": outcome, "refused": refused,
            "columns": [(at, name, mapping_name(mapping, at)) for at, name in enumerate(listing.header) if name],
            "fields": [(f.value, f.value.replace("_", " ")) for f in Field],
        },
        status=422 if refused or request.method == "POST" else 200,
    )  # fmt: skip


def mapping_name(mapping: dict[Field, int], place: int) -> str:
    """What a column was taken for; '' for one that is not read."""
    return next((field.value for field, at in mapping.items() if at == place), "")


def _mapping(request: HttpRequest, listing: Listing) -> dict[Field, int]:
    """Chosen in the address (c0=serial&c1=…), or by the columns' names."""
    asked = request.POST if request.method == "POST" else request.GET
    if not any(key[:1] == "c" and key[1:].isdigit() for key in asked):
        return mapping_of(listing.header)
    known = {field.value: field for field in Field}
    chosen: dict[Field, int] = {}
    for place in range(len(listing.header)):
        field = known.get(asked.get(f"c{place}", ""))
        if field is not None:
            chosen.setdefault(field, place)
    return chosen
