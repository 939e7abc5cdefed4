"""A day as people write it on the command line."""

from __future__ import annotations

from datetime import date

from suture.core.errors import InvalidValue


def day(text: str, option: str) -> date:
    """Read '2026-03-31'.

    Raises:
        InvalidValue: it is no such date; names the option.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidValue(f"{option}: write a date as 2026-03-31, not '{text}'") from error
