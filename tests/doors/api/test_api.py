"""The REST door: who may, what comes back, and that every refusal is a problem document (RFC 9457)."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from suture.api.app import api
from suture.inventory.models import Release, SbomDocument
from suture.inventory.services import register_establishment, register_product, register_release
from tests.conftest import ROOT
from tests.doors.process.installation import sbom_of
from tests.house import PASSWORD

pytestmark = pytest.mark.django_db
BASE = "/api/suture/v1"


def basic(name: str, password: str = PASSWORD) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": "Basic " + b64encode(f"{name}:{password}".encode()).decode()}


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def release(quinn) -> Release:
    site = register_establishment(by=quinn, name="Works", address="1 Mill Road", phone="555-0100")
    pump = register_product(
        establishment=site, by=quinn, brand_name="Pump", common_name="infusion pump", pathway="510(k)"
    )
    return register_release(product=pump, by=quinn, version="1.0")


def upload(client: Client, release: Release, data: bytes, who: str = "ada"):
    file = SimpleUploadedFile("pump.cdx.json", data, content_type="application/json")
    return client.post(f"{BASE}/releases/{release.uid}/sboms", {"file": file}, **basic(who))


def problem(response, status: int) -> dict:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body = json.loads(response.content)
    assert body["status"] == status
    assert body["detail"]
    return body


def test_a_stranger_is_told_how_to_sign_in(client):
    answer = client.get(f"{BASE}/releases")
    problem(answer, 401)
    assert answer["WWW-Authenticate"].startswith("Basic")
    problem(client.get(f"{BASE}/releases", **basic("ada", "wrong")), 401)


def test_an_upload_answers_at_once_and_the_same_bytes_change_nothing(client, ada, release):
    data = sbom_of(["left-pad", "lodash"], "1")
    first = upload(client, release, data)
    assert first.status_code == 201, first.content
    body = first.json()
    assert (body["components"], body["skipped"], body["new"]) == (2, 0, True)
    assert "not assessed" in body["says"]  # no knowledge was ever taken in
    again = upload(client, release, data)
    assert again.status_code == 200
    assert again.json()["new"] is False
    assert SbomDocument.objects.count() == 1


def test_an_sbom_that_shrank_by_half_waits_for_a_word(client, ada, release):
    upload(client, release, sbom_of([f"part-{n}" for n in range(10)], "1"))
    small = sbom_of(["part-1"], "2")
    held = upload(client, release, small)
    assert held.status_code == 202, held.content
    body = held.json()
    assert body["held"]["why"] == [
        "it lists 1 component, the current SBOM 10",
        "1 of its components carry a purl or CPE, in the current SBOM 10 do",
    ]
    assert (body["held"]["current_components"], body["components"]) == (10, 1)
    assert "nothing was changed" in body["says"]
    release.refresh_from_db()
    assert release.sbom.components_read == 10
    confirmed = client.post(
        f"{BASE}/releases/{release.uid}/sboms?confirmed=true",
        {"file": SimpleUploadedFile("pump.cdx.json", small)}, **basic("ada"),
    )  # fmt: skip
    assert confirmed.status_code == 201
    assert confirmed.json()["held"] is None


@pytest.mark.parametrize(
    "data",
    [b"{", b"", b"\xff\xfe{\x00}\x00", b"<bom/>", b"[" * 100_000, b'{"bomFormat": "CycloneDX"}', b"PK\x03\x04zip"],
)
def test_a_bad_document_is_a_problem_and_nothing_is_kept(client, ada, release, data):
    body = problem(upload(client, release, data), 422)
    assert body["detail"]
    assert SbomDocument.objects.count() == 0


def test_findings_come_with_what_was_not_looked_at_and_an_etag(client, ada, release):
    before = client.get(f"{BASE}/releases/{release.uid}/findings", **basic("ada"))
    assert before.status_code == 200
    body = before.json()
    assert body["items"] == []
    assert body["coverage"]["says"].startswith("not assessed")
    same = client.get(
        f"{BASE}/releases/{release.uid}/findings", HTTP_IF_NONE_MATCH=before["ETag"], **basic("ada")
    )  # fmt: skip
    assert (same.status_code, same.content) == (304, b"")


def test_pages_follow_each_other_without_a_gap(client, ada, quinn, release):
    for number in range(2, 8):
        register_release(product=release.product, by=quinn, version=f"{number}.0")
    seen, cursor = [], ""
    while True:
        page = client.get(f"{BASE}/releases?limit=3&cursor={cursor}", **basic("ada")).json()
        seen += [item["version"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [f"{number}.0" for number in range(1, 8)]
    problem(client.get(f"{BASE}/releases?cursor=nonsense", **basic("ada")), 422)
    problem(client.get(f"{BASE}/releases?limit=100000", **basic("ada")), 422)


def test_who_may_not_is_told_who_may(client, finn, release):
    body = problem(upload(client, release, sbom_of(["a"], "1"), who="finn"), 403)
    assert "belongs to" in body["detail"]


def test_an_unknown_release_is_not_found(client, ada):
    problem(client.get(f"{BASE}/releases/01890000-0000-7000-8000-000000000000", **basic("ada")), 404)


def test_a_session_without_its_token_changes_nothing(client, ada, release):
    client.force_login(ada, backend="allauth.account.auth_backends.AuthenticationBackend")
    file = SimpleUploadedFile("pump.cdx.json", sbom_of(["a"], "1"))
    problem(client.post(f"{BASE}/releases/{release.uid}/sboms", {"file": file}), 403)
    assert client.get(f"{BASE}/releases").status_code == 200


def test_the_committed_openapi_document_is_what_the_code_offers():
    committed = json.loads((ROOT / "docs" / "reference" / "openapi.json").read_text(encoding="utf-8"))
    offered = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/suture/v1/")))
    assert committed == offered, "run `make openapi` and review the difference"
