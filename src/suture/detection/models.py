"""Where the world's knowledge meets our releases. How matching works: docs/explanation/matching.md.

`cv`, `inst`, `cv_review`, `gap` and `hit` are derived: they can be rebuilt from SBOM documents and knowledge at any
time. A `Finding` is a record: it is never deleted, it goes and comes back with its history.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from suture.accounts.models import Wall
from suture.core.matching import MatchClass
from suture.intelligence.models import OPEN, Package, Vulnerability
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
    NO_IDENTIFIER = "no identifier"
    UNREADABLE = "unreadable identifier"
    DISTRO_UNKNOWN = "distribution unknown"
    NO_SOURCE = "no source watches it"
    NEVER_NAMED = "no source has ever named it"
    NO_VERSION = "version missing"
    UNORDERABLE = "version has no order"


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


class MatchRun(models.Model):
    """One run of the engine that changed something, or a full pass: with what it ran, and what came of it."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="+")  # None: the portfolio
    rev = models.BigIntegerField()  # of the knowledge
    keys_ver = models.PositiveIntegerField()
    kernel_ver = models.PositiveIntegerField()
    portfolio_sha256 = models.CharField(max_length=64)
    result_sha256 = models.CharField(max_length=64)
    seconds = models.FloatField()
    at = models.DateTimeField()
    counts = models.JSONField(default=dict)

    class Meta:
        db_table = "match_run"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"match at revision {self.rev}"


class Matched(models.Model):
    """Where a release stands: matched to which knowledge, with which components and which engine."""

    release = models.OneToOneField(Release, on_delete=models.CASCADE, primary_key=True, related_name="matched")
    rev = models.BigIntegerField()
    portfolio_rev = models.BigIntegerField()
    keys_ver = models.PositiveIntegerField()
    kernel_ver = models.PositiveIntegerField()
    at = models.DateTimeField()
    result_sha256 = models.CharField(max_length=64)
    components = models.IntegerField(default=0)
    gaps = models.IntegerField(default=0)
    possible = models.IntegerField(default=0)

    class Meta:
        db_table = "matched"
        indexes = (models.Index(fields=["rev"], name="matched_rev"),)

    def __str__(self) -> str:
        return f"{self.release_id} at revision {self.rev}"


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

    objects: ClassVar[Any] = FindingQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["release", "vulnerability"], name="one_finding"),)
        indexes = (models.Index(fields=["release", "gone_at"], name="findings_standing"),)

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
