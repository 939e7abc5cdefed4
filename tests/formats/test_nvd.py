"""NVD records: every vulnerable match is a range or waits for review with its reason."""

from __future__ import annotations

import json

import pytest

from suture.core.components import Package, PackageKind
from suture.core.errors import FormatError
from suture.core.vulnerabilities import Bounds, Record, ReviewReason, Severity
from suture.formats import nvd

OPENSSL = Package(PackageKind.CPE, "loose", "a:openssl:openssl")


def match(version: str = "*", update: str = "*", vulnerable: bool = True, **bounds: str) -> dict[str, object]:
    criteria = f"cpe:2.3:a:openssl:openssl:{version}:{update}:*:*:*:*:*:*"
    return {"vulnerable": vulnerable, "criteria": criteria, "matchCriteriaId": "x", **bounds}


def node(*matches: dict[str, object], operator: str = "OR", negate: bool = False) -> dict[str, object]:
    return {"operator": operator, "negate": negate, "cpeMatch": matches}


def record(*configurations: dict[str, object], **more: object) -> Record:
    return nvd.read(json.dumps({"id": "CVE-2024-1", "configurations": configurations, **more}).encode())


@pytest.mark.parametrize(
    ("given", "bounds"),
    [
        (match(versionEndExcluding="3.0.15"), Bounds(None, "3.0.15")),
        (match(versionEndIncluding="3.0.14"), Bounds(None, "3.0.14", False, True)),
        (match(versionStartIncluding="3.0.0"), Bounds("3.0.0", None)),
        (match(versionStartExcluding="3.0.0", versionEndExcluding="3.0.15"), Bounds("3.0.0", "3.0.15", True)),
        (match(), Bounds(None, None)),
        (match("1.0.2"), Bounds.exactly("1.0.2")),
        (match("1.0.2", "beta1"), Bounds.exactly("1.0.2 beta1")),
        (match("1.0.2", "-"), Bounds.exactly("1.0.2")),
        (match("-", "sp3"), Bounds.exactly("sp3")),  # 'windows_xp:-:sp3': the service pack is the version
        (match("*", "sp4", versionEndIncluding="4.0"), Bounds(None, "4.0 sp4", False, True)),  # '4.0 sp4 and earlier'
        (match("*", "beta", versionEndExcluding="0.6.48"), Bounds(None, "0.6.48")),
        (match(r"1.4.7\+dfsg"), Bounds.exactly("1.4.7+dfsg")),
    ],
)
def test_a_match_is_a_range(given: dict[str, object], bounds: Bounds) -> None:
    found = record({"nodes": [node(given)]})
    assert [(stated.package, stated.bounds, stated.minus) for stated in found.ranges] == [(OPENSSL, bounds, ())]
    assert (found.review, found.stated) == ((), 1)


def test_a_series_keeps_its_asterisk_and_says_so() -> None:
    (stated,) = record({"nodes": [node(match("6.1.*"))]}).ranges
    assert (stated.bounds, stated.wildcard) == (Bounds.exactly("6.1.*"), True)


@pytest.mark.parametrize(
    ("configuration", "reason"),
    [
        ({"nodes": [node(match("-"))]}, ReviewReason.NO_VERSION),
        ({"nodes": [node(match("*", "sp1"))]}, ReviewReason.WILDCARD),
        ({"nodes": [node(match("1*2"))]}, ReviewReason.WILDCARD),
        ({"nodes": [node(match("1.0"), negate=True)]}, ReviewReason.NEGATED),
        ({"negate": True, "nodes": [node(match("1.0"))]}, ReviewReason.NEGATED),
        ({"nodes": [node({"vulnerable": True, "criteria": "cpe:2.3:a:*:openssl:1"})]}, ReviewReason.NO_IDENTITY),
        ({"nodes": [node({"vulnerable": True, "criteria": "openssl"})]}, ReviewReason.UNREADABLE),
    ],
)
def test_what_waits_for_review(configuration: dict[str, object], reason: ReviewReason) -> None:
    found = record(configuration)
    assert (found.ranges, found.stated) == ((), 1)
    assert [waiting.reason for waiting in found.review] == [reason]


def test_nodes_under_or_stand_each_for_itself() -> None:
    """Only AND makes a condition of several nodes; overrides list products as nodes without a word between them."""
    found = record(
        {"nodes": [node(match("1.0")), node(match("2.0"))]}, {"operator": "OR", "nodes": [node(match("3.0"))]}
    )
    assert [stated.bounds.low for stated in found.ranges] == ["1.0", "2.0", "3.0"]


def test_an_and_of_one_match_is_no_condition() -> None:
    found = record({"operator": "AND", "nodes": [node(match("1.0"), operator="AND")]})
    assert (len(found.ranges), found.review) == (1, ())


def test_a_platform_states_no_range() -> None:
    found = record({"nodes": [node(match("1.0", vulnerable=False))]})
    assert (found.ranges, found.review, found.stated) == ((), (), 0)


def platform(criteria: str, **bounds: str) -> dict[str, object]:
    return {"vulnerable": False, "criteria": f"cpe:2.3:{criteria}:*:*:*:*:*:*:*", "matchCriteriaId": "x", **bounds}


