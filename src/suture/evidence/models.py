"""The chain of evidence: one table, append-only by database triggers (see the migrations)."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One line: who did what to which record, when, why, on which facts. Never updated, never deleted.

    Holds names and ids as text, never a foreign key: it must be readable when everything it speaks of has moved on.
    `happened_at` is when it was true in the world, `recorded_at` when it was written here.
    """

    seq = models.BigIntegerField(primary_key=True)
    recorded_at = models.CharField(max_length=40)  # ISO 8601 UTC, as hashed
    happened_at = models.CharField(max_length=40)
    actor_uid = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    did = models.CharField(max_length=80, db_index=True)
    record_kind = models.CharField(max_length=60)
    record_uid = models.CharField(max_length=64)
    record_label = models.CharField(max_length=300)
    because = models.TextField(blank=True)
    facts = models.TextField()  # canonical JSON
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = (models.Index(fields=["record_kind", "record_uid", "seq"], name="evidence_of_record"),)
        ordering = ("seq",)

    def __str__(self) -> str:
        return f"{self.seq} {self.did} {self.record_label}"
