"""Reads of the chain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from suture.evidence.chain import FIELDS, Verdict, verify_entries
from suture.evidence.head import read_head
from suture.evidence.models import Entry


def entries_about(record_kind: str, record_uid: str) -> QuerySet[Entry]:
    """Everything recorded about one record, oldest first."""
    return Entry.objects.filter(record_kind=record_kind, record_uid=str(record_uid)).order_by("seq")


def latest_entries(limit: int = 50) -> QuerySet[Entry]:
    """The newest lines, newest first."""
    return Entry.objects.order_by("-seq")[:limit]


def _stored(page: int = 5000) -> Iterator[dict[str, Any]]:
    """Every entry as stored, oldest first, a page at a time: memory stays flat over millions."""
    names = [*FIELDS, "hash"]
    sql = f"SELECT {', '.join(names)} FROM {Entry._meta.db_table} WHERE seq > %s ORDER BY seq LIMIT {page:d}"  # noqa: S608 (constant names)
    last = -1
    with connection.cursor() as cursor:
        while True:
            cursor.execute(sql, [last])
            rows = cursor.fetchall()
            if not rows:
                return
            for row in rows:
                yield dict(zip(names, row, strict=True))
            last = rows[-1][0]


def verify_chain() -> Verdict:
    """Check every entry and the head kept outside the database; name the first that does not hold."""
    return verify_entries(_stored(), read_head())
