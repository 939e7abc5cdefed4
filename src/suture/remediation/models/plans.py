"""Remediation plans: the way from an uncontrolled risk to an acceptable one, with its evidence."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from suture.accounts.models import Person, Wall
from suture.assessment.models import Case
from suture.core.facts import Answer
from suture.core.plans import PlanState, RemediationKind
from suture.inventory.models import Release

_ANSWERS = [(a.value, a.value) for a in Answer]


class Plan(models.Model):
    """What brings the risk of a case down, by when and why then. A later version supersedes; none is deleted.

    `design_change` and `capa` name a record of the quality system, or say "none because …": blank is not said.
    """

    record_kind: ClassVar[str] = "remediation plan"

    uid = models.UUIDField(unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="plans")
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=[(s.value, s.label) for s in PlanState], default=PlanState.PLANNED)
    kind = models.CharField(max_length=24, choices=[(k.value, k.label) for k in RemediationKind])
    summary = models.TextField()
    rationale = models.TextField()  # of the timeline (FDA 2016 §VII.B, footnote on CAPA)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    fix_by = models.DateField(null=True)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="plans")
    design_change = models.CharField(max_length=300, blank=True)
    capa = models.CharField(max_length=300, blank=True)
    verification = models.TextField(blank=True)
    validation = models.TextField(blank=True)
    validated_on = models.DateField(null=True)
    validated_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    adds_risk = models.CharField(max_length=12, choices=_ANSWERS, default=Answer.UNKNOWN)
    adds_risk_because = models.TextField(blank=True)
    distributed_on = models.DateField(null=True)
    distribution = models.TextField(blank=True)  # how customers get it, what shows it
    residual_acceptable = models.CharField(max_length=12, choices=_ANSWERS, default=Answer.UNKNOWN)
    residual_because = models.TextField(blank=True)
    residual_on = models.DateField(null=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("case", "-version")
        constraints = (
            models.UniqueConstraint(fields=["case", "version"], name="one_plan_version"),
            models.CheckConstraint(condition=~models.Q(rationale=""), name="plan_says_why_then"),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"Remediation plan of {self.case.number}, version {self.version}"

    @property
    def wall(self) -> Wall | None:
        return self.case.wall

    @property
    def at(self) -> PlanState:
        """The state as the core's value."""
        return PlanState(self.state)

    def content(self) -> dict[str, Any]:
        """What a signature binds."""
        names = (
            "version", "kind", "summary", "rationale", "fix_by", "design_change", "capa", "verification", "validation",
            "validated_on", "adds_risk", "adds_risk_because", "distributed_on", "distribution", "residual_acceptable",
            "residual_because", "residual_on",
        )  # fmt: skip
        return {
            "case": self.case.uid, "release": self.release.uid if self.release else "",
            **{name: getattr(self, name) for name in names},
        }  # fmt: skip
