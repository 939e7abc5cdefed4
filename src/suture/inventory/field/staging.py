"""Rows of a list on their way in: a temporary table, compared with the units and written in a few statements.

Nothing here decides who may do what. SQLite fills the table by prepared inserts, PostgreSQL
by COPY; the rest is one SQL. A blank cell says nothing and leaves what is known; release 0
says 'not known which'.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import connection, transaction

SAME, NEW, CHANGED, OLDER = 0, 1, 2, 3


class Staged(NamedTuple):
    """One row as it is staged. None: the list says nothing of it."""

    line: int
    uid: str
    product: int
    identifier: int | None
    serial: str
    lot: str | None
    manufactured_on: str | None
    expires_on: str | None
    distributed_on: str | None
    release: int | None
    site: int | None
    state: int | None
    last_known_on: str | None
    implanted: bool | None
    home_use: bool | None
    note: str


_COLUMNS = (
    "line, uid, product_id, identifier_id, serial, lot, manufactured_on, expires_on, distributed_on, release_id, "
    "site_id, state, last_known_on, implanted, home_use, note"
)
_TABLE = {
    "sqlite": """CREATE TEMP TABLE field_staged (line integer, uid text, product_id integer, identifier_id integer,
serial text, lot text, manufactured_on text, expires_on text, distributed_on text, release_id integer, site_id integer,
state integer, last_known_on text, implanted integer, home_use integer, note text, unit_id integer,
kind integer NOT NULL DEFAULT 0)""",
    "postgresql": """CREATE TEMP TABLE field_staged (line integer, uid uuid, product_id bigint, identifier_id bigint,
serial text, lot text, manufactured_on date, expires_on date, distributed_on date, release_id bigint, site_id bigint,
state smallint, last_known_on date, implanted boolean, home_use boolean, note text, unit_id bigint,
kind smallint NOT NULL DEFAULT 0)""",
}
_FALSE = {"sqlite": "0", "postgresql": "false"}

# what of a unit a list may change: column of both tables
_FIXED = ("identifier_id", "manufactured_on", "expires_on", "distributed_on", "implanted", "home_use")
_SEEN = ("site_id", "state", "last_known_on")
_DIFFERS = " OR ".join(
    [f"(s.{c} IS NOT NULL AND (u.{c} IS NULL OR u.{c} <> s.{c}))" for c in (*_FIXED, *_SEEN)]
    + ["(s.lot IS NOT NULL AND s.lot <> u.lot)"]
    + ["(s.release_id IS NOT NULL AND COALESCE(u.release_id, 0) <> s.release_id)"]
)
_WAS = " || ".join(
    ["CASE WHEN s.lot IS NOT NULL AND s.lot <> u.lot AND u.lot <> '' THEN ' · lot was ' || u.lot ELSE '' END"]
    + [
        f"CASE WHEN s.{c} IS NOT NULL AND s.{c} <> u.{c} THEN ' · {c.removesuffix('_id').replace('_', ' ')} was ' || "
        f"CAST(u.{c} AS text) ELSE '' END"
        for c in _FIXED
    ]
)


class Change(NamedTuple):
    """A unit that a list changes: before and after, as stored."""

    line: int
    product: int
    serial: str
    before: tuple[Any, ...]  # release, site, state, last known
    after: tuple[Any, ...]


class Stage:
    """The staged rows of one list. Statements only; see `importing` for what they are for."""

    def __init__(self) -> None:
        self.vendor = connection.vendor

    def execute(self, sql: str, arguments: tuple[Any, ...] = ()) -> int:
        with connection.cursor() as cursor:
            cursor.execute(sql, arguments)
            return int(cursor.rowcount)

    def rows(self, sql: str, arguments: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, arguments)
            return list(cursor.fetchall())

    def number(self, sql: str) -> int:
        return int(self.rows(sql)[0][0] or 0)

    def fill(self, rows: Iterator[Staged]) -> None:
        """Take the rows in as they come, none kept in memory."""
        connection.ensure_connection()
        raw: Any = connection.connection
        if self.vendor == "sqlite":
            apart = not connection.in_atomic_block  # begun without IMMEDIATE: others may write meanwhile
            if apart:
                raw.execute("BEGIN")
            try:
                raw.executemany(f"INSERT INTO field_staged ({_COLUMNS}) VALUES ({','.join('?' * 16)})", rows)  # noqa: S608
            finally:
                if apart:
                    raw.execute("COMMIT")
        else:
            # a transaction or savepoint of its own: a list that breaks off leaves the connection usable
            with (
                transaction.atomic(),
                raw.cursor() as cursor,
                cursor.copy(f"COPY field_staged ({_COLUMNS}) FROM STDIN") as copy,
            ):
                for row in rows:
                    copy.write_row(row)
        self.execute("CREATE INDEX field_staged_key ON field_staged (serial, product_id)")
        if self.vendor == "postgresql":
            self.execute("ANALYZE field_staged")

    def twice(self, most: int) -> list[tuple[Any, ...]]:
        """Units that stand in the list more than once: the later line, the earlier line, the serial number."""
        return self.rows(
            "SELECT MAX(line), MIN(line), serial FROM field_staged "  # noqa: S608
            f"GROUP BY serial, product_id HAVING COUNT(*) > 1 ORDER BY 1 LIMIT {most:d}"
        )

    def settle_sites(self, numbers: dict[int, int]) -> None:
        """Put the numbers of places that were just made where stand-ins (negative) were staged."""
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE field_staged SET site_id = %s WHERE site_id = %s",
                [(real, stand_in) for stand_in, real in numbers.items()],
            )

    def compare(self) -> None:
        """Find the unit of each row, and whether the row is new, a change, older than what is known, or the same."""
        known = self.number("SELECT COUNT(*) FROM (SELECT 1 FROM inventory_unit LIMIT 1) AS any_unit")
        if not known:
            self.execute(f"UPDATE field_staged SET kind = {NEW}")  # noqa: S608
            return
        self.execute(f"UPDATE field_staged SET kind = {NEW}, unit_id = NULL")  # noqa: S608
        self.execute(
            "UPDATE field_staged AS s SET unit_id = u.id, kind = CASE "  # noqa: S608
            f"WHEN s.last_known_on < u.last_known_on THEN {OLDER} "
            f"WHEN {_DIFFERS} THEN {CHANGED} ELSE {SAME} END "
            "FROM inventory_unit AS u WHERE u.serial = s.serial AND u.product_id = s.product_id"
        )

    def many(self) -> dict[int, int]:
        """How many rows of each kind."""
        return dict(self.rows("SELECT kind, COUNT(*) FROM field_staged GROUP BY kind"))

    def new_without_site(self, most: int) -> list[int]:
        return [row[0] for row in self.rows(
            f"SELECT line FROM field_staged WHERE kind = {NEW} AND site_id IS NULL ORDER BY line LIMIT {most:d}"  # noqa: S608
        )]  # fmt: skip

    def behind_walls(self, consignees: tuple[int, ...], most: int) -> list[int]:
        """Lines about units that stand where this person may not look."""
        if not consignees:
            return []
        held = ",".join(str(int(pk)) for pk in consignees)
        return [row[0] for row in self.rows(
            "SELECT s.line FROM field_staged s JOIN inventory_unit u ON u.id = s.unit_id JOIN inventory_site p "  # noqa: S608
            f"ON p.id = u.site_id WHERE p.consignee_id IN ({held}) ORDER BY s.line LIMIT {most:d}"
        )]  # fmt: skip

    def retires(self) -> int:
        """How many units the list takes out of the field."""
        return self.number(
            "SELECT COUNT(*) FROM field_staged s LEFT JOIN inventory_unit u ON u.id = s.unit_id "  # noqa: S608
            f"WHERE s.state = 4 AND s.kind IN ({NEW}, {CHANGED}) AND (u.state IS NULL OR u.state <> 4)"
        )

    def changes(self, most: int) -> list[Change]:
        """The first changed units, before and after."""
        found = self.rows(
            "SELECT s.line, s.product_id, s.serial, u.release_id, u.site_id, u.state, u.last_known_on, "  # noqa: S608
            "CASE WHEN s.release_id IS NULL THEN u.release_id ELSE NULLIF(s.release_id, 0) END, "
            "COALESCE(s.site_id, u.site_id), COALESCE(s.state, u.state), COALESCE(s.last_known_on, u.last_known_on) "
            f"FROM field_staged s JOIN inventory_unit u ON u.id = s.unit_id WHERE s.kind = {CHANGED} "
            f"ORDER BY s.line LIMIT {most:d}"
        )
        return [Change(row[0], row[1], row[2], tuple(row[3:7]), tuple(row[7:11])) for row in found]

    def sites_touched(self) -> set[int]:
        """Where units come from or go to."""
        return {row[0] for row in self.rows(
            f"SELECT site_id FROM field_staged WHERE kind IN ({NEW}, {CHANGED}) AND site_id IS NOT NULL UNION "  # noqa: S608
            f"SELECT u.site_id FROM field_staged s JOIN inventory_unit u ON u.id = s.unit_id WHERE s.kind = {CHANGED}"
        )}  # fmt: skip

    def digest(self) -> str:
        """SHA-256 over what is written, in the list's order: serial, product, release, site, state, last known."""
        hashed = hashlib.sha256()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT s.serial, s.product_id, CASE WHEN s.release_id IS NULL THEN u.release_id ELSE "  # noqa: S608
                "NULLIF(s.release_id, 0) END, COALESCE(s.site_id, u.site_id), COALESCE(s.state, u.state, 1), "
                "COALESCE(s.last_known_on, u.last_known_on) FROM field_staged s LEFT JOIN inventory_unit u "
                f"ON u.id = s.unit_id WHERE s.kind IN ({NEW}, {CHANGED}) ORDER BY s.line"
            )
            while rows := cursor.fetchmany(10_000):
                hashed.update("".join([f"{a}|{b}|{c}|{d}|{e}|{f}\n" for a, b, c, d, e, f in rows]).encode())
        return hashed.hexdigest()

    def lock(self) -> None:
        """Nobody else changes units until this transaction ends. SQLite has one writer anyhow."""
        if self.vendor == "postgresql":
            self.execute("LOCK TABLE inventory_unit IN SHARE ROW EXCLUSIVE MODE")

    def write(self, *, report: int, source: int) -> None:
        """New units, their sightings, the sightings of changed ones, and last the changes themselves."""
        false = _FALSE[self.vendor]
        base = self.number("SELECT MAX(id) FROM inventory_unit")
        self.execute(
            "INSERT INTO inventory_unit (id, uid, product_id, identifier_id, serial, lot, manufactured_on, "  # noqa: S608
            "expires_on, distributed_on, release_id, site_id, state, source, last_known_on, implanted, home_use) "
            f"SELECT {base} + line, uid, product_id, identifier_id, serial, COALESCE(lot, ''), manufactured_on, "
            "expires_on, distributed_on, NULLIF(release_id, 0), site_id, COALESCE(state, 1), "
            f"{source:d}, last_known_on, COALESCE(implanted, {false}), COALESCE(home_use, {false}) "
            f"FROM field_staged WHERE kind = {NEW} ORDER BY line"
        )
        into = "INSERT INTO inventory_sighting (unit_id, report_id, seen_on, release_id, site_id, state, note) "
        self.execute(
            f"{into} SELECT {base} + line, {report:d}, COALESCE(last_known_on, distributed_on), "  # noqa: S608
            "NULLIF(release_id, 0), site_id, COALESCE(state, 1), note "
            f"FROM field_staged WHERE kind = {NEW} ORDER BY line"
        )
        self.execute(
            f"{into} SELECT u.id, {report:d}, COALESCE(s.last_known_on, u.last_known_on), "  # noqa: S608
            "CASE WHEN s.release_id IS NULL THEN u.release_id ELSE NULLIF(s.release_id, 0) END, "
            f"COALESCE(s.site_id, u.site_id), COALESCE(s.state, u.state), SUBSTR(s.note || {_WAS}, 1, 500) "
            f"FROM field_staged s JOIN inventory_unit u ON u.id = s.unit_id WHERE s.kind = {CHANGED} ORDER BY s.line"
        )
        changed = ", ".join(f"{c} = COALESCE(s.{c}, u.{c})" for c in (*_FIXED, *_SEEN, "lot"))
        self.execute(
            f"UPDATE inventory_unit AS u SET {changed}, source = {source:d}, "  # noqa: S608
            "release_id = CASE WHEN s.release_id IS NULL THEN u.release_id ELSE NULLIF(s.release_id, 0) END "
            f"FROM field_staged AS s WHERE s.unit_id = u.id AND s.kind = {CHANGED}"
        )
        if self.vendor == "postgresql":
            self.execute(
                "SELECT setval(pg_get_serial_sequence('inventory_unit', 'id'), "
                "GREATEST((SELECT MAX(id) FROM inventory_unit), 1))"
            )


@contextmanager
def staging() -> Iterator[Stage]:
    """A stage that is gone when it is left, whatever happens."""
    stage = Stage()
    on_disk = stage.vendor == "sqlite" and not connection.in_atomic_block  # a million rows do not belong in memory
    if on_disk:
        stage.execute("PRAGMA temp_store=FILE")
    stage.execute(_TABLE[stage.vendor])
    try:
        yield stage
    finally:
        if not connection.needs_rollback:  # a transaction that is rolled back takes the table with it
            stage.execute("DROP TABLE field_staged")
        if on_disk:
            stage.execute("PRAGMA temp_store=MEMORY")
