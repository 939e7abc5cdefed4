"""One vulnerability in one release, and what the conditions of its record ruled out."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from suture.accounts.models import Wall
from suture.core.matching import MatchClass
from suture.intelligence.models import Vulnerability
from suture.inventory.models import Release


class FindingQuerySet(models.QuerySet["Finding"]):
    """Reads that every page shares."""

    def standing(self) -> FindingQuerySet:
        """Those that hold now: neither gone nor merged into another."""
        return self.filter(gone_at=None)


class Finding(models.Model):
    """One vulnerability in one release. Never deleted: it goes, with why, and may come back.

    `reasons` come from matching and change with it. `stated` are persons' words that it concerns the release;
    a finding with such words stays, whatever matching says.
    """

    record_kind: ClassVar[str] = "finding"

    uid = models.UUIDField(unique=True, editable=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="findings")
    vulnerability = models.ForeignKey(Vulnerability, on_delete=models.PROTECT, related_name="findings")
    result = models.CharField(max_length=12, choices=[(c.value, c.value) for c in MatchClass])
    reasons = models.JSONField(default=list)  # [{"kind", "says", "source", "record", "dated"}]
    components = models.JSONField(default=list)  # [{"ref", "name", "version"}]
    stated = models.JSONField(default=list)  # [{"says", "by", "uid", "at"}]
    first_seen_rev = models.BigIntegerField()
    first_seen = models.DateTimeField()  # when we first knew of it; earlier than `rev` suggests after a merge
    gone_at = models.DateTimeField(null=True)
    gone_because = models.CharField(max_length=500, blank=True)
    reopened_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged_from")
    history = models.JSONField(default=list)  # [{"at", "rev", "what", "why"}], oldest first
    match_label = models.CharField(max_length=16, blank=True)  # core.labels.MatchLabel: what a person said of the match
    held_because = models.CharField(max_length=500, blank=True)  # a confirmed match that would be dropped, and why
    held_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = FindingQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["release", "vulnerability"], name="one_finding"),)
        indexes = (
            models.Index(fields=["release", "gone_at"], name="findings_standing"),
            models.Index(fields=["vulnerability"], condition=models.Q(gone_at=None), name="findings_of_vulnerability"),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.vulnerability.preferred_id} in {self.release.label}"

    @property
    def wall(self) -> Wall | None:
        """A finding stands behind its vulnerability's wall."""
        return self.vulnerability.wall

    @property
    def standing(self) -> bool:
        return self.gone_at is None

    @property
    def why(self) -> list[str]:
        """The sentences a person reads first."""
        return [said["says"] for said in self.stated] + [reason["says"] for reason in self.reasons]


class RuledOut(models.Model):
    """A component lies in a stated range, but the record's conditions exclude the release: no finding, and why.

    Derived: brought in line with every match. See `detection.ruled_out`.
    """

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="+", db_index=False)
    vulnerability = models.ForeignKey(Vulnerability, on_delete=models.PROTECT, related_name="+")
    component = models.CharField(max_length=1001)  # 'viewer 1.0'
    ref = models.CharField(max_length=500)
    source = models.CharField(max_length=60)
    record = models.CharField(max_length=120)
    says = models.CharField(max_length=1000)  # the range it lies in
    because = models.CharField(max_length=1000)  # 'only together with o:microsoft:windows, which this release has not'

    class Meta:
        db_table = "ruled_out"
        indexes = (models.Index(fields=["release", "vulnerability"], name="ruled_out_of_release"),)

    def __str__(self) -> str:
        return f"{self.component}: {self.because}"
