"""`suture product`, `release`, `sbom`: what we ship, from the command line, as the named local operator."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from suture.accounts.services import local_operator
from suture.cli.dates import day
from suture.cli.exits import HELD, UNCONTROLLED
from suture.cli.files import read_input
from suture.cli.person import As, acting
from suture.cli.progress import say
from suture.cli.show import Output, as_json, as_table
from suture.core.errors import NotFound
from suture.detection.queries import coverage, findings_of, ledger
from suture.detection.services import findings_as_of, take_in_held, take_in_sbom
from suture.evidence.clock import today
from suture.inventory.models import Establishment, Product, Release
from suture.inventory.quarantine import held_sboms, reject_sbom
from suture.inventory.queries import product_named, release_named
from suture.inventory.services import register_product, register_release

product = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help="Register and list devices, and what records call them.",
)
release = typer.Typer(
    rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Register and list releases; show findings."
)
sbom = typer.Typer(
    rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Read an SBOM into a release."
)

Format = Annotated[Output, typer.Option("--format", help="'table' for people, 'json' for scripts.")]
ReleaseName = Annotated[str, typer.Argument(help="Release by name, e.g. 'Aria P2 4.2', or by uid.")]


@product.command("list")
def list_products(output: Format = Output.TABLE) -> None:
    """List devices with what regulates them."""
    rows = [
        {
            "uid": p.uid, "device": p.brand_name, "common name": p.common_name, "class": p.get_device_class_display(),
            "pathway": p.pathway, "number": p.marketing_number, "releases": p.releases.count(),
        }
        for p in Product.objects.prefetch_related("releases")
    ]  # fmt: skip
    if output is Output.JSON:
        as_json(rows)
    else:
        as_table(list(rows[0]) if rows else ["device"], [list(r.values()) for r in rows])


@product.command("add")
def add_product(
    brand_name: Annotated[str, typer.Argument(help="Brand name, as on the label.")],
    common_name: Annotated[str, typer.Option(help="Common or usual name, e.g. 'infusion pump'.")],
    pathway: Annotated[str, typer.Option(help="510(k), De Novo, PMA, HDE, exempt, preamendment, in development.")],
    establishment: Annotated[str, typer.Option(help="Name of the responsible establishment.")],
    marketing_number: Annotated[str, typer.Option(help="K…, DEN…, P… or H… number.")] = "",
    device_class: Annotated[int | None, typer.Option(min=1, max=3, help="1, 2 or 3; leave out if not known.")] = None,
) -> None:
    """Register a device. What you leave out stays *unknown*; the page of the device has every field."""
    site = Establishment.objects.filter(name=establishment).first()
    if site is None:
        known = ", ".join(Establishment.objects.values_list("name", flat=True)) or "none yet"
        raise NotFound(f"no establishment is called '{establishment}'; known: {known}")
    row = register_product(
        establishment=site, by=local_operator(), brand_name=brand_name, common_name=common_name, pathway=pathway,
        marketing_number=marketing_number, device_class=device_class,
    )  # fmt: skip
    typer.echo(str(row.uid))


@release.command("list")
def list_releases(output: Format = Output.TABLE) -> None:
    """List releases with their state and SBOM."""
    rows = [
        {
            "uid": r.uid, "release": r.label, "state": r.state,
            "SBOM": f"{r.sbom.components_read} components" if r.sbom else "none: not assessed",
            "units": "not known" if r.units_distributed is None else r.units_distributed,
        }
        for r in Release.objects.select_related("product", "sbom")
    ]  # fmt: skip
    if output is Output.JSON:
        as_json(rows)
    else:
        as_table(list(rows[0]) if rows else ["release"], [list(r.values()) for r in rows])


@release.command("add")
def add_release(
    product_name: Annotated[str, typer.Argument(help="Device by brand name or uid.")],
    version: Annotated[str, typer.Argument(help="Version, as on the device.")],
    state: Annotated[str, typer.Option(help="in development, released, supported, …")] = Release.State.IN_DEVELOPMENT,
    released_on: Annotated[str, typer.Option(help="Date, e.g. 2026-03-31.")] = "",
) -> None:
    """Register a release of a device."""
    row = register_release(
        product=product_named(product_name), by=local_operator(), version=version, state=state,
        released_on=_date(released_on, "--released-on"),
    )  # fmt: skip
    typer.echo(str(row.uid))


@release.command("show")
def show_release(name: ReleaseName, output: Format = Output.TABLE) -> None:
    """Show a release's findings with why each matched, and what nobody has looked at."""
    row = release_named(name)
    person = local_operator()
    findings = list(findings_of(row, person))
    seen = coverage(row)
    if output is Output.JSON:
        as_json({"release": row.label, "findings": [_finding(f) for f in findings], "coverage": seen})
    else:
        say(f"{row.label}: {seen.says}")
        as_table(
            ["vulnerability", "result", "components", "why"],
            [
                [
                    f.vulnerability.preferred_id, f.result,
                    ", ".join(f"{c['name']} {c['version']}" for c in f.components),
                    "; ".join(reason["says"] for reason in f.reasons),
                ]
                for f in findings
            ],
        )  # fmt: skip


@release.command("coverage")
def show_coverage(
    name: ReleaseName,
    holes: Annotated[bool, typer.Option("--holes", help="Only what nobody monitors.")] = False,
    output: Format = Output.TABLE,
) -> None:
    """Show who watches each component since when, what nobody watches and why, and who answers for it.

    Example: suture release coverage "Aria P2 4.2" --holes
    """
    row = release_named(name)
    seen = coverage(row)
    rows = [one for one in ledger(row) if one.cause or not holes]
    if output is Output.JSON:
        as_json({"release": row.label, "says": seen.says, "ledger": [one._asdict() for one in rows]})
        return
    say(f"{row.label}: {seen.says}")
    as_table(
        ["component", "state", "sources, words or cause", "since", "who answers for it"],
        [
            [
                one.component, one.state.value, one.cause or ", ".join(one.sources), one.since,
                one.owner or ("nobody yet" if one.cause else ""),
            ]
            if not one.words
            else [one.component, one.state.value, ", ".join(one.words), one.since, one.owner]
            for one in rows
        ],
    )  # fmt: skip
    waiting = sum(one.ranges for one in seen.waiting)
    if waiting:
        say(f"{waiting:,} stated ranges that wait for a person could concern it")


