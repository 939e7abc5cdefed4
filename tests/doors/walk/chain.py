"""Somebody with the database in hand: what the triggers refuse, and what `suture verify` finds where they are gone."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from tests.doors.process.installation import Installation

REFUSED_WITH = "evidence_entry is append-only"
GUARDS = {
    "sqlite": ("evidence_entry_no_update", "evidence_entry_no_delete", "evidence_entry_no_replace"),
    "postgresql": ("evidence_entry_no_change ON evidence_entry", "evidence_entry_no_truncate ON evidence_entry"),
}


@contextmanager
def database(house: Installation) -> Iterator[Any]:
    """A connection beside Suture, each statement committed at once."""
    if house.database_url == "sqlite":
        with closing(sqlite3.connect(house.home / "suture.sqlite3", isolation_level=None)) as opened:
            yield opened
    else:
        psycopg = pytest.importorskip("psycopg")
        with psycopg.connect(house.database_url, autocommit=True) as opened:
            yield opened


def engine(house: Installation) -> str:
    return "sqlite" if house.database_url == "sqlite" else "postgresql"


def entries(house: Installation, did: str) -> list[int]:
    """The numbers of the entries of a verb."""
    with database(house) as db:
        return [
            row[0] for row in db.execute(f"SELECT seq FROM evidence_entry WHERE did = '{did}' ORDER BY seq").fetchall()
        ]


def is_refused(house: Installation, statement: str) -> None:
    """The database itself says no."""
    with database(house) as db, pytest.raises(Exception, match=REFUSED_WITH):
        db.execute(statement)


def drop_the_guards(house: Installation) -> None:
    with database(house) as db:
        for trigger in GUARDS[engine(house)]:
            db.execute(f"DROP TRIGGER {trigger}")


def verify(house: Installation) -> tuple[int, dict[str, Any]]:
    """`suture verify`: its exit code and what it says."""
    ran = house.suture("verify", "--json", check=False)
    return ran.returncode, json.loads(ran.stdout)


def nobody_changes_history(house: Installation) -> None:
    """The server is stopped; whoever holds the database tries to change a signed decision, then to cut the end off."""
    signed, later = entries(house, "assessment.signed")[0], entries(house, "report806.opened")[0]
    for statement in (
        f"UPDATE evidence_entry SET because = 'controlled' WHERE seq = {signed}",
        f"DELETE FROM evidence_entry WHERE seq >= {later}",
        "INSERT OR REPLACE INTO evidence_entry SELECT * FROM evidence_entry WHERE seq = 1"
        if engine(house) == "sqlite" else "TRUNCATE evidence_entry",
    ):  # fmt: skip
        is_refused(house, statement)
    assert verify(house)[0] == 0

    drop_the_guards(house)
    with database(house) as db:
        (was,) = db.execute(f"SELECT because FROM evidence_entry WHERE seq = {signed}").fetchone()
        db.execute(f"UPDATE evidence_entry SET because = 'controlled' WHERE seq IN ({signed}, {later})")
    code, found = verify(house)
    assert (code, found["intact"], found["broken_at"]) == (1, False, signed)
    assert f"entry {signed} was changed after it was written" in found["says"]

    with database(house) as db:
        db.execute(f"UPDATE evidence_entry SET because = '{was}' WHERE seq = {signed}")
    assert verify(house)[1]["broken_at"] == later  # the next that does not hold, now that this one does again

    with database(house) as db:
        db.execute(f"DELETE FROM evidence_entry WHERE seq >= {later}")
    code, found = verify(house)
    assert (code, found["broken_at"]) == (1, later)
    assert "the tail was cut" in found["says"]
