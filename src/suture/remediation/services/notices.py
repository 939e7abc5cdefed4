"""Notices: written in variants of one record, approved by signature, sent as promises; never sent with a blank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.services import new_uid, reauthenticate, require, sign
from suture.assessment.services import add_fact, role_for
from suture.core.campaigns import CampaignState
from suture.core.communications import (
    NOTICE,
    Audience,
    CustomerCommunication,
    EndOfSupport,
    NoticeGuard,
    NoticeKind,
    NoticeState,
    missing,
    missing_at_end_of_support,
)
from suture.core.errors import InvalidValue, NotAllowed, NotFound
from suture.core.facts import Answer, FactKind, not_in_future
from suture.core.ids import human_number
from suture.core.roles import who
from suture.evidence.canonical import digest
from suture.evidence.clock import now, today
from suture.evidence.services import record
from suture.policy.services import next_number
from suture.remediation.models import Campaign, Notice, NoticeVariant
from suture.remediation.models.notices import POINTS
from suture.remediation.queries.campaigns import zone_of
from suture.remediation.services.taking import take_campaign, touch_campaign

G = NoticeGuard


def write_notice(
    *, campaign_uid: UUID | str, by: Person, said: CustomerCommunication | None = None,
    ends: EndOfSupport | None = None, names_action: Answer = Answer.UNKNOWN, contact_line: str = "",
    kind: NoticeKind = NoticeKind.CUSTOMER, on: date | None = None, supersedes: Notice | None = None,
) -> Notice:  # fmt: skip
    """Begin a notice. What is blank stays blank until it is written; it cannot be approved before.

    Args:
        names_action: whether it tells anybody to do something; then sending it may initiate a correction.
        supersedes: the notice it takes the place of.

    Raises:
        InvalidValue: a notice about the end of support on another campaign, or the other way round.
        NotAllowed: the campaign is over.
    """
    with transaction.atomic():
        campaign = take_campaign(campaign_uid, by, "notice.write")
        if campaign.at.is_over:
            raise NotAllowed(f"{campaign.number} is {campaign.at.label}")
        about_end = campaign.purpose == Campaign.Purpose.END_OF_SUPPORT
        if about_end is not (kind is NoticeKind.END_OF_SUPPORT):
            raise InvalidValue(
                "a notice of the end of support belongs to a campaign of that purpose, and no other does"
            )
        day = _day(campaign, on)
        row = Notice.objects.create(
            uid=new_uid(), number=human_number("N", day, next_number(f"notice-{day.year}")), campaign=campaign,
            kind=kind, names_action=names_action, contact_line=contact_line, supersedes=supersedes, written_by=by,
            written_at=now(), end_of_support=asdict(ends or EndOfSupport()) if about_end else {},
            **{name: getattr(said or CustomerCommunication(), name) for name in POINTS},
        )  # fmt: skip
        if supersedes is not None:
            old = _take(supersedes.uid, by, "notice.write")
            _move(old, "supersede", by, f"{row.number} takes its place", {G.SUCCESSOR_EXISTS: Answer.YES})
        record(by=by, did="notice.written", to=row, facts=row.content())
        touch_campaign(campaign)
    return row


def revise_notice(*, notice_uid: UUID | str, by: Person, **fields: Any) -> Notice:
    """Change the words of a draft. An approved notice is never edited: write one that supersedes it.

    Raises:
        NotAllowed: it is no draft any more.
    """
    with transaction.atomic():
        row = _draft(notice_uid, by)
        unknown = set(fields) - {*POINTS, "names_action", "contact_line", "end_of_support"}
        if unknown:
            raise InvalidValue(f"a notice has no {', '.join(sorted(unknown))}")
        for name, value in fields.items():
            setattr(row, name, value)
        row.save(update_fields=list(fields))
        record(by=by, did="notice.revised", to=row, facts=row.content())
    return row


def write_variant(
    *, notice_uid: UUID | str, by: Person, audience: Audience, subject: str, opening: str, what_to_do: str
) -> NoticeVariant:
    """Write, or write anew, the words for one audience: what it means for this reader, and what to do now.

    Raises:
        InvalidValue: no subject, or no opening.
        NotAllowed: the notice is no draft any more.
    """
    with transaction.atomic():
        row = _draft(notice_uid, by)
        if not subject.strip() or not opening.strip():
            raise InvalidValue("a variant has a subject, and says first what it means for its reader")
        variant, _made = NoticeVariant.objects.update_or_create(
            notice=row, audience=audience,
            defaults={"subject": subject, "opening": opening, "what_to_do": what_to_do},
        )  # fmt: skip
        record(by=by, did="notice.variant_written", to=row, facts=variant.content())
    return variant


def approve_notice(
    *, notice_uid: UUID | str, by: Person, password: str, because: str = "", on: date | None = None
) -> Notice:
    """Approve a notice by signature: every word of every variant, as it will be sent.

    Raises:
        NotAllowed: one of the points a to d is blank, no variant is written, or nobody says if it names an action.

    Source: FDA 2016 §VII.B, minimum content of the communication.
    """
    require(by, "notice.approve")
    reauthenticate(by, password)
    with transaction.atomic():
        row = _take(notice_uid, by, "notice.approve")
        row.approved_on = _day(row.campaign, on)
        _move(row, "approve", by, because, notice_guards(row), "approved_on", signed=True)
        sign(
            by=by, to=row, digest=digest(row.content()), meaning="approval of the notice",
            as_role=role_for(by, who("notice.approve")), because=because,
        )  # fmt: skip
    return row


def notice_guards(row: Notice) -> dict[NoticeGuard, Answer]:
    """The facts that open a notice's steps, read off its words."""
    variants = list(row.variants.all())
    answer = Answer(row.names_action)
    silent = [v for v in variants if answer is Answer.YES and not v.what_to_do.strip()]
    return {
        G.CONTENT_COMPLETE: Answer.of(not blanks_of(row)),
        G.VARIANTS_WRITTEN: Answer.of(bool(variants) and not silent),
        G.ACTION_SAID: Answer.YES if answer in (Answer.YES, Answer.NO) else Answer.UNKNOWN,
    }


