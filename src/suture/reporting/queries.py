"""Reads of reporting: where a case stands towards FDA, decisions, drafts, documents."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from suture.accounts.models import Person
from suture.assessment.models import Case
from suture.assessment.queries import cases_for
from suture.core.errors import NotFound
from suture.reporting.basis import is_current
from suture.reporting.guards import reporting_guards
from suture.reporting.models import Decision, Document, Record806, Report806
from suture.reporting.position import Owed, Position, binds, given_answers, gravest, position
from suture.reporting.records import is_signed, keep_until, signatures_holding

__all__ = [
    "Owed",
    "Position",
    "binds",
    "decision_for",
    "decisions_of",
    "document_for",
    "documents_of",
    "given_answers",
    "gravest",
    "is_current",
    "is_signed",
    "keep_until",
    "position",
    "record_for",
    "records_for",
    "report_for",
    "reporting_guards",
    "reports_for",
    "signatures_holding",
]

Row = TypeVar("Row", bound=Model)


def decisions_of(case: Case) -> QuerySet[Decision]:
    """The decisions on a case, newest first."""
    return case.decisions.select_related("by").order_by("-version")


def decision_for(person: Person, uid: UUID | str) -> Decision:
    """One decision.

    Raises:
        NotFound: there is none, or it stands behind a wall.
    """
    return _one(Decision.objects.select_related("case", "by"), person, uid)


def report_for(person: Person, uid: UUID | str) -> Report806:
    """One 806 report.

    Raises:
        NotFound: there is none, or it stands behind a wall.
    """
    rows = Report806.objects.select_related("case__vulnerability", "case__establishment", "product__establishment")
    return _one(rows, person, uid)


def record_for(person: Person, uid: UUID | str) -> Record806:
    """One 806.20 record.

    Raises:
        NotFound: there is none, or it stands behind a wall.
    """
    return _one(Record806.objects.select_related("case__establishment", "product__establishment"), person, uid)


def document_for(person: Person, uid: UUID | str) -> Document:
    """One stored document.

    Raises:
        NotFound: there is none, or it stands behind a wall.
    """
    return _one(Document.objects.select_related("case"), person, uid)


def _one(rows: QuerySet[Row], person: Person, uid: UUID | str) -> Row:
    row = rows.filter(uid=uid, case__in=cases_for(person)).first()
    if row is None:
        raise NotFound("there is no such record")
    return row


def reports_for(person: Person) -> QuerySet[Report806]:
    """Every 806 report this person may know of, those not yet sent first."""
    rows = Report806.objects.filter(case__in=cases_for(person)).select_related("case", "product", "case__vulnerability")
    return rows.order_by("number", "-drafted_at")


def records_for(person: Person) -> QuerySet[Record806]:
    """Every 806.20 record this person may know of, newest first."""
    return (
        Record806.objects.filter(case__in=cases_for(person)).select_related("case", "product").order_by("-drafted_at")
    )


def documents_of(uid: UUID) -> QuerySet[Document]:
    """The documents made of a report or record, newest first."""
    return Document.objects.filter(of_uid=uid).select_related("by").order_by("-made_at", "-pk")
