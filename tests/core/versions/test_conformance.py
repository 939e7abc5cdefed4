"""Every line of the public version-comparison suites, for the schemes we have.

Each line we do not agree with stands below with its reason, and a line that began to agree fails too. Readers are told
of the exceptions in docs/reference/versions.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import packaging.version
import pytest

from suture.core.errors import FormatError
from suture.core.vers import canonical, intervals, parse
from suture.core.versions import Unorderable, key

NO_DIGIT = "a version without a digit is refused in every scheme"
NOT_APK = "apk-tools calls it invalid, and has no order for it but a byte comparison of the rest"
NOT_PEP_440 = "not a version after PEP 440: `packaging` refuses it too"
MAVEN = "`.qualifier` against `-qualifier` or `-number` on one base, where Maven's comparator is not transitive"
SERIES = "`1.5.X` is how advisories write the series 1.5, so it is read as that, never as one version"
NOT_SEMVER = "five numbers are not SemVer"
NOT_COMPOSER = "not a version in Composer's eyes: its own parser refuses it"
PADDED = "Composer pads to four numbers before it compares; the suite compares as PHP does, without that"
CASE = "Composer reads ALPHA and BETA without regard to case; the suite does not, and takes both for the same"
PACMAN = "pacman leaves out a pkgrel that one side lacks, so 1.1-1 = 1.1 = 1.1-2 and 1.1-1 < 1.1-2: no order has that"
ASTERISK = "an asterisk is a wildcard in advisories, never part of one version"

SCHEME_OF = {
    "alpine": "alpine",
    "cran": "cran",
    "debian": "deb",
    "hackage": "hackage",
    "maven": "maven",
    "nuget": "nuget",
    "packagist": "composer",
    "pub": "pub",
    "pypi": "pypi",
    "redhat": "rpm",
    "rubygems": "gem",
    "semver": "semver",
}

EXCEPTIONS: dict[str, dict[str, str]] = {
    "alpine-versions.txt": dict.fromkeys(
        [
            "1-r = 1-r0",
            "0..1..0 < 0..1..1",
            "0...1...0r1 < 0...1...0r2",
            "1.2.0A < 1.2.0d",
            "1.2.0D < 1.2.0d",
            "1-r2 > 1-r-1",
            "1 > 1-ruff",
            "1-r0-1 = 1-r0-2",
            "1-ruff2 = 1--ruff1",
            "1-r0-ruff2 = 1-r0-ruff1",
            "1.2_svn1 > 1.2_csv2",
            "1.2_cvs1 > 1.2_blah",
            ".1 < 1",
            "1 > .1",
            "a < b",
            "c > b",
            "23_foo > 4_beta",
        ],
        NOT_APK,
    ),
    "maven-versions-generated.txt": {
        **dict.fromkeys(
            [
                "1.0.0-gradle-rework-beta3 < 1.0.0.RC7-3",
                "2.9.0-1 < 2.9.0.RC1",
                "3.6.2.FL.20090615 < 3.6.2-FL-2009-05-11",
                "6.1.12.rc5 < 6.1.12rc1",
                "1.1.34.sec10 < 1.1.34_noneautotype",
                "1.2.31.sec10 < 1.2.31_noneautotype",
                "1.2.57.sec10 < 1.2.57_noneautotype",
                "1.2.60.sec10 < 1.2.60_noneautotype",
                "1.2.67.sec10 < 1.2.67_noneautotype",
                "1.5.9.RC1 < 1.5.9-RC0",
                "3.5.0-CR-2 < 3.5.0.Beta-1",
                "1.1.0-01-glassfish < 1.1.0.Beta1",
            ],
            MAVEN,
        ),
        **dict.fromkeys(
            ["client_hc_no_vehicle < feature_1850_01", "profiles_01 < stable", "stable < 0.11.0"],
            NO_DIGIT,
        ),
        "1.5.X < 1.5.1": SERIES,
    },
    "packagist-versions.txt": {
        **dict.fromkeys(
            [
                "4.3-2RC1 < 4.3-2RC2",
                "4.3-2RC2 > 4.3-2beta5",
                "dev-foo < 1.26.0",
                "1.26.0 > dev-foo",
                "1.2.3.# = 1.2.3",
                "1.2.3.# = 1.2.3.1",
                "1.2.3.#.1 > 1.2.3",
                "1.2.3.#.beta < 1.2.3",
                "999999999999999999999999999991 < 999999999999999999999999999999",
            ],
            NOT_COMPOSER,
        ),
        "1.0.0 > 1.0": PADDED,
    },
    "packagist-versions-generated.txt": {
        **dict.fromkeys(
            [
                "3.0.0b1.post1 < 3.0.0b1.post2",
                "3.0.0b1.post2 < 3.0.0b2",
                "3.0.0b2 < 3.0.0b2.post1",
                "3.0.0b2.post1 < 3.0.0b2.post2",
                "3.0.0b2.post2 < 3.0.0b3",
                "3.2.0rc1.post1 < 3.2.0rc2",
                "3.4.0 < 3.5.0.post1",
                "3.5.0.post1 < 3.5.1",
                "3.5.2 < 3.5.2.post1",
                "1.5.1.dev101 < 1.5.1a1",
            ],
            NOT_COMPOSER,
        ),
        **dict.fromkeys(
            [
                "v3.0 < v3.0.0-beta",
                "v4.4 < v4.4.0-beta",
                "v6.5 < v6.5.0-beta-0",
                "v6.6 < v6.6.0-beta",
            ],
            PADDED,
        ),
        **dict.fromkeys(["v1.9.0-BETA.1 < v1.9.0-ALPHA.2", "v1.9.0-ALPHA.2 = v1.9.0-BETA.2"], CASE),
    },
    "pub-versions.txt": {"1.1.3.4.5 = 1.1.3.4.5": NOT_SEMVER},
    "redhat-versions.txt": dict.fromkeys(
        ["a = a", "a+ = a+", "a+ = a_", "a_ = a+", "+a = +a", "+ = _", "_ = +"], NO_DIGIT
    ),
    "semver-versions.txt": {"1.1.3.4.5 = 1.1.3.4.5": NOT_SEMVER},
}
PEP_440_REFUSED = {"pypi-versions-generated.txt": 42, "pypi-versions.txt": 6}

_line = re.compile(r"(.*?)\s+([<>=])\s+(.*)").fullmatch


def ordered(scheme: str, left: str, right: str) -> str:
    """`<`, `=` or `>` as our keys have it; `?` where one has no key."""
    try:
        a, b = key(scheme, left), key(scheme, right)
    except Unorderable:
        return "?"
    return "<" if a < b else ">" if a > b else "="


def pep_440_refuses(left: str, right: str) -> bool:
    try:
        packaging.version.Version(left), packaging.version.Version(right)
    except packaging.version.InvalidVersion:
        return True
    return False


def comparisons(file: Path) -> Iterator[tuple[str, str, str, str]]:
    """Each line of a suite, whole and in its parts: `left relation right`."""
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        found = _line(line.strip())
        assert found, f"{file.name}: cannot read {line!r}"
        left, relation, right = found.groups()
        yield line.strip(), left, relation, right


@pytest.mark.data
def test_every_line_of_the_version_comparison_suite(test_data: Path) -> None:
    """A table per ecosystem: nothing but the exceptions disagrees, and no exception is out of date."""
    folder = test_data / "conformance" / "version-compare"
    read = 0
    for file in sorted(folder.glob("*.txt")):
        ecosystem = file.name.split("-")[0]
        disagree, refused_by_pep_440 = set(), 0
        for line, left, relation, right in comparisons(file):
            read += 1
            if ordered(SCHEME_OF[ecosystem], left, right) == relation:
                continue
            if ecosystem == "pypi" and pep_440_refuses(left, right):
                refused_by_pep_440 += 1
            else:
                disagree.add(line)
        assert disagree == set(EXCEPTIONS.get(file.name, {})), file.name
        assert refused_by_pep_440 == PEP_440_REFUSED.get(file.name, 0), f"{file.name}: {NOT_PEP_440}"
    assert read == 43_265


VERS_EXCEPTIONS: dict[str, dict[tuple[str, ...], str]] = {
    "maven": {("2-1", "2.0.0.a"): MAVEN},
    "alpm": {("1.5.b-1", "1.5.b"): PACMAN, ("1.1-1", "1.1"): PACMAN},
    "conan": {("1.20", "1.1*"): ASTERISK, ("1.2.3*", "1.2.2"): ASTERISK},
}
VERS_SCHEMES = [
    *("maven", "alpine", "nuget", "alpm", "conan", "gentoo", "openssl", "datetime", "lexicographic"),
]


def cases_of(folder: Path, name: str) -> list[dict[str, Any]]:
    suite = json.loads((folder / "conformance" / "vers" / f"{name}.json").read_text("utf-8"))
    tests: list[dict[str, Any]] = suite["tests"]
    return tests


@pytest.mark.data
@pytest.mark.parametrize("scheme", VERS_SCHEMES)
def test_every_comparison_of_the_vers_suite(scheme: str, test_data: Path) -> None:
    """VERS specification, `*_version_cmp_test.json`: comparisons (sorted list expected) and equalities."""
    name = "lexicographic-test" if scheme == "lexicographic" else f"{scheme}_version_cmp_test"
    disagree = set()
    for test in cases_of(test_data, name):
        written = test["input"]["versions"]
        expected = test["expected_output"]
        try:
            keys = [key(scheme, version) for version in written]
        except Unorderable:
            agrees = False
        else:
            if test["test_type"] == "equality":
                agrees = (keys[0] == keys[1]) == expected
            else:
                # NuGet's expected output is in normal form, in lower case; the order is what is tested.
                ours = [version for _, version in sorted(zip(keys, written, strict=True))]
                agrees = [v.lower() for v in ours] == [v.lower() for v in expected] or ours == expected
        if not agrees:
            disagree.add(tuple(written))
    assert disagree == set(VERS_EXCEPTIONS.get(scheme, {}))


# ---- ranges in the VERS notation

BEFORE_ITS_CLAUSE = (
    "valid to the suite, but clause 5.4 of the specification rules it out: comparators, or a version twice"
)
VALIDATED_OTHERWISE = dict.fromkeys(
    [
        "vers:pypi/>0.0.0|>=0.0.1|0.0.2|<0.0.3|0.0.4|<0.0.5|>=0.0.6",
        "vers:pypi/>0.0.0|>=0.0.1|>=0.0.1|0.0.2|0.0.3|0.0.4|<0.0.5|<=0.0.6|!=0.7|8.0|>12|<15.3",
        "vers:pypi/>0.0.0|>=0.0.1|0.0.2|0.0.3|0.0.4|<0.0.5|>=0.0.6|!=0.8",
    ],
    BEFORE_ITS_CLAUSE,
)


@pytest.mark.data
def test_every_range_of_the_vers_suite_is_read_as_it_says(test_data: Path) -> None:
    for test in cases_of(test_data, "vers_canonical_parse_test"):
        if test.get("expected_failure"):
            with pytest.raises(FormatError):
                canonical(test["input"])
        else:
            read = canonical(test["input"])
            assert read.type == test["expected_output"]["scheme"]
            assert [list(one) for one in read.constraints] == test["expected_output"]["version_constraints"]


@pytest.mark.data
def test_every_range_the_vers_suite_validates(test_data: Path) -> None:
    refused = set()
    for test in cases_of(test_data, "pypi_range_validate_test"):
        assert parse(test["input"]).constraints
        try:
            canonical(test["input"])
        except FormatError:
            refused.add(test["input"])
    assert refused == set(VALIDATED_OTHERWISE)


@pytest.mark.data
@pytest.mark.parametrize("name", ["pypi_range_containment_test", "npm_range_containment_test"])
def test_every_containment_of_the_vers_suite(name: str, test_data: Path) -> None:
    for test in cases_of(test_data, name):
        read = parse(test["input"]["vers"])
        k = key(read.scheme, test["input"]["version"])
        assert any(lo <= k < hi for lo, hi in intervals(read)) == test["expected_output"], test["input"]


# What the suite makes of native notations, which we do not read ourselves, must be ranges to us all the same.
MADE_FROM_NATIVE = {
    "vers:nginx/>=0.7.52|<=0.8.39": "we have no order named nginx",
    "vers:conan/": "states no constraint",
    "vers:conan/<0.33.1|>0.33.1|<0.34.1": BEFORE_ITS_CLAUSE,
    "vers:npm/>=0.2.0|>=0.8.0-pre|<0.8.0|>=0.8.0|<0.8.1|<=0.9.6": BEFORE_ITS_CLAUSE,
    "vers:npm/<2.0.18|<3.0.16|<3.1.6|<4.0.8|<5.0.0-beta.5": BEFORE_ITS_CLAUSE,
}


@pytest.mark.data
def test_every_range_the_vers_suite_makes_of_native_ones_holds_versions(test_data: Path) -> None:
    refused, read = set(), 0
    for file in sorted((test_data / "conformance" / "vers").glob("*_range_from_native*_test.json")):
        for test in cases_of(test_data, file.stem):
            read += 1
            try:
                assert intervals(canonical(test["expected_output"]))
            except (FormatError, Unorderable):
                refused.add(test["expected_output"])
    assert read == 433
    assert refused == set(MADE_FROM_NATIVE)
