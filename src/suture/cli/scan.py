"""`suture scan`: what the knowledge says of an SBOM, without storing anything."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from suture.cli.dates import day
from suture.cli.exits import UNCONTROLLED
from suture.cli.files import read_input
from suture.cli.progress import say
from suture.cli.show import Output, as_json, as_table
from suture.detection.moments import end_of, revision_at
from suture.detection.scan import ScanResult
from suture.detection.scan import scan as scan_sbom

scan = typer.Typer(rich_markup_mode=None, add_completion=False)


@scan.command(help="Match an SBOM (CycloneDX or SPDX JSON) against the knowledge, without storing it.")
def _scan(
    file: Annotated[Path, typer.Argument(help="SBOM to scan; '-' reads stdin.")],
    output: Annotated[Output, typer.Option("--format", help="'table' for people, 'json' for scripts.")] = Output.TABLE,
    as_of: Annotated[
        str, typer.Option("--as-of", help="With what was known at the end of a day, e.g. 2026-03-31.")
    ] = "",
) -> None:
    rev = revision_at(end_of(day(as_of, "--as-of"), "UTC")) if as_of else None
    result = scan_sbom(read_input(file), rev)
    if output is Output.JSON:
        as_json(result.plain())
    else:
        _show(result)
    if result.findings:
        raise typer.Exit(UNCONTROLLED)


def _show(result: ScanResult) -> None:
    typer.echo(result.says)
    for problem in result.problems[:20]:
        say(f"  {problem['where'] or '/'}   {problem['what']}")
    if result.findings:
        typer.echo("")
        as_table(
            ["vulnerability", "result", "component", "why", "fixed in", "KEV", "EPSS"],
            [
                [
                    f.vulnerability, f.result, ", ".join(f"{c['name']} {c['version']}".strip() for c in f.components),
                    "; ".join(dict.fromkeys(r["says"] for r in f.reasons if r["kind"] == "version")),
                    ", ".join(dict.fromkeys(one["version"] for one in f.fixed_in)),
                    f.exploited["added"] if f.exploited else "", f"{f.epss['score']:.3f}" if f.epss else "",
                ]
                for f in result.findings
            ],
        )  # fmt: skip
    possible = [[p["component"], f"{p['vulnerabilities']} vulnerabilities", p["reason"]] for p in result.possible]
    waiting = [[w["package"], f"{w['ranges']} ranges", w["reason"]] for w in result.waiting]
    _list("Version unknown: possible", possible)
    _list("Not assessed", [[n["component"], n["cause"], n["says"]] for n in result.not_assessed])
    _list("Ranges that wait for a person", waiting)
    excluded = [[r["vulnerability"], r["component"], r["because"]] for r in result.ruled_out]
    _list("Ruled out by the conditions of their records", excluded, ("vulnerability", "component", "why not"))


def _list(title: str, rows: list[list[str]], header: tuple[str, str, str] = ("component", "what", "why")) -> None:
    if not rows:
        return
    typer.echo(f"\n{title} ({len(rows)})")
    as_table(list(header), rows[:50])
    if len(rows) > 50:
        say(f"… and {len(rows) - 50} more; --format json lists all")
