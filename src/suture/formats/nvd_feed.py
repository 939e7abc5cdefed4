"""NVD's data feed 1.1, which NVD retired in December 2023 and mirrors still carry: mapped to the form of API 2.0.

There is one reader of NVD's words: what is made here is given to `suture.formats.nvd`.
Source: NVD JSON 1.1 vulnerability feed (nvd_cve_feed_json_1.1.schema), and NVD's change timeline for its retirement.
"""

from __future__ import annotations

from typing import Any

import msgspec

from suture.core.vulnerabilities import Record
from suture.formats import nvd
from suture.formats.decoding import decode


class Text(msgspec.Struct, gc=False):
    lang: str = ""
    value: str = ""


class Problem(msgspec.Struct):
    description: list[Text] = []


class Problems(msgspec.Struct):
    problemtype_data: list[Problem] = []


class Link(msgspec.Struct, gc=False):
    url: str = ""


class Links(msgspec.Struct):
    reference_data: list[Link] = []


class Texts(msgspec.Struct):
    description_data: list[Text] = []


class Meta(msgspec.Struct, gc=False):
    id: str = msgspec.field(name="ID")


class Cve(msgspec.Struct):
    meta: Meta = msgspec.field(name="CVE_data_meta")
    problemtype: Problems = msgspec.field(default_factory=Problems)
    references: Links = msgspec.field(default_factory=Links)
    description: Texts = msgspec.field(default_factory=Texts)


class Match(msgspec.Struct, gc=False, rename="camel"):
    vulnerable: bool = True
    cpe23_uri: str = msgspec.field(name="cpe23Uri", default="")
    version_start_including: str | None = None
    version_start_excluding: str | None = None
    version_end_including: str | None = None
    version_end_excluding: str | None = None


class Node(msgspec.Struct):
    operator: str = "OR"
    negate: bool = False
    children: list[Node] = []
    cpe_match: list[Match] = []


class Nodes(msgspec.Struct):
    nodes: list[Node] = []


class Cvss(msgspec.Struct, gc=False, rename="camel"):
    version: str = ""
    vector_string: str = ""


class Metric2(msgspec.Struct, rename="camel"):
    cvss: Cvss = msgspec.field(name="cvssV2", default_factory=Cvss)


class Metric3(msgspec.Struct, rename="camel"):
    cvss: Cvss = msgspec.field(name="cvssV3", default_factory=Cvss)


class Impact(msgspec.Struct):
    v2: Metric2 | None = msgspec.field(name="baseMetricV2", default=None)
    v3: Metric3 | None = msgspec.field(name="baseMetricV3", default=None)


class Item(msgspec.Struct, rename="camel"):
    """One of `CVE_Items`."""

    cve: Cve
    configurations: Nodes = msgspec.field(default_factory=Nodes)
    impact: Impact = msgspec.field(default_factory=Impact)
    published_date: str = ""
    last_modified_date: str = ""


_DECODER = msgspec.json.Decoder(Item)
_ENCODER = msgspec.json.Encoder()


def read(data: bytes) -> Record:
    """Read one of the feed's `CVE_Items`; the record is the one that API 2.0 gives for the same words.

    Raises:
        FormatError: the bytes are no such item.
    """
    return nvd.read(_ENCODER.encode(as_api(decode(_DECODER, data, "an item of NVD's feed 1.1"))))


def as_api(item: Item) -> dict[str, Any]:
    """An item as API 2.0 would give it (`vulnerabilities[].cve`)."""
    texts = item.cve.description.description_data
    said = next((text.value for text in texts if text.lang == "en"), "").lstrip("* ")
    return {
        "id": item.cve.meta.id,
        # The feed has no status and no tags: it says both at the beginning of the text.
        "vulnStatus": "Rejected" if said.startswith(("REJECT", "Rejected reason")) else "",
        "cveTags": [{"tags": ["disputed"]}] if said.startswith("DISPUTED") else [],
        "published": _instant(item.published_date),
        "lastModified": _instant(item.last_modified_date),
        "descriptions": texts,
        "metrics": _metrics(item.impact),
        "weaknesses": [{"description": problem.description} for problem in item.cve.problemtype.problemtype_data],
        "references": item.cve.references.reference_data,
        "configurations": [_configuration(node) for node in item.configurations.nodes],
    }


def _instant(written: str) -> str:
    """'2018-10-12T21:32Z' as API 2.0 writes it, to the second, so that the two compare as texts."""
    return f"{written[:-1]}:00.000" if len(written) == 17 and written.endswith("Z") else written


def _metrics(impact: Impact) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for metric in (impact.v3, impact.v2):
        if metric is not None and (version := metric.cvss.version):
            cvss = {"version": version, "vectorString": metric.cvss.vector_string}
            name = "cvssMetricV" + version.replace(".0", "" if version.startswith("2") else "0").replace(".", "")
            found[name] = [{"source": "nvd@nist.gov", "cvssData": cvss}]
    return found


def _configuration(node: Node) -> dict[str, Any]:
    """A node at the top: its children are the nodes of a configuration, and without any it is the only one."""
    nodes = [_node(child) for child in _leaves(node)] if node.children else [_node(node)]
    made: dict[str, Any] = {"nodes": nodes}
    if node.children:
        made |= {"operator": node.operator, "negate": node.negate}
    return made


def _leaves(node: Node) -> list[Node]:
    """The children that hold matches, however deep, and the node's own: API 2.0 knows one level."""
    found = [Node(operator="OR", negate=node.negate, cpe_match=node.cpe_match)] if node.cpe_match else []
    for child in node.children:
        found += _leaves(child) if child.children else [child]
    return found


def _node(node: Node) -> dict[str, Any]:
    return {"operator": node.operator, "negate": node.negate, "cpeMatch": [_match(match) for match in node.cpe_match]}


def _match(match: Match) -> dict[str, Any]:
    bounds = {
        "versionStartIncluding": match.version_start_including,
        "versionStartExcluding": match.version_start_excluding,
        "versionEndIncluding": match.version_end_including,
        "versionEndExcluding": match.version_end_excluding,
    }
    stated = {name: version for name, version in bounds.items() if version is not None}
    return {"vulnerable": match.vulnerable, "criteria": match.cpe23_uri, **stated}
