"""Stay current: what is stale is found, not remembered, and worked off; and the nightly check of it all."""

from __future__ import annotations

import hashlib
import time

from django.db import connection, transaction
from django.db.models import F, QuerySet

from suture.core.versions import KEYS_VERSION
from suture.detection import hits
from suture.detection.indexing import adopt_named
from suture.detection.kernel import KERNEL_VERSION, Change, changed_packages, changed_versions, chunks
from suture.detection.models import Cause, Finding, Gap, Instance, Matched, MatchRun, UnplacedVersion
from suture.detection.portfolio import watched_namespaces
from suture.detection.services.matching import in_turn, match_release
from suture.evidence.clock import now
from suture.intelligence.models import FeedRevision
from suture.intelligence.queries import published_rev
from suture.inventory.models import Release
from suture.inventory.queries import all_releases


def stale_releases() -> QuerySet[Release]:
    """Releases whose components, knowledge or engine moved since their last match, the longest waiting first."""
    current = Matched.objects.filter(
        rev__gte=published_rev(), keys_ver=KEYS_VERSION, kernel_ver=KERNEL_VERSION,
        portfolio_rev=F("release__portfolio_rev"),
    )  # fmt: skip
    return (
        all_releases()
        .exclude(pk__in=current.values("release_id"))
        .order_by(F("matched__at").asc(nulls_first=True), "pk")
    )


def rematch_stale(limit: int = 50) -> int:
    """Match again every release whose components or vulnerabilities moved since its last match, at most `limit`.

    Releases that a change of the knowledge does not concern are only marked as current: one join finds them.
    Kill it anywhere: what is left is still stale, and the next round does it.
    """
    _mark_untouched()
    stale = list(stale_releases().values_list("pk", flat=True)[:limit])
    for release_id in stale:
        match_release(release_id)
    return len(stale)


def _mark_untouched() -> None:
    with transaction.atomic():
        in_turn()
        rev = published_rev()
        behind = Matched.objects.filter(rev__lt=rev, keys_ver=KEYS_VERSION, kernel_ver=KERNEL_VERSION)
        since = list(behind.values_list("rev", flat=True).distinct().order_by("rev"))
        if not since:
            return
        adopt_named()
        always = _newly_watched() | _merged_meanwhile()
        for before in since:
            touched = always | _touched(before, rev)
            mark = Matched.objects.filter(rev=before, keys_ver=KEYS_VERSION, kernel_ver=KERNEL_VERSION)
            numbers = [pk for pk in mark.values_list("release_id", flat=True) if pk not in touched]
            for part in chunks(numbers):
                Matched.objects.filter(release_id__in=part).update(rev=rev, at=now())


def _touched(since: int, rev: int) -> set[int]:
    """The releases that a change of the knowledge may concern."""
    change = _change(since, rev)
    found: set[int] = set()
    for part in chunks(changed_versions(change)):
        found.update(Instance.objects.filter(cv_id__in=part).values_list("release_id", flat=True))
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
            "JOIN cv ON cv.cv_id = i.cv_id WHERE g.cause = %s AND cv.pkg_id > 0",
            [Cause.NEVER_NAMED],
        )
        return found | {row[0] for row in cursor.fetchall()}


def _merged_meanwhile() -> set[int]:
    """Releases with a finding of a vulnerability that another has taken over."""
    moved = Finding.objects.filter(merged_into=None, vulnerability__merged_into__isnull=False)
    return set(moved.values_list("release_id", flat=True))


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
            result_sha256=sha256, seconds=round(time.perf_counter() - started, 3), at=now(),
            counts={"hits": found, "differed": differed},
        )  # fmt: skip
        if differed:
            Matched.objects.update(kernel_ver=0)
    return run
