"""Firmware AND device, running on, editions: judged for the release as a whole; unknown is shown, never dropped."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from suture.core.components import Package, PackageKind
from suture.core.vulnerabilities import Record
from suture.detection.models import Finding
from suture.detection.queries import coverage
from suture.detection.scan import scan
from suture.formats import cve5, nvd
from suture.inventory.models import Release
from tests.rooms.detection.conftest import Take
from tests.rooms.detection.world import ANY, OPENSSL, World, below, cyclonedx, says, standing

CVE = "CVE-2026-0100"


def cpe(name: str) -> str:
    """'o:acme:pump_firmware:1.0' as a whole name."""
    return f"cpe:2.3:{name}{':*' * (10 - name.count(':'))}"


def part(ref: str, name: str, **more: Any) -> dict[str, Any]:
    fields = name.split(":")
    version = fields[3] if len(fields) > 3 and fields[3] not in "*-" else ""
    return {"ref": ref, "name": fields[2], "version": version, "cpe": cpe(name), **more}


def match(name: str, vulnerable: bool = True, **bounds: str) -> dict[str, Any]:
    return {"vulnerable": vulnerable, "criteria": cpe(name), **bounds}


def node(*matches: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"operator": "OR", "negate": False, "cpeMatch": list(matches), **more}


def both(*nodes: dict[str, Any]) -> Record:
    """NVD's record of products that are vulnerable only together."""
    return nvd.read(json.dumps({"id": CVE, "configurations": [{"operator": "AND", "nodes": nodes}]}).encode())


FIRMWARE = node(match("o:acme:pump_firmware", versionEndExcluding="2.0"))
DEVICE = node(match("h:acme:pump:-", False), match("h:acme:pump_xl:-", False))
WINDOWS = node(match("o:microsoft:windows:-", False))
OLD, NEW = part("fw", "o:acme:pump_firmware:1.9", type="firmware"), part("fw", "o:acme:pump_firmware:2.0")
PUMP = part("hw", "h:acme:pump:-", type="device")
APP = part("app", "a:acme:viewer:1.0", type="application")
RUNNING = node(match("a:acme:viewer", versionEndExcluding="2.0"))


@pytest.mark.parametrize(
    ("record", "components", "result"),
    [
        (both(FIRMWARE, DEVICE), (OLD, PUMP), "affected"),
        (both(FIRMWARE, DEVICE), (NEW, PUMP), ""),  # the device alone is not enough
        (both(FIRMWARE, DEVICE), (OLD,), "conditional"),  # the release does not say on which device
        (both(FIRMWARE, DEVICE), (PUMP,), "conditional"),  # its firmware is not stated
        (both(FIRMWARE, DEVICE), (OLD, part("hw", "h:acme:monitor:-")), ""),  # another device of the same vendor
        (both(FIRMWARE, DEVICE), (OLD, part("hw", "h:other:chip:-")), "conditional"),  # it may have that one as well
        (both(node(match("o:acme:pump_firmware")), DEVICE), (PUMP,), "affected"),  # every firmware
        (both(RUNNING, WINDOWS), (APP,), "conditional"),
        (both(RUNNING, WINDOWS), (APP, part("os", "o:microsoft:windows_10_1809:10.0.17763.1")), "affected"),
        (both(RUNNING, WINDOWS), (APP, part("os", "o:linux:linux_kernel:5.10")), ""),  # its system is another
        (both(RUNNING, WINDOWS), (APP, OLD), "conditional"),  # a device's own firmware is no operating system
        (both(RUNNING, node(match("o:microsoft:windows_10:-", False))), (APP, part("os", "o:microsoft:windows:-")),
         "conditional"),  # a Windows, and which one it does not say
        (both(RUNNING, node(match("o:linux:linux_kernel", False, versionEndExcluding="5.0"))),
         (APP, part("os", "o:debian:debian_linux:12")), "conditional"),  # a kernel of which version
        (both(RUNNING, node(match("o:debian:debian_linux:12", False))), (APP, part("os", "o:linux:linux_kernel:5.10")),
         "conditional"),  # a kernel of which distribution
        (both(RUNNING, node(match("o:fedoraproject:fedora:38", False))), (APP, part("os", "o:debian:debian_linux:12")),
         ""),
        (both(RUNNING, WINDOWS), (APP, part("rt", "o:acme:motor_control:2")), "conditional"),  # is that a system?
        (both(RUNNING, node(match("a:acme:server", False, versionEndExcluding="2.0"))),
         (APP, part("s1", "a:acme:server:3.0"), part("s2", "a:acme:server:*")), "conditional"),  # one has no version
        (both(RUNNING, node(match("a:acme:server", False))), (APP,), "conditional"),  # no SBOM is known to be complete
        (both(RUNNING, node(match("o:linux:linux_kernel:-", False))), (APP, part("os", "o:debian:debian_linux:12")),
         "affected"),
        (both(RUNNING, node(match("o:microsoft:windows_7:-:sp1", False))), (
            APP, part("os", "o:microsoft:windows_7:-:sp1")), "affected"),
        (both(RUNNING, {**WINDOWS, "negate": True}), (APP, part("os", "o:linux:linux_kernel:5.10")), "affected"),
        (both(RUNNING, {**WINDOWS, "negate": True}), (APP,), "conditional"),
    ],
)  # fmt: skip
def test_products_that_are_vulnerable_only_together(
    world: World, release: Release, take: Take, record: Record, components: tuple[dict[str, Any], ...], result: str
) -> None:
    world.publish(record)
    take(release, *components)
    found = standing(release)
    assert (found[CVE].result if CVE in found else "") == result
    said = scan(cyclonedx(*components)).findings  # without storing it, the same answer
    assert [one.result for one in said] == ([result] if result else [])


