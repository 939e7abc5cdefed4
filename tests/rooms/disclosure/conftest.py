"""People of disclosure, and a finder at the door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from suture.accounts.models import Person
from suture.core.roles import Role
from suture.disclosure import doorkeeping
from suture.disclosure.services import Received, Sender, Telling, receive_report


@pytest.fixture
def owen(db: None, register: Callable[..., Person]) -> Person:
    """Owen coordinates."""
    return register("Owen Case", Role.COORDINATOR)


@pytest.fixture
def easy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A puzzle of four bits; test_door.py tries the real one."""
    monkeypatch.setattr(doorkeeping, "BITS", 4)


def solved(challenge: str, bits: int) -> str:
    """The smallest answer to a challenge."""
    return next(str(n) for n in range(1 << 24) if doorkeeping.solves(challenge, str(n), bits))


@pytest.fixture
def tell(easy: None) -> Callable[..., Received]:
    """A finder sends a report through the door."""

    def _tell(what: str = "The console opens without a password.", **more: Any) -> Received:
        challenge = doorkeeping.new_challenge()
        sender = more.pop("sender", Sender(name="Nell Ashby", contact="nell@example.org", credit="Nell Ashby"))
        files, address = more.pop("files", ()), more.pop("address", "192.0.2.7")
        return receive_report(
            telling=Telling(what=what, **more), sender=sender, files=files, challenge=challenge,
            answer=solved(challenge, 4), address=address,
        )  # fmt: skip

    return _tell
