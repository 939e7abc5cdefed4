"""What hospitals asked us."""

from __future__ import annotations

from django.db.models import QuerySet

from suture.accounts.models import Person
from suture.accounts.queries import visible
from suture.remediation.models import Question


def questions_for(person: Person) -> QuerySet[Question]:
    """Every question this person may know of, newest first: past the walls of campaign and consignee."""
    rows = Question.objects.select_related("campaign__product", "contact__consignee")
    for wall in (
        "campaign__case__wall", "campaign__case__vulnerability__wall", "campaign__product__field_wall",
        "contact__consignee__wall",
    ):  # fmt: skip
        rows = visible(person, rows, wall=wall)
    return rows
