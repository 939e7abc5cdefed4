"""What is owed to FDA, rule by rule: every rule that fired with its reason, and every rule that is still open.

Nothing here decides for a person: the result is what a regulatory affairs officer signs or disputes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from suture.core.authority import Authority
from suture.core.errors import Contradiction
from suture.core.facts import Answer
from suture.core.report_facts import SAYS, ReportFacts
from suture.core.risk import Outcome
from suture.core.rules import RULES, Rule, privacy_only_finding

_OPEN = (Answer.UNKNOWN, Answer.NOT_YET_DUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """One rule that fired: what follows, why, from which inputs, on whose authority."""

    rule: str
    outcome: str
    because: str
    inputs: Mapping[str, str]
    citation: str
    kind: Authority


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """One rule that cannot be decided yet: the inputs that matter and are unknown, or not yet due."""

    rule: str
    unknown: tuple[str, ...]
    not_yet_due: tuple[str, ...]
    would: str  # what follows if it fires
    citation: str
    kind: Authority

    @property
    def questions(self) -> tuple[str, ...]:
        """The unknown inputs as sentences to be answered with yes or no."""
        return tuple(SAYS[name] for name in self.unknown)


class Duty806(StrEnum):
    """Where the report under 21 CFR 806 stands, over all rules."""

    UNDECIDED = "undecided"
    NOT_STARTED = "not started"
    DUE = "due"
    CONTINGENT = "contingent"
    NOT_ENFORCED = "not enforced"
    REPORTED_ELSEWHERE = "reported elsewhere"
    RECORD = "record"

    @property
    def says(self) -> str:
        """The duty as a sentence."""
        return _DUTIES[self]


_DUTIES = {
    Duty806.UNDECIDED: "a fact is missing to say whether an 806 report is due",
    Duty806.NOT_STARTED: "the risk is uncontrolled; the 806 clock starts when a correction or removal is initiated",
    Duty806.DUE: "an 806 report is due",
    Duty806.CONTINGENT: "an 806 report is due unless every condition of the enforcement policy comes true in its time",
    Duty806.NOT_ENFORCED: "FDA does not intend to enforce the 806 report while all four conditions hold; "
    "the duty itself stays, and a record as in 806.20 is kept",
    Duty806.REPORTED_ELSEWHERE: "the correction or removal was reported under 803 or 1004; no separate 806 report",
    Duty806.RECORD: "generally not reportable under 806; a record as in 806.20 is kept",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The rules that fired and the rules that are open, in the order of the table."""

    fired: tuple[Fired, ...]
    open: tuple[Open, ...]
    duty_806: Duty806

    @property
    def fired_ids(self) -> tuple[str, ...]:
        """The numbers of the rules that fired: ('R9', 'R15')."""
        return tuple(fired.rule for fired in self.fired)

    @property
    def open_ids(self) -> tuple[str, ...]:
        """The numbers of the rules that are open."""
        return tuple(undecided.rule for undecided in self.open)

    def of(self, rule: str) -> Fired | Open | None:
        """What became of one rule: fired, open, or None when it does not apply."""
        both: tuple[Fired | Open, ...] = (*self.fired, *self.open)
        return next((found for found in both if found.rule == rule), None)


def decide(facts: ReportFacts, rules: Iterable[Rule] = RULES) -> Decision:
    """Run every rule over the facts. Several may fire; a rule that hangs on an unknown input is open.

    Raises:
        Contradiction: two recorded facts cannot both be true: 'controlled' beside a reasonable probability of
            serious consequences (R8 beats R7), or a privacy-only finding beside either of its opposites.

    Source: the table of rules R1 to R25; each carries its own citation.
    """
    refuse_contradictions(facts)
    fired: list[Fired] = []
    undecided: list[Open] = []
    for rule in rules:
        answer = rule.decide(facts)
        if answer is Answer.YES:
            fired.append(_fired(rule, facts))
        elif answer in _OPEN:
            undecided.append(_open(rule, facts))
    return Decision(fired=tuple(fired), open=tuple(undecided), duty_806=_duty(facts, fired, undecided))


def refuse_contradictions(facts: ReportFacts) -> None:
    """Refuse facts that cannot all be true, before anything is decided on them.

    Raises:
        Contradiction: naming both sides.

    Source: FDA 2016 §IV.C (a routine update never applies to serious consequences), §IV.F (privacy is not harm).
    """
    serious = facts.serious_harm_probable is Answer.YES
    if serious and facts.verdict is Outcome.CONTROLLED:
        raise Contradiction(
            "the verdict is controlled, yet a reasonable probability of serious adverse health consequences or death "
            "is recorded; correct one of the two before anything is decided"
        )
    privacy = privacy_only_finding(
        facts.privacy_only, facts.safety_affected, facts.secrets_exposed, facts.investigational
    )
    if privacy is Answer.YES and (serious or facts.verdict is Outcome.UNCONTROLLED):
        raise Contradiction(
            "a finding says that only confidentiality of personal data is affected, yet the record also says "
            "uncontrolled risk or serious consequences; correct one of the two before anything is decided"
        )


def _fired(rule: Rule, facts: ReportFacts) -> Fired:
    inputs = {name: facts.answer(name).value for name in rule.inputs}
    return Fired(
        rule=rule.id,
        outcome=rule.outcome(facts),
        because="; ".join(f"{SAYS[name]}: {value}" for name, value in inputs.items()),
        inputs=inputs,
        citation=rule.citation,
        kind=rule.kind,
    )


def _open(rule: Rule, facts: ReportFacts) -> Open:
    matters = _what_matters(rule, facts)
    return Open(
        rule=rule.id,
        unknown=tuple(name for name in matters if facts.answer(name) is Answer.UNKNOWN),
        not_yet_due=tuple(name for name in matters if facts.answer(name) is Answer.NOT_YET_DUE),
        would=rule.then,
        citation=rule.citation,
        kind=rule.kind,
    )


def _what_matters(rule: Rule, facts: ReportFacts) -> tuple[str, ...]:
    """The open inputs whose answer can still change the result, whatever the other open inputs turn out to be."""
    inputs = {name: facts.answer(name) for name in rule.inputs}
    waiting = [name for name, answer in inputs.items() if answer in _OPEN]
    found = set()
    for values in product((Answer.YES, Answer.NO), repeat=len(waiting)):
        settled = inputs | dict(zip(waiting, values, strict=True))
        result = rule.when(**settled)
        for name in waiting:
            other = Answer.NO if settled[name] is Answer.YES else Answer.YES
            if rule.when(**(settled | {name: other})) is not result:
                found.add(name)
    return tuple(name for name in waiting if name in found)


def _duty(facts: ReportFacts, fired: list[Fired], undecided: list[Open]) -> Duty806:
    ids = {rule.rule for rule in fired}
    waiting = {rule.rule: rule for rule in undecided}
    if "R12" in ids:
        return Duty806.REPORTED_ELSEWHERE
    if ids & {"R7", "R13"}:
        return Duty806.RECORD
    if "R9" in ids:
        if "R10" in ids:
            return Duty806.NOT_ENFORCED
        r10 = waiting.get("R10")
        return Duty806.CONTINGENT if r10 and not r10.unknown else Duty806.DUE
    if facts.uncontrolled is Answer.YES and facts.initiated is Answer.NO:
        return Duty806.NOT_STARTED
    return Duty806.UNDECIDED
