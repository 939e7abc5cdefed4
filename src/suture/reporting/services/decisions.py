"""Decide what is owed, and sign it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.queries import signatures_on
from suture.accounts.services import new_uid, reauthenticate, require, sign
from suture.assessment.models import Case
from suture.assessment.services import role_for, take_case, touch
from suture.core.enforcement import Condition
from suture.core.errors import Conflict, Contradiction, InvalidValue, NotAllowed
from suture.core.facts import Answer
from suture.core.report_facts import SAYS
from suture.core.reportability import Fired, Open
from suture.core.roles import who
from suture.evidence.canonical import digest
from suture.evidence.clock import now, today
from suture.evidence.services import record
from suture.reporting.gathering import ASKED
from suture.reporting.models import Decision
from suture.reporting.queries import Owed, Position, decision_for, given_answers, owed, position

GivenAnswers = Mapping[str, tuple[Answer, str]]


def decide(
    *, case_uid: UUID | str, by: Person, because: str = "", answers: GivenAnswers | None = None,
    version: int | None = None,
) -> Decision:  # fmt: skip
    """Run R1 to R25 over a case as of today, per device, and keep the result with every input.

    Open questions stay open; the decision lists them. Where nothing changed since the last decision, that one is given.

    Args:
        answers: what no record holds, by name (see `gathering.ASKED`), or `name@device uid` for one device: the
            answer and its reason. They carry over to the next decision.

    Raises:
        Contradiction: two recorded facts cannot both be true; nothing is decided until one is corrected.
        InvalidValue: an answer to a question that a record answers, or one without reason.
    """
    with transaction.atomic():
        case = take_case(case_uid, by, "decision.make", version)
        given = given_answers(case) | _checked(answers or {}, by)
        day = today(case.establishment.time_zone)
        at = _position(case, day, given)
        devices = [_device(one) for one in at.owed]
        basis = _basis(devices, given)
        last = case.decisions.order_by("-version").first()
        if last is not None and last.basis == basis:
            return last
        row = Decision.objects.create(
            uid=new_uid(), case=case, version=last.version + 1 if last else 1, as_of=day, made_at=now(), by=by,
            because=because, duty_806=at.duty_806, devices=devices, given=given, basis=basis,
            conditions=[_condition(c) for c in at.enforcement.conditions],
        )  # fmt: skip
        touch(case)
        record(
            by=by, did="decision.made", to=row, because=because,
            facts={"digest": digest(row.content()), "duty_806": row.duty_806, "fired": _fired_ids(devices)},
        )  # fmt: skip
    return row


def sign_decision(
    *, decision_uid: UUID | str, by: Person, password: str, because: str, version: int | None = None
) -> Decision:
    """Sign a decision as regulatory affairs.

    Raises:
        NotAllowed: not the newest decision, signed already by this person, or a wrong password.
        Conflict: a fact changed since it was made; decide again.
        Contradiction: the record contradicts itself by now.

    Source: 21 CFR 11.50, 11.70.
    """
    require(by, "decision.sign", decision_for(by, decision_uid).case)
    reauthenticate(by, password)
    with transaction.atomic():
        seen = Decision.objects.select_related("case").get(uid=decision_uid)
        case = take_case(seen.case.uid, by, "decision.sign", version)
        row = case.decisions.order_by("-version").first()
        if row is None or row.uid != seen.uid:
            raise NotAllowed(f"{seen.label} is not the newest decision on {case.number}; sign that one")
        at = _position(case, today(case.establishment.time_zone), row.given)
        if _basis([_device(one) for one in at.owed], row.given) != row.basis:
            raise Conflict(f"facts of {case.number} changed since {row.label} was made; decide again, then sign")
        bound = digest(row.content())
        if signatures_on(row.record_kind, row.uid, bound).filter(signer=by).exists():
            raise NotAllowed(f"{by.printed_name} has signed {row.label} already")
        sign(
            by=by, to=row, digest=bound, meaning="approval of the regulatory decision",
            as_role=role_for(by, who("decision.sign")), because=because,
        )  # fmt: skip
        touch(case)
        record(by=by, did="decision.signed", to=row, because=because, facts={"digest": bound, "duty_806": row.duty_806})
    return row


def _position(case: Case, day: date, given: Mapping[str, Any]) -> Position:
    """Where the case stands with these answers; a contradiction is refused here."""
    at = position(case, day)
    decided = tuple(owed(case, day, one.device, given, at.facts, at.enforcement) for one in at.owed)
    for one in decided:
        if one.contradiction:
            raise Contradiction(f"{one.product.brand_name}: {one.contradiction}")
    if not decided:
        raise InvalidValue(f"{case.number} concerns no device to decide on: no release is affected")
    return replace(at, owed=decided)


def _checked(answers: GivenAnswers, by: Person) -> dict[str, Any]:
    given = {}
    for name, (answer, because) in answers.items():
        if name.split("@")[0] not in ASKED:
            raise InvalidValue(f"'{name}' is not asked of a person; record the fact it is read from")
        if not because.strip():
            raise InvalidValue(f"say why: {SAYS[name.split('@')[0]]}: {answer.value}")
        given[name] = {"answer": answer.value, "because": because, "by": str(by.uid), "name": by.printed_name,
                       "at": now().isoformat(timespec="seconds")}  # fmt: skip
    return given


def _basis(devices: list[dict[str, Any]], given: Mapping[str, Any]) -> str:
    """What a decision rests on, without what passes with time alone (days late) and without who wrote it when."""
    answers = {name: [said["answer"], said["because"]] for name, said in given.items()}
    return digest({"given": answers, "devices": {d["product"]: [d["duty_806"], d["facts"]] for d in devices}})


def _fired_ids(devices: list[dict[str, Any]]) -> dict[str, list[str]]:
    return {d["product"]: [fired["rule"] for fired in d["fired"]] for d in devices}


def _device(one: Owed) -> dict[str, Any]:
    assert one.decided is not None  # contradictions were refused before
    facts = {name: one.facts.answer(name).value for name in SAYS}
    facts["verdict"] = one.facts.verdict.word if one.facts.verdict else ""
    facts["inherent_verdict"] = one.facts.inherent_verdict.word if one.facts.inherent_verdict else ""
    return {
        "product": str(one.product.uid), "label": one.product.brand_name, "facts": facts,
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


def _condition(one: Condition) -> dict[str, Any]:
    return {
        "number": one.number, "title": one.title, "answer": one.answer.value, "evidence": list(one.evidence),
        "turns": one.turns, "citation": one.citation, "due_on": one.due_on.isoformat() if one.due_on else "",
    }  # fmt: skip
