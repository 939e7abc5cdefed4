"""CVE records of format 5: statuses, defaults, changes, comparisons, and which package is meant."""

from __future__ import annotations

import json

import pytest

from suture.core.components import PackageKind
from suture.core.errors import FormatError
from suture.core.vulnerabilities import Bounds, Record, ReviewReason, Severity
from suture.formats import cve5

ALL = Bounds(None, None)
A, U = "affected", "unaffected"


def of(affected: object, **more: object) -> Record:
    data = {
        "cveMetadata": {"cveId": "CVE-2024-1", "state": "PUBLISHED"},
        "containers": {"cna": {"affected": affected, **more}},
    }
    return cve5.read(json.dumps(data).encode())


def acme(*versions: dict[str, object], **more: object) -> Record:
    return of([{"vendor": "Acme", "product": "Pump OS", "versions": versions, **more}])


def entry(version: str, status: str = A, **more: object) -> dict[str, object]:
    return {"version": version, "status": status, **more}


@pytest.mark.parametrize(
    ("given", "bounds"),
    [
        (entry("1.0"), Bounds.exactly("1.0")),
        (entry("1.0", lessThan="2.0"), Bounds("1.0", "2.0")),
        (entry("1.0", lessThanOrEqual="2.0"), Bounds("1.0", "2.0", False, True)),
        (entry("0", lessThan="2.0"), Bounds(None, "2.0")),
        (entry("unspecified", lessThan="2.0"), Bounds(None, "2.0")),
        (entry("*", lessThanOrEqual="2.8"), Bounds(None, "2.8", False, True)),
        (entry("*", lessThanOrEqual="3.5", versionType="git"), Bounds(None, "3.5", False, True)),  # no commit at all
        (entry("6.10", lessThanOrEqual="*", versionType="original_commit_for_fix"), Bounds("6.10", None)),
        (entry("1.0", lessThan="*"), Bounds("1.0", None)),
        (entry("1.0", lessThan="unspecified"), Bounds("1.0", None)),  # '>= 1.0' of format 4, as converted
        (entry("next of 4.0", lessThan="unspecified"), Bounds("4.0", None, True)),
        (entry("*"), ALL),
        (entry("All Versions"), ALL),
        (entry(">= 4.0.0, < 4.1.2"), Bounds("4.0.0", "4.1.2")),  # comparisons in the place of a version
        (entry("<= 1.2"), Bounds(None, "1.2", False, True)),
        (entry("> 1.2"), Bounds("1.2", None, True)),
        (entry("= 1.2"), Bounds.exactly("1.2")),
        (entry("2.0 through 2.4"), Bounds.exactly("2.0 through 2.4")),  # prose: judged where keys are made
    ],
)
def test_bounds_of_an_entry(given: dict[str, object], bounds: Bounds) -> None:
    found = acme(given)
    assert [stated.bounds for stated in found.ranges] == [bounds]
    assert found.ranges[0].package == (PackageKind.CNA, "loose", "acme:pump os")


@pytest.mark.parametrize(
    ("given", "wildcard"),
    [(entry("6.1.*"), True), (entry("0", lessThanOrEqual="6.1.*"), True), (entry("8.1.*", lessThan="8.1.28"), True),
     (entry("6.1", lessThan="6.2"), False)],
)  # fmt: skip
def test_a_series_is_marked(given: dict[str, object], wildcard: bool) -> None:
    assert [stated.wildcard for stated in acme(given).ranges] == [wildcard]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (entry("n/a"), ReviewReason.NO_VERSION),
        (entry("-"), ReviewReason.NO_VERSION),
        (entry("unspecified"), ReviewReason.NO_VERSION),
        (entry("1.0", "unknown"), ReviewReason.UNKNOWN_STATUS),
    ],
)
def test_entries_that_wait_for_review(given: dict[str, object], reason: ReviewReason) -> None:
    found = acme(given)
    assert (found.ranges, found.stated) == ((), 1)
    assert [waiting.reason for waiting in found.review] == [reason]


@pytest.mark.parametrize(
    "given",
    [
        entry("1da177e4c3f4", lessThan="dc54ba9932ae", versionType="git"),
        entry("1da177e4c3f4", versionType="original_commit_for_fix"),
        entry("1da177e4c3f41524e886b7f1b8a0c1fc7321cac2"),
    ],
)
def test_commits_wait_but_the_one_that_introduced_the_flaw_is_certain(given: dict[str, object]) -> None:
    found = acme(given)
    assert [waiting.reason for waiting in found.review] == [ReviewReason.COMMITS]
    assert [stated.bounds for stated in found.ranges] == [Bounds.exactly(str(given["version"]))]
    assert found.stated == 2


def test_a_default_of_unknown_leaves_the_other_versions_open() -> None:
    """Said by the CNA itself; what an ADP writes in every record says nothing of this one."""
    found = acme(entry("5.66"), defaultStatus="unknown")
    assert [stated.bounds for stated in found.ranges] == [Bounds.exactly("5.66")]
    assert [waiting.reason for waiting in found.review] == [ReviewReason.UNKNOWN_STATUS]
    assert acme(entry("5.66")).review == ()


