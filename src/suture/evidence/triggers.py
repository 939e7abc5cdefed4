"""Database triggers that refuse UPDATE, DELETE, REPLACE and TRUNCATE on what must never change.

Django rebuilds SQLite tables when a migration alters them, and triggers vanish with the old table. So every
migration that touches a guarded table ends with `guard(table, key)` again, and a test reads both catalogues.
"""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython

_SQLITE = """
CREATE TRIGGER IF NOT EXISTS {table}_no_update BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only: an entry is never changed'); END;
CREATE TRIGGER IF NOT EXISTS {table}_no_delete BEFORE DELETE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only: an entry is never removed'); END;
CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})
BEGIN SELECT RAISE(ABORT, '{table} is append-only: an entry is never replaced'); END;
"""
_POSTGRES = """
CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{table} is append-only: % is refused', TG_OP; END $$;
CREATE OR REPLACE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_refuse();
CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse();
"""


def guard(table: str, key: str) -> RunPython:
    """A migration operation that makes `table` append-only; `key` is its primary key column."""

    def forwards(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "sqlite":
            for statement in _SQLITE.format(table=table, key=key).split("END;"):
                if statement.strip():
                    editor.execute(statement + "END;", params=None)
        else:
            editor.execute(_POSTGRES.format(table=table), params=None)

    return RunPython(forwards, RunPython.noop)
