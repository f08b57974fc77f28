"""docs/reference/errors.md: each command prints the line below it."""

from __future__ import annotations

import re
import shlex

import pytest

from tests.helpers import ROOT

PAGE = (ROOT / "docs" / "reference" / "errors.md").read_text()
BLOCKS = re.findall(r"^```console\n(.*?)^```", PAGE, re.M | re.S)
PRINTED = dict(re.findall(r"^\$ hybhanas (.*)\n(.*)$", "".join(BLOCKS), re.M))


def test_every_line_of_the_page_is_a_command_or_what_it_prints():
    assert sum(len(block.splitlines()) for block in BLOCKS) == 2 * len(PRINTED) > 20


@pytest.mark.parametrize("command", PRINTED)
def test_a_command_of_the_page_prints_its_line(command, nursery):
    child = nursery.run(*shlex.split(command))
    (line,) = child.errors.splitlines()
    assert re.fullmatch(".*".join(map(re.escape, PRINTED[command].split("..."))), line), line
    assert child.returncode == 2
