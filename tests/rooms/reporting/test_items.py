"""What the items of a report say: nothing that nobody looked at, nothing that is not attached, nothing too small."""

from __future__ import annotations

import pytest

from suture.assessment.services import record_fact
from suture.core.facts import FactKind
from suture.core.vex import VexStatus
from suture.reporting.services import draft_record806, open_report806
from suture.reporting.sources import items_of, record_items_reviewed
from tests.rooms.casework import DAY_0, Work
from tests.rooms.reporting.test_uncontrolled import searched, told, uncontrolled

pytestmark = pytest.mark.django_db
K = FactKind


@pytest.fixture
def case(work: Work):
    return uncontrolled(work)


def item(work: Work, case, number: int):
    return items_of(open_report806(case_uid=case.uid, product=work.pump, by=work.rosa))[number - 1]


def test_none_known_is_said_of_a_search_and_of_nothing_else(work: Work, case):
    """Item 8, 21 CFR 806.10(c)(8)."""
    assert "illness or injuries" in item(work, case, 8).missing
    searched(work, case, DAY_0)
    assert "None known; search of 20 November 2026" in item(work, case, 8).text


@pytest.mark.parametrize(
    ("kind", "detail"),
    [(K.ADVERSE_EVENT_SEARCH, {"result": "hit", "where": "complaints"}), (K.EMPLOYEE_AWARE, {"event": "E-1"})],
)
def test_a_hit_or_an_event_nobody_linked_is_never_followed_by_none_known(work: Work, case, kind, detail):
    work.fact(case, kind, DAY_0, **detail)
    searched(work, case, DAY_0)
    assert "None known" not in item(work, case, 8).text
    assert "illness or injuries" in item(work, case, 8).missing


def test_both_kinds_of_mdr_are_named(work: Work, case):
    work.fact(case, K.MDR_SUBMITTED, DAY_0, event="E-1", number="1234567-2026-00001")
    work.fact(case, K.MDR_5DAY_SUBMITTED, DAY_0, event="E-1", number="1234567-2026-00002")
    assert "1234567-2026-00001\n1234567-2026-00002" in item(work, case, 8).text


def test_a_notice_without_its_copy_is_listed_and_its_copy_missing(work: Work, case):
    """Item 12, 21 CFR 806.10(c)(12): a copy of all communications."""
    told(work, case, DAY_0)
    found = item(work, case, 12)
    assert "N-19 of 20 November 2026" in found.text
    assert "copies of all communications" in found.missing
    old = case.dated_facts.get(kind=K.CUSTOMERS_TOLD)
    record_fact(
        case_uid=case.uid, kind=K.CUSTOMERS_TOLD, by=work.ada, happened_on=DAY_0, detail=old.detail,
        attachment=b"letter", supersedes_uid=old.uid, because="the letter itself",
    )  # fmt: skip
    found = item(work, case, 12)
    assert "copies of all communications" not in found.missing
    assert "SHA-256" in found.text
    kept = draft_record806(case_uid=case.uid, product=work.pump, by=work.rosa, justification="j", follow_ups="f")
    assert record_items_reviewed(kept, "")[4].complete


def test_releases_fixed_by_now_still_count_as_subject_to_the_action(work: Work, case):
    """Item 9: the total number subject to the correction, not what is left of it."""
    told(work, case, DAY_0)
    assert "1,514 devices" in item(work, case, 9).text
    work.answer(case, "4.1", status=VexStatus.FIXED)
    assert "1,514 devices" in item(work, case, 9).text
    work.answer(case, "5.0", status=VexStatus.FIXED)
    assert "5.0" not in item(work, case, 5).text, "the release that brings the fix was never affected"
