"""The papers say what the code says: drawn pages are up to date, and every clause leads to code and a test."""

from __future__ import annotations

import ast
import re
from importlib import import_module, util

import pytest
from tools.reference_pages import PAGES

from suture.core.authority import Authority
from suture.core.cases import CASE
from suture.core.roles import VERBS
from suture.core.rules import RULES
from tests.conftest import ROOT

REGULATIONS = (ROOT / "docs" / "regulations.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_drawn_pages_are_up_to_date(name):
    """`python -m tools.reference_pages` writes them anew."""
    assert (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8") == PAGES[name]()


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(suture\.[\w.]+)`", REGULATIONS)) - {"suture.core"}))
def test_every_module_named_exists(path):
    """A module, or a name in a module of core (rooms need a configured Django and are found as files)."""
    module, _, name = path.rpartition(".")
    if path.startswith("suture.core.") and path.count(".") == 3:
        assert hasattr(import_module(module), name)
    else:
        assert util.find_spec(path) is not None


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(tests/[\w/.]+(?:::\w+)?)`", REGULATIONS))))
def test_every_test_named_exists(path):
    """A file, and in it the function."""
    file, _, name = path.partition("::")
    functions = {node.name for node in ast.parse((ROOT / file).read_text()).body if isinstance(node, ast.FunctionDef)}
    assert functions
    assert not name or name in functions


def test_every_rule_is_named_in_the_table():
    """R1 to R25, none forgotten."""
    assert {rule.id for rule in RULES} <= set(re.findall(r"\bR\d+\b", REGULATIONS))


def test_every_rule_says_what_it_is():
    """Statute, regulation or guidance; guidance says that it does not bind."""
    assert {rule.kind for rule in RULES} == {Authority.STATUTE, Authority.REGULATION, Authority.GUIDANCE}
    assert Authority.GUIDANCE.label == "FDA guidance (non-binding)"
    assert len({kind.label for kind in Authority}) == 5


def test_whoever_the_table_names_may_move_a_case():
    """The verb and the table agree on who moves a case."""
    assert frozenset().union(*(step.who for step in CASE.steps)) <= VERBS["case.move"]
