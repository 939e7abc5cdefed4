"""The whole way of an uncontrolled risk: clocks, conditions, decision, the 13 items, VEX; with a CVE and without."""

from __future__ import annotations

import json
from datetime import date, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from suture.accounts.services import new_uid, sign
from suture.assessment.services import choose_initiation, move_case, sign_long_term_control
from suture.core.clocks import ClockState
from suture.core.errors import Conflict, Contradiction, InvalidValue, NotAllowed
from suture.core.facts import Answer, FactKind
from suture.core.isao import IsaoCriterion
from suture.core.reportability import Duty806
from suture.core.roles import Role
from suture.evidence.canonical import digest
from suture.evidence.models import Entry
from suture.evidence.queries import verify_chain
from suture.intelligence.models import Vulnerability
from suture.inventory.blobs import read_blob
from suture.inventory.models import Product
from suture.reporting.queries import position, reporting_guards
from suture.reporting.services import (
    content_of,
    decide,
    draft_record806,
    move_report806,
    open_report806,
    print_record806,
    print_report806,
    sign_decision,
    sign_record806,
    store_receipt,
    submit_report806,
    take_step,
    write_report806,
)
from suture.reporting.sources import items_of
from suture.sharing.models import VexPublication
from suture.sharing.services import log_submission, publish_vex, record_criterion, register_membership
from tests.house import PASSWORD
from tests.rooms.casework import DAY_0, Work, found

pytestmark = pytest.mark.django_db
K = FactKind
YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


def day(n: int) -> date:
    return DAY_0 + timedelta(days=n)


def clock(case, on: date, name: str):
    return next(c for c in position(case, on).clocks if c.name.startswith(name))


def join_isao(work: Work, **lapsed: date) -> None:
    membership = register_membership(isao="Lakehead Health ISAO", by=work.rosa)
    for criterion in IsaoCriterion:
        record_criterion(
            membership_uid=membership.uid, criterion=criterion, holds=YES, since=day(-100),
            until=lapsed.get(criterion.value), by=work.rosa, evidence=f"EV for {criterion}",
        )  # fmt: skip


def share(work: Work, case, on: date) -> None:
    from suture.sharing.queries import membership_named

    log_submission(
        case_uid=case.uid, membership_uid=membership_named("Lakehead Health ISAO").uid, what="Customer letter N-19",
        communication="N-19", given_on=on, by=work.rosa, receipt="77120",
    )  # fmt: skip


def told(work: Work, case, on: date, **more: str) -> None:
    said = {"communication": "N-19", "content": "abcd", "audience": "customers and user community"}
    work.fact(case, K.CUSTOMERS_TOLD, on, **{**said, "names_action": "yes", **more})


def planned(work: Work, case, on: date) -> None:
    work.fact(case, K.CONTROLS_IDENTIFIED, on, controls="isolate the Wi-Fi", adds_risk="no")
    work.fact(case, K.PLAN_MADE, on, plan="Release 4.2.1", rationale="61 of 88 tests remain")


def fixed(work: Work, case, on: date) -> None:
    work.fact(case, K.FIX_VALIDATED, on, release="4.2.1", adds_risk="no")
    work.fact(case, K.FIX_DISTRIBUTED, on, release="4.2.1")
    work.fact(case, K.RESIDUAL_ACCEPTABLE_AFTER_FIX, on, acceptable="yes")


def searched(work: Work, case, on: date) -> None:
    work.fact(case, K.ADVERSE_EVENT_SEARCH, on, result="none", where="412 complaints, 9 MDRs")


def uncontrolled(work: Work):
    """Assessed and signed as uncontrolled, steps taken."""
    case = work.assessed()
    for verb, by in (("start_analysis", work.ada), ("finish_assessment", work.ada), ("find_uncontrolled", work.clara)):
        move_case(case_uid=case.uid, verb=verb, by=by, password=PASSWORD, because="as signed")
    case.refresh_from_db()
    return case


