"""SPDX 2.2 and 2.3 documents in JSON, read into core values.

Source: SPDX specification 2.3 (spdx.github.io/spdx-spec/v2.3), clauses 6 (document), 7 (package), 11 (relationship).
"""

from __future__ import annotations

import re
from dataclasses import replace

from suture.core import cpe, purl
from suture.core.components import Component, Sbom
from suture.core.errors import FormatError, Problem
from suture.formats.json_text import LIMITS, Document, Limits
from suture.formats.node import Node

VERSIONS = ("SPDX-2.2", "SPDX-2.3")

_NO_ANSWER = frozenset({"", "NOASSERTION", "NONE"})
_PARTY = re.compile(r"(?:Organization|Person|Tool):\s*(.*?)(?:\s*\(.*\))?\s*")
_BUILT_FROM = re.compile(r"built package from: (\S+(?: \S+)?)").fullmatch
_NAME_MEND = "every SPDX package has a name (7.1)"

# Relationship types that say 'the first depends on the second' or the reverse (clause 11.1).
_DEPENDS = frozenset({"DEPENDS_ON", "HAS_PREREQUISITE", "DYNAMIC_LINK", "STATIC_LINK"})
_DEPENDED_ON = frozenset(
    {
        "DEPENDENCY_OF", "BUILD_DEPENDENCY_OF", "DEV_DEPENDENCY_OF", "OPTIONAL_DEPENDENCY_OF", "PROVIDED_DEPENDENCY_OF",
        "RUNTIME_DEPENDENCY_OF", "TEST_DEPENDENCY_OF", "PREREQUISITE_FOR",
    }
)  # fmt: skip


def read(data: bytes, limits: Limits = LIMITS) -> tuple[Sbom, list[Problem]]:
    """Read a document: every package, what contains and depends on what, and every problem on the way.

    The one package that the document describes is the root; it is among the components as well where it carries an
    identifier, so that it is looked up like them. Where the document describes several packages, there is no root.
    Files and snippets are no components and are not read.
    A package without SPDXID or name is noted, skipped and counted; one with a malformed package URL or CPE is kept.

    Args:
        data: UTF-8 without byte order mark, within `limits` (see `json_text.checked`).

    Raises:
        FormatError: not SPDX JSON of a version read here, or more packages than the limit.
    """
    return assemble(Document(data, "SPDX JSON"), limits)


def assemble(document: Document, limits: Limits) -> tuple[Sbom, list[Problem]]:
    """As `read`, from a document already split into its members."""
    problems: list[Problem] = []
    top = Node({name: document.value(name) for name in ("spdxVersion", "documentNamespace")}, problems)
    version = top.text("spdxVersion", "")
    if version not in VERSIONS:
        said = version.replace("-", " ", 1) or "SPDX without spdxVersion"
        raise FormatError(f"not yet read: {said}; SPDX 2.2 and 2.3 are")
    packages, skipped = _packages(document, problems, limits.components) if "packages" in document else ({}, 0)
    links = _relationships(document, problems) if "relationships" in document else _Links()
    described = {ref: None for ref in (*_described(document, problems), *links.described) if ref in packages}
    root = packages[next(iter(described))] if len(described) == 1 else None
    if root is not None and not (root.purls or root.cpes):
        del packages[root.ref]
    created, author = _creation(document.value("creationInfo"), problems) if "creationInfo" in document else ("", "")
    problems += document.repeated()
    sbom = Sbom(
        format="SPDX",
        spec_version=version.removeprefix("SPDX-"),
        serial=top.text("documentNamespace", ""),
        created=created,
        author=author,
        root=root,
        components=tuple(_placed(component, links.inside.get(ref, "")) for ref, component in packages.items()),
        depends_on=tuple(links.depends_on),
        skipped=skipped,
    )
    return sbom, problems


def _packages(document: Document, problems: list[Problem], limit: int) -> tuple[dict[str, Component], int]:
    """The packages by SPDXID, and how many had to be skipped; a second package of the same SPDXID gets a number."""
    found: dict[str, Component] = {}
    skipped = 0
    for number, decoded in enumerate(document.each("packages")):
        if number >= limit:
            raise FormatError(f"more than {limit:,} packages")
        node = Node(decoded if isinstance(decoded, dict) else {}, problems, "/packages", number=number)
        ref = node.text("SPDXID", mend="every SPDX package has an SPDXID (7.2)")
        if ref in found:
            node.note("SPDXID", f"{ref!r} names two packages", "give each an SPDXID of its own")
            ref = next(other for again in range(2, 1 << 30) if (other := f"{ref}~{again}") not in found)
        component = _component(node, ref)
        if node.bad:
            skipped += 1
        else:
            found[ref] = component
    return found, skipped