def test_what_holds_and_what_nobody_knows_is_told(world: World, release: Release, take: Take) -> None:
    world.publish(both(FIRMWARE, DEVICE))
    take(release, OLD)
    assert standing(release)[CVE].why == [
        f"{OLD['cpe']} is o:acme:pump_firmware",
        "1.9 lies in v < 2.0",
        "only together with h:acme:pump or h:acme:pump_xl, which the release does not state",
    ]
    take(release, OLD, PUMP, confirmed=True)
    finding = standing(release)[CVE]
    assert "together with h:acme:pump" in finding.why
    assert [component["ref"] for component in finding.components] == ["fw"]


def test_a_component_that_is_certain_makes_the_finding_so(world: World, release: Release, take: Take) -> None:
    """The status is the worst of the components; one that is only conditional says so."""
    world.publish(both(RUNNING, node(match("a:acme:server", False))))
    world.publish(says("ghsa", "GHSA-1", (OPENSSL, below("3.0.15")), aliases=[CVE]))
    take(release, APP, part("ssl", "a:openssl:openssl:3.0.1"))
    finding = standing(release)[CVE]
    assert finding.result == "affected"
    assert {c["ref"]: c.get("result") for c in finding.components} == {"ssl": None, "app": "conditional"}


@pytest.mark.parametrize(
    ("given", "result"),
    [
        ("a:acme:forms:1.0:*:*:*:lts:wordpress", "affected"),
        ("a:acme:forms:1.0:*:*:*:*:wordpress", "conditional"),  # which edition it is, it does not say
        ("a:acme:forms:1.0", "conditional"),
        ("a:acme:forms:1.0:*:*:*:lts:drupal", ""),
    ],
)
def test_what_else_a_criterion_demands(world: World, release: Release, take: Take, given: str, result: str) -> None:
    """NISTIR 7696, table 6-2: an attribute that is not said is neither equal nor different."""
    criteria = {"vulnerable": True, "criteria": cpe("a:acme:forms:*:*:*:*:lts:wordpress"), "versionEndExcluding": "2"}
    world.publish(nvd.read(json.dumps({"id": CVE, "configurations": [{"nodes": [node(criteria)]}]}).encode()))
    take(release, part("f", given))
    found = standing(release)
    assert (found[CVE].result if CVE in found else "") == result


