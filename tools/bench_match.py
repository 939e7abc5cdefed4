"""How fast the matching is, measured on real SBOMs. Prints figures; gates nothing. How right it is: tools.accuracy.

    python -m tools.bench_match [DATA]      # knowledge: of SUTURE_HOME, see `suture feeds import`

DATA is the folder of the test data (default: SUTURE_TEST_DATA).
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suture.config.settings")


def _result(data: bytes) -> Any:
    from suture.detection.scan import scan

    return scan(data)


def speed(data: Path) -> None:
    """Time of one scan, of the largest real SBOMs within reach."""
    files = sorted((data / "sbom").rglob("*.json"), key=lambda path: path.stat().st_size)
    print("scan: milliseconds, median of five")
    for path in files[:: max(1, len(files) // 12)]:
        try:
            took = statistics.median(_timed(path.read_bytes()) for _ in range(5))
        except Exception as error:
            print(f"  {path.name:<60} not read: {str(error)[:60]}")
            continue
        print(f"  {path.name:<60} {1000 * took:8.0f}")


def _timed(data: bytes) -> float:
    started = time.perf_counter()
    _result(data)
    return time.perf_counter() - started


PORTFOLIO = 200_000
PER_PACKAGE = 3


def kernel(rev: int) -> None:
    """The range join itself: a portfolio of versions drawn from the bounds of real ranges, some of every package."""
    from django.db import connection

    from suture.detection.kernel import FULL, hits_in, joined

    blob = "BLOB" if connection.vendor == "sqlite" else "BYTEA"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM rng WHERE f <= %s AND t > %s", [rev, rev])
        ranges = cursor.fetchone()[0]
        cursor.execute(f"CREATE TEMPORARY TABLE drawn (cv_id INTEGER PRIMARY KEY, pkg_id BIGINT, key {blob})")
        cursor.execute(
            "INSERT INTO drawn SELECT row_number() OVER (), pkg_id, lo FROM (SELECT pkg_id, lo, row_number() OVER "
            "(PARTITION BY pkg_id ORDER BY lo DESC) n FROM (SELECT DISTINCT pkg_id, lo FROM rng WHERE length(lo) > 2) "
            f"bounds) numbered WHERE n <= {PER_PACKAGE} LIMIT {PORTFOLIO}"
        )
        cursor.execute("CREATE INDEX drawn_at ON drawn (pkg_id, key)")
        cursor.execute("ANALYZE drawn")
        cursor.execute("SELECT count(*) FROM drawn")
        versions = cursor.fetchone()[0]
        cursor.execute(f"CREATE TEMPORARY TABLE few AS SELECT * FROM drawn WHERE cv_id % {max(1, versions // 500)} = 0")

        def scanned() -> None:
            cursor.execute("SELECT count(*), sum(length(lo) + length(hi) + f) FROM rng")

        def counted() -> int:
            full = joined(FULL, table="drawn")
            cursor.execute(f"SELECT count(*) FROM ({full}) hits", {"rev": rev})
            return int(cursor.fetchone()[0])

        floor, found = _best(scanned), counted()
        full, few = _best(counted), _best(lambda: hits_in("few", rev))
        cursor.execute("DROP TABLE drawn")
        cursor.execute("DROP TABLE few")
    print(f"range join on {connection.vendor}: {versions:,} distinct versions × {ranges:,} ranges, {found:,} hits")
    print(f"  the whole portfolio, counted {full:8.2f} s   ({full / floor:.1f}× reading every range once)")
    print(f"  500 of the versions          {1000 * few:8.1f} ms  (1/{full / few:.0f} of the whole)")


def _best(work: Any) -> float:
    took = []
    for _ in range(3):
        started = time.perf_counter()
        work()
        took.append(time.perf_counter() - started)
    return min(took)


def main() -> None:
    import django

    django.setup()
    from suture.intelligence.queries import knowledge

    data = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("SUTURE_TEST_DATA", "../shared/data"))
    known = knowledge()
    if known.empty or known.only_demo:
        sys.exit("this installation has no knowledge: take in feeds first (suture feeds import …)")
    print(f"knowledge at revision {known.rev}: {known.ranges:,} ranges, {known.waiting:,} wait")
    print(f"sources: {', '.join(known.sources)}")
    kernel(known.rev)
    speed(data)


if __name__ == "__main__":
    main()
