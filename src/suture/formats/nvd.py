"""CVE records of the National Vulnerability Database, and the overrides that stand in where NVD has not looked.

Source: NVD CVE API 2.0 (nvd.nist.gov/developers/vulnerabilities), schema cve_api_json_2.0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec

from suture.core import cpe
from suture.core.components import Package
from suture.core.configurations import Joint, Product
from suture.core.configurations import Node as ConfigurationNode
from suture.core.errors import InvalidValue
from suture.core.identity import package_of_cpe
from suture.core.ranges import in_words
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
from suture.formats.decoding import decode


class Match(msgspec.Struct, gc=False, rename="camel"):
    vulnerable: bool
    criteria: str
    version_start_including: str | None = None
    version_start_excluding: str | None = None
    version_end_including: str | None = None
    version_end_excluding: str | None = None


class Node(msgspec.Struct, rename="camel"):
    operator: str = "OR"
    negate: bool | None = False
    cpe_match: list[Match] = []


class Configuration(msgspec.Struct):
    nodes: list[Node] = []
    operator: str | None = None
    negate: bool | None = False


class Text(msgspec.Struct, gc=False):
    lang: str = ""
    value: str = ""


class Cvss(msgspec.Struct, gc=False, rename="camel"):
    version: str = ""
    vector_string: str = ""


class Metric(msgspec.Struct, rename="camel"):
    source: str = ""
    cvss_data: Cvss = msgspec.field(default_factory=Cvss)


class Metrics(
    msgspec.Struct,
    rename={"v40": "cvssMetricV40", "v31": "cvssMetricV31", "v30": "cvssMetricV30", "v2": "cvssMetricV2"},
):
    v40: list[Metric] = []
    v31: list[Metric] = []
    v30: list[Metric] = []
    v2: list[Metric] = []


class Weakness(msgspec.Struct):
    description: list[Text] = []


class Link(msgspec.Struct, gc=False):
    url: str = ""


class Tags(msgspec.Struct):
    tags: list[str] = []


class Cve(msgspec.Struct, rename="camel"):
    """The fields of `vulnerabilities[].cve` that decide anything here, and those of an override."""

    id: str
    vuln_status: str = ""
    published: str | None = ""
    last_modified: str | None = ""
    modified: str | None = ""
    cve_tags: list[Tags] = []
    descriptions: list[Text] = []
    metrics: Metrics | None = None
    weaknesses: list[Weakness] = []
    references: list[Link] = []
    configurations: list[Configuration] = []
    cna: str = ""
    reason: str = ""


class Entry(msgspec.Struct):
    cve: Cve


class Page(msgspec.Struct):
    vulnerabilities: list[Entry]


_CVE = msgspec.json.Decoder(Cve)
_PAGE = msgspec.json.Decoder(Page)


def read(data: bytes) -> Record:
    """Read one record: the object that the API gives as `vulnerabilities[].cve`.

    Raises:
        FormatError: the bytes are no such record.
    """
    return _record(decode(_CVE, data, "an NVD record"), "nvd")


def read_override(data: bytes) -> Record:
    """Read one override, `{id, cna, reason, configurations}`, written because NVD's own were missing or wrong.

    Raises:
        FormatError: the bytes are no such override.
    """
    return _record(decode(_CVE, data, "an NVD override"), "nvd-override")


def read_page(data: bytes) -> list[Record]:
    """Read one answer of the API, with all the records it holds.

    Raises:
        FormatError: the bytes are no such answer.
    """
    return [_record(entry.cve, "nvd") for entry in decode(_PAGE, data, "an NVD API page").vulnerabilities]


def _record(raw: Cve, source: str) -> Record:
    read = _Reading()
    for configuration in raw.configurations:
        read.configuration(configuration)
    return Record(
        source=source,
        id=raw.id,
        details=next((text.value for text in raw.descriptions if text.lang == "en"), raw.reason),
        published=raw.published or "",
        modified=raw.last_modified or raw.modified or "",
        withdrawn="rejected" if raw.vuln_status == "Rejected" else "",
        disputed=any("disputed" in tags.tags for tags in raw.cve_tags),
        severities=_severities(raw.metrics) if raw.metrics else (),
        weaknesses=_weaknesses(raw.weaknesses),
        references=tuple(dict.fromkeys([link.url for link in raw.references])),
        ranges=tuple(read.ranges),
        review=tuple(read.review),
        stated=len(read.ranges) + len(read.review),
        configurations=tuple(read.configurations),
        platforms=tuple(read.platforms),
    )


def _severities(metrics: Metrics) -> tuple[Severity, ...]:
    return tuple(
        Severity(f"CVSS:{metric.cvss_data.version}", metric.cvss_data.vector_string, metric.source)
        for metric in (*metrics.v40, *metrics.v31, *metrics.v30, *metrics.v2)
    )


def _weaknesses(stated: Sequence[Weakness]) -> tuple[str, ...]:
    """CWE numbers only: 'NVD-CWE-Other' and 'NVD-CWE-noinfo' name no weakness."""
    return tuple(
        dict.fromkeys([text.value for weakness in stated for text in weakness.description if text.value[:4] == "CWE-"])
    )


class _Reading:
    """The configurations of one record as they are read.

    Nodes joined by OR, or by no word, stand each for itself. Under AND a product is vulnerable only together with
    others (a second product, a platform it runs on): the whole is kept and judged for each release.
    """

    def __init__(self) -> None:
        self.ranges: list[StatedRange] = []
        self.review: list[ReviewRange] = []
        self.configurations: list[ConfigurationNode] = []
        self.platforms: list[StatedRange] = []

    def configuration(self, stated: Configuration) -> None:
        if stated.operator == "AND" and len(stated.nodes) > 1:
            parts = [self._joined(node) for node in stated.nodes]
            self._keep(ConfigurationNode(Joint.ALL, tuple(parts), bool(stated.negate)))
            return
        for node in stated.nodes:
            if node.negate or stated.negate:
                for match in node.cpe_match:
                    if match.vulnerable:
                        self._set_aside(match, ReviewReason.NEGATED)
            elif node.operator == "AND" and len(node.cpe_match) > 1:
                self._keep(self._joined(node))
            else:
                for match in node.cpe_match:
                    if match.vulnerable:
                        self._vulnerable(match)

    def _keep(self, node: ConfigurationNode) -> None:
        if any(product.vulnerable for product in node.products()):
            self.configurations.append(node)

    def _joined(self, node: Node) -> ConfigurationNode:
        parts = [
            product
            for match in node.cpe_match
            if (product := self._product(match, match.vulnerable and not node.negate)) is not None
        ]
        joint = Joint.ALL if node.operator == "AND" else Joint.ANY
        return ConfigurationNode(joint, tuple(parts), bool(node.negate))

    def _product(self, match: Match, vulnerable: bool) -> Product | None:
        """One match of a joined node. What cannot be read at all is vulnerable somewhere: review says so."""
        if vulnerable:
            stated = self._vulnerable(match)
            number = None if stated is None else len(self.ranges) - 1
        else:
            found = _stated(match, as_platform=True)
            stated = found if isinstance(found, StatedRange) else None
            number = None if stated is None else len(self.platforms)
            if stated is not None:
                self.platforms.append(stated)
        package = _criterion(match.criteria).package
        if package is None:
            return Product("", None, vulnerable, match.criteria)
        words = in_words(stated.bounds) if stated is not None else _said(match)
        return Product(package.name, number, vulnerable, words)

    def _vulnerable(self, match: Match) -> StatedRange | None:
        found = _stated(match)
        if isinstance(found, StatedRange):
            self.ranges.append(found)
            return found
        self._set_aside(match, found)
        return None

    def _set_aside(self, match: Match, reason: ReviewReason) -> None:
        self.review.append(ReviewRange(_criterion(match.criteria).package, reason, _said(match)))


_SERVICE_PACK = re.compile(r"sp[0-9]+").fullmatch


class Criterion(NamedTuple):
    """What a match criterion names: its package; and the range, or the reason for review, if the name alone decides."""

    package: Package | None
    exact: StatedRange | ReviewReason | None = None  # None: the version is ANY, and the bounds of the match decide
    update: str = ""
    attributes: Attributes = ()
    unversioned: bool = False  # the version is NA: 'not applicable', written '-'


@lru_cache(maxsize=1 << 17)
def _criterion(criteria: str) -> Criterion:
    try:
        name = cpe.read(criteria)
    except InvalidValue:
        return Criterion(None, ReviewReason.UNREADABLE)
    package = package_of_cpe(name)
    if package is None:
        return Criterion(None, ReviewReason.NO_IDENTITY)
    attributes = name.attributes
    if name.version == cpe.ANY:
        return Criterion(package, None, name.version_text, attributes)
    version = name.version_text
    if not version:
        return Criterion(package, ReviewReason.NO_VERSION, "", attributes, True)
    if name.wild and ("*" in version or "?" in version):
        series = StatedRange(package, Bounds.exactly(version), (), True, attributes)
        return Criterion(package, series if is_series(version) else ReviewReason.WILDCARD)
    if _SERVICE_PACK(name.update) and name.version not in (cpe.ANY, cpe.NA):
        # Between the bare version and this service pack, and of this service pack: an SBOM that states none is open.
        bounds = Bounds(name.version, version, False, True)
        return Criterion(package, StatedRange(package, bounds, (), False, (*attributes, ("update", name.update))))
    return Criterion(package, StatedRange(package, Bounds.exactly(version), (), False, attributes))


def _stated(match: Match, *, as_platform: bool = False) -> StatedRange | ReviewReason:
    """The range a match states, or why none can be read.

    A version that is NA says nothing of a program; a piece of hardware, and a platform that something runs on, is
    meant as it is, whatever its version.
    """
    named = _criterion(match.criteria)
    if named.package is not None and named.unversioned and (as_platform or named.package.name.startswith("h:")):
        return StatedRange(named.package, Bounds(None, None), (), False, named.attributes)
    return named.exact or _bounded(named, match)


def _bounded(named: Criterion, match: Match) -> StatedRange | ReviewReason:
    """The range between the bounds of a match whose version is ANY.

    An update beside ANY belongs to the last version included: '*:sp4' up to and including 4.0 means '4.0 sp4 and
    earlier'. Without that bound nothing can be made of it.
    """
    if named.package is None:
        return ReviewReason.NO_IDENTITY
    low, low_open = match.version_start_including, False
    if low is None and match.version_start_excluding is not None:
        low, low_open = match.version_start_excluding, True
    high, high_closed = match.version_end_excluding, False
    if high is None and match.version_end_including is not None:
        high, high_closed = match.version_end_including, True
    if named.update:
        if high is None:
            return ReviewReason.WILDCARD
        if high_closed:
            high = f"{high} {named.update}"
    return StatedRange(named.package, Bounds(low, high, low_open, high_closed), (), False, named.attributes)


def _said(match: Match) -> str:
    """A match as one line a person can read."""
    words = [match.criteria]
    for sign, version in (
        (">=", match.version_start_including),
        (">", match.version_start_excluding),
        ("<=", match.version_end_including),
        ("<", match.version_end_excluding),
    ):
        if version is not None:
            words.append(f"{sign} {version}")
    return " ".join(words)
