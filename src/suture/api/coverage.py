"""The API's operations on the coverage ledger: read it, name owners, watch words, judge what held them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from suture.api.auth import caller
from suture.api.problems import REFUSALS
from suture.api.records import BecauseIn, person_of, release_of
from suture.detection.models import TextCandidate, TextWatch
from suture.detection.queries import candidates_for, coverage, ledger
from suture.detection.services import end_text_watch, judge_candidate, name_owner, name_source_owner, watch_text

coverage_router = Router(tags=["coverage"])


class LedgerRowOut(Schema):
    """One component. `state`: monitored, text-watched, not monitorable; `cause` says why it is not monitored."""

    ref: str
    itself: bool  # the device itself, by its product's profile, and no component of the SBOM
    name: str
    version: str
    supplier: str
    state: str
    sources: list[str]
    since: str
    words: list[str]
    cause: str
    says: str
    owner: str
    because: str
    review_on: date | None


class LedgerOut(Schema):
    """The coverage ledger of a release. Where `assessed` is false, no number of findings is an answer."""

    release: str
    says: str
    assessed: bool
    components: int
    monitored: int
    text_watched: int
    not_monitorable: int
    unowned: int
    ranges_in_review: int
    rows: list[LedgerRowOut]


class OwnerIn(Schema):
    """Who answers for holes, and why. No component: every hole that has no owner yet."""

    owner: UUID = Field(description="uid of a person")
    because: str
    review_on: date | None = None
    name: str = ""
    supplier: str = ""


class WatchIn(Schema):
    """Words to watch for a component or a supplier of the release, as its SBOM writes the name."""

    of: TextWatch.Of
    name: str
    words: str
    because: str = ""


class WatchOut(Schema):
    """Words that are watched."""

    uid: UUID
    of: str
    name: str
    words: str
    since: datetime


class CandidateOut(Schema):
    """A vulnerability whose text holds watched words and that names no product."""

    uid: UUID
    vulnerability: str
    words: str
    name: str
    source: str
    record: str
    excerpt: str
    state: str


class VerdictIn(Schema):
    """Whether a candidate concerns the release; if it does, a finding is stated."""

    concerns: bool
    because: str


@coverage_router.get("/releases/{uid}/coverage", response={200: LedgerOut, **REFUSALS}, summary="The coverage ledger")
def read_coverage(request: HttpRequest, uid: UUID) -> Any:
    """Each component of the current SBOM: who watches it since when, or why nobody does and who answers for that."""
    caller(request)
    release = release_of(uid)
    seen = coverage(release)
    return {
        "release": release.label, "says": seen.says, "assessed": seen.verdict.assessed, "components": seen.components,
        "monitored": seen.monitored, "text_watched": seen.text_watched, "not_monitorable": seen.not_monitorable,
        "unowned": seen.unowned, "ranges_in_review": sum(one.ranges for one in seen.waiting),
        "rows": [{**row._asdict(), "state": row.state.value, "itself": row.itself} for row in ledger(release)],
    }  # fmt: skip


@coverage_router.post("/releases/{uid}/coverage/owners", response={204: None, **REFUSALS}, summary="Name an owner")
def own(request: HttpRequest, uid: UUID, body: OwnerIn) -> Any:
    """Say who answers for a component nobody monitors, or for every one without an owner."""
    name_owner(
        release=release_of(uid), components=[(body.name, body.supplier)] if body.name else None,
        owner=person_of(body.owner), because=body.because, review_on=body.review_on, by=caller(request),
    )  # fmt: skip
    return Status(204, None)


@coverage_router.post("/sources/{source}/owner", response={204: None, **REFUSALS}, summary="Name a source's owner")
def own_source(request: HttpRequest, source: str, body: OwnerIn) -> Any:
    """Say who brings a late or incomplete source in order."""
    name_source_owner(
        source=source, owner=person_of(body.owner), because=body.because, review_on=body.review_on, by=caller(request)
    )
    return Status(204, None)


@coverage_router.post("/releases/{uid}/text-watches", response={201: WatchOut, **REFUSALS}, summary="Watch words")
def watch(request: HttpRequest, uid: UUID, body: WatchIn) -> Any:
    """Watch words in texts of vulnerabilities that name no product by CPE or package URL."""
    row = watch_text(
        release=release_of(uid), of=body.of, name=body.name, words=body.words, because=body.because, by=caller(request)
    )
    return Status(201, row)


@coverage_router.post("/text-watches/{uid}/end", response={204: None, **REFUSALS}, summary="Stop watching words")
def end(request: HttpRequest, uid: UUID, body: BecauseIn) -> Any:
    """What the words found stays."""
    end_text_watch(watch_uid=str(uid), because=body.because, by=caller(request))
    return Status(204, None)


@coverage_router.get(
    "/releases/{uid}/text-candidates", response={200: list[CandidateOut], **REFUSALS},
    summary="Texts that hold our words",
)  # fmt: skip
def read_candidates(request: HttpRequest, uid: UUID) -> Any:
    """Those that wait for a person; never findings by themselves."""
    return [_candidate(row) for row in candidates_for(caller(request), [release_of(uid).pk])]


@coverage_router.post(
    "/text-candidates/{uid}/verdict", response={200: CandidateOut, **REFUSALS}, summary="Judge a text"
)  # fmt: skip
def judge(request: HttpRequest, uid: UUID, body: VerdictIn) -> Any:
    """Say whether it concerns the release: then a finding is stated; else that holds until the text changes."""
    row = judge_candidate(candidate_uid=str(uid), concerns=body.concerns, because=body.because, by=caller(request))
    return _candidate(row)


def _candidate(row: TextCandidate) -> dict[str, Any]:
    return {
        "uid": row.uid, "vulnerability": row.vulnerability.preferred_id, "words": row.watch.words,
        "name": row.watch.name, "source": row.source, "record": row.record_id, "excerpt": row.excerpt,
        "state": row.state,
    }  # fmt: skip
