"""Notices in variants of one record, and what became of each copy."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from suture.accounts.models import Person, Wall
from suture.core.communications import (
    Audience,
    Channel,
    CustomerCommunication,
    DeliveryState,
    EndOfSupport,
    NoticeKind,
    NoticeState,
)
from suture.core.facts import Answer
from suture.inventory.models import Consignee, Contact
from suture.remediation.models.campaigns import Campaign

POINTS = (
    "vulnerability", "impact", "efforts", "controls", "no_controls", "working_on_fix", "defense_in_depth",
    "fix_announcement",
)  # fmt: skip


class Notice(models.Model):
    """A communication to customers and user community. The points a to d are said once, for every audience.

    A notice of the end of support says `end_of_support` instead; the points a to d are no part of it.
    """

    record_kind: ClassVar[str] = "customer notice"

    uid = models.UUIDField(unique=True, editable=False)
    number = models.CharField(max_length=20, unique=True)  # N-2026-0020
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=20, choices=[(k.value, k.label) for k in NoticeKind])
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in NoticeState], default=NoticeState.DRAFT
    )
    vulnerability = models.TextField(blank=True)
    impact = models.TextField(blank=True)
    efforts = models.TextField(blank=True)
    controls = models.TextField(blank=True)
    no_controls = models.BooleanField(default=False)
    working_on_fix = models.TextField(blank=True)
    defense_in_depth = models.TextField(blank=True)
    fix_announcement = models.TextField(blank=True)
    end_of_support = models.JSONField(default=dict)  # as suture.core.communications.EndOfSupport
    names_action = models.CharField(max_length=12, choices=[(a.value, a.value) for a in Answer], default=Answer.UNKNOWN)
    contact_line = models.CharField(max_length=400, blank=True)  # whom to ask, at any hour
    supersedes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="superseded_by")
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    approved_on = models.DateField(null=True)
    sent_on = models.DateField(null=True)

    class Meta:
        ordering = ("campaign", "-written_at", "-pk")

    def __str__(self) -> str:
        return self.number

    @property
    def label(self) -> str:
        return self.number

    @property
    def wall(self) -> Wall | None:
        return self.campaign.wall

    @property
    def tlp(self) -> str:
        return ""  # it is made to be sent

    @property
    def at(self) -> NoticeState:
        """The state as the core's value."""
        return NoticeState(self.state)

    @property
    def said(self) -> CustomerCommunication:
        """The points a to d as the core reads them."""
        return CustomerCommunication(**{name: getattr(self, name) for name in POINTS})

    @property
    def ends(self) -> EndOfSupport:
        """What it says of the end of support."""
        return EndOfSupport(**self.end_of_support)

    def content(self) -> dict[str, Any]:
        """What a signature binds: every word of every variant."""
        return {
            "number": self.number, "campaign": self.campaign.uid, "kind": self.kind, "names_action": self.names_action,
            "contact_line": self.contact_line, "end_of_support": self.end_of_support,
            **{name: getattr(self, name) for name in POINTS},
            "variants": [v.content() for v in self.variants.order_by("audience")],
        }  # fmt: skip


class NoticeVariant(models.Model):
    """The notice in the words of one audience: how it begins, what this reader does now."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="variants")
    audience = models.CharField(max_length=12, choices=[(a.value, a.label) for a in Audience])
    subject = models.CharField(max_length=180)
    opening = models.TextField()  # what it means for this reader
    what_to_do = models.TextField(blank=True)

    class Meta:
        ordering = ("notice", "audience")
        constraints = (models.UniqueConstraint(fields=["notice", "audience"], name="one_variant_per_audience"),)

    def __str__(self) -> str:
        return f"{self.notice.number} for {self.get_audience_display()}"

    def content(self) -> dict[str, Any]:
        """Its words."""
        return {
            "audience": self.audience, "subject": self.subject, "opening": self.opening, "what_to_do": self.what_to_do,
        }  # fmt: skip


class Delivery(models.Model):
    """One copy of a notice to one place. Delivered only by the other side's answer; a promise is none.

    `said` holds the mail server's own words, or what a person noted. A reminder is a delivery of its own.
    """

    record_kind: ClassVar[str] = "delivery of a notice"

    uid = models.UUIDField(unique=True, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    consignee = models.ForeignKey(Consignee, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, related_name="+")  # None: nobody known
    audience = models.CharField(max_length=12, choices=[(a.value, a.label) for a in Audience])
    channel = models.CharField(max_length=10, choices=[(c.value, c.label) for c in Channel])
    state = models.CharField(max_length=14, choices=[(s.value, s.label) for s in DeliveryState])
    reminds = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="reminders")
    made_on = models.DateField()
    answered_at = models.DateTimeField(null=True)  # by the mail server, or noted by a person
    read_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    said = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("notice", "pk")
        indexes = (
            models.Index(fields=["notice", "consignee"], name="deliveries_of_notice"),
            models.Index(fields=["channel", "state"], name="deliveries_that_wait"),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.notice.number} to {self.consignee.name}, by {self.get_channel_display()}"

    @property
    def wall(self) -> Wall | None:
        return self.notice.wall

    @property
    def at(self) -> DeliveryState:
        """The state as the core's value."""
        return DeliveryState(self.state)
