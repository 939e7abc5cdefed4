"""Security advisories in the Common Security Advisory Framework, 2.0 and 2.1: one record per vulnerability.

A document speaks of several vulnerabilities, and its `product_status` may differ from one to the next. So each is a
record of its own, 'ICSMA-19-297-01/CVE-2019-13546', under the alias it carries.

Source: OASIS CSAF 2.0 (docs.oasis-open.org/csaf/csaf/v2.0), §3.1 definitions, §3.2.2 product tree, §3.2.3.9 status.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from suture.core import cpe, purl
from suture.core.components import Package
from suture.core.errors import FormatError, InvalidValue
from suture.core.identity import package_of_cpe, package_of_purl, package_of_words
from suture.core.versions import is_series
from suture.core.vulnerabilities import (
    Attributes,
    Bounds,
    Record,
    ReviewRange,
    ReviewReason,
    Severity,
    StatedRange,
)
from suture.formats.csaf_versions import ANY_VERSION, Spoken, versions_said
from suture.formats.decoding import decode


class Publisher(msgspec.Struct):
    name: str = ""
    namespace: str = ""


class Tracking(msgspec.Struct):
    id: str
    status: str = ""
    initial_release_date: str = ""
    current_release_date: str = ""


class Link(msgspec.Struct, gc=False):
    url: str = ""


class About(msgspec.Struct):
    """The `document` of an advisory, as far as it decides anything."""

    publisher: Publisher
    tracking: Tracking
    category: str = ""
    title: str = ""
    references: list[Link] = []


class Helper(msgspec.Struct, gc=False):
    """`product_identification_helper`: the names a machine reads."""

    cpe: str | None = None
    purl: str | None = None
    purls: list[str] | None = None  # 2.1


class Full(msgspec.Struct, gc=False):
    """A full product name."""

    product_id: str
    name: str = ""
    product_identification_helper: Helper | None = None


class Branch(msgspec.Struct):
    category: str
    name: str
    product: Full | None = None
    branches: list[Branch] = []


class Relationship(msgspec.Struct, gc=False):
    category: str
    product_reference: str
    relates_to_product_reference: str
    full_product_name: Full


class Tree(msgspec.Struct):
    branches: list[Branch] = []
    full_product_names: list[Full] = []
    relationships: list[Relationship] = []


class Note(msgspec.Struct, gc=False):
    category: str = ""
    text: str = ""


class Cvss(msgspec.Struct, gc=False, rename={"vector": "vectorString"}):
    vector: str = ""
    version: str = ""


class Score(msgspec.Struct, gc=False):
    cvss_v2: Cvss | None = None
    cvss_v3: Cvss | None = None
    cvss_v4: Cvss | None = None


class Metric(msgspec.Struct):
    """2.1: the score stands one level lower."""

    content: Score | None = None


class Cwe(msgspec.Struct, gc=False):
    id: str = ""


class Named(msgspec.Struct, gc=False):
    text: str = ""


class Vulnerability(msgspec.Struct):
    cve: str | None = None
    ids: list[Named] = []
    title: str = ""
    notes: list[Note] = []
    cwe: Cwe | None = None
    cwes: list[Cwe] = []  # 2.1
    product_status: dict[str, list[str]] = {}
    scores: list[Score] = []
    metrics: list[Metric] = []  # 2.1
    references: list[Link] = []
    release_date: str | None = None


class Document(msgspec.Struct):
    document: About
    product_tree: Tree | None = None
    vulnerabilities: list[Vulnerability] = []


class Product(msgspec.Struct, gc=False, omit_defaults=True):
    """One product of the tree, its branches read: what it is called, and which versions are meant."""

    words: str  # as the document names it
    vendor: str = ""
    product: str = ""
    version: str = ""
    only: str = ""  # what narrows it beyond a version: an architecture, another product it is installed on
    purls: list[str] = []
    cpe: str = ""


class Statement(msgspec.Struct):
    """What a document says of one vulnerability: the unit in which advisories are taken in."""

    id: str
    about: About
    vulnerability: Vulnerability
    products: dict[str, Product]


_DOCUMENT = msgspec.json.Decoder(Document)
_STATEMENT = msgspec.json.Decoder(Statement)
_OUTER = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ENCODER = msgspec.json.Encoder()

# §3.2.3.9: the groups that contradict each other (test 6.1.6). 'fixed' and 'first_fixed' are not affected any more.
AFFECTED = ("known_affected",)
FIRST, LAST = "first_affected", "last_affected"
NOT_AFFECTED = ("known_not_affected", "fixed", "first_fixed")
OPEN = ("under_investigation", "unknown")

_VERSIONS = ("product_version", "product_version_range")
_BEHIND_THE_VERSION = ("service_pack", "patch_level")
_NARROWER = ("architecture", "host_name", "language", "platform", "specification")
_SHORT = {"cisa.gov": "cisa"}
_WITHDRAWN = frozenset({"csaf_withdrawn", "csaf_superseded"})  # 2.1, document category


def documents(data: bytes) -> list[bytes]:
    """The advisories of a file: one, or one per line; each may stand under `document` beside the name of its file.

    Raises:
        FormatError: the bytes are no JSON.
    """
    try:
        outer = [(data, decode(_OUTER, data, "a CSAF document"))]
    except FormatError:
        lines = [line for line in data.splitlines() if line.strip()]
        if len(lines) < 2:
            raise
        outer = [(line, decode(_OUTER, line, "a CSAF document")) for line in lines]
    return [bytes(found["document"]) if "file" in found and "document" in found else whole for whole, found in outer]


def split(data: bytes) -> list[bytes]:
    """What a file's advisories say of each vulnerability, as `read` takes it; one without any is a record too.

    Raises:
        FormatError: the bytes are no advisories.
    """
    return [_ENCODER.encode(one) for whole in documents(data) for one in _statements(whole)]


def read_document(data: bytes) -> list[Record]:
    """Read every record of a file.

    Raises:
        FormatError: the bytes are no advisories.
    """
    return [read(one) for one in split(data)]


def _statements(data: bytes) -> Iterator[Statement]:
    raw = decode(_DOCUMENT, data, "a CSAF document")
    products = _products(raw.product_tree or Tree())
    taken: dict[str, int] = {}
    for number, one in enumerate(raw.vulnerabilities, 1):
        name = one.cve or next((named.text for named in one.ids if named.text), "") or str(number)
        taken[name] = taken.get(name, 0) + 1
        if taken[name] > 1:
            name = f"{name}~{taken[name]}"
        listed = dict.fromkeys(product for status in one.product_status.values() for product in status)
        yield Statement(
            f"{raw.document.tracking.id}/{name}", raw.document, one,
            {product: products[product] for product in listed if product in products},
        )  # fmt: skip
    if not raw.vulnerabilities:
        yield Statement(raw.document.tracking.id, raw.document, Vulnerability(), {})


# ---- the product tree


def _products(tree: Tree) -> dict[str, Product]:
    """Every product by its id. A tree may be as deep as it likes: no recursion."""
    found: dict[str, Product] = {}
    todo: list[tuple[Branch, tuple[tuple[str, str], ...]]] = [(branch, ()) for branch in reversed(tree.branches)]
    while todo:
        branch, above = todo.pop()
        path = (*above, (branch.category, " ".join(branch.name.split())))
        if branch.product is not None:
            found.setdefault(branch.product.product_id, _product(branch.product, path))
        todo += [(inner, path) for inner in reversed(branch.branches)]
    for full in tree.full_product_names:
        found.setdefault(full.product_id, _product(full, ()))
    for one in tree.relationships:
        full, part = one.full_product_name, found.get(one.product_reference)
        base = found.get(one.relates_to_product_reference)
        on = base.words if base else one.relates_to_product_reference
        only = f"{one.category.replace('_', ' ')} {on}"
        if part is not None:
            part = msgspec.structs.replace(part, words=full.name or part.words, only=only)
        found.setdefault(full.product_id, part or Product(full.name or full.product_id, only=only))
    return found


def _product(full: Full, path: Iterable[tuple[str, str]]) -> Product:
    said: dict[str, str] = {}
    behind: list[str] = []
    narrower: list[str] = []
    for category, name in path:  # the innermost of a kind counts
        said[category] = name
        if category in _BEHIND_THE_VERSION:
            behind.append(name)
        elif category in _NARROWER:
            narrower.append(f"{category.replace('_', ' ')} {name}")
    version = next((said[category] for category in reversed(_VERSIONS) if category in said), "")
    helper = full.product_identification_helper or Helper()
    return Product(
        words=full.name or full.product_id,
        vendor=said.get("vendor", ""),
        product=said.get("product_name") or said.get("product_family", ""),
        version=" ".join([version, *behind]) if version else "",
        only=", ".join(narrower),
        purls=[text for text in (helper.purl, *(helper.purls or ())) if text],
        cpe=helper.cpe or "",
    )


class _Name(NamedTuple):
    """A package that a product stands for, and what its identifier says of the version and beyond."""

    package: Package
    version: str = ""
    attributes: Attributes = ()


def _names(product: Product) -> list[_Name]:
    """Package URL and CPE, where the product has them; else the words of vendor and product."""
    found: dict[Package, _Name] = {}
    for text in product.purls:
        try:
            read = purl.parse(text)
            package = package_of_purl(read)
        except InvalidValue:
            continue
        if package is not None and "?" not in package.name:
            found.setdefault(package, _Name(package, read.version))
    if product.cpe:
        try:
            name = cpe.parse(product.cpe)
            package = package_of_cpe(name)
        except InvalidValue:
            package = None
        if package is not None:
            found.setdefault(package, _Name(package, name.version_text, name.attributes))
    if not found and product.product and not product.purls and not product.cpe:
        words = package_of_words(product.vendor, product.product)
        if words is not None:
            found[words] = _Name(words)
    return list(found.values())


# ---- one vulnerability


def read(data: bytes) -> Record:
    """Read what an advisory says of one vulnerability, as `split` gives it.

    A product stands for as many ranges as its version names, for each of its identifiers. Products stated as not
    affected or fixed are exceptions to the ranges of the same package.

    Raises:
        FormatError: the bytes are no such statement.
    """
    raw = decode(_STATEMENT, data, "an advisory's statement of one vulnerability")
    one, about = raw.vulnerability, raw.about
    said = _Reading(raw)
    return Record(
        source=source_of(about.publisher),
        id=raw.id,
        aliases=(one.cve,) if one.cve else (),
        title=one.title or about.title,
        details=next((note.text for note in one.notes if note.category in ("summary", "description")), ""),
        published=one.release_date or about.tracking.initial_release_date,
        modified=about.tracking.current_release_date,
        withdrawn=about.tracking.current_release_date or "rejected" if about.category in _WITHDRAWN else "",
        severities=_severities(one, about.publisher.name),
        weaknesses=tuple(dict.fromkeys(cwe.id for cwe in (one.cwe, *one.cwes) if cwe and _CWE(cwe.id))),
        references=tuple(dict.fromkeys(link.url for link in (*about.references, *one.references) if link.url)),
        ranges=tuple(said.ranges),
        review=tuple(said.review),
        stated=len(said.ranges) + len(said.review),
    )


_CWE = re.compile(r"CWE-\d+").fullmatch
_WORDS = re.compile(r"[a-z0-9]+").findall
_HOST = re.compile(r"https?://([a-z0-9.-]+)").match


def source_of(publisher: Publisher) -> str:
    """'csaf-cisa', 'csaf-cert.siemens.com': the host of the publisher's namespace, else the name in small letters."""
    found = _HOST(publisher.namespace.lower())
    host = found[1].removeprefix("www.") if found else "-".join(_WORDS(publisher.name.lower()))
    return f"csaf-{_SHORT.get(host, host) or 'unnamed'}"[:60]


