"""Every page of the demo manufacturer in a real browser: it answers, the console stays silent, axe finds nothing.

A message on the console is a failure: under the strict Content-Security-Policy it is how a violation shows.

axe takes ten times as long as the page. It is asked wherever a page holds something that no page before it held in the
same look: an element by its whole path of tags, classes and attributes, with or without text, or a step from heading to
heading. Of rows of the same make it sees two. `make deep` asks it about all of every page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import pytest

from suture.accounts.models import Person
from suture.assessment.inheritance import proposals
from suture.assessment.models import Assessment, Case
from suture.demo.people import PASSWORD
from suture.detection.models import Finding
from suture.detection.queries import pairs_of
from suture.detection.services import correct_match, take_in_sbom
from suture.disclosure.models import Report as IntakeReport
from suture.disclosure.models import WatchedSource
from suture.inventory.blobs import read_blob
from suture.inventory.models import Product, Release, Unit
from suture.inventory.services import register_release
from suture.jobs.delivery import deliver_due
from suture.policy.models import PolicyKind, PolicyVersion
from suture.remediation.models import Campaign, ControlEntry
from suture.reporting.models import Decision, Record806, Report806
from tests.doors.process.installation import sbom_of
from tests.doors.web.test_outbox import SAYS, answer, mails
from tests.rooms.jobs.outside import Outside

pytestmark = [pytest.mark.browser, pytest.mark.once]

AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], "resultTypes": ["violations"],
}  # fmt: skip
HELD = """() => {
  const held = new Set(), ids = new Set(), about = new Map([[document, document.documentElement.dataset.bsTheme]])
  let before = 0
  for (const node of document.querySelectorAll("*")) {
    const level = /^H[1-6]$/.test(node.tagName) ? Number(node.tagName[1]) : 0
    const path = (about.get(node.parentNode) || "") + " " + node.tagName + "." + (node.getAttribute("class") || "")
    about.set(node, path)
    held.add([path, node.getAttributeNames().sort(), node.getAttribute("role"), node.getAttribute("type"),
      node.textContent.trim() !== "", ids.has(node.id), level && before].join("|"))
    if (node.id) ids.add(node.id)
    if (level) before = level
  }
  return [...held]
}"""
TWO_OF_A_MAKE = """() => {
  const make = node => [node.tagName, node.getAttribute("class"), node.getAttributeNames().sort(),
    node.getAttribute("role"), node.getAttribute("type"), node.textContent.trim() !== "",
    [...node.children].map(make)].join("|")
  const thin = parent => {
    const met = new Map()
    for (const node of [...parent.children]) {
      const count = (met.get(make(node)) || 0) + 1
      met.set(make(node), count)
      count > 2 ? node.remove() : thin(node)
    }
  }
  thin(document.body)
}"""
asked_about: set[str] = set()


class Visitor:
    """Somebody signed in, who listens to the console."""

    asks_always = False

    def __init__(self, browser: Any, base: str, username: str, dark: bool = False) -> None:
        self.base, self.heard = base, []
        self.context = browser.new_context(viewport={"width": 1440, "height": 900})
        if dark:
            self.context.add_cookies([{"name": "look", "value": "dark", "url": base}])
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self.heard.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.heard.append(f"error: {error}"))
        self.page.goto(f"{base}/accounts/login/")
        self.page.fill("[name=login]", username)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("button[type=submit]")

    def visit(self, path: str, expect: int = 200) -> list[str]:
        """Open a page and say everything that is wrong with it."""
        from axe_playwright_python.sync_playwright import Axe

        answer = self.page.goto(self.base + path)
        assert answer is not None
        wrong = [] if answer.status == expect else [f"answered {answer.status}"]
        held = set(self.page.evaluate(HELD))
        if self.asks_always or not held <= asked_about:
            asked_about.update(held)
            if not self.asks_always:
                self.page.evaluate(TWO_OF_A_MAKE)
            for violation in Axe().run(self.page, options=AXE).response["violations"]:
                nodes = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
                wrong.append(f"axe {violation['id']} ({len(violation['nodes'])}): {nodes}")
        wrong += self.heard
        self.heard = []
        return [f"{path}: {line}" for line in wrong]

    def visit_all(self, paths: Iterable[str]) -> None:
        """Open every page; one report of everything that is wrong."""
        wrong = [line for path in paths for line in self.visit(path)]
        assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="module", autouse=True)
def _deep(request: pytest.FixtureRequest) -> None:
    """`make deep` asks axe on every page."""
    Visitor.asks_always = "deep or" in request.config.option.markexpr


@pytest.fixture(scope="module")
def tomas(browser: Any, northlake: str) -> Iterator[Visitor]:
    """Product security, who may see nearly everything."""
    visitor = Visitor(browser, northlake, "tomas")
    yield visitor
    visitor.context.close()


@pytest.fixture(scope="module")
def ingrid(browser: Any, northlake: str) -> Iterator[Visitor]:
    """Regulatory affairs."""
    visitor = Visitor(browser, northlake, "ingrid")
    yield visitor
    visitor.context.close()


LISTS = (
    "/", "/?desk=psirt", "/?desk=clinical_safety", "/?desk=executive", "/?desk=all", "/devices/", "/vulnerabilities/",
    "/vulnerabilities/?show=ours", "/vulnerabilities/?show=exploited", "/cases/", "/cases/?show=all", "/reports/",
    "/sharing/", "/proof/", "/policy/", "/people/", "/sources", "/search?q=openssl", "/search?q=nothing+like+it",
    "/search", "/accounts/password/change/", "/accounts/logout/", "/devices/new", "/establishments/new", "/people/new",
    "/sources/demo%20nvd/owner", "/vulnerabilities/new", "/sharing/isao/new", "/walls/new", "/setup",
    "/campaigns/", "/campaigns/?show=all", "/controls/library/", "/controls/library/new", "/service/", "/measures/",
    "/review/", "/review/?scope=all", "/review/?state=decided", "/review/together", "/crosswalk/", "/crosswalk/new",
    "/crosswalk/?part=waiting", "/crosswalk/?part=confirmed",
    "/crosswalk/?part=rejected", "/crosswalk/?part=shipped", "/crosswalk/?part=names", "/intake/", "/intake/?show=all",
    "/intake/new", "/watched-sources/new",
    "/security/", "/security/report", "/security/advisories/",
    "/field/", "/field/consignees/", "/field/consignees/?kind=hospital&find=a", "/field/consignees/new",
    "/field/units/",
    "/field/units/?known=stale", "/field/units/?known=never&release=unknown", "/field/units/?serial=nothing",
    *(f"/policy/new/{k}" for k in PolicyKind.values),
)  # fmt: skip


def test_lists_and_forms(tomas: Visitor) -> None:
    """Pages without a record."""
    tomas.visit_all(LISTS)


def test_records(tomas: Visitor) -> None:
    """Pages of a record, each kind in every state the demo has."""
    paths = [f"/releases/{r.uid}/" for r in Release.objects.filter(version__in=["4.2", "2.6", "7.3"])]
    pump = Release.objects.get(product__brand_name="Aria P2", version="4.2")
    tabs = ("components", "coverage", "ruled-out", "sbom", "sbom/read", "as-of")
    paths += [f"/releases/{pump.uid}/{tab}" for tab in tabs]
    paths += [f"/releases/{pump.uid}/coverage{form}" for form in ("?show=unowned", "/owner", "/watch?name=busybox")]
    product = Product.objects.get(brand_name="Aria P2")
    paths += [f"/devices/{product.uid}/{form}" for form in ("", "describe", "releases/new", "statements/new")]
    ventilator = Product.objects.get(brand_name="Boreal V20")
    named, absent = ventilator.devicenames.all()[0], product.absentplatforms.all()[0]
    paths += [f"/devices/{ventilator.uid}/{form}" for form in ("", "names/new", "absent/new")]
    paths += [f"/device-names/{named.uid}/withdraw", f"/absent-platforms/{absent.uid}/withdraw"]
    paths += [f"/releases/{r.uid}/coverage" for r in ventilator.releases.all()[:1]]
    for case in Case.objects.select_related("vulnerability"):
        if case.wall is None:
            paths += [f"/cases/{case.uid}/", f"/vulnerabilities/{case.vulnerability.uid}/"]
    first = Case.objects.order_by("pk")[0]
    paths += [
        f"/cases/{first.uid}/{form}"
        for form in (
            "facts/new", "facts/new?kind=customers_told", "facts/new?kind=adverse_event_search", "learned", "initiated",
            "answers", "reassess", "controls/new", "decide", "steps/reopen", "isao",
            "long-term", "hand-over",
        )
    ]  # fmt: skip
    paths += [f"/cases/{first.uid}/facts/{first.dated_facts.first().uid}/correct"]
    paths += [f"/assessments/{a.uid}/" for a in Assessment.objects.filter(case__wall=None)]
    draft = Assessment.objects.filter(case__wall=None).order_by("-pk")[0]
    paths += [f"/assessments/{draft.uid}/{form}" for form in ("exploitability", "harm", "dissent", "sign")]
    paths += [f"/policy/{p.uid}/" for p in PolicyVersion.objects.all()]
    paths += [f"/proof/records/case/{first.uid}/", f"/proof/records/case/{first.uid}/?asof=2020-01-01"]
    paths += [f"/decisions/{d.uid}/" for d in Decision.objects.all()[:1]]
    tomas.visit_all(paths)


def test_intake_and_coordination(browser: Any, northlake: str) -> None:
    """A coordinator's pages: each report, each form, the coordinated case under embargo, its CVE draft."""
    owen = Visitor(browser, northlake, "owen")
    paths = ["/intake/", "/intake/?show=all", "/?desk=coordinator", "/sources"]
    for report in IntakeReport.objects.all():
        paths += [f"/intake/{report.uid}/"]
    finders = IntakeReport.objects.filter(source="finder").order_by("pk")
    paths += [
        f"/intake/{finders[0].uid}/{form}"
        for form in (
            "answer",
            "link",
            "case",
            "duplicate",
            "admit",
            "complaint",
            "service",
            "references",
        )
    ]
    paths += [f"/intake/{finders[1].uid}/{form}" for form in ("acknowledge", "steps/start_validation")]
    case = finders[0].in_cases.get().case
    base = f"/cases/{case.uid}/coordination"
    party = case.participants.get(name="CISA")
    paths += [
        base, f"{base}/parties/new", f"{base}/parties/{party.uid}/note_left", f"{base}/embargo/propose_revision",
        f"{base}/advisory", f"{base}/advisory/approve", f"{base}/cve", f"{base}/cve?cwe=CWE-798",
    ]  # fmt: skip
    paths += [f"/watched-sources/{WatchedSource.objects.all()[0].uid}/look"]
    owen.visit_all(paths)
    owen.context.close()


