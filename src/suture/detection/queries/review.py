"""Stated ranges that wait for a person: which of them could concern a component of ours, and what was said of them.

A range could concern us where it is stated of a package that a component of a release is looked up by, under any of its
names: its identifiers, the crosswalk's, and names no source had used before.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from heapq import nlargest
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection

from suture.accounts.models import Person
from suture.accounts.queries import visible
from suture.core.errors import NotFound
from suture.detection.kernel import chunks
from suture.detection.models import ReviewDecision, ReviewSettled
from suture.detection.review import key_of, subject_of, why
from suture.evidence.clock import now
from suture.intelligence.models import ORDINALS, Assertion, Covers, Package, ReviewedRange, Vulnerability
from suture.intelligence.queries import published_rev, standing
from suture.inventory.models import Component, Release

LARGEST = 1 << 62  # statement numbers lie below

Verdict = ReviewDecision.Verdict
SETTLES = (Verdict.NOT_OURS, Verdict.VERSIONS, Verdict.EVERY_VERSION)

# a range that a decision settles, and not only until a day that has passed
UNSETTLED = "NOT EXISTS (SELECT 1 FROM review_settled s WHERE s.stmt = w.stmt AND s.until >= %(today)s)"


def last_decision() -> int:
    """The number of the last decision on a range in review; 0 before the first."""
    return ReviewDecision.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def standing_decisions() -> list[ReviewDecision]:
    """The last decision on each range's words, where it says something; the oldest first. One query."""
    last = {row.key: row for row in ReviewDecision.objects.select_related("by", "owner").order_by("pk")}
    return [row for row in last.values() if row.verdict in SETTLES]


# ---- which packages are ours

_OURS = """
SELECT DISTINCT n.pkg_id FROM ({used}) u JOIN package p ON p.pkg_id = u.pkg_id
JOIN package n ON n.name = p.name AND n.kind = p.kind AND n.role = 'native'
UNION
SELECT DISTINCT n.pkg_id FROM ({used}) u JOIN awaited_name a ON a.id = -u.pkg_id
JOIN package n ON n.name = a.name AND n.kind = a.kind AND n.role = 'native' WHERE u.pkg_id < 0"""
_USED = """
SELECT cv.pkg_id FROM inst i JOIN cv ON cv.cv_id = i.cv_id{placed} UNION SELECT r.pkg_id FROM cv_review r{unplaced}"""


def packages_of_ours(release: Release | None = None) -> list[int]:
    """The packages, in their own order, that components of a release, or of any, are looked up by. One query."""
    one = "" if release is None else f" = {release.pk:d}"
    used = _USED.format(
        placed=f" WHERE i.release_id{one}" if one else "", unplaced=f" WHERE r.release_id{one}" if one else ""
    )
    with connection.cursor() as cursor:
        cursor.execute(_OURS.format(used=used))
        return sorted(row[0] for row in cursor.fetchall())


# ---- the list


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to list. By default: what could concern us, waits, and of which the same record states nothing readable."""

    scope: str = "ours"  # 'ours', or 'all'
    release: Release | None = None
    reason: str = ""
    source: str = ""
    package: str = ""  # the exact name
    state: str = "waiting"  # 'waiting', 'decided', or 'any'
    beside: bool = False  # also where the same record states other ranges of the package that are read


class Light(NamedTuple):
    """One range in review, without its texts."""

    stmt: int
    package: int | None
    reason: str
    n: int
    source: str
    record: str
    dated: str
    settled: bool
    beside: bool  # the same record states other ranges of the package, which take part in matching


@dataclass(frozen=True, slots=True)
class Listing:
    """What is listed, newest first, and how it divides: counts of rows and of the ranges they stand for."""

    rows: Sequence[Light]
    total: int
    ranges: int
    left_out: int  # would be listed, but for other ranges of the same record that are read
    by_reason: Mapping[str, int] = field(default_factory=dict)
    by_source: Mapping[str, int] = field(default_factory=dict)
    by_package: Mapping[str, int] = field(default_factory=dict)


# `+` keeps both engines from looking a record's few ranges up among all those of its package.
_LIGHT = """
SELECT w.stmt, w.pkg_id, w.reason, w.n, a.source, a.record_id,
  CASE WHEN a.modified = '' THEN a.published ELSE a.modified END,
  CASE WHEN {unsettled} THEN 0 ELSE 1 END,
  CASE WHEN EXISTS (SELECT 1 FROM rng r
    WHERE r.stmt >= ((w.stmt >> {bits}) << {bits}) AND r.stmt < (((w.stmt >> {bits}) + 1) << {bits})
    AND (+r.pkg_id = w.pkg_id OR EXISTS (SELECT 1 FROM package q WHERE q.pkg_id = r.pkg_id AND q.role <> 'native'
      AND q.name = p.name AND q.kind = p.kind))) THEN 1 ELSE 0 END
