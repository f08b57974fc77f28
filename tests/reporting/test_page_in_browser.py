"""The report page in Chromium: its charts draw, its views are linked, and it asks for nothing."""

from __future__ import annotations

import itertools
import math
import random
import re
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from hybhanas.architecture import Architecture
from hybhanas.nas.classical import Baseline, Twin
from hybhanas.nas.evaluation import FAILED, STOPPED
from hybhanas.nas.front import FrontMember, ranked
from hybhanas.nas.importance import Importance
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.seeds import SeedScores
from hybhanas.nas.selection import select
from hybhanas.reporting.front_report import FrontReport
from hybhanas.reporting.page.content import RunReport
from hybhanas.reporting.page.document import write_page
from hybhanas.reporting.units import duration
from tests.helpers.browser import hindrances, opened, requested, traces, wait_for
from tests.helpers.synthetic import make_calibration, make_evaluation, physical_circuit

pytestmark = pytest.mark.slow

HOSTILE = "</script><script>window.taken=1</script><img src=http://127.0.0.1:9/ onerror=taken=1>"
TWO = Objectives(("error", "log10_total_s"), {"error": 1.0, "log10_total_s": 9.0}, {})
NOISY = {"accuracy": 0.9, "interval": [0.8, 0.95], "flips": 3}
VERIFIED = {
    "backend": HOSTILE, "calibration_date": "2026-01-01T00:00:00+00:00", "on": "aer",
    "verdict": "survives", "samples": 100, "shots": 4000, "predicted": 0.5, "seen": 0.6,
    "ideal": NOISY, "noisy": NOISY, "mitigated": NOISY,
}  # fmt: skip
TRANSPILED = [("sx", (2,))] * 19 + [("cz", (2, 1))]
CHARTS = ("front", "paths", "progress", "shares", "parameters", "couplings", "curve", "importance")


def evaluations(number: int, days: tuple[float, float] = (1e-4, 100)) -> list:
    """Architectures of all kinds, accuracies and times; every tenth was stopped or failed."""
    powers = [math.log10(86400 * one) for one in days]
    draw = random.Random(1)
    made = []
    for i in range(number):
        architecture = Architecture(
            qubits=draw.randint(2, 8), depth=draw.randint(1, 4), learning_rate=0.001 * (i + 1),
            rotations=draw.choice(["ry", "rz_ry_rz"]), entangler=draw.choice(["cx", "cz", "crx"]),
        )  # fmt: skip
        changes = {"architecture": architecture, "parameters": draw.randint(10, 5000)}
        if i % 20 == 0:
            changes |= {"status": FAILED, "reason": HOSTILE, "cost": None}
        elif i % 10 == 0:
            changes["status"] = STOPPED
        accuracy = None if i % 20 == 0 else draw.uniform(0.3, 0.99)
        made.append(make_evaluation(f"{i:05}", accuracy, 10 ** draw.uniform(*powers), **changes))
    return made


def page(path: Path, number: int, **times) -> dict:
    """A page of a run whose every text is hostile, and what it holds."""
    made = evaluations(number, **times)
    members = [
        FrontMember(e, e.validation_accuracy, e.validation_accuracy, "a.pt", 100, 100, "",
                    losses=[1.0, 0.5, 0.25], twin=Twin("classical twin", 0.99, 0.5, 40, "", 1),
                    seeds=[SeedScores(i, e.validation_accuracy + i / 100, 0.5) for i in (-1, 1)])
        for e in TWO.front(made)
    ]  # fmt: skip
    in_order = ranked(members, TWO)
    content = RunReport(
        folder="outputs/mine", data_name=HOSTILE, search_name="random", evaluations=made,
        front=FrontReport(in_order, select(in_order, TWO), [Baseline("SVM", 0.9, 0.9, 100, "C=1")]),
        objectives=TWO,
        summary={"calibration": {"name": HOSTILE, "repairs": [HOSTILE]}, "seed": 1},
        config=HOSTILE, calibration=make_calibration(4, [(0, 1), (1, 2), (2, 3)]),
        verdicts={in_order[0].evaluation.architecture.hash: HOSTILE},
        transpiled={
            one.evaluation.architecture.hash: physical_circuit(TRANSPILED)
            for one in in_order
        },
        verified={in_order[0].evaluation.architecture.hash: VERIFIED},
        importance=[
            Importance(name, 40, {"qubits": 0.7, "rotations": 0.2, "entangler": 0.05}, {})
            for name in ("error", "log10_total_s", "log10_p_survival")
        ],
    ).content()  # fmt: skip
    write_page(path, content)
    return content


