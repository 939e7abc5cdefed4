"""Intake by machines: a complaint, service or test system hands in a signal, and reads what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from suture.api.auth import caller
from suture.api.paging import read_cursor, write_cursor
from suture.api.problems import REFUSALS
from suture.core.disclosure import ReportSource
from suture.core.facts import Answer
from suture.disclosure.models import Report
from suture.disclosure.queries import report_for, reports_for
from suture.disclosure.services import Telling, take_in_report

router = Router(tags=["intake"])
PAGE = 100


class SignalIn(Schema):
    """What another system tells: `origin` is its number there. `received_at` carries its offset."""

    source: ReportSource
    origin: str
    received_at: datetime
    what: str
    device: str = ""
    device_version: str = ""
    harm: Answer = Answer.UNKNOWN


class IntakeOut(Schema):
    """A report as its readers may know it; never what was said, and never who said it."""

    uid: UUID
    number: str
    source: str
    origin: str
    state: str
    received_at: datetime
    acknowledge_by: str | None
    acknowledged_at: datetime | None
    device: str
    tlp: str


class IntakePage(Schema):
    """A page of reports; `next` is the cursor of the following one, null at the end."""

    items: list[IntakeOut]
    next: str | None


def _out(row: Report) -> dict[str, Any]:
    return {
        "uid": row.uid, "number": row.number, "source": row.source, "origin": row.origin, "state": row.state,
        "received_at": row.received_at, "acknowledge_by": row.answer_by.isoformat() if row.answer_by else None,
        "acknowledged_at": row.acknowledged_at, "device": row.device, "tlp": row.tlp,
    }  # fmt: skip


@router.get("/intake", response={200: IntakePage, **REFUSALS}, summary="List reports")
def list_intake(request: HttpRequest, cursor: str = "") -> Any:
    """Reports this caller may know of, in the order they were written down; those behind a wall are left out."""
    rows = list(reports_for(caller(request)).filter(pk__gt=read_cursor(cursor)).order_by("pk")[: PAGE + 1])
    more = len(rows) > PAGE
    return {"items": [_out(row) for row in rows[:PAGE]], "next": write_cursor(rows[PAGE - 1].pk) if more else None}


@router.get("/intake/{uid}", response={200: IntakeOut, **REFUSALS}, summary="One report")
def one_intake(request: HttpRequest, uid: UUID) -> Any:
    """One report by its uid."""
    return _out(report_for(caller(request), uid))


@router.post("/intake", response={200: IntakeOut, 201: IntakeOut, **REFUSALS}, summary="Hand in a signal")
def hand_in_signal(request: HttpRequest, body: SignalIn) -> Any:
    """Take in a signal of another system. The same source and origin twice give the report there is, and write nothing.

    A finder's report comes by the public form, or by a coordinator; not by this door.
    """
    person = caller(request)
    known = reports_for(person).filter(source=body.source, origin=body.origin.strip()).exclude(origin="").first()
    if known is not None:
        return Status(200, _out(known))
    row = take_in_report(
        source=body.source, origin=body.origin, received_at=body.received_at, by=person,
        telling=Telling(what=body.what, device=body.device, device_version=body.device_version, harm=body.harm),
    )  # fmt: skip
    return Status(201, _out(row))
