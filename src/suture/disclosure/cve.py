"""The CVE record of a case as a draft, from what the case already holds."""

from __future__ import annotations

from django.conf import settings

from suture.accounts.models import Person
from suture.assessment.models import Case, CaseRelease
from suture.core.vex import VexStatus
from suture.disclosure.models import Advisory
from suture.disclosure.queries import firm, public_advisories, reports_of_case
from suture.evidence.clock import now
from suture.formats.cve5_draft import CveDraft, DraftProduct

_UNAFFECTED = (VexStatus.NOT_AFFECTED, VexStatus.FIXED)


def cve_draft(person: Person, case: Case, *, cve_id: str = "", org_id: str = "", cwe: str = "") -> CveDraft:
    """Gather the draft of a case this person may know of. Releases without an answer stay unknown, never unaffected."""
    answers: dict[str, tuple[list[str], list[str]]] = {}
    for row in CaseRelease.objects.filter(case=case).select_related("release__product").order_by("release__pk"):
        affected, unaffected = answers.setdefault(row.release.product.brand_name, ([], []))
        if row.status == VexStatus.AFFECTED:
            affected.append(row.release.version)
        elif row.status in _UNAFFECTED:
            unaffected.append(row.release.version)
    advisory = Advisory.objects.filter(case=case).first()
    public = public_advisories(now()).filter(case=case).exists()
    known = case.vulnerability.preferred_id if case.vulnerability.preferred_id.startswith("CVE-") else ""
    vectors = [r.cvss for r in reports_of_case(person, case) if r.cvss]
    base = settings.SUTURE.public_url.rstrip("/")
    return CveDraft(
        cve_id=cve_id or (advisory.cve if advisory else "") or known, org_id=org_id, cwe=cwe,
        title=advisory.title if advisory else case.vulnerability.title,
        description=advisory.text if advisory else case.vulnerability.description,
        products=tuple(
            DraftProduct(vendor=firm().name, product=name, affected=tuple(bad), unaffected=tuple(good))
            for name, (bad, good) in sorted(answers.items())
        ),
        vector=vectors[0] if len(set(vectors)) == 1 else "",
        references=(f"{base}/security/advisories/{advisory.number}/",) if advisory and public else (),
        credits=(advisory.credit,) if advisory and advisory.credit else (),
        solution=advisory.remedy if advisory else "", public_at=advisory.approved_at if advisory and public else None,
    )  # fmt: skip
