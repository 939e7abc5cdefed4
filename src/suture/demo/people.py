"""Everybody at Northlake Medical. Nobody here exists."""

from __future__ import annotations

from typing import NamedTuple

from suture.accounts.models import Person
from suture.accounts.services import register_person
from suture.core.roles import Role

PASSWORD = "stitch-in-time-2026"  # noqa: S105 (the demo's, shown on purpose on its login page and in the tutorial)

R = Role


class Character(NamedTuple):
    """One person of the demo."""

    username: str
    printed_name: str
    title: str
    roles: tuple[Role, ...]
    phone: str


CAST = (
    Character("noor", "Noor Fairweather", "IT administrator", (R.ADMINISTRATOR,), "218-555-0101"),
    Character("tomas", "Tomás Lindqvist", "Head of product security", (R.PSIRT,), "218-555-0131"),
    Character("jana", "Jana Brandt", "Product security engineer", (R.PSIRT, R.ENGINEERING), "030-555-0132"),
    Character("maren", "Maren Oyelaran, MD", "Medical officer", (R.CLINICAL_SAFETY,), "218-555-0133"),
    Character("lucia", "Lucía Hartnell, MD", "Clinical safety physician", (R.CLINICAL_SAFETY,), "030-555-0134"),
    Character("ingrid", "Ingrid Solheim", "Director of regulatory affairs", (R.REGULATORY_AFFAIRS,), "218-555-0142"),
    Character("pieter", "Pieter Achterberg", "Regulatory affairs specialist", (R.REGULATORY_AFFAIRS,), "030-555-0143"),
    Character("ruth", "Ruth Adeyemi", "Head of quality", (R.QUALITY,), "218-555-0151"),
    Character("yuki", "Yuki Marrow", "Release engineer", (R.ENGINEERING,), "218-555-0161"),
    Character("mateo", "Mateo Virtanen", "Field service lead", (R.FIELD_SERVICE,), "218-555-0171"),
    Character("owen", "Owen Castellane", "Disclosure coordinator", (R.COORDINATOR,), "218-555-0172"),
    Character("helena", "Helena Strand", "Chief operating officer", (R.EXECUTIVE,), "218-555-0181"),
    Character("sam", "Sam Tolliver", "Auditor, visiting", (R.VIEWER,), ""),
)


def register_everybody() -> dict[str, Person]:
    """Register whoever is not there yet; the administrator comes first and registers the others."""
    known = {person.username: person for person in Person.objects.filter(username__in=[c.username for c in CAST])}
    by: Person | None = known.get(CAST[0].username)
    for character in CAST:
        if character.username not in known:
            known[character.username] = register_person(
                username=character.username, printed_name=character.printed_name, roles=character.roles, by=by,
                password=PASSWORD, title=character.title, phone=character.phone,
                email=f"{character.username}@northlake.example",
            )  # fmt: skip
        by = known[CAST[0].username]
    return known
