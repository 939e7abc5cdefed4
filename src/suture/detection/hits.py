"""Hits are kept per distinct component version, never per line of an SBOM; they are derived, and rebuilt at will."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from django.db import connection

from suture.detection.kernel import all_hits, chunks, hits_of, rows
from suture.intelligence.models import OPEN

Pair = tuple[int, int]  # component version, statement

_STANDING = f"""
SELECT h.cv_id, h.stmt FROM hit h WHERE h.t = {OPEN}
AND h.cv_id IN (SELECT cv_id FROM inst WHERE release_id IN ({{releases}}))"""  # noqa: S608
_KEEP = (  # the numbers as text: a statement for each row costs PostgreSQL more than the row
    f"INSERT INTO hit (cv_id, stmt, f, t) VALUES {{rows}} ON CONFLICT (cv_id, stmt, f) DO UPDATE SET t = {OPEN}"  # noqa: S608
)
_CLOSE = f"UPDATE hit SET t = %s WHERE cv_id = %s AND stmt = %s AND t = {OPEN}"  # noqa: S608


def refresh(releases: Sequence[int], rev: int) -> list[Pair]:
    """Join the component versions of some releases with the ranges, keep what differs, and give all their hits."""
    found = hits_of(releases, rev)
    numbers = ", ".join(str(int(release)) for release in releases)
    _keep(found, rows(_STANDING.format(releases=numbers), {}), rev)
    return found


def full_pass(rev: int) -> tuple[int, int, str]:
    """Join the whole portfolio anew and keep what differs from the standing hits.

    Returns:
        how many hits there are, how many differed (0 where the incremental state was right), and their SHA-256.
    """
    with connection.cursor() as cursor:  # derived rows of component versions that no release has any longer
        cursor.execute("DELETE FROM cv WHERE NOT EXISTS (SELECT 1 FROM inst WHERE inst.cv_id = cv.cv_id)")
        cursor.execute("DELETE FROM hit WHERE NOT EXISTS (SELECT 1 FROM cv WHERE cv.cv_id = hit.cv_id)")
    found = all_hits(rev)
    moved = _keep(found, rows(f"SELECT cv_id, stmt FROM hit WHERE t = {OPEN}", {}), rev)  # noqa: S608
    return len(found), moved, fingerprint(found)


def fingerprint(hits: Iterable[Pair]) -> str:
    """SHA-256 over hits in their order: two passes over the same portfolio agree, or one of them is wrong."""
    digest = hashlib.sha256()
    for cv_id, stmt in sorted(set(hits)):
        digest.update(b"%d %d\n" % (cv_id, stmt))
    return digest.hexdigest()


def _keep(found: Sequence[Pair], standing: Sequence[Pair], rev: int) -> int:
    now, before = set(found), set(standing)
    came, went = sorted(now - before), sorted(before - now)
    with connection.cursor() as cursor:
        if went:
            cursor.executemany(_CLOSE, [(rev, cv_id, stmt) for cv_id, stmt in went])
        for part in chunks(came):
            cursor.execute(_KEEP.format(rows=", ".join(f"({cv_id}, {stmt}, {rev}, {OPEN})" for cv_id, stmt in part)))
    return len(came) + len(went)
