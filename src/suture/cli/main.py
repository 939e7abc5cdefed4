"""The `suture` command: a table of commands, each loaded only when it runs, so that `--help` is instant."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from dataclasses import dataclass
from typing import Any

import platformdirs
import typer
from typer.core import TyperGroup
from typer.main import get_command as click_command

from suture import __version__
from suture.cli.exits import FAILED, explain
from suture.core.errors import SutureError


@dataclass(frozen=True, slots=True)
class Entry:
    """One command of the table: where it is, what it does, whether it opens the house (Django and the database)."""

    module: str
    says: str
    opens: bool = True
    settings: str = "suture.config.settings"


COMMANDS = {
    "demo": Entry("suture.cli.demo", "Load the fictitious manufacturer and serve it on 127.0.0.1."),
    "serve": Entry("suture.cli.serve", "Serve the pages and the API, and run the worker."),
    "worker": Entry("suture.cli.serve", "Run the background steps alone, on a node of its own."),
    "scan": Entry(
        "suture.cli.scan",
        "Match an SBOM against the knowledge, without storing it.",
        settings="suture.config.scanning",
    ),
    "check": Entry("suture.cli.check", "Report every problem of SBOM, VEX and feed files.", opens=False),
    "feeds": Entry("suture.cli.feeds", "Import feed files; show how fresh each source is; review ranges."),
    "crosswalk": Entry("suture.cli.crosswalk", "Settle once which names mean one product."),
    "knowledge": Entry("suture.cli.knowledge", "Write the knowledge as Parquet; check such a snapshot."),
    "setup": Entry("suture.cli.people", "Say whose installation this is; propose the example policies."),
    "person": Entry("suture.cli.people", "Register people; the first is the administrator."),
    "product": Entry("suture.cli.device_profile", "Register and list devices, and what records call them."),
    "release": Entry("suture.cli.inventory", "Register and list releases; show their findings."),
    "sbom": Entry("suture.cli.inventory", "Read an SBOM into a release and match it at once."),
    "field": Entry("suture.cli.field", "Take in lists of units; list what is in the field."),
    "correction": Entry("suture.cli.correction", "Correct a match whose identity is wrong, for every device."),
    "case": Entry("suture.cli.case", "Open, list and follow cases; record dated facts."),
    "report": Entry("suture.cli.report", "What is owed to FDA for a case; drafts as PDF."),
    "share": Entry("suture.cli.share", "Write the VEX of a release."),
    "mail": Entry("suture.cli.mail", "The mail server: does it answer?"),
    "verify": Entry("suture.cli.verify", "Check the chain of evidence and its head outside."),
    "migrate": Entry("suture.cli.serve", "Bring the database to this version's tables."),
}


class Table(TyperGroup):
    """Lists the table without importing anything; imports one module when its command is named."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        stub = typer.Typer(help=entry.says)
        stub.command(help=entry.says)(lambda: None)
        return click_command(stub)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] in COMMANDS:
            return args[0], self._load(args[0]), args[1:]
        return super().resolve_command(ctx, args)

    def _load(self, name: str) -> Any:
        entry = COMMANDS[name]
        gc.disable()  # nothing that is loaded here goes again: collecting it over and over took a tenth of the start
        if entry.opens:
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", entry.settings)
            if name == "demo":
                os.environ.setdefault("SUTURE_HOME", str(platformdirs.user_data_path("suture-demo", appauthor=False)))
            importlib.import_module("django").setup()
            if "--help" not in sys.argv:
                importlib.import_module("suture.cli.house").ready()
        module = importlib.import_module(entry.module)
        gc.freeze()
        gc.enable()
        command = click_command(getattr(module, name))
        command.name = name
        return command


_typer = typer.Typer(
    cls=Table, add_completion=False, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"suture {__version__}")
        raise typer.Exit


@_typer.callback(epilog=explain())
def _suture(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version."),
) -> None:
    """Postmarket cybersecurity for medical devices: from a feed to a signed, provable decision.

    Everything lives in SUTURE_HOME (database, files, keys). Results go to stdout, progress and advice to stderr.
    """


def app() -> None:
    """Run the command line; one place turns a SutureError into a sentence and an exit code."""
    try:
        _typer()
    except SutureError as error:
        print(f"suture: {error}", file=sys.stderr)  # noqa: T201
        for problem in getattr(error, "problems", ())[:50]:
            mend = f"\n    mend: {problem.mend}" if problem.mend else ""
            print(f"  {problem.where or '/'}   {problem.what}{mend}", file=sys.stderr)  # noqa: T201
        sys.exit(FAILED)


if __name__ == "__main__":
    app()
