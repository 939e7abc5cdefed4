"""Controls: what lowers the risk. Only what is verified, adds no greater risk and is in use counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from suture.core.errors import InvalidValue
from suture.core.exploitability import Exploitability
from suture.core.facts import Answer, both, negated
from suture.core.harm import HarmSeverity
from suture.core.roles import Role
from suture.core.workflow import Guard, Step, Workflow


class ControlKind(StrEnum):
    """Built into the device, or used in its absence."""

    DESIGN = "design_control"
    COMPENSATING = "compensating_control"

    @property
    def label(self) -> str:
        """The kind as a person reads it."""
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One control on one vulnerability: what it is, whether it may count, and what it would lower.

    A compensating control stands in for a control the manufacturer did not design in: it is external to the
    device design, configurable in the field, employed by a user, and gives supplementary or comparable
    protection (FDA 2016 §IV.A). `lowers_exploitability_to` and `lowers_harm_to` are the levels left when it works.
    """

    name: str
    kind: ControlKind
    verified: Answer = Answer.UNKNOWN
    adds_risk: Answer = Answer.UNKNOWN  # more risk to safety or essential performance than the vulnerability
    in_use: Answer = Answer.UNKNOWN  # confirmed where the device stands; for a design control: in this release
    external_to_design: Answer = Answer.UNKNOWN
    field_configurable: Answer = Answer.UNKNOWN
    employed_by_user: Answer = Answer.UNKNOWN
    employed_by: str = ""  # who employs it: hospital IT, the nurse, the patient
    where: str = ""
    instructions: str = ""
    skill: str = ""
    lowers_exploitability_to: Exploitability | None = None
    lowers_harm_to: HarmSeverity | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InvalidValue("a control has a name")

    @property
    def is_compensating(self) -> Answer:
        """Say whether it meets FDA's definition of a compensating control.

        Source: FDA 2016 §IV.A: external to the device design, configurable in the field, employed by a user.
        """
        return both(self.external_to_design, self.field_configurable, self.employed_by_user)

    def why_not_counted(self) -> list[str]:
        """Say in sentences why the control does not lower the residual risk; an empty list means it counts."""
        reasons = [
            (self.verified, "its effect is not verified"),
            (negated(self.adds_risk), "it is not shown to add no greater risk"),
            (self.in_use, "its use is not confirmed"),
        ]
        if self.kind is ControlKind.COMPENSATING:
            reasons.append(
                (
                    self.is_compensating,
                    "it is not shown to be external to the design, configurable in the field and employed by a user",
                )
            )
        return [says for answer, says in reasons if answer is not Answer.YES]


def counted(controls: Iterable[Control]) -> tuple[Control, ...]:
    """Keep the controls that may lower the residual risk; unknown does not count.

    Source: FDA 2016 §VII: risk is assessed with the controls already implemented; §VII.B: none may add more risk.
    """
    return tuple(control for control in controls if not control.why_not_counted())


def residual_exploitability(inherent: Exploitability, controls: Iterable[Control]) -> Exploitability:
    """Give the exploitability that the counted controls leave; never above the inherent one."""
    levels = [c.lowers_exploitability_to for c in counted(controls) if c.lowers_exploitability_to is not None]
    return min([inherent, *levels])


def residual_harm(inherent: HarmSeverity, controls: Iterable[Control]) -> HarmSeverity:
    """Give the severity of harm that the counted controls leave; never above the inherent one."""
    levels = [c.lowers_harm_to for c in counted(controls) if c.lowers_harm_to is not None]
    return min([inherent, *levels])


class EntryState(StrEnum):
    """Where an entry of the control library stands: may it be offered to a case, and is it used."""

    PROPOSED = "proposed"
    VERIFIED = "verified"
    RECOMMENDED = "recommended"
    IN_USE = "in_use"
    FAILED = "failed"
    EXPIRED = "expired"
    RETIRED = "retired"

    @property
    def label(self) -> str:
        """The state as a person reads it."""
        return self.value.replace("_", " ")


class EntryGuard(Guard):
    """The facts that open an entry's steps."""

    EFFECT_VERIFIED = "effect_verified"
    NEW_RISK_CHECKED = "new_risk_checked"
    DEFINITION_MET = "definition_met"
    INSTRUCTIONS_WRITTEN = "instructions_written"
    USE_CONFIRMED = "use_confirmed"
    DAY_PASSED = "day_passed"
    REASON_GIVEN = "reason_given"

    @property
    def says(self) -> str:
        """The fact as a sentence that is true when the guard is met."""
        return _ENTRY_GUARDS[self]


_ENTRY_GUARDS: Mapping[EntryGuard, str] = {
    EntryGuard.EFFECT_VERIFIED: "its effect is verified, with evidence that the device still works",
    EntryGuard.NEW_RISK_CHECKED: "clinical safety has checked which new risk it brings, and found none that is greater",
    EntryGuard.DEFINITION_MET: "it is external to the design, configurable in the field and employed by a user",
    EntryGuard.INSTRUCTIONS_WRITTEN: "its instructions say who employs it, where, how, and the skill it needs",
    EntryGuard.USE_CONFIRMED: "its use is confirmed in a case",
    EntryGuard.DAY_PASSED: "the last day its verification holds has passed",
    EntryGuard.REASON_GIVEN: "the reason is given",
}

_E, _K = EntryState, EntryGuard
_STANDING = frozenset({_E.VERIFIED, _E.RECOMMENDED, _E.IN_USE})
_SAFE = (_K.EFFECT_VERIFIED, _K.NEW_RISK_CHECKED, _K.DEFINITION_MET, _K.INSTRUCTIONS_WRITTEN)

CONTROL_ENTRY: Workflow[EntryState] = Workflow(
    "control of the library",
    Step(
        "verify", {_E.PROPOSED, _E.EXPIRED}, _E.VERIFIED, {Role.ENGINEERING, Role.CLINICAL_SAFETY}, False,
        (_K.EFFECT_VERIFIED,), "verified",
    ),
    Step("recommend", {_E.VERIFIED}, _E.RECOMMENDED, {Role.PSIRT, Role.CLINICAL_SAFETY}, False, _SAFE),
    Step(
        "use", {_E.RECOMMENDED}, _E.IN_USE, {Role.FIELD_SERVICE, Role.PSIRT}, False, (_K.USE_CONFIRMED,), "put to use"
    ),
    Step(
        "fail", {_E.PROPOSED, *_STANDING}, _E.FAILED, {Role.PSIRT, Role.CLINICAL_SAFETY, Role.FIELD_SERVICE}, False,
        (_K.REASON_GIVEN,), "called failed",
    ),
    Step(
        "expire", _STANDING, _E.EXPIRED, {Role.PSIRT, Role.ENGINEERING, Role.QUALITY, Role.CLINICAL_SAFETY}, False,
        (_K.DAY_PASSED,),
    ),
    Step(
        "retire", frozenset(_E) - {_E.RETIRED, _E.FAILED}, _E.RETIRED, {Role.PSIRT, Role.ENGINEERING, Role.QUALITY},
        False, (_K.REASON_GIVEN,),
    ),
    start=_E.PROPOSED,
)  # fmt: skip


def entry_on(state: EntryState, holds_until: date | None, today: date) -> EntryState:
    """Give the state of a library's entry on a day: its verification may have run out before anybody noted it.

    Args:
        holds_until: the last day the verification holds; None where no day was set.
    """
    lapsed = holds_until is not None and today > holds_until
    return EntryState.EXPIRED if lapsed and state in _STANDING else state
