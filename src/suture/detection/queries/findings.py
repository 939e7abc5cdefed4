"""Findings as a person may see them, and counts of them for lists. Constant numbers of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet

from suture.accounts.models import Person
from suture.accounts.queries import visible
from suture.core.errors import NotFound
from suture.detection.kernel import chunks
from suture.detection.models import Finding
from suture.detection.queries.coverage import Verdict, states_of, why_not_assessed
from suture.detection.queries.found import Found
from suture.detection.queries.ledger import breaches
from suture.evidence.clock import now
from suture.intelligence.models import Alias, Kev
from suture.intelligence.queries import (
    epss_by_vulnerability,
    kev_by_vulnerability,
    knowledge,
    sources_status,
    standing,
)
from suture.inventory.models import Release


def findings_of(release: Release, person: Person, *, gone: bool = False) -> QuerySet[Finding]:
    """The findings of a release that this person may see; with `gone`, those that no longer stand as well."""
    rows = visible(person, Finding.objects.filter(release=release), "vulnerability__wall")
    rows = rows.select_related("vulnerability", "release__product").order_by("vulnerability__preferred_id")
    return rows if gone else rows.filter(gone_at=None)


def finding_by_uid(uid: str, person: Person) -> Finding:
    """One finding.

    Raises:
        NotFound: there is none, or it stands behind a wall this person is not admitted to.
    """
    rows = visible(person, Finding.objects.filter(uid=uid), "vulnerability__wall")
    found = rows.select_related("vulnerability__wall", "release__product").first()
    if found is None:
        raise NotFound("there is no such finding")
    return found


class Exploitation(NamedTuple):
    """What is known of a vulnerability being exploited, as of today's knowledge."""

    kev_added: str  # ISO date; '' where it is not in CISA's catalogue, which never means that it is not exploited
    ransomware: bool
    epss: float | None
    percentile: float | None


def exploitation_of(vulnerabilities: Iterable[int]) -> dict[int, Exploitation]:
    """KEV and EPSS of many vulnerabilities, joined at read; two queries each for 5,000 of them."""
    found: dict[int, Exploitation] = {}
    for part in chunks(dict.fromkeys(vulnerabilities)):
        exploited, scored = kev_by_vulnerability(part), epss_by_vulnerability(part)
        for number in part:
            kev, epss = exploited.get(number), scored.get(number)
            found[number] = Exploitation(
                kev.added if kev else "", bool(kev and kev.ransomware),
                epss.score if epss else None, epss.percentile if epss else None,
            )  # fmt: skip
    return found


class ReleaseCounts(NamedTuple):
    """What a list says of a release. Where it was not assessed, the numbers are what is left from before, not zeros."""

    findings: int
    exploited: int  # of them in CISA's catalogue
    possible: int  # components whose version is not known
    gaps: int  # components not monitored
    verdict: Verdict


def counts_by_release(releases: Sequence[Release], person: Person) -> dict[int, ReleaseCounts]:
    """Counts of many releases in a constant number of queries."""
    numbers = [release.pk for release in releases]
    known, sources, states, lacking = knowledge(), sources_status(now()), states_of(numbers), breaches()
    rows = visible(person, Finding.objects.filter(release_id__in=numbers, gone_at=None), "vulnerability__wall")
    counted = dict(rows.values_list("release_id").annotate(n=Count("pk")))
    exploited = _exploited(rows, known.rev)
    # A finding behind a wall is not counted for everybody, yet something was found.
    behind = Finding.objects.filter(release_id__in=numbers, gone_at=None)
    standing_in = set(behind.values_list("release_id", flat=True).distinct())
    found = {}
    for release in releases:
        state = states.get(release.pk)
        found[release.pk] = ReleaseCounts(
            counted.get(release.pk, 0), exploited.get(release.pk, 0), state.possible if state else 0,
            state.gaps if state else 0,
            why_not_assessed(release, state, known, sources, lacking, nothing_found=release.pk not in standing_in),
        )  # fmt: skip
    return found


def _exploited(rows: QuerySet[Finding], rev: int) -> dict[int, int]:
    """Findings known to be exploited, by release: the catalogue is small, so it is the side that is looked up."""
    exploited = rows.filter(vulnerability_id__in=kev_vulnerabilities(rev))
    return dict(exploited.values_list("release_id").annotate(n=Count("pk")))


def kev_vulnerabilities(rev: int) -> QuerySet[Alias, Any]:
    """The numbers of the vulnerabilities that stand in CISA's catalogue, as a subquery."""
    listed = standing(Kev.objects.all(), rev).values("id")
    return standing(Alias.objects.filter(record_id__in=listed), rev).values("vuln")


def vulnerabilities_found(person: Person) -> Found:
    """Every vulnerability with a standing finding that this person may see, with `releases`: in how many it stands."""
    return Found(person=person)
