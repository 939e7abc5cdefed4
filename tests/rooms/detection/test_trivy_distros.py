"""Trivy's closed world of distributions: its vulnerabilities, its packages, the same pairs as its expected reports."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from suture.core.components import Package
from suture.core.distros import ALMALINUX, ALPINE, AMAZON, DEBIAN, ORACLE, ROCKY, UBUNTU, Distro
from suture.core.identity import package_of_release
from suture.core.vulnerabilities import Bounds, Record
from suture.detection.scan import scan
from suture.formats import redhat
from tests.rooms.detection.world import World, cyclonedx, says

BUCKETS: dict[str, Distro] = {
    "alpine": ALPINE, "debian": DEBIAN, "ubuntu": UBUNTU, "alma": ALMALINUX, "rocky": ROCKY, "oracle linux": ORACLE,
    "amazon linux": AMAZON,
}  # fmt: skip
FILES = ("alpine", "debian", "ubuntu", "almalinux", "rockylinux", "oracle", "amazon")
REPORTS = (
    "alpine-distroless", "debian-buster", "distroless-base", "ubuntu-1804-ignore-unfixed", "almalinux-8",
    "rockylinux-8", "oraclelinux-8", "amazonlinux2-gp2-x86-vm", "centos-7-ignore-unfixed", "ubi-7",
    "fluentd-multiple-lockfiles",
)  # fmt: skip
# What dpkg knows of the packages in those images and the reports leave out.
SOURCES = {
    "libidn2-0": "libidn2", "libcom-err2": "e2fsprogs", "libext2fs2": "e2fsprogs", "libss2": "e2fsprogs",
    "libssl1.1": "openssl",
}  # fmt: skip

# That image takes its packages from edge, as its list of repositories says; the package URLs do not.
EDGE = {"alpine-distroless": ("distro=3.16", "distro=edge")}

_LINE = re.compile(r"(?P<indent>[ -]*)(?P<key>[\w .:/()-]+?):(?: +(?P<value>[^#]*?))?\s*(?:#.*)?").fullmatch


def fixes(file: Path) -> Iterator[tuple[str, str, str, str]]:
    """(bucket, package, vulnerability, version that fixes it or '') of one file: nested lists of 'bucket' and 'key'."""
    path: list[tuple[int, str]] = []
    fixed: dict[tuple[str, ...], str] = {}
    for line in file.read_text().splitlines():
        match = _LINE(line)
        if match is None:
            continue
        depth, key, value = len(match["indent"]), match["key"], (match["value"] or "").strip("\"' ")
        if key in ("bucket", "key"):
            path = [*(step for step in path if step[0] < depth), (depth, value)]
            if key == "key":
                fixed.setdefault(tuple(name for _, name in path), "")
        elif key == "FixedVersion":
            fixed.setdefault(tuple(name for _, name in path), "")
            fixed[tuple(name for _, name in path)] = value
    for (bucket, package, vulnerability), version in fixed.items():
        yield bucket, package, vulnerability, version


def knowledge(folder: Path) -> Iterator[Record]:
    """One record per vulnerability, of the distribution it is of."""
    ranges: dict[tuple[str, str], list[tuple[Package, Bounds]]] = defaultdict(list)
    for name in FILES:
        for bucket, package, vulnerability, version in fixes(folder / f"{name}.yaml"):
            distro, _, release = bucket.lower().rpartition(" ")
            named = package_of_release(BUCKETS[distro], release, package) if distro in BUCKETS else None
            if named is not None:
                ranges[distro, vulnerability].append((named, Bounds(None, version or None)))
    for (distro, vulnerability), stated in ranges.items():
        yield says(f"{distro} of trivy", vulnerability, *stated)
    # Red Hat's rows are of repositories that the file numbers; what the reports tell of them, in Red Hat's own form.
    el7 = "cpe:/o:redhat:enterprise_linux:7"
    openssl = [{"cpe": el7, "package": "openssl-1:1.0.2k-19.el7", "advisory": "RHSA-2019:2304"}]
    bash = [{"cpe": el7, "package_name": "bash", "fix_state": "Will not fix"}]
    for raw in (
        {"name": "CVE-2018-0734", "affected_release": openssl}, {"name": "CVE-2019-1559", "affected_release": openssl},
        {"name": "CVE-2019-18276", "package_state": bash},
    ):  # fmt: skip
        yield redhat.read(json.dumps(raw).encode())


def reported(report: Path) -> Iterator[dict[str, Any]]:
    """The vulnerabilities of the operating system's packages that a report tells."""
    for result in json.loads(report.read_text()).get("Results") or ():
        if result.get("Class") == "os-pkgs":
            yield from result.get("Vulnerabilities") or ()


def part(purl: str, name: str, version: str) -> dict[str, Any]:
    told = [{"name": "aquasecurity:trivy:SrcName", "value": SOURCES[name]}] if name in SOURCES else []
    return {"ref": f"{purl} {version}", "name": name, "version": version, "purl": purl, "properties": told}


@pytest.mark.data
@pytest.mark.parametrize("report", REPORTS)
def test_the_same_pairs_as_trivys_report(world: World, test_data: Path, report: str) -> None:
    """And the builds that mend them are in no finding."""
    folder = test_data / "benchmark" / "trivy-integration"
    world.publish(*knowledge(folder / "db"))
    expected = list(reported(folder / "goldens" / f"{report}.json.golden"))
    assert expected
    parts, mended = {}, {}
    told, truly = EDGE.get(report, ("", ""))
    for one in expected:
        purl, name, installed = one["PkgIdentifier"]["PURL"], one["PkgName"], one["InstalledVersion"]
        purl = purl.replace(told, truly)
        parts[name] = part(purl, name, installed)
        if fixed := one.get("FixedVersion"):
            version = fixed.partition(":")[2] or fixed
            other = re.sub(r"epoch=\d+", f"epoch={fixed.partition(':')[0]}", purl) if ":" in fixed else purl
            mended[one["VulnerabilityID"], name] = part(re.sub(r"@[^?]*", f"@{version}", other), name, fixed)
    found = scan(cyclonedx(*parts.values()))
    pairs = {(finding.vulnerability, part["name"]) for finding in found.findings for part in finding.components}
    assert pairs == {(one["VulnerabilityID"], one["PkgName"]) for one in expected}
    assert not found.not_assessed
    for (vulnerability, _), build in mended.items():
        assert vulnerability not in {finding.vulnerability for finding in scan(cyclonedx(build)).findings}
