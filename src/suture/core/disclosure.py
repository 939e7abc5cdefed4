"""Coordinated disclosure as tables: a report on its way, an embargo, a party to a case; and when an answer is owed.

Source: the cutting follows the report, embargo and case machines of Vultron (CERT/CC's model protocol of coordinated
disclosure), and the steps of ISO/IEC 30111:2019 (receipt, verification, remediation, release, post-release). The words
and the guards are Suture's own. FDA asks for a disclosure policy with an acknowledgement within a specified time
(Postmarket Management of Cybersecurity in Medical Devices, 28 Dec 2016, §VII and §X).
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from suture.core.calendar import FEDERAL, WorkCalendar, local_date
from suture.core.errors import InvalidValue
from suture.core.roles import Role
from suture.core.workflow import Guard, Step, Workflow

PSIRT, COORDINATOR, QUALITY = Role.PSIRT, Role.COORDINATOR, Role.QUALITY
_BOTH = {COORDINATOR, PSIRT}
_ALL = {COORDINATOR, PSIRT, QUALITY}

ACKNOWLEDGE_WITHIN = 2  # working days, where the firm's policy says nothing else


class ReportSource(StrEnum):
    """Who told us. Every source goes through the same intake."""

    FINDER = "finder"
    COMPLAINT = "complaint"
    SERVICE = "service_record"
    TEST = "internal_test"
    HOSPITAL = "hospital_call"
    SUPPLIER = "supplier_bulletin"

    @property
    def is_outside(self) -> bool:
        """Somebody outside waits for an acknowledgement."""
        return self in (ReportSource.FINDER, ReportSource.COMPLAINT, ReportSource.HOSPITAL)


class ReportState(StrEnum):
    """Where a report stands."""

    RECEIVED = "received"
    VALIDATING = "validating"
    VALID = "valid"
    INVALID = "invalid"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DEFERRED = "deferred"
    FIXING = "fixing"
    DATE_AGREED = "date_agreed"
    PUBLISHED = "published"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """The state as a person reads it: 'date agreed'."""
        return self.value.replace("_", " ")


class ReportGuard(Guard):
    """The facts that open a report's steps."""

    ACKNOWLEDGED = "acknowledged"
    REASON_GIVEN = "reason_given"
    IN_A_CASE = "in_a_case"
    DUPLICATE_NAMED = "duplicate_named"
    DATE_SET = "date_set"
    ADVISORY_WRITTEN = "advisory_written"
    EMBARGO_OVER = "embargo_over"
    QUALITY_SETTLED = "quality_settled"

    @property
    def says(self) -> str:
        """The fact as a sentence that is true when the guard is met."""
        return _REPORT_GUARDS[self]


R, G = ReportState, ReportGuard
_REPORT_GUARDS = {
    G.ACKNOWLEDGED: "its receipt is acknowledged to whoever sent it, or nobody outside sent it",
    G.REASON_GIVEN: "the reason is written down",
    G.IN_A_CASE: "it is part of a case",
    G.DUPLICATE_NAMED: "the report it repeats is named",
    G.DATE_SET: "an embargo with a minute of publication is active",
    G.ADVISORY_WRITTEN: "an advisory is written and approved",
    G.EMBARGO_OVER: "the minute of publication has come, or the embargo was ended",
    G.QUALITY_SETTLED: "a complaint has its seven items and its MDR evaluation; CAPA and design change are named or "
    "'none because'",
}

REPORT = Workflow(
    "intake report",
    Step("start_validation", {R.RECEIVED}, R.VALIDATING, _ALL, guard=(G.ACKNOWLEDGED,), done="taken up"),
    Step("find_valid", {R.VALIDATING, R.INVALID}, R.VALID, _BOTH, done="found valid"),
    Step("find_invalid", {R.VALIDATING}, R.INVALID, _BOTH, guard=(G.REASON_GIVEN,), done="found invalid"),
    Step("accept", {R.VALID, R.DEFERRED}, R.ACCEPTED, _BOTH),
    Step("decline", {R.VALID}, R.DECLINED, _BOTH, guard=(G.REASON_GIVEN,)),
    Step("defer", {R.VALID, R.ACCEPTED}, R.DEFERRED, _BOTH, guard=(G.REASON_GIVEN,), done="deferred"),
    Step("start_fixing", {R.ACCEPTED, R.DATE_AGREED}, R.FIXING, _BOTH, guard=(G.IN_A_CASE,), done="taken to be fixed"),
    Step(
        "agree_date", {R.ACCEPTED, R.FIXING}, R.DATE_AGREED, {COORDINATOR}, guard=(G.IN_A_CASE, G.DATE_SET),
        done="given a date",
    ),
    Step(
        "publish", {R.DATE_AGREED}, R.PUBLISHED, {COORDINATOR}, guard=(G.ADVISORY_WRITTEN, G.EMBARGO_OVER),
        done="published",
    ),
    Step("close", {R.PUBLISHED, R.INVALID, R.DECLINED, R.DEFERRED}, R.CLOSED, _ALL, guard=(G.QUALITY_SETTLED,)),
    Step(
        "close_as_duplicate", {R.RECEIVED, R.VALIDATING, R.VALID, R.ACCEPTED}, R.CLOSED, _BOTH,
        guard=(G.ACKNOWLEDGED, G.DUPLICATE_NAMED), done="closed as a duplicate",
    ),
    Step("close_with_case", {R.FIXING, R.DATE_AGREED}, R.CLOSED, _ALL, guard=(G.REASON_GIVEN, G.QUALITY_SETTLED),
         done="closed with its case"),
    Step("reopen", {R.CLOSED, R.DECLINED}, R.VALIDATING, _BOTH, guard=(G.REASON_GIVEN,)),
    start=R.RECEIVED,
)  # fmt: skip


