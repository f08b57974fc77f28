"""The report page in Chromium on screens of all widths, in the dark and on paper."""

from __future__ import annotations

import itertools
import math
import re

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select

from hybhanas.reporting.page.document import write_page
from tests.helpers.browser import hindrances, opened, wait_for
from tests.helpers.run_page import (
    page,
)

pytestmark = pytest.mark.slow


def test_wide_axes_have_ticks_at_round_numbers_and_cut_whiskers_that_lead_far_beyond_all_dots(
    browser, shown
):
    survivals = shown["evaluations"]["values"]["p_survival"]
    assert {s for s in survivals if s is not None} == {0.5}
    for axis, quantity in (("axis-x", "parameters"), ("axis-y", "cost_usd")):
        Select(browser.find_element(By.ID, axis)).select_by_value(quantity)
    drawn = "const { xaxis, yaxis } = document.getElementById('front')._fullLayout;"
    ticks, costs = browser.execute_script(f"{drawn} return [xaxis.ticktext, yaxis.tickvals]")
    assert set(ticks) <= {"10", "20", "50", "100", "200", "500", "1,000", "2,000", "5,000"}
    assert len(ticks) >= 5
    assert len(costs) >= 3
    assert all(math.log10(cost).is_integer() for cost in costs)
    known = [c for c in shown["evaluations"]["values"]["cost_usd"] if c is not None]
    low, high = browser.execute_script(f"{drawn} return yaxis.range")
    spread = math.log10(max(known) / min(known)) + 2
    assert math.log10(min(known)) - 1 - 0.15 * spread < low < math.log10(min(known))
    assert math.log10(max(known)) < high < math.log10(max(known)) + 1 + 0.15 * spread


def test_the_role_of_a_member_is_seen_without_scrolling(browser, shown):
    metrics = {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    right, edge = browser.execute_script(
        "const table = document.getElementById('members');"
        "const head = [...table.tHead.rows[0].cells].find((one) => one.textContent === 'role');"
        "return [head, table.parentNode].map((one) => one.getBoundingClientRect().right)"
    )
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert right < edge


def test_ranks_and_ticks_of_the_front_stand_apart_and_a_narrow_screen_shows_whole_members(
    browser, shown
):
    metrics = {"width": 390, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    Select(browser.find_element(By.ID, "axis-x")).select_by_value("qpu_s")
    Select(browser.find_element(By.ID, "axis-y")).select_by_value("accuracy")
    browser.execute_script("return Plotly.Plots.resize(document.getElementById('front'))")
    ticks, numbers, ranks, cells = browser.execute_script(
        """
        const boxes = (selector) => [...document.querySelectorAll(selector)]
          .map((one) => one.getBoundingClientRect()).map(({ left, right }) => [left, right]);
        return ["#front .xtick text", "#front .ytick text", "#front .textpoint", "#members td"]
          .map(boxes);
        """
    )
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert len(ticks) >= 2
    assert all(right < left for (_, right), (left, _) in itertools.pairwise(sorted(ticks)))
    assert max(right for _, right in numbers) < min(left for left, _ in ranks)
    assert max(right for _, right in cells) <= 390


def test_a_number_and_its_unit_stay_in_one_line(browser, shown):
    text = browser.execute_script(
        """
        const words = document.getElementById("main").cloneNode(true);
        for (const one of words.querySelectorAll(".chart, code, pre")) one.remove();
        return words.textContent;
        """
    )
    assert re.findall(r"\d (?:%|USD|(?:min|[smhdy]|MJ)\b)", text) == []
    assert len(re.findall(r"\d\u00a0(?:%|USD|min|[hdy])", text)) > 100


@pytest.mark.parametrize("width", [390, 800])
def test_every_line_of_a_legend_stands_above_the_axes(browser, tmp_path, width):
    content = page(tmp_path / "report.html", 40)
    first, *others = content["members"]
    for member in others:
        member["on_front"] = False  # so that charts with a bar a member are low
    assert first["on_front"]
    content["evaluations"]["parts"] = {name: [10.0] * 40 for name in content["parts"]}
    write_page(tmp_path / "report.html", content)
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    opened(browser, tmp_path / "report.html")
    for chart in ("front", "progress", "shares", "parameters", "couplings"):
        lines, axes = browser.execute_script(
            """
            const holder = document.getElementById(arguments[0]);
            const lines = [...holder.querySelectorAll(".legendtext")];
            const top = holder.getBoundingClientRect().top;
            return [lines.map((one) => one.getBoundingClientRect().bottom - top),
                    holder._fullLayout._size.t];
            """,
            chart,
        )
        assert lines, chart
        assert max(lines) <= axes, chart
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_nothing_serious_hinders_its_use(browser, shown, scheme, width):
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    assert hindrances(browser) == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_it_is_printed_in_dark_ink_and_as_wide_as_the_paper(browser, shown):
    features = [{"name": "prefers-color-scheme", "value": "dark"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    browser.execute_script(
        """
        window.printed = [];
        addEventListener("beforeprint", () => {
          const { layout } = document.getElementById("paths");
          window.printed.push(layout.font.color, layout.width);
        });
        """
    )
    browser.print_page()
    assert browser.execute_script("return window.printed") == ["#000", 690]
    wait_for(browser, "return document.getElementById('front').layout.font.color !== '#000'")


def test_a_page_of_500_evaluations_is_small_and_keeps_no_browser_busy(browser, tmp_path):
    page(tmp_path / "report.html", 500)
    assert (tmp_path / "report.html").stat().st_size < 5e6
    browser.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})  # not of others
    opened(browser, tmp_path / "report.html")
    metrics = browser.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    worked_s = {metric["name"]: metric["value"] for metric in metrics}["TaskDuration"]
    assert worked_s < 8  # of the browser's main thread; 1.7 s where it was written


def test_on_a_narrow_screen_ranks_stand_beside_the_ticks_of_times_that_are_close(browser, tmp_path):
    page(tmp_path / "report.html", 40, days=(62, 78))
    metrics = {"width": 390, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    opened(browser, tmp_path / "report.html")
    numbers, ranks = browser.execute_script(
        """
        return ["#front .ytick text", "#front .textpoint"].map((selector) =>
          [...document.querySelectorAll(selector)].map((one) => one.getBoundingClientRect())
            .map(({ left, right }) => [left, right]));
        """
    )
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert max(right for _, right in numbers) < min(left for left, _ in ranks)


@pytest.mark.parametrize("days", [(62, 78), (70, 70)])
def test_times_that_are_close_or_alike_have_ticks_with_a_unit(browser, tmp_path, days):
    content = page(tmp_path / "report.html", 40, days=days)
    opened(browser, tmp_path / "report.html")
    low, high, *at_s = browser.execute_script(
        "const { range, tickvals } = document.getElementById('front')._fullLayout.xaxis;"
        "return [...range, ...tickvals]"
    )
    times = [t for t in content["evaluations"]["values"]["qpu_s"] if t is not None]
    assert low < min(times) <= max(times) < high
    assert sum(low <= one <= high for one in at_s) >= 2
    named = browser.find_elements(By.CSS_SELECTOR, "#front .xtick text")
    assert [one.text for one in named] == [f"{one / 86400:g} d" for one in at_s]
