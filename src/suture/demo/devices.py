"""What Northlake Medical ships: two establishments, six devices, their releases. All of it invented.

K99…, P99… and D99… are numbers FDA has not given; the device identifiers use GS1's prefix for examples (9506000).
Product codes and classes are FDA's own for such devices (21 CFR parts 868, 870, 880, 892).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from suture.inventory.models import Product, Release

PRODUCT, RELEASE = Product.Pathway, Release.State
HOSPITAL, HOME = Product.Environment.HOSPITAL, Product.Environment.HOME

DULUTH = "Northlake Medical, Duluth"
BERLIN = "Northlake Medical, Berlin"

ESTABLISHMENTS: Mapping[str, dict[str, Any]] = {
    DULUTH: {
        "registration_number": "1234567", "ever_registered": True, "time_zone": "America/Chicago",
        "address": "400 Harbor Road, Duluth, MN 55802, USA", "phone": "218-555-0100",
    },
    BERLIN: {
        "registration_number": "7654321", "ever_registered": True, "time_zone": "Europe/Berlin",
        "address": "Musterufer 12, 10999 Berlin, Germany", "phone": "030-555-0100",
    },
}  # fmt: skip


class Function(NamedTuple):
    """One function of safety and essential performance (F §V.C)."""

    name: str
    limits: str
    if_compromised: str
    worst_harm: int  # 1 negligible … 5 catastrophic

    @property
    def plain(self) -> dict[str, Any]:
        """As the inventory stores it."""
        return self._asdict()


class Device(NamedTuple):
    """A device: its establishment, its regulatory profile, what it must do safely, and who signs for that."""

    site: str
    profile: dict[str, Any]
    functions: tuple[Function, ...]
    criteria: str
    approved_by: str  # user name of the physician; '' leaves the statement a draft


_SOLHEIM = {
    "responsible_name": "Ingrid Solheim", "responsible_title": "Director of regulatory affairs",
    "responsible_phone": "218-555-0142",
}  # fmt: skip
_ACHTERBERG = {
    "responsible_name": "Pieter Achterberg", "responsible_title": "Regulatory affairs specialist",
    "responsible_phone": "030-555-0143",
}  # fmt: skip
_CYBER = {"cyber_has_software": True, "cyber_can_connect": True, "cyber_could_be_vulnerable": True}
_CRITERIA = (
    "Residual risk of patient harm is acceptable in the cells 'controlled' of the signed risk matrix. In cells of "
    "judgement, product security and clinical safety decide together and sign. Everything else is remediated."
)


def devices(today: date) -> Mapping[str, Device]:
    """Every device by brand name; periodic reports and the like lie ahead of `today`."""
    return {
        "Aria P2": Device(
            DULUTH,
            {
                "common_name": "Infusion pump", "device_class": 2, "pathway": PRODUCT.K510,
                "marketing_number": "K999001", "marketing_date": date(2022, 10, 14),
                "last_submission_date": date(2024, 1, 22), "product_code": "FRN",
                "listing_number": "D990417", "udi_di": "09506000130019", "tracking_order": False, **_CYBER,
                "intended_use": "Continuous and intermittent delivery of fluids and medication to adults and children "
                "in hospitals.",
                "environment": HOSPITAL, "expected_life_months": None,  # not settled: the 806 report will say so
                "supported_until": date(2031, 6, 30), "security_support_until": date(2031, 6, 30), **_SOLHEIM,
            },
            (
                Function("Deliver the set flow", "±5 % of the set rate, from 0.1 to 999 ml/h",
                         "Over- or under-infusion, or a stopped infusion of a vasopressor or sedative", 4),
                Function("Alarm on occlusion, air and stop", "Within 10 s, 45 to 80 dB at 1 m",
                         "A stopped infusion stays unnoticed", 4),
                Function("Hold the drug library's limits", "No dose beyond a hard limit without a second person",
                         "A dose beyond the hard limit is given", 5),
            ),
            _CRITERIA, "maren",
        ),
        "Boreal V20": Device(
            DULUTH,
            {
                "common_name": "Continuous ventilator, facility use", "device_class": 2, "pathway": PRODUCT.K510,
                "marketing_number": "K999014", "marketing_date": date(2021, 5, 3),
                "last_submission_date": date(2024, 8, 19), "product_code": "CBK", "listing_number": "D990422",
                "udi_di": "09506000130026", "tracking_order": True, **_CYBER,
                "intended_use": "Continuous ventilation of adults and children of 5 kg and more in intensive care.",
                "environment": HOSPITAL, "expected_life_months": 120, "supported_until": date(2033, 12, 31),
                "security_support_until": date(2033, 12, 31), **_SOLHEIM,
            },
            (
                Function("Deliver the set volume and pressure", "±10 % of the set volume, ±2 cmH₂O",
                         "Too little ventilation, or barotrauma", 5),
                Function("Alarm on apnoea and disconnection", "Within 15 s",
                         "An apnoea or a disconnected tube stays unnoticed", 5),
                Function("Deliver the set oxygen fraction", "±3 % by volume", "Hypoxia", 4),
            ),
            _CRITERIA, "maren",
        ),
        "Meridian": Device(
            BERLIN,
            {
                "common_name": "Pacemaker programmer", "device_class": 3, "pathway": PRODUCT.PMA,
                "marketing_number": "P999003", "marketing_date": date(2013, 3, 12),
                "last_submission_date": date(2025, 11, 4), "product_code": "KRG", "listing_number": "D990431",
                "udi_di": "09506000130033", "periodic_report_date": today + timedelta(days=53),
                "tracking_order": False, **_CYBER,
                "intended_use": "Reading out and programming of Northlake implantable pacemakers by trained "
                "physicians and technicians.",
                "environment": HOSPITAL, "expected_life_months": 96, "supported_until": date(2034, 12, 31),
                "security_support_until": date(2034, 12, 31), **_ACHTERBERG,
            },
            (
                Function("Program the parameters shown, and no others", "Read back and compared after each write",
                         "Pacing is inhibited or too fast", 5),
                Function("Hand over control on emergency VVI", "Within 1 s of pressing the key",
                         "A patient who depends on pacing is not paced", 5),
                Function("Show the battery and lead state read from the implant", "As read, not older than the session",
                         "A due replacement is missed", 4),
            ),
            _CRITERIA, "lucia",
        ),
        "Halide": Device(
            BERLIN,
            {
                "common_name": "Radiological image processing system", "device_class": 2, "pathway": PRODUCT.K510,
                "marketing_number": "K999027", "marketing_date": date(2016, 11, 21),
                "last_submission_date": date(2024, 3, 12), "product_code": "LLZ", "listing_number": "D990440",
                "udi_di": "09506000130040", "tracking_order": False, **_CYBER,
                "intended_use": "Display, measurement and archiving of radiological images by trained physicians.",
                "environment": HOSPITAL, "expected_life_months": 84, "supported_until": date(2032, 6, 30),
                "security_support_until": date(2032, 6, 30), **_ACHTERBERG,
            },
            (
                Function("Show the image of the patient selected, unaltered", "Bit for bit what the archive holds",
                         "A finding is missed or given to another patient", 3),
                Function("Measure lengths and densities", "±1 pixel, ±2 HU", "A follow-up is judged wrongly", 3),
                Function("Be available for emergencies", "Within 60 s after a restart",
                         "A diagnosis in an emergency is delayed", 4),
            ),
            _CRITERIA, "lucia",
        ),
        "Sorrel": Device(
            BERLIN,
            {
                "common_name": "Drug dose calculator, mobile app", "device_class": 2, "pathway": PRODUCT.K510,
                "marketing_number": "K999052", "marketing_date": date(2023, 7, 28),
                "last_submission_date": date(2025, 3, 31), "product_code": "NDC", "listing_number": "D990458",
                "udi_di": "09506000130057", "tracking_order": False, **_CYBER,
                "intended_use": "Calculation of a proposed insulin bolus for adults with type 1 diabetes, at home.",
                "environment": HOME, "expected_life_months": 36, "supported_until": date(2030, 12, 31),
                "security_support_until": date(2030, 12, 31), **_ACHTERBERG,
            },
            (
                Function("Propose a bolus from glucose, carbohydrates and insulin on board", "±0.1 U of the reference",
                         "Severe hypoglycaemia", 4),
                Function("Refuse values outside the prescriber's limits", "Always",
                         "A dose beyond the limit is proposed", 4),
            ),
            _CRITERIA, "lucia",
        ),
        "Tern M7": Device(
            DULUTH,
            {
                "common_name": "Patient monitor with arrhythmia detection", "device_class": 2, "pathway": PRODUCT.K510,
                "marketing_number": "K999061", "marketing_date": date(2019, 9, 9),
                "last_submission_date": date(2021, 12, 13), "product_code": "MHX", "listing_number": "D990463",
                "udi_di": "09506000130064", "tracking_order": None, **_CYBER,
                "intended_use": "Monitoring of ECG, SpO₂ and blood pressure of adults in hospitals.",
                "environment": HOSPITAL, "expected_life_months": 96, "supported_until": date(2029, 12, 31),
                "security_support_until": date(2028, 12, 31), **_SOLHEIM,
            },
            (
                Function("Alarm on asystole and ventricular fibrillation", "Within 10 s",
                         "A cardiac arrest stays unnoticed", 5),
                Function("Show heart rate and saturation", "±3 beats a minute, ±2 %", "Treatment starts late", 4),
            ),
            _CRITERIA, "",  # still a draft: nothing about this device can be assessed yet
        ),
    }  # fmt: skip


class Version(NamedTuple):
    """One release: the SBOMs it was handed in with, oldest first, and what regulates and supports it."""

    device: str
    version: str
    sboms: tuple[str, ...]
    state: str
    released: date | None
    units: int | None
    authorisation: str
    first: date | None = None
    last: date | None = None
    end_of_support: date | None = None


S, L, E, D = RELEASE.SUPPORTED, RELEASE.LIMITED_SUPPORT, RELEASE.END_OF_SUPPORT, RELEASE.IN_DEVELOPMENT
_LETTER = "Letter to file: no new 510(k) needed (21 CFR 807.81(a)(3))"

RELEASES = (
    Version("Aria P2", "4.0", ("aria-p2-4.0.cdx.json",), L, date(2022, 11, 7), 58, "K999001",
            date(2022, 11, 14), date(2024, 3, 8), date(2027, 6, 30)),
    Version("Aria P2", "4.1", ("aria-p2-4.1.cdx.json",), S, date(2024, 3, 4), 310, "K999001, special 510(k) K999118",
            date(2024, 3, 11), date(2025, 3, 7), date(2031, 6, 30)),
    Version("Aria P2", "4.2", ("aria-p2-4.2-first.cdx.json", "aria-p2-4.2.cdx.json"), S, date(2025, 3, 10), 1204,
            _LETTER,
            date(2025, 3, 17), date(2026, 8, 14), date(2031, 6, 30)),
    Version("Aria P2", "4.2.1", ("aria-p2-4.2.1.cdx.json",), D, None, None, ""),
    Version("Boreal V20", "2.0", ("boreal-v20-2.0.cdx.json",), L, date(2021, 6, 21), 96, "K999014",
            date(2021, 7, 5), date(2024, 9, 27), date(2028, 12, 31)),
    Version("Boreal V20", "2.1", ("boreal-v20-2.1.spdx.json",), S, date(2024, 10, 2), 212,
            "K999014, special 510(k) K999136",
            date(2024, 10, 14), date(2026, 8, 21), date(2033, 12, 31)),
    Version("Boreal V20", "2.2", ("boreal-v20-2.2.cdx.json",), D, None, None, ""),
    Version("Meridian", "7.1", ("meridian-7.1.cdx.json",), E, date(2014, 3, 3), 41, "P999003",
            date(2014, 3, 17), date(2019, 11, 29), date(2024, 12, 31)),
    Version("Meridian", "7.3", ("meridian-7.3.cdx.json",), S, date(2023, 10, 2), 726, "P999003/S017",
            date(2023, 10, 16), date(2026, 7, 31), date(2034, 12, 31)),
    Version("Meridian", "7.4", ("meridian-7.4.cdx.json",), D, None, None, ""),
    Version("Halide", "10.8", ("halide-10.8.cdx.json",), E, date(2017, 2, 6), 37, "K999027",
            date(2017, 2, 20), date(2020, 12, 18), date(2023, 12, 31)),
    Version("Halide", "11.3", ("halide-11.3.cdx.json",), L, date(2021, 6, 7), 122, _LETTER,
            date(2021, 6, 21), date(2024, 5, 31), date(2027, 6, 30)),
    Version("Halide", "11.4", ("halide-11.4.cdx.json",), S, date(2024, 6, 10), 640, "K999027, 510(k) K999142",
            date(2024, 6, 24), date(2026, 8, 7), date(2032, 6, 30)),
    Version("Halide", "11.5", ("halide-11.5.cdx.json",), D, None, None, ""),
    Version("Sorrel", "3.1", ("sorrel-3.1.cdx.json",), L, date(2023, 9, 4), 2118, "K999052",
            date(2023, 9, 4), date(2025, 5, 26), date(2026, 12, 31)),
    Version("Sorrel", "3.2", ("sorrel-3.2.cdx.json",), S, date(2025, 5, 26), 11460, _LETTER,
            date(2025, 5, 26), date(2026, 8, 20), date(2030, 12, 31)),
    Version("Sorrel", "3.3", ("sorrel-3.3.cdx.json",), D, None, None, ""),
    Version("Tern M7", "2.6", (), E, date(2019, 9, 23), 150, "K999061",  # no SBOM was ever made: nobody has looked
            date(2019, 10, 7), date(2020, 4, 30), date(2024, 12, 31)),
    Version("Tern M7", "3.0", ("tern-m7-3.0.cdx.json",), L, date(2020, 4, 27), 870, _LETTER,
            date(2020, 5, 11), date(2022, 3, 25), date(2026, 12, 31)),
    Version("Tern M7", "3.1", ("tern-m7-3.1.cdx.json",), S, date(2022, 4, 4), 2310, "K999061, special 510(k) K999088",
            date(2022, 4, 18), date(2026, 8, 24), date(2029, 12, 31)),
)  # fmt: skip
