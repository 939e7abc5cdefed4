"""The API's operations on judgements: ranges in review, match corrections, proposals, held findings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from suture.accounts.models import Person
from suture.api.auth import caller
from suture.api.problems import REFUSALS
from suture.api.records import BecauseIn, person_of, release_of
from suture.assessment.inheritance import proposals
from suture.assessment.services import adopt_judgements
from suture.core.corrections import Named
from suture.core.errors import NotFound
from suture.detection.crosswalk_names import read_name
from suture.detection.models import MatchCorrection, ReviewDecision
from suture.detection.queries import corrections_for, findings_of
from suture.detection.services import (
    correct_match,
    decide_held,
    decide_review,
    decide_reviews,
    take_back_review,
    withdraw_correction,
)

router = Router(tags=["judgements"])


class ReviewIn(Schema):
    """What a range in review means for us. `of`: the package, where the record names none or means another."""

    verdict: Literal["not ours", "versions", "every version"]
    because: str
    review_on: date
    versions: list[str] = Field(default_factory=list)
    of: str = ""
    owner: UUID | None = None


class ReviewsIn(Schema):
    """The same of several ranges at once, by their numbers."""

    numbers: list[int] = Field(min_length=1, max_length=500)
    verdict: Literal["not ours", "every version"]
    because: str
    review_on: date
    owner: UUID | None = None


class ReviewOut(Schema):
    """A verdict on a range, as it was given."""

    uid: UUID
    source: str
    record: str
    package: str
    verdict: str
    versions: list[str]
    because: str
    owner: str
    review_on: date | None


class CorrectionIn(Schema):
    """A component, as SBOMs name it, is not what it was taken for: a package, or one record of a source."""

    name: str
    identifier: str = Field(description="purl or CPE without its version, e.g. pkg:npm/ace")
    because: str
    evidence: str
    review_on: date
    package: str = ""
    source: str = ""
    record: str = ""
    owner: UUID | None = None


class CorrectionOut(Schema):
    """A correction. `found`: matches it keeps out, in so many releases; `ended_at` null: it stands."""

    uid: UUID
    name: str
    identifier: str
    meant: str
    because: str
    evidence: str
    owner: str
    review_on: date
    made_at: datetime
    found: int
    releases: int
    ended_at: datetime | None
    ended_because: str


class ProposalOut(Schema):
    """What another release of the device was answered, proposed for this one. Harm and verdict are never proposed."""

    key: str
    vulnerability: str
    finding: UUID
    of_release: str
    status: str
    justification: str
    impact: str
    evidence: str
    unchanged: bool
    changes: list[str]
    configuration: str


class AdoptIn(Schema):
    """Which proposals hold here too, and why."""

    keys: list[str] = Field(min_length=1)
    because: str
    review_on: date | None = None


class AdoptedOut(Schema):
    """How many answers were adopted."""

    adopted: int


class HeldOut(Schema):
    """A finding whose match a person confirmed, and that matching would drop."""

    uid: UUID
    vulnerability: str
    held_because: str
    since: datetime | None


class HeldIn(Schema):
    """Whether held findings stay, as stated by the caller, or go."""

    findings: list[UUID] = Field(min_length=1)
    keep: bool
    because: str


def _owner(uid: UUID | None) -> Person | None:
    return None if uid is None else person_of(uid)


# ---- ranges in review


@router.post("/reviews/verdicts", response={200: list[ReviewOut], **REFUSALS}, summary="Decide on several ranges")
def decide_several(request: HttpRequest, body: ReviewsIn) -> Any:
    """One line of evidence with hashes; each range keeps a decision of its own."""
    made = decide_reviews(
        stmts=body.numbers, verdict=body.verdict, because=body.because, review_on=body.review_on,
        owner=_owner(body.owner), by=caller(request),
    )  # fmt: skip
    return [_decision(row) for row in made]


@router.post("/review/{number}/verdict", response={200: ReviewOut, **REFUSALS}, summary="Decide on a range in review")
def decide(request: HttpRequest, number: int, body: ReviewIn) -> Any:
    """Remembered until the record says something else; versions take part in matching."""
    named = read_name(body.of) if body.of.strip() else None
    row = decide_review(
        stmt=number, verdict=body.verdict, because=body.because, review_on=body.review_on, versions=body.versions,
        of=named, owner=_owner(body.owner), by=caller(request),
    )  # fmt: skip
    return _decision(row)


@router.post("/review/{number}/take-back", response={200: ReviewOut, **REFUSALS}, summary="Take a verdict back")
def undecide(request: HttpRequest, number: int, body: BecauseIn) -> Any:
    """The range waits again; versions stated of it match no longer."""
    return _decision(take_back_review(stmt=number, because=body.because, by=caller(request)))


def _decision(row: ReviewDecision) -> dict[str, Any]:
    return {
        "uid": row.uid, "source": row.source, "record": row.record_id, "package": row.package_name,
        "verdict": row.verdict, "versions": row.versions, "because": row.because, "owner": row.owner.printed_name,
        "review_on": row.review_on,
    }  # fmt: skip


# ---- corrections


@router.get("/corrections", response={200: list[CorrectionOut], **REFUSALS}, summary="Match corrections")
def list_corrections(request: HttpRequest, ended: bool = False) -> Any:
    """Those that stand, by review date; or those that were withdrawn or lapsed."""
    rows = corrections_for(caller(request)).filter(ended_at__isnull=not ended)
    return [_correction(row) for row in rows[:500]]


@router.post("/corrections", response={201: CorrectionOut, **REFUSALS}, summary="Correct a match")
def correct(request: HttpRequest, body: CorrectionIn) -> Any:
    """For every device and version that holds such a component; what is not drawn stays listed and counted."""
    row = correct_match(
        component=Named(body.name, body.identifier), package=body.package, source=body.source, record_id=body.record,
        because=body.because, evidence=body.evidence, review_on=body.review_on, owner=_owner(body.owner),
        by=caller(request),
    )  # fmt: skip
    return Status(201, _correction(corrections_for(caller(request)).get(pk=row.pk)))


@router.post("/corrections/{uid}/withdraw", response={200: CorrectionOut, **REFUSALS}, summary="Withdraw a correction")
def withdraw(request: HttpRequest, uid: UUID, body: BecauseIn) -> Any:
    """Its matches are drawn again, and findings that went come back."""
    row = withdraw_correction(correction_uid=uid, because=body.because, by=caller(request))
    return _correction(corrections_for(caller(request)).get(pk=row.pk))


def _correction(row: MatchCorrection) -> dict[str, Any]:
    return {
        "uid": row.uid, "name": row.name, "identifier": row.identifier, "meant": row.meant, "because": row.because,
        "evidence": row.evidence, "owner": row.owner.printed_name, "review_on": row.review_on, "made_at": row.made_at,
        "found": getattr(row, "found", 0), "releases": getattr(row, "releases", 0), "ended_at": row.ended_at,
        "ended_because": row.ended_because,
    }  # fmt: skip


# ---- proposals


@router.get("/releases/{uid}/proposals", response={200: list[ProposalOut], **REFUSALS}, summary="Proposed judgements")
def read_proposals(request: HttpRequest, uid: UUID) -> Any:
    """Answers of other releases of the device, each with what changed since."""
    return [
        {
            "key": one.key, "vulnerability": one.finding.vulnerability.preferred_id, "finding": one.finding.uid,
            "of_release": one.source.release.label, "status": one.source.status,
            "justification": one.source.justification or "", "impact": one.source.impact,
            "evidence": one.source.evidence, "unchanged": one.unchanged,
            "changes": [moved.says for moved in one.moved], "configuration": one.configuration,
        }
        for one in proposals(caller(request), release=release_of(uid))
    ]  # fmt: skip


@router.post("/releases/{uid}/proposals", response={200: AdoptedOut, **REFUSALS}, summary="Adopt proposed judgements")
def adopt(request: HttpRequest, uid: UUID, body: AdoptIn) -> Any:
    """VEX status only; harm and verdict are judged for each release."""
    person = caller(request)
    offered = {one.key for one in proposals(person, release=release_of(uid))}
    if missing := [key for key in body.keys if key not in offered]:
        raise NotFound(f"not proposed for this release (any longer): {', '.join(missing[:5])}")
    made = adopt_judgements(keys=body.keys, because=body.because, review_on=body.review_on, by=person)
    return {"adopted": len(made)}


# ---- held findings


@router.get("/releases/{uid}/held", response={200: list[HeldOut], **REFUSALS}, summary="Held findings")
def read_held(request: HttpRequest, uid: UUID) -> Any:
    """Findings with a confirmed match that a feed or the matcher would drop: they wait for a person."""
    rows = findings_of(release_of(uid), caller(request)).exclude(held_because="")
    return [
        {
            "uid": row.uid, "vulnerability": row.vulnerability.preferred_id, "held_because": row.held_because,
            "since": row.held_at,
        }
        for row in rows
    ]  # fmt: skip


@router.post("/releases/{uid}/held", response={204: None, **REFUSALS}, summary="Decide on held findings")
def decide_on_held(request: HttpRequest, uid: UUID, body: HeldIn) -> Any:
    """They stay as a person's statement, or go as matching would have it."""
    person = caller(request)
    held = {row.uid for row in findings_of(release_of(uid), person).exclude(held_because="")}
    if not held.issuperset(body.findings):
        raise NotFound("not held in this release (any longer)")
    decide_held(finding_uids=body.findings, keep=body.keep, because=body.because, by=person)
    return Status(204, None)
