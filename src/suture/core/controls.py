"""Controls: what lowers the risk. Only what is verified, adds no greater risk and is in use counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from suture.core.errors import InvalidValue
from suture.core.exploitability import Exploitability
from suture.core.facts import Answer, both, negated
from suture.core.harm import HarmSeverity


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
