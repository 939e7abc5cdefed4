"""Keeping promises: claim one, hand it over, write down the answer. Several workers, either database, any kill.

Three transactions, and the outside between them: *claim* (a lease, and the attempt), *hand over* (written before the
first byte that could make it happen), *settle* (the answer, in the other side's words). A worker that died before the
hand-over sent nothing, so the promise goes out at once. One that died after it may have; then nobody can know, the
promise says `no answer`, rests a quarantine, and is sent again with the same name. See ADR 0007.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from suture.accounts.services import system
from suture.core.errors import SutureError
from suture.core.promises import (
    AFTER,
    GIVE_UP_AFTER,
    QUARANTINE,
    SETTLED,
    WAITING,
    Outcome,
    PartAnswer,
    PromiseState,
    Verdict,
    rest_after,
    together,
)  # fmt: skip
from suture.evidence.canonical import canonical
from suture.evidence.clock import now
from suture.evidence.services import record
from suture.jobs.clock import machine_now
from suture.jobs.models import Attempt, Channel, Promise
from suture.jobs.queries import content

LEASE = timedelta(minutes=2)  # longer than any silence of a deliverer; a dead worker's promise waits this long
ROUND = 20.0  # seconds of delivering before other steps have their turn
ATTEMPTING = PromiseState.ATTEMPTING.value
NO_ANSWER = PromiseState.NO_ANSWER.value
DIED_BEFORE = "the worker stopped before anything was sent"
DIED_AFTER = "the worker stopped after handing it over and before the answer came; it may have arrived"

log = structlog.get_logger()


class LeaseLost(SutureError):
    """Another worker took this promise, because this one was silent for too long."""


class ChannelShut(SutureError):
    """The way out itself does not answer: nothing was handed over, and no promise is to blame. Says what was met."""


@dataclass(slots=True)
class Work:
    """One claimed promise in a deliverer's hands."""

    uid: UUID
    payload: dict[str, Any]
    promised_at: datetime
    settled: frozenset[str]  # addressees who have their answer already
    attempt: int
    lease: str
    handed_to: tuple[str, ...] = field(default=())

    def hand_over(self, to: Collection[str]) -> None:
        """Write down that from now on it may have happened. Call it before the first byte that could make it happen.

        Raises:
            LeaseLost: another worker has it; send nothing.
        """
        with transaction.atomic():
            mine = Promise.objects.filter(uid=self.uid, state=ATTEMPTING, lease=self.lease)
            if not mine.update(lease_until=machine_now() + LEASE):
                raise LeaseLost("this worker was silent for too long; another has taken the promise")
            Attempt.objects.filter(pk=self.attempt).update(handed_over_at=now(), in_flight=list(to))
        self.handed_to = tuple(to)


class Deliverer(Protocol):
    """Keeps promises of one kind."""

    def unready(self) -> str:
        """Why nothing can be delivered at all, as a sentence; '' when it can."""

    def deliver(self, work: Work) -> Outcome:
        """Try once, and give the answer. Must call `work.hand_over` first.

        Raises:
            ChannelShut: the way out does not answer, and nothing was handed over.
        """

    def close(self) -> None:
        """The round is over."""


def deliver_due(deliverers: Mapping[str, Deliverer], *, worker: str, seconds: float = ROUND) -> int:
    """Keep what is due, oldest first, until nothing is or `seconds` have passed. Gives how many attempts were made."""
    recover_abandoned()
    end_what_is_over()
    done, started = 0, time.monotonic()
    ready = {kind for kind, deliverer in deliverers.items() if not deliverer.unready()}
    try:
        while time.monotonic() - started < seconds:
            work = _claim(ready - _shut(), worker)
            if work is None:
                break
            _try(work, deliverers)
            done += 1
    finally:
        for kind in ready:
            deliverers[kind].close()
    return done


