"""The machine's own time, for leases and rests: a clock set for the demo stands still, and a lease would never end."""

from __future__ import annotations

from datetime import UTC, datetime


def machine_now() -> datetime:
    """This instant by the machine, UTC, whatever clock the house shows."""
    return datetime.now(UTC)