class EmbargoState(StrEnum):
    """Where an embargo stands: the five states of Vultron's embargo machine."""

    NONE = "none"
    PROPOSED = "proposed"
    ACTIVE = "active"
    REVISE = "revise"
    EXITED = "exited"


class EmbargoGuard(Guard):
    """The facts that open an embargo's steps."""

    MINUTE_GIVEN = "minute_given"
    REASON_GIVEN = "reason_given"

    @property
    def says(self) -> str:
        """The fact as a sentence that is true when the guard is met."""
        return {
            EmbargoGuard.MINUTE_GIVEN: "a minute of publication is given, and it has not passed",
            EmbargoGuard.REASON_GIVEN: "the reason is written down",
        }[self]


E, M = EmbargoState, EmbargoGuard
EMBARGO = Workflow(
    "embargo",
    Step("propose", {E.NONE}, E.PROPOSED, {COORDINATOR}, guard=(M.MINUTE_GIVEN,)),
    Step("reject", {E.PROPOSED}, E.NONE, {COORDINATOR}, guard=(M.REASON_GIVEN,)),
    Step("agree", {E.PROPOSED}, E.ACTIVE, {COORDINATOR}),
    Step("propose_revision", {E.ACTIVE}, E.REVISE, {COORDINATOR}, guard=(M.MINUTE_GIVEN,), done="opened to revision"),
    Step("settle_revision", {E.REVISE}, E.ACTIVE, {COORDINATOR}, guard=(M.REASON_GIVEN,), done="settled anew"),
    Step("end", {E.ACTIVE, E.REVISE}, E.EXITED, {COORDINATOR}, guard=(M.REASON_GIVEN,), done="ended"),
    start=E.NONE,
)


class ParticipantState(StrEnum):
    """How far one party of a case is. That it has not answered is a state of its own, never an empty cell."""

    TO_BE_TOLD = "to_be_told"
    NO_ANSWER_YET = "no_answer_yet"
    ENGAGED = "engaged"
    NOT_CONCERNED = "not_concerned"
    DECLINED = "declined"
    FIX_READY = "fix_ready"
    FIX_DEPLOYED = "fix_deployed"
    LEFT = "left"

    @property
    def label(self) -> str:
        """The state as a person reads it: 'no answer yet'."""
        return self.value.replace("_", " ")


P = ParticipantState
_C = {COORDINATOR}
PARTICIPANT = Workflow(
    "party",
    Step("tell", {P.TO_BE_TOLD}, P.NO_ANSWER_YET, _C, done="told"),
    Step("engage", {P.NO_ANSWER_YET, P.DECLINED, P.NOT_CONCERNED}, P.ENGAGED, _C),
    Step("note_not_concerned", {P.NO_ANSWER_YET, P.ENGAGED}, P.NOT_CONCERNED, _C, done="noted as not concerned"),
    Step("note_declined", {P.NO_ANSWER_YET, P.ENGAGED}, P.DECLINED, _C, done="noted as declining"),
    Step("note_fix_ready", {P.ENGAGED}, P.FIX_READY, _C, done="noted as having a fix"),
    Step("note_fix_deployed", {P.FIX_READY}, P.FIX_DEPLOYED, _C, done="noted as having deployed its fix"),
    Step("note_left", set(P) - {P.LEFT}, P.LEFT, _C, done="noted as having left"),
    start=P.TO_BE_TOLD,
)

DISCLOSURE_WORKFLOWS: tuple[Workflow[Any], ...] = (REPORT, EMBARGO, PARTICIPANT)


def acknowledge_by(
    received_at: datetime, zone: str, working_days: int = ACKNOWLEDGE_WITHIN, calendar: WorkCalendar = FEDERAL
) -> date:
    """The last day on which a report may be acknowledged.

    Args:
        received_at: the instant it came in, with its offset; its day at the responsible site is day 0.
        working_days: the firm's promise; day 0 itself never counts.

    Raises:
        InvalidValue: no offset, no such zone, or less than one working day.

    Source: ISO/IEC 29147:2018 asks for an acknowledgement within a stated time; how long is the firm's policy.
    """
    return calendar.add_working_days(local_date(received_at, zone), working_days)


def minute_of(at: datetime) -> datetime:
    """An embargo ends on a minute, the same for everybody.

    Raises:
        InvalidValue: the instant has no offset, or seconds.
    """
    if at.tzinfo is None or at.utcoffset() is None:
        raise InvalidValue("a minute of publication has an offset from UTC, or the parties mean different ones")
    if at.second or at.microsecond:
        raise InvalidValue("an embargo ends on a full minute")
    return at
