"""`suture feeds review`: ranges nobody could read; which could concern us, and what a person says of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

import typer

from suture.accounts.services import local_operator
from suture.cli.person import As, acting
from suture.cli.progress import say
from suture.cli.show import Output, as_json, as_table
from suture.core.errors import InvalidValue
from suture.detection.crosswalk_names import read_name
from suture.detection.queries.review import Waiting, Wanted, filled, history_of, one_in_review, ranges_in_review
from suture.detection.services import decide_review, take_back_review
from suture.evidence.clock import now
from suture.inventory.queries import release_named

review = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help="Stated ranges nobody could read: list, show, decide.",
)

Format = Annotated[Output, typer.Option("--format", help="'table' for people, 'json' for scripts.")]
Number = Annotated[int, typer.Argument(help="The range's number, as `list` prints it.")]
A_YEAR = timedelta(days=365)


@review.command("list")
def list_ranges(
    everything: Annotated[
        bool, typer.Option("--all", help="Of the whole world, not only what could concern us.")
    ] = False,
    release: Annotated[str, typer.Option(help="Only what could concern this release, e.g. 'Aria P2 4.2'.")] = "",
    reason: Annotated[str, typer.Option(help="Only this reason, e.g. 'no version'.")] = "",
    source: Annotated[str, typer.Option(help="Only records of this source, e.g. nvd.")] = "",
    package: Annotated[str, typer.Option(help="Only this package, by its exact name, e.g. a:openssl:openssl.")] = "",
    state: Annotated[str, typer.Option(help="waiting, decided or any.")] = "waiting",
    beside: Annotated[
        bool, typer.Option("--beside", help="Also where the record states other ranges of the package that are read.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to list, newest records first.")] = 50,
    output: Format = Output.TABLE,
) -> None:
    """List stated ranges nobody could read: by default those that wait and could concern a component of ours.

    Example: suture feeds review list --release "Aria P2 4.2" --reason "no version"
    """
    if state not in ("waiting", "decided", "any"):
        raise InvalidValue(f"'{state}' is no state; choose from: waiting, decided, any")
    person = local_operator()
    wanted = Wanted(
        scope="all" if everything else "ours", release=release_named(release) if release else None, reason=reason,
        source=source, package=package, state=state, beside=beside,
    )  # fmt: skip
    found = ranges_in_review(wanted, person, 0, limit)
    rows = filled(found.rows, person)
    if output is Output.JSON:
        counts = {"by_reason": found.by_reason, "by_source": found.by_source, "by_package": found.by_package}
        numbers = {"total": found.total, "ranges": found.ranges, "left_out": found.left_out}
        as_json({**numbers, **counts, "items": [plain(row) for row in rows]})
        return
    as_table(
        ["number", "record", "dated", "reason", "package", "could concern", "as stated"],
        [
            [
                row.stmt, f"{row.source} {row.record}", row.dated, row.reason, row.package or "none", _concerns(row),
                _short(row.raw),
            ]
            for row in rows
        ],
    )  # fmt: skip
    counted = ", ".join(f"{n:,} {why}" for why, n in found.by_reason.items())
    say(f"{len(rows)} of {found.total:,} rows, for {found.ranges:,} stated ranges{f': {counted}' if counted else ''}.")
    if found.left_out:
        say(f"{found.left_out:,} more where the record states other ranges of the package that are read: --beside")


def _concerns(row: Waiting) -> str:
    named = list(dict.fromkeys(f"{c.component} ({c.release.label})" for c in row.carriers))
    return "; ".join(named[:2]) + (f"; and {len(named) - 2} more" if len(named) > 2 else "")


def _short(text: str) -> str:
    line = " · ".join(text.split("\n"))
    return line if len(line) <= 80 else f"{line[:79]}…"


def plain(row: Waiting) -> dict[str, object]:
    """A range in review as JSON takes it."""
    decision = row.decision
    return {
        "number": row.stmt, "source": row.source, "record": row.record, "dated": row.dated, "reason": row.reason,
        "why": row.why, "as_stated": row.raw, "ranges": row.n, "package": row.package, "kind": row.kind,
        "order": row.scheme, "read_beside": bool(row.beside),
        "vulnerabilities": [v.preferred_id for v in row.vulnerabilities],
        "could_concern": [{"component": c.component, "release": c.release.label} for c in row.carriers],
        "verdict": decision.verdict if decision else None, "because": decision.because if decision else None,
        "by": decision.by.printed_name if decision else None, "review_on": decision.review_on if decision else None,
        "due": row.due,
    }  # fmt: skip


@review.command("show")
def show_range(number: Number, output: Format = Output.TABLE) -> None:
    """Show one range: as stated, why it waits, what it could concern, and what was said of it."""
    row = one_in_review(number, local_operator())
    said = history_of(row)
    if output is Output.JSON:
        listed = [
            {
                "verdict": one.verdict, "versions": one.versions, "of": one.stated_name, "because": one.because,
                "by": one.by.printed_name, "at": one.at, "review_on": one.review_on, "as_stated": one.raw,
            }
            for one in said
        ]  # fmt: skip
        as_json({**plain(row), "history": listed})
        return
    ids = ", ".join(v.preferred_id for v in row.vulnerabilities)
    typer.echo(f"{row.source} {row.record} of {row.dated or 'no date'}: {ids}")
    typer.echo(f"{row.package or 'no package'}: {row.reason}: {row.why}")
    typer.echo(f"As stated ({row.n}):")
    for line in row.raw.split("\n"):
        typer.echo(f"    {line}")
    typer.echo(
        f"Could concern: {'; '.join(f'{c.component} in {c.release.label}' for c in row.carriers) or 'nothing of ours'}"
    )
    for one in said:
        versions = f" ({'; '.join(one.versions)})" if one.versions else ""
        typer.echo(f"{one.at.date()} {one.by.printed_name}: {one.verdict}{versions}: {one.because}")
    if not said:
        typer.echo("Nobody has said anything of it.")


@review.command("decide")
def decide_range(
    number: Number,
    because: Annotated[str, typer.Option(help="Why, in a sentence.")],
    verdict: Annotated[str, typer.Option(help="'not ours', 'versions', 'every version', or 'taken back'.")],
    versions: Annotated[
        list[str] | None, typer.Option(help="With 'versions': a range, e.g. '>= 1.0, < 2.3'; may be repeated.")
    ] = None,
    of: Annotated[str, typer.Option(help="Package the versions are of, where the record names none.")] = "",
    review_on: Annotated[str, typer.Option(help="The day to look again, e.g. 2027-06-30; in a year by itself.")] = "",
    as_user: As = "",
) -> None:
    """Say what a range means for us; remembered until the record says something else.

    Example: suture feeds review decide 81263722496 --verdict versions --versions ">= 3.0.0, < 3.0.15" \\
    --because "the maker's advisory names them" --as ada
    """
    person = acting(as_user)
    if verdict == "taken back":
        row = take_back_review(stmt=number, by=person, because=because)
    else:
        row = decide_review(
            stmt=number, verdict=verdict, by=person, because=because, versions=versions or (),
            of=read_name(of) if of else None, review_on=day_to_look_again(review_on),
        )  # fmt: skip
    typer.echo(f"{row.label}: {row.get_verdict_display()}")
    say("Releases it concerns are matched again in the background (suture worker).")


def day_to_look_again(written: str) -> date:
    """The day as given, or in a year.

    Raises:
        InvalidValue: it is no date.
    """
    if not written:
        return now().date() + A_YEAR
    try:
        return date.fromisoformat(written)
    except ValueError as wrong:
        raise InvalidValue(f"--review-on: '{written}' is no date; write it like 2027-06-30") from wrong