# ---------------------------------------------------------------- clocks and conditions
def test_day_30_and_60_run_from_learning_and_806_has_not_started(work: Work):
    """reporting.md §8, vector of Fri 2026-11-20."""
    case = uncontrolled(work)
    assert clock(case, DAY_0, "tell customers").due_on == date(2026, 12, 20)
    assert clock(case, DAY_0, "fix, validate").due_on == date(2027, 1, 19)
    at = position(case, DAY_0)
    assert clock(case, DAY_0, "806 report").state(DAY_0) is ClockState.NOT_STARTED
    assert at.duty_806 is Duty806.NOT_STARTED
    assert {o.product.brand_name: o.duty_806 for o in at.owed} == {"Aria P2": Duty806.NOT_STARTED}


def test_806_runs_ten_working_days_from_the_first_notice_that_names_an_action(work: Work):
    """reporting.md §8: +10 working days of 2026-11-20 is 2026-12-07 (Thanksgiving between)."""
    case = uncontrolled(work)
    told(work, case, DAY_0)
    report = clock(case, DAY_0, "806 report")
    assert (report.due_on, report.contingent) == (date(2026, 12, 7), False)
    work.tick(day(3))
    with pytest.raises(NotAllowed):
        choose_initiation(case_uid=case.uid, on=day(3), by=work.ada, password="wrong", because="letter held back")
    choose_initiation(case_uid=case.uid, on=day(3), by=work.ada, password=PASSWORD, because="letter held back")
    assert clock(case, day(3), "806 report").due_on == date(2026, 12, 8)


def test_all_four_conditions_hold_and_nobody_says_that_no_report_is_required(work: Work):
    """Example U1: FDA does not intend to enforce; the duty stays."""
    join_isao(work)
    case = uncontrolled(work)
    told(work, case, DAY_0)
    share(work, case, DAY_0)
    planned(work, case, DAY_0)
    searched(work, case, DAY_0)
    assert position(case, DAY_0).duty_806 is Duty806.CONTINGENT
    work.tick(day(20))
    fixed(work, case, day(20))
    searched(work, case, day(20))
    at = position(case, day(20))
    assert [c.answer for c in at.enforcement.conditions] == [YES, YES, YES, YES]
    assert at.duty_806 is Duty806.NOT_ENFORCED
    decision = decide(case_uid=case.uid, by=work.rosa, because="all four hold")
    said = json.dumps(decision.devices) + at.enforcement.sentence
    assert "does not intend to enforce" in said
    assert "no report required" not in said.lower()
    assert {f["kind_label"] for f in decision.devices[0]["fired"]} >= {"FDA guidance (non-binding)", "regulation"}


def test_without_isao_the_report_is_due_whatever_else_is_met(work: Work):
    """Example U2."""
    case = uncontrolled(work)
    told(work, case, DAY_0)
    planned(work, case, DAY_0)
    fixed(work, case, DAY_0)
    searched(work, case, DAY_0)
    at = position(case, DAY_0)
    assert at.enforcement.conditions[3].answer is UNKNOWN, "nothing is recorded of an ISAO: unknown, never no"
    assert at.duty_806 is Duty806.DUE
    membership = register_membership(isao="Lakehead Health ISAO", by=work.rosa)
    record_criterion(
        membership_uid=membership.uid, criterion=IsaoCriterion.MEMBER, holds=NO, since=day(-9), by=work.rosa,
        evidence="left the ISAO",
    )  # fmt: skip
    at = position(case, DAY_0)
    assert at.enforcement.conditions[3].answer is NO
    assert {"R9", "R11", "R15"} <= set(at.owed[0].decided.fired_ids)


def test_a_membership_that_lapsed_the_day_before_the_notice_fails(work: Work):
    """postmarket-guidance.md §10.3."""
    join_isao(work, member=day(-1))
    case = uncontrolled(work)
    told(work, case, DAY_0)
    share(work, case, DAY_0)
    assert position(case, DAY_0).enforcement.conditions[3].answer is NO


