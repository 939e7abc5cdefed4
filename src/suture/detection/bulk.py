"""The same range join without our database: DuckDB over a Parquet snapshot of knowledge and portfolio.

The SQL is `kernel.SORTED`, word for word; only its engine differs. What it finds has the same fingerprint as the hits
in the database, so anybody with DuckDB can repeat a run. Needs the extra `bulk` (pyarrow, duckdb).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.services import require
from suture.core.errors import Conflict, FormatError, InvalidValue
from suture.core.versions import KEYS_VERSION
from suture.detection import kernel
from suture.detection.delta import sha256_of, streamed
from suture.evidence.clock import now
from suture.evidence.services import record
from suture.intelligence.models import FeedRevision
from suture.intelligence.queries import published_rev
from suture.intelligence.reading import PARSER_VERSION
from suture.intelligence.snapshot import Columns, Written, write, write_knowledge
from suture.intelligence.snapshot import sha256_of as file_sha256

MANIFEST = "manifest.json"
FORMAT = "suture-snapshot/1"

_INT, _TEXT, _BYTES = pa.int64(), pa.string(), pa.binary()
PORTFOLIO: dict[str, Columns] = {
    "cv": Columns(
        {"cv_id": _INT, "pkg_id": _INT, "key": _BYTES, "raw": _TEXT},
        "SELECT cv_id, pkg_id, key, raw FROM cv ORDER BY pkg_id, key, raw",
    ),
    "inst": Columns(
        {"cv_id": _INT, "release_id": _INT, "component_id": _INT},
        "SELECT cv_id, release_id, component_id FROM inst ORDER BY cv_id, release_id, component_id",
    ),
    "release": Columns(
        {"id": _INT, "uid": _TEXT, "product": _TEXT, "version": _TEXT, "sbom_sha256": _TEXT},
        "SELECT r.id, REPLACE(CAST(r.uid AS VARCHAR(36)), '-', ''), p.brand_name, r.version, COALESCE(s.sha256, '') "
        "FROM inventory_release r JOIN inventory_product p ON p.id = r.product_id "
        "LEFT JOIN inventory_sbomdocument s ON s.id = r.sbom_id ORDER BY r.id",
    ),
}


class Exported(NamedTuple):
    """A snapshot as written."""

    folder: Path
    rev: int
    files: list[Written]
    result_sha256: str  # of the hits, where the portfolio is in it
    hits: int


def export(into: Path, *, by: Person, portfolio: bool = False) -> Exported:
    """Write the published knowledge, and the portfolio if wished, as a dated folder of Parquet files with a manifest.

    Args:
        into: the folder in which the snapshot's own folder is made: `suture-2026-11-21-rev46`.
        portfolio: our component versions and releases as well. Not for hands outside the manufacturer.

    Raises:
        NotAllowed: this person may not handle feeds.
        Conflict: that folder is there already, or there is nothing to export.
    """
    require(by, "feeds.import")
    at, rev = now(), published_rev()
    if not rev:
        raise Conflict("there is no knowledge to export; take in feeds first (suture feeds import)")
    folder = into / f"suture-{at.date().isoformat()}-rev{rev}"
    if folder.exists():
        raise Conflict(f"{folder} is there already; a snapshot is never written over")
    folder.mkdir(parents=True)
    files, found, many = write_knowledge(folder, rev), "", 0
    if portfolio:
        with transaction.atomic():
            files += write(folder, PORTFOLIO, {})
            counted = _Counted(streamed(kernel.joined(kernel.SORTED, table="cv"), {"rev": rev}))
            found, many = sha256_of(counted), counted.n
    _manifest(folder, at, rev, files, found, many)
    with transaction.atomic():
        record(
            by=by, did="knowledge.exported", to=FeedRevision.objects.get(pk=rev),
            facts={
                "folder": folder.name, "manifest": file_sha256(folder / MANIFEST), "portfolio": portfolio,
                "result": found,
            },
        )  # fmt: skip
    return Exported(folder, rev, files, found, many)


class _Counted:
    """Rows as they pass, counted."""

    def __init__(self, rows: Iterator[tuple[Any, ...]]) -> None:
        self._rows, self.n = rows, 0

    def __iter__(self) -> Iterator[tuple[int, int]]:
        for cv_id, stmt in self._rows:
            self.n += 1
            yield cv_id, stmt


def _manifest(folder: Path, at: datetime, rev: int, files: list[Written], found: str, many: int) -> None:
    said: dict[str, Any] = {
        "format": FORMAT, "written_at": at.isoformat(timespec="seconds"), "revision": rev, "keys_version": KEYS_VERSION,
        "parser_version": PARSER_VERSION, "matcher_version": kernel.KERNEL_VERSION,
        "files": {one.name: {"rows": one.rows, "bytes": one.size, "sha256": one.sha256} for one in files},
    }  # fmt: skip
    if found:
        said["result"] = {"hits": many, "sha256": found, "sql": statement(rev)}
    (folder / MANIFEST).write_text(json.dumps(said, indent=2) + "\n")


# ---- matching in DuckDB


def statement(rev: int) -> str:
    """The range join over `rng.parquet` and `cv.parquet` at a revision, in order, for any reader of SQL."""
    return _plain(kernel.SORTED, rev)


def full(rev: int) -> str:
    """The range join as it is, for counting."""
    return _plain(kernel.FULL, rev)


def _plain(sql: str, rev: int) -> str:
    return sql.format(join="JOIN", table="cv").replace("%(rev)s", str(int(rev))).strip()


def opened(folder: Path, *, loaded: bool = False) -> duckdb.DuckDBPyConnection:
    """DuckDB with the snapshot's ranges and component versions as views; `loaded`: as tables in memory."""
    duck = duckdb.connect()
    for name in ("rng", "cv"):
        path = str(folder / f"{name}.parquet").replace("'", "''")
        duck.execute(f"CREATE {'TABLE' if loaded else 'VIEW'} {name} AS SELECT * FROM read_parquet('{path}')")  # noqa: S608
    return duck


