"""The page that browser tests share."""

from __future__ import annotations

import pytest

from tests.helpers.browser import opened
from tests.helpers.run_page import page


@pytest.fixture(scope="module")
def shown(browser, tmp_path_factory):
    """What the page of 40 evaluations holds, which the browser shows."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    content = page(path, 40)
    opened(browser, path)
    return content
