"""Unknown is never no: Kleene's tables, and dated facts that are dates."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from itertools import product

import pytest

from suture.core.errors import InvalidValue
from suture.core.facts import Answer, Fact, FactKind, Facts, both, either, negated, not_in_future
from suture.core.milestones import communicated_on, fixed_on, initiated_on, learned_on
from tests.core.dated import K, day, fact, file_with, told

Y, N, U, W = Answer.YES, Answer.NO, Answer.UNKNOWN, Answer.NOT_YET_DUE


@pytest.mark.parametrize(
    ("one", "other", "and_", "or_"),
    [
        (Y, Y, Y, Y), (Y, N, N, Y), (Y, U, U, Y), (Y, W, W, Y),
        (N, N, N, N), (N, U, N, U), (N, W, N, W),
        (U, U, U, U), (U, W, U, U),
        (W, W, W, W),
    ],
)  # fmt: skip
def test_kleene_tables(one, other, and_, or_):
    """Strong three-valued logic, with 'not yet due' between unknown and the decided answers."""
    assert both(one, other) is both(other, one) is and_
    assert either(one, other) is either(other, one) is or_


def test_an_unknown_is_never_read_as_no():
    """Wherever an unknown takes part, replacing it by 'no' may change the result, but never the other way round."""
    for rest in product((Y, N, U), repeat=2):
        if both(U, *rest) is N:
            assert N in rest
        assert either(U, *rest) is not N
    assert negated(U) is U
    assert Answer.of(None) is U


def test_de_morgan():
    """NOT (a AND b) is NOT a OR NOT b, for all four answers."""
    for a, b in product(Answer, repeat=2):
        assert negated(both(a, b)) is either(negated(a), negated(b))


def test_of_nothing():
    """An empty AND is yes, an empty OR is no."""
    assert both() is Y
    assert either() is N


def test_a_fact_has_a_date_without_time_of_day():
    """An instant is turned into a date at the site first; a fact refuses it."""
    with pytest.raises(InvalidValue, match="without a time of day"):
        Fact(FactKind.LEARNED, datetime(2026, 8, 11, 1, 15, tzinfo=UTC))


def test_a_detail_that_is_neither_yes_nor_no_is_unknown():
    """Absent, empty and free text are unknown."""
    assert fact(K.CONTROLS_IDENTIFIED, 1, adds_risk="No ").answer("adds_risk") is N
    assert fact(K.CONTROLS_IDENTIFIED, 1, adds_risk="perhaps").answer("adds_risk") is U
    assert fact(K.CONTROLS_IDENTIFIED, 1).answer("adds_risk") is U


def test_facts_are_read_as_of_a_day_and_as_known_at_an_instant():
    """Valid time and recorded time are two questions."""
    late = Fact(K.FIX_DISTRIBUTED, day(10), "2026-03-01T00:00:00Z")
    facts = Facts([fact(K.FIX_VALIDATED, 5), late])
    assert [f.kind for f in facts.until(day(5))] == [K.FIX_VALIDATED]
    assert [f.kind for f in facts.known_at("2026-02-01T00:00:00Z")] == [K.FIX_VALIDATED]
    assert len(list(facts.known_at("2026-03-01T00:00:00Z"))) == 2
    assert facts.last(K.FIX_DISTRIBUTED) == late
    assert facts.first(K.LEARNED) is None


def test_a_date_in_the_future_is_refused():
    """Learned, initiated, told: none can lie after today."""
    assert not_in_future(day(3), day(3), "the day of learning") == day(3)
    with pytest.raises(InvalidValue, match="cannot lie in the future"):
        not_in_future(day(4), day(3), "the day of learning")


def test_the_earliest_candidate_counts_until_a_later_day_is_signed():
    """§8: the first match of a feed record to one of our releases is a candidate even if nobody opened it."""
    feed, mail = fact(K.LEARNED_CANDIDATE, 2, source="feed"), fact(K.LEARNED_CANDIDATE, 9, source="mail")
    assert learned_on(Facts()) is None
    assert learned_on(Facts([mail, feed])) == day(2)
    signed = Fact(K.LEARNED, day(9), f"{day(12)}T00:00:00Z", {"signed_by": "rosa", "because": "another product"})
    assert learned_on(Facts([mail, feed, signed])) == day(9)


def test_a_candidate_written_after_the_signature_counts_again():
    """Nobody signed it away (Suture's policy)."""
    signed = Fact(K.LEARNED, day(9), f"{day(12)}T00:00:00Z")
    found_later = Fact(K.LEARNED_CANDIDATE, day(3), f"{day(20)}T00:00:00Z")
    assert learned_on(Facts([fact(K.LEARNED_CANDIDATE, 2), signed, found_later])) == day(3)


def test_initiation_is_the_first_act_unless_a_later_day_is_signed():
    """§8: first notice that names an action, or first unit changed, whichever is earlier."""
    notice, unit = told(20, names_action="yes"), fact(K.FIRST_UNIT_CHANGED, 25)
    recorded = fact(K.CORRECTION_INITIATED, 30)
    assert initiated_on(Facts([told(10)])) is None, "a notice that names no action starts nothing"
    assert initiated_on(Facts([recorded, unit])) == day(25)
    assert initiated_on(Facts([recorded, unit, notice])) == day(20)
    chosen = Fact(K.INITIATION_CHOSEN, day(30), f"{day(31)}T00:00:00Z", {"signed_by": "rosa"})
    assert initiated_on(Facts([recorded, unit, notice, chosen])) == day(30)
    assert initiated_on(Facts([fact(K.REMOVAL_INITIATED, 4)])) == day(4)


def test_communicated_and_fixed_are_the_day_of_the_last_part():
    """The day a clock is met is the day on which nothing was missing any more."""
    assert communicated_on(file_with()) == day(20)
    assert fixed_on(file_with()) == day(55)
    assert communicated_on(file_with(plan=fact(K.PLAN_MADE, 25, rationale="r"))) == day(25)
    assert communicated_on(file_with(plan=fact(K.PLAN_MADE, 19))) == day(55), "the fix stands in for the plan"
    assert communicated_on(file_with(told=told(20, content="abc"))) is None
    assert fixed_on(file_with(validated=None)) is None
    assert fixed_on(file_with(residual=fact(K.RESIDUAL_ACCEPTABLE_AFTER_FIX, 55, acceptable="no"))) is None
    assert date(2026, 1, 25) == day(20)


def test_values_can_be_written_as_plain_data():
    """Evidence spells a value field by field; a mapping inside is a copy, so nobody changes it from outside."""
    detail = {"source": "mail"}
    candidate = Fact(K.LEARNED_CANDIDATE, day(1), "", detail)
    detail["source"] = "changed"
    assert asdict(candidate)["detail"] == {"source": "mail"}
