"""Stay current: what is stale is found, not remembered, and worked off; and the nightly check of it all."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from suture.core.versions import KEYS_VERSION
from suture.detection import hits
from suture.detection.crosswalk import SHIPPED_VERSION, as_supplied
from suture.detection.delta import advance, changed_releases
from suture.detection.indexing import adopt_named
from suture.detection.kernel import KERNEL_VERSION, Change, changed_packages, chunks
from suture.detection.models import (
    AwaitedName,
    Cause,
    ComponentVersion,
    CrosswalkDecision,
    Finding,
    Gap,
    Instance,
    Matched,
    MatchRun,
    ReviewDecision,
    UnplacedVersion,
)
from suture.detection.portfolio import watched_namespaces
from suture.detection.queries import crosswalk, review
from suture.detection.services.matching import in_turn, match_release
from suture.detection.services.review import settle_reviews
from suture.evidence.clock import now
from suture.intelligence.models import FeedRevision, Package
from suture.intelligence.queries import keyed_otherwise, published_rev
from suture.inventory.models import Component, Release
from suture.inventory.queries import all_releases


def stale_releases() -> QuerySet[Release]:
    """Releases whose components, knowledge or engine moved since their last match, the longest waiting first."""
    current = _same_engine().filter(
        rev__gte=published_rev(), crosswalk_rev__gte=crosswalk.last_decision(), review_rev__gte=review.last_decision(),
        portfolio_rev=F("release__portfolio_rev"),
    )  # fmt: skip
    return (
        all_releases()
        .exclude(pk__in=current.values("release_id"))
        .order_by(F("matched__at").asc(nulls_first=True), "pk")
    )


def _same_engine() -> QuerySet[Matched]:
    """Where the engine, its keys and the crosswalk shipped with it are today's."""
    return Matched.objects.filter(keys_ver=KEYS_VERSION, kernel_ver=KERNEL_VERSION, crosswalk_ver=SHIPPED_VERSION)


def rematch_stale(limit: int = 50) -> int:
    """Match again every release whose components or vulnerabilities moved since its last match, at most `limit`.

    Releases that a change of the knowledge does not concern are only marked as current: one join finds them.
    Kill it anywhere: what is left is still stale, and the next round does it.
    """
    settle_reviews()
    if keyed_otherwise():
        return 0  # matching waits for the feeds to be taken in again: see `match_release`
    _mark_untouched()
    stale = list(stale_releases().values_list("pk", flat=True)[:limit])
    for release_id in stale:
        match_release(release_id)
    return len(stale)


def _mark_untouched() -> None:
    with transaction.atomic():
        in_turn()
        rev, crosswalk_rev, review_rev = published_rev(), crosswalk.last_decision(), review.last_decision()
        behind = _same_engine().filter(
            Q(rev__lt=rev) | Q(crosswalk_rev__lt=crosswalk_rev) | Q(review_rev__lt=review_rev)
        )
        since = list(behind.values_list("rev", "crosswalk_rev", "review_rev").distinct().order_by("rev"))
        if not since:
            return
        adopt_named()
        advance(_change(min(before[0] for before in since), rev))
        always = _newly_watched() | _merged_meanwhile()
        for before in since:
            touched = always | (_touched(before[0], rev) if before[0] < rev else set())
            touched |= _renamed_since(before[1]) | _decided_since(before[2])
            mark = _same_engine().filter(rev=before[0], crosswalk_rev=before[1], review_rev=before[2])
            numbers = [pk for pk in mark.values_list("release_id", flat=True) if pk not in touched]
            for part in chunks(numbers):
                Matched.objects.filter(release_id__in=part).update(
                    rev=rev, crosswalk_rev=crosswalk_rev, review_rev=review_rev, at=now()
                )


def _touched(since: int, rev: int) -> set[int]:
    """The releases that a change of the knowledge may concern."""
    change = _change(since, rev)
    found = set(changed_releases(change))
    unplaced = set(UnplacedVersion.objects.filter(pkg_id__gt=0).values_list("pkg_id", flat=True))
    if unplaced:
        for part in chunks(unplaced.intersection(changed_packages(change))):
            found.update(UnplacedVersion.objects.filter(pkg_id__in=part).values_list("release_id", flat=True))
    return found


def _change(since: int, rev: int) -> Change:
    made = FeedRevision.objects.filter(rev__gt=since, rev__lte=rev, last_assertion__gte=0)
    bounds = list(made.values_list("first_assertion", "last_assertion"))
    first = min((first for first, _ in bounds), default=0)
    return Change(since, rev, first, max((last for _, last in bounds), default=-1))


