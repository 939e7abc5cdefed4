"""Match one release: components to places, the range join, findings with their reasons, one line of evidence."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from django.db import connection, transaction

from suture.accounts.models import Person
from suture.accounts.services import system
from suture.core.profile import is_device
from suture.core.versions import KEYS_VERSION
from suture.detection import hits, ruled_out
from suture.detection.conditions import Stated, is_system
from suture.detection.correcting import Apart, keep, set_apart, why_corrected
from suture.detection.crosswalk import SHIPPED_VERSION, Crosswalk
from suture.detection.drawing import Portfolio, draw_hits
from suture.detection.findings import reconcile
from suture.detection.indexing import index_release
from suture.detection.kernel import KERNEL_VERSION, chosen_of, chunks, rows, whole_ranges
from suture.detection.models import (
    UNHEARD,
    Gap,
    Matched,
    MatchRun,
    UnplacedVersion,
)
from suture.detection.patched import tell_patches
from suture.detection.portfolio import Name
from suture.detection.queries.crosswalk import crosswalk_now
from suture.detection.queries.review import last_decision
from suture.detection.reasons import Drawn, Hit, Where, result_hash, stated_of
from suture.detection.watching import space_of
from suture.evidence.clock import now
from suture.evidence.services import record
from suture.intelligence.models import ORDINALS
from suture.intelligence.queries import keyed_otherwise, published_rev
from suture.inventory.models import Release
from suture.inventory.profile import Profile, profile_of
from suture.inventory.queries import components_of, patched_of

_MATCH_LOCK = 7_305_144_120_114  # any constant: PostgreSQL's advisory lock that orders matches; SQLite has one writer


def match_release(release_id: int, by: Person | None = None) -> Matched:
    """Match a release's current SBOM with the published knowledge, and bring its findings in line.

    Idempotent: the same knowledge and SBOM change nothing and write no evidence. A release without an SBOM, or one
    matched with no knowledge at all, is matched too: its answer is *not assessed* (see `queries.coverage`).

    While the knowledge stands in keys of an earlier order of versions, nothing is brought in line with it: findings
    stay as they are, and every release is *not assessed* until the feeds are taken in again.
    """
    started = time.perf_counter()
    with transaction.atomic():
        in_turn()
        release = Release.objects.select_for_update(of=("self",)).select_related("product").get(pk=release_id)
        rev, at = published_rev(), now()
        before = Matched.objects.filter(release=release).first()
        unlike = bool(keyed_otherwise())
        if unlike and before is not None:
            return before
        crosswalk, review_rev = crosswalk_now(), last_decision()
        profile = profile_of(release)
        components = _index(release, before, rev, crosswalk, profile)
        drawn, possible, apart, excluded, spaces = draw_release(release, rev, crosswalk, profile)
        keep(release, apart)
        ruled_out.keep(release, excluded)
        present = chain(
            components_of(release).values_list("name", "version"),
            ((one.name, one.version) for one in profile.components),
        )
        happened = reconcile(release, drawn, present, rev, at, why_corrected(apart))
        sha256 = result_hash(drawn.values(), possible)
        state = Matched(
            release=release, rev=rev, portfolio_rev=release.portfolio_rev, keys_ver=0 if unlike else KEYS_VERSION,
            kernel_ver=KERNEL_VERSION, crosswalk_ver=SHIPPED_VERSION, crosswalk_rev=crosswalk.revision,
            review_rev=review_rev, at=at, result_sha256=sha256, components=components,
            gaps=Gap.objects.filter(release=release, component__device_of=None).count(),
            possible=sum(1 for _, _, many in possible if many), spaces=spaces,
        )  # fmt: skip
        state.save(force_insert=before is None, force_update=before is not None)
        if happened or before is None or before.result_sha256 != sha256:
            _prove(release, state, profile, happened, len(drawn), by, time.perf_counter() - started)
    return state


def in_turn() -> None:
    """One match after the other: two at once could write an older revision's result over a newer one's."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_MATCH_LOCK])