FROM rng_review w JOIN assertion a ON a.id = w.stmt >> {bits} LEFT JOIN package p ON p.pkg_id = w.pkg_id
WHERE w.f <= %(rev)s AND w.t > %(rev)s{where}"""


def ranges_in_review(wanted: Wanted, person: Person, first: int = 0, size: int = 50) -> Listing:
    """One page of the ranges in review, the newest record first, with counts of the whole.

    A constant number of queries. What is about a vulnerability behind a wall is left out for who is not admitted.
    """
    if wanted.scope == "all" and wanted.release is None:
        return _everything(wanted, person, first, size)
    packages = packages_of_ours(wanted.release)
    alike = _alike(row for part in chunks(packages, 2000) for row in _raw(_in(part), person))
    names = dict(Package.objects.filter(pk__in={one.package for one in alike}).values_list("pkg_id", "name"))
    open_ = [one for one in alike if wanted.state == "any" or bool(one.settled) == (wanted.state == "decided")]
    shown = [one for one in open_ if wanted.beside or not one.beside]

    def matches(one: _Alike, *, but: str = "") -> bool:
        return (
            (but == "reason" or wanted.reason in ("", one.reason))
            and (but == "source" or wanted.source in ("", one.source))
            and (but == "package" or wanted.package in ("", names.get(one.package or 0, "")))
        )

    def counted(name: Callable[[_Alike], str], but: str) -> dict[str, int]:
        many: Counter[str] = Counter()
        for one in shown:
            if matches(one, but=but):
                many[name(one)] += len(alike[one])
        return dict(many.most_common())

    chosen = [one for one in shown if matches(one)]
    newest = nlargest(first + size, (row for one in chosen for row in alike[one]), key=_by_day)
    return Listing(
        [_row(row) for row in newest[first:]], sum(len(alike[one]) for one in chosen),
        sum(row[_N] for one in chosen for row in alike[one]),
        sum(len(alike[one]) for one in open_ if one.beside and matches(one)) if not wanted.beside else 0,
        counted(lambda one: one.reason, "reason"), counted(lambda one: one.source, "source"),
        counted(lambda one: names[one.package or 0], "package"),
    )  # fmt: skip


_N = 3  # columns of `_LIGHT`
_by_day = itemgetter(6, 0)  # the record's day, then the statement


class _Alike(NamedTuple):
    """What rows have in common that is counted and filtered by: few of it, where rows are tens of thousands."""

    package: int | None
    reason: str
    source: str
    settled: int
    beside: int


def _alike(rows: Iterable[Sequence[Any]]) -> dict[_Alike, list[Sequence[Any]]]:
    found: dict[tuple[Any, ...], list[Sequence[Any]]] = defaultdict(list)
    kind = itemgetter(1, 2, 4, 7, 8)
    for row in rows:
        found[kind(row)].append(row)
    return {_Alike(*group): several for group, several in found.items()}


def _in(packages: Sequence[int]) -> str:
    return f" AND w.pkg_id IN ({', '.join(str(int(package)) for package in packages)})"


def _light(where: str, person: Person) -> list[Light]:
    return [_row(row) for row in _raw(where, person)]


def _raw(where: str, person: Person) -> list[Sequence[Any]]:
    values: dict[str, Any] = {"rev": published_rev(), "today": now().date()}
    with connection.cursor() as cursor:
        cursor.execute(_LIGHT.format(unsettled=UNSETTLED, bits=ORDINALS, where=where + _not_hidden(person)), values)
        found: list[Sequence[Any]] = cursor.fetchall()
    return found


def _row(row: Sequence[Any]) -> Light:
    stmt, package, reason, n, source, record, dated, settled, beside = row
    return Light(stmt, package, reason, n, source, record, dated, bool(settled), bool(beside))


def _not_hidden(person: Person) -> str:
    """Without what is about a vulnerability behind a wall this person is not admitted to. Walls are few."""
    walled = Vulnerability.objects.filter(wall__isnull=False)
    seen = visible(person, walled).values("pk")
    hidden = [int(pk) for pk in walled.exclude(pk__in=seen).values_list("pk", flat=True)]
    if not hidden:
        return ""
    listed = ", ".join(map(str, hidden))
    covered = f"SELECT 1 FROM covers c WHERE c.assertion = a.id AND c.vuln IN ({listed})"  # noqa: S608 (numbers)
    return f" AND a.vuln NOT IN ({listed}) AND NOT EXISTS ({covered})"


def _everything(wanted: Wanted, person: Person, first: int, size: int) -> Listing:
    """As `ranges_in_review`, of the whole world: filtered and cut by the database; counted by reason alone."""
    where = ""
    values: dict[str, Any] = {"rev": published_rev(), "today": now().date()}
    columns = {"reason": "w.reason", "source": "a.source", "package": "p.name"}
    for name, column in columns.items():
        value = getattr(wanted, name)
        if value:
            where, values = f"{where} AND {column} = %({name})s", {**values, name: value}
    if wanted.state != "any":
        where += f" AND {'NOT ' if wanted.state == 'decided' else ''}({UNSETTLED})"
    where += _not_hidden(person)
    base = _LIGHT.format(unsettled=UNSETTLED, bits=ORDINALS, where=where)
    joins = f"JOIN assertion a ON a.id = w.stmt >> {ORDINALS} " if " a." in where else ""
    joins += "LEFT JOIN package p ON p.pkg_id = w.pkg_id " if " p." in where else ""
    counting = (
        f"SELECT w.reason, count(*), sum(w.n) FROM rng_review w {joins}"  # noqa: S608 (constants)
        f"WHERE w.f <= %(rev)s AND w.t > %(rev)s{where} GROUP BY w.reason"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"{base} ORDER BY w.stmt DESC LIMIT {size:d} OFFSET {first:d}", values)
        rows = [_row(row) for row in cursor.fetchall()]
        cursor.execute(counting, values)
        counted = {reason: (rows_, int(ranges)) for reason, rows_, ranges in cursor.fetchall()}
    by_reason = {reason: rows_ for reason, (rows_, _) in sorted(counted.items(), key=lambda one: -one[1][0])}
    return Listing(rows, sum(by_reason.values()), sum(ranges for _, ranges in counted.values()), 0, by_reason)


# ---- rows as a person reads them


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One row of the review table: what was stated, by whom, why it waits, and what of ours it could concern."""

    stmt: int
    source: str
    record: str
    dated: str
    reason: str
    why: str
    raw: str
    n: int
    kind: str  # of the package; '' where the record names none
    package: str
    scheme: str
    beside: int  # ranges of the same package in the same record that take part in matching
    vulnerabilities: tuple[Vulnerability, ...]
    carriers: tuple[Carrier, ...]
    decision: ReviewDecision | None  # what settles it
    due: bool  # it does so no longer: the day to look again has passed
    before: ReviewDecision | None  # what was last said of the same record and package, in other words


