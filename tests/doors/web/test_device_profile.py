"""A device's own CPE names and what it has not, through every door: page, API, command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from suture.accounts.models import Person
from suture.detection.services import take_in_sbom
from suture.inventory.models import AbsentPlatform, DeviceName
from tests.doors.api.test_api import BASE, basic, problem
from tests.doors.cli.test_cli import run
from tests.rooms.casework import Work
from tests.rooms.detection.test_conditions import APP, CVE, DEVICE, FIRMWARE, RUNNING, WINDOWS, both, cpe
from tests.rooms.detection.world import World, cyclonedx

pytestmark = pytest.mark.django_db
AsPerson = Callable[[Person], Client]
FW, HW = cpe("o:acme:pump_firmware"), cpe("h:acme:pump:-")
SAID = {"because": "NVD files us so", "evidence": "CPE dictionary"}


@pytest.fixture
def world(db: None) -> World:
    return World()


def test_the_page_of_a_device(as_person: AsPerson, work: Work, world: World, ada: Person, finn: Person) -> None:
    world.publish(both(FIRMWARE, DEVICE))
    client, release = as_person(ada), work.releases["4.2"]
    product = release.product
    page = f"/devices/{product.uid}/"
    assert "No CPE name yet" in client.get(page).content.decode()
    refused = client.post(f"{page}names/new", {"cpe": "pump", **SAID})
    assert refused.status_code == 422
    assert "Not a CPE name" in refused.content.decode()
    assert client.post(f"{page}names/new", {"cpe": FW, "version": "1.9", **SAID}).url == page
    assert client.post(f"{page}names/new", {"cpe": HW, "release": str(release.uid), **SAID}).status_code == 302
    shown = client.get(page).content.decode()
    for words in ("o:acme:pump_firmware", "NVD files us so", "CPE dictionary", "of release 4.2 alone", "hardware"):
        assert words in shown
    ledger = client.get(f"/releases/{release.uid}/coverage").content.decode()
    assert "the device itself, by its product" in ledger
    found = client.get(f"/releases/{release.uid}/").content.decode()
    assert CVE in found
    row = DeviceName.objects.get(package="o:acme:pump_firmware")
    assert client.get(f"/device-names/{row.uid}/").url == page
    assert client.post(f"/device-names/{row.uid}/withdraw", {"because": "another maker's"}).url == page
    assert "withdrawn" in client.get(page).content.decode()
    stranger = as_person(finn)
    assert stranger.post(f"{page}names/new", {"cpe": FW, **SAID}).status_code == 422
    assert "device-name" not in stranger.get(page).content.decode()


def test_what_it_has_not_rules_out_and_the_page_says_why(
    as_person: AsPerson, work: Work, world: World, ada: Person, otto: Person
) -> None:
    world.publish(both(RUNNING, WINDOWS))
    client, release = as_person(ada), work.releases["5.0"]
    take_in_sbom(release=release, data=cyclonedx(APP), file_name="a.cdx.json", by=otto)
    page = f"/devices/{release.product.uid}/"
    given = {"name": "Microsoft Windows", "cpe": "cpe:2.3:o:microsoft:windows*", **SAID}
    assert client.post(f"{page}absent/new", {**given, "cpe": "cpe:2.3:o:*:windows"}).status_code == 422
    assert client.post(f"{page}absent/new", given).url == page
    excluded = client.get(f"/releases/{release.uid}/ruled-out").content.decode()
    for words in (CVE, "viewer 1.0", "which this release has not, as the product profile says"):
        assert words in excluded
    assert "Ruled out" in client.get(f"/releases/{release.uid}/").content.decode()
    row = AbsentPlatform.objects.get()
    assert client.get(f"/absent-platforms/{row.uid}/").url == page
    assert client.post(f"/absent-platforms/{row.uid}/withdraw", {"because": "a tablet"}).url == page
    assert "None" in client.get(f"/releases/{release.uid}/ruled-out").content.decode()


def test_the_api(work: Work, world: World, ada: Person, finn: Person) -> None:
    world.publish(both(FIRMWARE, DEVICE))
    client, release = Client(), work.releases["4.2"]
    at = f"{BASE}/products/{release.product.uid}"

    def post(path: str, body: dict[str, Any], who: str = "ada") -> Any:
        return client.post(path, json.dumps(body), content_type="application/json", **basic(who))

    made = post(f"{at}/names", {"cpe": FW, "version": "1.9", "release": str(release.uid), **SAID})
    assert (made.status_code, made.json()["kind"], made.json()["release"]) == (201, "firmware", str(release.uid))
    problem(post(f"{at}/names", {"cpe": FW, "release": str(release.uid), **SAID}), 422)
    problem(post(f"{at}/names", {"cpe": HW, **SAID}, "finn"), 403)
    gone = post(f"{at}/absent", {"name": "Windows", "cpe": "cpe:2.3:o:microsoft:windows*", **SAID}).json()
    assert gone["covers"] == "o:microsoft:windows*"
    profile = client.get(f"{at}/profile", **basic("finn")).json()
    assert [one["covers"] for one in profile["names"]] == ["o:acme:pump_firmware"]
    assert client.get(f"{BASE}/releases/{release.uid}/ruled-out", **basic("ada")).json() == {"total": 0, "items": []}
    ended = post(f"{BASE}/device-names/{made.json()['uid']}/withdraw", {"because": "wrong"}).json()
    assert ended["ended_because"] == "wrong"
    assert post(f"{BASE}/absent-platforms/{gone['uid']}/withdraw", {"because": "wrong"}).status_code == 200
    problem(post(f"{BASE}/device-names/{gone['uid']}/withdraw", {"because": "x"}), 404)


def test_the_command_line(work: Work, world: World) -> None:
    world.publish(both(FIRMWARE, DEVICE))
    release = work.releases["4.2"]
    device = release.product.brand_name
    said = ("--because", "NVD files us so", "--evidence", "CPE dictionary")
    uid = run("product", "name", device, FW, "--version", "1.9", *said).stdout.strip()
    run("product", "absent", device, "cpe:2.3:o:microsoft:windows*", "--name", "Windows", *said)
    rows = json.loads(run("product", "profile", device, "--format", "json").stdout)
    assert [(row["what"], row["CPE"], row["version"]) for row in rows] == [
        ("firmware", "o:acme:pump_firmware", "1.9"), ("absent", "o:microsoft:windows*", "every"),
    ]  # fmt: skip
    assert "o:acme:pump_firmware" in run("product", "profile", device).stdout
    assert "withdrawn" in run("product", "withdraw", uid, "--because", "wrong").stdout
    assert "no entry of a profile" in str(run("product", "withdraw", "x", "--because", "wrong").exception)
    assert "the profile holds no such entry" in str(
        run("product", "withdraw", str(release.uid), "--because", "wrong").exception
    )
