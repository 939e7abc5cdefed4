"""The knowledge as Parquet: columns that DuckDB, Spark or any other reader opens without Suture.

Keys are plain bytes, so the range join is the same SQL there (engine.md §3). A snapshot holds what was published, rows
that have been closed since included: `f <= rev AND t > rev` gives any earlier revision. What is the manufacturer's own
(vulnerabilities that are ours, walls) is no knowledge of the world and is left out.

Needs the extra `bulk` (pyarrow, duckdb).
"""

# ruff: noqa: S608 (statements are made of this module's constants alone)
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import file_digest
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection, transaction

from suture.intelligence.models import OPEN

AT_ONCE = 200_000  # rows of one row group

_INT, _TEXT, _BYTES, _FLAG, _REAL = pa.int64(), pa.string(), pa.binary(), pa.bool_(), pa.float64()
_PUBLISHED = "f <= %(rev)s"
_SINCE_CLOSED = f"CASE WHEN t > %(rev)s THEN {OPEN} ELSE t END"  # closed after the revision: it stood then


class Columns(NamedTuple):
    """One file: its columns with their types, and the statement that reads them in order."""

    types: Mapping[str, pa.DataType]
    sql: str


KNOWLEDGE: dict[str, Columns] = {
    "package": Columns(
        {"pkg_id": _INT, "kind": _TEXT, "scheme": _TEXT, "name": _TEXT, "role": _TEXT},
        "SELECT pkg_id, kind, scheme, name, role FROM package ORDER BY pkg_id",
    ),
    "rng": Columns(
        {"pkg_id": _INT, "lo": _BYTES, "hi": _BYTES, "stmt": _INT, "f": _INT, "t": _INT},
        f"SELECT pkg_id, lo, hi, stmt, f, {_SINCE_CLOSED} FROM rng WHERE {_PUBLISHED} ORDER BY pkg_id, lo, hi, stmt, f",
    ),
    "rng_review": Columns(
        {"stmt": _INT, "pkg_id": _INT, "reason": _TEXT, "raw": _TEXT, "n": _INT, "f": _INT, "t": _INT},
        f"SELECT stmt, pkg_id, reason, raw, n, f, {_SINCE_CLOSED} FROM rng_review WHERE {_PUBLISHED} ORDER BY stmt",
    ),
    "assertion": Columns(
        {
            "id": _INT, "vuln": _INT, "source": _TEXT, "record_id": _TEXT, "f": _INT, "t": _INT, "sha256": _BYTES,
            "published": _TEXT, "modified": _TEXT, "withdrawn": _TEXT, "says": _TEXT,
        },
        f"SELECT id, vuln, source, record_id, f, {_SINCE_CLOSED}, sha256, published, modified, withdrawn, says "
        f"FROM assertion WHERE {_PUBLISHED} ORDER BY id",
    ),
    "covers": Columns(
        {"assertion": _INT, "vuln": _INT},
        f"SELECT c.assertion, c.vuln FROM covers c JOIN assertion a ON a.id = c.assertion WHERE a.{_PUBLISHED} "
        "ORDER BY c.assertion, c.vuln",
    ),
    "vulnerability": Columns(
        {"id": _INT, "preferred_id": _TEXT, "title": _TEXT, "f": _INT, "merged_into": _INT},
        f"SELECT id, preferred_id, title, f, merged_into FROM vulnerability WHERE {_PUBLISHED} AND NOT ours "
        "AND wall_id IS NULL ORDER BY id",
    ),
    "alias": Columns(
        {"record_id": _TEXT, "source": _TEXT, "said_by": _TEXT, "f": _INT, "t": _INT, "vuln": _INT},
        f"SELECT record_id, source, said_by, f, {_SINCE_CLOSED}, vuln FROM alias WHERE {_PUBLISHED} "
        "ORDER BY record_id, source, said_by, f",
    ),
    "kev": Columns(
        {"id": _TEXT, "f": _INT, "t": _INT, "added": _TEXT, "due": _TEXT, "ransomware": _FLAG},
        f"SELECT id, f, {_SINCE_CLOSED}, added, due, ransomware FROM kev WHERE {_PUBLISHED} ORDER BY id, f",
    ),
    "epss": Columns(
        {"id": _TEXT, "f": _INT, "t": _INT, "score": _REAL, "percentile": _REAL, "day": _TEXT},
        f"SELECT id, f, {_SINCE_CLOSED}, score, percentile, day FROM epss WHERE {_PUBLISHED} ORDER BY id, f",
    ),
    "feed_rev": Columns(
        {"rev": _INT, "source": _TEXT, "file_name": _TEXT, "sha256": _TEXT, "parser_ver": _INT, "keys_ver": _INT,
         "upstream_id": _TEXT, "dated": _TEXT},
        "SELECT rev, source, file_name, sha256, parser_ver, keys_ver, upstream_id, dated FROM feed_rev "
        "WHERE rev <= %(rev)s AND state = 'published' ORDER BY rev",
    ),
}  # fmt: skip


class Written(NamedTuple):
    """One file of a snapshot."""

    name: str
    rows: int
    size: int
    sha256: str


def write_knowledge(folder: Path, rev: int) -> list[Written]:
    """Write every table of the knowledge as of a revision, a file each, in one transaction."""
    return write(folder, KNOWLEDGE, {"rev": rev})


def write(folder: Path, tables: Mapping[str, Columns], values: Mapping[str, Any]) -> list[Written]:
    """Write tables as `<name>.parquet`; a portion of rows in memory at a time."""
    with transaction.atomic():
        return [_write(folder / f"{name}.parquet", columns, values) for name, columns in tables.items()]


def _write(path: Path, columns: Columns, values: Mapping[str, Any]) -> Written:
    schema = pa.schema(list(columns.types.items()))
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as file:
        for portion in _portions(columns.sql, values):
            count += len(portion)
            turned = zip(_turned(portion, schema), schema.types, strict=True)
            file.write_table(pa.table([pa.array(column, kind) for column, kind in turned], schema=schema))
    return Written(path.name, count, path.stat().st_size, sha256_of(path))


def _turned(portion: Sequence[tuple[Any, ...]], schema: pa.Schema) -> list[list[Any]]:
    """Rows to columns, in the types of the file: PostgreSQL gives bytes as views, SQLite flags as numbers."""
    turned: list[list[Any]] = []
    for values, kind in zip(zip(*portion, strict=True), schema.types, strict=True):
        if pa.types.is_binary(kind):
            turned.append([bytes(value) for value in values])
        elif pa.types.is_boolean(kind):
            turned.append([bool(value) for value in values])
        else:
            turned.append(list(values))
    return turned


def _portions(sql: str, values: Mapping[str, Any]) -> Iterator[list[tuple[Any, ...]]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, values)
        while portion := cursor.fetchmany(AT_ONCE):
            yield portion


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
