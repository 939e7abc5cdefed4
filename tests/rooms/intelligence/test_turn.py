"""One import at a time; people sign and browse meanwhile; a killed one leaves nothing half visible."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from suture.accounts.services import reauthenticate, sign
from suture.core.errors import Conflict, SutureError
from suture.core.roles import Role
from suture.evidence.queries import verify_chain
from suture.intelligence.models import OPEN, FeedRevision, KnowledgeState
from suture.intelligence.queries import knowledge, published_rev
from suture.intelligence.services import Outcome, Progress, import_feeds, sweep_unpublished
from tests.house import PASSWORD
from tests.rooms.intelligence.feeds import lines, many, osv

ROOT = Path(__file__).resolve().parents[3]
TABLES = ("assertion", "rng", "rng_review", "alias", "vulnerability", "covers", "kev", "epss")
IMPORT = """
import sys
import django
django.setup()
from suture.accounts.services import local_operator
from suture.intelligence.services import import_feeds
(result,) = import_feeds(sys.argv[1:], by=local_operator())
print(result.outcome)
"""


def importer(home: Path, file: Path) -> subprocess.Popen[str]:
    """`import_feeds` in a process of its own, on the database of this test."""
    wanted: dict[str, Any] = connection.settings_dict
    url = "sqlite"
    if connection.vendor == "postgresql":
        url = f"postgresql://{wanted['USER']}@{wanted['HOST']}:{wanted['PORT']}/{wanted['NAME']}"
    environment = {
        **os.environ, "SUTURE_HOME": str(home), "SUTURE_DATABASE_URL": url, "PYTHONPATH": str(ROOT / "src"),
        "DJANGO_SETTINGS_MODULE": "suture.config.settings",
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-c", IMPORT, str(file)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def visible(sql) -> tuple[int, int]:
    """(assertions, ranges) that a reader sees."""
    rev = published_rev()
    return tuple(
        sql(f"SELECT count(*) FROM {table} WHERE f <= %s AND t > %s", rev, rev)[0][0] for table in ("assertion", "rng")
    )


def test_a_person_signs_and_browses_while_another_process_imports(tmp_path, world, home, ada, sql):
    records = 2500
    process = importer(home, lines(tmp_path / "f.jsonl.gz", many(records)))
    signed = 0
    seen = set()
    while process.poll() is None:
        importing = KnowledgeState.objects.get(pk=1).owner != ""
        seen.add(visible(sql)[0])
        reauthenticate(ada, PASSWORD)
        with transaction.atomic():
            sign(by=ada, to=ada, digest="0" * 64, meaning="review", as_role=Role.PSIRT)
        signed += importing
        time.sleep(0.01)
    out, err = process.communicate()
    assert (process.returncode, out.strip()) == (0, "imported"), err
    assert signed >= 3, "nobody signed while the import ran"
    assert visible(sql)[0] == records
    assert seen <= {0, records}, "a reader saw a part of a revision"
    assert verify_chain().intact


def test_what_a_killed_import_left_is_swept_and_was_never_visible(tmp_path, world, home, ada, sql):
    import_feeds([lines(tmp_path / "f.jsonl.gz", many(600))], by=ada)
    before = visible(sql), knowledge(), {table: sql(f"SELECT count(*) FROM {table}") for table in TABLES}
    process = importer(home, lines(tmp_path / "f.jsonl.gz", many(3000, until="3.0")))
    while not sql("SELECT 1 FROM assertion WHERE f > 1 LIMIT 1"):
        assert process.poll() is None, process.communicate()
        time.sleep(0.002)
    process.kill()
    process.communicate()
    assert visible(sql) == before[0]
    assert sweep_unpublished() > 0
    assert (visible(sql), knowledge(), {table: sql(f"SELECT count(*) FROM {table}") for table in TABLES}) == before
    for table in ("assertion", "rng", "rng_review", "alias"):
        assert sql(f"SELECT count(*) FROM {table} WHERE t <> %s", OPEN) == [(0,)], "what it closed is open again"
    assert FeedRevision.objects.get(rev=2).state == FeedRevision.State.SWEPT
    assert sweep_unpublished() == 0
    assert verify_chain().intact
    (again,) = import_feeds([tmp_path / "f.jsonl.gz"], by=ada)
    assert (again.counts.amended, again.counts.new) == (600, 2400)


def test_an_import_cut_off_in_the_middle_is_swept_by_the_next_one(tmp_path, world, ada, sql):
    file = lines(tmp_path / "f.jsonl", many(1200))

    def stop(now: Progress) -> None:
        if now.records >= 500:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_feeds([file], by=ada, progress=stop)
    assert sql("SELECT count(*) FROM assertion") == [(500,)]
    assert visible(sql) == (0, 0)
    (result,) = import_feeds([file], by=ada)
    assert result.counts.new == 1200
    assert sorted(FeedRevision.objects.values_list("rev", "state")) == [(1, "swept"), (2, "published")]
    assert visible(sql)[0] == sql("SELECT count(*) FROM assertion")[0][0] == 1200


def test_titles_left_undone_by_a_kill_are_done_at_the_next_start(tmp_path, take_in, ada, sql):
    take_in(lines(tmp_path / "a.jsonl", [osv("PYSEC-1", aliases=["CVE-2026-1"])]))
    take_in(lines(tmp_path / "b.jsonl", [osv("GHSA-a", aliases=["CVE-2026-1"], summary="A hole")]))
    KnowledgeState.objects.update(named=1)
    sql_update = "UPDATE vulnerability SET title = ''"
    with connection.cursor() as cursor:
        cursor.execute(sql_update)
    assert sweep_unpublished() == 0
    assert sql("SELECT title FROM vulnerability") == [("A hole",)]
    assert KnowledgeState.objects.get(pk=1).named == 2


def ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


HERE = socket.gethostname()


@pytest.mark.parametrize(
    ("owner", "silent_for", "taken"),
    [
        (lambda: f"{HERE} {os.getpid()} x", 0, False),  # alive: it waits
        (lambda: f"{HERE} {ended_process()} x", 0, True),  # killed a moment ago, on this machine
        (lambda: "another-node 1 x", 5, False),
        (lambda: "another-node 1 x", 120, True),  # no sign of life for two minutes
    ],
)
def test_the_turn_of_a_dead_owner_is_taken_over(tmp_path, world, ada, owner, silent_for, taken):
    KnowledgeState.objects.update(owner=owner(), beat=int(time.time()) - silent_for)
    file = lines(tmp_path / "f.jsonl", [osv("GHSA-aaaa")])
    if taken:
        assert import_feeds([file], by=ada)[0].outcome is Outcome.IMPORTED
        assert KnowledgeState.objects.get(pk=1).owner == ""
    else:
        with pytest.raises(Conflict, match="another import is under way"):
            import_feeds([file], by=ada)
        assert published_rev() == 0


def test_rows_of_a_living_import_are_not_swept(world, ada):
    FeedRevision.objects.create(
        rev=1, uid=ada.uid, source="x", file_name="x", sha256="", parser_ver=1, keys_ver=1,
        started_at="2026-01-01T00:00Z", fetched_at="2026-01-01T00:00Z",
    )  # fmt: skip
    KnowledgeState.objects.update(owner=f"{HERE} {os.getpid()} x", beat=int(time.time()))
    assert sweep_unpublished() == 0
    assert FeedRevision.objects.get().state == FeedRevision.State.IMPORTING


def test_an_import_whose_turn_was_taken_over_publishes_nothing(tmp_path, world, ada):
    def steal(now: Progress) -> None:
        if now.records:
            KnowledgeState.objects.update(owner="another-node 1 x")

    with pytest.raises(Conflict, match="another one has taken over"):
        import_feeds([lines(tmp_path / "f.jsonl", many(1200))], by=ada, progress=steal)
    assert published_rev() == 0
    assert KnowledgeState.objects.get(pk=1).owner == "another-node 1 x"


def test_a_sum_that_does_not_hold_is_not_published(tmp_path, take_in, monkeypatch):
    from suture.intelligence.services import records

    class Lossy(records.Counts):
        @property
        def accepted(self) -> int:
            return 0

        @accepted.setter
        def accepted(self, value: int) -> None:
            """A range gets lost."""

    monkeypatch.setattr(records, "Counts", Lossy)
    result = take_in(lines(tmp_path / "f.jsonl", [osv("GHSA-aaaa")]))
    assert result.why == "f.jsonl: 1 ranges are stated, and 0 accepted + 0 in review"
    assert published_rev() == 0


def test_an_import_inside_another_transaction_is_refused(tmp_path, world, ada):
    file = lines(tmp_path / "f.jsonl", [osv("GHSA-aaaa")])
    with pytest.raises(SutureError, match="never inside another one"), transaction.atomic():
        import_feeds([file], by=ada)


def test_progress_is_told_in_bytes_of_all_files(tmp_path, world, ada):
    told: list[Progress] = []
    files = [lines(tmp_path / f"{name}.jsonl", many(600, prefix=f"GHSA-{name}")) for name in "ab"]
    import_feeds(files, by=ada, progress=told.append)
    assert [step.done for step in told] == sorted(step.done for step in told)
    assert told[-1].done == told[-1].total == sum(file.stat().st_size for file in files)
