"""The four conditions over dated facts: the boundary list, and what each says of itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from suture.core.calendar import FEDERAL
from suture.core.enforcement import Enforcement, evaluate_enforcement
from suture.core.errors import InvalidValue
from suture.core.facts import Answer, Fact, Facts
from suture.core.isao import CriterionEvidence, IsaoCriterion, IsaoMembership, active_participant
from tests.core.dated import COMPLETE, K, day, fact, file_with, member, not_a_member, told

Y, N, UNKNOWN, WAIT = Answer.YES, Answer.NO, Answer.UNKNOWN, Answer.NOT_YET_DUE
RECENT = 30  # the firm's policy in these tests: a search is good for 30 days


def on(count: int, facts: Facts | None = None, *members: IsaoMembership, **more: int) -> Enforcement:
    """The conditions as they stood on a day: only what had happened by then."""
    given = file_with() if facts is None else facts
    return evaluate_enforcement(
        given.until(day(count)), members or (member(),), today=day(count), search_valid_days=RECENT, **more
    )


def answers(result: Enforcement) -> tuple[Answer, ...]:
    return tuple(condition.answer for condition in result.conditions)


def test_the_complete_file_meets_all_four():
    """Told on day 20, fixed on day 55, active in an ISAO that was given the letter, no serious event."""
    result = on(60)
    assert answers(result) == (Y, Y, Y, Y)
    assert result.answer is Y
    assert "FDA does not intend to enforce" in result.sentence
    assert "the duty itself stays" in result.sentence
    assert result.report_806.contingent
    assert result.report_806.due_on == FEDERAL.add_working_days(day(20), 10)


# Boundary, the facts that differ from the complete file, the day we look, and which condition is what.
BOUNDARIES = [
    ("told on day 30", {"told": told(30), "given": fact(K.ISAO_GIVEN_COMMUNICATION, 30)}, 60, 2, Y),
    ("told on day 31", {"told": told(31), "given": fact(K.ISAO_GIVEN_COMMUNICATION, 31)}, 60, 2, N),
    ("controls on day 30", {"controls": fact(K.CONTROLS_IDENTIFIED, 30, adds_risk="no")}, 60, 2, Y),
    ("controls on day 31", {"controls": fact(K.CONTROLS_IDENTIFIED, 31, adds_risk="no")}, 60, 2, N),
    ("plan on day 31", {"plan": fact(K.PLAN_MADE, 31, rationale="r")}, 60, 2, N),
    ("plan without rationale", {"plan": fact(K.PLAN_MADE, 19, rationale="  ")}, 60, 2, N),
    ("fix on day 60", {"distributed": fact(K.FIX_DISTRIBUTED, 60)}, 61, 3, Y),
    ("fix on day 61", {"distributed": fact(K.FIX_DISTRIBUTED, 61)}, 61, 3, N),
    ("validated on day 61", {"validated": fact(K.FIX_VALIDATED, 61, adds_risk="no")}, 61, 3, N),
    *((f"communication lacks {letter}", {"told": told(20, content="abcd".replace(letter, ""))}, 60, 2, N)
      for letter in "abcd"),
    ("content not recorded", {"told": told(20, content="")}, 60, 2, UNKNOWN),
    ("audience without users", {"told": told(20, audience="customers")}, 60, 2, N),
    ("audience not recorded", {"told": told(20, audience="")}, 60, 2, UNKNOWN),
    ("fix distributed, not validated", {"validated": None}, 61, 3, N),
    ("fix distributed, not validated, still time", {"validated": None}, 60, 3, WAIT),
    ("fix adds more risk", {"validated": fact(K.FIX_VALIDATED, 50, adds_risk="yes")}, 61, 3, N),
    ("fix: added risk not recorded", {"validated": fact(K.FIX_VALIDATED, 50)}, 61, 3, UNKNOWN),
    ("residual not acceptable", {"residual": fact(K.RESIDUAL_ACCEPTABLE_AFTER_FIX, 55, acceptable="no")}, 61, 3, N),
    ("residual risk not re-assessed", {"residual": None}, 61, 3, N),
    ("control adds more risk", {"controls": fact(K.CONTROLS_IDENTIFIED, 18, adds_risk="yes")}, 31, 2, N),
    ("control: added risk not recorded", {"controls": fact(K.CONTROLS_IDENTIFIED, 18)}, 31, 2, UNKNOWN),
    ("serious event learned on day 45", {"event": fact(K.ADVERSE_EVENT_LINKED, 45, seriousness="serious")}, 60, 1, N),
    ("the day before", {"event": fact(K.ADVERSE_EVENT_LINKED, 45, seriousness="serious"),
                        "search": fact(K.ADVERSE_EVENT_SEARCH, 40, result="none")}, 44, 1, Y),
    ("death linked", {"event": fact(K.ADVERSE_EVENT_LINKED, 45, seriousness="death")}, 60, 1, N),
    ("event that is not serious", {"event": fact(K.ADVERSE_EVENT_LINKED, 45, seriousness="other")}, 60, 1, Y),
    ("event of unknown seriousness", {"event": fact(K.ADVERSE_EVENT_LINKED, 45)}, 60, 1, UNKNOWN),
    ("search with a hit", {"search": fact(K.ADVERSE_EVENT_SEARCH, 58, result="hit")}, 60, 1, N),
    ("no search", {"search": None}, 60, 1, UNKNOWN),
    ("search whose result nobody wrote", {"search": fact(K.ADVERSE_EVENT_SEARCH, 58)}, 60, 1, UNKNOWN),
    ("search 30 days old", {"search": fact(K.ADVERSE_EVENT_SEARCH, 30, result="none")}, 60, 1, Y),
    ("search 31 days old", {"search": fact(K.ADVERSE_EVENT_SEARCH, 29, result="none")}, 60, 1, UNKNOWN),
    ("search before learning", {"search": fact(K.ADVERSE_EVENT_SEARCH, -1, result="none")}, 10, 1, UNKNOWN),
    ("ISAO given the day after", {"given": fact(K.ISAO_GIVEN_COMMUNICATION, 21)}, 60, 4, N),
    ("ISAO given the day before", {"given": fact(K.ISAO_GIVEN_COMMUNICATION, 19)}, 60, 4, Y),
    ("ISAO not given the letter", {"given": None}, 60, 4, N),
    ("ISAO not given the letter, same day", {"given": None}, 20, 4, WAIT),
    ("another ISAO was given the letter", {"given": fact(K.ISAO_GIVEN_COMMUNICATION, 20, isao="Other")}, 60, 4, N),
    ("customers not told", {"told": None}, 31, 2, N),
    ("customers not told, day 30", {"told": None}, 30, 2, WAIT),
    ("customers not told: ISAO", {"told": None}, 31, 4, WAIT),
    ("learning not recorded: day 30", {"learned": None}, 60, 2, UNKNOWN),
    ("learning not recorded: day 60", {"learned": None}, 60, 3, UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("name", "changes", "today", "number", "answer"), BOUNDARIES, ids=[b[0] for b in BOUNDARIES])
def test_boundaries(name, changes, today, number, answer):
    """One thing differs from the complete file; one condition turns, and says what would turn it."""
    result = on(today, file_with(**changes))
    condition = result.conditions[number - 1]
    assert condition.answer is answer
    assert condition.evidence
    assert condition.turns
    assert condition.citation
    if today >= 60 and "learning" not in name:
        rest = {c.number: c.answer for c in result.conditions if c.number != number}
        assert set(rest.values()) == {Y}, f"{name} turned {rest}"


@pytest.mark.parametrize("until", [19, 20])
def test_membership_lapsed_on_the_day_of_notification(until):
    """All four criteria valid on the very day customers were told, day 20."""
    result = on(60, None, member(until=until))
    assert result.conditions[3].answer is (Y if until == 20 else N)
    assert result.participant is (Y if until == 20 else N)
    assert result.isao_given is Y


@pytest.mark.parametrize("criterion", IsaoCriterion)
def test_each_criterion_counts(criterion):
    """§IX: one of four that is a recorded no fails; one without evidence is unknown."""
    full = member().evidence
    without = tuple(item for item in full if item.criterion is not criterion)
    assert on(60, None, IsaoMembership("I", without)).conditions[3].answer is N  # not given to this ISAO
    given_to_any = file_with(given=fact(K.ISAO_GIVEN_COMMUNICATION, 20))
    assert on(60, given_to_any, IsaoMembership("I", without)).conditions[3].answer is UNKNOWN
    no = CriterionEvidence(criterion=criterion, holds=N, since=day(-1))
    assert on(60, given_to_any, IsaoMembership("I", (*without, no))).conditions[3].answer is N
    assert criterion.says


def test_one_active_membership_of_several_is_enough():
    """And nothing recorded is unknown, not no."""
    assert on(60, None, not_a_member(), member()).conditions[3].answer is Y
    assert on(60, None, not_a_member()).conditions[3].answer is N
    assert on(60, None, not_a_member(), member()).participant is Y
    nothing = evaluate_enforcement(file_with(), (), today=day(60), search_valid_days=RECENT)
    assert nothing.conditions[3].answer is UNKNOWN
    assert nothing.participant is UNKNOWN
    assert active_participant((), day(0)) is UNKNOWN


def test_every_communication_goes_to_the_isao():
    """A second letter the ISAO never saw turns condition 4 false; each is matched by its name or its day."""
    second = told(40, communication="N-2")
    named = {"told": told(20, communication="N-1"), "given": fact(K.ISAO_GIVEN_COMMUNICATION, 20, communication="N-1")}
    assert on(60, file_with(**named, second=second)).conditions[3].answer is N
    given = fact(K.ISAO_GIVEN_COMMUNICATION, 40, communication="N-2")
    assert on(60, file_with(**named, second=second, third=given)).conditions[3].answer is Y
    by_day = file_with(second=told(40), third=fact(K.ISAO_GIVEN_COMMUNICATION, 40))
    assert on(60, by_day).conditions[3].answer is Y
    assert on(60, file_with(second=told(40))).conditions[3].answer is N


def test_days_of_grace_are_the_firms_policy():
    """'Upon notification' read strictly is the same day; a firm may sign another reading."""
    late = file_with(given=fact(K.ISAO_GIVEN_COMMUNICATION, 22))
    assert on(60, late).conditions[3].answer is N
    assert on(60, late, isao_grace_days=2).conditions[3].answer is Y


@pytest.mark.parametrize(
    ("detail", "answer"),
    [
        ({"viable": "yes", "acceptable": "yes", "adds_risk": "no"}, Y),
        ({"viable": "no", "acceptable": "yes", "adds_risk": "no"}, N),
        ({"viable": "yes", "acceptable": "no", "adds_risk": "no"}, N),
        ({"viable": "yes", "acceptable": "yes", "adds_risk": "yes"}, N),
        ({"viable": "yes", "acceptable": "yes"}, UNKNOWN),
        ({}, UNKNOWN),
    ],
)
def test_a_long_term_control_counts_only_when_signed_as_viable(detail, answer):
    """§VII.B: a compensating control may be the long-term solution if it brings the risk to an acceptable level."""
    control = fact(K.LONG_TERM_CONTROL_SIGNED, 58, **detail)
    no_fix = file_with(validated=None, distributed=None, residual=None, control=control)
    assert on(61, no_fix).conditions[2].answer is answer
    assert on(61, file_with(validated=None, distributed=None, residual=None)).conditions[2].answer is N


def test_a_fix_by_day_30_stands_in_for_controls_and_plan():
    """Both conditions by one deed, if the communication is complete."""
    early = {
        "controls": None,
        "plan": None,
        "validated": fact(K.FIX_VALIDATED, 25, adds_risk="no"),
        "distributed": fact(K.FIX_DISTRIBUTED, 30),
        "residual": fact(K.RESIDUAL_ACCEPTABLE_AFTER_FIX, 30, acceptable="yes"),
    }
    assert on(60, file_with(**early)).conditions[1].answer is Y
    assert on(60, file_with(**early | {"told": told(20, content="abc")})).conditions[1].answer is N
    assert on(60, file_with(**early | {"distributed": fact(K.FIX_DISTRIBUTED, 31)})).conditions[1].answer is N


def test_a_fix_distributed_before_its_validation_says_so():
    """All by day 60: the condition is met; the order is shown to the person who signs."""
    result = on(60, file_with(validated=fact(K.FIX_VALIDATED, 57, adds_risk="no")))
    assert result.conditions[2].answer is Y
    assert "the fix was distributed before it was validated" in result.conditions[2].evidence


def test_a_failed_condition_makes_the_original_date_due():
    """Initiated on day 20; on day 45 a serious event is learned: the report was due 10 working days after day 20."""
    facts = file_with(event=fact(K.ADVERSE_EVENT_LINKED, 45, seriousness="serious"))
    due = FEDERAL.add_working_days(day(20), 10)
    before, after = on(44, file_with(search=fact(K.ADVERSE_EVENT_SEARCH, 40, result="none"))), on(45, facts)
    assert before.report_806.contingent
    assert before.days_late == 0
    assert (after.report_806.contingent, after.report_806.due_on) == (False, due)
    assert after.days_late == (day(45) - due).days > 0
    assert f"the 806 report is due on {due.isoformat()}, {after.days_late} days ago" in after.sentence


def test_a_report_already_sent_is_not_late():
    """Who reports anyway owes nothing when a condition fails."""
    facts = file_with(search=None, sent=fact(K.REPORT_806_SUBMITTED, 25))
    assert on(60, facts).days_late == 0


def test_no_initiation_no_806_date():
    """The 806 clock has not begun to run, whatever the conditions say."""
    result = on(31, file_with(initiated=None, told=None))
    assert result.report_806.due_on is None
    assert result.answer is N
    assert "has not begun to run" in result.sentence


@pytest.mark.parametrize(
    ("changes", "today", "words"),
    [
        ({"search": None}, 60, "condition 1 is unknown, so the enforcement policy cannot be relied on"),
        ({"search": fact(K.ADVERSE_EVENT_SEARCH, 25, result="none")}, 30, "condition 3 is not yet due"),
        ({"given": None}, 60, "condition 4 is false, so the enforcement policy does not apply"),
    ],
)
def test_the_sentence_says_what_follows(changes, today, words):
    """One sentence, naming the condition and the date."""
    result = on(today, file_with(**changes))
    assert result.sentence.startswith(words)
    assert "2026-02-06" in result.sentence


def test_day_by_day_a_deadline_never_comes_back():
    """From day 0 to day 90 of the same file: once true 2 and 3 stay true; not yet due never follows false."""
    order = {WAIT: 0, Y: 1}
    for number in (2, 3):
        seen = [order[on(d).conditions[number - 1].answer] for d in range(91)]
        assert seen == sorted(seen)
    nothing_done = Facts([COMPLETE["learned"]])
    for number, deadline in ((2, 30), (3, 60)):
        for d in range(91):
            expected = WAIT if d <= deadline else N
            assert on(d, nothing_done).conditions[number - 1].answer is expected


def test_a_later_signed_day_of_learning_moves_the_deadlines():
    """Day 0 five days later: told on day 35 of the old count is day 30 of the new one."""
    signed = Fact(K.LEARNED, day(5), f"{day(6)}T00:00:00Z", {"signed_by": "rosa"})
    late = {"told": told(35), "given": fact(K.ISAO_GIVEN_COMMUNICATION, 35)}
    assert on(60, file_with(**late)).conditions[1].answer is N
    assert on(60, file_with(**late, signed=signed)).conditions[1].answer is Y
    assert on(60, file_with(signed=signed)).conditions[1].due_on == day(5) + timedelta(days=30)


def test_impossible_arguments_are_refused():
    """The future, and negative numbers of days."""
    with pytest.raises(InvalidValue, match="future"):
        evaluate_enforcement(file_with(), (), today=day(10), search_valid_days=RECENT)
    with pytest.raises(InvalidValue, match="0 or more"):
        on(60, isao_grace_days=-1)
    with pytest.raises(InvalidValue, match="before it begins"):
        CriterionEvidence(criterion=IsaoCriterion.MEMBER, holds=Y, since=day(2), until=day(1))


def test_evidence_counts_from_its_first_to_its_last_day():
    """Both inclusive; a day may be both; where evidence of one day disagrees, the no counts."""
    for count, expected in ((19, N), (20, Y), (21, N)):
        assert member(since=20, until=20).active(day(count)) is expected
    full = member().evidence
    no = CriterionEvidence(criterion=IsaoCriterion.SHARES, holds=N, since=day(0), until=day(10))
    disputed = IsaoMembership("I", (*full, no))
    assert (disputed.active(day(10)), disputed.active(day(11))) == (N, Y)