def test_a_change_after_the_end_of_a_range_says_nothing_more_of_it() -> None:
    """Three repaired branches named in one entry: 'unaffected from 10.2.11' of a range that ends at 10.2.9-h11."""
    changes = [{"at": at, "status": "unaffected"} for at in ("10.2.9-h11", "10.2.10-h4", "10.2.11")]
    found = acme(entry("10.2.0", lessThan="10.2.9-h11", changes=changes))
    assert [stated.bounds for stated in found.ranges] == [Bounds("10.2.0", "10.2.9-h11")]
    assert found.review == ()


def test_default_affected_is_the_complement_of_the_exceptions() -> None:
    """The Linux kernel's records: all versions, without those before the fault and those of repaired branches."""
    found = acme(
        entry("4.15"), entry("0", U, lessThan="4.15"), entry("5.10.200", U, lessThanOrEqual="5.10.*"),
        entry("6.6", U, lessThanOrEqual="*"), defaultStatus=A,
    )  # fmt: skip
    exceptions = (Bounds(None, "4.15"), Bounds("5.10.200", "5.10.*", False, True), Bounds("6.6", None))
    assert [(stated.bounds, stated.minus, stated.wildcard) for stated in found.ranges] == [
        (Bounds.exactly("4.15"), (), False),  # listed first, so no later exception takes it away
        (ALL, exceptions, True),
    ]


def test_the_first_entry_that_holds_a_version_decides() -> None:
    """CVE schema, Version Status: an earlier exception cuts a hole into a later range, a later one does not."""
    found = acme(entry("2.5.7", U), entry("1.0", lessThan="3.0"), entry("1.5", U), defaultStatus=U)
    assert [(stated.bounds, stated.minus) for stated in found.ranges] == [
        (Bounds("1.0", "3.0"), (Bounds.exactly("2.5.7"),))
    ]


@pytest.mark.parametrize(
    ("affected", "stated"),
    [
        ({"defaultStatus": A}, [ALL]),
        ({"defaultStatus": A, "versions": [entry("0", U, lessThan="2")]}, [ALL]),
        ({"defaultStatus": U}, []),
        ({"defaultStatus": U, "versions": [entry("1", U)]}, []),
    ],
)
def test_defaults_without_affected_entries(affected: dict[str, object], stated: list[Bounds]) -> None:
    found = of([{"vendor": "a", "product": "b", **affected}])
    assert [each.bounds for each in found.ranges] == stated
    assert (found.review, found.stated) == ((), len(stated))


@pytest.mark.parametrize(
    "affected", [{}, {"defaultStatus": "unknown"}, {"defaultStatus": "unknown", "versions": [entry("1", U)]}]
)
def test_an_unknown_default_is_never_unaffected(affected: dict[str, object]) -> None:
    found = of([{"vendor": "a", "product": "b", **affected}])
    assert [waiting.reason for waiting in found.review] == [ReviewReason.UNKNOWN_STATUS]


def test_default_affected_beside_affected_entries_alone_waits_for_a_person() -> None:
    """'8.1.* < 8.1.28' with default affected: the list is meant; the default would condemn every release."""
    found = acme(entry("8.1.*", lessThan="8.1.28"), defaultStatus=A)
    assert [stated.bounds for stated in found.ranges] == [Bounds("8.1.*", "8.1.28")]
    assert [waiting.reason for waiting in found.review] == [ReviewReason.UNKNOWN_STATUS]
    assert found.stated == 2


def test_default_affected_with_unreadable_exceptions_waits() -> None:
    """Without its exceptions the range would hold every version."""
    found = acme(entry("n/a", U), defaultStatus=A)
    assert [(waiting.reason, found.ranges) for waiting in found.review] == [(ReviewReason.NO_VERSION, ())]


def test_changes_cut_an_entry_into_spans() -> None:
    found = acme(entry("1.0", lessThan="3.0", changes=[{"at": "1.5", "status": U}, {"at": "2.0", "status": A}]))
    assert [(stated.bounds, stated.minus) for stated in found.ranges] == [
        (Bounds("1.0", "1.5"), ()),
        (Bounds("2.0", "3.0"), (Bounds("1.5", "2.0"),)),
    ]
    open_end = acme(entry("1.0", changes=[{"at": "1.0.3", "status": U}]))
    assert [stated.bounds for stated in open_end.ranges] == [Bounds("1.0", "1.0.3")]


