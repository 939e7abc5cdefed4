"""What the world knows: reads. Each takes the revision to read at; None is the published one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from django.db import connection
from django.db.models import Max, Model, Q, QuerySet

from suture.accounts.models import Person
from suture.accounts.queries import sees, visible
from suture.core.errors import NotFound
from suture.core.versions import KEYS_VERSION
from suture.evidence.clock import now
from suture.intelligence.budgets import budget_of
from suture.intelligence.models import (
    OPEN,
    ORDINALS,
    Alias,
    Assertion,
    Covers,
    EpssScore,
    FeedRevision,
    Kev,
    KnowledgeState,
    Vulnerability,
)

Row = TypeVar("Row", bound=Model)

DEMO = "demo"  # first word of the sources Suture ships for its demo: extracts, no knowledge of the world


# ---- the state of knowledge


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """How much is known, as of the published revision. `ranges` and `waiting` count stated ranges, not rows."""

    rev: int
    vulnerabilities: int
    assertions: int
    ranges: int  # accepted, take part in matching
    waiting: int  # in review
    exploited: int
    scored: int
    sources: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Nothing of the world was ever taken in: everything is *not assessed*."""
        return not self.sources

    @property
    def only_demo(self) -> bool:
        """Nothing but what the demo brings along ('demo', or 'demo nvd' for its extract of a source)."""
        return bool(self.sources) and all(source.split()[0] == DEMO for source in self.sources)


def published_rev() -> int:
    """The revision that readers see now. Read it once per page or run, and hand it on."""
    return KnowledgeState.objects.values_list("published", flat=True).get(pk=1)


def knowledge() -> Knowledge:
    """How much is known now. One row is read: totals are kept as revisions are published."""
    state = KnowledgeState.objects.get(pk=1)
    totals: dict[str, Any] = state.totals
    return Knowledge(
        rev=state.published,
        vulnerabilities=totals.get("vulnerabilities", 0), assertions=totals.get("assertions", 0),
        ranges=totals.get("ranges", 0), waiting=totals.get("waiting", 0), exploited=totals.get("exploited", 0),
        scored=totals.get("scored", 0), sources=tuple(sorted(totals.get("sources", ()))),
    )  # fmt: skip


def keyed_otherwise() -> list[str]:
    """The files that have to be taken in again, because the order of versions has changed since they were.

    Their ranges stand in keys that today's keys must not be compared with. Empty at all other times. What stands only
    in earlier editions of a file (records it has lost since) keeps its keys and is not told of here.
    """
    published = FeedRevision.objects.filter(state=FeedRevision.State.PUBLISHED, last_assertion__gt=0)
    newest = published.values("file_name").annotate(newest=Max("rev")).values("newest")
    behind = published.filter(rev__in=newest).exclude(keys_ver=KEYS_VERSION).values_list("file_name", flat=True)
    return sorted(name for name in behind if _stands(published.filter(file_name=name)))


def _stands(editions: QuerySet[FeedRevision]) -> bool:
    """Whether any record of a file still stands that states a range."""
    return any(
        Assertion.objects.filter(pk__gte=first, pk__lte=last, t=OPEN, stated__gt=0).exists()
        for first, last in editions.order_by("-rev").values_list("first_assertion", "last_assertion")
    )


def standing(rows: QuerySet[Row], rev: int | None = None) -> QuerySet[Row]:
    """Only what was known at a revision: the predicate of everything that carries `f` and `t`."""
    at = published_rev() if rev is None else rev
    return rows.filter(f__lte=at, t__gt=at)


def first_stmt_after(rev: int) -> int:
    """The smallest statement number of anything published after `rev`; new ranges are `stmt >=` it.

    Ranges that stood and were closed since are `t > rev AND t <= published`: the partial index on `t` finds them.
    """
    newer = FeedRevision.objects.filter(rev__gt=rev, last_assertion__gte=0, state=FeedRevision.State.PUBLISHED)
    first = newer.order_by("rev").values_list("first_assertion", flat=True).first()
    return OPEN if first is None else first << ORDINALS


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """One source of the monitoring strip. Ages in hours; `age` is that of what the feed says, not of our last look."""

    source: str
    rev: int
    dated: str  # ISO 8601, the newest date of its feed
    age: float
    looked: float  # hours since a file of it was last taken in, or seen again unchanged
    budget: float
    refused: str  # why its newest file was refused; '' when it was not

    @property
    def late(self) -> bool:
        """Older than its budget allows: releases that rest on it are *not assessed* for what is newer."""
        return self.age > self.budget