def test_products_joined_by_and_are_kept_as_one_configuration() -> None:
    found = record(
        {"operator": "AND", "nodes": [
            node(match(versionEndExcluding="2.0"), match("-")),
            node(platform("o:microsoft:windows:-"), platform("h:acme:pump:-")),
        ]},
        {"nodes": [node(match("3.0"))]},
    )  # fmt: skip
    assert [stated.bounds for stated in found.ranges] == [Bounds(None, "2.0"), Bounds.exactly("3.0")]
    assert [(one.package, one.reason) for one in found.review] == [(OPENSSL, ReviewReason.NO_VERSION)]
    (whole,) = found.configurations
    assert [(p.package, p.number, p.vulnerable, p.words) for p in whole.products()] == [
        ("a:openssl:openssl", 0, True, "v < 2.0"),
        ("a:openssl:openssl", None, True, "cpe:2.3:a:openssl:openssl:-:*:*:*:*:*:*:*"),
        ("o:microsoft:windows", 0, False, "any version"),
        ("h:acme:pump", 1, False, "any version"),
    ]
    assert (whole.joint, [part.joint for part in whole.parts]) == ("AND", ["OR", "OR"])


def test_matches_joined_by_and_inside_one_node() -> None:
    found = record({"nodes": [node(match("1.0"), match("2.0", vulnerable=False), operator="AND")]})
    (whole,) = found.configurations
    assert (whole.joint, [(p.number, p.vulnerable) for p in whole.products()]) == ("AND", [(0, True), (0, False)])
    assert (len(found.ranges), len(found.platforms), found.stated) == (1, 1, 1)


def test_hardware_is_meant_as_it_is() -> None:
    (stated,) = record({"nodes": [node({**platform("h:acme:pump:-"), "vulnerable": True})]}).ranges
    assert (stated.package.name, stated.bounds) == ("h:acme:pump", Bounds(None, None))


def test_what_else_a_criterion_demands_is_kept() -> None:
    criteria = "cpe:2.3:a:acme:forms:*:*:*:*:lts:wordpress:*:*"
    (stated,) = record({"nodes": [node({"vulnerable": True, "criteria": criteria, "versionEndExcluding": "2"})]}).ranges
    assert stated.attributes == (("sw_edition", "lts"), ("target_sw", "wordpress"))


def test_what_waits_says_what_it_stands_for() -> None:
    (waiting,) = record({"negate": True, "nodes": [node(match(versionEndExcluding="2.0"))]}).review
    assert waiting.raw == "cpe:2.3:a:openssl:openssl:*:*:*:*:*:*:*:* < 2.0"
    assert waiting.package == OPENSSL


def test_the_rest_of_a_record() -> None:
    found = record(
        vulnStatus="Rejected", published="2024-01-01T00:00:00.000", lastModified="2024-02-01T00:00:00.000",
        cveTags=[{"sourceIdentifier": "x", "tags": ["disputed"]}],
        descriptions=[{"lang": "es", "value": "hola"}, {"lang": "en", "value": "Overflow."}],
        metrics={"cvssMetricV31": [{"source": "nvd@nist.gov",
                                    "cvssData": {"version": "3.1", "vectorString": "CVSS:3.1/AV:N"}}],
                 "cvssMetricV2": [{"source": "nvd@nist.gov", "cvssData": {"version": "2.0", "vectorString": "AV:N"}}]},
        weaknesses=[{"description": [{"lang": "en", "value": "CWE-787"}, {"lang": "en", "value": "NVD-CWE-noinfo"}]}],
        references=[{"url": "https://x"}, {"url": "https://x"}],
    )  # fmt: skip
    assert found.severities == (
        Severity("CVSS:3.1", "CVSS:3.1/AV:N", "nvd@nist.gov"), Severity("CVSS:2.0", "AV:N", "nvd@nist.gov"),
    )  # fmt: skip
    assert (found.source, found.withdrawn, found.disputed, found.details) == ("nvd", "rejected", True, "Overflow.")
    assert (found.weaknesses, found.references) == (("CWE-787",), ("https://x",))


def test_overrides_and_pages() -> None:
    override = {"id": "CVE-2024-2", "cna": "acme", "reason": "not analysed", "published": None,
                "modified": "2024-01-01",
                "configurations": [{"nodes": [node(match("1.0"))]}]}  # fmt: skip
    found = nvd.read_override(json.dumps(override).encode())
    assert (found.source, found.details, found.modified, found.stated) == (
        "nvd-override",
        "not analysed",
        "2024-01-01",
        1,
    )
    page = {"resultsPerPage": 1, "vulnerabilities": [{"cve": {"id": "CVE-2024-3"}}]}
    assert [each.id for each in nvd.read_page(json.dumps(page).encode())] == ["CVE-2024-3"]


@pytest.mark.parametrize(
    "data", [b"", b"null", b'{"id": null}', b'{"configurations": []}', b'{"id":"x","configurations":{}}']
)
def test_what_is_no_record_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError):
        nvd.read(data)
