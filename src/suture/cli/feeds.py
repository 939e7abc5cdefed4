"""`suture feeds`: take in what the world knows from files or folders; show how fresh each source is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from suture.accounts.services import local_operator
from suture.cli.exits import FAILED
from suture.cli.progress import say
from suture.cli.review import review
from suture.cli.show import Output, as_json, as_table
from suture.core.errors import InvalidValue
from suture.detection.queries import breaches
from suture.detection.services import check_feeds
from suture.intelligence import services
from suture.intelligence.queries import knowledge, sources_status
from suture.intelligence.services import SourceResult

feeds = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help="Import feed files; show how fresh sources are; decide on ranges nobody could read.",
)
feeds.add_typer(review, name="review")

Format = Annotated[Output, typer.Option("--format", help="'table' for people, 'json' for scripts.")]


@feeds.command("import")
def import_feeds(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Files or folders: OSV, NVD, CVE JSON 5, Red Hat, Alpine, CSAF, KEV, EPSS; .gz too."),
    ],
    even_if_smaller: Annotated[
        bool,
        typer.Option(
            "--even-if-smaller", help="Take a feed in although it shrank by half: a person has looked and it is right."
        ),
    ] = False,
    output: Format = Output.TABLE,
) -> None:
    """Take feed files into the knowledge. People go on working meanwhile; a second run changes nothing.

    Example: suture feeds import mirror/osv mirror/nvd mirror/kev.json
    """
    absent = [str(path) for path in paths if not path.exists()]
    if absent:
        raise InvalidValue(f"no such file or folder: {', '.join(absent)}")
    with _bar() as bar:
        task = bar.add_task("Reading", total=None)

        def tell(now: services.Progress) -> None:
            bar.update(task, description=f"{now.file} ({now.records:,} records)", completed=now.done, total=now.total)

        results = services.import_feeds(
            [str(path) for path in paths], by=local_operator(), progress=tell, even_if_smaller=even_if_smaller
        )
    if output is Output.JSON:
        as_json([_plain(result) for result in results])
    else:
        _table(results)
    check_feeds()
    for source, lacks in sorted(breaches().items()):
        say(f"{source} is incomplete: {lacks}")
    if any(result.changed for result in results):
        say("Releases are matched anew by the worker: `suture serve` runs one. Without it: suture worker --once")
    if any(result.failed for result in results):
        raise typer.Exit(FAILED)


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        DownloadColumn(),
        TimeElapsedColumn(),
        console=Console(file=sys.stderr),
        transient=True,
        disable=not sys.stderr.isatty(),
    )


def _table(results: list[SourceResult]) -> None:
    if not results:
        typer.echo("No feed file was found.")
        return
    as_table(
        [
            "source",
            "outcome",
            "records",
            "new",
            "amended",
            "same",
            "older or repeated",
            "unreadable",
            "ranges",
            "accepted",
            "review",
            "s",
            "peak MB",
        ],
        [
            [
                r.source,
                r.outcome,
                f"{r.counts.records:,}",
                f"{r.counts.new:,}",
                f"{r.counts.amended:,}",
                f"{r.counts.unchanged:,}",
                f"{r.counts.older + r.counts.repeated:,}",
                f"{r.counts.unreadable:,}",
                f"{r.counts.stated:,}",
                f"{r.counts.accepted:,}",
                f"{sum(r.counts.review.values()):,}",
                f"{r.seconds:.1f}",
                f"{r.peak_mb:.0f}",
            ]
            for r in results
        ],
        right=range(2, 13),
    )
    waiting = [(r.source, reason, count) for r in results for reason, count in r.counts.review.most_common()]
    if waiting:
        typer.echo("")
        as_table(["source", "in review, because", "ranges"], [[s, w, f"{n:,}"] for s, w, n in waiting], right=[2])
    for result in results:
        for file in result.files:
            if file.why:
                say(f"{file.file}: {file.outcome}: {file.why}")
            for problem in file.problems[:5]:
                say(f"  {file.file} {problem.where}   {problem.what}")
    stated = sum(r.counts.stated for r in results)
    typer.echo("")
    if not any(r.changed for r in results) and not any(r.failed for r in results):
        typer.echo("Nothing changed: everything here was known already.")
    known = knowledge()
    typer.echo(
        f"{stated:,} ranges read = {sum(r.counts.accepted for r in results):,} accepted + "
        f"{sum(sum(r.counts.review.values()) for r in results):,} in review. "
        f"Known now: {known.vulnerabilities:,} vulnerabilities, {known.ranges:,} ranges, {known.waiting:,} in review "
        f"(revision {known.rev})."
    )


def _plain(result: SourceResult) -> dict[str, object]:
    return {
        "source": result.source, "outcome": result.outcome.value, "seconds": round(result.seconds, 2),
        "peak_mb": round(result.peak_mb), "counts": result.counts.as_json(), "changed": result.changed,
        "files": [
            {
                "file": f.file, "outcome": f.outcome.value, "rev": f.rev, "why": f.why, "seconds": round(f.seconds, 2),
                "problems": [{"where": p.where, "what": p.what, "mend": p.mend} for p in f.problems],
            }
            for f in result.files
        ],
    }  # fmt: skip


@feeds.command("status")
def show_status(output: Format = Output.TABLE) -> None:
    """Show every source with its age against its budget. A source never taken in is not listed: nobody watches it."""
    rows = sources_status()
    if output is Output.JSON:
        as_json(rows)
        return
    lacking = breaches()
    as_table(
        ["source", "revision", "dated", "age h", "limit h", "state"],
        [
            [
                s.source,
                s.rev,
                s.dated[:16],
                f"{s.age:.0f}",
                f"{s.budget:.0f}",
                s.refused
                or ", ".join(word for word, holds in (("late", s.late), ("incomplete", s.source in lacking)) if holds)
                or "fresh",
            ]
            for s in rows
        ],
        right=[1, 3, 4],
    )
    if not rows:
        say("No source was ever taken in: every release is not assessed. Begin with: suture feeds import FOLDER")
