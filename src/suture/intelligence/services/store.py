"""Many rows at once, on a connection of the import's own: SQLite by prepared inserts, PostgreSQL by COPY.

Short transactions with a pause between them: SQLite has one writer and no queue, and people sign meanwhile. Only this
connection writes without waiting for the disk; the transaction that publishes a revision waits for all of it.
"""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

LONGEST = 0.2  # seconds a write transaction may last
REST = 0.25  # of a transaction's time: how long the lock is then left to others, at least

Row = tuple[Any, ...]

COLUMNS: dict[str, tuple[str, ...]] = {
    "package": ("pkg_id", "kind", "scheme", "name", "role"),
    "vulnerability": (
        "id", "uid", "preferred_id", "title", "ours", "kind", "description", "tlp", "f",
    ),
    "alias": ("record_id", "source", "said_by", "f", "t", "vuln"),
    "assertion": (
        "id", "vuln", "source", "record_id", "f", "t", "sha256", "published", "modified", "withdrawn", "disputed",
        "stated", "aliases", "title", "severities", "weaknesses", "summary", "references", "says", "by_vendor",
    ),
    "covers": ("assertion", "vuln"),
    "rng": ("pkg_id", "lo", "hi", "stmt", "f", "t"),
    "configuration": ("assertion", "conditions"),
    "platform_rng": ("assertion", "number", "pkg_id", "lo", "hi"),
    "rng_review": ("stmt", "pkg_id", "reason", "raw", "n", "f", "t"),
    "kev": ("id", "f", "t", "added", "name", "action", "due", "ransomware"),
    "epss": ("id", "f", "t", "score", "percentile", "day"),
}  # fmt: skip


class Store(ABC):
    """What both engines do alike. SQL is written with `?`; values for `IN` go through `among`."""

    def __init__(self) -> None:
        # Not the thread's own connection: its transactions, settings and prepared statements are the import's alone.
        self._django = connections.create_connection(DEFAULT_DB_ALIAS)
        self._django.ensure_connection()
        self._raw: Any = self._django.connection
        self.slowest = 0.0  # seconds the longest transaction lasted
        self._rest_until = 0.0  # the lock is left to others until then

    def close(self) -> None:
        self._django.close()

    @abstractmethod
    def among(self, values: Sequence[Any]) -> tuple[str, list[Any]]:
        """The right side of IN for up to some thousands of values, and its arguments."""

    @abstractmethod
    def rows(self, sql: str, arguments: Sequence[Any] = ()) -> list[Row]:
        """What a query gives."""

    @abstractmethod
    def execute(self, sql: str, arguments: Sequence[Any] = ()) -> int:
        """Run one statement; how many rows it touched."""

    @abstractmethod
    def execute_many(self, sql: str, arguments: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each of many arguments."""

    @abstractmethod
    def insert(self, table: str, rows: Sequence[Row]) -> None:
        """Append rows in the order of `COLUMNS`."""

    @abstractmethod
    def _begin(self) -> None:
        """Open a transaction."""

    @abstractmethod
    def _end(self, ending: str) -> None:
        """End it: COMMIT or ROLLBACK."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One short write transaction. Before the next one others may write for a while: reading goes on meanwhile."""
        time.sleep(max(0.0, self._rest_until - time.perf_counter()))
        self._begin()
        started = time.perf_counter()
        try:
            yield
        except BaseException:
            self._end("ROLLBACK")
            raise
        self._end("COMMIT")
        ended = time.perf_counter()
        self.slowest = max(self.slowest, ended - started)
        self._rest_until = ended + (ended - started) * REST

    @abstractmethod
    def settle(self) -> None:
        """After much has changed: let the engine look at its tables."""


class SqliteStore(Store):
    def __init__(self) -> None:
        super().__init__()
        for pragma in (
            "synchronous=NORMAL",  # of this connection only; the publishing transaction syncs the whole log
            "cache_size=-196608",
            "mmap_size=0",  # pages of the whole file would count as this process's memory
            "wal_autocheckpoint=8000",
        ):
            self._raw.execute(f"PRAGMA {pragma}")

    def among(self, values: Sequence[Any]) -> tuple[str, list[Any]]:
        if values and isinstance(values[0], bytes):
            return f"IN ({','.join('?' * len(values))})", list(values)
        return "IN (SELECT value FROM json_each(?))", [json.dumps(values)]

    def rows(self, sql: str, arguments: Sequence[Any] = ()) -> list[Row]:
        found: list[Row] = self._raw.execute(sql, arguments).fetchall()
        return found

    def execute(self, sql: str, arguments: Sequence[Any] = ()) -> int:
        return int(self._raw.execute(sql, arguments).rowcount)

    def execute_many(self, sql: str, arguments: Iterable[Sequence[Any]]) -> None:
        self._raw.executemany(sql, arguments)

    def insert(self, table: str, rows: Sequence[Row]) -> None:
        if rows:
            names = COLUMNS[table]
            places = ",".join("?" * len(names))
            quoted = ",".join(f'"{name}"' for name in names)
            self._raw.executemany(f"INSERT INTO {table} ({quoted}) VALUES ({places})", rows)  # noqa: S608 (constants)

    def _begin(self) -> None:
        self._raw.execute("BEGIN IMMEDIATE")

    def _end(self, ending: str) -> None:
        self._raw.execute(ending)

    def settle(self) -> None:
        self._raw.execute("PRAGMA analysis_limit=400")
        for table in COLUMNS:
            with self.transaction():
                self._raw.execute(f"ANALYZE {table}")
        self._raw.execute("PRAGMA wal_checkpoint(PASSIVE)")


_BINARY = {"rng": ("int8", "bytea", "bytea", "int8", "int8", "int8")}  # tables copied without a detour by text


class PostgresStore(Store):
    def __init__(self) -> None:
        super().__init__()
        self._raw.execute("SET synchronous_commit = off")

    def among(self, values: Sequence[Any]) -> tuple[str, list[Any]]:
        return "= ANY(?)", [list(values)]

    def rows(self, sql: str, arguments: Sequence[Any] = ()) -> list[Row]:
        found: list[Row] = self._raw.execute(sql.replace("?", "%s"), arguments).fetchall()
        return found

    def execute(self, sql: str, arguments: Sequence[Any] = ()) -> int:
        return int(self._raw.execute(sql.replace("?", "%s"), arguments).rowcount)

    def execute_many(self, sql: str, arguments: Iterable[Sequence[Any]]) -> None:
        with self._raw.cursor() as cursor:
            cursor.executemany(sql.replace("?", "%s"), list(arguments))

    def insert(self, table: str, rows: Sequence[Row]) -> None:
        if not rows:
            return
        quoted = ",".join(f'"{name}"' for name in COLUMNS[table])
        binary = _BINARY.get(table)
        how = " (FORMAT BINARY)" if binary else ""
        with self._raw.cursor() as cursor, cursor.copy(f"COPY {table} ({quoted}) FROM STDIN{how}") as copy:
            if binary:
                copy.set_types(binary)
            for row in rows:
                copy.write_row(row)

    def _begin(self) -> None:
        self._raw.execute("BEGIN")

    def _end(self, ending: str) -> None:
        self._raw.execute(ending)

    def settle(self) -> None:
        for table in COLUMNS:
            self._raw.execute(f"ANALYZE {table}")


def open_store() -> Store:
    """A store on the engine this installation runs on."""
    vendor = connections[DEFAULT_DB_ALIAS].vendor
    return PostgresStore() if vendor == "postgresql" else SqliteStore()