@pytest.mark.parametrize(
    ("given", "result"),
    [
        ("a:acme:base:2016:sp2", "affected"),
        ("a:acme:base:2016", "conditional"),  # it does not state its service pack
        ("a:acme:base:2016:sp1", ""),
        ("a:acme:base:2016:-", ""),  # it states that it has none
        ("a:acme:base:2017", ""),
    ],
)
def test_a_service_pack_that_is_not_stated(world: World, release: Release, take: Take, given: str, result: str) -> None:
    world.publish(
        nvd.read(json.dumps({"id": CVE, "configurations": [{"nodes": [node(match("a:acme:base:2016:sp2"))]}]}).encode())
    )
    take(release, part("b", given))
    found = standing(release)
    assert (found[CVE].result if CVE in found else "") == result


KERNEL = {"vendor": "Linux", "product": "Linux", "defaultStatus": "unaffected"}
FIRST = "01402cf81051b1f0f6a0e0f2d3f7c9a3b4c5d6e7"


@pytest.mark.parametrize(
    ("version", "found"),
    [(FIRST, True), (FIRST[:12], True), (FIRST[:11], False), ("0" * 12, False), (FIRST[:12].upper(), True)],
)
def test_a_build_named_by_the_commit_that_introduced_it(
    world: World, release: Release, take: Take, version: str, found: bool
) -> None:
    """Commits have no order; but the very commit that introduced a flaw has it. The rest of the range waits."""
    versions = [{"version": FIRST, "lessThan": "f" * 40, "status": "affected", "versionType": "git"}]
    record = cve5.read(
        json.dumps(
            {
                "cveMetadata": {"cveId": CVE, "assignerShortName": "Linux"},
                "containers": {"cna": {"affected": [{**KERNEL, "versions": versions}]}},
            }
        ).encode()
    )
    world.publish(record)
    assert [one.reason for one in record.review] == ["git commits"]
    take(release, part("k", f"o:linux:linux_kernel:{version}"))
    assert (CVE in standing(release)) is found


def test_two_editions_of_one_range_are_two_statements(world: World, release: Release, take: Take) -> None:
    wanted = [
        {"vulnerable": True, "criteria": cpe(f"a:acme:forms:*:*:*:*:*:{target}"), "versionEndExcluding": "2"}
        for target in ("drupal", "wordpress")
    ]
    world.publish(nvd.read(json.dumps({"id": CVE, "configurations": [{"nodes": [node(*wanted)]}]}).encode()))
    take(release, part("f", "a:acme:forms:1.0:*:*:*:*:wordpress"))
    assert standing(release)[CVE].result == "affected"


def test_hardware_without_a_version_is_no_gap(world: World, release: Release, take: Take) -> None:
    world.publish(says("nvd", "CVE-2026-0101", (Package(PackageKind.CPE, "loose", "h:acme:pump"), ANY)))
    take(release, PUMP)
    assert standing(release)["CVE-2026-0101"].result == "affected"
    assert coverage(release).holes == ()


def test_a_record_amended_takes_its_conditions_along(world: World, release: Release, take: Take) -> None:
    world.publish(both(FIRMWARE, DEVICE))
    take(release, OLD)
    assert standing(release)[CVE].result == "conditional"
    record = {"id": CVE, "lastModified": "2026-03-01", "configurations": [{"nodes": [FIRMWARE]}]}
    world.publish(nvd.read(json.dumps(record).encode()))
    take(release, OLD, {"ref": "x", "name": "x", "version": "1"})
    finding = Finding.objects.get(release=release)
    assert (finding.result, len(finding.why)) == ("affected", 2)


# ---- where sources disagree


def said_by_vendor(record: Record) -> Record:
    return replace(record, by_vendor=True)


