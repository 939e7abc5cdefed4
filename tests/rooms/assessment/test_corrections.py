"""A correction never releases from a duty in silence: a later day 0, a clock taken away, a serious event withdrawn."""

from __future__ import annotations

from datetime import timedelta

import pytest

from suture.accounts.queries import signatures_on
from suture.assessment.models import Case
from suture.assessment.queries import facts_of_case
from suture.assessment.services import choose_initiation, record_fact, set_learned
from suture.core.errors import NotAllowed
from suture.core.facts import FactKind
from suture.core.milestones import initiated_on, learned_on
from suture.core.reportability import Duty806
from suture.evidence.canonical import digest
from suture.reporting.queries import position
from tests.house import PASSWORD
from tests.rooms.casework import DAY_0, Work

pytestmark = pytest.mark.django_db
K = FactKind
LATER = DAY_0 + timedelta(days=4)


def correct(work: Work, case: Case, kind: FactKind, **more):
    row = case.dated_facts.filter(kind=kind, superseded_by=None).get()
    said = {"case_uid": case.uid, "kind": kind, "by": work.ada, "supersedes_uid": row.uid, "because": "misread"}
    return record_fact(**{**said, "happened_on": DAY_0, **more})


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        (K.EMPLOYEE_AWARE, {"event": "E-1"}),
        (K.REMEDIAL_ACTION_NEEDED, {"event": "E-1"}),
        (K.FDA_WRITTEN_REQUEST, {"event": "E-1"}),
        (K.MDR_INFORMATION_RECEIVED, {"event": "E-1"}),
        (K.EXTENSION_INITIATED, {"extension": "5.0"}),
        (K.FDA_TRACKING_REQUEST, {"request": "R-1"}),
        (K.CORRECTION_INITIATED, {"what": "notice"}),
        (K.FIX_DISTRIBUTED, {"release": "4.2.1"}),
        (K.ADVERSE_EVENT_LINKED, {"event": "E-1", "seriousness": "death"}),
    ],
)
def test_every_clock_moves_to_a_later_day_by_signature_alone(work: Work, kind: FactKind, detail: dict[str, str]):
    case = work.open()
    work.fact(case, kind, DAY_0, **detail)
    work.tick(LATER)
    for more in ({"happened_on": LATER, "detail": detail}, {"withdrawn": True}):
        with pytest.raises(NotAllowed, match="signature"):
            correct(work, case, kind, **more)
    assert case.dated_facts.filter(kind=kind).count() == 1
    correct(work, case, kind, detail={**detail, "more": "words"})  # nothing moves: no signature
    row = correct(work, case, kind, happened_on=LATER, detail=detail, password=PASSWORD)
    assert signatures_on("dated fact", row.uid, digest(row.content())).get().signer == work.ada


@pytest.mark.parametrize(
    ("kind", "was", "becomes"),
    [
        (K.ADVERSE_EVENT_LINKED, {"seriousness": "serious"}, {"seriousness": "other"}),
        (K.ADVERSE_EVENT_SEARCH, {"result": "hit"}, {"result": "none"}),
    ],
)
def test_a_known_serious_event_is_taken_away_by_signature_alone(work: Work, kind, was, becomes):
    """It would turn condition 1 true again."""
    case = work.open()
    work.fact(case, kind, DAY_0, **was)
    with pytest.raises(NotAllowed, match="signature"):
        correct(work, case, kind, detail=becomes)
    correct(work, case, kind, detail=becomes, password=PASSWORD)


def test_a_signed_day_is_not_corrected_by_the_back_door(work: Work):
    case = work.open()
    work.fact(case, K.CORRECTION_INITIATED, DAY_0, what="notice")
    work.tick(LATER)
    set_learned(case_uid=case.uid, on=DAY_0, by=work.ada, password=PASSWORD, because="as found")
    choose_initiation(case_uid=case.uid, on=DAY_0, by=work.ada, password=PASSWORD, because="as sent")
    for kind in (K.LEARNED, K.INITIATION_CHOSEN):
        for more in ({"happened_on": LATER}, {"withdrawn": True}):
            with pytest.raises(NotAllowed, match="signed"):
                correct(work, case, kind, **more)
    assert (learned_on(facts_of_case(case)), initiated_on(facts_of_case(case))) == (DAY_0, DAY_0)


def test_an_earlier_candidate_written_after_the_signature_counts_again(work: Work):
    case = work.open()
    work.tick(LATER)
    set_learned(case_uid=case.uid, on=LATER, by=work.ada, password=PASSWORD, because="noise until then")
    work.tick(LATER + timedelta(days=1))
    work.fact(case, K.LEARNED_CANDIDATE, DAY_0 - timedelta(days=3), source="a complaint nobody had read")
    assert learned_on(facts_of_case(case)) == DAY_0 - timedelta(days=3)


def test_a_notice_that_does_not_say_whether_it_names_an_action_leaves_initiation_unknown(work: Work):
    """Unknown is never no: 'not started' would be a no."""
    case = work.assessed()
    work.fact(case, K.CUSTOMERS_TOLD, DAY_0, content="abcd", audience="customers and user community")
    assert position(case, DAY_0).duty_806 is Duty806.UNDECIDED
    assert "initiated" in position(case, DAY_0).owed[0].decided.of("R9").unknown


def test_a_fix_that_went_out_without_a_notice_started_the_806_clock(work: Work):
    case = work.assessed()
    work.fact(case, K.FIX_DISTRIBUTED, DAY_0, release="4.2.1")
    at = position(case, DAY_0)
    assert "R9" in at.owed[0].decided.fired_ids
    assert at.owed[0].facts.due_806 is not None
