"""CVE records, format 5: what the numbering authority (CNA) and other authorised publishers (ADP) say of a product.

Source: CVE record format 5.x (CVEProject/cve-schema). Lists of versions are read by `cve5_versions`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, partial
from typing import TypeVar

import msgspec

from suture.core.sources import is_vendor
from suture.core.vulnerabilities import Entry, Record, Severity, SharedRecord, Spoken
from suture.formats.cve5_packages import packages_of
from suture.formats.cve5_versions import sayings
from suture.formats.decoding import decode

T = TypeVar("T")


class Affected(msgspec.Struct, gc=False, rename={"collection_url": "collectionURL", "package_url": "packageURL",
                                       "package_name": "packageName", "default_status": "defaultStatus"}):  # fmt: skip
    vendor: str = ""
    product: str = ""
    package_name: str = ""
    collection_url: str = ""
    package_url: str = ""
    cpes: tuple[str, ...] = ()
    default_status: str = ""  # '': not said, which the format calls unknown
    versions: msgspec.Raw = msgspec.Raw(b"[]")  # read by `cve5_versions`


_NOTHING = msgspec.Raw(b"[]")


class Text(msgspec.Struct, gc=False):
    lang: str = ""
    value: str = ""


class Problem(msgspec.Struct, gc=False, rename={"cwe": "cweId"}):
    cwe: str = ""


class ProblemType(msgspec.Struct):
    descriptions: list[Problem] = []


class Cvss(msgspec.Struct, gc=False, rename="camel"):
    version: str = ""
    vector_string: str = ""


class Other(msgspec.Struct):
    type: str = ""
    content: msgspec.Raw = msgspec.Raw(b"{}")


class Metric(msgspec.Struct, rename={"v40": "cvssV4_0", "v31": "cvssV3_1", "v30": "cvssV3_0", "v20": "cvssV2_0"}):
    v40: Cvss | None = None
    v31: Cvss | None = None
    v30: Cvss | None = None
    v20: Cvss | None = None
    other: Other | None = None


class Ssvc(msgspec.Struct):
    version: str = ""
    options: msgspec.Raw = msgspec.Raw(b"[]")


class Link(msgspec.Struct, gc=False):
    url: str = ""


class Provider(msgspec.Struct, gc=False, rename="camel"):
    short_name: str = ""


class Container(msgspec.Struct, gc=False, rename="camel"):
    """Left as bytes here: `Affected`, which others may have written as well, and what is said to people alone."""

    affected: list[msgspec.Raw] = []
    provider_metadata: Provider = msgspec.field(default_factory=Provider)
    title: str = ""
    descriptions: msgspec.Raw = _NOTHING
    rejected_reasons: msgspec.Raw = _NOTHING
    problem_types: msgspec.Raw = _NOTHING
    metrics: msgspec.Raw = _NOTHING
    references: msgspec.Raw = _NOTHING
    tags: list[str] = []


class Containers(msgspec.Struct, gc=False):
    cna: Container = msgspec.field(default_factory=Container)
    adp: list[Container] = []


class Metadata(msgspec.Struct, gc=False, rename="camel"):
    cve_id: str
    state: str = ""
    assigner_short_name: str = ""
    date_published: str = ""
    date_updated: str = ""


class Cve(msgspec.Struct, gc=False, rename="camel"):
    """The fields of a CVE record that decide anything here."""

    cve_metadata: Metadata
    containers: Containers


_DECODER = msgspec.json.Decoder(Cve)
_AFFECTED = msgspec.json.Decoder(Affected)
_ENTRY = "an affected product (CVE record, format 5)"
_TEXTS: msgspec.json.Decoder[list[Text]] = msgspec.json.Decoder(list[Text])
_PROBLEMS = msgspec.json.Decoder(list[ProblemType])
_METRICS = msgspec.json.Decoder(list[Metric])
_LINKS = msgspec.json.Decoder(list[Link])
_SAID = "a CVE record (format 5)"
_SSVC = msgspec.json.Decoder(Ssvc)
_OPTIONS = msgspec.json.Decoder(list[dict[str, str]])


def read(data: bytes) -> Record:
    """Read one CVE record, with the containers of the CNA and of every ADP.

    Raises:
        FormatError: the bytes are no CVE record of format 5.
    """
    return read_shared(data).whole()


def read_shared(data: bytes) -> SharedRecord:
    """As `read`, with shared parts: what one CVE record says of a product, others say as well.

    Raises:
        FormatError: as `read`; what the record tells people is read when it is asked for.
    """
    raw = decode(_DECODER, data, "a CVE record (format 5)")
    containers, meta = raw.containers, raw.cve_metadata
    cna = containers.cna
    entries = [_entry(bytes(affected)) for affected in cna.affected]
    assigner = meta.assigner_short_name
    by_vendor = False
    for entry in entries:
        by_vendor = is_vendor(assigner, entry.vendor)
        if not by_vendor:
            break
    added: tuple[int, str] | None = None
    for container in containers.adp:
        if container.affected:
            if added is None:
                added = (len(entries), container.provider_metadata.short_name or "another publisher")
            entries += [_entry_of_another(bytes(affected)) for affected in container.affected]
    return SharedRecord(
        "cve",
        meta.cve_id,
        meta.date_published,
        meta.date_updated,
        "rejected" if meta.state == "REJECTED" else "",
        "disputed" in cna.tags,
        by_vendor,
        entries,
        sum([entry.stated for entry in entries]),
        partial(_spoken, containers),
        added=added,
    )


def _spoken(containers: Containers) -> Spoken:
    """What a record tells people: its title, what happened, scores, weaknesses, references."""
    cna = containers.cna
    severities: list[Severity] = []
    weaknesses: list[str] = []
    references: list[str] = []
    for container in (cna, *containers.adp):
        if container.metrics is not _NOTHING:
            by = container.provider_metadata.short_name
            severities += [one for metric in decode(_METRICS, container.metrics, _SAID) for one in _scores(metric, by)]
        if container.problem_types is not _NOTHING:
            kinds = decode(_PROBLEMS, container.problem_types, _SAID)
            weaknesses += [problem.cwe for kind in kinds for problem in kind.descriptions if problem.cwe]
        if container.references is not _NOTHING:
            references += [link.url for link in decode(_LINKS, container.references, _SAID)]
    details = _english(decode(_TEXTS, cna.descriptions, _SAID)) or _english(decode(_TEXTS, cna.rejected_reasons, _SAID))
    return Spoken(cna.title, details, _distinct(severities), _distinct(weaknesses), _distinct(references))


@lru_cache(maxsize=1 << 16)
def _entry(data: bytes) -> Entry:
    """One `affected` entry, told by its very bytes: publishers repeat themselves from record to record."""
    return _entry_of(decode(_AFFECTED, data, _ENTRY))


@lru_cache(maxsize=1 << 16)
def _entry_of_another(data: bytes) -> Entry:
    """As `_entry`, of an authorised publisher: what an ADP writes in every record as default says nothing of one."""
    affected = decode(_AFFECTED, data, _ENTRY)
    if affected.default_status == "unknown":
        affected.default_status = ""
    return _entry_of(affected)


def _entry_of(affected: Affected) -> Entry:
    vendor, product = affected.vendor, affected.product
    packages = packages_of(
        vendor, product, affected.package_name, affected.collection_url, affected.package_url, affected.cpes
    )
    said = sayings(bytes(affected.versions), affected.default_status, bool(packages))
    return Entry(packages, f"{vendor} {product}".strip(), said, vendor)


def _distinct(values: list[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values)) if len(values) > 1 else tuple(values)


def _english(texts: list[Text]) -> str:
    for text in texts:
        if text.lang[:2] == "en":
            return text.value
    return ""


def _scores(metric: Metric, by: str) -> Iterator[Severity]:
    """CVSS vectors, and SSVC decision points as 'Exploitation:none/Automatable:yes/Technical Impact:total'."""
    if (other := metric.other) is not None:
        if other.type == "ssvc":
            ssvc = decode(_SSVC, other.content, "an SSVC metric")
            yield Severity(f"SSVC:{ssvc.version}", _points(bytes(ssvc.options)), by)
        return
    for score in (metric.v40, metric.v31, metric.v30, metric.v20):
        if score is not None:
            yield Severity(f"CVSS:{score.version}", score.vector_string, by)


@lru_cache(maxsize=1 << 12)
def _points(options: bytes) -> str:
    decided = decode(_OPTIONS, options, "an SSVC metric")
    return "/".join(f"{name}:{value}" for option in decided for name, value in option.items())
