"""VEX in CycloneDX 1.6: `vulnerabilities[].analysis` about one release, written and read.

The two dialects have other words for one judgement. The tables below turn them into each other; where several words
become one, ours is kept beside it as a property, so that what we wrote is read as it was meant.
Source: CycloneDX 1.6 (ECMA-424), vulnerabilities[].analysis; mapping of ours, lossy in the reader's direction.
"""

from __future__ import annotations

import re
from collections import Counter

import msgspec

from suture.core import purl
from suture.core.errors import FormatError, InvalidValue, Problem
from suture.core.vex import Justification, VexDocument, VexProduct, VexStatement, VexStatus
from suture.formats.decoding import decode
from suture.formats.json_text import LIMITS, Limits, checked
from suture.formats.node import Node

SPEC_VERSION = "1.6"

STATES = {
    VexStatus.AFFECTED: "exploitable",
    VexStatus.NOT_AFFECTED: "not_affected",
    VexStatus.FIXED: "resolved",
    VexStatus.UNDER_INVESTIGATION: "in_triage",
}
STATUSES = {state: status for status, state in STATES.items()} | {
    "resolved_with_pedigree": VexStatus.FIXED,
    "false_positive": VexStatus.NOT_AFFECTED,
}

J = Justification
REASONS = {
    J.COMPONENT_NOT_PRESENT: "requires_dependency",
    J.VULNERABLE_CODE_NOT_PRESENT: "code_not_present",
    J.VULNERABLE_CODE_NOT_IN_EXECUTE_PATH: "code_not_reachable",
    J.VULNERABLE_CODE_CANNOT_BE_CONTROLLED_BY_ADVERSARY: "requires_environment",
    J.INLINE_MITIGATIONS_ALREADY_EXIST: "protected_by_mitigating_control",
}
# `protected_at_perimeter` has no faithful equivalent: what stands outside the device is no mitigation built into it.
JUSTIFICATIONS = {reason: justification for justification, reason in REASONS.items()} | {
    "requires_configuration": J.VULNERABLE_CODE_CANNOT_BE_CONTROLLED_BY_ADVERSARY,
    "protected_by_compiler": J.INLINE_MITIGATIONS_ALREADY_EXIST,
    "protected_at_runtime": J.INLINE_MITIGATIONS_ALREADY_EXIST,
}

_PREFIX = "suture:vex:"
_SERIAL = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ANY = msgspec.json.Decoder(object)


def write(document: VexDocument) -> dict[str, object]:
    """Write a document, one vulnerability object per statement; equal values give equal keys in equal order."""
    ours = [("id", document.id)] if not _SERIAL.fullmatch(document.id) else []
    written: dict[str, object] = {"$schema": f"http://cyclonedx.org/schema/bom-{SPEC_VERSION}.schema.json"}
    written |= {"bomFormat": "CycloneDX", "specVersion": SPEC_VERSION}
    if not ours:
        written["serialNumber"] = document.id
    written["version"] = document.version
    written["metadata"] = {
        "timestamp": document.issued,
        "authors": [{"name": document.author}],
        "component": _product(document.product),
        **_properties(ours),
    }
    parts = dict.fromkeys(name for statement in document.statements for name in statement.components)
    if parts:
        written["components"] = [_component(name) for name in parts]
    times = Counter(statement.vulnerability for statement in document.statements)
    written["vulnerabilities"] = [
        _vulnerability(statement, document.product, narrowed=times[statement.vulnerability] > 1)
        for statement in document.statements
    ]
    return written


def _product(product: VexProduct) -> dict[str, object]:
    written: dict[str, object] = {"type": "device", "bom-ref": product.uid, "name": product.name}
    if product.manufacturer:
        written["manufacturer"] = {"name": product.manufacturer}
    for key, value in (("version", product.version), ("cpe", product.cpe), ("purl", product.purl)):
        if value:
            written[key] = value
    return written


def _component(name: str) -> dict[str, object]:
    """A part of the release by its package URL, or by name and version."""
    written: dict[str, object] = {"type": "library", "bom-ref": name}
    if name.startswith("pkg:"):
        try:
            found = purl.parse(name)
            return (
                written | {"name": found.name} | ({"version": found.version} if found.version else {}) | {"purl": name}
            )
        except InvalidValue:
            return written | {"name": name}
    first, _, version = name.rpartition("@")
    return written | ({"name": first, "version": version} if first and version else {"name": name})


def _vulnerability(statement: VexStatement, product: VexProduct, *, narrowed: bool) -> dict[str, object]:
    """One judgement. Where a vulnerability has several, each speaks of its components alone, not of the release."""
    written: dict[str, object] = {
        "id": statement.vulnerability,
        "source": {"name": _publisher(statement.vulnerability)},
    }
    if statement.aliases:
        written["references"] = [{"id": alias, "source": {"name": _publisher(alias)}} for alias in statement.aliases]
    if statement.action:
        written["recommendation"] = statement.action
    analysis: dict[str, object] = {"state": STATES[statement.status]}
    ours: list[tuple[str, str]] = []
    if statement.justification:
        analysis["justification"] = REASONS[statement.justification]
        ours.append(("justification", statement.justification.value))
    if detail := statement.impact or statement.notes:
        analysis["detail"] = detail
        ours.append(("detail", "impact" if statement.impact else "notes"))
    if statement.impact and statement.notes:
        ours.append(("notes", statement.notes))
    if statement.since:
        analysis["lastUpdated"] = statement.since
    written["analysis"] = analysis
    whole = () if narrowed and statement.components else (product.uid,)
    written["affects"] = [{"ref": ref} for ref in dict.fromkeys((*whole, *statement.components))]
    return written | _properties(ours)


