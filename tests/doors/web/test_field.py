"""The import wizard keeps nothing before it is told to; lists page by key; exports leave implanted serials out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from suture.accounts.models import Person
from suture.inventory.field.places import add_consignee, add_site
from suture.inventory.field.units import add_unit
from suture.inventory.models import Unit
from tests.rooms.casework import Work

pytestmark = pytest.mark.django_db
LIST = "product,serial,SW,customer,site\nAria P2,W1,4.2,C-1,Ward\nAria P2,W2,4.9,C-1,Ward\n"


@pytest.fixture
def told(work: Work, as_person: Callable[[Person], Client]) -> Client:
    firm = add_consignee(by=work.rosa, kind="hospital", reference="C-1", name="Lakeside General")
    add_site(consignee_uid=firm.uid, by=work.rosa, name="Ward")
    return as_person(work.rosa)


def hand_in(client: Client, text: str) -> str:
    answer = client.post("/field/import", {"file": SimpleUploadedFile("l.csv", text.encode()), "source": "2"})
    assert answer.status_code == 302, answer.content
    return str(answer.url)


def test_the_wizard_shows_then_saves(work: Work, told: Client, as_person: Callable[[Person], Client]) -> None:
    at = hand_in(told, LIST)
    page = told.get(at).content.decode()  # the column 'SW' is not understood by its name
    assert "2</dd>" in page.replace("\n", "")
    chosen = {"c0": "product", "c1": "serial", "c2": "release", "c3": "consignee", "c4": "site"}
    assert "no release &#x27;4.9&#x27;" in told.get(at, chosen).content.decode()
    assert told.post(at, chosen).status_code == 422
    assert not Unit.objects.exists()
    assert told.post(hand_in(told, LIST.replace("4.9", "4.1")), chosen).status_code == 302
    assert sorted(Unit.objects.values_list("serial", "release__version")) == [("W1", "4.2"), ("W2", "4.1")]
    assert as_person(work.ada).get(at).status_code == 404  # another person's preview
    assert told.get(at[:-6] + "x/").status_code == 404


def test_units_page_by_key_and_export_without_implanted_serials(work: Work, told: Client) -> None:
    site = add_consignee(by=work.rosa, kind="clinic", reference="C-2", name="Elm").sites
    ward = add_site(consignee_uid=site.instance.uid, by=work.rosa, name="W")
    for n in range(53):
        add_unit(product=work.pump, serial=f"K{n:03}", site=ward, by=work.rosa, seen_on=date(2025, 1, 1),
                 release=work.releases["4.2"], implanted=n == 7)  # fmt: skip
    first = told.get("/field/units/")
    assert len(first.context["units"]) == 50
    after = first.context["next"]
    rest = told.get("/field/units/", {"after": after.pk})
    assert [u.serial for u in rest.context["units"]] == ["K050", "K051", "K052"]
    stale = told.get("/field/units/", {"known": "stale"}).context["next"]
    more = told.get("/field/units/", {"known": "stale", "after": stale.pk, "day": "2025-01-01"}).context["units"]
    assert len(more) == 3
    file = b"".join(told.get("/field/units.csv").streaming_content).decode()
    assert file.count("\n") == 54
    assert "K007" not in file
    odd = {"product": "x", "release": "'", "state": "99", "after": "-1", "serial": "%", "day": "zz", "known": "?"}
    assert told.get("/field/units/", odd).status_code == 200
    assert told.get("/field/units/", {"known": "stale", "after": "5", "day": "2025-99-99"}).status_code == 200
