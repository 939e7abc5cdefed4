"""Bills of materials: what is read, what is noted, and what is refused with a sentence that helps."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suture.core.components import Component, Sbom
from suture.core.errors import FormatError, Problem
from suture.formats.json_text import Limits
from suture.formats.sbom import read_sbom


def cyclonedx(*components: object, **more: object) -> bytes:
    return json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": components, **more}).encode()


def spdx(*packages: object, **more: object) -> bytes:
    return json.dumps({"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "packages": packages, **more}).encode()


def read(data: bytes) -> tuple[Sbom, list[tuple[str, str]]]:
    found, problems = read_sbom(data)
    return found, [(problem.where, problem.what) for problem in problems]


LIBRARY = {
    "type": "library", "bom-ref": "r1", "name": "openssl", "version": "3.0.13", "supplier": {"name": "OpenSSL"},
    "purl": "pkg:generic/openssl@3.0.13", "cpe": "cpe:2.3:a:openssl:openssl:3.0.13:*:*:*:*:*:*:*",
    "hashes": [{"alg": "SHA-256", "content": "00ff"}],
    "licenses": [{"license": {"id": "Apache-2.0"}}, {"expression": "MIT"}],
    "properties": [{"name": "cdx:lifecycle:milestone:endOfSupport", "value": "2026-09-07"},
                   {"name": "suture:support-level", "value": "actively maintained"}],
}  # fmt: skip


def test_a_cyclonedx_component() -> None:
    found, problems = read(cyclonedx(
        LIBRARY, serialNumber="urn:uuid:1", dependencies=[{"ref": "r1", "dependsOn": ["r2", "r3"]}, {"ref": "r2"}],
        metadata={"timestamp": "2026-01-01T00:00:00Z", "authors": [{"name": "Ada"}, {"email": "b@x.example"}],
                  "component": {"type": "device", "bom-ref": "pump", "name": "Aria P2", "version": "4.2"}},
    ))  # fmt: skip
    assert problems == []
    assert found.components == (Component(
        ref="r1", name="openssl", version="3.0.13", supplier="OpenSSL", kind="library",
        purls=("pkg:generic/openssl@3.0.13",), cpes=("cpe:2.3:a:openssl:openssl:3.0.13:*:*:*:*:*:*:*",),
        hashes=(("SHA-256", "00ff"),), licences=("Apache-2.0", "MIT"),
        support_level="actively maintained", end_of_support="2026-09-07",
    ),)  # fmt: skip
    assert found.root == Component(ref="pump", name="Aria P2", version="4.2", kind="device")
    assert found.depends_on == (("r1", "r2"), ("r1", "r3"))
    assert (found.format, found.spec_version, found.serial) == ("CycloneDX", "1.6", "urn:uuid:1")
    assert (found.created, found.author, found.skipped) == ("2026-01-01T00:00:00Z", "Ada, b@x.example", 0)


def test_the_source_package_as_trivy_writes_it() -> None:
    """In properties of CycloneDX, in the free text of SPDX; its operating system in SPDX 2.2 by its SPDXID."""
    named = {"Name": "openssl", "Epoch": "1", "Version": "1.0.2k", "Release": "16.el7"}
    told = [{"name": f"aquasecurity:trivy:Src{part}", "value": value} for part, value in named.items()]
    found, problems = read(cyclonedx(
        {"name": "openssl-libs", "properties": told}, {"name": "a", "properties": told[:1]},
        {"name": "b", "properties": [told[0], told[2]]}, {"name": "c", "properties": told[1:]},
        {"name": "d", "properties": [5, {"name": 5}, {"value": "x"}]},
    ))  # fmt: skip
    assert problems == []
    assert [one.source for one in found.components] == [
        "openssl 1:1.0.2k-16.el7", "openssl", "openssl 1.0.2k", "", "",
    ]  # fmt: skip
    found, problems = read(spdx(
        {"SPDXID": "SPDXRef-OperatingSystem-1", "name": "centos", "versionInfo": "7.6.1810"},
        {"SPDXID": "SPDXRef-1", "name": "x", "sourceInfo": "built package from: openssl 1:1.0.2k-16.el7"},
        {"SPDXID": "SPDXRef-2", "name": "y", "sourceInfo": "acquired package info from the following paths: /lib"},
    ))  # fmt: skip
    assert problems == []
    assert [(one.kind, one.source) for one in found.components] == [
        ("operating-system", ""), ("library", "openssl 1:1.0.2k-16.el7"), ("library", ""),
    ]  # fmt: skip


def test_what_the_patches_of_a_component_resolve() -> None:
    """As Buildroot and Yocto write it: the patch, and the CVE it resolves."""
    resolves = [{"type": "security", "id": "CVE-2024-1"}, {"type": "defect", "id": " BUG-7 "}, {"type": "security"}, 5]
    found, problems = read(cyclonedx(
        {"name": "a", "pedigree": {"patches": [
            {"type": "backport", "resolves": resolves}, {"type": "backport", "resolves": resolves[:1]},
            {"type": "unofficial"}, {"type": "monkey", "resolves": None}, "x",
        ]}},
        {"name": "b", "pedigree": {"patches": {}}}, {"name": "c", "pedigree": []}, {"name": "d", "pedigree": {}},
    ))  # fmt: skip
    assert problems == []
    assert [one.patched for one in found.components] == [("CVE-2024-1", "BUG-7"), (), (), ()]


def test_components_inside_components() -> None:
    inner = {"name": "c", "components": [{"name": "d"}]}
    found, problems = read(cyclonedx(
        {"name": "a", "bom-ref": "A", "components": [{"name": "b", "bom-ref": "B"}, inner]},
        metadata={"component": {"name": "root", "bom-ref": "R", "components": [{"name": "e", "bom-ref": "E"}]}},
    ))  # fmt: skip
    assert problems == []
    assert {(component.name, component.parent) for component in found.components} == {
        ("a", ""), ("b", "A"), ("c", "A"), ("d", "#/components/0/components/1"), ("e", "R"),
    }  # fmt: skip


def test_what_a_document_is_about_is_looked_up_where_it_is_identified() -> None:
    about = {"type": "firmware", "bom-ref": "R", "name": "pump", "cpe": "cpe:2.3:o:acme:pump:4.2:*:*:*:*:*:*:*"}
    found, _ = read(cyclonedx({"name": "a"}, metadata={"component": about}))
    assert [component.name for component in found.components] == ["pump", "a"]
    assert found.root == found.components[0]


def test_one_run_reports_every_problem_with_place_and_mend() -> None:
    """A component that cannot be read is noted, skipped and counted; one that is only badly identified is kept."""
    found, problems = read_sbom(cyclonedx(
        {"name": "good"},
        {"version": "1"},
        {"name": "", "purl": 5},
        {"name": "bad purl", "purl": "openssl@3.0.13"},
        {"name": "bad cpe", "cpe": "openssl"},
        "no object",
        {"name": "bad hash", "hashes": [{"alg": "MD5"}, {"alg": "SHA-1", "content": "00"}], "licenses": {}},
        {"name": "unknown type", "purl": "pkg:templeos/kernel@5"},
        {"name": "encoded", "purl": "pkg:npm/%40scope/name@1.0%2B1"},
    ))  # fmt: skip
    assert [component.name for component in found.components] == [
        "good", "bad purl", "bad cpe", "bad hash", "unknown type", "encoded",
    ]  # fmt: skip
    assert found.skipped == 3
    assert [(problem.where, problem.what) for problem in problems] == [
        ("/components/1/name", "missing"),
        ("/components/2/purl", "a number where text belongs"),
        ("/components/2/name", "missing"),
        ("/components/3/purl", "not a package URL: 'openssl@3.0.13'"),
        ("/components/4/cpe", "not a CPE name: 'openssl'"),
        ("/components/5", "not an object"),
        ("/components/6/hashes/0/content", "missing"),
        ("/components/6/licenses", "an object where an array belongs"),
    ]
    assert problems[0].mend == "every CycloneDX component has a name (components[].name)"
    assert problems[3].mend == "write pkg:type/name@version, e.g. pkg:generic/openssl@3.0.13"
    assert found.components[3].hashes == (("SHA-1", "00"),)


def test_a_ref_given_twice_is_reported_and_both_components_stay() -> None:
    found, problems = read(cyclonedx({"name": "a", "bom-ref": "x"}, {"name": "b", "bom-ref": "x"}, {"name": "c"}))
    assert [component.ref for component in found.components] == ["x", "x~2", "#/components/2"]
    assert problems == [("/components/1/bom-ref", "'x' names two components")]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"version":2}', "/version"),
        ('{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"name":"a"},{"name":"b","name":"c"}]}',
         "/components/1/name"),
        ('{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"name":"a","hashes":[{"alg":"x",'
         '"content":"1","al\\u0067":"y"}]}]}', "/components/0/hashes/0/alg"),
        ('{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"a~/b":1,"a~/b":2}}', "/metadata/a~0~1b"),
        ('{"bomFormat":"CycloneDX","specVersion":"1.6","services":[{"name":"\\u003a","name":"::"}]}',
         "/services/0/name"),
        ('{"spdxVersion":"SPDX-2.3","files":[{"SPDXID":"a","SPDXID":"b"}]}', "/files/0/SPDXID"),
    ],
)  # fmt: skip
def test_a_key_written_twice_is_reported(text: str, where: str) -> None:
    """RFC 8259 §4: names within an object should be unique; which of two counts, every reader decides otherwise."""
    _, problems = read(text.encode())
    assert (
        where,
        f"the key {where.rpartition('/')[2].replace('~1', '/').replace('~0', '~')!r} is written twice",
    ) in problems


def test_colons_in_texts_are_no_keys() -> None:
    text = '{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"name":"a:\\u003A\\\\u003a \\":\\""}]}'
    assert read(text.encode())[1] == []


PACKAGE = {
    "SPDXID": "SPDXRef-1", "name": "zlib", "versionInfo": "1.2.12", "supplier": "Organization: zlib (z@zlib.example)",
    "primaryPackagePurpose": "OPERATING_SYSTEM", "validUntilDate": "2027-01-01T00:00:00Z",
    "checksums": [{"algorithm": "SHA256", "checksumValue": "00"}],
    "licenseConcluded": "NOASSERTION", "licenseDeclared": "Zlib",
    "externalRefs": [
        {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
         "referenceLocator": "pkg:deb/debian/zlib1g@1.2.12"},
        {"referenceCategory": "SECURITY", "referenceType": "cpe23Type",
         "referenceLocator": "cpe:2.3:a:zlib:zlib:1.2.12:*:*:*:*:*:*:*"},
        {"referenceCategory": "SECURITY", "referenceType": "cpe22Type", "referenceLocator": "cpe:/a:gnu:zlib:1.2.12"},
        {"referenceCategory": "OTHER", "referenceType": "website", "referenceLocator": "https://zlib.example"},
    ],
}  # fmt: skip


def link(one: str, kind: str, other: str) -> dict[str, str]:
    return {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}


def test_an_spdx_package() -> None:
    found, problems = read(spdx(
        {"SPDXID": "SPDXRef-0", "name": "pump", "versionInfo": "NOASSERTION"}, PACKAGE,
        {"SPDXID": "SPDXRef-2", "name": "libc"},
        documentNamespace="https://x/1",
        creationInfo={"created": "2026-01-01T00:00:00Z", "creators": ["Tool: syft", "Person: Ada (a@x.example)"]},
        relationships=[
            link("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-0"), link("SPDXRef-0", "CONTAINS", "SPDXRef-1"),
            link("SPDXRef-1", "DEPENDS_ON", "SPDXRef-2"), link("SPDXRef-1", "BUILD_DEPENDENCY_OF", "SPDXRef-0"),
            link("SPDXRef-1", "OTHER", "SPDXRef-0"),
        ],
    ))  # fmt: skip
    assert problems == []
    assert found.root == Component(ref="SPDXRef-0", name="pump")
    assert found.components[0] == Component(
        ref="SPDXRef-1", name="zlib", version="1.2.12", supplier="zlib", kind="operating-system", parent="SPDXRef-0",
        purls=("pkg:deb/debian/zlib1g@1.2.12",),
        cpes=("cpe:2.3:a:zlib:zlib:1.2.12:*:*:*:*:*:*:*", "cpe:/a:gnu:zlib:1.2.12"),
        hashes=(("SHA256", "00"),), licences=("Zlib",), end_of_support="2027-01-01T00:00:00Z",
    )  # fmt: skip
    assert found.depends_on == (("SPDXRef-1", "SPDXRef-2"), ("SPDXRef-0", "SPDXRef-1"))
    assert (found.format, found.spec_version, found.serial, found.author) == ("SPDX", "2.3", "https://x/1", "Ada")


def test_spdx_packages_that_cannot_be_read() -> None:
    found, problems = read(
        spdx({"name": "no id"}, {"SPDXID": "a"}, 5, {"SPDXID": "b", "name": "x"}, {"SPDXID": "b", "name": "y"})
    )
    assert [component.ref for component in found.components] == ["b", "b~2"]
    assert found.skipped == 3
    assert [where for where, _ in problems] == [
        "/packages/0/SPDXID", "/packages/1/name", "/packages/2/SPDXID", "/packages/2/name", "/packages/4/SPDXID",
    ]  # fmt: skip


def test_several_described_packages_make_no_root() -> None:
    found, _ = read(spdx(
        {"SPDXID": "a", "name": "a"}, {"SPDXID": "b", "name": "b"}, documentDescribes=["a", "b", "unheard of"]
    ))  # fmt: skip
    assert (found.root, len(found.components)) == (None, 2)


BOMB = b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (letter, b"&%c;" % (letter - 1) * 10) for letter in range(ord("b"), ord("l"))
) + b"]><bom xmlns='http://cyclonedx.org/schema/bom/1.4'>&k;</bom>"  # fmt: skip


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (BOMB, "not yet read: CycloneDX XML"),  # named by its first bytes; no entity is looked at
        (b"<?xml version='1.0'?><rdf:RDF xmlns:spdx='http://spdx.org/rdf/terms#'/>", "not yet read: SPDX RDF/XML"),
        (b"<SoftwareIdentity/>", "SWID"),
        (b"<html>", "not yet read: XML"),
        (b"SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\n", "not yet read: SPDX tag-value"),
        (b"# made by hand\nSPDXVersion: SPDX-2.2\n", "not yet read: SPDX tag-value"),
        (b"SPDXID: SPDXRef-DOCUMENT\nspdxVersion: SPDX-2.3\n", "not yet read: YAML"),
        (b"---\nbomFormat: CycloneDX\n", "not yet read: YAML"),
        (b"PK\x03\x04\x14\x00", "not yet read: a zip archive"),
        (b"\x1f\x8b\x08\x00", "not yet read: a gzip archive"),
        (b"\n\x031.4\x10\x01", "not yet read: CycloneDX protobuf"),
        (b'spec_version: "1.4"\n', "not yet read: CycloneDX protobuf text"),
        (b"@prefix spdx: <https://spdx.org/rdf/3.0.1/terms/> .\n", "not yet read: RDF"),
        (b"name,version,purl\nopenssl,3.0.13,\n", "not yet read: CSV"),
        (b"%PDF-1.7", "not yet read: a PDF"),
        (b'{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[]}', "not yet read: SPDX 3"),
        (b'{"bomFormat":"CycloneDX","specVersion":"9.9"}', "not yet read: CycloneDX 9.9"),
        (b'{"bomFormat":"CycloneDX"}', "not yet read: CycloneDX without specVersion"),
        (b'{"spdxVersion":"SPDX-2.1"}', "not yet read: SPDX 2.1"),
        ('{"bomFormat":"CycloneDX"}'.encode("utf-16"), "UTF-16"),
        ('{"bomFormat":"CycloneDX"}'.encode("utf-16-le"), "UTF-16"),
        (b'{"bomFormat":"CycloneDX","x":"\xe9"}', "not UTF-8"),
        (b"", "empty"),
        (b"  \n", "empty"),
        (b'{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"name":"a"}', "not JSON"),
        (b'{"bomFormat":"CycloneDX","specVersion":"1.6","components":{}}', "/components is no array"),
        (b"[]", "not JSON: Expected `object`"),
        (b'{"id":"GHSA-1","modified":"x","affected":[]}', "it looks like osv"),
        (b"hello", "not JSON"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_what_it_is(data: bytes, says: str) -> None:
    with pytest.raises(FormatError, match="(?i)" + says.replace("(", r"\(")) as refused:
        read_sbom(data)
    assert refused.value.problems


def test_text_that_is_no_json_names_the_line() -> None:
    with pytest.raises(FormatError) as refused:
        read_sbom(b'{"bomFormat": "CycloneDX",\n "specVersion": "1.6",\n "components" []}')
    assert [(problem.where, problem.what) for problem in refused.value.problems] == [
        ("line 3", "JSON is malformed: expected ':'")
    ]


def test_a_byte_order_mark_is_reported_and_read_over() -> None:
    _, problems = read_sbom(b"\xef\xbb\xbf" + cyclonedx({"name": "a"}))
    assert problems == [
        Problem("", "begins with a byte order mark", "save it as UTF-8 without one (RFC 8259, 8.1)"),
    ]


START = b'{"bomFormat":"CycloneDX","specVersion":"1.6",'


@pytest.mark.parametrize(
    "text",
    [b"[" * 1_000_000, b'{"a":' * 500_000, START + b'"x":' + b"[" * 100 + b"]" * 100 + b"}",
     START + b'"components":' + b'[{"name":"a","components":' * 60 + b"[]" + b"}]" * 60 + b"}"],
)  # fmt: skip
def test_deep_nesting_is_refused_before_it_is_decoded(text: bytes) -> None:
    with pytest.raises(FormatError, match="more than 100 deep"):
        read_sbom(text)


def test_brackets_in_texts_do_not_nest() -> None:
    name = "[" * 500 + '\\"' + "{" * 500 + "\\\\"
    found, problems = read(
        b'{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"name":"%s"}]}' % name.encode()
    )
    assert (len(found.components[0].name), problems) == (1002, [])
    deep = b'{"bomFormat":"CycloneDX","specVersion":"1.6","x":' + b"[" * 90 + b'"]"' + b"]" * 90 + b"}"
    assert read(deep)[1] == []


def test_limits_of_size_and_number() -> None:
    with pytest.raises(FormatError, match="at most 10 are read"):
        read_sbom(cyclonedx(), Limits(size=10))
    with pytest.raises(FormatError, match="more than 2 components"):
        read_sbom(cyclonedx({"name": "a", "components": [{"name": "b"}, {"name": "c"}]}), Limits(components=2))
    with pytest.raises(FormatError, match="more than 1 packages"):
        read_sbom(spdx(PACKAGE, PACKAGE), Limits(components=1))


def test_fifty_thousand_components() -> None:
    many = [
        {"type": "library", "bom-ref": f"r{n}", "name": f"c{n}", "version": "1.0", "purl": f"pkg:npm/c{n}@1.0"}
        for n in range(50_000)
    ]
    found, problems = read_sbom(cyclonedx(*many))
    assert (len(found.components), problems, found.skipped) == (50_000, [], 0)
    assert len({component.ref for component in found.components}) == 50_000


@given(st.one_of(
    st.binary(max_size=200),
    st.binary(max_size=60).map(b'{"bomFormat":"CycloneDX","specVersion":"1.6",'.__add__),
    st.text(max_size=60).map(str.encode).map(b'{"spdxVersion":"SPDX-2.3","packages":'.__add__),
))  # fmt: skip
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Nothing but `FormatError` is ever raised."""
    try:
        read_sbom(data)
    except FormatError as refused:
        problems = refused.problems
    else:
        return
    assert problems


