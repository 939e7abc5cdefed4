"""From an assessment's inputs to its place on the matrix: policies, statement, inherent and residual risk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from suture.accounts.queries import signatures_on
from suture.assessment.models import Assessment
from suture.assessment.queries import as_control, controls_on
from suture.core import exploitability as exploitability_rules
from suture.core import risk as risk_rules
from suture.core.controls import Control as ControlValue
from suture.core.errors import NotAllowed, NotFound
from suture.core.exploitability import ExploitabilityMetrics, ExploitabilityPolicy, ExploitabilityVerdict
from suture.core.facts import Answer
from suture.core.harm import HarmSeverity
from suture.core.risk import AssessedRisk, PrivacyFinding, RiskPolicy, RiskVerdict
from suture.core.vex import VexStatus
from suture.evidence.canonical import digest
from suture.intelligence.queries import kev_of
from suture.inventory.models import Product, SafetyStatement
from suture.policy.models import PolicyKind, PolicyVersion
from suture.policy.queries import installation, is_signed, newest_policy, policy_in_force

EXAMPLE = "example, not FDA's"


def is_demo() -> bool:
    """Whether this is the demo installation, where the shipped examples may decide and say what they are."""
    here = installation()
    return here is not None and here.demo


def policy_for_verdict(kind: PolicyKind, on: date) -> PolicyVersion:
    """The policy a verdict of a day is given under: approved by a signature that still holds.

    In the demo installation alone the shipped example serves until somebody approves one.

    Raises:
        NotAllowed: none is approved; there is no verdict before that.
    """
    try:
        policy = policy_in_force(kind, on)
    except NotFound as none:
        newest = newest_policy(kind)
        if is_demo() and newest is not None and newest.example:
            return newest
        raise NotAllowed(f"no verdict before the policy is approved: {none}") from none
    if not is_signed(policy) and not (is_demo() and policy.example):
        raise NotAllowed(f"no verdict: the signature on '{policy.label}' does not hold for what it says now")
    return policy


def statement_for_verdict(product: Product) -> SafetyStatement:
    """The device's statement of safety and essential performance, approved by a signature that still holds.

    In the demo installation alone one that is not signed yet may serve.

    Raises:
        NotAllowed: there is none; nothing about this device can be decided yet.

    Source: FDA 2016 §V.C: defined in advance, per device.
    """
    for statement in product.statements.order_by("-version"):
        if (
            statement.approved
            and signatures_on(statement.record_kind, statement.uid, digest(statement.content())).exists()
        ):
            return statement
        if is_demo():
            return statement
    raise NotAllowed(
        f"no verdict before the statement of safety and essential performance of {product.brand_name} is approved "
        "by signature (F §V.C)"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An assessment's inputs, placed: the level, inherent and residual risk, for which releases, under which policies.

    `releases` are those at issue when it was placed: a release that turns out to be affected later was not looked at.
    """

    exploitability: ExploitabilityVerdict | None
    known_exploited: bool
    releases: tuple[str, ...]
    inherent: RiskVerdict
    residual: RiskVerdict
    controls: tuple[dict[str, Any], ...]
    risk_policy: PolicyVersion
    exploitability_policy: PolicyVersion

    def as_data(self, statement: SafetyStatement) -> dict[str, Any]:
        """Plain data for the record, every word of which a signature binds."""
        return {
            "exploitability": None if self.exploitability is None else {
                "level": self.exploitability.level.word, "points": self.exploitability.points,
                "because": list(self.exploitability.because), "unknown": list(self.exploitability.unknown),
                "known_exploited": self.known_exploited,
            },
            "releases": list(self.releases),
            "inherent": _verdict(self.inherent),
            "residual": _verdict(self.residual),
            "controls": list(self.controls),
            "policies": {"risk": _policy(self.risk_policy), "exploitability": _policy(self.exploitability_policy)},
            "statement": {
                "uid": str(statement.uid), "version": statement.version, "approved": statement.approved,
                "digest": digest(statement.content()),
            },
        }  # fmt: skip


def metrics_of(row: Assessment) -> ExploitabilityMetrics:
    """The six factors as recorded; '' where nobody knows."""
    return ExploitabilityMetrics(**row.exploitability.get("metrics", {}))


