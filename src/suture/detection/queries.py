"""What we found, where, and what we have not looked at. Every read takes the person and respects walls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Q, QuerySet

from suture.accounts.models import Person
from suture.accounts.queries import sees, visible
from suture.core.components import PackageKind
from suture.core.errors import NotFound
from suture.core.versions import KEYS_VERSION
from suture.detection.kernel import chunks
from suture.detection.models import Cause, Finding, Gap, Matched, UnplacedVersion
from suture.evidence.clock import now
from suture.intelligence.models import ORDINALS, Alias, Assertion, Covers, Kev, Package, Vulnerability
from suture.intelligence.queries import (
    Knowledge,
    SourceStatus,
    epss_by_vulnerability,
    kev_by_vulnerability,
    knowledge,
    sources_status,
    standing,
    standing_group,
)
from suture.inventory.models import Release
from suture.inventory.queries import all_releases

# ---- findings


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


# ---- may we say anything at all?


class Verdict(NamedTuple):
    """Whether a release was looked at. `causes` are empty only where it was, with knowledge that is not late."""

    assessed: bool
    causes: tuple[tuple[Cause, str], ...]

    @property
    def says(self) -> str:
        return "; ".join(says for _, says in self.causes)


def why_not_assessed(
    release: Release, state: Matched | None, known: Knowledge, sources: Sequence[SourceStatus]
) -> Verdict:
    """Say whether the answer for a release rests on anything. Late sources are told, but do not undo what was found."""
    causes: list[tuple[Cause, str]] = []
    if release.sbom_id is None:
        causes.append((Cause.NO_SBOM, "this release has no SBOM"))
    if known.empty:
        causes.append((Cause.NO_KNOWLEDGE, "no feed was ever taken in"))
    elif known.only_demo:
        causes.append((Cause.DEMO_KNOWLEDGE, "the only knowledge is what the demo brings along"))
    if release.sbom_id is not None and (
        state is None or (state.portfolio_rev, state.keys_ver) != (release.portfolio_rev, KEYS_VERSION)
    ):
        causes.append((Cause.NOT_MATCHED, "its current SBOM is not matched yet"))
    assessed = not causes
    late = [one.source for one in sources if one.late]
    if late:
        causes.append((Cause.STALE_SOURCE, f"late: {', '.join(late)}; what is newer than they are was not looked at"))
    if state is not None and state.rev < known.rev:
        causes.append((Cause.NOT_MATCHED, "knowledge has moved since its last match"))
    return Verdict(assessed, tuple(causes))


def _states(releases: Iterable[int]) -> dict[int, Matched]:
    return {state.release_id: state for state in Matched.objects.filter(release_id__in=list(releases))}


# ---- coverage: the ledger of one release


class Hole(NamedTuple):
    """A component that is not monitored, or not in full, and why."""

    ref: str
    component: str  # 'openssl 3.0.13'
    supplier: str
    cause: str  # models.Cause
    says: str


class Possible(NamedTuple):
    """A component whose identity is exact and whose version is not known: so many vulnerabilities are possible."""

    ref: str
    component: str
    given_as: str
    reason: str  # core.vulnerabilities.ReviewReason
    vulnerabilities: int


class Waiting(NamedTuple):
    """Stated ranges that wait for a person and could concern a component of the release."""

    reason: str
    ranges: int
    vulnerabilities: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What of a release is looked at, by whom, and what is not, and why. Never a bare zero."""

    verdict: Verdict
    components: int
    monitored: int  # 0 where the release as a whole is not assessed
    text_watched: int  # by words alone; nothing is yet
    causes: tuple[tuple[str, int], ...]  # (cause, components), most first
    holes: tuple[Hole, ...]
    possible: tuple[Possible, ...]  # one row per component, never one per vulnerability
    waiting: tuple[Waiting, ...]
    sources: tuple[SourceStatus, ...]
    rev: int | None  # the revision of the knowledge it was last matched with
    matched_at: str  # ISO instant; '' before the first match

    @property
    def says(self) -> str:
        """The first sentence beside every number of findings."""
        if not self.verdict.assessed:
            return f"not assessed: {self.verdict.says}"
        said = [f"{self.monitored} of {self.components} components monitored"]
        if self.causes:
            said.append("not: " + ", ".join(f"{count} {cause}" for cause, count in self.causes))
        if self.possible:
            many = sum(one.vulnerabilities for one in self.possible)
            said.append(f"{many} vulnerabilities possible in {len(self.possible)} of unknown version")
        if self.waiting:
            said.append(f"{sum(one.ranges for one in self.waiting)} stated ranges wait for a person")
        if self.verdict.causes:
            said.append(self.verdict.says)
        return "; ".join(said)


def coverage(release: Release) -> Coverage:
    """The coverage ledger of a release. A constant number of queries."""
    known, sources = knowledge(), sources_status(now())
    state = Matched.objects.filter(release=release).first()
    gaps = Gap.objects.filter(release=release).select_related("component")
    lost = UnplacedVersion.objects.filter(release=release, possible__gt=0).select_related("component")
    holes = tuple(
        Hole(gap.component.ref, str(gap.component), gap.component.supplier, gap.cause, gap.says)
        for gap in gaps.order_by("cause", "component__name", "component__ref")
    )
    count: dict[str, int] = defaultdict(int)
    for hole in holes:
        count[hole.cause] += 1
    components = release.sbom.components_read if release.sbom else 0
    verdict = why_not_assessed(release, state, known, sources)
    return Coverage(
        verdict=verdict,
        components=components,
        monitored=components - len(holes) if verdict.assessed else 0,
        text_watched=0,
        causes=tuple(sorted(count.items(), key=lambda one: (-one[1], one[0]))),
        holes=holes,
        possible=tuple(
            Possible(one.component.ref, str(one.component), one.given_as, one.reason, one.possible)
            for one in lost.order_by("-possible", "component__name", "component__ref")
        ),
        waiting=tuple(_waiting(release, known.rev)),
        sources=tuple(sources),
        rev=state.rev if state else None,
        matched_at=state.at.isoformat(timespec="seconds") if state else "",
    )


