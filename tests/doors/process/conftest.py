"""Installations in processes of their own, on the engine under test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.doors.process.installation import SET_UP, Installation


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """An empty, migrated installation; its PostgreSQL database, if that is the engine, is dropped at the end."""
    place = tmp_path / "installation"
    place.mkdir()
    server_url = os.environ.get("SUTURE_TEST_DATABASE_URL", "sqlite")
    url, name = server_url, ""
    if server_url != "sqlite":
        name = f"test_proc_{uuid4().hex[:16]}"
        _admin(server_url, f'CREATE DATABASE "{name}"')
        url = server_url.rsplit("/", 1)[0] + f"/{name}"
    made = Installation(place, url)
    made.suture("migrate")
    try:
        yield made
    finally:
        if made.server is not None and made.server.poll() is None:
            made.kill()
        if name:
            _admin(server_url, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def releases(installation: Installation) -> list[str]:
    """People, a device and three releases; gives the releases' uids."""
    return installation.python(SET_UP).split()


def _admin(url: str, statement: str) -> None:
    psycopg = pytest.importorskip("psycopg")
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(statement)
