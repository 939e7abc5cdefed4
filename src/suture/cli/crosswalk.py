"""`suture crosswalk`: names that mean one product, settled once by a person; suggestions that wait for one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from suture.cli.person import As, acting
from suture.cli.progress import say
from suture.cli.review import day_to_look_again
from suture.cli.show import Output, as_json, as_table
from suture.core.errors import InvalidValue, NotFound
from suture.detection.crosswalk import SHIPPED_VERSION
from suture.detection.crosswalk_names import pair_key, read_name
from suture.detection.models import CrosswalkDecision
from suture.detection.queries.crosswalk import names_of, shipped_rows, standing_decisions, suggestions_waiting
from suture.detection.services import confirm_pair, look_for_suggestions, reject_pair, take_back_pair

crosswalk = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help="Settle once which names mean one product: list, suggest, confirm, reject, add, take back.",
)

Format = Annotated[Output, typer.Option("--format", help="'table' for people, 'json' for scripts.")]
One = Annotated[
    str, typer.Argument(help="pkg:npm/lodash, cpe:2.3:a:openssl:openssl, cna:vendor:product or supplied:Supplier|name.")
]
Other = Annotated[str, typer.Argument(help="The other name.")]
Because = Annotated[str, typer.Option(help="Why, in a sentence.")]
ReviewOn = Annotated[str, typer.Option(help="The day to look again, e.g. 2027-06-30; in a year by itself.")]
Confidence = Annotated[str, typer.Option(help="What it rests on: maker, third party, examined.")]
PARTS = ("confirmed", "waiting", "rejected", "shipped")


@crosswalk.command("list")
def list_entries(
    part: Annotated[str, typer.Argument(help="confirmed, waiting (suggestions), rejected or shipped.")] = "confirmed",
    find: Annotated[str, typer.Option(help="Only where a name holds these words.")] = "",
    output: Format = Output.TABLE,
) -> None:
    """List what was confirmed or rejected, what waits for a person, or the rows shipped with Suture."""
    if part not in PARTS:
        raise InvalidValue(f"'{part}' is no part of the crosswalk; choose from: {', '.join(PARTS)}")
    rows = [row for row in _rows(part) if find.casefold() in f"{row['one']} {row['other']}".casefold()]
    if output is Output.JSON:
        as_json(rows)
        return
    as_table(list(rows[0]) if rows else ["one", "other"], [list(row.values()) for row in rows])
    if not rows and part == "waiting":
        say("No suggestion waits. Look for some with: suture crosswalk suggest [FILES]")


def _rows(part: str) -> list[dict[str, object]]:
    if part == "shipped":
        because = f"reviewed by Suture, version {SHIPPED_VERSION}: "
        return [
            {"one": row.cpes[0], "other": ", ".join((*row.cpes[1:], *(f"cna:{w}" for w in row.words))),
             "because": because + row.because,
             "as in": "; ".join(dict.fromkeys(row.seen_in.values()))}
            for row in shipped_rows()
        ]  # fmt: skip
    if part == "waiting":
        return [
            {
                "one": names_of(row)[0].typed, "other": names_of(row)[1].typed, "carriers": row.carriers,
                "carried by": "; ".join(f"{c['source']} {c['record']}" for c in row.provenance),
            }
            for row in suggestions_waiting()
        ]  # fmt: skip
    wanted = CrosswalkDecision.Verdict.CONFIRMED if part == "confirmed" else CrosswalkDecision.Verdict.REJECTED
    return [
        {
            "one": names_of(row)[0].typed, "other": names_of(row)[1].typed, "by": row.by.printed_name,
            "on": row.at.date(), "rests on": row.confidence, "because": row.because, "look again": row.review_on,
        }
        for row in standing_decisions()
        if row.verdict == wanted
    ]  # fmt: skip


@crosswalk.command("suggest")
def suggest(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Files or folders with CVE records (JSON 5) or CSAF advisories; .gz too."),
    ] = None,
    as_user: As = "",
) -> None:
    """Look for names that a record or an SBOM literally carries together. Nothing is matched by a suggestion.

    Example: suture crosswalk suggest mirror/cve5 supplier/advisories
    """
    absent = [str(path) for path in paths or [] if not path.exists()]
    if absent:
        raise InvalidValue(f"no such file or folder: {', '.join(absent)}")
    found = look_for_suggestions(by=acting(as_user), paths=paths or ())
    if found.unreadable:
        say(f"{found.unreadable:,} records could not be read and were passed over.")
    waiting = suggestions_waiting().count()
    typer.echo(f"New suggestions: {found.new:,}; waiting for a person: {waiting:,}.")


@crosswalk.command("confirm")
def confirm(
    one: One, other: Other, because: Because, confidence: Confidence = "third party", review_on: ReviewOn = "",
    as_user: As = "",
) -> None:  # fmt: skip
    """Confirm a suggestion: the two names are one product, the same code with the same version numbers."""
    key = pair_key(read_name(one), read_name(other))
    if not suggestions_waiting().filter(pair=key).exists():
        raise NotFound("no such suggestion waits; an entry of your own is made with: suture crosswalk add")
    _confirm(one, other, because, confidence, review_on, as_user)


@crosswalk.command("add")
def add(
    one: One, other: Other, because: Because, confidence: Confidence, review_on: ReviewOn = "", as_user: As = ""
) -> None:
    """State on your own that two names are one product, or give a supplier and name an identity.

    Example: suture crosswalk add "supplied:Wind River|VxWorks" cpe:2.3:o:windriver:vxworks --confidence maker \\
    --because "Wind River's own advisories use this CPE" --as ada
    """
    _confirm(one, other, because, confidence, review_on, as_user)


def _confirm(one: str, other: str, because: str, confidence: str, review_on: str, as_user: str) -> None:
    row = confirm_pair(
        one=read_name(one), other=read_name(other), by=acting(as_user), because=because, confidence=confidence,
        review_on=day_to_look_again(review_on),
    )  # fmt: skip
    typer.echo(f"{row.label}: confirmed")
    say("Releases that carry one of the names are matched again in the background (suture worker).")


@crosswalk.command("reject")
def reject(one: One, other: Other, because: Because, review_on: ReviewOn = "", as_user: As = "") -> None:
    """State that two names are not one product; it is remembered and not suggested again."""
    row = reject_pair(
        one=read_name(one), other=read_name(other), by=acting(as_user), because=because,
        review_on=day_to_look_again(review_on),
    )  # fmt: skip
    typer.echo(f"{row.label}: rejected")


@crosswalk.command("take-back")
def take_back(one: One, other: Other, because: Because, as_user: As = "") -> None:
    """Take back what was confirmed or rejected."""
    row = take_back_pair(one=read_name(one), other=read_name(other), by=acting(as_user), because=because)
    typer.echo(f"{row.label}: taken back")
