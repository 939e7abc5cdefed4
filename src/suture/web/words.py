"""Words and classes of the closed sets: one place says which badge a verdict, a status or an authority wears."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from suture.core.authority import Authority
from suture.core.facts import Answer
from suture.core.risk import Outcome
from suture.core.vex import VexStatus


class Badge(NamedTuple):
    """How one value looks: CSS class, word, icon ('' for none)."""

    css: str
    word: str
    icon: str = ""


NOT_ASSESSED = Badge("v-unknown", "Not assessed", "i-q")

VERDICTS: Mapping[str, Badge] = {
    Outcome.UNCONTROLLED.word: Badge("v-uncontrolled", "Uncontrolled", "i-alert"),
    Outcome.CONTROLLED.word: Badge("v-controlled", "Controlled", "i-check"),
    Outcome.JUDGEMENT.word: Badge("v-judge", "Needs judgement", "i-pen"),
}

STATUSES: Mapping[str, Badge] = {
    VexStatus.AFFECTED.value: Badge("x-affected", "Affected"),
    VexStatus.NOT_AFFECTED.value: Badge("x-not", "Not affected", "i-check"),
    VexStatus.FIXED.value: Badge("x-fixed", "Fixed", "i-check"),
    VexStatus.UNDER_INVESTIGATION.value: Badge("x-inquiry", "Under investigation", "i-eye"),
}

AUTHORITIES: Mapping[str, Badge] = {
    Authority.STATUTE.value: Badge("k-statute", "Statute"),
    Authority.REGULATION.value: Badge("k-regulation", "Regulation"),
    Authority.GUIDANCE.value: Badge("k-guidance", "Guidance"),
    Authority.STANDARD.value: Badge("k-standard", "Standard"),
    Authority.POLICY.value: Badge("k-policy", "Policy"),
}

LAMPS: Mapping[str, Badge] = {
    Answer.YES.value: Badge("l-met", "Holds"),
    Answer.NO.value: Badge("l-failed", "Failed"),
    Answer.NOT_YET_DUE.value: Badge("l-open", "Open"),
    Answer.UNKNOWN.value: Badge("l-unknown", "Not assessed"),
}


def verdict_badge(word: str) -> Badge:
    """The badge of a verdict; '' and anything unheard of is 'not assessed', never green."""
    return VERDICTS.get(word, NOT_ASSESSED)


def status_badge(status: str) -> Badge:
    """The badge of a VEX status; '' is 'not assessed'."""
    return STATUSES.get(status, Badge("x-unknown", "Not assessed", "i-q"))


def authority_badge(kind: str) -> Badge:
    """The badge of the authority a rule rests on."""
    return AUTHORITIES[kind]


def lamp_badge(answer: str) -> Badge:
    """How one condition of the enforcement policy shines."""
    return LAMPS.get(answer, LAMPS[Answer.UNKNOWN.value])
