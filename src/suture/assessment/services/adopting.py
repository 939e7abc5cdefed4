"""Adopt judgements of other releases in one batch: VEX status and evidence only, one line of evidence for all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.services import new_uid
from suture.assessment.inheritance import Proposal, proposals
from suture.assessment.models import Case, CaseRelease
from suture.assessment.queries import verdict_after_answers
from suture.assessment.services.impact import review_day
from suture.assessment.services.taking import take_case, touch
from suture.core.cases import CaseState
from suture.core.errors import Conflict, InvalidValue
from suture.core.labels import label_of
from suture.core.vex import VexStatus
from suture.detection.services import label_matches
from suture.evidence.canonical import digest
from suture.evidence.clock import now
from suture.evidence.services import record

LISTED = 200  # adoptions named in the evidence; the digests cover them all


@dataclass(slots=True)
class Batch:
    """What the line of evidence speaks of."""

    uid: UUID
    label: str
    record_kind: ClassVar[str] = "batch of judgements"


def adopt_judgements(
    *, keys: Collection[str], by: Person, because: str, review_on: date | None = None
) -> list[CaseRelease]:
    """Adopt proposed judgements for newer releases; what a person looked at and confirms in one go.

    Args:
        keys: of the proposals, as `Proposal.key` gives them. What is no longer proposed is refused, not guessed.
        because: why they hold for the newer releases too.
        review_on: the last day they hold; 'not affected' holds for a year without one.

    Raises:
        InvalidValue: nothing chosen, or no reason.
        Conflict: one of them is no longer proposed: something changed since the person looked.

    Source: #13; the status alone is adopted: harm and verdict are judged per release and device.
    """
    if not because.strip():
        raise InvalidValue("say why these judgements hold for the newer releases")
    if not keys:
        raise InvalidValue("choose at least one judgement")
    with transaction.atomic():
        offered = {one.key: one for one in proposals(by)}
        gone = sorted(set(keys) - set(offered))
        if gone:
            raise Conflict(f"{len(gone)} of {len(set(keys))} are no longer proposed; look again, then repeat")
        chosen = [offered[key] for key in sorted(set(keys))]
        cases = _cases(chosen, by)
        made = [_adopt(one, cases[one.finding.vulnerability_id, one.source.case_id], by, because, review_on)
                for one in chosen]  # fmt: skip
        for case in {case.pk: case for case in cases.values()}.values():
            if case.at is not CaseState.CLOSED:
                case.verdict = verdict_after_answers(case)
            touch(case, "verdict")
        record(
            by=by, did="judgements.adopted", to=Batch(new_uid(), f"{len(made)} judgements of other releases"),
            because=because,
            facts={
                "count": len(made), "review_on": review_on, "cases": sorted({c.number for c in cases.values()}),
                "input": digest({"adopted": [one.content() for one in chosen], "because": because}),
                "result": digest({"answers": [_told(row) for row in made]}),
                "adopted": [
                    [row.release.label, one.finding.vulnerability.preferred_id, row.status, one.source.release.label]
                    for row, one in list(zip(made, chosen, strict=True))[:LISTED]
                ],
            },
        )  # fmt: skip
    return made


def _cases(chosen: Sequence[Proposal], by: Person) -> dict[tuple[int, int], Case]:
    """The case each goes to: the open one of its vulnerability, else the one it was answered in. Locked in order."""
    vulnerabilities = {one.finding.vulnerability_id for one in chosen}
    open_ones = dict(
        Case.objects.filter(vulnerability__in=vulnerabilities)
        .exclude(state=CaseState.CLOSED)
        .order_by("opened_at")
        .values_list("vulnerability_id", "pk")
    )
    wanted = {
        (one.finding.vulnerability_id, one.source.case_id): open_ones.get(
            one.finding.vulnerability_id, one.source.case_id
        )
        for one in chosen
    }
    uids = dict(Case.objects.filter(pk__in=wanted.values()).order_by("pk").values_list("pk", "uid"))
    # an answer that is inherited changes nothing in a closed case but that one more release has its status
    taken = {pk: take_case(uid, by, "impact.answer", closed_too=True) for pk, uid in uids.items()}
    return {key: taken[pk] for key, pk in wanted.items()}


def _adopt(one: Proposal, case: Case, by: Person, because: str, review_on: date | None) -> CaseRelease:
    source, release = one.source, one.finding.release
    row = case.answers.filter(release=release).first() or CaseRelease(uid=new_uid(), case=case, release=release)
    status = VexStatus(source.status)
    row.status, row.justification, row.impact, row.action = status, source.justification, source.impact, source.action
    row.evidence = f"adopted from {source.release.label} ({source.case.number}): {because}\n{source.evidence}"
    row.configuration, row.ground = source.configuration, source.ground
    row.inherited_from, row.owner, row.review_on = source, by, review_day(case, status, review_on)
    row.answered_by, row.answered_at = by, now()
    row.save()
    label_matches(one.finding.vulnerability, {release.pk: label_of(row.status, row.justification)})
    return row


def _told(row: CaseRelease) -> dict[str, object]:
    return {
        "uid": row.uid, "release": row.release.uid, "case": row.case.uid, "status": row.status,
        "justification": row.justification, "impact": row.impact, "action": row.action, "evidence": row.evidence,
        "review_on": row.review_on,
    }  # fmt: skip
