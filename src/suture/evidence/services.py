"""Append to the chain, in the transaction of the change it proves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Protocol
from uuid import UUID

from django.db import connection, transaction

from suture.core.errors import SutureError
from suture.evidence.canonical import canonical
from suture.evidence.chain import GENESIS, Head, entry_hash
from suture.evidence.clock import now
from suture.evidence.head import keep_head
from suture.evidence.models import Entry

_CHAIN_LOCK = 7_305_144_120_113  # any constant: PostgreSQL's advisory lock that orders appends


class Actor(Protocol):
    """Whoever acts: a person, the local operator, or the system."""

    @property
    def uid(self) -> UUID: ...

    @property
    def printed_name(self) -> str: ...


class Recorded(Protocol):
    """A row evidence can speak of."""

    record_kind: ClassVar[str]
    uid: UUID

    @property
    def label(self) -> str: ...


def record(
    *, by: Actor, did: str, to: Recorded, because: str = "", facts: Mapping[str, Any] | None = None,
    happened_at: datetime | None = None,
) -> Entry:  # fmt: skip
    """Write one line of evidence into the chain, as the last beat of a verb.

    Args:
        did: what was done, 'noun.past': 'assessment.signed'.
        facts: what the decision rested on; must have a canonical spelling.
        happened_at: when it was true in the world, if that is not now.

    Raises:
        SutureError: called outside a transaction; the line and its cause must commit together.
    """
    if not connection.in_atomic_block:
        raise SutureError("evidence is written in the transaction of the change it proves")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
    last = Entry.objects.order_by("-seq").values_list("seq", "hash").first() or (0, GENESIS)
    at = now().isoformat(timespec="milliseconds")
    fields: dict[str, Any] = {
        "seq": last[0] + 1,
        "recorded_at": at,
        "happened_at": happened_at.isoformat(timespec="milliseconds") if happened_at else at,
        "actor_uid": str(by.uid),
        "actor_name": by.printed_name,
        "did": did,
        "record_kind": to.record_kind,
        "record_uid": str(to.uid),
        "record_label": to.label[:300],
        "because": because,
        "facts": canonical(facts or {}),
        "previous": last[1],
    }
    entry = Entry.objects.create(**fields, hash=entry_hash(fields))
    head = Head(entry.seq, entry.hash)
    transaction.on_commit(lambda: keep_head(head))
    return entry
