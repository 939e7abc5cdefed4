"""A fleet in the field: consignees, their sites and contacts, and units by the hundred; and a campaign over them."""

from __future__ import annotations

from datetime import date
from typing import Any

from suture.accounts.models import Person, Wall
from suture.accounts.services import new_uid
from suture.assessment.models import Case
from suture.core.campaigns import EffectivenessLevel
from suture.core.communications import Audience, CustomerCommunication
from suture.core.facts import Answer
from suture.inventory.models import Consignee, Contact, Product, Release, Site, Unit
from suture.remediation.models import Campaign, Notice, UnitTask
from suture.remediation.services import (
    approve_campaign,
    approve_notice,
    open_campaign,
    send_notice,
    start_campaign,
    write_notice,
    write_variant,
)
from tests.house import PASSWORD
from tests.rooms.casework import Work

WHOLE = CustomerCommunication(
    vulnerability="A crafted packet stops the controller.", impact="An infusion may stop; the pump alarms.",
    efforts="We work on it as fast as we can.", controls="Isolate the pumps' Wi-Fi.",
    working_on_fix="Release 4.2.1 is in verification.", fix_announcement="We write again when it is there.",
)  # fmt: skip


def hospitals(count: int, *, wall: Wall | None = None) -> list[Site]:
    """Hospitals with one site and one contact of biomedical engineering each."""
    sites = []
    for n in range(1, count + 1):
        consignee = Consignee.objects.create(
            uid=new_uid(), kind=Consignee.Kind.HOSPITAL, reference=f"H-{n:03}", name=f"Hospital {n:03}", wall=wall
        )
        Contact.objects.create(
            uid=new_uid(), consignee=consignee, role=Contact.Role.BIOMED, email=f"biomed{n}@hospital{n}.example"
        )
        sites.append(Site.objects.create(uid=new_uid(), consignee=consignee, name="Main"))
    return sites


def home(provider: Consignee, n: int) -> Site:
    """A user at home, reached through a provider, under the provider's own reference."""
    user = Consignee.objects.create(
        uid=new_uid(), kind=Consignee.Kind.USER_AT_HOME, reference=f"U-{n}", name=f"P-{n}", through=provider
    )
    return Site.objects.create(uid=new_uid(), consignee=user, name="Home", home_use=True)


def units(product: Product, release: Release | None, sites: list[Site], count: int, start: int = 1) -> list[Unit]:
    """Units, dealt round the sites in turn."""
    return Unit.objects.bulk_create(
        Unit(uid=new_uid(), product=product, serial=f"S{n:05}", release=release, site=sites[n % len(sites)])
        for n in range(start, start + count)
    )


def drafted(work: Work, case: Case, **more: Any) -> Campaign:
    """A campaign that installs 4.2.1."""
    said: dict[str, Any] = {
        "title": "Aria P2: release 4.2.1", "action": "Install release 4.2.1.", "level": EffectivenessLevel.C,
        "target": work.releases.get("4.2.1"), "product": work.pump,
    }  # fmt: skip
    return open_campaign(case_uid=case.uid, by=work.rosa, **{**said, **more})


def noticed(work: Work, campaign: Campaign, names_action: Answer = Answer.YES, **more: Any) -> Notice:
    """A notice for hospital IT and clinicians, approved."""
    notice = write_notice(
        campaign_uid=campaign.uid, by=work.rosa, said=WHOLE, names_action=names_action, contact_line="218-555-0100",
        **more,
    )  # fmt: skip
    for audience in (Audience.HOSPITAL_IT, Audience.CLINICIAN):
        write_variant(
            notice_uid=notice.uid, by=work.rosa, audience=audience, subject="Aria P2: install release 4.2.1",
            opening="Your pumps can be stopped from the network.", what_to_do="Install 4.2.1; isolate the Wi-Fi.",
        )  # fmt: skip
    return approve_notice(notice_uid=notice.uid, by=work.rosa, password=PASSWORD)


def running(work: Work, case: Case, on: date | None = None, **more: Any) -> tuple[Campaign, Notice]:
    """A campaign that runs, its notice sent."""
    campaign = drafted(work, case, **({"on": on} if on else {}), **more)
    approve_campaign(campaign_uid=campaign.uid, by=work.quinn, password=PASSWORD, **({"on": on} if on else {}))
    notice = noticed(work, campaign)
    start_campaign(campaign_uid=campaign.uid, by=work.rosa, **({"on": on} if on else {}))
    send_notice(notice_uid=notice.uid, by=work.rosa, **({"on": on} if on else {}))
    campaign.refresh_from_db()
    return campaign, notice


def at(campaign: Campaign, *serials: str) -> list[str]:
    """Where these units stand."""
    rows = UnitTask.objects.filter(campaign=campaign, unit__serial__in=serials).order_by("unit__serial")
    return [row.state for row in rows]


def field_engineer(register: Any) -> Person:
    """Erik serves in the field."""
    from suture.core.roles import Role

    person: Person = register("Erik Moss", Role.FIELD_SERVICE)
    return person
