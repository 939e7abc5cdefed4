"""Field service: an order for one unit, and the record of what was done (21 CFR 820.35(b))."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from suture.accounts.models import Person, Wall
from suture.core.servicing import ServiceRecord, WorkOrderState
from suture.inventory.models import Unit
from suture.remediation.models.campaigns import Campaign


class ServiceOrder(models.Model):
    """Work on one unit in the field, and its service record. A second visit is another order."""

    record_kind: ClassVar[str] = "service order"

    uid = models.UUIDField(unique=True, editable=False)
    number = models.CharField(max_length=20, unique=True)  # SO-2026-0311
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="service_orders")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="service_orders")
    state = models.CharField(
        max_length=14, choices=[(s.value, s.label) for s in WorkOrderState], default=WorkOrderState.OPEN
    )
    instructions = models.TextField()
    due_on = models.DateField(null=True)
    assigned_to = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="service_orders")
    # the record of servicing
    device = models.CharField(max_length=200, blank=True)
    identifier = models.CharField(max_length=200, blank=True)
    serviced_on = models.DateField(null=True)
    serviced_by = models.CharField(max_length=200, blank=True)
    service = models.TextField(blank=True)
    test_data = models.TextField(blank=True)
    version_found = models.CharField(max_length=80, blank=True)
    observed = models.TextField(blank=True)  # anything that may be a cybersecurity signal
    ended_because = models.TextField(blank=True)
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        ordering = ("-opened_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["campaign", "unit"],
                condition=models.Q(state__in=["open", "assigned", "wrong_version"]),
                name="one_open_service_order",
            ),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def label(self) -> str:
        return self.number

    @property
    def wall(self) -> Wall | None:
        return self.campaign.wall

    @property
    def at(self) -> WorkOrderState:
        """The state as the core's value."""
        return WorkOrderState(self.state)

    @property
    def service_record(self) -> ServiceRecord:
        """The record as the core reads it."""
        return ServiceRecord(
            device=self.device, identifier=self.identifier, serviced_on=self.serviced_on, serviced_by=self.serviced_by,
            service=self.service, test_data=self.test_data, version_found=self.version_found,
        )  # fmt: skip

    def content(self) -> dict[str, Any]:
        """Its words, for evidence."""
        names = (
            "number", "state", "instructions", "due_on", "device", "identifier", "serviced_on", "serviced_by",
            "service", "test_data", "version_found", "observed", "ended_because",
        )  # fmt: skip
        return {"campaign": self.campaign.number, "unit": self.unit.uid, **{n: getattr(self, n) for n in names}}
