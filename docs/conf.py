"""How Sphinx builds the site from the pages of this folder; `make docs` calls it."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent))

import hybhanas  # noqa: E402 - of this checkout
from scripts import settings_table  # noqa: E402

project = "hybhanas"
version = release = hybhanas.__version__
author = "The hybhanas developers"
copyright = author  # noqa: A001 - Sphinx's name
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
myst_heading_anchors = 3
html_theme = "furo"
html_title = f"hybhanas {version}"
html_copy_source = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
default_role = "py:obj"  # a name between single backticks: code, and a link where there is one
autodoc_typehints = "description"
autodoc_member_order = "bysource"
autodoc_typehints_description_target = "documented"
add_module_names = False

OUTSIDE = re.compile(r"\[([^\]]+)\]\((\.\.(?:/[^)#\s]*)?)\)")


def name_folders(app: Any, docname: str, source: list[str]) -> None:
    """Links of a page to folders outside of docs/ become their names: the site has files alone."""

    def named(link: re.Match[str]) -> str:
        text, target = link.groups()
        folder = (DOCS / docname).parent.joinpath(target).is_dir()
        return f"`{text.strip('`')}`" if folder else link[0]

    source[0] = OUTSIDE.sub(named, source[0])


MADE = {"settings": settings_table.page, "report": settings_table.report}
"""The tables that a page asks for by a comment."""


def make_tables(app: Any, docname: str, source: list[str]) -> None:
    """Puts tables that are made from the code where a page asks for them."""
    for name, table in MADE.items():
        if f"<!-- {name} -->" in source[0]:
            source[0] = source[0].replace(f"<!-- {name} -->", table())


def name_new_pages(app: Any, docname: str, source: list[str]) -> None:
    """Adds pages beside index.md to its first list of guides if it does not name them."""
    if docname == "index":
        named = set(re.findall(r"^[\w/]+$", source[0], re.M))
        new = sorted({path.stem for path in DOCS.glob("*.md")} - named - {"index"})
        source[0] = source[0].replace("\nextending\n", "\n".join(["", "extending", *new, ""]))


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("source-read", make_tables)
    app.connect("source-read", name_folders)
    app.connect("source-read", name_new_pages)
