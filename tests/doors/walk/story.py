"""The story, step by step: what each person does at the pages. Every step says what the page must then say."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from suture.core.reports806 import ITEMS
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


def sboms_are_handed_in(cast: Cast, folder: Path) -> None:
    """Two of three releases have an SBOM; nobody knows anything about their components yet, and the page says so."""
    ada = cast.ada
    with_log4j = firm.sbom(folder, f"{DEVICE} 7.3", (firm.LOG4J, "log4j-core", "2.14.1"), ("org.slf4j", "slf4j-api", "2.0.9"))
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


def at_release(somebody: Somebody, version: str) -> None:
    """By the list of devices to one release."""
    somebody.follows("Devices")
    somebody.follows(DEVICE)
    somebody.follows(version, under="Releases")
    somebody.arrives_at(f"{DEVICE} release {version}")


# ---------------------------------------------------------------- the case


def a_case_is_opened(cast: Cast) -> str:
    """From the finding to the vulnerability to a case; gives the case's address."""
    ada = cast.ada
    at_release(ada, "7.3")
    ada.follows(firm.CVE, under="Findings")
    assert "1 of 3 releases" in ada.reads()
    return open_case(ada)


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


# ---------------------------------------------------------------- the verdict

FUNCTION = "Show the images of the right patient"
EXPLOITABILITY = {
    "From where can an attacker reach it?": "Network",
    "How hard is it to do?": "Low",
    "Which rights must the attacker have?": "None",
    "Must somebody else do something?": "No",
    "Is there code that exploits it?": "Functional",
    "How sure is it that the vulnerability exists?": "Confirmed",
}


def the_statement_is_written(cast: Cast) -> None:
    """Clinical safety writes what the device must do safely; a draft as yet."""
    clara = cast.clara
    clara.follows("Devices")
    clara.follows(DEVICE)
    clara.follows("Write the statement")
    clara.fills({
        "Function": FUNCTION, "Limits within which it must work": "within 5 seconds, without loss of pixels",
        "What happens to the patient if it is compromised": "treated after images of somebody else",
        "Worst harm": "Critical: Permanent impairment or life-threatening injury",
        "Acceptance criteria": "Risk management file RM-7, section 4",
    })  # fmt: skip
    clara.presses("Save the draft")
    assert "not approved" in clara.reads("Safety and essential performance")


def both_axes_are_judged(cast: Cast, case: str) -> str:
    """Product security judges exploitability, clinical safety the harm; gives the assessment's address."""
    ada, clara = cast.ada, cast.clara
    ada.opens(case)
    ada.presses("Start the assessment")
    assessment = ada.page.url.removeprefix(ada.base)
    ada.follows("Judge exploitability")
    for question, answer in EXPLOITABILITY.items():
        ada.chooses(question, answer)
    assert "say why for each factor that is given" in ada.is_refused("Save").lower()
    for n in range(len(EXPLOITABILITY)):
        ada.field("Why", n).fill("seen in the laboratory")
    ada.presses("Save")
    assert "seen in the laboratory" in ada.reads("Exploitability")
    clara.opens(assessment)
    clara.follows("Judge the harm")
    clara.fills({
        "Which function of the device would be compromised": FUNCTION, "Hazard": "wrong image",
        "Hazardous situation": "a physician reads the images of somebody else", "Harm": "wrong treatment",
        "Why as severe as that": "The plan of treatment rests on the images.",
        "Could one attack harm several patients?": "yes",
        "Is there a reasonable probability of serious adverse health consequences or death?": "no",
        "May safety or essential performance be affected?": "yes",
        "Are passwords, keys or session data exposed?": "yes",
    })  # fmt: skip
    clara.chooses("How severe", "Critical")
    clara.presses("Save")
    assert "wrong treatment" in clara.reads("Severity of patient harm")
    return assessment


def there_is_no_verdict_before_policy_and_statement(cast: Cast, assessment: str) -> None:
    """Each approval that lacks is named in a sentence; quality and clinical safety give them by signature."""
    ada, quinn, clara = cast.ada, cast.quinn, cast.clara
    ada.opens(assessment)
    assert "No verdict before the policy is approved" in ada.reads("What the verdict would be")
    for kind in ("Risk matrix", "Exploitability mapping"):
        ada.follows("Hand over to be signed")
        said = ada.is_refused("Hand over")
        assert "no verdict before the policy is approved" in said.lower(), said
        assert kind.lower() in said.lower(), said
        ada.follows("Back")
        approve_policy(cast, kind)
    ada.follows("Hand over to be signed")
    said = ada.is_refused("Hand over")
    assert f"statement of safety and essential performance of {DEVICE} is approved" in said
    clara.follows("Devices")
    clara.follows(DEVICE)
    clara.follows("Approve by signature")
    clara.fills({"Your password": "not the password"})
    assert "nothing was signed" in clara.is_refused("Sign")
    clara.fills({"Your password": PASSWORD})
    clara.presses("Sign")
    approved = clara.reads("Safety and essential performance")
    assert "not approved" not in approved
    assert "Clara Voss, approval" in approved
    assert not quinn.wrong


