"""OpenVEX 0.2.0 documents about one release, written and read.

The dialect names a product by an IRI and identifiers alone. So the release is `urn:uuid:<uid>`, and its name, version
and manufacturer stand in the URN's q-component, which no one compares (RFC 8141, 3): people need to see them.
Source: OpenVEX specification v0.2.0 (openvex/spec).
"""

from __future__ import annotations

import msgspec

from suture.core.errors import FormatError, InvalidValue, Problem
from suture.core.vex import Justification, VexDocument, VexProduct, VexStatement, VexStatus
from suture.formats.decoding import decode
from suture.formats.iri import quoted, unquoted
from suture.formats.json_text import LIMITS, Limits, checked
from suture.formats.node import Node

CONTEXT = "https://openvex.dev/ns/v0.2.0"

_ANY = msgspec.json.Decoder(object)
_URN = "urn:uuid:"
_IN_PURL = "/:@?&=#%+,;!$'()*[]"  # reserved characters that a package URL may hold, and codes it already has
_OPTIONAL = (
    ("justification", "justification"),
    ("impact", "impact_statement"),
    ("action", "action_statement"),
    ("notes", "status_notes"),
)


def write(document: VexDocument) -> dict[str, object]:
    """Write a document; the same values give the same keys in the same order.

    Raises:
        InvalidValue: no statement: the dialect has no empty document.
    """
    if not document.statements:
        raise InvalidValue("an OpenVEX document states at least one thing")
    return {
        "@context": CONTEXT,
        "@id": document.id,
        "author": document.author,
        "timestamp": document.issued,
        "version": document.version,
        "statements": [_statement(statement, document.product) for statement in dict.fromkeys(document.statements)],
    }


def _statement(statement: VexStatement, product: VexProduct) -> dict[str, object]:
    vulnerability: dict[str, object] = {"name": statement.vulnerability}
    if statement.aliases:
        vulnerability["aliases"] = list(dict.fromkeys(statement.aliases))
    written: dict[str, object] = {"vulnerability": vulnerability}
    if statement.since:
        written["timestamp"] = statement.since
    written["products"] = [_product(product, statement.components)]
    written["status"] = statement.status.value
    if product.manufacturer:
        written["supplier"] = product.manufacturer
    for field, key in _OPTIONAL:
        if value := getattr(statement, field):
            written[key] = str(value)
    return written


def _product(product: VexProduct, components: tuple[str, ...]) -> dict[str, object]:
    written: dict[str, object] = {
        "@id": f"{_URN}{product.uid}?=name={quoted(product.name)}&version={quoted(product.version)}"
    }
    identifiers = {key: value for key, value in (("purl", product.purl), ("cpe23", product.cpe)) if value}
    if identifiers:
        written["identifiers"] = identifiers
    if components:
        written["subcomponents"] = [{"@id": _component_id(name, product)} for name in dict.fromkeys(components)]
    return written


def _component_id(name: str, product: VexProduct) -> str:
    """A package URL is an IRI; anything else becomes a place inside the release."""
    if name.startswith("pkg:") and (encoded := quoted(name, _IN_PURL)) == name:
        return encoded
    return f"{_URN}{product.uid}#{quoted(name)}"


def read(data: bytes, limits: Limits = LIMITS) -> VexDocument:
    """Read a document about one product.

    Raises:
        FormatError: not OpenVEX, several products, or a statement without what its status demands; every problem is
            listed with its place.
    """
    raw = decode(_ANY, checked(data, limits), "OpenVEX")
    problems: list[Problem] = []
    top = Node(raw if isinstance(raw, dict) else {}, problems)
    if not top.text("@context", "").startswith("https://openvex.dev/ns"):
        raise FormatError("not OpenVEX: no OpenVEX @context", [Problem("/@context", "missing or of another kind")])
    products: dict[str, VexProduct] = {}
    statements = top.each("statements", lambda node: _read_statement(node, products))
    version = top.raw.get("version")
    if type(version) is not int:
        top.note("version", "missing, or no whole number")
    if len(products) > 1:
        raise FormatError(f"not yet read: OpenVEX about several products ({len(products)})", problems)
    if problems or not products or not statements:
        raise FormatError("not an OpenVEX document about one product", problems)
    document = VexDocument(
        id=top.text("@id"),
        version=version if type(version) is int else 1,
        issued=top.text("timestamp"),
        author=top.text("author"),
        product=next(iter(products.values())),
        statements=tuple(statement for statement in statements if statement is not None),
    )
    if problems:
        raise FormatError("not a whole OpenVEX document", problems)
    return document


def _read_statement(node: Node, products: dict[str, VexProduct]) -> VexStatement | None:
    before = len(node.problems)
    vulnerability = node.inner("vulnerability") or Node({}, node.problems, node, "vulnerability")
    components: list[str] = []
    supplier = node.text("supplier", "")
    for place in node.nodes("products"):
        product = _read_product(place, supplier)
        products[product.uid or product.purl] = product
        components += [_read_component(part, product) for part in place.nodes("subcomponents")]
    status, justification = node.text("status"), node.text("justification", "")
    texts = node.texts("impact_statement", "action_statement", "timestamp", "status_notes")
    name = vulnerability.text("name")
    aliases = vulnerability.raw.get("aliases")
    if status and status not in set(VexStatus):
        node.note("status", f"{status!r} is no status", "write " + ", ".join(VexStatus))
    if justification and justification not in set(Justification):
        node.note("justification", f"{justification!r} is no justification", "write " + ", ".join(Justification))
    if len(node.problems) > before:
        return None
    try:
        return VexStatement(
            vulnerability=name,
            aliases=tuple(map(str, aliases)) if isinstance(aliases, list) else (),
            components=tuple(components),
            status=VexStatus(status),
            justification=Justification(justification) if justification else None,
            impact=texts[0],
            action=texts[1],
            since=texts[2],
            notes=texts[3],
        )
    except InvalidValue as wrong:
        node.note("", str(wrong))
        return None


def _read_product(node: Node, supplier: str) -> VexProduct:
    name = node.text("@id", "")
    inner = node.inner("identifiers")
    url, cpe = inner.texts("purl", "cpe23") if inner else ("", "")
    if not name and not url and not cpe:
        node.note("", "a product without @id and without identifiers")
    address, _, about = name.partition("?=")
    said = dict(part.partition("=")[::2] for part in about.split("&") if part)
    return VexProduct(
        name=_decoded(node, said.get("name", "")),
        version=_decoded(node, said.get("version", "")),
        uid=address.removeprefix(_URN) if address.startswith(_URN) else "",
        manufacturer=supplier,
        purl=url or (name if name.startswith("pkg:") else ""),
        cpe=cpe,
    )


def _read_component(node: Node, product: VexProduct) -> str:
    name = node.text("@id", "")
    if not name:
        identifiers = node.inner("identifiers")
        return next(filter(None, identifiers.texts("purl", "cpe23", "cpe22")), "") if identifiers else ""
    inside = f"{_URN}{product.uid}#"
    return _decoded(node, name.removeprefix(inside)) if product.uid and name.startswith(inside) else name


def _decoded(node: Node, text: str) -> str:
    try:
        return unquoted(text)
    except InvalidValue as wrong:
        node.note("@id", str(wrong))
        return text
