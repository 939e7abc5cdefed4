"""`suture correction`: matches whose identity is wrong; the component is another product, in every device."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

import typer

from suture.accounts.services import local_operator
from suture.assessment.quality import labelled_matches, match_quality
from suture.cli.person import As, acting
from suture.cli.show import Output, as_json, as_table
from suture.core.errors import InvalidValue, NotFound
from suture.detection.models import Finding
from suture.detection.queries import Pair, correction_by_uid, corrections_for, pairs_of
from suture.detection.services import correct_match, withdraw_correction
from suture.intelligence.queries import vulnerability_by_any_id
from suture.inventory.queries import release_named

correction = typer.Typer(
    rich_markup_mode=None, add_completion=False, no_args_is_help=True,
    help="Correct a match whose identity is wrong, for every device.",
)  # fmt: skip

Format = Annotated[Output, typer.Option("--format", help="'table' for people, 'json' for scripts.")]
ReleaseName = Annotated[str, typer.Option("--release", help="Release by name, e.g. 'Aria P2 4.2', or by uid.")]
Id = Annotated[str, typer.Option("--vulnerability", help="Any id of the vulnerability.")]
Why = Annotated[str, typer.Option("--because", help="The reason, as it goes on record.")]


@correction.command("list")
def list_corrections(
    ended: Annotated[bool, typer.Option("--ended", help="Those that were withdrawn or lapsed, instead.")] = False,
    output: Format = Output.TABLE,
) -> None:
    """List corrections with how many matches each keeps out, and its review date."""
    rows = [
        {
            "uid": c.uid, "component": c.name, "identifier": c.identifier, "is not": c.meant, "because": c.because,
            "matches": c.found, "releases": c.releases, "review by": c.review_on, "owner": c.owner.printed_name,
            "ended": c.ended_because,
        }
        for c in corrections_for(local_operator())
        if (c.ended_at is not None) is ended
    ]  # fmt: skip
    if output is Output.JSON:
        as_json(rows)
    else:
        as_table(list(rows[0]) if rows else ["none"], [list(r.values()) for r in rows])


@correction.command("quality")
def quality(output: Format = Output.TABLE) -> None:
    """Show how often matches were right on our devices, by source and matcher: every human verdict is a label."""
    rows = [
        {
            "source": q.source, "matcher": q.matcher or "not known", "right": q.right, "wrong": q.wrong,
            "precision": round(q.precision, 4),
        }
        for q in match_quality(labelled_matches(local_operator()))
    ]  # fmt: skip
    if output is Output.JSON:
        as_json(rows)
    else:
        as_table(list(rows[0]) if rows else ["no label yet"], [list(r.values()) for r in rows])


@correction.command("matches")
def matches(release: ReleaseName, vulnerability: Id, output: Format = Output.TABLE) -> None:
    """Show how a finding was matched, pair by pair: what `add` can correct."""
    rows = [
        {"component": p.named.name, "given as": p.given_as, "taken for": p.package, "source": p.source,
         "record": p.record, "range": p.says}
        for p in _pairs(release, vulnerability)
    ]  # fmt: skip
    if output is Output.JSON:
        as_json(rows)
    else:
        as_table(list(rows[0]) if rows else ["no match"], [list(r.values()) for r in rows])


@correction.command("add")
def add(
    release: ReleaseName, vulnerability: Id, because: Why,
    component: Annotated[str, typer.Option(help="Name of the component, as the SBOM gives it.")],
    evidence: Annotated[str, typer.Option(help="What shows it: a link, a build recipe, the component's page.")],
    review_on: Annotated[str, typer.Option(help="The last day it stands, e.g. 2027-06-30.")],
    record: Annotated[str, typer.Option(help="This one record only, e.g. CVE-2024-5535.")] = "",
    package: Annotated[str, typer.Option(help="Any record of this package, e.g. a:openssl:openssl.")] = "",
    as_user: As = "",
) -> None:  # fmt: skip
    """Say that a component is not the product it was taken for. Holds for every device and version until its review.

    Example: suture correction add --release "Aria P2 4.2" --vulnerability CVE-2024-5535 --component openssl-docs
    --package a:openssl:openssl --because "a manual" --evidence build/docs.bb --review-on 2027-06-30 --as ada
    """
    fitting = [
        p for p in _pairs(release, vulnerability)
        if p.named.name == component and (p.package == package or (record and p.record == record))
    ]  # fmt: skip
    if not fitting:
        raise NotFound("no match of this finding fits; see `suture correction matches`")
    pair = fitting[0]
    row = correct_match(
        component=pair.named, package=package, source=pair.source if record else "", record_id=record,
        because=because, evidence=evidence, review_on=_day(review_on), by=acting(as_user),
    )  # fmt: skip
    typer.echo(f"{row.uid}  {row.label}; review by {row.review_on.isoformat()}")


@correction.command("withdraw")
def withdraw(
    uid: Annotated[str, typer.Argument(help="Uid as `suture correction list` shows it.")],
    because: Why, as_user: As = "",
) -> None:  # fmt: skip
    """Take a correction back; what it kept out is matched again at once."""
    person = acting(as_user)
    try:
        row = correction_by_uid(UUID(uid), person)
    except ValueError as error:
        raise NotFound(f"no correction has the uid '{uid[:80]}'") from error
    typer.echo(f"{withdraw_correction(correction_uid=row.uid, by=person, because=because).label}: withdrawn")


def _pairs(release: str, vulnerability: str) -> list[Pair]:
    row, person = release_named(release), local_operator()
    about = vulnerability_by_any_id(vulnerability, person)
    finding = Finding.objects.standing().filter(release=row, vulnerability=about).first()
    if finding is None:
        raise NotFound(f"{about.preferred_id} has no standing finding in {row.label}")
    return pairs_of(finding)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidValue(f"--review-on: write a day as 2027-06-30, not '{text}'") from error
