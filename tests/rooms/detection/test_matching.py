"""The rules of matching, one by one. docs/explanation/matching.md says them in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from suture.core.components import Package, PackageKind
from suture.core.vulnerabilities import Bounds, ReviewReason
from suture.detection.models import Finding, Matched, MatchRun
from suture.detection.queries import coverage
from suture.detection.services import match_release, rematch_stale
from suture.evidence.models import Entry
from suture.intelligence.models import Range, Vulnerability
from suture.inventory.models import Release
from tests.rooms.detection.conftest import Take
from tests.rooms.detection.world import (
    ANY,
    NPM_LODASH,
    OPENSSL,
    World,
    below,
    between,
    lodash,
    openssl,
    says,
    standing,
)

PURL, CPE = PackageKind.PURL, PackageKind.CPE
HEARTBLEED = Bounds("1.0.1", "1.0.1f", high_closed=True)


@pytest.mark.parametrize(
    ("version", "bounds", "affected"),
    [
        ("3.0.15", between("3.0.0", "3.0.15"), False),  # the upper bound is the first fixed version
        ("3.0.14", between("3.0.0", "3.0.15"), True),
        ("3.0.0", between("3.0.0", "3.0.15"), True),
        ("1.0.1f", HEARTBLEED, True),  # an inclusive bound belongs to the range
        ("1.0.1g", HEARTBLEED, False),
        ("1.0.2za", below("1.0.2zb"), True),  # letters go on after z
        ("1.0.2zb", below("1.0.2zb"), False),
        ("3.0", Bounds.exactly("3.0.0"), True),  # the same version, spelled otherwise
        ("3.0.1", ANY, True),
    ],
)
def test_bounds(world: World, release: Release, take: Take, version: str, bounds: Bounds, affected: bool) -> None:
    world.publish(says("nvd", "CVE-2026-0001", (OPENSSL, bounds)))
    take(release, openssl(version))
    assert ("CVE-2026-0001" in standing(release)) is affected


def test_with_no_range_every_finding_of_class_affected_is_gone(world: World, release: Release, take: Take) -> None:
    """Nothing but the range join compares versions."""
    world.publish(
        says("ghsa", "GHSA-1", (NPM_LODASH, below("4.17.21")), (NPM_LODASH, Bounds.exactly("4.17.20"))),
        says("nvd", "CVE-2026-0002", (OPENSSL, ANY)),
    )
    take(release, lodash(), openssl(), openssl("-", "unversioned"))
    assert len(standing(release)) == 2
    Range.objects.all().delete()
    match_release(release.pk)
    assert standing(release) == {}
    assert Finding.objects.filter(release=release).count() == 2  # never deleted


def test_names_of_two_systems_never_meet(world: World, release: Release, take: Take) -> None:
    """#3: the npm package openssl is not the C library, whatever its name."""
    world.publish(says("nvd", "CVE-2026-0003", (OPENSSL, ANY)))
    take(release, {"ref": "a", "name": "openssl", "version": "3.0.13", "purl": "pkg:npm/openssl@3.0.13"})
    assert standing(release) == {}


def test_a_version_that_fails_its_own_order_is_compared_in_loose_order(
    world: World, release: Release, take: Take
) -> None:
    """engine.md §3: the package's ranges get a loose twin; keys of two orders are never compared."""
    world.publish(says("ghsa", "GHSA-2", (NPM_LODASH, below("4.17.21"))))
    take(release, lodash("4.17.20.1"))  # four numbers are no SemVer
    finding = standing(release)["GHSA-2"]
    assert finding.why[1] == "4.17.20.1 lies in v < 4.17.21, compared in loose order"
    take(release, lodash("4.17.21.1"))
    assert standing(release) == {}


def test_a_range_that_fails_its_own_order_is_met_by_every_version_with_a_loose_key(
    world: World, release: Release, take: Take
) -> None:
    world.publish(says("ghsa", "GHSA-3", (NPM_LODASH, below("4.17.21.2"))))
    take(release, lodash("4.17.20"))
    assert standing(release)["GHSA-3"].why[1] == "4.17.20 lies in v < 4.17.21.2, compared in loose order"


