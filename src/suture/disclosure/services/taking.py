"""How every verb of this room takes its report: behind its wall, allowed, locked, unchanged since it was read."""

from __future__ import annotations

from uuid import UUID

from suture.accounts.models import Person
from suture.accounts.services import require
from suture.core.errors import Conflict, NotFound
from suture.disclosure.models import Report


def take_report(report_uid: UUID | str, by: Person, verb: str, version: int | None = None) -> Report:
    """Lock a report for a verb, in the caller's transaction.

    Raises:
        NotFound: there is none, or it stands behind a wall.
        NotAllowed: the person may not.
        Conflict: somebody changed it after that version.
    """
    report = (
        Report.objects.select_for_update(of=("self",)).select_related("wall").filter(uid=report_uid).first()
    )  # fmt: skip
    if report is None:
        raise NotFound("there is no such record")
    require(by, verb, report)
    if version is not None and version != report.version:
        raise Conflict(
            f"{report.number} was changed meanwhile: you saw version {version}, it is at version {report.version}; "
            "look again, then repeat"
        )
    return report


def touch(report: Report, *fields: str) -> None:
    """Save these fields and move the version on, so that whoever looked before must look again."""
    report.version += 1
    report.save(update_fields=["version", *fields])
