"""Whether a signature holds for a decision or a record, and how long a record is kept."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from django.db.models import QuerySet

from suture.accounts.models import Signature
from suture.accounts.queries import signatures_on
from suture.core.reports806 import retain_record_until
from suture.evidence.canonical import digest
from suture.reporting.models import Decision, Record806


def signatures_holding(row: Decision | Record806) -> QuerySet[Signature]:
    """The signatures that hold for exactly this record."""
    return signatures_on(row.record_kind, row.uid, digest(row.content()))


def is_signed(row: Decision | Record806) -> bool:
    """Whether a signature holds for exactly this record."""
    return signatures_holding(row).exists()


def keep_until(record: Record806) -> date | None:
    """The last day the record must be kept; None while it cannot be said, and then it is kept.

    It cannot while a release of the device is still distributed, or nobody stated the expected life.
    Source: 21 CFR 806.20(c): two years beyond the expected life of the device, even if it is no longer made.
    """
    months = record.product.expected_life_months
    distributed = record.product.releases.filter(first_distributed_on__isnull=False)
    days = list(distributed.values_list("last_distributed_on", flat=True))
    if not months or not days or None in days:
        return None
    return retain_record_until(_after(max(day for day in days if day is not None), months))


def _after(on: date, months: int) -> date:
    """The same day so many months later; the last day of the month where it has no such day."""
    year, month = divmod(on.month - 1 + months, 12)
    year, month = on.year + year, month + 1
    return on.replace(year=year, month=month, day=min(on.day, monthrange(year, month)[1]))
