"""Decisions on what is owed, the 806 report and the 806.20 record, and the documents made of them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from suture.accounts.models import Person, Wall
from suture.assessment.models import Case
from suture.core.cases import ReportState
from suture.core.reportability import Duty806
from suture.inventory.models import Product


class Decision(models.Model):
    """What the rules R1 to R25 say of a case on a day, per device, with every input. Append-only; signed by signature.

    `devices` holds for each device: the rules that fired and those that are open, each with inputs, citation and
    kind; the answers to every question; and where the 806 report stands.
    """

    record_kind: ClassVar[str] = "decision"

    uid = models.UUIDField(unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    version = models.PositiveIntegerField()
    as_of = models.DateField()
    made_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    because = models.TextField(blank=True)
    duty_806 = models.CharField(max_length=20, choices=[(d.value, d.value) for d in Duty806])  # the gravest device's
    devices = models.JSONField(default=list)
    conditions = models.JSONField(default=list)  # the four, as of that day
    given = models.JSONField(default=dict)  # answers a person gave for what no record holds, with reasons
    basis = models.CharField(max_length=64)  # digest of the inputs: equal basis, nothing new to decide

    class Meta:
        ordering = ("case", "-version")
        constraints = (models.UniqueConstraint(fields=["case", "version"], name="one_decision_version"),)

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"Decision {self.version} on {self.case.number}"

    @property
    def wall(self) -> Wall | None:
        return self.case.wall

    def content(self) -> dict[str, Any]:
        """What a signature binds."""
        return {
            "case": self.case.uid, "version": self.version, "as_of": self.as_of, "because": self.because,
            "duty_806": self.duty_806, "devices": self.devices, "conditions": self.conditions, "given": self.given,
        }  # fmt: skip


class Report806(models.Model):
    """The report of a correction or removal of one device (21 CFR 806.10). Its number is given when it is submitted.

    `answers` are texts a person wrote for an item, and reasons and dates for what is missing; the rest of the 13
    items is read from the record each time it is shown.
    """

    record_kind: ClassVar[str] = "806 report"

    uid = models.UUIDField(unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reports_806")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="reports_806")
    type = models.CharField(max_length=1, choices=[("C", "correction"), ("R", "removal")])
    state = models.CharField(max_length=16, choices=[(s.value, s.value.replace("_", " ")) for s in ReportState])
    version = models.PositiveIntegerField(default=1)
    answers = models.JSONField(default=dict)  # {"7": {"text", "missing_because", "submit_on"}}
    number = models.CharField(max_length=40, blank=True)
    submitted_on = models.DateField(null=True)
    receipt = models.CharField(max_length=200, blank=True)
    drafted_at = models.DateTimeField()

    class Meta:
        ordering = ("case", "product")
        constraints = (
            models.UniqueConstraint(fields=["case", "product", "type"], name="one_806_report_per_device"),
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="one_806_number"),
            models.CheckConstraint(
                condition=Q(number="") | Q(submitted_on__isnull=False), name="numbered_when_submitted"
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"806 report of {self.product.brand_name}, {self.number or 'draft'} ({self.case.number})"

    @property
    def is_sent(self) -> bool:
        """Whether it was sent to FDA: then it has its number. A file closed under FDA's policy was not sent."""
        return bool(self.number)

    @property
    def wall(self) -> Wall | None:
        return self.case.wall


class Record806(models.Model):
    """The record of a correction or removal that is not reported (21 CFR 806.20), reviewed by a designated person.

    One version each; a change is a new version. `items` are the five of 806.20(b), with texts and sources.
    """

    record_kind: ClassVar[str] = "806.20 record"

    uid = models.UUIDField(unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="records_806")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="records_806")
    version = models.PositiveIntegerField()
    justification = models.TextField()
    follow_ups = models.TextField(blank=True)
    items = models.JSONField(default=list)
    drafted_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("case", "product", "-version")
        constraints = (models.UniqueConstraint(fields=["case", "product", "version"], name="one_806_record_version"),)

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"806.20 record of {self.product.brand_name}, version {self.version} ({self.case.number})"

    @property
    def wall(self) -> Wall | None:
        return self.case.wall

    def content(self) -> dict[str, Any]:
        """What a signature binds."""
        return {
            "case": self.case.uid, "product": self.product.uid, "version": self.version,
            "justification": self.justification, "follow_ups": self.follow_ups, "items": self.items,
        }  # fmt: skip


class Document(models.Model):
    """A PDF made of a record, kept by its SHA-256. The same record gives the same bytes. Append-only."""

    class Kind(models.TextChoices):
        REPORT_806 = "806-report", "806 report"
        RECORD_806 = "806.20-record", "806.20 record"

    record_kind: ClassVar[str] = "document"

    uid = models.UUIDField(unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=16, choices=Kind)
    of_uid = models.UUIDField()  # the report or record it was made of
    of_version = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    record_digest = models.CharField(max_length=64)
    draft = models.BooleanField()
    made_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-made_at", "-pk")
        indexes = (models.Index(fields=["of_uid"], name="documents_of_record"),)

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name

    @property
    def wall(self) -> Wall | None:
        return self.case.wall
