"""Checking: the official schemas as published, the rules beside them, and CycloneDX's own suite whole."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from suture.core.errors import FormatError
from suture.formats import schemas
from suture.formats.check import CheckReport, check

BOM: dict[str, object] = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1}
A = {"type": "library", "name": "a"}


def checked(document: object) -> CheckReport:
    return check(json.dumps(document).encode())


# Files of the suite that cannot be judged here, each with the reason. None: every JSON file of 1.2 to 1.7 can.
NOT_JUDGED: dict[str, str] = {}


@pytest.mark.data
@pytest.mark.parametrize("version", ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"])
def test_the_whole_cyclonedx_suite(version: str, test_data: Path) -> None:
    """Every `valid-*` is accepted, every `invalid-*` rejected (CycloneDX/specification, August 2026)."""
    files = sorted((test_data / "conformance" / "cyclonedx" / version).glob("*.json"))
    assert len(files) > 20
    for file in files:
        if file.name in NOT_JUDGED:
            continue
        try:
            problems = check(file.read_bytes()).problems
        except FormatError as refused:
            problems = refused.problems
        assert (not problems) == file.name.startswith("valid"), (file.name, problems[:3])


def test_the_shipped_schemas_are_the_published_ones() -> None:
    """Name, source, licence and SHA-256 of each stand in the manifest; licence and notice lie beside it."""
    manifest = json.loads(schemas.shipped("manifest.json"))["schemas"]
    assert {entry["file"] for entry in manifest} >= set(schemas.FILES.values())
    for entry in manifest:
        assert sha256(schemas.shipped(entry["file"])).hexdigest() == entry["sha256"]
        assert entry["source"]
        assert entry["licence"]
        folder = entry["file"].partition("/")[0]
        assert schemas.shipped(f"{folder}/LICENSE")
        assert schemas.shipped(f"{folder}/NOTICE")


@pytest.mark.parametrize(
    ("document", "where", "what"),
    [
        ({**BOM, "components": [{"type": "library"}]}, "/components/0", "name"),
        ({**BOM, "components": [{"type": "librarian", "name": "a"}]}, "/components/0/type", "librarian"),
        ({**BOM, "serialNumber": "urn:uuid:no"}, "/serialNumber", "does not match"),
        ({**BOM, "metadata": {"timestamp": "yesterday"}}, "/metadata/timestamp", "date-time"),
        ({**BOM, "surprise": 1}, "", "surprise"),
        ({**BOM, "components": [{**A, "purl": "openssl@3"}]}, "/components/0/purl", "package URL"),
        ({**BOM, "components": [{**A, "bom-ref": "x"}], "services": [{"name": "b", "bom-ref": "x"}]},
         "/services/0/bom-ref", "names two things"),
        ({**BOM, "dependencies": [{"ref": "x"}]}, "/dependencies/0/ref", "is the bom-ref of nothing here"),
        ({**BOM, "components": [{**A, "bom-ref": "x"}], "dependencies": [{"ref": "x", "dependsOn": ["y"]}]},
         "/dependencies/0/dependsOn/0", "is the bom-ref of nothing here"),
        ({"id": "X-1"}, None, ""),
        ({"id": "GHSA-1", "modified": "yesterday", "affected": []}, "/modified", "date-time"),
        ({"@context": "https://openvex.dev/ns/v0.2.0"}, "", "required"),
        ({"catalogVersion": "1", "dateReleased": "2026-01-01T00:00:00Z", "count": 2, "vulnerabilities": []},
         "/count", "says it has 2 entries"),
        ({"id": "CVE-1", "sourceIdentifier": 5, "descriptions": 7}, "/descriptions", "Expected `array`"),
    ],
)  # fmt: skip
def test_what_is_wrong_where(document: dict[str, object], where: str | None, what: str) -> None:
    if where is None:
        with pytest.raises(FormatError, match="no kind known here"):
            checked(document)
        return
    problems = checked(document).problems
    assert [problem.where for problem in problems] == [where] * len(problems)
    assert any(what in problem.what for problem in problems)


def test_a_key_written_twice_is_a_problem_though_the_schema_cannot_see_it() -> None:
    report = check(b'{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"version":1}')
    assert [problem.where for problem in report.problems] == ["/version"]


def test_spdx_ids() -> None:
    base = {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "d", "dataLicense": "CC0-1.0",
            "documentNamespace": "https://x.example/d",
            "creationInfo": {"created": "2026-01-01T00:00:00Z", "creators": ["Tool: x"]},
            "packages": [{"SPDXID": "SPDXRef-a", "name": "a", "downloadLocation": "NOASSERTION"}]}  # fmt: skip
    assert checked(base) == CheckReport("SPDX 2.3", (), (("components", 1), ("skipped", 0), ("depends on", 0)))
    twice = {
        **base,
        "files": [{"SPDXID": "SPDXRef-a", "fileName": "f", "checksums": [{"algorithm": "SHA1", "checksumValue": "0"}]}],
    }
    assert [problem.where for problem in checked(twice).problems] == ["/files/0/SPDXID"]
    links = [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": other}
             for other in ("SPDXRef-a", "NOASSERTION", "DocumentRef-x:SPDXRef-y", "SPDXRef-z")]  # fmt: skip
    assert [problem.where for problem in checked({**base, "relationships": links}).problems] == [
        "/relationships/3/relatedSpdxElement"
    ]


def test_a_file_of_lines_names_the_line() -> None:
    good = {"id": "GHSA-1", "modified": "2024-01-01T00:00:00Z", "schema_version": "1.6.0", "affected": []}
    report = check("\n".join(map(json.dumps, [good, {**good, "published": 5}, good])).encode())
    assert report.kind == "OSV, one record per line"
    assert [problem.where for problem in report.problems] == ["line 2/published"]
    assert report.counts == (("records", 3),)


def test_what_has_no_schema_says_so() -> None:
    report = checked({"id": "CVE-1", "sourceIdentifier": "x", "descriptions": []})
    assert (report.kind, report.problems) == ("NVD (no schema: read only)", ())
    record = {"dataType": "CVE_RECORD", "cveMetadata": {"cveId": "CVE-1"}, "containers": {"cna": {}}}
    assert checked(record).kind == "CVE record (no schema: read only)"
    scores = check(b"cve,epss,percentile\nCVE-1,0.1,0.2\n")
    assert (scores.kind, scores.counts) == ("EPSS (no schema: read only)", (("scores", 1),))


@pytest.mark.parametrize(
    "data", [b"<bom/>", b"PK\x03\x04", b"SPDXVersion: SPDX-2.3\n", b"", b"[1]", b"{", b'{"a":1}\n{"b":2}']
)
def test_what_cannot_be_checked_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError):
        check(data)
