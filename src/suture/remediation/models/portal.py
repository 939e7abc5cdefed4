"""The hospital portal: codes that were mailed, and questions that were asked."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from suture.accounts.models import Person, Wall
from suture.inventory.models import Contact
from suture.remediation.models.campaigns import Campaign


class PortalCode(models.Model):
    """A code mailed to a contact: kept as a slow hash, good once and for a short time."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="portal_codes")
    hashed = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["contact", "made_at"], name="portal_codes_of_contact"),)

    def __str__(self) -> str:
        return f"code for {self.contact.label}"


class Question(models.Model):
    """What a hospital asked about a campaign, and what we answered."""

    record_kind: ClassVar[str] = "hospital question"

    uid = models.UUIDField(unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="questions")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="questions")
    text = models.TextField()
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-asked_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(answer="", answered_at=None) | (~models.Q(answer="") & ~models.Q(answered_at=None)),
                name="answer_has_its_instant",
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.campaign.number}: question of {self.contact.consignee.name}"

    @property
    def wall(self) -> Wall | None:
        return self.campaign.wall
