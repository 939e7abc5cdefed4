"""Red Hat's security data: a fix, a state, a product that is not Enterprise Linux; nothing is lost."""

from __future__ import annotations

import json

import pytest

from suture.core import ranges
from suture.core.components import Package, PackageKind
from suture.core.errors import FormatError
from suture.core.versions import key
from suture.core.vulnerabilities import Bounds, Record, ReviewReason
from suture.formats import redhat

EL8 = "cpe:/o:redhat:enterprise_linux:8"


def fixed(package: str, cpe: str = EL8, **more: str) -> dict[str, str]:
    return {
        "product_name": "Red Hat Enterprise Linux 8", "cpe": cpe, "package": package, "advisory": "RHSA-2021:9999",
        "release_date": "2021-12-01T00:00:00Z", **more,
    }  # fmt: skip


def state(name: str, said: str, cpe: str = EL8) -> dict[str, str]:
    return {"product_name": "Red Hat Enterprise Linux 8", "cpe": cpe, "package_name": name, "fix_state": said}


def record(
    affected: list[dict[str, str]] | None = None, states: list[dict[str, str]] | None = None, **more: object
) -> Record:  # fmt: skip
    raw = {"name": "CVE-2021-3712", "public_date": "2021-08-24T00:00:00Z", **more}
    raw |= {"affected_release": affected or [], "package_state": states or []}
    found = redhat.read(json.dumps(raw).encode())
    assert len(found.ranges) + len(found.review) == found.stated
    return found


def rpm(place: str, name: str) -> Package:
    return Package(PackageKind.PURL, "rpm", f"rpm/redhat:{place}/{name}")


@pytest.mark.parametrize(
    ("package", "cpe", "named", "version"),
    [
        ("openssl-1:1.1.1k-4.el8", EL8, rpm("8", "openssl"), "1:1.1.1k-4.el8"),
        ("java-1.8.0-ibm-1:1.8.0.5.6-1jpp.3.el7", "cpe:/a:redhat:rhel_extras:7",
         rpm("7", "java-1.8.0-ibm"), "1:1.8.0.5.6-1jpp.3.el7"),
        ("grub2-1:2.02-0.87.el7_9.6", "cpe:/o:redhat:enterprise_linux:7", rpm("7", "grub2"), "1:2.02-0.87.el7_9.6"),
        ("httpd-0:2.0.46-40.ent", "cpe:/o:redhat:enterprise_linux:2.1", rpm("2", "httpd"), "0:2.0.46-40.ent"),
        ("dpdk-0:20.11-3.el8", "cpe:/a:redhat:enterprise_linux:8::nfv", rpm("8", "dpdk"), "0:20.11-3.el8"),
        ("rh-ruby27-ruby-0:2.7.4-130.el7", "cpe:/a:redhat:rhel_software_collections:3::el7",
         rpm("7", "rh-ruby27-ruby"), "0:2.7.4-130.el7"),
        # A module: the build of the stream, not that of a package
        ("nodejs:16-8080020231013145100.63b34585", "cpe:/a:redhat:enterprise_linux:8",
         rpm("8", "nodejs:16"), "8080020231013145100.63b34585"),
        ("nodejs:18-9020020230825081254.rhel9", "cpe:/a:redhat:enterprise_linux:9",
         rpm("9", "nodejs:18"), "9020020230825081254.rhel9"),
        # Mended longer than the release: a place of its own
        ("openssl-1:1.1.1c-20.el8_2", "cpe:/o:redhat:rhel_eus:8.2", rpm("8.2-eus", "openssl"), "1:1.1.1c-20.el8_2"),
    ],
)  # fmt: skip
def test_a_fix_says_that_the_builds_before_it_are_affected(
    package: str, cpe: str, named: Package, version: str
) -> None:  # fmt: skip
    (stated,) = record([fixed(package, cpe)]).ranges
    assert (stated.package, stated.bounds) == (named, Bounds(None, version))


@pytest.mark.parametrize("said", ["Affected", "Fix deferred", "Will not fix", "Out of support scope"])
def test_without_a_fix_every_build_is_affected(said: str) -> None:
    (stated,) = record(states=[state("openssl", said)]).ranges
    assert (stated.package, stated.bounds) == (rpm("8", "openssl"), Bounds(None, None))


