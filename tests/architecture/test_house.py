"""The staircase, the purity of core, and what the project's own files may say."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

SOURCE = ROOT / "src" / "suture"


def python_files(*folders: str) -> list[Path]:
    return [file for folder in folders for file in sorted((SOURCE / folder).rglob("*.py"))]


def test_the_staircase_and_the_purity_of_core():
    """The contracts of pyproject.toml, kept by import-linter."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "Contracts: 2 kept, 0 broken" in ran.stdout


@pytest.mark.parametrize("call", ["datetime.now", "date.today", "time.time", "timezone.now", "open", "print"])
def test_core_and_formats_have_no_clock_and_no_files(call):
    found = []
    for file in python_files("core", "formats"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                if name == call or name.endswith(f".{call}"):
                    found.append(f"{file.relative_to(ROOT)}:{node.lineno}")
    assert found == []


def test_no_room_dodges_a_cycle_by_an_import_inside_a_function():
    found = []
    for file in python_files("."):
        if "migrations" in file.parts:
            continue
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for node in ast.walk(function):
                    module = getattr(node, "module", None) if isinstance(node, ast.ImportFrom) else None
                    names = [one.name for one in node.names] if isinstance(node, ast.Import) else [module or ""]
                    if any(name.split(".")[0] == "suture" for name in names):
                        found.append(f"{file.relative_to(ROOT)}:{node.lineno}")
    assert found == []


def test_no_model_overrides_save_and_nothing_listens_to_signals():
    found = []
    for file in python_files("."):
        text = file.read_text(encoding="utf-8")
        for match in re.findall(r"def save\(self|post_save|pre_save|@receiver", text):
            found.append(f"{file.relative_to(ROOT)}: {match}")
    assert found == []


TRACKED = [
    Path(line)
    for line in subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.splitlines()
]


def test_no_file_of_the_real_records_is_committed():
    """Facts may be written anew; the files themselves stay outside (their licences differ)."""
    assert [str(f) for f in TRACKED if f.suffix in {".gz", ".zip", ".zst", ".sqlite3"}] == []


def test_no_module_is_a_drawer_for_everything():
    assert [str(f) for f in TRACKED if f.name in {"utils.py", "helpers.py", "misc.py", "common.py"}] == []


def test_the_two_commands_stand_in_the_readme():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make demo" in text
    assert "make test" in text
