"""`suture knowledge`: the knowledge as Parquet for auditors and data platforms, and the proof that it is right."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from suture.accounts.services import local_operator
from suture.cli.exits import FAILED
from suture.cli.progress import say
from suture.cli.show import Output, as_json, as_table
from suture.core.errors import InvalidValue

try:
    from suture.detection import bulk
except ModuleNotFoundError as missing:
    if (missing.name or "").partition(".")[0] not in ("duckdb", "pyarrow"):
        raise
    # the extra is not installed; each command says so
    bulk = None  # type: ignore[assignment]

knowledge = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help="Write the knowledge as Parquet files; check a snapshot with DuckDB alone.",
)

Format = Annotated[Output, typer.Option("--format", help="'table' for people, 'json' for scripts.")]


def _needed() -> None:
    if bulk is None:
        raise InvalidValue("Parquet needs the extra 'bulk' (pyarrow, duckdb): pip install 'suture[bulk]'")


@knowledge.command("export")
def export(
    folder: Annotated[Path, typer.Argument(help="Where the snapshot's own dated folder is made.")],
    portfolio: Annotated[
        bool, typer.Option("--portfolio", help="Our component versions and releases too; not for hands outside.")
    ] = False,
    output: Format = Output.TABLE,
) -> None:
    """Write the published knowledge as dated Parquet files with their SHA-256 and a manifest.

    Example: suture knowledge export /srv/snapshots --portfolio
    """
    _needed()
    done = bulk.export(folder, by=local_operator(), portfolio=portfolio)
    if output is Output.JSON:
        as_json(
            {
                "folder": str(done.folder), "revision": done.rev, "hits": done.hits, "result": done.result_sha256,
                "files": [one._asdict() for one in done.files],
            }
        )  # fmt: skip
        return
    as_table(
        ["file", "rows", "bytes", "sha256"], [[f.name, f"{f.rows:,}", f"{f.size:,}", f.sha256] for f in done.files]
    )
    typer.echo(f"{done.folder}: revision {done.rev}")
    if portfolio:
        typer.echo(f"{done.hits:,} hits, result {done.result_sha256}")


@knowledge.command("check")
def check(
    folder: Annotated[Path, typer.Argument(help="A snapshot: the folder with manifest.json.")],
    output: Format = Output.TABLE,
) -> None:
    """Compare a snapshot's files with its manifest, and repeat the matching with DuckDB alone.

    Example: suture knowledge check /srv/snapshots/suture-2026-11-21-rev46
    """
    _needed()
    found = bulk.check(folder)
    if output is Output.JSON:
        as_json(found._asdict())
    elif found.wrong:
        for sentence in found.wrong:
            say(sentence)
    elif found.result_sha256:
        typer.echo(f"{found.files} files as written")
        typer.echo(f"matched again with DuckDB: {found.hits:,} hits, the same result {found.result_sha256}")
    else:
        typer.echo(f"{found.files} files as written; the portfolio is not in it, so there is no result to repeat")
    if found.wrong:
        raise typer.Exit(FAILED)
