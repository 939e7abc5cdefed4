"""Sources without a feed are looked through by somebody, on a schedule, with dated evidence of each look."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.services import new_uid, require
from suture.core.errors import InvalidValue, NotFound
from suture.disclosure.models import Look, WatchedSource
from suture.evidence.clock import now
from suture.evidence.services import record


def watch_source(
    *, name: str, every_days: int, owner: Person, by: Person, what: str = "", because: str = ""
) -> WatchedSource:
    """Register a source somebody looks through, or change who and how often; it is late until the first look.

    Raises:
        InvalidValue: no name, or an interval that is none.

    Source: FD&C Act §524B(b)(1) (monitor); FDA 2016 §X.A.ii (complaints, returned product, service records).
    """
    if not name.strip() or not 1 <= every_days <= 366:
        raise InvalidValue("name the source, and say every how many days somebody looks: 1 to 366")
    with transaction.atomic():
        require(by, "source.watch")
        row = WatchedSource.objects.select_for_update().filter(name__iexact=name.strip()).first()
        before = None if row is None else {"owner": row.owner.printed_name, "every_days": row.every_days}
        if row is None:
            row = WatchedSource(uid=new_uid(), name=name.strip()[:120], since=now())
        row.owner, row.every_days, row.what = owner, every_days, what.strip() or row.what
        row.save()
        record(
            by=by, did="source.watched", to=row, because=because,
            facts={"before": before, "after": {"owner": owner.printed_name, "every_days": every_days}},
        )  # fmt: skip
    return row


def note_look(
    *, source_uid: UUID | str, looked_at: datetime, evidence: str, found: int, by: Person, because: str = ""
) -> Look:
    """Record that somebody looked, and what shows it. What was found goes through intake, one report each.

    Raises:
        InvalidValue: no evidence, an instant in the future or without an offset, or a number below zero.
    """
    if not evidence.strip():
        raise InvalidValue("say what shows that somebody looked: the query, the list, the minutes")
    if looked_at.tzinfo is None or looked_at > now() or found < 0:
        raise InvalidValue("a look has its instant, with an offset and not in the future, and found none or some")
    with transaction.atomic():
        source = WatchedSource.objects.select_for_update().filter(uid=source_uid).first()
        if source is None:
            raise NotFound("there is no such source")
        require(by, "source.watch", source)
        row = Look.objects.create(
            uid=new_uid(), source=source, looked_at=looked_at, evidence=evidence.strip(), found=found, by=by,
            recorded_at=now(),
        )  # fmt: skip
        record(
            by=by, did="source.looked_through", to=source, because=because, happened_at=looked_at,
            facts={"evidence": row.evidence, "found": found},
        )  # fmt: skip
    return row
