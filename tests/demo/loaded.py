"""The demo manufacturer, loaded once in a worker's session; each module that asks gets a copy of database and home."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.db import connection, connections

from tests.house import _admin


class Loaded(NamedTuple):
    """Where the load lies, to be copied, and what it said while it ran."""

    home: Path
    database: str
    lines: list[str]


def copy_of(database: str, home: Path) -> str:
    """Copy a database: into the home on SQLite, beside the original on PostgreSQL; gives its name."""
    if connection.vendor == "sqlite":
        shutil.copy(database, home / "suture.sqlite3")
        return str(home / "suture.sqlite3")
    name = f"test_northlake_{uuid4().hex[:16]}"
    _admin(f'CREATE DATABASE "{name}" TEMPLATE "{database}"')
    return name


@contextmanager
def at_work_in(database: str, home: Path) -> Iterator[None]:
    """This process works in a database in which commits are real, with the SUTURE_HOME that belongs to it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(django_settings, "SUTURE", django_settings.SUTURE.model_copy(update={"home": home}))
        connections.close_all()
        patch.setitem(connection.settings_dict, "NAME", database)
        yield
        connections.close_all()


def throw_away(database: str) -> None:
    """What lies in a temporary folder goes with it."""
    if connection.vendor == "postgresql":
        _admin(f'DROP DATABASE "{database}" WITH (FORCE)')


@pytest.fixture(scope="session")
def northlake_loaded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loaded]:
    """Northlake Medical, loaded; nobody works in it but by copy."""
    from suture import demo  # the rooms need Django set up

    home = tmp_path_factory.mktemp("northlake")
    lines: list[str] = []
    with django_db_blocker.unblock():
        connections.close_all()
        database = copy_of(str(connection.settings_dict["NAME"]), home)
        with at_work_in(database, home):
            demo.load(lines.append)
    yield Loaded(home, database, lines)
    with django_db_blocker.unblock():
        throw_away(database)


@pytest.fixture(scope="module")
def said(
    northlake_loaded: Loaded, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[str]]:
    """A copy of the loaded manufacturer for one module; what the load said while it ran."""
    home = tmp_path_factory.mktemp("copy") / "northlake"
    shutil.copytree(northlake_loaded.home, home)
    with django_db_blocker.unblock():
        connections.close_all()
        database = copy_of(northlake_loaded.database, home)
        with at_work_in(database, home):
            yield list(northlake_loaded.lines)
        throw_away(database)
