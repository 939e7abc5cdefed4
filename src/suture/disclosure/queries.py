"""Reads of disclosure. What stands behind a wall is left out here, never in a template."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from suture.accounts.models import Person
from suture.accounts.queries import visible
from suture.assessment.models import Case
from suture.assessment.queries import case_for, cases_for
from suture.core import disclosure_policy
from suture.core.disclosure import EmbargoState, ParticipantState, ReportSource, ReportState
from suture.core.disclosure_policy import DisclosurePolicy
from suture.core.errors import NotFound
from suture.core.roles import Role
from suture.disclosure.models import (
    Advisory,
    Attachment,
    Complaint,
    Embargo,
    Finder,
    Message,
    Participant,
    Report,
    WatchedSource,
)
from suture.intelligence.queries import SourceStatus
from suture.inventory.models import Establishment
from suture.jobs.queries import promises
from suture.policy.models import PolicyKind, PolicyVersion
from suture.policy.queries import installation, policy_in_force

ENDED = (ReportState.CLOSED, ReportState.PUBLISHED)


# ---------------------------------------------------------------- the firm
class Firm(NamedTuple):
    """Whose installation it is, and the time zone of its first establishment."""

    name: str
    zone: str


def firm() -> Firm:
    """The manufacturer as the public reads it."""
    whose = installation()
    zone = Establishment.objects.order_by("pk").values_list("time_zone", flat=True).first()
    return Firm(whose.manufacturer if whose else "The manufacturer", zone or "UTC")


def policy_row(on: date) -> PolicyVersion | None:
    """The disclosure policy in force; None while none is approved."""
    try:
        return policy_in_force(PolicyKind.DISCLOSURE, on)
    except NotFound:
        return None


def promises_on(on: date) -> DisclosurePolicy:
    """What we promise whoever reports: the firm's approved policy, or Suture's defaults while there is none."""
    row = policy_row(on)
    return disclosure_policy.from_json(row.body) if row else disclosure_policy.EXAMPLE


# ---------------------------------------------------------------- reports
def reports_for(person: Person) -> QuerySet[Report]:
    """Every report this person may know of, newest first."""
    return visible(person, Report.objects.select_related("wall", "duplicate_of", "aware"))


def open_reports(person: Person) -> QuerySet[Report]:
    """Reports that are not closed, with how many messages wait unread."""
    unread = Count("messages", filter=Q(messages__from_finder=True, messages__read_at=None))
    return reports_for(person).exclude(state=ReportState.CLOSED).annotate(unread=unread)


def unread_messages(person: Person) -> int:
    """How many messages of finders nobody here has opened."""
    return Message.objects.filter(report__in=reports_for(person), from_finder=True, read_at=None).count()


def report_for(person: Person, uid: UUID | str) -> Report:
    """One report.

    Raises:
        NotFound: there is none, or it stands behind a wall.
    """
    row = reports_for(person).filter(uid=uid).first()
    if row is None:
        raise NotFound("there is no such record")
    return row


def finder_of(person: Person, report: Report) -> Finder | None:
    """Who sent a report: for coordinators alone. None also where the finder stays anonymous."""
    if Role.COORDINATOR not in person.roles or not reports_for(person).filter(pk=report.pk).exists():
        return None
    return Finder.objects.filter(report=report).first()


def attachments_of(person: Person, report: Report) -> QuerySet[Attachment]:
    """The files of a report this person may know of."""
    return Attachment.objects.filter(report__in=reports_for(person).filter(pk=report.pk))


def attachment_for(person: Person, uid: UUID | str) -> Attachment:
    """One file.

    Raises:
        NotFound: there is none, or its report stands behind a wall.
    """
    row = Attachment.objects.select_related("report__wall").filter(uid=uid, report__in=reports_for(person)).first()
    if row is None:
        raise NotFound("there is no such record")
    return row


def messages_of(person: Person, report: Report) -> QuerySet[Message]:
    """What was said between the finder and us, oldest first."""
    rows = Message.objects.filter(report__in=reports_for(person).filter(pk=report.pk))
    return rows.select_related("by")


def mails_of(person: Person, report: Report) -> dict[str, str]:
    """What became of the mails that told the finder of a message, by the message's uid: the mail server's own state.

    Empty for whoever is no coordinator: that a mail exists already says that the finder left an address.
    """
    rows = promises(person).filter(cause_kind=Report.record_kind, cause_uid=report.uid)
    return {row.key.removeprefix("report message "): row.state for row in rows}


def report_behind(token: str) -> Report:
    """The report of a private link.

    Raises:
        NotFound: no report has this link.
    """
    row = Report.objects.filter(token_hash=hashlib.sha256(token.encode("utf-8")).hexdigest()).first()
    if row is None or not token:
        raise NotFound("no report has this link; look whether it was copied whole")
    return row


def cases_of(person: Person, report: Report) -> QuerySet[Case]:
    """The cases a report is part of."""
    return cases_for(person).filter(reports__report=report)


def reports_of_case(person: Person, case: Case) -> QuerySet[Report]:
    """The reports that are part of a case; those behind another wall are left out."""
    return reports_for(person).filter(in_cases__case=case)


# ---------------------------------------------------------------- coordination
def coordinated_case(person: Person, uid: UUID | str) -> Case:
    """One case, as assessment gives it.

    Raises:
        NotFound: there is none, or it stands behind a wall.
    """
    return case_for(person, uid)


def participants_of(person: Person, case: Case) -> QuerySet[Participant]:
    """The parties of a case this person may know of."""
    return Participant.objects.filter(case__in=cases_for(person).filter(pk=case.pk))


def embargo_of(person: Person, case: Case) -> Embargo | None:
    """The embargo of a case, if one was ever proposed."""
    return Embargo.objects.filter(case__in=cases_for(person).filter(pk=case.pk)).first()


def embargoes_for(person: Person) -> QuerySet[Embargo]:
    """Every embargo this person may know of, the next to end first."""
    rows = Embargo.objects.filter(case__in=cases_for(person)).select_related("case__vulnerability", "case__wall")
    return rows.order_by("until", "pk")


def advisory_of(person: Person, case: Case) -> Advisory | None:
    """The advisory of a case as its people see it, draft or not."""
    return Advisory.objects.filter(case__in=cases_for(person).filter(pk=case.pk)).first()


def public_advisories(at: datetime) -> QuerySet[Advisory]:
    """What anybody may read at an instant: approved, and no embargo holds any more. The only read for the public."""
    over = (
        Q(case__embargo=None)
        | Q(case__embargo__state__in=[EmbargoState.NONE, EmbargoState.EXITED])
        | Q(case__embargo__state__in=[EmbargoState.ACTIVE, EmbargoState.REVISE], case__embargo__until__lte=at)
    )
    rows = Advisory.objects.filter(over, approved_at__lte=at).select_related("case__embargo")
    return rows.order_by("-approved_at", "-pk")


# ---------------------------------------------------------------- sources without a feed
@dataclass(frozen=True, slots=True)
class Watched:
    """A source somebody looks through, in the form of the monitoring strip; None while nobody has looked yet."""

    row: WatchedSource
    looked_at: datetime | None
    status: SourceStatus


def watched_sources(at: datetime) -> list[Watched]:
    """Every source without a feed, by name, with its age since the last look; late like any feed."""
    rows = WatchedSource.objects.select_related("owner").annotate(last=Max("looks__looked_at")).order_by("name")
    found = []
    for row in rows:
        last: datetime | None = row.last
        age = max(
            0.0 if last else 1e-6, (at - (last or row.since)).total_seconds() / 3600
        )  # late from the first moment
        budget = row.every_days * 24.0 if last else 0.0
        status = SourceStatus(
            source=row.name,
            rev=0,
            dated=last.isoformat() if last else "",
            age=age,
            looked=age,
            budget=budget,
            refused="",
        )
        found.append(Watched(row, last, status))
    return found


# ---------------------------------------------------------------- what is owed
def waiting_for_acknowledgement(person: Person) -> QuerySet[Report]:
    """Reports whose sender nobody has answered yet, the first due first."""
    rows = reports_for(person).filter(acknowledged_at=None, answer_by__isnull=False).exclude(state=ReportState.CLOSED)
    return rows.order_by("answer_by", "pk")


def complaints_to_evaluate(person: Person) -> QuerySet[Report]:
    """Complaints and hospitals' calls without a complaint record, or whose MDR evaluation is open (R25)."""
    wanted = Q(source=ReportSource.COMPLAINT) | Q(complaint__isnull=False)
    lacking = Q(complaint=None) | Q(complaint__mdr=Complaint.Mdr.OPEN)
    rows = reports_for(person).filter(wanted & lacking).exclude(state=ReportState.CLOSED)
    return rows.select_related("complaint").order_by("received_at", "pk")


def unread_reports(person: Person) -> QuerySet[Report]:
    """Reports with a finder's message nobody here has opened."""
    rows = reports_for(person).filter(messages__from_finder=True, messages__read_at=None)
    return rows.distinct().order_by("received_at", "pk")


def embargoes_over(person: Person, at: datetime) -> QuerySet[Embargo]:
    """Embargoes whose minute has come while no approved advisory is there to be read."""
    held = [EmbargoState.ACTIVE, EmbargoState.REVISE]
    rows = embargoes_for(person).filter(state__in=held, until__lte=at)
    return rows.filter(Q(case__advisory=None) | Q(case__advisory__approved_at=None))


def silent_parties(person: Person) -> QuerySet[Participant]:
    """Parties that were told and have not answered, longest silent first."""
    rows = Participant.objects.filter(case__in=cases_for(person), state=ParticipantState.NO_ANSWER_YET)
    return rows.select_related("case__owner").order_by("told_at", "pk")