def _index(release: Release, before: Matched | None, rev: int, crosswalk: Crosswalk, profile: Profile) -> int:
    """Write the places of the components anew where anything they rest on moved. Gives how many there are."""
    wanted = (release.portfolio_rev, KEYS_VERSION, KERNEL_VERSION, SHIPPED_VERSION, crosswalk.revision)
    if before is not None and (
        (before.portfolio_rev, before.keys_ver, before.kernel_ver, before.crosswalk_ver, before.crosswalk_rev) == wanted
    ):
        waiting = Gap.objects.filter(release=release, cause__in=UNHEARD)
        if before.rev == rev or not waiting.exists():
            return before.components
    return index_release(release, crosswalk, profile)


class Answer(NamedTuple):
    """What matching finds in a release."""

    drawn: dict[int, Drawn]  # by vulnerability
    possible: list[tuple[str, str, int]]  # (component ref, identifier, how many) of each unplaced version
    apart: list[Apart]  # corrected matches
    excluded: list[ruled_out.Ruled]  # what the conditions of its record rule out
    spaces: list[str]  # where its components are looked up, see `watching`


def draw_release(
    release: Release,
    rev: int,
    crosswalk: Crosswalk,
    profile: Profile,
    *,
    moment: datetime | None = None,
    review_rev: int | None = None,
) -> Answer:
    """What matching finds in a release at a revision. A constant number of queries for 5,000 component versions.

    Args:
        moment: as of which corrections count; None is now.
        review_rev: the last decision on a range in review that counts; None is every one.
    """
    pairs = hits.refresh([release.pk], rev)
    if review_rev is not None:  # what a person stated has the decision's number, below zero (see `review.settle`)
        pairs = [pair for pair in pairs if pair[1] >= 0 or -(pair[1] >> ORDINALS) <= review_rev]
    lost = list(UnplacedVersion.objects.filter(release=release).select_related("component").order_by("pk"))
    here = _Here(release, lost, crosswalk)
    found = [Hit(where, stmt) for cv_id, stmt in pairs for where in here.wheres.get(cv_id, ())]
    found += [
        Hit(where, stmt, True) for package, stmt in whole_ranges(here.unplaced, rev) for where in here.unplaced[package]
    ]
    found, apart = set_apart(found, rev, moment)
    drawing = draw_hits(found, here.portfolio(profile.absent), rev)
    drawn = drawing.drawn
    tell_patches(drawn, patched_of(release), rev)
    counts = _possible(lost, rev)
    changed = [one for one in lost if one.possible != counts.get(one.pk, 0)]
    for one in changed:
        one.possible = counts.get(one.pk, 0)
    UnplacedVersion.objects.bulk_update(changed, ["possible"], batch_size=500)
    possible = [(one.component.ref, one.given_as, one.possible) for one in lost]
    return Answer(drawn, possible, apart, ruled_out.ruled(drawing.ruled_out, drawn), here.spaces())


_INSTANCES = """
SELECT i.cv_id, cv.pkg_id, cv.raw, c.ref, c.name, c.version, c.kind, i.given_as
FROM inst i JOIN cv ON cv.cv_id = i.cv_id JOIN inventory_component c ON c.id = i.component_id
WHERE i.release_id = %(release)s"""


