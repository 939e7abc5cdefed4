"""The chain: what a break looks like, and that the database itself refuses one."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest
from django.db import DatabaseError, connection, connections, transaction

from suture.accounts.models import Person, Signature
from suture.accounts.services import sign
from suture.core.errors import SutureError
from suture.core.roles import Role
from suture.evidence.chain import GENESIS, Head, entry_hash, verify_entries
from suture.evidence.head import keep_head, read_head
from suture.evidence.models import Entry
from suture.evidence.queries import verify_chain
from suture.evidence.services import record
from suture.evidence.triggers import guard


def chain(length: int) -> list[dict]:
    entries, previous = [], GENESIS
    for seq in range(1, length + 1):
        entry = {
            "seq": seq, "recorded_at": "2026-11-23T12:00:00.000+00:00", "happened_at": "2026-11-23T12:00:00.000+00:00",
            "actor_uid": "a", "actor_name": "Ada", "did": "thing.done", "record_kind": "thing", "record_uid": "u",
            "record_label": "Thing", "because": "", "facts": "{}", "previous": previous,
        }  # fmt: skip
        entry["hash"] = previous = entry_hash(entry)
        entries.append(entry)
    return entries


def test_an_untouched_chain_is_intact():
    entries = chain(5)
    verdict = verify_entries(entries, Head(5, entries[-1]["hash"]))
    assert verdict.intact
    assert verdict.entries == 5


@pytest.mark.parametrize("field", ["recorded_at", "actor_name", "did", "because", "facts", "record_uid"])
def test_a_changed_field_names_its_entry(field):
    entries = chain(5)
    entries[2][field] += "x"
    verdict = verify_entries(entries, None)
    assert verdict.broken_at == 3
    assert "changed" in verdict.says


def test_a_change_rehashed_breaks_the_next_link():
    entries = chain(5)
    entries[2]["because"] = "another reason"
    entries[2]["hash"] = entry_hash(entries[2])
    assert verify_entries(entries, None).broken_at == 4


def test_a_removed_entry_is_named():
    entries = chain(5)
    del entries[2]
    assert verify_entries(entries, None).broken_at == 3


def test_a_cut_tail_is_found_against_the_head_outside():
    entries = chain(5)
    verdict = verify_entries(entries[:3], Head(5, entries[-1]["hash"]))
    assert verdict.broken_at == 4
    assert "tail was cut" in verdict.says


def test_an_older_copy_that_went_on_differs_from_the_head_outside():
    entries = chain(5)
    assert verify_entries(entries, Head(4, "f" * 64)).broken_at == 4


@pytest.fixture
def actor(committed_db: str, django_db_blocker) -> Person:
    with django_db_blocker.unblock():
        person = Person.objects.create(
            uid="01890000-0000-7000-8000-000000000001", username="ada", printed_name="Ada", role_names=["psirt"]
        )
        for i in range(5):
            with transaction.atomic():
                record(by=person, did="thing.done", to=person, because=f"number {i}")
        yield person


def test_entries_and_head_agree_after_commits(actor):
    verdict = verify_chain()
    assert verdict.intact
    assert verdict.entries == 5
    assert read_head() == verdict.head


def test_evidence_outside_a_transaction_is_refused(actor):
    with pytest.raises(SutureError, match="in the transaction"):
        record(by=actor, did="thing.done", to=actor)


def test_a_rolled_back_cause_leaves_no_line(actor):
    with pytest.raises(RuntimeError), transaction.atomic():
        record(by=actor, did="thing.done", to=actor)
        raise RuntimeError
    assert Entry.objects.count() == 5
    assert verify_chain().intact


REFUSED = [
    "UPDATE evidence_entry SET because = 'x' WHERE seq = 2",
    "DELETE FROM evidence_entry WHERE seq = 2",
    "DELETE FROM evidence_entry",
]
REFUSED_SQLITE = [
    "REPLACE INTO evidence_entry SELECT * FROM evidence_entry WHERE seq = 2",
    "INSERT OR REPLACE INTO evidence_entry SELECT * FROM evidence_entry WHERE seq = 2",
    "UPDATE OR REPLACE evidence_entry SET seq = 2 WHERE seq = 3",
]
REFUSED_POSTGRES = [
    "TRUNCATE evidence_entry",
    "INSERT INTO evidence_entry SELECT * FROM evidence_entry WHERE seq = 2 "
    "ON CONFLICT (seq) DO UPDATE SET because = 'x'",
]


@pytest.mark.parametrize("n", range(6))
def test_the_database_refuses_every_change(actor, n):
    statements = REFUSED + (REFUSED_SQLITE if connection.vendor == "sqlite" else REFUSED_POSTGRES)
    if n >= len(statements):
        n %= len(statements)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statements[n])
    assert Entry.objects.count() == 5
    assert verify_chain().intact


def test_with_the_trigger_dropped_verify_names_the_first_broken_entry(actor):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER evidence_entry_no_update")
        else:
            cursor.execute("DROP TRIGGER evidence_entry_no_change ON evidence_entry")
        cursor.execute("UPDATE evidence_entry SET because = 'another' WHERE seq = 3")
    verdict = verify_chain()
    assert not verdict.intact
    assert verdict.broken_at == 3


def test_with_the_trigger_dropped_a_cut_tail_is_found(actor):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER evidence_entry_no_delete")
        else:
            cursor.execute("DROP TRIGGER evidence_entry_no_change ON evidence_entry")
        cursor.execute("DELETE FROM evidence_entry WHERE seq > 3")
    verdict = verify_chain()
    assert verdict.broken_at == 4
    assert "tail was cut" in verdict.says


def test_signatures_are_append_only_too(actor):
    actor.role_names = [Role.PSIRT.value]
    with transaction.atomic():
        sign(by=actor, to=actor, digest="d" * 64, meaning="review", as_role=Role.PSIRT)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Signature.objects.update(printed_name="Somebody else")


def guarded_tables() -> set[str]:
    """What the migrations of all rooms guard, read from the migrations themselves."""
    from django.db.migrations.loader import MigrationLoader

    code = guard("x", "y").code.__qualname__
    found = set()
    for migration in MigrationLoader(connection).disk_migrations.values():
        for operation in migration.operations:
            if getattr(getattr(operation, "code", None), "__qualname__", "") == code:
                cells = dict(zip(operation.code.__code__.co_freevars, operation.code.__closure__, strict=True))
                found.add(cells["table"].cell_contents)
    return found


def test_every_guarded_table_still_has_its_triggers_after_the_last_migration(actor):
    """Django rebuilds SQLite tables when it alters them, and would drop triggers in silence (architecture §5)."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'")
            wanted = ("no_update", "no_delete", "no_replace")
        else:
            cursor.execute(
                "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
                "WHERE NOT t.tgisinternal"
            )
            wanted = ("no_change", "no_truncate")
        there = set(cursor.fetchall())
    tables = guarded_tables()
    assert {"evidence_entry", "accounts_signature"} <= tables
    assert {(table, f"{table}_{suffix}") for table in tables for suffix in wanted} <= there


