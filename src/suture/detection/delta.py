"""What a change of the knowledge moves: the releases it may concern, and the hits that came and went.

Only the changed ranges are joined, old and new (engine.md §3, "Incremental"); the state that grows this way is the
state a full pass gives, hit by hit, and `state_sha256` proves it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import connection

from suture.detection.kernel import CAME, WENT, Change, joined, rows
from suture.intelligence.models import OPEN

AT_ONCE = 20_000  # rows fetched at a time

_RELEASES = f"""
SELECT DISTINCT i.release_id FROM inst i
WHERE i.cv_id IN (SELECT cv_id FROM ({CAME}) came UNION SELECT cv_id FROM ({WENT}) went)"""  # noqa: S608

_CLOSE = f"UPDATE hit SET t = %(rev)s WHERE t = {OPEN} AND (cv_id, stmt) IN ({WENT})"  # noqa: S608
_OPEN = f"""
INSERT INTO hit (cv_id, stmt, f, t) SELECT DISTINCT n.cv_id, n.stmt, %(rev)s, {OPEN} FROM ({CAME} AND r.t > %(rev)s) n
WHERE NOT EXISTS (SELECT 1 FROM hit h WHERE h.cv_id = n.cv_id AND h.stmt = n.stmt AND h.t = {OPEN})
ON CONFLICT (cv_id, stmt, f) DO UPDATE SET t = {OPEN}"""  # noqa: S608


def changed_releases(change: Change) -> list[int]:
    """The releases with a component version that lies, or lay, in a range which came or went. One statement."""
    return [row[0] for row in rows(joined(_RELEASES), change.values())]


def advance(change: Change) -> int:
    """Bring the standing hits of the whole portfolio from one revision to another. Gives how many moved.

    Idempotent: what a release's own match has moved already stays as it is.
    """
    with connection.cursor() as cursor:
        cursor.execute(joined(_CLOSE), change.values())
        moved = int(cursor.rowcount)
        cursor.execute(joined(_OPEN), change.values())
        return moved + int(cursor.rowcount)


def sha256_of(pairs: Iterable[tuple[int, int]]) -> str:
    """SHA-256 over (component version, statement) pairs in ascending order: a line of two decimal numbers each.

    The same on every engine, and in one hand's turn with any tool: `sort`, `uniq`, `sha256sum`.
    """
    digest = hashlib.sha256()
    for pair in pairs:
        digest.update(b"%d %d\n" % pair)
    return digest.hexdigest()


def state_sha256() -> str:
    """The fingerprint of the hits that stand."""
    return sha256_of(streamed(f"SELECT cv_id, stmt FROM hit WHERE t = {OPEN} ORDER BY cv_id, stmt", {}))  # noqa: S608


def streamed(sql: str, values: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of one statement, a portion in memory at a time. On PostgreSQL inside a transaction."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, values)
        while portion := cursor.fetchmany(AT_ONCE):
            yield from portion
