"""A report moves by its table; `move_report` is the only way."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.services import require
from suture.core.disclosure import REPORT, EmbargoState, ReportGuard, ReportSource
from suture.core.errors import InvalidValue, NotFound
from suture.core.facts import Answer
from suture.core.workflow import Guard
from suture.disclosure.models import Advisory, Complaint, Embargo, Report
from suture.disclosure.queries import reports_for
from suture.disclosure.services.taking import take_report, touch
from suture.evidence.clock import now
from suture.evidence.services import record


def guards_of(report: Report, because: str = "") -> Mapping[Guard, Answer]:
    """What is so of a report, for its table; the reason is that of the step about to be taken."""
    embargoes = list(Embargo.objects.filter(case__reports__report=report))
    at = now()
    held = [e for e in embargoes if e.state in (EmbargoState.ACTIVE, EmbargoState.REVISE)]
    over = [e for e in embargoes if e.state == EmbargoState.EXITED or (e in held and e.until and e.until <= at)]
    waits = report.origin_kind.is_outside and report.acknowledged_at is None
    return {
        ReportGuard.ACKNOWLEDGED: Answer.of(not waits),
        ReportGuard.REASON_GIVEN: Answer.of(bool(because.strip())),
        ReportGuard.IN_A_CASE: Answer.of(report.in_cases.exists()),
        ReportGuard.DUPLICATE_NAMED: Answer.of(report.duplicate_of_id is not None),
        ReportGuard.DATE_SET: Answer.of(any(e.until for e in held)),
        ReportGuard.ADVISORY_WRITTEN: Answer.of(
            Advisory.objects.filter(case__reports__report=report, approved_at__isnull=False).exists()
        ),
        ReportGuard.EMBARGO_OVER: Answer.of(bool(embargoes) and len(over) == len(embargoes)),
        ReportGuard.QUALITY_SETTLED: _quality(report),
    }


def _quality(report: Report) -> Answer:
    """Complaints need their record, its MDR evaluation, and CAPA and design change named or 'none because'."""
    if report.source != ReportSource.COMPLAINT:
        return Answer.YES
    complaint = Complaint.objects.filter(report=report).first()
    if complaint is None or complaint.mdr == Complaint.Mdr.OPEN:
        return Answer.NO
    named = (report.capa or report.no_capa_because) and (report.design_change or report.no_design_change_because)
    return Answer.of(bool(named))


def move_report(
    *, report_uid: UUID | str, verb: str, by: Person, because: str = "", version: int | None = None
) -> Report:
    """Take a report through one step of its table; there is no other way to change its state.

    Raises:
        NotAllowed: the table, the role or a guard forbids it; the sentence names everything.
        Conflict: somebody changed the report after `version`.
    """
    with transaction.atomic():
        report = take_report(report_uid, by, "report.move", version)
        facts = guards_of(report, because)
        before = report.at
        report.state = after = REPORT.require(before, verb, roles=by.roles, facts=facts)
        if because.strip():
            report.because = because.strip()
        touch(report, "state", "because")
        record(by=by, did=f"report.{verb}", to=report, because=because, facts={"from": before, "to": after})
    return report


def close_as_duplicate(
    *, report_uid: UUID | str, of: str, by: Person, because: str, version: int | None = None
) -> Report:
    """Name the report this one repeats, and close it; whoever sent it keeps their receipt and their page.

    Args:
        of: the number of the other report; one this person may know of.

    Raises:
        NotFound: there is no such report.
        InvalidValue: it is the same one, or itself a duplicate.
    """
    with transaction.atomic():
        report = take_report(report_uid, by, "report.move", version)
        other = reports_for(by).filter(number__iexact=of.strip()).first()
        if other is None:
            raise NotFound(f"there is no report '{of.strip()}'")
        if other.pk == report.pk or other.duplicate_of_id is not None:
            raise InvalidValue("name the first report of the same thing: another one, and no duplicate itself")
        require(by, "report.move", other)
        report.duplicate_of = other
        before = report.at
        report.state = REPORT.require(before, "close_as_duplicate", roles=by.roles, facts=guards_of(report, because))
        report.because = because.strip()
        touch(report, "state", "duplicate_of", "because")
        record(
            by=by, did="report.closed_as_duplicate", to=report, because=because, facts={"from": before, "of": other.uid}
        )
    return report
