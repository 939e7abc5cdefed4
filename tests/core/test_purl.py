"""Package URLs: the specification's own suite whole, and what happens to text that is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suture.core import purl
from suture.core.errors import InvalidValue

# Cases of the suite (package-url/purl-spec, August 2026) that we judge otherwise, each with the reason.
OTHERWISE = {
    "pkg:brew/SQLite@3.43.2": "a type our reader does not fold; no feed names brew packages",
    "pkg:chrome-extension/dlpngalgnefjeiefhmpklpfiohadpglk@1.2.3.4.5": "one type's rule for versions is not checked",
    "pkg:cpan/LWP::UserAgent@6.7.6": "a module name where a distribution belongs is kept, and matches nothing",
    "pkg:gem/jruby-launcher@1.1.2?Platform=java": "a qualifier's key in the wrong case is folded, not refused",
    "pkg:git/codeberg.org/forgejo/forgejo@a72d2c07cfca03b55371089de6aa230d8c951fa0": "a name of two segments is split",
    "pkg:otp/namespace/hex@2.1.1": "a namespace where none belongs is kept, and matches nothing",
    "pkg:Rpm/fedora/curl@7.50.3-1.fc25?Arch=i386&Distro=fedora-25": "keys in the wrong case are folded, not refused",
    "pkg:vscode-extension/java@1.46.2025091308": "a missing namespace is let pass, and matches nothing",
}


def cases(root: Path) -> list[dict[str, object]]:
    return [
        case
        for file in sorted((root / "conformance" / "purl").glob("*/*.json"))
        for case in json.loads(file.read_text())["tests"]
        if case["test_type"] in ("parse", "roundtrip")
    ]


def agrees(case: dict[str, object]) -> bool:
    try:
        found = purl.parse(str(case["input"]))
    except InvalidValue:
        return bool(case["expected_failure"])
    if case["expected_failure"]:
        return False
    if case["test_type"] == "roundtrip":
        return str(found) == case["expected_output"]
    parts = found._asdict() | {"qualifiers": dict(found.qualifiers)}
    return {key: value or None for key, value in parts.items()} == case["expected_output"]


@pytest.mark.data
def test_the_whole_suite(test_data: Path) -> None:
    """Every case agrees, but for those named above with the reason."""
    all_cases = cases(test_data)
    assert len(all_cases) > 100
    assert {str(case["input"]) for case in all_cases if not agrees(case)} == set(OTHERWISE)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("pkg:npm/%40angular/core@12.3.1", ("npm", "@angular", "core", "12.3.1")),
        ("pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1", ("deb", "debian", "libstdc++6", "12.2.0-14+deb12u1")),
        ("pkg:deb/debian/curl@1%3A7.50.3-1", ("deb", "debian", "curl", "1:7.50.3-1")),
        ("PKG:PyPI/Foo_Bar@1.0", ("pypi", "", "foo-bar", "1.0")),
        ("  pkg:generic/openssl@3.0.13 ", ("generic", "", "openssl", "3.0.13")),
    ],
)
def test_percent_codes_and_case(text: str, parts: tuple[str, ...]) -> None:
    assert purl.parse(text)[:4] == parts


@pytest.mark.parametrize(
    "text", ["", "openssl@3.0.13", "pkg:", "pkg:npm", "pkg:npm/", "http://x/y", "pkg:/npm", "pkg:n p m/x"]
)
def test_text_that_is_none_is_refused_with_how_to_mend_it(text: str) -> None:
    with pytest.raises(InvalidValue, match="write pkg:type/name@version"):
        purl.parse(text)


@given(st.sampled_from(["", "pkg:", "pkg:npm/", "pkg:deb/debian/"]), st.text(max_size=50))
def test_any_text_is_read_or_refused(start: str, text: str) -> None:
    """Nothing but `InvalidValue`; and what is read, written again, is read the same."""
    try:
        found = purl.parse(start + text)
    except InvalidValue:
        return
    assert purl.parse(str(found)).name == found.name
