"""Every line of the public version-comparison suites, for the schemes we have.

Each line we do not agree with stands below with its reason, and a line that began to agree fails too. The suites of
OSV-SCALIBR (`version-compare`) also hold packagist, cran, hackage and pub: ecosystems without a scheme of their own
here yet, which `loose` orders meanwhile; how well is counted, not claimed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import packaging.version
import pytest

from suture.core.versions import Unorderable, key

NO_DIGIT = "a version without a digit is refused in every scheme"
NOT_APK = "apk-tools calls it invalid, and has no order for it but a byte comparison of the rest"
NOT_PEP_440 = "not a version after PEP 440: `packaging` refuses it too"
MAVEN = "`.qualifier` against `-qualifier` or `-number` on one base, where Maven's comparator is not transitive"
SERIES = "`1.5.X` is how advisories write the series 1.5, so it is read as that, never as one version"
NOT_SEMVER = "five numbers are not SemVer"

WITHOUT_SCHEME = {"packagist": (14, 6_398), "cran": (5, 50), "hackage": (0, 5), "pub": (14, 61)}  # differ, of lines
SCHEME_OF = {
    "alpine": "alpine",
    "debian": "deb",
    "maven": "maven",
    "nuget": "nuget",
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
        if ecosystem in WITHOUT_SCHEME:
            continue
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
    assert read == 36_751


@pytest.mark.data
@pytest.mark.parametrize("ecosystem", sorted(WITHOUT_SCHEME))
def test_how_loose_stands_in_where_we_have_no_scheme_yet(ecosystem: str, test_data: Path) -> None:
    folder = test_data / "conformance" / "version-compare"
    agrees = [
        ordered("loose", left, right) == relation
        for file in sorted(folder.glob(f"{ecosystem}-*.txt"))
        for _, left, relation, right in comparisons(file)
    ]
    assert (agrees.count(False), len(agrees)) == WITHOUT_SCHEME[ecosystem]


VERS_EXCEPTIONS = {"maven": {("2-1", "2.0.0.a"): MAVEN}}


@pytest.mark.data
@pytest.mark.parametrize("scheme", ["maven", "alpine", "nuget"])
def test_every_comparison_of_the_vers_suite(scheme: str, test_data: Path) -> None:
    """VERS specification, `*_version_cmp_test.json`: comparisons (sorted list expected) and equalities."""
    suite = json.loads((test_data / "conformance" / "vers" / f"{scheme}_version_cmp_test.json").read_text("utf-8"))
    disagree = set()
    for test in suite["tests"]:
        left, right = test["input"]["versions"]
        relation = ordered(scheme, left, right)
        expected = test["expected_output"]
        if test["test_type"] == "equality":
            agrees = relation != "?" and (relation == "=") == expected
        else:
            # NuGet's expected output is in normal form, in lower case; the order is what is tested.
            lower = [text.lower() for text in expected]
            agrees = relation == ("<" if lower == [left.lower(), right.lower()] else ">")
        if not agrees:
            disagree.add((left, right))
    assert disagree == set(VERS_EXCEPTIONS.get(scheme, {}))