class Carrier(NamedTuple):
    """A component of ours that a range could concern."""

    component: str
    release: Release


def filled(rows: Sequence[Light], person: Person) -> list[Waiting]:
    """Rows with their texts, records, components and decisions. A constant number of queries."""
    numbers = [row.stmt for row in rows]
    ranges = ReviewedRange.objects.in_bulk(numbers)
    records = Assertion.objects.in_bulk([stmt >> ORDINALS for stmt in numbers])
    packages = Package.objects.in_bulk({row.package for row in rows if row.package is not None})
    carriers = carriers_of(packages.values())
    about = _about(records.values(), person)
    settled = {
        row.pk: row
        for row in ReviewSettled.objects.filter(pk__in=numbers).select_related("decision__by", "decision__owner")
    }
    subjects = {row.stmt: _subject(records[row.stmt >> ORDINALS], packages.get(row.package or 0)) for row in rows}
    said = _said(subjects.values())
    today = now().date()
    found = []
    for row in rows:
        text, record, package = ranges[row.stmt], records[row.stmt >> ORDINALS], packages.get(row.package or 0)
        mine = settled.get(row.stmt)
        key = key_of(subjects[row.stmt], text.reason, text.n, text.raw, record.sha256)
        earlier = [one for one in said[subjects[row.stmt]] if one.key != key]
        found.append(
            Waiting(
                stmt=row.stmt, source=record.source, record=record.record_id, dated=row.dated[:10], reason=text.reason,
                why=why(text.reason), raw=text.raw, n=text.n, kind=package.kind if package else "",
                package=package.name if package else "", scheme=package.scheme if package else "",
                beside=int(row.beside), vulnerabilities=tuple(about[record.pk]),
                carriers=tuple(carriers.get(row.package or 0, ())), decision=mine.decision if mine else None,
                due=mine is not None and mine.until < today, before=earlier[-1] if earlier else None,
            )
        )  # fmt: skip
    return found


