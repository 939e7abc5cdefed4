"""The record of a correction or removal that is not reported, and its review by a designated person."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Max

from suture.accounts.models import Person
from suture.accounts.services import new_uid, reauthenticate, require, sign
from suture.assessment.services import role_for, take_case, touch
from suture.core.errors import Conflict, InvalidValue, NotAllowed
from suture.core.roles import who
from suture.evidence.canonical import digest
from suture.evidence.clock import now
from suture.evidence.services import record
from suture.inventory.models import Product
from suture.reporting.models import Record806
from suture.reporting.queries import is_signed, record_for
from suture.reporting.sources import record_values


def draft_record806(
    *, case_uid: UUID | str, product: Product, by: Person, justification: str, follow_ups: str,
    version: int | None = None,
) -> Record806:  # fmt: skip
    """Write the record of what is not reported for one device: what was done, and why it is not reported.

    Each call is a new version; the values are kept as they stand now.

    Args:
        follow_ups: the conclusions and any follow-ups.

    Raises:
        InvalidValue: no justification or no conclusion, or the case does not concern the device.

    Source: 21 CFR 806.20(b); FD&C Act §519(g)(1).
    """
    if not justification.strip() or not follow_ups.strip():
        raise InvalidValue("a record says why it is not reported, and what was concluded (21 CFR 806.20(b)(4))")
    with transaction.atomic():
        case = take_case(case_uid, by, "record806.draft", version)
        if not case.answers.filter(release__product=product).exists():
            raise InvalidValue(f"{case.number} does not concern {product.brand_name}")
        earlier = case.records_806.filter(product=product).aggregate(last=Max("version"))["last"] or 0
        row = Record806.objects.create(
            uid=new_uid(), case=case, product=product, version=earlier + 1, justification=justification,
            follow_ups=follow_ups, drafted_at=now(), by=by,
            items=[{"values": record_values(case, product, justification, follow_ups)}],
        )  # fmt: skip
        touch(case)
        record(by=by, did="record806.drafted", to=row, facts={"digest": digest(row.content()), "version": row.version})
    return row


def sign_record806(*, record_uid: UUID | str, by: Person, password: str, because: str = "") -> Record806:
    """Sign as the designated person that the justification was reviewed and evaluated.

    Raises:
        NotAllowed: it is signed already, the person may not, or the password is wrong.
        Conflict: there is a later version.

    Source: 21 CFR 806.20(b)(4).
    """
    seen = record_for(by, record_uid)
    require(by, "record806.sign", seen.case)
    reauthenticate(by, password)
    with transaction.atomic():
        case = take_case(seen.case.uid, by, "record806.sign")
        row = case.records_806.filter(product=seen.product).order_by("-version").first()
        if row is None or row.uid != seen.uid:
            raise Conflict(f"{seen.label} has a later version; sign that one")
        if is_signed(row):
            raise NotAllowed(f"{row.label} is signed already")
        sign(
            by=by, to=row, digest=digest(row.content()), meaning="review and evaluation by the designated person",
            as_role=role_for(by, who("record806.sign")), because=because,
        )  # fmt: skip
        touch(case)
        record(by=by, did="record806.signed", to=row, because=because, facts={"digest": digest(row.content())})
    return row
