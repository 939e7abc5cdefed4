"""`suture product`: the device itself in vulnerability records: its own CPE names, and what it has not."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer

from suture.cli.inventory import Format, product
from suture.cli.person import As, acting
from suture.cli.show import Output, as_json, as_table
from suture.core.errors import NotFound
from suture.detection.services import declare_absent, name_device, withdraw_absence, withdraw_name
from suture.inventory.models import AbsentPlatform, ProfileEntry
from suture.inventory.profile import entries_of
from suture.inventory.queries import product_named, release_named

Device = Annotated[str, typer.Argument(help="Device by brand name or uid.")]
Why = Annotated[str, typer.Option("--because", help="The reason, as it goes on record.")]
Evidence = Annotated[str, typer.Option("--evidence", help="What shows it: a link, a document, a test.")]


@product.command("profile")
def show_profile(device: Device, output: Format = Output.TABLE) -> None:
    """Show under which CPE names records speak of a device itself, and what it has not."""
    names, absent = entries_of(product_named(device))
    rows = [
        {
            "uid": row.uid, "what": row.own.kind, "CPE": row.package, "version": row.own.version or "the release's",
            "of": (row.release or row.product).label, **_why(row),
        }
        for row in names
    ]  # fmt: skip
    rows += [
        {
            "uid": row.uid, "what": "absent", "CPE": row.pattern, "version": "every", "of": row.product.label,
            **_why(row),
        }
        for row in absent
    ]  # fmt: skip
    if output is Output.JSON:
        as_json(rows)
    else:
        shown = [{k: v for k, v in row.items() if k not in ("evidence", "ended because")} for row in rows]
        as_table(list(shown[0]) if shown else ["nothing stated"], [list(row.values()) for row in shown])


def _why(row: ProfileEntry) -> dict[str, Any]:
    return {
        "since": row.made_at, "because": row.because, "evidence": row.evidence, "ended": row.ended_at or "",
        "ended because": row.ended_because,
    }  # fmt: skip


@product.command("name")
def add_name(
    device: Device,
    cpe: Annotated[str, typer.Argument(help="CPE name; part o is firmware, h hardware, a an application.")],
    because: Why,
    evidence: Evidence,
    version: Annotated[str, typer.Option(help="Where it is not the release's own version.")] = "",
    release: Annotated[str, typer.Option(help="Of this release alone, e.g. 'Aria P2 4.2'.")] = "",
    as_user: As = "",
) -> None:
    """Give a device a CPE name of its own; its releases are matched again.

    Example: suture product name "Boreal V20" cpe:2.3:o:northlake:boreal_v20_firmware --because … --evidence …
    """
    row = name_device(
        product=product_named(device), cpe=cpe, because=because, evidence=evidence, by=acting(as_user), version=version,
        release=release_named(release) if release else None,
    )  # fmt: skip
    typer.echo(str(row.uid))


@product.command("absent")
def add_absence(
    device: Device,
    cpe: Annotated[str, typer.Argument(help="CPE name, e.g. 'cpe:2.3:o:microsoft:windows*' for every Windows.")],
    name: Annotated[str, typer.Option(help="In words, e.g. 'Microsoft Windows'.")],
    because: Why,
    evidence: Evidence,
    as_user: As = "",
) -> None:
    """Say what a device has not, in any version; its releases are matched again."""
    row = declare_absent(
        product=product_named(device), name=name, cpe=cpe, because=because, evidence=evidence, by=acting(as_user)
    )
    typer.echo(str(row.uid))


@product.command("withdraw")
def withdraw(
    uid: Annotated[str, typer.Argument(help="Uid as `suture product profile` shows it.")],
    because: Why,
    as_user: As = "",
) -> None:
    """Withdraw a CPE name or an absence; the device's releases are matched again."""
    try:
        entry = UUID(uid)
    except ValueError as error:
        raise NotFound(f"no entry of a profile has the uid '{uid[:80]}'; see `suture product profile`") from error
    ends_absence = AbsentPlatform.objects.filter(uid=entry).exists()
    row = (withdraw_absence if ends_absence else withdraw_name)(uid=entry, because=because, by=acting(as_user))
    typer.echo(f"{row.label}: withdrawn")
