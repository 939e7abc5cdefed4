"""The two sides talk: we acknowledge and answer, the finder writes back; each side sees what the other has not read."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from suture.accounts.models import Person
from suture.accounts.services import new_uid, require, system
from suture.core.disclosure import ReportState
from suture.core.errors import InvalidValue, NotAllowed
from suture.core.roles import Role
from suture.disclosure.attachments import check_files, keep_attachment
from suture.disclosure.models import Attachment, Finder, Message, Report
from suture.disclosure.queries import promises_on, report_behind
from suture.disclosure.services.receiving import LONGEST_TEXT, Files
from suture.disclosure.services.taking import take_report, touch
from suture.evidence.clock import now
from suture.evidence.services import record
from suture.jobs.letters import Letter, check_address, promise_mail

MOST_MESSAGES = 20  # of a finder, a day


def acknowledge_report(*, report_uid: UUID | str, by: Person, text: str, version: int | None = None) -> Report:
    """Tell whoever sent a report that a person has it; the acknowledgement clock stops.

    Raises:
        InvalidValue: nothing said, or it was acknowledged already.
    """
    with transaction.atomic():
        report = take_report(report_uid, by, "report.acknowledge", version)
        if report.acknowledged_at is not None:
            raise InvalidValue(f"{report.number} was acknowledged on {report.acknowledged_at:%d %b %Y} already")
        message = _say(report, text, by)
        report.acknowledged_at = message.at
        touch(report, "acknowledged_at")
        record(
            by=by, did="report.acknowledged", to=report,
            facts={"answer_by": report.answer_by, "message": message.uid},
        )  # fmt: skip
    return report


def answer_finder(*, report_uid: UUID | str, by: Person, text: str, asks: bool = False) -> Message:
    """Write to whoever sent a report. They read it by their private link; by mail too, where they left an address.

    Args:
        asks: it is their turn now; the status page says so.

    Raises:
        InvalidValue: nothing said.
    """
    with transaction.atomic():
        report = take_report(report_uid, by, "report.answer")
        message = _say(report, text, by, asks)
        record(by=by, did="report.answered", to=report, facts={"message": message.uid})
    return message


def _say(report: Report, text: str, by: Person, asks: bool = False) -> Message:
    text = _checked(text)
    finder = Finder.objects.filter(report=report).first()
    reachable = finder is not None and _is_address(finder.contact)
    message = Message.objects.create(
        uid=new_uid(), report=report, from_finder=False, by=by, text=text, at=now(), asks=asks,
        mail=Message.Mail.PROMISED if reachable else Message.Mail.NONE,
    )  # fmt: skip
    if finder is not None and reachable:
        _promise_mail(message, finder, by)
    return message


def _promise_mail(message: Message, finder: Finder, by: Person) -> None:
    """Tell by mail that something was written; the words themselves stay behind the private link.

    Only coordinators learn that this mail exists: its addressee is the finder.
    """
    report = message.report
    letter = Letter(
        to=(finder.contact,), subject=_("%(number)s: we wrote to you") % {"number": report.number},
        text=_(
            "We wrote to you about your report %(number)s. Open your private link to read it and to answer.\n\n"
            "You got the link when you sent the report; we keep only its hash and cannot send it. Without it, write to "
            "%(mail)s and name the number."
        ) % {"number": report.number, "mail": promises_on(message.at.date()).email},
    )  # fmt: skip
    promise_mail(
        letter=letter, key=f"report message {message.uid}", cause=report, by=by, wall=report.wall,
        label=_("Word that we wrote about %(number)s") % {"number": report.number}, only_for=Role.COORDINATOR,
        forget=True,
    )  # fmt: skip


def _is_address(contact: str) -> bool:
    """Whether a contact is a mail address; a finder may have left a telephone number, or a handle."""
    try:
        check_address(contact)
    except InvalidValue:
        return False
    return True


def hear_finder(*, token: str, text: str, files: Files = ()) -> Message:
    """Take in what the finder writes by the private link.

    Raises:
        NotFound: no report has this link.
        InvalidValue: nothing said, or files that cannot be taken.
        NotAllowed: many messages within a day; or the report was closed long ago.
    """
    text = _checked(text)
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=report_behind(token).pk)
        at = now()
        check_files(list(files), report.attachments.count())
        if report.messages.filter(from_finder=True, at__gte=at - timedelta(days=1)).count() >= MOST_MESSAGES:
            raise NotAllowed("many messages within a day; please go on tomorrow, or send us a mail")
        message = Message.objects.create(uid=new_uid(), report=report, from_finder=True, text=text, at=at)
        for ordinal, (given, data) in enumerate(files, report.attachments.count() + 1):
            keep_attachment(report, given, data, ordinal)
        record(by=system(), did="report.finder_wrote", to=report, facts={"message": message.uid, "files": len(files)})
    return message


def mark_read(*, report_uid: UUID | str, by: Person) -> int:
    """Note that our side has opened what the finder wrote. Gives how many messages it concerns."""
    with transaction.atomic():
        report = take_report(report_uid, by, "report.answer")
        unread = report.messages.filter(from_finder=True, read_at=None)
        return unread.update(read_at=now())


def mark_read_by_finder(token: str) -> int:
    """Note that whoever holds the private link has opened what we wrote."""
    with transaction.atomic():
        report = report_behind(token)
        return report.messages.filter(from_finder=False, read_at=None).update(read_at=now())


def waiting_for(report: Report) -> str:
    """What happens next, as a key for the sentence the finder reads: 'us', 'finder', 'fix', 'date', 'nobody'."""
    last = report.messages.last()
    if report.at in (ReportState.CLOSED, ReportState.DECLINED, ReportState.PUBLISHED):
        return "nobody"
    if last is not None and last.asks:
        return "finder"
    return {ReportState.FIXING: "fix", ReportState.DATE_AGREED: "date"}.get(report.at, "us")


def _checked(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise InvalidValue("write something")
    if "\0" in text or len(text) > LONGEST_TEXT:
        raise InvalidValue(f"a message holds no NUL character and at most {LONGEST_TEXT:,} characters")
    return text


def note_attachment_opened(*, attachment: Attachment, by: Person) -> None:
    """Write down that somebody takes a file out, before they get it.

    Raises:
        NotAllowed: only coordinators may.
    """
    with transaction.atomic():
        require(by, "report.open_attachment", attachment.report)
        record(by=by, did="attachment.taken_out", to=attachment.report, facts={"file": attachment.sha256})
