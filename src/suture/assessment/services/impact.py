"""Impact answers: for every device and release, whether it is affected, and why not where it is not."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.services import new_uid
from suture.assessment.models import Case, CaseRelease, Control
from suture.assessment.queries import releases_without_component, verdict_after_answers
from suture.assessment.services.taking import take_case, touch
from suture.core.controls import ControlKind
from suture.core.errors import InvalidValue, NotFound
from suture.core.labels import label_of
from suture.core.vex import Justification, VexStatement, VexStatus
from suture.detection.services import label_matches
from suture.evidence.canonical import digest
from suture.evidence.clock import now, today
from suture.evidence.services import record
from suture.inventory.models import Release

REVIEW_AFTER = timedelta(days=365)


def answer_impact(
    *, case_uid: UUID | str, release_uids: Collection[UUID | str], status: VexStatus, by: Person, evidence: str,
    justification: Justification | None = None, impact: str = "", action: str = "",
    ground_uid: UUID | str | None = None, owner: Person | None = None, review_on: date | None = None,
    configuration: str = "", version: int | None = None,
) -> list[CaseRelease]:  # fmt: skip
    """Answer for one or more releases what the vulnerability does to them; one evidence entry for the whole batch.

    Args:
        evidence: what shows it: a test, an analysis, an SBOM. Needed for every status but 'under investigation'.
        ground_uid: the control a 'not affected' rests on, where it rests on one.
        owner: who answers for it; by default whoever gives it.
        review_on: the last day it holds; a 'not affected' without one is looked at again after `REVIEW_AFTER`.
        configuration: what of the device's configuration it rests on; shown when a later release would inherit it.

    Raises:
        InvalidValue: the status brings a duty that is not met (CISA, Minimum Requirements for VEX), or
            'inline mitigations already exist' is claimed where the ground is a compensating control: that one is
            external, and the release itself stays affected.
        NotFound: a release nobody registered.

    Source: FDA 2016 §X.B.v; CISA VEX status justifications (June 2022).
    """
    VexStatement(vulnerability="", status=status, justification=justification, impact=impact, action=action)
    if status is not VexStatus.UNDER_INVESTIGATION and not evidence.strip():
        raise InvalidValue(f"say what shows that the release is {status.value.replace('_', ' ')}")
    with transaction.atomic():
        case = take_case(case_uid, by, "impact.answer", version)
        releases = list(Release.objects.filter(uid__in=release_uids).select_related("product"))
        if not releases or len(releases) != len({str(uid) for uid in release_uids}):
            raise NotFound("one of these releases is not registered")
        ground = _ground(case, justification, ground_uid, releases)
        review_on = review_day(case, status, review_on)
        rows = {row.release_id: row for row in case.answers.filter(release__in=releases)}
        before = {str(r.uid): rows[r.pk].status for r in releases if r.pk in rows}
        answered = [_answer(case, rows.get(release.pk), release) for release in releases]
        for row in answered:
            row.status, row.justification = status, justification or ""
            row.impact, row.action, row.evidence, row.ground = impact, action, evidence, ground
            row.answered_by, row.answered_at, row.inherited_from = by, now(), None
            row.owner, row.review_on, row.configuration = owner or by, review_on, configuration.strip()
            row.save()
            row.by_component.all().delete()  # an answer for the release as a whole takes their place
        label_matches(case.vulnerability, {row.release_id: label_of(row.status, row.justification) for row in answered})
        case.verdict = verdict_after_answers(case)
        touch(case, "verdict")
        result = {
            "releases": sorted(str(r.uid) for r in releases), "status": status, "justification": justification or "",
            "impact": impact, "action": action, "evidence": evidence, "ground": ground.uid if ground else "",
            "owner": (owner or by).uid, "review_on": review_on, "configuration": configuration.strip(),
        }  # fmt: skip
        record(
            by=by, did="impact.answered", to=case, because=evidence,
            facts={**result, "before": before, "digest": digest(result)},
        )  # fmt: skip
    return answered


def review_day(case: Case, status: VexStatus, wanted: date | None) -> date | None:
    """The last day an answer holds. 'Not affected' never holds for ever: without a day, a year from today.

    Raises:
        InvalidValue: the day has come already.

    Source: what users of other systems suffer from, #17; the year is Suture's default.
    """
    day = today(case.establishment.time_zone)
    if wanted is not None and wanted <= day:
        raise InvalidValue("a review date lies in the future")
    return wanted or (day + REVIEW_AFTER if status is VexStatus.NOT_AFFECTED else None)


def answer_not_present(
    *, case_uid: UUID | str, by: Person, because: str = "", version: int | None = None
) -> list[CaseRelease]:
    """Answer in one batch for every release whose SBOM was matched and does not hold the component.

    A release without SBOM, one with a possible or conditional match, and a vulnerability of our own (which has no
    component to look for) are not among them: a person answers those.

    Raises:
        InvalidValue: there is no such release.
    """
    with transaction.atomic():
        case = take_case(case_uid, by, "impact.answer", version)
        absent = releases_without_component(case)
        if not absent:
            raise InvalidValue("no unanswered release has an SBOM that was matched and does not hold the component")
        sboms = ", ".join(f"{r.label}: {r.sbom.sha256[:12]}" for r in absent if r.sbom)
        return answer_impact(
            case_uid=case.uid, release_uids=[r.uid for r in absent], status=VexStatus.NOT_AFFECTED, by=by,
            justification=Justification.COMPONENT_NOT_PRESENT,
            evidence=f"{because or 'matched, and not present'}; SBOMs by SHA-256: {sboms}",
        )  # fmt: skip


def _answer(case: Case, row: CaseRelease | None, release: Release) -> CaseRelease:
    return row or CaseRelease(uid=new_uid(), case=case, release=release)


def _ground(
    case: Case, justification: Justification | None, ground_uid: UUID | str | None, releases: Collection[Release]
) -> Control | None:
    ground = case.controls.filter(uid=ground_uid).first() if ground_uid else None
    if ground_uid and ground is None:
        raise NotFound("the control this answer rests on is not on this case")
    if justification is not Justification.INLINE_MITIGATIONS_ALREADY_EXIST:
        return ground
    products = {release.product_id for release in releases}
    compensating = [
        c for c in case.controls.exclude(state__in=["failed", "retired"])
        if c.kind == ControlKind.COMPENSATING and c.product_id in (None, *products)
    ]  # fmt: skip
    if (ground and ground.kind == ControlKind.COMPENSATING) or (ground is None and compensating):
        name = (ground or compensating[0]).name
        raise InvalidValue(
            f"'{name}' is a compensating control: external to the device, so the release stays affected; "
            "'inline mitigations already exist' rests on a control designed in: name that one"
        )
    return ground
