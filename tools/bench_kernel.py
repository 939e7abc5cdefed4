"""The range join at full size, on the engine this process is configured for; one JSON object on stdout.

    SUTURE_HOME=… [SUTURE_DATABASE_URL=…] python -m tools.bench_kernel SCALE [PARQUET FOLDER]

Run by `tools.bench` in a process of its own for each engine. Needs an empty database.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suture.config.settings")


def log(what: str) -> None:
    print(f"      {what}", file=sys.stderr, flush=True)


def run(scale: float, folder: Path | None) -> dict[str, Any]:
    """Measure everything that one engine can be asked; seconds by name."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from suture.detection import delta, kernel
    from suture.intelligence.models import OPEN, ORDINALS
    from tools import bench_load
    from tools.bench_table import timed

    call_command("migrate", verbosity=0)
    load = bench_load.make(scale)
    found: dict[str, Any] = {"engine": connection.vendor, "ranges": len(load.pkg), "versions": len(load.cv_pkg)}
    started = time.perf_counter()
    bench_load.store(load)
    found["load"] = time.perf_counter() - started
    log(f"{connection.vendor}: loaded in {found['load']:.0f} s")
    probe = bench_load.probes(load)

    def value(sql: str, values: dict[str, int] | None = None) -> int:
        return int(kernel.rows(sql, values or {})[0][0])

    counted = f"SELECT count(*) FROM ({kernel.joined(kernel.FULL, table='cv')}) h"
    always = counted.replace(f"WHERE {kernel._AS_OF}", "")
    at = {"rev": load.rev}
    found["hits"] = value(counted, at)
    if found["hits"] != bench_load.expected(load, load.rev):
        raise SystemExit("the join gives another number of hits than counting does")
    pairs: dict[str, list[float]] = {"probes": [], "full": [], "without as-of": []}
    works: list[tuple[str, Callable[[], object]]] = [
        ("probes", probe), ("full", lambda: value(counted, at)), ("without as-of", lambda: value(always)),
    ]  # fmt: skip
    for _ in range(5):
        for name, work in works:
            pairs[name].append(timed(work, 1))
    found |= {name: sorted(times)[len(times) // 2] for name, times in pairs.items()}
    log(f"full select {found['full']:.2f} s, probes {found['probes']:.3f} s")

    hits = kernel.joined(kernel.FULL, table="cv")
    insert = f"INSERT INTO hit (cv_id, stmt, f, t) SELECT cv_id, stmt, %(rev)s, {OPEN} FROM ({hits}) h"
    with connection.cursor() as cursor:
        started = time.perf_counter()
        cursor.execute(insert, at)
        found["write"] = time.perf_counter() - started
        cursor.execute("ANALYZE hit")
    # 100 advisories are amended: their ranges close, others come
    step = max(1, len(set((load.stmt >> ORDINALS).tolist())) // 100)
    numbers = sorted(set((load.stmt >> ORDINALS).tolist()))[::step][:100]
    last = max(numbers[-1], int(load.stmt.max() >> ORDINALS))
    new, rev = amend(load, numbers, last + 1)
    change = kernel.Change(load.rev, rev, last + 1, last + len(numbers))
    found["changed ranges"] = len(new)
    found["touched releases"] = len(delta.changed_releases(change))
    found["changed"] = timed(lambda: delta.changed_releases(change), 7)
    started = time.perf_counter()
    found["moved hits"] = delta.advance(change)
    found["advance"] = time.perf_counter() - started
    started = time.perf_counter()
    with transaction.atomic():
        found["incremental"] = delta.state_sha256()
        found["full again"] = delta.sha256_of(delta.streamed(kernel.joined(kernel.SORTED, table="cv"), {"rev": rev}))
    log(f"100 advisories {found['changed'] * 1000:.0f} ms; both states hashed in {time.perf_counter() - started:.0f} s")
    if folder is not None:
        found["duckdb"] = duck(load, folder, rev)
    return found


def duck(load: Any, folder: Path, rev: int) -> dict[str, Any]:
    """The same SQL in DuckDB, over Parquet as the product writes it: from the files, and with tables loaded."""
    from suture.detection import bulk, delta
    from suture.intelligence import snapshot
    from tools import bench_load
    from tools.bench_table import paired

    folder.mkdir(parents=True, exist_ok=True)
    snapshot.write(folder, {"rng": snapshot.KNOWLEDGE["rng"]}, {"rev": rev})
    snapshot.write(folder, {"cv": bulk.PORTFOLIO["cv"]}, {})
    probe = bench_load.probes(load)
    found: dict[str, Any] = {"bytes": sum(file.stat().st_size for file in folder.iterdir())}
    for name, loaded in (("parquet", False), ("loaded", True)):
        started = time.perf_counter()
        with bulk.opened(folder, loaded=loaded) as duck:
            found[f"open {name}"] = time.perf_counter() - started
            counted = f"SELECT count(*) FROM ({bulk.full(rev)}) h"
            found["hits"] = duck.execute(counted).fetchall()[0][0]
            found[name], found[f"probes {name}"] = paired(partial(_count, duck, counted), probe)
    found["hash"] = delta.sha256_of(bulk.hits_of_snapshot(folder, rev))
    log(f"DuckDB: loaded {found['loaded'] * 1000:.0f} ms, Parquet {found['parquet'] * 1000:.0f} ms")
    return found


def _count(duck: Any, counted: str) -> Any:
    return duck.execute(counted).fetchall()


def amend(load: Any, numbers: list[int], first: int) -> tuple[list[tuple[Any, ...]], int]:
    """Close every range of some assertions, and state them anew, a third of them moved; as an import would."""
    from django.db import connection

    from suture.intelligence.models import OPEN, ORDINALS

    rev = load.rev + 1
    with connection.cursor() as cursor:
        spans = [(n << ORDINALS, (n + 1) << ORDINALS) for n in numbers]
        rows: list[tuple[Any, ...]] = []
        for place, (low, high) in enumerate(spans):
            cursor.execute(
                f"SELECT pkg_id, lo, hi FROM rng WHERE stmt >= %s AND stmt < %s AND t = {OPEN} "
                "ORDER BY pkg_id, lo, hi, stmt",
                [low, high],
            )
            for ordinal, (pkg, lo, hi) in enumerate(cursor.fetchall()):
                lo, hi = bytes(lo), bytes(hi)
                if ordinal % 3 == 0:
                    lo, hi = (b"", lo) if lo else (hi, load.keys[-1])
                if lo < hi:
                    rows.append((pkg, lo, hi, ((first + place) << ORDINALS) + ordinal, rev, OPEN))
            cursor.execute(f"UPDATE rng SET t = %s WHERE stmt >= %s AND stmt < %s AND t = {OPEN}", [rev, low, high])
        cursor.executemany("INSERT INTO rng (pkg_id, lo, hi, stmt, f, t) VALUES (%s, %s, %s, %s, %s, %s)", sorted(rows))
    return rows, rev


if __name__ == "__main__":
    gc.freeze()
    print(json.dumps(run(float(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)))
