"""What tests do in Chromium."""

from __future__ import annotations

import json
import time
from pathlib import Path

from axe_core_python.base import AXE_SCRIPT


def opened(browser, path: Path) -> None:
    for kind in ("browser", "performance"):
        browser.get_log(kind)  # forgets what came before
    browser.get(path.as_uri())
    wait_for(browser, "return document.documentElement.dataset.drawn === 'yes'")


def wait_for(browser, condition: str) -> None:
    end = time.monotonic() + 60
    while not browser.execute_script(condition):
        assert time.monotonic() < end, condition
        time.sleep(0.05)


def traces(browser, chart: str) -> tuple[int, int]:
    """How many traces a chart was given, and of how many a point, bar, line or text of 3 pixels or
    more is seen within the axes.
    """
    return tuple(
        browser.execute_script(
            """
            const holder = document.getElementById(arguments[0]);
            const marks = ".point, path.js-line, .textpoint";
            const layers = ".scatterlayer .trace, .barlayer .trace";
            const around = holder.getBoundingClientRect();
            const { l, t, w, h } = holder._fullLayout._size;
            const [left, top] = [around.left + l, around.top + t];
            const isDrawn = (mark) => {
              const box = mark.getBoundingClientRect();
              const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
              return Math.max(box.width, box.height) >= 3 &&
                x >= left && x <= left + w && y >= top && y <= top + h;
            };
            const drawn = [...holder.querySelectorAll(layers)].filter((trace) =>
              [...trace.querySelectorAll(marks)].some(isDrawn));
            return [holder.data.length, drawn.length];
            """,
            chart,
        )
    )


def requested(browser) -> list[str]:
    """The schemes of what was asked for since the page was opened."""
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    ]
    return [url.partition(":")[0] for url in asked]


def hindrances(browser) -> list[tuple[str, list[str]]]:
    """What axe-core finds serious, with the elements."""
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE_SCRIPT})
    found = browser.execute_async_script(
        "axe.run().then(arguments[arguments.length - 1], arguments[arguments.length - 1])"
    )
    return [
        (violation["id"], [node["html"][:120] for node in violation["nodes"]][:3])
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
    ]
