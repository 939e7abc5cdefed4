"""`suture share`: the VEX of a release, in the two dialects."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from suture.cli.person import As, acting
from suture.cli.progress import say
from suture.inventory.blobs import read_blob
from suture.inventory.queries import release_named
from suture.sharing.models import VexPublication
from suture.sharing.queries import vex_document
from suture.sharing.services import publish_vex, vex_bytes

share = typer.Typer(
    rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Write the VEX of a release."
)


class Dialect(StrEnum):
    OPENVEX = "openvex"
    CYCLONEDX = "cyclonedx"


@share.callback()
def _share() -> None:
    """Write the VEX of a release."""  # a callback keeps a group of one command a group


@share.command("vex")
def vex(
    release: Annotated[str, typer.Argument(help="Release by name, e.g. 'Aria P2 4.2', or by uid.")],
    dialect: Annotated[Dialect, typer.Option(help="openvex or cyclonedx.")] = Dialect.OPENVEX,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File to write; stdout by default.")] = None,
    publish: Annotated[
        bool, typer.Option("--publish", help="Publish it as the next version, with evidence; needs --as.")
    ] = False,
    as_user: As = "",
) -> None:
    """Write what we say of a release: nothing that stands behind a wall, or is TLP:AMBER+STRICT or TLP:RED.

    Example: suture share vex "Aria P2 4.2" --dialect cyclonedx -o aria-4.2.vex.json
    """
    row, wanted = release_named(release), VexPublication.Dialect(dialect.value)
    if publish:
        published, new = publish_vex(release_uid=row.uid, dialect=wanted, by=acting(as_user))
        data = read_blob(published.sha256)
        say(f"{published.label}: {'published' if new else 'unchanged since its last publication'}")
    else:
        data = vex_bytes(vex_document(row, None), wanted)
    if out is None:
        sys.stdout.buffer.write(data)
    else:
        out.write_bytes(data)
        say(f"{out}: {len(data):,} bytes")
