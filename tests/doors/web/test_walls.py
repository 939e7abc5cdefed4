"""What stands behind a wall does not exist for whoever is not admitted: no page, list, search, proof or file."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from suture.accounts.models import Person, Tlp
from suture.accounts.services import raise_wall
from suture.assessment.services import open_case
from suture.core.roles import Role
from suture.detection.services import add_manual_finding
from suture.intelligence.services import register_vulnerability
from tests.rooms.casework import Work

pytestmark = pytest.mark.django_db
SECRET = "service password in every pump"


@pytest.fixture
def pages(work: Work, register: Callable[..., Person]) -> dict[str, str]:
    """An embargoed vulnerability of a finder with its case; Ada is admitted, Paul of the same role is not."""
    owen = register("Owen Case", Role.COORDINATOR)
    wall = raise_wall(name="finder R-1", admitted=[work.ada], by=owen, because="embargo")
    row = register_vulnerability(
        kind="hard-coded password", title=SECRET, description=SECRET, by=work.ada, wall=wall, tlp=Tlp.AMBER_STRICT
    )
    release = work.releases["4.2"]
    add_manual_finding(release=release, vulnerability=row, because="finder's report", by=work.ada)
    case = open_case(vulnerability=row, by=work.ada, because="finder's report")
    return {
        "vulnerability": f"/vulnerabilities/{row.uid}/", "case": f"/cases/{case.uid}/", "id": row.preferred_id,
        "release": f"/releases/{release.uid}/", "record": f"/proof/records/vulnerability/{row.uid}/",
        "number": case.number,
    }  # fmt: skip


def test_whoever_is_admitted_sees_it(work: Work, pages: dict[str, str], as_person: Callable[[Person], Client]) -> None:
    """The wall hides nothing from those inside."""
    client = as_person(work.ada)
    for name in ("vulnerability", "case", "release"):
        assert SECRET in client.get(pages[name]).content.decode()
    assert client.get(f"/search?q={pages['id']}")["Location"] == pages["vulnerability"]


def test_whoever_is_not_admitted_finds_nothing(
    pages: dict[str, str], register: Callable[..., Person], as_person: Callable[[Person], Client]
) -> None:
    """Not by address, list, search, file or proof; and the answer is 'there is none', never 'you may not'."""
    client = as_person(register("Paul Outside", Role.PSIRT, Role.QUALITY, Role.REGULATORY_AFFAIRS))
    assert client.get(pages["vulnerability"]).status_code == 404
    assert client.get(pages["case"]).status_code == 404
    assert client.get(pages["case"] + "learned").status_code == 404
    assert client.get(pages["record"]).status_code == 404
    for path in (
        "/", "/?desk=all", "/vulnerabilities/", "/vulnerabilities/?show=ours", "/cases/?show=all", "/proof/",
        f"/search?q={pages['id']}", f"/search?q={pages['number']}", "/search?q=service+password", "/proof/entries.json",
        pages["release"], pages["release"] + "findings.csv", pages["release"] + "vex/openvex.json",
    ):  # fmt: skip
        answer = client.get(path)
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code == 200, path
        assert SECRET.encode() not in text, path
        assert pages["number"].encode() not in text or "search" in path, path
