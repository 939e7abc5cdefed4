"""Whatever somebody types into an address or a form: a page or a refusal, never a failure, and nothing of it as HTML.

Each page sees every odd value in every parameter it reads, each form in every field it has, and each form every
person. The values go round: what one round puts into one field, the next puts into its neighbour.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

import pytest
from django.http import HttpResponse, QueryDict
from django.test import Client

from suture.accounts.models import Person
from suture.assessment.services import propose_control
from suture.core.controls import ControlKind
from suture.core.disclosure import ReportSource
from suture.disclosure.services import Telling, take_in_report
from suture.evidence.clock import now
from suture.policy.models import PolicyVersion
from suture.reporting.services import decide, open_report806
from suture.sharing.services import register_membership
from suture.web.urls import urlpatterns
from tests.doors.web.test_frame import NOBODY, address_of
from tests.house import PASSWORD
from tests.rooms.casework import Work, stated

pytestmark = pytest.mark.django_db
ODD = ["\0", "' OR 1=1 --", "%", "x" * 3000, "-1", "9" * 30, "²", "2026-99-99", "é☃", "<script>"]
ELSEWHERE = {"assessment-start": {"product"}, "report-draft": {"product"}}  # their fields stand on the case's page
FRAME = {"q"}  # read by every page, for its search box
LONG, STRANGE, SHORT = TEXTS = ["x" * 5000, "é☃ <script>", "7"]


@pytest.fixture
def addresses(work: Work) -> dict[str, str]:
    """Every page by name, of records that exist where the small manufacturer has one."""
    case = work.open()
    work.answer(case, "4.2")
    judged = work.assess(case)
    control = propose_control(case_uid=case.uid, by=work.ada, name="Firewall", kind=ControlKind.DESIGN)
    isao = register_membership(isao="Health-ISAC", by=work.rosa)
    draft = stated(work.pump, work.clara)
    told = take_in_report(
        source=ReportSource.COMPLAINT, telling=Telling(what="a scan"), received_at=now(), by=work.ada, origin="CP-1"
    )
    uids = {
        "devices": work.pump.uid, "releases": work.releases["4.2"].uid, "vulnerabilities": work.vulnerability.uid,
        "cases": case.uid, "people": work.ada.uid, "assessments": judged.uid, "controls": control.uid,
        "statements": draft.uid, "decisions": decide(case_uid=case.uid, by=work.rosa).uid,
        "reports": open_report806(case_uid=case.uid, product=work.pump, by=work.rosa).uid,
        "policy": PolicyVersion.objects.order_by("pk")[0].uid, "intake": told.uid,
    }  # fmt: skip
    found = {str(p.name): address_of(p) for p in urlpatterns}
    found = {name: a.replace(NOBODY, str(uids.get(a.split("/")[1], NOBODY)), 1) for name, a in found.items()}
    return found | {
        "statement-approve": f"/devices/{work.pump.uid}/statements/{draft.uid}/approve",
        "case-move": f"/cases/{case.uid}/steps/finish_assessment",
        "intake-step": f"/intake/{told.uid}/steps/start_validation",
        "report-move": f"/reports/{uids['reports']}/steps/approve",
        "isao-criterion": f"/sharing/isao/{isao.uid}/criteria/new",
        "proof-record": f"/proof/records/case/{case.uid}/",
        "record-806-new": f"/cases/{case.uid}/records/new?product={work.pump.uid}",
        "finding-state": f"/vulnerabilities/{work.vulnerability.uid}/releases/{work.releases['4.2'].uid}/state",
    }


@pytest.fixture
def clients(work: Work, as_person: Callable[[Person], Client]) -> list[Client]:
    """Product security, regulatory affairs, quality and clinical safety, each signed in."""
    return [as_person(person) for person in (work.ada, work.rosa, work.quinn, work.clara)]


@pytest.fixture
def forms(addresses: dict[str, str], clients: list[Client]) -> dict[str, str]:
    """The addresses that take a form, by what they say themselves."""
    takes = {name: clients[0].options(address).get("Allow", "") for name, address in addresses.items()}
    return {name: addresses[name] for name, methods in takes.items() if "POST" in methods}


def holds(answer: HttpResponse, name: str, odd: object = "") -> bool:
    """The answer is a page or a refusal, and nothing typed came back as HTML."""
    assert answer.status_code < 500, f"{name} given {odd!r}: {answer.content[-300:]!r}"
    if answer["Content-Type"].startswith("text/html"):
        assert b"<script>" not in answer.content, f"{name} given {odd!r}"
    return True


def going_round(names: Collection[str], turn: int) -> dict[str, str]:
    """An odd value for each name; over `len(ODD)` turns each name has had each value."""
    return {name: ODD[(place + turn) % len(ODD)] for place, name in enumerate(sorted(names))}


# ---------------------------------------------------------------- addresses


@contextmanager
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """What a page looks up in the address's parameters while it is made."""
    asked: set[str] = set()
    one, several = QueryDict.__getitem__, QueryDict.getlist

    def _one(self: Any, key: str) -> Any:
        asked.add(key)
        return one(self, key)

    def _several(self: Any, key: str, default: Any = None) -> Any:
        asked.add(key)
        return several(self, key, default)

    with monkeypatch.context() as patch:
        patch.setattr(QueryDict, "__getitem__", _one)
        patch.setattr(QueryDict, "getlist", _several)
        yield asked