def _try(work: tuple[str, Work], deliverers: Mapping[str, Deliverer]) -> None:
    kind, mine = work
    try:
        outcome = deliverers[kind].deliver(mine)
    except ChannelShut as error:
        _give_back(mine, kind, str(error))
    except LeaseLost as error:
        log.warning("lease_lost", promise=str(mine.uid), error=str(error))
    except Exception as error:
        # A deliverer's own failure must not take the worker with it, nor be mistaken for an answer from outside.
        log.exception("delivery_failed", promise=str(mine.uid))
        said = f"{type(error).__name__}: {error}"
        verdict = Verdict.NO_ANSWER if mine.handed_to else Verdict.LATER
        _settle(mine, Outcome(verdict, said, tuple(PartAnswer(to, verdict, said) for to in mine.handed_to)))
    else:
        _settle(mine, outcome)
        Channel.objects.filter(kind=kind, failures__gt=0).update(failures=0, since=None, rest_until=None, said="")


def _due() -> QuerySet[Promise]:
    at = now()
    return Promise.objects.filter(
        Q(until=None) | Q(until__gt=at), state__in=sorted(WAITING), rest_until__lte=machine_now(), due_at__lte=at
    )


def _shut() -> set[str]:
    return set(Channel.objects.filter(rest_until__gt=machine_now()).values_list("kind", flat=True))


def _claim(kinds: set[str], worker: str) -> tuple[str, Work] | None:
    """Take the promise that waits longest. The conditional UPDATE decides between workers; a loser looks further."""
    waiting = _due().filter(kind__in=sorted(kinds)).order_by("rest_until", "pk")
    if not kinds or not waiting.exists():  # no write lock is taken for nothing
        return None
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True)
        for row in waiting[:5]:
            taken = Promise.objects.filter(pk=row.pk, state=row.state, attempts=row.attempts).update(
                state=ATTEMPTING, attempts=F("attempts") + 1, lease=worker, lease_until=machine_now() + LEASE
            )
            if not taken:
                continue
            attempt = Attempt.objects.create(promise=row, number=row.attempts + 1, worker=worker, began_at=now())
            over = {a["to"] for a in row.answers if a["verdict"] in (Verdict.DELIVERED.value, Verdict.REFUSED.value)}
            work = Work(row.uid, content(row), row.promised_at, frozenset(over), attempt.pk, worker)
            return row.kind, work
    return None


def _give_back(work: Work, kind: str, said: str) -> None:
    """The channel is shut: the attempt is not counted against the promise, and the whole channel rests."""
    with transaction.atomic():
        Promise.objects.filter(uid=work.uid, state=ATTEMPTING, lease=work.lease).update(
            state=PromiseState.PROMISED.value, lease="", lease_until=None, attempts=F("attempts") - 1
        )
        Attempt.objects.filter(pk=work.attempt).delete()
        channel, _ = Channel.objects.select_for_update().get_or_create(kind=kind)
        channel.failures += 1
        channel.since = channel.since or now()
        channel.rest_until = machine_now() + min(rest_after(channel.failures), timedelta(minutes=15))
        channel.said = said[:2000]
        channel.save()
    log.warning("channel_shut", kind=kind, said=said)


def _settle(work: Work, outcome: Outcome) -> None:
    """Write the answer beside the attempt, and what it means for the promise."""
    at = now()
    with transaction.atomic():
        row = Promise.objects.select_for_update().get(uid=work.uid)
        Attempt.objects.filter(pk=work.attempt).update(
            ended_at=at, verdict=outcome.verdict.value, said=outcome.said[:4000]
        )
        ours = row.state == ATTEMPTING and row.lease == work.lease
        # Another worker took us for dead and asked nobody since: an answer heard late is still the answer.
        late = row.state == NO_ANSWER and outcome.verdict is Verdict.DELIVERED and row.attempts == _number(work)
        if not (ours or late):
            log.warning("late_answer", promise=str(work.uid), verdict=outcome.verdict.value)
            return
        _apply(row, outcome, at)


def _number(work: Work) -> int:
    return Attempt.objects.values_list("number", flat=True).get(pk=work.attempt)


