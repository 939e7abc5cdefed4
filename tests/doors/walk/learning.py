"""Chapter two: a case is opened, the clocks start, every release gets its answer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.doors.process.installation import PASSWORD
from tests.doors.walk import firm
from tests.doors.walk.cast import DEVICE, Cast, at_release
from tests.doors.walk.somebody import Somebody


def a_case_is_opened(cast: Cast) -> str:
    """From the finding to the vulnerability to a case; gives the case's address."""
    ada = cast.ada
    at_release(ada, "7.3")
    ada.follows(firm.CVE, under="Findings")
    assert "1 of 3 releases" in ada.reads()
    return open_case(ada)


def a_vulnerability_of_our_own(cast: Cast) -> tuple[str, str]:
    """Without CVE and without component, stated for two releases; gives its number and the address of its case."""
    ada = cast.ada
    ada.follows("Vulnerabilities")
    ada.follows("Register our own")
    ada.fills({
        "What kind": "Hard-coded password", "Title": "Hard-coded service password",
        "Description": "The service account of the workstation has the same password on every unit.",
        "What shows it": "Found by our own test of 3 November, TR-1204.",
    })  # fmt: skip
    ada.ticks(f"{DEVICE} 7.3", f"{DEVICE} 7.4")
    ada.presses("Register")
    number = ada.heading().split()[0]
    assert "Known to us alone." in ada.reads("What we know")
    assert "2 of 3 releases" in ada.reads()
    return number, open_case(ada)


def open_case(ada: Somebody) -> str:
    """From the page of a vulnerability."""
    ada.follows("Open a case")
    ada.fills({"Why": "A finding in a fielded release."})
    ada.presses("Open the case")
    assert "Open" in ada.reads()
    return ada.page.url.removeprefix(ada.base)


def the_day_of_learning(cast: Cast, case: str) -> None:
    """A day to come is refused with a sentence, a wrong password signs nothing; then day 30 and day 60 run."""
    ada, days = cast.ada, cast.days
    ada.opens(case)
    ada.follows("Sign the day of learning")
    reason = "The supplier's notice reached us on that day."
    tomorrow = days.today + timedelta(days=2)
    ada.fills({"The day": tomorrow, "Why": reason, "Your password": PASSWORD})
    said = ada.is_refused("Sign")
    assert "cannot lie in the future" in said
    assert tomorrow.isoformat() in said
    assert ada.field("The day").input_value() == tomorrow.isoformat()
    assert ada.field("Why").input_value() == reason
    assert ada.field("Your password").input_value() == ""
    ada.fills({"The day": days.learned, "Your password": "not the password"})
    assert "the password is not right; nothing was signed" in ada.is_refused("Sign").lower()
    ada.opens(case)
    assert "Sign the day of learning" in ada.reads("Clocks")
    ada.follows("Sign the day of learning")
    ada.fills({"The day": days.learned, "Why": reason, "Your password": PASSWORD})
    ada.presses("Sign")
    shows_clock(ada, "Tell customers, name interim controls, make a plan", days.learned, days.day_30)
    shows_clock(ada, "Fix, validate and distribute", days.learned, days.day_60)
    assert "Not started" in clock(ada, "806 report")
    ada.follows("Start analysis")
    ada.presses("Start analysis")


def every_release_is_answered(cast: Cast, case: str) -> None:
    """One is affected; one is answered by its SBOM; one that is still in development by a person."""
    ada = cast.ada
    ada.opens(case)
    row = ada.section("Devices and releases").get_by_role("row").filter(has_text=f"{DEVICE} 7.3")
    with ada.page.expect_navigation():
        row.get_by_role("link", name="answer").click()
    assert ada.page.get_by_role("checkbox", name=f"{DEVICE} 7.3").is_checked()
    ada.chooses("Answer", "Affected")
    ada.fills({"What shows it": "TR-1188: the class is loaded and reachable."})
    assert "action" in ada.is_refused("Answer")
    ada.fills({"What the user should do": "Block outgoing traffic of the workstation until the fix is installed."})
    ada.presses("Answer")
    ada.presses('Answer "component not present" for 1 matched release')
    assert "1 release without an answer" in ada.reads("Devices and releases")
    ada.follows("Answer for several")
    ada.ticks(f"{DEVICE} 8.0")
    ada.chooses("Answer", "Not affected")
    ada.fills({"Why not affected": "Component not present", "What shows it": "Its build list has no Java."})
    ada.presses("Answer")
    assert "every release has its answer" in ada.reads("Devices and releases")


def answers_from_the_page_of_the_vulnerability(cast: Cast, case: str) -> None:
    """Two releases are affected and answered at once; the one in development is fixed before it ships."""
    ada = cast.ada
    ada.opens(case)
    ada.follows("Vulnerability")
    for version in ("7.3", "7.4"):
        ada.ticks(f"Select {DEVICE} {version}")
    ada.presses("Answer for the selected")
    ada.chooses("Answer", "Affected")
    ada.fills({
        "What the user should do": "Do not connect the workstation to the hospital's network.",
        "What shows it": "TR-1204 on both versions",
    })  # fmt: skip
    ada.presses("Answer")
    row = ada.section("Devices and releases").get_by_role("row").filter(has_text=f"{DEVICE} 8.0")
    with ada.page.expect_navigation():
        row.get_by_role("link", name="answer").click()
    ada.chooses("Answer", "Fixed in this release")
    ada.fills({"What shows it": "The account is gone from its image, TR-1205."})
    ada.presses("Answer")
    assert "every release has its answer" in ada.reads("Devices and releases")


def clock(somebody: Somebody, name: str) -> str:
    return str(_clock(somebody, name).inner_text())


def _clock(somebody: Somebody, name: str) -> Any:
    return somebody.section("Clocks").get_by_role("listitem").filter(has_text=name)


def shows_clock(somebody: Somebody, name: str, started: date, due: date) -> None:
    """The clock of this name runs from one day to another; the ISO date stands behind each day."""
    here = _clock(somebody, name)
    for what, day in (("due", due), ("started", started)):
        titles = here.get_by_title(day.isoformat())
        assert titles.count() >= 1, f"'{name}' is not {what} {day}: {here.inner_text()}"
        assert says(day) in here.inner_text()


def says(day: date) -> str:
    """As a person reads a day: 'Sun 20 Dec'; the year may follow."""
    return f"{day:%a} {day.day} {day:%b}"