def privacy_of(row: Assessment) -> PrivacyFinding | None:
    """The recorded finding that only confidentiality of personal data is affected, if somebody made it."""
    found = row.harm.get("privacy")
    if not found:
        return None
    return PrivacyFinding(
        by=found["by"], rationale=found["rationale"], safety_affected=Answer(found["safety_affected"]),
        secrets_exposed=Answer(found["secrets_exposed"]),
    )  # fmt: skip


def place(row: Assessment, on: date) -> Placed:
    """Place an assessment's inputs on the matrix of the policies of a day, with the controls as they stand.

    A privacy-only finding does not use the scale of harm (F §IV.F). KEV and a public exploit can only raise the
    level, KEV as it stands now and not as it stood when the factors were judged; EPSS and a planned fix are no
    input at all.

    Raises:
        NotAllowed: a policy is not approved, or the privacy finding leaves safety open.
    """
    risk_row = policy_for_verdict(PolicyKind.RISK_MATRIX, on)
    exploit_row = policy_for_verdict(PolicyKind.EXPLOITABILITY, on)
    matrix: RiskPolicy = risk_rules.from_json(risk_row.body, approved=is_signed(risk_row))
    mapping: ExploitabilityPolicy = exploitability_rules.from_json(exploit_row.body)
    rows = controls_on(row.case, row.product)
    values = {control.uid: as_control(control) for control in rows}
    exploited = bool(row.exploitability.get("known_exploited")) or kev_of(row.case.vulnerability) is not None
    level = exploitability_rules.evaluate_exploitability(
        metrics_of(row), mapping, known_exploited=exploited,
        public_exploit=bool(row.exploitability.get("public_exploit")),
    )  # fmt: skip
    privacy = privacy_of(row)
    if privacy is not None:
        verdict = risk_rules.evaluate_privacy(privacy, matrix)
        inherent = residual = verdict
    else:
        risk: AssessedRisk = risk_rules.assess(level.level, HarmSeverity(row.harm["severity"]), values.values(), matrix)
        inherent, residual = risk.inherent, risk.residual
    return Placed(
        exploitability=level, inherent=inherent, residual=residual, risk_policy=risk_row,
        exploitability_policy=exploit_row, known_exploited=exploited, releases=_at_issue(row),
        controls=tuple(_control(control.uid, control.state, values[control.uid]) for control in rows),
    )  # fmt: skip


def _at_issue(row: Assessment) -> tuple[str, ...]:
    """The releases it speaks of: its own, or every one of the device that is affected, or not answered yet."""
    answers = row.case.answers.filter(release__product=row.product).exclude(
        status__in=[VexStatus.NOT_AFFECTED, VexStatus.FIXED]
    )
    if row.release is not None:
        return (str(row.release.uid),)
    return tuple(sorted(str(uid) for uid in answers.values_list("release__uid", flat=True)))


def _control(uid: object, state: str, value: ControlValue) -> dict[str, Any]:
    why_not = value.why_not_counted()
    return {
        "uid": str(uid), "name": value.name, "kind": value.kind.value, "state": state, "counted": not why_not,
        "why_not": why_not,
        "lowers_exploitability_to": value.lowers_exploitability_to.word if value.lowers_exploitability_to else "",
        "lowers_harm_to": value.lowers_harm_to.word if value.lowers_harm_to else "",
    }  # fmt: skip


def _verdict(verdict: RiskVerdict) -> dict[str, Any]:
    return {
        "outcome": verdict.outcome.word, "because": verdict.because, "privacy": verdict.privacy,
        "exploitability": verdict.exploitability.word if verdict.exploitability else "",
        "harm": verdict.harm.word if verdict.harm else "",
    }  # fmt: skip


def _policy(policy: PolicyVersion) -> dict[str, Any]:
    signed = is_signed(policy)
    label = policy.label if signed or not policy.example else f"{policy.label} ({EXAMPLE})"
    return {
        "uid": str(policy.uid), "version": policy.version, "label": label, "example": policy.example, "signed": signed,
        "digest": digest(policy.content()),
    }  # fmt: skip
