"""How long a full import takes, and how much memory: every feed of SUTURE_TEST_DATA into an empty database.

    python -m tools.bench_ingest [FOLDER...]     a second run of the same follows, which must change nothing
    python -m tools.bench_ingest --ratio         bytes to rows in memory, against json.loads of the same bytes

The database lies in a temporary SUTURE_HOME, unless SUTURE_DATABASE_URL names another engine (an empty database).
"""

from __future__ import annotations

import gc
import gzip
import json
import os
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path

DATA = Path(os.environ.get("SUTURE_TEST_DATA", "../shared/data"))
FEEDS = ("osv", "nvd", "cve5", "kev", "epss")


SAMPLES = {"cve5": "cve5/vulnrichment.jsonl.gz", "nvd": "nvd/cve-2020.jsonl.gz", "osv": "osv/ghsa.jsonl.gz"}


def ratio() -> None:
    """Decoding, keys and rows, complement ranges included, over json.loads alone: the budget is 1.0 (storing apart)."""
    from suture.formats.detect import Kind
    from suture.intelligence.reading import Raw, read_batch

    for kind, name in SAMPLES.items():
        with gzip.open(DATA / name) as file:
            lines = file.read().splitlines()
        raws = [Raw(number, line, sha256(line).digest()) for number, line in enumerate(lines, 1)]
        times: dict[str, float] = {}
        for what, work in (
            ("json", lambda lines=lines: [json.loads(line) for line in lines]),
            ("rows", lambda kind=kind, raws=raws: read_batch(Kind(kind), raws)),
        ):
            gc.collect()
            gc.disable()
            started = time.perf_counter()
            work()
            times[what] = time.perf_counter() - started
            gc.enable()
        print(f"{kind:<5}{len(lines):>8,} records  json.loads {times['json']:.2f} s  rows {times['rows']:.2f} s"
              f"  ratio {times['rows'] / times['json']:.2f}")  # fmt: skip


def main(folders: list[str]) -> int:
    """Import twice, and print a table each time."""
    if folders == ["--ratio"]:
        ratio()
        return 0
    os.environ.setdefault("SUTURE_HOME", tempfile.mkdtemp(prefix="suture-ingest-"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suture.config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from suture.accounts.services import local_operator
    from suture.intelligence.queries import knowledge
    from suture.intelligence.services import SourceResult, import_feeds

    def show(results: list[SourceResult], seconds: float) -> None:
        print(f"{'source':<13}{'files':>6}{'records':>9}{'new':>9}{'amended':>8}{'same':>8}{'stated':>9}{'accepted':>9}"
              f"{'review':>8}{'s':>7}{'MB':>6}  outcome")  # fmt: skip
        for one in results:
            c = one.counts
            print(f"{one.source:<13}{len(one.files):>6}{c.records:>9,}{c.new:>9,}{c.amended:>8,}{c.unchanged:>8,}"
                  f"{c.stated:>9,}{c.accepted:>9,}{sum(c.review.values()):>8,}{one.seconds:>7.1f}{one.peak_mb:>6.0f}"
                  f"  {one.outcome} {one.why}")  # fmt: skip
        accepted = sum(one.counts.accepted for one in results)
        print(f"{seconds:.1f} s, {accepted / seconds:,.0f} ranges/s, {knowledge()}", flush=True)

    call_command("migrate", verbosity=0)
    paths = [Path(folder) for folder in folders] or [DATA / name for name in FEEDS]
    for _ in range(2):
        started = time.perf_counter()
        results = import_feeds(paths, by=local_operator())
        show(results, time.perf_counter() - started)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
