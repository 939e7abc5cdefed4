"""What happened since an assessment was signed and asks for another: a control that ended, known exploitation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from suture.assessment.models import Assessment, Control
from suture.core.cases import ControlState
from suture.intelligence.models import Kev
from suture.intelligence.queries import kev_by_vulnerability


def outdated(assessments: Iterable[Assessment]) -> list[tuple[Assessment, list[str]]]:
    """The approved assessments that no longer rest on what they were signed on, each with why, in two queries.

    Nothing is changed by it: what was signed stays on record until another is signed. That a 'controlled' which
    counted a control that ended releases nothing any more is read off in `queries.still_says`.
    Source: FDA 2016 §VII: re-assess regularly; what raises exploitability or takes a control away is a reason.
    """
    rows = list(assessments)
    kev = kev_by_vulnerability({row.case.vulnerability_id for row in rows})
    states = {
        str(uid): state
        for uid, state in Control.objects.filter(case__in={row.case_id for row in rows}).values_list("uid", "state")
    }
    found = ((row, _why(row, states, kev.get(row.case.vulnerability_id))) for row in rows)
    return [(row, why) for row, why in found if why]


def _why(row: Assessment, states: Mapping[str, str], kev: Kev | None) -> list[str]:
    why = [
        f"the control '{control['name']}' was counted and is no longer in use"
        for control in row.result.get("controls", [])
        if control["counted"] and states.get(control["uid"]) != ControlState.IN_USE
    ]
    seen = row.exploitability.get("known_exploited") or (row.result.get("exploitability") or {}).get("known_exploited")
    if kev is not None and not seen:
        why.append(f"CISA lists it as known to be exploited since {kev.added}")
    return why
