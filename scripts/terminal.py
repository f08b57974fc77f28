"""Records a command in a terminal as docs/pictures/terminal.svg: what it printed, in its colours.

    python scripts/terminal.py                                      # a complete run in seconds
    python scripts/terminal.py --columns 80 --to cost.svg task=cost circuit=docs/ghz5.qasm

The command runs in a pseudo-terminal of so many columns. The picture has what stands there at the
end, and loads nothing.
"""

from __future__ import annotations

import argparse
import io
import os
import pty
import re
import shlex
import struct
import subprocess
import sys
import termios
from collections.abc import Sequence
from fcntl import ioctl
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from hybhanas import atomic
from scripts import page

COLUMNS, ROWS = 100, 60
SHOWN = ("experiment=smoke", "hydra.run.dir=outputs/mine")
CODES = re.compile(r"\x1b\[([?\d;]*)([A-Za-z])|\r|\n")
LOADED = re.compile(r"@font-face \{\{.*?\}\}\n", re.DOTALL)


def recorded(command: Sequence[str], columns: int = COLUMNS) -> str:
    """What a command writes to a terminal of so many columns, in the order of its writing.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, columns, 0, 0))
    environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "LINES")}
    environment |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    written = bytearray()
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # on Linux, the end of it
            break
        if not part:
            break
        written += part
    os.close(ours)
    if process.wait():
        error = subprocess.CalledProcessError(process.returncode, command, written.decode())
        error.add_note(error.output)
        raise error
    return written.decode()


def screen(written: str) -> list[str]:
    """The lines that stand on the terminal at the end, with the codes of their colours.

    Live views go up and erase whole lines, and nothing else is followed.

    Example:
        >>> screen("1 of 2" + chr(10) + chr(27) + "[1A" + chr(27) + "[2K" + "2 of 2" + chr(10))
        ['2 of 2']
    """
    lines, row, end = [""], 0, 0
    for code in CODES.finditer(written):
        lines[row] += written[end : code.start()]
        end = code.end()
        if code.group() == "\n":
            row += 1
            lines += [""] * (row == len(lines))
        elif code.group(2) == "A":
            row = max(0, row - int(code.group(1) or 1))
        elif code.group(2) == "K":
            lines[row] = ""
        elif code.group(2) == "m":
            lines[row] += code.group()
    lines[row] += written[end:]
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def svg(lines: Sequence[str], title: str, columns: int = COLUMNS) -> str:
    """The lines as a picture of a terminal, without the letters that rich would load."""
    console = Console(record=True, width=columns, file=io.StringIO(), force_terminal=True)
    for line in lines:
        text = Text.from_ansi(line)
        for part in text.divide(range(columns, len(text), columns)):  # as a terminal wraps it
            console.print(part, soft_wrap=True)
    form = LOADED.sub("", CONSOLE_SVG_FORMAT)
    return console.export_svg(title=title, unique_id="terminal", code_format=form)


def main(given: Sequence[str] | None = None) -> None:
    """Runs the command and writes its picture."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("arguments", nargs="*", default=SHOWN, help="of run.py")
    parser.add_argument("--columns", type=int, default=COLUMNS)
    to = page.picture_file("terminal").with_suffix(".svg")
    parser.add_argument("--to", type=Path, default=to, metavar="FILE.svg")
    chosen = parser.parse_args(given)
    command = ("run.py", *chosen.arguments)
    lines = screen(recorded((sys.executable, *command), chosen.columns))
    title = shlex.join(("python", *command))
    atomic.write_text(chosen.to, svg(lines, title, chosen.columns))
    print(f"{len(lines)} lines in {chosen.to}")


if __name__ == "__main__":
    main()