def sources_status(at: datetime | None = None) -> list[SourceStatus]:
    """Every source ever taken in, by name, with its age."""
    at = at or now()
    newest: dict[str, FeedRevision] = {}
    refused: dict[str, FeedRevision] = {}
    looked: dict[str, datetime] = {}
    dated: dict[str, datetime] = {}
    last = FeedRevision.objects.values("source", "file_name", "state").annotate(last=Max("rev")).values("last")
    for row in FeedRevision.objects.filter(rev__in=last).order_by("rev"):
        for source in row.counts.get("sources") or [row.source]:
            if row.state == FeedRevision.State.REFUSED:
                refused[source] = row
            if row.state != FeedRevision.State.PUBLISHED:
                continue
            newest[source] = row
            looked[source] = max(looked.get(source, row.started_at), row.checked_at or row.started_at)
            when = instant(row.dated) or row.fetched_at
            dated[source] = max(dated.get(source, when), when)
    found = []
    for source in sorted(newest):
        row, bad = newest[source], refused.get(source)
        found.append(
            SourceStatus(
                source=source, rev=row.rev, dated=dated[source].isoformat(), age=_hours(at - dated[source]),
                looked=_hours(at - looked[source]), budget=budget_of(source),
                refused=bad.why if bad is not None and bad.rev > row.rev else "",
            )
        )  # fmt: skip
    return found


def instant(written: str) -> datetime | None:
    """An ISO 8601 date or instant as sources write it; without an offset it is UTC. None: it is neither, or none."""
    try:
        read = datetime.fromisoformat(written)
    except ValueError:
        try:
            read = datetime.fromisoformat(written[:19])
        except ValueError:
            return None
    if read.year == 1:  # the zero time of Go, which its database writes where it has no date
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _hours(span: timedelta) -> float:
    return max(0.0, span.total_seconds() / 3600)


# ---- one vulnerability


def vulnerability_by_any_id(any_id: str, person: Person, rev: int | None = None) -> Vulnerability:
    """One vulnerability by any of its ids, or by its uid; the group it was merged into, where it was.

    Raises:
        NotFound: no source names it, or it stands behind a wall this person is not admitted to.
    """
    wanted = any_id.strip()
    at = published_rev() if rev is None else rev
    claims = Alias.objects.filter(Q(record_id=wanted) | Q(record_id=wanted.upper()), f__lte=at, t__gt=at)
    number = claims.order_by("vuln").values_list("vuln", flat=True).first()
    found = None
    if number is not None:
        found = visible(person, Vulnerability.objects.filter(pk=number)).first()
    elif len(wanted) in (32, 36) and wanted.replace("-", "").isalnum():
        found = _by_uid(wanted, person, at)
    if found is None:
        raise NotFound(f"nothing is known of '{wanted[:80]}'")
    return standing_group(found)


def _by_uid(uid: str, person: Person, at: int) -> Vulnerability | None:
    try:
        return visible(person, Vulnerability.objects.filter(uid=uid, f__lte=at)).first()
    except (ValueError, TypeError):
        return None


def standing_group(vulnerability: Vulnerability) -> Vulnerability:
    """The group a vulnerability belongs to now: itself, or the one that took it over."""
    while vulnerability.merged_into is not None:
        vulnerability = Vulnerability.objects.select_related("wall").get(pk=vulnerability.merged_into)
    return vulnerability


def assertions_of(vulnerability: Vulnerability, person: Person, rev: int | None = None) -> list[Assertion]:
    """Who says what of it, oldest source first: records of its own group, and those that cover it among others.

    Raises:
        NotFound: it stands behind a wall this person is not admitted to.
    """
    if not sees(person, vulnerability.wall):
        raise NotFound("there is no such vulnerability")
    covering = Covers.objects.filter(vuln=vulnerability.pk).values("assertion")
    rows = Assertion.objects.filter(Q(vuln=vulnerability.pk) | Q(pk__in=covering))
    return list(standing(rows, rev).order_by("source", "record_id"))


def aliases_of(vulnerability: Vulnerability, person: Person, rev: int | None = None) -> list[str]:
    """Every id of it, the preferred one first."""
    if not sees(person, vulnerability.wall):
        raise NotFound("there is no such vulnerability")
    return aliases_by_vulnerability([vulnerability.pk], rev).get(vulnerability.pk, [])


def kev_of(vulnerability: Vulnerability, rev: int | None = None) -> Kev | None:
    """Its entry in CISA's catalogue of known exploited vulnerabilities; None when it has none."""
    return kev_by_vulnerability([vulnerability.pk], rev).get(vulnerability.pk)


