"""A report that was sent is what was signed, keeps its number, and can be amended; one that was not is never 'sent'."""

from __future__ import annotations

from datetime import date

import pytest

from suture.accounts.queries import signatures_on
from suture.core.errors import Conflict, NotAllowed
from suture.core.facts import Answer, FactKind
from suture.core.harm import HarmSeverity
from suture.evidence.canonical import digest
from suture.inventory.models import Establishment
from suture.reporting.queries import reporting_guards
from suture.reporting.services import (
    content_of,
    draft_record806,
    move_report806,
    open_report806,
    print_report806,
    sign_record806,
    store_receipt,
    submit_report806,
    write_report806,
)
from suture.reporting.sources import items_of
from tests.house import PASSWORD
from tests.rooms.casework import DAY_0, LOCAL, Work
from tests.rooms.reporting.test_current import not_enforced
from tests.rooms.reporting.test_uncontrolled import day, pages, searched, squeezed, told, uncontrolled

pytestmark = pytest.mark.django_db
K = FactKind


def approved(work: Work, case, product=None):
    report = open_report806(case_uid=case.uid, product=product or work.pump, by=work.rosa)
    for verb in ("call_due", "draft"):
        move_report806(report_uid=report.uid, verb=verb, by=work.rosa)
    write_report806(
        report_uid=report.uid, by=work.rosa,
        answers={"consignees": [], "values": {"other_recipients": "none"},
                 "pending": {str(n): {"why": "being compiled", "by": "2027-02-01"} for n in range(2, 13)}},
    )  # fmt: skip
    return move_report806(report_uid=report.uid, verb="approve", by=work.rosa, password=PASSWORD)


@pytest.fixture
def case(work: Work):
    case = uncontrolled(work)
    told(work, case, DAY_0)
    return case


def test_what_changed_since_the_approval_is_not_sent(work: Work, case):
    """The signature bound the 13 items as they stood (21 CFR 11.70)."""
    report = approved(work, case)
    work.fact(case, K.CORRECTION_INITIATED, DAY_0, what="a second letter")
    with pytest.raises(Conflict, match="approve it again"):
        submit_report806(report_uid=report.uid, on=DAY_0, by=work.rosa)
    for verb, more in (("return", {}), ("approve", {"password": PASSWORD})):
        move_report806(report_uid=report.uid, verb=verb, by=work.rosa, **more)
    assert submit_report806(report_uid=report.uid, on=DAY_0, by=work.rosa).number == "1234567-11/20/26-001-C"


def test_a_report_that_was_sent_stays_what_was_sent(work: Work, case):
    report = submit_report806(report_uid=approved(work, case).uid, on=DAY_0, by=work.rosa)
    items, document = items_of(report), print_report806(report_uid=report.uid, by=work.rosa)
    work.tick(day(5))
    work.fact(case, K.CORRECTION_INITIATED, day(5), what="a later letter")
    Establishment.objects.update(phone="218-555-9999")
    report = type(report).objects.get(pk=report.pk)
    assert [(i.number, i.text, i.missing) for i in items_of(report)] == [(i.number, i.text, i.missing) for i in items]
    assert signatures_on("806 report", report.uid, digest(content_of(report))).exists()
    assert print_report806(report_uid=report.uid, by=work.rosa).uid == document.uid
    assert "1234567-11/20/26-001-C" in squeezed(pages(document))


def test_an_unregistered_establishment_writes_seven_zeros_and_says_whether_it_ever_was(work: Work, case):
    """21 CFR 806.10(c)(1), (c)(4)."""
    Establishment.objects.update(registration_number="", ever_registered=False)
    report = approved(work, case)
    assert items_of(report)[0].text == "Report number: 0000000-(date of submission)-(next number)-C"
    assert "has ever registered: no" in items_of(report)[3].text
    work.tick(date(2026, 12, 1))
    assert submit_report806(report_uid=report.uid, on=date(2026, 12, 1), by=work.rosa).number == (
        "0000000-12/1/26-001-C"
    )
    Establishment.objects.update(ever_registered=None)
    other = open_report806(case_uid=case.uid, product=work.pump, by=work.rosa, type="R")
    other = type(other).objects.get(pk=other.pk)
    assert "whether the establishment has ever registered" in items_of(other)[3].missing


