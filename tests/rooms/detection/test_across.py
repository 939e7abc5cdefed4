"""Vulnerability × all our devices: an answer for every release; and lists in a constant number of queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suture.accounts.models import Person
from suture.core.components import Package, PackageKind
from suture.core.vulnerabilities import ReviewReason
from suture.detection.queries import (
    Answer,
    counts_by_release,
    coverage,
    exploitation_of,
    findings_of,
    vulnerabilities_found,
    vulnerability_across_devices,
)
from suture.detection.services import match_release, rematch_stale
from suture.intelligence.models import Vulnerability
from suture.intelligence.services import register_vulnerability
from suture.inventory.models import Release
from tests.rooms.detection.conftest import Take
from tests.rooms.detection.world import NPM_LODASH, OPENSSL, World, below, between, lodash, openssl, says

CVE = "CVE-2024-5535"


@pytest.fixture
def across(world: World, operator: Person) -> Callable[[], dict[str, Any]]:
    def _across(cve: str = CVE) -> dict[str, Any]:
        rows = vulnerability_across_devices(Vulnerability.objects.get(preferred_id=cve), operator)
        return {row.release.version: row for row in rows}

    return _across


def test_an_answer_for_every_release(
    world: World, make_release: Callable[..., Release], take: Take, across: Callable[[], dict[str, Any]]
) -> None:
    world.publish(says("nvd", CVE, (OPENSSL, between("3.0.0", "3.0.15"))))
    affected, fixed, unknown, silent = (make_release(v) for v in ("affected", "fixed", "unknown", "no sbom"))
    make_release("retired", state=Release.State.RETIRED)
    developed = make_release("next", state=Release.State.IN_DEVELOPMENT)
    take(affected, openssl())
    take(fixed, openssl("3.0.15"), {"ref": "bare", "name": "bare", "version": "1"})
    take(unknown, openssl("*"))
    take(developed, openssl("3.2.0"))
    rows = across()
    assert {version: row.answer for version, row in rows.items()} == {
        "affected": Answer.AFFECTED,
        "fixed": Answer.NOT_PRESENT,
        "unknown": Answer.POSSIBLE,
        "no sbom": Answer.NOT_ASSESSED,
        "next": Answer.NOT_PRESENT,
    }
    assert rows["affected"].components == ("openssl 3.0.13",)
    assert "3.0.13 lies in 3.0.0 ≤ v < 3.0.15" in rows["affected"].why
    assert rows["fixed"].why == ("none of its 2 components matches", "1 of its components could not be looked at")
    assert rows["unknown"].why == ("the version of openssl * is not known",)
    assert rows[silent.version].why == ("this release has no SBOM",)
    assert next(iter(rows)) == "affected"  # what needs a person comes first


def test_a_fixed_release_says_what_became_of_its_finding(
    world: World, release: Release, take: Take, across: Callable[[], dict[str, Any]]
) -> None:
    world.publish(says("nvd", CVE, (OPENSSL, between("3.0.0", "3.0.15"))))
    take(release, openssl())
    take(release, openssl("3.0.15"))
    row = across()["4.2"]
    assert (row.answer, row.why) == (Answer.NOT_PRESENT, ("no longer in the SBOM: openssl 3.0.13",))


def test_a_range_that_waits_for_a_person_is_no_answer(
    world: World, release: Release, take: Take, across: Callable[[], dict[str, Any]]
) -> None:
    world.publish(
        says("nvd", CVE, (NPM_LODASH, below("1.0")), review=[(OPENSSL, ReviewReason.SEVERAL_NODES)]),
    )
    take(release, openssl())
    row = across()["4.2"]
    assert row.answer is Answer.NOT_ASSESSED
    assert row.why == ("a stated range of a:openssl:openssl waits for a person (several nodes)",)


@pytest.mark.parametrize("kind", ["silent", "words alone", "empty knowledge"])
def test_where_nobody_says_what_is_affected_nothing_is_not_present(
    world: World, release: Release, take: Take, across: Callable[[], dict[str, Any]], kind: str
) -> None:
    words = Package(PackageKind.CNA, "loose", "acme:pump os")  # no component is looked up by words
    world.publish(says("cve", CVE, *([(words, below("2"))] if kind == "words alone" else ())))
    if kind != "empty knowledge":
        take(release, openssl())
    assert across()["4.2"].answer is Answer.NOT_ASSESSED


def test_our_own_vulnerability_is_not_assessed_before_somebody_states_it(
    world: World, release: Release, take: Take, ada: Person
) -> None:
    world.publish(says("nvd", CVE, (OPENSSL, below("3.0.15"))))
    take(release, openssl())
    ours = register_vulnerability(kind=Vulnerability.Kind.PROCEDURE, title="Shared key", description="", by=ada)
    [row] = vulnerability_across_devices(ours, ada)
    assert row.why == ("nobody has stated yet whether this release is concerned",)


def test_kev_and_epss_are_joined_when_read(world: World, release: Release, take: Take, operator: Person) -> None:
    """#19: a listing needs no new match; and 'not listed' never means 'not exploited'."""
    world.publish(says("ghsa", "GHSA-1", (OPENSSL, below("3.0.15")), aliases=[CVE]))
    take(release, openssl())
    number = Vulnerability.objects.get().pk
    assert exploitation_of([number])[number].kev_added == ""
    world.exploited(CVE)
    assert exploitation_of([number])[number].kev_added == "2026-02-03"
    assert counts_by_release([release], operator)[release.pk].exploited == 1
    assert rematch_stale() == 0


# ---- constant numbers of queries


def queries(work: Callable[[], Any]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        work()
    return len(captured)


def test_the_number_of_queries_does_not_grow_with_the_lists(
    world: World, make_release: Callable[..., Release], take: Take, operator: Person
) -> None:
    def publish(numbers: range) -> None:
        world.publish(*(says("nvd", f"CVE-2026-{n:04}", (OPENSSL, between("3.0.0", f"3.0.{n + 20}"))) for n in numbers))

    def everything() -> dict[str, int]:
        releases = list(Release.objects.select_related("product"))
        one = releases[0]
        vulnerability = Vulnerability.objects.order_by("pk")[0]
        return {
            "across": queries(lambda: vulnerability_across_devices(vulnerability, operator)),
            "counts": queries(lambda: counts_by_release(releases, operator)),
            "coverage": queries(lambda: coverage(one)),
            "findings": queries(lambda: [(f.label, f.wall) for f in findings_of(one, operator)]),
            "vulnerabilities": queries(lambda: list(vulnerabilities_found(operator))),
            "match": queries(lambda: match_release(one.pk)),
        }

    publish(range(2))
    for n in range(2):
        take(make_release(f"1.{n}"), openssl(), openssl("*", "u"))
    before = everything()
    publish(range(2, 30))
    for n in range(2, 8):
        take(make_release(f"1.{n}"), openssl(), openssl("*", "u"), *(lodash(f"4.17.{i}", f"l{i}") for i in range(40)))
    rematch_stale()
    assert everything() == before
    assert max(before.values()) <= 40
