"""CPE names: NIST IR 7695's own examples, escapes, URIs, and text that is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suture.core import cpe
from suture.core.errors import InvalidValue


@pytest.mark.parametrize(
    ("text", "package", "version"),
    [
        # NIST IR 7695: the forms of the examples in §6.2.3 (formatted strings) and §6.1.3 (URIs)
        (
            "cpe:2.3:a:microsoft:internet_explorer:8.0.6001:beta:*:*:*:*:*:*",
            "a:microsoft:internet_explorer",
            "8.0.6001 beta",
        ),
        (
            r"cpe:2.3:a:hp:insight_diagnostics:7.4.0.1570:-:*:*:online:win2003:x64:*",
            "a:hp:insight_diagnostics",
            "7.4.0.1570",
        ),
        (r"cpe:2.3:a:foo\\bar:big\$money:2010:*:*:*:special:ipod_touch:80gb:*", "a:foo\\bar:big$money", "2010"),
        ("cpe:/a:microsoft:internet_explorer:8.0.6001:beta", "a:microsoft:internet_explorer", "8.0.6001 beta"),
        ("cpe:/a:hp:insight_diagnostics:7.4.0.1570::~~online~win2003~x64~", "a:hp:insight_diagnostics", "7.4.0.1570"),
        ("cpe:/a:foo~bar:big%7emoney_2010", "a:foo~bar:big~money_2010", ""),
        # names whose characters must be escaped
        (r"cpe:2.3:a:gnu:libstdc\+\+:12.2.0:*:*:*:*:*:*:*", "a:gnu:libstdc++", "12.2.0"),
        (r"cpe:2.3:o:siemens:lte\(4g\)_eu_firmware:7.2:*:*:*:*:*:*:*", "o:siemens:lte(4g)_eu_firmware", "7.2"),
        (r"cpe:2.3:a:x\:y:z:1:*:*:*:*:*:*:*", r"a:x\:y:z", "1"),
        ("CPE:2.3:A:OpenSSL:OpenSSL:3.0.13:*:*:*:*:*:*:*", "a:openssl:openssl", "3.0.13"),
        # what the version is
        ("cpe:2.3:a:openssl:openssl:1.0.2:beta1:*:*:*:*:*:*", "a:openssl:openssl", "1.0.2 beta1"),
        ("cpe:2.3:a:openssl:openssl:1.0.2:-:*:*:*:*:*:*", "a:openssl:openssl", "1.0.2"),
        ("cpe:2.3:o:microsoft:windows_xp:-:sp3:*:*:*:*:x86:*", "o:microsoft:windows_xp", "sp3"),
        ("cpe:2.3:o:microsoft:windows_server_2008:r2:sp1:*:*:*:*:x64:*", "o:microsoft:windows_server_2008", "r2 sp1"),
        ("cpe:2.3:o:sun:sunos:-:*:*:*:*:*:*:*", "o:sun:sunos", ""),
        ("cpe:2.3:a:openssl:openssl:*:*:*:*:*:*:*:*", "a:openssl:openssl", ""),
        ("cpe:2.3:a:openssl:openssl", "a:openssl:openssl", ""),
    ],
)
def test_package_and_version(text: str, package: str, version: str) -> None:
    found = cpe.parse(text)
    assert (found.package, found.version_text) == (package, version)
    assert found.nameable


def test_the_two_bindings_mean_the_same() -> None:
    """NIST IR 7695 §6: a URI and a formatted string bind one and the same name."""
    uri = cpe.parse("cpe:/a:hp:openview_network_manager:7.51::~~~linux~~")
    assert uri == cpe.parse("cpe:2.3:a:hp:openview_network_manager:7.51:*:*:*:*:linux:*:*")


@pytest.mark.parametrize(
    "text",
    ["cpe:2.3:a:*:openssl:1:*:*:*:*:*:*:*", "cpe:2.3:a:x:-:1:*:*:*:*:*:*:*", "cpe:2.3:*:x:y:1:*:*:*:*:*:*:*",
     "cpe:2.3:a:x:y*:1:*:*:*:*:*:*:*"],
)  # fmt: skip
def test_a_pattern_names_no_product(text: str) -> None:
    assert not cpe.parse(text).nameable


def test_an_escaped_asterisk_is_a_character() -> None:
    """§5.3.2: a backslash takes the special meaning away."""
    found = cpe.parse(r"cpe:2.3:a:x:y:1\*:*:*:*:*:*:*:*")
    assert (found.version, found.wild) == ("1*", False)
    assert cpe.parse("cpe:2.3:a:x:y:1.*:*:*:*:*:*:*:*").wild


@pytest.mark.parametrize(
    "text",
    ["", "openssl", "cpe:", "cpe:2.3", "cpe:2.3:x:openssl:openssl:1", "cpe:2.3:a:openssl",
     "cpe:/app:redhat:simple:1::el9", "cpe:2.3:a:b:c:d:e:f:g:h:i:j:k:l", "cpe:2.3:a::openssl:1",
     "cpe:/a:b", "pkg:npm/x"],
)  # fmt: skip
def test_text_that_is_none_is_refused_with_how_to_mend_it(text: str) -> None:
    with pytest.raises(InvalidValue, match=r"write cpe:2\.3"):
        cpe.parse(text)


@given(st.sampled_from(["", "cpe:2.3:a:", "cpe:/a:"]), st.text(max_size=60))
def test_any_text_is_read_or_refused(start: str, text: str) -> None:
    """Nothing but a name or `InvalidValue`; a name that could be read has a part, a vendor and a product."""
    try:
        found = cpe.parse(start + text)
    except InvalidValue:
        return
    assert found.part
    assert found.vendor
    assert found.product
