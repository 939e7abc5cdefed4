"""The API's operations: hand in an SBOM, read releases and their findings."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import File, NinjaAPI, Router, Schema, Status
from ninja.files import UploadedFile

from suture import __version__
from suture.api.auth import CALLERS, caller
from suture.api.coverage import coverage_router
from suture.api.field import field_router
from suture.api.intake import router as intake_router
from suture.api.judgements import router as judgements_router
from suture.api.paging import read_cursor, tagged, write_cursor
from suture.api.problems import REFUSALS, ProblemAt, register
from suture.api.profile import router as profile_router
from suture.api.records import PageSize, release_of
from suture.api.remediation import router as remediation_router
from suture.api.review import router as review_router
from suture.core.errors import InvalidValue
from suture.detection.models import Finding
from suture.detection.queries import coverage, findings_of
from suture.detection.services import take_in_sbom
from suture.inventory.models import HeldSbom, Release

api = NinjaAPI(
    title="Suture", version=__version__, docs_url=None, urls_namespace="suture-api", auth=CALLERS,
    description="Postmarket cybersecurity of medical devices. Errors are problem documents (RFC 9457).",
)  # fmt: skip
register(api)
router = Router(tags=["releases"])


class ReleaseOut(Schema):
    """A release. `sbom_sha256` is null where nobody handed one in: the release is not assessed, not clean."""

    uid: UUID
    product: str
    version: str
    state: str
    sbom_sha256: str | None
    matched_at: datetime | None
    knowledge_revision: int | None


class ReleasePage(Schema):
    """A page of releases; `next` is the cursor of the following one, null at the end."""

    items: list[ReleaseOut]
    next: str | None


class ReasonOut(Schema):
    """Why: one sentence, and the statement it rests on."""

    kind: str
    says: str
    source: str = ""
    record: str = ""
    dated: str = ""


class ComponentOut(Schema):
    """A component concerned."""

    ref: str
    name: str
    version: str


class FindingOut(Schema):
    """One vulnerability in one release. `result`: affected, conditional or possible."""

    uid: UUID
    vulnerability: str
    title: str
    result: str
    components: list[ComponentOut]
    reasons: list[ReasonOut]
    first_seen: datetime


class CoverageOut(Schema):
    """What was looked at: a list of findings means nothing without it."""

    says: str
    components: int
    monitored: int
    not_assessed: int


class FindingPage(Schema):
    """A page of findings with what they rest on."""

    release: str
    knowledge_revision: int | None
    coverage: CoverageOut
    items: list[FindingOut]
    next: str | None


class HeldOut(Schema):
    """Why an SBOM waits in quarantine. Nothing of the release was changed; a person confirms or rejects it."""

    uid: UUID
    why: list[str]
    current_components: int


class SbomTaken(Schema):
    """What came of an upload. `new` is false when these very bytes were the current SBOM already.

    With `held`, the SBOM is stored and waits: `findings` and `says` speak of the one that is still the current.
    """

    release: UUID
    sbom: UUID
    sha256: str
    new: bool
    components: int
    skipped: int
    findings: int
    says: str
    problems: list[ProblemAt]
    held: HeldOut | None = None


def _out(release: Release) -> dict[str, Any]:
    matched = getattr(release, "matched", None)
    return {
        "uid": release.uid, "product": release.product.brand_name, "version": release.version, "state": release.state,
        "sbom_sha256": release.sbom.sha256 if release.sbom else None,
        "matched_at": matched.at if matched else None, "knowledge_revision": matched.rev if matched else None,
    }  # fmt: skip


@router.get("/releases", response={200: ReleasePage, **REFUSALS}, summary="List releases")
def list_releases(request: HttpRequest, cursor: str = "", limit: PageSize = 100) -> Any:
    """Releases in the order they were registered, those in development and retired ones included."""
    rows = list(
        Release.objects.select_related("product", "sbom", "matched")
        .filter(pk__gt=read_cursor(cursor))
        .order_by("pk")[: limit + 1]
    )
    more = len(rows) > limit
    return {"items": [_out(row) for row in rows[:limit]], "next": write_cursor(rows[limit - 1].pk) if more else None}


@router.get("/releases/{uid}", response={200: ReleaseOut, **REFUSALS}, summary="One release")
def one_release(request: HttpRequest, uid: UUID) -> Any:
    """One release by its uid."""
    return _out(release_of(uid))


@router.get(
    "/releases/{uid}/findings", response={200: FindingPage, 304: None, **REFUSALS}, summary="Findings of a release"
)
def list_findings(
    request: HttpRequest, response: HttpResponse, uid: UUID, cursor: str = "",
    limit: PageSize = 200,
) -> Any:  # fmt: skip
    """Findings with why each matched, and what was not looked at. Has an ETag: ask again with If-None-Match."""
    release, person = release_of(uid), caller(request)
    matched = getattr(release, "matched", None)
    known = f"{matched.rev} {matched.at}" if matched else "not matched"
    if tagged(request, response, f"{person.pk} {release.portfolio_rev} {known} {cursor} {limit}"):
        return Status(304, None)
    rows = list(findings_of(release, person).filter(pk__gt=read_cursor(cursor)).order_by("pk")[: limit + 1])
    more = len(rows) > limit
    seen = coverage(release)
    return {
        "release": release.label, "knowledge_revision": matched.rev if matched else None,
        "coverage": {
            "says": seen.says, "components": seen.components, "monitored": seen.monitored,
            "not_assessed": seen.components - seen.monitored,
        },
        "items": [_finding(row) for row in rows[:limit]],
        "next": write_cursor(rows[limit - 1].pk) if more else None,
    }  # fmt: skip


def _finding(row: Finding) -> dict[str, Any]:
    return {
        "uid": row.uid, "vulnerability": row.vulnerability.preferred_id, "title": row.vulnerability.title,
        "result": row.result, "components": row.components, "reasons": row.reasons, "first_seen": row.first_seen,
    }  # fmt: skip


@router.post(
    "/releases/{uid}/sboms", response={200: SbomTaken, 201: SbomTaken, 202: SbomTaken, **REFUSALS},
    summary="Hand in an SBOM",
)  # fmt: skip
def hand_in_sbom(request: HttpRequest, uid: UUID, file: File[UploadedFile], confirmed: bool = False) -> Any:
    """Read an SBOM (CycloneDX or SPDX JSON) into a release and match it at once. The same bytes twice change nothing.

    202: it lost half of the components or of the identifiers of the current one, and waits in quarantine; nothing was
    changed. `confirmed` says that somebody looked, and that it is right.
    """
    data = file.read()
    if not data:
        raise InvalidValue("the file is empty")
    taken = take_in_sbom(
        release=release_of(uid), data=data, file_name=file.name or "upload", by=caller(request), confirmed=confirmed
    )
    document = taken.document
    answer = {
        "release": uid, "sbom": document.uid, "sha256": document.sha256, "new": taken.new,
        "components": document.components_read, "skipped": document.components_skipped, "findings": taken.findings,
        "says": taken.says, "problems": document.problems, "held": _held(taken.held) if taken.held else None,
    }  # fmt: skip
    return Status(202 if taken.held else 201 if taken.new else 200, answer)


def _held(row: HeldSbom) -> dict[str, Any]:
    return {"uid": row.uid, "why": row.why, "current_components": row.against.components_read}


api.add_router("", router)
api.add_router("", review_router)
api.add_router("", coverage_router)
api.add_router("", field_router)
api.add_router("", profile_router)
api.add_router("", judgements_router)
api.add_router("", intake_router)
api.add_router("", remediation_router)