@pytest.mark.parametrize(
    ("earlier", "result"),
    [
        (said_by_vendor(says("cve", CVE, (OPENSSL, below("2.0")))), "conditional"),
        (says("ghsa", "GHSA-1", (OPENSSL, below("2.0")), aliases=[CVE]), "conditional"),
        (says("nvd-override", CVE, (OPENSSL, below("2.0"))), "conditional"),
        (says("cve", CVE, (OPENSSL, below("2.0"))), "affected"),  # by a CNA that is not the vendor: no more than NVD
        (said_by_vendor(says("cve", CVE, (OPENSSL, below("4.0")))), "affected"),
        (said_by_vendor(says("cve", CVE)), "affected"),  # it decides nothing, and passes the question down
        (says("nvd-override", CVE, (Package(PackageKind.CPE, "loose", "a:other:thing"), ANY)), "affected"),
        (said_by_vendor(says("cve", CVE, (OPENSSL, below("2.0")), withdrawn="rejected")), "affected"),
    ],
)
def test_who_is_heard_first(world: World, release: Release, take: Take, earlier: Record, result: str) -> None:
    """NVD calls 3.0.1 affected; what an earlier voice says of the same product decides whether that is certain."""
    world.publish(says("nvd", CVE, (OPENSSL, below("3.0.15"))), earlier)
    take(release, part("ssl", "a:openssl:openssl:3.0.1"))
    assert standing(release)[CVE].result == result


def test_a_disagreement_is_told(world: World, release: Release, take: Take) -> None:
    world.publish(
        says("nvd", CVE, (OPENSSL, below("3.0.15"))), said_by_vendor(says("cve", CVE, (OPENSSL, below("2.0"))))
    )
    take(release, part("ssl", "a:openssl:openssl:3.0.1"))
    assert f"cve {CVE} of 2026-01-02 is heard first and does not name this version" in standing(release)[CVE].why


def of_acme(own: dict[str, Any], *added: dict[str, Any], assigner: str = "acme") -> Record:
    """A CVE record of a CNA, with what CISA's ADP container adds."""
    return cve5.read(
        json.dumps(
            {
                "cveMetadata": {"cveId": CVE, "state": "PUBLISHED", "assignerShortName": assigner},
                "containers": {
                    "cna": {"affected": [{"vendor": "Acme", "product": "viewer", **own}]},
                    "adp": [
                        {
                            "providerMetadata": {"shortName": "CISA-ADP"},
                            "affected": [{"vendor": "acme", "product": "viewer", **one} for one in added],
                        }
                    ],
                },
            }
        ).encode()
    )


def until(version: str) -> dict[str, Any]:
    """Affected below a version, with the CPE of the viewer."""
    return {
        "cpes": [cpe("a:acme:viewer")],
        "versions": [{"version": "0", "lessThan": version, "versionType": "custom", "status": "affected"}],
    }


@pytest.mark.parametrize(
    ("record", "version", "result"),
    [
        (of_acme(until("2.0")), "3.0", "conditional"),  # the vendor names another range than NVD
        (of_acme(until("2.0"), until("4.0")), "3.0", "conditional"),  # what CISA adds does not speak for the vendor
        (of_acme({**until("2.0"), "cpes": []}, until("2.0")), "3.0", "affected"),  # CISA alone names the product
        (of_acme(until("2.0"), until("2.0")), "1.0", "affected"),
        (of_acme(until("2.0"), until("4.0"), assigner="mitre"), "3.0", "affected"),  # no vendor's own record
    ],
)
def test_what_an_adp_adds_is_not_the_vendors_own_word(
    world: World, release: Release, take: Take, record: Record, version: str, result: str
) -> None:
    """CVE record format 5: an ADP container is its publisher's; only the CNA's is the vendor's own."""
    nvd_says = says("nvd", CVE, (Package(PackageKind.CPE, "loose", "a:acme:viewer"), below("5.0")))
    world.publish(nvd_says, record)
    take(release, part("app", f"a:acme:viewer:{version}"))
    found = standing(release)[CVE]
    assert found.result == result
    told = [why for why in found.why if "v < 4.0" in why]
    assert told == (["3.0 lies in v < 4.0 (added by CISA-ADP)"] if told and record.by_vendor else told)