def test_a_serious_event_on_day_45_makes_the_original_date_stand_late(work: Work):
    """postmarket-guidance.md §10.3; R11: the original date counts."""
    join_isao(work)
    case = uncontrolled(work)
    told(work, case, DAY_0)
    share(work, case, DAY_0)
    planned(work, case, DAY_0)
    work.tick(day(45))
    work.fact(case, K.ADVERSE_EVENT_LINKED, day(45), seriousness="serious", event="E-1")
    at = position(case, day(45))
    assert at.duty_806 is Duty806.DUE
    assert at.enforcement.report_806.due_on == date(2026, 12, 7)
    assert at.enforcement.days_late == (day(45) - date(2026, 12, 7)).days
    assert {"R2", "R9", "R11", "R14"} <= set(at.owed[0].decided.fired_ids)


def test_a_long_term_control_is_signed_and_meets_day_60(work: Work):
    """FDA 2016 §VII.B, third condition."""
    case = uncontrolled(work)
    said = {"case_uid": case.uid, "on": DAY_0, "because": "network is separate for good", "viable": True,
            "acceptable": True, "adds_risk": False}  # fmt: skip
    with pytest.raises(NotAllowed):
        sign_long_term_control(by=work.rosa, password=PASSWORD, **said)
    sign_long_term_control(by=work.clara, password=PASSWORD, **said)
    assert clock(case, DAY_0, "fix, validate").state(DAY_0) is ClockState.MET


# ---------------------------------------------------------------- decisions
def test_a_decision_is_kept_with_every_input_and_signed_by_regulatory_affairs(work: Work):
    case = uncontrolled(work)
    told(work, case, DAY_0)
    decision = decide(case_uid=case.uid, by=work.rosa, because="first look")
    device = decision.devices[0]
    assert {f["rule"] for f in device["fired"]} >= {"R9", "R16", "R23"}
    assert {o["rule"] for o in device["open"]} >= {"R2", "R3"}
    assert device["facts"]["death_or_serious_injury"] == "unknown", "nobody searched"
    assert decide(case_uid=case.uid, by=work.rosa).uid == decision.uid, "nothing changed, nothing new"
    with pytest.raises(NotAllowed):
        sign_decision(decision_uid=decision.uid, by=work.ada, password=PASSWORD, because="I may not")
    sign_decision(decision_uid=decision.uid, by=work.rosa, password=PASSWORD, because="agreed")
    with pytest.raises(NotAllowed, match="already"):
        sign_decision(decision_uid=decision.uid, by=work.rosa, password=PASSWORD, because="twice")


def test_a_decision_whose_facts_changed_is_not_signed(work: Work):
    case = uncontrolled(work)
    decision = decide(case_uid=case.uid, by=work.rosa)
    told(work, case, DAY_0)
    with pytest.raises(Conflict, match="decide again"):
        sign_decision(decision_uid=decision.uid, by=work.rosa, password=PASSWORD, because="late")
    newer = decide(case_uid=case.uid, by=work.rosa)
    assert newer.version == 2
    with pytest.raises(NotAllowed, match="newest"):
        sign_decision(decision_uid=decision.uid, by=work.rosa, password=PASSWORD, because="the old one")


def test_what_no_record_holds_a_person_answers_with_a_reason_and_it_carries_over(work: Work):
    case = uncontrolled(work)
    with pytest.raises(InvalidValue, match="not asked"):
        decide(case_uid=case.uid, by=work.rosa, answers={"condition_1": (YES, "I say so")})
    with pytest.raises(InvalidValue, match="say why"):
        decide(case_uid=case.uid, by=work.rosa, answers={"malfunction": (NO, " ")})
    first = decide(case_uid=case.uid, by=work.rosa, answers={"malfunction": (NO, "meets its specification")})
    assert "R3" not in {o["rule"] for o in first.devices[0]["open"]}
    told(work, case, DAY_0)
    assert decide(case_uid=case.uid, by=work.rosa).given["malfunction"]["name"] == work.rosa.printed_name


