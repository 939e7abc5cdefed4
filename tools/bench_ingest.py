"""How long a full import takes, and how much memory: every feed of SUTURE_TEST_DATA into an empty database.

    python -m tools.bench_ingest [FOLDER...]     a second run of the same follows, which must change nothing
    python -m tools.bench_ingest --ratio         bytes to rows in memory, against json.loads of the same bytes, in CPU

The database lies in a temporary SUTURE_HOME, unless SUTURE_DATABASE_URL names another engine (an empty database).
"""

from __future__ import annotations

import gc
import gzip
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

DATA = Path(os.environ.get("SUTURE_TEST_DATA", "../shared/data"))
FEEDS = ("osv", "nvd", "cve5", "kev", "epss")


SAMPLES = {"cve5": "cve5/vulnrichment.jsonl.gz", "nvd": "nvd/cve-2020.jsonl.gz", "osv": "osv/ghsa.jsonl.gz"}


AT_ONCE = 500  # records of a portion, as the import reads them


class Ratio(NamedTuple):
    """CPU seconds of one feed's sample: medians of works done in turns."""

    kind: str
    rows: float  # bytes to the rows of `rng`, `rng_review`, `configuration` and `platform_rng`, and their words
    words: float  # as `rows`, and titles, descriptions, scores, weaknesses and references as they are stored
    plain: float  # json.loads of the same bytes
    records: int


def ratios(times: int = 5) -> Iterator[Ratio]:
    """What reading costs against json.loads, feed by feed; storing is another matter.

    By `Reader`, as the import reads: portions of the file, one after another. In turns, in CPU time, without the
    garbage collector, and with nothing remembered from before.
    """
    from suture.formats.detect import Kind
    from suture.intelligence.reading import Raw, Reader

    for kind, name in SAMPLES.items():
        with gzip.open(DATA / name) as file:
            lines = file.read().splitlines()
        raws = [Raw(number, line, sha256(line).digest()) for number, line in enumerate(lines, 1)]
        portions = [raws[at : at + AT_ONCE] for at in range(0, len(raws), AT_ONCE)]

        def rows(kind: str = kind, portions: list[list[Raw]] = portions) -> object:
            reader = Reader(Kind(kind))
            return [reader.rows(portion) for portion in portions]

        def words(kind: str = kind, portions: list[list[Raw]] = portions) -> object:
            reader = Reader(Kind(kind))
            return [reader.read(portion) for portion in portions]

        def plain(lines: list[bytes] = lines) -> object:
            return [json.loads(line) for line in lines]

        yield Ratio(kind, *in_turns((rows, words, plain), times), len(lines))


def in_turns(works: Sequence[Callable[[], object]], times: int) -> list[float]:
    """The median CPU seconds of each work, done in turns: what else the machine does hits all of them."""
    took: list[list[float]] = [[] for _ in works]
    for _ in range(times):
        for work, seconds in zip(works, took, strict=True):
            forget()
            gc.collect()
            gc.disable()
            started = time.process_time()
            made = work()
            seconds.append(time.process_time() - started)
            del made
            gc.enable()
    return [statistics.median(seconds) for seconds in took]


def forget() -> None:
    """Empty every memory of the readers, as in a process that has just begun."""
    for name, module in list(sys.modules.items()):
        if name.startswith("suture."):
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


def ratio() -> None:
    """Print the ratios; the budget of `rows` is 1.0."""
    for one in ratios():
        print(f"{one.kind:<5}{one.records:>8,} records  json.loads {one.plain:.2f} s  rows {one.rows:.2f} s, "
              f"ratio {one.rows / one.plain:.2f}  with words {one.words / one.plain:.2f}", flush=True)  # fmt: skip


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
