"""Promise something that must happen outside, in the transaction of its cause; try it again, or give it up.

How a promise is kept stands in `delivery.py`. A later room follows its promises by asking (`jobs.queries`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from suture.accounts.models import Person, Tlp, Wall
from suture.accounts.services import new_uid, require
from suture.core.errors import Conflict, InvalidValue, NotAllowed, SutureError
from suture.core.promises import PromiseState
from suture.core.roles import Role
from suture.evidence.canonical import canonical
from suture.evidence.clock import now
from suture.evidence.services import Recorded, record
from suture.jobs.clock import machine_now
from suture.jobs.models import Promise

LARGEST_PAYLOAD = 2_000_000  # characters; larger things are files, and the payload names their SHA-256
REPEATABLE = frozenset({PromiseState.REFUSED, PromiseState.GIVEN_UP, PromiseState.PROMISED, PromiseState.NO_ANSWER})
_TLP_ORDER = (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED)


def promise(
    *, kind: str, key: str, payload: Mapping[str, Any], cause: Recorded, by: Person, label: str,
    due: datetime | None = None, until: datetime | None = None, wall: Wall | None = None, tlp: str = "",
    only_for: Role | None = None, forget: bool = False,
) -> Promise:  # fmt: skip
    """Write down what must happen outside; it commits or vanishes with its cause. The worker keeps it.

    Asked again with the same kind, key and payload, it gives the promise that stands: a verb may be repeated.

    Args:
        kind: who keeps it: 'mail'. A kind that no worker keeps waits, and the outbox says so.
        key: what makes it once among its kind, e.g. f"notice {notice.uid} to {contact.uid}"; at most 200 characters.
        payload: what the deliverer needs, with a canonical spelling. Kept as it is: later changes change nothing.
        cause: the record it is promised for. Its wall and TLP label hold for the promise, unless stricter are given.
        label: what it is, for the outbox and the evidence; without personal data.
        due: not before this instant; now if None.
        until: worthless after this instant, e.g. a sign-in code; then it is given up.
        only_for: a role; nobody without it learns that the promise exists (a finder's address, for instance).
        forget: blank the payload once it is settled; its SHA-256 stays.

    Raises:
        SutureError: called outside a transaction.
        InvalidValue: an empty or too long field, a payload without canonical spelling, `until` not after `due`.
        Conflict: the key is taken by a promise of another content.
    """
    if not connection.in_atomic_block:
        raise SutureError("a promise is made in the transaction of its cause")
    for name, value, most in (("kind", kind, 40), ("key", key, 200), ("label", label, 300)):
        if not 1 <= len(value) <= most:
            raise InvalidValue(f"the {name} of a promise has 1 to {most} characters, not {len(value)}")
    at = now()
    if until is not None and until <= (due or at):
        raise InvalidValue("a promise must end after it is due")
    try:
        text = canonical(dict(payload))
    except (TypeError, ValueError) as error:
        raise InvalidValue(f"the payload of a promise has no canonical spelling: {error}") from error
    if len(text) > LARGEST_PAYLOAD:
        raise InvalidValue(
            f"the payload of a promise has at most {LARGEST_PAYLOAD:,} characters; name a file's SHA-256 instead"
        )
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    made, new = Promise.objects.get_or_create(
        kind=kind,
        key=key,
        defaults={
            "uid": new_uid(), "label": label, "payload": text, "payload_sha256": sha256, "forget": forget,
            "wall": wall or getattr(cause, "wall", None), "tlp": _stricter(tlp, getattr(cause, "tlp", "")),
            "only_for": only_for.value if only_for else "", "cause_kind": cause.record_kind, "cause_uid": cause.uid,
            "cause_label": cause.label[:300], "promised_by": by, "promised_at": at, "due_at": due or at,
            "until": until, "rest_until": machine_now(),
        },
    )  # fmt: skip
    if not new and made.payload_sha256 != sha256:
        raise Conflict(f"'{key}' is promised already, with another content; a change is a new promise with a new key")
    return made


def _stricter(one: str, other: str) -> str:
    return max((Tlp(one or Tlp.CLEAR), Tlp(other or Tlp.CLEAR)), key=_TLP_ORDER.index)


def try_again(*, promise: Promise, by: Person, because: str) -> Promise:
    """Let the worker try once more at its next round, without the rest that was ordered.

    What was handed over without an answer rests its quarantine all the same.

    Raises:
        NotAllowed: it is delivered, is being attempted, was forgotten, or its time is over.
    """
    with transaction.atomic():
        row = Promise.objects.select_for_update().get(pk=promise.pk)
        require(by, "promise.repeat", row)
        if row.state not in REPEATABLE:
            raise NotAllowed(f"this message is {row.state}; it is not tried again")
        if not row.payload:
            raise NotAllowed("the content of this message was forgotten when it was settled; its cause sends a new one")
        if row.until is not None and row.until <= now():
            raise NotAllowed("the time of this message is over; its cause sends a new one")
        if row.state != PromiseState.NO_ANSWER:
            row.state, row.rest_until, row.settled_at = PromiseState.PROMISED, machine_now(), None
            row.answers = [a for a in row.answers if a["verdict"] == "delivered"]  # who was refused is asked again
            row.promised_again_at = now()
        row.save(update_fields=["state", "rest_until", "settled_at", "answers", "promised_again_at"])
        record(by=by, did="promise.repeated", to=row, because=because)
    return row


def give_up(*, promise: Promise, by: Person, because: str) -> Promise:
    """Stop trying; the reason stays beside it.

    Raises:
        NotAllowed: it is delivered, or a worker is at it this moment.
        InvalidValue: no reason.
    """
    if not because.strip():
        raise InvalidValue("say why it is given up, and how the addressee learns of it otherwise")
    with transaction.atomic():
        row = Promise.objects.select_for_update().get(pk=promise.pk)
        require(by, "promise.give_up", row)
        if row.state not in REPEATABLE:
            raise NotAllowed(f"this message is {row.state}; it cannot be given up")
        row.state, row.settled_at, row.given_up_because = PromiseState.GIVEN_UP, now(), because
        row.given_up_by = by
        row.save(update_fields=["state", "settled_at", "given_up_because", "given_up_by"])
        record(by=by, did="promise.given_up", to=row, because=because)
    return row
