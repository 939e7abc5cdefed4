"""What the migrations promise and Django would drop in silence when it rebuilds a table: read from the catalogues."""

from __future__ import annotations

import pytest
from django.db import connection

OWN_KEY = ("rng", "alias", "covers", "kev", "epss", "platform_rng")  # rows lie in key order
WHOLE_NUMBER = ("assertion", "package", "rng_review", "vulnerability", "feed_rev", "configuration")


@pytest.mark.django_db
def test_hot_tables_lie_in_the_order_of_their_key():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
            made = dict(cursor.fetchall())
            for table in OWN_KEY:
                assert made[table].endswith("WITHOUT ROWID"), table
            for table in WHOLE_NUMBER:
                assert '" integer NOT NULL PRIMARY KEY' in made[table], table
        else:
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'rng'")
            made = {row[0].split(" USING btree ")[1] for row in cursor.fetchall()}
            assert made == {
                "(pkg_id, lo) INCLUDE (hi, stmt, f, t)", "(stmt)", "(t) WHERE (t < '4611686018427387904'::bigint)",
            }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "argument", "index"),
    [
        ("SELECT stmt FROM rng WHERE stmt >= %s AND stmt < 9", 7, "rng_stmt"),
        ("SELECT stmt FROM rng WHERE t = %s AND t < 4611686018427387904", 5, "rng_closed"),
        ("SELECT sum(n) FROM rng_review WHERE t = %s AND t < 4611686018427387904", 5, "rng_review_closed"),
        ("SELECT id FROM assertion WHERE sha256 = %s", b"\0", "assertion_sha256"),
        ("SELECT id FROM assertion WHERE vuln = %s", 7, "assertion_vuln"),
        ("SELECT record_id FROM alias WHERE vuln = %s", 7, "alias_vuln"),
    ],
)
def test_what_changed_is_found_by_index(statement, argument, index):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # empty tables are scanned otherwise
        plan = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        cursor.execute(f"{plan} {statement}", [argument])
        assert index in " ".join(str(row) for row in cursor.fetchall())
