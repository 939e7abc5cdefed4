"""What is owed for a device is measured by the verdict its action was taken on; read off every signed assessment.

`verdict_of` in `queries` says what the risk is now. This page says what counts for R7 and R9 to R16, for the fix by
day 60 and for closing: a risk that a control or a fix brought down was uncontrolled when it was acted on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from suture.accounts.models import Signature
from suture.assessment.models import Assessment, Case, CaseRelease, Control
from suture.assessment.queries import answers_of, assessments_of, counts_compensating, signed_outcome, still_says
from suture.core.acted_on import SignedVerdict, verdict_acted_on
from suture.core.calendar import local_date
from suture.core.cases import AssessmentState
from suture.core.facts import Facts
from suture.core.milestones import initiated_on
from suture.core.risk import Outcome
from suture.core.vex import VexStatus
from suture.evidence.canonical import digest
from suture.inventory.models import Product, Release

_SIGNED = (AssessmentState.APPROVED, AssessmentState.SUPERSEDED)
_GONE = (VexStatus.NOT_AFFECTED, VexStatus.FIXED)


@dataclass(frozen=True, slots=True)
class ActedOn:
    """One device to decide on: the verdict that counts (None: not known), and the assessments it was read off."""

    product: Product
    outcome: Outcome | None
    rows: tuple[Assessment, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """The verdict that counts for one release, and its assessment."""

    answer: CaseRelease
    row: Assessment | None
    outcome: Outcome | None


def devices_acted_on(case: Case, facts: Facts) -> list[ActedOn]:
    """The devices of a case to decide on, each with the verdict that counts for what is owed.

    Those with an affected release; those whose releases are fixed by now; and those that were signed as uncontrolled
    before a correction was initiated, whatever was answered since. While nobody answered, every concerned one.
    An assessment whose signature no longer holds says nothing.
    """
    rows = list(assessments_of(case))
    return acted_on(case, facts, list(answers_of(case)), rows, list(case.controls.all()), held=_held(rows))


def verdict_to_act_on(devices: Iterable[ActedOn]) -> Outcome | None:
    """The case's verdict for what is owed: uncontrolled while one device's is; None while one is not known."""
    outcomes = [device.outcome for device in devices]
    if Outcome.UNCONTROLLED in outcomes:
        return Outcome.UNCONTROLLED
    return None if not outcomes or None in outcomes else Outcome.CONTROLLED


def acted_on(
    case: Case, facts: Facts, answers: Sequence[CaseRelease], assessments: Sequence[Assessment],
    controls: Sequence[Control], *, held: Collection[UUID] | None = None,
) -> list[ActedOn]:  # fmt: skip
    """As `devices_acted_on`, from rows that were fetched already: for lists over many cases.

    Args:
        held: the assessments whose signature holds; None where the caller does not look, as a list does not.
    """
    begun = initiated_on(facts)
    found = []
    products = {a.release.product_id: a.release.product for a in answers}
    for key, product in sorted(products.items(), key=lambda pair: pair[1].brand_name):
        signed = [a for a in assessments if a.product_id == key and a.at in _SIGNED and a.approved_at is not None]
        reads = []
        for answer in (a for a in answers if a.release.product_id == key):
            row = _acted_on(case, _history(signed, answer.release), begun)
            says = None if row is None else still_says(row, answer.release, controls)
            if row is not None and held is not None and row.uid not in held and says is not Outcome.UNCONTROLLED:
                says = None
            reads.append(_Read(answer, row, says))
        device = _device(product, reads, begun is not None)
        if device is not None:
            found.append(device)
    if found:
        return found
    waiting = {a.release.product_id for a in answers if a.status not in _GONE}
    return [ActedOn(product, None, ()) for key, product in products.items() if key in waiting]


def _device(product: Product, reads: Sequence[_Read], begun: bool) -> ActedOn | None:
    affected = [r for r in reads if r.answer.status == VexStatus.AFFECTED]
    fixed = [r for r in reads if r.answer.status == VexStatus.FIXED and r.row is not None]
    acted = [
        r for r in reads
        if r.outcome is Outcome.UNCONTROLLED and (begun or r.answer.status != VexStatus.NOT_AFFECTED)
    ]  # fmt: skip
    counting = affected or acted or fixed
    if not counting:
        return None
    rows = {r.row.uid: r.row for r in (*counting, *acted) if r.row is not None}
    outcomes = [r.outcome for r in (*counting, *acted)]
    outcome = None if None in outcomes else Outcome.CONTROLLED
    return ActedOn(product, Outcome.UNCONTROLLED if acted else outcome, tuple(rows.values()))


def _history(signed: Iterable[Assessment], release: Release) -> list[Assessment]:
    """Every assessment that was ever in force for a release: the device's, until the release had its own."""
    rows = sorted((a for a in signed if a.release_id in (None, release.pk)), key=lambda a: (a.approved_at, a.version))
    own = next((n for n, a in enumerate(rows) if a.release_id is not None), len(rows))
    return rows[:own] + [a for a in rows[own:] if a.release_id is not None]


def _acted_on(case: Case, rows: Sequence[Assessment], begun: date | None) -> Assessment | None:
    zone = case.establishment.time_zone
    verdicts = [
        SignedVerdict(local_date(a.approved_at, zone), signed_outcome(a), counts_compensating(a), n)
        for n, a in enumerate(rows)
        if a.approved_at is not None
    ]
    counts = verdict_acted_on(verdicts, begun)
    return None if counts is None else rows[counts.version]


def _held(rows: Sequence[Assessment]) -> set[UUID]:
    """The signed assessments that say what was signed; changing the record voids its signature (21 CFR 11.70)."""
    bound = {a.uid: digest(a.content()) for a in rows if a.at in _SIGNED}
    given = Signature.objects.filter(signed_kind=Assessment.record_kind, signed_uid__in=bound)
    return {s.signed_uid for s in given if bound[s.signed_uid] == s.digest}
