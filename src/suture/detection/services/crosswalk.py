"""Settle identity once, for the whole portfolio: two names are one product, or they are not; a person says, with why.

Releases whose components carry one of the names are found by the next round of matching (`services.staleness`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.services import new_uid, require
from suture.core.errors import Conflict, InvalidValue
from suture.detection.crosswalk import SHIPPED, Crosswalk
from suture.detection.crosswalk_names import Named, pair, pair_key
from suture.detection.models import CrosswalkDecision, CrosswalkSuggestion
from suture.detection.queries.crosswalk import CONFIRMED, crosswalk_of, names_of, standing_decisions
from suture.evidence.clock import now
from suture.evidence.services import record

Verdict = CrosswalkDecision.Verdict
LONGEST_REASON = 1000


def confirm_pair(
    *, one: Named, other: Named, by: Person, because: str, confidence: str, review_on: date,
    owner: Person | None = None, provenance: Sequence[Mapping[str, str]] = (),
) -> CrosswalkDecision:  # fmt: skip
    """State that two names are one product: the same code with the same version numbers.

    Args:
        one, other: see `crosswalk_names.read_name`.
        confidence: one of `CrosswalkDecision.Confidence`: what it rests on.
        review_on: the day it is to be looked at again; until somebody does, it holds.
        provenance: where both names stand together; where a suggestion waits for this pair, its carriers are added.

    Raises:
        InvalidValue: the names cannot be paired (a distribution's package has no other name), or a reason is missing.
        Conflict: it is so already, or it contradicts a pair that was rejected.
        NotAllowed: none of this person's roles may do this.
    """
    if confidence not in CrosswalkDecision.Confidence.values:
        raise InvalidValue(f"say what it rests on: {', '.join(CrosswalkDecision.Confidence.values)}")
    first, second = pair(one, other)
    _check(because, review_on)
    with transaction.atomic():
        require(by, "crosswalk.decide")
        standing = standing_decisions()
        _must_fit(first, second, standing)
        carried = list(provenance) + _carriers(first, second)
        return _decide(first, second, Verdict.CONFIRMED, by, owner, because, confidence, review_on, carried)


def reject_pair(
    *, one: Named, other: Named, by: Person, because: str, review_on: date, owner: Person | None = None
) -> CrosswalkDecision:
    """State that two names are not one product, whatever a record carries; remembered, and not suggested again.

    Raises:
        InvalidValue: the names cannot be paired, or a reason is missing.
        Conflict: they are one by entries that stand; take those back first.
        NotAllowed: none of this person's roles may do this.
    """
    first, second = pair(one, other)
    _check(because, review_on)
    with transaction.atomic():
        require(by, "crosswalk.decide")
        key = pair_key(first, second)
        others = [row for row in standing_decisions() if row.pair != key]
        ways = _ways(_crosswalk(others), first, second)
        if ways:
            raise Conflict(f"{first.says} is {second.says} already: {'; '.join(ways)}; take that back first")
        return _decide(first, second, Verdict.REJECTED, by, owner, because, "", review_on, _carriers(first, second))


def take_back_pair(*, one: Named, other: Named, by: Person, because: str) -> CrosswalkDecision:
    """Take back what was said of two names; a suggestion of them waits again.

    Raises:
        Conflict: nothing stands that could be taken back.
        NotAllowed: none of this person's roles may do this.
    """
    first, second = pair(one, other)
    _check(because, None)
    with transaction.atomic():
        require(by, "crosswalk.decide")
        key = pair_key(first, second)
        if not any(row.pair == key for row in standing_decisions()):
            raise Conflict(f"nobody has said anything of {first.says} and {second.says} that stands")
        return _decide(first, second, Verdict.TAKEN_BACK, by, None, because, "", None, [])


def _check(because: str, review_on: date | None) -> None:
    if not because.strip():
        raise InvalidValue("say why, in a sentence a colleague will understand in five years")
    if len(because) > LONGEST_REASON:
        raise InvalidValue(f"a reason of {len(because):,} characters; {LONGEST_REASON:,} are kept")
    if review_on is not None and review_on <= now().date():
        raise InvalidValue("the day to look at it again must lie in the future")


def _crosswalk(rows: Sequence[CrosswalkDecision]) -> Crosswalk:
    return crosswalk_of([row for row in rows if row.verdict == CONFIRMED], 0)


def _must_fit(one: Named, other: Named, standing: Sequence[CrosswalkDecision]) -> None:
    """Refuse what stands already, and a chain that would join a pair a person has rejected."""
    key = pair_key(one, other)
    if any(row.pair == key and row.verdict == CONFIRMED for row in standing):
        raise Conflict(f"{one.says} is {other.says} already; take that back to say it anew")
    if one.package is not None and other.package is not None and SHIPPED.why(one.package, other.package):
        raise Conflict(f"{one.says} is {other.says} already, by the rows shipped with Suture")
    before = _crosswalk(standing)
    left, right = _group(before, one), _group(before, other)
    for row in standing:
        if row.verdict == CONFIRMED or row.pair == key:
            continue
        apart = {named.key for named in names_of(row)}
        if any({a, b} == apart for a in left for b in right):
            raise Conflict(
                f"this would make {row.one_name} and {row.other_name} one, which {row.by.printed_name} rejected on "
                f"{row.at.date().isoformat()}: {row.because}"
            )


def _group(crosswalk: Crosswalk, named: Named) -> set[str]:
    package = named.package
    if package is None:
        return {named.key}
    return {named.key, *(f"{called.kind.value}:{called.name}" for called in crosswalk.also_called(package))}


def _ways(crosswalk: Crosswalk, one: Named, other: Named) -> tuple[str, ...]:
    if one.package is None or other.package is None:
        return ()
    return crosswalk.why(one.package, other.package)


def _carriers(one: Named, other: Named) -> list[Mapping[str, str]]:
    found = CrosswalkSuggestion.objects.filter(pair=pair_key(one, other)).first()
    return list(found.provenance) if found else []


def _decide(
    one: Named, other: Named, verdict: str, by: Person, owner: Person | None, because: str, confidence: str,
    review_on: date | None, provenance: Sequence[Mapping[str, str]],
) -> CrosswalkDecision:  # fmt: skip
    row = CrosswalkDecision.objects.create(
        uid=new_uid(), pair=pair_key(one, other), one_kind=one.kind.value, one_name=one.name,
        other_kind=other.kind.value, other_name=other.name, verdict=verdict, confidence=confidence,
        provenance=[dict(found) for found in provenance], because=because.strip(), by=by, owner=owner or by,
        review_on=review_on, at=now(),
    )  # fmt: skip
    record(
        by=by, did=f"crosswalk.{verdict.replace(' ', '_')}", to=row, because=because,
        facts={
            "one": one.typed, "other": other.typed, "confidence": confidence, "provenance": row.provenance,
            "owner": str(row.owner.uid), "review_on": review_on.isoformat() if review_on else "", "revision": row.pk,
        },
    )  # fmt: skip
    return row
