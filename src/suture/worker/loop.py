"""The background loop: work is found, not remembered. Kill it anywhere; the next round does what is left."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from threading import Event

import structlog
from django.db import DatabaseError, close_old_connections

from suture.assessment.services import reopen_expired, reopen_exploited, restate_answers
from suture.core.errors import SutureError
from suture.detection.services import check_feeds, lapse_corrections, rematch_stale, watch_texts
from suture.intelligence.services import sweep_unpublished
from suture.remediation.services import follow_deliveries
from suture.worker.promises import keep_promises

log = structlog.get_logger()

STEPS: tuple[tuple[str, Callable[[], int]], ...] = (
    ("keep_promises", keep_promises),
    ("follow_deliveries", follow_deliveries),
    ("sweep_unpublished", sweep_unpublished),
    ("lapse_corrections", lapse_corrections),
    ("check_feeds", check_feeds),
    ("rematch_stale", rematch_stale),
    ("watch_texts", watch_texts),
    ("restate_answers", restate_answers),
    ("reopen_exploited", reopen_exploited),
    ("reopen_expired", reopen_expired),
)


def run_round() -> dict[str, int]:
    """One round of every step. A step that fails is logged and tried again next round; the others still run."""
    done = {}
    for name, step in STEPS:
        started = time.perf_counter()
        try:
            done[name] = step()
        except (SutureError, DatabaseError) as error:
            log.warning("step_failed", step=name, error=str(error))
            continue
        if done[name]:
            log.info("step_done", step=name, rows=done[name], seconds=round(time.perf_counter() - started, 2))
    return done


def run_off() -> int:
    """Rounds until no release waits to be matched; gives how many were."""
    matched = 0
    while rows := run_round().get("rematch_stale", 0):
        matched += rows
    return matched


def run_until(orphaned: Callable[[], bool], *, every: float) -> None:
    """Rounds until SIGTERM, SIGINT, or until the parent process is gone. `every` is in seconds."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.is_set() and not orphaned():
        close_old_connections()
        run_round()
        stop.wait(every)
