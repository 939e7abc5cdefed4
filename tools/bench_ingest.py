"""How long a full import takes, and how much memory: every feed of SUTURE_TEST_DATA into an empty database.

    python -m tools.bench_ingest [FOLDER...]     a second run of the same follows, which must change nothing

The database lies in a temporary SUTURE_HOME, unless SUTURE_DATABASE_URL names another engine (an empty database).
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

FEEDS = ("osv", "nvd", "cve5", "kev", "epss")


def main(folders: list[str]) -> int:
    """Import twice, and print a table each time."""
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
    data = Path(os.environ.get("SUTURE_TEST_DATA", "../shared/data"))
    paths = [Path(folder) for folder in folders] or [data / name for name in FEEDS]
    for _ in range(2):
        started = time.perf_counter()
        results = import_feeds(paths, by=local_operator())
        show(results, time.perf_counter() - started)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
