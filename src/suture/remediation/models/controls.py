"""The control library: what may lower a risk, described once; and which controls of cases are uses of it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from suture.accounts.models import Person
from suture.assessment.models import Control
from suture.core.controls import EntryState
from suture.core.facts import Answer
from suture.inventory.models import Product

_ANSWERS = [(a.value, a.value) for a in Answer]


class ControlEntry(models.Model):
    """One compensating control as the firm knows it: who employs it, where, how, and which risk it brings itself.

    What it does to one vulnerability, and whether it is in use there, stands on the case's own control (`ControlUse`).
    """

    record_kind: ClassVar[str] = "control of the library"

    uid = models.UUIDField(unique=True, editable=False)
    name = models.CharField(max_length=200, unique=True)
    purpose = models.TextField()  # what it does against an attack
    state = models.CharField(
        max_length=12, choices=[(s.value, s.label) for s in EntryState], default=EntryState.PROPOSED
    )
    external_to_design = models.CharField(max_length=12, choices=_ANSWERS, default=Answer.UNKNOWN)
    field_configurable = models.CharField(max_length=12, choices=_ANSWERS, default=Answer.UNKNOWN)
    employed_by_user = models.CharField(max_length=12, choices=_ANSWERS, default=Answer.UNKNOWN)
    employed_by = models.CharField(max_length=200, blank=True)
    where = models.CharField(max_length=400, blank=True)
    instructions = models.TextField(blank=True)
    skill = models.CharField(max_length=400, blank=True)
    loses = models.TextField(blank=True)  # which function goes with it: "remote alarms"; '' = nobody has said
    adds_risk = models.CharField(max_length=12, choices=_ANSWERS, default=Answer.UNKNOWN)
    adds_risk_because = models.TextField(blank=True)
    checked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    checked_on = models.DateField(null=True)
    verified_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    verified_on = models.DateField(null=True)
    verified_evidence = models.TextField(blank=True)
    holds_until = models.DateField(null=True)  # the last day its verification holds; None: no day was set
    proven_on: models.ManyToManyField[Product, models.Model] = models.ManyToManyField(Product, related_name="+")
    ended_because = models.TextField(blank=True)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.name

    @property
    def at(self) -> EntryState:
        """The state as it was last recorded; `queries.state_today` says what it is on a day."""
        return EntryState(self.state)

    def content(self) -> dict[str, Any]:
        """Its words, for evidence."""
        names = (
            "name", "purpose", "state", "external_to_design", "field_configurable", "employed_by_user", "employed_by",
            "where", "instructions", "skill", "loses", "adds_risk", "adds_risk_because", "checked_on", "verified_on",
            "verified_evidence", "holds_until", "ended_because",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}


class ControlUse(models.Model):
    """A control of a case that was taken from the library. The link stands here: assessment looks at no later room."""

    entry = models.ForeignKey(ControlEntry, on_delete=models.PROTECT, related_name="uses")
    control = models.OneToOneField(Control, on_delete=models.PROTECT, related_name="library_use")
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ("entry", "pk")

    def __str__(self) -> str:
        return f"{self.entry} in {self.control.case.number}"
