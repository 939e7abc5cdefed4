"""How every verb of this room takes its record: behind its walls, allowed, locked, unchanged since it was read."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from suture.accounts.models import Person
from suture.accounts.queries import sees
from suture.accounts.services import require, system
from suture.assessment.models import Case
from suture.core.campaigns import BY_CONSIGNEE
from suture.core.errors import Conflict, NotAllowed, NotFound
from suture.inventory.models import Contact
from suture.remediation.models import Campaign


@dataclass(frozen=True, slots=True)
class HospitalContact:
    """Somebody of a consignee who acts for its own units. Evidence keeps the role, never the name.

    `consignee_pk` bounds what they reach; with `site_pk`, no further than that site.
    """

    uid: UUID
    printed_name: str
    consignee_pk: int
    site_pk: int | None = None


Actor = Person | HospitalContact


def acting_for(contact: Contact) -> HospitalContact:
    """The actor that a contact of a consignee is.

    Raises:
        NotAllowed: the contact is no longer active.
    """
    if not contact.active:
        raise NotAllowed("this contact is no longer active")
    return HospitalContact(contact.uid, contact.label, contact.consignee_id, contact.site_id)


def person_behind(by: Actor) -> Person:
    """Who stands in a row that only a person can stand in: the person, or Suture itself for somebody outside."""
    return by if isinstance(by, Person) else system()


def require_campaign(by: Person, verb: str, campaign: Campaign) -> None:
    """Let a verb on a campaign go on, or say why not.

    Raises:
        NotFound: its case, the vulnerability or the product's field stands behind a wall.
        NotAllowed: the person may not.
    """
    require(by, verb, campaign)
    if campaign.case is not None:
        require(by, verb, campaign.case.vulnerability)
    if not sees(by, campaign.product.field_wall):
        raise NotFound("there is no such record")


def take_campaign(
    campaign_uid: UUID | str, by: Actor, verb: str, *, step: str = "", version: int | None = None
) -> Campaign:
    """Lock a campaign for a verb, in the caller's transaction.

    Args:
        step: for what is done to its units: which step; a hospital's contact may take those of `BY_CONSIGNEE` alone.
        version: the version the person looked at.

    Raises:
        NotFound, NotAllowed, Conflict: as `take_case`.
    """
    case_uid = Campaign.objects.filter(uid=campaign_uid).values_list("case__uid", flat=True).first()
    if case_uid is not None:  # the case first, always: so nobody waits for the other in a circle
        Case.objects.select_for_update(of=("self",)).get(uid=case_uid)
    row = (
        Campaign.objects.select_for_update(of=("self",))
        .select_related(
            "case__wall", "case__vulnerability__wall", "case__establishment", "product__field_wall", "target"
        )
        .filter(uid=campaign_uid)
        .first()
    )
    if row is None:
        raise NotFound("there is no such record")
    if isinstance(by, Person):
        require_campaign(by, verb, row)
    elif step not in BY_CONSIGNEE:
        raise NotAllowed(f"{by.printed_name} may not do this; it is for those who answer for the device")
    if version is not None and version != row.version:
        raise Conflict(
            f"{row.number} was changed meanwhile: you saw version {version}, it is at version {row.version}; "
            "look again, then repeat"
        )
    return row


def touch_campaign(row: Campaign, *fields: str) -> None:
    """Save these fields and move the version on."""
    row.version += 1
    row.save(update_fields=["version", *fields])
