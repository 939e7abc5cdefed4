"""*Not assessed* is a result: a release never says '0 vulnerabilities' where the truth is that nobody looked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from suture.accounts.models import Person
from suture.core.components import Package, PackageKind
from suture.detection.models import Cause
from suture.detection.queries import coverage
from suture.detection.scan import scan
from suture.detection.services import match_release, rematch_stale, stale_releases
from suture.evidence.clock import now
from suture.intelligence.models import FeedRevision
from suture.inventory.models import Release
from suture.inventory.services import import_sbom
from tests.rooms.detection.conftest import Take
from tests.rooms.detection.world import NPM_LODASH, OPENSSL, World, below, cyclonedx, lodash, openssl, says


def test_a_release_without_an_sbom_is_not_assessed(world: World, release: Release) -> None:
    world.publish(says("nvd", "CVE-2026-0001", (OPENSSL, below("3.0"))))
    rematch_stale()
    seen = coverage(release)
    assert not seen.verdict.assessed
    assert seen.says == "not assessed: this release has no SBOM"


def test_without_knowledge_nothing_is_assessed(world: World, release: Release, take: Take) -> None:
    taken = take(release, openssl())
    assert taken.says == "Aria P2 4.2: not assessed: no feed was ever taken in"
    assert coverage(release).monitored == 0


def test_the_demos_knowledge_is_no_knowledge(world: World, release: Release, take: Take) -> None:
    world.publish(says("demo", "CVE-2026-0001", (OPENSSL, below("3.0.15"))))
    taken = take(release, openssl())
    assert "not assessed: the only knowledge is what the demo brings along" in taken.says


def test_a_new_sbom_is_not_assessed_before_it_is_matched(
    world: World, release: Release, take: Take, operator: Person
) -> None:
    world.publish(says("nvd", "CVE-2026-0001", (OPENSSL, below("3.0.15"))))
    take(release, openssl())
    import_sbom(release=release, data=cyclonedx(openssl("3.0.14")), file_name="b.json", by=operator)
    release.refresh_from_db()
    assert [cause for cause, _ in coverage(release).verdict.causes] == [Cause.NOT_MATCHED]
    assert list(stale_releases()) == [release]
    assert rematch_stale() == 1
    assert coverage(release).verdict.assessed


def test_a_late_source_is_told_beside_what_was_found(world: World, release: Release, take: Take) -> None:
    world.publish(says("nvd", "CVE-2026-0001", (OPENSSL, below("3.0.15"))))
    take(release, openssl())
    long_ago = (now() - timedelta(days=90)).isoformat()
    FeedRevision.objects.update(dated=long_ago)
    verdict = coverage(release).verdict
    assert verdict.assessed
    assert verdict.causes[0][0] == Cause.STALE_SOURCE
    assert "late: nvd" in coverage(release).says


@pytest.mark.parametrize(
    ("component", "cause"),
    [
        ({"name": "bare", "version": "1"}, Cause.NO_IDENTIFIER),
        ({"name": "x", "version": "1", "purl": "pkg:deb/x@1"}, Cause.DISTRO_UNKNOWN),
        ({"name": "x", "version": "1", "purl": "pkg:deb/debian/x@1?distro=debian-12"}, Cause.NO_SOURCE),
        ({"name": "x", "version": "1", "purl": "pkg:nosuchtype/x@1"}, Cause.NO_SOURCE),
        ({"name": "x", "version": "1", "purl": "pkg:pypi/x@1"}, Cause.NO_SOURCE),  # the knowledge holds npm and CPE
        ({"name": "x", "version": "1", "cpe": "cpe:2.3:a:who:what:1:*:*:*:*:*:*:*"}, Cause.NEVER_NAMED),
        ({"name": "x", "version": "1", "purl": "pkg:generic/what@1"}, Cause.NEVER_NAMED),
        ({"name": "openssl", "cpe": "cpe:2.3:a:openssl:openssl:-:*:*:*:*:*:*:*"}, Cause.NO_VERSION),
        ({"name": "x", "version": "main", "cpe": "cpe:2.3:a:openssl:openssl:main:*:*:*:*:*:*:*"}, Cause.UNORDERABLE),
    ],
)  # fmt: skip
def test_every_component_nobody_looks_at_is_in_the_ledger_with_its_cause(
    world: World, release: Release, take: Take, component: dict[str, str], cause: Cause
) -> None:
    """#8, #10, #31: what could not be matched says so at once."""
    world.publish(
        says("ghsa", "GHSA-1", (NPM_LODASH, below("4.17.21"))), says("nvd", "CVE-2026-1", (OPENSSL, below("3.0.15")))
    )
    take(release, {"ref": "hole", **component}, lodash(), openssl())
    seen = coverage(release)
    assert [(hole.ref, hole.cause) for hole in seen.holes] == [("hole", cause)]
    assert (seen.components, seen.monitored) == (3, 2)
    assert f"not: 1 {cause}" in seen.says


def test_one_identifier_that_is_watched_is_enough(world: World, release: Release, take: Take) -> None:
    world.publish(says("nvd", "CVE-2026-1", (OPENSSL, below("3.0.15"))))
    take(release, openssl() | {"purl": "pkg:generic/openssl@3.0.13"})
    assert coverage(release).holes == ()


def test_an_npm_package_without_any_advisory_is_monitored(world: World, release: Release, take: Take) -> None:
    """npm names its packages with authority: 'no advisory' is an answer there."""
    world.publish(says("ghsa", "GHSA-1", (NPM_LODASH, below("4.17.21"))))
    take(release, {"ref": "l", "name": "left-pad", "version": "1.3.0", "purl": "pkg:npm/left-pad@1.3.0"})
    assert coverage(release).holes == ()


def test_an_unread_range_of_a_component_is_waiting_not_silent(world: World, release: Release, take: Take) -> None:
    from suture.core.vulnerabilities import ReviewReason

    ios = Package(PackageKind.CPE, "loose", "o:cisco:ios")
    world.publish(says("nvd", "CVE-2026-1", review=[(ios, ReviewReason.FREE_TEXT)]))
    take(release, {"ref": "i", "name": "ios", "version": "15.2", "cpe": "cpe:2.3:o:cisco:ios:15.2:*:*:*:*:*:*:*"})
    match_release(release.pk)
    assert "1 stated ranges wait for a person" in coverage(release).says


def test_where_no_component_could_be_looked_up_nothing_is_assessed(world: World, release: Release, take: Take) -> None:
    """'0 vulnerabilities' would be true of nothing."""
    world.publish(says("nvd", "CVE-2026-1", (OPENSSL, below("3.0.15"))))
    taken = take(release, {"ref": "a", "name": "bare", "version": "1"}, lodash())
    assert taken.says.removeprefix("Aria P2 4.2: ") == (
        "not assessed: none of its 2 components could be looked up: 1 no identifier, 1 no source watches it"
    )
    found = scan(cyclonedx({"ref": "a", "name": "bare", "version": "1"}))
    assert (found.assessed, found.says) == (False, "not assessed: none of its 1 components could be looked up")
