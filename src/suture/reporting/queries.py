"""Reads of reporting: where a case stands towards FDA, decisions, drafts, documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from suture.accounts.models import Person, Signature
from suture.accounts.queries import signatures_on
from suture.assessment.acting import ActedOn, devices_acted_on, verdict_to_act_on
from suture.assessment.models import Case
from suture.assessment.queries import cases_for, facts_of_case
from suture.core.cases import CaseGuard, CaseState, ReportState
from suture.core.clocks import CYBER_COMMUNICATE, CYBER_FIX, REPORT_806, Clock, ClockState, case_clocks
from suture.core.enforcement import Enforcement
from suture.core.errors import Contradiction, NotFound
from suture.core.facts import Answer, Facts
from suture.core.milestones import learned_on
from suture.core.report_facts import ReportFacts
from suture.core.reportability import Decision as Decided
from suture.core.reportability import Duty806
from suture.core.reportability import decide as decide_rules
from suture.core.risk import Outcome
from suture.core.workflow import Guard
from suture.evidence.canonical import digest
from suture.inventory.models import Product
from suture.reporting.gathering import clock_policy, enforcement_of, facts_of
from suture.reporting.models import Decision, Document, Record806, Report806

Row = TypeVar("Row", bound=Model)

SENT = (ReportState.SUBMITTED, ReportState.ACKNOWLEDGED, ReportState.AMENDED, ReportState.CLOSED)

# From gravest to mildest: a case stands where its gravest device stands.
GRAVITY = (
    Duty806.DUE, Duty806.CONTINGENT, Duty806.UNDECIDED, Duty806.NOT_STARTED, Duty806.NOT_ENFORCED,
    Duty806.REPORTED_ELSEWHERE, Duty806.RECORD,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What the rules say of one device on a day; or the contradiction that must be resolved first."""

    device: ActedOn
    facts: ReportFacts
    decided: Decided | None
    contradiction: str = ""

    @property
    def product(self) -> Product:
        return self.device.product

    @property
    def duty_806(self) -> Duty806:
        return self.decided.duty_806 if self.decided else Duty806.UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a case stands on a day: day 0, every clock, the four conditions, what is owed per device.

    `verdict` is the risk as signed and shown now; `acted_on` the one that counts for what is owed: uncontrolled stays
    uncontrolled when a control or a fix brings it down. `binding` are the clocks that bind as things stand: those of
    day 30, day 60 and 806 do until the risk is found controlled without that, or no device affected.
    """

    case: Case
    as_of: date
    facts: Facts
    learned_on: date | None
    verdict: Outcome | None
    acted_on: Outcome | None
    clocks: tuple[Clock, ...]
    binding: tuple[Clock, ...]
    enforcement: Enforcement
    owed: tuple[Owed, ...]

    @property
    def duty_806(self) -> Duty806:
        return gravest(one.duty_806 for one in self.owed)

    @property
    def policy_applies(self) -> bool:
        """Whether the four conditions are of any consequence: they concern uncontrolled risk alone."""
        return self.acted_on is Outcome.UNCONTROLLED


def gravest(duties: Any) -> Duty806:
    """The gravest of several devices' duties; undecided where there is none."""
    return min(duties, key=GRAVITY.index, default=Duty806.UNDECIDED)


def position(case: Case, today: date, facts: Facts | None = None) -> Position:
    """Where a case stands towards FDA on a day, computed from its dated facts and from nothing else.

    Raises:
        InvalidValue: `today` lies before a recorded fact; ask for what was known then with the facts of then.
    """
    facts = facts_of_case(case) if facts is None else facts
    _, _, calendar = clock_policy(today)
    enforcement = enforcement_of(case, today, facts)
    verdict = Outcome.from_word(case.verdict) if case.verdict else None
    clocks = case_clocks(facts, today=today, calendar=calendar, contingent_806=enforcement.report_806.contingent)
    given = given_answers(case)
    devices = devices_acted_on(case, facts)
    acted_on = verdict_to_act_on(devices)
    return Position(
        case=case, as_of=today, facts=facts, learned_on=learned_on(facts), verdict=verdict, acted_on=acted_on,
        clocks=clocks, binding=tuple(c for c in clocks if binds(c, case, acted_on)), enforcement=enforcement,
        owed=tuple(owed(case, today, device, given, facts, enforcement) for device in devices),
    )  # fmt: skip


def binds(clock: Clock, case: Case, acted_on: Outcome | None) -> bool:
    """Whether a clock binds as the case stands, by the verdict that counts for what is owed: see `Position`."""
    if clock.due_on is None or case.at is CaseState.CLOSED:
        return False
    if clock.name in (CYBER_COMMUNICATE.name, CYBER_FIX.name, REPORT_806.name):
        return acted_on is not Outcome.CONTROLLED and case.at is not CaseState.NOT_AFFECTED
    return True


def owed(
    case: Case, today: date, device: ActedOn, given: Mapping[str, Any], facts: Facts, enforcement: Enforcement
) -> Owed:
    """What the rules say of one device; a contradiction is told, not raised: a page must show it."""
    gathered = facts_of(case, today, device, given=given, facts=facts, enforcement=enforcement)
    try:
        return Owed(device=device, facts=gathered, decided=decide_rules(gathered))
    except Contradiction as refused:
        return Owed(device=device, facts=gathered, decided=None, contradiction=str(refused))


def given_answers(case: Case) -> dict[str, Any]:
    """Answers persons gave at the newest decision; they carry over until somebody gives another."""
    last = case.decisions.order_by("-version").first()
    return dict(last.given) if last else {}


