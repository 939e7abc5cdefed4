"""What waits for somebody's signature."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from suture.accounts.models import Person, Signature
from suture.assessment.models import Assessment, Case
from suture.assessment.queries import cases_for
from suture.core.authority import Authority
from suture.core.cases import AssessmentState, CaseState, ReportState
from suture.core.risk import Outcome
from suture.core.roles import Role
from suture.desk.obligations import CLINICAL, PSIRT, QUALITY, RA, Link, Obligation, Sort
from suture.evidence.canonical import digest
from suture.inventory.models import SafetyStatement
from suture.policy.models import PolicyVersion
from suture.reporting.models import Decision, Record806, Report806


def decisions_for(person: Person) -> list[Decision]:
    """Every decision this person may know of, oldest version first, with its case and the case's owner."""
    rows = Decision.objects.filter(case__in=cases_for(person)).select_related("case__owner")
    return list(rows.order_by("version"))


def signatures_waiting(person: Person, decisions: Sequence[Decision] | None = None) -> list[Obligation]:
    """What waits for a signature: assessments, decisions, 806 reports and records, statements, policies."""
    mine = cases_for(person)
    newest: dict[tuple[str, int, int], Decision | Record806] = {}
    for row in decisions_for(person) if decisions is None else decisions:
        newest["decision", row.case_id, 0] = row
    for record in Record806.objects.filter(case__in=mine).select_related("case__owner", "product").order_by("version"):
        newest["record", record.case_id, record.product_id] = record
    open_ones = [row for row in newest.values() if row.case.at is not CaseState.CLOSED]
    held = _signed(open_ones)
    found = [_to_sign(row, row.case) for row in open_ones if (str(row.uid), digest(row.content())) not in held]
    reports = Report806.objects.filter(case__in=mine, state=ReportState.DRAFTED).select_related(
        "case__owner", "product"
    )
    found += [_to_sign(row, row.case) for row in reports]
    reviews = Assessment.objects.filter(case__in=mine, state=AssessmentState.IN_REVIEW)
    found += [_to_sign(row, row.case) for row in reviews.select_related("case__owner", "product", "release")]
    for statement in SafetyStatement.objects.filter(approved=False).select_related("product"):
        found.append(_to_sign(statement, None))
    for policy in PolicyVersion.objects.filter(state=PolicyVersion.State.DRAFT):
        found.append(_to_sign(policy, None))
    return found


_SIGNERS: dict[str, tuple[str, frozenset[Role]]] = {
    "decision": ("Sign the decision", frozenset({RA})),
    "806.20 record": ("Review and sign the 806.20 record", frozenset({QUALITY, RA})),
    "806 report": ("Approve the 806 report", frozenset({RA})),
    "assessment": ("Sign the assessment", frozenset({PSIRT, CLINICAL})),
    "safety statement": ("Approve safety and essential performance", frozenset({CLINICAL, QUALITY})),
    "policy": ("Approve the policy", frozenset({QUALITY, Role.EXECUTIVE})),
}


def _signed(rows: Sequence[Any]) -> set[tuple[str, str]]:
    found = Signature.objects.filter(signed_uid__in=[row.uid for row in rows]).values_list("signed_uid", "digest")
    return {(str(uid), bound) for uid, bound in found}


def _to_sign(row: Any, case: Case | None) -> Obligation:
    what, roles = _SIGNERS[row.record_kind]
    because = "it is ready, and nobody's signature holds for it yet"
    if isinstance(row, Assessment) and row.cell == Outcome.JUDGEMENT.word:
        because = "the matrix leaves it to two people: product security and clinical safety"
        if row.judgement:
            because += f"; one has signed {row.judgement}"
    product = getattr(row, "product", None)
    return Obligation(
        sort=Sort.SIGNATURE, what=what, device=product.brand_name if product else "", because=because, rule="",
        citation="21 CFR 11.50, 11.70", kind=Authority.REGULATION, owner=case.owner.printed_name if case else "",
        roles=roles, link=Link(row.record_kind, str(row.uid)), label=row.label,
    )  # fmt: skip