@pytest.mark.parametrize(
    ("product", "names"),
    [
        ({"packageName": "org.apache.zeppelin:sap", "collectionURL": "https://repo.maven.apache.org/maven2"},
         ["maven/org.apache.zeppelin:sap"]),
        ({"packageName": "Newtonsoft.Json", "collectionURL": "https://www.nuget.org/packages"},
         ["nuget/newtonsoft.json"]),
        ({"packageName": "micromatch", "collectionURL": "https://www.npmjs.com/package/micromatch"},
         ["npm/micromatch"]),
        ({"packageName": "quarkus", "collectionURL": "https://mvnrepository.com"}, ["v:p"]),  # no full name there
        ({"packageName": "forminator", "collectionURL": "https://wordpress.org/plugins"}, ["v:p"]),
        ({"packageURL": "pkg:npm/lodash"}, ["npm/lodash"]),
        ({"packageURL": "nonsense"}, ["v:p"]),
        ({"cpes": ["cpe:2.3:a:acme:pump:1.0:*:*:*:*:*:*:*", "cpe:2.3:a:acme:pump:2.0:*:*:*:*:*:*:*", "nonsense"]},
         ["a:acme:pump"]),
        ({"packageName": "kernel", "collectionURL": "https://access.redhat.com/downloads/content/package-browser/",
          "cpes": ["cpe:/o:redhat:enterprise_linux:8"]}, ["rpm/redhat:8/kernel"]),
    ],
)  # fmt: skip
def test_which_package_is_meant(product: dict[str, object], names: list[str]) -> None:
    found = of([{"vendor": "V", "product": "P", "versions": [entry("1.0")], **product}])
    assert [stated.package.name for stated in found.ranges] == names


def test_a_platform_is_not_the_package_on_it() -> None:
    """Red Hat's entries give the product as CPE and the package by name: a fault of one is none of the other."""
    found = of([{
        "vendor": "Red Hat", "product": "Red Hat OpenShift 4", "packageName": "kernel", "defaultStatus": A,
        "collectionURL": "https://access.redhat.com/downloads/content/package-browser/",
        "cpes": ["cpe:/a:redhat:openshift:4"],
    }])  # fmt: skip
    assert [(waiting.reason, found.ranges) for waiting in found.review] == [(ReviewReason.NO_IDENTITY, ())]


def test_a_product_without_a_name_waits() -> None:
    found = of([{"vendor": "n/a", "product": "n/a", "versions": [entry("1.0")]}])
    assert [waiting.reason for waiting in found.review] == [ReviewReason.NO_IDENTITY]


def test_containers_of_other_publishers_speak_too() -> None:
    data = {
        "cveMetadata": {"cveId": "CVE-2024-1", "state": "PUBLISHED", "datePublished": "2024-01-01",
                        "dateUpdated": "2024-02-02"},
        "containers": {
            "cna": {"title": "T", "descriptions": [{"lang": "en-US", "value": "D"}], "tags": ["disputed"],
                    "affected": [{"vendor": "n/a", "product": "n/a", "versions": [entry("n/a")]}],
                    "providerMetadata": {"shortName": "mitre"},
                    "problemTypes": [{"descriptions": [{"cweId": "CWE-79"}, {"description": "n/a"}]}],
                    "metrics": [{"cvssV4_0": {"version": "4.0", "vectorString": "CVSS:4.0/AV:N"}}]},
            "adp": [{"providerMetadata": {"shortName": "CISA-ADP"},
                     "affected": [{"cpes": ["cpe:2.3:a:x:y:*:*:*:*:*:*:*:*"], "versions": [entry("0", lessThan="2")]}],
                     "metrics": [{"other": {"type": "ssvc", "content": {"version": "2.0.3", "options": [
                         {"Exploitation": "none"}, {"Automatable": "yes"}]}}},
                         {"other": {"type": "kev", "content": {"dateAdded": "2024-01-01"}}}]}],
        },
    }  # fmt: skip
    found = cve5.read(json.dumps(data).encode())
    assert found.severities == (
        Severity("CVSS:4.0", "CVSS:4.0/AV:N", "mitre"),
        Severity("SSVC:2.0.3", "Exploitation:none/Automatable:yes", "CISA-ADP"),
    )  # fmt: skip
    assert [stated.package.name for stated in found.ranges] == ["a:x:y"]
    assert [waiting.reason for waiting in found.review] == [ReviewReason.NO_VERSION]
    assert (found.title, found.details, found.disputed, found.weaknesses) == ("T", "D", True, ("CWE-79",))
    assert (found.published, found.modified) == ("2024-01-01", "2024-02-02")


def test_a_record_without_affected_states_nothing() -> None:
    data = {"cveMetadata": {"cveId": "CVE-2024-2", "state": "PUBLISHED"}, "containers": {"cna": {}}}
    found = cve5.read(json.dumps(data).encode())
    assert (found.ranges, found.review, found.stated) == ((), (), 0)


def test_a_rejected_record() -> None:
    data = {"cveMetadata": {"cveId": "CVE-2024-3", "state": "REJECTED"},
            "containers": {"cna": {"rejectedReasons": [{"lang": "en", "value": "Not a flaw."}]}}}  # fmt: skip
    found = cve5.read(json.dumps(data).encode())
    assert (found.withdrawn, found.details) == ("rejected", "Not a flaw.")


@pytest.mark.parametrize("data", [b"", b"{}", b'{"cveMetadata":{}}', b'{"cveMetadata":{"cveId":"x"},"containers":[]}'])
def test_what_is_no_record_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError, match="not a CVE record"):
        cve5.read(data)
