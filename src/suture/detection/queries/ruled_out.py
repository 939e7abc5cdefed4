"""What matching ruled out in a release, and why."""

from __future__ import annotations

from django.db.models import QuerySet

from suture.accounts.models import Person
from suture.accounts.queries import visible
from suture.detection.models import RuledOut
from suture.inventory.models import Release


def ruled_out_in(release: Release, person: Person) -> QuerySet[RuledOut]:
    """The matches of a release whose conditions do not hold, by vulnerability."""
    rows = visible(person, RuledOut.objects.filter(release=release), "vulnerability__wall")
    return rows.select_related("vulnerability").order_by(
        "vulnerability__preferred_id", "component", "source", "record", "pk"
    )


def ruled_out_count(release: Release, person: Person) -> int:
    """How many vulnerabilities were ruled out in a release. One query."""
    rows = visible(person, RuledOut.objects.filter(release=release), "vulnerability__wall")
    return rows.values("vulnerability").distinct().count()
