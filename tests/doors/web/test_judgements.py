"""Judgements that stick, in the browser's own words: what is held, corrected, proposed and re-opened."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from suture.accounts.models import Person
from suture.core.vex import VexStatus
from suture.detection.models import Finding
from suture.inventory.models import HeldSbom
from tests.doors.process.installation import sbom_of
from tests.rooms.casework import Work

pytestmark = pytest.mark.django_db
AsPerson = Callable[[Person], Client]


def upload(client: Client, release, parts: list[str], serial: str):
    file = SimpleUploadedFile("device.cdx.json", sbom_of(parts, serial))
    return client.post(f"/releases/{release.uid}/sbom", {"file": file})


def test_an_sbom_that_lost_half_waits_and_nothing_is_lost(as_person: AsPerson, work: Work, otto: Person) -> None:
    """#15: the page says so at once, shows what would go, and asks for a reason either way."""
    client, release = as_person(otto), work.releases["4.2"]
    case = work.open()
    work.answer(case, "4.2", status=VexStatus.NOT_AFFECTED, impact="the module is not loaded")
    assert upload(client, release, ["a", "b", "c"], "1").url == f"/releases/{release.uid}/sbom/read"
    answered = upload(client, release, ["a"], "2")
    held = HeldSbom.objects.get()
    assert answered.url == f"/sboms/held/{held.uid}/"
    page = client.get(answered.url).content.decode()
    for words in ("Waits for a person", "It lists 1 component, the current SBOM 3", "Would be lost", "b 1.0.0"):
        assert words in page
    assert "An SBOM waits in quarantine" in client.get(f"/releases/{release.uid}/").content.decode()
    assert "Confirm or reject the SBOM in quarantine" in client.get("/?desk=engineering").content.decode()
    release.refresh_from_db()
    assert release.sbom.components_read == 3

    assert client.post(f"/sboms/held/{held.uid}/reject", {"because": ""}).status_code == 422
    done = client.post(f"/sboms/held/{held.uid}/reject", {"because": "built from the wrong folder"})
    assert done.status_code == 302
    assert "built from the wrong folder" in client.get(f"/sboms/held/{held.uid}/").content.decode()

    upload(client, release, ["a"], "2")
    again = HeldSbom.objects.get(outcome="")
    assert client.post(f"/sboms/held/{again.uid}/confirm", {"because": "split"}).url.endswith("/sbom/read")
    release.refresh_from_db()
    assert release.sbom.components_read == 1
    assert case.answers.get(release=release).impact == "the module is not loaded", "no judgement is lost by an upload"
    assert Finding.objects.filter(release=release).count() == 1