@release.command("findings")
def findings_on(
    name: ReleaseName,
    as_of: Annotated[str, typer.Option("--as-of", help="A past day, e.g. 2026-03-31; today if left out.")] = "",
    output: Format = Output.TABLE,
) -> None:
    """Give a release's findings as of a day: the SBOM, the knowledge and the decisions of then, matched again.

    Example: suture release findings 'Aria P2 4.2' --as-of 2026-03-31
    """
    row = release_named(name)
    zone = row.product.establishment.time_zone
    then = findings_as_of(row, _date(as_of, "--as-of") or today(zone), local_operator())
    if output is Output.JSON:
        as_json(
            {
                "release": row.label, "day": then.day.isoformat(), "moment": then.moment.isoformat(),
                "revision": then.rev, "sbom": then.sbom.sha256 if then.sbom else "", "result": then.result_sha256,
                "run": then.run.pk if then.run else None, "agrees": then.agrees, "says": then.says,
                "findings": [
                    {"vulnerability": f.vulnerability.preferred_id, "result": f.result, "components": f.components,
                     "reasons": f.reasons}
                    for f in then.findings
                ],
            }
        )  # fmt: skip
        return
    say(f"{row.label}: {then.says}")
    as_table(
        ["vulnerability", "result", "components", "why"],
        [
            [
                f.vulnerability.preferred_id, f.result, ", ".join(f"{c['name']} {c['version']}" for c in f.components),
                "; ".join(reason["says"] for reason in f.reasons),
            ]
            for f in then.findings
        ],
    )  # fmt: skip


@sbom.callback()
def _sbom() -> None:
    """Read an SBOM into a release."""  # a callback keeps a group of one command a group


@sbom.command("import")
def import_sbom(
    file: Annotated[Path, typer.Argument(help="CycloneDX or SPDX JSON; '-' reads stdin.")],
    release: Annotated[str, typer.Option(help="Release to attach it to, e.g. 'Aria P2 4.2'.")],
    confirmed: Annotated[
        bool, typer.Option("--confirmed", help="You looked: it is right although it lost half of its components.")
    ] = False,
    output: Format = Output.TABLE,
) -> None:
    """Read an SBOM into a release and match it at once.

    One that lost half of the components of the current SBOM, or of its identifiers, is stored and waits in quarantine:
    exit code 11, nothing was changed. See `suture sbom held`.

    Example: suture sbom import pump.cdx.json --release "Aria P2 4.2"
    """
    taken = take_in_sbom(
        release=release_named(release),
        data=read_input(file),
        file_name=file.name,
        by=local_operator(),
        confirmed=confirmed,
    )
    if output is Output.JSON:
        as_json(taken)
    else:
        typer.echo(taken.says)
        for problem in taken.problems[:50]:
            say(f"  {problem['where'] or '/'}   {problem['what']}")
    if taken.held:
        say(f"then: suture sbom confirm {taken.held.uid} --because …  (or: sbom reject)")
        raise typer.Exit(HELD)
    if taken.findings:
        raise typer.Exit(UNCONTROLLED)


HeldUid = Annotated[str, typer.Argument(help="Uid as `suture sbom held` shows it.")]
Why = Annotated[str, typer.Option("--because", help="The reason, as it goes on record.")]


@sbom.command("held")
def list_held(output: Format = Output.TABLE) -> None:
    """List SBOMs in quarantine: they lost half of the components, or of the identifiers, of the current one."""
    rows = [
        {
            "uid": h.uid, "release": h.release.label, "file": h.document.file_name, "since": h.held_at,
            "handed in by": h.held_by.printed_name, "why": "; ".join(h.why),
        }
        for h in held_sboms()
    ]  # fmt: skip
    if output is Output.JSON:
        as_json(rows)
    else:
        as_table(list(rows[0]) if rows else ["nothing waits"], [list(r.values()) for r in rows])


@sbom.command("confirm")
def confirm_held(uid: HeldUid, because: Why, as_user: As = "") -> None:
    """Say that an SBOM in quarantine is right: it becomes the current one and is matched at once."""
    taken = take_in_held(held_uid=_uid(uid), by=acting(as_user), because=because)
    typer.echo(taken.says)
    if taken.findings:
        raise typer.Exit(UNCONTROLLED)


@sbom.command("reject")
def reject_held(uid: HeldUid, because: Why, as_user: As = "") -> None:
    """Say that an SBOM in quarantine is wrong: the current one stays, the file is kept."""
    held = reject_sbom(held_uid=_uid(uid), by=acting(as_user), because=because)
    typer.echo(f"{held.label}: rejected; nothing was changed")


def _uid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound(f"no SBOM in quarantine has the uid '{text[:80]}'; see `suture sbom held`") from error


def _finding(finding: object) -> dict[str, object]:
    return {
        "vulnerability": finding.vulnerability.preferred_id, "uid": finding.uid, "result": finding.result,  # type: ignore[attr-defined]
        "components": finding.components, "reasons": finding.reasons, "first_seen": finding.first_seen,  # type: ignore[attr-defined]
    }  # fmt: skip


def _date(text: str, option: str) -> date | None:
    return day(text, option) if text else None
