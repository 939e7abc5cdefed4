"""Consignees, their sites, whom to reach there, and the identifiers our devices carry: entered and changed by people.

Personal data of contacts stays in their rows, where it can be blanked; evidence names the fields that changed, no more.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model

from suture.accounts.models import Person
from suture.accounts.queries import sees
from suture.accounts.services import new_uid, require
from suture.core.errors import InvalidValue, NotFound
from suture.core.udi import agency_of
from suture.evidence.services import record
from suture.inventory.field.queries import visible_contacts
from suture.inventory.models import Consignee, Contact, DeviceIdentifier, Product, Site

PERSONAL = ("name", "email", "phone")


def _clean(row: Model) -> None:
    """Every problem of a row in one error.

    Raises:
        InvalidValue: field by field, what is wrong.
    """
    try:
        row.full_clean(exclude={"uid"}, validate_unique=True)
    except ValidationError as error:
        raise InvalidValue(
            "; ".join(f"{field}: {' '.join(says)}" for field, says in error.message_dict.items())
        ) from error
    zone = getattr(row, "time_zone", "")
    if zone and zone not in available_timezones():
        raise InvalidValue(f"time zone: '{zone}' is none; write it as Europe/Berlin or America/Chicago")


def _locked_consignee(uid: UUID | str, by: Person) -> Consignee:
    row = Consignee.objects.select_for_update().filter(uid=uid).first()
    if row is None or not sees(by, row.wall):
        raise NotFound("there is no such record")
    return row


def _plain(value: Any) -> Any:
    return getattr(value, "uid", value)


def _changed(row: Consignee | Site, fields: dict[str, Any]) -> dict[str, Any]:
    before = {name: _plain(getattr(row, name)) for name in fields}
    for name, value in fields.items():
        setattr(row, name, value)
    _clean(row)
    row.save(update_fields=list(fields))
    return {"before": before, "after": {name: _plain(value) for name, value in fields.items()}}


def add_consignee(*, by: Person, **fields: Any) -> Consignee:
    """Enter somebody who has devices of ours. Fields as in `Consignee`.

    Raises:
        InvalidValue: field by field, what is wrong.
    """
    with transaction.atomic():
        require(by, "field.describe")
        row = Consignee(uid=new_uid(), **fields)
        _clean(row)
        row.save()
        record(by=by, did="consignee.added", to=row, facts={n: _plain(v) for n, v in fields.items()})
    return row


def change_consignee(*, consignee_uid: UUID | str, by: Person, because: str, **fields: Any) -> Consignee:
    """Change what is known of a consignee; before and after go into evidence."""
    with transaction.atomic():
        row = _locked_consignee(consignee_uid, by)
        require(by, "field.describe", row)
        record(by=by, did="consignee.changed", to=row, because=because, facts=_changed(row, fields))
    return row


def add_site(*, consignee_uid: UUID | str, by: Person, **fields: Any) -> Site:
    """Enter a place of a consignee. Fields as in `Site`."""
    with transaction.atomic():
        consignee = _locked_consignee(consignee_uid, by)
        require(by, "field.describe", consignee)
        row = Site(uid=new_uid(), consignee=consignee, **fields)
        _clean(row)
        row.save()
        record(by=by, did="site.added", to=row, facts={**fields, "consignee": consignee.uid})
    return row


def change_site(*, site_uid: UUID | str, by: Person, because: str, **fields: Any) -> Site:
    """Change what is known of a site; before and after go into evidence."""
    with transaction.atomic():
        row = Site.objects.select_for_update().filter(uid=site_uid).first()
        if row is None:
            raise NotFound("there is no such record")
        require(by, "field.describe", row)
        record(by=by, did="site.changed", to=row, because=because, facts=_changed(row, fields))
    return row


def add_contact(*, consignee_uid: UUID | str, by: Person, site_uid: UUID | str = "", **fields: Any) -> Contact:
    """Enter somebody at a consignee whom we may reach; at one site, or at all of them."""
    with transaction.atomic():
        consignee = _locked_consignee(consignee_uid, by)
        require(by, "field.describe", consignee)
        site = consignee.sites.filter(uid=site_uid).first() if site_uid else None
        if site_uid and site is None:
            raise NotFound("this consignee has no such site")
        row = Contact(uid=new_uid(), consignee=consignee, site=site, **fields)
        _clean(row)
        row.save()
        record(
            by=by, did="contact.added", to=row,
            facts={n: v for n, v in fields.items() if n not in PERSONAL} | {"consignee": consignee.uid},
        )  # fmt: skip
    return row


def change_contact(*, contact_uid: UUID | str, by: Person, because: str, **fields: Any) -> Contact:
    """Change a contact. Evidence says which fields changed, and of personal ones not to what."""
    with transaction.atomic():
        row = visible_contacts(by).select_for_update(of=("self",)).filter(uid=contact_uid).first()
        if row is None:
            raise NotFound("there is no such record")
        require(by, "field.describe", row)
        moved = sorted(name for name, value in fields.items() if getattr(row, name) != value)
        told = {name: getattr(row, name) for name in moved if name not in PERSONAL}
        for name, value in fields.items():
            setattr(row, name, value)
        _clean(row)
        row.save(update_fields=list(fields))
        record(
            by=by, did="contact.changed", to=row, because=because,
            facts={"changed": moved, "before": told, "after": {name: getattr(row, name) for name in told}},
        )  # fmt: skip
    return row


def blank_contact(*, contact_uid: UUID | str, by: Person, because: str) -> Contact:
    """Remove a contact's name, address and number for good. The row stays, so that old records keep their meaning."""
    return change_contact(
        contact_uid=contact_uid, by=by, because=because, active=False, **dict.fromkeys(PERSONAL, "")
    )  # fmt: skip


def add_identifier(*, product: Product, di: str, by: Person, about: str = "", because: str = "") -> DeviceIdentifier:
    """Enter a UDI-DI of a product. Of which agency it is, its form tells; a form that fits none is kept as given."""
    with transaction.atomic():
        require(by, "product.describe", product)
        given = di.strip().removeprefix("(01)")
        row = DeviceIdentifier(uid=new_uid(), product=product, di=given, agency=agency_of(given).value, about=about)
        _clean(row)
        row.save()
        record(by=by, did="identifier.added", to=row, because=because, facts={"product": product.uid, "about": about})
    return row
