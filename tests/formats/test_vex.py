"""VEX in two dialects: what we write is valid, is read back as it was meant, and is the same bytes each time."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suture.core.errors import FormatError, InvalidValue
from suture.core.vex import Justification, VexDocument, VexProduct, VexStatement, VexStatus
from suture.formats import cyclonedx_vex, openvex
from suture.formats.check import check

PUMP = VexProduct(
    name="Aria P2", version="4.2", uid="0190c1de-0000-7000-8000-000000000001", manufacturer="Northlake Medical",
    purl="pkg:generic/aria-p2@4.2", cpe="cpe:2.3:o:northlake:aria_p2_firmware:4.2:*:*:*:*:*:*:*",
)  # fmt: skip


def document(*statements: VexStatement) -> VexDocument:
    return VexDocument(
        id="urn:uuid:0190c1de-0000-7000-8000-0000000000aa", version=3, issued="2026-02-01T09:00:00Z",
        author="Northlake Medical",
        product=PUMP, statements=statements,
    )  # fmt: skip


STATEMENTS = (
    VexStatement(vulnerability="CVE-2022-37434", aliases=("GHSA-cfmr-vrgj-vqwv",),
                 components=("pkg:generic/zlib@1.2.12", "zlib@1.2.12"),
                 status=VexStatus.AFFECTED, action="Update to 4.3.", since="2026-01-01T00:00:00Z", notes="controlled"),
    VexStatement(vulnerability="CVE-2021-44228", status=VexStatus.NOT_AFFECTED,
                 justification=Justification.COMPONENT_NOT_PRESENT),
    VexStatement(vulnerability="CVE-2014-0160", status=VexStatus.NOT_AFFECTED, impact="Compiled out.", notes="n"),
    VexStatement(vulnerability="CVE-2017-0144", status=VexStatus.FIXED, since="2026-01-01T00:00:00Z"),
    VexStatement(vulnerability="NORTHLAKE-2026-1", status=VexStatus.UNDER_INVESTIGATION, notes="being looked at"),
)  # fmt: skip

words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
maybe = st.just("") | words
names = (
    st.sampled_from(
        ["pkg:generic/zlib@1.2.12", "pkg:npm/%40a/b@1?x=y", "zlib@1.2", "no version", "@scope/x", "a@", "pkg: x"]
    )
    | words
)


@st.composite
def statements(draw: st.DrawFn) -> VexStatement:
    status = draw(st.sampled_from(VexStatus))
    justification = draw(st.none() | st.sampled_from(Justification)) if status is VexStatus.NOT_AFFECTED else None
    return VexStatement(
        vulnerability="CVE-" + draw(words),
        aliases=tuple(draw(st.lists(words, max_size=2, unique=True))),
        components=tuple(draw(st.lists(names, max_size=3, unique=True))),
        status=status,
        justification=justification,
        impact=draw(words if status is VexStatus.NOT_AFFECTED and not justification else maybe),
        action=draw(words if status is VexStatus.AFFECTED else maybe),
        since=draw(st.sampled_from(["", "2026-01-01T00:00:00Z"])),
        notes=draw(maybe),
    )


@pytest.mark.parametrize("dialect", [openvex, cyclonedx_vex])
@given(written=st.lists(statements(), min_size=1, max_size=3, unique_by=lambda s: s.vulnerability))
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_valid_and_read_back(dialect: object, written: list[VexStatement]) -> None:
    """Style §7: read(write(x)) == x, and the official schema accepts what we write."""
    given_document = document(*written)
    data = json.dumps(dialect.write(given_document)).encode()  # type: ignore[attr-defined]
    assert check(data).problems == ()
    assert dialect.read(data) == given_document  # type: ignore[attr-defined]


@pytest.mark.parametrize("dialect", [openvex, cyclonedx_vex])
@pytest.mark.parametrize("product", [replace(PUMP, purl="", cpe=""), replace(PUMP, manufacturer="", version="")])
def test_a_product_without_identifiers(dialect: object, product: VexProduct) -> None:
    given_document = replace(document(*STATEMENTS), product=product)
    data = json.dumps(dialect.write(given_document)).encode()  # type: ignore[attr-defined]
    assert dialect.read(data) == given_document  # type: ignore[attr-defined]
    assert {problem.where for problem in check(data).problems} <= {"/metadata/component/version"}


def test_equal_values_give_equal_bytes() -> None:
    for dialect in (openvex, cyclonedx_vex):
        assert json.dumps(dialect.write(document(*STATEMENTS))) == json.dumps(dialect.write(document(*STATEMENTS)))


def test_openvex_says_what_its_specification_asks_for() -> None:
    written = openvex.write(document(*STATEMENTS))
    assert list(written) == ["@context", "@id", "author", "timestamp", "version", "statements"]
    first = json.loads(json.dumps(written))["statements"][0]
    assert first == {
        "vulnerability": {"name": "CVE-2022-37434", "aliases": ["GHSA-cfmr-vrgj-vqwv"]},
        "timestamp": "2026-01-01T00:00:00Z",
        "products": [{
            "@id": "urn:uuid:0190c1de-0000-7000-8000-000000000001?=name=Aria%20P2&version=4.2",
            "identifiers": {"purl": "pkg:generic/aria-p2@4.2", "cpe23": PUMP.cpe},
            "subcomponents": [
                {"@id": "pkg:generic/zlib@1.2.12"},
                {"@id": "urn:uuid:0190c1de-0000-7000-8000-000000000001#zlib%401.2.12"},
            ],
        }],
        "status": "affected", "supplier": "Northlake Medical",
        "action_statement": "Update to 4.3.", "status_notes": "controlled",
    }  # fmt: skip
    with pytest.raises(InvalidValue, match="at least one thing"):
        openvex.write(document())


def test_cyclonedx_says_it_in_its_own_words() -> None:
    written = json.loads(json.dumps(cyclonedx_vex.write(document(*STATEMENTS))))
    assert written["metadata"]["component"]["bom-ref"] == PUMP.uid
    assert [component["bom-ref"] for component in written["components"]] == ["pkg:generic/zlib@1.2.12", "zlib@1.2.12"]
    assert [
        (v["id"], v["analysis"]["state"], v["analysis"].get("justification")) for v in written["vulnerabilities"]
    ] == [
        ("CVE-2022-37434", "exploitable", None),
        ("CVE-2021-44228", "not_affected", "requires_dependency"),
        ("CVE-2014-0160", "not_affected", None),
        ("CVE-2017-0144", "resolved", None),
        ("NORTHLAKE-2026-1", "in_triage", None),
    ]
    assert written["vulnerabilities"][0]["affects"] == [
        {"ref": PUMP.uid}, {"ref": "pkg:generic/zlib@1.2.12"}, {"ref": "zlib@1.2.12"},
    ]  # fmt: skip
    assert written["vulnerabilities"][0]["recommendation"] == "Update to 4.3."


@pytest.mark.parametrize(
    ("state", "reason", "status", "justification"),
    [
        # reference: CycloneDX to OpenVEX/CSAF
        ("exploitable", "", VexStatus.AFFECTED, None),
        ("in_triage", "", VexStatus.UNDER_INVESTIGATION, None),
        ("resolved", "", VexStatus.FIXED, None),
        ("resolved_with_pedigree", "", VexStatus.FIXED, None),
        ("false_positive", "", VexStatus.NOT_AFFECTED, Justification.VULNERABLE_CODE_NOT_PRESENT),
        ("not_affected", "code_not_present", VexStatus.NOT_AFFECTED, Justification.VULNERABLE_CODE_NOT_PRESENT),
        ("not_affected", "code_not_reachable", VexStatus.NOT_AFFECTED,
         Justification.VULNERABLE_CODE_NOT_IN_EXECUTE_PATH),
        ("not_affected", "requires_dependency", VexStatus.NOT_AFFECTED, Justification.COMPONENT_NOT_PRESENT),
        ("not_affected", "requires_configuration", VexStatus.NOT_AFFECTED,
         Justification.VULNERABLE_CODE_CANNOT_BE_CONTROLLED_BY_ADVERSARY),
        ("not_affected", "requires_environment", VexStatus.NOT_AFFECTED,
         Justification.VULNERABLE_CODE_CANNOT_BE_CONTROLLED_BY_ADVERSARY),
        ("not_affected", "protected_by_compiler", VexStatus.NOT_AFFECTED,
         Justification.INLINE_MITIGATIONS_ALREADY_EXIST),
        ("not_affected", "protected_at_runtime", VexStatus.NOT_AFFECTED,
         Justification.INLINE_MITIGATIONS_ALREADY_EXIST),
        ("not_affected", "protected_by_mitigating_control", VexStatus.NOT_AFFECTED,
         Justification.INLINE_MITIGATIONS_ALREADY_EXIST),
        ("not_affected", "protected_at_perimeter", VexStatus.NOT_AFFECTED, None),  # no faithful equivalent
    ],
)  # fmt: skip
def test_cyclonedx_of_others(state: str, reason: str, status: VexStatus, justification: Justification | None) -> None:
    analysis = {"state": state, "detail": "why"} | ({"justification": reason} if reason else {})
    data = {
        "bomFormat": "CycloneDX", "specVersion": "1.4", "metadata": {"component": {"name": "ABC", "bom-ref": "p"}},
        "components": [{"name": "log4j", "version": "2.14", "bom-ref": "c"}],
        "vulnerabilities": [
            {"id": "CVE-1", "analysis": analysis, "recommendation": "r", "affects": [{"ref": "p"}, {"ref": "c"}]},
        ],
    }  # fmt: skip
    (found,) = cyclonedx_vex.read(json.dumps(data).encode()).statements
    assert (found.status, found.justification, found.components) == (status, justification, ("log4j@2.14",))
    assert (found.impact if status is VexStatus.NOT_AFFECTED else found.notes) == "why"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"status": "fine"}, "/statements/0/status"),
        ({"status": "affected"}, "/statements/0"),  # without an action
        ({"status": "not_affected"}, "/statements/0"),  # without justification and impact
        ({"status": "not_affected", "justification": "we are sure"}, "/statements/0/justification"),
        ({"vulnerability": "CVE-1"}, "/statements/0/vulnerability"),
        ({"products": [{}]}, "/statements/0/products/0"),
    ],
)
def test_statements_that_say_too_little_are_refused_with_their_place(change: dict[str, object], where: str) -> None:
    written = json.loads(
        json.dumps(openvex.write(document(VexStatement(vulnerability="CVE-1", status=VexStatus.FIXED))))
    )
    written["statements"][0] |= change
    with pytest.raises(FormatError) as refused:
        openvex.read(json.dumps(written).encode())
    assert where in [problem.where for problem in refused.value.problems]


def test_several_products_are_not_yet_read() -> None:
    written = json.loads(json.dumps(openvex.write(document(*STATEMENTS))))
    written["statements"][0]["products"].append({"@id": "pkg:generic/other@1"})
    with pytest.raises(FormatError, match="several products"):
        openvex.read(json.dumps(written).encode())


@pytest.mark.parametrize("dialect", [openvex, cyclonedx_vex])
@given(st.one_of(
    st.binary(max_size=80),
    st.dictionaries(
        st.sampled_from(["@context", "@id", "statements", "version", "bomFormat", "vulnerabilities", "metadata"]),
        st.sampled_from(["https://openvex.dev/ns", "CycloneDX", 1, [], [{}], [1], {}, {"component": {"name": "x"}}]),
    )
    .map(json.dumps).map(str.encode),
))  # fmt: skip
def test_any_bytes_are_read_or_refused(dialect: object, data: bytes) -> None:
    try:
        dialect.read(data)  # type: ignore[attr-defined]
    except FormatError as refused:
        problems = refused.problems
    else:
        return
    assert problems
