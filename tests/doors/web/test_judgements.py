"""Judgements that stick, in the browser's own words: what is held, corrected, proposed and re-opened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from suture.accounts.models import Person
from suture.assessment.inheritance import proposals
from suture.assessment.services import answer_impact, open_case
from suture.core.vex import VexStatus
from suture.detection.models import Finding, MatchCorrection
from suture.detection.services import rematch_stale, take_in_sbom
from suture.intelligence.models import Vulnerability
from suture.inventory.models import HeldSbom, Release
from tests.doors.process.installation import sbom_of
from tests.rooms.casework import Work
from tests.rooms.detection.world import OPENSSL, World, below, cyclonedx, openssl, says

pytestmark = pytest.mark.django_db
AsPerson = Callable[[Person], Client]


@pytest.fixture
def world(db: None) -> World:
    return World()


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


@pytest.fixture
def docs(world: World, work: Work, otto: Person) -> Release:
    """A release with the library and with its manual, which carries the library's CPE."""
    world.publish(says("nvd", "CVE-2026-0001", (OPENSSL, below("3.0.15"))))
    release = work.releases["5.0"]
    manual = {**openssl(), "name": "openssl-docs", "ref": "docs"}
    take_in_sbom(release=release, data=cyclonedx(manual), file_name="a.cdx.json", by=otto)
    return release


def test_a_match_is_corrected_listed_and_withdrawn(as_person: AsPerson, work: Work, docs: Release) -> None:
    """#14: from the row that says why it matched to the list that keeps 'dropped because' visible."""
    client = as_person(work.ada)
    vulnerability = Vulnerability.objects.get(preferred_id="CVE-2026-0001")
    page = f"/vulnerabilities/{vulnerability.uid}/"
    to = f"{page}releases/{docs.uid}/correct"
    assert to in client.get(page).content.decode()
    form = client.get(to).content.decode()
    assert "openssl-docs 3.0.13, given as cpe:2.3:a:openssl:openssl:3.0.13" in form
    given = {
        "pair": "0", "scope": "package", "because": "a manual", "evidence": "build/docs.bb",
        "owner": str(work.ada.uid), "review_on": "2027-06-30",
    }  # fmt: skip
    assert client.post(to, given | {"evidence": ""}).status_code == 422
    assert client.post(to, given | {"review_on": "2020-01-01"}).status_code == 422
    made = client.post(to, given)
    row = MatchCorrection.objects.get()
    assert made.url == f"/corrections/{row.uid}/"
    assert not Finding.objects.standing().filter(release=docs).exists()
    for path, words in (
        (made.url, "a:openssl:openssl"), ("/corrections/", "openssl-docs"), ("/corrections/?show=ended", "None"),
        (f"/releases/{docs.uid}/corrected", "3.0.13 lies in"), (f"/releases/{docs.uid}/", "Corrected"),
        (page, "1 match corrected"), ("/vulnerabilities/", "Corrected matches"),
    ):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code == 200
        assert words in answer.content.decode(), path
    assert client.post(f"/corrections/{row.uid}/withdraw", {"because": "it ships the library"}).status_code == 302
    assert Finding.objects.standing().filter(release=docs).exists()
    assert "it ships the library" in client.get(f"/corrections/{row.uid}/").content.decode()
    assert as_person(work.clara).post(to, given).status_code in (403, 422)


def test_judgements_are_proposed_and_adopted_in_one_batch(as_person: AsPerson, work: Work) -> None:
    """#13: Today says so, the vulnerability page offers it, the release page lists what changed; one reason for all."""
    client, newer = as_person(work.ada), work.releases["4.2"]
    case = work.open()
    work.answer(case, "4.1", status=VexStatus.NOT_AFFECTED, impact="the module is not loaded", configuration="TCP off")
    assert "Confirm what is proposed from 4.1: 1 judgement" in client.get("/?desk=psirt").content.decode()
    page = client.get(f"/vulnerabilities/{work.vulnerability.uid}/").content.decode()
    for words in ("Proposed from Aria P2 4.1:", "Adopt for 1", "Judge anew"):
        assert words in page
    assert "1 judgement proposed from another release" in client.get(f"/releases/{newer.uid}/").content.decode()
    to = f"/releases/{newer.uid}/proposals"
    listed = client.get(to).content.decode()
    for words in ("ipnet 6.7, the same", "rests on the configuration:", "TCP off", "TR-1188"):
        assert words in listed
    offered = proposals(work.ada)
    keys = [p.key for p in offered]
    assert client.post(to, {"because": "same recipe"}).status_code == 422, "nothing is ticked by itself here"
    assert client.post(to, {"keys": keys, "because": ""}).status_code == 422
    assert client.post(to, {"keys": keys, "because": "same recipe"}).url == f"/releases/{newer.uid}/"
    assert case.answers.get(release=newer).status == "not_affected"
    assert "Nothing is proposed" in client.get(to).content.decode()
    other = f"/vulnerabilities/{work.vulnerability.uid}/proposals"
    assert "Nothing is proposed" in client.get(other).content.decode()
    assert client.post(to, {"keys": keys, "because": "again"}).status_code == 422


