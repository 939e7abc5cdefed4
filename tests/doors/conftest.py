"""Every test here has a home of its own."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _own_home(home: Path) -> None:
    """See tests/house.py."""
