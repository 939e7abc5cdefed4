"""The generated load of the benchmarks, small: three engines and plain counting come to the same hits, byte for byte.

`make deep` runs it with a hundred times as many ranges. Nothing here looks at a clock.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from django.db import connection, transaction
from tools import bench_kernel, bench_load

from suture.detection import bulk, delta
from suture.detection.kernel import SORTED, Change, joined
from suture.intelligence import snapshot
from suture.intelligence.models import OPEN, ORDINALS

SMALL, LARGE = 0.002, 0.2  # of 3,000,000 ranges


def counted(rows: list[tuple[int, bytes, bytes, int]], versions: list[tuple[int, int, bytes, str]]) -> str:
    """The fingerprint of the hits, by comparing bytes in Python: every range with every version of its package."""
    by_package: dict[int, list[tuple[bytes, int]]] = {}
    for number, package, key, _ in versions:
        by_package.setdefault(package, []).append((key, number))
    found = {
        (number, stmt)
        for package, lo, hi, stmt in rows
        for key, number in by_package.get(package, ())
        if lo <= key < hi
    }
    lines = "".join(f"{number} {stmt}\n" for number, stmt in sorted(found))
    return hashlib.sha256(lines.encode()).hexdigest()


def standing(rev: int) -> list[tuple[int, bytes, bytes, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pkg_id, lo, hi, stmt FROM rng WHERE f <= %s AND t > %s", [rev, rev])
        return [(package, bytes(lo), bytes(hi), stmt) for package, lo, hi, stmt in cursor.fetchall()]


@pytest.mark.parametrize("scale", [SMALL, pytest.param(LARGE, marks=pytest.mark.deep)])
def test_the_incremental_state_is_the_full_one_on_every_engine(committed_db: str, tmp_path: Path, scale: float) -> None:
    """engine.md §6: incremental state == full match, byte-identical result hash; SQLite == PostgreSQL == DuckDB."""
    load = bench_load.make(scale)
    bench_load.store(load)
    nothing = Change(0, load.rev, 0, int(load.stmt.max() >> ORDINALS))
    delta.advance(nothing)  # from nothing to everything is a change, too
    versions = bench_load.versions_of(load)
    assert delta_state() == counted(standing(load.rev), versions)

    numbers = sorted(set((load.stmt >> ORDINALS).tolist()))[::5][:100]
    last = int(load.stmt.max() >> ORDINALS)
    _, rev = bench_kernel.amend(load, numbers, last + 1)
    change = Change(load.rev, rev, last + 1, last + len(numbers))
    before = set(hits())
    moved = delta.advance(change)
    assert len(before ^ set(hits())) == moved > 0
    assert delta.advance(change) == 0  # once more changes nothing
    expected = counted(standing(rev), versions)
    assert delta_state() == expected
    with transaction.atomic():
        assert delta.sha256_of(delta.streamed(joined(SORTED, table="cv"), {"rev": rev})) == expected
    snapshot.write(tmp_path, {"rng": snapshot.KNOWLEDGE["rng"]}, {"rev": rev})
    snapshot.write(tmp_path, {"cv": bulk.PORTFOLIO["cv"]}, {})
    assert delta.sha256_of(bulk.hits_of_snapshot(tmp_path, rev)) == expected

    moved_versions = {number for number, _ in before ^ set(hits())}
    concerned = set(load.inst_release[np.isin(load.inst_cv, list(moved_versions))].tolist())
    assert concerned <= set(delta.changed_releases(change))


def delta_state() -> str:
    with transaction.atomic():
        return delta.state_sha256()


def hits() -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT cv_id, stmt FROM hit WHERE t = {OPEN}")
        return list(cursor.fetchall())
