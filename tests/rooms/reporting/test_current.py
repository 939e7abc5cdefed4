"""A decision holds for the facts it was made on: signed, overtaken, answered for another event, too old to close on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from suture.assessment.services import choose_initiation, record_fact
from suture.core.clocks import MDR_30, ClockState
from suture.core.errors import Conflict
from suture.core.facts import Answer, FactKind
from suture.core.reportability import Duty806
from suture.desk.obligations import Sort
from suture.desk.queries import obligations
from suture.reporting.queries import is_current, is_signed, position, reporting_guards
from suture.reporting.services import decide, draft_record806, sign_decision, sign_record806
from tests.house import PASSWORD
from tests.rooms.casework import DAY_0, Work
from tests.rooms.reporting.test_uncontrolled import day, fixed, join_isao, planned, searched, share, told, uncontrolled

pytestmark = pytest.mark.django_db
K = FactKind
YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


def not_enforced(work: Work):
    """All four conditions true on day 20, decided and signed, with the signed 806.20 record."""
    join_isao(work)
    case = uncontrolled(work)
    told(work, case, DAY_0)
    share(work, case, DAY_0)
    planned(work, case, DAY_0)
    work.tick(day(20))
    fixed(work, case, day(20))
    searched(work, case, day(20))
    decision = signed(work, case)
    assert decision.duty_806 == Duty806.NOT_ENFORCED
    kept = draft_record806(case_uid=case.uid, product=work.pump, by=work.rosa, justification="j", follow_ups="f")
    sign_record806(record_uid=kept.uid, by=work.quinn, password=PASSWORD)
    return case, decision


def signed(work: Work, case, **answers):
    decision = decide(case_uid=case.uid, by=work.rosa, answers=answers or None)
    sign_decision(decision_uid=decision.uid, by=work.rosa, password=PASSWORD, because="agreed")
    return decision


def filed(case, on: date) -> Answer:
    return reporting_guards(case, on)["reports_filed"]


def test_an_event_linked_after_signing_makes_the_decision_old_and_the_reports_unfiled(work: Work):
    case, decision = not_enforced(work)
    assert is_current(decision, day(20))
    assert filed(case, day(20)) is YES
    work.tick(day(25))
    work.fact(case, K.ADVERSE_EVENT_LINKED, day(25), seriousness="serious", event="E-1")
    assert is_signed(decision), "what was signed stays signed"
    assert not is_current(decision, day(25))
    assert filed(case, day(25)) is not YES
    assert position(case, day(25)).duty_806 is Duty806.DUE
    with pytest.raises(Conflict, match="decide again"):
        sign_decision(decision_uid=decision.uid, by=work.rosa, password=PASSWORD, because="again")


def test_a_search_that_grew_old_makes_the_decision_old(work: Work):
    _case, decision = not_enforced(work)
    assert is_current(decision, day(50))
    assert not is_current(decision, day(51)), "condition 1 is unknown again"


def test_days_that_merely_pass_do_not(work: Work):
    case = uncontrolled(work)
    told(work, case, DAY_0)
    work.tick(day(1))
    decision = signed(work, case)
    assert is_current(decision, day(30))
    assert not is_current(decision, day(31)), "day 30 was missed"


def test_an_806_date_that_moved_makes_the_decision_old(work: Work):
    """What was signed says 'due by 7 December'."""
    case = uncontrolled(work)
    told(work, case, DAY_0)
    decision = signed(work, case)
    assert "2026-12-07" in str(decision.devices)
    work.tick(day(3))
    choose_initiation(case_uid=case.uid, on=day(3), by=work.rosa, password=PASSWORD, because="letters held back")
    assert not is_current(decision, day(3))


def test_a_newer_decision_takes_the_place_of_an_older_one(work: Work):
    case = uncontrolled(work)
    first = signed(work, case)
    told(work, case, DAY_0)
    second = decide(case_uid=case.uid, by=work.rosa)
    assert (is_current(first, DAY_0), is_current(second, DAY_0)) == (False, True)


def test_a_conclusion_about_one_event_says_nothing_of_the_next(work: Work):
    """R5 (21 CFR 803.20(c)(2)) is about the event that was looked at; it must not lift R2 for a later death."""
    case = uncontrolled(work)
    work.fact(case, K.ADVERSE_EVENT_LINKED, DAY_0, seriousness="serious", event="E-1")
    work.tick(day(1))
    signed(work, case, qualified_person_objects=(YES, "the physician: unrelated"), malfunction=(NO, "none"))
    assert "R2" not in position(case, day(1)).owed[0].decided.fired_ids
    work.tick(day(10))
    work.fact(case, K.ADVERSE_EVENT_LINKED, day(10), seriousness="death", event="E-2")
    decided = position(case, day(10)).owed[0].decided
    assert "R2" in decided.fired_ids
    assert "R3" in decided.open_ids, "whether the device malfunctioned is asked again"
    newer = decide(case_uid=case.uid, by=work.rosa)
    assert "R2" in {f["rule"] for f in newer.devices[0]["fired"]}


def test_a_release_claimed_for_one_action_says_nothing_of_the_next(work: Work):
    case = uncontrolled(work)
    told(work, case, DAY_0)
    work.tick(day(1))
    signed(work, case, reported_elsewhere=(YES, "MDR block H, 27 Nov"))
    assert position(case, day(1)).duty_806 is Duty806.REPORTED_ELSEWHERE
    work.tick(day(9))
    work.fact(case, K.REMOVAL_INITIATED, day(9), what="units called back")
    assert position(case, day(9)).duty_806 is Duty806.DUE


def test_a_signed_conclusion_rests_the_mdr_clock_until_the_next_event(work: Work):
    case = uncontrolled(work)
    work.fact(case, K.ADVERSE_EVENT_LINKED, DAY_0, seriousness="serious", event="E-1")

    def mdr(on: date) -> set[str]:
        return {c.about for c in position(case, on).clocks if c.name == MDR_30.name and c.due_on}

    assert mdr(DAY_0) == {"E-1"}
    work.tick(day(1))
    decision = decide(case_uid=case.uid, by=work.rosa, answers={"qualified_person_objects": (YES, "unrelated")})
    assert mdr(day(1)) == {"E-1"}, "nobody signed it yet"
    sign_decision(decision_uid=decision.uid, by=work.rosa, password=PASSWORD, because="agreed")
    assert mdr(day(1)) == set()
    assert not [o for o in obligations(work.rosa, day(1)) if o.rule == "R2, R3"]
    work.tick(day(2))
    work.fact(case, K.ADVERSE_EVENT_LINKED, day(2), seriousness="death", event="E-2")
    assert mdr(day(2)) == {"E-2"}
    assert next(o.what for o in obligations(work.rosa, day(2)) if o.rule == "R2, R3").endswith("(E-2)")


def test_nothing_is_filed_while_a_malfunction_report_has_no_clock_or_an_amendment_runs(work: Work):
    case, _ = not_enforced(work)
    searched(work, case, day(20))
    signed(work, case, malfunction=(YES, "restarted"), likely_on_recurrence=(YES, "no alarm"))
    assert "R3" in position(case, day(20)).owed[0].decided.fired_ids
    assert filed(case, day(20)) is NO
    work.fact(case, K.EMPLOYEE_AWARE, day(20), event="M-1")
    work.fact(case, K.ADVERSE_EVENT_LINKED, day(20), event="M-1", seriousness="other")
    work.fact(case, K.MDR_SUBMITTED, day(20), event="M-1", number="1")
    assert filed(case, day(20)) is YES
    work.fact(case, K.EXTENSION_INITIATED, day(20), extension="5.0")
    signed(work, case)
    assert filed(case, day(20)) is NO


def test_a_closed_file_wakes_on_the_desk_when_a_condition_fails_or_an_event_is_learned(work: Work):
    """FDA does not intend to enforce *while* the conditions hold; and an event may come years later."""
    case, _ = not_enforced(work)
    type(case).objects.filter(pk=case.pk).update(state="closed")
    assert [o for o in obligations(work.rosa, day(20)) if o.sort is Sort.CLOCK] == []
    work.tick(day(200))
    record_fact(
        case_uid=case.uid, kind=K.ADVERSE_EVENT_LINKED, by=work.ada, happened_on=day(200),
        detail={"seriousness": "death", "event": "E-9"},
    )  # fmt: skip
    owed = {o.rule for o in obligations(work.rosa, day(200)) if o.sort is Sort.CLOCK}
    assert owed == {"R9", "R2, R3"}


def test_a_claimed_policy_is_not_overdue_while_it_holds(work: Work):
    """Decided and signed as not enforced: the contingent 806 date is no longer on the desk; unsigned it is."""
    _case, _ = not_enforced(work)
    assert not [o for o in obligations(work.rosa, day(21)) if o.rule == "R9"]
    assert [o for o in obligations(work.rosa, day(51)) if o.rule == "R9"], "condition 1 is unknown again"


def test_a_finding_left_40_days_shows_day_30_as_missed(work: Work):
    work.tick(DAY_0 + timedelta(days=40))
    case = work.open()
    at = position(case, day(40))
    clock = next(c for c in at.clocks if c.name.startswith("tell customers"))
    assert (clock.due_on, clock.state(day(40)), clock.days_late(day(40))) == (day(30), ClockState.OVERDUE, 10)
    assert at.enforcement.conditions[1].answer is NO
    assert any(o.is_overdue(day(40)) and o.rule == "R10" for o in obligations(work.rosa, day(40)))
