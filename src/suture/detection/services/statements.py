"""Findings by a person's statement: our own vulnerability without CVE or component, or what a finder reported."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.services import new_uid, require
from suture.core.errors import InvalidValue, NotFound
from suture.core.matching import MatchClass
from suture.detection.findings import note
from suture.detection.models import Finding
from suture.evidence.clock import now
from suture.evidence.services import record
from suture.intelligence.models import Vulnerability
from suture.intelligence.queries import published_rev
from suture.inventory.models import Release
from suture.inventory.queries import components_of


def add_manual_finding(
    *, release: Release, vulnerability: Vulnerability, components: Sequence[str] = (), because: str, by: Person
) -> Finding:
    """State that a vulnerability concerns a release: our own without CVE or component, or what a finder reported.

    Such a finding does not go away when matching does not find it.

    Args:
        components: refs of components of the release's current SBOM it sits in; none is allowed.

    Raises:
        InvalidValue: no reason is given, or a component is not in the release.
    """
    if not because.strip():
        raise InvalidValue("say why this vulnerability concerns this release")
    with transaction.atomic():
        require(by, "finding.judge", vulnerability)
        rows = components_of(release).filter(ref__in=list(components)).values("ref", "name", "version")
        named = list(rows.order_by("name", "version", "ref"))
        missing = sorted(set(components) - {row["ref"] for row in named})
        if missing:
            raise InvalidValue(f"not in the current SBOM of {release.label}: {', '.join(missing)}")
        rev, at = published_rev(), now()
        finding = Finding.objects.select_for_update().filter(release=release, vulnerability=vulnerability).first()
        if finding is None:
            finding = Finding(
                uid=new_uid(), release=release, vulnerability=vulnerability, first_seen=at, first_seen_rev=rev
            )
        elif finding.gone_at is not None:
            finding.gone_at, finding.gone_because, finding.reopened_at, finding.merged_into = None, "", at, None
        words = {"says": because, "by": by.printed_name, "uid": str(by.uid), "at": at.isoformat(timespec="seconds")}
        finding.stated = [*finding.stated, words]
        finding.result = MatchClass.AFFECTED.value
        known = {component["ref"] for component in finding.components}
        finding.components = [*finding.components, *(row for row in named if row["ref"] not in known)]
        note(finding, at, rev, "stated", because)
        finding.save()
        record(by=by, did="finding.stated", to=finding, because=because, facts={"components": sorted(components)})
    return finding


def take_back_statement(*, finding_uid: str, because: str, by: Person) -> Finding:
    """Take back what persons stated of a finding; it stays only if matching finds it.

    Raises:
        InvalidValue: nobody stated anything of it, or no reason is given.
    """
    if not because.strip():
        raise InvalidValue("say why the statement is taken back")
    with transaction.atomic():
        finding = (
            Finding.objects.select_for_update(of=("self",))
            .select_related("vulnerability__wall", "release__product")
            .filter(uid=finding_uid)
            .first()
        )
        if finding is None:
            raise NotFound("there is no such finding")
        require(by, "finding.judge", finding)
        if not finding.stated:
            raise InvalidValue("nobody stated this finding; it comes from matching")
        at, rev = now(), published_rev()
        taken, finding.stated = finding.stated, []
        note(finding, at, rev, "taken back", because)
        if not finding.reasons:
            finding.gone_at, finding.gone_because = at, f"taken back by {by.printed_name}: {because}"[:500]
        finding.save()
        record(by=by, did="finding.statement_taken_back", to=finding, because=because, facts={"stated": taken})
    return finding
