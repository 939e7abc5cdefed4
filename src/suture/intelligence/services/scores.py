"""CISA's catalogue and FIRST's scores: whole files that replace the last one, kept by row with their history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Any

from suture.core.vulnerabilities import Epss, Exploited
from suture.intelligence.models import OPEN
from suture.intelligence.services.results import Counts
from suture.intelligence.services.store import Row, Store
from suture.intelligence.services.turn import Turn

AT_ONCE = 5000  # rows of one write transaction
STILL = 0.005  # a percentile that moves by less, under the same score, is no news: all of them move every day


def import_kev(store: Store, turn: Turn, rev: int, entries: Sequence[Exploited]) -> tuple[Counts, bytes]:
    """The catalogue's entries into rows. One that is gone from it stays, and is counted: CISA gives no reason here."""
    standing = {
        row[0]: (row[1:6], row[6])
        for row in store.rows("SELECT id, added, name, action, due, ransomware, f FROM kev WHERE t = ?", [OPEN])
    }
    rows = (
        (entry.id, (entry.added, entry.name[:500], entry.action, entry.due, bool(entry.ransomware)))
        for entry in entries
    )

    def same(old: Sequence[Any], new: Sequence[Any]) -> bool:
        return (*old[:4], bool(old[4])) == tuple(new)

    return _take(store, turn, rev, "kev", standing, rows, same)


def import_epss(store: Store, turn: Turn, rev: int, day: str, scores: Sequence[Epss]) -> tuple[Counts, bytes]:
    """One day's scores into rows: only those that moved."""
    held = store.rows("SELECT id, score, percentile, day, f FROM epss WHERE t = ?", [OPEN])
    standing = {row[0]: (row[1:4], row[4]) for row in held}
    rows = ((score.id, (score.score, score.percentile, day)) for score in scores)

    def same(old: Sequence[Any], new: Sequence[Any]) -> bool:
        return bool(old[0] == new[0] and abs(old[1] - new[1]) < STILL)

    return _take(store, turn, rev, "epss", standing, rows, same)


def _take(
    store: Store, turn: Turn, rev: int, table: str, standing: dict[str, tuple[Row, int]],
    rows: Iterable[tuple[str, Row]], same: Callable[[Sequence[Any], Sequence[Any]], bool],
) -> tuple[Counts, bytes]:  # fmt: skip
    counts = Counts()
    result = sha256()
    opened: list[Row] = []
    closed: list[Row] = []
    seen: set[str] = set()

    def write() -> None:
        with store.transaction():
            turn.beat()
            store.execute_many(f"UPDATE {table} SET t = ? WHERE id = ? AND t = ?", closed)  # noqa: S608 (constant)
            store.insert(table, opened)
        opened.clear()
        closed.clear()

    for record_id, values in rows:
        counts.records += 1
        if record_id in seen:
            counts.repeated += 1
            continue
        seen.add(record_id)
        old = standing.get(record_id)
        if old is not None and same(old[0], values):
            counts.unchanged += 1
            continue
        if old is None:
            counts.new += 1
        else:
            counts.amended += 1
            closed.append((rev, record_id, OPEN))
        result.update(repr((record_id, *values)).encode())
        opened.append((record_id, rev, OPEN, *values))
        if len(opened) >= AT_ONCE:
            write()
    if opened:
        write()
    counts.vanished = len(standing.keys() - seen)
    return counts, result.digest()
