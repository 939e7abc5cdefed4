"""Promises, the attempts at them, and the channels they go through."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from suture.accounts.models import Person, Tlp, Wall
from suture.core.promises import SETTLED, PromiseState, Verdict


class Promise(models.Model):
    """Something that must happen outside: a mail, a call to another system, a file. Written with its cause.

    `key` makes it once: the same kind and key are the same promise. `rest_until` and `lease_until` are the machine's
    own time, whatever clock the house shows; `due_at` and `until` are the house's.
    """

    record_kind: ClassVar[str] = "promise"

    uid = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    label = models.CharField(max_length=300)
    payload = models.TextField()  # canonical JSON; blanked when settled where `forget` is set
    payload_sha256 = models.CharField(max_length=64)
    forget = models.BooleanField(default=False)
    wall = models.ForeignKey(Wall, on_delete=models.PROTECT, null=True, related_name="+")
    tlp = models.CharField(max_length=20, choices=Tlp, default=Tlp.CLEAR)
    only_for = models.CharField(max_length=40, blank=True)  # a role: nobody else sees that it exists
    cause_kind = models.CharField(max_length=60)
    cause_uid = models.UUIDField()
    cause_label = models.CharField(max_length=300)
    promised_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    promised_at = models.DateTimeField()
    due_at = models.DateTimeField()
    until = models.DateTimeField(null=True)  # worthless after it, e.g. a sign-in code
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in PromiseState], default="promised")
    attempts = models.PositiveIntegerField(default=0)
    rest_until = models.DateTimeField()
    lease = models.CharField(max_length=40, blank=True)  # which worker holds it
    lease_until = models.DateTimeField(null=True)
    last_answer = models.TextField(blank=True)
    answers = models.JSONField(default=list)  # of each addressee: to, verdict, said, at
    settled_at = models.DateTimeField(null=True)
    promised_again_at = models.DateTimeField(null=True)  # a person had it tried again; the days to give up count anew
    given_up_because = models.TextField(blank=True)
    given_up_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "key"], name="one_promise_per_key"),
            models.CheckConstraint(
                condition=models.Q(state__in=sorted(SETTLED), settled_at__isnull=False)
                | models.Q(state__in=sorted(set(PromiseState) - SETTLED), settled_at__isnull=True),
                name="settled_promise_has_its_instant",
            ),
        )
        indexes = (
            models.Index(fields=["state", "rest_until", "id"], name="promises_that_wait"),
            models.Index(fields=["cause_kind", "cause_uid"], name="promises_of_cause"),
        )
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.label


class Attempt(models.Model):
    """One try. `handed_over_at` is written before the first byte that could make it happen leaves the house."""

    promise = models.ForeignKey(Promise, on_delete=models.PROTECT, related_name="tries")
    number = models.PositiveIntegerField()
    worker = models.CharField(max_length=40)
    began_at = models.DateTimeField()
    handed_over_at = models.DateTimeField(null=True)
    in_flight = models.JSONField(default=list)  # to whom it was handed over
    ended_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=12, choices=[(v.value, v.value) for v in Verdict], blank=True)
    said = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["promise", "number"], name="one_attempt_per_number"),)
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.promise} #{self.number}"


class Channel(models.Model):
    """A way out, and since when it is shut: one dead mail server is not the fault of nine hundred messages."""

    kind = models.CharField(max_length=40, unique=True)
    failures = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(null=True)
    rest_until = models.DateTimeField(null=True)
    said = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.kind
