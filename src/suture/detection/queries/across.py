"""One vulnerability across all our devices: an answer for every release."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from django.db import connection

from suture.accounts.models import Person
from suture.accounts.queries import sees
from suture.core.components import Package as PackageName
from suture.core.components import PackageKind
from suture.core.errors import NotFound
from suture.core.ranges import FALLBACK
from suture.detection.kernel import chunks
from suture.detection.models import Finding, UnplacedVersion
from suture.detection.queries.coverage import Verdict, states_of, why_not_assessed
from suture.detection.queries.crosswalk import crosswalk_now
from suture.evidence.clock import now
from suture.intelligence.models import ORDINALS, Assertion, Covers, Package, Vulnerability
from suture.intelligence.queries import knowledge, sources_status, standing, standing_group
from suture.inventory.models import Release
from suture.inventory.queries import all_releases


class Answer(StrEnum):
    """What we say of one vulnerability in one release; there is an answer for every release."""

    AFFECTED = "affected"
    CONDITIONAL = "conditional"
    POSSIBLE = "possible"
    NOT_ASSESSED = "not assessed"
    NOT_PRESENT = "not present"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceAnswer:
    """One row of *vulnerability × all our devices*."""

    release: Release
    answer: Answer
    why: tuple[str, ...]
    components: tuple[str, ...] = ()
    finding: Finding | None = None  # the one that stands, or the one that went
    not_identified: int = 0  # components of the release that could not be looked at


def vulnerability_across_devices(vulnerability: Vulnerability, person: Person) -> list[DeviceAnswer]:
    """A row for every release, those in development included. A constant number of queries.

    Raises:
        NotFound: the vulnerability stands behind a wall this person is not admitted to.
    """
    if not sees(person, vulnerability.wall):
        raise NotFound("there is no such vulnerability")
    vulnerability = standing_group(vulnerability)
    releases = list(all_releases())
    findings = {f.release_id: f for f in Finding.objects.filter(vulnerability=vulnerability)}
    known, sources = knowledge(), sources_status(now())
    states = states_of(release.pk for release in releases)
    spoken = _spoken_of(vulnerability, known.rev)
    possible, pending = _possible_in(spoken), _pending_in(spoken)
    rows = []
    for release in releases:
        state, finding = states.get(release.pk), findings.get(release.pk)
        verdict = why_not_assessed(release, state, known, sources)
        gaps = state.gaps if state else 0
        rows.append(
            _answer(vulnerability, release, finding, verdict, spoken, possible[release.pk], pending[release.pk], gaps)
        )
    order = list(Answer)
    return sorted(rows, key=lambda row: (order.index(row.answer), row.release.label))


def _answer(
    vulnerability: Vulnerability, release: Release, finding: Finding | None, verdict: Verdict, spoken: _Spoken,
    possible: Sequence[str], pending: Sequence[str], gaps: int,
) -> DeviceAnswer:  # fmt: skip
    def row(answer: Answer, why: Sequence[str], components: Sequence[str] = ()) -> DeviceAnswer:
        return DeviceAnswer(
            release=release, answer=answer, why=tuple(why), components=tuple(components), finding=finding,
            not_identified=gaps,
        )  # fmt: skip

    if finding is not None and finding.standing:
        named = [f"{c['name']} {c['version']}".strip() for c in finding.components]
        return row(Answer(finding.result), finding.why, named)
    if not verdict.assessed:
        return row(Answer.NOT_ASSESSED, [verdict.says])
    if possible:
        return row(Answer.POSSIBLE, [f"the version of {one} is not known" for one in possible], possible)
    if pending:
        return row(Answer.NOT_ASSESSED, pending)
    if not spoken.packages and not spoken.waiting and not spoken.settled:
        why = "no source states which versions are affected in a way that can be compared"
        if vulnerability.ours:
            why = "nobody has stated yet whether this release is concerned"
        return row(Answer.NOT_ASSESSED, [why])
    why = f"none of its {release.sbom.components_read if release.sbom else 0} components matches"
    if finding is not None and finding.gone_because:
        why = finding.gone_because
    unknown = [f"{gaps} of its components could not be looked at"] if gaps else []
    return row(Answer.NOT_PRESENT, [why, *unknown])


class _Spoken(NamedTuple):
    """What the standing assertions of one vulnerability speak of."""

    packages: frozenset[int]  # with ranges that take part in matching; twins and fallbacks as their native package
    waiting: Mapping[int, tuple[str, ...]]  # native package -> reasons for which ranges of it wait
    settled: bool  # a person has said of ranges in review what they mean for us


def _spoken_of(vulnerability: Vulnerability, rev: int) -> _Spoken:
    covering = Covers.objects.filter(vuln=vulnerability.pk).values_list("assertion", flat=True)
    own = standing(Assertion.objects.filter(vuln=vulnerability.pk), rev).values_list("id", flat=True)
    elsewhere = set(Covers.objects.filter(assertion__in=own).values_list("assertion", flat=True))
    numbers = [*standing(Assertion.objects.filter(id__in=covering), rev).values_list("id", flat=True)]
    numbers += [number for number in own if number not in elsewhere]
    packages: set[int] = set()
    waiting: dict[int, set[str]] = defaultdict(set)
    settled = False
    today = now().date()
    with connection.cursor() as cursor:
        for part in chunks(numbers, 200):
            inside = " OR ".join(f"(stmt >= {n << ORDINALS:d} AND stmt < {(n + 1) << ORDINALS:d})" for n in part)
            cursor.execute(f"SELECT DISTINCT pkg_id FROM rng WHERE ({inside}) AND f <= %s AND t > %s", [rev, rev])  # noqa: S608
            packages.update(row[0] for row in cursor.fetchall())
            cursor.execute(
                "SELECT w.pkg_id, w.reason, s.until FROM rng_review w LEFT JOIN review_settled s ON s.stmt = w.stmt "  # noqa: S608
                f"AND s.until >= %s WHERE ({inside.replace('stmt', 'w.stmt')}) AND w.pkg_id IS NOT NULL "
                "AND w.f <= %s AND w.t > %s",
                [today, rev, rev],
            )
            for package, reason, until in cursor.fetchall():
                settled = settled or until is not None
                if until is None:
                    waiting[package].add(reason)
    words = Package.objects.filter(pk__in=packages, kind=PackageKind.CNA).values_list("pk", "name")
    # vendor and product words alone: no component is looked up by them, but through the crosswalk
    crosswalk = crosswalk_now()
    packages.difference_update(
        number for number, name in words if not crosswalk.speaks_of(PackageName(PackageKind.CNA, FALLBACK, name))
    )
    return _Spoken(frozenset(packages), {package: tuple(sorted(why)) for package, why in waiting.items()}, settled)


def _possible_in(spoken: _Spoken) -> Mapping[int, list[str]]:
    """Components of packages it speaks of, whose version is missing or has no order; by release."""
    found: dict[int, list[str]] = defaultdict(list)
    for part in chunks(sorted(spoken.packages)):
        rows = UnplacedVersion.objects.filter(pkg_id__in=part).select_related("component")
        for one in rows.order_by("component__name"):
            name = str(one.component)
            if name not in found[one.release_id]:
                found[one.release_id].append(name)
    return found


_PENDING = """
SELECT DISTINCT i.release_id, cv.pkg_id, p.name FROM inst i JOIN cv ON cv.cv_id = i.cv_id
JOIN package p ON p.pkg_id = cv.pkg_id WHERE cv.pkg_id IN ({packages})
UNION
SELECT DISTINCT c.release_id, c.pkg_id, p.name FROM cv_review c
JOIN package p ON p.pkg_id = c.pkg_id WHERE c.pkg_id IN ({packages})"""


def _pending_in(spoken: _Spoken) -> Mapping[int, list[str]]:
    """Why nothing can be said of a release, where a range that could concern it waits for a person; by release."""
    found: dict[int, list[str]] = defaultdict(list)
    for part in chunks(sorted(spoken.waiting)):
        with connection.cursor() as cursor:
            cursor.execute(_PENDING.format(packages=", ".join(str(int(package)) for package in part)))
            for release, package, name in sorted(cursor.fetchall()):
                reasons = ", ".join(spoken.waiting[package])
                found[release].append(f"a stated range of {name} waits for a person ({reasons})")
    return found
