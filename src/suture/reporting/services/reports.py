"""The 806 report: opened, written, moved along its table, numbered when it is submitted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.queries import signatures_on
from suture.accounts.services import new_uid, reauthenticate, sign
from suture.assessment.models import Case
from suture.assessment.services import add_fact, role_for, take_case, touch
from suture.core.cases import REPORT_806, ReportGuard, ReportState
from suture.core.errors import Conflict, InvalidValue, NotAllowed
from suture.core.facts import Answer, FactKind, not_in_future
from suture.core.milestones import initiated_on
from suture.core.reportability import Duty806
from suture.core.reports806 import ActionKind, next_sequence, report_number
from suture.core.roles import Role
from suture.core.workflow import Guard
from suture.evidence.canonical import digest
from suture.evidence.clock import now, today
from suture.evidence.services import record
from suture.inventory.models import Product
from suture.policy.services import next_number
from suture.reporting.models import Report806
from suture.reporting.position import position
from suture.reporting.queries import is_signed, report_for
from suture.reporting.sources import check_answers, frozen, items_of, registration_of

G, S = ReportGuard, ReportState
EDITABLE = (S.CANDIDATE, S.CONTINGENT, S.DUE, S.DRAFTED)


def open_report806(
    *, case_uid: UUID | str, product: Product, by: Person, type: ActionKind = ActionKind.CORRECTION, because: str = ""
) -> Report806:
    """Begin the report of a correction or removal of one device; the one there is, if it was begun already.

    Its 13 items are read from the record at once, so that what is missing shows early. It has no number yet.

    Raises:
        InvalidValue: the case does not concern the device.

    Source: 21 CFR 806.10; that another device is another report is Suture's reading.
    """
    with transaction.atomic():
        case = take_case(case_uid, by, "report806.draft")
        known = case.reports_806.filter(product=product, type=type).first()
        if known is not None:
            return known
        if not case.answers.filter(release__product=product).exists():
            raise InvalidValue(f"{case.number} does not concern {product.brand_name}")
        row = Report806.objects.create(
            uid=new_uid(), case=case, product=product, type=type, state=S.CANDIDATE, drafted_at=now(),
        )  # fmt: skip
        touch(case)
        record(by=by, did="report806.opened", to=row, because=because, facts={"product": product.uid, "type": type})
    return row


def write_report806(
    *, report_uid: UUID | str, by: Person, answers: Mapping[str, Any], because: str = "", version: int | None = None
) -> Report806:
    """Write texts for items, the list of consignees, or why something is missing and when it will be submitted.

    Args:
        answers: `{"values": {key: text}, "consignees": [...], "pending": {"10": {"why", "by"}}}`; each part given
            replaces what it held. Keys are those of `core.reports806`.
        version: the report's version the person looked at.

    Raises:
        InvalidValue: a key, date or consignee that cannot be read.
        NotAllowed: the report is approved or sent; return it first.
        Conflict: somebody wrote to it meanwhile.
    """
    with transaction.atomic():
        row, case = _take(report_uid, by, "report806.draft", version)
        if row.state not in EDITABLE:
            raise NotAllowed(f"{row.label} is {row.state}; return it for correction first")
        before, row.answers = row.answers, check_answers({**row.answers, **answers})
        row.version += 1
        row.save(update_fields=["answers", "version"])
        touch(case)
        record(
            by=by, did="report806.written", to=row, because=because,
            facts={"before": before, "after": row.answers, "version": row.version},
        )  # fmt: skip
    return row


def move_report806(
    *, report_uid: UUID | str, verb: str, by: Person, because: str = "", password: str | None = None,
    as_role: Role | None = None, version: int | None = None,
) -> Report806:  # fmt: skip
    """Take a report through one step of its table; for `submit` use `submit_report806`.

    Raises:
        NotAllowed: the table, the role, a guard or the missing signature forbids it; the sentence names everything.
    """
    if verb == "submit":
        raise NotAllowed("a submission has a day and a receipt; use submit_report806")
    seen = report_for(by, report_uid)
    step = REPORT_806.step(S(seen.state), verb)
    if step.signature:
        role_for(by, step.who, as_role)
        if password is None:
            raise NotAllowed(f"a report is {step.done} by signature: give your password")
        reauthenticate(by, password)
    with transaction.atomic():
        row, case = _take(report_uid, by, _verb_of(verb), version)
        before = S(row.state)
        row.state = REPORT_806.require(
            before, verb, roles=by.roles, facts=report_guards(row, case), signed=step.signature
        )
        row.version += 1
        row.save(update_fields=["state", "version"])
        if step.signature:
            sign(
                by=by, to=row, digest=digest(content_of(row)), meaning=f"806 report {step.done}",
                as_role=role_for(by, step.who, as_role), because=because,
            )  # fmt: skip
        touch(case)
        record(by=by, did=f"report806.{verb}", to=row, because=because, facts={"from": before, "to": row.state})
    return row


def submit_report806(
    *, report_uid: UUID | str, on: date, by: Person, receipt: str = "", because: str = "", version: int | None = None
) -> Report806:
    """Record that an approved report was sent on a day: only now it has its number, and the 806 clock is met.

    What was sent is kept as it was sent, whatever is recorded later.

    Raises:
        InvalidValue: a day in the future.
        NotAllowed: it is not approved, or the person may not.
        Conflict: the record behind it changed since it was approved.

    Source: 21 CFR 806.10(c)(1): the number holds the date of the report; the sequence runs on and is never reused.
    """
    with transaction.atomic():
        row, case = _take(report_uid, by, "report806.record_submission", version)
        not_in_future(on, today(case.establishment.time_zone), "the day of submission")
        if S(row.state) is S.APPROVED and not _approval_holds(row):
            raise Conflict(
                f"the record behind {row.label} changed since it was approved; return it and approve it again"
            )
        row.answers = {**row.answers, "sent": frozen(row)}
        kind = ActionKind(row.type)
        registration = row.product.establishment.registration_number
        given = Report806.objects.exclude(number="").values_list("number", flat=True)
        drawn = next_number(f"report806-{kind.value}")  # the counter orders two submissions at once
        row.number = report_number(registration, on, max(drawn, next_sequence(given, kind)), kind)
        guards = {**report_guards(row, case), G.NUMBER_GIVEN: Answer.YES}
        row.state = REPORT_806.require(S(row.state), "submit", roles=by.roles, facts=guards)
        row.submitted_on, row.receipt = on, receipt
        row.version += 1
        row.save()
        add_fact(
            case, FactKind.REPORT_806_SUBMITTED, on, by,
            detail={"number": row.number, "product": str(row.product.uid)},
            evidence=f"report {row.number}; receipt {receipt or 'not stored yet'}", because=because,
        )  # fmt: skip
        touch(case)
        record(
            by=by, did="report806.submitted", to=row, because=because,
            facts={"number": row.number, "on": on, "receipt": receipt, "digest": digest(content_of(row))},
        )  # fmt: skip
    return row


def store_receipt(*, report_uid: UUID | str, receipt: str, by: Person) -> Report806:
    """Store FDA's acknowledgement of a report that was sent.

    Raises:
        InvalidValue: nothing to store.
    """
    with transaction.atomic():
        row, case = _take(report_uid, by, "report806.record_submission", None)
        if not receipt.strip():
            raise InvalidValue("say what FDA's acknowledgement is")
        row.receipt = receipt
        row.state = REPORT_806.require(S(row.state), "acknowledge", roles=by.roles, facts=report_guards(row, case))
        row.version += 1
        row.save(update_fields=["receipt", "state", "version"])
        touch(case)
        record(by=by, did="report806.acknowledged", to=row, facts={"receipt": receipt})
    return row


def content_of(report: Report806) -> dict[str, Any]:
    """What a signature binds: the 13 items as they stand, every text with its sources; not the number given later."""
    items = [
        {"number": i.number, "text": i.text, "missing": i.missing, "sources": i.sources}
        for i in items_of(report)
        if i.number != 1
    ]
    return {
        "case": report.case.uid, "product": report.product.uid, "type": report.type, "items": items,
        "registration": registration_of(report),
    }  # fmt: skip


def report_guards(report: Report806, case: Case) -> dict[Guard, Answer]:
    """The facts that open a report's steps."""
    at = position(case, today(case.establishment.time_zone))
    facts = at.facts
    mine = next((one for one in at.owed if one.product.pk == report.product_id), None)
    four = (mine or at).enforcement.answer
    not_owed = mine is not None and mine.duty_806 in (Duty806.RECORD, Duty806.REPORTED_ELSEWHERE)
    newest = case.records_806.filter(product=report.product).order_by("-version").first()
    items = items_of(report)
    return {
        G.JUSTIFICATION_SIGNED: Answer.of((newest is not None and is_signed(newest)) or None),
        G.NOT_OWED: Answer.of(not_owed),
        G.NOT_SENT: Answer.of(not report.is_sent),
        G.DISCRETION_CLAIMED: {Answer.NOT_YET_DUE: Answer.YES}.get(four, four),
        G.CONDITIONS_HOLD: four,
        G.CONDITION_FAILED: _NO_LONGER_COVERED[four],
        G.CORRECTION_INITIATED: Answer.of(initiated_on(facts) is not None or None),
        G.ITEMS_ANSWERED: Answer.of(items[12].complete),
        G.NUMBER_GIVEN: Answer.of(bool(report.number)),
        G.RECEIPT_STORED: Answer.of(bool(report.receipt) or None),
        G.EXTENSION_INITIATED: Answer.of(facts.first(FactKind.EXTENSION_INITIATED) is not None or None),
        G.FOLLOW_UPS_DONE: Answer.of(all(item.complete for item in items)),
    }


# A condition that is unknown covers nothing either: the original date stands (core.enforcement).
_NO_LONGER_COVERED = {
    Answer.NO: Answer.YES, Answer.UNKNOWN: Answer.YES, Answer.YES: Answer.NO, Answer.NOT_YET_DUE: Answer.NOT_YET_DUE,
}  # fmt: skip


def _approval_holds(row: Report806) -> bool:
    return signatures_on(row.record_kind, row.uid, digest(content_of(row))).exists()


def _verb_of(step: str) -> str:
    if step in ("approve", "return", "amend", "claim_discretion", "close"):
        return "report806.approve"
    return "report806.record_submission" if step == "acknowledge" else "report806.draft"


def _take(report_uid: UUID | str, by: Person, verb: str, version: int | None) -> tuple[Report806, Case]:
    case = take_case(report_for(by, report_uid).case.uid, by, verb, closed_too=True)
    row = Report806.objects.select_for_update(of=("self",)).select_related("product__establishment").get(uid=report_uid)
    row.case = case
    if version is not None and version != row.version:
        raise Conflict(f"{row.label} was changed meanwhile: you saw version {version}, it is at {row.version}")
    return row, case
