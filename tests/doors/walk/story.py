"""The story, step by step: what each person does at the pages. Every step says what the page must then say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.doors.process.installation import PASSWORD, Installation
from tests.doors.walk import firm
from tests.doors.walk.firm import Days
from tests.doors.walk.somebody import Somebody

DEVICE = "Lumen W4"
ROLES = {
    "ada": ("Ada Lind", "product security (PSIRT)"),
    "clara": ("Clara Voss", "clinical safety"),
    "rosa": ("Rosa Luz", "regulatory affairs"),
}


@dataclass
class Cast:
    """The people of the story, each at a browser of their own."""

    house: Installation
    ada: Somebody
    clara: Somebody
    rosa: Somebody
    quinn: Somebody
    days: Days

    def __iter__(self) -> Any:
        return iter((self.ada, self.clara, self.rosa, self.quinn))


# ---------------------------------------------------------------- the firm


def people_arrive(house: Installation, sit_down: Callable[[str, str], Somebody], days: Days) -> Cast:
    """The administrator adds three people; all sign in with their passwords."""
    noor = sit_down("noor", "Noor Fairweather")
    noor.signs_in()
    for username, (name, role) in ROLES.items():
        noor.follows("People")
        noor.follows("Add somebody")
        noor.fills({"Printed name": name, "User name": username, "First password": PASSWORD})
        noor.page.get_by_role("checkbox", name=role).check()
        noor.presses("Add")
        assert name in noor.reads()
    cast = Cast(
        house, *(sit_down(username, name) for username, (name, _role) in ROLES.items()),
        sit_down("quinn", "Quinn Vale"), days,
    )  # fmt: skip
    for somebody in cast:
        somebody.signs_in()
        somebody.arrives_at("Today")
    assert not noor.wrong
    noor.leaves()
    return cast


def a_device_with_three_releases(cast: Cast) -> None:
    """Regulatory affairs registers site and device; product security the releases."""
    rosa, ada = cast.rosa, cast.ada
    rosa.follows("Devices")
    rosa.follows("Register an establishment")
    rosa.fills({
        "Name": "Duluth", "Registration number": "1234567", "Address": "400 Harbor Road, Duluth, MN",
        "Telephone": "218-555-0100", "Time zone": "America/Chicago",
    })  # fmt: skip
    rosa.presses("Register")
    rosa.fills({
        "Establishment": "Duluth", "Brand name": DEVICE, "Usual name": "imaging workstation",
        "Intended use": "Display of images for diagnosis by physicians in hospitals.", "Class": "II",
        "Marketed under": "510(k)", "Marketing number": "K999004", "Date of clearance or approval": date(2023, 6, 1),
        "Date of the last submission": date(2023, 6, 1), "Product code": "LLZ", "Device listing number": "D000421",
        "UDI-DI": "09506000130033", "Under a tracking order (21 CFR 821)": "no",
        "Includes software validated, installed or authorised by us": "yes", "Can connect to the internet": "yes",
        "Has technological characteristics that could be vulnerable to cybersecurity threats": "yes",
        "Expected life, months": 96, "Who conducts corrections: name": "Rosa Luz", "Title": "Director",
    })  # fmt: skip
    rosa.presses("Register")
    rosa.arrives_at(DEVICE)
    for version, state, units in (("7.3", "Released", 212), ("7.4", "Released", 96), ("8.0", "In Development", None)):
        ada.follows("Devices")
        ada.follows(DEVICE)
        ada.follows("Register a release")
        ada.fills({"Version": version, "State": state})
        if units:
            ada.fills({"Units distributed": units, "First distributed on": date(2023, 7, 3)})
        ada.presses("Register")
        ada.arrives_at(f"{DEVICE} release {version}")
