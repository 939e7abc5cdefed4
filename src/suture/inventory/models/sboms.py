"""Immutable SBOM documents, their components, and those that wait in quarantine."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from suture.accounts.models import Person
from suture.inventory.models.products import Release


class SbomDocument(models.Model):
    """An SBOM as it was handed in, kept by its SHA-256. Never edited: a correction is another document."""

    record_kind: ClassVar[str] = "SBOM"

    uid = models.UUIDField(unique=True, editable=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="sboms")
    sha256 = models.CharField(max_length=64)
    format = models.CharField(max_length=20)
    spec_version = models.CharField(max_length=20)
    serial = models.CharField(max_length=300, blank=True)
    created = models.CharField(max_length=60, blank=True)
    author = models.CharField(max_length=300, blank=True)
    file_name = models.CharField(max_length=300)
    imported_at = models.DateTimeField()
    components_read = models.PositiveIntegerField()
    components_skipped = models.PositiveIntegerField()
    problems = models.JSONField(default=list)  # [{"where", "what", "mend"}]

    class Meta:
        constraints = (models.UniqueConstraint(fields=["release", "sha256"], name="same_sbom_once"),)
        ordering = ("-imported_at",)

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"SBOM {self.sha256[:12]} of {self.release.label}"


class Component(models.Model):
    """One component of one SBOM document, as read; or the device itself, under one of its names (`device_of`).

    The device's rows are derived from the product's profile for matching, see `detection.indexing`.
    """

    sbom = models.ForeignKey(SbomDocument, on_delete=models.CASCADE, null=True, related_name="components")
    device_of = models.ForeignKey(Release, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    ref = models.CharField(max_length=500)
    name = models.CharField(max_length=500)
    version = models.CharField(max_length=500, blank=True)
    supplier = models.CharField(max_length=500, blank=True)
    kind = models.CharField(max_length=60, blank=True)
    purls = models.JSONField(default=list)
    cpes = models.JSONField(default=list)
    licences = models.JSONField(default=list)
    parent = models.CharField(max_length=500, blank=True)
    support_level = models.CharField(max_length=60, blank=True)
    end_of_support = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=600, blank=True, default="")
    patched = models.JSONField(default=list)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["sbom", "ref"], name="one_ref_per_sbom"),
            models.UniqueConstraint(
                fields=["device_of", "ref"], condition=~Q(device_of=None), name="one_ref_per_device"
            ),
            models.CheckConstraint(
                condition=Q(sbom=None, device_of__isnull=False) | Q(sbom__isnull=False, device_of=None),
                name="of_an_sbom_or_the_device",
            ),
        )
        ordering = ("sbom", "name", "version")

    def __str__(self) -> str:
        return f"{self.name} {self.version}".strip()


class HeldSbom(models.Model):
    """An SBOM in quarantine: stored and shown, but not the current one of its release until a person says so.

    At most one waits per release: a later upload takes the place of one that nobody decided on.
    """

    class Outcome(models.TextChoices):
        WAITING = "", "waits for a person"
        CONFIRMED = "confirmed"
        REJECTED = "rejected"
        SUPERSEDED = "superseded", "superseded by a later upload"

    record_kind: ClassVar[str] = "SBOM in quarantine"

    uid = models.UUIDField(unique=True, editable=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="held_sboms")
    document = models.ForeignKey(SbomDocument, on_delete=models.PROTECT, related_name="held")
    against = models.ForeignKey(SbomDocument, on_delete=models.PROTECT, related_name="+")  # the current one then
    why = models.JSONField()  # sentences
    held_at = models.DateTimeField()
    held_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    because = models.TextField(blank=True)

    class Meta:
        ordering = ("-held_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=["release"], condition=Q(outcome=""), name="one_sbom_waits_per_release"),
            models.CheckConstraint(
                condition=Q(outcome="") | (Q(decided_at__isnull=False) & ~Q(because="")), name="decided_sbom_says_why"
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"SBOM {self.document.sha256[:12]} of {self.release.label}, in quarantine"
