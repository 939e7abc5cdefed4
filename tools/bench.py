"""`make bench`: the budgets of the architecture, as ratios inside one run. Prints figures; gates nothing.

    python -m tools.bench [quick]      'quick' leaves out the full import

Each line: what was measured, our figure, what it is measured against, the ratio, the budget.
"""

from __future__ import annotations

import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from suture.core import ranges
from suture.core.vulnerabilities import Record
from suture.evidence.chain import GENESIS, entry_hash, verify_entries
from suture.formats import cve5, nvd, osv
from suture.formats.sbom import read_sbom

DATA = Path(os.environ.get("SUTURE_TEST_DATA", "../shared/data"))
ROWS: list[tuple[str, ...]] = []


def timed(work: Callable[[], object], times: int = 3) -> float:
    """Median seconds of several runs."""
    took = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        took.append(time.perf_counter() - started)
    return statistics.median(took)


def row(what: str, ours: float, against: str, theirs: float | None, budget: str) -> None:
    """One line of the table, printed at once."""
    ratio = f"{ours / theirs:.2f}×" if theirs else ""
    line = (what, f"{ours * 1000:,.0f} ms", against, f"{theirs * 1000:,.0f} ms" if theirs else "", ratio, budget)
    ROWS.append(line)
    print("{:<44}{:>12}  {:<34}{:>11}{:>9}  {}".format(*line), flush=True)


def process(*command: str, home: Path | None = None) -> float:
    """Median seconds of a whole process."""
    environment = os.environ | ({"SUTURE_HOME": str(home)} if home else {})
    return timed(lambda: subprocess.run(command, capture_output=True, env=environment, check=False), 5)


def start_up() -> None:
    """The command line's help against importing what draws it."""
    help_ = process(sys.executable, "-m", "suture", "--help")
    row("suture --help", help_, "python -c 'import typer'", process(sys.executable, "-c", "import typer"), "≤ 1.5×")


def _lines(name: str, most: int) -> list[bytes]:
    found: list[bytes] = []
    with gzip.open(DATA / name) as lines:
        for line in lines:
            found.append(line)
            if len(found) >= most:
                break
    return found


def ingest() -> None:
    """Bytes to keys against the standard library's json alone, on the same bytes."""
    readers: dict[str, Callable[[bytes], Record]] = {
        "cve5/vulnrichment.jsonl.gz": cve5.read, "nvd/cve-2023.jsonl.gz": nvd.read, "osv/ghsa.jsonl.gz": osv.read,
    }  # fmt: skip
    for name, read in readers.items():
        lines = _lines(name, 8000)

        def keys(lines: list[bytes] = lines, read: Callable[[bytes], Record] = read) -> None:
            for line in lines:
                for stated in read(line).ranges:
                    try:
                        ranges.read(stated)
                    except ranges.NeedsReview:
                        continue

        def plain(lines: list[bytes] = lines) -> None:
            for line in lines:
                json.loads(line)

        row(
            f"ingest to keys: {name} ({len(lines):,})",
            timed(keys),
            "json.loads of the same bytes",
            timed(plain),
            "≤ 1.0×",
        )


def sboms() -> None:
    """A large SBOM against msgspec's own parse."""
    for count in (500, 50_000):
        data = json.dumps({
            "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
            "components": [
                {
                    "type": "library", "bom-ref": f"c{n}", "name": f"part-{n}", "version": f"1.{n % 90}.{n % 7}",
                    "purl": f"pkg:npm/part-{n}@1.{n % 90}.{n % 7}", "supplier": {"name": "Somebody"},
                    "hashes": [{"alg": "SHA-256", "content": "a" * 64}], "licenses": [{"license": {"id": "MIT"}}],
                    "properties": [{"name": f"p{i}", "value": "x" * 40} for i in range(6)],
                }
                for n in range(count)
            ],
        }).encode()  # fmt: skip
        parse = timed(lambda data=data: msgspec.json.decode(data))
        row(f"SBOM of {count:,} ({len(data) >> 20} MB) to components", timed(lambda data=data: read_sbom(data)),
            "msgspec's untyped parse", parse, "≤ 1.5×")  # fmt: skip


def _chain(length: int) -> Iterator[dict[str, object]]:
    previous = GENESIS
    for seq in range(1, length + 1):
        entry: dict[str, object] = {
            "seq": seq, "recorded_at": "2026-11-23T12:00:00.000+00:00", "happened_at": "2026-11-23T12:00:00.000+00:00",
            "actor_uid": "a" * 36, "actor_name": "Ada", "did": "thing.done", "record_kind": "thing",
            "record_uid": "u" * 36, "record_label": "Thing", "because": "because", "facts": '{"a":1}',
            "previous": previous,
        }  # fmt: skip
        entry["hash"] = previous = entry_hash(entry)
        yield entry


def proof() -> None:
    """Verification of the chain, on entries in memory."""
    entries = list(_chain(100_000))
    seconds = timed(lambda: verify_entries(entries, None), 1)
    row("verify 100,000 entries (×10 for a million)", seconds, "", None, "≤ 6 s")


def whole() -> None:
    """The full import, then whole processes on that knowledge."""
    home = Path(tempfile.mkdtemp(prefix="suture-bench-"))
    feeds = [str(DATA / name) for name in ("osv", "nvd", "cve5", "kev", "epss")]
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "suture", "feeds", "import", *feeds],
        env=os.environ | {"SUTURE_HOME": str(home)},
        check=False,
    )
    row("full import, a whole process", time.perf_counter() - started, "", None, "≤ 5 min")
    names = json.loads(next(iter(_lines("benchmark/match-labels/inventories.cdx.jsonl.gz", 1))))
    file = home / "sbom.json"
    names["components"] = (names["components"] * 20)[:500]
    for number, component in enumerate(names["components"]):
        names["components"][number] = component | {"bom-ref": f"c{number}"}
    file.write_text(json.dumps(names))
    scan = process(sys.executable, "-m", "suture", "scan", str(file), "--format", "json", home=home)
    row("suture scan of 500 components, whole process", scan, "", None, "≤ 1.5 s")
    row("suture verify, whole process", process(sys.executable, "-m", "suture", "verify", home=home), "", None, "")
    subprocess.run(
        [sys.executable, "-m", "tools.bench_match"], env=os.environ | {"SUTURE_HOME": str(home)}, check=False
    )


if __name__ == "__main__":
    start_up()
    ingest()
    sboms()
    proof()
    if "quick" not in sys.argv:
        whole()
