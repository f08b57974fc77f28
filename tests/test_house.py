"""The house stays small: a module is one idea, a function fits a screen.

Which room may import which is in pyproject.toml, and `make lint` checks it.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.helpers import ROOT

MODULES = sorted((ROOT / "hybhanas").rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_has_at_most_300_lines_and_a_function_60(path: Path):
    text = path.read_text()
    assert len(text.splitlines()) <= 300
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    lengths = {
        node.name: node.end_lineno - node.lineno + 1
        for node in ast.walk(ast.parse(text))
        if isinstance(node, functions)
    }
    assert {name: lines for name, lines in lengths.items() if lines > 60} == {}
