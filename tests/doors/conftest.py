"""Every test here has a home of its own; one browser serves them all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _own_home(home: Path) -> None:
    """See tests/house.py."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium from the system; its tests are skipped where there is none.

    One for the whole session: its driver runs an event loop in our thread, and a thread bears only one. Django
    keeps other connections for a thread with a loop than for one without, so those of before are closed: an open
    one holds tables in its WAL, and a copy of the file lacks them.
    """
    from django.db import connections

    found = os.environ.get("SUTURE_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    connections.close_all()
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=found, args=FLAGS)
        yield started
        started.close()
        connections.close_all()
