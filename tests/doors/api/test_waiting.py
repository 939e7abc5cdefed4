"""What waits for a person, read through the API: ranges in review, and the crosswalk."""

from __future__ import annotations

import pytest
from django.test import Client

from suture.accounts.models import Person
from suture.detection.services import look_for_suggestions
from tests.doors.api.test_api import BASE, basic, problem
from tests.doors.waiting import house

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


def test_the_crosswalk(ada: Person) -> None:
    house()
    look_for_suggestions(by=ada)
    entries = Client().get(f"{BASE}/crosswalk", **basic("ada")).json()["entries"]
    waiting = [entry for entry in entries if entry["standing"] == "waiting"]
    assert waiting[0]["names"] == ["pkg:npm/lodash", "cpe:2.3:a:lodash:lodash"]
    assert waiting[0]["provenance"][0]["record"] == "CVE-2026-0002"
    assert any(entry["standing"] == "shipped" for entry in entries)
