"""What waits for a person, read through the API: ranges in review, and the crosswalk."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from suture.accounts.models import Person
from suture.detection.models import Finding
from suture.detection.services import look_for_suggestions, match_release
from tests.doors.api.test_api import BASE, basic, problem
from tests.doors.waiting import house
from tests.rooms.detection.world import OPENSSL, World, below, says

pytestmark = pytest.mark.django_db


def test_ranges_in_review(ada: Person) -> None:
    client, release = Client(), house()
    page = client.get(f"{BASE}/review", **basic("ada")).json()
    assert (page["total"], page["by_source"], page["left_out"]) == (1, {"nvd": 1}, 0)
    (row,) = page["items"]
    assert row["could_concern"][0]["release"] == str(release.uid)
    assert row["verdict"] is None
    one = client.get(f"{BASE}/review/{row['number']}", **basic("ada")).json()
    assert (one["as_stated"], one["history"]) == ("versions before the blue one", [])
    assert client.get(f"{BASE}/review?release={release.uid}&reason=free text", **basic("ada")).json()["total"] == 1
    assert client.get(f"{BASE}/review?scope=all&limit=1", **basic("ada")).json()["total"] == 1
    problem(client.get(f"{BASE}/review/7", **basic("ada")), 404)
    problem(client.get(f"{BASE}/review/{10**30}", **basic("ada")), 404)
    problem(client.get(f"{BASE}/review?scope=none", **basic("ada")), 422)
    problem(client.get(f"{BASE}/review", **basic("nobody")), 401)


def test_a_verdict_is_given_taken_back_and_given_to_several(ada: Person, finn: Person) -> None:
    house()
    client = Client()

    def post(path: str, body: dict[str, Any], who: str = "ada") -> Any:
        return client.post(f"{BASE}{path}", json.dumps(body), content_type="application/json", **basic(who))

    number = client.get(f"{BASE}/review", **basic("ada")).json()["items"][0]["number"]
    given = {"verdict": "versions", "because": "the maker says so", "review_on": "2030-01-01", "versions": ["< 3.0.15"]}
    said = post(f"/review/{number}/verdict", given).json()
    assert (said["verdict"], said["versions"], said["owner"]) == ("versions", ["< 3.0.15"], ada.printed_name)
    problem(post(f"/review/{number}/verdict", given, "finn"), 403)
    problem(post(f"/review/{number}/verdict", given | {"versions": ["latest"]}), 422)
    assert post(f"/review/{number}/take-back", {"because": "misread"}).json()["verdict"] == "taken back"
    several = {"numbers": [number], "verdict": "not ours", "because": "a colour", "review_on": "2030-01-01"}
    assert [one["record"] for one in post("/reviews/verdicts", several).json()] == ["CVE-2026-0001"]
    problem(post("/reviews/verdicts", several | {"numbers": [7]}), 404)


def test_a_match_is_corrected_and_withdrawn(ada: Person, finn: Person) -> None:
    release, client = house(), Client()
    World().publish(says("nvd", "CVE-2026-0009", (OPENSSL, below("3.0.15"))))
    match_release(release.pk)

    def post(path: str, body: dict[str, Any], who: str = "ada") -> Any:
        return client.post(f"{BASE}{path}", json.dumps(body), content_type="application/json", **basic(who))

    given = {
        "name": "openssl", "identifier": "cpe:2.3:a:openssl:openssl", "package": "a:openssl:openssl",
        "because": "a manual page", "evidence": "its recipe", "review_on": "2030-01-01",
    }  # fmt: skip
    problem(post("/corrections", given, "finn"), 403)
    made = post("/corrections", given)
    assert (made.status_code, made.json()["found"]) == (201, 1)
    assert [one["uid"] for one in client.get(f"{BASE}/corrections", **basic("ada")).json()] == [made.json()["uid"]]
    ended = post(f"/corrections/{made.json()['uid']}/withdraw", {"because": "it is the library"}).json()
    assert ended["ended_because"] == "it is the library"
    assert len(client.get(f"{BASE}/corrections?ended=true", **basic("ada")).json()) == 1
    assert client.get(f"{BASE}/releases/{release.uid}/proposals", **basic("ada")).json() == []
    problem(post(f"/releases/{release.uid}/proposals", {"keys": ["a:b"], "because": "same"}), 404)
    finding = Finding.objects.get(vulnerability__preferred_id="CVE-2026-0009")
    Finding.objects.filter(pk=finding.pk).update(held_because="would be dropped because the record changed")
    (held,) = client.get(f"{BASE}/releases/{release.uid}/held", **basic("ada")).json()
    decided = {"findings": [held["uid"]], "keep": True, "because": "we saw it in the source"}
    problem(post(f"/releases/{release.uid}/held", decided, "finn"), 403)
    assert post(f"/releases/{release.uid}/held", decided).status_code == 204
    problem(post(f"/releases/{release.uid}/held", decided), 404)


def test_the_crosswalk(ada: Person) -> None:
    house()
    look_for_suggestions(by=ada)
    entries = Client().get(f"{BASE}/crosswalk", **basic("ada")).json()["entries"]
    waiting = [entry for entry in entries if entry["standing"] == "waiting"]
    assert waiting[0]["names"] == ["pkg:npm/lodash", "cpe:2.3:a:lodash:lodash"]
    assert waiting[0]["provenance"][0]["record"] == "CVE-2026-0002"
    assert any(entry["standing"] == "shipped" for entry in entries)
    bare = next(entry for entry in entries if entry["names"] == ["busybox", "cpe:2.3:a:busybox:busybox"])
    assert (bare["standing"], bare["provenance"][0]["record"]) == ("bare name", "nvd CVE-2019-5747")
