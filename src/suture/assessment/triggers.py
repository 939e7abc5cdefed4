"""What happened since something was judged and asks for another look: a control that ended, known exploitation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from suture.assessment.models import Assessment, CaseRelease, Control
from suture.core.cases import ControlState
from suture.core.vex import Justification, VexStatus
from suture.intelligence.exploitation import Signal, SignalKind, exploitation_signals
from suture.intelligence.models import Kev
from suture.intelligence.queries import instant, kev_by_vulnerability


def outdated(
    assessments: Iterable[Assessment], signals: Mapping[int, Sequence[Signal]] | None = None
) -> list[tuple[Assessment, list[str]]]:
    """The approved assessments that no longer rest on what they were signed on, each with why.

    Nothing is changed by it: what was signed stays on record until another is signed. That a 'controlled' which
    counted a control that ended releases nothing any more is read off in `queries.still_says`.

    Args:
        signals: of the vulnerabilities of their cases, where the caller has them; a constant number of queries.

    Source: FDA 2016 §VII: re-assess regularly; what raises exploitability or takes a control away is a reason.
    """
    rows = list(assessments)
    about = {row.case.vulnerability_id for row in rows}
    kev = kev_by_vulnerability(about)
    said = exploitation_signals(about) if signals is None else signals
    states = {
        str(uid): state
        for uid, state in Control.objects.filter(case__in={row.case_id for row in rows}).values_list("uid", "state")
    }
    found = [
        (row, _why(row, states, kev.get(row.case.vulnerability_id)) + _since(row, said.get(row.case.vulnerability_id)))
        for row in rows
    ]
    return [(row, why) for row, why in found if why]


def _why(row: Assessment, states: Mapping[str, str], kev: Kev | None) -> list[str]:
    why = [
        f"the control '{control['name']}' was counted and is no longer in use"
        for control in row.result.get("controls", [])
        if control["counted"] and states.get(control["uid"]) != ControlState.IN_USE
    ]
    if kev is not None and not _knew(row):
        why.append(f"CISA lists it as known to be exploited since {kev.added}")
    return why


def _knew(row: Assessment) -> bool:
    """Whether the assessment was made knowing that it is exploited."""
    result = row.result.get("exploitability") or {}
    return bool(row.exploitability.get("known_exploited") or result.get("known_exploited"))


def _since(row: Assessment, signals: Sequence[Signal] | None) -> list[str]:
    """What came after it was looked at, beyond the listing itself."""
    return [one.says for one in signals or () if one.kind is not SignalKind.KEV and unaware(row, one)]


def unaware(row: Assessment, signal: Signal) -> bool:
    """Whether an approved assessment was made without knowing this. Known exploitation leaves SSVC nothing to add."""
    looked = instant(str(row.exploitability.get("at", ""))) or row.approved_at
    return signal.came_after(looked) and not (_knew(row) and signal.kind is not SignalKind.RANSOMWARE)


def rests_on_exploitation(answer: CaseRelease) -> bool:
    """Whether an answer could be another one if the vulnerability is exploited.

    'Not affected' rests on an analysis that an attacker may have refuted. A component that is not in the release
    cannot be exploited there, and 'affected' and 'fixed' say nothing that exploitation changes.
    """
    return answer.status == VexStatus.NOT_AFFECTED and answer.justification != Justification.COMPONENT_NOT_PRESENT


def outdated_answers(
    answers: Iterable[CaseRelease], signals: Mapping[int, Sequence[Signal]]
) -> list[tuple[CaseRelease, list[Signal]]]:
    """The 'not affected' answers given before we knew that the vulnerability is exploited, each with what came since.

    Args:
        answers: with their case.
        signals: of the vulnerabilities of their cases.
    """
    found = []
    for answer in answers:
        if rests_on_exploitation(answer):
            came = [one for one in signals.get(answer.case.vulnerability_id, ()) if one.came_after(answer.answered_at)]
            if came:
                found.append((answer, came))
    return found
