"""What the page that compares searches says of them, by hand."""

from __future__ import annotations

import doctest
from dataclasses import replace

import pytest

from hybhanas.nas.front import FrontMember, ranked
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.selection import select
from hybhanas.reporting.front_report import FrontReport
from hybhanas.reporting.page import verdicts as page
from hybhanas.reporting.page.compared_run import ComparedRun
from hybhanas.reporting.page.comparison import RunComparison
from hybhanas.reporting.page.verdicts import Group, Measure, verdicts
from tests.helpers.synthetic import make_evaluation

TWO = Objectives(("error", "log10_total_s"), {"error": 1.0, "log10_total_s": 4.0}, {})
DATA = {"data sets": "circles"}
ALONE = "there is no finished run of other settings or another seed to compare with"


def run(backend: str, seed: int, accuracy: float, total_s: float = 100.0, **changes) -> ComparedRun:
    """A search of one architecture, whose accuracies are all the same."""
    evaluations = [make_evaluation(f"{backend}{seed}", accuracy, total_s)]
    members = ranked(
        [FrontMember(e, accuracy, accuracy, "a.pt", 100, 100) for e in evaluations], TWO
    )
    known = {
        "name": f"backend={backend} seed={seed}", "folder": f"outputs/{backend}{seed}",
        "link": None, "settings": {"backend": backend, "seed": seed}, "same": DATA,
        "finished": True, "evaluations": evaluations,
        "front": FrontReport(members, select(members, TWO), []), "objectives": TWO,
    }  # fmt: skip
    return ComparedRun(**(known | changes))


def content(*runs: ComparedRun) -> dict:
    made = RunComparison(title="", runs=runs, shared={}, left_out=[], command="")
    return made.content()


def lines(*runs: ComparedRun) -> list[str]:
    (only,) = content(*runs)["sets"]
    return only["lines"]


def test_hypervolumes_are_of_one_box_and_the_larger_one_is_named():
    # of 1 x 4: up to the error of 0.5 or 0.25, from 2 to 4
    found = content(run("a", 1, 0.5), run("b", 1, 0.75))
    assert [one["hypervolume"] for one in found["runs"]] == pytest.approx([0.25, 0.375])
    assert found["reasons"] == []
    assert found["sets"][0]["lines"][0] == (
        "hypervolume: backend=b is highest with 0.3750, then backend=a with 0.2500; "
        "one seed each cannot rule out chance"
    )


def test_accuracies_whose_intervals_overlap_are_not_distinguishable():
    near = lines(run("a", 1, 0.80), run("b", 1, 0.85))
    assert near[2].startswith("test accuracy of the best: backend=b is highest with 85.0 %")
    assert near[2].endswith("their 95 % intervals overlap: not distinguishable")
    far = lines(run("a", 1, 0.50), run("b", 1, 0.99))
    assert far[2].endswith("their 95 % intervals do not overlap, with one seed each")


def test_the_split_that_chose_the_best_gives_no_interval_to_compare_it_by():
    assert lines(run("a", 1, 0.50), run("b", 1, 0.99))[1].endswith(
        "one seed each cannot rule out chance"
    )


def test_other_data_are_compared_apart_and_a_run_alone_has_no_hypervolume():
    iris = {"data sets": "iris"}
    runs = run("a", 1, 0.5), run("b", 1, 0.7), run("c", 1, 0.9, same=iris)
    found = content(*runs)
    assert found["reasons"] == ["data sets"]
    assert [one["set"] for one in found["runs"]] == [0, 0, 1]
    assert found["runs"][2]["hypervolume"] is None
    assert found["sets"][1]["lines"] == [ALONE]


def test_six_seeds_that_agree_are_distinguishable_and_five_are_too_few():
    # all differences to one side: 2 of the 64 choices of their signs
    six = [run(b, s, 0.5 + 0.02 * s + (b == "b") / 4) for b in "ab" for s in range(1, 7)]
    found = lines(*six)
    assert "; distinguishable by 6 seeds (sign-flip permutation test, p = 0.031)" in found[0]
    assert found[-1] == "each p-value is of one comparison, uncorrected for how many there are"
    five = lines(*(one for one in six if one.settings["seed"] < 6))
    assert five[0].endswith("; 5 seeds cannot rule out chance, 6 might")
    assert "p-value" not in five[-1]


def test_seeds_whose_accuracies_tie_are_judged_exactly():
    # five of six differ to one side, one not at all: 4 of 64
    six = [run(b, s, 0.5 + (b == "b" and s > 1) / 4) for b in "ab" for s in range(1, 7)]
    assert "; not distinguishable by 6 seeds" in lines(*six)[0]
    assert "p = 0.062)" in lines(*six)[0]


def test_a_setting_of_the_better_median_and_the_worse_mean_is_not_distinguishable():
    # a leads at the median by 0.01; b by 0.7 in four seeds of nine, with p = 0.023 for its mean
    a = [0.1] * 4 + [0.90, 0.91, 0.92, 0.93, 0.94]
    b = [0.8] * 4 + [0.89, 0.92, 0.93, 0.94, 0.95]
    runs = [run(k, s, x) for k, xs in (("a", a), ("b", b)) for s, x in enumerate(xs)]
    found = lines(*runs)[2]
    assert found.startswith("test accuracy of the best: backend=a is highest with 90.0 %")
    assert found.endswith("; not distinguishable by 9 seeds: the mean of backend=b is no worse")


