"""Which signed verdict an action is measured by: the risk it was taken to reduce, not the risk it left behind.

A control or a fix that works brings an uncontrolled risk down, and the next assessment says so. What was corrected
was an uncontrolled risk all the same: the fix by day 60 and the report under 21 CFR 806 hang on that.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from suture.core.risk import Outcome


class SignedVerdict(NamedTuple):
    """One verdict for a device or release as it was signed, controlled or uncontrolled.

    `on` is the day of the signature that approved it, at the responsible site; `interim` says that a compensating
    control counts towards it. `version` tells the verdicts of one device apart.
    """

    on: date
    outcome: Outcome
    interim: bool = False
    version: int = 0


def verdict_acted_on(signed: Iterable[SignedVerdict], initiated: date | None) -> SignedVerdict | None:
    """Give the verdict that counts for what is owed, out of all that were ever signed, in the order of signing.

    An uncontrolled verdict stays until a later one replaces it that rests on no compensating control and was signed
    before the day on which a correction or removal was initiated: then nothing was corrected, and the first one was
    an error. Else the newest verdict counts.

    Returns:
        None where none is signed.

    Source: FDA 2016 §VII.B and its third example of uncontrolled risk (an interim control does not end the case);
    21 CFR 806.10(a), (b): a correction initiated to reduce a risk to health. That the verdict on the day of
    initiation counts is Suture's reading.
    """
    verdicts = list(signed)
    for at in range(len(verdicts) - 1, -1, -1):
        if verdicts[at].outcome is Outcome.UNCONTROLLED and not any(
            _corrects(later, initiated) for later in verdicts[at + 1 :]
        ):
            return verdicts[at]
    return verdicts[-1] if verdicts else None


def _corrects(later: SignedVerdict, initiated: date | None) -> bool:
    in_time = initiated is None or later.on < initiated
    return in_time and not later.interim and later.outcome is not Outcome.UNCONTROLLED
