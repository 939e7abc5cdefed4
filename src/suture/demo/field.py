"""Twelve hospitals, a home-care provider and 2,000 units: who has what Northlake ships. All of it invented.

The spread is made by counting, not by chance, so that every load gives the same units.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from django.db import transaction

from suture.demo.stage import Stage
from suture.formats.field_file import open_listing
from suture.inventory.field.importing import Told, take_in_units
from suture.inventory.field.places import add_consignee, add_contact, add_site
from suture.inventory.models import Consignee, Contact, Unit

HOME_CARE = "C-2001"


class Hospital(NamedTuple):
    """One hospital: customer number, name, town, zone, its sites, how much of each list goes there."""

    reference: str
    name: str
    place: str
    zone: str
    sites: tuple[str, ...]
    weight: int


C, E, P = "America/Chicago", "America/New_York", "America/Los_Angeles"
HOSPITALS = (
    Hospital("C-1001", "Lakeside General Hospital", "Duluth, MN", C, ("Intensive care", "Surgery", "Pool"), 9),
    Hospital("C-1002", "St. Brannoc Medical Center", "Saint Paul, MN", C, ("Main building", "East tower"), 8),
    Hospital("C-1003", "Cedar Prairie Regional", "Fargo, ND", C, ("Main building",), 5),
    Hospital("C-1004", "Harrow Valley Hospital", "Madison, WI", C, ("Wards", "Emergency"), 6),
    Hospital("C-1005", "Northshore Children's", "Evanston, IL", C, ("Neonatal", "Wards"), 4),
    Hospital("C-1006", "Quarry Hill Medical Center", "Albany, NY", E, ("Main building", "Outpatients"), 7),
    Hospital("C-1007", "Penrose Bay Hospital", "Portland, ME", E, ("Main building",), 3),
    Hospital("C-1008", "Mercer Street Infirmary", "Trenton, NJ", E, ("Intensive care", "Wards"), 5),
    Hospital("C-1009", "Alder Creek Veterans Center", "Spokane, WA", P, ("Main building",), 4),
    Hospital("C-1010", "Sierra Vista Cardiac Institute", "Reno, NV", P, ("Electrophysiology", "Wards"), 5),
    Hospital("C-1011", "Klinikum Am Musterpark", "Berlin", "Europe/Berlin", ("Haus A", "Haus C"), 6),
    Hospital("C-1012", "Ridgeway Community Hospital", "Bemidji, MN", C, ("Main building",), 2),
)
WITHOUT_CONTACT = "C-1012"  # nobody there is entered: the page says so

# device, release ('unknown': nobody said), units, months since they were last known (-1: never)
UNITS: tuple[tuple[str, str, int, int], ...] = (
    ("Aria P2", "4.0", 18, 26), ("Aria P2", "4.1", 96, 9), ("Aria P2", "4.2", 290, 3), ("Aria P2", "unknown", 16, -1),
    ("Boreal V20", "2.0", 61, 15), ("Boreal V20", "2.1", 149, 5), ("Boreal V20", "unknown", 8, 20),
    ("Meridian", "7.1", 12, 30), ("Meridian", "7.3", 148, 4), ("Halide", "10.8", 6, 18), ("Halide", "11.3", 14, 7),
    ("Halide", "11.4", 42, 2), ("Tern M7", "2.6", 20, 40), ("Tern M7", "3.0", 80, 14), ("Tern M7", "3.1", 140, 6),
)  # fmt: skip
AT_HOME = (("Sorrel", "3.1", 140, 10), ("Sorrel", "3.2", 730, 1), ("Sorrel", "unknown", 30, -1))
RETIRED_EVERY, LENT_EVERY, LOST_EVERY = 97, 211, 409
HEADER = ("product", "serial", "lot", "release", "consignee", "site", "distributed_on", "last_known_on", "state",
          "home_use", "evidence")  # fmt: skip


def enter_places(stage: Stage) -> None:
    """Hospitals with their sites and contacts, the home-care provider."""
    for hospital in HOSPITALS:
        country = "DE" if hospital.zone.startswith("Europe") else "US"
        row = add_consignee(
            by=stage["mateo"], kind=Consignee.Kind.HOSPITAL, reference=hospital.reference, name=hospital.name,
            address=f"1 Hospital Way, {hospital.place}", country=country, phone=f"555-01{hospital.reference[-2:]}",
        )  # fmt: skip
        for name in hospital.sites:
            add_site(consignee_uid=row.uid, by=stage["mateo"], name=name, country=country, time_zone=hospital.zone)
        if hospital.reference != WITHOUT_CONTACT:
            _contacts(stage, row, "de" if country == "DE" else "en")
    provider = add_consignee(
        by=stage["mateo"], kind=Consignee.Kind.HOME_CARE, reference=HOME_CARE, name="Birchway Home Care",
        address="22 Orchard Road, Saint Cloud, MN", country="US", phone="555-0150",
    )  # fmt: skip
    add_site(
        consignee_uid=provider.uid, by=stage["mateo"], name="Patients at home", country="US", time_zone=C, home_use=True
    )
    add_contact(
        consignee_uid=provider.uid, by=stage["mateo"], role=Contact.Role.HOME_CARE, name="Care coordination",
        email="coordination@birchway.example", phone="555-0151",
    )  # fmt: skip


def _contacts(stage: Stage, row: Consignee, language: str) -> None:
    domain = f"{row.reference.lower()}.example"
    for role, name in (
        (Contact.Role.BIOMED, "Biomedical engineering"), (Contact.Role.IT, "Information security"),
        (Contact.Role.RECALL, "Recall coordination"),
    ):  # fmt: skip
        add_contact(
            consignee_uid=row.uid, by=stage["mateo"], role=role, name=name, language=language,
            email=f"{role.value}@{domain}", phone="" if role == Contact.Role.IT else row.phone,
        )  # fmt: skip


def _shares() -> Iterator[tuple[str, str]]:
    """Hospitals and their sites in turn, each as often as its weight says; without end."""
    turns = [(h.reference, h.sites, n) for h in HOSPITALS for n in range(h.weight)]
    turns.sort(key=lambda turn: (turn[2] * 97 + int(turn[0][2:]) * 31) % 101)
    while True:
        for place, (reference, sites, n) in enumerate(turns):
            yield reference, sites[(place + n) % len(sites)]


def lines(stage: Stage) -> Iterator[tuple[str, ...]]:
    """The list of a service system, a row for each unit."""
    places, number = _shares(), 0
    for kinds, home in ((UNITS, False), (AT_HOME, True)):
        for device, release, many, months in kinds:
            for one in range(many):
                number += 1
                reference, site = (HOME_CARE, "Patients at home") if home else next(places)
                known = stage.today - timedelta(days=months * 30 + one % 28 + 1)
                shipped = stage.today - timedelta(days=max(months, 1) * 30 + 420 + one % 300)
                state, proof = "fielded", ""
                if number % RETIRED_EVERY == 0:
                    state, proof = "retired", f"certificate of destruction {number:05}"
                elif number % LENT_EVERY == 0:
                    state = "lent"
                elif number % LOST_EVERY == 0:
                    state = "lost"
                letters = "".join(word[0] for word in device.split()) + device[-1].upper()
                yield (
                    device, f"{letters}-{number:06}", f"L{shipped:%y%m}", release, reference, site, shipped.isoformat(),
                    "" if months < 0 else known.isoformat(), state, "yes" if home else "no", proof,
                )  # fmt: skip


def take_in_field(stage: Stage) -> None:
    """Places and units, once; one list, as it would come from a service system."""
    if Consignee.objects.exists():
        return
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(lines(stage))
    data = text.getvalue().encode()
    with transaction.atomic():
        enter_places(stage)
        take_in_units(
            listing=open_listing(io.BytesIO(data), len(data)), by=stage["mateo"], apply=True,
            told=Told(
                source=Unit.Source.SERVICE_SYSTEM, from_whom="export of the service system",
                file_name="service-system.csv", sha256=hashlib.sha256(data).hexdigest(),
            ),
        )  # fmt: skip
