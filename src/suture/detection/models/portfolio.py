"""Derived rows: where the components of our releases stand, what could not be placed, and what was hit."""

from __future__ import annotations

from django.db import models

from suture.intelligence.models import OPEN, Package
from suture.inventory.models import Component, Release


class AwaitedName(models.Model):
    """A package of the portfolio that no source has named yet. Its component versions stand under `pkg_id = -id`.

    When a source names it, its component versions move to the package of the knowledge and this row goes.
    """

    kind = models.CharField(max_length=8)
    scheme = models.CharField(max_length=12)
    name = models.CharField(max_length=1000)
    role = models.CharField(max_length=8, choices=Package.Role)

    class Meta:
        db_table = "awaited_name"
        constraints = (models.UniqueConstraint(fields=["name", "kind", "scheme", "role"], name="one_awaited_name"),)

    def __str__(self) -> str:
        return self.name


class ComponentVersion(models.Model):
    """One distinct version of one package somewhere in the portfolio: what the range join probes.

    Two spellings may share a key (1.0 and 1.0.0), so the spelling stands beside it.
    """

    cv_id = models.BigAutoField(primary_key=True)
    pkg_id = models.BigIntegerField()  # of `package`; negative: of `awaited_name`
    key = models.BinaryField()
    raw = models.CharField(max_length=600)

    class Meta:
        db_table = "cv"
        constraints = (models.UniqueConstraint(fields=["pkg_id", "key", "raw"], name="one_component_version"),)

    def __str__(self) -> str:
        return self.raw


class Instance(models.Model):
    """A component of a release's current SBOM that is this component version."""

    pk = models.CompositePrimaryKey("cv_id", "release_id", "component_id")
    cv_id = models.BigIntegerField()
    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="+")
    component = models.ForeignKey(Component, on_delete=models.CASCADE, related_name="+", db_index=False)
    given_as = models.CharField(max_length=1000)  # the purl or CPE it was identified by

    class Meta:
        db_table = "inst"

    def __str__(self) -> str:
        return f"{self.cv_id} in {self.release_id}"


class UnplacedVersion(models.Model):
    """A component whose identity is exact but whose version is missing or has no place in an order: *possible*.

    One row per component and package it could be looked up in. The first row of a component and identifier carries
    the number of vulnerabilities it could have; there is never one row for each of them.
    """

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="+")
    component = models.ForeignKey(Component, on_delete=models.CASCADE, related_name="+", db_index=False)
    pkg_id = models.BigIntegerField(db_index=True)  # as in ComponentVersion
    raw = models.CharField(max_length=600, blank=True)
    reason = models.CharField(max_length=20)  # core.vulnerabilities.ReviewReason
    given_as = models.CharField(max_length=1000)
    possible = models.IntegerField(
        default=0
    )  # vulnerabilities stated of some version of the package, at the last match

    class Meta:
        db_table = "cv_review"

    def __str__(self) -> str:
        return f"{self.given_as}: {self.reason}"


class Cause(models.TextChoices):
    """Why a component, or a whole release, is *not assessed*, or only in part."""

    NO_SBOM = "no SBOM"
    NOT_MATCHED = "not matched yet"
    NO_KNOWLEDGE = "no knowledge"
    DEMO_KNOWLEDGE = "only the demo's knowledge"
    NOTHING_MONITORED = "no component monitored"
    STALE_SOURCE = "stale source"
    INCOMPLETE_SOURCE = "incomplete source"
    NO_IDENTIFIER = "no identifier"
    UNREADABLE = "unreadable identifier"
    DISTRO_UNKNOWN = "distribution unknown"
    NO_SOURCE = "no source watches it"
    NEVER_NAMED = "no source has ever named it"
    NO_VERSION = "version missing"
    UNORDERABLE = "version has no order"


# A source that names such a component later ends the gap: its releases match again.
UNHEARD = (Cause.NO_SOURCE, Cause.NEVER_NAMED, Cause.NO_IDENTIFIER)


class Gap(models.Model):
    """A component of a release that is not fully monitored, and why: the holes of the coverage ledger."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="gaps")
    component = models.ForeignKey(Component, on_delete=models.CASCADE, related_name="+", db_index=False)
    cause = models.CharField(max_length=40, choices=Cause)
    says = models.CharField(max_length=1000)
    space = models.CharField(max_length=200, blank=True)  # the ecosystem nobody watches: 'deb/debian:12/'

    class Meta:
        db_table = "gap"
        constraints = (models.UniqueConstraint(fields=["release", "component"], name="one_gap_per_component"),)

    def __str__(self) -> str:
        return f"{self.cause}: {self.says}"


class Hit(models.Model):
    """A component version lies in a stated range; so since revision `f`, until `t`."""

    pk = models.CompositePrimaryKey("cv_id", "stmt", "f")
    cv_id = models.BigIntegerField()
    stmt = models.BigIntegerField()  # the statement, see intelligence.Range
    f = models.BigIntegerField()
    t = models.BigIntegerField(default=OPEN)

    class Meta:
        db_table = "hit"

    def __str__(self) -> str:
        return f"{self.cv_id} × {self.stmt}"
