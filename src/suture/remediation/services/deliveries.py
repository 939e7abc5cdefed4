"""Copies of a notice: promised with the sending, followed until the mail server answers, reminded by another channel.

A copy that waits for its answer is `promised`, whatever was hoped for: *delivered* is the server's word or a person's.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce

from suture.accounts.models import Person
from suture.accounts.services import new_uid, system
from suture.assessment.services import add_fact
from suture.core.calendar import local_date
from suture.core.campaigns import UNIT, CampaignState
from suture.core.communications import DELIVERY_NEXT, Audience, Channel, DeliveryState, NoticeState
from suture.core.errors import InvalidValue, NotAllowed, NotFound
from suture.core.facts import FactKind, not_in_future
from suture.core.promises import PromiseState
from suture.evidence.canonical import digest
from suture.evidence.clock import now, today
from suture.evidence.services import record
from suture.inventory.models import Consignee, Contact
from suture.jobs.letters import Letter, promise_mail
from suture.jobs.models import Promise
from suture.jobs.queries import promises_of
from suture.remediation.links import token_of
from suture.remediation.models import Campaign, Delivery, Notice, NoticeVariant, Tally, UnitTask
from suture.remediation.queries.campaigns import zone_of
from suture.remediation.queries.notices import REACHED_BY, letter_text
from suture.remediation.services.notices import blanks_of, mark_sent, may_send, take_notice
from suture.remediation.services.taking import Actor, HospitalContact, take_campaign
from suture.remediation.services.units import Which, tell_units

D = DeliveryState
BATCH = 500
_CHANNELS = {
    Contact.Channel.MAIL: Channel.MAIL, Contact.Channel.PHONE: Channel.PHONE, Contact.Channel.LETTER: Channel.LETTER,
    Contact.Channel.PORTAL: Channel.PORTAL,
}  # fmt: skip
_SETTLED = {PromiseState.DELIVERED: D.ACCEPTED, PromiseState.REFUSED: D.REFUSED, PromiseState.GIVEN_UP: D.REFUSED}


def send_notice(*, notice_uid: UUID | str, by: Person, on: date | None = None) -> Notice:
    """Send an approved notice to every consignee of its campaign, each audience's variant to those who can act on it.

    Mail is promised in this very transaction; letters, calls and the portal wait for the person who does them. A
    consignee nobody can write to gets a copy that says so: it is never left out in silence.

    Raises:
        NotAllowed: it is not approved, something mandatory is blank, or its campaign is not approved.
    """
    with transaction.atomic():
        row = take_notice(notice_uid, by, "notice.send")
        lacking = blanks_of(row)
        if lacking:
            raise NotAllowed(f"{row.number} cannot be sent; it has still to say: " + "; ".join(lacking))
        if not may_send(row):
            raise NotAllowed(f"{row.campaign.number} is {row.campaign.at.label}; approve it before its notice is sent")
        there = today(zone_of(row.campaign))
        day = not_in_future(on or there, there, "the day of sending")
        mark_sent(row, by, day)
        variants = {Audience(v.audience): v for v in row.variants.all()}
        with_patients = _with_patients(row.campaign)
        copies = [copy for consignee, contacts in _addressees(row.campaign) for copy in
                  _copies(row, consignee, contacts, _for(consignee, variants, with_patients), day)]  # fmt: skip
        Delivery.objects.bulk_create(copies, batch_size=1000)
        letters = {audience: letter_text(row, v) for audience, v in variants.items()}
        for copy in copies:
            _promise(copy, variants[Audience(copy.audience)], letters[Audience(copy.audience)], by)
        counted = {state.value: sum(c.state == state for c in copies) for state in D}
        record(
            by=by, did="notice.promised", to=row,
            facts={"copies": len(copies), **{k: n for k, n in counted.items() if n},
                   "result": digest({str(c.uid): [c.consignee_id, c.audience, c.channel] for c in copies})},
        )  # fmt: skip
    return row


def _addressees(campaign: Campaign) -> Iterable[tuple[Consignee, list[Contact]]]:
    spoken_to = Tally.objects.filter(campaign=campaign, units__gt=0).values("consignee")
    contacts: dict[int, list[Contact]] = {}
    for contact in Contact.objects.filter(consignee__in=spoken_to, active=True).order_by("pk"):
        contacts.setdefault(contact.consignee_id, []).append(contact)
    for consignee in Consignee.objects.filter(pk__in=spoken_to).order_by("name", "pk"):
        yield consignee, contacts.get(consignee.pk, [])


def _with_patients(campaign: Campaign) -> set[int]:
    """The consignees through whom patients are reached: some of their units are at home, or implanted."""
    tasks = UnitTask.objects.filter(campaign=campaign).filter(
        Q(unit__home_use=True) | Q(unit__implanted=True) | Q(site__home_use=True) | Q(site__consignee__through__gt=0)
    )
    spoken = Coalesce("site__consignee__through", "site__consignee")
    return set(tasks.order_by().annotate(spoken=spoken).values_list("spoken", flat=True).distinct())


def _for(consignee: Consignee, audiences: Iterable[Audience], with_patients: set[int]) -> list[Audience]:
    return [a for a in audiences if a is not Audience.PATIENT or consignee.pk in with_patients]


def _copies(
    row: Notice, consignee: Consignee, contacts: list[Contact], audiences: list[Audience], day: date
) -> list[Delivery]:
    copies = []
    for audience in audiences:
        contact = next((c for role in REACHED_BY[audience] for c in contacts if c.role == role), None)
        contact = contact or next(iter(contacts), None)
        channel = _CHANNELS[Contact.Channel(contact.channel)] if contact else Channel.MAIL
        if channel is Channel.MAIL and contact is not None and not contact.email:
            channel = Channel.PHONE if contact.phone else Channel.LETTER
        copies.append(
            Delivery(
                uid=new_uid(), notice=row, consignee=consignee, contact=contact, audience=audience, channel=channel,
                state=D.PROMISED if contact else D.NO_ADDRESS, made_on=day,
            )
        )  # fmt: skip
    return copies


def _promise(copy: Delivery, variant: NoticeVariant, text: str, by: Person) -> None:
    if copy.channel != Channel.MAIL or copy.contact is None or copy.state != D.PROMISED:
        return
    link = f"{settings.SUTURE.public_url}/hospital/n/{token_of(copy.uid)}/"
    text = f"{text}\n\nYour devices, and your answer to us: {link}"
    promise_mail(
        letter=Letter(to=(copy.contact.email,), subject=variant.subject, text=text), key=f"copy {copy.uid}",
        cause=copy, by=by, label=copy.label[:300],
    )  # fmt: skip


def remind(
    *, notice_uid: UUID | str, consignee_uid: UUID | str, by: Person, channel: Channel, said: str = "",
    reached: bool = False, on: date | None = None,
) -> Delivery:  # fmt: skip
    """Remind one consignee, by another channel than it was told by; a call or a visit is logged with what was said.

    Args:
        reached: whether somebody was reached; mail is only promised, whatever is said here.

    Raises:
        InvalidValue: the same channel again as every copy before, no word of a call or a visit, or no address for mail.
        NotFound: the consignee was sent no copy of this notice.
    """
    with transaction.atomic():
        row = take_notice(notice_uid, by, "notice.send")
        if row.at is not NoticeState.SENT:
            raise NotAllowed(f"{row.number} was not sent; there is nothing to remind of")
        earlier = list(row.deliveries.filter(consignee__uid=consignee_uid).select_related("contact", "consignee"))
        if not earlier:
            raise NotFound("this consignee was sent no copy of the notice")
        used = {copy.channel for copy in earlier if copy.state != D.NO_ADDRESS}
        if used == {channel.value}:
            raise InvalidValue(f"they were told by {channel.label} alone; remind them by another channel")
        if channel in (Channel.PHONE, Channel.VISIT) and not said.strip():
            raise InvalidValue("say whom you spoke to, or that nobody answered")
        first = earlier[0]
        if channel is Channel.MAIL and (first.contact is None or not first.contact.email):
            raise InvalidValue("no mail address of theirs is known; add a contact, or use another channel")
        there = today(zone_of(row.campaign))
        day = not_in_future(on or there, there, "the day of the reminder")
        by_hand = channel is not Channel.MAIL and reached
        tried = channel in (Channel.PHONE, Channel.VISIT)
        copy = Delivery.objects.create(
            uid=new_uid(), notice=row, consignee=first.consignee, contact=first.contact, audience=first.audience,
            channel=channel, state=D.ACCEPTED if by_hand else D.NOT_REACHED if tried else D.PROMISED, reminds=first,
            made_on=day, answered_at=now() if by_hand else None, said=said[:500],
        )  # fmt: skip
        variant = row.variants.get(audience=first.audience)
        _promise(copy, variant, letter_text(row, variant), by)
        record(
            by=by, did="notice.reminded", to=copy, because=said,
            facts={"notice": row.number, "channel": channel, "reached": by_hand, "on": day},
        )  # fmt: skip
        if by_hand:
            _arrived(row, [copy], by, day)
    return copy


def note_delivery(
    *, delivery_uid: UUID | str, by: Actor, state: DeliveryState, said: str = "", on: date | None = None
) -> Delivery:
    """Note what became of a copy: a letter handed over, a call that reached somebody, a bounce, the portal opened.

    Of mail, only what comes after the server's answer: that it took it is the server's to say.

    Raises:
        NotAllowed: that cannot follow its state, or a person calls a mail delivered that no server has taken.
    """
    with transaction.atomic():
        campaign_uid = Delivery.objects.filter(uid=delivery_uid).values_list("notice__campaign__uid", flat=True).first()
        if campaign_uid is None:
            raise NotFound("there is no such record")
        step = "acknowledge"  # what a hospital's contact may do with its own copies: read them, answer them
        campaign = take_campaign(campaign_uid, by, "delivery.record", step=step)
        row = (
            Delivery.objects.select_for_update(of=("self",)).select_related("notice", "consignee").get(uid=delivery_uid)
        )
        row.notice.campaign = campaign
        if isinstance(by, HospitalContact):
            if row.consignee_id != by.consignee_pk:
                raise NotFound("there is no such record")
            if state not in (D.READ, D.ACKNOWLEDGED):
                raise NotAllowed("you can only say that you read it, or acknowledge it")
        if state not in DELIVERY_NEXT[row.at]:
            raise NotAllowed(f"a copy that is {row.at.label} cannot become: {state.label}")
        if row.channel == Channel.MAIL and row.at is D.PROMISED and state in (D.ACCEPTED, D.REFUSED):
            raise NotAllowed("that a mail was taken or refused is for the mail server to say")
        _settle(row, state, said)
        there = today(zone_of(campaign))
        day = not_in_future(on or there, there, "the day it was so")
        record(by=by, did=f"delivery.{state.value}", to=row, because=said, facts={"state": state, "on": day})
        if state.arrived:
            _arrived(row.notice, [row], system() if isinstance(by, HospitalContact) else by, day)
    return row


def follow_deliveries(limit: int = BATCH) -> int:
    """Take over what the mail servers answered. Work is found, not remembered; gives how many copies moved.

    The copy and the units at that consignee move together; a kill between two of them loses nothing.
    """
    moved = 0
    waiting = Delivery.objects.filter(channel=Channel.MAIL, state=D.PROMISED).order_by("pk")
    uids = list(waiting.values_list("uid", flat=True)[: limit * 20])
    for start in range(0, len(uids), BATCH):
        part = uids[start : start + BATCH]
        answered = [p for p in promises_of(Delivery.record_kind, part) if PromiseState(p.state) in _SETTLED]
        by_campaign: dict[UUID, list[Promise]] = {}
        campaigns = dict(Delivery.objects.filter(uid__in=part).values_list("uid", "notice__campaign__uid"))
        for promise in answered:
            by_campaign.setdefault(campaigns[promise.cause_uid], []).append(promise)
        for campaign_uid, promises in by_campaign.items():
            moved += _take_over(campaign_uid, promises)
        if moved >= limit:
            break
    return moved


def _take_over(campaign_uid: UUID, promises: list[Promise]) -> int:
    with transaction.atomic():
        campaign = take_campaign(campaign_uid, system(), "delivery.record")
        said = {promise.cause_uid: promise for promise in promises}
        rows = list(
            Delivery.objects.select_for_update(of=("self",))
            .filter(uid__in=said, state=D.PROMISED).select_related("notice", "consignee")
        )  # fmt: skip
        arrived: dict[tuple[int, date], list[Delivery]] = {}
        for row in rows:
            promise = said[row.uid]
            _settle(row, _SETTLED[PromiseState(promise.state)], promise.last_answer)
            row.notice.campaign = campaign
            if row.at.arrived and promise.settled_at is not None:
                day = local_date(promise.settled_at, zone_of(campaign))
                arrived.setdefault((row.notice_id, day), []).append(row)
        for (_notice, day), copies in arrived.items():
            _arrived(copies[0].notice, copies, system(), day)
        if rows:
            record(
                by=system(), did="deliveries.followed", to=campaign,
                facts={"copies": len(rows), "arrived": sum(r.at.arrived for r in rows),
                       "result": digest({str(r.uid): r.state for r in rows})},
            )  # fmt: skip
    return len(rows)


def _settle(row: Delivery, state: DeliveryState, said: str) -> None:
    row.state, at = state, now()
    if said:
        row.said = said[:500]
    if state is D.READ:
        row.read_at = at
    elif state is D.ACKNOWLEDGED:
        row.acknowledged_at = at
    else:
        row.answered_at = at
    row.save(update_fields=["state", "said", "read_at", "acknowledged_at", "answered_at"])


def _arrived(notice: Notice, copies: list[Delivery], by: Person, day: date) -> None:
    """What an arrived copy means: the units there are told, and, with the first one, the case's customers are."""
    campaign = notice.campaign
    if campaign.at is CampaignState.RUNNING:
        first = next(s for s in UNIT.steps if s.verb == "notify").from_states
        for consignee in {copy.consignee for copy in copies}:
            if UnitTask.objects.filter(campaign=campaign, state__in=first).exists():
                tell_units(campaign_uid=campaign.uid, which=Which(consignee=consignee.uid), by=by, on=day)
    if campaign.case is None:
        return
    told = campaign.case.dated_facts.filter(kind=FactKind.CUSTOMERS_TOLD, detail__communication=notice.number)
    if told.exists():
        return
    audiences = {Audience(v.audience) for v in notice.variants.all()}
    users = audiences & {Audience.CLINICIAN, Audience.PATIENT}
    add_fact(
        campaign.case, FactKind.CUSTOMERS_TOLD, day, by,
        detail={
            "communication": notice.number, "content": "abcd", "names_action": notice.names_action,
            "audience": "customers and user community" if users else "customers", "campaign": campaign.number,
        },
        evidence=f"Notice {notice.number}: first copy arrived on {day.isoformat()}; {notice.deliveries.count()} copies "
        f"in all, see {campaign.number}",
    )  # fmt: skip
