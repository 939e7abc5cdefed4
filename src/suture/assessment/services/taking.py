"""How every verb of this room takes its case: behind its walls, allowed, locked, unchanged since it was read."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from suture.accounts.models import Person
from suture.accounts.services import require
from suture.assessment.models import Assessment, Case
from suture.core.cases import CaseState
from suture.core.errors import Conflict, NotAllowed, NotFound
from suture.core.roles import Role, named


def take_case(
    case_uid: UUID | str, by: Person, verb: str, version: int | None = None, *, closed_too: bool = False
) -> Case:
    """Lock a case for a verb, in the caller's transaction.

    Args:
        version: the version the person looked at; None for callers that read it in this very transaction.
        closed_too: whether the verb may touch a closed case (facts do: an event may come years later).

    Raises:
        NotFound: there is none, or it stands behind a wall.
        NotAllowed: the person may not, or the case is closed.
        Conflict: somebody changed it after that version.
    """
    case = (
        Case.objects.select_for_update(of=("self",))
        .select_related("establishment", "vulnerability", "vulnerability__wall", "wall", "owner")
        .filter(uid=case_uid)
        .first()
    )
    if case is None:
        raise NotFound("there is no such record")
    require(by, verb, case)
    require(by, verb, case.vulnerability)
    check_version(case, version)
    if case.at is CaseState.CLOSED and not closed_too:
        raise NotAllowed(f"{case.number} is closed; reopen it first")
    return case


def check_version(case: Case, version: int | None) -> None:
    """Refuse to act on what somebody else changed meanwhile.

    Raises:
        Conflict: the case has moved on.
    """
    if version is not None and version != case.version:
        raise Conflict(
            f"{case.number} was changed meanwhile: you saw version {version}, it is at version {case.version}; "
            "look again, then repeat"
        )


def touch(case: Case, *fields: str) -> None:
    """Save these fields and move the version on, so that whoever looked before must look again."""
    case.version += 1
    case.save(update_fields=["version", *fields])


def take_assessment(
    assessment_uid: UUID | str, by: Person, verb: str, version: int | None = None
) -> tuple[Assessment, Case]:
    """Lock an assessment and its case for a verb; the case first, so that nobody waits for the other in a circle.

    Raises:
        NotFound, NotAllowed, Conflict: as `take_case`.
    """
    case_uid = Assessment.objects.filter(uid=assessment_uid).values_list("case__uid", flat=True).first()
    if case_uid is None:
        raise NotFound("there is no such record")
    case = take_case(case_uid, by, verb, version)
    row = (
        Assessment.objects.select_for_update(of=("self",))
        .select_related("product", "release", "statement", "risk_policy", "exploitability_policy")
        .get(uid=assessment_uid)
    )
    row.case = case
    return row, case


def role_for(by: Person, among: Collection[Role], wanted: Role | None = None) -> Role:
    """The role somebody signs in: the one they name, else the first of theirs that may.

    Raises:
        NotAllowed: they hold none of the roles, or not the one they name.
    """
    held = [role for role in Role if role in among and role in by.roles and wanted in (None, role)]
    if not held:
        raise NotAllowed(
            f"{by.printed_name} cannot sign this; it belongs to: {named(among if wanted is None else [wanted])}"
        )
    return held[0]