class _Here:
    """The components of a release where the range join finds them. Three queries for 5,000 component versions."""

    def __init__(self, release: Release, lost: Sequence[UnplacedVersion], crosswalk: Crosswalk) -> None:
        self._release, self._crosswalk = release, crosswalk
        instances = rows(_INSTANCES, {"release": release.pk})
        self._named = named = _packages({row[1] for row in instances} | {one.pkg_id for one in lost})
        self.wheres: dict[int, list[Where]] = defaultdict(list)
        self.unplaced: dict[int, list[Where]] = defaultdict(list)
        self._packages: dict[str, set[int]] = defaultdict(set)
        self._stated: dict[Stated, None] = {}
        self._hardware: dict[int, Where] = {}
        for cv_id, pkg_id, raw, ref, name, version, kind, given_as in instances:
            called = named[pkg_id]
            where = Where(ref, name, version, given_as, called.name, called.role, raw)
            self.wheres[cv_id].append(where)
            self._note(pkg_id, where, kind, called, placed=True)
        for one in lost:
            component = one.component
            called = named[one.pkg_id]
            where = Where(
                component.ref, component.name, component.version, one.given_as, called.name, called.role, one.raw
            )
            self.unplaced[one.pkg_id].append(where)
            self._note(one.pkg_id, where, component.kind, called, placed=False)

    def _note(self, pkg_id: int, where: Where, kind: str, named: Name, *, placed: bool) -> None:
        self._packages[where.ref].add(pkg_id)
        if named.kind == "cpe":
            system = is_system(kind, named.name)
            self._stated[Stated(named.name, placed, system, is_device(where.ref))] = None
            if named.name.startswith("h:"):
                self._hardware[pkg_id] = where

    def spaces(self) -> list[str]:
        """The spaces in which the components are looked up, see `watching`."""
        return sorted({space_of(one.kind, one.name) for one in self._named.values()})

    def portfolio(self, absent: Sequence[str]) -> Portfolio:
        return Portfolio(
            chosen=chosen_of([self._release.pk]), table="cv",
            wheres=lambda numbers: {number: self.wheres[number] for number in numbers}, unplaced=self.unplaced,
            hardware=self._hardware, stated=list(self._stated),
            packages={ref: frozenset(numbers) for ref, numbers in self._packages.items()}, crosswalk=self._crosswalk,
            absent=absent,
        )  # fmt: skip


def _packages(numbers: set[int]) -> dict[int, Name]:
    """The packages of some numbers, those of names that no source has used (below zero) among them."""
    found: dict[int, Name] = {}
    for part in chunks(sorted(numbers)):
        for sign, column, table in ((1, "pkg_id", "package"), (-1, "id", "awaited_name")):
            if some := ", ".join(str(sign * int(number)) for number in part if number * sign > 0):
                sql = f"SELECT {column}, kind, scheme, name, role FROM {table} WHERE {column} IN ({some})"  # noqa: S608
                found |= {sign * row[0]: Name(*row[1:]) for row in rows(sql, {})}
    return found


def _possible(unplaced: Sequence[UnplacedVersion], rev: int) -> dict[int, int]:
    """How many vulnerabilities each unplaced version could have: those stated of any version of its packages."""
    stated = stated_of({one.pkg_id for one in unplaced}, rev)
    together: dict[tuple[int, str], list[UnplacedVersion]] = defaultdict(list)
    for one in unplaced:
        together[one.component_id, one.given_as].append(one)
    none: frozenset[int] = frozenset()
    return {rows[0].pk: len(none.union(*(stated.get(r.pkg_id, none) for r in rows))) for rows in together.values()}


def _prove(
    release: Release,
    state: Matched,
    profile: Profile,
    happened: Counter[str],
    found: int,
    by: Person | None,
    seconds: float,
) -> None:
    """One run, one line of evidence, whatever the number of findings."""
    counts = {name: happened[name] for name in ("new", "gone", "held", "reopened", "changed", "merged")}
    counts |= {"findings": found, "components": state.components, "gaps": state.gaps, "possible": state.possible}
    sbom = release.sbom.sha256 if release.sbom else ""
    run = MatchRun.objects.create(
        release=release, rev=state.rev, keys_ver=state.keys_ver, kernel_ver=state.kernel_ver, portfolio_sha256=sbom,
        crosswalk=f"{state.crosswalk_ver}.{state.crosswalk_rev}", review_rev=state.review_rev,
        profile_sha256=profile.sha256, result_sha256=state.result_sha256, seconds=round(seconds, 3), at=state.at,
        counts=counts,
    )  # fmt: skip
    record(
        by=by or system(), did="release.matched", to=release,
        facts={
            "knowledge": state.rev, "sbom": sbom, "keys": state.keys_ver, "kernel": state.kernel_ver, "run": run.pk,
            "crosswalk": run.crosswalk, "review": run.review_rev, "result": state.result_sha256, **counts,
            **({"profile": profile.sha256} if profile.sha256 else {}),
        },
    )  # fmt: skip