def hits_of_snapshot(folder: Path, rev: int, *, loaded: bool = False) -> Iterator[tuple[int, int]]:
    """Every distinct (component version, statement) of a snapshot, ascending."""
    with opened(folder, loaded=loaded) as duck:
        duck.execute(statement(rev))
        while portion := duck.fetchmany(50_000):
            yield from portion


class Checked(NamedTuple):
    """A snapshot looked through: `wrong` says what does not agree; '' where the result was not there to repeat."""

    rev: int
    files: int
    hits: int
    result_sha256: str
    wrong: list[str]


def check(folder: Path) -> Checked:
    """Compare every file with the manifest, and repeat the matching with DuckDB alone.

    Raises:
        InvalidValue: there is no manifest.
        FormatError: the manifest cannot be read, or is of another kind.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise InvalidValue(f"{folder} holds no {MANIFEST}: it is no snapshot")
    try:
        said = json.loads(path.read_bytes())
        rev, listed, result = int(said["revision"]), dict(said["files"]), said.get("result")
    except (ValueError, KeyError, TypeError) as wrong_text:
        raise FormatError(f"the manifest cannot be read: {wrong_text}") from wrong_text
    if said.get("format") != FORMAT:
        raise FormatError(f"a snapshot of the kind {said.get('format')!r}; this Suture reads {FORMAT}")
    wrong = []
    for name, facts in listed.items():
        if Path(name).name != name or not (folder / name).is_file():
            wrong.append(f"{name} is missing")
        elif file_sha256(folder / name) != facts["sha256"]:
            wrong.append(f"{name} is not the file that was written")
    found, many = "", 0
    if result and not wrong:
        counted = _Counted(hits_of_snapshot(folder, rev))
        found, many = sha256_of(counted), counted.n
        if found != result["sha256"]:
            wrong.append(f"matching again gives {many} hits with another fingerprint than the manifest's")
    return Checked(rev, len(listed), many, found, wrong)