def blanks_of(row: Notice) -> list[str]:
    """What the notice still has to say, as sentences."""
    if row.kind == NoticeKind.END_OF_SUPPORT:
        return missing_at_end_of_support(row.ends)
    return missing(row.said)


def mark_sent(row: Notice, by: Person, day: date) -> None:
    """Move a notice to *sent*, and put on the case's record what sending it began. The caller holds the lock.

    The first notice that names an action may have initiated the correction (21 CFR 806.10(b) says "initiating" and does
    not define it): the case gets the dated fact on the day of sending, as a candidate that a signature may move.
    """
    row.sent_on = day
    _move(row, "send", by, "", {G.CONTENT_COMPLETE: Answer.of(not blanks_of(row))}, "sent_on")
    case = row.campaign.case
    if case is None or row.names_action != Answer.YES:
        return
    standing = case.dated_facts.filter(superseded_by=None, withdrawn=False, happened_on__lte=day)
    if not standing.filter(kind=FactKind.CORRECTION_INITIATED).exists():
        add_fact(
            case, FactKind.CORRECTION_INITIATED, day, by,
            detail={"what": f"notice {row.number}: {row.campaign.action}"[:400], "communication": row.number},
            evidence=f"Notice {row.number} names an action and was sent out by {row.campaign.number}",
        )  # fmt: skip


def _draft(uid: UUID | str, by: Person) -> Notice:
    row = _take(uid, by, "notice.write")
    if row.at is not NoticeState.DRAFT:
        raise NotAllowed(f"{row.number} is {row.state} and is not edited any more; write one that takes its place")
    return row


def _take(uid: UUID | str, by: Person, verb: str) -> Notice:
    campaign_uid = Notice.objects.filter(uid=uid).values_list("campaign__uid", flat=True).first()
    if campaign_uid is None:
        raise NotFound("there is no such record")
    campaign = take_campaign(campaign_uid, by, verb)
    row = Notice.objects.select_for_update(of=("self",)).get(uid=uid)
    row.campaign = campaign
    return row


def take_notice(uid: UUID | str, by: Person, verb: str) -> Notice:
    """Lock a notice and its campaign for a verb. See `take_campaign`."""
    return _take(uid, by, verb)


def _move(
    row: Notice, verb: str, by: Person, because: str, known: Mapping[NoticeGuard, Answer], *fields: str,
    signed: bool = False,
) -> None:  # fmt: skip
    row.state = NOTICE.require(row.at, verb, roles=by.roles, facts=known, signed=signed)
    row.save(update_fields=["state", *fields])
    record(by=by, did=f"notice.{verb}", to=row, because=because, facts={"digest": digest(row.content())})


def _day(campaign: Campaign, on: date | None) -> date:
    there = today(zone_of(campaign))
    return not_in_future(on or there, there, "the day it was so")


def may_send(row: Notice) -> bool:
    """Whether the notice's campaign lets it out: a notice goes out when its campaign is approved or runs."""
    return row.campaign.at in (CampaignState.APPROVED, CampaignState.RUNNING)
