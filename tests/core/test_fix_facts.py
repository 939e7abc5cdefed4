"""Condition 3 reads its facts together: the release that went out is the one validated; the last re-assessment counts.

Source: FDA 2016 §VII.B, third condition.
"""

from __future__ import annotations

import pytest

from suture.core.conditions import fixed_in_time, no_serious_events
from suture.core.facts import Answer
from suture.core.milestones import fixed_on
from tests.core.dated import K, day, fact, file_with

Y, N, UNKNOWN, WAIT = Answer.YES, Answer.NO, Answer.UNKNOWN, Answer.NOT_YET_DUE


def residual(on: int, acceptable: str):
    return fact(K.RESIDUAL_ACCEPTABLE_AFTER_FIX, on, acceptable=acceptable)


def validated(on: int, release: str):
    return fact(K.FIX_VALIDATED, on, adds_risk="no", release=release)


def distributed(on: int, release: str):
    return fact(K.FIX_DISTRIBUTED, on, release=release)


CASES = [
    ("the release validated", {"validated": validated(50, "4.2.1"), "distributed": distributed(55, " 4.2.1")}, Y, 55),
    ("another release went out", {"validated": validated(50, "4.2.1"), "distributed": distributed(55, "4.3")}, N, None),
    ("one of two went out", {"validated": validated(50, "4.2.1"), "distributed": distributed(55, "4.3"),
                             "second": distributed(57, "4.2.1")}, Y, 57),
    ("a validation that names none", {"validated": validated(50, ""), "distributed": distributed(55, "4.3")}, Y, 55),
    ("found acceptable, then not", {"residual": residual(55, "yes"), "again": residual(58, "no")}, N, None),
    ("found not acceptable, then acceptable", {"residual": residual(55, "no"), "again": residual(58, "yes")}, Y, 58),
    ("confirmed later", {"residual": residual(55, "yes"), "again": residual(58, "yes")}, Y, 55),
]  # fmt: skip


@pytest.mark.parametrize(("name", "changes", "answer", "met"), CASES, ids=[c[0] for c in CASES])
def test_the_facts_of_a_fix_are_read_together(name, changes, answer, met):
    facts = file_with(**changes)
    assert fixed_in_time(facts, today=day(61)).answer is answer
    assert fixed_on(facts) == (None if met is None else day(met))


def test_before_day_60_a_wrong_release_can_still_be_made_good():
    facts = file_with(validated=validated(50, "4.2.1"), distributed=distributed(55, "4.3"))
    condition = fixed_in_time(facts, today=day(60))
    assert condition.answer is WAIT
    assert any("another release" in line for line in condition.evidence)


def test_an_mdr_reportable_event_nobody_linked_leaves_condition_1_unknown():
    """An employee became aware of an event of unrecorded seriousness: we do not know that nobody was hurt."""
    aware = fact(K.EMPLOYEE_AWARE, 40, event="E-1")
    ask = {"today": day(60), "search_valid_days": 30}
    assert no_serious_events(file_with(aware=aware), **ask).answer is UNKNOWN
    linked = fact(K.ADVERSE_EVENT_LINKED, 41, event="E-1", seriousness="other")
    assert no_serious_events(file_with(aware=aware, linked=linked), **ask).answer is Y
    grave = fact(K.ADVERSE_EVENT_LINKED, 41, event="E-1", seriousness="serious")
    assert no_serious_events(file_with(aware=aware, linked=grave), **ask).answer is N
