"""What lands on whose desk: every sort of obligation, by day, behind walls, in a constant number of queries."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suture.accounts.services import new_uid, raise_wall
from suture.assessment.services import (
    confirm_in_use,
    end_control,
    propose_control,
    recommend_control,
    set_reassessment,
    start_assessment,
    verify_control,
)
from suture.core.cases import ControlState
from suture.core.controls import ControlKind
from suture.core.exploitability import Exploitability
from suture.core.facts import Answer, FactKind
from suture.core.harm import HarmSeverity
from suture.core.risk import Outcome
from suture.core.roles import Role
from suture.desk.obligations import Sort
from suture.desk.queries import (
    figures,
    harm_questions,
    new_findings,
    obligations,
    obligations_for_role,
    obligations_of_case,
    signatures_waiting,
)
from suture.detection.services import take_in_sbom
from suture.evidence.clock import now
from suture.intelligence.models import FeedRevision, Kev, Vulnerability
from suture.inventory.models import Release
from suture.inventory.quarantine import reject_sbom
from suture.reporting.services import decide, draft_record806
from tests.doors.process.installation import sbom_of
from tests.rooms.casework import DAY_0, NEAR, Work, found
from tests.rooms.casework import stated as stated_by

pytestmark = pytest.mark.django_db
K = FactKind


def of(rows, sort: Sort):
    return [one for one in rows if one.sort is sort]


def day(n: int) -> date:
    return DAY_0 + timedelta(days=n)


def test_the_clocks_of_an_uncontrolled_case_by_day(work: Work):
    case = work.assessed()
    work.fact(case, K.CORRECTION_INITIATED, DAY_0, what="notice N-19")
    rows = of(obligations(work.rosa, DAY_0), Sort.CLOCK)
    assert [(o.due_on, o.rule, o.kind.value, o.contingent) for o in rows] == [
        (date(2026, 12, 7), "R9", "regulation", False),  # condition 1 and 4 are unknown: firm
        (date(2026, 12, 20), "R10", "guidance", False),
        (date(2027, 1, 19), "R10", "guidance", False),
    ]
    assert rows[0].days_left(DAY_0) == 17
    assert {o.device for o in rows} == {"Aria P2"}
    assert {(o.link.kind, o.link.uid, o.label) for o in rows} == {("case", str(case.uid), case.number)}
    assert rows[1].last_working_day == date(2026, 12, 18), "day 30 is a Sunday and is not moved"


def test_clocks_run_before_anybody_assessed_and_stop_when_the_risk_is_controlled(work: Work):
    case = work.open()
    assert len(of(obligations(work.ada, DAY_0), Sort.CLOCK)) == 2
    work.answer(case, "4.1", "4.2")
    work.sign(work.assess(case, severity=HarmSeverity.NEGLIGIBLE))
    assert of(obligations(work.ada, DAY_0), Sort.CLOCK) == []


def test_an_mdr_clock_binds_whatever_the_risk(work: Work):
    case = work.open()
    work.answer(case, "4.1", "4.2")
    work.sign(work.assess(case, severity=HarmSeverity.NEGLIGIBLE))
    work.fact(case, K.EMPLOYEE_AWARE, DAY_0, event="E-7")
    mdr = of(obligations(work.rosa, DAY_0), Sort.CLOCK)
    assert [(o.due_on, o.rule, o.what) for o in mdr] == [
        (date(2026, 12, 20), "R2, R3", "Send the medical device report (E-7)")
    ]


def test_what_is_overdue_stays_and_says_so(work: Work):
    work.assessed()
    late = [o for o in obligations(work.rosa, day(31)) if o.is_overdue(day(31))]
    assert {o.rule for o in late if o.sort is Sort.CLOCK} == {"R10"}
    assert figures(work.rosa, day(31)).overdue == len(late)


def test_searches_escalation_and_answers(work: Work):
    case = work.open()
    assert of(obligations(work.ada, DAY_0), Sort.ANSWER)[0].what == "Answer for 4 of 4 releases"
    work.answer(case, "4.1", "4.2")
    work.answer_rest(case)
    work.sign(work.assess(case))
    rows = obligations(work.rosa, DAY_0)
    assert of(rows, Sort.ANSWER) == []
    assert of(rows, Sort.REMEDIATION)[0].rule == "R16"
    assert of(rows, Sort.SEARCH)[0].due_on is None  # neither FDA nor the firm sets a day for the first
    work.fact(case, K.ADVERSE_EVENT_SEARCH, DAY_0, result="none")
    work.fact(case, K.PLAN_MADE, DAY_0, rationale="61 of 88 tests")
    rows = obligations(work.rosa, DAY_0)
    assert of(rows, Sort.REMEDIATION) == []
    assert of(rows, Sort.SEARCH)[0].due_on == day(30)


def test_re_assessments_and_periodic_reports(work: Work):
    case = work.open()
    work.answer(case, "7.1")
    set_reassessment(case_uid=case.uid, on=date(2027, 2, 1), by=work.ada, because="quarterly")
    rows = obligations(work.rosa, DAY_0)
    assert of(rows, Sort.REASSESSMENT)[0].due_on == date(2027, 2, 1)
    assert [(o.device, o.due_on) for o in of(rows, Sort.PERIODIC_REPORT)] == [("Meridian", date(2027, 3, 1))]


def test_what_happened_since_the_signature_asks_for_another_assessment(work: Work, otto, fay):
    """A counted control that fails, and an entry in CISA's catalogue; the signed verdict stands until then."""
    case = work.open()
    work.answer(case, "4.1", "4.2")
    control = propose_control(
        case_uid=case.uid, by=work.ada, name="Bounds check", kind=ControlKind.DESIGN,
        lowers_exploitability_to=Exploitability.LOW,
    )  # fmt: skip
    verify_control(
        control_uid=control.uid, by=otto, on=DAY_0, evidence="TR", adds_risk=Answer.NO, adds_risk_because="none"
    )
    recommend_control(control_uid=control.uid, by=work.ada)
    confirm_in_use(control_uid=control.uid, by=fay, on=DAY_0, where="both releases", evidence="build log")
    work.sign(work.assess(case, metrics=NEAR, severity=HarmSeverity.MINOR))
    assert of(obligations(work.ada, DAY_0), Sort.REASSESSMENT) == []
    end_control(control_uid=control.uid, by=fay, becomes=ControlState.FAILED, because="bypassed in the laboratory")
    Kev.objects.create(
        id="CVE-2019-12255", f=0, added="2026-11-19", name="IPnet", action="patch", due="", ransomware=False
    )
    (again,) = of(obligations(work.ada, DAY_0), Sort.REASSESSMENT)
    assert "'Bounds check' was counted and is no longer in use" in again.because
    assert "known to be exploited since 2026-11-19" in again.because


