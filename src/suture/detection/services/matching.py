"""Match one release: components to places, the range join, findings with their reasons, one line of evidence."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from django.db import connection, transaction

from suture.accounts.models import Person
from suture.accounts.services import system
from suture.core.versions import KEYS_VERSION
from suture.detection import hits
from suture.detection.correcting import Apart, keep, set_apart, why_corrected
from suture.detection.crosswalk import SHIPPED_VERSION, Crosswalk
from suture.detection.findings import reconcile
from suture.detection.indexing import index_release
from suture.detection.kernel import KERNEL_VERSION, chunks, whole_ranges
from suture.detection.models import Cause, ComponentVersion, Gap, Instance, Matched, MatchRun, UnplacedVersion
from suture.detection.queries.crosswalk import crosswalk_now
from suture.detection.queries.ledger import spaces_of
from suture.detection.queries.review import last_decision
from suture.detection.reasons import Drawn, Where, draw, result_hash, spoken, stated_of
from suture.evidence.clock import now
from suture.evidence.services import record
from suture.intelligence.models import Package
from suture.intelligence.queries import published_rev
from suture.inventory.models import Component, Release

_MATCH_LOCK = 7_305_144_120_114  # any constant: PostgreSQL's advisory lock that orders matches; SQLite has one writer


def match_release(release_id: int, by: Person | None = None) -> Matched:
    """Match a release's current SBOM with the published knowledge, and bring its findings in line.

    Idempotent: the same knowledge and SBOM change nothing and write no evidence. A release without an SBOM, or one
    matched with no knowledge at all, is matched too: its answer is *not assessed* (see `queries.coverage`).
    """
    started = time.perf_counter()
    with transaction.atomic():
        in_turn()
        release = Release.objects.select_for_update(of=("self",)).select_related("product").get(pk=release_id)
        rev, at = published_rev(), now()
        before = Matched.objects.filter(release=release).first()
        crosswalk, review_rev = crosswalk_now(), last_decision()
        components = _index(release, before, rev, crosswalk)
        drawn, possible, apart = _draw(release, rev, crosswalk)
        keep(release, apart)
        present = Component.objects.filter(sbom=release.sbom_id).values_list("name", "version", "ref")
        happened = reconcile(
            release, drawn, [(name, version) for name, version, _ in present], rev, at, why_corrected(apart)
        )
        sha256 = result_hash(drawn.values(), possible)
        state, _ = Matched.objects.update_or_create(
            release=release,
            defaults={
                "rev": rev, "portfolio_rev": release.portfolio_rev, "keys_ver": KEYS_VERSION,
                "kernel_ver": KERNEL_VERSION, "crosswalk_ver": SHIPPED_VERSION, "crosswalk_rev": crosswalk.revision,
                "review_rev": review_rev, "at": at, "result_sha256": sha256, "components": components,
                "gaps": Gap.objects.filter(release=release).count(),
                "possible": sum(1 for _, _, many in possible if many), "spaces": spaces_of(release.pk),
            },
        )  # fmt: skip
        if happened or before is None or before.result_sha256 != sha256:
            _prove(release, state, happened, len(drawn), by, time.perf_counter() - started)
    return state


def in_turn() -> None:
    """One match after the other: two at once could write an older revision's result over a newer one's."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_MATCH_LOCK])


def _index(release: Release, before: Matched | None, rev: int, crosswalk: Crosswalk) -> int:
    """Write the places of the components anew where anything they rest on moved. Gives how many there are."""
    wanted = (release.portfolio_rev, KEYS_VERSION, SHIPPED_VERSION, crosswalk.revision)
    if before is not None and (
        (before.portfolio_rev, before.keys_ver, before.crosswalk_ver, before.crosswalk_rev) == wanted
    ):
        waiting = Gap.objects.filter(release=release, cause__in=(Cause.NO_SOURCE, Cause.NEVER_NAMED))
        if before.rev == rev or not waiting.exists():
            return before.components
    return index_release(release, crosswalk)


