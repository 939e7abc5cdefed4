"""What several of the API's files ask for alike: one record by its uid, a reason, a page."""

from __future__ import annotations

from typing import Annotated, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from ninja import Schema
from pydantic import Field

from suture.accounts.models import Person
from suture.api.paging import LARGEST_PAGE
from suture.core.errors import NotFound
from suture.inventory.models import Product, Release

Row = TypeVar("Row", bound=Model)
PageSize = Annotated[int, Field(ge=1, le=LARGEST_PAGE)]
Offset = Annotated[int, Field(ge=0, le=10_000_000)]


class BecauseIn(Schema):
    """Why."""

    because: str


def release_of(uid: UUID) -> Release:
    """One release.

    Raises:
        NotFound: there is none of this uid.
    """
    return _one(Release.objects.select_related("product", "sbom"), uid, "release")


def product_of(uid: UUID) -> Product:
    """One device. Raises NotFound."""
    return _one(Product.objects.all(), uid, "device")


def person_of(uid: UUID) -> Person:
    """One person. Raises NotFound."""
    return _one(Person.objects.all(), uid, "person")


def _one(rows: QuerySet[Row], uid: UUID, what: str) -> Row:
    found = rows.filter(uid=uid).first()
    if found is None:
        raise NotFound(f"there is no such {what}")
    return found
