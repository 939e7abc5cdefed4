"""Shared by every test: where the real records lie, and an honest count of the tests that need them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.house", "tests.demo.loaded"]
# A busy machine is no failure: timings belong in `make bench`.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
ROOT = Path(__file__).resolve().parent.parent
LONG = tuple(str(ROOT / "tests" / "doors" / name) for name in ("walk", "process", "web/test_odd", "web/test_every"))


def data_root() -> Path:
    """The folder of real feeds, SBOMs and conformance suites: `SUTURE_TEST_DATA`, by default ../shared/data."""
    return Path(os.environ.get("SUTURE_TEST_DATA", ROOT.parent / "shared" / "data"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave `deep` tests to `make deep`, and `once` tests to the first engine; skip `data` tests where data is absent.

    The long ones come first, so that no worker ends with one while the other rests.
    """
    absent = None if data_root().is_dir() else pytest.mark.skip(reason=f"SUTURE_TEST_DATA: no folder {data_root()}")
    deep = (config.option.markexpr or "").startswith("deep")
    first = os.environ.get("SUTURE_TEST_ENGINE") != "PostgreSQL"
    kept, left_out = [], []
    for item in items:
        if (item.get_closest_marker("deep") or (item.get_closest_marker("once") and not first)) and not deep:
            left_out.append(item)
            continue
        if item.get_closest_marker("data"):
            item.user_properties.append(("data", "yes"))  # tools/summary.py counts them
            if absent:
                item.add_marker(absent)
        kept.append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    items[:] = sorted(kept, key=lambda item: not str(item.path).startswith(LONG))


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """The migrated test database, also when only tests with a committed copy of it were collected."""
    from django.test.utils import setup_databases, teardown_databases

    with django_db_blocker.unblock():
        made = setup_databases(0, False, aliases={"default"}, serialized_aliases=set())
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, 0)


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Root of the real records; a test that asks for it is marked `data`."""
    return data_root()


def pytest_report_header() -> str:
    """Name the engine and the records on every report."""
    engine = os.environ.get("SUTURE_TEST_ENGINE") or "SQLite"
    return f"database: {engine} · records: {data_root() if data_root().is_dir() else 'absent'}"
