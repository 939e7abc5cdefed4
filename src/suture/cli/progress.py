"""Progress and advice, on stderr: stdout belongs to results."""

from __future__ import annotations

import sys


def say(line: str) -> None:
    """One line for the person at the terminal."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201
