"""Remediation plans: made with their rationale, validated, distributed, and the residual risk after it signed."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from suture.accounts.models import Person
from suture.accounts.services import new_uid, reauthenticate, require, sign
from suture.assessment.models import Case
from suture.assessment.services import add_fact, move_case, role_for, take_case, touch
from suture.core.errors import InvalidValue, NotAllowed, NotFound
from suture.core.facts import Answer, FactKind, negated, not_in_future
from suture.core.plans import PLAN, PlanGuard, PlanState, RemediationKind
from suture.core.roles import who
from suture.evidence.canonical import digest
from suture.evidence.clock import now, today
from suture.evidence.services import record
from suture.inventory.models import Release
from suture.remediation.models import Plan

G, K = PlanGuard, FactKind


def make_plan(
    *, case_uid: UUID | str, by: Person, kind: RemediationKind, summary: str, rationale: str,
    owner: Person | None = None, fix_by: date | None = None, release: Release | None = None, design_change: str = "",
    capa: str = "", on: date | None = None, version: int | None = None,
) -> Plan:  # fmt: skip
    """Make the plan to an acceptable residual risk, or its next version; the case learns that it is made.

    Args:
        rationale: of the timeline: why by then, and not sooner.
        design_change: the record of the design change, or "none because …".
        capa: the record of corrective action, or "none because …".

    Raises:
        InvalidValue: no summary, no rationale, or a release of a device the case does not concern.

    Source: FDA 2016 §VII.B, second condition (c): the plan, with the documented rationale for its timeline.
    """
    if not summary.strip() or not rationale.strip():
        raise InvalidValue("a plan says what is done, and why by then and not sooner (the rationale for its timeline)")
    with transaction.atomic():
        case = take_case(case_uid, by, "plan.write", version)
        if release is not None and not case.answers.filter(release__product_id=release.product_id).exists():
            raise InvalidValue(f"{case.number} does not concern {release.product.brand_name}")
        last = case.plans.aggregate(last=Max("version"))["last"] or 0
        row = Plan.objects.create(
            uid=new_uid(), case=case, version=last + 1, kind=kind, summary=summary, rationale=rationale,
            owner=owner or by, fix_by=fix_by, release=release, design_change=design_change, capa=capa, made_at=now(),
            made_by=by,
        )  # fmt: skip
        record(by=by, did="plan.made", to=row, because=rationale, facts=row.content())
        _fact(row, K.PLAN_MADE, on, by, row.label, rationale=rationale, plan=str(row.uid))
        touch(case)
    return row


def develop_plan(*, plan_uid: UUID | str, by: Person, because: str = "") -> Plan:
    """Put a plan into development."""
    with transaction.atomic():
        row = _take(plan_uid, by, "plan.move")
        return _move(row, "develop", by, because, {G.RATIONALE_WRITTEN: Answer.of(bool(row.rationale.strip()))})


def validate_fix(
    *, plan_uid: UUID | str, by: Person, verification: str, validation: str, adds_risk: Answer, adds_risk_because: str,
    on: date | None = None, release: Release | None = None,
) -> Plan:  # fmt: skip
    """Record that the fix is verified and validated, and the answer whether it adds risk.

    Raises:
        NotAllowed: evidence, the release or the answer "adds no greater risk" is missing.

    Source: FDA 2016 §VII.B, third condition: the change is validated and adds no greater risk; §VII: validation shows
    that the target is mitigated without new exposure.
    """
    with transaction.atomic():
        row = _take(plan_uid, by, "plan.move")
        row.verification, row.validation, row.validated_by = verification, validation, by
        row.adds_risk, row.adds_risk_because, row.release = adds_risk, adds_risk_because, release or row.release
        row.validated_on = on or today(row.case.establishment.time_zone)
        _move(row, "validate", by, validation, {
            G.VERIFIED: Answer.of(bool(verification.strip())),
            G.VALIDATED: Answer.of(bool(validation.strip())),
            G.NO_GREATER_RISK: negated(adds_risk) if adds_risk_because.strip() else Answer.UNKNOWN,
            G.RELEASE_NAMED: _names_release(row),
        })  # fmt: skip
        _fact(row, K.FIX_VALIDATED, on, by, validation, adds_risk=adds_risk.value, **_release(row))
    return row


def distribute_fix(*, plan_uid: UUID | str, by: Person, how: str, on: date | None = None) -> Plan:
    """Record that the deployable fix is distributed to customers; that is not "installed everywhere".

    Raises:
        InvalidValue: nothing said of how customers get it, or a day in the future.
        NotAllowed: it is not validated.

    Source: FDA 2016 §VII.B, third condition.
    """
    if not how.strip():
        raise InvalidValue("say how customers get the fix, and what shows that it is there for them")
    with transaction.atomic():
        row = _take(plan_uid, by, "plan.move")
        row.distribution, row.distributed_on = how, on or today(row.case.establishment.time_zone)
        _move(row, "distribute", by, how, {G.RELEASE_NAMED: _names_release(row)})
        _fact(row, K.FIX_DISTRIBUTED, on, by, how, **_release(row))
    return row


def sign_residual(
    *, plan_uid: UUID | str, by: Person, password: str, acceptable: bool, because: str, on: date | None = None
) -> Plan:
    """Sign the residual risk after the fix: acceptable, so the plan is complete; or not, so it is incomplete.

    Raises:
        InvalidValue: no reason.
        NotAllowed: the fix is not distributed, a notification alone is called complete, or the password is wrong.

    Source: FDA 2016 §IV.G, §VII.B, third condition: the residual risk is brought to an acceptable level.
    """
    if not because.strip():
        raise InvalidValue("say why the residual risk is acceptable, or why not")
    require(by, "plan.sign_residual")
    reauthenticate(by, password)
    with transaction.atomic():
        row = _take(plan_uid, by, "plan.sign_residual")
        if acceptable and row.kind == RemediationKind.NOTIFICATION_ONLY:
            raise NotAllowed("a notification without a strategy is incomplete remediation (guidance §IV.G)")
        answer = Answer.of(acceptable)
        row.residual_acceptable, row.residual_because = answer, because
        row.residual_on = on or today(row.case.establishment.time_zone)
        verb = "complete" if acceptable else "find_incomplete"
        known = {G.RESIDUAL_ACCEPTABLE: answer, G.RESIDUAL_NOT_ACCEPTABLE: negated(answer)}
        _move(row, verb, by, because, known, signed=True)
        sign(
            by=by, to=row, digest=digest(row.content()), meaning="residual risk after the fix",
            as_role=role_for(by, who("plan.sign_residual")), because=because,
        )  # fmt: skip
        _fact(row, K.RESIDUAL_ACCEPTABLE_AFTER_FIX, on, by, because, acceptable=answer.value)
    return row


def remediate_case(
    *, case_uid: UUID | str, by: Person, password: str, because: str = "", version: int | None = None
) -> Case:
    """Take a case to *remediated*: its newest plan, if there is one, is complete, and the case's own facts say so.

    Raises:
        NotAllowed: the plan is not complete, or the case's table forbids the step; the sentence names everything.
    """
    newest = Plan.objects.filter(case__uid=case_uid).order_by("-version").first()
    if newest is not None and newest.at is not PlanState.COMPLETE:
        raise NotAllowed(f"{newest.label} is {newest.at.label}; complete it first")
    return move_case(case_uid=case_uid, verb="remediate", by=by, because=because, password=password, version=version)


def _take(uid: UUID | str, by: Person, verb: str) -> Plan:
    case_uid = Plan.objects.filter(uid=uid).values_list("case__uid", flat=True).first()
    if case_uid is None:
        raise NotFound("there is no such record")
    case = take_case(case_uid, by, verb)
    row = Plan.objects.select_for_update(of=("self",)).select_related("release__product").get(uid=uid)
    if row.version != (case.plans.aggregate(last=Max("version"))["last"] or 0):
        raise NotAllowed(f"{row.label} is superseded by a later version")
    row.case = case
    return row


def _move(
    row: Plan, verb: str, by: Person, because: str, known: dict[PlanGuard, Answer], *, signed: bool = False
) -> Plan:
    row.state = PLAN.require(row.at, verb, roles=by.roles, facts=known, signed=signed)
    row.save()
    touch(row.case)
    record(by=by, did=f"plan.{verb}", to=row, because=because, facts=row.content())
    return row


def _fact(row: Plan, kind: FactKind, on: date | None, by: Person, evidence: str, **detail: str) -> None:
    day = on or today(row.case.establishment.time_zone)
    not_in_future(day, today(row.case.establishment.time_zone), f"the day of '{kind.label}'")
    add_fact(row.case, kind, day, by, detail=detail, evidence=evidence)


def _release(row: Plan) -> dict[str, str]:
    return {"release": row.release.label} if row.release else {}


def _names_release(row: Plan) -> Answer:
    """A complete fix is a release; controls and notices need none."""
    return Answer.of(row.release is not None or row.kind != RemediationKind.COMPLETE_FIX)
