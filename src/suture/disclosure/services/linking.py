"""A report becomes part of a case: of one there is, or of a new one for a vulnerability that is ours alone."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.services import require
from suture.assessment.models import Case
from suture.assessment.queries import case_for
from suture.assessment.services import add_fact, open_case, take_case
from suture.core.calendar import local_date
from suture.core.errors import InvalidValue
from suture.core.facts import FactKind
from suture.core.roles import may
from suture.detection.services import add_manual_finding
from suture.disclosure.models import Report, ReportCase
from suture.disclosure.services.taking import take_report, touch
from suture.evidence.clock import now
from suture.evidence.services import record
from suture.intelligence.services import register_vulnerability
from suture.inventory.models import Release


def link_to_case(*, report_uid: UUID | str, case: str, by: Person, because: str) -> Report:
    """Make a report part of a case there is. The day it reached us becomes a possible day of learning.

    Args:
        case: its number or uid; one this person may know of.

    Raises:
        NotFound: there is no such case.
        InvalidValue: it is part of it already.
    """
    with transaction.atomic():
        report = take_report(report_uid, by, "report.link")
        row = take_case(case_for(by, case.strip()).uid, by, "case.open", closed_too=True)
        if ReportCase.objects.filter(report=report, case=row).exists():
            raise InvalidValue(f"{report.number} is part of {row.number} already")
        _link(report, row, by, because)
    return report


def open_case_of_report(
    *, report_uid: UUID | str, kind: str, title: str, description: str, releases: Collection[Release], by: Person,
    because: str,
) -> Case:  # fmt: skip
    """Register a vulnerability of our own from a report, behind the report's wall, and open its case.

    It needs no CVE and no component. The case's clocks run from the day the report reached us. Findings in the named
    releases are stated at once by whoever may judge findings; a coordinator leaves that to product security.

    Raises:
        InvalidValue: no title, no such kind, or no release is named.
        NotAllowed: the person may not.
    """
    if not releases:
        raise InvalidValue("name at least one release that may be concerned; the others get their answer in the case")
    with transaction.atomic():
        report = take_report(report_uid, by, "report.link")
        require(by, "vulnerability.register")
        vulnerability = register_vulnerability(
            kind=kind, title=title, description=description, by=by, because=because or f"report {report.number}",
            wall=report.wall, tlp=report.tlp,
        )  # fmt: skip
        for release in releases if may(by.roles, "finding.judge") else ():
            add_manual_finding(release=release, vulnerability=vulnerability, because=f"report {report.number}", by=by)
        case = open_case(
            vulnerability=vulnerability, releases=releases, by=by, because=because or f"report {report.number}"
        )
        _link(report, case, by, because)
    return case


def _link(report: Report, case: Case, by: Person, because: str) -> None:
    ReportCase.objects.create(report=report, case=case, linked_at=now(), by=by)
    add_fact(
        case, FactKind.LEARNED_CANDIDATE, local_date(report.received_at, case.establishment.time_zone), by,
        happened_at=report.received_at, detail={"source": f"report {report.number}"}, because=because,
        evidence=f"{report.number}, {report.get_source_display()}, received {report.received_at:%Y-%m-%d %H:%M} UTC",
    )  # fmt: skip
    touch(report)
    record(by=by, did="report.linked", to=report, because=because, facts={"case_uid": case.uid})
