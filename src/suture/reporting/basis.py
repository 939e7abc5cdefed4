"""What a decision rests on, as plain data; and whether it still does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from suture.assessment.models import Case
from suture.core.enforcement import Condition
from suture.core.errors import Contradiction, InvalidValue
from suture.core.report_facts import SAYS
from suture.core.reportability import Fired, Open
from suture.evidence.canonical import digest
from suture.reporting.models import Decision
from suture.reporting.position import Owed, Position, position_with


def is_current(row: Decision, today: date) -> bool:
    """Whether a decision is the newest on its case and the record still says what it was made on.

    A signature under one that is no longer current stays what it is; it only says nothing about today.
    """
    newest = row.case.decisions.order_by("-version").first()
    if newest is None or newest.pk != row.pk:
        return False
    try:
        at = decidable(row.case, today, row.given)
    except (Contradiction, InvalidValue):
        return False
    return basis_of(at, row.given) == row.basis


def decidable(case: Case, day: date, given: Mapping[str, Any]) -> Position:
    """Where the case stands with these answers, every device of it decided.

    Raises:
        Contradiction: two recorded facts cannot both be true.
        InvalidValue: the case concerns no device to decide on.
    """
    at = position_with(case, day, given)
    for one in at.owed:
        if one.contradiction:
            raise Contradiction(f"{one.product.brand_name}: {one.contradiction}")
    if not at.owed:
        raise InvalidValue(f"{case.number} concerns no device to decide on: no release is affected")
    return at


def basis_of(at: Position, given: Mapping[str, Any]) -> str:
    """The digest of what a decision rests on: the inputs and results per device, day 0 and the 806 date.

    Left out is what passes with time alone (days late), who wrote an answer when, and that the report decided on was
    sent: that is the decision carried out.
    """
    answers = {name: [said["answer"], said["because"]] for name, said in given.items()}
    devices = {
        str(one.product.uid): [
            one.duty_806.value, inputs_of(one) | {"report_806_submitted": ""}, one.enforcement.report_806.due_on,
        ]
        for one in at.owed
    }  # fmt: skip
    return digest({"given": answers, "devices": devices, "learned_on": at.learned_on})


def inputs_of(one: Owed) -> dict[str, str]:
    """Every input of every rule for one device, as a word."""
    facts = {name: one.facts.answer(name).value for name in SAYS}
    facts["verdict"] = one.facts.verdict.word if one.facts.verdict else ""
    facts["inherent_verdict"] = one.facts.inherent_verdict.word if one.facts.inherent_verdict else ""
    return facts


def device_data(one: Owed) -> dict[str, Any]:
    """What is kept of one device."""
    assert one.decided is not None  # contradictions were refused before
    return {
        "product": str(one.product.uid), "label": one.product.brand_name, "facts": inputs_of(one),
        "fired": [_fired(f) for f in one.decided.fired], "open": [_open(o) for o in one.decided.open],
        "duty_806": one.decided.duty_806.value, "says": one.decided.duty_806.says,
    }  # fmt: skip


def _fired(rule: Fired) -> dict[str, Any]:
    return {
        "rule": rule.rule, "outcome": rule.outcome, "because": rule.because, "inputs": dict(rule.inputs),
        "citation": rule.citation, "kind": rule.kind.value, "kind_label": rule.kind.label,
    }  # fmt: skip


def _open(rule: Open) -> dict[str, Any]:
    return {
        "rule": rule.rule, "would": rule.would, "unknown": list(rule.unknown), "questions": list(rule.questions),
        "not_yet_due": list(rule.not_yet_due), "citation": rule.citation, "kind": rule.kind.value,
        "kind_label": rule.kind.label,
    }  # fmt: skip


def condition_data(one: Condition) -> dict[str, Any]:
    """What is kept of one condition."""
    return {
        "number": one.number, "title": one.title, "answer": one.answer.value, "evidence": list(one.evidence),
        "turns": one.turns, "citation": one.citation, "due_on": one.due_on.isoformat() if one.due_on else "",
    }  # fmt: skip