def test_no_address_makes_a_page_fail(
    clients: list[Client], addresses: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every odd value in every parameter a page reads, on either engine; in the frame's own, page by page another."""
    client, every = clients[0], set()
    for place, (name, address) in enumerate(addresses.items()):
        assert all(holds(other.get(address), name) for other in clients[1:])
        read: set[str] = set()
        turn = 0
        while turn < len(ODD):
            given = going_round(read, place + turn)
            with heard(monkeypatch) as asked:
                answer = client.get(address, given)
            assert holds(answer, name, given)
            if not asked <= read:  # it reads more than was known: begin again with that too
                read, turn = read | asked, 0
            elif read <= FRAME:
                break
            else:
                turn += 1
        every |= read
    assert every >= {
        "q", "show", "find", "watched", "device", "kind", "release", "page", "desk", "did", "asof", "as",
        "before", "product", "criterion",
    }  # fmt: skip


# ---------------------------------------------------------------- forms


def fields_of(shown: HttpResponse) -> set[str]:
    """The names of a page's fields."""
    return set(re.findall(r'name="([a-zA-Z_0-9]+)"', shown.content.decode())) - {"csrfmiddlewaretoken"}


@pytest.mark.once
def test_no_form_makes_a_page_fail(clients: list[Client], forms: dict[str, str]) -> None:
    """Every form with every field left out, by everybody; then with nonsense, by people whom it lets through."""
    refused = 0
    for place, (name, address) in enumerate(forms.items()):
        fields: set[str] = set(ELSEWHERE.get(name, ()))
        let_through = []
        for client in clients:
            fields = fields or fields_of(client.get(address))
            answer = client.post(address, {})
            assert holds(answer, name)
            refused += answer.status_code == 422
            if answer.status_code != 403:
                let_through.append(client)
                fields |= fields_of(answer) if answer.status_code == 422 else set()
        for turn in range(len(ODD) if let_through and fields else 0):
            given = going_round(fields, turn)
            answer = let_through[(place + turn) % len(let_through)].post(address, given)
            assert holds(answer, name, given)
            refused += answer.status_code == 422
    assert len(forms) > 50
    assert refused > 5 * len(forms)


class Filler(HTMLParser):
    """Fills a page's form as its kinds of field ask; what may be written freely, with one long text."""

    def __init__(self, text: str, number: str) -> None:
        super().__init__()
        self.text, self.number, self.given, self.select = text, number, {}, ""  # type: ignore[var-annotated]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {key: value or "" for key, value in attrs}
        name, kind = a.get("name", ""), a.get("type", "text")
        if tag == "select":
            self.select = name
        elif tag == "option" and self.select and a.get("value"):
            self.given.setdefault(self.select, a["value"])
        elif tag == "textarea":
            self.given[name] = self.text
        elif tag == "input" and name != "csrfmiddlewaretoken":
            known = {"date": "2026-11-20", "number": self.number, "password": PASSWORD}
            if kind in ("radio", "checkbox", "hidden"):
                self.given.setdefault(name, a.get("value", "on"))
            elif kind != "file":
                self.given[name] = known.get(kind, self.text)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""


@pytest.mark.parametrize("text", TEXTS, ids=["long", "strange", "short"])
def test_no_filled_form_makes_a_page_fail(text: str, clients: list[Client], forms: dict[str, str]) -> None:
    """Every form filled as its fields ask: done or refused, never a failure of the database.

    One text by everybody, the others by the first whom the form does not send away.
    """
    done = 0
    for name, address in forms.items():
        for client in clients:
            shown = client.get(address)
            filler = Filler(text, "2000000000")
            if shown.status_code == 200:
                filler.feed(shown.content.decode())
            answer = client.post(address, filler.given)
            assert holds(answer, name, text)
            done += answer.status_code == 302
            if answer.status_code != 403 and text is not STRANGE:
                break
    assert done > 3
