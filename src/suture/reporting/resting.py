"""What a signed decision lets rest: an MDR clock on a qualified person's conclusion, the 806 date under the policy."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from suture.accounts.models import Signature
from suture.core.facts import Answer
from suture.core.reportability import Duty806
from suture.evidence.canonical import digest
from suture.reporting.models import Decision

_CONCLUSION = "qualified_person_objects"


@dataclass(frozen=True, slots=True)
class Resting:
    """What rests on a case by signature.

    `concluded_at`: the instant of the conclusion that the events known by then are not reportable, as
    `Fact.recorded_at`; '' where there is none. `not_enforced`: the newest decision is signed, and says so.
    """

    concluded_at: str = ""
    not_enforced: bool = False


AWAKE = Resting()


def resting(decisions: Iterable[Decision]) -> dict[int, Resting]:
    """What rests, by case, over all their decisions (with their cases fetched); one query."""
    by_case: dict[int, list[Decision]] = {}
    for row in sorted(decisions, key=lambda decision: decision.version):
        by_case.setdefault(row.case_id, []).append(row)
    telling = [row for rows in by_case.values() for row in rows if _concluded(row) or row is rows[-1]]
    bound = {row.uid: digest(row.content()) for row in telling}
    given = Signature.objects.filter(signed_kind=Decision.record_kind, signed_uid__in=bound)
    held = {s.signed_uid for s in given if bound[s.signed_uid] == s.digest}
    return {key: _resting(rows, held) for key, rows in by_case.items()}


def _resting(rows: list[Decision], held: Collection[UUID]) -> Resting:
    newest = rows[-1]
    signed = [row for row in rows if row.uid in held and _concluded(row)]
    at = max((_concluded(row) for row in signed), default="") if _concluded(newest) else ""
    return Resting(at, newest.uid in held and newest.duty_806 == Duty806.NOT_ENFORCED)


def _concluded(row: Decision) -> str:
    said = row.given.get(_CONCLUSION)
    if not said or said["answer"] != Answer.YES:
        return ""
    return datetime.fromisoformat(said["at"]).astimezone(UTC).isoformat(timespec="microseconds")
