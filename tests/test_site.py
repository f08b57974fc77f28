"""The documentation site: it builds without a warning, and every link of it leads somewhere."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.helpers import ROOT

ELSEWHERE = ("http", "https", "mailto", "data")
LINKS = {"a": "href", "link": "href", "img": "src", "script": "src"}


class Html(HTMLParser):
    """The links of a page, what the browser loads for it, and its anchors."""

    def __init__(self, text: str):
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        target = given.get(LINKS.get(tag, ""))
        if target:
            self.links.append(target)
            if tag != "a":
                self.loaded.append(target)
        self.anchors |= {value for key in ("id", "name") if (value := given.get(key))}


def dead(site: Path) -> list[str]:
    """The links within a folder of HTML that lead to no file or to no anchor of it."""
    pages = {path: Html(path.read_text()) for path in sorted(site.rglob("*.html"))}
    missing = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme in ELSEWHERE:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            known = target in pages and (
                not parts.fragment or unquote(parts.fragment) in pages[target].anchors
            )
            if not known and (parts.fragment or not target.is_file()):
                missing.append(f"{path.relative_to(site)}: {link}")
    return missing


STRICTLY = ["-m", "sphinx", "-E", "-a", "-W", "--keep-going", "-q", "docs"]


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The site, built as `make docs` does."""
    folder = (tmp_path_factory.mktemp("site") / "html").resolve()
    outcome = subprocess.run(
        [sys.executable, *STRICTLY, str(folder)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert outcome.returncode == 0, outcome.stderr[-3000:]
    return folder


def test_a_link_to_a_page_or_an_anchor_that_is_not_there_is_found(tmp_path):
    (tmp_path / "a.html").write_text(
        '<h1 id="top">A</h1><a href="b.html#x">b</a><a href="#top">t</a>'
    )
    (tmp_path / "b.html").write_text('<img src="c.png"><a href="a.html">a</a>')
    assert dead(tmp_path) == ["a.html: b.html#x", "b.html: c.png"]


def test_make_builds_the_site_as_these_tests_do():
    assert f"python {' '.join(STRICTLY)} build/site\n" in (ROOT / "Makefile").read_text()


@pytest.mark.slow
def test_the_site_builds_without_a_warning_and_every_link_leads_somewhere(site):
    assert dead(site) == []


@pytest.mark.slow
def test_a_page_of_the_site_loads_nothing_from_elsewhere(site):
    for path in site.rglob("*.html"):
        loaded = Html(path.read_text()).loaded
        assert [target for target in loaded if urlsplit(target).scheme in ("http", "https")] == []


@pytest.mark.slow
def test_every_page_of_docs_is_in_the_contents(site):
    contents = Html((site / "index.html").read_text()).links
    pages = {
        path.relative_to(ROOT / "docs").with_suffix(".html").as_posix()
        for path in (ROOT / "docs").rglob("*.md")
    }
    assert pages - {"index.html"} <= {link.partition("#")[0] for link in contents}


@pytest.mark.slow
def test_no_page_is_wider_than_a_phone_or_a_screen(site, browser):
    wider = []
    for width in (390, 1400):
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        for path in sorted(site.rglob("*.html")):
            browser.get(path.as_uri())
            if browser.execute_script("return document.documentElement.scrollWidth") > width:
                wider.append((width, path.name))
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert wider == []