def test_two_sources_state_one_range_and_one_withdraws(world: World, release: Release, take: Take) -> None:
    """A range belongs to a source's statement: the finding stays while one of them stands."""
    ghsa = says("ghsa", "GHSA-4", (OPENSSL, below("3.0.15")), aliases=["CVE-2026-0004"])
    nvd = says("nvd", "CVE-2026-0004", (OPENSSL, below("3.0.15")))
    world.publish(ghsa, nvd)
    take(release, openssl())
    assert {r["source"] for r in standing(release)["CVE-2026-0004"].reasons} == {"", "ghsa", "nvd"}
    world.withdraw(ghsa)
    rematch_stale()
    assert {r["source"] for r in standing(release)["CVE-2026-0004"].reasons} == {"", "nvd"}
    world.withdraw(nvd)
    rematch_stale()
    assert standing(release) == {}
    gone = Finding.objects.get(release=release)
    assert gone.gone_because == ("CVE-2026-0004 was withdrawn by nvd on 2026-03-04")
    assert [line["what"] for line in gone.history] == ["gone"]


def test_an_amended_record_lets_a_finding_go_and_come_back(world: World, release: Release, take: Take) -> None:
    record = says("nvd", "CVE-2026-0005", (OPENSSL, below("3.0.15")))
    world.publish(record)
    take(release, openssl())
    first = standing(release)["CVE-2026-0005"]
    world.publish(says("nvd", "CVE-2026-0005", (OPENSSL, below("3.0.0")), modified="2026-05-06"))
    rematch_stale()
    gone = Finding.objects.get(pk=first.pk)
    assert gone.gone_because == "CVE-2026-0005 as nvd states it now of 2026-05-06 does not concern this version"
    world.publish(record)
    rematch_stale()
    back = standing(release)["CVE-2026-0005"]
    assert (back.pk, back.uid, back.first_seen) == (first.pk, first.uid, first.first_seen)
    assert back.reopened_at is not None
    assert [line["what"] for line in back.history] == ["gone", "reopened"]


def test_a_component_that_leaves_the_sbom_takes_its_findings_with_a_reason(
    world: World, release: Release, take: Take
) -> None:
    """#15: an upload closes findings with a reason; it never erases them."""
    world.publish(says("nvd", "CVE-2026-0006", (OPENSSL, below("3.0.15"))))
    take(release, openssl(), lodash())
    take(release, lodash(), lodash("4.17.21", "other"))
    assert Finding.objects.get(release=release).gone_because == "no longer in the SBOM: openssl 3.0.13"


def test_one_finding_for_all_ids_of_one_vulnerability(world: World, release: Release, take: Take) -> None:
    """#1: CVE, GHSA and PYSEC of one flaw are one finding with three sources."""
    world.publish(
        says("nvd", "CVE-2026-0007", (OPENSSL, below("3.0.15"))),
        says("ghsa", "GHSA-7", (OPENSSL, below("3.0.14")), aliases=["CVE-2026-0007"]),
        says("cve", "CVE-2026-0007", (OPENSSL, below("3.0.16"))),
    )
    take(release, openssl())
    assert list(standing(release)) == ["CVE-2026-0007"]
    versions = [r["says"] for r in standing(release)["CVE-2026-0007"].reasons if r["kind"] == "version"]
    assert versions == ["3.0.13 lies in v < 3.0.16", "3.0.13 lies in v < 3.0.14", "3.0.13 lies in v < 3.0.15"]


def test_findings_of_vulnerabilities_that_turn_out_to_be_one_are_merged(
    world: World, release: Release, take: Take
) -> None:
    world.publish(says("ghsa", "GHSA-8", (OPENSSL, below("3.0.15"))))
    take(release, openssl())
    first = Finding.objects.get(release=release)
    world.publish(says("nvd", "CVE-2026-0008", (OPENSSL, below("3.0.15"))))
    rematch_stale()
    assert len(standing(release)) == 2
    world.publish(says("ghsa", "GHSA-8", (OPENSSL, below("3.0.15")), aliases=["CVE-2026-0008"]))
    kept = Vulnerability.objects.get(merged_into=None)
    rematch_stale()
    heir = standing(release)
    assert len(heir) == 1
    [finding] = heir.values()
    assert finding.vulnerability == kept
    assert finding.first_seen == first.first_seen
    other = Finding.objects.exclude(pk=finding.pk).get()
    assert other.merged_into == finding
    assert other.gone_because == "merged: two ids of one vulnerability"
    assert finding.history[-1]["what"] == "merged"


