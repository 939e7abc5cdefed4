"""Complaint, MDR, service record, CAPA; sources that somebody looks through are late like any feed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from suture.accounts.models import Person
from suture.core.disclosure import ReportSource
from suture.core.errors import InvalidValue, NotAllowed, NotFound
from suture.desk.obligations import Sort
from suture.desk.queries import obligations
from suture.disclosure.queries import watched_sources
from suture.disclosure.services import (
    Telling,
    acknowledge_report,
    evaluate_mdr,
    missing_items,
    move_report,
    name_references,
    note_look,
    record_complaint,
    record_service,
    take_in_report,
    watch_source,
)
from suture.evidence.clock import now
from suture.web.sources import monitoring
from tests.rooms.casework import DAY_0, Work

pytestmark = pytest.mark.django_db


def take_in(work: Work, source: ReportSource = ReportSource.COMPLAINT) -> Any:
    return take_in_report(
        source=source, telling=Telling(what="A scan shows malware.", device="Pump"), by=work.ada, origin="CP-4471",
        received_at=now() - timedelta(hours=1),
    )  # fmt: skip


def test_a_complaint_owes_its_record_and_its_mdr_evaluation_beside_the_case(
    work: Work, quinn: Person, clara: Person, finn: Person
) -> None:
    """R25; 21 CFR 820.35(a): seven items; 803.20(c)(2): a qualified person concludes. None of it waits for a case."""
    report = take_in(work)

    def owed() -> list[str]:
        return [o.what for o in obligations(quinn, DAY_0) if o.sort is Sort.INTAKE and o.rule == "R25"]

    assert owed() == ["Open the complaint record and evaluate it"]
    due = next(o for o in obligations(quinn, DAY_0) if o.rule == "R25").due_on
    assert due == date(2026, 12, 20)  # 30 calendar days after 20 November (803.10(c)(1))
    with pytest.raises(NotFound, match="complaint record"):
        evaluate_mdr(report_uid=report.uid, reportable=False, because="x", by=clara)
    given = {"device_name": "Pump", "received_on": DAY_0, "details": "Malware seen.", "by": quinn}
    row = record_complaint(report_uid=report.uid, **given)
    assert [line[0] for line in missing_items(row)] == ["3", "4", "6", "7"]
    assert owed() == ["Evaluate the complaint for MDR"]
    for verb, by in (("find_invalid", work.ada), ("close", quinn)):
        if verb == "find_invalid":
            acknowledge_report(report_uid=report.uid, by=work.ada, text="We look at it.")
            move_report(report_uid=report.uid, verb="start_validation", by=work.ada)
            move_report(report_uid=report.uid, verb=verb, by=by, because="adware, elsewhere")
        else:
            with pytest.raises(NotAllowed, match="seven items and its MDR evaluation"):
                move_report(report_uid=report.uid, verb=verb, by=by)
    with pytest.raises(NotAllowed):
        evaluate_mdr(report_uid=report.uid, reportable=False, because="x", by=work.ada)
    with pytest.raises(InvalidValue):
        evaluate_mdr(report_uid=report.uid, reportable=False, because=" ", by=clara)
    assert evaluate_mdr(report_uid=report.uid, reportable=False, because="no malfunction", by=clara).mdr_by == clara
    assert owed() == []
    with pytest.raises(InvalidValue, match="not both"):
        name_references(report_uid=report.uid, by=quinn, capa="CAPA-7", no_capa_because="none needed")
    name_references(report_uid=report.uid, by=quinn, capa="CAPA-7")
    with pytest.raises(NotAllowed, match="none because"):
        move_report(report_uid=report.uid, verb="close", by=quinn)
    name_references(report_uid=report.uid, by=quinn, capa="CAPA-7", no_design_change_because="not our software")
    assert move_report(report_uid=report.uid, verb="close", by=quinn).state == "closed"
    record_complaint(report_uid=report.uid, **given, udi="(01)0", complainant="St. Anne", correction="-", reply="sent")
    with pytest.raises(NotAllowed):
        record_complaint(report_uid=report.uid, **given | {"by": finn})


def test_a_service_record_and_an_inside_signal(work: Work, quinn: Person) -> None:
    """21 CFR 820.35(b); nobody outside waits, so nothing is to be acknowledged."""
    report = take_in(work, ReportSource.SERVICE)
    assert not any(o.what == "Acknowledge the report" for o in obligations(work.ada, DAY_0))
    given = {"device_name": "Pump", "served_by": "F. Tech", "service": "module changed", "by": quinn}
    with pytest.raises(InvalidValue, match="future"):
        record_service(report_uid=report.uid, served_on=date(2030, 1, 1), **given)
    record_service(report_uid=report.uid, served_on=DAY_0, test_data="self-test passed", **given)
    move_report(report_uid=report.uid, verb="start_validation", by=quinn)
    with pytest.raises(NotAllowed, match="reason"):
        move_report(report_uid=report.uid, verb="find_invalid", by=work.ada)


def test_the_promise_to_acknowledge_is_on_the_desk_until_it_is_kept(work: Work, tell: Callable, owen: Person) -> None:
    """Two working days by default, as an obligation with its day; kept by an answer, not by looking."""
    report = tell(device="Pump").report
    rows = [o for o in obligations(owen, DAY_0) if o.what == "Acknowledge the report"]
    assert [(o.due_on, o.label, o.is_overdue(date(2026, 11, 25))) for o in rows] == [
        (date(2026, 11, 24), report.number, True)
    ]
    acknowledge_report(report_uid=report.uid, by=owen, text="We have it.")
    assert not any(o.what == "Acknowledge the report" for o in obligations(owen, DAY_0))
    with pytest.raises(InvalidValue, match="already"):
        acknowledge_report(report_uid=report.uid, by=owen, text="Again.")


def test_a_source_without_a_feed_is_late_like_any_feed(work: Work, quinn: Person, tick: Callable) -> None:
    """Never looked through is late; a look makes it fresh for its interval; then the desk and the strip say so."""
    row = watch_source(name="Complaints", every_days=7, owner=quinn, by=quinn, what="Search terms of SOP-PS-04.")

    def late() -> list[str]:
        return [o.because for o in obligations(quinn, DAY_0) if o.sort is Sort.SOURCE and o.label == "Complaints"]

    assert late() == ["never looked through yet; every 7 days"]
    assert "Complaints" in [s.source for s in monitoring().late]
    for wrong in ({"evidence": " "}, {"looked_at": now() + timedelta(hours=1)}, {"found": -1}):
        given = {"looked_at": now(), "evidence": "query 12", "found": 0, **wrong}
        with pytest.raises(InvalidValue):
            note_look(source_uid=row.uid, by=quinn, **given)
    note_look(
        source_uid=row.uid, looked_at=now() - timedelta(days=1), evidence="query 12, 3 hits read", found=1, by=quinn
    )
    assert late() == []
    assert watched_sources(now())[0].status.late is False
    tick(DAY_0 + timedelta(days=6))
    assert late() == []
    tick(DAY_0 + timedelta(days=7))
    assert late() == ["last looked through 2026-11-19; every 7 days"]
    watch_source(name="complaints", every_days=30, owner=quinn, by=quinn)
    assert late() == []
    with pytest.raises(InvalidValue):
        watch_source(name="Returns", every_days=0, owner=quinn, by=quinn)
