"""Two people at once, and a person at work while a feed is taken in: in processes of their own, on either engine."""

from __future__ import annotations

import time

import pytest

from tests.conftest import ROOT
from tests.doors.process.installation import PASSWORD, sbom_of
from tests.doors.process.test_kill import feed_of
from tests.doors.walk import chain
from tests.rooms.casework import DAY_0

pytestmark = pytest.mark.browser

RECORDS = 20_000

# The firm of the rooms' tests, with an assessment of its pump handed over to be signed.
A_CASE_TO_SIGN = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from suture.accounts.models import Person
from suture.accounts.services import register_person
from suture.core.roles import Role
from suture.intelligence.models import KnowledgeState
from tests.rooms import casework
noor, quinn = Person.objects.get(username="noor"), Person.objects.get(username="quinn")
def add(username, name, role):
    return register_person(username=username, printed_name=name, roles=[role], by=noor, password={PASSWORD!r})
casework.set_up = lambda **_: None
KnowledgeState.objects.update(next_vulnerability=2000)  # casework numbers its own vulnerability by hand
work = casework.build(
    ada=add("ada", "Ada Lind", Role.PSIRT), clara=add("clara", "Clara Voss", Role.CLINICAL_SAFETY),
    rosa=add("rosa", "Rosa Luz", Role.REGULATORY_AFFAIRS), quinn=quinn,
    engineer=add("otto", "Otto Lind", Role.ENGINEERING), tick=lambda _day: None)
case = work.open()
work.answer(case, "4.1", "4.2")
work.answer_rest(case)
print(case.uid, work.assess(case).uid, work.releases["4.2"].uid)
"""


@pytest.fixture
def case(house):
    """A case with an assessment in review; gives the addresses of case and assessment, and the uid of a release."""
    (house.home / "suture.toml").write_text(f"clock = {DAY_0.isoformat()}T18:00:00Z\n")
    uids = house.python(A_CASE_TO_SIGN).split()
    house.serve()
    return f"/cases/{uids[0]}/", f"/assessments/{uids[1]}/", uids[2]


def test_two_people_sign_at_once(house, case, at_browser):
    """One of them signs; the other is told so, keeps the reason typed, and has signed nothing."""
    at_case, assessment, _release = case
    both = [at_browser("ada", "Ada Lind"), at_browser("clara", "Clara Voss")]
    for somebody in both:
        somebody.signs_in()
        somebody.opens(assessment)
        somebody.follows("Sign")
        somebody.fills({"Why": f"as {somebody.name} sees it", "Your password": PASSWORD})
    for somebody in both:
        somebody.presses_in("Sign", milliseconds=400)
    refused = [somebody for somebody in both if not somebody.arrived(at_case)]
    assert len(refused) == 1
    late = refused[0]
    assert "was changed meanwhile" in late.refusal()
    assert "Nothing was changed" in late.refusal()
    assert late.field("Why").input_value() == f"as {late.name} sees it"
    late.opens(assessment)
    first = next(somebody for somebody in both if somebody is not late)
    assert first.name in late.reads("Signatures")
    assert late.name not in late.reads("Signatures")
    late.opens(at_case)
    assert "Uncontrolled" in late.verdict()
    assert len(chain.entries(house, "assessment.signed")) == 1
    assert chain.verify(house)[1]["intact"]
    assert [line for somebody in both for line in somebody.wrong] == []


def test_people_work_while_a_feed_is_taken_in(house, case, at_browser, tmp_path):
    """Twenty thousand records come in; meanwhile a person browses, hands in an SBOM and signs; nothing is locked."""
    at_case, _assessment, release = case
    file = tmp_path / "feed.jsonl.gz"
    file.write_bytes(feed_of(RECORDS, "2.0.0"))
    ada = at_browser("ada", "Ada Lind")
    ada.signs_in()
    coming = house.start("feeds", "import", str(file))
    signed = pages = documents = 0
    while coming.poll() is None:
        ada.opens(at_case)
        ada.page.get_by_role("link", name="day of learning").click()
        ada.fills({"The day": DAY_0, "Why": f"choice {signed + 1}", "Your password": PASSWORD})
        ada.presses("Sign")
        assert "Not started" not in ada.section("Clocks").get_by_role("listitem").first.inner_text()
        signed += 1
        for path in ("/", f"/releases/{release}/", "/vulnerabilities/", "/sources", "/proof/"):
            ada.opens(path)
            pages += 1
        status, _body = house.hand_in(release, sbom_of([f"part-{n}" for n in range(3)], f"urn:uuid:{documents}"))
        documents += status in (200, 201)
    assert coming.returncode == 0, (house.home / "stderr.log").read_text()
    assert signed >= 1
    assert pages >= 5
    assert documents >= 1
    assert len(chain.entries(house, "signature.given")) >= signed
    deadline = time.monotonic() + 60
    ada.opens(f"/releases/{release}/")
    while "GHSA-test-0001" not in ada.reads("Findings"):
        assert time.monotonic() < deadline, "the worker matched nothing"
        time.sleep(0.5)
        ada.page.reload()
    assert chain.verify(house)[1]["intact"]
    assert ada.wrong == []
    log = (house.home / "stderr.log").read_text()
    assert "locked" not in log
    assert "Traceback" not in log