def test_a_finding_moves_to_the_vulnerability_that_takes_its_own_over(
    world: World, release: Release, take: Take
) -> None:
    world.publish(says("nvd", "CVE-2026-0009"))
    world.publish(says("ghsa", "GHSA-9", (OPENSSL, below("3.0.15"))))
    take(release, openssl())
    first = standing(release)["GHSA-9"]
    world.publish(says("ghsa", "GHSA-9", (OPENSSL, below("3.0.15")), aliases=["CVE-2026-0009"]))
    rematch_stale()
    moved = standing(release)["CVE-2026-0009"]
    assert (moved.pk, moved.uid, moved.first_seen) == (first.pk, first.uid, first.first_seen)


def test_an_erratum_counts_for_each_vulnerability_it_covers(world: World, release: Release, take: Take) -> None:
    rpm = Package(PURL, "rpm", "rpm/almalinux:8/openssl")
    world.publish(
        says("almalinux", "ALSA-1", (rpm, below("1:1.1.1k-9.el8")), upstream=["CVE-2026-0010", "CVE-2026-0011"])
    )
    purl = "pkg:rpm/almalinux/openssl@1.1.1k-4.el8?epoch=1&distro=almalinux-8.6"
    take(release, {"ref": "o", "name": "openssl", "version": "1.1.1k-4.el8", "purl": purl})
    assert sorted(standing(release)) == ["CVE-2026-0010", "CVE-2026-0011"]


def test_a_distribution_package_is_judged_by_its_distribution_alone(world: World, release: Release, take: Take) -> None:
    """#4: fixes are backported; the CPE of the package is set aside."""
    world.publish(says("nvd", "CVE-2026-0012", (OPENSSL, below("3.0.15"))))
    component = openssl("1.1.1k") | {"purl": "pkg:rpm/almalinux/openssl@1.1.1k-4.el8?distro=almalinux-8"}
    take(release, component)
    assert standing(release) == {}
    assert coverage(release).causes == (("no source watches it", 1),)


# ---- possible: identity exact, version not known


def test_a_missing_version_is_possible_once_per_component(world: World, release: Release, take: Take) -> None:
    """#5: an unversioned Linux kernel is one row, 'n vulnerabilities possible', never thousands of findings."""
    kernel = Package(CPE, "loose", "o:linux:linux_kernel")
    world.publish(*(says("nvd", f"CVE-2026-1{n:03}", (kernel, below(f"5.{n}"))) for n in range(40)))
    cpe = "cpe:2.3:o:linux:linux_kernel:*:*:*:*:*:*:*:*"
    taken = take(release, {"ref": "k", "name": "linux", "cpe": cpe}, openssl("not a version", "o"))
    assert standing(release) == {}
    [row] = coverage(release).possible
    assert (row.ref, row.vulnerabilities, row.reason) == ("k", 40, "no version")
    assert "1 of unknown version, with up to 40 possible vulnerabilities each" in taken.says
    assert taken.matched.possible == 1


def test_where_every_version_is_affected_a_missing_one_does_not_matter(
    world: World, release: Release, take: Take
) -> None:
    world.publish(says("nvd", "CVE-2026-0013", (OPENSSL, ANY)))
    take(release, openssl("*", "any"), openssl("unspecified", "words"))
    finding = standing(release)["CVE-2026-0013"]
    assert [c["ref"] for c in finding.components] == ["any", "words"]
    assert "no version is stated, and every version is affected" in finding.why
    assert "the version 'unspecified' has no order, and every version is affected" in finding.why


def test_possible_is_counted_anew_when_the_knowledge_moves(world: World, release: Release, take: Take) -> None:
    world.publish(says("nvd", "CVE-2026-0014", (OPENSSL, below("3.0"))))
    take(release, openssl("*"))
    world.publish(says("nvd", "CVE-2026-0015", (OPENSSL, below("2.0"))))
    rematch_stale()
    assert coverage(release).possible[0].vulnerabilities == 2


# ---- the portfolio follows the knowledge