def test_not_affected_states_no_range_and_under_investigation_waits() -> None:
    """Unknown is never 'no'."""
    found = record(states=[state("openssl", "Not affected"), state("edk2", "Under investigation")])
    assert found.ranges == ()
    assert [(waiting.package, waiting.reason) for waiting in found.review] == [
        (rpm("8", "edk2"), ReviewReason.UNKNOWN_STATUS)
    ]


def test_a_package_of_a_module_is_not_the_package_of_that_name() -> None:
    (stated,) = record(states=[state("nodejs:16/nodejs", "Affected")]).ranges
    assert stated.package == rpm("8", "nodejs:16/nodejs")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (fixed("runc-0:1.0.0-99.rhaos4.9.el8", "cpe:/a:redhat:openshift:4.9::el8"), ReviewReason.UNKNOWN_ECOSYSTEM),
        (fixed("kernel-0:2.4.18-3", "cpe:/o:redhat:linux:7.2"), ReviewReason.UNKNOWN_ECOSYSTEM),  # not RHEL 7
        (fixed("rhel8/skopeo:8.10-1", EL8), ReviewReason.UNKNOWN_ECOSYSTEM),  # an image of a container
        (fixed("mozilla"), ReviewReason.NO_VERSION),
        (fixed(""), ReviewReason.NO_VERSION),
    ],
)
def test_what_is_no_build_of_enterprise_linux_waits(row: dict[str, str], reason: ReviewReason) -> None:
    found = record([row])
    assert [waiting.reason for waiting in found.review] == [reason]
    assert "RHSA-2021:9999" in found.review[0].raw


@pytest.mark.parametrize("name", ["rhel9/toolbox", "firefox:flatpak/firefox"])
def test_an_image_or_a_flatpak_is_no_rpm_package(name: str) -> None:
    assert [waiting.reason for waiting in record(states=[state(name, "Affected")]).review] == [
        ReviewReason.UNKNOWN_ECOSYSTEM
    ]


@pytest.mark.parametrize(
    ("build", "affected"),
    [
        ("1:1.1.1g-15.el8_3", True),
        ("1:1.1.1g-16.el8_4", False),  # the build that 8.4 EUS names as fixed
        ("1:1.1.1g-16.el8_4.2", False),  # its respin
        ("1:1.1.1g-16.el8_5", True),
        ("1:1.1.1k-3.el8", True),
        ("1:1.1.1k-4.el8", False),
    ],
)
def test_a_build_mended_for_a_minor_release_is_fine_though_it_is_lower(build: str, affected: bool) -> None:
    found = record([fixed("openssl-1:1.1.1k-4.el8"), fixed("openssl-1:1.1.1g-16.el8_4", "cpe:/o:redhat:rhel_eus:8.4")])
    (main,) = [stated for stated in found.ranges if stated.package == rpm("8", "openssl")]
    assert any(lo <= key("rpm", build) < hi for lo, hi in ranges.intervals(main)) is affected


def test_the_rest_of_a_record() -> None:
    found = record(
        [fixed("openssl-1:1.1.1k-4.el8")],
        bugzilla={"description": "CVE-2021-3712 openssl: read buffer overruns"},
        details=["One.", "Two."],
        statement="Three.",
        cvss3={"cvss3_scoring_vector": "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:H"},
        cwe="CWE-125->CWE-200",
        references=["https://www.cve.org/x\nhttps://nvd.nist.gov/y"],
    )
    assert (found.source, found.id, found.title) == ("redhat", "CVE-2021-3712", "openssl: read buffer overruns")
    assert (found.details, found.modified) == ("One.\nTwo.\nThree.", "2021-12-01T00:00:00Z")
    assert [severity.system for severity in found.severities] == ["CVSS:3.1"]
    assert found.weaknesses == ("CWE-125", "CWE-200")
    assert len(found.references) == 2


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"name": 5}', b'{"name":"x","package_state":{}}', b"\xff"])
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError):
        redhat.read(data)
