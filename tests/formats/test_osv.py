"""OSV records: events to intervals, enumerated versions, commits, and who speaks."""

from __future__ import annotations

import json

import pytest

from suture.core.components import Package, PackageKind
from suture.core.errors import FormatError
from suture.core.vulnerabilities import Bounds, Record, ReviewReason, Severity
from suture.formats import osv

NPM = Package(PackageKind.PURL, "npm", "npm/lodash")


def record(*affected: dict[str, object], **more: object) -> Record:
    return osv.read(
        json.dumps({"id": "GHSA-1", "modified": "2024-01-01T00:00:00Z", "affected": affected, **more}).encode()
    )


def of_events(*events: dict[str, str], ecosystem: str = "npm", kind: str = "SEMVER") -> Record:
    return record({"package": {"ecosystem": ecosystem, "name": "lodash"}, "ranges": [{"type": kind, "events": events}]})


@pytest.mark.parametrize(
    ("events", "bounds"),
    [
        ([{"introduced": "0"}, {"fixed": "4.17.21"}], [Bounds(None, "4.17.21")]),
        ([{"introduced": "1.0"}, {"last_affected": "2.0"}], [Bounds("1.0", "2.0", False, True)]),
        ([{"introduced": "1.0"}], [Bounds("1.0", None)]),
        ([{"introduced": "0"}], [Bounds(None, None)]),
        (
            [{"introduced": "1"}, {"fixed": "2"}, {"introduced": "3"}, {"fixed": "4"}],
            [Bounds("1", "2"), Bounds("3", "4")],
        ),
        ([{"introduced": "1"}, {"fixed": "2"}, {"introduced": "3"}], [Bounds("1", "2"), Bounds("3", None)]),
        ([{"introduced": "1.0"}, {"limit": "2.0"}], [Bounds("1.0", "2.0")]),
        ([{"introduced": "1.0"}, {"limit": "*"}], [Bounds("1.0", None)]),
        ([{"introduced": "1.0", "fixed": "2.0"}], [Bounds("1.0", "2.0")]),  # two events in one object
        # events stand in any order: they are judged in the order of versions (here: 5.0.12 and 5.0.46 both end it)
        (
            [{"fixed": "2"}, {"introduced": "3"}, {"introduced": "1"}, {"fixed": "4"}],
            [Bounds("1", "2"), Bounds("3", "4")],
        ),
        (
            [{"introduced": "1"}, {"introduced": "3"}, {"fixed": "10"}, {"fixed": "2"}],
            [Bounds("1", "2"), Bounds("3", "10")],
        ),
        ([{"introduced": "5"}, {"fixed": "5.0.12"}, {"fixed": "5.0.46"}], [Bounds("5", "5.0.12")]),
    ],
)
def test_events_become_intervals(events: list[dict[str, str]], bounds: list[Bounds]) -> None:
    found = of_events(*events)
    assert [stated.bounds for stated in found.ranges] == bounds
    assert {stated.package for stated in found.ranges} == {NPM}
    assert (found.stated, found.review) == (len(bounds), ())


@pytest.mark.parametrize(
    ("affected", "reason"),
    [
        ({"package": {"ecosystem": "npm", "name": "lodash"}}, ReviewReason.EMPTY),
        ({"package": {"ecosystem": "npm", "name": "x"}, "ranges": [{"type": "SEMVER", "events": [{"fixed": "1"}]}]},
         ReviewReason.EMPTY),
        ({"package": {"ecosystem": "TempleOS", "name": "x"}, "versions": ["1"]}, ReviewReason.UNKNOWN_ECOSYSTEM),
        ({"versions": ["1"]}, ReviewReason.NO_IDENTITY),
        ({"ranges": [{"type": "GIT", "repo": "https://x", "events": [{"introduced": "0"}]}]}, ReviewReason.COMMITS),
        ({"package": {"ecosystem": "npm", "name": "x"},
          "ranges": [{"type": "SEMVER", "events": [{"fixed": "1"}, {"introduced": "latest"}]}]},
         ReviewReason.UNREADABLE),
    ],
)  # fmt: skip
def test_what_cannot_be_a_range_goes_to_review_with_its_reason(
    affected: dict[str, object], reason: ReviewReason
) -> None:
    found = record(affected)
    assert (found.ranges, found.stated) == ((), 1)
    assert [waiting.reason for waiting in found.review] == [reason]


