"""The demo manufacturer, loaded once for all the tests of a module, in a database and a home of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.db import connection, connections

from tests.house import _admin


@pytest.fixture(scope="module")
def empty_house(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A copy of the migrated database in which commits are real, and a SUTURE_HOME beside it."""
    home = tmp_path_factory.mktemp("northlake")
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(django_settings, "SUTURE", django_settings.SUTURE.model_copy(update={"home": home}))
        original = connection.settings_dict["NAME"]
        connections.close_all()
        if connection.vendor == "sqlite":
            copy = str(home / "suture.sqlite3")
            shutil.copy(original, copy)
        else:
            copy = f"test_northlake_{uuid4().hex[:16]}"
            _admin(f'CREATE DATABASE "{copy}" TEMPLATE "{original}"')
        connection.settings_dict["NAME"] = copy
        try:
            yield home
        finally:
            connections.close_all()
            connection.settings_dict["NAME"] = original
            if connection.vendor == "postgresql":
                _admin(f'DROP DATABASE "{copy}" WITH (FORCE)')


@pytest.fixture(scope="module")
def said(empty_house: Path) -> list[str]:
    """Northlake Medical loaded; what the load said while it ran."""
    from suture import demo  # the rooms need Django set up

    lines: list[str] = []
    demo.load(lines.append)
    return lines
