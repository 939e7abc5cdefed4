"""A case from its opening to its verdict: numbers, day 0, answers, steps; and what each verb refuses."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suture.accounts.services import new_uid, raise_wall
from suture.assessment.models import Case, CaseStep, DatedFact
from suture.assessment.queries import case_for, cases_for, facts_of_case, open_cases, unanswered, verdict_of
from suture.assessment.services import (
    answer_impact,
    move_case,
    open_case,
    record_fact,
    set_learned,
    set_reassessment,
)
from suture.core.cases import CaseState
from suture.core.errors import Conflict, InvalidValue, NotAllowed, NotFound
from suture.core.facts import FactKind
from suture.core.harm import HarmSeverity
from suture.core.milestones import learned_on
from suture.core.risk import Outcome
from suture.core.roles import Role
from suture.core.vex import Justification, VexStatus
from suture.evidence.queries import entries_about, verify_chain
from suture.intelligence.models import Vulnerability
from tests.house import PASSWORD
from tests.rooms.casework import DAY_0, LOCAL, Work, found

pytestmark = pytest.mark.django_db
K = FactKind


def test_opening_takes_the_findings_numbers_the_case_and_proposes_the_earliest_match_as_day_0(work: Work):
    """reporting.md §8: the first match of a feed record to a release of ours is a candidate."""
    work.tick(DAY_0 + timedelta(days=9))
    case = work.open()
    assert case.number == "C-2026-0001"
    assert {a.release.version for a in case.answers.all()} == {"4.1", "4.2"}
    assert learned_on(facts_of_case(case)) == DAY_0
    assert "first match" in case.dated_facts.get().detail["source"]
    assert entries_about("case", case.uid).first().did == "case.opened"


def test_a_second_case_of_the_same_vulnerability_is_refused_while_one_is_open(work: Work):
    work.open()
    with pytest.raises(InvalidValue, match="C-2026-0001"):
        work.open()


def test_a_case_needs_a_release(work: Work):
    work.vulnerability.findings.all().delete()
    with pytest.raises(InvalidValue, match="at least one release"):
        work.open()


def test_finn_may_do_nothing_to_a_case(work: Work, finn):
    """Every verb has its 'not allowed'."""
    case = work.open()
    uid, release = case.uid, work.releases["4.1"].uid
    for attempt in (
        lambda: open_case(vulnerability=work.vulnerability, by=finn, because="mine"),
        lambda: record_fact(case_uid=uid, kind=K.PLAN_MADE, by=finn, happened_on=DAY_0),
        lambda: set_learned(case_uid=uid, on=DAY_0, by=finn, password=PASSWORD, because="I say so"),
        lambda: set_reassessment(case_uid=uid, on=date(2027, 1, 1), by=finn, because="later"),
        lambda: answer_impact(
            case_uid=uid, release_uids=[release], status=VexStatus.FIXED, by=finn, evidence="I say so"
        ),
        lambda: move_case(case_uid=uid, verb="start_analysis", by=finn, because="go"),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert DatedFact.objects.count() == 1


def test_a_walled_vulnerability_walls_its_case(work: Work, quinn, register):
    """What stands behind a wall does not exist for anybody else."""
    root = register("Olga Wirth", Role.COORDINATOR)
    work.vulnerability.wall = raise_wall(name="finder", admitted=[work.ada], by=root, because="embargo")
    work.vulnerability.save()
    case = work.open()
    assert case.wall == work.vulnerability.wall
    assert list(cases_for(work.ada)) == [case]
    assert list(cases_for(work.rosa)) == []
    with pytest.raises(NotFound):
        record_fact(case_uid=case.uid, kind=K.PLAN_MADE, by=work.rosa, happened_on=DAY_0)


# ---------------------------------------------------------------- day 0
def test_learning_in_the_future_is_refused(work: Work):
    case = work.open()
    with pytest.raises(InvalidValue, match="future"):
        set_learned(case_uid=case.uid, on=DAY_0 + timedelta(days=1), by=work.ada, password=PASSWORD, because="typo")
    assert not case.dated_facts.filter(kind=K.LEARNED).exists()


def test_a_later_day_0_needs_a_signature_and_keeps_the_alternatives(work: Work):
    case = work.open()
    work.tick(DAY_0 + timedelta(days=5))
    later = DAY_0 + timedelta(days=3)
    with pytest.raises(NotAllowed, match="password"):
        set_learned(case_uid=case.uid, on=later, by=work.ada, password="wrong", because="noise until then")
    with pytest.raises(InvalidValue, match="reason"):
        set_learned(case_uid=case.uid, on=later, by=work.ada, password=PASSWORD, because=" ")
    fact = set_learned(case_uid=case.uid, on=later, by=work.ada, password=PASSWORD, because="noise until then")
    assert learned_on(facts_of_case(case)) == later
    assert case.dated_facts.filter(kind=K.LEARNED_CANDIDATE).count() == 1
    assert fact.detail["instead_of"] == DAY_0.isoformat()


def test_a_correction_that_moves_day_0_later_needs_a_signature(work: Work):
    case = work.open()
    candidate = case.dated_facts.get()
    work.tick(DAY_0 + timedelta(days=5))
    said = {
        "case_uid": case.uid, "kind": K.LEARNED_CANDIDATE, "by": work.ada, "supersedes_uid": candidate.uid,
        "because": "the finding was another's",
    }  # fmt: skip
    with pytest.raises(NotAllowed, match="signature"):
        record_fact(happened_on=DAY_0 + timedelta(days=2), **said)
    with pytest.raises(NotAllowed, match="signature"):
        record_fact(withdrawn=True, **said)
    assert learned_on(facts_of_case(case)) == DAY_0
    record_fact(happened_on=DAY_0 + timedelta(days=2), password=PASSWORD, **said)
    assert learned_on(facts_of_case(case)) == DAY_0 + timedelta(days=2)
    assert case.dated_facts.count() == 2, "the old row stays"


def test_an_instant_becomes_a_date_at_the_site(work: Work):
    """02:00 UTC on the 20th is still the 19th in Chicago."""
    case = work.open()
    fact = record_fact(
        case_uid=case.uid, kind=K.ADVERSE_EVENT_SEARCH, by=work.ada, detail={"result": "none"},
        happened_at=datetime(2026, 11, 20, 2, tzinfo=UTC),
    )  # fmt: skip
    assert fact.happened_on == date(2026, 11, 19)


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        (K.ADVERSE_EVENT_SEARCH, {"result": "nothing"}),
        (K.ADVERSE_EVENT_LINKED, {"seriousness": "bad"}),
        (K.CUSTOMERS_TOLD, {"content": "abcde"}),
        (K.FIX_VALIDATED, {"adds_risk": "No"}),
    ],
)
def test_a_word_the_rules_would_not_understand_is_refused(work: Work, kind, detail):
    """It would be read as unknown, in silence."""
    case = work.open()
    with pytest.raises(InvalidValue):
        work.fact(case, kind, DAY_0, **detail)


def test_signed_kinds_are_not_recorded_without_a_signature(work: Work):
    case = work.open()
    for kind in (K.LEARNED, K.INITIATION_CHOSEN, K.LONG_TERM_CONTROL_SIGNED):
        with pytest.raises(NotAllowed, match="signed"):
            work.fact(case, kind, DAY_0)


# ---------------------------------------------------------------- impact
def test_every_release_of_every_device_needs_an_answer_those_in_development_too(work: Work):
    """FDA 2016 §X.B.v."""
    case = work.open()
    assert {r.label for r in unanswered(case)} == {"Aria P2 4.1", "Aria P2 4.2", "Aria P2 5.0", "Meridian 7.1"}
    work.answer(case, "4.1", "4.2")
    work.answer(case, "5.0", status=VexStatus.UNDER_INVESTIGATION)
    assert {r.label for r in unanswered(case)} == {"Aria P2 5.0", "Meridian 7.1"}
    move_case(case_uid=case.uid, verb="start_analysis", by=work.ada)
    work.sign(work.assess(case))
    with pytest.raises(NotAllowed, match="every concerned device and release has an answer"):
        move_case(case_uid=case.uid, verb="finish_assessment", by=work.ada, password=PASSWORD)
    assert Case.objects.get().state == CaseState.ANALYSING


@pytest.mark.parametrize(
    ("status", "more"),
    [
        (VexStatus.NOT_AFFECTED, {}),  # neither justification nor impact
        (VexStatus.AFFECTED, {"action": ""}),
        (VexStatus.FIXED, {"justification": Justification.COMPONENT_NOT_PRESENT}),
    ],
)
def test_each_status_brings_its_own_duty(work: Work, status, more):
    """CISA, Minimum Requirements for VEX (April 2023)."""
    case = work.open()
    with pytest.raises(InvalidValue):
        work.answer(case, "4.1", status=status, **more)


def test_a_batch_is_one_line_of_evidence(work: Work):
    case = work.open()
    work.answer(case, "4.1", "4.2", "5.0")
    assert entries_about("case", case.uid).filter(did="impact.answered").count() == 1
    case.refresh_from_db()
    with pytest.raises(NotFound):
        answer_impact(
            case_uid=case.uid, release_uids=[case.uid], status=VexStatus.FIXED, by=work.ada, evidence="nobody's release"
        )


# ---------------------------------------------------------------- steps
def test_the_verdict_is_the_worst_devices(work: Work):
    case = work.open()
    work.answer(case, "4.1", "4.2", "7.1")
    work.answer_rest(case)
    work.sign(work.assess(case, work.programmer, metrics=LOCAL, severity=HarmSeverity.MINOR))
    assert verdict_of(case) is None, "one device is not assessed yet"
    work.sign(work.assess(case))
    case.refresh_from_db()
    assert (verdict_of(case), case.verdict) == (Outcome.UNCONTROLLED, "uncontrolled")


def test_steps_follow_the_table_with_signatures_where_it_says_so(work: Work):
    case = work.assessed()
    move_case(case_uid=case.uid, verb="start_analysis", by=work.ada)
    with pytest.raises(NotAllowed, match="signature"):
        move_case(case_uid=case.uid, verb="finish_assessment", by=work.ada)
    move_case(case_uid=case.uid, verb="finish_assessment", by=work.ada, password=PASSWORD, because="all answered")
    with pytest.raises(NotAllowed, match="controlled for every device"):
        move_case(case_uid=case.uid, verb="find_controlled", by=work.ada, password=PASSWORD)
    moved = move_case(case_uid=case.uid, verb="find_uncontrolled", by=work.clara, password=PASSWORD)
    assert moved.state == CaseState.UNCONTROLLED
    assert [s.verb for s in CaseStep.objects.order_by("pk")] == [
        "start_analysis", "finish_assessment", "find_uncontrolled",
    ]  # fmt: skip
    with pytest.raises(NotAllowed):
        move_case(case_uid=case.uid, verb="close", by=work.ada, password=PASSWORD)
    assert verify_chain().intact


def test_a_person_who_looked_at_an_older_version_gets_a_conflict_and_nothing_is_saved(work: Work):
    case = work.open()
    seen = case.version
    work.answer(case, "4.1")
    with pytest.raises(Conflict, match="version"):
        move_case(case_uid=case.uid, verb="start_analysis", by=work.ada, version=seen)
    assert not CaseStep.objects.exists()


def test_a_case_is_found_by_number_and_by_uid(work: Work):
    case = work.open()
    assert case_for(work.ada, "c-2026-0001") == case == case_for(work.ada, case.uid)
    with pytest.raises(NotFound):
        case_for(work.ada, "C-2026-0099")


def test_re_assessment_lies_ahead(work: Work):
    case = work.open()
    with pytest.raises(InvalidValue):
        set_reassessment(case_uid=case.uid, on=DAY_0, by=work.ada, because="today")
    assert set_reassessment(case_uid=case.uid, on=date(2027, 2, 1), by=work.ada, because="quarterly").reassess_on


def test_the_verdict_follows_the_answers_until_it_is_decided(work: Work):
    """A device that turns out to be affected is not assessed, whatever another one's verdict was."""
    case = work.open()
    work.answer(case, "4.1", "4.2")
    work.sign(work.assess(case, severity=HarmSeverity.NEGLIGIBLE))
    assert Case.objects.get().verdict == "controlled"
    work.answer(case, "7.1")
    assert Case.objects.get().verdict == "", "the programmer has no assessment"
    work.answer(case, "7.1", status=VexStatus.FIXED)
    assert Case.objects.get().verdict == "controlled"


def test_a_decided_uncontrolled_risk_stays_on_record_when_its_releases_are_fixed(work: Work):
    case = work.assessed()
    for verb, by in (("start_analysis", work.ada), ("finish_assessment", work.ada), ("find_uncontrolled", work.clara)):
        move_case(case_uid=case.uid, verb=verb, by=by, password=PASSWORD)
    work.answer(case, "4.1", "4.2", status=VexStatus.FIXED)
    assert Case.objects.get().verdict == "uncontrolled"


def test_the_list_of_cases_costs_the_same_however_many_there_are(work: Work):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            for case in open_cases(work.ada):
                assert case.vulnerability.preferred_id
                assert case.owner.printed_name
                assert (case.concerned, case.affected) >= (1, 0)
        return len(queries)

    work.open()
    one = asked()
    for n in (2, 3):
        work.vulnerability = Vulnerability.objects.create(id=n, uid=new_uid(), preferred_id=f"CVE-2026-000{n}")
        found(work.vulnerability, work.releases["4.2"], DAY_0)
        work.open()
    assert (asked(), one) == (1, 1)
