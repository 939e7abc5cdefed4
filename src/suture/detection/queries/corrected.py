"""What was corrected: the list that keeps 'dropped because' visible, counted, per release and for the portfolio."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet

from suture.accounts.models import Person
from suture.accounts.queries import visible
from suture.core.corrections import Named, named
from suture.core.errors import NotFound
from suture.detection.kernel import rows, whole_ranges
from suture.detection.models import CorrectedMatch, Finding, MatchCorrection, UnplacedVersion
from suture.detection.reasons import spoken
from suture.intelligence.models import OPEN, ORDINALS, Vulnerability
from suture.intelligence.queries import published_rev
from suture.inventory.models import Release


def corrections_for(person: Person) -> QuerySet[Any]:
    """Every correction this person may know of, standing ones first, with `found` matches in `releases` releases."""
    rows_ = visible(person, MatchCorrection.objects.all(), "vulnerability__wall")
    counted = rows_.annotate(found=Count("matches"), releases=Count("matches__release", distinct=True))
    return counted.select_related("owner", "made_by", "ended_by", "vulnerability").order_by(
        "ended_at", "review_on", "pk"
    )


def standing_corrections(person: Person, on: date) -> QuerySet[Any]:
    """Those that stand on a day."""
    return corrections_for(person).filter(ended_at=None, review_on__gte=on)


def correction_by_uid(uid: object, person: Person) -> MatchCorrection:
    """One correction.

    Raises:
        NotFound: there is none, or it stands behind a wall.
    """
    found: MatchCorrection | None = corrections_for(person).filter(uid=uid).first()
    if found is None:
        raise NotFound("there is no such correction")
    return found


def corrected_in(release: Release, person: Person) -> QuerySet[CorrectedMatch]:
    """The matches of a release that are not drawn because somebody corrected them."""
    rows_ = visible(person, CorrectedMatch.objects.filter(release=release), "vulnerability__wall")
    return rows_.select_related("correction__owner", "vulnerability").order_by(
        "vulnerability__preferred_id", "component", "source", "record"
    )


def corrected_by(correction: MatchCorrection, person: Person) -> QuerySet[CorrectedMatch]:
    """The matches one correction keeps out, over all releases."""
    rows_ = visible(person, CorrectedMatch.objects.filter(correction=correction), "vulnerability__wall")
    return rows_.select_related("release__product", "vulnerability").order_by(
        "release__product__brand_name", "release__version", "component", "record"
    )


def corrected_counts(releases: Iterable[Release], person: Person) -> dict[int, int]:
    """How many vulnerabilities are not drawn in each release because of corrections. One query."""
    rows_ = visible(person, CorrectedMatch.objects.filter(release__in=list(releases)), "vulnerability__wall")
    return dict(rows_.values_list("release").annotate(n=Count("vulnerability", distinct=True)))


def corrected_of(vulnerability: Vulnerability) -> dict[int, int]:
    """How many matches of a vulnerability are corrected in each release; its page has passed its wall."""
    rows_ = CorrectedMatch.objects.filter(vulnerability=vulnerability)
    return dict(rows_.values_list("release").annotate(n=Count("pk")))


class Pair(NamedTuple):
    """One way a finding was matched: a component, and what it was taken for. What a person may correct."""

    component: str  # 'go-sql-driver 1.7.0'
    named: Named
    given_as: str
    package: str
    source: str
    record: str
    says: str


_HITS = f"""
SELECT DISTINCT c.name, c.version, i.given_as, p.name, h.stmt
FROM inst i JOIN hit h ON h.cv_id = i.cv_id AND h.t = {OPEN}
JOIN inventory_component c ON c.id = i.component_id
JOIN cv ON cv.cv_id = i.cv_id JOIN package p ON p.pkg_id = cv.pkg_id
JOIN assertion a ON a.id = h.stmt >> {ORDINALS} LEFT JOIN covers v ON v.assertion = a.id
WHERE i.release_id = %(release)s AND COALESCE(v.vuln, a.vuln) = %(vuln)s"""  # noqa: S608


def pairs_of(finding: Finding) -> list[Pair]:
    """How a finding is matched, pair by pair, for whoever thinks that one of them is wrong; without those corrected."""
    found = rows(_HITS, {"release": finding.release_id, "vuln": finding.vulnerability_id})
    unplaced = list(UnplacedVersion.objects.filter(release=finding.release_id).select_related("component"))
    names = _names(one.pkg_id for one in unplaced)
    for package, stmt in whole_ranges({one.pkg_id for one in unplaced}, published_rev()):
        found += [
            (one.component.name, one.component.version, one.given_as, names[package], stmt)
            for one in unplaced
            if one.pkg_id == package
        ]
    said = spoken(row[4] for row in found)
    pairs = {
        Pair(
            f"{name} {version}".strip(), named(name, given_as), given_as, package, said[stmt].source,
            said[stmt].record_id, said[stmt].says,
        )
        for name, version, given_as, package, stmt in found
        if stmt in said and finding.vulnerability_id in said[stmt].vulnerabilities
    }  # fmt: skip
    standing = MatchCorrection.objects.filter(ended_at=None)
    done = {
        (row.name, row.identifier, package, row.source, row.record)
        for row in standing
        for package in (*row.also, row.package)
    }
    return sorted(
        p for p in pairs
        if not done & {(*p.named, p.package, "", ""), (*p.named, "", p.source, p.record)}
    )  # fmt: skip


def _names(packages: Iterable[int]) -> dict[int, str]:
    numbers = ", ".join(str(int(number)) for number in sorted(set(packages)) if number > 0)
    return dict(rows(f"SELECT pkg_id, name FROM package WHERE pkg_id IN ({numbers})", {})) if numbers else {}  # noqa: S608


def due_for_review(person: Person, until: date, lapsed_since: datetime) -> list[MatchCorrection]:
    """Standing corrections whose review date comes by a day, and those that lapsed of late and nobody made anew."""
    lapsed = Q(ended_at__gte=lapsed_since, ended_by__kind=Person.Kind.SYSTEM)
    due = MatchCorrection.objects.filter(Q(ended_at=None, review_on__lte=until) | lapsed)
    rows_ = list(visible(person, due, "vulnerability__wall").select_related("owner").order_by("review_on", "pk"))
    if all(row.ended_at is None for row in rows_):
        return rows_
    about = ("name", "identifier", "package", "source", "record")
    made = set(MatchCorrection.objects.filter(ended_at=None).values_list(*about))
    return [r for r in rows_ if r.ended_at is None or tuple(getattr(r, field) for field in about) not in made]
