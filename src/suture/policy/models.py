"""Policy versions, number sequences, the manufacturer's own data."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class PolicyKind(models.TextChoices):
    RISK_MATRIX = "risk-matrix", "Risk matrix"
    EXPLOITABILITY = "exploitability", "Exploitability mapping"
    CLOCKS = "clocks", "Search intervals and closures"
    DISCLOSURE = "disclosure", "Disclosure policy"


class PolicyVersion(models.Model):
    """One version of one policy. Never edited: a change is a new version; an old case keeps its own.

    `example` marks what Suture ships to start from. It is not FDA's, and outside the demo nothing is decided
    under it until a person has approved it by signature.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        APPROVED = "approved"

    record_kind: ClassVar[str] = "policy"

    uid = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(max_length=40, choices=PolicyKind)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    body = models.JSONField()
    example = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    effective_from = models.DateField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "version"], name="one_policy_version"),)
        ordering = ("kind", "version")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.get_kind_display()} {self.version}: {self.name}"

    def content(self) -> dict[str, Any]:
        """What a signature binds."""
        return {
            "kind": self.kind,
            "version": self.version,
            "name": self.name,
            "body": self.body,
            "example": self.example,
        }


class Counter(models.Model):
    """The next number of a human sequence ('case-2026', 'report806-C'). Taken in the transaction that uses it."""

    name = models.CharField(max_length=60, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.last}"


class Installation(models.Model):
    """The one row that says whose installation this is, and whether it is the demo."""

    manufacturer = models.CharField(max_length=200)
    demo = models.BooleanField(default=False)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(pk=1), name="one_installation"),)

    def __str__(self) -> str:
        return self.manufacturer
