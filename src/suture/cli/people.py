"""`suture setup` and `person`: whose installation this is, its first people, and who is who."""

from __future__ import annotations

import os
from typing import Annotated

import typer
from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.services import register_person, renew_password
from suture.cli.person import As, acting
from suture.cli.show import Output, as_json, as_table
from suture.core.errors import InvalidValue
from suture.core.roles import Role
from suture.policy.services import propose_examples, set_up

setup = typer.Typer(rich_markup_mode=None, add_completion=False)
person = typer.Typer(
    rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Register people; list who is who."
)


@person.command("add")
def add(
    username: Annotated[str, typer.Argument(help="User name; never given to a second person.")],
    name: Annotated[str, typer.Option(help="Name as printed on documents and signatures.")],
    role: Annotated[list[str], typer.Option(help=f"Role; repeat. One of: {', '.join(r.value for r in Role)}.")],
    title: Annotated[str, typer.Option(help="Title, e.g. 'Director of regulatory affairs'.")] = "",
    as_user: As = "",
) -> None:
    """Register a person. The first of an installation registers themselves; later ones need --as an administrator.

    The new password is asked for, or read from SUTURE_NEW_PASSWORD.
    """
    unknown = sorted(set(role) - {r.value for r in Role})
    if unknown:
        raise InvalidValue(f"no such role: {', '.join(unknown)}; roles are {', '.join(r.value for r in Role)}")
    first = not Person.objects.filter(kind=Person.Kind.HUMAN).exists()
    by = None if first else acting(as_user)
    password = _new_password(name)
    row = register_person(
        username=username, printed_name=name, title=title, roles=[Role(r) for r in role], by=by, password=password
    )
    typer.echo(str(row.uid))


@setup.command(help="Say whose installation this is, and propose the shipped example policies as drafts.")
def _setup(
    manufacturer: Annotated[str, typer.Argument(help="The manufacturer's name, as on documents.")], as_user: As = ""
) -> None:
    by = acting(as_user)
    with transaction.atomic():
        set_up(manufacturer=manufacturer, demo=False, by=by)
        drafts = propose_examples(by=by)
    for draft in drafts:
        typer.echo(
            f"{draft.label}: draft, an example, not FDA's; it waits for approval by signature on the Policy page"
        )


def _new_password(name: str) -> str:
    given = os.environ.get("SUTURE_NEW_PASSWORD")
    return given or str(typer.prompt(f"New password of {name}", hide_input=True, confirmation_prompt=True, err=True))


@person.command("password")
def password(
    username: Annotated[str, typer.Argument(help="Whose password is renewed.")],
    because: Annotated[str, typer.Option(help="Why; it is on record.")],
    as_user: As = "",
) -> None:
    """Give somebody a new password; the new one is asked for, or read from SUTURE_NEW_PASSWORD."""
    by = acting(as_user)
    row = renew_password(username=username, password=_new_password(username), by=by, because=because)
    typer.echo(f"{row.printed_name} signs in with the new password from now on.")


@person.command("list")
def list_people(
    output: Annotated[Output, typer.Option("--format", help="'table' for people, 'json' for scripts.")] = Output.TABLE,
) -> None:
    """List people and their roles."""
    rows = [
        {
            "user name": p.username, "name": p.printed_name, "title": p.title, "roles": ", ".join(sorted(p.role_names)),
            "may act": "yes" if p.is_active else "no",
        }
        for p in Person.objects.order_by("printed_name")
    ]  # fmt: skip
    if output is Output.JSON:
        as_json(rows)
    else:
        as_table(["user name", "name", "title", "roles", "may act"], [list(r.values()) for r in rows])
