"""One vulnerability's way: a record and an SBOM go in, a finding with its reasons comes out."""

from __future__ import annotations

from suture.accounts.models import Person
from suture.detection.queries import coverage, findings_of
from suture.evidence.models import Entry
from suture.inventory.models import Release
from tests.rooms.detection.conftest import Take
from tests.rooms.detection.world import NPM_LODASH, OPENSSL, World, below, between, lodash, openssl, says, standing


def test_a_version_in_a_stated_range_is_a_finding_with_its_reasons(
    world: World, release: Release, take: Take, operator: Person
) -> None:
    world.publish(
        says("ghsa", "GHSA-35jh-r3h4-6jhm", (NPM_LODASH, below("4.17.21")), aliases=["CVE-2021-23337"]),
        says("nvd", "CVE-2024-5535", (OPENSSL, between("3.0.0", "3.0.15"))),
        says("nvd", "CVE-2014-0160", (OPENSSL, between("1.0.1", "1.0.1g"))),
    )
    taken = take(release, lodash(), openssl())
    assert sorted(standing(release)) == ["CVE-2021-23337", "CVE-2024-5535"]
    finding = standing(release)["CVE-2024-5535"]
    assert finding.result == "affected"
    assert finding.components == [{"ref": "openssl", "name": "openssl", "version": "3.0.13"}]
    assert finding.why == [
        "cpe:2.3:a:openssl:openssl:3.0.13:*:*:*:*:*:*:* is a:openssl:openssl",
        "3.0.13 lies in 3.0.0 ≤ v < 3.0.15",
    ]
    assert [reason["source"] for reason in finding.reasons] == ["", "nvd"]
    assert taken.findings == 2
    assert taken.says == "Aria P2 4.2: 2 findings; 2 of 2 components monitored"
    assert findings_of(release, operator).count() == 2
    assert coverage(release).holes == ()


def test_a_match_writes_one_line_of_evidence_and_the_same_again_writes_none(
    world: World, release: Release, take: Take
) -> None:
    world.publish(says("nvd", "CVE-2024-5535", (OPENSSL, between("3.0.0", "3.0.15"))))
    take(release, openssl())
    take(release, openssl())
    lines = Entry.objects.filter(did="release.matched")
    assert lines.count() == 1
