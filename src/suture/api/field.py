"""Units by API: service systems hand in what they know, and read what is known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field as Limited

from suture.api.auth import caller
from suture.api.paging import LARGEST_PAGE, read_cursor, write_cursor
from suture.api.problems import REFUSALS, ProblemAt
from suture.formats.field_file import Field, Listing
from suture.inventory.field.importing import Told, take_in_units
from suture.inventory.field.queries import visible_units
from suture.inventory.models import Unit

field_router = Router(tags=["field"])
MOST = 10_000
PageSize = Annotated[int, Limited(ge=1, le=LARGEST_PAGE)]
Text = Annotated[str, Limited(max_length=500)]


class UnitIn(Schema):
    """What a system knows of one unit. What is left empty says nothing and leaves what is known."""

    udi: Text = ""
    udi_di: Text = ""
    product: Text = ""
    serial: Text = ""
    lot: Text = ""
    release: Text = ""
    consignee: Text = ""
    consignee_name: Text = ""
    consignee_kind: Text = ""
    site: Text = ""
    country: Text = ""
    manufactured_on: Text = ""
    expires_on: Text = ""
    distributed_on: Text = ""
    last_known_on: Text = ""
    state: Text = ""
    implanted: Text = ""
    home_use: Text = ""
    evidence: Text = ""


class UnitsIn(Schema):
    """Up to 10,000 units at once. `preview`: only say what it would do."""

    units: Annotated[list[UnitIn], Limited(min_length=1, max_length=MOST)]
    from_whom: Annotated[str, Limited(max_length=200)] = ""
    as_of: date | None = None
    new_places: bool = False
    preview: bool = False


class UnitsTaken(Schema):
    """What came of it. With problems nothing was written; a row's number counts from 1."""

    rows: int
    new: int
    changed: int
    same: int
    older: int
    problem_count: int
    problems: list[ProblemAt]
    report: UUID | None
    result_sha256: str


class UnitOut(Schema):
    """One unit. The serial number of an implanted one is left out (21 CFR 806.40); `release` null: not known."""

    uid: UUID
    product: str
    udi_di: str
    serial: str
    lot: str
    release: str | None
    state: str
    consignee: str
    site: str
    last_known_on: date | None
    home_use: bool


class UnitPage(Schema):
    """A page of units; `next` is the cursor of the following one, null at the end."""

    items: list[UnitOut]
    next: str | None


@field_router.put(
    "/field/units", response={200: UnitsTaken, 422: UnitsTaken, **{k: v for k, v in REFUSALS.items() if k != 422}},
    summary="Hand in units",
)  # fmt: skip
def hand_in_units(request: HttpRequest, body: UnitsIn) -> Any:
    """All of them or none; the same units twice change nothing. Units are named by device and serial number."""
    plain = [unit.dict() for unit in body.units]
    names = [field.value for field in Field]
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    def rows() -> Iterator[tuple[int, Sequence[str]]]:
        for number, unit in enumerate(plain, 1):
            yield number, [unit[name] for name in names]

    told = Told(
        source=Unit.Source.SERVICE_SYSTEM, from_whom=body.from_whom, as_of=body.as_of, new_places=body.new_places,
        file_name="api", sha256=hashlib.sha256(text.encode()).hexdigest(),
    )  # fmt: skip
    found = take_in_units(
        listing=Listing(tuple(names), rows()), told=told, by=caller(request), apply=not body.preview
    )  # fmt: skip
    answer = {
        "rows": found.rows, "new": found.new, "changed": found.changed, "same": found.same, "older": found.older,
        "problem_count": found.problem_count,
        "problems": [{"where": p.where, "what": p.what, "mend": p.mend} for p in found.problems],
        "report": found.report.uid if found.report else None,
        "result_sha256": found.report.result_sha256 if found.report else "",
    }  # fmt: skip
    return Status(422, answer) if found.problem_count else answer


@field_router.get("/field/units", response={200: UnitPage, **REFUSALS}, summary="List units")
def list_units(
    request: HttpRequest, cursor: str = "", limit: PageSize = 200, release: UUID | None = None,
    product: UUID | None = None,
) -> Any:  # fmt: skip
    """Units this person may see, retired ones included, in the order they were entered."""
    rows = visible_units(caller(request)).filter(pk__gt=read_cursor(cursor))
    if release:
        rows = rows.filter(release__uid=release)
    if product:
        rows = rows.filter(product__uid=product)
    found = list(rows.select_related("product", "identifier", "release", "site__consignee").order_by("pk")[: limit + 1])
    more = len(found) > limit
    return {"items": [_out(u) for u in found[:limit]], "next": write_cursor(found[limit - 1].pk) if more else None}


def _out(u: Unit) -> dict[str, Any]:
    return {
        "uid": u.uid, "product": u.product.brand_name, "udi_di": u.identifier.di if u.identifier else u.product.udi_di,
        "serial": u.shown_serial, "lot": u.lot, "release": u.release.version if u.release else None,
        "state": str(Unit.State(u.state).label), "consignee": u.site.consignee.reference, "site": u.site.name,
        "last_known_on": u.last_known_on, "home_use": u.home_use,
    }  # fmt: skip
