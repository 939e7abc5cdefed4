"""Every test here has a home of its own; casework starts from the same small manufacturer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from suture.accounts.models import Person
from suture.core.roles import Role
from tests.rooms.casework import Work, build, set_clock


@pytest.fixture(autouse=True)
def _own_home(home: Path) -> None:
    """See tests/house.py."""


@pytest.fixture
def tick(monkeypatch: pytest.MonkeyPatch, home: Path) -> Callable[[date], None]:
    """Move the clock to a day."""
    return lambda on: set_clock(monkeypatch, on)


@pytest.fixture
def otto(register: Callable[..., Person]) -> Person:
    """Otto builds (engineering)."""
    return register("Otto Lind", Role.ENGINEERING)


@pytest.fixture
def fay(register: Callable[..., Person]) -> Person:
    """Fay is at the hospitals (field service)."""
    return register("Fay Moreau", Role.FIELD_SERVICE)


@pytest.fixture
def work(
    db: None, ada: Person, clara: Person, rosa: Person, quinn: Person, otto: Person, tick: Callable[[date], None]
) -> Work:
    """The manufacturer with approved policies and statements, on day 0."""
    return build(ada=ada, clara=clara, rosa=rosa, quinn=quinn, engineer=otto, tick=tick)
