"""What the quality system asks of a signal: complaint record, MDR evaluation, service record, CAPA, design change."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.services import new_uid
from suture.core.disclosure import ReportSource
from suture.core.errors import InvalidValue, NotFound
from suture.disclosure.models import Complaint, ServiceRecord
from suture.disclosure.models import Report as IntakeReport
from suture.disclosure.services.taking import take_report, touch
from suture.evidence.canonical import digest
from suture.evidence.clock import now, today
from suture.evidence.services import record


def record_complaint(
    *, report_uid: UUID | str, device_name: str, received_on: date, details: str, by: Person, udi: str = "",
    complainant: str = "", correction: str = "", reply: str = "", because: str = "",
) -> Complaint:  # fmt: skip
    """Open the complaint record of a signal, or write it anew: seven items. The MDR evaluation is open beside it.

    Items not known yet stay empty and are listed as missing; they can be written later.

    Raises:
        InvalidValue: no device, no details, or a day in the future.

    Source: 21 CFR 820.35(a), ISO 13485:2016 §8.2.2; rule R25: an allegation of a security deficiency opens the record
    and the MDR evaluation in parallel with the vulnerability's case.
    """
    if not device_name.strip() or not details.strip():
        raise InvalidValue("a complaint record names the device, and says what the complaint is")
    with transaction.atomic():
        report = take_report(report_uid, by, "quality.record")
        if received_on > today(report.zone):
            raise InvalidValue("a complaint cannot be received in the future")
        row = Complaint.objects.filter(report=report).first() or Complaint(uid=new_uid(), report=report)
        row.device_name, row.received_on, row.udi = device_name.strip()[:300], received_on, udi.strip()[:200]
        row.complainant, row.details = complainant.strip(), details.strip()
        row.correction, row.reply = correction.strip(), reply.strip()
        new = row.pk is None
        row.save()
        touch(report)
        record(
            by=by, did="complaint.opened" if new else "complaint.revised", to=report, because=because,
            facts={"complaint": row.uid, "content": digest(_items(row)), "missing": missing_items(row)},
        )  # fmt: skip
    return row


_SEVEN = {
    "device_name": "1: the device", "received_on": "2: the day it was received",
    "udi": "3: UDI, UPC or other identification", "complainant": "4: name, address and telephone of the complainant",
    "details": "5: nature and details", "correction": "6: correction or corrective action", "reply": "7: reply",
}  # fmt: skip


def _items(row: Complaint) -> dict[str, object]:
    return {name: getattr(row, name) for name in _SEVEN}


def missing_items(row: Complaint) -> list[str]:
    """Which of the seven items are not written yet, as a person reads them."""
    return [says for name, says in _SEVEN.items() if not getattr(row, name)]


def evaluate_mdr(*, report_uid: UUID | str, reportable: bool, because: str, by: Person) -> Complaint:
    """Record the evaluation whether a complaint is a reportable event; the deliberation stays in the MDR event file.

    That it is reportable is followed up in the case, by the facts the clocks of 21 CFR 803 run on.

    Raises:
        InvalidValue: no rationale.
        NotFound: no complaint record is open.

    Source: 21 CFR 803.20(c)(2): a person qualified to make a medical judgment concludes; 803.18: keep it.
    """
    if not because.strip():
        raise InvalidValue("say on what the evaluation rests; it is kept in the MDR event file")
    with transaction.atomic():
        report = take_report(report_uid, by, "mdr.evaluate")
        row = Complaint.objects.filter(report=report).first()
        if row is None:
            raise NotFound(f"open the complaint record of {report.number} first")
        before = row.mdr
        row.mdr = Complaint.Mdr.REPORTABLE if reportable else Complaint.Mdr.NOT_REPORTABLE
        row.mdr_because, row.mdr_by, row.mdr_at = because.strip(), by, now()
        row.save(update_fields=["mdr", "mdr_because", "mdr_by", "mdr_at"])
        touch(report)
        record(by=by, did="complaint.mdr_evaluated", to=report, because=because, facts={"from": before, "to": row.mdr})
    return row


def record_service(
    *, report_uid: UUID | str, device_name: str, served_on: date, served_by: str, service: str, by: Person,
    udi: str = "", test_data: str = "", because: str = "",
) -> ServiceRecord:  # fmt: skip
    """Write the service record a signal came from: device, identification, day, who, what was done, test data.

    Raises:
        InvalidValue: device, who or what was done is missing, or the day lies in the future.

    Source: 21 CFR 820.35(b).
    """
    if not all(text.strip() for text in (device_name, served_by, service)):
        raise InvalidValue("a service record names the device, who served it, and what was done")
    with transaction.atomic():
        report = take_report(report_uid, by, "quality.record")
        if served_on > today(report.zone):
            raise InvalidValue("a device cannot have been served in the future")
        row = ServiceRecord.objects.filter(report=report).first() or ServiceRecord(uid=new_uid(), report=report)
        row.device_name, row.udi, row.served_on = device_name.strip()[:300], udi.strip()[:200], served_on
        row.served_by, row.service, row.test_data = served_by.strip()[:200], service.strip(), test_data.strip()
        row.save()
        touch(report)
        record(by=by, did="service.recorded", to=report, because=because, facts={"service": row.uid, "on": served_on})
    return row


def name_references(
    *, report_uid: UUID | str, by: Person, capa: str = "", no_capa_because: str = "", design_change: str = "",
    no_design_change_because: str = "",
) -> IntakeReport:  # fmt: skip
    """Name the CAPA and the design change a signal led to, or say why there is none: empty is neither.

    Raises:
        InvalidValue: both a number and a reason for none.

    Source: ISO 13485:2016 §8.5.2, §8.5.3, §7.3.9, by 21 CFR 820 (QMSR).
    """
    if (capa.strip() and no_capa_because.strip()) or (design_change.strip() and no_design_change_because.strip()):
        raise InvalidValue("give the number, or the reason why there is none; not both")
    with transaction.atomic():
        report = take_report(report_uid, by, "quality.record")
        report.capa, report.no_capa_because = capa.strip()[:200], no_capa_because.strip()
        report.design_change = design_change.strip()[:200]
        report.no_design_change_because = no_design_change_because.strip()
        touch(report, "capa", "no_capa_because", "design_change", "no_design_change_because")
        record(
            by=by, did="report.references_named", to=report,
            facts={
                "capa": report.capa, "no_capa_because": report.no_capa_because, "design_change": report.design_change,
                "no_design_change_because": report.no_design_change_because,
            },
        )  # fmt: skip
    return report


def needs_complaint(report: IntakeReport) -> bool:
    """A complaint, or a hospital that says a device lacks in security, is to be recorded as a complaint (R25)."""
    return report.origin_kind in (ReportSource.COMPLAINT, ReportSource.HOSPITAL)