def test_contradictions_are_refused_and_leave_nothing(work: Work):
    """R8 beside 'controlled': such a record is signed behind the verb's back here."""
    case = work.open()
    work.answer(case, "4.1")
    row = work.sign(work.assess(case, severity=None, privacy_only=True, safety_affected=NO, secrets_exposed=NO))
    row.harm = {**row.harm, "serious_probable": "yes"}
    row.save()
    sign(by=work.ada, to=row, digest=digest(row.content()), meaning="approval: controlled", as_role=Role.PSIRT)
    before = Entry.objects.count()
    with pytest.raises(Contradiction):
        decide(case_uid=case.uid, by=work.rosa)
    assert (Entry.objects.count(), case.decisions.count()) == (before, 0)
    assert "controlled" in position(case, DAY_0).owed[0].contradiction, "a page shows it instead"


def test_only_a_pma_or_hde_device_has_a_periodic_report(work: Work):
    """reporting.md §9: never on class III."""
    case = work.open()
    work.answer(case, "4.1", "7.1")
    rules = {o.product.brand_name: set(o.decided.fired_ids) for o in position(case, DAY_0).owed}
    assert "R17" in rules["Meridian"]
    assert "R17" not in rules["Aria P2"]
    Product.objects.filter(pk=work.programmer.pk).update(pathway=Product.Pathway.K510)
    assert "R17" not in {r for o in position(case, DAY_0).owed for r in o.decided.fired_ids}


# ---------------------------------------------------------------- the report
def pages(document) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(read_blob(document.sha256))).pages]


def squeezed(texts: list[str]) -> str:
    return " ".join(" ".join(texts).split())


def test_the_draft_shows_each_of_the_13_items_or_what_is_missing(work: Work):
    """Page by page, as an inspector's text search would read it (21 CFR 806.10(c))."""
    case = uncontrolled(work)
    told(work, case, DAY_0)
    report = open_report806(case_uid=case.uid, product=work.pump, by=work.rosa)
    assert report.number == ""
    document = print_report806(report_uid=report.uid, by=work.rosa)
    texts = pages(document)
    assert all("DRAFT, not submitted" in text for text in texts)
    whole = squeezed(texts)
    for item in items_of(report):
        heading = f"{item.number}. {item.title}"
        assert heading in whole, heading
        after = whole.split(heading, 1)[1]
        assert " ".join((item.text or item.missing[1:]).split())[:60] in after
    assert "1234567-(date of submission)-(next number)-C" in whole
    assert "Missing: the list of consignees" in whole
    assert "Missing: illness or injuries" in whole, "nobody searched, so nobody says 'none known'"
    assert print_report806(report_uid=report.uid, by=work.rosa).uid == document.uid


def test_the_same_record_gives_the_same_bytes(work: Work):
    from suture.reporting.services.documents import render

    case = uncontrolled(work)
    report = open_report806(case_uid=case.uid, product=work.pump, by=work.rosa)
    first = print_report806(report_uid=report.uid, by=work.rosa)
    stored = read_blob(first.sha256)
    assert stored[:5] == b"%PDF-"
    data = {
        "title": "t", "subtitle": "#panic()", "basis": "*b*", "notice": "", "running": "", "case": "C", "draft": False,
        "banner": "", "items": [], "signatures": [], "manufacturer": "M", "footer": "",
        "made": {"year": 2026, "month": 11, "day": 20, "hour": 1, "minute": 2, "second": 3},
    }  # fmt: skip
    moment = report.drafted_at
    assert render(data, moment) == render(data, moment)
    text = PdfReader(BytesIO(render(data, moment))).pages[0].extract_text()
    assert "#panic()" in text, "what a record says is printed, never run"
    assert "*b*" in text


