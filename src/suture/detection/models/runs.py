"""What was matched with which knowledge and engine, and what came of it."""

from __future__ import annotations

from django.db import models

from suture.inventory.models import Release


class MatchRun(models.Model):
    """One run of the engine that changed something, or a full pass: with what it ran, and what came of it."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="+")  # None: the portfolio
    rev = models.BigIntegerField()  # of the knowledge
    keys_ver = models.PositiveIntegerField()
    kernel_ver = models.PositiveIntegerField()
    crosswalk = models.CharField(max_length=40, blank=True)  # Crosswalk.version: shipped rows and our own
    review_rev = models.BigIntegerField(default=0)  # the last decision on a range in review it knew
    portfolio_sha256 = models.CharField(max_length=64)
    profile_sha256 = models.CharField(max_length=64, blank=True)  # of the device's own names and absences; '' = none
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
    crosswalk_ver = models.PositiveIntegerField(default=0)  # of the shipped crosswalk
    crosswalk_rev = models.BigIntegerField(default=0)  # of our own: its last decision
    review_rev = models.BigIntegerField(default=0)  # the last decision on a range in review
    at = models.DateTimeField()
    result_sha256 = models.CharField(max_length=64)
    components = models.IntegerField(default=0)
    gaps = models.IntegerField(default=0)
    possible = models.IntegerField(default=0)
    spaces = models.JSONField(null=True)  # where its components are looked up, see `watching`; None: not known yet

    class Meta:
        db_table = "matched"
        indexes = (models.Index(fields=["rev"], name="matched_rev"),)

    def __str__(self) -> str:
        return f"{self.release_id} at revision {self.rev}"
