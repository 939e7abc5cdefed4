"""What an installation is begun with, and the acts beside the main path: each a page, a form and a verb."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

import suture.web
from suture.accounts.models import Person, Wall
from suture.assessment.models import Case
from suture.core.facts import FactKind
from suture.core.roles import Role
from suture.detection.models import Finding
from suture.intelligence.models import Vulnerability
from suture.policy.models import Installation, PolicyKind, PolicyVersion
from suture.web.urls import urlpatterns
from tests.house import PASSWORD
from tests.rooms.casework import DAY_0, Work

pytestmark = pytest.mark.django_db
AsPerson = Callable[[Person], Client]
WEB = Path(suture.web.__file__).parent


def test_every_page_has_a_way_to_it() -> None:
    """A page that nothing links to is not there for a person."""
    sources = [p for p in WEB.rglob("*") if p.suffix in (".html", ".py") and not p.name.endswith("urls.py")]
    text = "\n".join(p.read_text(encoding="utf-8") for p in sources)
    asked_by_machines = {"healthz", "readyz"}
    named = {str(p.name) for p in urlpatterns} - asked_by_machines
    assert {name for name in named if not re.search(rf"""['"]{name}['"]""", text)} == set()


def test_an_installation_begins_with_its_name_and_its_policies(as_person: AsPerson, quinn: Person) -> None:
    """The banner leads to the name; the shipped examples come as drafts, and one signature makes one hold."""
    client = as_person(quinn)
    assert b"say whose installation this is" in client.get("/").content
    assert client.post("/setup", {"manufacturer": "Harbour Devices Inc."}).status_code == 302
    assert Installation.objects.get().manufacturer == "Harbour Devices Inc."
    assert b"say whose installation this is" not in client.get("/").content
    assert client.post("/setup", {"manufacturer": "Other"}).status_code == 422

    assert b"Propose the shipped examples" in client.get("/policy/").content
    client.post("/policy/examples")
    matrix = PolicyVersion.objects.get(kind=PolicyKind.RISK_MATRIX)
    assert matrix.example
    assert matrix.state == PolicyVersion.State.DRAFT
    assert b"Propose the shipped examples" not in client.get("/policy/").content
    given = {"effective_from": "2026-11-20", "because": "read and agreed", "password": PASSWORD}
    assert client.post(f"/policy/{matrix.uid}/approve", given).status_code == 302
    matrix.refresh_from_db()
    assert matrix.state == PolicyVersion.State.APPROVED


def _filled(client: Client, path: str) -> dict[str, str]:
    """What a policy form stands at."""
    form = client.get(path).context["form"]
    return {bound.html_name: str(bound.value() if bound.value() is not None else "") for bound in form}


def test_the_firms_own_matrix(as_person: AsPerson, work: Work) -> None:
    """It starts from the version before; a cell that makes more harm safer is refused and stays as chosen."""
    client = as_person(work.quinn)
    path = "/policy/new/risk-matrix"
    given = _filled(client, path) | {"name": "Our own", "because": "no judgement at low exploitability"}
    refused = client.post(path, given | {"high_catastrophic": "controlled"})
    assert refused.status_code == 422
    assert b"safer than a lesser one" in refused.content
    assert refused.context["form"]["high_catastrophic"].value() == "controlled"
    assert client.post(path, given | {"low_catastrophic": "uncontrolled"}).status_code == 302
    draft = PolicyVersion.objects.filter(kind=PolicyKind.RISK_MATRIX).latest("version")
    assert draft.state == PolicyVersion.State.DRAFT
    assert not draft.example
    assert draft.body["table"]["low"][-1] == "uncontrolled"
    assert b"draft: nothing is decided under it" in client.get(f"/policy/{draft.uid}/").content


def test_the_firms_own_mapping_and_clocks(as_person: AsPerson, work: Work) -> None:
    """Points that rise where an attack gets harder are refused; a closure is a date."""
    client = as_person(work.quinn)
    path = "/policy/new/exploitability"
    given = _filled(client, path) | {"name": "Our own", "because": "a shorter way to high"}
    assert client.post(path, given | {"p_AV_P": "900"}).status_code == 422
    assert client.post(path, given | {"high_from": "10"}).status_code == 302
    assert PolicyVersion.objects.filter(kind=PolicyKind.EXPLOITABILITY).latest("version").body["high_from"] == 10

    path = "/policy/new/clocks"
    given = _filled(client, path) | {"name": "Plant closed", "because": "Christmas"}
    assert client.post(path, given | {"closures": "24 Dec"}).status_code == 422
    assert client.post(path, given | {"closures": "2026-12-28\n2026-12-24\n2026-12-24"}).status_code == 302
    body = PolicyVersion.objects.filter(kind=PolicyKind.CLOCKS).latest("version").body
    assert body["closures"] == ["2026-12-24", "2026-12-28"]
    assert client.get("/policy/new/unheard").status_code == 404


