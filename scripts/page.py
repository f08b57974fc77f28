"""Writes the generated parts of pages in docs/: the output of a command between two marks.

Pictures are in docs/pictures/. The numbers of a picture stand beside it, those of drift.png in
drift.csv, from which scripts/redraw.py draws it again.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from hybhanas import atomic
from hybhanas.reporting.picture import save

DOCS = Path(__file__).parent.parent / "docs"
PAGE = DOCS / "validation.md"

Picture = Callable[[pd.DataFrame], Figure]
"""Draws the numbers of a picture."""


def fill(part: str, text: str, page: Path | None = None) -> None:
    """Puts a text between `<!-- part -->` and `<!-- /part -->` of a page, docs/validation.md or
    another.

    Raises:
        ValueError: the page has no such marks.
    """
    page = page or PAGE
    before, _, after = _divided(part, page)
    atomic.write_text(page, f"{before}\n{text.strip()}\n\n{after}")


def filled(part: str, page: Path) -> str:
    """What is between the marks of a part of a page.

    Raises:
        ValueError: the page has no such marks.
    """
    return _divided(part, page)[1].strip()


def _divided(part: str, page: Path) -> tuple[str, str, str]:
    """What comes before the end of a part's first mark, from there to the second, and from that."""
    begin, end = f"<!-- {part} -->\n", f"<!-- /{part} -->"
    before, found, rest = page.read_text().partition(begin)
    text, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"{page} has no marks {begin.strip()} and {end}")
    return before + begin, text, end + after


def section(part: str, script: str, given: Sequence[str], body: str, shown: str = "") -> str:
    """The output of a script for a part of a page: its command, tables, and picture `part`.png.

    Args:
        part: of the page.
        script: its name in scripts/.
        given: its arguments.
        body: its tables.
        shown: what the picture shows; empty: there is none.
    """
    command = shlex.join(["python", f"scripts/{script}.py", *given])
    picture = f"\n\n{image(part, shown)}" if shown else ""
    return f"```bash\n{command}\n```\n\n{body}{picture}"


def image(part: str, shown: str) -> str:
    """What a page of docs/ has in the place of a picture."""
    return f"![{shown}](pictures/{part}.png)"


def picture_file(part: str) -> Path:
    """The PNG file of a picture; its other files have its stem."""
    return DOCS / "pictures" / f"{part}.png"


def publish(
    part: str, text: str, picture: Picture, numbers: pd.DataFrame, page: Path | None = None
) -> None:
    """Puts a section and its picture into docs/validation.md or another page."""
    draw(part, picture, numbers)
    fill(part, text, page)


def draw(part: str, picture: Picture, numbers: pd.DataFrame) -> None:
    """Keeps the numbers of a picture, to six digits, beside it, and draws it from what it kept."""
    file = picture_file(part)
    kept = numbers.to_csv(index=False, float_format="%.6g")
    atomic.write_text(file.with_suffix(".csv"), kept)
    save(picture(kept_numbers(part)), file)


def kept_numbers(part: str) -> pd.DataFrame:
    """The numbers of a picture."""
    return pd.read_csv(picture_file(part).with_suffix(".csv"))


def markdown(table: pd.DataFrame) -> str:
    """A table of words and formatted numbers as Markdown."""
    rows = [list(table.columns), ["---"] * len(table.columns), *table.astype(str).values.tolist()]
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in rows)
