"""A finding whose match a person confirmed does not go in silence: it is held until a person decides."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.services import require
from suture.core.errors import InvalidValue, NotAllowed, NotFound
from suture.core.labels import MatchLabel
from suture.core.matching import MatchClass
from suture.detection.findings import note
from suture.detection.models import Finding
from suture.evidence.canonical import digest
from suture.evidence.clock import now
from suture.evidence.services import record
from suture.intelligence.models import Vulnerability
from suture.intelligence.queries import published_rev, standing_group


def label_matches(vulnerability: Vulnerability, labels: Mapping[int, MatchLabel | None]) -> None:
    """Keep at the findings of a vulnerability what persons said of their match, by release.

    In the transaction of the answer, which stands with its evidence in its own room: this only lets matching see it.
    """
    group = standing_group(vulnerability).pk
    rows = Finding.objects.filter(vulnerability__in=[vulnerability.pk, group])
    for label in (MatchLabel.RIGHT, MatchLabel.WRONG, None):
        releases = [release for release, said in labels.items() if said is label]
        if releases:
            rows.filter(release__in=releases).update(match_label=label.value if label else "")


def decide_held(*, finding_uids: Collection[UUID | str], keep: bool, by: Person, because: str) -> list[Finding]:
    """Decide on held findings of one release: let them go as matching would, or keep them by a person's statement.

    One line of evidence, with the hash of what was decided on and of what came of it.

    Args:
        keep: they stay, as stated by this person, whatever matching says; otherwise they go, with this reason.

    Raises:
        InvalidValue: none chosen, of several releases, or no reason.
        NotAllowed: one is not held (any longer), or the person may not.
    """
    if not because.strip():
        raise InvalidValue("say why; it goes on record with the decision")
    with transaction.atomic():
        rows = list(
            Finding.objects.select_for_update(of=("self",))
            .select_related("vulnerability__wall", "release__product")
            .filter(uid__in=finding_uids)
            .order_by("pk")
        )
        if not rows or len(rows) != len({str(uid) for uid in finding_uids}):
            raise NotFound("there is no such finding")
        if len({row.release_id for row in rows}) > 1:
            raise InvalidValue("decide release by release")
        for row in rows:
            require(by, "finding.judge", row)
            if not row.held_because:
                raise NotAllowed(f"{row.label} is not held; somebody decided already, or it matches again")
        asked = [{"vulnerability": row.vulnerability.preferred_id, "held": row.held_because} for row in rows]
        at, rev = now(), published_rev()
        for row in rows:
            (_keep if keep else _let_go)(row, by, because, at, rev)
            row.held_because, row.held_at = "", None
            row.save()
        record(
            by=by, did="findings.kept" if keep else "findings.let_go", to=rows[0].release, because=because,
            facts={
                "count": len(rows), "vulnerabilities": [one["vulnerability"] for one in asked][:200],
                "input": digest({"held": asked, "because": because}),
                "result": digest({"findings": [[r.uid, r.standing, r.gone_because, len(r.stated)] for r in rows]}),
            },
        )  # fmt: skip
    return rows


def _keep(row: Finding, by: Person, because: str, at: datetime, rev: int) -> None:
    words = {"says": because, "by": by.printed_name, "uid": str(by.uid), "at": at.isoformat(timespec="seconds")}
    row.stated = [*row.stated, words]
    row.reasons, row.result = [], MatchClass.AFFECTED.value
    note(row, at, rev, "kept", because)


def _let_go(row: Finding, by: Person, because: str, at: datetime, rev: int) -> None:
    was = row.held_because.removeprefix("would be dropped because ")
    row.gone_at, row.gone_because = at, f"{was}; confirmed by {by.printed_name}: {because}"[:500]
    row.match_label = ""
    note(row, at, rev, "gone", row.gone_because)
