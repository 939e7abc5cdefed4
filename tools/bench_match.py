"""How well and how fast the matching is, measured on labelled pairs and real SBOMs. Prints figures; gates nothing.

    python -m tools.bench_match [DATA]      # knowledge: of SUTURE_HOME, see `suture feeds import`

DATA is the folder of the test data (default: SUTURE_TEST_DATA). Two sets of labels are scored as their README says:
`benchmark/medical-devices` by category and trap, `benchmark/match-labels` by track. A pair counts as reported when the
scan gives its vulnerability, or an alias, as a definite match for its component.
"""

from __future__ import annotations

import gzip
import json
import os
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suture.config.settings")


class Seen:
    """A scan's answer, asked by component and vulnerability."""

    def __init__(self, result: Any) -> None:
        self.definite: dict[str, set[str]] = defaultdict(set)
        self.waiting: dict[str, set[str]] = defaultdict(set)
        self.open = {one["ref"] for one in result.possible} | {one["ref"] for one in result.not_assessed}
        for finding in result.findings:
            for component in finding.components:
                self.definite[component["ref"]].update((finding.vulnerability, *finding.aliases))
        for row in result.waiting:
            for ref in row["refs"]:
                self.waiting[ref].update(row["vulnerabilities"])

    def reported(self, ref: str, ids: set[str]) -> bool:
        return not self.definite[ref].isdisjoint(ids)

    def left_open(self, ref: str, ids: set[str]) -> bool:
        """Neither a definite match nor dropped: it waits for a person, or the component could not be looked up."""
        return not self.reported(ref, ids) and (ref in self.open or not self.waiting[ref].isdisjoint(ids))


class Tally:
    """Counts of one cell, and its rates."""

    def __init__(self) -> None:
        self.n: Counter[str] = Counter()

    def row(self, name: str) -> str:
        n = self.n
        recall = _rate(n["hit"], n["hit"] + n["miss"])
        precision = _rate(n["hit"], n["hit"] + n["alarm"])
        opened = f"open {n['open']}/{n['asked']}" if n["asked"] else ""
        return (
            f"  {name:<26} recall {recall:>6} ({n['hit']}/{n['hit'] + n['miss']})   precision {precision:>6} "
            f"({n['alarm']} false alarms, {n['quiet']} rightly quiet)   misses left open {n['miss open']}   {opened}"
        )


def _rate(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "—"


def medical_devices(folder: Path) -> list[dict[str, Any]]:
    """Score `benchmark/medical-devices`; gives the cases that went wrong."""
    cases = [json.loads(line) for line in (folder / "cases.jsonl").read_text().splitlines()]
    seen = {sbom: _scan((folder / sbom).read_bytes()) for sbom in sorted({case["release"]["sbom"] for case in cases})}
    cells: dict[str, Tally] = defaultdict(Tally)
    wrong = []
    for case in cases:
        ref, ids = case["release"]["bom_ref"], {case["vulnerability"], *case.get("aliases", ())}
        found = seen[case["release"]["sbom"]]
        reported, opened = found.reported(ref, ids), found.left_open(ref, ids)
        for cell in ("all", f"category {case['category']}", f"trap {case['trap']}"):
            _count(cells[cell].n, case["expected"], reported, opened)
        if (case["expected"] == "affected") != reported and not (case["expected"] in OPEN_LABELS and opened):
            wrong.append({**case, "reported": reported, "open": opened})
    print("medical-devices")
    for name in ["all", *sorted(name for name in cells if name != "all")]:
        print(cells[name].row(name))
    return wrong


OPEN_LABELS = ("conditional", "not_assessable")


def _count(n: Counter[str], expected: str, reported: bool, opened: bool) -> None:
    if expected == "affected":
        n["hit" if reported else "miss"] += 1
        n["miss open"] += opened
    elif expected == "not_affected":
        n["alarm" if reported else "quiet"] += 1
    else:
        n["asked"] += 1
        n["open"] += opened


def match_labels(folder: Path) -> list[dict[str, Any]]:
    """Score `benchmark/match-labels` by track; gives the pairs that went wrong."""
    pairs = [json.loads(line) for line in _lines(folder / "pairs.jsonl.gz")]
    found: dict[str, dict[str, set[str]]] = {}
    for line in _lines(folder / "inventories.cdx.jsonl.gz"):
        document = json.loads(line)
        named = document.get("metadata", {}).get("component", {})
        result = _result(line)
        by_purl: dict[str, set[str]] = defaultdict(set)
        refs = {c["bom-ref"]: c.get("purl", "") for c in document.get("components", ())}
        for finding in result.findings:
            for component in finding.components:
                by_purl[refs[component["ref"]]].update((finding.vulnerability, *finding.aliases))
        found[named.get("name", "") + "@" + named.get("version", "")] = by_purl
    cells: dict[str, Tally] = defaultdict(Tally)
    wrong = []
    for pair in pairs:
        by_purl = found[_image(pair["image"], found)]
        reported = not by_purl.get(pair["purl"], set()).isdisjoint({pair["vulnerability"], *pair["ids"]})
        expected = "affected" if pair["label"] == "TP" else "not_affected"
        for cell in (pair["track"], f"{pair['track']}: {pair['ecosystem']}"):
            _count(cells[cell].n, expected, reported, False)
        if (expected == "affected") != reported:
            wrong.append({**pair, "reported": reported})
    print("match-labels")
    for name in sorted(cells):
        print(cells[name].row(name))
    return wrong


def _image(image: str, found: dict[str, Any]) -> str:
    return next(name for name in found if image in name or name.rstrip("@") in image)


def _lines(path: Path) -> Iterator[bytes]:
    with gzip.open(path) as file:
        yield from file


def _result(data: bytes) -> Any:
    from suture.detection.scan import scan

    return scan(data)


def _scan(data: bytes) -> Seen:
    return Seen(_result(data))


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
    wrong = medical_devices(data / "benchmark" / "medical-devices") + match_labels(data / "benchmark" / "match-labels")
    kept = Path("test-results") / "bench-match-wrong.jsonl"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text("".join(json.dumps(one) + "\n" for one in wrong))
    print(f"what went wrong, pair by pair: {kept}")
    speed(data)


if __name__ == "__main__":
    main()