def _subject(record: Assertion, package: Package | None) -> str:
    return subject_of(record.source, record.record_id, package.kind if package else "", package.name if package else "")


def _said(subjects: Iterable[str]) -> Mapping[str, list[ReviewDecision]]:
    found: dict[str, list[ReviewDecision]] = defaultdict(list)
    rows = ReviewDecision.objects.filter(subject__in=set(subjects)).select_related("by", "owner")
    for row in rows.order_by("pk"):
        found[row.subject].append(row)
    return found


def _about(records: Iterable[Assertion], person: Person) -> Mapping[int, list[Vulnerability]]:
    """The vulnerabilities each record is about: those it covers, else its own."""
    groups: dict[int, list[int]] = {record.pk: [] for record in records}
    own = {record.pk: record.vuln for record in records}
    for assertion, vuln in Covers.objects.filter(assertion__in=groups).values_list("assertion", "vuln"):
        groups[assertion].append(vuln)
    wanted = {vuln for number, several in groups.items() for vuln in (several or [own[number]])}
    rows = {row.pk: row for row in visible(person, Vulnerability.objects.filter(pk__in=wanted))}
    found: dict[int, list[Vulnerability]] = {}
    for number, several in groups.items():
        found[number] = [rows[vuln] for vuln in sorted(several or [own[number]]) if vuln in rows]
    return found


_CARRIERS = """
SELECT n.pkg_id, i.component_id, i.release_id FROM package n JOIN package p ON p.name = n.name AND p.kind = n.kind
JOIN cv ON cv.pkg_id = p.pkg_id JOIN inst i ON i.cv_id = cv.cv_id WHERE n.pkg_id IN ({packages})
UNION
SELECT n.pkg_id, r.component_id, r.release_id FROM package n JOIN package p ON p.name = n.name AND p.kind = n.kind
JOIN cv_review r ON r.pkg_id = p.pkg_id WHERE n.pkg_id IN ({packages})
UNION
SELECT n.pkg_id, i.component_id, i.release_id FROM package n JOIN awaited_name a ON a.name = n.name AND a.kind = n.kind
JOIN cv ON cv.pkg_id = -a.id JOIN inst i ON i.cv_id = cv.cv_id WHERE n.pkg_id IN ({packages})"""