KEYS = (
    "name", "bom-ref", "purl", "cpe", "components", "hashes", "licenses", "license", "supplier", "SPDXID",
    "versionInfo", "externalRefs", "referenceType", "referenceLocator", "checksums",
)  # fmt: skip


def nested(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=5))


LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(0, 9), st.text(max_size=8), st.sampled_from(["pkg:npm/a@1", "cpe:/a:b"])
)
JSON = st.recursive(LEAVES, nested, max_leaves=12)


@given(st.lists(JSON, max_size=4), JSON, JSON, JSON)
def test_any_json_is_read_or_refused_and_every_component_accounted_for(
    components: list[object], metadata: object, dependencies: object, packages: object
) -> None:
    """Read plus skipped is what was there, whatever shape it has."""
    found, _ = read_sbom(cyclonedx(*[c for c in components if not isinstance(c, dict) or "components" not in c]))
    there = [c for c in components if not isinstance(c, dict) or "components" not in c]
    assert len(found.components) + found.skipped == len(there)
    for data in (
        cyclonedx(*components, metadata=metadata, dependencies=dependencies),
        spdx(*components, relationships=packages),
    ):
        try:
            read_sbom(data)
        except FormatError as refused:
            assert refused.what  # noqa: PT017  (a refusal is one of the two right answers)