def _draw(
    release: Release, rev: int, crosswalk: Crosswalk
) -> tuple[dict[int, Drawn], list[tuple[str, str, int]], list[Apart]]:
    """What matching finds in a release: vulnerabilities, and for each unplaced version how many are possible."""
    pairs = hits.refresh([release.pk], rev)
    unplaced = list(UnplacedVersion.objects.filter(release=release).select_related("component").order_by("pk"))
    whole = whole_ranges({one.pkg_id for one in unplaced}, rev)
    said = spoken(stmt for _, stmt in [*pairs, *whole])
    places = _wheres(release, {cv_id for cv_id, _ in pairs})
    named = _names(one.pkg_id for one in unplaced)
    found = [(where, stmt) for cv_id, stmt in pairs for where in places.get(cv_id, ())]
    every = [(_unplaced_where(one, named), s) for one in unplaced for p, s in whole if p == one.pkg_id]
    (found, apart), (every, more) = set_apart(found, rev), set_apart(every, rev)
    drawn = draw(found, every, said, crosswalk)
    counts = _possible(unplaced, rev)
    changed = [one for one in unplaced if one.possible != counts.get(one.pk, 0)]
    for one in changed:
        one.possible = counts.get(one.pk, 0)
    UnplacedVersion.objects.bulk_update(changed, ["possible"], batch_size=500)
    return drawn, [(one.component.ref, one.given_as, one.possible) for one in unplaced], apart + more


def _wheres(release: Release, wanted: set[int]) -> dict[int, list[Where]]:
    """The components that stand at some component versions."""
    versions = {
        cv_id: (pkg_id, raw)
        for part in chunks(sorted(wanted))
        for cv_id, pkg_id, raw in ComponentVersion.objects.filter(pk__in=part).values_list("cv_id", "pkg_id", "raw")
    }
    packages = {
        pkg_id: (name, role)
        for part in chunks(sorted({pkg_id for pkg_id, _ in versions.values()}))
        for pkg_id, name, role in Package.objects.filter(pk__in=part).values_list("pkg_id", "name", "role")
    }
    found: dict[int, list[Where]] = {}
    instances = Instance.objects.filter(release=release).values_list(
        "cv_id", "component__ref", "component__name", "component__version", "given_as"
    )
    for cv_id, ref, name, version, given_as in instances:
        if cv_id in versions:
            pkg_id, raw = versions[cv_id]
            found.setdefault(cv_id, []).append(Where(ref, name, version, given_as, *packages[pkg_id], raw))
    return found


def _names(packages: Iterable[int]) -> dict[int, str]:
    return dict(Package.objects.filter(pk__in=[p for p in packages if p > 0]).values_list("pkg_id", "name"))


def _unplaced_where(one: UnplacedVersion, named: dict[int, str]) -> Where:
    component = one.component
    package = named.get(one.pkg_id, one.given_as)
    return Where(component.ref, component.name, component.version, one.given_as, package, Package.Role.NATIVE, one.raw)


def _possible(unplaced: Sequence[UnplacedVersion], rev: int) -> dict[int, int]:
    """How many vulnerabilities each unplaced version could have: those stated of any version of its packages."""
    stated = stated_of({one.pkg_id for one in unplaced}, rev)
    together: dict[tuple[int, str], list[UnplacedVersion]] = defaultdict(list)
    for one in unplaced:
        together[one.component_id, one.given_as].append(one)
    none: frozenset[int] = frozenset()
    return {rows[0].pk: len(none.union(*(stated.get(r.pkg_id, none) for r in rows))) for rows in together.values()}


def _prove(
    release: Release, state: Matched, happened: Counter[str], found: int, by: Person | None, seconds: float
) -> None:
    """One run, one line of evidence, whatever the number of findings."""
    counts = {name: happened[name] for name in ("new", "gone", "reopened", "changed", "merged")}
    counts |= {"findings": found, "components": state.components, "gaps": state.gaps, "possible": state.possible}
    sbom = release.sbom.sha256 if release.sbom else ""
    run = MatchRun.objects.create(
        release=release, rev=state.rev, keys_ver=state.keys_ver, kernel_ver=state.kernel_ver, portfolio_sha256=sbom,
        crosswalk=f"{state.crosswalk_ver}.{state.crosswalk_rev}", review_rev=state.review_rev,
        result_sha256=state.result_sha256, seconds=round(seconds, 3), at=state.at, counts=counts,
    )  # fmt: skip
    record(
        by=by or system(), did="release.matched", to=release,
        facts={
            "knowledge": state.rev, "sbom": sbom, "keys": state.keys_ver, "kernel": state.kernel_ver, "run": run.pk,
            "crosswalk": run.crosswalk, "review": run.review_rev, "result": state.result_sha256, **counts,
        },
    )  # fmt: skip
