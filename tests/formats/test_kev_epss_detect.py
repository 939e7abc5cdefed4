"""The two catalogues, and what a file is by its content."""

from __future__ import annotations

import json

import pytest

from suture.core.errors import FormatError
from suture.core.vulnerabilities import Epss, Exploited
from suture.formats import epss, kev
from suture.formats.detect import Kind, Layout, detect

ENTRY = {
    "cveID": "CVE-2021-44228", "vendorProject": "Apache", "product": "Log4j2", "dateAdded": "2021-12-10",
    "vulnerabilityName": "Apache Log4j2 RCE", "shortDescription": "…", "requiredAction": "Apply updates.",
    "dueDate": "2021-12-24", "knownRansomwareCampaignUse": "Known", "notes": "", "cwes": ["CWE-20"],
}  # fmt: skip


def catalogue(*entries: dict[str, object], **more: object) -> bytes:
    return json.dumps({"catalogVersion": "2026.08.21", "vulnerabilities": entries, **more}).encode()


def test_an_entry_of_the_catalogue() -> None:
    found = kev.read(catalogue(ENTRY, count=1, dateReleased="2026-08-21T15:00:00Z"))
    assert found.version == "2026.08.21"
    assert found.entries == (
        Exploited("CVE-2021-44228", "2021-12-10", "Apache Log4j2 RCE", "Apply updates.", "2021-12-24", True),
    )


def test_only_id_and_date_are_demanded() -> None:
    (found,) = kev.read(catalogue({"cveID": "CVE-2024-1", "dateAdded": "2024-01-01"})).entries
    assert found == Exploited("CVE-2024-1", "2024-01-01", "", "", "", False)


def test_a_cut_catalogue_is_refused() -> None:
    """Entries missing from a cut download must not look like entries withdrawn."""
    with pytest.raises(FormatError, match="says it has 2 entries and holds 1"):
        kev.read(catalogue(ENTRY, count=2))
    with pytest.raises(FormatError):
        kev.read(catalogue(ENTRY)[:-5])


HEADER = b"cve,epss,percentile\n"


def test_scores_with_and_without_the_comment_line() -> None:
    rows = HEADER + b"CVE-1999-0001,0.03351,0.8765\nCVE-2024-3094,1,1\n"
    expected = (Epss("CVE-1999-0001", 0.03351, 0.8765), Epss("CVE-2024-3094", 1.0, 1.0))
    assert epss.read(rows) == ("", "", expected)
    dated = epss.read(b"#model_version:v2025.03.14,score_date:2026-08-16T12:55:00Z\n" + rows)
    assert dated == ("v2025.03.14", "2026-08-16T12:55:00Z", expected)


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b"", "line 1"),
        (b"cve,score\nCVE-1,1\n", "line 1"),
        (HEADER + b"CVE-2024-1,1.5,0.1\n", "line 2"),
        (HEADER + b"CVE-2024-1,0.1,-0.1\n", "line 2"),
        (HEADER + b"CVE-2024-1,nan,0.1\n", "line 2"),
        (HEADER + b"CVE-2024-1,0.1,0.2\nCVE-2024-2,0.1\n", "line 3"),
        (HEADER + b"GHSA-1,0.1,0.2\n", "line 2"),
        (HEADER + b"\xff\xfe", ""),
    ],
)
def test_a_wrong_score_refuses_the_file(data: bytes, where: str) -> None:
    """A file that is wrong in one line is not half a truth: yesterday's scores stay."""
    with pytest.raises(FormatError) as refused:
        epss.read(data)
    assert refused.value.problems[0].where == where


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (b'{"id":"GHSA-1","modified":"2024","affected":[]}\n{"id":"GHSA-2"}', "ghsa.jsonl", (Kind.OSV, Layout.LINES)),
        (b'{"schema_version":"1.6.0","id":"GO-1","modified":"2024"}', "x", (Kind.OSV, Layout.DOCUMENT)),
        (b'{\n "dataType": "CVE_RECORD", "containers": {}}', "x", (Kind.CVE5, Layout.DOCUMENT)),
        (b'{"id":"CVE-1","sourceIdentifier":"x","descriptions":[]}\n{"id"', "x", (Kind.NVD, Layout.LINES)),
        (b'{"id":"CVE-1","cna":"x","reason":"y","configurations":[]}', "x.jsonl.gz", (Kind.NVD_OVERRIDE, Layout.LINES)),
        (b'{"resultsPerPage":1,"vulnerabilities":[{"cve":{"id":"CVE-1"}}]}', "x", (Kind.NVD, Layout.PAGE)),
        (b'{"format":"NVD_CVE","vulnerabilities":[]}', "x", (Kind.NVD, Layout.PAGE)),
        (catalogue(ENTRY), "x", (Kind.KEV, Layout.DOCUMENT)),
        (b"#model_version:v4,score_date:2026\ncve,epss,percentile\n", "x", (Kind.EPSS, Layout.CSV)),
        (HEADER, "x", (Kind.EPSS, Layout.CSV)),
        (b'\xef\xbb\xbf{"bomFormat":"CycloneDX"}', "x", (Kind.CYCLONEDX, Layout.DOCUMENT)),
        (b'{"spdxVersion":"SPDX-2.3"}', "x", (Kind.SPDX, Layout.DOCUMENT)),
        (
            b'{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[]}',
            "x",
            (Kind.SPDX, Layout.DOCUMENT),
        ),
        (b'{"@context":"https://openvex.dev/ns/v0.2.0"}', "x", (Kind.OPENVEX, Layout.DOCUMENT)),
        (
            b'{"document":{"category":"csaf_vex"},"vulnerabilities":[{"cve":"CVE-1"}]}',
            "x",
            (Kind.OTHER, Layout.DOCUMENT),
        ),
        (b'{"document":{"category":"csaf_vex","csaf_version":"2.0"', "x", (Kind.CSAF, Layout.PAGE)),
        (b'{"file":"a","document":{"document":{"csaf_version":"2.0"}}}', "x", (Kind.CSAF, Layout.PAGE)),
        (b'{"CVE_data_type":"CVE","CVE_Items":[{"cve":', "nvdcve-1.1.json", (Kind.NVD_FEED, Layout.PAGE)),
        (b'{"name":"CVE-1","public_date":"2024","bugzilla":{}}\n{"name"', "x", (Kind.REDHAT, Layout.LINES)),
        (b'{"threat_severity":"Low","public_date":"2024","bugzilla":{}}', "x", (Kind.REDHAT, Layout.DOCUMENT)),
        (b'{"apkurl":"x","archs":["x"],"reponame":"main","distroversion":"v3.18","pa', "x", (Kind.ALPINE, Layout.PAGE)),
        (b'{"release":"3.18","repository":"main","data":{"packages":[', "x", (Kind.ALPINE, Layout.PAGE)),
        (b'{"id":"x \\"bomFormat\\":{","a":{"bomFormat":1}}', "x", (Kind.OTHER, Layout.DOCUMENT)),
        (b"<bom/>", "x", (Kind.OTHER, Layout.UNKNOWN)),
        (b"", "x", (Kind.OTHER, Layout.UNKNOWN)),
    ],
)
def test_a_file_is_told_by_its_content(head: bytes, name: str, expected: tuple[Kind, Layout]) -> None:
    assert detect(head, name) == expected


def test_a_head_cut_anywhere_is_still_told() -> None:
    whole = json.dumps({"id": "CVE-1", "sourceIdentifier": "x", "descriptions": [{"value": "é" * 100}]}).encode()
    assert {detect(whole[:end], "x").kind for end in range(45, len(whole))} == {Kind.NVD}
