"""Matches whose identity is wrong."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from suture.accounts.models import Person, Wall
from suture.intelligence.models import Vulnerability
from suture.inventory.models import Release


class MatchCorrection(models.Model):
    """A person's word that a match mistakes a component for another product: portfolio-wide, without a device in it.

    It says that the component, as named and identified, is not the product of `package`; or, with `source` and
    `record`, that this one record does not mean it. It stands until it is withdrawn, its review date passes, or, for
    one record, the record names other versions or products than `stated`. A device judgement (VEX) is another thing.
    """

    record_kind: ClassVar[str] = "match correction"

    uid = models.UUIDField(unique=True, editable=False)
    name = models.CharField(max_length=500)  # of the component, as the SBOM gives it
    identifier = models.CharField(max_length=1000)  # its purl or CPE without version, see core.corrections
    package = models.CharField(max_length=1000, blank=True)  # intelligence.Package.name; '' = one record
    also = models.JSONField(default=list)  # the other names of that package, as the crosswalk had them then
    source = models.CharField(max_length=60, blank=True)
    record = models.CharField(max_length=120, blank=True)
    vulnerability = models.ForeignKey(Vulnerability, on_delete=models.PROTECT, null=True, related_name="corrections")
    stated = models.JSONField(default=list)  # what the record stated then: ["a:mysql:mysql: v < 8.0.32"]
    because = models.TextField()
    evidence = models.TextField()
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="owned_corrections")
    review_on = models.DateField()  # the last day it stands
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    ended_because = models.TextField(blank=True)

    class Meta:
        db_table = "match_correction"
        ordering = ("-made_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=(models.Q(package="") & ~models.Q(record="")) | (~models.Q(package="") & models.Q(record="")),
                name="a_package_or_one_record",
            ),
            models.UniqueConstraint(
                fields=["name", "identifier", "package", "source", "record"],
                condition=models.Q(ended_at=None),
                name="one_standing_correction",
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.name} ({self.identifier}) is not {self.meant}"

    @property
    def meant(self) -> str:
        """What the component was mistaken for."""
        return self.package or f"what {self.record} of {self.source} means"

    @property
    def wall(self) -> Wall | None:
        """One of a single record stands behind the wall of its vulnerability."""
        return self.vulnerability.wall if self.vulnerability else None


class CorrectedMatch(models.Model):
    """A match that was not drawn in a release because of a correction. Derived: written anew with every match."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="corrected")
    correction = models.ForeignKey(MatchCorrection, on_delete=models.PROTECT, related_name="matches")
    vulnerability = models.ForeignKey(Vulnerability, on_delete=models.PROTECT, related_name="+")
    component = models.CharField(max_length=1001)  # 'go-sql-driver 1.7.0'
    ref = models.CharField(max_length=500)
    source = models.CharField(max_length=60)
    record = models.CharField(max_length=120)
    says = models.CharField(max_length=1000)  # the range it lies in

    class Meta:
        db_table = "corrected_match"
        indexes = (models.Index(fields=["release", "vulnerability"], name="corrected_of_release"),)

    def __str__(self) -> str:
        return f"{self.component}: {self.record}"
