"""A control library with real entries, and a running campaign: an unused service port is switched off, unit by unit."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from suture.assessment.models import Case
from suture.core.campaigns import CheckResult, EffectivenessLevel
from suture.core.communications import Audience, Channel, CustomerCommunication, DeliveryState
from suture.core.controls import EntryState
from suture.core.facts import Answer
from suture.demo.people import PASSWORD
from suture.demo.scenes.own import PORT
from suture.demo.stage import Stage
from suture.inventory.models import Consignee, Unit
from suture.remediation.models import Campaign, ControlEntry, Delivery, Notice, UnitTask
from suture.remediation.services import (
    HospitalContact,
    Which,
    acknowledge_units,
    acting_for,
    approve_campaign,
    approve_notice,
    check_effectiveness,
    check_new_risk,
    decline_units,
    end_entry,
    lose_units,
    note_delivery,
    open_campaign,
    open_service_order,
    propose_entry,
    recommend_entry,
    remind,
    report_installed,
    retire_units,
    schedule_units,
    send_notice,
    start_campaign,
    verify_entry,
    verify_units,
    write_notice,
    write_variant,
)

BEGUN = 40  # days ago
TITLE = "Aria P2: service port switched off"
YES = Answer.YES

# name, purpose, who, where, instructions, skill, what is lost, greater risk, why, evidence (None: not verified yet)
ENTRIES: tuple[tuple[str, str, str, str, str, str, str, Answer, str, str | None], ...] = (
    (
        "Network segment of the devices' own", "Whoever is not on the segment cannot reach the device.",
        "Hospital IT", "Hospital network: an SSID and VLAN of the devices' own",
        "Allow only the gateway's address, both ways; block everything else. About 15 minutes a ward.",
        "Network administrator", "None: the gateway still reaches the devices.", Answer.NO,
        "Infusion, alarms and the drug library were tried for a day on the segment.",
        "TR-1190: no packet from outside reached the pump; all alarms sounded, central station included.",
    ),
    (
        "Service port switched off", "The shell on tcp/2222 answers no more.",
        "Biomedical engineering", "At the device: Settings › Service › Remote shell",
        "Set “Remote shell” to Off, restart, read the setting again.", "Biomedical engineer, service code",
        "None: no field tool uses the port any more.", Answer.NO, "No function of the pump uses the shell.",
        "TR-1121: port closed after restart; self-test passed on twelve pumps.",
    ),
    (
        "Wi-Fi switched off, drug library by cable", "Nothing can be sent to the device over the air.",
        "Biomedical engineering", "At the pump: Settings › Network › Off",
        "Switch off, then load drug library updates by cable, once a month.", "Biomedical engineer",
        "Drug library updates over the air; auto-documentation of infusions.", Answer.NO,
        "The library is loaded by cable meanwhile; documentation falls back to the chart.",
        "TR-1190, second part: infusion and alarms without Wi-Fi.",
    ),
    (
        "Disconnect from the network", "Nothing on the network reaches the device.",
        "Ward staff", "At the device: pull the cable, switch Wi-Fi off",
        "Pull the network cable; confirm the notice on the screen.", "None",
        "Remote alarms at the central station: an alarm is heard in the room alone.", YES,
        "A ventilator alarm that nobody hears in the corridor is a greater risk than the vulnerability on most wards. "
        "Only with somebody at the bedside.", "TR-1204: the device works; the central station loses it within 4 s.",
    ),
    (
        "Removable media locked", "No image or tool is loaded from a USB stick.",
        "Hospital IT", "Group policy of the workstation", "Apply policy HX-USB-03; keep one reader for the archive.",
        "Windows administrator", "Import of outside studies by stick at the workstation; the archive still reads them.",
        Answer.NO, "Studies arrive through the archive within minutes.", None,
    ),
)  # fmt: skip


@transaction.atomic
def play_library(stage: Stage) -> None:
    """Five controls; one of them brings a greater risk of its own, and says which."""
    if ControlEntry.objects.exists():
        return
    for name, purpose, who, where, how, skill, loses, adds, why, evidence in ENTRIES:
        row = propose_entry(
            by=stage["jana"], name=name, purpose=purpose, external_to_design=YES, field_configurable=YES,
            employed_by_user=YES, employed_by=who, where=where, instructions=how, skill=skill, loses=loses,
        )  # fmt: skip
        if evidence is None:
            continue
        verify_entry(
            entry_uid=row.uid, by=stage["yuki"], evidence=evidence, on=stage.weekday(120),
            holds_until=stage.ahead(245), products=[stage.product("Aria P2")],
        )  # fmt: skip
        check_new_risk(
            entry_uid=row.uid, by=stage["maren"], adds_risk=adds, because=why, loses=loses, on=stage.weekday(118)
        )
        if adds is Answer.NO:
            recommend_entry(
                entry_uid=row.uid, by=stage["tomas"], because="For cases in which the network is the way in."
            )
    old = propose_entry(
        by=stage["jana"], name="Antivirus of the hospital on the workstation", purpose="Finds known malware.",
        employed_by="Hospital IT", where="Workstation", instructions="Install, exclude the archive's folders.",
        skill="Windows administrator", loses="Scans slow down image loading.",
    )  # fmt: skip
    end_entry(
        entry_uid=old.uid,
        by=stage["tomas"],
        becomes=EntryState.RETIRED,
        because="Replaced by allow-listing, which the workstation brings itself since 11.2.",
    )


@transaction.atomic
def play_campaign(stage: Stage) -> None:
    """Forty days of a campaign: told, acknowledged, done, seen; one hospital declines, one is silent, some retire."""
    case = Case.objects.filter(vulnerability__title=PORT).first()
    pump = stage.product("Aria P2")
    fielded = Unit.objects.filter(product=pump, release__version__in=["4.1", "4.2"])
    if case is None or Campaign.objects.exists() or not fielded.exists():
        return
    row = open_campaign(
        case_uid=case.uid, product=pump, by=stage["ingrid"], title=TITLE, purpose=Campaign.Purpose.IMPROVEMENT,
        action="Set “Remote shell” to Off (Settings › Service), restart, read the setting again.",
        level=EffectivenessLevel.C, finish_by=stage.ahead(20), on=stage.ago(BEGUN), unknown_too=False,
    )  # fmt: skip
    approve_campaign(
        campaign_uid=row.uid, by=stage["ruth"], password=PASSWORD, on=stage.ago(BEGUN - 1),
        because="A setting, verified in TR-1121; no function is lost.",
    )  # fmt: skip
    notice = _notice(stage, row)
    start_campaign(campaign_uid=row.uid, by=stage["ingrid"], on=stage.ago(BEGUN - 2))
    send_notice(notice_uid=notice.uid, by=stage["ingrid"], on=stage.ago(BEGUN - 2))
    spoken_to = list(
        Consignee.objects.filter(pk__in=row.tallies.values("consignee")).order_by("name").prefetch_related("contacts")
    )
    for n, consignee in enumerate(spoken_to):
        _at(stage, row, notice, consignee, n, len(spoken_to))


def _notice(stage: Stage, row: Campaign) -> Notice:
    notice = write_notice(
        campaign_uid=row.uid, by=stage["ingrid"], names_action=YES, on=stage.ago(BEGUN - 2),
        contact_line="Product security, Northlake Medical, 218-555-0131, at any hour; psirt@northlake.example",
        said=CustomerCommunication(
            vulnerability="A service shell on tcp/2222 of Aria P2 4.1 and 4.2 is open although no field tool uses it.",
            impact="Infusion and alarms run on a controller the shell cannot reach. Under load the display of a rate "
            "change may lag by up to two seconds. We know of no use of it against a pump.",
            efforts="We are closing the port on every pump as fast as hospitals can spare them.",
            controls="Switch the remote shell off at the pump. Until then, block tcp/2222 at the edge of the segment.",
            working_on_fix="Release 4.2.1 closes the port for good; it is in verification.",
            fix_announcement="We write again when release 4.2.1 can be ordered.",
        ),
    )  # fmt: skip
    words = {
        Audience.HOSPITAL_IT: (
            "Your Aria P2 pumps answer on a port nobody needs.",
            "At each pump: Settings › Service › Remote shell › Off; restart; read the setting again. Tick it done in "
            "the portal, or answer this letter with the serial numbers.",
        ),
        Audience.CLINICIAN: (
            "Nothing changes at the bedside: the pumps infuse and alarm as always.",
            "Release each pump to biomedical engineering for five minutes, between two patients.",
        ),
        Audience.PATIENT: (
            "The pump you use at home has a setting that is no longer needed and will be switched off.",
            "You need not do anything. Your care provider calls you for a date. Go on using the pump as before.",
        ),
    }
    for whom, (opening, todo) in words.items():
        write_variant(
            notice_uid=notice.uid, by=stage["ingrid"], audience=whom, subject="Aria P2: switch the service port off",
            opening=opening, what_to_do=todo,
        )  # fmt: skip
    return approve_notice(
        notice_uid=notice.uid, by=stage["ingrid"], password=PASSWORD, on=stage.ago(BEGUN - 2), because="As reviewed."
    )


def _at(stage: Stage, row: Campaign, notice: Notice, consignee: Consignee, n: int, of: int) -> None:
    """What one hospital did; the numbers follow from its place in the alphabet, so that every load is the same."""
    tasks = UnitTask.objects.filter(campaign=row).filter(site__consignee=consignee) | UnitTask.objects.filter(
        campaign=row, site__consignee__through=consignee
    )
    units = list(tasks.order_by("pk").values_list("unit__uid", flat=True))
    contact = next((c for c in consignee.contacts.all() if c.active and c.site_id is None), None)
    mateo = stage["mateo"]
    copies = Delivery.objects.filter(notice=notice, consignee=consignee)
    first = copies.order_by("pk").first()
    if n == of - 1 or contact is None or first is None:  # silent, though called twice
        if first is not None and contact is not None:
            for days, said in ((BEGUN - 12, "Nobody answered."), (BEGUN - 20, "The ward will pass it on.")):
                remind(
                    notice_uid=notice.uid, consignee_uid=consignee.uid, by=mateo, channel=Channel.PHONE, said=said,
                    on=stage.ago(days),
                )  # fmt: skip
            lose_units(
                campaign_uid=row.uid, which=Which(units=units[: len(units) // 2]), by=mateo, on=stage.ago(9),
                attempts="Letter; telephone twice: nobody answers for these pumps.",
            )  # fmt: skip
        return
    them = acting_for(contact)
    told = BEGUN - 3 - n % 4
    note_delivery(delivery_uid=first.uid, by=them, state=DeliveryState.ACKNOWLEDGED, on=stage.ago(told))
    acknowledge_units(campaign_uid=row.uid, which=Which(consignee=consignee.uid), by=them, on=stage.ago(told))
    if n == of - 2:
        few = max(1, len(units) // 6)
        decline_units(
            campaign_uid=row.uid, which=Which(units=units[:few]), by=them, on=stage.ago(told - 2),
            because="These pumps are replaced in January; they stay off the network until then.",
        )  # fmt: skip
        schedule_units(
            campaign_uid=row.uid, which=Which(units=units[few:]), by=them, planned_on=stage.ahead(9),
            because="The wards are full until then.", on=stage.ago(told - 2),
        )  # fmt: skip
        return
    gone = units[: len(units) // 40]
    if gone and n % 3 == 0:
        retire_units(
            campaign_uid=row.uid, which=Which(units=gone), by=them, on=stage.ago(told - 5),
            evidence=f"Scrap note {4400 + n}, signed by biomedical engineering.",
        )  # fmt: skip
        units = units[len(gone) :]
    _work(stage, row, units, n, told, them)
    if n in (0, 3):
        check_effectiveness(
            campaign_uid=row.uid, consignee_uid=consignee.uid, by=mateo, channel=Channel.PHONE, on=stage.ago(11 - n),
            result=CheckResult.EFFECTIVE, evidence="Biomedical engineering read the setting of three pumps to us.",
        )  # fmt: skip
    if n == 1 and units:
        open_service_order(
            campaign_uid=row.uid, unit_uid=units[-1], by=mateo, due_on=stage.ahead(6), assigned_to=mateo,
            instructions="The setting does not stay off after a restart: look at the configuration, read the version.",
        )  # fmt: skip


def _work(stage: Stage, row: Campaign, units: Sequence[UUID], n: int, told: int, them: HospitalContact) -> None:
    """Portions of the units over the weeks: done first, seen about a week later."""
    share = (1.0, 0.95, 0.85, 0.7, 0.9, 0.6, 0.8, 0.45, 0.75, 0.3)[n % 10]
    wanted, steps = int(len(units) * share), 5 + n % 3
    for k in range(steps):
        day = told - 3 - k * max(2, (told - 4) // steps)
        if day < 0:
            break
        part = list(units[wanted * k // steps : wanted * (k + 1) // steps])
        if not part:
            continue
        report_installed(campaign_uid=row.uid, which=Which(units=part), by=them, on=stage.ago(day))
        if day >= 6 and k < steps - 1:
            verify_units(
                campaign_uid=row.uid, which=Which(units=part), by=stage["mateo"], on=stage.ago(day - 6),
                evidence="Setting read again by our field engineer.",
            )  # fmt: skip
    later = units[wanted : wanted + 12]
    if later:
        schedule_units(
            campaign_uid=row.uid, which=Which(units=later), by=them, planned_on=stage.ahead(4 + n),
            because="In use on the ward.", on=stage.ago(2),
        )  # fmt: skip