def _newly_watched() -> set[int]:
    """Releases with components that nobody watched, and now somebody does."""
    lone = Gap.objects.filter(cause=Cause.NO_SOURCE).exclude(space="")
    spaces = watched_namespaces(lone.values_list("space", flat=True).distinct())
    found = set(lone.filter(space__in=spaces).values_list("release_id", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT g.release_id FROM gap g JOIN inst i "
            "ON i.release_id = g.release_id AND i.component_id = g.component_id "
            "JOIN cv ON cv.cv_id = i.cv_id WHERE g.cause IN (%s, %s) AND cv.pkg_id > 0",
            [Cause.NEVER_NAMED, Cause.NO_IDENTIFIER],
        )
        return found | {row[0] for row in cursor.fetchall()}


def _merged_meanwhile() -> set[int]:
    """Releases with a finding of a vulnerability that another has taken over."""
    moved = Finding.objects.filter(merged_into=None, vulnerability__merged_into__isnull=False)
    return set(moved.values_list("release_id", flat=True))


def _renamed_since(revision: int) -> set[int]:
    """Releases with a component that carries a name of which a later decision of the crosswalk speaks."""
    decisions = list(CrosswalkDecision.objects.filter(pk__gt=revision))
    sides = {named for row in decisions for named in crosswalk.names_of(row)}
    packages = {named.package for named in sides if named.package is not None}
    # what was confirmed reaches further names now, what was taken back reached them before
    chains = (crosswalk.crosswalk_now(), crosswalk.crosswalk_now(revision)) if decisions else ()
    packages |= {called for package in set(packages) for chain in chains for called in chain.also_called(package)}
    found = _carrying({(package.kind.value, package.name) for package in packages})
    supplied = {named.says.casefold() for named in sides if named.package is None}
    if supplied:
        bare = Component.objects.filter(sbom__current_for__isnull=False, purls=[], cpes=[])
        found.update(
            release
            for supplier, name, release in bare.values_list("supplier", "name", "sbom__current_for")
            if as_supplied(supplier, name).casefold() in supplied
        )
    return found


def _decided_since(number: int) -> set[int]:
    """Releases with a component of a package whose versions a later decision on a range in review states."""
    rows = ReviewDecision.objects.filter(pk__gt=number).exclude(verdict=ReviewDecision.Verdict.NOT_OURS)
    stated = rows.values_list("package_kind", "package_name", "stated_kind", "stated_name")
    return _carrying({name for row in stated for name in (row[:2], row[2:]) if name[1]})


def _carrying(names: Iterable[tuple[str, str]]) -> set[int]:
    """The releases that have a component looked up by one of these names, (kind, name), in any order of versions."""
    wanted = set(names)
    numbers: list[int] = []
    for part in chunks(sorted({name for _, name in wanted})):
        known = Package.objects.filter(name__in=part).values_list("pkg_id", "kind", "name")
        awaited = AwaitedName.objects.filter(name__in=part).values_list("id", "kind", "name")
        numbers += [pkg_id for pkg_id, kind, name in known if (kind, name) in wanted]
        numbers += [-number for number, kind, name in awaited if (kind, name) in wanted]
    found: set[int] = set()
    for part in chunks(numbers):
        versions = ComponentVersion.objects.filter(pkg_id__in=part).values("cv_id")
        found.update(Instance.objects.filter(cv_id__in=versions).values_list("release_id", flat=True))
        found.update(UnplacedVersion.objects.filter(pkg_id__in=part).values_list("release_id", flat=True))
    return found


def check_whole_portfolio() -> MatchRun:
    """Join every range with the whole portfolio: the nightly self-check of the incremental state.

    `counts["differed"]` is 0 unless the incremental state was wrong; releases with hits that differ match again.
    """
    started = time.perf_counter()
    with transaction.atomic():
        in_turn()
        rev = published_rev()
        adopt_named()
        found, differed, sha256 = hits.full_pass(rev)
        portfolio = hashlib.sha256()
        for release_id, sbom in Release.objects.order_by("pk").values_list("pk", "sbom__sha256"):
            portfolio.update(f"{release_id} {sbom}\n".encode())
        run = MatchRun.objects.create(
            rev=rev, keys_ver=KEYS_VERSION, kernel_ver=KERNEL_VERSION, portfolio_sha256=portfolio.hexdigest(),
            crosswalk=crosswalk.crosswalk_now().version, review_rev=review.last_decision(),
            result_sha256=sha256, seconds=round(time.perf_counter() - started, 3), at=now(),
            counts={"hits": found, "differed": differed},
        )  # fmt: skip
        if differed:
            Matched.objects.update(kernel_ver=0)
    return run
