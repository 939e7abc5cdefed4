"""The demo manufacturer's pages, served; clients that are signed in; the small manufacturer of the rooms."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from cheroot.wsgi import Server
from django.db import connections
from django.test import Client

from suture.accounts.models import Person
from suture.core.roles import Role
from tests.rooms.casework import Work, build, set_clock


def serve() -> Iterator[str]:
    """The product's own server on a free port, in threads of this process."""
    from suture.config.wsgi import application

    server = Server(("127.0.0.1", 0), application, numthreads=4, server_name="suture-test")
    server.prepare()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.bind_addr[1]}"
    finally:
        server.stop()
        thread.join(timeout=10)
        connections.close_all()


@pytest.fixture(scope="module")
def northlake(said: list[str]) -> Iterator[str]:
    """The demo manufacturer, served."""
    yield from serve()


@pytest.fixture
def tick(monkeypatch: pytest.MonkeyPatch, home: Path) -> Callable[[date], None]:
    """Move the clock to a day."""
    return lambda on: set_clock(monkeypatch, on)


@pytest.fixture
def otto(register: Callable[..., Person]) -> Person:
    """Otto builds (engineering)."""
    return register("Otto Lind", Role.ENGINEERING)


@pytest.fixture
def work(
    db: None, ada: Person, clara: Person, rosa: Person, quinn: Person, otto: Person, tick: Callable[[date], None]
) -> Work:
    """The manufacturer with approved policies and statements, on day 0."""
    return build(ada=ada, clara=clara, rosa=rosa, quinn=quinn, engineer=otto, tick=tick)


@pytest.fixture
def as_person() -> Callable[[Person], Client]:
    """A client signed in as somebody."""

    def _client(person: Person) -> Client:
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return _client
