"""`suture case`: open, list and follow cases; record dated facts. Judging and signing belong to the page."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from suture.accounts.services import local_operator
from suture.assessment.inheritance import proposals
from suture.assessment.models import Case
from suture.assessment.queries import answers_of, case_for, cases_for, unanswered
from suture.assessment.services import adopt_judgements, record_fact
from suture.assessment.services import open_case as open_a_case
from suture.cli.person import As, acting
from suture.cli.show import Output, as_json, as_table
from suture.core.errors import InvalidValue, NotFound
from suture.core.facts import FactKind
from suture.evidence.clock import today
from suture.intelligence.queries import vulnerability_by_any_id
from suture.inventory.queries import release_named
from suture.reporting.queries import Position, position

case = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help="Open, list and follow cases; record dated facts.",
)

Format = Annotated[Output, typer.Option("--format", help="'table' for people, 'json' for scripts.")]
Number = Annotated[str, typer.Argument(help="Case by number, e.g. C-2026-0142, or by uid.")]


def case_named(name: str) -> Case:
    """One case by number or uid, as the local operator sees it.

    Raises:
        NotFound: no case is called so.
    """
    person = local_operator()
    row = cases_for(person).filter(number=name).first()
    return case_for(person, row.uid if row else name)


@case.command("list")
def list_cases(output: Format = Output.TABLE) -> None:
    """List cases, the newest first."""
    rows = [
        {
            "number": c.number, "vulnerability": c.vulnerability.preferred_id, "state": c.get_state_display(),
            "verdict": c.verdict or "not assessed", "owner": c.owner.printed_name, "opened": c.opened_at.date(),
        }
        for c in cases_for(local_operator()).select_related("vulnerability", "owner")
    ]  # fmt: skip
    if output is Output.JSON:
        as_json(rows)
    else:
        as_table(list(rows[0]) if rows else ["number"], [list(r.values()) for r in rows])


@case.command("open")
def open_case(
    vulnerability: Annotated[str, typer.Argument(help="CVE, GHSA, our own id, or any alias.")],
    because: Annotated[str, typer.Option(help="Why the case is opened.")],
    release: Annotated[
        list[str] | None, typer.Option(help="Release concerned; repeat. Findings are added by themselves.")
    ] = None,
    as_user: As = "",
) -> None:
    """Open a case over one vulnerability and the releases it concerns."""
    person = acting(as_user)
    row = open_a_case(
        vulnerability=vulnerability_by_any_id(vulnerability, person), by=person, because=because,
        releases=[release_named(name) for name in release or []],
    )  # fmt: skip
    typer.echo(row.number)


@case.command("record")
def record(
    number: Number,
    kind: Annotated[str, typer.Argument(help="What happened; 'suture case kinds' lists the words.")],
    on: Annotated[str, typer.Option(help="The day it was so at the responsible site, e.g. 2026-11-17.")],
    evidence: Annotated[str, typer.Option(help="What shows it.")] = "",
    detail: Annotated[list[str] | None, typer.Option(help="More about it, as key=value; repeat.")] = None,
    as_user: As = "",
) -> None:
    """Record a dated fact of a case. Clocks run from such facts; a correction supersedes, nothing vanishes."""
    if kind not in {k.value for k in FactKind}:
        raise InvalidValue(f"'{kind}' is no kind of fact; 'suture case kinds' lists them")
    pairs = [text.partition("=") for text in detail or []]
    if any(not sep for _, sep, _ in pairs):
        raise InvalidValue("write details as key=value")
    fact = record_fact(
        case_uid=case_named(number).uid, kind=FactKind(kind), by=acting(as_user), happened_on=_day(on),
        evidence=evidence, detail={key: value for key, _, value in pairs},
    )  # fmt: skip
    typer.echo(fact.label)


@case.command("kinds")
def kinds() -> None:
    """List the kinds of dated facts."""
    as_table(["kind", "what it says"], [[k.value, k.label] for k in FactKind])


@case.command("proposed")
def proposed(
    release: Annotated[str, typer.Option(help="Of this release only, e.g. 'Aria P2 4.2'.")] = "",
    output: Format = Output.TABLE,
) -> None:
    """List judgements that other releases of the same device propose, each with what changed."""
    rows = [
        {
            "key": p.key, "release": p.finding.release.label, "vulnerability": p.finding.vulnerability.preferred_id,
            "status": p.source.status, "from": p.source.release.label, "case": p.source.case.number,
            "changed": "nothing" if p.unchanged else "; ".join(m.says for m in p.moved if m.before != m.after),
            "configuration": p.configuration,
        }
        for p in proposals(local_operator(), release=release_named(release) if release else None)
    ]  # fmt: skip
    if output is Output.JSON:
        as_json(rows)
    else:
        as_table(list(rows[0]) if rows else ["nothing is proposed"], [list(r.values()) for r in rows])


@case.command("adopt")
def adopt(
    because: Annotated[str, typer.Option(help="Why they hold for the newer release too.")],
    release: Annotated[str, typer.Option(help="Everything proposed for this release with nothing changed.")] = "",
    key: Annotated[list[str] | None, typer.Option(help="One proposal, by key; may be given several times.")] = None,
    as_user: As = "",
) -> None:
    """Adopt proposed judgements in one batch: status and evidence only, never harm or verdict."""
    person = acting(as_user)
    keys = list(key or ())
    if release:
        keys += [p.key for p in proposals(person, release=release_named(release)) if p.unchanged]
    for row in adopt_judgements(keys=keys, by=person, because=because):
        typer.echo(f"{row.release.label}  {row.case.vulnerability.preferred_id}  {row.status}")


@case.command("show")
def show(number: Number, output: Format = Output.TABLE) -> None:
    """Show where a case stands today: verdict, clocks, the four conditions, what is owed."""
    row = case_named(number)
    at = position(row, today(row.establishment.time_zone))
    if output is Output.JSON:
        as_json(_plain(row, at))
        return
    typer.echo(f"{row.number}  {row.vulnerability.preferred_id}  {row.vulnerability.title}")
    typer.echo(
        f"state: {row.get_state_display()}; verdict: {row.verdict or 'not assessed'}; owner: {row.owner.printed_name}"
    )
    missing = list(unanswered(row))
    if missing:
        typer.echo(f"no answer yet for {len(missing)} releases: {', '.join(r.label for r in missing[:8])}")
    typer.echo("")
    as_table(
        ["clock", "started", "due", "state", "citation", "kind"],
        [[c.name, c.started_on, c.due_on, c.state(at.as_of).value, c.citation, c.kind.label] for c in at.clocks],
    )
    if at.policy_applies:
        typer.echo("\nFDA's enforcement policy (guidance, non-binding): four conditions")
        as_table(
            ["", "condition", "today", "what would turn it"],
            [[c.number, c.title, c.state, c.turns] for c in at.enforcement.conditions],
        )
        typer.echo(at.enforcement.sentence)


def _plain(row: Case, at: Position) -> dict[str, object]:
    return {
        "number": row.number, "uid": row.uid, "vulnerability": row.vulnerability.preferred_id, "state": row.state,
        "verdict": row.verdict or None, "learned_on": at.learned_on, "as_of": at.as_of,
        "answers": {a.release.label: a.status or None for a in answers_of(row).select_related("release__product")},
        "clocks": [
            {
                "name": c.name, "started_on": c.started_on, "due_on": c.due_on, "state": c.state(at.as_of),
                "contingent": c.contingent, "citation": c.citation, "kind": c.kind,
            }
            for c in at.clocks
        ],
        "conditions": [
            {"number": c.number, "title": c.title, "state": c.state, "evidence": c.evidence, "turns": c.turns}
            for c in at.enforcement.conditions
        ],
        "806": at.duty_806,
    }  # fmt: skip


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidValue(f"write a day as 2026-11-17, not '{text}'") from error


def product_of(row: Case, name: str) -> object:
    """The device of a case by brand name; the only one where it concerns one.

    Raises:
        NotFound: it concerns several, or none of that name.
    """
    devices = {
        a.release.product.brand_name: a.release.product for a in answers_of(row).select_related("release__product")
    }
    if not name and len(devices) == 1:
        return next(iter(devices.values()))
    if name not in devices:
        raise NotFound(f"{row.number} concerns {', '.join(sorted(devices)) or 'no device'}; name one with --device")
    return devices[name]
