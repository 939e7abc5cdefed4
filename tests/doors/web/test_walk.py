"""The way through the house in a real browser: from an SBOM to a signed verdict, its clocks, the draft report, the VEX.

Two vulnerabilities go it: one of the world, found by matching, and one of our own without CVE and component.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from suture.accounts.models import Person
from suture.assessment.models import Case
from suture.core.calendar import FEDERAL
from suture.core.reports806 import ITEMS
from suture.core.roles import Role
from suture.evidence.clock import today
from suture.evidence.queries import verify_chain
from suture.intelligence.services import import_feeds
from suture.inventory.models import Product, Release
from suture.inventory.services import approve_statement, register_establishment, register_product
from suture.policy.services import set_up
from suture.web.dates import short
from tests.house import PASSWORD
from tests.rooms.casework import signed_policies, stated
from tests.rooms.intelligence.feeds import cve5, osv

pytestmark = pytest.mark.browser
CVE = "CVE-2026-10001"
ZONE = "America/Chicago"
SBOM = {
    "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
    "metadata": {"component": {"type": "firmware", "name": "pump-main", "version": "4.2"}},
    "components": [
        {"type": "library", "bom-ref": "a", "name": "stitch", "version": "1.1", "purl": "pkg:pypi/stitch@1.1"},
        {"type": "library", "bom-ref": "b", "name": "own-motor", "version": "7"},
    ],
}  # fmt: skip


class Walker:
    """One browser; whoever is signed in walks."""

    def __init__(self, browser: Any, base: str) -> None:
        self.base, self.heard, self.who = base, [], ""
        self.context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.page.on("console", lambda m: self.heard.append(f"{m.type}: {m.text}"))
        self.page.on("pageerror", lambda e: self.heard.append(f"error: {e}"))

    def become(self, person: Person) -> None:
        """Sign in as somebody."""
        if self.who == person.username:
            return
        self.context.clear_cookies()
        self.go("/accounts/login/")
        self.page.fill("[name=login]", person.username)
        self.page.fill("[name=password]", PASSWORD)
        self.press("Sign in")
        self.who = person.username

    def go(self, path: str) -> None:
        answer = self.page.goto(self.base + path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"

    def press(self, name: str) -> None:
        """Press a button or follow a link by what it says."""
        target = self.page.get_by_role("button", name=name, exact=True).or_(
            self.page.get_by_role("link", name=name, exact=True)
        )
        target.first.click()
        self.page.wait_for_load_state()

    def fill(self, **fields: str) -> None:
        """Fill fields by name; a list is a set of boxes, a radio is checked."""
        for name, value in fields.items():
            box = self.page.locator(f"main [name='{name}']")
            kind = box.first.get_attribute("type")
            if kind in ("radio", "checkbox"):
                self.page.check(f"main [name='{name}'][value='{value}']")
            elif box.first.evaluate("node => node.tagName") == "SELECT":
                box.first.select_option(value)
            else:
                box.first.fill(value)

    def text(self) -> str:
        return re.sub(r"\s+", " ", self.page.inner_text("main"))

    def sign(self, button: str = "Sign", **fields: str) -> None:
        """Fill, give the password, sign."""
        self.fill(**fields, password=PASSWORD)
        self.press(button)


@pytest.fixture
def firm(committed_db: str, register: Callable[..., Person], tmp_path: Path) -> dict[str, Any]:
    """A manufacturer with one device, approved policies and statement, and two records of the world."""
    people = {
        "ada": register("Ada Lind", Role.PSIRT), "clara": register("Clara Voss", Role.CLINICAL_SAFETY),
        "rosa": register("Rosa Luz", Role.REGULATORY_AFFAIRS), "quinn": register("Quinn Vale", Role.QUALITY),
        "otto": register("Otto Lind", Role.ENGINEERING),
    }  # fmt: skip
    set_up(manufacturer="Northlake Medical", demo=False, by=people["quinn"])
    site = register_establishment(
        by=people["rosa"], name="Duluth", registration_number="1234567", ever_registered=True, phone="218-555-0100",
        address="400 Harbor Road, Duluth, MN", time_zone=ZONE,
    )  # fmt: skip
    pump = register_product(
        establishment=site, by=people["rosa"], brand_name="Aria P2", common_name="infusion pump", device_class=2,
        pathway=Product.Pathway.K510, marketing_number="K999001",
    )  # fmt: skip
    signed_policies(people["quinn"])
    approve_statement(statement_uid=str(stated(pump, people["clara"]).uid), by=people["clara"], password=PASSWORD)
    (tmp_path / "osv").mkdir()
    (tmp_path / "cve").mkdir()
    record = osv("PYSEC-2026-1", aliases=[CVE], summary="stitch: a crafted packet stops the caller")
    (tmp_path / "osv" / "PYSEC-2026-1.json").write_text(json.dumps(record), encoding="utf-8")
    known = cve5(CVE, {"version": "0", "lessThan": "1.2", "versionType": "custom", "status": "affected"})
    (tmp_path / "cve" / f"{CVE}.json").write_text(json.dumps(known), encoding="utf-8")
    import_feeds([tmp_path / "osv", tmp_path / "cve"], by=people["ada"])
    return {**people, "pump": pump, "sbom": tmp_path / "pump.cdx.json"}


def test_from_sbom_to_report_and_vex(browser: Any, firm: dict[str, Any], site: str) -> None:
    """The vulnerability of the world, found by matching."""
    firm["sbom"].write_text(json.dumps(SBOM), encoding="utf-8")
    walker = Walker(browser, site)
    release = _register_and_match(walker, firm)
    walker.become(firm["ada"])
    walker.go(f"/releases/{release.uid}/")
    walker.page.get_by_role("link", name=CVE).click()
    walker.press("Open a case")
    walker.fill(because="first match in a fielded release")
    walker.press("Open the case")
    _to_the_report(walker, firm, release)
    assert walker.heard == []
    assert verify_chain().intact


def test_the_same_with_a_vulnerability_of_our_own(browser: Any, firm: dict[str, Any], site: str) -> None:
    """No CVE, no component: it is registered, and goes every later step unchanged."""
    firm["sbom"].write_text(json.dumps({**SBOM, "components": SBOM["components"][1:]}), encoding="utf-8")
    walker = Walker(browser, site)
    release = _register_and_match(walker, firm)
    walker.become(firm["ada"])
    walker.go("/vulnerabilities/new")
    walker.fill(kind="open port", title="service port 2222 answers without a password", because="test TR-7")
    walker.fill(description="Found in the laboratory.", releases=str(release.uid))
    walker.press("Register")
    assert "service port 2222" in walker.text()
    walker.press("Open a case")
    walker.fill(because="our own test")
    walker.press("Open the case")
    _to_the_report(walker, firm, release)
    assert walker.heard == []
    assert verify_chain().intact


def _register_and_match(walker: Walker, firm: dict[str, Any]) -> Release:
    """Engineering registers a release and hands in its SBOM; it is read and matched at once."""
    walker.become(firm["otto"])
    walker.go(f"/devices/{firm['pump'].uid}/")
    walker.page.get_by_role("link", name="Register a release").first.click()
    walker.fill(version="4.2", state="released", units_distributed="1204", released_on="2025-03-10")
    walker.press("Register")
    assert "Not assessed" in walker.text(), "without an SBOM nobody has looked"
    assert "0 vulnerabilities" not in walker.text().replace("Controlled, fixed or not affected 0 vulnerabilities", "")
    walker.page.get_by_role("link", name="Add the SBOM").first.click()
    walker.page.set_input_files("[name=file]", str(firm["sbom"]))
    walker.press("Read and match it")
    assert "Components read" in walker.text()
    return Release.objects.get(version="4.2")


def _to_the_report(walker: Walker, firm: dict[str, Any], release: Release) -> None:
    case = Case.objects.get()
    home = f"/cases/{case.uid}/"
    day = today(ZONE)
    learned = day - timedelta(days=3)

    # day of learning, signed; the clocks run from it, and 806 has not started
    walker.go(home)
    walker.page.get_by_role("link", name=re.compile("Sign (the|another) day of learning")).click()
    walker.sign(on=learned.isoformat(), because="the finder's first mail")
    said = walker.text()
    assert short(learned + timedelta(days=30), day) in said
    assert short(learned + timedelta(days=60), day) in said
    assert re.search(r"806 report Not started", said)

    # into analysis; every release is answered
    walker.go(f"{home}steps/start_analysis")
    walker.press("Start analysis")
    walker.go(f"{home}answers?release={release.uid}")
    walker.fill(status="affected", action="Switch the Wi-Fi off.", evidence="TR-1188")
    walker.press("Answer")

    # both axes, by both sides
    walker.page.get_by_role("button", name=re.compile("^Assess Aria P2|^Start the assessment")).first.click()
    walker.press("Judge exploitability")
    for letter, value in {"AV": "N", "AC": "L", "PR": "N", "UI": "N", "E": "F", "RC": "C"}.items():
        walker.fill(**{f"m_{letter}": value, f"r_{letter}": "seen in the laboratory"})
    walker.page.locator("#so-far").get_by_text("High").first.wait_for()
    walker.press("Save")
    assessment = walker.page.url.removeprefix(walker.base)
    walker.become(firm["clara"])
    walker.go(assessment)
    walker.press("Judge the harm")
    walker.fill(
        function="Deliver at the set rate", hazard="no infusion", situation="on a vasopressor", harm="collapse",
        severity="4", rationale="life-threatening within minutes", serious_probable="no", safety_affected="yes",
        secrets_exposed="no",
    )  # fmt: skip
    walker.press("Save")
    walker.press("Hand over to be signed")
    walker.press("Hand over")
    assert "uncontrolled" in walker.text()

    # the verdict, signed with the password
    walker.press("Sign")
    walker.sign(because="read both axes")
    said = walker.text()
    assert said.count("Uncontrolled") >= 1
    assert "Clara Voss" in said
    walker.become(firm["ada"])
    for verb in ("finish_assessment", "find_uncontrolled"):
        walker.go(f"{home}steps/{verb}")
        walker.sign(because="every release is answered, both axes are signed")

    # a correction recorded as initiated: ten working days
    walker.go(f"{home}facts/new?kind=correction_initiated")
    walker.fill(happened_on=day.isoformat(), detail_what="notice to switch the Wi-Fi off")
    walker.press("Record it")
    due = FEDERAL.add_working_days(day, 10)
    assert short(due, day) in walker.text()

    # the decision, and the 806.10 draft as PDF with its 13 items
    walker.become(firm["rosa"])
    walker.go(f"{home}decide")
    walker.press("Run the rules and keep the result")
    assert "R9" in walker.text()
    walker.press("Sign")
    walker.sign(because="as the rules say")
    walker.go(home)
    walker.press("Draft the 806.10 report, Aria P2")
    assert "items complete" in walker.text()
    report = walker.page.url.removeprefix(walker.base)
    printed = walker.page.request.post(
        walker.base + report + "pdf",
        form={"csrfmiddlewaretoken": walker.page.locator("[name=csrfmiddlewaretoken]").first.input_value()},
    )
    assert printed.headers["content-type"] == "application/pdf"
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(printed.body())).pages]
    text = re.sub(r"\s+", " ", " ".join(pages))
    assert "DRAFT" in text
    for rule in ITEMS:
        assert f"{rule.number}. {rule.title}" in text
    assert "Missing: " in text

    # two VEX files
    for dialect, word in (("openvex", '"affected"'), ("cyclonedx", '"exploitable"')):
        got = walker.page.request.get(f"{walker.base}/releases/{release.uid}/vex/{dialect}.json")
        assert got.status == 200
        assert word in got.text()

    # the proof holds, as the page sees it
    walker.become(firm["quinn"])
    walker.go("/proof/")
    walker.press("Verify now")
    assert "Unbroken" in walker.text()


def test_dates_in_the_future_are_refused_where_they_are_typed(browser: Any, firm: dict[str, Any], site: str) -> None:
    """A learned-on date in the future: the sentence says why, and nothing typed is lost."""
    firm["sbom"].write_text(json.dumps(SBOM), encoding="utf-8")
    walker = Walker(browser, site)
    release = _register_and_match(walker, firm)
    from suture.assessment.services import open_case
    from suture.detection.models import Finding

    case = open_case(vulnerability=Finding.objects.get(release=release).vulnerability, by=firm["ada"], because="match")
    walker.become(firm["ada"])
    walker.go(f"/cases/{case.uid}/learned")
    later: date = today(ZONE) + timedelta(days=2)
    walker.sign(on=later.isoformat(), because="typed wrong")
    assert "cannot lie in the future" in walker.text()
    assert walker.page.input_value("[name=because]") == "typed wrong"
    assert walker.page.input_value("[name=password]") == ""