def test_a_package_that_a_source_names_later_is_found(world: World, release: Release, take: Take) -> None:
    """Nothing is lost because the SBOM came before the first advisory."""
    world.publish(says("nvd", "CVE-2026-0016", (OPENSSL, below("3.0"))))
    cpe = "cpe:2.3:a:zlib:zlib:1.2.11:*:*:*:*:*:*:*"
    take(release, {"ref": "z", "name": "zlib", "version": "1.2.11", "cpe": cpe}, lodash())
    assert dict(coverage(release).causes) == {"no source has ever named it": 1, "no source watches it": 1}
    world.publish(says("nvd", "CVE-2022-37434", (Package(CPE, "loose", "a:zlib:zlib"), below("1.2.12"))))
    assert rematch_stale() == 1
    assert list(standing(release)) == ["CVE-2022-37434"]
    assert dict(coverage(release).causes) == {"no source watches it": 1}
    world.publish(says("ghsa", "GHSA-16", (Package(PURL, "npm", "npm/other"), below("1.0"))))
    assert rematch_stale() == 1
    assert coverage(release).causes == ()


def test_a_package_named_between_two_uploads_is_adopted_by_the_second(
    world: World, make_release: Callable[..., Release], take: Take
) -> None:
    first, second = make_release("1.0"), make_release("1.1")
    world.publish(says("nvd", "CVE-2026-0017"))
    take(first, openssl())
    world.publish(says("nvd", "CVE-2026-0018", (OPENSSL, below("3.0.15"))))
    take(second, openssl())
    assert list(standing(second)) == ["CVE-2026-0018"]
    rematch_stale()
    assert list(standing(first)) == ["CVE-2026-0018"]


def test_only_releases_a_change_concerns_are_matched_again(
    world: World, make_release: Callable[..., Release], take: Take
) -> None:
    concerned, other = make_release("1.0"), make_release("1.1")
    world.publish(says("nvd", "CVE-2026-0019", (OPENSSL, below("3.0.1"))))
    take(concerned, openssl())
    take(other, openssl("3.2.0"))
    rev = world.publish(says("nvd", "CVE-2026-0020", (OPENSSL, below("3.1"))))
    assert rematch_stale() == 1
    assert set(Matched.objects.values_list("rev", flat=True)) == {rev}
    assert list(standing(concerned)) == ["CVE-2026-0020"]
    assert rematch_stale() == 0


def test_a_match_that_changes_nothing_writes_no_evidence(world: World, release: Release, take: Take) -> None:
    world.publish(says("nvd", "CVE-2026-0021", (OPENSSL, below("3.0.15"))))
    take(release, openssl())
    lines, runs = Entry.objects.count(), MatchRun.objects.count()
    match_release(release.pk)
    match_release(release.pk)
    assert (Entry.objects.count(), MatchRun.objects.count()) == (lines, runs)


def test_bad_versions_harm_nobody(world: World, release: Release, take: Take) -> None:
    """'-', '*', 'unspecified', '1.0 (build 7)', commits, and absurd lengths."""
    world.publish(says("nvd", "CVE-2026-0022", (OPENSSL, below("1.0.1"))))
    versions = [
        "-",
        "unspecified",
        "1.0 (build 7)",
        "<= 4.1",
        "9" * 5000,
        "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3",
        "",
    ]
    components: list[dict[str, Any]] = [
        {"ref": f"v{n}", "name": "openssl", "version": version, "cpe": "cpe:2.3:a:openssl:openssl:*:*:*:*:*:*:*:*"}
        for n, version in enumerate(versions)
    ]
    take(release, *components)
    [finding] = standing(release).values()
    assert [c["version"] for c in finding.components] == ["1.0 (build 7)"]
    assert {row.ref for row in coverage(release).possible} == {f"v{n}" for n in range(7)} - {"v2"}


def test_absurd_texts_are_stored_cut_and_never_mistaken(world: World, release: Release, take: Take) -> None:
    """NUL, which PostgreSQL refuses, and refs of a thousand characters that differ only at their end."""
    world.publish(says("nvd", "CVE-2026-0025", (OPENSSL, below("9"))))
    long = "r" * 1000
    take(release, openssl("1.0", long + "1"), openssl("1.1", long + "2"), {"ref": "n", "name": "a\0b", "version": "\0"})
    [finding] = standing(release).values()
    assert len({component["ref"] for component in finding.components}) == 2
    assert coverage(release).components == 3


def test_review_rows_that_could_concern_a_release_are_told(world: World, release: Release, take: Take) -> None:
    world.publish(
        says("nvd", "CVE-2026-0023", review=[(OPENSSL, ReviewReason.SEVERAL_NODES)]),
        says("nvd", "CVE-2026-0024", review=[(Package(CPE, "loose", "a:x:y"), ReviewReason.COMMITS)]),
    )
    take(release, openssl())
    [waiting] = coverage(release).waiting
    assert waiting == ("several nodes", 1, 1)
