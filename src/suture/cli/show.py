"""How results are printed: a table for people, JSON for scripts. Only results go to stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Any
from uuid import UUID

import msgspec


class Output(StrEnum):
    """The two forms of every result."""

    TABLE = "table"
    JSON = "json"


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)


def as_json(value: Any) -> None:
    """One JSON document on stdout."""
    # Indented afterwards: with an indent, Python writes JSON without its C encoder, ten times slower.
    text = json.dumps(value, default=_plain, ensure_ascii=False)
    sys.stdout.write(msgspec.json.format(text, indent=2) + "\n")


def as_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "", right: Sequence[int] = ()
) -> None:
    """A table on stdout: wide enough for a pipe, never cut; `right` are the numbers of right-aligned columns."""
    from rich.console import Console  # not for JSON: it takes as long to load as a short command to run
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else 220, highlight=False, soft_wrap=False)
    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    console.print(table)