def approve_policy(cast: Cast, kind: str) -> None:
    """Quality reads the draft, which calls itself an example, and approves it."""
    quinn, days = cast.quinn, cast.days
    quinn.follows("Policy")
    quinn.follows("1", under=kind)
    assert "An example Suture ships, not FDA's" in quinn.reads()
    quinn.follows("Approve by signature")
    quinn.fills({"In force from": days.today, "Why": "Reviewed in the board of 3 November.", "Your password": PASSWORD})
    quinn.presses("Sign")
    assert "approved, in force from" in quinn.reads()
    assert "Quinn Vale" in quinn.reads("Signatures")


def the_verdict_is_signed(cast: Cast, case: str, assessment: str) -> None:
    """Uncontrolled, by the password of product security; a wrong one signs nothing."""
    ada, clara = cast.ada, cast.clara
    ada.opens(assessment)
    ada.follows("Hand over to be signed")
    ada.presses("Hand over")
    would_be = ada.reads("What the verdict would be")
    assert "Residual risk: high exploitability, critical harm, uncontrolled." in would_be
    ada.follows("Sign")
    assert "Printed name\nAda Lind" in ada.reads()
    because = "As both axes say; nothing lowers them yet."
    ada.fills({"Why": because, "Your password": "not the password"})
    assert "the password is not right; nothing was signed" in ada.is_refused("Sign").lower()
    assert ada.field("Why").input_value() == because
    clara.opens(case)
    assert "Not assessed" in clara.verdict()
    ada.fills({"Your password": PASSWORD})
    ada.presses("Sign")
    assert "Uncontrolled" in ada.verdict()
    assert "by Ada Lind" in ada.verdict()
    for somebody, step in ((ada, "Finish assessment"), (clara, "Find uncontrolled")):
        somebody.opens(case)
        somebody.follows(step)
        somebody.fills({"Why": "As signed.", "Your password": PASSWORD})
        somebody.presses("Sign")
    assert "Uncontrolled" in clara.verdict()


# ---------------------------------------------------------------- what is owed


def a_correction_is_initiated(cast: Cast, case: str) -> None:
    """The 806 clock waits for its own fact; then it runs ten working days from that day."""
    rosa, days = cast.rosa, cast.days
    rosa.opens(case)
    assert "Not started" in clock(rosa, "806 report")
    rosa.follows("Record a correction as initiated")
    rosa.fills({
        "On which day was it so": days.initiated, "What was begun": "Letter N-19: block outgoing traffic.",
        "What shows it": "N-19, sent to every consignee",
    })  # fmt: skip
    rosa.presses("Record it")
    shows_clock(rosa, "806 report", days.initiated, days.report_806)
    assert "10 working days" in clock(rosa, "806 report")
    for name, due in (("Tell customers", days.day_30), ("Fix, validate", days.day_60)):
        shows_clock(rosa, name, days.learned, due)


def what_is_owed_is_decided_and_signed(cast: Cast, case: str) -> None:
    """The rules run over what is recorded; regulatory affairs signs what they say, unknowns and all."""
    rosa = cast.rosa
    rosa.opens(case)
    rosa.follows("Decide what is owed")
    rosa.presses("Run the rules and keep the result")
    rules = rosa.reads("Rules")
    assert "R9" in rules
    assert "21 CFR 806.10" in rules
    assert "Open." in rules
    rosa.follows("Sign")
    rosa.fills({"Why": "As the rules say; the report is drafted today.", "Your password": "not the password"})
    assert "nothing was signed" in rosa.is_refused("Sign")
    rosa.fills({"Your password": PASSWORD})
    rosa.presses("Sign")
    assert "Rosa Luz" in rosa.reads("Signatures")


