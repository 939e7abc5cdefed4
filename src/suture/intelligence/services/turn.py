"""One import at a time: a lock with an owner who shows signs of life. A dead owner's lock is taken over."""

from __future__ import annotations

import os
import secrets
import socket
import time

from suture.core.errors import Conflict
from suture.intelligence.services.store import Store

DEAD_AFTER = 60  # seconds without a sign of life, where we cannot ask the owner's process

_TAKEN_OVER = "this import stood still for too long, and another one has taken over"


class Turn:
    """The right to import, while it is held. Each write transaction begins with `beat`, which ends a stolen turn."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.owner = f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(8)}"

    def take(self) -> None:
        """Begin the turn.

        Raises:
            Conflict: somebody else imports just now.
        """
        with self._store.transaction():
            holder, beat = self._store.rows("SELECT owner, beat FROM knowledge_state WHERE id = 1")[0]
            if holder and _lives(holder, beat):
                host, process, _ = holder.split(" ")
                raise Conflict(f"another import is under way (process {process} on {host}); wait until it has ended")
            taken = self._store.execute(
                "UPDATE knowledge_state SET owner = ?, beat = ? WHERE id = 1 AND owner = ? AND beat = ?",
                [self.owner, int(time.time()), holder, beat],
            )
            if taken != 1:  # two who saw it free at once: PostgreSQL lets the second one wait here, then find it gone
                raise Conflict("another import has just begun; wait until it has ended")

    def try_take(self) -> bool:
        """Begin the turn, or say that somebody else has it."""
        try:
            self.take()
        except Conflict:
            return False
        return True

    def must_hold(self, owner: str) -> None:
        """Go on only while the turn is ours; `owner` as just read under lock.

        Raises:
            Conflict: it was taken over.
        """
        if owner != self.owner:
            raise Conflict(_TAKEN_OVER)

    def beat(self) -> None:
        """Show a sign of life, inside a write transaction.

        Raises:
            Conflict: this turn was taken over by another import; nothing more may be written.
        """
        touched = self._store.execute(
            "UPDATE knowledge_state SET beat = ? WHERE id = 1 AND owner = ?", [int(time.time()), self.owner]
        )
        if touched != 1:
            raise Conflict(_TAKEN_OVER)

    def give_back(self) -> None:
        """End the turn; without effect where it was taken over."""
        with self._store.transaction():
            self._store.execute("UPDATE knowledge_state SET owner = '' WHERE id = 1 AND owner = ?", [self.owner])


def _lives(holder: str, beat: int) -> bool:
    host, process, _ = holder.split(" ")
    if host == socket.gethostname() and not _runs(int(process)):
        return False
    return time.time() - beat < DEAD_AFTER


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