def test_enumerated_versions_and_ranges_are_a_union() -> None:
    """OSV schema: a version is affected when it lies in a range or is listed."""
    found = record({
        "package": {"ecosystem": "PyPI", "name": "Some_Thing"},
        "ranges": [
            {"type": "GIT", "events": [{"introduced": "0"}, {"fixed": "aaaa"}]},
            {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0"}]},
        ],
        "versions": ["1.0", "2004d"],
    })  # fmt: skip
    assert [stated.bounds for stated in found.ranges] == [
        Bounds(None, "2.0"), Bounds.exactly("1.0"), Bounds.exactly("2004d"),
    ]  # fmt: skip
    assert found.review == ()  # the commits say the same once more
    assert found.ranges[0].package.name == "pypi/some-thing"


def test_commits_with_enumerated_versions_are_matched_by_those() -> None:
    found = record({
        "package": {"ecosystem": "OSS-Fuzz", "name": "zlib"},
        "ranges": [{"type": "GIT", "events": [{"introduced": "abc"}]}],
        "versions": ["v1.2.12"],
    })  # fmt: skip
    assert [stated.bounds for stated in found.ranges] == [Bounds.exactly("v1.2.12")]
    assert found.ranges[0].package.name == "generic/zlib"


@pytest.mark.parametrize(
    ("record_id", "source"),
    [
        ("GHSA-2226-4v3c-cff8", "ghsa"), ("PYSEC-2005-1", "pysec"), ("GO-2020-0001", "go"),
        ("RUSTSEC-2016-0001", "rustsec"),
        ("BIT-activemq-2020-11998", "bitnami"), ("ALSA-2022:1642", "almalinux"), ("ALBA-2020:1", "almalinux"),
        ("ALEA-2020:1", "almalinux"), ("RLSA-2019:0975", "rocky"), ("RXSA-2023:1", "rocky"), ("PSF-2007-1", "psf"),
        ("DRUPAL-CONTRIB-2025-1", "drupal"), ("DSA-CONTRIB-2025-028", "drupal"), ("DSA-5000-1", "dsa"),
        ("RSEC-2023-6", "r"), ("OSV-2022-667", "oss-fuzz"), ("MAL-2022-1029", "malicious"), ("CURL-CVE-2023-1", "curl"),
    ],
)  # fmt: skip
def test_the_prefix_says_who_speaks(record_id: str, source: str) -> None:
    assert osv.source_of(record_id) == source


def test_an_erratum_fixes_vulnerabilities_that_are_no_aliases_of_each_other() -> None:
    data = {"id": "ALSA-2025:1", "related": ["CVE-2025-1", "CVE-2025-2"], "aliases": ["ALSA-2025:1"]}
    found = osv.read(json.dumps(data).encode())
    assert (found.aliases, found.upstream) == ((), ("CVE-2025-1", "CVE-2025-2"))
    related = osv.read(json.dumps({**data, "id": "GO-2020-1", "aliases": ["CVE-2025-1"]}).encode())
    assert (related.aliases, related.upstream) == (("CVE-2025-1",), ())


def test_scores_dates_and_weaknesses() -> None:
    found = record(
        severity=[{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N"}, {"type": "CVSS_V2", "score": "AV:N/AC:L"}],
        aliases=["CVE-2021-1"], withdrawn="2024-02-02T00:00:00Z", published="2023-01-01T00:00:00Z", summary="s",
        database_specific={"cwe_ids": ["CWE-79"]}, references=[{"url": "https://x"}, {"url": "https://x"}],
    )  # fmt: skip
    assert found.severities == (
        Severity("CVSS:3.1", "CVSS:3.1/AV:N", "ghsa"),
        Severity("CVSS:2.0", "AV:N/AC:L", "ghsa"),
    )
    assert (found.withdrawn, found.published, found.modified) == (
        "2024-02-02T00:00:00Z", "2023-01-01T00:00:00Z", "2024-01-01T00:00:00Z",
    )  # fmt: skip
    assert (found.weaknesses, found.references, found.title) == (("CWE-79",), ("https://x",), "s")


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b"", ""), (b"{", ""), (b"[]", ""), (b"{}", ""), (b'{"id": 5}', "/id"), (b"\xff\xfe{", "line 1"),
        (b"[" * 100_000, ""),
        (b'{"id":"X-1","affected":[{"ranges":[{"events":[{"fixed":1}]}]}]}', "/affected/0/ranges/0/events/0/fixed"),
    ],
)  # fmt: skip
def test_what_is_no_record_is_refused_with_its_place(data: bytes, where: str) -> None:
    with pytest.raises(FormatError, match="not an OSV record") as refused:
        osv.read(data)
    assert [problem.where for problem in refused.value.problems] == [where]


@pytest.mark.parametrize(
    ("summary", "details", "withdrawn"),
    [
        ("Withdrawn Advisory: not a flaw", "", True),
        ("Withdrawn: Arbitrary Code Execution", "All versions of package x …", True),
        ("Moderate severity", "## Duplicate Advisory\nThis advisory has been withdrawn because …", True),
        ("XSS in Adminer", "**Withdrawn:** Duplicate of GHSA-9pgx-gcph-mpqr.", True),
        ("A flaw", "# Withdrawn\n\nAfter reviewing this CVE …", True),
        ("Withdrawn", "", True),
        ("Withdrawn items leak metadata", "", False),
        ("Metadata of withdrawn items is exposed", "### Impact\nMetadata on a withdrawn item is exposed.", False),
        ("A flaw", "An item. Elsewhere one reads that this advisory has been withdrawn by others.", False),
    ],
)
def test_an_advisory_withdrawn_in_words_alone(summary: str, details: str, withdrawn: bool) -> None:
    """GHSA data without the field `withdrawn`: the title or the first sentence says so."""
    data = json.dumps({"id": "GHSA-aaaa-bbbb-cccc", "summary": summary, "details": details}).encode()
    assert bool(osv.read(data).withdrawn) is withdrawn
