"""Remediation plans: what brings an uncontrolled risk down, by when and why then, and whether it is complete."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from suture.core.facts import Answer
from suture.core.roles import Role
from suture.core.workflow import Guard, Step, Workflow


class RemediationKind(StrEnum):
    """How the risk is brought down (FDA 2016 §IV.G)."""

    COMPLETE_FIX = "complete_fix"
    COMPENSATING_CONTROLS = "compensating_controls"
    NOTIFICATION_ONLY = "notification_only"

    @property
    def label(self) -> str:
        """The kind as a person reads it."""
        return _KINDS[self]


_KINDS: Mapping[RemediationKind, str] = {
    RemediationKind.COMPLETE_FIX: "a complete solution that removes the vulnerability",
    RemediationKind.COMPENSATING_CONTROLS: "compensating controls that adequately mitigate",
    RemediationKind.NOTIFICATION_ONLY: "a notification without a strategy: incomplete",
}


def is_complete(kind: RemediationKind, residual_acceptable: Answer) -> Answer:
    """Say whether a remediation is complete: the residual risk is acceptable, by more than a notification.

    Source: FDA 2016 §IV.G: a notification without a strategy to an acceptable risk is incomplete remediation.
    """
    return Answer.NO if kind is RemediationKind.NOTIFICATION_ONLY else residual_acceptable


class PlanState(StrEnum):
    """Where a plan's work stands."""

    PLANNED = "planned"
    IN_DEVELOPMENT = "in_development"
    VALIDATED = "validated"
    DISTRIBUTING = "distributing"
    COMPLETE = "complete"
    INCOMPLETE = "incomplete"

    @property
    def label(self) -> str:
        """The state as a person reads it."""
        return _STATES[self]


P = PlanState
_STATES: Mapping[PlanState, str] = {
    P.PLANNED: "planned",
    P.IN_DEVELOPMENT: "in development",
    P.VALIDATED: "verified and validated",
    P.DISTRIBUTING: "being distributed",
    P.COMPLETE: "complete",
    P.INCOMPLETE: "incomplete: the residual risk is not acceptable",
}


class PlanGuard(Guard):
    """The facts that open a plan's steps."""

    RATIONALE_WRITTEN = "rationale_written"
    VERIFIED = "verified"
    VALIDATED = "validated"
    NO_GREATER_RISK = "no_greater_risk"
    RELEASE_NAMED = "release_named"
    RESIDUAL_ACCEPTABLE = "residual_acceptable"
    RESIDUAL_NOT_ACCEPTABLE = "residual_not_acceptable"

    @property
    def says(self) -> str:
        """The fact as a sentence that is true when the guard is met."""
        return _GUARDS[self]


G = PlanGuard
_GUARDS: Mapping[PlanGuard, str] = {
    G.RATIONALE_WRITTEN: "the rationale for its timeline is written",
    G.VERIFIED: "there is evidence of the verification",
    G.VALIDATED: "there is evidence of the validation",
    G.NO_GREATER_RISK: "it adds no greater risk to safety and essential performance than the vulnerability",
    G.RELEASE_NAMED: "the release that carries the fix is named",
    G.RESIDUAL_ACCEPTABLE: "the residual risk after it is signed as acceptable",
    G.RESIDUAL_NOT_ACCEPTABLE: "the residual risk after it is signed as not acceptable",
}

ENGINEERING, PSIRT, CLINICAL, QUALITY = Role.ENGINEERING, Role.PSIRT, Role.CLINICAL_SAFETY, Role.QUALITY
PLAN: Workflow[PlanState] = Workflow(
    "remediation plan",
    Step("develop", {P.PLANNED, P.INCOMPLETE}, P.IN_DEVELOPMENT, {ENGINEERING, PSIRT}, False, (G.RATIONALE_WRITTEN,),
         "put into development"),
    Step("validate", {P.PLANNED, P.IN_DEVELOPMENT}, P.VALIDATED, {ENGINEERING, QUALITY}, False,
         (G.VERIFIED, G.VALIDATED, G.NO_GREATER_RISK, G.RELEASE_NAMED), "validated"),
    Step("distribute", {P.VALIDATED}, P.DISTRIBUTING, {ENGINEERING, PSIRT, Role.FIELD_SERVICE}, False,
         (G.RELEASE_NAMED,), "distributed"),
    Step("complete", {P.DISTRIBUTING}, P.COMPLETE, {CLINICAL, PSIRT}, True, (G.RESIDUAL_ACCEPTABLE,), "completed"),
    Step("find_incomplete", {P.DISTRIBUTING}, P.INCOMPLETE, {CLINICAL, PSIRT}, True, (G.RESIDUAL_NOT_ACCEPTABLE,),
         "found incomplete"),
    start=P.PLANNED,
)  # fmt: skip
