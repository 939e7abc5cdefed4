"""The API's operations on a device's profile: its own CPE names, what it has not, and what that ruled out."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from suture.api.auth import caller
from suture.api.problems import REFUSALS
from suture.api.records import BecauseIn, Offset, PageSize, product_of, release_of
from suture.detection.queries import ruled_out_in
from suture.detection.services import declare_absent, name_device, withdraw_absence, withdraw_name
from suture.inventory.models import AbsentPlatform, DeviceName
from suture.inventory.profile import entries_of

router = Router(tags=["device profile"])


class EntryOut(Schema):
    """What the profile says, with why; `ended_at` is null while it stands."""

    uid: UUID
    cpe: str
    covers: str  # part:vendor:product; of an absence with '*' where it means every name that begins so
    because: str
    evidence: str
    by: str
    since: datetime
    ended_at: datetime | None
    ended_because: str


class NameOut(EntryOut):
    """A CPE name of the device itself. `version` '': the release's own; `release` null: every release."""

    kind: str  # firmware, device (hardware) or application
    version: str
    release: UUID | None


class AbsentOut(EntryOut):
    """What the device has not, in any version."""

    name: str


class ProfileOut(Schema):
    """A device's profile for matching."""

    device: str
    names: list[NameOut]
    absent: list[AbsentOut]


class NameIn(Schema):
    """A CPE name of the device itself."""

    cpe: str
    because: str
    evidence: str
    version: str = ""
    release: UUID | None = None


class AbsentIn(Schema):
    """What the device has not, in words and as a CPE name ('cpe:2.3:o:microsoft:windows*')."""

    name: str
    cpe: str
    because: str
    evidence: str


class RuledOutOut(Schema):
    """In a stated range, and ruled out by the record's own conditions."""

    vulnerability: str
    component: str
    ref: str
    says: str
    because: str
    source: str
    record: str


class RuledOutPage(Schema):
    """A page, by vulnerability."""

    total: int
    items: list[RuledOutOut]


@router.get("/products/{uid}/profile", response={200: ProfileOut, **REFUSALS}, summary="The device itself")
def read_profile(request: HttpRequest, uid: UUID) -> Any:
    """Under which CPE names records speak of a device itself, and what it has not; what was withdrawn as well."""
    caller(request)
    product = product_of(uid)
    names, absent = entries_of(product)
    return {
        "device": product.brand_name, "names": [_name(row) for row in names],
        "absent": [_absent(row) for row in absent],
    }  # fmt: skip


@router.post("/products/{uid}/names", response={201: NameOut, **REFUSALS}, summary="Name the device itself")
def add_name(request: HttpRequest, uid: UUID, body: NameIn) -> Any:
    """Give a device a CPE name of its own; its releases are matched again."""
    row = name_device(
        product=product_of(uid), cpe=body.cpe, because=body.because, evidence=body.evidence, version=body.version,
        release=release_of(body.release) if body.release else None, by=caller(request),
    )  # fmt: skip
    return Status(201, _name(row))


@router.post("/products/{uid}/absent", response={201: AbsentOut, **REFUSALS}, summary="Declare a platform absent")
def add_absence(request: HttpRequest, uid: UUID, body: AbsentIn) -> Any:
    """Say what a device has not; its releases are matched again."""
    row = declare_absent(
        product=product_of(uid), name=body.name, cpe=body.cpe, because=body.because, evidence=body.evidence,
        by=caller(request),
    )  # fmt: skip
    return Status(201, _absent(row))


@router.post("/device-names/{uid}/withdraw", response={200: NameOut, **REFUSALS}, summary="Withdraw a CPE name")
def end_name(request: HttpRequest, uid: UUID, body: BecauseIn) -> Any:
    """What it found goes, with why."""
    return _name(withdraw_name(uid=uid, because=body.because, by=caller(request)))


@router.post("/absent-platforms/{uid}/withdraw", response={200: AbsentOut, **REFUSALS}, summary="Take back an absence")
def end_absence(request: HttpRequest, uid: UUID, body: BecauseIn) -> Any:
    """What it ruled out is conditional again."""
    return _absent(withdraw_absence(uid=uid, because=body.because, by=caller(request)))


@router.get("/releases/{uid}/ruled-out", response={200: RuledOutPage, **REFUSALS}, summary="What was ruled out")
def read_ruled_out(request: HttpRequest, uid: UUID, offset: Offset = 0, limit: PageSize = 100) -> Any:
    """In a stated range, and ruled out since the record's conditions exclude the release: with the sentence why."""
    rows = ruled_out_in(release_of(uid), caller(request))
    return {
        "total": rows.count(),
        "items": [
            {
                "vulnerability": row.vulnerability.preferred_id, "component": row.component, "ref": row.ref,
                "says": row.says, "because": row.because, "source": row.source, "record": row.record,
            }
            for row in rows[offset : offset + limit]
        ],
    }  # fmt: skip


def _entry(row: DeviceName | AbsentPlatform) -> dict[str, Any]:
    return {
        "uid": row.uid, "cpe": row.cpe, "because": row.because, "evidence": row.evidence,
        "by": row.made_by.printed_name, "since": row.made_at, "ended_at": row.ended_at,
        "ended_because": row.ended_because,
    }  # fmt: skip


def _name(row: DeviceName) -> dict[str, Any]:
    own = row.own
    return {
        **_entry(row), "covers": row.package, "kind": own.kind, "version": own.version,
        "release": row.release.uid if row.release else None,
    }  # fmt: skip


def _absent(row: AbsentPlatform) -> dict[str, Any]:
    return {**_entry(row), "covers": row.pattern, "name": row.name}
