"""A case's steps as doors take them: this room adds the facts it owns, and assessment moves the case."""

from __future__ import annotations

from uuid import UUID

from suture.accounts.models import Person
from suture.assessment.models import Case
from suture.assessment.queries import case_for
from suture.assessment.services import move_case
from suture.core.roles import Role
from suture.evidence.clock import today
from suture.reporting.queries import reporting_guards


def take_step(
    *, case_uid: UUID | str, verb: str, by: Person, because: str = "", password: str | None = None,
    as_role: Role | None = None, version: int | None = None,
) -> Case:  # fmt: skip
    """Take a case through one step of its table, with the facts of every room up to this one.

    Raises:
        NotAllowed: the table, the role, a guard or the missing signature forbids it; the sentence names everything.
        Conflict: somebody changed the case after `version`, or after this room read its facts.
    """
    case = case_for(by, case_uid)
    facts = reporting_guards(case, today(case.establishment.time_zone))
    return move_case(
        case_uid=case.uid, verb=verb, by=by, because=because, facts=facts, password=password, as_role=as_role,
        version=case.version if version is None else version,
    )  # fmt: skip
