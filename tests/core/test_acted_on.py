"""Which signed verdict counts for an action: what was corrected was an uncontrolled risk, whatever it is by now.

Source: FDA 2016 §VII.B and example U3 (an interim control does not close the case); 21 CFR 806.10(b).
"""

from __future__ import annotations

import pytest

from suture.core.acted_on import SignedVerdict, verdict_acted_on
from suture.core.risk import Outcome
from tests.core.dated import day

C, U = Outcome.CONTROLLED, Outcome.UNCONTROLLED


def signed(on: int, outcome: Outcome, interim: bool = False) -> SignedVerdict:
    return SignedVerdict(on=day(on), outcome=outcome, interim=interim)


# Name, the verdicts in the order they were signed, day of initiation (None: nothing initiated), which one counts.
TABLE = [
    ("nothing signed", [], None, None),
    ("one controlled", [signed(0, C)], 5, 0),
    ("one uncontrolled, nothing initiated", [signed(0, U)], None, 0),
    ("U3: interim control after the notice", [signed(0, U), signed(10, C, interim=True)], 5, 0),
    ("fixed, then controlled", [signed(0, U), signed(45, C)], 5, 0),
    ("initiated before the first signature", [signed(3, U), signed(45, C)], 0, 0),
    ("replaced on the day of initiation", [signed(0, U), signed(5, C)], 5, 0),
    ("an error corrected before anything was done", [signed(0, U), signed(4, C)], 5, 1),
    ("an error corrected, and nothing done", [signed(0, U), signed(4, C)], None, 1),
    ("carried by an interim control, nothing initiated", [signed(0, U), signed(10, C, interim=True)], None, 0),
    ("interim first, then found to be an error", [signed(0, U), signed(5, C, interim=True), signed(9, C)], None, 2),
    ("an error corrected, later defended in depth", [signed(0, U), signed(4, C), signed(8, C, interim=True)], None, 2),
    ("routine update, then uncontrolled", [signed(0, C), signed(20, U)], 5, 1),
    ("routine update, uncontrolled, controlled again", [signed(0, C), signed(20, U), signed(30, C)], 5, 1),
    ("uncontrolled twice: the later one", [signed(0, U), signed(9, U), signed(30, C)], 5, 1),
]


@pytest.mark.parametrize(("name", "verdicts", "initiated", "counts"), TABLE, ids=[row[0] for row in TABLE])
def test_the_verdict_an_action_is_measured_by(name, verdicts, initiated, counts):
    found = verdict_acted_on(verdicts, None if initiated is None else day(initiated))
    assert found == (None if counts is None else verdicts[counts])