def _severities(one: Vulnerability, by: str) -> tuple[Severity, ...]:
    scores = [*one.scores, *(metric.content for metric in one.metrics if metric.content is not None)]
    found = [
        Severity(f"CVSS:{cvss.version or plain}", cvss.vector, by)
        for score in scores
        for cvss, plain in ((score.cvss_v4, "4.0"), (score.cvss_v3, "3.1"), (score.cvss_v2, "2.0"))
        if cvss is not None and cvss.vector
    ]
    return tuple(dict.fromkeys(found))


class _Reading:
    """The statuses of one vulnerability as they are read."""

    def __init__(self, raw: Statement) -> None:
        self.ranges: list[StatedRange] = []
        self.review: list[ReviewRange] = []
        self._products = raw.products
        status = raw.vulnerability.product_status
        self._fine = self._exceptions(one for group in NOT_AFFECTED for one in status.get(group, ()))
        for group in AFFECTED:
            for product in dict.fromkeys(status.get(group, ())):
                self._affected(product)
        self._ends(status.get(FIRST, ()), status.get(LAST, ()))
        for group in OPEN:
            for product in dict.fromkeys(status.get(group, ())):
                self._set_aside(product, ReviewReason.UNKNOWN_STATUS, group.replace("_", " "))

    def _exceptions(self, ids: Iterable[str]) -> dict[Package, tuple[Bounds, ...]]:
        """What is stated to be fine, by package. What cannot be read is kept as written: core.ranges refuses it."""
        found: dict[Package, dict[Bounds, None]] = {}
        for product in (self._products[one] for one in dict.fromkeys(ids) if one in self._products):
            if product.only:
                continue  # fine under a condition: no exception to what holds without it
            for name in _names(product):
                text = product.version or name.version
                spoken = versions_said(text) if text else Spoken((ANY_VERSION,))
                fine = (Bounds.exactly(text),) if spoken.reason or spoken.minus else spoken.bounds
                found.setdefault(name.package, {}).update(dict.fromkeys(fine))
        return {package: tuple(bounds) for package, bounds in found.items()}

    def _affected(self, product_id: str) -> None:
        product = self._products.get(product_id)
        if product is None:
            self._set_aside(product_id, ReviewReason.NO_IDENTITY, "affected")
            return
        if product.only:
            self._set_aside(product_id, ReviewReason.SEVERAL_NODES, "affected")
            return
        names = _names(product)
        if not names:
            self._set_aside(product_id, ReviewReason.NO_IDENTITY, "affected")
        for name in names:
            for bounds in self._said(product, name):
                self._state(name, *bounds)

    def _said(self, product: Product, name: _Name) -> list[tuple[Bounds, tuple[Bounds, ...]]]:
        """The ranges a product means in one of its packages; () when they went to review."""
        text = product.version or name.version
        if not text:
            if name.package.name.startswith("h:"):  # a piece of hardware is meant as it is
                return [(ANY_VERSION, ())]
            self.review.append(ReviewRange(name.package, ReviewReason.NO_VERSION, f"affected: {product.words}"))
            return []
        spoken = versions_said(text) if product.version else Spoken((Bounds.exactly(text),))
        if spoken.reason is not None:
            self.review.append(ReviewRange(name.package, spoken.reason, f"affected: {product.words}: {text}"))
        return [(bounds, spoken.minus) for bounds in spoken.bounds]

    def _state(self, name: _Name, bounds: Bounds, minus: tuple[Bounds, ...] = ()) -> None:
        series = any(is_series(bound) for bound in (bounds.low, bounds.high) if bound)
        exact = bounds.low is not None and bounds.low == bounds.high and not series
        fine = () if exact else self._fine.get(name.package, ())
        self.ranges.append(StatedRange(name.package, bounds, (*minus, *fine), series, name.attributes))

    def _ends(self, first: Iterable[str], last: Iterable[str]) -> None:
        """`first_affected` and `last_affected`: where a package has one of each, all from the one to the other.

        Otherwise each is affected for itself, and what lies beyond waits: nobody says how far it goes.
        """
        ends: dict[Package, tuple[_Name, list[_End], list[_End]]] = {}
        for place, group in enumerate((dict.fromkeys(first), dict.fromkeys(last))):
            for product_id in group:
                product = self._products.get(product_id) or Product(product_id)
                names = [] if product.only else _names(product)
                for name in names:
                    _, firsts, lasts = ends.setdefault(name.package, (name, [], []))
                    (firsts, lasts)[place].append(_End(product.version or name.version, product.words))
                if not names:
                    reason = ReviewReason.SEVERAL_NODES if product.only else ReviewReason.NO_IDENTITY
                    self._set_aside(product_id, reason, "first or last affected")
        for name, firsts, lasts in ends.values():
            if len(firsts) == len(lasts) == 1 and firsts[0].plain and lasts[0].plain:
                self._state(name, Bounds(firsts[0].version, lasts[0].version, False, True))
                continue
            for end in (*firsts, *lasts):
                if end.plain:
                    self._state(name, Bounds.exactly(end.version))
                says = f"first or last affected, the other end is not stated: {end.words}"
                self.review.append(ReviewRange(name.package, ReviewReason.UNKNOWN_STATUS, says))

    def _set_aside(self, product_id: str, reason: ReviewReason, status: str) -> None:
        product = self._products.get(product_id) or Product(product_id)
        names = _names(product)
        words = f"{product.words} ({product.only})" if product.only else product.words
        self.review.append(ReviewRange(names[0].package if names else None, reason, f"{status}: {words}"))


class _End(NamedTuple):
    """A product that is the first or the last one affected."""

    version: str
    words: str

    @property
    def plain(self) -> bool:
        """Whether it is one version, not a range."""
        return bool(self.version) and versions_said(self.version).bounds == (Bounds.exactly(self.version),)
