"""Campaigns: the numbers, the effectiveness checks, a unit's way, and the line that burns up."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suture.core.campaigns import (
    BY_CONSIGNEE,
    CAMPAIGN,
    UNIT,
    CampaignGuard,
    CampaignState,
    Counts,
    Effectiveness,
    EffectivenessLevel,
    Share,
    UnitGuard,
    UnitState,
    burn_up,
    consignees_to_check,
)
from suture.core.errors import InvalidValue, NotAllowed
from suture.core.facts import Answer
from suture.core.roles import Role

U, L = UnitState, EffectivenessLevel
DAY = date(2026, 11, 2)


def test_the_numbers_of_two_hundred_units():
    """What must be true 7: 200 units at 12 consignees; retired with evidence leave the denominator."""
    counts = Counts({U.VERIFIED: 150, U.INSTALLED: 20, U.SCHEDULED: 16, U.UNREACHABLE: 6, U.DECLINED: 4, U.RETIRED: 4})
    assert (counts.total, counts.denominator) == (200, 196)
    assert str(counts.installed_share) == "86.7 %"
    assert str(counts.verified_share) == "76.5 %"
    assert str(counts.unknown_share) == "3.1 %"
    assert counts.all_in_place is Answer.NO


@pytest.mark.parametrize(
    ("level", "consignees", "percent", "needed"),
    [
        (L.A, 12, None, 12),  # 21 CFR 7.42(b)(3): 100 % of consignees
        (L.C, 12, None, 2),  # 10 % of 12 is 1.2: rounded up, since a tenth of a consignee cannot be asked
        (L.C, 10, None, 1),
        (L.C, 11, None, 2),
        (L.D, 12, None, 1),  # 2 %
        (L.D, 51, None, 2),
        (L.E, 12, None, 0),  # no checks
        (L.B, 12, 50, 6),  # the firm names it, above 10 and below 100 %
        (L.B, 12, 11, 2),
        (L.A, 0, None, 0),
    ],
)
def test_effectiveness_checks_count_consignees(level, consignees, percent, needed):
    """21 CFR 7.42(b)(3), as reporting.md §5 has it (percentages unverified, from memory); of consignees, not units."""
    assert consignees_to_check(level, consignees, percent) == needed


@pytest.mark.parametrize(("level", "percent"), [(L.B, None), (L.B, 10), (L.B, 100), (L.A, 50)])
def test_only_level_b_names_its_percentage(level, percent):
    """Above 10 and below 100 %, or it is another level."""
    with pytest.raises(InvalidValue):
        consignees_to_check(level, 12, percent)


@pytest.mark.parametrize(
    ("effective", "not_effective", "met"),
    [(2, 0, Answer.YES), (1, 0, Answer.NOT_YET_DUE), (12, 1, Answer.NO), (0, 0, Answer.NOT_YET_DUE)],
)
def test_one_consignee_that_did_not_act_is_not_outvoted(effective, not_effective, met):
    """Ours: a check that found the notice without effect is a finding to mend, whatever the others said."""
    assert Effectiveness(level=L.C, needed=2, effective=effective, not_effective=not_effective).met is met


@given(part=st.integers(0, 2_000_000), more=st.integers(0, 2_000_000))
@settings(max_examples=200)
def test_a_share_never_says_all_or_none_where_it_is_not(part, more):
    """999,999 of 1,000,000 is not 100 %, and 1 of 1,000,000 is not 0 %."""
    share = Share(part, part + more)
    if part + more == 0:
        assert str(share) == "not known"
        return
    assert (share.tenths == 1000) == (more == 0)
    assert (share.tenths == 0) == (part == 0)
    assert share.tenths is not None
    assert abs(share.tenths - 1000 * part / (part + more)) <= 1


COUNTS = st.builds(Counts, st.dictionaries(st.sampled_from(list(UnitState)), st.integers(0, 500)))


@given(counts=COUNTS)
@settings(max_examples=100)
def test_every_unit_is_counted_once(counts):
    """What is in place, what is unknown and what is retired never overlap."""
    assert counts.in_place + counts.unknown + counts[U.RETIRED] <= counts.total
    assert counts[U.VERIFIED] <= counts.in_place <= counts.denominator or counts.denominator == 0
    assert counts.owed == counts.denominator - counts[U.VERIFIED]


def test_a_count_below_nothing_is_refused():
    with pytest.raises(InvalidValue):
        Counts({U.AFFECTED: -1})


@pytest.mark.parametrize(
    ("state", "verb", "facts", "says"),
    [
        (U.INSTALLED, "verify", {UnitGuard.RIGHT_VERSION: Answer.NO}, "the version seen on the unit is the one"),
        (U.INSTALLED, "verify", {}, "the version seen on the unit is the one"),  # nobody looked
        (U.AFFECTED, "retire", {}, "there is evidence that the unit is out of use"),
        (U.NOTIFIED, "decline", {}, "the reason is given"),
        (U.NOTIFIED, "lose", {}, "by more than one channel"),
        (U.NOTIFIED, "schedule", {}, "a day is given"),
    ],
)
def test_a_unit_moves_only_with_what_shows_it(state, verb, facts, says):
    """Retired leaves the denominator only with evidence; a wrong version stops 'verified'."""
    with pytest.raises(NotAllowed, match=says):
        UNIT.require(state, verb, roles=[Role.FIELD_SERVICE], facts=facts)


def test_a_tick_never_verifies():
    """Reported and verified stay apart: who has the unit reports, who answers for the device verifies."""
    assert "verify" not in BY_CONSIGNEE
    assert {frozenset(step.from_states) for step in UNIT.steps if step.to is U.VERIFIED} == {frozenset({U.INSTALLED})}
    assert {step.verb for step in UNIT.steps} >= BY_CONSIGNEE


def test_a_campaign_ends_by_evidence_or_by_an_executive():
    """It closes only when every unit is settled and the checks are met, or with a signed residual acceptance."""
    G = CampaignGuard
    met = {G.ALL_IN_PLACE: Answer.YES, G.EFFECTIVENESS_MET: Answer.YES}
    running = CampaignState.RUNNING
    assert CAMPAIGN.require(running, "close", roles=[Role.QUALITY], facts=met, signed=True) is CampaignState.CLOSED
    for lacking in met:
        with pytest.raises(NotAllowed):
            CAMPAIGN.require(running, "close", roles=[Role.QUALITY], facts={**met, lacking: Answer.NO}, signed=True)
    with pytest.raises(NotAllowed, match="signature"):
        CAMPAIGN.require(running, "close", roles=[Role.QUALITY], facts=met)
    reason = {G.RESIDUAL_REASON: Answer.YES}
    with pytest.raises(NotAllowed, match="executive"):
        CAMPAIGN.require(running, "accept_residual", roles=[Role.QUALITY], facts=reason, signed=True)
    after = CAMPAIGN.require(running, "accept_residual", roles=[Role.EXECUTIVE], facts=reason, signed=True)
    assert after is CampaignState.ACCEPTED


def test_the_line_burns_up_and_a_late_report_lands_on_its_day():
    """Changes are added up by the day they were true, in whatever order they became known."""
    changes = [
        (DAY, U.AFFECTED, 10),
        (DAY + timedelta(days=2), U.AFFECTED, -4),
        (DAY + timedelta(days=2), U.INSTALLED, 4),
        (DAY + timedelta(days=5), U.INSTALLED, -3),
        (DAY + timedelta(days=5), U.VERIFIED, 3),
        (DAY + timedelta(days=5), U.AFFECTED, -1),
        (DAY + timedelta(days=5), U.RETIRED, 1),
        (DAY + timedelta(days=1), U.AFFECTED, -1),  # reported later, done on day 1
        (DAY + timedelta(days=1), U.INSTALLED, 1),
        (DAY + timedelta(days=30), U.VERIFIED, 1),  # after what is drawn
    ]
    days = burn_up(changes, DAY + timedelta(days=7))
    assert [(day.on - DAY).days for day in days] == [0, 1, 2, 5, 7]
    assert [(day.denominator, day.in_place, day.verified) for day in days] == [
        (10, 0, 0), (10, 1, 0), (10, 5, 0), (9, 5, 3), (9, 5, 3),
    ]  # fmt: skip
    assert burn_up([], DAY) == ()
