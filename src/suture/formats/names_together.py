"""Names that one record literally carries together: what suggestions for the crosswalk are made of. No likeness.

CVE record format 5.x: an `affected` entry may carry a registry package (packageURL, or collectionURL with packageName),
CPE names, and vendor and product words. CSAF 2.0 §3.1.3.3 and 2.1: a product's identification helper may carry a CPE
name and package URLs. A record that names several products in one place is left alone: it does not say which is which.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from suture.core.components import Package, PackageKind
from suture.core.distros import DISTRO_TYPES
from suture.core.errors import InvalidValue
from suture.core.identity import package_of_cpe, package_of_purl, package_of_words
from suture.formats.cve5 import Affected
from suture.formats.cve5_packages import packages_of
from suture.formats.decoding import decode

DEEPEST = 64  # branches of a product tree; a real one has fewer than ten


class Together(NamedTuple):
    """Two names of one product in one record, and the words of the record that say so."""

    one: Package
    other: Package
    says: str


class Carrier(NamedTuple):
    """A record and the pairs of names it carries."""

    source: str
    record: str
    pairs: tuple[Together, ...]


class _Container(msgspec.Struct):
    affected: list[Affected] = []


class _Containers(msgspec.Struct):
    cna: _Container = msgspec.field(default_factory=_Container)
    adp: list[_Container] = []


class _Metadata(msgspec.Struct, rename="camel"):
    cve_id: str


class _Cve(msgspec.Struct, rename="camel"):
    cve_metadata: _Metadata
    containers: _Containers


_CVE = msgspec.json.Decoder(_Cve)


def in_cve_record(data: bytes) -> Carrier:
    """The names that the `affected` entries of one CVE record carry together.

    Raises:
        FormatError: the bytes are no CVE record of format 5.
    """
    raw = decode(_CVE, data, "a CVE record (format 5)")
    entries = (entry for part in (raw.containers.cna, *raw.containers.adp) for entry in part.affected)
    pairs = dict.fromkeys(pair for entry in entries for pair in _in_entry(entry))
    return Carrier("cve", raw.cve_metadata.cve_id, tuple(pairs))


def _in_entry(entry: Affected) -> Iterator[Together]:
    named = packages_of(
        entry.vendor, entry.product, entry.package_name, entry.collection_url, entry.package_url, tuple(entry.cpes)
    )
    words = package_of_words(entry.vendor, entry.product)
    said = ", ".join(text for text in (
        entry.package_url or (f"{entry.collection_url} {entry.package_name}".strip() if entry.package_name else ""),
        entry.cpes[0] if entry.cpes else "", f"{entry.vendor} {entry.product}".strip(),
    ) if text)  # fmt: skip
    yield from _pairs([*named, words] if words else named, said)


def in_csaf_document(document: Any) -> Carrier:
    """The names that the products of a CSAF advisory carry together. Takes the decoded JSON; reads only its tree."""
    about = document.get("document", {}) if isinstance(document, dict) else {}
    record = str(_at(about, "tracking", "id") or "")
    source = f"csaf {_at(about, 'publisher', 'name') or ''}".strip()
    pairs: dict[Together, None] = {}
    for product in _products(document.get("product_tree", {}) if isinstance(document, dict) else {}, 0):
        helper = product.get("product_identification_helper")
        if not isinstance(helper, dict):
            continue
        purls = [helper.get("purl"), *(helper.get("purls") or [])]
        texts = [text for text in (*purls, helper.get("cpe")) if isinstance(text, str)]
        pairs |= dict.fromkeys(_pairs(_read(texts), ", ".join(texts)))
    return Carrier(source[:60], record[:120], tuple(pairs))


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _products(tree: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Every full product name of a product tree: in its list, in its branches, in its relationships."""
    if not isinstance(tree, dict) or depth > DEEPEST:
        return
    for key in ("product", "full_product_name"):
        if isinstance(tree.get(key), dict):
            yield tree[key]
    for key in ("full_product_names", "branches", "relationships"):
        parts = tree.get(key)
        for part in parts if isinstance(parts, list) else ():
            if key == "full_product_names" and isinstance(part, dict):
                yield part
            else:
                yield from _products(part, depth + 1)


def _read(texts: Iterable[str]) -> list[Package]:
    found: list[Package] = []
    for text in texts:
        try:
            named = package_of_purl(text) if text.startswith("pkg:") else package_of_cpe(text)
        except InvalidValue:
            continue
        if named is not None:
            found.append(named)
    return found


def _pairs(named: Iterable[Package], says: str) -> Iterator[Together]:
    """One package of each naming system, with one of another; a distribution's package has no other name."""
    by_kind: dict[PackageKind, set[Package]] = {kind: set() for kind in PackageKind}
    for package in named:
        if package.kind is not PackageKind.PURL or package.name.partition("/")[0] not in DISTRO_TYPES:
            by_kind[package.kind].add(package)
    single = [next(iter(found)) for found in by_kind.values() if len(found) == 1]
    if any(len(found) > 1 for found in by_kind.values()):
        return
    for number, one in enumerate(single):
        for other in single[number + 1 :]:
            yield Together(one, other, says[:300])