def carriers_of(packages: Iterable[Package]) -> dict[int, list[Carrier]]:
    """The components of ours that are looked up by some packages, in any order of versions; by package."""
    from_rows: list[tuple[int, int, int]] = []
    with connection.cursor() as cursor:
        for part in chunks(sorted({package.pk for package in packages}), 500):
            cursor.execute(_CARRIERS.format(packages=", ".join(str(int(number)) for number in part)))
            from_rows += cursor.fetchall()
    components = _components({component for _, component, _ in from_rows})
    releases = Release.objects.select_related("product").in_bulk({release for _, _, release in from_rows})
    found: dict[int, dict[Carrier, None]] = defaultdict(dict)
    for package, component, release in sorted(from_rows, key=lambda row: (row[0], row[2], row[1])):
        found[package][Carrier(components[component], releases[release])] = None
    return {package: list(several) for package, several in found.items()}


def _components(numbers: Iterable[int]) -> dict[int, str]:
    return {row.pk: str(row) for part in chunks(numbers) for row in Component.objects.filter(pk__in=part)}


def one_in_review(stmt: int, person: Person) -> Waiting:
    """One range in review as it stands.

    Raises:
        NotFound: there is none of this number any longer, or it is about what this person may not see.
    """
    rows = _light(f" AND w.stmt = {stmt:d}", person) if 0 <= stmt < LARGEST else []
    if not rows:
        raise NotFound("there is no such range in review; its record may have changed since")
    return filled(rows, person)[0]


def several_in_review(stmts: Sequence[int], person: Person) -> list[Waiting]:
    """Some ranges in review as they stand. A constant number of queries.

    Raises:
        NotFound: one of them is there no longer, or is about what this person may not see.
    """
    wanted = [stmt for stmt in stmts if 0 <= stmt < LARGEST]
    rows = _light(f" AND w.stmt IN ({', '.join(f'{stmt:d}' for stmt in wanted)})", person) if wanted else []
    if len(rows) != len(set(stmts)):
        raise NotFound(f"{len(set(stmts)) - len(rows)} of these ranges wait no longer; their records may have changed")
    return filled(rows, person)


def due_decisions(person: Person, until: date) -> list[ReviewDecision]:
    """Standing decisions whose review date comes by a day, the earliest first; without what stands behind a wall.

    Three queries.
    """
    due = [row for row in standing_decisions() if row.review_on is not None and row.review_on <= until]
    if not due:
        return []
    records = Assertion.objects.filter(record_id__in={row.record_id for row in due})
    about = set(records.values_list("record_id", "vuln"))
    walled = Vulnerability.objects.filter(pk__in={vuln for _, vuln in about}).filter(wall__isnull=False)
    hidden = set(walled.values_list("pk", flat=True)) - set(visible(person, walled).values_list("pk", flat=True))
    unseen = {record for record, vuln in about if vuln in hidden}
    seen = [row for row in due if row.record_id not in unseen]
    return sorted(seen, key=lambda row: (row.review_on or until, row.pk))


def history_of(row: Waiting) -> list[ReviewDecision]:
    """Everything ever said of this record and package, the newest first."""
    return said_of(subject_of(row.source, row.record, row.kind, row.package))


def said_of(subject: str) -> list[ReviewDecision]:
    """Everything ever said of one record and package, the newest first."""
    return list(ReviewDecision.objects.filter(subject=subject).select_related("by", "owner").order_by("-pk"))


def stands_at(decision: ReviewDecision) -> int | None:
    """The range a decision is about, as it stands now; None where the record says something else by now."""
    rev = published_rev()
    for record in standing(Assertion.objects.filter(source=decision.source, record_id=decision.record_id), rev):
        span = ReviewedRange.objects.filter(stmt__gte=record.pk << ORDINALS, stmt__lt=(record.pk + 1) << ORDINALS)
        for text in span:
            if key_of(decision.subject, text.reason, text.n, text.raw, record.sha256) == decision.key:
                return text.stmt
    return None
