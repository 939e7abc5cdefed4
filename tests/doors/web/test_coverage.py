"""The coverage page: the ledger with its filter and export, who answers for a hole, words watched and their inbox."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.test import Client

from suture.accounts.models import Person
from suture.detection.models import Finding, Gap, LedgerOwner, TextCandidate, TextWatch
from suture.detection.queries import first_unowned_hole
from suture.detection.services import take_in_sbom, watch_texts
from suture.inventory.models import Release
from tests.rooms.casework import Work
from tests.rooms.detection.test_ledger import VXWORKS, text
from tests.rooms.detection.world import OPENSSL, World, below, cyclonedx, openssl, says

pytestmark = pytest.mark.django_db


@pytest.fixture
def pump(work: Work) -> Release:
    release = work.releases["4.2"]
    world = World()
    world.publish(says("nvd", "CVE-2026-1", (OPENSSL, below("3.0.15"))))
    take_in_sbom(release=release, data=cyclonedx(openssl(), VXWORKS), file_name="pump.json", by=work.ada)
    release.refresh_from_db()
    return release


def test_the_ledger_its_filter_and_its_export(work: Work, pump: Release, as_person: Callable[[Person], Client]) -> None:
    client = as_person(work.ada)
    page = client.get(f"/releases/{pump.uid}/coverage").content.decode()
    assert "VxWorks" in page
    assert "nvd" in page
    assert "nobody yet" in page
    only = client.get(f"/releases/{pump.uid}/coverage?show=monitored").content.decode()
    assert "VxWorks" not in only.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = json.loads(client.get(f"/releases/{pump.uid}/coverage.json").content)
    assert [(row["component"], row["state"]) for row in rows] == [
        ("VxWorks", "not monitorable"), ("openssl", "monitored"),
    ]  # fmt: skip
    file = b"".join(client.get(f"/releases/{pump.uid}/coverage.csv?show=unowned").streaming_content).decode()  # type: ignore[attr-defined]
    assert file.count("\n") == 2


def test_an_owner_is_named_for_every_hole_without_one(
    work: Work, pump: Release, as_person: Callable[[Person], Client]
) -> None:
    client = as_person(work.ada)
    assert first_unowned_hole() is not None
    form = f"/releases/{pump.uid}/coverage/owner"
    assert client.get(form).status_code == 200
    assert client.post(form, {"owner": str(work.ada.uid), "because": ""}).status_code == 422
    answer = client.post(form, {"owner": str(work.ada.uid), "because": "asks the supplier"})
    assert answer.status_code == 302
    assert LedgerOwner.objects.get().owner == work.ada
    assert Gap.objects.filter(release=pump).count() == 1
    assert client.post(form, {"owner": str(work.ada.uid), "because": "again"}).status_code == 422
    source = client.post("/sources/nvd/owner", {"owner": str(work.ada.uid), "because": "mends the mirror"})
    assert source.status_code == 302
    assert "mends the mirror" in client.get("/sources").content.decode()


def test_words_are_watched_and_what_holds_them_is_judged(
    work: Work, pump: Release, as_person: Callable[[Person], Client]
) -> None:
    client = as_person(work.ada)
    World().publish(text("CVE-2026-7", "The stack of VxWorks 6.9 overflows."))
    assert client.post(f"/releases/{pump.uid}/coverage/watch?name=VxWorks", {"words": "VxWorks"}).status_code == 302
    assert watch_texts() == 1
    candidate = TextCandidate.objects.get()
    page = client.get(f"/releases/{pump.uid}/coverage").content.decode()
    assert f"/text-candidates/{candidate.uid}/" in page
    assert "Judge texts that hold our words" in client.get("/?desk=psirt").content.decode()
    assert "The stack of VxWorks 6.9 overflows." in client.get(f"/text-candidates/{candidate.uid}/").content.decode()
    answer = client.post(f"/text-candidates/{candidate.uid}/", {"concerns": "yes", "because": "we ship 6.9"})
    assert answer.status_code == 302
    assert Finding.objects.filter(release=pump, vulnerability__preferred_id="CVE-2026-7").exists()
    assert client.get(f"/text-candidates/{candidate.uid}/").status_code == 302  # judged: back to the ledger
    watch = TextWatch.objects.get()
    assert client.post(f"/text-watches/{watch.uid}/end", {"because": "it has a CPE now"}).status_code == 302
    watch.refresh_from_db()
    assert watch.ended_at is not None


def test_who_may_not_judge_sees_no_button(work: Work, pump: Release, as_person: Callable[[Person], Client]) -> None:
    client = as_person(work.rosa)
    page = client.get(f"/releases/{pump.uid}/coverage").content.decode()
    assert "coverage/owner" not in page
    assert client.post(f"/releases/{pump.uid}/coverage/owner", {"because": "x"}).status_code == 422
    assert not LedgerOwner.objects.exists()


def test_the_api_reads_the_ledger_and_calls_the_same_verbs(work: Work, pump: Release) -> None:
    """One verb, every door."""
    from tests.doors.api.test_api import BASE, basic

    client, key = Client(), basic(work.ada.username)
    ledger = client.get(f"{BASE}/releases/{pump.uid}/coverage", **key).json()
    assert (ledger["monitored"], ledger["not_monitorable"], ledger["unowned"]) == (1, 1, 1)
    body = {
        "owner": str(work.ada.uid),
        "because": "asks the supplier",
        "name": "VxWorks",
        "supplier": "Wind River Labs",
    }

    def post(path: str, body: dict[str, object]) -> int:
        return client.post(f"{BASE}{path}", json.dumps(body), content_type="application/json", **key).status_code

    assert post(f"/releases/{pump.uid}/coverage/owners", body) == 204
    assert post(f"/releases/{pump.uid}/coverage/owners", {**body, "name": "lodash"}) == 422
    assert post("/sources/nvd/owner", {"owner": str(work.ada.uid), "because": "mends the mirror"}) == 204
    words = {"of": "component", "name": "VxWorks", "words": "VxWorks"}
    assert post(f"/releases/{pump.uid}/text-watches", words) == 201
    World().publish(text("CVE-2026-7", "VxWorks 6.9 overflows."))
    watch_texts()
    found = client.get(f"{BASE}/releases/{pump.uid}/text-candidates", **key).json()
    assert [one["vulnerability"] for one in found] == ["CVE-2026-7"]
    assert post(f"/text-candidates/{found[0]['uid']}/verdict", {"concerns": False, "because": "we ship 6.8"}) == 200
    assert client.get(f"{BASE}/releases/{pump.uid}/text-candidates", **key).json() == []
    assert post(f"/text-watches/{TextWatch.objects.get().uid}/end", {"because": "it has a CPE"}) == 204
