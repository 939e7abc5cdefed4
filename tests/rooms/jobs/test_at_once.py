"""Commits that are real: a promise and its cause, and several workers at once."""

from __future__ import annotations

import threading

import pytest
from django.db import connections, transaction

from suture.accounts.models import Person
from suture.core.errors import SutureError
from suture.jobs.delivery import deliver_due
from suture.jobs.models import Promise
from suture.jobs.queries import counts
from suture.jobs.services import promise
from tests.rooms.jobs.outside import Outside, promised


def test_it_vanishes_with_its_cause_and_never_stands_alone(committed_db: str, ada: Person) -> None:
    """Outside a transaction there is no cause to share."""
    with pytest.raises(SutureError, match="transaction"):
        promise(kind="call", key="k", payload={}, cause=ada, by=ada, label="Call")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        promised(ada)
        raise ZeroDivisionError
    assert not Promise.objects.exists()


def test_several_workers_deliver_each_once(committed_db: str, ada: Person) -> None:
    """Four workers, forty promises: each arrives once."""
    for n in range(40):
        promised(ada, f"k{n}")
    outsides = [Outside() for _ in range(4)]
    for outside in outsides:
        outside.says = outside.take

    def work(n: int) -> None:
        try:
            deliver_due({"call": outsides[n]}, worker=f"w{n}")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    deliver_due({"call": outsides[0]}, worker="w0")
    assert sum(len(outside.arrived) for outside in outsides) == 40
    assert counts(ada)["delivered"] == 40
    assert set(Promise.objects.values_list("attempts", flat=True)) == {1}
