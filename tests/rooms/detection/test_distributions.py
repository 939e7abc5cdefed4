"""Packages of a distribution are judged by that distribution's own data, release by release, and by nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from suture.core.components import Package, PackageKind
from suture.core.vulnerabilities import Record
from suture.detection.models import Cause
from suture.detection.queries import coverage
from suture.detection.scan import scan
from suture.formats import alpine_secdb, osv, redhat
from suture.inventory.models import Release
from tests.rooms.detection.conftest import Take
from tests.rooms.detection.world import ANY, OPENSSL, World, below, between, cyclonedx, openssl, says, standing

LINUX = Package(PackageKind.CPE, "loose", "o:linux:linux_kernel")
KERNEL_ORG = Package(PackageKind.CNA, "loose", "linux:linux")


def red_hat(cve: str, *fixed: str, el: int = 8, **states: str) -> Record:
    cpe = f"cpe:/o:redhat:enterprise_linux:{el}"
    raw = {
        "name": cve, "public_date": "2024-01-01T00:00:00Z",
        "affected_release": [{"product_name": "RHEL", "cpe": cpe, "package": p, "advisory": "RHSA-1"} for p in fixed],
        "package_state": [
            {"product_name": "RHEL", "cpe": cpe, "package_name": name, "fix_state": state}
            for name, state in states.items()
        ],
    }  # fmt: skip
    return redhat.read(json.dumps(raw).encode())


def alma(cve: str, name: str, fixed: str, el: int = 8) -> Record:
    affected = {
        "package": {"ecosystem": f"AlmaLinux:{el}", "name": name},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}],
    }
    raw = {"id": f"ALSA-{cve}", "modified": "2024-01-01T00:00:00Z", "related": [cve], "affected": [affected]}
    return osv.read(json.dumps(raw).encode())


def alpine(*fixes: tuple[str, str, str, str]) -> list[Record]:
    documents = [
        {
            "distroversion": place,
            "reponame": "main",
            "packages": [{"pkg": {"name": name, "secfixes": {version: [cve]}}}],
        }
        for cve, place, name, version in fixes
    ]
    return [alpine_secdb.read(piece) for piece in alpine_secdb.split(json.dumps(one).encode() for one in documents)]


def system(name: str, version: str) -> dict[str, Any]:
    return {"type": "operating-system", "ref": "os", "name": name, "version": version}


def part(purl: str, ref: str = "part", **more: str) -> dict[str, Any]:
    name, _, version = purl.partition("?")[0].rpartition("/")[2].partition("@")
    return {"ref": ref, "name": name, "version": version, "purl": purl, **more}


def found_in(*parts: dict[str, Any]) -> list[str]:
    return sorted(one.vulnerability for one in scan(cyclonedx(*parts)).findings)


def test_the_operating_system_of_the_sbom_decides_whose_data_speak(world: World) -> None:
    world.publish(
        alma("CVE-2024-1", "bash", "4.4.20-5.el8"), alma("CVE-2024-2", "bash", "5.1.8-9.el9", el=9),
        red_hat("CVE-2024-3", "bash-0:4.4.20-6.el8"),
    )  # fmt: skip
    bash = part("pkg:rpm/almalinux/bash@4.4.20-4")
    assert found_in(bash, system("AlmaLinux", "8.10")) == ["CVE-2024-1"]
    assert found_in(bash, system("almalinux", "9.4")) == ["CVE-2024-2"]
    assert found_in(bash) == []
    assert [hole["cause"] for hole in scan(cyclonedx(bash)).not_assessed] == ["distribution unknown"]


def test_a_release_reads_its_stored_components_in_the_same_context(
    world: World, release: Release, take: Take
) -> None:  # fmt: skip
    world.publish(alma("CVE-2024-1", "bash", "4.4.20-5.el8"))
    take(release, part("pkg:rpm/almalinux/bash@4.4.20-4"), system("AlmaLinux", "8.10"))
    assert list(standing(release)) == ["CVE-2024-1"]
    assert [hole.ref for hole in coverage(release).holes] == ["os"]


@pytest.mark.parametrize(
    ("purl", "found"),
    [
        ("pkg:rpm/redhat/openssl-libs@1.1.1k-4.el8?epoch=1", ["CVE-2024-1", "CVE-2024-2"]),
        ("pkg:rpm/redhat/openssl-libs@1.1.1k-7.el8?epoch=1", ["CVE-2024-2"]),  # the fix is backported
        ("pkg:rpm/centos/openssl@1.1.1k-4.el8?epoch=1", ["CVE-2024-1", "CVE-2024-2"]),
        ("pkg:rpm/rocky/openssl@1.1.1k-4.el8?epoch=1", []),  # judged by its own errata
        ("pkg:rpm/redhat/openssl@1.1.1k-4.el9?epoch=1", []),
    ],
)
def test_red_hat_and_those_it_speaks_for(world: World, purl: str, found: list[str]) -> None:
    """A fix, a flaw that will not be fixed, one that does not affect the package; NVD's range is not looked at."""
    world.publish(
        red_hat("CVE-2024-1", "openssl-1:1.1.1k-6.el8"),
        red_hat("CVE-2024-2", openssl="Will not fix"),
        red_hat("CVE-2024-3", openssl="Not affected"),
        says("nvd", "CVE-2024-3", (OPENSSL, below("3.0"))),
    )
    assert found_in(part(purl, cpe="cpe:2.3:a:openssl:openssl:1.1.1k:*:*:*:*:*:*:*")) == found


