"""Whatever a file holds, a reader gives a record or raises `FormatError`; nothing else ever comes out of it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suture.core.errors import FormatError
from suture.formats import alpine_secdb, csaf, cve5, cyclonedx_vex, epss, kev, nvd, nvd_feed, openvex, osv, redhat
from suture.formats.check import check
from suture.formats.detect import detect
from suture.formats.sbom import read_sbom


def alpine_secdb_document(data: bytes) -> object:
    return [alpine_secdb.read(piece) for piece in alpine_secdb.split([data])]


READERS: list[Callable[[bytes], object]] = [
    osv.read, nvd.read, nvd.read_override, nvd.read_page, cve5.read, kev.read, epss.read, read_sbom, openvex.read,
    cyclonedx_vex.read, csaf.read, csaf.split, check,
    redhat.read, alpine_secdb.read, alpine_secdb_document, nvd_feed.read,
]  # fmt: skip

KEYS = (
    "id", "modified", "affected", "ranges", "events", "introduced", "fixed", "versions", "package", "ecosystem",
    "name",
    "configurations", "nodes", "cpeMatch", "vulnerable", "criteria", "versionEndExcluding", "operator", "negate", "cve",
    "cveMetadata", "cveId", "containers", "cna", "adp", "version", "status", "lessThan", "defaultStatus",
    "changes", "at",
    "metrics", "other", "type", "content", "cpes", "vulnerabilities", "cveID", "dateAdded", "count", "bomFormat",
    "specVersion", "components", "metadata", "component", "@context", "statements", "spdxVersion", "packages",
    "public_date", "affected_release", "package_state", "cpe", "fix_state", "package_name", "distroversion", "reponame",
    "pkg", "secfixes", "scope", "data", "CVE_data_meta", "ID", "children", "cpe_match", "cpe23Uri", "impact",
    "document", "csaf_version", "publisher", "tracking", "product_tree", "branches", "product_status", "known_affected",
)  # fmt: skip
TEXTS = (
    "npm", "SEMVER", "GIT", "0", "1.0", "*", "-", "unspecified", "6.1.*", "affected", "unaffected", "ssvc", "CycloneDX",
    "1.6", "SPDX-2.3", "https://openvex.dev/ns/v0.2.0", "cpe:2.3:a:x:y:1:*:*:*:*:*:*:*", "cpe:2.3:a:x:y:*:sp1:*",
    "cpe:/o:redhat:enterprise_linux:8", "cpe:/a:redhat:rhel_eus:8.4", "openssl-1:1.1.1k-4.el8", "Affected",
    "Not affected",
    "nodejs:16-8080020231013145100.63b34585", "nodejs:16/nodejs", "v3.18", "edge", "CVE-2024-1 XSA-1", "8.4.0-r0",
    "\x00", "é" * 3,
)  # fmt: skip
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(TEXTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=15,
)
OBJECTS = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=7)


@pytest.mark.parametrize("read", READERS)
@given(data=st.one_of(st.binary(max_size=120), OBJECTS.map(json.dumps).map(str.encode)))
@settings(max_examples=30, deadline=None)
def test_a_record_or_a_format_error(read: Callable[[bytes], object], data: bytes) -> None:
    try:
        found = read(data)
    except FormatError as refused:
        found = refused.problems
        assert found
    assert found is not None  # a page may hold no record


@given(st.binary(max_size=200), st.text(max_size=10))
def test_detection_never_fails(head: bytes, name: str) -> None:
    assert detect(head, name).kind


WHOLE = [
    (osv.read, {"id": "GHSA-1", "affected": [{"package": {"ecosystem": "npm", "name": "x"}, "versions": ["1"]}]}),
    (nvd.read, {"id": "CVE-1", "configurations": [{"nodes": [{"cpeMatch": [{"vulnerable": True, "criteria": "x"}]}]}]}),
    (cve5.read, {"cveMetadata": {"cveId": "CVE-1"}, "containers": {"cna": {"affected": [{"product": "x"}]}}}),
    (kev.read, {"vulnerabilities": [{"cveID": "CVE-1", "dateAdded": "2024-01-01"}]}),
    (read_sbom, {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"name": "é"}]}),
]  # fmt: skip


@pytest.mark.parametrize(("read", "document"), WHOLE)
def test_a_file_cut_anywhere_is_refused(read: Callable[[bytes], object], document: dict[str, object]) -> None:
    whole = json.dumps(document, ensure_ascii=False).encode()
    assert read(whole)
    for end in range(len(whole)):
        with pytest.raises(FormatError):
            read(whole[:end])
