"""An outside of our own: a deliverer that answers as it is told, and dies where it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from suture.accounts.models import Person
from suture.core.promises import Outcome, PartAnswer, Verdict
from suture.jobs.delivery import Work
from suture.jobs.models import Channel, Promise
from suture.jobs.services import promise


class Killed(BaseException):
    """The process ends here: no handler, no clean-up of ours sees it."""


@dataclass
class Outside:
    """What arrived, and how it answers: `says` is called with the work and gives an outcome, or raises."""

    says: Callable[[Work], Outcome] = lambda work: Outcome(Verdict.DELIVERED, "250 taken")
    arrived: list[tuple[str, Any]] = field(default_factory=list)
    missing: str = ""

    def unready(self) -> str:
        return self.missing

    def deliver(self, work: Work) -> Outcome:
        return self.says(work)

    def take(self, work: Work, to: tuple[str, ...] = ("a@example.org",)) -> Outcome:
        """Hand over, arrive, answer 250."""
        work.hand_over(to)
        self.arrived += [(address, work.payload) for address in to]
        return Outcome(
            Verdict.DELIVERED, "250 taken", tuple(PartAnswer(address, Verdict.DELIVERED, "250 taken") for address in to)
        )

    def close(self) -> None:
        pass


def promised(by: Person, key: str = "k1", **more: Any) -> Promise:
    """A promise of the kind 'call', for the person's own record."""
    with transaction.atomic():
        return promise(
            **{"kind": "call", "key": key, "payload": {"n": 1}, "cause": by, "by": by, "label": f"Call {key}"} | more
        )


def pass_time(by: timedelta) -> None:
    """Let leases, rests and quarantines be that much nearer to their end."""
    Promise.objects.update(rest_until=F("rest_until") - by)
    Promise.objects.exclude(lease_until=None).update(lease_until=F("lease_until") - by)
    Channel.objects.exclude(rest_until=None).update(rest_until=F("rest_until") - by)
