"""An installation served by its own process, and the people of the firm at their browsers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.doors.process.installation import PASSWORD, Installation
from tests.doors.walk.somebody import Somebody

# What no door offers on a new installation: its first people, whose it is, and the example policies as drafts.
BEGINNING = f"""
from suture.accounts.services import register_person
from suture.core import exploitability, risk
from suture.core.exploitability import EXAMPLE_EXPLOITABILITY
from suture.core.risk import EXAMPLE_POLICY
from suture.core.roles import Role
from suture.policy.models import PolicyKind
from suture.policy.services import propose_policy, set_up
root = register_person(
    username="noor", printed_name="Noor Fairweather", roles=[Role.ADMINISTRATOR], by=None, password={PASSWORD!r})
quinn = register_person(
    username="quinn", printed_name="Quinn Vale", roles=[Role.QUALITY], by=root, password={PASSWORD!r})
set_up(manufacturer="Northlake Medical", demo=False, by=root)
for kind, name, body in (
    (PolicyKind.RISK_MATRIX, "Risk matrix of Northlake", risk.to_json(EXAMPLE_POLICY)),
    (PolicyKind.EXPLOITABILITY, "Exploitability mapping of Northlake",
     exploitability.to_json(EXAMPLE_EXPLOITABILITY)),
):
    propose_policy(kind=kind, name=name, body=body, by=quinn, because="to start from", example=True)
"""


@contextmanager
def database(template: str = "") -> Iterator[str]:
    """The URL of a database of the engine under test: empty, or a copy of another; dropped at the end.

    On SQLite it lies in the installation's folder and needs neither.
    """
    server = os.environ.get("SUTURE_TEST_DATABASE_URL", "sqlite")
    if server == "sqlite":
        yield server
        return
    psycopg = pytest.importorskip("psycopg")
    name = f"test_walk_{uuid4().hex[:16]}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
        try:
            yield server.rsplit("/", 1)[0] + f"/{name}"
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A new installation, not the demo: nothing in it but its first people and two policy drafts. To be copied."""
    with database() as url:
        made = Installation(tmp_path_factory.mktemp("beginning") / "installation", url)
        made.home.mkdir()
        made.suture("migrate")
        made.python(BEGINNING)
        yield made


@pytest.fixture
def house(beginning: Installation, tmp_path: Path) -> Iterator[Installation]:
    """A copy of the new installation, for one test; whatever of it still runs is ended."""
    place = tmp_path / "installation"
    shutil.copytree(beginning.home, place)
    with database(beginning.database_url.rpartition("/")[2]) as url:
        made = replace(beginning, home=place, database_url=url)
        try:
            yield made
        finally:
            if made.server is not None and made.server.poll() is None:
                made.kill()


@pytest.fixture
def at_browser(browser: Any, house: Installation) -> Iterator[Callable[[str, str], Somebody]]:
    """Puts somebody before a browser of their own."""
    there: list[Somebody] = []

    def _sit_down(username: str, name: str) -> Somebody:
        there.append(Somebody(browser, f"http://127.0.0.1:{house.port}", username, name))
        return there[-1]

    yield _sit_down
    for somebody in there:
        print(somebody.tells())  # shown when the test failed
        somebody.leaves()
