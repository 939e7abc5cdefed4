"""`suture field`: take in lists of units, list what is in the field, say what a vulnerability reaches."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from suture.cli.dates import day
from suture.cli.exits import FAILED
from suture.cli.person import As, acting
from suture.cli.progress import say
from suture.cli.show import Output, as_json, as_table
from suture.core.errors import InvalidValue
from suture.evidence.clock import today
from suture.formats.field_file import LARGEST, Field, open_listing
from suture.inventory.field.importing import Outcome, Told, take_in_units
from suture.inventory.field.queries import fresh_since, tallied, visible_counts
from suture.inventory.models import Product, Release, Unit

field = typer.Typer(
    rich_markup_mode=None, add_completion=False, no_args_is_help=True,
    help="Take in lists of units; list what is in the field.",
)  # fmt: skip
SOURCES = {str(source.label).split()[-1] if source != Unit.Source.OTHER else "other": source for source in Unit.Source}
Form = Annotated[Output, typer.Option("--format", help="'table' for people, 'json' for scripts.")]


@field.command("import")
def take_in(
    file: Annotated[Path, typer.Argument(help="CSV (UTF-8) or XLSX with a header line, one row a unit.")],
    apply: Annotated[bool, typer.Option("--apply/--preview", help="Write it, or only say what it would do.")] = False,
    source: Annotated[str, typer.Option(help=f"Who told us: {', '.join(SOURCES)}.")] = "system",
    from_whom: Annotated[str, typer.Option(help="Who exactly.")] = "",
    as_of: Annotated[str, typer.Option(help="The day on which the list was true, for rows that say none.")] = "",
    new_places: Annotated[bool, typer.Option("--new-places", help="Add unknown consignees and sites.")] = False,
    column: Annotated[list[str] | None, typer.Option(help="What a column says: 'serial=Serial No.'.")] = None,
    as_user: As = "",
    output: Form = Output.TABLE,
) -> None:
    """Take in a list of units: all of it or nothing. The same list twice changes nothing.

    Example: suture field import units.csv --apply --new-places --column "release=SW version"
    """
    if source not in SOURCES:
        raise InvalidValue(f"--source: one of {', '.join(SOURCES)}")
    if not file.is_file():
        raise InvalidValue(f"{file} is not a file")
    size = file.stat().st_size
    if size > LARGEST:
        raise InvalidValue(f"{file} is larger than {LARGEST // 2**20} MB; cut it in two")
    hashed = hashlib.sha256()
    with file.open("rb") as opened:
        while piece := opened.read(1 << 20):
            hashed.update(piece)
        opened.seek(0)
        listing = open_listing(opened, size)
        told = Told(
            source=SOURCES[source], from_whom=from_whom, as_of=day(as_of, "--as-of") if as_of else None,
            new_places=new_places, file_name=file.name, sha256=hashed.hexdigest(),
        )  # fmt: skip
        mapping = _mapping(column, listing.header) if column else None
        found = take_in_units(listing=listing, told=told, by=acting(as_user), apply=apply, mapping=mapping)
    _show(found, output)
    if found.problem_count:
        raise typer.Exit(FAILED)


def _mapping(columns: list[str], header: tuple[str, ...]) -> dict[Field, int]:
    found = {}
    for said in columns:
        name, _, title = said.partition("=")
        if name not in set(Field):
            raise InvalidValue(f"--column {said}: '{name}' is none of {', '.join(f.value for f in Field)}")
        if title not in header:
            raise InvalidValue(f"--column {said}: the file has no column '{title}'; it has {', '.join(header)}")
        found[Field(name)] = header.index(title)
    return found


def _show(found: Outcome, output: Output) -> None:
    if output is Output.JSON:
        as_json(
            {
                "rows": found.rows, "new": found.new, "changed": found.changed, "same": found.same,
                "older": found.older, "problems": found.problems, "problem_count": found.problem_count,
                "changes": found.changes, "new_sites": found.new_sites,
                "report": found.report.uid if found.report else None,
                "result_sha256": found.report.result_sha256 if found.report else "",
            }
        )  # fmt: skip
        return
    as_table(
        ("rows", "new", "changed", "same", "older", "problems"),
        [(found.rows, found.new, found.changed, found.same, found.older, found.problem_count)],
    )  # fmt: skip
    if found.problems:
        as_table(("where", "what", "how to mend it"), [(p.where, p.what, p.mend) for p in found.problems[:50]])
        say("Nothing was taken in. Mend the rows and take the list in again.")
    elif found.report:
        say(f"Taken in; the evidence holds the hash of the list and of the result, {found.report.result_sha256[:16]}…")
    elif found.new or found.changed:
        as_table(("row", "serial", "known so far", "the list says"),
                 [(c.row, c.serial, c.before, c.after) for c in found.changes])  # fmt: skip
        say("Nothing was saved yet. Take it in with --apply.")
    else:
        say("Nothing new in it.")


@field.command("list")
def show(as_user: As = "", output: Form = Output.TABLE) -> None:
    """Units in the field by device and release, with what is not known and not confirmed."""
    since = fresh_since(today("UTC"))
    by = tallied(visible_counts(acting(as_user)), since, "product", "release")
    products = Product.objects.in_bulk({key[0] for key in by})
    releases = Release.objects.in_bulk({key[1] for key in by if key[1]})
    rows = [
        {
            "device": products[p].brand_name, "release": releases[r].version if r else "not known",
            "units": t.units, "not_confirmed_since": t.stale, "never_confirmed": t.never, "lost": t.lost,
            "retired": t.retired, "at_home": t.home,
        }
        for (p, r), t in sorted(by.items(), key=lambda line: (products[line[0][0]].brand_name, -line[1].units))
    ]  # fmt: skip
    if output is Output.JSON:
        as_json({"fresh_since": since, "rows": rows})
        return
    as_table(
        ("device", "release", "units", f"not confirmed since {since}", "never confirmed", "lost", "retired", "at home"),
        [tuple(row.values()) for row in rows], right=(2, 3, 4, 5, 6, 7),
    )  # fmt: skip
