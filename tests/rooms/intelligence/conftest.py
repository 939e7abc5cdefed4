"""A database of the test's own, Ada who imports, and what the tables then hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from suture.accounts.models import Person
from suture.intelligence.services import SourceResult, import_feeds


@pytest.fixture
def world(committed_db: str, ada: Person) -> str:
    """A committed, empty database; gives its name."""
    return committed_db


@pytest.fixture
def take_in(world: str, ada: Person) -> Callable[..., SourceResult]:
    """Import files as Ada, and give the one source's result."""

    def _take_in(*paths: Path, **options: Any) -> SourceResult:
        (result,) = import_feeds(paths, by=ada, **options)
        return result

    return _take_in


@pytest.fixture
def sql(world: str) -> Callable[..., list[tuple[Any, ...]]]:
    """Rows of a plain SQL statement."""

    def _sql(statement: str, *arguments: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, arguments)
            return [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in cursor.fetchall()]

    return _sql
