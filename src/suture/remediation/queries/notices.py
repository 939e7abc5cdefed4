"""Reads of notices and their copies: what was promised, what arrived, whom nobody reached; and the letter itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from suture.accounts.models import Person
from suture.accounts.queries import visible
from suture.core.campaigns import REMIND_AFTER
from suture.core.communications import Audience, DeliveryState
from suture.inventory.models import Consignee, Contact
from suture.remediation.models import Campaign, Delivery, Notice, NoticeVariant
from suture.remediation.queries.campaigns import tallies_for

# Whom of a consignee's contacts an audience's variant goes to, best first. Patients are reached through these.
REACHED_BY = {
    Audience.CLINICIAN: (Contact.Role.CLINICAL, Contact.Role.RECALL),
    Audience.HOSPITAL_IT: (Contact.Role.IT, Contact.Role.BIOMED, Contact.Role.RECALL),
    Audience.PATIENT: (Contact.Role.HOME_CARE, Contact.Role.RECALL),
}
_ARRIVED = [s.value for s in DeliveryState if s.arrived]


def deliveries_for(person: Person, campaign: Campaign) -> QuerySet[Delivery]:
    """Every copy of every notice of a campaign, without those to consignees behind a wall."""
    rows = Delivery.objects.filter(notice__campaign=campaign).select_related("notice", "consignee", "contact")
    return visible(person, rows, wall="consignee__wall")


def delivery_counts(person: Person, campaign: Campaign) -> dict[DeliveryState, int]:
    """How many copies stand in each state."""
    found = dict(deliveries_for(person, campaign).order_by().values_list("state").annotate(n=Count("pk")))
    return {state: found.get(state.value, 0) for state in DeliveryState}


@dataclass(frozen=True, slots=True)
class Silent:
    """A consignee that owes an answer: what was tried, by which ways, since when."""

    consignee: Consignee
    first_on: date | None  # None: nothing was ever sent
    tried: tuple[str, ...]
    arrived: bool


def silent_since(person: Person, campaign: Campaign, today: date) -> list[Silent]:
    """Consignees that have not acknowledged a week after the first copy, or that nobody could write to at all."""
    by_consignee: dict[int, list[Delivery]] = {}
    for row in deliveries_for(person, campaign).order_by("made_on", "pk"):
        by_consignee.setdefault(row.consignee_id, []).append(row)
    answered = {
        pk for pk, rows in by_consignee.items() if any(r.state == DeliveryState.ACKNOWLEDGED for r in rows)
    } | set(
        tallies_for(person, campaign)
        .filter(state__in=["acknowledged", "scheduled", "installed", "verified", "declined"])
        .values_list("consignee", flat=True)
    )
    silent = []
    for pk, rows in by_consignee.items():
        first = min((r.made_on for r in rows if r.state != DeliveryState.NO_ADDRESS), default=None)
        if pk not in answered and (first is None or today - first >= REMIND_AFTER):
            ways = tuple(dict.fromkeys(r.get_channel_display() for r in rows if r.state != DeliveryState.NO_ADDRESS))
            silent.append(Silent(rows[0].consignee, first, ways, any(r.at.arrived for r in rows)))
    return sorted(silent, key=lambda s: (s.first_on or date.min, s.consignee.name))


def letter_text(notice: Notice, variant: NoticeVariant) -> str:
    """The whole letter of one audience as plain text: what a mail carries and a printed page shows.

    The points a to d stand in every variant, in the order of the guidance (FDA 2016 §VII.B).
    """
    parts = [variant.opening.strip()]
    if variant.what_to_do.strip():
        parts.append(f"What to do now\n{variant.what_to_do.strip()}")
    if notice.end_of_support:
        ends = notice.ends
        parts += [
            f"What it concerns\n{ends.device}", f"Last day of support\n{ends.last_day}", f"What ends\n{ends.what_ends}",
            f"What passes to you\n{ends.responsibility}", f"What we advise\n{ends.advice}",
            f"What we go on doing\n{ends.still_done}",
        ]  # fmt: skip
    else:
        controls = notice.controls.strip() or "There are no compensating controls that we could recommend."
        strategy = "\n".join(t.strip() for t in (notice.working_on_fix, notice.defense_in_depth) if t.strip())
        parts += [
            f"The vulnerability\n{notice.vulnerability}", f"What it may mean\n{notice.impact}",
            f"What we are doing\n{notice.efforts}", f"Controls\n{controls}",
            f"The fix\n{strategy}\n{notice.fix_announcement}",
        ]  # fmt: skip
    if notice.contact_line.strip():
        parts.append(f"Whom to ask\n{notice.contact_line.strip()}")
    parts.append(f"Notice {notice.number}, campaign {notice.campaign.number}")
    return "\n\n".join(part.strip() for part in parts) + "\n"


def has_arrived(rows: QuerySet[Delivery]) -> bool:
    """Whether one of these copies is shown to have reached the other side."""
    return rows.filter(state__in=_ARRIVED).exists()
