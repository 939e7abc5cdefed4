"""A snapshot in Parquet: what DuckDB finds in it alone is what the database holds, on every engine (engine.md §6)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from suture.accounts.models import Person
from suture.core.errors import Conflict, InvalidValue, NotAllowed
from suture.core.vulnerabilities import Bounds
from suture.detection import bulk, delta
from suture.detection.kernel import SORTED, joined
from suture.detection.services import rematch_stale
from suture.evidence.models import Entry
from suture.intelligence.services import register_vulnerability
from suture.inventory.models import Release
from tests.rooms.detection.conftest import Take
from tests.rooms.detection.world import NPM_LODASH, OPENSSL, World, below, between, lodash, openssl, says

pytestmark = pytest.mark.django_db


@pytest.fixture
def portfolio(world: World, make_release: Callable[..., Release], take: Take) -> int:
    """Two releases, knowledge in several revisions, a withdrawal among them; the revision it ends with."""
    npm = says("ghsa", "GHSA-1", (NPM_LODASH, below("4.17.21")))
    world.publish(npm, says("nvd", "CVE-1", (OPENSSL, below("3.0.15"))))
    take(make_release("1.0"), lodash(), openssl())
    take(make_release("1.1"), lodash("4.17.21"), openssl("3.0.14"))
    withdrawn = says("nvd", "CVE-2", (OPENSSL, between("3.0.0", "3.0.14")))
    world.publish(withdrawn, says("nvd", "CVE-3", (OPENSSL, Bounds.exactly("3.0.14"))))
    rematch_stale()
    world.withdraw(withdrawn)
    rematch_stale()
    return world.rev


def test_duckdb_alone_finds_what_the_database_holds(portfolio: int, ada: Person, tmp_path: Path) -> None:
    done = bulk.export(tmp_path, by=ada, portfolio=True)
    assert done.rev == portfolio
    assert done.hits == 4  # CVE-1 twice, GHSA-1 and CVE-3 once; CVE-2 is withdrawn
    assert done.result_sha256 == delta.state_sha256()
    assert done.result_sha256 == delta.sha256_of(delta.streamed(joined(SORTED, table="cv"), {"rev": portfolio}))
    for loaded in (False, True):
        assert delta.sha256_of(bulk.hits_of_snapshot(done.folder, portfolio, loaded=loaded)) == done.result_sha256
    checked = bulk.check(done.folder)
    assert (checked.wrong, checked.hits, checked.result_sha256) == ([], 4, done.result_sha256)


def test_an_earlier_revision_is_in_the_same_snapshot(portfolio: int, ada: Person, tmp_path: Path) -> None:
    """As of: rows that were closed since are in it, so CVE-2 is found again at the revision before it was withdrawn."""
    done = bulk.export(tmp_path, by=ada, portfolio=True)
    earlier = list(bulk.hits_of_snapshot(done.folder, portfolio - 1))
    assert earlier == list(delta.streamed(joined(SORTED, table="cv"), {"rev": portfolio - 1}))
    assert len(earlier) == 5


def test_the_manifest_tells_a_changed_file(portfolio: int, ada: Person, tmp_path: Path) -> None:
    folder = bulk.export(tmp_path, by=ada).folder
    said = json.loads((folder / "manifest.json").read_text())
    assert (said["revision"], "result" in said, "cv.parquet" in said["files"]) == (portfolio, False, False)
    assert bulk.check(folder).wrong == []
    (folder / "kev.parquet").write_bytes(b"PAR1 something else")
    (folder / "epss.parquet").unlink()
    assert bulk.check(folder).wrong == ["kev.parquet is not the file that was written", "epss.parquet is missing"]


def test_what_is_ours_alone_is_not_exported(portfolio: int, ada: Person, tmp_path: Path) -> None:
    """#35: a finder's vulnerability never leaves with the knowledge."""
    register_vulnerability(kind="open port", title="Service port", description="Port 22 answers.", by=ada)
    folder = bulk.export(tmp_path, by=ada).folder
    names = duckdb.sql(f"SELECT preferred_id FROM read_parquet('{folder}/vulnerability.parquet')").fetchall()
    assert sorted(name for (name,) in names) == ["CVE-1", "CVE-2", "CVE-3", "GHSA-1"]


def test_an_export_is_on_record_and_not_written_over(portfolio: int, ada: Person, finn: Person, tmp_path: Path) -> None:
    bulk.export(tmp_path, by=ada)
    entry = Entry.objects.order_by("-seq").first()
    assert entry is not None
    assert entry.did == "knowledge.exported"
    with pytest.raises(Conflict):
        bulk.export(tmp_path, by=ada)
    with pytest.raises(NotAllowed):
        bulk.export(tmp_path / "elsewhere", by=finn)
    with pytest.raises(InvalidValue):
        bulk.check(tmp_path)
