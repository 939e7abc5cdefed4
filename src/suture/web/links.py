"""The one table that turns a record's kind and uid into a page's address.

Evidence keeps kind and uid, never a foreign key; so old entries lead to today's page.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import NoReverseMatch, reverse

# record_kind: (URL name, may be None where a record has no page of its own)
PAGES: Mapping[str, str] = {
    "product": "device",
    "device name": "device-name-entry",
    "absent platform": "device-absent-entry",
    "safety statement": "statement",
    "release": "release",
    "consignee": "consignee",
    "site": "site",
    "unit": "unit",
    "vulnerability": "vulnerability",
    "case": "case",
    "policy": "policy-version",
    "person": "person",
    "806 report": "report",
    "806.20 record": "record-806",
    "decision": "decision",
    "assessment": "assessment",
    "document": "document",
    "SBOM": "sbom",
    "held findings": "release-held",
    "text candidate": "text-candidate",
    "coverage": "release-coverage",
    "proposed judgements": "release-proposals",
    "crosswalk entry": "crosswalk-entry",
    "range in review": "review-decision",
    "match correction": "correction",
    "campaign": "campaign",
    "customer notice": "notice",
    "remediation plan": "plan",
    "control of the library": "control-entry",
    "service order": "service-order",
    "hospital question": "question",
    "promise": "message",
    "undelivered": "outbox-of",
    "SBOM in quarantine": "sbom-held",
    "intake report": "intake-report",
    "coordination": "coordination",
}


def address_of(kind: str, uid: str) -> str:
    """The page that shows a record, or '' where none does."""
    name = PAGES.get(kind)
    if name is None:
        return ""
    try:
        return reverse(name, args=[uid])
    except NoReverseMatch:
        return ""
