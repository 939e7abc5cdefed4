"""An impact answer may narrow to named components; the status of the release is the worst of its components."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.services import new_uid, system
from suture.assessment.models import Case, CaseRelease, ComponentAnswer
from suture.assessment.queries import concerned_components, verdict_after_answers
from suture.assessment.services.impact import review_day
from suture.assessment.services.taking import take_case, touch
from suture.core.errors import InvalidValue, NotFound
from suture.core.labels import MatchLabel, label_of
from suture.core.vex import Justification, VexStatement, VexStatus, worst
from suture.detection.services import label_matches
from suture.evidence.canonical import digest
from suture.evidence.clock import now
from suture.evidence.services import record
from suture.inventory.models import Release

Part = tuple[str, str]  # name and version


def answer_components(
    *, case_uid: UUID | str, release_uid: UUID | str, refs: Collection[str], status: VexStatus, by: Person,
    evidence: str, justification: Justification | None = None, impact: str = "", action: str = "",
    owner: Person | None = None, review_on: date | None = None, version: int | None = None,
) -> CaseRelease:  # fmt: skip
    """Answer for some components of a release; those nobody answered for stay under investigation.

    Args:
        refs: of components in which the release's finding of this vulnerability sits. They are kept by name and
            version, since an upload may number them anew.

    Raises:
        InvalidValue: no component, one that the finding does not name, or the status brings a duty that is not met.

    Source: #20, #22; CISA, Minimum Requirements for VEX (April 2023).
    """
    VexStatement(vulnerability="", status=status, justification=justification, impact=impact, action=action)
    if status is not VexStatus.UNDER_INVESTIGATION and not evidence.strip():
        raise InvalidValue(f"say what shows that the component is {status.value.replace('_', ' ')}")
    with transaction.atomic():
        case = take_case(case_uid, by, "impact.answer", version)
        release = Release.objects.select_related("product").filter(uid=release_uid).first()
        if release is None:
            raise NotFound("this release is not registered")
        parts = _parts(case, release, refs)
        row = case.answers.select_for_update(of=("self",)).filter(release=release).first() or CaseRelease(
            uid=new_uid(), case=case, release=release
        )
        before = row.status
        row.answered_by, row.answered_at, row.owner, row.inherited_from = by, now(), owner or by, None
        row.save()
        review_on = review_day(case, status, review_on)
        for name, component_version in parts:
            ComponentAnswer.objects.update_or_create(
                answer=row, name=name, version=component_version,
                defaults={
                    "status": status, "justification": justification or "", "impact": impact, "action": action,
                    "evidence": evidence, "owner": owner or by, "review_on": review_on, "answered_by": by,
                    "answered_at": now(),
                },
            )  # fmt: skip
        _settle(row)
        labels = [label_of(one.status, one.justification) for one in row.by_component.all()]
        right = MatchLabel.RIGHT if MatchLabel.RIGHT in labels else None  # one right component is a right match
        label_matches(case.vulnerability, {release.pk: right})
        case.verdict = verdict_after_answers(case)
        touch(case, "verdict")
        result = {
            "release": str(release.uid), "components": [" ".join(part).strip() for part in parts], "status": status,
            "justification": justification or "", "impact": impact, "action": action, "evidence": evidence,
            "review_on": review_on, "release_status": row.status,
        }  # fmt: skip
        record(
            by=by, did="impact.answered", to=case, because=evidence,
            facts={**result, "before": before, "digest": digest(result)},
        )  # fmt: skip
    return row


def restate_answers() -> int:
    """Say anew what a release's components add up to, where a match or an upload changed them; a step of the loop.

    A component that came is under investigation until somebody answers for it; one that left no longer counts.
    Returns how many answers changed.
    """
    changed = 0
    for pk in list(CaseRelease.objects.filter(by_component__isnull=False).distinct().values_list("pk", flat=True)):
        with transaction.atomic():
            row = CaseRelease.objects.select_related("release__product").get(pk=pk)
            case = Case.objects.select_for_update(of=("self",)).select_related("establishment").get(pk=row.case_id)
            row = CaseRelease.objects.select_related("release__product").get(pk=pk)
            before = row.status
            row.case = case
            _settle(row)
            if row.status == before:
                continue
            case.verdict = verdict_after_answers(case)
            touch(case, "verdict")
            record(
                by=system(), did="impact.restated", to=case, because="the components concerned changed",
                facts={"release": row.release.uid, "before": before, "status": row.status},
            )  # fmt: skip
            changed += 1
    return changed


def _parts(case: Case, release: Release, refs: Collection[str]) -> list[Part]:
    found = {one["ref"]: (one["name"], one["version"]) for one in concerned_components(case, release)}
    missing = sorted(set(refs) - set(found))
    if missing:
        raise InvalidValue(f"the finding in {release.label} does not name: {', '.join(missing)}")
    if not refs:
        raise InvalidValue("name at least one component, or answer for the release as a whole")
    return sorted({found[ref] for ref in refs})


def _settle(row: CaseRelease) -> None:
    """Write the release's answer from its components': the worst status, with the words of those that have it."""
    given = {(one.name, one.version): one for one in row.by_component.all()}
    now_there = [(one["name"], one["version"]) for one in concerned_components(row.case, row.release)]
    there = sorted(set(now_there)) or sorted(given)
    status = worst(VexStatus(given[p].status) if p in given else VexStatus.UNDER_INVESTIGATION for p in there)
    grave = [given[p] for p in there if p in given and given[p].status == status]
    shared = {one.justification for one in grave}
    row.status = status
    row.justification = shared.pop() if len(shared) == 1 else ""
    row.impact, row.action = _words(grave, "impact"), _words(grave, "action")
    if status is VexStatus.NOT_AFFECTED and not row.justification and not row.impact:
        row.impact = "; ".join(f"{one.name} {one.version}: {one.justification.replace('_', ' ')}" for one in grave)
    row.evidence = _words(list(given.values()), "evidence")
    days = [one.review_on for one in grave if one.review_on is not None]
    row.review_on = min(days, default=None)
    row.save()


def _words(answers: Sequence[ComponentAnswer], field: str) -> str:
    """One text for several components: the text itself where all say the same, else each with its component."""
    said: Mapping[str, str] = {f"{one.name} {one.version}".strip(): getattr(one, field) for one in answers}
    texts = {text for text in said.values() if text}
    if len(texts) <= 1:
        return texts.pop() if texts else ""
    return "\n".join(f"{component}: {text}" for component, text in said.items() if text)
