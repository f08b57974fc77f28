"""The pictures of the pages: the numbers of each stand beside it, and are drawn as today's code
draws them.
"""

from __future__ import annotations

import matplotlib
import pytest

from hybhanas.reporting.picture import as_bytes
from scripts import page, redraw

DRAWN = [*redraw.PICTURES, redraw.STUDY]


def test_every_picture_of_the_pages_is_drawn_again_but_the_front():
    assert {path.stem for path in (page.DOCS / "pictures").glob("*.png")} == {*DRAWN, "front"}


@pytest.mark.parametrize("part", DRAWN)
def test_a_picture_is_what_its_numbers_give(part):
    path = page.picture_file(part).with_suffix(".svg")
    shown = path.read_bytes()
    if f"Matplotlib v{matplotlib.__version__}".encode() not in shown:
        pytest.skip("it was drawn by another version of matplotlib")
    assert as_bytes(redraw.drawn(part), path) == shown


def test_a_name_of_no_picture_is_one_line(capsys):
    with pytest.raises(SystemExit, match="2"):
        redraw.main(["drivt"])
    assert "picture=drivt is unknown (did you mean drift?)" in capsys.readouterr().err
