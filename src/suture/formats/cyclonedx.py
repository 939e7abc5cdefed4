"""CycloneDX bills of materials in JSON, 1.2 to 1.7, read into core values.

Source: CycloneDX specification (ECMA-424), bom-1.2 to bom-1.7.schema.json; the property that names the end of support
is of the official taxonomy (cdx:lifecycle:milestone).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from suture.core import cpe, purl
from suture.core.components import Component, Sbom
from suture.core.errors import FormatError, Problem
from suture.formats.json_text import LIMITS, Document, Limits
from suture.formats.node import Node

VERSIONS = ("1.2", "1.3", "1.4", "1.5", "1.6", "1.7")
END_OF_SUPPORT = "cdx:lifecycle:milestone:endOfSupport"
SUPPORT_LEVEL = "suture:support-level"  # ours: FDA asks for it, no taxonomy has it (premarket guidance 2026, §V.A.4)

# A name of plain characters needs no further look: most have no others.
_PLAIN_PURL = re.compile(r"pkg:[a-z]+/(?:[A-Za-z0-9._~+-]+/)*[A-Za-z0-9._~+-]+@[A-Za-z0-9._~+-]+").fullmatch
_PLAIN_CPE = re.compile(r"cpe:2\.3:[aho](?::(?:[A-Za-z0-9._-]+|\*)){10}").fullmatch
# Trivy names the source package of a distribution's package in properties, Syft in the package URL.
_SRC_NAME, _SRC_EPOCH, _SRC_VERSION, _SRC_RELEASE = (
    f"aquasecurity:trivy:Src{part}" for part in ("Name", "Epoch", "Version", "Release")
)
_READ = frozenset({END_OF_SUPPORT, SUPPORT_LEVEL, _SRC_NAME, _SRC_EPOCH, _SRC_VERSION, _SRC_RELEASE})
_NAME_MEND = "every CycloneDX component has a name (components[].name)"


def read(data: bytes, limits: Limits = LIMITS) -> tuple[Sbom, list[Problem]]:
    """Read a bill of materials: every component, nested ones too, what depends on what, and every problem on the way.

    A component without a name, or whose version, package URL or CPE is no text, is noted, skipped and counted. One
    whose package URL or CPE is malformed is noted and kept: it is there, only not identified by it.
    What the document is about is the root; it is among the components as well where it carries an identifier, so that
    it is looked up like them. Services are no components and are not read.

    Args:
        data: UTF-8 without byte order mark, within `limits` (see `json_text.checked`).

    Raises:
        FormatError: not CycloneDX JSON of a version read here, or more components than the limit.
    """
    return assemble(Document(data, "CycloneDX JSON"), limits)


def assemble(document: Document, limits: Limits) -> tuple[Sbom, list[Problem]]:
    """As `read`, from a document already split into its members."""
    problems: list[Problem] = []
    top = Node({name: document.value(name) for name in ("bomFormat", "specVersion", "serialNumber")}, problems)
    version = top.text("specVersion", "")
    if top.text("bomFormat", "") != "CycloneDX" or version not in VERSIONS:
        raise FormatError(
            f"not yet read: CycloneDX {version or 'without specVersion'}; versions {VERSIONS[0]} to {VERSIONS[-1]} are"
        )
    reader = _Reader(problems, limits.components)
    root = reader.metadata(document.value("metadata")) if "metadata" in document else None
    if "components" in document:
        reader.gather(document.each("components"))
    depends_on = reader.edges(document.value("dependencies")) if "dependencies" in document else ()
    problems += document.repeated()
    sbom = Sbom(
        format="CycloneDX",
        spec_version=version,
        serial=top.text("serialNumber", ""),
        created=reader.created,
        author=reader.author,
        root=root,
        components=tuple(reader.components),
        depends_on=depends_on,
        skipped=reader.skipped,
    )
    return sbom, problems


class _Reader:
    """What one run gathers."""

    def __init__(self, problems: list[Problem], limit: int) -> None:
        self.problems = problems
        self.components: list[Component] = []
        self.skipped = 0
        self.created = ""
        self.author = ""
        self._limit = limit
        self._taken = 0
        self._refs: set[str] = set()

    def metadata(self, decoded: object) -> Component | None:
        """Date, author, and the component the document is about; components inside that one are components too."""
        if not isinstance(decoded, dict):
            self.problems.append(Problem("/metadata", "not an object"))
            return None
        node = Node(decoded, self.problems, "/metadata")
        self.created = node.text("timestamp", "")
        self.author = _author(node)
        about = node.inner("component")
        root = self._take(about, "") if about is not None else None
        if root is not None and (root.purls or root.cpes):
            self.components.insert(0, root)
        return root

    def gather(self, found: Iterator[object]) -> None:
        """The array `components`."""
        for number, decoded in enumerate(found):
            if type(decoded) is dict:
                self._keep(self._take(Node(decoded, self.problems, "/components", number=number), ""))
            else:
                self.problems.append(Problem(f"/components/{number}", "not an object"))
                self.skipped += 1

    def edges(self, decoded: object) -> tuple[tuple[str, str], ...]:
        """Who depends on whom, as pairs of refs."""
        found: list[tuple[str, str]] = []
        for number, entry in enumerate(decoded if isinstance(decoded, list) else [decoded]):
            ref, on = (entry.get("ref"), entry.get("dependsOn", [])) if type(entry) is dict else (None, None)
            if type(ref) is str and type(on) is list and all(type(other) is str for other in on):
                found += [(ref, other) for other in on]
            else:
                what = "not a ref with the refs it depends on"
                self.problems.append(Problem(f"/dependencies/{number}", what, "list bom-refs in `dependsOn`"))
        return tuple(found)

    def _keep(self, component: Component | None) -> None:
        if component is not None:
            self.components.append(component)

    def _take(self, node: Node, parent: str) -> Component | None:
        """Read one component and gather those inside it; None, and counted, when it cannot be read."""
        self._taken += 1
        if self._taken > self._limit:
            raise FormatError(f"more than {self._limit:,} components")
        component = _component(node, parent, self._ref(node))
        if node.bad:
            self.skipped += 1
        elif component.ref != node.raw.get("bom-ref", component.ref):
            node.note(
                "bom-ref", f"{node.raw['bom-ref']!r} names two components", "give each component a bom-ref of its own"
            )
        if inside := node.raw.get("components"):
            nodes = node.nodes("components")
            self.skipped += len(inside) - len(nodes) if isinstance(inside, list) else 0
            for inner in nodes:
                self._keep(self._take(inner, parent if node.bad else component.ref))
        return None if node.bad else component

    def _ref(self, node: Node) -> str:
        """The bom-ref, or the place where there is none; a second component of the same bom-ref gets a number."""
        ref = node.text("bom-ref", "") or "#" + node.where
        if ref in self._refs:
            ref = next(other for number in range(2, 1 << 30) if (other := f"{ref}~{number}") not in self._refs)
        self._refs.add(ref)
        return ref


def _component(node: Node, parent: str, ref: str) -> Component:
    raw = node.raw
    version, kind, url, platform, publisher = node.texts("version", "type", "purl", "cpe", "publisher")
    if url and not _PLAIN_PURL(url):
        node.parse("purl", purl.parse, purl.MEND)
    if platform and not _PLAIN_CPE(platform):
        node.parse("cpe", cpe.parse, cpe.MEND)
    told = _told(raw["properties"]) if "properties" in raw else {}
    return Component(
        ref=ref,
        name=node.text("name", mend=_NAME_MEND),
        version=version,
        supplier=_supplier(node) or publisher,
        kind=kind or "library",
        purls=(url,) if url else (),
        cpes=(platform,) if platform else (),
        hashes=node.pairs("hashes", "alg", "content") if "hashes" in raw else (),
        licences=_licences(node) if "licenses" in raw else (),
        parent=parent,
        support_level=told.get(SUPPORT_LEVEL, ""),
        end_of_support=told.get(END_OF_SUPPORT, ""),
        patched=_patched(raw["pedigree"]) if "pedigree" in raw else (),
        source=_source(told) if _SRC_NAME in told else "",
    )


def _supplier(node: Node) -> str:
    """Who supplies it: `supplier`, else `manufacturer` (1.6)."""
    for key in ("supplier", "manufacturer"):
        if key in node.raw and (party := node.inner(key)) is not None and (name := party.text("name", "")):
            return name
    return ""


def _licences(node: Node) -> tuple[str, ...]:
    """Ids or names of licences, or expressions."""
    found = []
    for choice in node.nodes("licenses"):
        licence = choice.raw.get("license")
        if type(licence) is dict and type(name := licence.get("id")) is str:
            found.append(name)
        elif licence is not None:
            inner = choice.inner("license")
            found.append(inner.text("id", "") or inner.text("name", "") if inner else "")
        else:
            found.append(choice.text("expression", ""))
    return tuple(filter(None, found))


def _told(properties: object) -> dict[str, str]:
    """The values of the properties that are read here; of one given twice, the last."""
    found = {}
    for entry in properties if isinstance(properties, list) else ():
        name = entry.get("name") if type(entry) is dict else None
        if type(name) is str and name in _READ:
            found[name] = str(entry.get("value", ""))
    return found


def _patched(pedigree: object) -> tuple[str, ...]:
    """The ids that the patches of a component resolve (1.2: `pedigree.patches[].resolves[].id`), without doubles."""
    patches = pedigree.get("patches") if type(pedigree) is dict else None
    resolved = [
        issue.get("id")
        for patch in (patches if type(patches) is list else ())
        for issue in ((patch.get("resolves") if type(patch) is dict else None) or ())
        if type(issue) is dict
    ]
    return tuple(dict.fromkeys(each.strip() for each in resolved if type(each) is str and each.strip()))


def _source(told: dict[str, str]) -> str:
    """The source package as 'name [epoch:]version[-release]'."""
    epoch, version, release = (told.get(part, "") for part in (_SRC_EPOCH, _SRC_VERSION, _SRC_RELEASE))
    made = (f"{epoch}:" if epoch and epoch != "0" else "") + version + (f"-{release}" if release else "")
    return f"{told[_SRC_NAME]} {made}".strip() if version else told[_SRC_NAME]


def _author(metadata: Node) -> str:
    """Who made the document: `authors`, else `manufacturer` (1.6), `manufacture` (to 1.5), `supplier`."""
    names = [
        name for author in metadata.nodes("authors") if (name := author.text("name", "") or author.text("email", ""))
    ]
    for key in ("manufacturer", "manufacture", "supplier"):
        if not names and (party := metadata.inner(key)) is not None:
            names = [party.text("name", "")]
    return ", ".join(names)
