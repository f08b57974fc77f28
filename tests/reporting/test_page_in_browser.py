"""The report page in Chromium: its charts draw, its views are linked, and it asks for nothing."""

from __future__ import annotations

import itertools

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from hybhanas.reporting.page.document import write_page
from hybhanas.reporting.units import duration
from tests.helpers.browser import opened, requested, traces, wait_for
from tests.helpers.run_page import (
    CHARTS,
    HOSTILE,
    chosen_rows,
    marked_dot,
    page,
)

pytestmark = pytest.mark.slow


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
