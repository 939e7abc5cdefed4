"""Two devices in one case: what is sent, fixed or distributed for one meets nothing for the other."""

from __future__ import annotations

import pytest

from suture.core.clocks import ClockState
from suture.core.facts import Answer, FactKind
from suture.core.harm import HarmSeverity
from suture.core.reportability import Duty806
from suture.desk.queries import obligations
from suture.inventory.services import register_release
from suture.reporting.queries import position
from suture.reporting.services import move_report806, open_report806, submit_report806, write_report806
from tests.house import PASSWORD
from tests.rooms.casework import DAY_0, LOCAL, Work
from tests.rooms.reporting.test_uncontrolled import clock, day, join_isao, planned, searched, share, told

pytestmark = pytest.mark.django_db
K = FactKind
YES, NO = Answer.YES, Answer.NO


@pytest.fixture
def case(work: Work, otto):
    """The pump and the programmer, both uncontrolled; one notice to the customers of both."""
    join_isao(work)
    for product, version in ((work.pump, "4.2.1"), (work.programmer, "7.2")):
        work.releases[version] = register_release(product=product, by=otto, version=version)
    case = work.open()
    work.answer(case, "4.1", "4.2", "7.1")
    for product in (work.pump, work.programmer):
        work.sign(work.assess(case, product))
    told(work, case, DAY_0)
    share(work, case, DAY_0)
    planned(work, case, DAY_0)
    return case


def fix(work: Work, case, on, release: str) -> None:
    work.fact(case, K.FIX_VALIDATED, on, release=release, adds_risk="no")
    work.fact(case, K.FIX_DISTRIBUTED, on, release=release)


def duties(case, on) -> dict[str, Duty806]:
    return {one.product.brand_name: one.duty_806 for one in position(case, on).owed}


def sent(work: Work, case, product, on):
    report = open_report806(case_uid=case.uid, product=product, by=work.rosa)
    for verb in ("call_due", "draft"):
        move_report806(report_uid=report.uid, verb=verb, by=work.rosa)
    write_report806(
        report_uid=report.uid, by=work.rosa,
        answers={"consignees": [], "values": {"other_recipients": "none"},
                 "pending": {str(n): {"why": "being compiled", "by": "2027-02-01"} for n in range(2, 13)}},
    )  # fmt: skip
    move_report806(report_uid=report.uid, verb="approve", by=work.rosa, password=PASSWORD)
    return submit_report806(report_uid=report.uid, on=on, by=work.rosa)


def test_a_fix_of_the_pump_is_no_fix_of_the_programmer(work: Work, case):
    work.tick(day(40))
    fix(work, case, day(40), "4.2.1")
    work.fact(case, K.RESIDUAL_ACCEPTABLE_AFTER_FIX, day(40), acceptable="yes")
    searched(work, case, day(40))
    at = position(case, day(40))
    assert duties(case, day(40)) == {"Aria P2": Duty806.NOT_ENFORCED, "Meridian": Duty806.CONTINGENT}
    assert at.enforcement.conditions[2].answer is Answer.NOT_YET_DUE, "the case stands where its worst device stands"
    assert clock(case, day(40), "fix, validate").state(day(40)) is ClockState.RUNNING
    work.tick(day(61))
    searched(work, case, day(61))
    assert duties(case, day(61)) == {"Aria P2": Duty806.NOT_ENFORCED, "Meridian": Duty806.DUE}
    assert [o for o in obligations(work.rosa, day(61)) if o.what == "Fix, validate and distribute"]


def test_a_fix_of_both_is_a_fix_of_both(work: Work, case):
    work.tick(day(40))
    for release in ("4.2.1", "Meridian 7.2"):
        fix(work, case, day(40), release)
    work.fact(case, K.RESIDUAL_ACCEPTABLE_AFTER_FIX, day(40), acceptable="yes")
    searched(work, case, day(40))
    assert set(duties(case, day(40)).values()) == {Duty806.NOT_ENFORCED}
    assert clock(case, day(40), "fix, validate").state(day(40)) is ClockState.MET


def test_the_report_of_one_device_leaves_the_other_due(work: Work, case):
    work.fact(case, K.ADVERSE_EVENT_LINKED, DAY_0, seriousness="serious", event="E-1")
    sent(work, case, work.pump, DAY_0)
    assert clock(case, day(1), "806 report").state(day(1)) is ClockState.RUNNING
    work.tick(day(20))
    assert [o.what for o in obligations(work.rosa, day(20)) if o.rule == "R9"] == [
        "Report the correction or removal to FDA"
    ]
    sent(work, case, work.programmer, day(20))
    assert clock(case, day(20), "806 report").state(day(20)) is ClockState.MET_LATE
    assert not [o for o in obligations(work.rosa, day(20)) if o.rule == "R9"]


def test_a_report_sent_outside_suture_and_recorded_for_the_case_counts_for_all(work: Work, case):
    work.fact(case, K.REPORT_806_SUBMITTED, DAY_0, by=work.rosa, number="1234567-11/20/26-001-C")
    assert clock(case, DAY_0, "806 report").state(DAY_0) is ClockState.MET


def test_a_controlled_device_beside_an_uncontrolled_one_holds_nothing_back(work: Work):
    case = work.open()
    work.answer(case, "4.1", "4.2", "7.1")
    work.sign(work.assess(case))
    work.sign(work.assess(case, work.programmer, metrics=LOCAL, severity=HarmSeverity.NEGLIGIBLE))
    told(work, case, DAY_0)
    assert duties(case, DAY_0) == {"Aria P2": Duty806.DUE, "Meridian": Duty806.RECORD}
    sent(work, case, work.pump, DAY_0)
    assert clock(case, DAY_0, "806 report").state(DAY_0) is ClockState.MET
