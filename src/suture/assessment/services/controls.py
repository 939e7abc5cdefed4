"""Controls: proposed, verified, recommended, confirmed in use; or failed, or retired."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.services import new_uid
from suture.assessment.models import Case, Control
from suture.assessment.queries import as_control, verdict_after_answers
from suture.assessment.services.facts import add_fact
from suture.assessment.services.taking import take_case, touch
from suture.core.cases import CONTROL, ENDED_CONTROLS, ControlGuard, ControlState
from suture.core.controls import ControlKind
from suture.core.errors import InvalidValue, NotFound
from suture.core.exploitability import Exploitability
from suture.core.facts import Answer, FactKind, not_in_future
from suture.core.harm import HarmSeverity
from suture.core.workflow import Guard
from suture.evidence.clock import today
from suture.evidence.services import record
from suture.inventory.models import Product


def propose_control(
    *, case_uid: UUID | str, by: Person, name: str, kind: ControlKind, product: Product | None = None,
    external_to_design: Answer = Answer.UNKNOWN, field_configurable: Answer = Answer.UNKNOWN,
    employed_by_user: Answer = Answer.UNKNOWN, employed_by: str = "", where: str = "", instructions: str = "",
    skill: str = "", lowers_exploitability_to: Exploitability | None = None,
    lowers_harm_to: HarmSeverity | None = None, version: int | None = None,
) -> Control:  # fmt: skip
    """Propose what could lower the risk, with who employs it, where, how, and the skill it needs.

    Raises:
        InvalidValue: no name, a name that is taken, or a compensating control that lowers nothing.

    Source: FDA 2016 §IV.A, §VII.
    """
    with transaction.atomic():
        case = take_case(case_uid, by, "control.propose", version)
        if case.controls.filter(name=name).exists():
            raise InvalidValue(f"{case.number} has a control '{name}' already")
        row = Control(
            uid=new_uid(), case=case, product=product, name=name, kind=kind, external_to_design=external_to_design,
            field_configurable=field_configurable, employed_by_user=employed_by_user, employed_by=employed_by,
            where=where, instructions=instructions, skill=skill,
            lowers_exploitability_to=lowers_exploitability_to.word if lowers_exploitability_to else "",
            lowers_harm_to=lowers_harm_to.word if lowers_harm_to else "",
        )  # fmt: skip
        as_control(row)
        row.save()
        touch(case)
        record(by=by, did="control.proposed", to=row, facts=_said(row))
    return row


def verify_control(
    *, control_uid: UUID | str, by: Person, on: date, evidence: str, adds_risk: Answer, adds_risk_because: str,
    version: int | None = None,
) -> Control:  # fmt: skip
    """Record that a control's effect is verified, and the answer whether it adds risk.

    Raises:
        InvalidValue: no evidence, no reason for the answer, or a day in the future.
        NotAllowed: it adds a greater risk, or nobody knows; it cannot be verified then.

    Source: FDA 2016 §VII.B: controls do not introduce more risk to safety and essential performance.
    """
    with transaction.atomic():
        row, case = _take(control_uid, by, "control.verify", version)
        if not evidence.strip() or not adds_risk_because.strip():
            raise InvalidValue("a verification names its evidence, and why the control does or does not add risk")
        not_in_future(on, today(case.establishment.time_zone), "the day of verification")
        row.adds_risk, row.adds_risk_because = adds_risk, adds_risk_because
        row.verified_by, row.verified_on, row.verified_evidence = by, on, evidence
        shown: dict[Guard, Answer] = {
            ControlGuard.EFFECT_VERIFIED: Answer.YES,
            ControlGuard.NO_GREATER_RISK: {Answer.NO: Answer.YES, Answer.YES: Answer.NO}.get(adds_risk, adds_risk),
        }
        return _move(row, case, "verify", by, "control.verified", evidence, shown)


def recommend_control(
    *, control_uid: UUID | str, by: Person, on: date | None = None, because: str = "", version: int | None = None
) -> Control:
    """Recommend a verified control for use; a compensating one counts as an interim control identified on that day.

    Raises:
        NotAllowed: it is not verified, or its instructions do not say who employs it, where, how, and the skill.
    """
    with transaction.atomic():
        row, case = _take(control_uid, by, "control.propose", version)
        written = all(text.strip() for text in (row.employed_by, row.where, row.instructions, row.skill))
        built_in = row.kind == ControlKind.DESIGN  # nobody employs it: it needs no instructions
        shown: dict[Guard, Answer] = {ControlGuard.INSTRUCTIONS_WRITTEN: Answer.of(written or built_in)}
        _move(row, case, "recommend", by, "control.recommended", because, shown)
        if not built_in:
            add_fact(
                case, FactKind.CONTROLS_IDENTIFIED, on or today(case.establishment.time_zone), by,
                detail={"controls": row.name, "adds_risk": row.adds_risk},
                evidence=f"{row.name}: {row.verified_evidence}",
            )  # fmt: skip
        return row


def confirm_in_use(
    *, control_uid: UUID | str, by: Person, on: date, where: str, evidence: str, version: int | None = None
) -> Control:
    """Confirm that a recommended control is in use: by whom, when, where, and what shows it.

    Raises:
        InvalidValue: no place, no evidence, or a day in the future.
        NotAllowed: it is not recommended.
    """
    with transaction.atomic():
        row, case = _take(control_uid, by, "control.confirm_in_use", version)
        if not where.strip() or not evidence.strip():
            raise InvalidValue("say where the control is in use, and what shows it")
        not_in_future(on, today(case.establishment.time_zone), "the day of confirmation")
        row.in_use_by, row.in_use_on, row.in_use_where, row.in_use_evidence = by, on, where, evidence
        return _move(
            row, case, "confirm_in_use", by, "control.confirmed", evidence, {ControlGuard.USE_CONFIRMED: Answer.YES}
        )


def end_control(
    *, control_uid: UUID | str, by: Person, becomes: ControlState, because: str, version: int | None = None
) -> Control:
    """Say that a control failed or expired, or retire it. It no longer counts; a verdict that counted it is not known.

    Raises:
        InvalidValue: no reason, or a state that is no end.
    """
    with transaction.atomic():
        row, case = _take(control_uid, by, "case.record_fact", version)
        if not because.strip():
            raise InvalidValue("say why the control failed, expired or is retired")
        if becomes not in ENDED_CONTROLS:
            raise InvalidValue("a control ends as failed, expired or retired")
        row.ended_because = because
        verb = {ControlState.FAILED: "fail", ControlState.EXPIRED: "expire"}.get(becomes, "retire")
        did = f"control.{becomes.value}"
        _move(row, case, verb, by, did, because, {})
        case.verdict = verdict_after_answers(case)
        touch(case, "verdict")
        return row


def _take(control_uid: UUID | str, by: Person, verb: str, version: int | None) -> tuple[Control, Case]:
    case_uid = Control.objects.filter(uid=control_uid).values_list("case__uid", flat=True).first()
    if case_uid is None:
        raise NotFound("there is no such record")
    case = take_case(case_uid, by, verb, version)
    row = Control.objects.select_for_update().get(uid=control_uid)
    row.case = case
    return row, case


def _move(
    row: Control, case: Case, verb: str, by: Person, did: str, because: str, shown: Mapping[Guard, Answer]
) -> Control:
    row.state = CONTROL.require(ControlState(row.state), verb, roles=by.roles, facts=shown)
    row.save()
    touch(case)
    record(by=by, did=did, to=row, because=because, facts=_said(row))
    return row


def _said(row: Control) -> dict[str, Any]:
    names = (
        "name", "kind", "state", "external_to_design", "field_configurable", "employed_by_user", "employed_by", "where",
        "instructions", "skill", "lowers_exploitability_to", "lowers_harm_to", "adds_risk", "adds_risk_because",
        "verified_on", "verified_evidence", "in_use_on", "in_use_where", "in_use_evidence", "ended_because",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names}
