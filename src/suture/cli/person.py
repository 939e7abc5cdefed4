"""Who acts at the command line: the named local operator, or a person who says so with their password."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from suture.accounts.models import Person
from suture.accounts.queries import person_named
from suture.accounts.services import local_operator, reauthenticate

As = Annotated[
    str,
    typer.Option(
        "--as", help="Act as this person instead of the local operator; asks for the password (or SUTURE_PASSWORD)."
    ),
]


def acting(as_user: str) -> Person:
    """The person a command acts as. Nothing is signed here: signing belongs to the page that shows what is signed.

    Raises:
        NotFound: nobody is called so.
        NotAllowed: the password is wrong; the attempt is on record.
    """
    if not as_user:
        return local_operator()
    person = person_named(as_user)
    password = os.environ.get("SUTURE_PASSWORD") or typer.prompt(
        f"Password of {person.printed_name}", hide_input=True, err=True
    )
    reauthenticate(person, password)
    return person
