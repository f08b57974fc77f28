"""The picture of a terminal has what a program printed there."""

from __future__ import annotations

import html
import re
import subprocess
import sys

import pytest

from scripts import terminal
from tests.helpers import ROOT

PROGRAM = """
import time
from rich.console import Console
from rich.live import Live
console = Console(highlight=False)
print(console.width, console.is_terminal)
with Live("0 of 2", console=console, auto_refresh=False) as live:
    live.update("1 of 2", refresh=True)
    live.update("2 of 2", refresh=True)
console.print("[bold]done[/bold]", "a" * 30)
"""


def shown(picture: str) -> list[str]:
    """The lines of a picture, without the spaces between what has one colour."""
    rows: dict[int, str] = {}
    for row, text in re.findall(r'<text [^>]*#terminal-line-(\d+)\)">(.*?)</text>', picture):
        part = html.unescape(text).replace("\xa0", " ").strip()
        rows[int(row)] = rows.get(int(row), "") + part
    return [rows[row] for row in sorted(rows)]


def test_a_recorded_program_has_its_last_lines_and_wraps_as_the_terminal_does():
    lines = terminal.screen(terminal.recorded((sys.executable, "-c", PROGRAM), columns=24))
    assert lines[:2] == ["24 True", "2 of 2"]
    picture = terminal.svg(lines, "python -c ...", columns=24)
    assert shown(picture) == ["24 True", "2 of 2", "done", "a" * 24, "a" * 6]
    assert "url(http" not in picture


def test_a_command_that_fails_has_no_picture():
    with pytest.raises(subprocess.CalledProcessError):
        terminal.recorded((sys.executable, "-c", "raise SystemExit(2)"))


@pytest.mark.slow
def test_the_picture_of_the_pages_has_what_the_command_prints_today(tmp_path):
    """But for numbers, the folder, and where lines break."""

    def words(picture: str) -> str:
        said = "".join(shown(picture))
        return re.sub(r"[\d.]+|\s", "", said.replace(str(run), "outputs/mine"))

    file, run = tmp_path / "terminal.svg", tmp_path / "run"
    terminal.main(["experiment=smoke", f"hydra.run.dir={run}", "--to", str(file)])
    assert words(file.read_text()) == words(
        (ROOT / "docs" / "pictures" / "terminal.svg").read_text()
    )
