"""The manufacturer's own crosswalk: what persons said of two names, and what waits for them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from suture.accounts.models import Person


class CrosswalkDecision(models.Model):
    """What a person said of two names: that they are one product, or that they are not. Never changed; the last holds.

    `confidence` says what it rests on; `provenance` lists the records or SBOMs that carry both names.
    """

    class Verdict(models.TextChoices):
        CONFIRMED = "confirmed"
        REJECTED = "rejected"
        TAKEN_BACK = "taken back", "taken back: as if nothing had been said"

    class Confidence(models.TextChoices):
        MAKER = "maker", "the maker of the product says so, or the CNA responsible for it"
        THIRD_PARTY = "third party", "a third party says so (a vulnerability database, an SBOM)"
        EXAMINED = "examined", "we examined it ourselves"

    record_kind: ClassVar[str] = "crosswalk entry"

    uid = models.UUIDField(unique=True, editable=False)
    pair = models.CharField(max_length=64, db_index=True)  # crosswalk_names.pair_key: what decisions on one pair share
    one_kind = models.CharField(max_length=8)  # crosswalk_names.NameKind
    one_name = models.CharField(max_length=600)
    other_kind = models.CharField(max_length=8)
    other_name = models.CharField(max_length=600)
    verdict = models.CharField(max_length=12, choices=Verdict)
    confidence = models.CharField(max_length=12, choices=Confidence, blank=True)
    provenance = models.JSONField(default=list)  # [{"source", "record", "says"}]
    because = models.CharField(max_length=1000)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    review_on = models.DateField(null=True)  # None only where something was taken back
    at = models.DateTimeField()

    class Meta:
        db_table = "crosswalk_decision"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.one_name} ↔ {self.other_name}"[:300]


class CrosswalkSuggestion(models.Model):
    """Two names that a record, or an SBOM of ours, literally carries together. Derived; nothing is matched by it."""

    uid = models.UUIDField(unique=True, editable=False)
    pair = models.CharField(max_length=64, unique=True)
    one_kind = models.CharField(max_length=8)
    one_name = models.CharField(max_length=600)
    other_kind = models.CharField(max_length=8)
    other_name = models.CharField(max_length=600)
    provenance = models.JSONField(default=list)  # the first few: [{"source", "record", "says"}]
    carriers = models.IntegerField(default=0)  # how many records and SBOMs carry both
    at = models.DateTimeField()  # first seen

    class Meta:
        db_table = "crosswalk_suggestion"

    def __str__(self) -> str:
        return f"{self.one_name} ↔ {self.other_name}"
