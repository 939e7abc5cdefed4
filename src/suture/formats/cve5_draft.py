"""A CVE record as a draft: what a CNA publishes, or what one is asked with. Says what is still missing.

Written after the CVE record format 5.x (CVE Program). A draft never invents an id: without a CVE id or a CNA's
organisation id these stay out, and the record is not valid yet; everything else is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from suture.core import cvss

DATA_VERSION = "5.1.1"
_CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}")
_ORG = re.compile(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-4[0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}")
_METRICS = {"3.0": "cvssV3_0", "3.1": "cvssV3_1", "4.0": "cvssV4_0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftProduct:
    """One product with what we answered for its versions."""

    vendor: str
    product: str
    affected: tuple[str, ...] = ()
    unaffected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CveDraft:
    """What we know of a vulnerability that is to get a CVE record. Absent text is ''."""

    title: str
    description: str
    products: tuple[DraftProduct, ...]
    cve_id: str = ""
    org_id: str = ""  # of the CNA, a UUID of version 4
    cwe: str = ""
    vector: str = ""
    references: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()
    workaround: str = ""
    solution: str = ""
    public_at: datetime | None = None


def missing(draft: CveDraft) -> list[str]:
    """What the record still lacks, as a person reads it: first what its schema asks for, then what readers need."""
    found = []
    if not _CVE.fullmatch(draft.cve_id):
        found.append("a CVE id: ask a CNA, or reserve one as a CNA")
    if not _ORG.fullmatch(draft.org_id):
        found.append("the organisation id of the CNA that assigns it")
    if not draft.description.strip():
        found.append("a description in English")
    if not any(p.affected or p.unaffected for p in draft.products):
        found.append("an answer, affected or not, for at least one release")
    if not draft.references:
        found.append("a public reference: the advisory's address, once it is public")
    if not draft.cwe:
        found.append("a problem type (CWE); the CVE rules ask for one")
    if not draft.vector:
        found.append("a CVSS vector; recommended")
    return found


def write(draft: CveDraft) -> dict[str, Any]:
    """The record as JSON data. Valid by the schema once nothing of its own is missing."""
    cna: dict[str, Any] = {"providerMetadata": {"orgId": draft.org_id} if draft.org_id else {}}
    if draft.title.strip():
        cna["title"] = draft.title.strip()[:256]
    if draft.public_at is not None:
        cna["datePublic"] = draft.public_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    cna["descriptions"] = [_said(draft.description)] if draft.description.strip() else []
    cna["affected"] = [_product(one) for one in draft.products if one.affected or one.unaffected]
    if draft.cwe:
        named = {"lang": "en", "description": draft.cwe, "type": "CWE", "cweId": draft.cwe}
        cna["problemTypes"] = [{"descriptions": [named]}]
    if draft.vector:
        read = cvss.parse(draft.vector)
        if read.version in _METRICS:
            scored = {
                "version": read.version, "vectorString": read.vector, "baseScore": read.base,
                "baseSeverity": read.rating.upper(),
            }  # fmt: skip
            cna["metrics"] = [{"format": "CVSS", _METRICS[read.version]: scored}]
    for name, text in (("workarounds", draft.workaround), ("solutions", draft.solution)):
        if text.strip():
            cna[name] = [_said(text)]
    if draft.credits:
        cna["credits"] = [{"lang": "en", "value": name, "type": "finder"} for name in dict.fromkeys(draft.credits)]
    cna["references"] = [{"url": url} for url in dict.fromkeys(draft.references)]
    metadata = {"cveId": draft.cve_id, "assignerOrgId": draft.org_id, "state": "PUBLISHED"}
    return {
        "dataType": "CVE_RECORD", "dataVersion": DATA_VERSION,
        "cveMetadata": {key: value for key, value in metadata.items() if value}, "containers": {"cna": cna},
    }  # fmt: skip


def _said(text: str) -> dict[str, str]:
    return {"lang": "en", "value": text.strip()[:4096]}


def _product(one: DraftProduct) -> dict[str, Any]:
    versions = [{"version": version, "status": "affected"} for version in dict.fromkeys(one.affected)]
    versions += [{"version": version, "status": "unaffected"} for version in dict.fromkeys(one.unaffected)]
    return {"vendor": one.vendor, "product": one.product, "defaultStatus": "unknown", "versions": versions}
