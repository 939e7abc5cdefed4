"""`suture verify`: the chain of evidence, from the first entry to the head kept outside the database."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from suture.cli.exits import FAILED
from suture.evidence.queries import verify_chain

verify = typer.Typer(rich_markup_mode=None, add_completion=False)


@verify.command(help="Check every entry of the chain of evidence, and the head kept outside the database.")
def _verify(as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False) -> None:
    verdict = verify_chain()
    if as_json:
        typer.echo(
            json.dumps({
                "intact": verdict.intact, "entries": verdict.entries, "broken_at": verdict.broken_at,
                "head": {"seq": verdict.head.seq, "hash": verdict.head.hash}, "says": verdict.says,
            })
        )  # fmt: skip
    else:
        typer.echo(f"{'intact' if verdict.intact else 'BROKEN'}: {verdict.says.removesuffix(', intact')}")
        if verdict.intact and verdict.entries:
            typer.echo(f"head: entry {verdict.head.seq}, SHA-256 {verdict.head.hash}")
    if not verdict.intact:
        raise typer.Exit(FAILED)
