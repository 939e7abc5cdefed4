"""The API's reads of what waits for a person: stated ranges nobody could read, and the crosswalk."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from suture.api.auth import caller
from suture.api.paging import LARGEST_PAGE
from suture.api.problems import REFUSALS
from suture.api.records import Offset, PageSize, release_of
from suture.detection.crosswalk import SHIPPED_VERSION
from suture.detection.models import ReviewDecision
from suture.detection.queries.crosswalk import (
    bare_names,
    names_of,
    shipped_rows,
    standing_decisions,
    suggestions_waiting,
)
from suture.detection.queries.review import Waiting, Wanted, filled, history_of, one_in_review, ranges_in_review

router = Router(tags=["review"])


class ConcernsOut(Schema):
    """A component of ours that the range could concern."""

    component: str
    release: UUID
    release_name: str


class SaidOut(Schema):
    """What a person said of a range."""

    verdict: str
    versions: list[str]
    versions_of: str
    because: str
    by: str
    at: datetime
    review_on: date | None


class WaitingOut(Schema):
    """A stated range nobody could read. `verdict` is null while it waits; `due`: the day to look again has passed."""

    number: int
    source: str
    record: str
    dated: str
    vulnerabilities: list[str]
    reason: str
    why: str
    as_stated: str
    ranges: int
    package: str
    order: str
    read_beside: bool
    could_concern: list[ConcernsOut]
    verdict: SaidOut | None
    due: bool


class OneWaitingOut(WaitingOut):
    """The same, with everything ever said of the record and package, the newest first."""

    history: list[SaidOut]


class WaitingPage(Schema):
    """A page, newest records first. `left_out`: where the same record states other ranges that are read (`beside`)."""

    total: int
    ranges: int
    left_out: int
    by_reason: dict[str, int]
    by_source: dict[str, int]
    by_package: dict[str, int]
    items: list[WaitingOut]


class EntryOut(Schema):
    """An entry of the crosswalk. `standing`: confirmed, rejected, waiting (a suggestion), shipped, or bare name."""

    standing: str
    names: list[str]
    because: str
    by: str
    at: datetime | None
    rests_on: str
    review_on: date | None
    provenance: list[dict[str, str]]


class CrosswalkOut(Schema):
    """The crosswalk: the rows shipped with Suture, and the manufacturer's own."""

    shipped_version: int
    entries: list[EntryOut]


@router.get("/review", response={200: WaitingPage, **REFUSALS}, summary="Ranges in review")
def list_review(
    request: HttpRequest, scope: Literal["ours", "all"] = "ours", release: UUID | None = None, reason: str = "",
    source: str = "", package: str = "", state: Literal["waiting", "decided", "any"] = "waiting", beside: bool = False,
    offset: Offset = 0, limit: PageSize = 100,
) -> Any:  # fmt: skip
    """Stated ranges nobody could read; by default those that wait and could concern a component of ours."""
    person, one = caller(request), None if release is None else release_of(release)
    wanted = Wanted(scope=scope, release=one, reason=reason, source=source, package=package, state=state, beside=beside)
    found = ranges_in_review(wanted, person, offset, limit)
    return {
        "total": found.total, "ranges": found.ranges, "left_out": found.left_out, "by_reason": found.by_reason,
        "by_source": found.by_source, "by_package": found.by_package,
        "items": [_waiting(row) for row in filled(found.rows, person)],
    }  # fmt: skip


@router.get("/review/{number}", response={200: OneWaitingOut, **REFUSALS}, summary="One range in review")
def one_review(request: HttpRequest, number: int) -> Any:
    """One range in review, with what was said of it."""
    row = one_in_review(number, caller(request))
    return {**_waiting(row), "history": [_said(one) for one in history_of(row)]}


def _waiting(row: Waiting) -> dict[str, Any]:
    return {
        "number": row.stmt, "source": row.source, "record": row.record, "dated": row.dated,
        "vulnerabilities": [v.preferred_id for v in row.vulnerabilities], "reason": row.reason, "why": row.why,
        "as_stated": row.raw, "ranges": row.n, "package": row.package, "order": row.scheme,
        "read_beside": bool(row.beside),
        "could_concern": [
            {"component": c.component, "release": c.release.uid, "release_name": c.release.label} for c in row.carriers
        ],
        "verdict": _said(row.decision) if row.decision else None, "due": row.due,
    }  # fmt: skip


def _said(row: ReviewDecision) -> dict[str, Any]:
    return {
        "verdict": row.verdict, "versions": row.versions, "versions_of": row.stated_name, "because": row.because,
        "by": row.by.printed_name, "at": row.at, "review_on": row.review_on,
    }  # fmt: skip


@router.get("/crosswalk", response={200: CrosswalkOut, **REFUSALS}, summary="The crosswalk")
def crosswalk(request: HttpRequest) -> Any:
    """Names that mean one product: confirmed, rejected, suggested, and shipped with Suture."""
    caller(request)
    entries = [
        {
            "standing": row.verdict, "names": [named.typed for named in names_of(row)], "because": row.because,
            "by": row.by.printed_name, "at": row.at, "rests_on": row.confidence, "review_on": row.review_on,
            "provenance": row.provenance,
        }
        for row in standing_decisions()
    ]  # fmt: skip
    entries += [
        {
            "standing": "waiting", "names": [named.typed for named in names_of(row)], "because": "", "by": "",
            "at": row.at, "rests_on": "", "review_on": None, "provenance": row.provenance,
        }
        for row in suggestions_waiting()[:LARGEST_PAGE]
    ]  # fmt: skip
    entries += [
        {
            "standing": "shipped", "names": [*(f"cpe:2.3:{n}" for n in row.cpes), *(f"cna:{w}" for w in row.words)],
            "because": row.because, "by": "Suture", "at": None, "rests_on": "", "review_on": None,
            "provenance": [{"says": name, "record": record} for name, record in row.seen_in.items()],
        }
        for row in shipped_rows()
    ]  # fmt: skip
    entries += [
        {
            "standing": "bare name", "names": [row.name, f"cpe:2.3:{row.cpe}"], "because": "one product alone bears it",
            "by": "Suture", "at": None, "rests_on": "", "review_on": None,
            "provenance": [{"says": row.cpe, "record": row.seen_in}] if row.seen_in else [],
        }
        for row in bare_names()
    ]  # fmt: skip
    return {"shipped_version": SHIPPED_VERSION, "entries": entries}