def test_reports(ingrid: Visitor) -> None:
    """The 806 report, item by item, and the 806.20 record; what is in the field, and its forms."""
    unit = Unit.objects.filter(state=Unit.State.FIELDED).select_related("site__consignee").order_by("pk")[0]
    retired = Unit.objects.filter(state=Unit.State.RETIRED).order_by("pk")[0]
    contact = unit.site.consignee.contacts.order_by("pk")[0]
    at, to = f"/field/consignees/{unit.site.consignee.uid}/", f"/field/units/{unit.uid}/"
    paths = [
        "/", "/field/import", at, *(at + form for form in ("change", "sites/new", "contacts/new")),
        f"/field/contacts/{contact.uid}/change", f"/field/sites/{unit.site.uid}/",
        f"/field/sites/{unit.site.uid}/change",
        to, *(to + act for act in ("seen", "lend", "sell", "lose", "retire")), f"/field/units/{retired.uid}/",
    ]  # fmt: skip
    for report in Report806.objects.all():
        paths += [f"/reports/{report.uid}/", *(f"/reports/{report.uid}/items/{n}" for n in (1, 7, 11, 13))]
    for record in Record806.objects.all()[:1]:
        paths += [f"/records/{record.uid}/", f"/records/{record.uid}/sign"]
    for decision in Decision.objects.all()[:1]:
        paths += [f"/decisions/{decision.uid}/sign"]
    ingrid.visit_all(paths)


