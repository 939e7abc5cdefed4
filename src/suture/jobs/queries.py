"""What was promised, what became of it, and in whose words."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from suture.accounts.models import Person
from suture.accounts.queries import visible
from suture.core.errors import NotFound
from suture.core.promises import FAILED, SETTLED, PromiseState
from suture.jobs.models import Channel, Promise


def promises(person: Person) -> QuerySet[Promise]:
    """Every promise this person may know of, newest first."""
    rows = visible(person, Promise.objects.select_related("promised_by", "wall"))
    if person.kind == Person.Kind.SYSTEM:
        return rows
    return rows.filter(Q(only_for="") | Q(only_for__in=[role.value for role in person.roles]))


def promise_by_uid(person: Person, uid: UUID) -> Promise:
    """One promise.

    Raises:
        NotFound: there is none, or this person may not know of it.
    """
    try:
        return promises(person).get(uid=uid)
    except Promise.DoesNotExist:
        raise NotFound("there is no such message") from None


def promises_of(kind: str, uids: Iterable[UUID]) -> QuerySet[Promise]:
    """Promises of these causes, of one kind of record; for the room whose verb made them; filters by no person."""
    return Promise.objects.filter(cause_kind=kind, cause_uid__in=list(uids))


def settled_of(kind: str) -> QuerySet[Promise]:
    """Settled promises of a kind of cause, in the order in which they were settled: what a room's reconciler reads."""
    return Promise.objects.filter(cause_kind=kind, state__in=sorted(SETTLED)).order_by("settled_at", "pk")


def failed(person: Person) -> QuerySet[Promise]:
    """Refused, or given up by the worker, and no person has said yet that it is settled otherwise; oldest first."""
    return promises(person).filter(state__in=sorted(FAILED), given_up_by=None).order_by("settled_at", "pk")


def counts(person: Person) -> dict[str, int]:
    """How many promises stand in each state, for this person."""
    found = dict(promises(person).order_by().values_list("state").annotate(n=Count("pk")))
    return {state.value: found.get(state.value, 0) for state in PromiseState}


def shut_channels() -> QuerySet[Channel]:
    """Ways out that did not answer at the last try."""
    return Channel.objects.filter(failures__gt=0)


def content(row: Promise) -> dict[str, Any]:
    """What was promised; empty where it was forgotten after it was settled."""
    found: dict[str, Any] = json.loads(row.payload) if row.payload else {}
    return found
