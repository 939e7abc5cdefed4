"""`suture mail`: does the mail server answer?"""

from __future__ import annotations

from typing import Annotated

import typer
from django.conf import settings
from django.db import transaction

from suture.accounts.services import local_operator, new_uid
from suture.cli.progress import say
from suture.core.errors import InvalidValue
from suture.inventory.blobs import read_blob
from suture.jobs.letters import Letter, promise_mail
from suture.jobs.mail import Mail

mail = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)


@mail.callback(help="The mail server: does it answer?")
def _mail() -> None:
    pass


@mail.command(help="Connect to the configured mail server, sign in, and print its own words.")
def check(
    to: Annotated[str, typer.Option(help="Also promise a mail to this address; the worker sends it.")] = "",
) -> None:
    client = Mail(settings.SUTURE, read_blob)
    if missing := client.unready():
        raise InvalidValue(missing)
    typer.echo(f"{settings.SUTURE.mail_host} answers: {client.greet()}")
    if to:
        by = local_operator()
        letter = Letter(
            to=(to,), subject="Suture can send mail", text="Promised at the command line to try the way out."
        )
        with transaction.atomic():
            promise_mail(letter=letter, key=f"trial {new_uid()}", cause=by, by=by, label="Trial of the mail server")
        say("Promised. The outbox shows what becomes of it.")