def test_an_answer_has_its_review_date_on_the_page(as_person: AsPerson, work: Work) -> None:
    client = as_person(work.ada)
    case = work.open()
    given = {
        "releases": [str(work.releases["4.1"].uid)], "status": "not_affected", "impact": "not loaded",
        "evidence": "TR-1", "configuration": "TCP off", "review_on": "2027-01-31",
    }  # fmt: skip
    assert client.post(f"/cases/{case.uid}/answers", given | {"review_on": "2020-01-01"}).status_code == 422
    assert client.post(f"/cases/{case.uid}/answers", given).status_code == 302
    answer = case.answers.get(release=work.releases["4.1"])
    assert (answer.review_on.isoformat(), answer.configuration, answer.owner) == ("2027-01-31", "TCP off", work.ada)
    work.tick(date(2027, 2, 1))
    page = client.get(f"/vulnerabilities/{work.vulnerability.uid}/").content.decode()
    assert "review date passed" in page
    assert "Review: not affected in 1 release" in client.get("/?desk=psirt").content.decode()


def test_an_answer_narrows_to_components(as_person: AsPerson, work: Work) -> None:
    """#20: the page names the components, keeps what was said of each, and says what the release adds up to."""
    client, release = as_person(work.ada), work.releases["4.2"]
    finding = work.vulnerability.findings.get(release=release)
    finding.components = [{"ref": f"r{n}", "name": "ipnet", "version": v} for n, v in enumerate(("6.7", "6.8"))]
    finding.save()
    case = work.open()
    to = f"/cases/{case.uid}/answers/{release.uid}/components"
    page = f"/vulnerabilities/{work.vulnerability.uid}/"
    assert to in client.get(page).content.decode()
    given = {"components": ["r0"], "status": "not_affected", "impact": "not loaded", "evidence": "TR-1"}
    assert client.post(to, given | {"components": []}).status_code == 422
    assert client.post(to, given).status_code == 302
    assert case.answers.get(release=release).status == "under_investigation"
    assert "ipnet 6.7: not affected" in client.get(to).content.decode()
    assert client.post(to, given | {"components": ["r1"]}).status_code == 302
    assert case.answers.get(release=release).status == "not_affected"
    shown = client.get(page).content.decode()
    assert "ipnet 6.7: " in shown
    assert "ipnet 6.8: " in shown


def test_match_quality_and_what_is_held(as_person: AsPerson, work: Work, docs: Release, world: World) -> None:
    """Labels are counted with the wrong ones by name; a confirmed match that would be dropped is decided on a page."""
    client = as_person(work.ada)
    assert "No label yet" in client.get("/proof/match-quality").content.decode()
    vulnerability = Vulnerability.objects.get(preferred_id="CVE-2026-0001")
    case = open_case(vulnerability=vulnerability, by=work.ada, because="match")
    answer_impact(
        case_uid=case.uid, release_uids=[docs.uid], status=VexStatus.AFFECTED, by=work.ada, evidence="TR-1",
        action="Switch it off.",
    )  # fmt: skip
    page = client.get("/proof/match-quality?show=all").content.decode()
    for words in ("nvd", "100", "true positive"):
        assert words in page
    assert client.get(f"/releases/{docs.uid}/held").url == f"/releases/{docs.uid}/"
    world.publish(says("nvd", "CVE-2026-0001", (OPENSSL, below("3.0.1")), modified="2026-05-05"))
    rematch_stale()
    finding = Finding.objects.get(release=docs)
    for path in (f"/releases/{docs.uid}/", f"/vulnerabilities/{vulnerability.uid}/", "/?desk=psirt"):
        assert "would be dropped" in client.get(path).content.decode(), path
    to = f"/releases/{docs.uid}/held"
    assert "would be dropped because" in client.get(to).content.decode()
    given = {"findings": [str(finding.uid)], "decision": "go", "because": "never affected"}
    assert client.post(to, given | {"because": ""}).status_code == 422
    assert client.post(to, given).status_code == 302
    assert not Finding.objects.standing().filter(release=docs).exists()
