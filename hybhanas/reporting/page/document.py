"""The report page as a file: content, style and scripts in one, with nothing to fetch."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from string import Template
from typing import Any

from hybhanas import atomic
from hybhanas.errors import ConfigError

HERE = Path(__file__).parent
SHARED = ("elements.js", "charts.js", "facts.js", "shell.js")
OF_A_RUN = (
    "parallel.js", "front.js", "figures.js", "overview.js", "tables.js", "architecture.js",
    "page.js",
)  # fmt: skip
"""The scripts of the page of a run, which follow those that pages share; in the order in which they
run, as one script."""

OF_A_COMPARISON = ("runs.js", "fronts.js", "comparison.js")
"""Those of the page that compares runs."""


def write_page(path: Path, content: Mapping[str, Any], scripts: Sequence[str] = OF_A_RUN) -> None:
    """Writes the page.

    What a run holds may be anyone's text. It stands in the page as JSON without a `<`, the scripts
    make text nodes of it, and no other script than these and no request is allowed by the page's
    policy.

    Args:
        path: of the file.
        content: as `RunReport.content` of `hybhanas.reporting.page.content` gives it, or
            `RunComparison.content` of `hybhanas.reporting.page.comparison`.
        scripts: that draw it, after those that pages share.

    Raises:
        OSError: it cannot be written.
    """
    script = "".join((HERE / name).read_text() for name in (*SHARED, *scripts))
    plotly = _plotly()
    page = Template((HERE / "page.html").read_text()).substitute(
        title=html.escape(str(content["title"])).encode(errors="replace").decode(),
        allowed=" ".join(map(_sha256, (plotly, script.encode()))),
        style=(HERE / "page.css").read_text(),
        content=embedded(content),
        plotly=base64.b64encode(gzip.compress(plotly, 4, mtime=0)).decode(),
        script=script,
    )
    atomic.write_text(path, page)


def embedded(content: Mapping[str, Any]) -> str:
    r"""JSON that no parser of HTML takes for anything but text.

    Example:
        >>> embedded({"name": "</script>"})
        '{"name":"\\u003c/script>"}'
    """
    text = json.dumps(content, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _plotly() -> bytes:
    """Plotly's script, which its package has; importing the package would take longer.

    Raises:
        ConfigError: plotly is not installed.
    """
    found = find_spec("plotly")
    if found is None or found.origin is None:
        raise ConfigError("the report page needs plotly, which is not installed")
    return (Path(found.origin).parent / "package_data" / "plotly.min.js").read_bytes()


def _sha256(script: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"
