"""The facts that open a case's steps, as far as this room owns them: decision, rationale, reports, periodic item."""

from __future__ import annotations

from datetime import date

from suture.assessment.acting import devices_acted_on
from suture.assessment.models import Case
from suture.assessment.queries import facts_of_case
from suture.core.cases import CaseGuard
from suture.core.clocks import CYBER_COMMUNICATE, CYBER_FIX, MDR_5, MDR_30, PERIODIC_REPORT, REPORT_806, ClockState
from suture.core.facts import Answer
from suture.core.reportability import Duty806
from suture.core.workflow import Guard
from suture.inventory.models import Product
from suture.reporting.basis import is_current
from suture.reporting.models import Decision
from suture.reporting.position import Position, position
from suture.reporting.records import is_signed

_WAITING = (ClockState.RUNNING, ClockState.DUE_TODAY, ClockState.OVERDUE)
_NOT_SENT = (CYBER_COMMUNICATE.name, CYBER_FIX.name, REPORT_806.name, PERIODIC_REPORT.name)  # judged by other means


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
    """Whether what is owed is sent, or kept as a signed record where it is not enforced or not reportable.

    Unknown without a signed decision that the record still bears out: what was signed on other facts files nothing.
    """
    if newest is None or not is_signed(newest) or not is_current(newest, today):
        return Answer.UNKNOWN
    at = position(case, today)
    if any(c.state(today) in _WAITING for c in at.clocks if c.name not in _NOT_SENT) or not _reported(newest, at):
        return Answer.NO
    sent = {r.product_id for r in case.reports_806.all() if r.is_sent}
    newest_record = {r.product_id: r for r in case.records_806.order_by("version")}
    answers = []
    for one in at.owed:
        key = one.product.pk
        if one.duty_806 is Duty806.REPORTED_ELSEWHERE or key in sent:
            answers.append(True)
        elif one.duty_806 in (Duty806.NOT_ENFORCED, Duty806.RECORD):
            answers.append(key in newest_record and is_signed(newest_record[key]))
        else:
            answers.append(False)
    return Answer.of(bool(answers) and all(answers))


def _reported(newest: Decision, at: Position) -> bool:
    """Whether every medical device report a rule asks for has a clock of its own: R2 and R3 the long one, R4 both."""
    fired = {rule["rule"] for device in newest.devices for rule in device["fired"]}
    begun = {clock.name for clock in at.clocks if clock.due_on is not None}
    return not (fired & {"R2", "R3"} and MDR_30.name not in begun) and not ("R4" in fired and MDR_5.name not in begun)


def _periodic(case: Case, newest: Decision | None) -> Answer:
    """Settled where no device owes a periodic report, or a signed decision names the item and its date is known."""
    owing = [product for product in _devices(case) if product.owes_periodic_report]
    if not owing:
        return Answer.YES
    if newest is None or not is_signed(newest) or any(p.periodic_report_date is None for p in owing):
        return Answer.UNKNOWN
    named = {d["product"] for d in newest.devices if any(fired["rule"] == "R17" for fired in d["fired"])}
    return Answer.of(all(str(product.uid) in named for product in owing))
