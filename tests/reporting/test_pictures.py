"""Pictures: what they are drawn from, and files that open."""

from __future__ import annotations

import pytest
from PIL import Image

from hybhanas.nas.evaluation import STOPPED
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.recost import compare
from hybhanas.reporting import plots
from tests.helpers.synthetic import make_evaluation

EVALUATIONS = [
    make_evaluation("a", 0.9, 100.0), make_evaluation("b", 0.8, 10.0),
    make_evaluation("c", 0.7, 50.0), make_evaluation("d", 0.4, 5.0, status=STOPPED),
]  # fmt: skip
FRONT = EVALUATIONS[:2]
NAMED = dict(zip(("#1", "#2"), FRONT, strict=True))
TWO = Objectives(("error", "total_s"), {"error": 1.0, "total_s": 1e6}, {})


@pytest.fixture
def drawn(monkeypatch):
    """The figures that a test draws, which are saved as well."""
    figures, save = [], plots.save
    monkeypatch.setattr(
        plots, "save", lambda figure, path: (figures.append(figure), save(figure, path))
    )
    return figures


def legend(axes) -> list[str]:
    """What stands in the legend of a picture, beside its axes or in them."""
    (one,) = axes.figure.legends or [axes.get_legend()]
    return [text.get_text() for text in one.get_texts()]


def opens(path) -> bool:
    with Image.open(path) as image:
        return image.format == "PNG" and min(image.size) > 200


def test_the_front_is_drawn_apart_from_what_it_dominates_and_what_was_stopped(tmp_path, drawn):
    plots.plot_front(tmp_path / "front.png", EVALUATIONS, NAMED, "title")
    axes = drawn[0].axes[0]
    assert legend(axes) == [
        "stopped early (1)", "evaluated (1)", "Pareto front (2)", "best so far", "90 % interval",
        "effective execution time of the front",
    ]  # fmt: skip
    assert axes.get_xlabel() == "QPU time of training, with classical time"
    assert axes.collections[4].get_offsets().tolist() == [[10, 90], [1, 80]]
    assert axes.get_xscale() == "log"
    assert axes.collections[2].get_offsets().tolist() == [[100, 90], [10, 80]]
    assert opens(tmp_path / "front.png")


def test_a_baseline_worse_than_every_network_is_named_and_takes_no_place(tmp_path, drawn):
    lines = {"majority class": 0.1, "SVM": 0.99}
    plots.plot_front(tmp_path / "front.png", EVALUATIONS, NAMED, "title", lines)
    axes = drawn[0].axes[0]
    assert legend(axes)[-2:] == ["majority class, 10.0 % (below what is drawn)", "SVM, 99.0 %"]
    assert 30 < axes.get_ylim()[0] < 40 < 99 < axes.get_ylim()[1]


def test_members_are_named_and_the_axis_has_times_that_people_name(tmp_path, drawn):
    plots.plot_front(tmp_path / "front.png", EVALUATIONS, NAMED, "title")
    axes = drawn[0].axes[0]
    assert {text.get_text(): text.xy for text in axes.texts} == {
        "#1": (100.0, 90.0),
        "#2": (10.0, 80.0),
    }
    assert [label.get_text() for label in axes.get_xticklabels()] == ["1 s", "10 s", "1 min"]


def test_what_takes_a_hundred_times_as_long_as_the_front_is_counted_and_not_drawn(tmp_path, drawn):
    late = make_evaluation("e", 0.6, 20_000.0)
    plots.plot_front(tmp_path / "front.png", [*EVALUATIONS, late], NAMED, "title")
    axes = drawn[0].axes[0]
    assert axes.get_xlim()[1] == 10_000  # the slowest member takes 100 s
    assert "evaluated (2, 1 beyond)" in legend(axes)


def test_a_picture_is_also_a_pdf_and_an_svg_and_its_bytes_repeat(tmp_path):
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        plots.plot_anatomy(folder / "anatomy.png", {"#1": FRONT[0], "#2": FRONT[1]}, "title")
    for suffix, start in ((".png", b"\x89PNG"), (".pdf", b"%PDF-"), (".svg", b"<?xml")):
        first, second = ((tmp_path / f / f"anatomy{suffix}").read_bytes() for f in "ab")
        assert first.startswith(start)
        assert first == second


def test_the_line_of_a_front_rises_to_better_accuracies_alone():
    behind = make_evaluation("e", 0.75, 60.0)
    assert plots._best_so_far([FRONT[0], behind, FRONT[1]]) == ([10, 100], [80, 90])


def test_the_anatomy_has_a_bar_per_member_and_names_parts_of_no_time(tmp_path, drawn):
    plots.plot_anatomy(tmp_path / "anatomy.png", {"#1": FRONT[0], "#2": FRONT[1]}, "title")
    axes = drawn[0].axes[0]
    assert [bar.get_width() for bar in axes.patches] == [100, 100]  # all of it gates
    assert "under 0.005 %: routing, noise" in axes.get_xlabel()
    assert [text.get_text()[:2] for text in axes.get_yticklabels()] == ["#2", "#1"]  # by time
    assert axes.texts[0].get_text() == str(FRONT[1].architecture)
    assert opens(tmp_path / "anatomy.png")


def test_of_a_large_front_the_first_24_ranks_are_named(tmp_path, drawn):
    many = {f"#{i}": make_evaluation(f"{i}", i / 100, 10.0 * i) for i in range(1, 41)}
    plots.plot_anatomy(tmp_path / "anatomy.png", many, "title")
    plots.plot_front(tmp_path / "front.png", [*many.values()], many, "title")
    anatomy, front = (figure.axes[0] for figure in drawn)
    assert len(anatomy.patches) == len(front.texts) == 24


def test_costs_before_and_after_are_drawn_by_the_fate_of_each(tmp_path, drawn):
    old = EVALUATIONS[:3]
    plots.plot_recost(tmp_path / "recost.png", old, old, compare(old, old, TWO))
    axes = drawn[0].axes[0]
    assert legend(axes) == ["not on a front (1)", "stayed (2)", "no change"]
    assert "Kendall's tau 1.000" in axes.get_title()
    assert opens(tmp_path / "recost.png")


def test_several_fronts_are_drawn_over_each_other_in_each_panel(tmp_path, drawn):
    iris = {"seed=1": FRONT, "seed=2": FRONT[:1]}
    plots.plot_fronts(tmp_path / "fronts.png", [("iris", iris), ("wine", {"wine": FRONT})])
    labels = [text.get_text() for text in drawn[0].legends[0].get_texts()]
    assert labels == ["seed=1 (2)", "seed=2 (1)", "wine (2)"]
    assert [axes.get_title() for axes in drawn[0].axes] == ["iris", "wine"]
    assert opens(tmp_path / "fronts.png")