def test_case_and_vulnerability_in_the_dark(browser: Any, northlake: str) -> None:
    """The dark variant keeps its contrast."""
    visitor = Visitor(browser, northlake, "tomas", dark=True)
    case = Case.objects.order_by("pk")[0]
    paths = [f"/cases/{case.uid}/", f"/vulnerabilities/{case.vulnerability.uid}/"]
    visitor.visit_all(paths)
    visitor.context.close()


@pytest.fixture(scope="module")
def judged(northlake: str) -> list[str]:
    """Pages of what is held, corrected and proposed; the demo itself has none of it."""
    tomas, yuki = Person.objects.get(username="tomas"), Person.objects.get(username="yuki")
    pump = Release.objects.get(product__brand_name="Aria P2", version="4.2")
    newer = register_release(product=pump.product, by=yuki, version="9.0")
    take_in_sbom(release=newer, data=read_blob(pump.sbom.sha256), file_name="pump.cdx.json", by=yuki)
    held = take_in_sbom(release=newer, data=sbom_of(["a"], "1"), file_name="small.cdx.json", by=yuki).held
    finding = Finding.objects.standing().filter(release=newer).exclude(reasons=[]).order_by("pk")[0]
    pair = pairs_of(finding)[0]
    row = correct_match(
        component=pair.named, source=pair.source, record_id=pair.record, because="another product", by=tomas,
        evidence="its recipe", review_on=date(2040, 1, 1),
    )  # fmt: skip
    offered = proposals(tomas, release=newer)
    other = Finding.objects.standing().filter(release=newer).exclude(reasons=[]).order_by("pk")[0]
    Finding.objects.filter(pk=other.pk).update(held_because="would be dropped because the record changed")
    vulnerability = offered[0].finding.vulnerability
    return [
        f"/sboms/held/{held.uid}/", f"/sboms/held/{held.uid}/confirm", f"/sboms/held/{held.uid}/reject",
        "/corrections/", "/corrections/?show=ended", f"/corrections/{row.uid}/", f"/corrections/{row.uid}/withdraw",
        f"/releases/{newer.uid}/", f"/releases/{newer.uid}/corrected", f"/releases/{newer.uid}/proposals",
        f"/releases/{newer.uid}/held", f"/vulnerabilities/{vulnerability.uid}/",
        f"/vulnerabilities/{vulnerability.uid}/proposals",
        f"/vulnerabilities/{other.vulnerability.uid}/releases/{newer.uid}/correct",
        "/proof/match-quality", "/proof/match-quality?show=all", "/?desk=psirt",
    ]  # fmt: skip