def test_who_may_not_write_policy(as_person: AsPerson, work: Work, register: Callable[..., Person]) -> None:
    """A viewer sees no button, and the verb refuses whoever knows the address."""
    client = as_person(register("Vera Lund", Role.VIEWER))
    assert b"write a new version" not in client.get("/policy/").content
    path = "/policy/new/clocks"
    refused = client.post(path, _filled(client, path) | {"name": "Mine", "because": "because"})
    assert refused.status_code == 422
    assert client.post("/policy/examples").status_code == 403


def test_a_lost_password(as_person: AsPerson, work: Work, register: Callable[..., Person]) -> None:
    """An administrator renews it, with a reason; a weak one is refused."""
    root = register("Rita Root", Role.ADMINISTRATOR)
    path = f"/people/{work.ada.uid}/password"
    assert b"New password" in as_person(root).get(f"/people/{work.ada.uid}/").content
    assert as_person(root).post(path, {"password": "short", "because": "lost"}).status_code == 422
    new = "another nine stitches saved"
    assert as_person(root).post(path, {"password": new, "because": "lost"}).status_code == 302
    work.ada.refresh_from_db()
    assert work.ada.check_password(new)
    assert as_person(work.clara).post(path, {"password": new + "x", "because": "mine"}).status_code == 422


def test_an_embargo_from_the_first_page_on(as_person: AsPerson, work: Work, register: Callable[..., Person]) -> None:
    """A wall is raised, a vulnerability of our own registered behind it; whoever is outside finds nothing."""
    cora = register("Cora Berg", Role.COORDINATOR, Role.PSIRT)
    client = as_person(cora)
    given = {"name": "Relay station", "admitted": [str(work.clara.uid)], "because": "a finder asked for silence"}
    assert client.post("/walls/new", given).status_code == 302
    wall = Wall.objects.get()
    assert set(wall.admitted.all()) == {cora, work.clara}
    given = {
        "kind": Vulnerability.Kind.choices[0][0], "title": "open relay", "description": "found by R.", "tlp": "RED",
        "wall": str(wall.uid), "because": "report of a finder", "releases": [str(work.releases["4.2"].uid)],
    }  # fmt: skip
    given["tlp"] = Vulnerability._meta.get_field("tlp").choices[-1][0]  # type: ignore[index]
    assert client.post("/vulnerabilities/new", given).status_code == 302
    row = Vulnerability.objects.get(title="open relay")
    assert as_person(work.clara).get(f"/vulnerabilities/{row.uid}/").status_code == 200
    assert as_person(work.ada).get(f"/vulnerabilities/{row.uid}/").status_code == 404
    assert b"Relay station" not in as_person(work.ada).get("/people/").content
    assert b"Relay station" not in as_person(work.ada).get("/vulnerabilities/new").content


def test_what_was_stated_is_taken_back(as_person: AsPerson, work: Work) -> None:
    """A finding a person stated goes when it is taken back; the reason is asked."""
    client = as_person(work.ada)
    target = work.releases["5.0"] if "5.0" in work.releases else next(iter(work.releases.values()))
    client.post(
        f"/vulnerabilities/{work.vulnerability.uid}/releases/{target.uid}/state", {"because": "seen in the lab"}
    )
    finding = Finding.objects.get(vulnerability=work.vulnerability, release=target)
    assert finding.stated
    page = f"/vulnerabilities/{work.vulnerability.uid}/"
    assert b"take back" in client.get(page).content
    path = f"{page}releases/{target.uid}/take-back"
    assert client.post(path, {"because": ""}).status_code == 422
    assert client.post(path, {"because": "another build"}).status_code == 302
    finding.refresh_from_db()
    assert not finding.stated


@pytest.fixture
def case(work: Work) -> Case:
    return work.open()


def test_a_case_is_handed_over(as_person: AsPerson, work: Work, case: Case) -> None:
    """To somebody who is there, with a reason."""
    client = as_person(work.ada)
    path = f"/cases/{case.uid}/hand-over"
    assert client.post(path, {"to": str(work.ada.uid), "because": "to myself"}).status_code == 422
    assert client.post(path, {"to": str(work.quinn.uid), "because": "holidays"}).status_code == 302
    case.refresh_from_db()
    assert case.owner == work.quinn


def test_a_control_as_the_long_term_solution(as_person: AsPerson, work: Work, case: Case) -> None:
    """Three answers without a default, and a signature."""
    client = as_person(work.clara)
    path = f"/cases/{case.uid}/long-term"
    given = {"on": DAY_0.isoformat(), "viable": "yes", "acceptable": "yes", "because": "TR-9", "password": PASSWORD}
    assert client.post(path, given).status_code == 422
    assert client.post(path, given | {"adds_risk": "no"}).status_code == 302
    fact = case.dated_facts.get(kind=FactKind.LONG_TERM_CONTROL_SIGNED)
    assert fact.detail["viable"] == "yes"
    assert fact.detail["adds_risk"] == "no"