def complete(work: Work, report) -> None:
    case = report.case
    searched(work, case, DAY_0)
    planned(work, case, DAY_0)
    write_report806(
        report_uid=report.uid, by=work.rosa,
        answers={
            "values": {"other_recipients": "none beyond item 11"},
            "consignees": [{"name": "Fairmount", "address": "1 Hill", "phone": "", "dates": "2024", "number": 12}],
            "pending": {
                "11": {"why": "one telephone number is being asked for", "by": "2026-12-04"},
                "12": {"why": "the letters are being scanned", "by": "2026-12-04"},
            },
        },
    )  # fmt: skip


def test_a_report_is_approved_by_signature_and_numbered_when_it_is_sent(work: Work):
    """21 CFR 806.10(c)(1): `1234567-6/1/97-001-C`: the date is not padded."""
    case = uncontrolled(work)
    told(work, case, DAY_0)
    report = open_report806(case_uid=case.uid, product=work.pump, by=work.rosa)
    for verb in ("call_due", "draft"):
        move_report806(report_uid=report.uid, verb=verb, by=work.rosa)
    with pytest.raises(NotAllowed, match="each of the 13 items"):
        move_report806(report_uid=report.uid, verb="approve", by=work.rosa, password=PASSWORD)
    complete(work, report)
    with pytest.raises(NotAllowed, match="signature"):
        move_report806(report_uid=report.uid, verb="approve", by=work.rosa)
    move_report806(report_uid=report.uid, verb="approve", by=work.rosa, password=PASSWORD)
    with pytest.raises(NotAllowed, match="return it"):
        write_report806(report_uid=report.uid, by=work.rosa, answers={"values": {}})
    work.tick(date(2026, 12, 1))
    sent = submit_report806(report_uid=report.uid, on=date(2026, 12, 1), by=work.rosa, receipt="ESG 1")
    assert sent.number == "1234567-12/1/26-001-C"
    assert clock(case, date(2026, 12, 1), "806 report").state(date(2026, 12, 1)) is ClockState.MET
    document = print_report806(report_uid=report.uid, by=work.rosa)
    whole = squeezed(pages(document))
    assert not document.draft
    assert "DRAFT" not in whole
    assert f"{work.rosa.printed_name}, regulatory affairs: 806 report approved, 2026-11-20 18:00:00 UTC" in whole
    assert store_receipt(report_uid=report.uid, receipt="ACK 2", by=work.rosa).state == "acknowledged"


def test_numbers_run_on_and_a_removal_counts_apart(work: Work):
    case = work.open()
    work.answer(case, "4.1", "7.1")
    numbers = []
    for product, kind in ((work.pump, "C"), (work.programmer, "C"), (work.pump, "R")):
        told(work, case, DAY_0)
        report = open_report806(case_uid=case.uid, product=product, type=kind, by=work.rosa)
        type(report).objects.filter(pk=report.pk).update(state="approved")
        bound = digest(content_of(report))
        sign(by=work.rosa, to=report, digest=bound, meaning="806 report approved", as_role=Role.REGULATORY_AFFAIRS)
        numbers.append(submit_report806(report_uid=report.uid, on=DAY_0, by=work.rosa).number[-5:])
    assert numbers == ["001-C", "002-C", "001-R"]


def test_discretion_is_claimed_by_signature_and_falls_back_when_a_condition_fails(work: Work):
    join_isao(work)
    case = uncontrolled(work)
    told(work, case, DAY_0)
    share(work, case, DAY_0)
    planned(work, case, DAY_0)
    report = open_report806(case_uid=case.uid, product=work.pump, by=work.rosa)
    with pytest.raises(NotAllowed, match="not recorded"):
        move_report806(report_uid=report.uid, verb="claim_discretion", by=work.rosa, password=PASSWORD)
    searched(work, case, DAY_0)
    move_report806(report_uid=report.uid, verb="claim_discretion", by=work.rosa, password=PASSWORD, because="U1")
    with pytest.raises(NotAllowed, match="condition"):
        move_report806(report_uid=report.uid, verb="fall_due", by=work.rosa)
    work.tick(day(61))
    moved = move_report806(report_uid=report.uid, verb="fall_due", by=work.rosa)
    assert moved.state == "due"


