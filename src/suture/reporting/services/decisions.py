"""Decide what is owed, and sign it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.queries import signatures_on
from suture.accounts.services import new_uid, reauthenticate, require, sign
from suture.assessment.services import role_for, take_case, touch
from suture.core.errors import Conflict, InvalidValue, NotAllowed
from suture.core.facts import Answer
from suture.core.report_facts import SAYS
from suture.core.roles import who
from suture.evidence.canonical import digest
from suture.evidence.clock import now, today
from suture.evidence.services import record
from suture.reporting.basis import basis_of, condition_data, decidable, device_data
from suture.reporting.gathering import ASKED
from suture.reporting.models import Decision
from suture.reporting.position import given_answers
from suture.reporting.queries import decision_for

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
        at = decidable(case, day, given)
        devices = [device_data(one) for one in at.owed]
        basis = basis_of(at, given)
        last = case.decisions.order_by("-version").first()
        if last is not None and last.basis == basis:
            return last
        row = Decision.objects.create(
            uid=new_uid(), case=case, version=last.version + 1 if last else 1, as_of=day, made_at=now(), by=by,
            because=because, duty_806=at.duty_806, devices=devices, given=given, basis=basis,
            conditions=[condition_data(c) for c in at.enforcement.conditions],
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
        if basis_of(decidable(case, today(case.establishment.time_zone), row.given), row.given) != row.basis:
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


def _checked(answers: GivenAnswers, by: Person) -> dict[str, Any]:
    given = {}
    for name, (answer, because) in answers.items():
        if name.split("@")[0] not in ASKED:
            raise InvalidValue(f"'{name}' is not asked of a person; record the fact it is read from")
        if not because.strip():
            raise InvalidValue(f"say why: {SAYS[name.split('@')[0]]}: {answer.value}")
        given[name] = {"answer": answer.value, "because": because, "by": str(by.uid), "name": by.printed_name,
                       "at": now().isoformat(timespec="microseconds")}  # fmt: skip
    return given


def _fired_ids(devices: list[dict[str, Any]]) -> dict[str, list[str]]:
    return {d["product"]: [fired["rule"] for fired in d["fired"]] for d in devices}
