"""The study: its numbers by hand, what its page says, and a reduced run with the same verdicts."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from hybhanas import bench
from hybhanas.hydra_app.compose import composed
from scripts import study as script
from scripts.study_parts import genes, halves, mislead, pictures, sensitivity, shares
from scripts.study_parts.finding import Finding, verdict
from scripts.study_parts.numbers import bootstrap, excess, front, kept, median, spread, tau
from scripts.study_parts.text import text
from tests.helpers.benchmarks import NAN, SHIPPED, by_hand

FALLING = np.array([0.4, 0.3, 0.2, 0.1])
RISING = np.array([1.0, 2.0, 3.0, 4.0])
ALIKE = np.full(4, 10.0)


def conclusions(page: str) -> dict[str, str]:
    """The verdict on each claim, as a table of the page has it."""
    return dict(
        re.findall(r"^\| ([^|]+) \| (supports|supports in part|contradicts) \|", page, re.M)
    )


def test_a_front_leaves_out_what_is_dominated_and_what_is_not_known():
    assert front(FALLING, RISING).tolist() == [0, 1, 2, 3]
    assert front(np.array([0.1, 0.2, NAN]), np.array([1.0, 2.0, 0.0])).tolist() == [0]
    assert kept(np.array([3, 5, 7, 9]), np.array([5, 9, 11])) == 0.5


def test_a_member_is_compared_with_the_fastest_that_is_at_least_as_accurate():
    error, log10_s = np.array([0.3, 0.2, 0.2, 0.1]), np.array([2.0, 5.0, 3.0, 4.0])
    # 0 is the fastest of all; 1 has as many errors as 2, which takes a hundredth; 3 has fewest
    assert excess(np.arange(4), error, log10_s).tolist() == [0, 2, 0, 0]
    slow = np.array([9.0, 5.0, 3.0, NAN])  # what does not fit is no rival
    assert excess(np.array([0]), error, slow).tolist() == [6]


def test_an_interval_holds_what_resampling_gives():
    same = bootstrap(lambda rows: float(len(rows)), 7, draws=5)
    assert (same.value, same.low, same.high) == (7, 7, 7)
    middle = median(np.arange(101.0))
    assert middle.value == 50
    # 1.96 standard errors of a median of a uniform sample: 1.96 * 101 / (2 * sqrt(101)) = 9.8
    assert middle.low == pytest.approx(40, abs=4)
    assert middle.high == pytest.approx(60, abs=4)
    assert spread([3, 1, 2]).text(".0f") == "2 (1 to 3)"


def on(backend: str) -> bench.Benchmark:
    """The table by hand, with costs on one backend."""
    table = by_hand()
    return replace(table, costs={backend: table.costs[backend]})


def test_a_stand_in_in_the_order_of_time_misleads_nobody():
    found = mislead.misled(on("large"), np.array([1.0, 2.0, 3.0]), "qpu_time")
    assert (found.dominated.high, found.ratio.high, found.found.low) == (0, 1, 1)
    assert found.tau.value == pytest.approx(1)


def test_a_stand_in_against_the_order_of_time_finds_the_most_accurate_alone():
    found = mislead.misled(on("large"), np.array([3.0, 2.0, 1.0]), "qpu_time")
    assert (found.members.high, found.dominated.high) == (1, 0)
    # of a front of three with seed 1 and, since one training diverged, of two with seed 2
    assert (found.found.low, found.found.high) == pytest.approx((1 / 3, 1 / 2))
    assert found.tau.value == pytest.approx(-1)


def test_a_member_that_another_beats_takes_as_much_longer_as_the_times_say():
    # 2 qubits take 10^1.5 s, 3 qubits are more accurate and take 10 s; with seed 2 only 2 are known
    found = mislead.misled(on("small"), np.array([1.0, 2.0, 3.0]), "qpu_time")
    assert (found.dominated.low, found.dominated.high) == (0, 0.5)
    assert found.ratio.high == pytest.approx(10**0.25)  # between 0 and half a power of ten


def test_stand_ins_of_small_circuits_by_hand():
    found = mislead.proxies(by_hand())
    assert found[mislead.GATES].tolist() == [4, 6, 8]  # an input and a weight of each qubit
    assert found[mislead.PAIRS].tolist() == [0, 0, 0]
    # forward, and two for all angles at once: each observable depends on one sum of two
    assert found[mislead.CIRCUITS].tolist() == [3, 3, 3]


def test_a_verdict_needs_every_condition_to_support():
    assert [verdict(h) for h in ([True] * 2, [True, False], [False] * 2)] == [
        "supports", "supports in part", "contradicts",
    ]  # fmt: skip


def test_the_share_of_a_part_is_its_fraction_of_the_total():
    report = SimpleNamespace(
        parts=SimpleNamespace(routing_s=1.0, noise_s=6.0), time=SimpleNamespace(total_s=8.0)
    )
    assert (shares.share("routing", report), shares.share("noise", report)) == (0.125, 0.75)
    assert np.isnan(shares.share("noise", None))


def test_what_any_front_has_is_not_called_coupled():
    rng = np.random.default_rng(0)
    error, parameters = rng.random(60), rng.random(60)
    # Classical size is time itself: the two go together on every front.
    found, by_chance = halves.coupling(error, parameters + 1, parameters, parameters, draws=20)
    assert found == pytest.approx(1)
    assert by_chance == pytest.approx((1, 1))


def test_a_reversed_order_keeps_the_one_member_that_is_now_fast_and_accurate():
    old, new = (FALLING, RISING), (FALLING, RISING[::-1].copy())
    one = sensitivity.change(("machine", "other", "qpu_time"), old, new, ALIKE, draws=20)
    assert one.tau.value == pytest.approx(-1)
    assert one.kept.value == one.kept_of_three.value == 0.25
    # 3, 2, 1 and 0 powers of ten slower than the last
    assert one.ratio == pytest.approx(10**1.5)
    same = sensitivity.change(("machine", "same", "qpu_time"), old, old, ALIKE, draws=20)
    assert (same.kept.low, same.ratio) == (1, 1)


def test_with_parameters_as_an_objective_more_of_a_front_is_kept():
    old, new = (FALLING, RISING), (FALLING, RISING[::-1].copy())
    one = sensitivity.change(("machine", "other", "qpu_time"), old, new, RISING, draws=20)
    assert one.kept.value == 0.25
    assert one.kept_of_three.value == 1  # the first has the fewest parameters, and so on


def test_where_times_stay_the_order_is_that_of_errors():
    one = sensitivity.change(
        ("training seed", "2", "qpu_time"), (FALLING, RISING), (FALLING[::-1], RISING), ALIKE, 20
    )
    assert one.tau.value == pytest.approx(tau(FALLING, FALLING[::-1])) == pytest.approx(-1)


def test_a_sample_is_of_the_table_and_of_its_seed():
    table = bench.load(SHIPPED / "digits_small.parquet")
    first, again, other = (sensitivity.drawn(table, 10, seed) for seed in (1, 1, 2))
    assert first.architectures == again.architectures != other.architectures
    row = table.row(first.architectures[3])
    assert first.error[3] == pytest.approx(1 - table.accuracy[row, :, -1].mean())
    assert first.log10_s["ibm_fez", "qpu_time"][3] == table.log10_total_s("ibm_fez")[row]
    assert len(sensitivity.drawn(table, 1000).architectures) == 64


def test_the_page_has_conclusions_sections_and_pictures():
    study = script.Study({}, [Finding("the earth is flat", verdict([False]), "0 %")], [])
    names = ("mislead", "shares", "halves", "sensitivity", "importance")
    page = text(study.conclusions(), {name: f"<{name}>" for name in names}, 300)
    assert conclusions(page) == {"the earth is flat": "contradicts"}
    assert all(f"<{name}>" in page for name in names)
    assert "300 random architectures" in page


def test_a_picture_has_a_panel_for_each_total_with_all_architectures_and_three_fronts():
    drawn = pictures.fronts(bench.load(SHIPPED / "iris_small.parquet"))
    assert [axes.get_title() for axes in drawn.axes] == ["QPU time", "effective execution time"]
    for axes in drawn.axes:
        everything, *fronts = (len(dots.get_offsets()) for dots in axes.collections)
        assert everything == 64
        assert len(fronts) == 3
        assert all(0 < front < 64 for front in fronts)


def test_a_picture_has_a_dot_for_each_change_under_each_time():
    sides = (FALLING, RISING), (FALLING, RISING), ALIKE, 2
    both = [sensitivity.change(("a", "b", total), *sides) for total in bench.TOTALS]
    alone = sensitivity.change(("c", "d", "qpu_time"), *sides)
    drawn = pictures.changes(pictures.numbers([*both, alone]))
    for axes in drawn.axes:
        assert [len(dots.get_xdata()) for dots in axes.lines] == [2, 1]
    labels = [text.get_text() for text in drawn.legends[0].get_texts()]
    assert labels == ["QPU time", "effective execution time"]
    assert [text.get_text() for text in drawn.axes[0].get_yticklabels()] == ["a: b", "c: d"]


def test_the_page_of_the_repository_says_what_the_script_computes():
    table = bench.load(SHIPPED / "iris_small.parquet")
    page = script.PAGE.read_text()
    assert mislead.report("iris_small", table, mislead.all_misled(table)) in page
    assert genes.report("iris_small", table) in page


def test_a_page_takes_the_whole_study(capsys):
    for given in (["--page"], ["--page", "--reduced", "--wheels", "x.whl"]):
        with pytest.raises(SystemExit):
            script.main(given)
        assert (
            "--page takes the whole study: --wheels, and not --reduced" in capsys.readouterr().err
        )


@pytest.mark.parametrize("name", ["digits", "iris", "wine", "breast_cancer"])
def test_a_search_of_the_papers_kind_is_one_experiment_a_data_set(name):
    config = composed(f"experiment=paper_{name}")
    assert (config.dataset.name, config.search.algorithm) == (name, "nsga2")
    assert config.search.objectives == ["error", "log10_total_s", "parameters"]
    assert (config.cost_model.name, config.cost_model.timing) == ("hyb_hanas", "serial")


@pytest.mark.slow
def test_a_reduced_study_comes_to_the_verdicts_of_the_page(capsys):
    script.main(["--reduced"])
    said, page = capsys.readouterr().out, script.PAGE.read_text()
    found, of_page = conclusions(said), conclusions(page)
    assert len(found) == 8
    assert found == {claim: of_page[claim] for claim in found}
    assert len(of_page) == 9  # the date of the calibration takes older calibrations
    assert said[said.index("`digits_medium`: ") : said.index("\n\n`digits_small`: ")] in page
