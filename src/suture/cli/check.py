"""`suture check`: every problem of every file, with its path; needs no database."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from suture.cli.exits import FAILED
from suture.cli.files import read_input
from suture.core.errors import FormatError, Problem
from suture.formats.check import check as check_document

check = typer.Typer(rich_markup_mode=None, add_completion=False)


class Output(StrEnum):
    TEXT = "text"
    JSON = "json"


@check.command(help="Report every problem of SBOM, VEX and feed files, with its path and how to mend it.")
def _check(
    files: Annotated[list[Path], typer.Argument(help="Files to check; '-' reads stdin.")],
    output: Annotated[Output, typer.Option("--format", help="'text' for people, 'json' for scripts.")] = Output.TEXT,
) -> None:
    reports = [(str(file), *_one(file)) for file in files]
    if output is Output.JSON:
        typer.echo(
            json.dumps(
                [{"file": f, "kind": kind, "problems": [asdict(p) for p in problems]} for f, kind, problems in reports],
                indent=2, ensure_ascii=False,
            )
        )  # fmt: skip
    else:
        for name, kind, problems in reports:
            count = "no problems" if not problems else f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
            typer.echo(f"{name}: {kind}, {count}")
            for problem in problems:
                typer.echo(f"  {problem.where or '/'}   {problem.what}")
                if problem.mend:
                    typer.echo(f"      mend: {problem.mend}")
    if any(problems for _, _, problems in reports):
        raise typer.Exit(FAILED)


def _one(file: Path) -> tuple[str, list[Problem]]:
    try:
        report = check_document(read_input(file))
    except FormatError as error:
        return "not readable", list(error.problems)
    return str(report.kind), list(report.problems)
