"""One spelling of a record, so that its hash is the same on every machine and in every year."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, UUID | Decimal):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    raise TypeError(f"{type(value).__name__} has no canonical spelling")


def canonical(value: Any) -> str:
    """Spell a value as JSON with sorted keys, no spaces, no escapes beyond JSON's own.

    Raises:
        TypeError: the value holds something without a canonical spelling.
    """
    return json.dumps(value, default=_plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(value: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical spelling, as 64 hex digits: what a signature binds."""
    return hashlib.sha256(canonical(value).encode("utf-8")).hexdigest()
