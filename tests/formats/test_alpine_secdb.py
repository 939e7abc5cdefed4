"""Alpine's security database: cut by vulnerability, and what a fix says of a release's builds."""

from __future__ import annotations

import json

import pytest

from suture.core.components import Package, PackageKind
from suture.core.errors import FormatError
from suture.core.vulnerabilities import Bounds, Record
from suture.formats import alpine_secdb


def database(release: str = "v3.18", repository: str = "main", **packages: dict[str, list[str]]) -> bytes:
    listed = [{"pkg": {"name": name, "secfixes": secfixes}} for name, secfixes in packages.items()]
    return json.dumps({"distroversion": release, "reponame": repository, "packages": listed}).encode()


def records(*documents: bytes) -> dict[str, Record]:
    found = [alpine_secdb.read(piece) for piece in alpine_secdb.split(documents)]
    assert all(len(one.ranges) + len(one.review) == one.stated for one in found)
    return {one.id: one for one in found}


def apk(place: str, name: str) -> Package:
    return Package(PackageKind.PURL, "alpine", f"apk/alpine:{place}/{name}")


def test_a_fix_says_that_the_builds_before_it_are_affected_in_its_release() -> None:
    found = records(
        database("v3.18", "main", openssl={"3.1.1-r0": ["CVE-2023-2650"], "3.1.4-r0": ["CVE-2023-5363"]}),
        database("v3.17", "main", openssl={"3.0.9-r0": ["CVE-2023-2650"]}),
        database("edge", "community", curl={"8.4.0-r0": ["CVE-2023-2650"]}),
    )
    assert list(found) == ["ALPINE-CVE-2023-2650", "ALPINE-CVE-2023-5363"]
    one = found["ALPINE-CVE-2023-2650"]
    assert (one.source, one.aliases) == ("alpine", ("CVE-2023-2650",))
    assert [(stated.package, stated.bounds) for stated in one.ranges] == [
        (apk("3.18", "openssl"), Bounds(None, "3.1.1-r0")),
        (apk("3.17", "openssl"), Bounds(None, "3.0.9-r0")),
        (apk("edge", "curl"), Bounds(None, "8.4.0-r0")),
        # whichever release: below the lowest fix of all
        (apk("*", "openssl"), Bounds(None, "3.0.9-r0")),
        (apk("*", "curl"), Bounds(None, "8.4.0-r0")),
    ]


def test_nothing_holds_for_every_release_where_one_was_never_affected() -> None:
    found = records(
        database("v3.18", openssl={"3.1.1-r0": ["CVE-2022-1292"]}), database("v3.15", openssl={"0": ["CVE-2022-1292"]})
    )
    assert [stated.package for stated in found["ALPINE-CVE-2022-1292"].ranges] == [apk("3.18", "openssl")]


def test_version_0_says_never_affected() -> None:
    """It is knowledge, not a range: no build of the release is affected."""
    (found,) = records(database("v3.18", openssl={"0": ["CVE-2022-1292"]})).values()
    assert (found.ranges, found.review) == ((), ())
    assert found.details == "Never affected: openssl of v3.18."


def test_one_document_alone_names_its_release_in_the_id() -> None:
    """Taken in file by file, the releases must not displace each other."""
    one = records(database("v3.18", curl={"8.1.0-r0": ["CVE-2023-28319"]}))
    other = records(database("v3.17", curl={"8.1.0-r1": ["CVE-2023-28319"]}))
    assert (list(one), list(other)) == (["ALPINE-v3.18-main-CVE-2023-28319"], ["ALPINE-v3.17-main-CVE-2023-28319"])


def test_a_mirror_packs_one_document_per_line() -> None:
    data = json.loads(database("v3.18", curl={"8.1.0-r0": ["CVE-2023-28319"]}))
    packed = json.dumps({"release": "3.18", "repository": "main", "data": data}).encode()
    assert alpine_secdb.split([packed]) == alpine_secdb.split([json.dumps(data).encode()])


@pytest.mark.parametrize(
    ("written", "ids"),
    [
        ("CVE-2017-2616 (+ regression fix)", ["CVE-2017-2616"]),
        ("CVE-2017-5753 CVE-2017-5715 CVE-2017-5754 XSA-254 XPTI", ["CVE-2017-5753", "CVE-2017-5715", "CVE-2017-5754"]),
        ("CVE-2018-12126  XSA-297", ["CVE-2018-12126"]),
        ("CVE-2017-17434-1", ["CVE-2017-17434"]),
        ("CVE N/A ZBX-11023", ["ZBX-11023"]),
        ("XSA-207", ["XSA-207"]),
        ("GHSA-572g-rvwr-6c7f", ["GHSA-572g-rvwr-6c7f"]),
        ("CVE_2019-2426", ["CVE_2019-2426"]),  # an error of the database is not mended in silence
        ("", [""]),
    ],
)
def test_the_vulnerabilities_an_entry_names(written: str, ids: list[str]) -> None:
    assert alpine_secdb.ids(written) == ids


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"packages":[]}', b"\xff"])
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError):
        alpine_secdb.split([data])
    with pytest.raises(FormatError):
        alpine_secdb.read(data)