def the_report_is_drafted(cast: Cast, case: str, folder: Path) -> Path:
    """The 13 items beside their sources; one gap is explained. Gives the PDF."""
    rosa, days = cast.rosa, cast.days
    rosa.opens(case)
    rosa.presses(f"Draft the 806.10 report, {DEVICE}")
    assert days.report_806.isoformat() in rosa.page.content()
    assert "Missing: the list of consignees" in rosa.reads()
    item = rosa.page.locator("section.item").filter(has_text="Consignees, dates, numbers")
    with rosa.page.expect_navigation():
        item.get_by_role("link", name="complete, or say when it follows").click()
    rosa.fills({"Why something is not available yet": WHY_LATER, "Will be submitted on": days.day_60})
    rosa.presses("Save")
    assert WHY_LATER in rosa.reads()
    rosa.presses("PDF")
    return rosa.saves_shown(folder)


WHY_LATER = "Distributors still send their lists"


def the_pdf_has_its_thirteen_items(file: Path, days: Days) -> None:
    """Page by page: every item by number and title, with its text or with what is missing; the marks on each page."""
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(file).pages]
    for n, page in enumerate(pages, 1):
        assert "DRAFT, not submitted" in page, f"page {n} does not say that it is a draft"
        assert f"Page {n} of {len(pages)}" in page
        assert ("The clock of this installation is set by hand" in page) == (days.now is not None)
    text = " ".join(pages)
    starts = [text.index(f"{item.number}. {item.title}") for item in ITEMS]
    assert starts == sorted(starts)
    found = {
        item.number: text[start + len(f"{item.number}. {item.title}") : end].replace(item.citation, "").strip()
        for item, start, end in zip(ITEMS, starts, [*starts[1:], len(text)], strict=True)
    }
    for number, words in ITEM_SAYS.items():
        assert words in found[number], f"item {number}: {found[number]}"
    assert all(found.values())
    assert {n for n, says in found.items() if "Missing:" in says} == set(ITEMS_THAT_LACK), found


# What each item must say of this device and case (21 CFR 806.10(c)(1)-(13)).
ITEM_SAYS = {
    1: "1234567-(date of submission)-(next number)-C",
    2: "Missing: telephone number of the representative",
    3: "imaging workstation",
    4: "510(k) K999004",
    5: "09506000130033",
    6: "The submitter is the manufacturer",
    7: "Letter N-19",
    8: "Missing: illness or injuries",
    9: "212 devices distributed",
    10: "96 months",
    11: WHY_LATER,
    12: "Missing: copies of all communications",
    13: "reason and date for item 2",
}
ITEMS_THAT_LACK = (2, 7, 8, 11, 12, 13)


# ---------------------------------------------------------------- what is told outside, and proof


def the_vex_files_say_so(cast: Cast, vulnerability: str, folder: Path) -> None:
    """Both dialects of both fielded releases, valid, with the status that was answered."""
    files = []
    for version, openvex, cyclonedx in (("7.3", "affected", "exploitable"), ("7.4", "not_affected", "not_affected")):
        at_release(cast.ada, version)
        for link in ("OpenVEX", "CycloneDX VEX"):
            files.append(cast.ada.downloads(link, folder))
        said, listed = (json.loads(file.read_text()) for file in files[-2:])
        assert [(s["vulnerability"]["name"], s["status"]) for s in said["statements"]] == [(vulnerability, openvex)]
        assert [(v["id"], v["analysis"]["state"]) for v in listed["vulnerabilities"]] == [(vulnerability, cyclonedx)]
    checked = cast.house.suture("check", *map(str, files), check=False)
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.count("no problems") == 4
    cast.ada.presses("Publish the VEX of today")
    assert "OpenVEX, version 1" in cast.ada.reads("Told outside")
    assert "CycloneDX VEX, version 1" in cast.ada.reads("Told outside")


def the_proof_is_intact(cast: Cast) -> None:
    """On the page and at the command line."""
    quinn = cast.quinn
    quinn.follows("Proof")
    quinn.presses("Verify now")
    assert "Unbroken" in quinn.reads()
    assert "intact" in quinn.reads()
    assert "assessment signed" in quinn.reads()
    verified = cast.house.suture("verify", check=False)
    assert verified.returncode == 0
    assert verified.stdout.startswith("intact: ")


def nothing_went_wrong(cast: Cast) -> None:
    """No page had anything for the console, broke its content security policy, or answered with an error."""
    assert [line for somebody in cast for line in somebody.wrong] == []
    log = (cast.house.home / "stderr.log").read_text()
    assert "Traceback" not in log, log
