"""Fixtures of every test that touches rooms or doors: a home, a committed database of its own, and the people."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.db import connection, connections

from suture.accounts.models import Person
from suture.accounts.services import register_person
from suture.core.roles import Role

PASSWORD = "a stitch in time saves nine"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A SUTURE_HOME of the test's own: blobs and the chain's head do not leak from test to test."""
    place = tmp_path / "home"
    place.mkdir()
    monkeypatch.setattr(django_settings, "SUTURE", django_settings.SUTURE.model_copy(update={"home": place}))
    return place


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: Any, home: Path) -> Iterator[str]:
    """A copy of the migrated database in which commits are real: for threads, processes, triggers and kills.

    Evidence tables are never flushed (their triggers refuse it), so such tests get a database of their own and
    throw it away. Gives its name: a file path on SQLite, a database name on PostgreSQL.
    """
    with django_db_blocker.unblock():
        original = connection.settings_dict["NAME"]
        connections.close_all()
        if connection.vendor == "sqlite":
            copy = str(home / "suture.sqlite3")
            shutil.copy(original, copy)
        else:
            copy = f"test_copy_{uuid4().hex[:16]}"
            _admin(f'CREATE DATABASE "{copy}" TEMPLATE "{original}"')
        connection.settings_dict["NAME"] = copy
        try:
            yield copy
        finally:
            connections.close_all()
            connection.settings_dict["NAME"] = original
            if connection.vendor == "postgresql":
                _admin(f'DROP DATABASE "{copy}" WITH (FORCE)')


def _admin(statement: str) -> None:
    import psycopg

    wanted = connection.settings_dict
    with psycopg.connect(
        host=wanted["HOST"], port=wanted["PORT"], user=wanted["USER"], password=wanted["PASSWORD"],
        dbname="postgres", autocommit=True,
    ) as server:  # fmt: skip
        server.execute(statement)


@pytest.fixture
def register(home: Path) -> Callable[..., Person]:
    """Register a person with roles; the password is `PASSWORD`."""

    def _register(name: str, *roles: Role, **more: Any) -> Person:
        admin = Person.objects.filter(username="root").first() or register_person(
            username="root", printed_name="Root Administrator", roles=[Role.ADMINISTRATOR], by=None, password=PASSWORD
        )
        return register_person(
            username=name.split()[0].lower(), printed_name=name, roles=roles, by=admin, password=PASSWORD, **more
        )

    return _register


@pytest.fixture
def ada(register: Callable[..., Person]) -> Person:
    """Ada assesses (PSIRT)."""
    return register("Ada Lind", Role.PSIRT)


@pytest.fixture
def clara(register: Callable[..., Person]) -> Person:
    """Clara judges harm (clinical safety)."""
    return register("Clara Voss", Role.CLINICAL_SAFETY)


@pytest.fixture
def rosa(register: Callable[..., Person]) -> Person:
    """Rosa decides and reports (regulatory affairs)."""
    return register("Rosa Luz", Role.REGULATORY_AFFAIRS)


@pytest.fixture
def quinn(register: Callable[..., Person]) -> Person:
    """Quinn approves policy (quality)."""
    return register("Quinn Vale", Role.QUALITY)


@pytest.fixture
def finn(register: Callable[..., Person]) -> Person:
    """Finn only found something: a person without any role."""
    return register("Finn Hale")
