"""CSAF: a record per vulnerability, versions in the publishers' words, statuses that differ; nothing is lost.

Source: OASIS CSAF 2.0 §3.1, §3.2.2, §3.2.3.9; the wordings are those of CISA's advisories.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from suture.core.components import Package, PackageKind
from suture.core.errors import FormatError
from suture.core.ranges import NeedsReview, in_words
from suture.core.ranges import read as read_range
from suture.core.sources import Voice, voice_of
from suture.core.vulnerabilities import Bounds, Record, ReviewReason
from suture.formats import csaf
from suture.formats.check import check
from suture.formats.csaf_versions import versions_said
from suture.formats.detect import HEAD, Kind, Layout, detect

FREE = ReviewReason.FREE_TEXT


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("< 3.6.7", ["v < 3.6.7"]),
        ("<=1.4.0", ["v ≤ 1.4.0"]),
        (" <1.000.HW01.3.20190820", ["v < 1.000.HW01.3.20190820"]),
        ("≤ 4.1", ["v ≤ 4.1"]),
        (">= 1.3.3", ["v ≥ 1.3.3"]),
        (">= 1.0.0 | <= 1.1.1", ["1.0.0 ≤ v ≤ 1.1.1"]),
        ("> 6.0 | < 6.0.4.2.2", ["6.0 < v < 6.0.4.2.2"]),
        (">=V8.00<V8.20", ["V8.00 ≤ v < V8.20"]),
        (">=BT02 | <= BT06", ["BT02 ≤ v ≤ BT06"]),
        ("A10 < A11", ["A10 ≤ v < A11"]),
        ("2.2.5 <= 2.2.5.1", ["2.2.5 ≤ v ≤ 2.2.5.1"]),
        ("9.13 | 9.19 | 12.1", ["v = 9.13", "v = 9.19", "v = 12.1"]),
        ("= 2.0", ["v = 2.0"]),
        ("12.x", ["v = 12.x"]),
        ("1.38.xx | 1.39.00", ["v = 1.38.x", "v = 1.39.00"]),
        ("All versions", ["any version"]),
        ("All versions < V15 Update 2", ["v < V15 Update 2"]),
        ("All versions >V1.1 and <V2.0.1", ["V1.1 < v < V2.0.1"]),
        ("vers:all/*", ["any version"]),
        ("vers:npm/1.2|>=2.0.0|<2.1.5", ["v = 1.2", "2.0.0 ≤ v < 2.1.5"]),
        ("vers:deb/<2.0|>=3.0|<=3.1|>4.0", ["v < 2.0", "3.0 ≤ v ≤ 3.1", "v > 4.0"]),
        ("vers:pypi/!=1.0", ["any version"]),
        ("1.4.2.0-9d9eff4", ["v = 1.4.2.0-9d9eff4"]),
        ("1.1.3 Build 10", ["v = 1.1.3 Build 10"]),
    ],
)
def test_what_is_said_one_way_is_read(text: str, says: list[str]) -> None:
    spoken = versions_said(text)
    assert [in_words(bounds) for bounds in spoken.bounds] == says
    assert spoken.reason is None
    assert spoken.minus == ((Bounds.exactly("1.0"),) if "!=" in text else ())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2.3.6 and  below", FREE),
        ("<  november 29 2017", FREE),
        ("<May 2018", FREE),
        ("< Feb 10 2021", FREE),
        ("distributed  < april 1, 2018", FREE),
        ("5  digits of serial number <= 24031", FREE),
        ("<=11.2 on Windows 8.1 with IIS 7.5", FREE),
        ("882300 Gemini 16 Slice", FREE),
        ("NMC2 <= 6.9.6", FREE),  # a model, and the versions of its firmware
        ("< 15.1 | 7", FREE),
        (">= <= 2.2 | 2.5.1", FREE),
        (">= 5.0.0 | CVE-2019-18340", FREE),
        ("12.0.1-12.0.13", FREE),
        ("<V33.017_V34.014_V35.013", FREE),
        ("All versions V14 < V14 SP3", FREE),
        ("A.01 <= C.0x | 4.0", ReviewReason.WILDCARD),
        ("< 8.1x", ReviewReason.WILDCARD),
        ("|", FREE),
        ("", FREE),
        ("vers:none/*", ReviewReason.EMPTY),
        ("vers:npm", ReviewReason.UNREADABLE),
        ("vers:npm/<1|<2|<3", ReviewReason.UNREADABLE),
    ],
)
def test_what_is_not_said_one_way_waits(text: str, reason: ReviewReason) -> None:
    assert versions_said(text) == ((), (), reason)


# ---- documents


def branch(category: str, name: str, *inner: dict[str, object], **more: object) -> dict[str, object]:
    return {"category": category, "name": name, **({"branches": list(inner)} if inner else {}), **more}


def version(number: str, product_id: str, category: str = "product_version", **helper: object) -> dict[str, object]:
    product: dict[str, object] = {"product_id": product_id, "name": f"Pump OS {number}"}
    if helper:
        product["product_identification_helper"] = helper
    return branch(category, number, product=product)


def document(
    tree: dict[str, object], *vulnerabilities: dict[str, object], **about: object
) -> dict[str, object]:  # fmt: skip
    return {
        "document": {
            "category": "csaf_security_advisory", "csaf_version": "2.0", "title": "Acme Pump OS",
            "publisher": {"category": "vendor", "name": "Acme PSIRT", "namespace": "https://psirt.acme.example"},
            "tracking": {
                "id": "ACME-26-01", "status": "final", "version": "1",
                "initial_release_date": "2026-01-05T10:00:00Z", "current_release_date": "2026-02-05T10:00:00Z",
            },
            **about,
        },
        "product_tree": tree, "vulnerabilities": list(vulnerabilities),
    }  # fmt: skip


def pump(*versions: dict[str, object]) -> dict[str, object]:
    return {"branches": [branch("vendor", "Acme", branch("product_name", "Pump OS", *versions))]}


def vulnerability(cve: str = "CVE-2026-1", **status: list[str]) -> dict[str, object]:
    return {"cve": cve, "product_status": status}


def records(raw: dict[str, object]) -> list[Record]:
    data = json.dumps(raw).encode()
    assert detect(data, "x") == (Kind.CSAF, Layout.PAGE)
    found = csaf.read_document(data)
    for one in found:
        assert len(one.ranges) + len(one.review) == one.stated
    return found


def said(one: Record) -> list[str]:
    return [in_words(stated.bounds, stated.minus) for stated in one.ranges]


WORDS = Package(PackageKind.CNA, "loose", "acme:pump os")


def test_each_vulnerability_is_a_record_with_its_own_products() -> None:
    tree = pump(version("1.0", "P1"), version("<= 2.3", "P2", "product_version_range"), version("3.0", "P3"))
    one, other = records(
        document(
            tree, vulnerability("CVE-2026-1", known_affected=["P1", "P2"]),
            vulnerability("CVE-2026-2", known_affected=["P3"]),
        )
    )  # fmt: skip
    assert (one.id, one.aliases, one.source) == ("ACME-26-01/CVE-2026-1", ("CVE-2026-1",), "csaf-psirt.acme.example")
    assert (one.published, one.modified, one.title) == ("2026-01-05T10:00:00Z", "2026-02-05T10:00:00Z", "Acme Pump OS")
    assert {stated.package for stated in (*one.ranges, *other.ranges)} == {WORDS}
    assert (said(one), said(other)) == (["v = 1.0", "v ≤ 2.3"], ["v = 3.0"])
    assert voice_of(one.source) is Voice.ADVISORY


def test_identifiers_go_before_words() -> None:
    """Each stands for the range; the branch says the versions, and where there is none, the identifier does."""
    helper = {"purl": "pkg:npm/pump-os@1.0.0", "cpe": "cpe:2.3:a:acme:pump_os:1.0.0:*:*:*:*:linux:*:*"}
    tree = pump(version("<1.2", "P1", "product_version_range", **helper))
    tree["full_product_names"] = [{"product_id": "P2", "name": "Pump", "product_identification_helper": helper}]
    (one,) = records(document(tree, vulnerability(known_affected=["P1", "P2"])))
    assert [(stated.package.name, in_words(stated.bounds)) for stated in one.ranges] == [
        ("npm/pump-os", "v < 1.2"), ("a:acme:pump_os", "v < 1.2"),
        ("npm/pump-os", "v = 1.0.0"), ("a:acme:pump_os", "v = 1.0.0"),
    ]  # fmt: skip
    assert one.ranges[1].attributes == (("target_sw", "linux"),)


def test_what_is_fixed_or_not_affected_is_no_part_of_a_range() -> None:
    tree = pump(
        version("vers:all/*", "P0", "product_version_range"), version("2.1", "P1"),
        version(">=3.0", "P2", "product_version_range"), version("1.0", "P3"),
    )  # fmt: skip
    (one,) = records(
        document(tree, vulnerability(known_affected=["P0", "P3"], fixed=["P1"], known_not_affected=["P2"]))
    )
    assert said(one) == ["any version, except v ≥ 3.0, except v = 2.1", "v = 1.0"]


def test_an_exception_nobody_can_read_sends_the_range_to_review() -> None:
    tree = pump(version("vers:all/*", "P0", "product_version_range"), version("2.1 and later", "P1"))
    (one,) = records(document(tree, vulnerability(known_affected=["P0"], fixed=["P1"])))
    with pytest.raises(NeedsReview):
        read_range(one.ranges[0])


@pytest.mark.parametrize(
    ("status", "ranges", "review"),
    [
        ({"first_affected": ["P1"], "last_affected": ["P2"]}, ["1.0 ≤ v ≤ 2.0"], []),
        ({"first_affected": ["P1"]}, ["v = 1.0"], [ReviewReason.UNKNOWN_STATUS]),
        ({"first_affected": ["P1", "P2"], "last_affected": ["P3"]}, ["v = 1.0", "v = 2.0", "v = 3.0"],
         [ReviewReason.UNKNOWN_STATUS] * 3),
        ({"under_investigation": ["P1"]}, [], [ReviewReason.UNKNOWN_STATUS]),
        ({"unknown": ["P1"]}, [], [ReviewReason.UNKNOWN_STATUS]),
        ({"known_affected": ["nowhere"]}, [], [ReviewReason.NO_IDENTITY]),
        ({"known_affected": ["P4"]}, [], [ReviewReason.NO_VERSION]),
        ({"known_affected": ["P5"]}, [], [ReviewReason.SEVERAL_NODES]),
        ({"known_affected": ["P6"]}, [], [ReviewReason.SEVERAL_NODES]),
        ({"known_affected": ["P7"]}, [], [ReviewReason.NO_IDENTITY]),
        ({"known_affected": ["P8"]}, ["any version"], []),
        ({"fixed": ["P1"], "recommended": ["P2"]}, [], []),
    ],
)  # fmt: skip
def test_every_status_is_a_range_or_waits(
    status: dict[str, list[str]], ranges: list[str], review: list[ReviewReason]
) -> None:
    tree = pump(
        version("1.0", "P1"), version("2.0", "P2"), version("3.0", "P3"),
        branch("architecture", "arm", version("4.0", "P5")),
    )  # fmt: skip
    vendor = tree["branches"][0]["branches"]  # type: ignore[index]
    vendor.append(branch("product_name", "Pump Viewer", product={"product_id": "P4", "name": "Acme Pump Viewer"}))
    hardware = {"cpe": "cpe:2.3:h:acme:pump:-:*:*:*:*:*:*:*"}
    tree["full_product_names"] = [
        {"product_id": "P7", "name": "Some pump"},
        {"product_id": "P8", "name": "Pump", "product_identification_helper": hardware},
    ]
    tree["relationships"] = [{
        "category": "installed_on", "product_reference": "P1", "relates_to_product_reference": "P8",
        "full_product_name": {"product_id": "P6", "name": "Pump OS 1.0 on the pump"},
    }]  # fmt: skip
    (one,) = records(document(tree, vulnerability(**status)))
    assert (said(one), [waiting.reason for waiting in one.review]) == (ranges, review)


def test_what_waits_keeps_the_words() -> None:
    (one,) = records(document(pump(version("2.3.6 and below", "P1")), vulnerability(known_affected=["P1"])))
    assert one.review == ((WORDS, FREE, "affected: Pump OS 2.3.6 and below: 2.3.6 and below"),)


def test_scores_and_weaknesses_of_both_versions_of_the_format() -> None:
    plain = vulnerability(known_affected=["P1"])
    old = plain | {
        "cwe": {"id": "CWE-749"},
        "scores": [{"cvss_v3": {"version": "3.1", "vectorString": "CVSS:3.1/AV:N"}}],
    }
    new = plain | {"cwes": [{"id": "CWE-749"}], "metrics": [{"content": {"cvss_v3": {"version": "3.1", "vectorString": "CVSS:3.1/AV:N"}}}]}  # noqa: E501  # fmt: skip
    for one in (old, new):
        (read,) = records(document(pump(version("1", "P1")), one))
        assert read.weaknesses == ("CWE-749",)
        assert read.severities == (("CVSS:3.1", "CVSS:3.1/AV:N", "Acme PSIRT"),)


def test_records_have_ids_of_their_own() -> None:
    """A vulnerability without a CVE has its own id, or its place; a CVE twice is two records; none at all is one."""
    tree = pump(version("1.0", "P1"))
    named = {"ids": [{"system_name": "Acme", "text": "PUMP-7"}], "product_status": {"known_affected": ["P1"]}}
    found = records(document(tree, named, {}, vulnerability(), vulnerability()))
    names = ["PUMP-7", "2", "CVE-2026-1", "CVE-2026-1~2"]
    assert [one.id for one in found] == [f"ACME-26-01/{name}" for name in names]
    assert [one.aliases for one in found] == [(), (), ("CVE-2026-1",), ("CVE-2026-1",)]
    (nothing,) = records(document(tree))
    assert (nothing.id, nothing.stated) == ("ACME-26-01", 0)


def test_a_superseded_document_is_withdrawn() -> None:
    (one,) = records(
        document(pump(version("1", "P1")), vulnerability(known_affected=["P1"]), category="csaf_withdrawn")
    )
    assert one.withdrawn == "2026-02-05T10:00:00Z"


def test_a_document_per_line_beside_the_name_of_its_file() -> None:
    inner = document(pump(version("1", "P1")), vulnerability(known_affected=["P1"]))
    lines = "\n".join(json.dumps({"file": f"a-{n}.json", "document": inner}) for n in range(2)).encode()
    assert detect(lines, "x.jsonl") == (Kind.CSAF, Layout.PAGE)
    assert len(csaf.read_document(lines)) == len(csaf.documents(lines)) == 2


def test_a_tree_as_deep_as_it_likes() -> None:
    inner = version("1.0", "P1")
    for _ in range(200):
        inner = branch("product_family", "Pumps", inner)
    (one,) = records(document(pump(inner), vulnerability(known_affected=["P1"])))
    assert said(one) == ["v = 1.0"]


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{}", b'{"document":{}}', b'{"document":{"publisher":{},"tracking":{}}}', b"\xff", b"x\ny",
     b"[" * 9999,
     b'{"document":{"publisher":{},"tracking":{"id":"A"}},"vulnerabilities":[{"product_status":{"fixed":[1]}}]}'],
)  # fmt: skip
def test_what_is_no_advisory_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError):
        csaf.read_document(data)
    with pytest.raises(FormatError):
        csaf.read(data)


def test_the_namespace_names_the_source() -> None:
    for namespace, source in (
        ("https://www.cisa.gov/", "csaf-cisa"), ("https://cert-portal.acme.example/x", "csaf-cert-portal.acme.example"),
        ("http://[", "csaf-acme-inc"), ("", "csaf-acme-inc"),
    ):  # fmt: skip
        assert csaf.source_of(csaf.Publisher("Acme, Inc.", namespace)) == source


# ---- real advisories


def _affected(raw: dict[str, object]) -> Counter[str]:
    """By vulnerability: how many products are stated as affected, counted without the reader."""
    return Counter({one["cve"]: len(set(one["product_status"]["known_affected"])) for one in raw["vulnerabilities"]})  # type: ignore[attr-defined]


@pytest.mark.data
def test_every_medical_advisory_adds_up(test_data: Path) -> None:
    """Every product stated as affected is at least one range or waits; most can be read."""
    counts: Counter[str] = Counter()
    files = sorted((test_data / "csaf" / "cisa-icsma").glob("*.json"))
    for file in files:
        data = file.read_bytes()
        found = records(json.loads(data))
        assert detect(data[:HEAD], file.name).kind is Kind.CSAF
        stated = _affected(json.loads(data))
        assert {one.aliases[0] for one in found} == stated.keys()
        for one in found:
            assert (one.source, one.id) == ("csaf-cisa", f"{one.id.partition('/')[0]}/{one.aliases[0]}")
            assert one.stated >= stated[one.aliases[0]] > 0
            for waiting in one.review:
                assert waiting.package is not None
            for stated_range in one.ranges:
                try:
                    assert all(lo < hi for lo, hi in read_range(stated_range).intervals)
                    counts["read"] += 1
                except NeedsReview as refused:
                    counts["refused"] += 1
                    counts["unreadable"] += refused.reason is ReviewReason.UNREADABLE
            counts["waiting"] += len(one.review)
        counts["records"] += len(found)
    assert len(files) == 93
    assert counts["unreadable"] == 0
    assert counts["records"] == 286
    assert counts["read"] > 5 * (counts["refused"] + counts["waiting"])


@pytest.mark.data
def test_industrial_advisories_and_the_examples_of_the_standard(test_data: Path) -> None:
    sample = gzip.decompress((test_data / "csaf" / "cisa-icsa-sample.jsonl.gz").read_bytes())
    found = csaf.read_document(sample)
    assert {one.source for one in found} == {"csaf-cisa"}
    assert len(found) > 1_000
    others = [
        *(test_data / "csaf" / "cisa-it").glob("*.json"),
        *(test_data / "csaf" / "oasis-examples").rglob("*.json"),
    ]
    read = 0
    for file in others:
        data = file.read_bytes()
        if detect(data[:HEAD], file.name).kind is Kind.CSAF:
            read += len(csaf.read_document(data))
            assert check(data).problems == ()
    assert read > 20
