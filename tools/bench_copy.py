"""Copy the knowledge of one SQLite home into an empty PostgreSQL database, so that both are measured on the same rows.

    SUTURE_DATABASE_URL=postgresql://… python -m tools.bench_copy HOME     one JSON object on stdout

Feeds are not taken in a second time: the rows are the same, number by number.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suture.config.settings")

AT_ONCE = 10_000  # rows read at a time


def copy(home: Path) -> dict[str, Any]:
    """Bring the tables to this version, copy every row of the room `intelligence`, and count them."""
    import django

    django.setup()
    from django.apps import apps
    from django.core.management import call_command
    from django.core.management.color import no_style
    from django.db import connection

    call_command("migrate", verbosity=0)
    started, counted = time.perf_counter(), 0
    models = list(apps.get_app_config("intelligence").get_models())
    with sqlite3.connect(f"file:{home / 'suture.sqlite3'}?mode=ro", uri=True) as source, connection.cursor() as cursor:
        for model in models:
            table = model._meta.db_table
            cursor.execute(f"DELETE FROM {table}")  # the row or two that migrations wrote
            columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields if field.column)
            rows = source.execute(f"SELECT {columns} FROM {table}")
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as sink:
                while portion := rows.fetchmany(AT_ONCE):
                    counted += len(portion)
                    for row in portion:
                        sink.write_row(row)
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
        cursor.execute("ANALYZE")
    return {"rows": counted, "seconds": time.perf_counter() - started}


if __name__ == "__main__":
    print(json.dumps(copy(Path(sys.argv[1]))))