_WAITING = """
SELECT w.reason, SUM(w.n), COUNT(DISTINCT COALESCE(c.vuln, a.vuln))
FROM (SELECT DISTINCT cv.pkg_id FROM inst JOIN cv ON cv.cv_id = inst.cv_id WHERE inst.release_id = %(release)s
      UNION SELECT pkg_id FROM cv_review WHERE release_id = %(release)s) mine
JOIN rng_review w ON w.pkg_id = mine.pkg_id AND w.f <= %(rev)s AND w.t > %(rev)s
JOIN assertion a ON a.id = w.stmt >> 20 LEFT JOIN covers c ON c.assertion = a.id
GROUP BY w.reason"""


def _waiting(release: Release, rev: int) -> list[Waiting]:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"release": release.pk, "rev": rev})
        rows = [Waiting(reason, int(ranges), vulnerabilities) for reason, ranges, vulnerabilities in cursor.fetchall()]
    return sorted(rows, key=lambda one: (-one.ranges, one.reason))


# ---- one vulnerability across all our devices


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
    states = _states(release.pk for release in releases)
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
    if not spoken.packages and not spoken.waiting:
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


def _spoken_of(vulnerability: Vulnerability, rev: int) -> _Spoken:
    covering = Covers.objects.filter(vuln=vulnerability.pk).values_list("assertion", flat=True)
    own = standing(Assertion.objects.filter(vuln=vulnerability.pk), rev).values_list("id", flat=True)
    elsewhere = set(Covers.objects.filter(assertion__in=own).values_list("assertion", flat=True))
    numbers = [*standing(Assertion.objects.filter(id__in=covering), rev).values_list("id", flat=True)]
    numbers += [number for number in own if number not in elsewhere]
    packages: set[int] = set()
    waiting: dict[int, set[str]] = defaultdict(set)
    with connection.cursor() as cursor:
        for part in chunks(numbers, 200):
            inside = " OR ".join(f"(stmt >= {n << ORDINALS:d} AND stmt < {(n + 1) << ORDINALS:d})" for n in part)
            cursor.execute(f"SELECT DISTINCT pkg_id FROM rng WHERE ({inside}) AND f <= %s AND t > %s", [rev, rev])  # noqa: S608
            packages.update(row[0] for row in cursor.fetchall())
            cursor.execute(
                f"SELECT pkg_id, reason FROM rng_review WHERE ({inside}) AND pkg_id IS NOT NULL AND f <= %s AND t > %s",  # noqa: S608
                [rev, rev],
            )
            for package, reason in cursor.fetchall():
                waiting[package].add(reason)
    words = Package.objects.filter(pk__in=packages, kind=PackageKind.CNA).values_list("pk", flat=True)
    packages.difference_update(words)  # vendor and product words alone: no component is looked up by them
    return _Spoken(frozenset(packages), {package: tuple(sorted(why)) for package, why in waiting.items()})


def _possible_in(spoken: _Spoken) -> Mapping[int, list[str]]:
    """Components of packages it speaks of, whose version is missing or has no order; by release."""
    found: dict[int, list[str]] = defaultdict(list)
    for part in chunks(sorted(spoken.packages)):
        for column in ("pkg_id__in", "fallback_id__in"):
            rows = UnplacedVersion.objects.filter(**{column: part}).select_related("component")
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


# ---- counts for lists


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
    known, sources, states = knowledge(), sources_status(now()), _states(numbers)
    rows = visible(person, Finding.objects.filter(release_id__in=numbers, gone_at=None), "vulnerability__wall")
    counted = dict(rows.values_list("release_id").annotate(n=Count("pk")))
    exploited = _exploited(rows, known.rev)
    found = {}
    for release in releases:
        state = states.get(release.pk)
        found[release.pk] = ReleaseCounts(
            counted.get(release.pk, 0), exploited.get(release.pk, 0), state.possible if state else 0,
            state.gaps if state else 0, why_not_assessed(release, state, known, sources),
        )  # fmt: skip
    return found


def _exploited(rows: QuerySet[Finding], rev: int) -> dict[int, int]:
    """Findings known to be exploited, by release: the catalogue is small, so it is the side that is looked up."""
    exploited = rows.filter(vulnerability_id__in=kev_vulnerabilities(rev))
    return dict(exploited.values_list("release_id").annotate(n=Count("pk")))


def kev_vulnerabilities(rev: int) -> QuerySet[Alias]:
    """The numbers of the vulnerabilities that stand in CISA's catalogue, as a subquery."""
    listed = standing(Kev.objects.all(), rev).values("id")
    return standing(Alias.objects.filter(record_id__in=listed), rev).values("vuln")


def vulnerabilities_found(person: Person) -> QuerySet[Vulnerability]:
    """Every vulnerability with a standing finding that this person may see, with `releases`: in how many it stands."""
    rows = Vulnerability.objects.annotate(releases=Count("findings", filter=Q(findings__gone_at=None)))
    return visible(person, rows.filter(releases__gt=0)).order_by("-releases", "preferred_id")
