"""NVD's feed 1.1 gives the same record as API 2.0 for the same words. A whole real year: test_real_records."""

from __future__ import annotations

import json

import pytest

from suture.core.errors import FormatError
from suture.core.vulnerabilities import Record
from suture.formats import nvd, nvd_feed

LINUX = "cpe:2.3:o:linux:linux_kernel:{}:*:*:*:*:*:*:*"


def item(nodes: list[dict[str, object]], text: str = "A flaw.", **impact: object) -> Record:
    raw = {
        "cve": {
            "CVE_data_meta": {"ID": "CVE-2019-1", "ASSIGNER": "cve@mitre.org"},
            "description": {"description_data": [{"lang": "en", "value": text}]},
            "problemtype": {"problemtype_data": [{"description": [{"lang": "en", "value": "CWE-787"}]}]},
            "references": {"reference_data": [{"url": "https://example.org/1"}]},
        },
        "configurations": {"CVE_data_version": "4.0", "nodes": nodes},
        "impact": impact,
        "publishedDate": "2019-03-07T05:00Z",
        "lastModifiedDate": "2019-10-12T21:32Z",
    }
    return nvd_feed.read(json.dumps(raw).encode())


def api(*configurations: dict[str, object]) -> Record:
    return nvd.read(json.dumps({"id": "CVE-2019-1", "configurations": configurations}).encode())


def said(found: Record) -> tuple[object, ...]:
    return found.ranges, found.review, found.stated


MATCHES = [
    {"versionStartIncluding": "4.0", "versionEndExcluding": "4.9"},
    {"versionStartExcluding": "4.10", "versionEndIncluding": "4.14.2"},
    {},
]


@pytest.mark.parametrize("version", ["*", "4.14.2", "-", "5.0"])
@pytest.mark.parametrize("bounds", MATCHES)
def test_bounds_exact_versions_dash_and_asterisk(version: str, bounds: dict[str, str]) -> None:
    name = LINUX.format(version)
    old = item([{"operator": "OR", "children": [], "cpe_match": [{"vulnerable": True, "cpe23Uri": name, **bounds}]}])
    new = api({"nodes": [{"operator": "OR", "cpeMatch": [{"vulnerable": True, "criteria": name, **bounds}]}]})
    assert said(old) == said(new)


def test_children_are_the_nodes_of_a_configuration() -> None:
    """'Running on': the platform is not vulnerable itself."""
    app, platform = "cpe:2.3:a:x:y:1.0:*:*:*:*:*:*:*", LINUX.format("-")
    children = [
        {"operator": "OR", "cpe_match": [{"vulnerable": True, "cpe23Uri": app}]},
        {"operator": "OR", "cpe_match": [{"vulnerable": False, "cpe23Uri": platform}]},
    ]
    nodes = [
        {"operator": "OR", "cpeMatch": [{"vulnerable": True, "criteria": app}]},
        {"operator": "OR", "cpeMatch": [{"vulnerable": False, "criteria": platform}]},
    ]
    old = item([{"operator": "AND", "children": children, "cpe_match": []}])
    assert said(old) == said(api({"operator": "AND", "nodes": nodes}))
    deeper = item([{"operator": "AND", "children": [{"operator": "OR", "children": children}]}])
    assert deeper.stated == old.stated


def test_the_rest_of_a_record() -> None:
    found = item(
        [],
        baseMetricV2={"cvssV2": {"version": "2.0", "vectorString": "AV:N/AC:M/Au:N/C:P/I:P/A:P"}},
        baseMetricV3={"cvssV3": {"version": "3.1", "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}},
    )
    assert (found.source, found.id, found.details) == ("nvd", "CVE-2019-1", "A flaw.")
    assert (found.published, found.modified) == ("2019-03-07T05:00:00.000", "2019-10-12T21:32:00.000")
    assert [severity.system for severity in found.severities] == ["CVSS:3.1", "CVSS:2.0"]
    assert (found.weaknesses, found.references) == (("CWE-787",), ("https://example.org/1",))
    assert (found.withdrawn, found.disputed) == ("", False)


def test_rejected_and_disputed_are_told_by_the_text() -> None:
    """The feed has no field for either."""
    assert item([], "** REJECT ** DO NOT USE THIS CANDIDATE NUMBER.").withdrawn == "rejected"
    assert item([], "Rejected reason: a duplicate.").withdrawn == "rejected"
    assert item([], "** DISPUTED ** The vendor disagrees.").disputed


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"cve":{}}', b"\xff"])
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError):
        nvd_feed.read(data)
