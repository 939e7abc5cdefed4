"""kill -9 at random moments: what was acknowledged is there, nothing is half there, the chain is intact."""

from __future__ import annotations

import gzip
import json
import random
import threading
import time
from pathlib import Path
from uuid import uuid4

import pytest

from tests.doors.process.installation import Installation, sbom_of

KILLS = 3  # 30 in `make deep`
RECORDS = 12_000  # of a feed: so many that most kills come while it is taken in


def write_until_killed(
    installation: Installation, release: str, acknowledged: list[tuple[str, str, int]], seed: int
) -> None:
    """One client: hand in one SBOM after the other, and remember each that was acknowledged."""
    chance = random.Random(seed)
    while True:
        names = [f"part-{chance.randrange(10**9)}" for _ in range(chance.randrange(1, 60))]
        try:
            status, body = installation.hand_in(release, sbom_of(names, str(uuid4())))
        except OSError:
            return
        except json.JSONDecodeError:  # an answer cut off by the kill is no acknowledgement
            return
        if status in (200, 201, 202):  # 202: one that shrank by half is kept, and waits for a person's word
            acknowledged.append((release, body["sha256"], len(names)))
        else:
            raise AssertionError(f"the server answered {status}: {body}")


LOOK = """
import json
from suture.evidence.queries import verify_chain
from suture.evidence.models import Entry
from suture.inventory.models import SbomDocument, Component, Release
from suture.inventory.blobs import read_blob
documents = {}
for d in SbomDocument.objects.select_related("release"):
    assert len(read_blob(d.sha256)) > 0
    documents[f"{d.release.uid}/{d.sha256}"] = [d.components_read, Component.objects.filter(sbom=d).count(),
        Entry.objects.filter(did="sbom.imported", record_uid=str(d.uid)).count()
        + Entry.objects.filter(did="sbom.held", facts__contains=d.sha256).count()]
print(json.dumps({"documents": documents, "verdict": verify_chain().says, "intact": verify_chain().intact,
    "orphans": Component.objects.filter(sbom=None).count(),
    "current": all(r.sbom_id is None or r.sbom.release_id == r.pk for r in Release.objects.select_related("sbom"))}))
"""


def kill_serve(installation: Installation, releases: list[str], seed: int) -> int:
    chance = random.Random(seed)
    installation.serve()
    acknowledged: list[tuple[str, str, int]] = []
    clients = [
        threading.Thread(
            target=write_until_killed, args=(installation, release, acknowledged, seed * 10 + n), daemon=True
        )
        for n, release in enumerate(releases)
    ]
    for client in clients:
        client.start()
    while not acknowledged:
        time.sleep(0.02)
        assert any(client.is_alive() for client in clients), "no client could write"
    time.sleep(chance.uniform(0.0, 1.5))
    installation.kill()
    for client in clients:
        client.join(timeout=30)
    found = json.loads(installation.python(LOOK))
    assert found["intact"], found["verdict"]
    for release, sha256, components in acknowledged:
        assert found["documents"].get(f"{release}/{sha256}", [None])[0] == components, "an acknowledged SBOM is lost"
    for stated, stored, evidence in found["documents"].values():
        assert stored == stated, "an SBOM is half there"
        assert evidence >= 1, "an SBOM is there without its line of evidence"
    assert found["orphans"] == 0
    assert found["current"]
    return len(acknowledged)


def test_killing_serve_loses_nothing_acknowledged(installation, releases):
    assert sum(kill_serve(installation, releases, seed) for seed in range(KILLS)) >= KILLS


@pytest.mark.deep
def test_killing_serve_thirty_times(installation, releases):
    assert sum(kill_serve(installation, releases, seed) for seed in range(100, 130)) >= 30


def feed_of(records: int, fixed: str) -> bytes:
    """An OSV feed of our own making: `records` advisories of one range each."""
    lines = (
        json.dumps({
            "schema_version": "1.6.0", "id": f"GHSA-test-{n:04d}-{fixed.replace('.', '')}0",
            "modified": "2026-11-01T00:00:00Z", "published": "2026-10-01T00:00:00Z", "summary": f"flaw {n}",
            "affected": [{
                "package": {"ecosystem": "npm", "name": f"part-{n}"},
                "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": fixed}]}],
            }],
        })
        for n in range(records)
    )  # fmt: skip
    return gzip.compress("\n".join(lines).encode(), compresslevel=1)


STATE = """
import json
from suture.evidence.queries import verify_chain
from suture.intelligence.models import FeedRevision, KnowledgeState
from suture.intelligence.queries import knowledge
from django.db import connection
state = KnowledgeState.objects.get(pk=1)
with connection.cursor() as cursor:
    visible = {}
    for table in ("rng", "rng_review", "assertion"):
        cursor.execute(f"SELECT COUNT(*) FROM {table} WHERE f <= %s AND t > %s", [state.published, state.published])
        visible[table] = cursor.fetchone()[0]
print(json.dumps({"published": state.published, "visible": visible, "ranges": knowledge().ranges,
    "assertions": knowledge().assertions, "intact": verify_chain().intact}))
"""


def kill_import(installation: Installation, file: Path, known: int, seed: int) -> bool:
    """Import a feed, kill it at a random moment; nothing of it is visible, or all of it. Gives whether it was cut.

    `known` is how many assertions stood before; the import is then done again, to its end.
    """
    file.write_bytes(feed_of(RECORDS, f"{seed + 1}.0.{seed}"))
    process = installation.start("feeds", "import", str(file))
    time.sleep(random.Random(seed).uniform(0.5, 3.0))
    installation.kill(process)
    after = json.loads(installation.python(STATE))
    visible = after["visible"]["assertion"]
    assert visible in (known, known + RECORDS), "half an import is visible"
    assert after["assertions"] == visible, "the totals disagree with what is visible"
    assert after["intact"]
    installation.suture("feeds", "import", str(file))
    whole = json.loads(installation.python(STATE))
    assert whole["visible"]["assertion"] == whole["assertions"] == known + RECORDS
    assert whole["intact"]
    return visible == known


def kill_imports(installation: Installation, folder: Path, seeds: range) -> int:
    return sum(
        kill_import(installation, folder / f"feed-{seed}.jsonl.gz", RECORDS * n, seed) for n, seed in enumerate(seeds)
    )


def test_killing_an_import_leaves_nothing_half_visible(installation, tmp_path):
    kill_imports(installation, tmp_path, range(KILLS))
    again = installation.suture("feeds", "import", str(tmp_path / f"feed-{KILLS - 1}.jsonl.gz"), "--format", "json")
    assert [source["changed"] for source in json.loads(again.stdout)] == [False], "a second run changed something"
    assert installation.verify()["intact"]


@pytest.mark.deep
def test_killing_an_import_thirty_times(installation, tmp_path):
    assert kill_imports(installation, tmp_path, range(30)) > 5, "the kills came too late to cut anything"
