"""Whether a signature holds for a decision or a record."""

from __future__ import annotations

from django.db.models import QuerySet

from suture.accounts.models import Signature
from suture.accounts.queries import signatures_on
from suture.evidence.canonical import digest
from suture.reporting.models import Decision, Record806


def signatures_holding(row: Decision | Record806) -> QuerySet[Signature]:
    """The signatures that hold for exactly this record."""
    return signatures_on(row.record_kind, row.uid, digest(row.content()))


def is_signed(row: Decision | Record806) -> bool:
    """Whether a signature holds for exactly this record."""
    return signatures_holding(row).exists()
