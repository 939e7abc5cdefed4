"""An installation served by its own process, and the people of the firm at their browsers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.doors.process.conftest import installation
from tests.doors.process.installation import PASSWORD, Installation
from tests.doors.walk.somebody import Somebody

__all__ = ["installation"]

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


@pytest.fixture
def house(installation: Installation) -> Iterator[Installation]:
    """A new installation, not the demo: nothing in it but its first people and two policy drafts."""
    installation.python(BEGINNING)
    yield installation
    if installation.server is not None and installation.server.poll() is None:
        installation.kill()


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
