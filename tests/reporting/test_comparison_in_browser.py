"""The page that compares runs in Chromium: charts draw, views are linked, the table sorts."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from hybhanas.architecture import Architecture
from hybhanas.nas.front import FrontMember, ranked
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.selection import select
from hybhanas.reporting.front_report import FrontReport
from hybhanas.reporting.page.compared_run import ComparedRun
from hybhanas.reporting.page.comparison import RunComparison
from hybhanas.reporting.page.document import OF_A_COMPARISON, write_page
from tests.helpers.browser import hindrances, opened, requested, traces, wait_for
from tests.helpers.synthetic import make_evaluation

pytestmark = pytest.mark.slow

HOSTILE = "</script><script>window.taken=1</script><img src=http://127.0.0.1:9/ onerror=taken=1>"
TWO = Objectives(("error", "log10_total_s"), {"error": 1.0, "log10_total_s": 9.0}, {})
RUNS = 10


def compared(number: int) -> ComparedRun:
    """A search of 120 architectures, every second of two settings with five seeds each."""
    draw, seed = random.Random(number), 1 + number // 2
    backend = ("ibm_fez", HOSTILE)[number % 2]
    evaluations = [
        make_evaluation(
            f"{number}-{i:03}", draw.uniform(0.3, 0.99), 10 ** draw.uniform(1, 7),
            architecture=Architecture(qubits=2 + i % 5, learning_rate=0.001 * (i + 1)),
        )
        for i in range(120)
    ]  # fmt: skip
    trained = [
        FrontMember(e, e.validation_accuracy, e.validation_accuracy, "a.pt", 100, 100)
        for e in TWO.front(evaluations)
    ]
    members = ranked(trained, TWO)
    return ComparedRun(
        name=f"backend={backend} seed={seed}", folder="outputs/mine", link="a/report.html",
        settings={"backend": backend, "seed": seed}, same={"data sets": "circles"},
        finished=number > 0, evaluations=evaluations,
        front=FrontReport(members, select(members, TWO), []), objectives=TWO,
    )  # fmt: skip


def page(path: Path, numbers: Sequence[int], settings: int = 0) -> dict:
    """A page of runs, which differ in so many settings more, and what it holds."""
    more = [{f"search_space.{i}": number for i in range(settings)} for number in numbers]
    made = RunComparison(
        title=HOSTILE, runs=[
            replace(run, settings={**run.settings, **further})
            for run, further in zip(map(compared, numbers), more, strict=True)
        ],
        shared={"dataset": HOSTILE}, left_out=[HOSTILE], command=HOSTILE,
    ).content()  # fmt: skip
    write_page(path, made, OF_A_COMPARISON)
    return made


@pytest.fixture(scope="module")
def shown(browser, tmp_path_factory):
    """What the page of ten runs holds, which the browser shows."""
    path = tmp_path_factory.mktemp("page") / "comparison.html"
    made = page(path, range(RUNS))
    assert path.stat().st_size < 5e6
    browser.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})  # not of others
    opened(browser, path)
    return made


def chosen(browser) -> tuple[list[int], list[int], int]:
    """The marked row of the members and of the runs, and the marked dot."""
    rows, runs = (
        [int(row.get_attribute(name)) for row in browser.find_elements(By.CSS_SELECTOR, selector)]
        for selector, name in (
            ("#members tr.chosen", "data-at"), ("#runs tr.chosen", "data-run")
        )
    )  # fmt: skip
    dot = browser.execute_script(
        "const { data } = document.getElementById('fronts');"
        "return data.find((trace) => trace.name === 'chosen').customdata[0]"
    )
    return rows, runs, dot


def test_every_chart_draws_within_its_time_without_a_message_or_a_request(browser, shown):
    metrics = browser.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    worked_s = {metric["name"]: metric["value"] for metric in metrics}["TaskDuration"]
    assert worked_s < 6  # of the browser's main thread, for ten runs of 120 evaluations
    for name in ("fronts", "searches", "attained"):
        given, drawn = traces(browser, name)
        assert drawn == given > 0, name
    assert browser.get_log("browser") == []
    assert requested(browser) == ["file"]
    assert HOSTILE in browser.find_element(By.TAG_NAME, "h1").text
    assert browser.execute_script("return window.taken") is None


def test_a_row_chosen_by_keyboard_marks_its_run_and_its_dot_and_fills_the_pane(browser, shown):
    member = next(one for one in shown["members"] if one["run"] == 3)
    at = member["evaluation"]
    button = browser.find_element(By.CSS_SELECTOR, f'#members tr[data-at="{at}"] button')
    button.send_keys(Keys.ENTER)
    assert chosen(browser) == ([at], [3], at)
    pane = browser.find_element(By.ID, "pane").text
    assert shown["evaluations"]["architecture"][at] in pane
    assert member["commands"]["verify"] in pane
    assert "Run it under the machine's noise:" in pane


def test_a_click_on_a_dot_marks_its_row(browser, shown):
    target = next(one["evaluation"] for one in shown["members"] if one["run"] == 5)
    browser.execute_script(
        "document.getElementById('fronts').emit('plotly_click', "
        "{ points: [{ customdata: arguments[0] }] })",
        target,
    )
    assert chosen(browser) == ([target], [5], target)


def test_the_table_of_members_is_sorted_by_the_column_that_is_clicked(browser, shown):
    head = browser.find_element(By.XPATH, "//table[@id='members']//button[text()='QPU time']")
    times = shown["evaluations"]["values"]["qpu_s"]
    for direction, wanted in (("ascending", sorted(times)), ("descending", sorted(times)[::-1])):
        head.send_keys(Keys.ENTER)
        rows = browser.find_elements(By.CSS_SELECTOR, "#members tbody tr")
        assert [times[int(row.get_attribute("data-at"))] for row in rows] == wanted
        assert head.find_element(By.XPATH, "..").get_attribute("aria-sort") == direction


def test_no_two_of_ten_runs_have_the_same_dots_and_the_chosen_ring_is_of_another_colour(
    browser, shown
):
    looks = browser.execute_script(
        "return document.getElementById('fronts').data.filter((one) => one.customdata)"
        ".map(({ marker }) => [marker.color, marker.symbol])"
    )
    assert len({*map(tuple, looks)}) == RUNS + 1
    ink = browser.execute_script("return document.getElementById('fronts').layout.font.color")
    assert looks[-1] == [ink, "circle-open"]
    assert ink not in {color for color, _ in looks[:-1]}


def test_dots_are_coloured_by_a_setting_that_differs(browser, shown):
    named = "return document.getElementById('fronts').data.filter((t) => t.customdata).length"
    assert browser.execute_script(named) == RUNS + 1  # the chosen one
    Select(browser.find_element(By.ID, "told")).select_by_value("backend")
    wait_for(browser, f"{named} === 3")


def test_a_member_is_whole_on_a_narrow_screen_and_its_role_seen_on_a_wide_one(browser, shown):
    for width, cells in ((390, "#members td, #runs td"), (1280, "#members td:nth-child(4)")):
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        rights = browser.execute_script(
            "return [...document.querySelectorAll(arguments[0])]"
            ".map((cell) => cell.getBoundingClientRect().right)",
            cells,
        )
        assert max(rights) <= width
    heads = browser.execute_script(
        "return [...document.getElementById('members').tHead.rows[0].cells]"
        ".map((head) => head.textContent)"
    )
    assert heads[:4] == ["#", "backend", "seed", "role"]
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


def test_runs_that_differ_in_many_settings_are_named_and_the_settings_folded(browser, tmp_path):
    page(tmp_path / "comparison.html", (1, 3), settings=8)
    opened(browser, tmp_path / "comparison.html")
    head = browser.find_element(By.CSS_SELECTOR, "#runs thead").text
    assert head.startswith("run front best, validation")
    folded = browser.find_element(By.CSS_SELECTOR, "div.cards details")
    assert folded.text == "10 settings"
    folded.find_element(By.TAG_NAME, "summary").click()
    assert "search_space.7" in folded.text


def test_of_two_seeds_one_and_both_have_a_curve_and_half_has_none(browser, tmp_path):
    page(tmp_path / "comparison.html", (1, 3))
    opened(browser, tmp_path / "comparison.html")
    names = browser.execute_script(
        "return document.getElementById('attained').data.map(({ name }) => name)"
    )
    assert [name.rpartition(": ")[2] for name in names] == ["at least one seed", "every seed"]


def test_runs_that_classical_models_dominate_are_drawn_with_all_members(browser, tmp_path):
    behind = [
        replace(one, front=replace(
            one.front, members=[replace(m, behind="logistic") for m in one.front.members]
        ))
        for one in map(compared, (1, 3))
    ]  # fmt: skip
    made = RunComparison(title="", runs=behind, shared={}, left_out=[], command="").content()
    write_page(tmp_path / "comparison.html", made, OF_A_COMPARISON)
    opened(browser, tmp_path / "comparison.html")
    number = len(made["members"])
    dots = browser.execute_script(
        "return document.getElementById('fronts').data"
        ".filter((one) => one.customdata && one.name !== 'chosen')"
        ".reduce((sum, one) => sum + one.x.length, 0)"
    )
    assert dots == number > 0
    text = browser.find_element(By.TAG_NAME, "body").text
    assert "2 runs, 0 members of their fronts" in text
    assert "Classical models dominate every network of" in text
    assert "The same architecture is on the front of" not in text


def test_runs_that_compare_with_none_share_one_sentence(browser, tmp_path):
    runs = [replace(compared(at), same={"data sets": str(at)}) for at in (1, 2)]
    made = RunComparison(title="", runs=runs, shared={}, left_out=[], command="").content()
    write_page(tmp_path / "comparison.html", made, OF_A_COMPARISON)
    opened(browser, tmp_path / "comparison.html")
    text = browser.find_element(By.TAG_NAME, "body").text
    assert text.count("There is no finished run of other settings or another seed") == 1