@pytest.fixture(scope="module")
def shown(browser, tmp_path_factory):
    """What the page of 40 evaluations holds, which the browser shows."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    content = page(path, 40)
    opened(browser, path)
    return content


def chosen_rows(browser) -> list[int]:
    marked = browser.find_elements(By.CSS_SELECTOR, "#members tr.chosen")
    return [int(row.get_attribute("data-at")) for row in marked]


def marked_dot(browser) -> int:
    return browser.execute_script(
        "const { data } = document.getElementById('front');"
        "return data.find((trace) => trace.name === 'chosen').customdata[0]"
    )


def test_every_chart_draws_without_a_message_and_no_request_leaves_the_page(browser, shown):
    for name in CHARTS:
        given, drawn = traces(browser, name)
        assert drawn == given > 0, name
    assert browser.get_log("browser") == []
    assert requested(browser) == ["file"]


def test_text_of_a_run_is_shown_and_never_executed(browser, shown):
    assert HOSTILE in browser.find_element(By.TAG_NAME, "h1").text
    assert HOSTILE in browser.find_element(By.ID, "reasons").text
    assert browser.execute_script("return window.taken") is None
    assert browser.find_elements(By.TAG_NAME, "img") == []


def test_the_first_screen_says_which_members_their_classical_twins_dominate(browser, shown):
    (line,) = [line for line in shown["comparison"] if line.startswith("classical twins")]
    behind = [rank for rank, member in enumerate(shown["members"], 1) if member["twin"]]
    assert f"dominate {len(behind)} of {len(behind)} on the front (#1, " in line
    cards = browser.find_element(By.CSS_SELECTOR, "div.cards").text
    assert f"C{line[1:]}." in cards
    assert "its classical twin 99.0 %" in cards


def test_a_row_chosen_by_keyboard_marks_its_dot_and_fills_the_pane(browser, shown):
    member = shown["members"][1]
    selector = f'#members tr[data-at="{member["evaluation"]}"] button'
    browser.find_element(By.CSS_SELECTOR, selector).send_keys(Keys.ENTER)
    assert chosen_rows(browser) == [member["evaluation"]]
    assert marked_dot(browser) == member["evaluation"]
    pane = browser.find_element(By.ID, "pane").text
    at = member["evaluation"]
    assert shown["evaluations"]["architecture"][at] in pane
    assert duration(shown["evaluations"]["values"]["qpu_s"][at]) in pane
    assert member["commands"]["export"] in pane
    assert "99.0 % of validation, 50.0 % of test, 40 parameters, through 1 unit" in pane
    gates = browser.find_elements(By.CSS_SELECTOR, "#circuit svg.circuit > g > title")
    assert len(gates) == member["circuit"]["all_gates"]
    assert browser.find_element(By.ID, "spoken").text.startswith("#2 chosen")
    cards = browser.find_element(By.CSS_SELECTOR, "div.cards").text
    assert "of #2" in cards  # whose cost it is
    assert member["commands"]["export"] in cards


def test_the_chosen_member_is_drawn_as_transpiled_and_its_qubits_are_marked_on_the_machine(
    browser, shown
):
    for member in shown["members"][:2]:
        selector = f'#members tr[data-at="{member["evaluation"]}"] button'
        browser.find_element(By.CSS_SELECTOR, selector).send_keys(Keys.ENTER)
        drawn = browser.find_elements(By.CSS_SELECTOR, "#transpiled svg.circuit")
        assert len(drawn) == 2  # 20 columns in lines of 18
        assert len({one.rect["width"] for one in drawn}) == 1  # so that paper shrinks both alike
        titles = browser.find_elements(By.CSS_SELECTOR, "#transpiled svg.circuit > g > title")
        named = [one.get_attribute("textContent") for one in titles]
        assert named == [*["sx on 2"] * 19, "cz on 2, 1"]
        used = f"used by #{member['rank']} (2)"
        names = "return document.getElementById('couplings').data.map((one) => one.name)"
        assert used in browser.execute_script(names)
        facts = browser.find_element(By.ID, "calibration-facts").text
        assert f"qubits of #{member['rank']}\n1, 2" in facts


def test_the_pane_says_what_noise_did_to_a_member_that_was_verified(browser, shown):
    first, second = shown["members"][:2]
    texts = []
    for member in (first, second):
        selector = f'#members tr[data-at="{member["evaluation"]}"] button'
        browser.find_element(By.CSS_SELECTOR, selector).send_keys(Keys.ENTER)
        texts.append(browser.find_element(By.ID, "verification").text)
    assert "It survives." in texts[0]
    assert "noisy 90.0 % (80.0 to 95.0 %) 3" in texts[0].replace("\n", " ")
    assert "100 test samples, 4000 shots each. P survival predicted 0.5, seen 0.6" in texts[0]
    assert HOSTILE in texts[0]
    assert texts[1].startswith("Verification\nIt was not run under noise.")


def test_the_pane_of_a_member_of_several_seeds_has_each_and_how_it_compares(browser, shown):
    second = shown["members"][1]
    selector = f'#members tr[data-at="{second["evaluation"]}"] button'
    browser.find_element(By.CSS_SELECTOR, selector).send_keys(Keys.ENTER)
    pane = browser.find_element(By.ID, "pane").text
    each = " %, ".join(f"{100 * accuracy:.1f}" for accuracy in second["final"]["seeds"])
    assert f"{each} %" in pane
    assert "± 1.4 over 2 seeds" in pane  # of two that differ by 2 %: 2 / sqrt(2)
    assert ("not distinguishable by the seeds" in pane) is not second["distinguishable"]


def test_a_click_on_a_dot_marks_its_row(browser, shown):
    target = shown["members"][0]["evaluation"]
    browser.execute_script(
        """
        const front = document.getElementById("front");
        const curve = front.data.findIndex((trace) => trace.name.startsWith("Pareto front"));
        const point = front.data[curve].customdata.indexOf(arguments[0]);
        front.scrollIntoView({block: "center"});
        const drawn = front.querySelectorAll(".scatterlayer .trace")[curve];
        const at = drawn.querySelectorAll(".point")[point].getBoundingClientRect();
        window.clickedAt = [at.x + at.width / 2, at.y + at.height / 2];
        """,
        target,
    )
    x, y = browser.execute_script("return window.clickedAt")
    for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
        browser.execute_cdp_cmd(
            "Input.dispatchMouseEvent",
            {"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1},
        )
    wait_for(browser, f"return choice.at === {target}")
    assert chosen_rows(browser) == [target]
    assert browser.find_element(By.ID, "pane").text.startswith("#1")


def test_the_front_is_drawn_by_any_two_quantities(browser, shown):
    for axis, quantity in (("axis-x", "parameters"), ("axis-y", "p_survival")):
        Select(browser.find_element(By.ID, axis)).select_by_value(quantity)
    titles = browser.execute_script(
        "const { xaxis, yaxis } = document.getElementById('front').layout;"
        "return [xaxis.title.text, yaxis.title.text]"
    )
    assert titles == ["trainable parameters", "P survival"]
    drawn = browser.execute_script(
        "return document.getElementById('front').data.flatMap((t) => t.customdata ? t.x : [])"
    )
    assert set(drawn) <= {*shown["evaluations"]["values"]["parameters"]}


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


def test_the_front_is_drawn_over_three_quantities(browser, shown):
    for axis, quantity in (("x", "qpu_s"), ("y", "accuracy"), ("z", "parameters")):
        Select(browser.find_element(By.ID, f"axis-{axis}")).select_by_value(quantity)
    wait_for(browser, "return document.querySelector('#front .gl-container canvas') !== null")
    kinds = "return [...new Set(document.getElementById('front').data.map((one) => one.type))]"
    assert browser.execute_script(kinds) == ["scatter3d"]
    titles = (
        "const { scene } = document.getElementById('front').layout;"
        "return [scene.xaxis, scene.yaxis, scene.zaxis].map((axis) => axis.title.text)"
    )
    wanted = ["QPU time", "validation accuracy (%)", "trainable parameters"]
    assert browser.execute_script(titles) == wanted
    dragged = "return document.getElementById('front')._fullLayout.scene.dragmode"
    assert browser.execute_script(dragged) == "turntable"
    Select(browser.find_element(By.ID, "axis-z")).select_by_value("")
    wait_for(browser, "return document.querySelectorAll('#front .scatterlayer .point').length > 5")


def test_progress_is_drawn_over_seconds_of_computing_too(browser, shown):
    drawn = "return document.getElementById('progress').data[0].x"
    assert browser.execute_script(drawn) == shown["progress"]["evaluations"]
    Select(browser.find_element(By.ID, "over")).select_by_value("seconds")
    seconds = list(itertools.accumulate(shown["evaluations"]["seconds"]))
    wanted = [seconds[count - 1] for count in shown["progress"]["evaluations"]]
    assert browser.execute_script(drawn) == pytest.approx(wanted)


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


def test_the_page_of_a_search_that_runs_says_so_and_offers_no_model(browser, tmp_path):
    content = page(tmp_path / "report.html", 40)
    live = {"generation": 3, "generations": 10, "at": "2026-01-01T00:00:00+00:00"}
    write_page(tmp_path / "report.html", content | {"live": live})
    opened(browser, tmp_path / "report.html")
    assert "not finished: after generation 3 of 10" in browser.find_element(By.ID, "top").text
    assert "What to do with it" not in browser.find_element(By.ID, "pane").text
    assert "not yet" in browser.find_element(By.ID, "members").text
    accuracies = content["evaluations"]["values"]["search_accuracy"]
    best = f"{100 * max(one for one in accuracies if one is not None):.1f} %"
    picks = browser.find_element(By.CSS_SELECTOR, ".picks").text
    assert f"{best} validation accuracy in the search" in picks
    resume = "python3 run.py hydra.run.dir=outputs/mine"
    stopped = {
        "live": live | {"stopped": True},
        "commands": content["commands"] | {"search": resume},
    }
    write_page(tmp_path / "report.html", content | stopped)
    opened(browser, tmp_path / "report.html")
    assert (
        "stopped on 2026-01-01 00:00:00 UTC, after generation 3 of 10"
        in browser.find_element(By.ID, "top").text
    )
    cards = browser.find_element(By.CSS_SELECTOR, "div.cards").text
    assert f"This resumes the search:\n{resume}" in cards


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


def test_of_a_front_that_classical_models_leave_empty_the_picks_say_what_they_are_behind(
    browser, tmp_path
):
    content = page(tmp_path / "report.html", 40)
    for member in content["members"]:
        member |= {"on_front": False, "behind": "logistic regression"}
    write_page(tmp_path / "report.html", content)
    opened(browser, tmp_path / "report.html")
    cards = browser.find_element(By.CSS_SELECTOR, "div.cards").text
    assert "No network on the Pareto front" in cards
    assert f"{len(content['members'])} were on the front of the search;" in cards
    best = browser.find_element(By.CSS_SELECTOR, "#members tbody tr").text
    assert "best" in best
    assert "behind logistic regression" in best
    picks = browser.find_elements(By.CSS_SELECTOR, ".picks > li")
    assert all("; behind logistic regression" in pick.text for pick in picks)
    named = browser.find_elements(By.CSS_SELECTOR, "#front .textpoint")
    assert len(named) == len(picks)
