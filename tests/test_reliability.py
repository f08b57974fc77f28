"""docs/reliability.md: every test that it names exists."""

from __future__ import annotations

import ast
import re

import pytest

from tests.helpers import ROOT

PAGE = (ROOT / "docs" / "reliability.md").read_text()
NAMED = re.findall(r"`(tests/[\w/]+\.py)::([\w:]+)`", PAGE)


@pytest.mark.parametrize(("path", "name"), NAMED, ids=[name for _, name in NAMED])
def test_a_test_that_the_page_names_exists(path, name):
    level: list[ast.stmt] = ast.parse((ROOT / path).read_text()).body
    for part in name.split("::"):
        found = [
            node
            for node in level
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == part
        ]
        assert len(found) == 1, f"{path} has no {part}"
        level = found[0].body


def test_every_promise_names_a_test():
    rows = [line for line in PAGE.splitlines() if line.startswith("| ")][2:]
    assert len(rows) > 12
    for row in rows:
        assert "::test_" in row, row
