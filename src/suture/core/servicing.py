"""Field service: what a service record must hold, and when it shows that a unit is as it should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from suture.core.errors import InvalidValue
from suture.core.facts import Answer
from suture.core.roles import Role
from suture.core.workflow import Guard, Step, Workflow


class WorkOrderState(StrEnum):
    """Where a work order stands."""

    OPEN = "open"
    ASSIGNED = "assigned"
    DONE = "done"
    WRONG = "wrong_version"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The state as a person reads it."""
        return self.value.replace("_", " ")


class WorkOrderGuard(Guard):
    """The facts that open a work order's steps."""

    RECORD_COMPLETE = "record_complete"
    RIGHT_VERSION = "right_version"
    WRONG_VERSION = "wrong_version"
    REASON_GIVEN = "reason_given"

    @property
    def says(self) -> str:
        """The fact as a sentence that is true when the guard is met."""
        return _GUARDS[self]


_GUARDS: Mapping[WorkOrderGuard, str] = {
    WorkOrderGuard.RECORD_COMPLETE: "the service record holds what 21 CFR 820.35(b) asks for",
    WorkOrderGuard.RIGHT_VERSION: "the version found after the work is the one that was to be installed",
    WorkOrderGuard.WRONG_VERSION: "the version found after the work is another one",
    WorkOrderGuard.REASON_GIVEN: "the reason is given",
}

W, G = WorkOrderState, WorkOrderGuard
WORK_ORDER: Workflow[WorkOrderState] = Workflow(
    "service order",
    Step("assign", {W.OPEN}, W.ASSIGNED, {Role.FIELD_SERVICE}, done="assigned"),
    Step(
        "complete", {W.OPEN, W.ASSIGNED, W.WRONG}, W.DONE, {Role.FIELD_SERVICE}, False,
        (G.RECORD_COMPLETE, G.RIGHT_VERSION), "completed",
    ),
    Step(
        "find_wrong", {W.OPEN, W.ASSIGNED}, W.WRONG, {Role.FIELD_SERVICE}, False,
        (G.RECORD_COMPLETE, G.WRONG_VERSION), "found on a wrong version",
    ),
    Step(
        "cancel", {W.OPEN, W.ASSIGNED, W.WRONG}, W.CANCELLED, {Role.FIELD_SERVICE, Role.QUALITY}, False,
        (G.REASON_GIVEN,), "cancelled",
    ),
    start=W.OPEN,
)  # fmt: skip

# 21 CFR 820.35(b): what a record of servicing holds.
SERVICE_RECORD: Mapping[str, str] = MappingProxyType(
    {
        "device": "the name of the device serviced",
        "identifier": "its UDI or UPC, or what else identifies it",
        "serviced_on": "the date of service",
        "serviced_by": "who serviced the device",
        "service": "the service performed",
        "test_data": "the test and inspection data",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRecord:
    """One service of one device. Absent text is ''.

    `version_found` is what the device itself says it runs once the work is done.
    """

    device: str = ""
    identifier: str = ""
    serviced_on: date | None = None
    serviced_by: str = ""
    service: str = ""
    test_data: str = ""
    version_found: str = ""

    def missing(self) -> list[str]:
        """Say in sentences what the record lacks; an empty list means it is complete.

        Source: 21 CFR 820.35(b) (QMSR, in force 2 Feb 2026).
        """
        return [says for name, says in SERVICE_RECORD.items() if not str(getattr(self, name) or "").strip()]

    def shows(self, wanted: str) -> Answer:
        """Whether the version found is the one wanted; unknown where nobody read it off.

        Compared as written, but for blanks at the ends and a leading 'v': 4.2.1 is not 4.2.1-rc1, nor 4.2.

        Raises:
            InvalidValue: no version is wanted; then nothing can be shown.
        """
        if not wanted.strip():
            raise InvalidValue("there is no version to compare with")
        return Answer.of(_plain(self.version_found) == _plain(wanted) if self.version_found.strip() else None)


def _plain(version: str) -> str:
    text = version.strip().casefold()
    return text[1:] if text[:1] == "v" and text[1:2].isdigit() else text
