"""Chapter one: what the firm ships, and what the world knows about what is inside."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

from tests.doors.walk import firm
from tests.doors.walk.cast import DEVICE, Cast, at_release


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
    for version, state, units in (("7.3", "Released", 212), ("7.4", "Released", 96), ("8.0", "In development", None)):
        ada.follows("Devices")
        ada.follows(DEVICE)
        ada.follows("Register a release")
        ada.fills({"Version": version, "State": state})
        if units:
            ada.fills({"Units distributed": units, "First distributed on": date(2023, 7, 3)})
        ada.presses("Register")
        ada.arrives_at(f"{DEVICE} release {version}")
        assert "Not assessed" in ada.reads(), "without an SBOM nobody has looked"


def sboms_are_handed_in(cast: Cast, folder: Path) -> None:
    """Two of three releases have an SBOM; nobody knows anything about their components yet, and the page says so."""
    ada = cast.ada
    with_log4j = firm.sbom(
        folder, f"{DEVICE} 7.3", (firm.LOG4J, "log4j-core", "2.14.1"), ("org.slf4j", "slf4j-api", "2.0.9")
    )
    without = firm.sbom(folder, f"{DEVICE} 7.4", ("ch.qos.logback", "logback-core", "1.4.14"))
    for version, file, components in (("7.3", with_log4j, 2), ("7.4", without, 1)):
        at_release(ada, version)
        ada.follows("Add the SBOM")
        ada.fills({"SBOM file": file})
        ada.presses("Read and match it")
        assert "none: the document reads clean" in ada.reads("Problems")
        assert f"Components read\n{components}" in ada.reads()
        ada.follows("See the findings")
        assert "Not assessed" in ada.reads("Findings")
        assert "An empty list here would not mean that there is nothing." in ada.reads("Findings")


def the_world_is_told(cast: Cast, folder: Path) -> None:
    """`suture feeds import` of a small mirror; each release is then matched, and the finding says why."""
    as_of = cast.days.now or firm.utc_now()
    imported = cast.house.suture("feeds", "import", str(firm.feed(folder / "mirror", as_of)))
    assert "1 accepted" in imported.stdout
    again = cast.house.suture("feeds", "import", str(folder / "mirror"))
    assert "Nothing changed" in again.stdout


def the_finding_gives_its_reason(cast: Cast) -> None:
    """The worker matches by itself; until it has, the page says that nobody has looked, never that there is nothing."""
    at_release(cast.ada, "7.3")
    deadline = time.monotonic() + 60
    while firm.CVE not in (found := cast.ada.reads("Findings")):
        assert "Not assessed" in found, found
        assert time.monotonic() < deadline, "the worker matched nothing"
        time.sleep(0.5)
        cast.ada.page.reload()
    assert "log4j-core 2.14.1" in found
    assert "2.13.0 ≤ v < 2.15.0" in found, found
    assert "KEV" in found
    at_release(cast.ada, "7.4")
    assert firm.CVE not in cast.ada.reads("Findings")
