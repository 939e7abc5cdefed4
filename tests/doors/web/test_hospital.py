"""A hospital, from the link in its mail to a ticked list; and nothing of anybody else's."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from suture.assessment.models import Case
from suture.core.roles import Role
from suture.desk.obligations import Sort
from suture.desk.queries import obligations
from suture.inventory.services import register_release
from suture.jobs.delivery import deliver_due
from suture.jobs.models import Promise
from suture.jobs.queries import content
from suture.remediation.links import token_of
from suture.remediation.models import Delivery, PortalCode, Question, UnitTask
from suture.remediation.services import follow_deliveries
from tests.rooms.casework import DAY_0, Work
from tests.rooms.jobs.outside import Outside
from tests.rooms.remediation.fleet import at, hospitals, running, units

pytestmark = pytest.mark.django_db


@pytest.fixture
def field(work: Work, register: Any) -> tuple[Any, list[Any], Case]:
    """Two hospitals with two pumps each, and a running campaign whose notice has arrived."""
    work.releases["4.2.1"] = register_release(
        product=work.pump, by=register("Enno Berg", Role.ENGINEERING), version="4.2.1", state="released"
    )
    case = work.open()
    work.answer(case, "4.1", "4.2")
    sites = hospitals(2)
    fleet = units(work.pump, work.releases["4.2"], sites, 4)
    campaign, _notice = running(work, case)
    outside = Outside()
    outside.says = lambda w: outside.take(w, tuple(w.payload["to"]))
    deliver_due({"mail": outside}, worker="w")
    follow_deliveries()
    return campaign, fleet, case


def link(consignee: str) -> tuple[str, Delivery]:
    """The link as it stands in the mail."""
    delivery = Delivery.objects.filter(consignee__name=consignee, audience="hospital_it").first()
    delivery = delivery or Delivery.objects.filter(consignee__name=consignee)[0]
    promise = Promise.objects.get(cause_uid=delivery.uid, label__startswith="N-")
    found = re.search(r"/hospital/n/[^/]+/", content(promise)["text"])
    assert found is not None
    assert token_of(delivery.uid) in found[0]
    return found[0], delivery


def sign_in(client: Client, path: str) -> None:
    """Ask for a code, read it in the mail, give it."""
    assert client.post(path + "code").status_code == 302
    code = content(Promise.objects.filter(label__startswith="Sign-in").order_by("-pk")[0])["text"][:9]
    assert client.post(path + "enter", {"code": code}).status_code == 302


def test_from_the_link_to_the_ticked_list(field: Any, work: Work) -> None:
    """Reads without an account, acts with a code; the campaign moves and the staff sees the question."""
    campaign, fleet, _case = field
    path, delivery = link("Hospital 001")
    client = Client()
    page = client.get(path).content.decode()
    mine = [t.unit for t in UnitTask.objects.filter(site__consignee=delivery.consignee)]
    theirs = [u for u in fleet if u.serial not in {m.serial for m in mine}]
    assert all(u.serial in page for u in mine)
    assert not [u.serial for u in theirs if u.serial in page]
    assert "Hospital 002" not in page
    refused = client.post(path + "units", {"unit": str(mine[0].uid), "what": "done"})
    assert refused.status_code == 403
    assert at(campaign, mine[0].serial) == ["notified"]

    sign_in(client, path)
    delivery.refresh_from_db()
    assert delivery.state == "read"
    assert client.post(path + "units", {"all": "yes", "what": "seen"}).status_code == 302
    assert (
        client.post(path + "units", {"unit": str(mine[0].uid), "what": "done", "version": "4.2.1"}).status_code == 302
    )
    assert client.post(path + "units", {"unit": str(theirs[0].uid), "what": "done"}).status_code == 422
    later = {"unit": str(mine[1].uid), "what": "later", "on": "2026-12-01", "because": "ward is full"}
    assert client.post(path + "units", later).status_code == 302
    assert at(campaign, *sorted(u.serial for u in mine)) == ["installed", "scheduled"]
    bad = SimpleUploadedFile("list.csv", f"serial\n{theirs[0].serial}\n".encode())
    answer = client.post(path + "units", {"file": bad, "what": "done"})
    assert answer.status_code == 422
    assert "nothing was changed" in answer.content.decode()
    good = SimpleUploadedFile("list.csv", f"serial\n{mine[1].serial}\n".encode())
    assert client.post(path + "units", {"file": good, "what": "done"}).status_code == 302
    assert at(campaign, mine[1].serial) == ["installed"]
    assert {u["serial"] for u in client.get(path + "units.json").json()["units"]} == {u.serial for u in mine}
    assert client.get(f"{path}vex/{work.releases['4.2'].uid}.json").json()["statements"]
    assert client.get(f"{path}vex/{work.releases['7.1'].uid}.json").status_code == 404

    assert client.post(path + "ask", {"text": "Does it need a restart?"}).status_code == 302
    row = Question.objects.get()
    assert [o.because for o in obligations(work.ada, DAY_0) if o.sort is Sort.QUESTION] == [row.text]
    assert Promise.objects.filter(only_for="").exists()
    client.post(path + "leave")
    assert client.post(path + "ask", {"text": "again"}).status_code == 403


def test_nobody_comes_in_by_another_way(field: Any, work: Work) -> None:
    """A guessed link, another hospital's cookie, a wrong code, too many codes; and no staff page by the cookie."""
    path, _delivery = link("Hospital 001")
    other, _ = link("Hospital 002")
    client = Client()
    uid = path.split("/")[3].split("~")[0]
    for wrong in (f"/hospital/n/{uid}/", f"/hospital/n/{uid}~x/", path.replace(uid, str(work.pump.uid))):
        assert client.get(wrong).status_code == 404
    sign_in(client, path)
    assert client.post(other + "ask", {"text": "x"}).status_code == 403
    assert client.get("/").status_code == 302
    stranger = Client()
    for _n in range(3):
        stranger.post(other + "code")
    assert stranger.post(other + "code").status_code == 422
    for _n in range(6):
        assert stranger.post(other + "enter", {"code": "00000000"}).status_code == 422
    code = content(Promise.objects.filter(label__startswith="Sign-in").order_by("-pk")[0])["text"][:9]
    assert stranger.post(other + "enter", {"code": code}).status_code == 422, "a code tried too often is dead"
    assert all(code.replace(" ", "") not in row.hashed for row in PortalCode.objects.all())


def test_staff_answer_by_mail(field: Any, work: Work, as_person: Any, register: Any) -> None:
    """The answer goes to who asked, once."""
    path, delivery = link("Hospital 001")
    client = Client()
    sign_in(client, path)
    client.post(path + "ask", {"text": "Does it need a restart?"})
    row = Question.objects.get()
    staff = as_person(register("Fay Moreau", Role.FIELD_SERVICE))
    assert staff.post(f"/questions/{row.uid}/", {"text": "Yes, two minutes."}).status_code == 302
    assert staff.post(f"/questions/{row.uid}/", {"text": "No."}).status_code == 422
    assert delivery.contact is not None
    letter = content(Promise.objects.get(cause_uid=row.uid))
    assert letter["to"] == [delivery.contact.email]
    assert "two minutes" in client.get(path).content.decode()