# ---------------------------------------------------------------- decisions, reports, records
def decisions_of(case: Case) -> QuerySet[Decision]:
    """The decisions on a case, newest first."""
    return case.decisions.select_related("by").order_by("-version")


def decision_for(person: Person, uid: UUID | str) -> Decision:
    """One decision.

    Raises:
        NotFound: there is none, or it stands behind a wall.
    """
    return _one(Decision.objects.select_related("case", "by"), person, uid)


def report_for(person: Person, uid: UUID | str) -> Report806:
    """One 806 report.

    Raises:
        NotFound: there is none, or it stands behind a wall.
    """
    rows = Report806.objects.select_related("case__vulnerability", "case__establishment", "product__establishment")
    return _one(rows, person, uid)


def record_for(person: Person, uid: UUID | str) -> Record806:
    """One 806.20 record.

    Raises:
        NotFound: there is none, or it stands behind a wall.
    """
    return _one(Record806.objects.select_related("case__establishment", "product__establishment"), person, uid)


def document_for(person: Person, uid: UUID | str) -> Document:
    """One stored document.

    Raises:
        NotFound: there is none, or it stands behind a wall.
    """
    return _one(Document.objects.select_related("case"), person, uid)


def _one(rows: QuerySet[Row], person: Person, uid: UUID | str) -> Row:
    row = rows.filter(uid=uid, case__in=cases_for(person)).first()
    if row is None:
        raise NotFound("there is no such record")
    return row


def reports_for(person: Person) -> QuerySet[Report806]:
    """Every 806 report this person may know of, those not yet sent first."""
    rows = Report806.objects.filter(case__in=cases_for(person)).select_related("case", "product", "case__vulnerability")
    return rows.order_by("number", "-drafted_at")


def records_for(person: Person) -> QuerySet[Record806]:
    """Every 806.20 record this person may know of, newest first."""
    return (
        Record806.objects.filter(case__in=cases_for(person)).select_related("case", "product").order_by("-drafted_at")
    )


def documents_of(uid: UUID) -> QuerySet[Document]:
    """The documents made of a report or record, newest first."""
    return Document.objects.filter(of_uid=uid).select_related("by").order_by("-made_at", "-pk")


def signatures_holding(row: Decision | Record806) -> QuerySet[Signature]:
    """The signatures that hold for exactly this record."""
    return signatures_on(row.record_kind, row.uid, digest(row.content()))


def is_signed(row: Decision | Record806) -> bool:
    """Whether a signature holds for exactly this record."""
    return signatures_holding(row).exists()


# ---------------------------------------------------------------- guards this room owns
def reporting_guards(case: Case, today: date) -> dict[Guard, Answer]:
    """The facts of a case's steps that this room knows: decision, rationale, reports, periodic item."""
    newest = case.decisions.order_by("-version").first()
    return {
        CaseGuard.DECISION_STARTED: Answer.of(newest is not None),
        CaseGuard.RATIONALE_RECORDED: _rationale(case),
        CaseGuard.REPORTS_FILED: _filed(case, newest, today),
        CaseGuard.PERIODIC_ITEM_SETTLED: _periodic(case, newest),
    }


def _devices(case: Case) -> list[Product]:
    return [device.product for device in devices_acted_on(case, facts_of_case(case))]


def _rationale(case: Case) -> Answer:
    """Whether every device to decide on has a signed 806.20 record as its newest."""
    devices = _devices(case)
    newest = {record.product_id: record for record in case.records_806.order_by("version")}
    return Answer.of((bool(devices) and all(d.pk in newest and is_signed(newest[d.pk]) for d in devices)) or None)


def _filed(case: Case, newest: Decision | None, today: date) -> Answer:
    """Whether what is owed is sent, or kept as a signed record where it is not enforced or not reportable."""
    if newest is None or not is_signed(newest):
        return Answer.UNKNOWN
    facts = facts_of_case(case)
    if any(
        clock.state(today) in (ClockState.RUNNING, ClockState.DUE_TODAY, ClockState.OVERDUE)
        for clock in case_clocks(facts, today=today)
        if clock.name.startswith("MDR")
    ):
        return Answer.NO
    sent = {r.product_id for r in case.reports_806.all() if r.state in SENT}
    newest_record = {r.product_id: r for r in case.records_806.order_by("version")}
    products = {str(p.uid): p.pk for p in _devices(case)}
    answers = []
    for device in newest.devices:
        key, duty = products.get(device["product"]), Duty806(device["duty_806"])
        if duty is Duty806.REPORTED_ELSEWHERE or key in sent:
            answers.append(True)
        elif duty in (Duty806.NOT_ENFORCED, Duty806.RECORD):
            answers.append(key in newest_record and is_signed(newest_record[key]))
        else:
            answers.append(False)
    return Answer.of(bool(answers) and all(answers))


def _periodic(case: Case, newest: Decision | None) -> Answer:
    """Settled where no device owes a periodic report, or a signed decision names the item and its date is known."""
    owing = [product for product in _devices(case) if product.owes_periodic_report]
    if not owing:
        return Answer.YES
    if newest is None or not is_signed(newest) or any(p.periodic_report_date is None for p in owing):
        return Answer.UNKNOWN
    named = {d["product"] for d in newest.devices if any(fired["rule"] == "R17" for fired in d["fired"])}
    return Answer.of(all(str(product.uid) in named for product in owing))