def test_a_seed_without_a_trained_member_takes_part_in_no_comparison_of_accuracies():
    untrained = FrontReport([], [], [])
    runs = [run(b, s, 0.5 + (b == "b") / 4) for b in "ab" for s in (1, 2)]
    runs[0] = replace(runs[0], front=untrained)
    (found,) = content(*runs)["sets"]
    assert found["lines"][2].startswith(
        "test accuracy of the best (of seed 2 only): backend=b is highest with 75.0 %, then "
        "backend=a with 50.0 %; their 95 % intervals"
    )
    assert found["medians"][0]["values"]["test accuracy of the best"] == (
        "50.0 % (known for only 1 of 2 seeds)"
    )
    runs[3] = replace(runs[3], front=untrained)
    assert lines(*runs)[2] == (
        "test accuracy of the best: known for no seed that the settings have in common"
    )


def test_a_run_that_repeats_settings_and_seed_of_another_is_named():
    twice = [
        replace(run("a", 1, accuracy), name=name) for name, accuracy in (("x", 0.5), ("y", 0.9))
    ]
    found = lines(*twice, run("b", 1, 0.6))
    assert found[0].startswith(
        "hypervolume: backend=b is highest with 0.3000, then backend=a with 0.2500"
    )
    assert found[-1] == "same settings and seed as another run, so not compared: y"


def test_medians_over_seeds_have_their_quartiles():
    runs = [run("a", seed, accuracy) for seed, accuracy in ((1, 0.5), (2, 0.9), (3, 0.6))]
    (only,) = content(*runs)["sets"]
    assert only["lines"][0].startswith("nothing but the seed tells these 3 runs apart")
    (median,) = only["medians"]
    assert median["seeds"] == "1, 2, 3"
    assert median["values"]["test accuracy of the best"] == "60.0 % (quartiles 55.0 % to 75.0 %)"


def test_settings_that_have_no_seed_in_common_are_not_compared():
    (line,) = lines(run("a", 1, 0.5), run("b", 2, 0.9))
    assert "compare runs with the same seeds" in line


def test_only_the_seeds_that_all_have_count():
    found = lines(run("a", 1, 0.5), run("b", 1, 0.6), run("b", 2, 0.99))
    assert found[0].startswith("hypervolume: backend=b is highest with 0.3000")
    assert found[-1] == "only the seeds that every setting has were compared: 1"


def test_a_run_that_is_not_finished_is_in_no_verdict_and_has_no_final_accuracy():
    found = content(run("a", 1, 0.5), run("b", 1, 0.9, finished=False))
    assert found["sets"][0]["lines"] == [ALONE]
    assert [one["finished"] for one in found["runs"]] == [True, False]
    assert found["members"][1]["final"]["accuracy"] is None


def test_members_of_all_runs_stand_in_columns_with_their_run_and_rank():
    found = content(run("a", 1, 0.5), run("b", 1, 0.75, total_s=1000.0))
    assert found["evaluations"]["values"]["accuracy"] == [0.5, 0.75]
    assert found["evaluations"]["bands"]["qpu_s"]["high"] == [200.0, 2000.0]
    places = [(one["run"], one["evaluation"], one["rank"]) for one in found["members"]]
    assert places == [(0, 0, 1), (1, 1, 1)]
    assert [one["knee"] for one in found["runs"]] == [0, 1]


def test_half_of_two_seeds_attain_the_better_accuracy_where_one_does():
    # one seed reaches 0.5 in 100 s, the other 0.9 in 1000 s: every seed has 0.5 from 1000 s on
    (curve,) = content(run("a", 1, 0.5), run("a", 2, 0.9, total_s=1000.0))["attained"]
    assert curve["one"]["qpu_s"] == [100.0, 1000.0]
    assert curve["one"]["accuracy"] == pytest.approx([0.5, 0.9])
    assert curve["half"] == curve["one"]
    assert curve["all"]["qpu_s"] == [1000.0]
    assert curve["all"]["accuracy"] == pytest.approx([0.5])


def test_equal_values_are_called_equal_and_unknown_ones_unknown():
    def measure(**values: float) -> Measure:
        seen = {int(k[1:]): v for k, v in values.items()}
        return Measure(label="m", larger=False, values=seen, shown=str, intervals={}, interval="")

    groups = [Group("a", {1: 0}), Group("b", {1: 1})]
    assert verdicts(groups, [measure(_0=1.0, _1=1.0)]) == ["m: equal, a with 1.0 and b with 1.0"]
    assert verdicts(groups, [measure(_0=1.0)]) == ["m: known for only 1 of 2 settings"]
    assert doctest.testmod(page).failed == 0


def test_runs_that_classical_models_dominate_attain_what_all_their_members_do():
    runs = [run("a", seed, accuracy) for seed, accuracy in ((1, 0.5), (2, 0.9))]
    behind = [
        replace(one, front=FrontReport([replace(m, behind="logistic") for m in one.front.members],
                                       one.front.selected, []))
        for one in runs
    ]  # fmt: skip
    found = content(*behind)
    assert [one["front"] for one in found["runs"]] == [0, 0]
    (curve,) = found["attained"]
    assert curve["one"]["accuracy"] == [pytest.approx(0.9)]


def test_medians_name_the_setting_of_their_set_once():
    wine = {"data sets": "wine"}
    runs = [run("a", 1, 0.5), run("a", 2, 0.6), run("b", 1, 0.7, same=wine),
            run("b", 2, 0.8, same=wine)]  # fmt: skip
    found = content(*runs)
    medians = [median["label"] for one in found["sets"] for median in one["medians"]]
    assert medians == ["backend=a", "backend=b"]
    assert [curve["label"] for curve in found["attained"]] == ["backend=a", "backend=b"]