def _properties(ours: list[tuple[str, str]]) -> dict[str, object]:
    return {"properties": [{"name": _PREFIX + name, "value": value} for name, value in ours]} if ours else {}


def _publisher(vulnerability: str) -> str:
    """Who gives out ids of this form; for our own, nobody else."""
    names = {
        "CVE": "CVE Program",
        "GHSA": "GitHub Advisory Database",
        "OSV": "OSV",
        "PYSEC": "PyPA",
        "RUSTSEC": "RustSec",
    }
    prefix = vulnerability.partition("-")[0]
    return names.get(prefix, prefix or "unknown")


def read(data: bytes, limits: Limits = LIMITS) -> VexDocument:
    """Read a document about the component of its metadata.

    Raises:
        FormatError: not CycloneDX JSON with vulnerabilities, or a statement without what its status demands; every
            problem is listed with its place.
    """
    raw = decode(_ANY, checked(data, limits), "CycloneDX VEX")
    problems: list[Problem] = []
    top = Node(raw if isinstance(raw, dict) else {}, problems)
    if top.text("bomFormat", "") != "CycloneDX" or "vulnerabilities" not in top.raw:
        raise FormatError("not CycloneDX VEX: no bomFormat 'CycloneDX', or no vulnerabilities", problems)
    metadata = top.inner("metadata") or Node({}, problems, top, "metadata")
    about = metadata.inner("component")
    if about is None:
        raise FormatError("not yet read: VEX without the product it speaks of in metadata.component", problems)
    product = _read_product(about)
    parts = {node.text("bom-ref", ""): _read_component(node) for node in top.nodes("components")}
    statements = top.each("vulnerabilities", lambda node: _read_vulnerability(node, product, parts))
    version = top.raw.get("version", 1)
    if type(version) is not int:
        top.note("version", "no whole number")
    document = VexDocument(
        id=_ours(metadata).get("id", "") or top.text("serialNumber", ""),
        version=version if type(version) is int else 1,
        issued=metadata.text("timestamp", ""),
        author=", ".join(filter(None, (author.text("name", "") for author in metadata.nodes("authors")))),
        product=product,
        statements=tuple(statement for statement in statements if statement is not None),
    )
    if problems:
        raise FormatError("not a whole CycloneDX VEX document", problems)
    return document


def _read_product(node: Node) -> VexProduct:
    maker = node.inner("manufacturer") or node.inner("supplier")
    ref, version, url, cpe = node.texts("bom-ref", "version", "purl", "cpe")
    return VexProduct(
        name=node.text("name"),
        version=version,
        uid=ref,
        manufacturer=maker.text("name", "") if maker else "",
        purl=url,
        cpe=cpe,
    )


def _read_component(node: Node) -> str:
    name, version, url = node.texts("name", "version", "purl")
    return url or (f"{name}@{version}" if version else name)


def _read_vulnerability(node: Node, product: VexProduct, parts: dict[str, str]) -> VexStatement | None:
    before = len(node.problems)
    ours = _ours(node)
    analysis = node.inner("analysis") or Node({}, node.problems, node, "analysis")
    state, reason, detail, since = analysis.texts("state", "justification", "detail", "lastUpdated")
    if state not in STATUSES:
        analysis.note("state", f"{state!r} is no state" if state else "missing", "write " + ", ".join(STATUSES))
    justification = ours.get("justification") or JUSTIFICATIONS.get(reason, "")
    if state == "false_positive" and not justification:
        justification = J.VULNERABLE_CODE_NOT_PRESENT
    if justification and justification not in set(Justification):
        node.note("properties", f"{justification!r} is no justification")
    refs = [place.text("ref", "") for place in node.nodes("affects")]
    aliases = [other.text("id", "") for other in node.nodes("references")]
    name, action = node.text("id"), node.text("recommendation", "") or node.text("workaround", "")
    if len(node.problems) > before:
        return None
    status = STATUSES[state]
    is_impact = ours.get("detail", "impact" if status is VexStatus.NOT_AFFECTED else "notes") == "impact"
    try:
        return VexStatement(
            vulnerability=name,
            aliases=tuple(filter(None, aliases)),
            components=tuple(parts.get(ref, ref) for ref in refs if ref and ref != product.uid),
            status=status,
            justification=Justification(justification) if justification else None,
            impact=detail if is_impact else "",
            action=action,
            since=since,
            notes=ours.get("notes", "" if is_impact else detail),
        )
    except InvalidValue as wrong:
        node.note("", str(wrong))
        return None


def _ours(node: Node) -> dict[str, str]:
    """Our own properties of a place, by name."""
    found = {entry.text("name", ""): entry.text("value", "") for entry in node.nodes("properties")}
    return {name.removeprefix(_PREFIX): value for name, value in found.items() if name.startswith(_PREFIX)}
