"""When a promise is tried again, and what several answers mean together."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suture.core.errors import InvalidValue
from suture.core.promises import (
    AFTER,
    FAILED,
    QUARANTINE,
    SETTLED,
    WAITING,
    PartAnswer,
    PromiseState,
    Verdict,
    rest_after,
    together,
)


def test_every_state_waits_is_attempted_or_is_settled() -> None:
    assert set(PromiseState) - WAITING - SETTLED == {PromiseState.ATTEMPTING}
    assert not WAITING & SETTLED
    assert FAILED < SETTLED
    assert set(AFTER) == set(Verdict)


def test_rests_grow_to_four_hours() -> None:
    rests = [rest_after(n) for n in range(1, 20)]
    assert all(a <= b for a, b in pairwise(rests))
    assert (rests[0], rests[-1]) == (timedelta(minutes=1), timedelta(hours=4))
    with pytest.raises(InvalidValue):
        rest_after(0)


def test_the_quarantine_is_longer_than_the_minute_we_vouch_for() -> None:
    assert timedelta(minutes=1) < QUARANTINE


@given(st.lists(st.sampled_from(Verdict), min_size=1))
def test_delivered_means_everybody(verdicts: list[Verdict]) -> None:
    """One refusal or open answer among many is never called delivered."""
    found = together(tuple(PartAnswer(str(n), verdict, "") for n, verdict in enumerate(verdicts)))
    assert found in verdicts
    assert (found is Verdict.DELIVERED) == (set(verdicts) == {Verdict.DELIVERED})
    assert (AFTER[found] in SETTLED) == (not set(verdicts) & {Verdict.LATER, Verdict.NO_ANSWER})
