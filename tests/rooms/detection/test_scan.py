"""A scan answers like a release, and stores nothing."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from suture.core.ranges import in_words
from suture.core.vulnerabilities import Bounds, ReviewReason
from suture.detection.models import ComponentVersion, Finding, Instance, MatchRun
from suture.detection.scan import fixed_in, scan
from suture.evidence.models import Entry
from suture.inventory.models import Component, Release
from tests.rooms.detection.conftest import Take
from tests.rooms.detection.world import (
    ANY,
    NPM_LODASH,
    OPENSSL,
    World,
    below,
    between,
    cyclonedx,
    lodash,
    openssl,
    says,
    standing,
)


def test_a_scan_finds_what_a_release_finds_and_writes_nothing(world: World, release: Release, take: Take) -> None:
    world.publish(
        says("ghsa", "GHSA-1", (NPM_LODASH, below("4.17.21")), aliases=["CVE-2021-23337"]),
        says("nvd", "CVE-2021-23337", (OPENSSL, ANY)),
        says("nvd", "CVE-2024-5535", (OPENSSL, between("3.0.0", "3.0.15"))),
        says("nvd", "CVE-2024-0001", review=[(OPENSSL, ReviewReason.SEVERAL_NODES)]),
    )
    parts = [lodash(), openssl(), openssl("*", "u"), {"ref": "bare", "name": "bare", "version": "1"}]
    take(release, *parts)
    stored = [model.objects.count() for model in (ComponentVersion, Instance, Finding, MatchRun, Entry, Component)]
    found = scan(cyclonedx(*parts))
    after = [model.objects.count() for model in (ComponentVersion, Instance, Finding, MatchRun, Entry, Component)]
    assert stored == after
    mine = standing(release)
    assert {one.vulnerability: (one.components, one.reasons, one.result) for one in found.findings} == {
        name: (one.components, one.reasons, one.result) for name, one in mine.items()
    }
    assert {row["ref"]: row["vulnerabilities"] for row in found.possible} == {"u": 2}
    assert [(row["ref"], row["cause"]) for row in found.not_assessed] == [
        ("u", "version missing"), ("bare", "no identifier"),
    ]  # fmt: skip
    assert found.waiting[0]["vulnerabilities"] == ["CVE-2024-0001"]
    assert json.loads(json.dumps(found.plain()))["findings"]


def test_what_mends_it_is_told_as_stated(world: World) -> None:
    world.publish(
        says("ghsa", "GHSA-1", (OPENSSL, between("3.0.0", "3.0.15")), aliases=["CVE-1"]),
        says("nvd", "CVE-1", (OPENSSL, Bounds("3.0.0", "3.0.14", high_closed=True))),
    )
    world.exploited("CVE-1")
    [finding] = scan(cyclonedx(openssl())).findings
    assert finding.fixed_in == [{"version": "3.0.15", "source": "ghsa", "record": "GHSA-1"}]
    assert finding.aliases == ["GHSA-1"]
    assert finding.exploited == {"added": "2026-02-03", "ransomware": False}
    assert finding.epss is None


@pytest.mark.parametrize("source", [None, "demo"])
def test_with_no_knowledge_or_only_the_demos_everything_is_not_assessed(world: World, source: str | None) -> None:
    if source:
        world.publish(says(source, "CVE-1", (OPENSSL, ANY)))
    found = scan(cyclonedx(openssl(), lodash()))
    assert found.says.startswith("not assessed: ")
    assert not found.assessed
    assert found.findings == []
    assert len(found.not_assessed) == 2


def test_an_sbom_without_components_is_not_assessed(world: World) -> None:
    world.publish(says("nvd", "CVE-1", (OPENSSL, ANY)))
    assert scan(cyclonedx()).says.startswith("not assessed: the document lists no component")


def test_an_older_revision_can_be_asked(world: World) -> None:
    """'What did we know on that day' is a predicate."""
    first = world.publish(says("nvd", "CVE-1", (OPENSSL, below("3.0.15"))))
    world.publish(says("nvd", "CVE-2", (OPENSSL, below("3.0.15"))))
    assert len(scan(cyclonedx(openssl())).findings) == 2
    assert [one.vulnerability for one in scan(cyclonedx(openssl()), rev=first).findings] == ["CVE-1"]


def test_the_number_of_queries_does_not_grow_with_the_sbom(world: World) -> None:
    world.publish(
        says("ghsa", "GHSA-1", (NPM_LODASH, below("4.17.21"))), says("nvd", "CVE-1", (OPENSSL, below("3.0.15")))
    )

    def queries(number: int) -> int:
        parts = [part for n in range(number) for part in (lodash(f"4.17.{n}", f"l{n}"), openssl(f"3.0.{n}", f"o{n}"))]
        with CaptureQueriesContext(connection) as captured:
            scan(cyclonedx(*parts))
        return len(captured)

    assert queries(2) == queries(200)


@given(
    high=st.from_regex(r"\A[0-9]{1,3}(\.[0-9]{1,3}){0,3}[a-z]?\Z"),
    low=st.none() | st.from_regex(r"\A[0-9]{1,3}\.[0-9]{1,3}\Z"),
)
def test_fixed_in_reads_the_words_of_a_range(low: str | None, high: str) -> None:
    assert fixed_in(in_words(Bounds(low, high))) == high
    assert fixed_in(in_words(Bounds(low, high, high_closed=True))) == ""
    assert fixed_in(in_words(Bounds(low, high), [Bounds.exactly("9.9")])) == high
