"""What is logged while something is live stands on lines of its own above it."""

from __future__ import annotations

import sys

from scripts import terminal

PROGRAM = """
import logging, sys
from rich.console import Console
from rich.text import Text
from hybhanas.reporting.live import live

def logger(name, stream):  # as libraries make theirs
    one = logging.getLogger(name)
    one.addHandler(logging.StreamHandler(stream))
    one.propagate = False
    return one

one, two = logger("some.library", sys.stderr), logger("another", sys.stdout)
with live(lambda: Text("3 of 9"), Console(), transient=False) as shown:
    shown.refresh()
    one.warning("first")
    shown.refresh()
    two.warning("second")
    three = logger("imported.meanwhile", sys.stderr)
    three.warning("third")
for each in (one, two, three):
    each.warning("afterwards")
streams = [each.handlers[0].stream for each in (one, two, three)]
print(streams == [sys.__stderr__, sys.__stdout__, sys.__stderr__])
"""
"""Three records while it is live, and three after it."""


def test_a_record_of_a_library_with_a_handler_of_its_own_stands_above_what_is_live():
    written = terminal.recorded((sys.executable, "-c", PROGRAM), columns=60)
    assert terminal.screen(written) == [
        "first", "second", "third", "3 of 9", *3 * ["afterwards"], "True"
    ]  # fmt: skip
    assert "3 of 9first" not in written


def test_where_stderr_is_a_file_it_has_the_records_and_the_terminal_the_others(tmp_path):
    file = tmp_path / "stderr"
    command = ("bash", "-c", f'exec "$0" -c "$1" 2> {file}', sys.executable, PROGRAM)
    lines = terminal.screen(terminal.recorded(command, columns=60))
    assert lines == ["second", "3 of 9", "afterwards", "True"]
    assert file.read_text() == "first\nthird\nafterwards\nafterwards\n"