def test_judgements_that_stick(tomas: Visitor, judged: list[str]) -> None:
    """What is held, corrected, proposed and counted."""
    tomas.visit_all(judged)


def test_the_outbox(tomas: Visitor) -> None:
    """Messages in every state, and one of them."""
    person = Person.objects.get(username="tomas")
    rows = mails(person, *SAYS)
    deliver_due({"mail": Outside(says=answer)}, worker="w")
    paths = ["/outbox/", "/outbox/?show=refused", "/outbox/?show=failed", f"/outbox/of/{person.uid}/"]
    paths += [f"/outbox/{row.uid}/" for row in rows]
    tomas.visit_all([*paths, f"/outbox/{rows[1].uid}/repeat", f"/outbox/{rows[1].uid}/stop"])


def test_refusals_are_pages_too(tomas: Visitor) -> None:
    """A page that is not there, a record that is not there. The browser itself reports the status on its console."""
    for path in ("/no/such/page", "/cases/01a1ff93-1773-767f-b08a-000000000000/"):
        found = [
            line for line in tomas.visit(path, expect=404) if "the server responded with a status of 404" not in line
        ]
        assert found == []
        assert tomas.page.locator("h1").count() == 1


def test_keys(tomas: Visitor) -> None:
    """'/' searches, j and k walk the rows, enter opens, '?' lists the keys."""
    page = tomas.page
    page.goto(f"{tomas.base}/devices/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    for key in ("j", "j", "k"):
        page.keyboard.press(key)
    assert page.locator("tr.is-at").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_url(f"{tomas.base}/devices/*/")
    page.keyboard.press("?")
    assert page.locator("dialog#keys").is_visible()


def test_the_level_builds_up_while_questions_are_answered(tomas: Visitor) -> None:
    """The wizard's preview comes from core's rule; nothing is saved by it."""
    draft = Assessment.objects.filter(case__wall=None).order_by("-pk")[0]
    page = tomas.page
    page.goto(f"{tomas.base}/assessments/{draft.uid}/exploitability")
    page.check("[name=m_AV][value=P]")
    page.locator("#so-far li", has_text="attack vector P").wait_for()
    assert tomas.heard == []


def test_campaigns_and_controls(northlake: str, ingrid: Visitor) -> None:
    """A campaign with its places, notice, forms; the library's controls; a plan."""
    paths = [f"/controls/library/{e.uid}/" for e in ControlEntry.objects.all()]
    case = Case.objects.filter(wall=None).order_by("pk")[0]
    paths += [f"/cases/{case.uid}/{form}" for form in ("plan/new", "campaigns/new", "controls/take")]
    for row in Campaign.objects.all()[:1]:
        held = row.tallies.select_related("consignee")[0]
        paths += [f"/campaigns/{row.uid}/{part}" for part in ("", "checks/new", "notices/new", "steps/close")]
        paths += [f"/campaigns/{row.uid}/places/{held.consignee.uid}/"]
        paths += [f"/campaigns/{row.uid}/units/{v}?consignee={held.consignee.uid}" for v in ("verify", "retire")]
        paths += [f"/notices/{n.uid}/" for n in row.notices.all()]
        paths += [f"/service/{o.uid}/" for o in row.service_orders.all()[:1]]
    ingrid.visit_all(paths)
