"""Write docs/reference/cli.md from what the commands themselves print, so that the two cannot disagree.

python -m tools.cli_page        a test compares the page with the commands
"""

from __future__ import annotations

import os
from pathlib import Path

from typer.testing import CliRunner

from suture.cli.main import COMMANDS, Table, _typer

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "cli.md"
HEAD = """# The command line

What each command prints for `--help`. Results go to stdout, progress and advice to stderr; the table of exit codes
stands at the end of `suture --help`. The command line acts as the named local operator, or with `--as` as a person who
gives their password; it never signs. Signing belongs to the page that shows what is signed.
"""


def _help(*words: str) -> str:
    result = CliRunner().invoke(
        _typer, [*words, "--help"], env={"COLUMNS": "110", "TERMINAL_WIDTH": "110"}, prog_name="suture"
    )
    return result.output.rstrip()


def page() -> str:
    """The whole page, as committed."""
    parts = [HEAD, "## suture", "", "```text", _help(), "```"]
    table = Table(name="suture")
    for name in COMMANDS:
        command = table._load(name)
        parts += ["", f"## suture {name}", "", "```text", _help(name), "```"]
        for sub in getattr(command, "commands", {}):
            parts += ["", f"### suture {name} {sub}", "", "```text", _help(name, sub), "```"]
            for verb in getattr(command.commands[sub], "commands", {}):
                parts += ["", f"#### suture {name} {sub} {verb}", "", "```text", _help(name, sub, verb), "```"]
    return "\n".join(line.rstrip() for line in "\n".join(parts).split("\n")) + "\n"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suture.config.settings")
    PAGE.write_text(page(), encoding="utf-8")