def test_a_file_closed_under_the_policy_was_not_sent(work: Work):
    """Its draft says so, and it files nothing when a condition fails later."""
    case, _ = not_enforced(work)
    report = open_report806(case_uid=case.uid, product=work.pump, by=work.rosa)
    for verb in ("claim_discretion", "close"):
        move_report806(report_uid=report.uid, verb=verb, by=work.rosa, password=PASSWORD)
    document = print_report806(report_uid=report.uid, by=work.rosa)
    assert document.draft
    assert "DRAFT, not submitted" in squeezed(pages(document))
    work.tick(day(25))
    work.fact(case, K.ADVERSE_EVENT_LINKED, day(25), seriousness="serious", event="E-1")
    assert reporting_guards(case, day(25))["reports_filed"] is not Answer.YES
    for verb in ("reconsider", "call_due", "draft"):
        moved = move_report806(report_uid=report.uid, verb=verb, by=work.rosa)
    assert moved.state == "drafted"


def test_a_claim_falls_due_when_a_condition_is_unknown_and_may_be_given_up_at_any_time(work: Work):
    case, _ = not_enforced(work)
    report = open_report806(case_uid=case.uid, product=work.pump, by=work.rosa)
    move_report806(report_uid=report.uid, verb="claim_discretion", by=work.rosa, password=PASSWORD)
    with pytest.raises(NotAllowed, match="false or unknown"):
        move_report806(report_uid=report.uid, verb="fall_due", by=work.rosa)
    work.tick(day(60))  # the search is 40 days old
    assert move_report806(report_uid=report.uid, verb="fall_due", by=work.rosa).state == "due"
    work.tick(day(60))
    searched(work, case, day(60))
    other = open_report806(case_uid=case.uid, product=work.pump, by=work.rosa, type="R")
    move_report806(report_uid=other.uid, verb="claim_discretion", by=work.rosa, password=PASSWORD)
    for verb in ("reconsider", "call_due"):
        other = move_report806(report_uid=other.uid, verb=verb, by=work.rosa)
    assert other.state == "due", "nobody is held back from reporting"


def test_a_report_that_is_owed_is_not_recorded_as_not_required(work: Work, case):
    """A signed 806.20 record alone does not release from 806.10."""
    kept = draft_record806(case_uid=case.uid, product=work.pump, by=work.rosa, justification="j", follow_ups="f")
    sign_record806(record_uid=kept.uid, by=work.quinn, password=PASSWORD)
    report = open_report806(case_uid=case.uid, product=work.pump, by=work.rosa)
    with pytest.raises(NotAllowed, match="not reportable under 806"):
        move_report806(report_uid=report.uid, verb="record_not_required", by=work.rosa, password=PASSWORD)


def test_a_controlled_risk_is_recorded_as_not_reportable(work: Work):
    case = work.assessed(metrics=LOCAL, severity=HarmSeverity.NEGLIGIBLE)
    kept = draft_record806(case_uid=case.uid, product=work.pump, by=work.rosa, justification="j", follow_ups="f")
    report = open_report806(case_uid=case.uid, product=work.pump, by=work.rosa)
    with pytest.raises(NotAllowed, match=r"806\.20 record with its justification"):
        move_report806(report_uid=report.uid, verb="record_not_required", by=work.rosa, password=PASSWORD)
    sign_record806(record_uid=kept.uid, by=work.quinn, password=PASSWORD)
    moved = move_report806(report_uid=report.uid, verb="record_not_required", by=work.rosa, password=PASSWORD)
    assert moved.state == "not_required"


def test_a_closed_report_is_amended_when_the_action_is_extended_and_never_numbered_twice(work: Work, case):
    report = submit_report806(report_uid=approved(work, case).uid, on=DAY_0, by=work.rosa)
    store_receipt(report_uid=report.uid, receipt="ACK", by=work.rosa)
    type(report).objects.filter(pk=report.pk).update(state="closed")
    with pytest.raises(NotAllowed, match="not sent to FDA"):
        move_report806(report_uid=report.uid, verb="reconsider", by=work.rosa)
    with pytest.raises(NotAllowed, match="extension"):
        move_report806(report_uid=report.uid, verb="amend", by=work.rosa, password=PASSWORD)
    work.fact(case, K.EXTENSION_INITIATED, DAY_0, extension="5.0")
    amended = move_report806(report_uid=report.uid, verb="amend", by=work.rosa, password=PASSWORD)
    assert (amended.state, amended.number) == ("amended", report.number)
