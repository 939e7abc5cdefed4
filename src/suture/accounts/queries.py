"""Who people are, what they see, what they signed."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from suture.accounts.models import Person, Signature, Wall
from suture.core.errors import NotFound
from suture.core.roles import Role

Row = TypeVar("Row", bound=Model)


def visible(person: Person, rows: QuerySet[Row], wall: str = "wall") -> QuerySet[Row]:
    """Only what stands before no wall, or before one this person is admitted to. Every query goes through here.

    `wall` is the path to the row's wall, e.g. 'vulnerability__wall'.
    """
    if person.kind == Person.Kind.SYSTEM:
        return rows
    return rows.filter(Q(**{f"{wall}__isnull": True}) | Q(**{f"{wall}__in": Wall.objects.filter(admitted=person)}))


def sees(person: Person, wall: Wall | None) -> bool:
    """Whether a person is admitted to a wall; no wall hides nothing."""
    return wall is None or person.kind == Person.Kind.SYSTEM or wall.admitted.filter(pk=person.pk).exists()


def person_named(username: str) -> Person:
    """One person by user name.

    Raises:
        NotFound: nobody has it.
    """
    try:
        return Person.objects.get(username=username)
    except Person.DoesNotExist:
        raise NotFound(f"nobody here is called '{username}'") from None


def humans() -> QuerySet[Person]:
    """Everybody who may act today and can answer for something, by printed name."""
    return Person.objects.filter(is_active=True, kind=Person.Kind.HUMAN).order_by("printed_name")


def people_in(role: Role) -> list[Person]:
    """Everybody who holds a role and may still act."""
    return [p for p in Person.objects.filter(is_active=True).order_by("printed_name") if role in p.roles]


def signatures_on(kind: str, uid: UUID, digest: str | None = None) -> QuerySet[Signature]:
    """Signatures of a record, oldest first; with `digest`, only those that hold for that version."""
    wanted: dict[str, Any] = {"signed_kind": kind, "signed_uid": uid}
    if digest is not None:
        wanted["digest"] = digest
    return Signature.objects.filter(**wanted).select_related("signer").order_by("signed_at", "pk")