def test_threads_append_one_chain(actor):
    """Eight writers at once: no gap, no fork, no lock error."""
    errors: list[BaseException] = []

    def write() -> None:
        try:
            for _ in range(10):
                with transaction.atomic():
                    record(by=actor, did="thing.done", to=actor)
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    verdict = verify_chain()
    assert verdict.intact
    assert verdict.entries == 85
    assert read_head() == verdict.head


def test_the_head_only_moves_forward(home):
    keep_head(Head(7, "a" * 64))
    keep_head(Head(3, "b" * 64))
    assert read_head() == Head(7, "a" * 64)


def test_a_damaged_head_is_said_not_passed_over(home):
    (home / "evidence.head").write_text("{")
    with pytest.raises(SutureError, match="cannot be read"):
        read_head()


def test_the_chain_is_hashed_alike_by_another_interpreter():
    """The hash depends on nothing of the process: same entry, same hash, in a fresh interpreter."""
    code = (
        "from suture.evidence.chain import entry_hash, FIELDS; "
        "print(entry_hash({f: (1 if f == 'seq' else f + 'é') for f in FIELDS}))"
    )
    theirs = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    from suture.evidence.chain import FIELDS

    assert theirs == entry_hash({f: (1 if f == "seq" else f + "é") for f in FIELDS})
