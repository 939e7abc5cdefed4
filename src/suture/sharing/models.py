"""ISAO memberships as dated evidence, what an ISAO was given, and VEX documents as published."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from suture.accounts.models import Person, Wall
from suture.assessment.models import Case
from suture.core.facts import Answer
from suture.core.isao import IsaoCriterion
from suture.inventory.models import Release


class IsaoMembership(models.Model):
    """Our relation with one ISAO. Whether we participate actively on a day is read off its criteria (F §IX)."""

    record_kind: ClassVar[str] = "ISAO membership"

    uid = models.UUIDField(unique=True, editable=False)
    isao = models.CharField(max_length=200, unique=True)
    contact = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ("isao",)

    def __str__(self) -> str:
        return self.isao

    @property
    def label(self) -> str:
        return self.isao


class CriterionRecord(models.Model):
    """Evidence that one of the four criteria was, or was not, met from one day until another. Append-only."""

    record_kind: ClassVar[str] = "ISAO criterion"

    uid = models.UUIDField(unique=True, editable=False)
    membership = models.ForeignKey(IsaoMembership, on_delete=models.PROTECT, related_name="records")
    criterion = models.CharField(max_length=12, choices=[(c.value, c.value) for c in IsaoCriterion])
    holds = models.CharField(max_length=12, choices=[(a.value, a.value) for a in Answer])
    since = models.DateField()
    until = models.DateField(null=True)  # inclusive; None: still
    evidence = models.TextField()
    blob = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    supersedes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="superseded_by")

    class Meta:
        ordering = ("membership", "criterion", "since", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="criterion_ends_after_it_begins"
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.membership.isao}, {self.criterion}, from {self.since:%d %b %Y}"


class IsaoSubmission(models.Model):
    """What an ISAO was given on a day: a customer communication, vulnerability information. Append-only."""

    record_kind: ClassVar[str] = "ISAO submission"

    uid = models.UUIDField(unique=True, editable=False)
    membership = models.ForeignKey(IsaoMembership, on_delete=models.PROTECT, related_name="submissions")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="isao_submissions")
    what = models.CharField(max_length=300)
    communication = models.CharField(max_length=200, blank=True)  # the notice's number, as in the fact 'customers told'
    given_on = models.DateField()
    tlp = models.CharField(max_length=20)
    receipt = models.CharField(max_length=200, blank=True)
    blob = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("-given_on", "-pk")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.what}, given to {self.membership.isao} on {self.given_on:%d %b %Y}"

    @property
    def wall(self) -> Wall | None:
        return self.case.wall


class VexPublication(models.Model):
    """One version of a release's VEX in one dialect, as written: the bytes lie in the blob store. Append-only."""

    class Dialect(models.TextChoices):
        OPENVEX = "openvex", "OpenVEX"
        CYCLONEDX = "cyclonedx", "CycloneDX VEX"

    record_kind: ClassVar[str] = "VEX document"

    uid = models.UUIDField(unique=True, editable=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="vex_documents")
    dialect = models.CharField(max_length=12, choices=Dialect)
    version = models.PositiveIntegerField()
    document_id = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    statements = models.PositiveIntegerField()
    counts = models.JSONField(default=dict)  # statements by status
    basis = models.CharField(max_length=64)  # digest of what is stated: equal basis, nothing new to say
    issued_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("release", "dialect", "-version")
        constraints = (models.UniqueConstraint(fields=["release", "dialect", "version"], name="one_vex_version"),)

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"VEX of {self.release.label}, {self.get_dialect_display()}, version {self.version}"

    def facts(self) -> dict[str, Any]:
        """What evidence keeps of it."""
        return {
            "release": self.release.uid, "dialect": self.dialect, "version": self.version, "id": self.document_id,
            "sha256": self.sha256, "counts": self.counts,
        }  # fmt: skip
