"""Stated ranges that wait for a person, and what persons said of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from suture.accounts.models import Person


class ReviewDecision(models.Model):
    """What a person said of a stated range that nobody could read. Never changed; the last on a `key` holds.

    `key` is that of the record's words: taken in again unchanged, the decision holds; changed, the range waits again,
    and `subject`, the same without the words, leads to what was said before.
    """

    class Verdict(models.TextChoices):
        NOT_OURS = "not ours", "does not concern us"
        VERSIONS = "versions", "concerns these versions"
        EVERY_VERSION = "every version", "concerns every version"
        TAKEN_BACK = "taken back", "taken back: it waits again"
        LAPSED = "lapsed", "lapsed: the record no longer waits"

    record_kind: ClassVar[str] = "range in review"

    uid = models.UUIDField(unique=True, editable=False)
    key = models.CharField(max_length=64, db_index=True)
    subject = models.CharField(max_length=64, db_index=True)
    source = models.CharField(max_length=60)
    record_id = models.CharField(max_length=120)
    package_kind = models.CharField(max_length=8, blank=True)  # '' where the record names no package
    package_name = models.CharField(max_length=1000, blank=True)
    reason = models.CharField(max_length=20)  # core.vulnerabilities.ReviewReason
    raw = models.CharField(max_length=1000)
    n = models.IntegerField()
    verdict = models.CharField(max_length=14, choices=Verdict)
    stated_kind = models.CharField(max_length=8, blank=True)  # of what the versions are, where any are stated
    stated_name = models.CharField(max_length=1000, blank=True)
    versions = models.JSONField(default=list)  # as the person wrote them, one range each: '>= 1.0, < 2.3'
    because = models.CharField(max_length=1000)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    review_on = models.DateField(null=True)
    at = models.DateTimeField()
    rev = models.BigIntegerField()  # of the knowledge it was said about

    class Meta:
        db_table = "review_decision"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.record_id} ({self.source}), {self.package_name or 'no package'}"[:300]


class ReviewSettled(models.Model):
    """A range in review that a standing decision settles, until the day it is to be looked at again. Derived."""

    stmt = models.BigIntegerField(primary_key=True)  # of intelligence.ReviewedRange
    decision = models.ForeignKey(ReviewDecision, on_delete=models.CASCADE, related_name="+")
    until = models.DateField()

    class Meta:
        db_table = "review_settled"

    def __str__(self) -> str:
        return f"{self.stmt} by {self.decision_id}"
