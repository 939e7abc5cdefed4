"""`suture feeds review` and `suture crosswalk`: list, show, decide, as a person with their password."""

from __future__ import annotations

import json

import pytest

from suture.accounts.models import Person
from suture.detection.models import Finding
from suture.detection.services import rematch_stale
from tests.doors.cli.test_cli import run
from tests.doors.waiting import house
from tests.house import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUTURE_PASSWORD", PASSWORD)


def standing() -> set[str]:
    return set(Finding.objects.filter(gone_at=None).values_list("vulnerability__preferred_id", flat=True))


def test_a_range_is_listed_shown_and_decided(ada: Person) -> None:
    house()
    listed = json.loads(run("feeds", "review", "list", "--format", "json").stdout)
    assert (listed["total"], listed["by_reason"]) == (1, {"free text": 1})
    (row,) = listed["items"]
    assert (row["record"], row["could_concern"]) == (
        "CVE-2026-0001", [{"component": "openssl 3.0.13", "release": "Pump 1.0"}],
    )  # fmt: skip
    assert "versions before the blue one" in run("feeds", "review", "list", "--release", "Pump 1.0").stdout
    number = str(row["number"])
    assert "written as prose" in run("feeds", "review", "show", number).stdout
    refused = run("feeds", "review", "decide", number, "--verdict", "not ours", "--because", "x")
    assert "belongs to" in str(refused.exception)
    decided = run(
        "feeds", "review", "decide", number, "--verdict", "versions", "--versions", ">= 3.0.0, < 3.0.15",
        "--because", "the maker says so", "--as", "ada",
    )  # fmt: skip
    assert decided.exit_code == 0, decided.output
    rematch_stale()
    assert "CVE-2026-0001" in standing()
    assert json.loads(run("feeds", "review", "list", "--format", "json").stdout)["items"] == []
    assert "Ada Lind: versions (>= 3.0.0, < 3.0.15): the maker says so" in run("feeds", "review", "show", number).stdout
    back = ("--verdict", "taken back", "--because", "misread", "--as", "ada")
    assert run("feeds", "review", "decide", number, *back).exit_code == 0
    rematch_stale()
    assert "CVE-2026-0001" not in standing()
    assert run("feeds", "review", "show", "12").exit_code == 1
    assert run("feeds", "review", "list", "--state", "lost").exit_code == 1


def test_the_crosswalk_is_suggested_confirmed_and_taken_back(ada: Person) -> None:
    house()
    assert run("crosswalk", "suggest").stdout == "New suggestions: 1; waiting for a person: 1.\n"
    (waiting,) = json.loads(run("crosswalk", "list", "waiting", "--format", "json").stdout)
    one, other = waiting["one"], waiting["other"]
    assert (one, other, waiting["carried by"]) == ("pkg:npm/lodash", "cpe:2.3:a:lodash:lodash", "cve CVE-2026-0002")
    assert "CVE-2026-0003" not in standing()
    why = ("--because", "npm publishes it", "--as", "ada")
    assert run("crosswalk", "confirm", "pkg:npm/other", other, *why).exit_code == 1
    assert run("crosswalk", "confirm", one, other, *why).stdout == "npm/lodash ↔ a:lodash:lodash: confirmed\n"
    rematch_stale()
    assert "CVE-2026-0003" in standing()
    assert json.loads(run("crosswalk", "list", "--format", "json").stdout)[0]["because"] == "npm publishes it"
    assert run("crosswalk", "take-back", one, other, *why).exit_code == 0
    rematch_stale()
    assert "CVE-2026-0003" not in standing()
    assert run("crosswalk", "reject", one, other, *why).exit_code == 0
    assert len(json.loads(run("crosswalk", "list", "rejected", "--format", "json").stdout)) == 1
    bare = ("supplied:Wind River|VxWorks", "cpe:2.3:o:windriver:vxworks", "--confidence", "maker")
    assert run("crosswalk", "add", *bare, *why).exit_code == 0
    assert "haxx" in run("crosswalk", "list", "shipped", "--find", "curl").stdout
    assert run("crosswalk", "list", "nowhere").exit_code == 1
    assert run("crosswalk", "suggest", "/no/such/folder").exit_code == 1
