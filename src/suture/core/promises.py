"""A promise's life: promised, attempted, answered; when to try again, and what an answer means.

At least once: a promise is settled only by an answer from outside. Between handing over and hearing the answer there is
a window in which nobody can know whether it arrived (RFC 5321 §4.5.3.2.6, RFC 1047); the state `NO_ANSWER` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from suture.core.errors import InvalidValue


class PromiseState(StrEnum):
    """Where a promise stands. Only `DELIVERED` says that it arrived."""

    PROMISED = "promised"
    ATTEMPTING = "attempting"
    NO_ANSWER = "no answer"
    DELIVERED = "delivered"
    REFUSED = "refused"
    GIVEN_UP = "given up"


class Verdict(StrEnum):
    """What one attempt brought."""

    DELIVERED = "delivered"
    LATER = "later"
    REFUSED = "refused"
    NO_ANSWER = "no answer"


WAITING: frozenset[PromiseState] = frozenset({PromiseState.PROMISED, PromiseState.NO_ANSWER})
SETTLED: frozenset[PromiseState] = frozenset({PromiseState.DELIVERED, PromiseState.REFUSED, PromiseState.GIVEN_UP})
FAILED: frozenset[PromiseState] = frozenset({PromiseState.REFUSED, PromiseState.GIVEN_UP})

AFTER: Mapping[Verdict, PromiseState] = {
    Verdict.DELIVERED: PromiseState.DELIVERED,
    Verdict.LATER: PromiseState.PROMISED,
    Verdict.REFUSED: PromiseState.REFUSED,
    Verdict.NO_ANSWER: PromiseState.NO_ANSWER,
}

# Ours. RFC 5321 §4.5.4.1 leaves strategies to the sender and asks for 4-5 days before giving up.
RESTS: tuple[timedelta, ...] = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=4),
)
GIVE_UP_AFTER = timedelta(days=5)
# After a hand-over without an answer nothing is sent again for this long: more than the minute we vouch for.
QUARANTINE = timedelta(seconds=90)


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """What was answered for one addressee, in the words of whoever answered."""

    to: str
    verdict: Verdict
    said: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one attempt brought, with the other side's own words."""

    verdict: Verdict
    said: str
    parts: tuple[PartAnswer, ...] = ()


def rest_after(attempts: int) -> timedelta:
    """How long to rest after so many attempts that may be repeated: longer each time, then every four hours.

    Raises:
        InvalidValue: no attempt was made.
    """
    if attempts < 1:
        raise InvalidValue("a rest follows an attempt")
    return RESTS[min(attempts, len(RESTS)) - 1]


def together(parts: tuple[PartAnswer, ...]) -> Verdict:
    """One verdict from those of all addressees: what is open outweighs what is settled, a refusal outweighs a delivery.

    Raises:
        InvalidValue: nobody was addressed.
    """
    for verdict in (Verdict.NO_ANSWER, Verdict.LATER, Verdict.REFUSED, Verdict.DELIVERED):
        if any(part.verdict is verdict for part in parts):
            return verdict
    raise InvalidValue("a message has at least one addressee")