def epss_of(vulnerability: Vulnerability, rev: int | None = None) -> EpssScore | None:
    """Its EPSS score; None when it has none. The highest, where a group has several."""
    return epss_by_vulnerability([vulnerability.pk], rev).get(vulnerability.pk)


# ---- many at once, for pages and runs: a constant number of queries


def aliases_by_vulnerability(numbers: Iterable[int], rev: int | None = None) -> dict[int, list[str]]:
    """Every id of each vulnerability, the preferred one first."""
    found: dict[int, set[str]] = {}
    rows = standing(Alias.objects.filter(vuln__in=list(numbers)), rev)
    for number, record_id in rows.values_list("vuln", "record_id"):
        found.setdefault(number, set()).add(record_id)
    return {number: sorted(ids, key=preference) for number, ids in found.items()}


def kev_by_vulnerability(numbers: Iterable[int], rev: int | None = None) -> dict[int, Kev]:
    """The entry of each vulnerability that is known to be exploited."""
    at = published_rev() if rev is None else rev
    ids = _ids_by_vulnerability(numbers, "CVE-", at)
    rows = {row.id: row for row in standing(Kev.objects.filter(id__in=list(ids)), at)}
    return {ids[record_id]: row for record_id, row in rows.items()}


def epss_by_vulnerability(numbers: Iterable[int], rev: int | None = None) -> dict[int, EpssScore]:
    """The EPSS score of each vulnerability that has one."""
    at = published_rev() if rev is None else rev
    ids = _ids_by_vulnerability(numbers, "CVE-", at)
    found: dict[int, EpssScore] = {}
    for row in standing(EpssScore.objects.filter(id__in=list(ids)), at).order_by("score"):
        found[ids[row.id]] = row
    return found


def _ids_by_vulnerability(numbers: Iterable[int], prefix: str, at: int) -> dict[str, int]:
    rows = standing(Alias.objects.filter(vuln__in=list(numbers), record_id__startswith=prefix), at)
    return dict(rows.values_list("record_id", "vuln"))


class Statement(NamedTuple):
    """What one statement of the range join stands for: who says which versions are affected, of what."""

    source: str
    record_id: str
    says: str  # '3.0.0 ≤ v < 3.0.15'
    dated: str  # ISO date of the record's last change; '' if it gives none
    vulnerabilities: tuple[int, ...]  # the groups a hit of it counts for
    by_vendor: bool = False  # the record of the CNA that is the vendor itself


def statements(stmts: Iterable[int]) -> dict[int, Statement]:
    """What statements say, by their number. A withdrawn or superseded one is told as it was."""
    wanted = set(stmts)
    numbers = {stmt >> ORDINALS for stmt in wanted}
    if not numbers:
        return {}
    listed = ", ".join(str(int(number)) for number in sorted(numbers))  # as text: binding thousands costs more
    covered: dict[int, list[int]] = {}
    told: dict[int, tuple[str, str, list[str], str, tuple[int, ...], bool]] = {}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT assertion, vuln FROM covers WHERE assertion IN ({listed})")  # noqa: S608
        for assertion, number in cursor.fetchall():
            covered.setdefault(assertion, []).append(number)
        cursor.execute(
            "SELECT id, vuln, source, record_id, modified, published, says, by_vendor FROM assertion "  # noqa: S608
            f"WHERE id IN ({listed})"
        )
        for pk, vuln, source, record_id, modified, published, says, by_vendor in cursor.fetchall():
            counts_for = tuple(sorted(covered[pk])) if pk in covered else (vuln,)
            told[pk] = (source, record_id, says.split("\n"), (modified or published)[:10], counts_for, bool(by_vendor))
    found = {}
    for stmt in wanted:
        if one := told.get(stmt >> ORDINALS):
            source, record_id, lines, dated, counts_for, by_vendor = one
            ordinal = stmt & _LINE
            words = lines[ordinal] if ordinal < len(lines) else ""
            found[stmt] = Statement(source, record_id, words, dated, counts_for, by_vendor)
    return found


_LINE = (1 << ORDINALS) - 1


def preference(record_id: str) -> tuple[int, str]:
    """Which id stands for a group: CVE before GHSA before any other."""
    return (0 if record_id.startswith("CVE-") else 1 if record_id.startswith("GHSA-") else 2, record_id)


def review_by_reason(rev: int | None = None) -> dict[str, int]:
    """How many stated ranges wait, by reason."""
    at = published_rev() if rev is None else rev
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason, sum(n) FROM rng_review WHERE f <= %s AND t > %s GROUP BY reason", [at, at])
        rows: Sequence[tuple[str, int]] = cursor.fetchall()
    return {reason: int(n) for reason, n in sorted(rows)}
