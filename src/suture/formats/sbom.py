"""One door for every bill of materials: what it is, told by its content, and the reader that knows it."""

from __future__ import annotations

import re

from suture.core.components import Sbom
from suture.core.errors import FormatError, Problem
from suture.formats import cyclonedx, spdx
from suture.formats.detect import HEAD, Kind, detect
from suture.formats.json_text import BOM, LIMITS, Document, Limits, checked

_CONVERT = "convert it to CycloneDX JSON or SPDX 2.3 JSON"


def read_sbom(data: bytes, limits: Limits = LIMITS) -> tuple[Sbom, list[Problem]]:
    """Read a CycloneDX or SPDX document in JSON.

    Returns:
        The bill of materials, and every problem found on the way. `sbom.skipped` counts components left out, each
        with a problem that says where and why.

    Raises:
        FormatError: it cannot be read at all; the text says what the file is and what to do.
    """
    if len(data) <= limits.size and (other := not_json(data)):
        raise FormatError(f"not yet read: {other}", [Problem("", f"this is {other}", _CONVERT)])
    text = checked(data, limits)
    document = Document(text, "JSON")
    if "bomFormat" in document:
        sbom, problems = cyclonedx.assemble(document, limits)
    elif "spdxVersion" in document:
        sbom, problems = spdx.assemble(document, limits)
    elif "@graph" in document and "spdx.org" in str(document.value("@context")):
        raise FormatError("not yet read: SPDX 3 (JSON-LD)", [Problem("", "this is SPDX 3 (JSON-LD)", _CONVERT)])
    else:
        kind = detect(text[:HEAD], "").kind
        said = "" if kind is Kind.OTHER else f" (it looks like {kind.value})"
        raise FormatError(f"no SBOM: JSON without bomFormat and without spdxVersion{said}")
    if data.startswith(BOM):
        problems.insert(0, Problem("", "begins with a byte order mark", "save it as UTF-8 without one (RFC 8259, 8.1)"))
    return sbom, problems


_XML = (
    (re.compile(rb"cyclonedx\.org/schema/bom"), "CycloneDX XML"),
    (re.compile(rb"spdx\.org/rdf"), "SPDX RDF/XML"),
    (re.compile(rb"<SoftwareIdentity"), "a SWID tag (XML)"),
    (re.compile(rb"<(?:\w+:)?(?:Document|SpdxDocument)[\s>]"), "SPDX XML"),
)
_OTHERS = (
    (re.compile(rb"PK\x03\x04|PK\x05\x06"), "a zip archive"),
    (re.compile(rb"\x1f\x8b"), "a gzip archive; unpack it first"),
    (re.compile(rb"BZh|\xfd7zXZ|\x28\xb5\x2f\xfd"), "a packed file; unpack it first"),
    (re.compile(rb"%PDF"), "a PDF document"),
    (re.compile(rb"\x0a\x03\d\.\d"), "CycloneDX protobuf"),
    (re.compile(rb"(?:#[^\n]*\n|\s)*SPDXVersion:"), "SPDX tag-value"),
    (re.compile(rb"(?:[^\n]*\n){0,40}?\s*spec_version:\s*\""), "CycloneDX protobuf text"),
    (re.compile(rb"(?:[^\n]*\n){0,40}?\s*@prefix"), "RDF (Turtle)"),
    (re.compile(rb"(?:---|(?:[^\n]*\n){0,40}?[\"']?(?:spdxVersion|SPDXID|bomFormat)[\"']?\s*:\s)"), "YAML"),
    (re.compile(rb"[^\n{}\[\]:]*,[^\n{}\[\]:]*,[^\n{}\[\]]*\r?\n"), "CSV"),
)


def not_json(data: bytes) -> str:
    """What a file is that is no JSON, by its first bytes; '' when it may be JSON. Nothing is unpacked or expanded."""
    head = data[:4096].removeprefix(BOM)
    text = head.lstrip()
    if text[:1] in (b"{", b"[", b'"', b""):
        return ""
    if text.startswith(b"<"):
        for pattern, name in _XML:
            if pattern.search(head):
                return name
        return "XML"
    return next((name for pattern, name in _OTHERS if pattern.match(head) or pattern.match(text)), "")
