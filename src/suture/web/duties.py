"""What is owed as rows of a table: one row per rule, over all devices of a case, with its clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from suture.core.authority import Authority
from suture.core.clocks import (
    AMENDMENT_806,
    CYBER_COMMUNICATE,
    MDR_5,
    MDR_30,
    PERIODIC_REPORT,
    REPORT_806,
    Clock,
)
from suture.reporting.queries import Position

# Which clock a rule's duty runs on; the others have no day of their own.
CLOCK_OF: Mapping[str, str] = {
    "R2": MDR_30.name, "R3": MDR_30.name, "R4": MDR_5.name, "R9": REPORT_806.name, "R10": CYBER_COMMUNICATE.name,
    "R11": REPORT_806.name, "R17": PERIODIC_REPORT.name, "R21": AMENDMENT_806.name,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Duty:
    """One rule that fired, or is open, for some devices of a case."""

    rule: str
    says: str
    because: str
    citation: str
    kind: Authority
    devices: tuple[str, ...]
    is_open: bool
    questions: tuple[str, ...]
    clock: Clock | None


def duties_of(at: Position) -> list[Duty]:
    """Rules that fired first, then open ones, each once, in the order of the table."""
    fired: dict[tuple[str, str], Duty] = {}
    undecided: dict[str, Duty] = {}
    for one in at.owed:
        if one.decided is None:
            continue
        name = one.product.brand_name
        for rule in one.decided.fired:
            before = fired.get((rule.rule, rule.outcome))
            names = (*before.devices, name) if before else (name,)
            fired[rule.rule, rule.outcome] = Duty(
                rule.rule, rule.outcome, rule.because, rule.citation, rule.kind, names, False, (), _clock(at, rule.rule)
            )
        for rest in one.decided.open:
            earlier = undecided.get(rest.rule)
            names = (*earlier.devices, name) if earlier else (name,)
            questions = tuple(dict.fromkeys((*(earlier.questions if earlier else ()), *rest.questions)))
            undecided[rest.rule] = Duty(
                rest.rule, rest.would, "", rest.citation, rest.kind, names, True, questions, _clock(at, rest.rule)
            )
    return [*sorted(fired.values(), key=_number), *sorted(undecided.values(), key=_number)]


def _number(duty: Duty) -> int:
    return int(duty.rule.removeprefix("R"))


def _clock(at: Position, rule: str) -> Clock | None:
    name = CLOCK_OF.get(rule)
    return next((c for c in at.clocks if c.name == name and c.due_on is not None and c.met_on is None), None)