def _component(node: Node, ref: str) -> Component:
    version, purpose, end = node.texts("versionInfo", "primaryPackagePurpose", "validUntilDate")
    urls, names = _identifiers(node) if node.raw.get("externalRefs") else ((), ())
    return Component(
        ref=ref,
        name=node.text("name", mend=_NAME_MEND),
        version="" if version in _NO_ANSWER else version,
        supplier=_party(node, "supplier") or _party(node, "originator"),
        kind=purpose.lower().replace("_", "-") or _kind(ref),
        purls=urls,
        cpes=names,
        hashes=node.pairs("checksums", "algorithm", "checksumValue"),
        licences=_licences(node),
        source=_source(node),
        end_of_support=end,  # 7.27 Valid until date: the end of the support period, by the supplier
    )


def _source(node: Node) -> str:
    """Trivy writes the source package of a distribution's package into the free text of 7.12."""
    stated = node.raw.get("sourceInfo")
    found = _BUILT_FROM(stated) if type(stated) is str else None
    return found[1] if found else ""


def _kind(ref: str) -> str:
    """SPDX 2.2 has no purpose of a package; Trivy tells the operating system by its SPDXID."""
    return "operating-system" if ref.startswith("SPDXRef-OperatingSystem") else "library"


def _identifiers(node: Node) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Package URLs and CPE names among the external references (7.21)."""
    urls: list[str] = []
    names: list[str] = []
    for reference in node.nodes("externalRefs"):
        kind = reference.raw.get("referenceType")
        if kind == "purl":
            urls.append(reference.parse("referenceLocator", purl.parse, purl.MEND))
        elif kind in ("cpe23Type", "cpe22Type"):
            names.append(reference.parse("referenceLocator", cpe.parse, cpe.MEND))
    return tuple(dict.fromkeys(filter(None, urls))), tuple(dict.fromkeys(filter(None, names)))


def _party(node: Node, key: str) -> str:
    """'Organization: Acme (security@acme.example)' is 'Acme'; '' where nothing is asserted."""
    stated = node.text(key, "")
    return "" if stated in _NO_ANSWER else _named(stated)


def _licences(node: Node) -> tuple[str, ...]:
    concluded, declared = node.texts("licenseConcluded", "licenseDeclared")
    return tuple(dict.fromkeys(licence for licence in (concluded, declared) if licence not in _NO_ANSWER))


def _placed(component: Component, parent: str) -> Component:
    return replace(component, parent=parent) if parent else component


class _Links:
    """What the relationships say."""

    def __init__(self) -> None:
        self.depends_on: list[tuple[str, str]] = []
        self.inside: dict[str, str] = {}
        self.described: list[str] = []


def _relationships(document: Document, problems: list[Problem]) -> _Links:
    links = _Links()
    for number, decoded in enumerate(document.each("relationships")):
        node = Node(decoded if isinstance(decoded, dict) else {}, problems, "/relationships", number=number)
        one, other, kind = node.text("spdxElementId"), node.text("relatedSpdxElement"), node.text("relationshipType")
        if node.bad:
            continue
        if kind in _DEPENDS:
            links.depends_on.append((one, other))
        elif kind in _DEPENDED_ON:
            links.depends_on.append((other, one))
        elif kind == "CONTAINS":
            links.inside.setdefault(other, one)
        elif kind == "CONTAINED_BY":
            links.inside.setdefault(one, other)
        elif kind == "DESCRIBES":
            links.described.append(other)
        elif kind == "DESCRIBED_BY":
            links.described.append(one)
    return links


def _described(document: Document, problems: list[Problem]) -> list[str]:
    """The array `documentDescribes`, which 2.3 deprecates in favour of the relationship."""
    if "documentDescribes" not in document:
        return []
    stated = document.value("documentDescribes")
    if isinstance(stated, list):
        return [ref for ref in stated if isinstance(ref, str)]
    problems.append(Problem("/documentDescribes", "not an array"))
    return []


def _creation(decoded: object, problems: list[Problem]) -> tuple[str, str]:
    """When the document was made, and by whom: people and organisations, tools only where nobody else is named."""
    node = Node(decoded if isinstance(decoded, dict) else {}, problems, "/creationInfo")
    stated = node.raw.get("creators")
    creators = [name for name in stated if isinstance(name, str)] if isinstance(stated, list) else []
    named = [name for name in creators if not name.startswith("Tool:")] or creators
    return node.text("created", ""), ", ".join(_named(name) for name in named)


def _named(party: str) -> str:
    found = _PARTY.fullmatch(party)
    return found[1] if found else party
