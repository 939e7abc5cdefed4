"""Reads of the control library."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Q, QuerySet

from suture.core.cases import ControlState
from suture.core.controls import EntryState, entry_on
from suture.inventory.models import Establishment
from suture.remediation.models import ControlEntry, ControlUse

FALLBACK_ZONE = "UTC"  # before the first establishment is registered


def house_zone() -> str:
    """The zone of what belongs to no one site: that of the first establishment."""
    zone = Establishment.objects.order_by("pk").values_list("time_zone", flat=True).first()
    return zone or FALLBACK_ZONE


def library() -> QuerySet[ControlEntry]:
    """Every entry, with in how many cases it is used now. The library says nothing of any case."""
    in_use = Count("uses", filter=Q(uses__control__state=ControlState.IN_USE))
    return ControlEntry.objects.annotate(uses_now=in_use).select_related("checked_by", "verified_by").order_by("name")


def state_today(row: ControlEntry, today: date) -> EntryState:
    """The state of an entry on a day: expired the day after its verification ran out, whether noted or not."""
    return entry_on(row.at, row.holds_until, today)


def offered(today: date) -> list[ControlEntry]:
    """Entries that may be taken into a case on a day."""
    return [
        row
        for row in library().prefetch_related("proven_on")
        if state_today(row, today) in (EntryState.RECOMMENDED, EntryState.IN_USE)
    ]


def uses_of(row: ControlEntry, cases: Iterable[int]) -> QuerySet[ControlUse]:
    """The uses of an entry in these cases (by key): those the person may know of."""
    return row.uses.filter(control__case__in=list(cases)).select_related("control__case", "control__product")