def test_unknown_texts_are_refused(work: Work):
    case = uncontrolled(work)
    report = open_report806(case_uid=case.uid, product=work.pump, by=work.rosa)
    for answers in (
        {"values": {"report_number": "mine"}}, {"values": {"nonsense": "x"}}, {"pending": {"10": {"by": "soon"}}},
        {"consignees": [{"street": "x"}]}, {"extra": 1},
    ):  # fmt: skip
        with pytest.raises(InvalidValue):
            write_report806(report_uid=report.uid, by=work.rosa, answers=answers)
    with pytest.raises(Conflict):
        write_report806(report_uid=report.uid, by=work.rosa, answers={"values": {}}, version=99)


# ---------------------------------------------------------------- the record of what is not reported
def test_the_806_20_record_has_its_five_items_and_the_designated_persons_review(work: Work):
    """21 CFR 806.20(b)."""
    case = work.assessed()
    with pytest.raises(InvalidValue):
        draft_record806(case_uid=case.uid, product=work.pump, by=work.rosa, justification=" ", follow_ups="none")
    kept = draft_record806(
        case_uid=case.uid, product=work.pump, by=work.rosa,
        justification="Routine update: the residual risk is controlled.", follow_ups="Re-assess in June.",
    )  # fmt: skip
    draft = print_record806(record_uid=kept.uid, by=work.rosa)
    assert draft.draft
    assert "Missing: copies of all communications" in squeezed(pages(draft))
    assert reporting_guards(case, DAY_0)["rationale_recorded"] is UNKNOWN
    sign_record806(record_uid=kept.uid, by=work.quinn, password=PASSWORD, because="reviewed")
    whole = squeezed(pages(print_record806(record_uid=kept.uid, by=work.rosa)))
    for n, title in enumerate(
        ("The device", "Identification", "Events and action", "Justification for not reporting", "Communications"), 1
    ):
        assert f"{n}. {title}" in whole
    assert "Routine update: the residual risk is controlled." in whole
    assert f"{work.quinn.printed_name}, quality: review and evaluation by the designated person" in whole
    assert reporting_guards(case, DAY_0)["rationale_recorded"] is YES
    with pytest.raises(NotAllowed, match="already"):
        sign_record806(record_uid=kept.uid, by=work.quinn, password=PASSWORD)


# ---------------------------------------------------------------- all the way
def walk(work: Work) -> None:
    """From the finding to a closed case, through every room."""
    join_isao(work)
    case = uncontrolled(work)
    with pytest.raises(NotAllowed, match="regulatory decision"):
        take_step(case_uid=case.uid, verb="mitigate", by=work.rosa, password=PASSWORD)
    told(work, case, DAY_0)
    share(work, case, DAY_0)
    work.fact(case, K.PLAN_MADE, DAY_0, plan="Release 4.2.1", rationale="tests remain")
    searched(work, case, DAY_0)
    decide(case_uid=case.uid, by=work.rosa, answers={"malfunction": (NO, "meets its specification")})
    take_step(case_uid=case.uid, verb="mitigate", by=work.rosa, password=PASSWORD)
    work.fact(case, K.CONTROLS_IDENTIFIED, DAY_0, none_feasible="yes", adds_risk="unknown")
    take_step(case_uid=case.uid, verb="fix", by=work.ada, because="no interim control is feasible")
    work.tick(day(40))
    fixed(work, case, day(40))
    searched(work, case, day(40))
    take_step(case_uid=case.uid, verb="remediate", by=work.ada, password=PASSWORD)
    work.fact(case, K.FOLLOWED_UP_END_USERS, day(40), level="A", result="met")
    take_step(case_uid=case.uid, verb="follow_up", by=work.ada)
    decision = decide(case_uid=case.uid, by=work.rosa)
    sign_decision(decision_uid=decision.uid, by=work.rosa, password=PASSWORD, because="condition 2 failed")
    assert decision.duty_806 == Duty806.DUE, "the plan stood alone: no interim control by day 30"
    with pytest.raises(NotAllowed, match="every report that is owed is filed"):
        take_step(case_uid=case.uid, verb="close", by=work.quinn, password=PASSWORD)
    report = open_report806(case_uid=case.uid, product=work.pump, by=work.rosa)
    for verb in ("call_due", "draft"):
        move_report806(report_uid=report.uid, verb=verb, by=work.rosa)
    write_report806(
        report_uid=report.uid, by=work.rosa,
        answers={"consignees": [], "values": {"other_recipients": "none"},
                 "pending": {str(n): {"why": "being compiled", "by": "2027-02-01"} for n in range(2, 13)}},
    )  # fmt: skip
    move_report806(report_uid=report.uid, verb="approve", by=work.rosa, password=PASSWORD)
    submit_report806(report_uid=report.uid, on=day(40), by=work.rosa, receipt="ESG")
    closed = take_step(case_uid=case.uid, verb="close", by=work.quinn, password=PASSWORD, because="all filed")
    assert closed.state == "closed"
    for dialect in VexPublication.Dialect:
        published, new = publish_vex(release_uid=work.releases["4.2"].uid, dialect=dialect, by=work.ada)
        assert new
        assert work.vulnerability.preferred_id.encode() in read_blob(published.sha256)
    assert verify_chain().intact


