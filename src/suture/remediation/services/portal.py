"""What a hospital does by itself: open its link, sign in by a mailed code, ask a question.

The link names one copy of a notice and is signed with a secret that lies outside the database: who knows a record's uid
cannot make one. It shows that consignee's devices and nothing else; whoever acts signs in by a code to the address
the notice went to.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.services import new_uid, system
from suture.core.communications import DeliveryState
from suture.core.errors import InvalidValue, NotAllowed, NotFound
from suture.evidence.clock import now
from suture.evidence.services import record
from suture.inventory.models import Contact
from suture.jobs.letters import Letter, promise_mail
from suture.remediation.links import uid_behind
from suture.remediation.models import Delivery, PortalCode, Question
from suture.remediation.services.deliveries import note_delivery
from suture.remediation.services.taking import acting_for, require_campaign

CODE_LASTS = timedelta(minutes=15)
CODES_AT_ONCE = 3  # in that time, to one contact
WRONG_CODES = 5  # then the code is dead
LONGEST_QUESTION = 4000


def delivery_behind(token: str) -> Delivery:
    """The copy of a notice a link stands for.

    Raises:
        NotFound: the link is not one of ours, or its contact is no longer active.
    """
    row = (
        Delivery.objects.select_related(
            "notice__campaign__product", "notice__campaign__target", "notice__campaign__case", "consignee",
            "contact__consignee", "contact__site",
        )
        .filter(uid=uid_behind(token), contact__active=True)
        .first()
    )  # fmt: skip
    if row is None:
        raise NotFound("this link is no longer in use; ask us for another")
    return row


def send_code(*, token: str) -> None:
    """Mail a sign-in code to the contact behind a link. The code is forgotten once it is sent.

    Raises:
        NotAllowed: too many of late, or no mail address is known.
    """
    with transaction.atomic():
        delivery = delivery_behind(token)
        contact = Contact.objects.select_for_update(of=("self",)).filter(pk=delivery.contact_id or 0).first()
        if contact is None or not contact.email:
            raise NotAllowed("we know no mail address of yours; ring us, the number stands in the notice")
        if PortalCode.objects.filter(contact=contact, made_at__gt=now() - CODE_LASTS).count() >= CODES_AT_ONCE:
            raise NotAllowed("several codes were sent already; use the last one, or wait a quarter of an hour")
        code = f"{secrets.randbelow(10**8):08}"
        until = now() + CODE_LASTS
        row = PortalCode.objects.create(contact=contact, hashed=make_password(code), made_at=now(), until=until)
        letter = Letter(
            to=(contact.email,), subject="Your sign-in code",
            text=f"{code[:4]} {code[4:]}\n\nIt is good for a quarter of an hour, once, on the page you asked from. "
            "If it was not you who asked, do nothing.",
        )  # fmt: skip
        promise_mail(
            letter=letter, key=f"portal code {row.pk}", cause=delivery, by=system(), until=until, forget=True,
            label=f"Sign-in code for {delivery.consignee.name}",
        )  # fmt: skip


def redeem_code(*, token: str, code: str) -> Contact:
    """Sign a contact in by the last code that was mailed.

    Raises:
        NotAllowed: wrong, used, too old, or tried too often. Which of these, nobody is told.
    """
    given = "".join(c for c in code if c.isdigit())
    with transaction.atomic():
        delivery = delivery_behind(token)
        row = (
            PortalCode.objects.select_for_update().filter(contact=delivery.contact_id, used_at=None, until__gt=now())
            .order_by("-made_at", "-pk").first()
        )  # fmt: skip
        right = False
        if row is not None and row.tries < WRONG_CODES:
            right = check_password(given, row.hashed)
            row.tries += 1
            row.used_at = now() if right else None
            row.save(update_fields=["tries", "used_at"])
    if not right or delivery.contact is None:
        raise NotAllowed("this code is not right, or no longer good; have a new one sent")
    return delivery.contact


def note_read(*, token: str) -> None:
    """Whoever signed in has read the notice; that a link was fetched proves nothing (mail filters fetch links)."""
    delivery = delivery_behind(token)
    if delivery.contact is not None and delivery.at is DeliveryState.ACCEPTED:
        note_delivery(delivery_uid=delivery.uid, by=acting_for(delivery.contact), state=DeliveryState.READ)


def ask_question(*, token: str, text: str) -> Question:
    """Ask us something; it lands on a desk.

    Raises:
        InvalidValue: empty or too long.
    """
    if not text.strip() or len(text) > LONGEST_QUESTION:
        raise InvalidValue(f"a question has 1 to {LONGEST_QUESTION:,} characters")
    with transaction.atomic():
        delivery = delivery_behind(token)
        if delivery.contact is None:
            raise NotAllowed("nobody is known behind this link")
        row = Question.objects.create(
            uid=new_uid(),
            campaign=delivery.notice.campaign,
            contact=delivery.contact,
            text=text.strip(),
            asked_at=now(),
        )
        record(by=acting_for(delivery.contact), did="question.asked", to=row, facts={"delivery": delivery.uid})
    return row


def answer_question(*, question_uid: UUID | str, by: Person, text: str) -> Question:
    """Answer a hospital's question by mail; what was said stays beside it.

    Raises:
        InvalidValue: no text.
        NotAllowed: it is answered, or no mail address is known.
    """
    with transaction.atomic():
        row = (
            Question.objects.select_for_update(of=("self",))
            .select_related("campaign__case", "campaign__product", "contact__consignee")
            .filter(uid=question_uid).first()
        )  # fmt: skip
        if row is None:
            raise NotFound("there is no such record")
        require_campaign(by, "delivery.record", row.campaign)
        if not text.strip():
            raise InvalidValue("an answer has some words")
        if row.answered_at is not None:
            raise NotAllowed("this question is answered")
        if not row.contact.email:
            raise NotAllowed("no mail address of theirs is known; ring them, and note it in the campaign")
        row.answer, row.answered_by, row.answered_at = text.strip(), by, now()
        row.save(update_fields=["answer", "answered_by", "answered_at"])
        letter = Letter(
            to=(row.contact.email,), subject=f"Your question about {row.campaign.product.brand_name}",
            text=f"You asked:\n{row.text}\n\nOur answer:\n{row.answer}",
        )  # fmt: skip
        promise_mail(letter=letter, key=f"answer {row.uid}", cause=row, by=by, label=f"Answer: {row.label}")
        record(by=by, did="question.answered", to=row, facts={"at": row.answered_at})
    return row