def test_signatures_wait_until_one_holds(work: Work):
    case = work.open()
    work.answer(case, "4.1", "4.2")
    row = work.assess(case, metrics=NEAR, severity=HarmSeverity.SERIOUS)
    waiting = signatures_waiting(work.clara)
    assert [(o.link.kind, o.what) for o in waiting] == [("assessment", "Sign the assessment")]
    assert "two people" in waiting[0].because
    work.sign(row, judgement=Outcome.UNCONTROLLED)
    assert "one has signed uncontrolled" in signatures_waiting(work.clara)[0].because
    work.sign(row, by=work.clara, judgement=Outcome.UNCONTROLLED)
    assert signatures_waiting(work.clara) == []
    decide(case_uid=case.uid, by=work.rosa)
    draft_record806(case_uid=case.uid, product=work.pump, by=work.rosa, justification="j", follow_ups="f")
    stated_by(work.pump, work.clara)
    assert {o.link.kind for o in signatures_waiting(work.rosa)} == {"decision", "806.20 record", "safety statement"}


def test_a_late_source_is_everybodys_business(work: Work):
    FeedRevision.objects.create(
        rev=1, uid=new_uid(), source="nvd", file_name="nvd.json", sha256="0" * 64, parser_ver=1, keys_ver=1,
        state=FeedRevision.State.PUBLISHED, started_at=now(), fetched_at=now(), dated="2026-01-01T00:00:00+00:00",
    )  # fmt: skip
    late = of(obligations(work.ada, DAY_0), Sort.SOURCE)
    assert [(o.link.kind, o.link.uid, o.kind.value) for o in late] == [("source", "nvd", "statute")]