def test_the_source_package_beside_the_url_is_kept_with_the_release(
    world: World, release: Release, take: Take
) -> None:  # fmt: skip
    world.publish(red_hat("CVE-2024-1", "nss-0:3.90.0-2.el8"))
    told = [
        {"name": "aquasecurity:trivy:SrcName", "value": "nss"}, {"name": "aquasecurity:trivy:SrcEpoch", "value": "0"},
        {"name": "aquasecurity:trivy:SrcVersion", "value": "3.90.0"},
        {"name": "aquasecurity:trivy:SrcRelease", "value": "1.el8"},
    ]  # fmt: skip
    nspr = {**part("pkg:rpm/redhat/nspr@4.35.0-1.el8"), "properties": told}
    take(release, nspr)
    assert list(standing(release)) == ["CVE-2024-1"] == found_in(nspr)
    (finding,) = scan(cyclonedx(nspr)).findings
    assert "it is built from nss, as the SBOM says" in " ".join(reason["says"] for reason in finding.reasons)


def test_what_the_sbom_calls_patched_is_shown_and_not_applied(world: World, release: Release, take: Take) -> None:
    """A patch file is no proof that it is in the build, nor that it mends all: a person judges."""
    world.publish(
        says("nvd", "CVE-2024-1", (OPENSSL, below("3.0.15"))),
        says("ghsa", "GHSA-1", (OPENSSL, below("3.0.15")), aliases=["CVE-2024-2"]),
        says("nvd", "CVE-2024-3", (OPENSSL, below("3.0.15"))),
    )
    resolves = [{"type": "security", "id": "cve-2024-1"}, {"type": "security", "id": "GHSA-1"}]
    patched = {**openssl(), "pedigree": {"patches": [{"type": "backport", "resolves": resolves}]}}
    take(release, patched, openssl("3.0.1", "other"))
    found = standing(release)
    listed = {one.vulnerability: one for one in scan(cyclonedx(patched, openssl("3.0.1", "other"))).findings}
    for name, resolved in (("CVE-2024-1", "CVE-2024-1"), ("CVE-2024-2", "GHSA-1"), ("CVE-2024-3", "")):
        told = [reason for reason in found[name].reasons if "lists a patch" in reason["says"]]
        assert [reason["component"] for reason in told] == (["openssl"] if resolved else [])
        assert all(f"resolves {resolved};" in reason["says"] for reason in told)
        assert found[name].result == "affected"
        assert found[name].reasons == listed[name].reasons


def test_centos_says_that_red_hats_data_speak(world: World) -> None:
    world.publish(red_hat("CVE-2024-1", "openssl-1:1.1.1k-6.el8"))
    (finding,) = scan(cyclonedx(part("pkg:rpm/centos/openssl-libs@1.1.1k-4.el8?epoch=1"))).findings
    said = " ".join(reason["says"] for reason in finding.reasons)
    assert "it is built from openssl, by our table of sources" in said
    assert "CentOS is rebuilt from Red Hat's sources, and Red Hat's data speak for it" in said


def test_alpine_by_release_and_where_none_is_told_by_what_holds_for_all(world: World) -> None:
    world.publish(
        *alpine(
            ("CVE-2024-1", "v3.17", "openssl", "3.0.9-r0"), ("CVE-2024-1", "v3.18", "openssl", "3.1.1-r0"),
            ("CVE-2024-2", "v3.18", "openssl", "0"),
        )
    )  # fmt: skip
    assert found_in(part("pkg:apk/alpine/libssl3@3.0.9-r0"), system("alpine", "3.17.3")) == []
    assert found_in(part("pkg:apk/alpine/libssl3@3.0.9-r0"), system("alpine", "3.18.4")) == ["CVE-2024-1"]
    assert found_in(part("pkg:apk/alpine/libssl3@3.0.9-r0")) == []
    unknown = scan(cyclonedx(part("pkg:apk/alpine/libssl3@3.0.8-r0")))
    assert [one.vulnerability for one in unknown.findings] == ["CVE-2024-1"]
    assert [hole["cause"] for hole in unknown.not_assessed] == [Cause.DISTRO_UNKNOWN.value]


@pytest.mark.parametrize(
    ("kernel", "found"),
    [
        # A distribution's kernel: its own data alone, never NVD's ranges nor kernel.org's branches
        (part("pkg:rpm/redhat/kernel@4.18.0-553.el8_10"), ["CVE-2024-1"]),
        (
            part("pkg:rpm/redhat/kernel-core@4.18.0-553.el8_10?upstream=kernel-4.18.0-553.el8_10.src.rpm"),
            ["CVE-2024-1"],
        ),
        (part("pkg:deb/debian/linux-image-6.1.0-18-amd64@6.1.76-1?distro=debian-12&upstream=linux%406.1.76-1"), []),
        (part("pkg:apk/alpine/linux-lts@6.1.76-r0?distro=alpine-3.18"), []),
        # Another kernel: the stable branches of the kernel's own CNA, and NVD's ranges
        ({"ref": "k", "name": "linux", "version": "6.1.76"}, ["CVE-2024-2", "CVE-2024-3"]),
        ({"ref": "k", "name": "linux", "version": "6.1.80"}, ["CVE-2024-2"]),
    ],
)
def test_a_kernel_of_a_distribution_and_one_of_ones_own(
    world: World, kernel: dict[str, Any], found: list[str]
) -> None:  # fmt: skip
    world.publish(
        red_hat("CVE-2024-1", "kernel-0:4.18.0-553.5.1.el8_10"),
        says("nvd", "CVE-2024-2", (LINUX, below("6.8"))),
        says("cve", "CVE-2024-3", (KERNEL_ORG, between("6.1", "6.1.78"))),
        says("nvd", "CVE-2024-4", (OPENSSL, ANY)),
    )
    version = kernel["version"].partition("-")[0]
    beside = {"cpe": f"cpe:2.3:o:linux:linux_kernel:{version}:*:*:*:*:*:*:*"}
    assert found_in({**kernel, **beside}) == found