def test_a_vulnerability_of_the_feeds_from_finding_to_closed_file(work: Work):
    walk(work)


def test_a_vulnerability_of_our_own_goes_the_same_way_unchanged(work: Work):
    """No CVE, no component: a hard-coded password."""
    work.vulnerability = Vulnerability.objects.create(
        id=2, uid=new_uid(), preferred_id="NL-2026-004", title="Service password in the firmware", ours=True,
        kind=Vulnerability.Kind.HARD_CODED_PASSWORD, description="The service account has one password everywhere.",
    )  # fmt: skip
    found(work.vulnerability, work.releases["4.2"], DAY_0)
    walk(work)


def test_finn_may_do_nothing_in_reporting(work: Work, finn):
    case = uncontrolled(work)
    report = open_report806(case_uid=case.uid, product=work.pump, by=work.rosa)
    kept = draft_record806(case_uid=case.uid, product=work.pump, by=work.rosa, justification="j", follow_ups="f")
    decision = decide(case_uid=case.uid, by=work.rosa)
    before = Entry.objects.count()
    for attempt in (
        lambda: decide(case_uid=case.uid, by=finn),
        lambda: sign_decision(decision_uid=decision.uid, by=finn, password=PASSWORD, because="b"),
        lambda: open_report806(case_uid=case.uid, product=work.programmer, by=finn),
        lambda: write_report806(report_uid=report.uid, by=finn, answers={}),
        lambda: move_report806(report_uid=report.uid, verb="call_due", by=finn),
        lambda: submit_report806(report_uid=report.uid, on=DAY_0, by=finn),
        lambda: store_receipt(report_uid=report.uid, receipt="r", by=finn),
        lambda: print_report806(report_uid=report.uid, by=finn),
        lambda: draft_record806(case_uid=case.uid, product=work.pump, by=finn, justification="j", follow_ups="f"),
        lambda: sign_record806(record_uid=kept.uid, by=finn, password=PASSWORD),
        lambda: print_record806(record_uid=kept.uid, by=finn),
        lambda: take_step(case_uid=case.uid, verb="mitigate", by=finn, password=PASSWORD),
        lambda: choose_initiation(case_uid=case.uid, on=DAY_0, by=finn, password=PASSWORD, because="b"),
        lambda: sign_long_term_control(
            case_uid=case.uid, on=DAY_0, by=finn, password=PASSWORD, because="b", viable=True, acceptable=True,
            adds_risk=False,
        ),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            attempt()
    assert Entry.objects.count() == before