def test_each_role_sees_its_own_part(work: Work):
    case = work.assessed()
    work.fact(case, K.CORRECTION_INITIATED, DAY_0, what="notice")
    assert "R9" in {o.rule for o in obligations_for_role(work.rosa, DAY_0, Role.REGULATORY_AFFAIRS)}
    assert "R9" not in {o.rule for o in obligations_for_role(work.clara, DAY_0, Role.CLINICAL_SAFETY)}
    assert {o.label for o in obligations_of_case(work.ada, case, DAY_0)} == {case.number}


def test_findings_nobody_took_up_and_harm_questions_in_one_sentence(work: Work):
    assert new_findings(work.ada).count() == 2
    case = work.open()
    assert new_findings(work.ada).count() == 0
    work.answer(case, "4.1", "4.2")
    asked = harm_questions(work.clara)
    assert [q.sentence for q in asked] == [
        "If an attacker could use “IPnet TCP urgent pointer underflow” in Aria P2 4.1 and 4.2, "
        "what happens to the patient?"
    ]
    draft = start_assessment(case_uid=case.uid, product=work.pump, by=work.ada)
    assert harm_questions(work.clara)[0].link.uid == str(draft.uid)
    work.harm(draft, serious_probable=Answer.NO)
    assert harm_questions(work.clara) == []


def test_a_finding_nobody_opened_runs_its_clock_on_the_desk(work: Work):
    """reporting.md §8: the first match counts, even if nobody opened it."""
    (row,) = of(obligations(work.ada, day(40)), Sort.ANSWER)
    assert (row.due_on, row.is_overdue(day(40)), row.label) == (day(30), True, "CVE-2019-12255")
    work.open()
    assert [o.what for o in of(obligations(work.ada, day(40)), Sort.ANSWER)] == ["Answer for 4 of 4 releases"]


def test_units_are_unknown_as_soon_as_one_release_is(work: Work):
    case = work.assessed()
    assert figures(work.rosa, DAY_0).units == 1514
    Release.objects.filter(pk=work.releases["4.1"].pk).update(units_distributed=None)
    assert figures(work.rosa, DAY_0).units is None
    assert figures(work.rosa, DAY_0).uncontrolled == 1
    assert case.verdict == "uncontrolled"


def test_nothing_behind_a_wall_lands_on_a_desk_outside_it(work: Work, register):
    case = work.assessed()
    keeper = register("Olga Wirth", Role.COORDINATOR)
    case.wall = raise_wall(name="finder", admitted=[work.ada], by=keeper, because="embargo")
    case.save()
    assert obligations(work.rosa, DAY_0) == []
    assert obligations(work.ada, DAY_0) != []


def test_the_number_of_queries_does_not_grow_with_the_number_of_cases(work: Work):
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            obligations(work.rosa, DAY_0)
            harm_questions(work.clara)
        return len(queries)

    case = work.assessed()
    decide(case_uid=case.uid, by=work.rosa)
    one = asked()
    for n in (2, 3, 4):
        work.vulnerability = Vulnerability.objects.create(id=n, uid=new_uid(), preferred_id=f"CVE-2026-000{n}")
        found(work.vulnerability, work.releases["4.2"], DAY_0)
        more = work.assessed()
        work.fact(more, K.CORRECTION_INITIATED, DAY_0, what="notice")
        decide(case_uid=more.uid, by=work.rosa)
    assert asked() == one


def test_an_sbom_in_quarantine_waits_on_the_desk_until_somebody_decides(work: Work, otto):
    """#15: nothing of the release changes by itself, so somebody has to be told."""
    release = work.releases["4.2"]
    for n, parts in enumerate((["a", "b"], ["a"])):
        data = sbom_of(parts, str(n))
        taken = take_in_sbom(release=release, data=data, file_name=f"{n}.cdx.json", by=otto)
    assert taken.held is not None
    (owed,) = of(obligations(work.ada, DAY_0), Sort.QUARANTINE)
    assert (owed.device, owed.due_on, owed.link.kind) == ("Aria P2 4.2", None, "SBOM in quarantine")
    assert owed.for_role(Role.ENGINEERING)
    assert owed.because.startswith("it lists 1 component, the current SBOM 2")
    reject_sbom(held_uid=taken.held.uid, by=otto, because="wrong folder")
    assert of(obligations(work.ada, DAY_0), Sort.QUARANTINE) == []