def _apply(row: Promise, outcome: Outcome, at: datetime) -> None:
    answers = {a["to"]: a for a in row.answers}
    for part in outcome.parts:
        answers[part.to] = {
            "to": part.to, "verdict": part.verdict.value, "said": part.said[:1000],
            "at": at.isoformat(timespec="seconds"),
        }  # fmt: skip
    verdict = outcome.verdict
    if answers:
        verdict = together(tuple(PartAnswer(a["to"], Verdict(a["verdict"]), "") for a in answers.values()))
    row.answers = sorted(answers.values(), key=lambda a: str(a["to"]))
    row.state = AFTER[verdict].value
    row.last_answer, row.lease, row.lease_until = outcome.said[:4000], "", None
    row.rest_until = machine_now() + (QUARANTINE if verdict is Verdict.NO_ANSWER else rest_after(row.attempts))
    row.settled_at = at if row.state in SETTLED else None
    if row.state in SETTLED and row.forget:
        row.payload = ""
    row.save(
        update_fields=[
            "answers", "state", "last_answer", "lease", "lease_until", "rest_until", "settled_at", "payload",
        ]
    )  # fmt: skip
    if verdict is not Verdict.LATER:
        _prove(row, f"promise.{verdict.value.replace(' ', '_')}")


def _prove(row: Promise, did: str, because: str = "") -> None:
    """One line of evidence; addresses and words stay in the row, which can be blanked, and their hash in the chain."""
    answers = hashlib.sha256(canonical(row.answers).encode()).hexdigest()
    facts = {"attempts": row.attempts, "payload": row.payload_sha256, "answers": answers, "cause": row.cause_uid}
    record(by=system(), did=did, to=row, because=because, facts=facts)


def recover_abandoned() -> int:
    """Promises whose worker fell silent: sent again at once if nothing was handed over, else after the quarantine."""
    gone = Promise.objects.filter(state=ATTEMPTING, lease_until__lte=machine_now())
    recovered = 0
    for pk in list(gone.values_list("pk", flat=True)[:500]):
        with transaction.atomic():
            row = gone.select_for_update().filter(pk=pk).first()
            if row is None:
                continue
            attempt = row.tries.order_by("-number")[0]
            sent = attempt.handed_over_at is not None
            said = DIED_AFTER if sent else DIED_BEFORE
            attempt.ended_at, attempt.said = now(), said
            attempt.verdict = (Verdict.NO_ANSWER if sent else Verdict.LATER).value
            attempt.save(update_fields=["ended_at", "said", "verdict"])
            parts = tuple(PartAnswer(to, Verdict.NO_ANSWER, said) for to in attempt.in_flight) if sent else ()
            _apply(row, Outcome(Verdict(attempt.verdict), said, parts), now())
            if not sent:
                Promise.objects.filter(pk=pk).update(rest_until=machine_now())
        recovered += 1
    return recovered


def end_what_is_over() -> int:
    """Give up what has become worthless, and what was tried for five days (RFC 5321 §4.5.4.1)."""
    at = now()
    old = Q(attempts__gt=0, promised_at__lt=at - GIVE_UP_AFTER) & (
        Q(promised_again_at=None) | Q(promised_again_at__lt=at - GIVE_UP_AFTER)
    )
    over = Promise.objects.filter(Q(until__lte=at) | old, state__in=sorted(WAITING))
    ended = 0
    for pk in list(over.values_list("pk", flat=True)[:500]):
        with transaction.atomic():
            row = over.select_for_update().filter(pk=pk).first()
            if row is None:
                continue
            too_late = row.until is not None and row.until <= at
            row.given_up_because = (
                "its time is over" if too_late else "no answer that settles it within five days of trying"
            )
            row.state, row.settled_at = PromiseState.GIVEN_UP.value, at
            row.payload = "" if row.forget else row.payload
            row.save(update_fields=["state", "settled_at", "given_up_because", "payload"])
            _prove(row, "promise.given_up", row.given_up_because)
        ended += 1
    return ended
