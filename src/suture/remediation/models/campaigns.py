"""Campaigns, the lean row of each unit in one, and the counters from which pages are drawn."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from suture.accounts.models import Person, Tlp, Wall
from suture.assessment.models import Case
from suture.core.campaigns import CampaignState, CheckResult, EffectivenessLevel, UnitState
from suture.core.communications import Channel
from suture.inventory.models import Consignee, Product, Release, Site, Unit
from suture.remediation.models.plans import Plan

_UNIT_STATES = [(s.value, s.label) for s in UnitState]


class Campaign(models.Model):
    """One action brought to every unit it concerns: a fix, a control, or the word that support ends.

    It stands behind its case's wall, and behind the wall of the product's field.
    """

    class Purpose(models.TextChoices):
        CORRECTION = "correction", "a fix or a control for an uncontrolled risk"
        IMPROVEMENT = "improvement", "a routine update: the risk is controlled"
        END_OF_SUPPORT = "end_of_support", "the end of support, with transfer of responsibility"

    record_kind: ClassVar[str] = "campaign"

    uid = models.UUIDField(unique=True, editable=False)
    number = models.CharField(max_length=20, unique=True)  # CP-2026-0004
    purpose = models.CharField(max_length=20, choices=Purpose)
    title = models.CharField(max_length=200)
    action = models.TextField()  # what is done on each unit
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="campaigns")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="campaigns")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, null=True, related_name="campaigns")
    target = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="campaigns")
    state = models.CharField(
        max_length=20, choices=[(s.value, s.label) for s in CampaignState], default=CampaignState.DRAFT
    )
    level = models.CharField(max_length=1, choices=[(v.value, f"{v.value}: {v.says}") for v in EffectivenessLevel])
    level_percent = models.PositiveSmallIntegerField(null=True)  # level B alone
    tlp = models.CharField(max_length=20, choices=Tlp, default=Tlp.AMBER)
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    opened_on = models.DateField()
    approved_on = models.DateField(null=True)
    started_on = models.DateField(null=True)
    finish_by = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    ended_because = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-opened_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(purpose="end_of_support") | Q(case__isnull=False), name="campaign_belongs_to_a_case"
            ),
            models.CheckConstraint(
                condition=(Q(level="B") & Q(level_percent__gt=10) & Q(level_percent__lt=100))
                | (~Q(level="B") & Q(level_percent=None)),
                name="only_level_b_names_its_percentage",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def label(self) -> str:
        return self.number

    @property
    def wall(self) -> Wall | None:
        return self.case.wall if self.case else None

    @property
    def at(self) -> CampaignState:
        """The state as the core's value."""
        return CampaignState(self.state)

    @property
    def wanted(self) -> str:
        """The version a unit must show to be verified; '' where the campaign installs none."""
        return self.target.version if self.target else ""

    def content(self) -> dict[str, Any]:
        """What a signature binds."""
        return {
            "number": self.number, "purpose": self.purpose, "title": self.title, "action": self.action,
            "case": self.case.uid if self.case else "", "product": self.product.uid, "level": self.level,
            "level_percent": self.level_percent, "target": self.target.uid if self.target else "",
            "state": self.state, "ended_because": self.ended_because,
        }  # fmt: skip


class UnitTask(models.Model):
    """One unit in one campaign. A lean row: a million of them are written by one INSERT … SELECT.

    Its keys are not declared to the database: they come from that SELECT, and none of the rows they name is ever
    deleted; checked a million times over, they would cost more than the rest of the campaign.
    """

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="tasks", db_index=False, db_constraint=False
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="tasks", db_index=False, db_constraint=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    state = models.CharField(max_length=12, choices=_UNIT_STATES)
    since = models.DateField()  # the day it came to this state
    planned_on = models.DateField(null=True)  # scheduled: for when
    done_on = models.DateField(null=True)  # in place since, by the word of whoever reported it
    verified_on = models.DateField(null=True)
    version_seen = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=500, blank=True)  # why it was declined; what shows that it is retired

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["unit", "campaign"], name="one_task_per_unit_and_campaign"),
            models.CheckConstraint(condition=~Q(state="retired") | ~Q(note=""), name="retired_task_names_its_evidence"),
            models.CheckConstraint(condition=~Q(state="declined") | ~Q(note=""), name="declined_task_says_why"),
        )
        indexes = (models.Index(fields=["campaign", "site", "state"], name="tasks_of_site"),)

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.state}"

    @property
    def at(self) -> UnitState:
        """The state as the core's value."""
        return UnitState(self.state)


class Tally(models.Model):
    """How many units of a campaign stand in a state at one site. Derived; kept by the verb that moves the units.

    `consignee` is who is spoken to: of a user at home, the provider. Their homes are counted together, without a site.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="tallies", db_index=False)
    consignee = models.ForeignKey(Consignee, on_delete=models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    state = models.CharField(max_length=12, choices=_UNIT_STATES)
    units = models.PositiveIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["campaign", "consignee", "site", "state"], name="one_tally_of_site"),
            models.UniqueConstraint(
                fields=["campaign", "consignee", "state"], condition=Q(site=None), name="one_tally_of_homes"
            ),
        )

    def __str__(self) -> str:
        return f"{self.units} {self.state}"


class DayChange(models.Model):
    """How many more units of a campaign came to a state on a day (negative: fewer). The burn-up is their sum.

    By the day it was true, not the day it was told: a report that comes late lands where it belongs.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="changes", db_index=False)
    on = models.DateField()
    state = models.CharField(max_length=12, choices=_UNIT_STATES)
    change = models.IntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["campaign", "on", "state"], name="one_change_per_day"),)

    def __str__(self) -> str:
        return f"{self.on}: {self.change:+} {self.state}"


class EffectivenessCheck(models.Model):
    """One consignee asked whether the notice arrived and was acted on. Append-only; the latest counts."""

    record_kind: ClassVar[str] = "effectiveness check"

    uid = models.UUIDField(unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="checks")
    consignee = models.ForeignKey(Consignee, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, choices=[(c.value, c.label) for c in Channel])
    result = models.CharField(max_length=14, choices=[(r.value, r.value) for r in CheckResult])
    asked_on = models.DateField()
    evidence = models.TextField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("campaign", "-recorded_at", "-pk")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"Effectiveness check of {self.campaign.number} at {self.consignee.name}"

    @property
    def wall(self) -> Wall | None:
        return self.campaign.wall
