"""`suture report`: what is owed to FDA for a case, and the drafts as PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from suture.cli.case import Number, case_named, product_of
from suture.cli.person import As, acting
from suture.cli.show import Output, as_json, as_table
from suture.evidence.clock import today
from suture.inventory.blobs import read_blob
from suture.inventory.models import Product
from suture.reporting.queries import position
from suture.reporting.services import open_report806, print_report806

report = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help="What is owed to FDA for a case; drafts as PDF.",
)


@report.command("owed")
def owed(
    number: Number,
    output: Annotated[Output, typer.Option("--format", help="'table' for people, 'json' for scripts.")] = Output.TABLE,
) -> None:
    """List every rule that fires for a case, and every one that an unknown fact keeps open."""
    row = case_named(number)
    at = position(row, today(row.establishment.time_zone))
    rows = []
    for one in at.owed:
        if one.contradiction:
            rows.append([one.product.brand_name, "", "contradiction", one.contradiction, "", ""])
        if one.decided:
            rows += [
                [one.product.brand_name, f.rule, "fires", f.outcome, f.citation, f.kind.label]
                for f in one.decided.fired
            ]
            rows += [
                [
                    one.product.brand_name,
                    o.rule,
                    "open",
                    "; ".join(o.questions) or "not yet due",
                    o.citation,
                    o.kind.label,
                ]
                for o in one.decided.open
            ]
    columns = ["device", "rule", "state", "what", "citation", "kind"]
    if output is Output.JSON:
        as_json([dict(zip(columns, line, strict=True)) for line in rows])
    else:
        as_table(columns, rows)


@report.command("draft-806")
def draft_806(
    number: Number,
    out: Annotated[Path, typer.Option("--out", "-o", help="PDF file to write.")],
    device: Annotated[str, typer.Option(help="Device, where the case concerns several.")] = "",
    as_user: As = "",
) -> None:
    """Draft the report of a correction or removal (21 CFR 806.10) as PDF; missing items are listed in it."""
    person, row = acting(as_user), case_named(number)
    product = product_of(row, device)
    assert isinstance(product, Product)
    draft = open_report806(case_uid=row.uid, product=product, by=person)
    document = print_report806(report_uid=draft.uid, by=person)
    out.write_bytes(read_blob(document.sha256))
    typer.echo(f"{out}  SHA-256 {document.sha256}")
