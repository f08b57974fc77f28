"""Searches on a table: fractions by hand, a tiny table by real training, the whole script once."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from hybhanas import bench
from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError
from hybhanas.nas.evaluation import EVALUATED, FAILED, Evaluation
from hybhanas.nas.objectives import Objectives
from scripts import compare_searches as script
from scripts import page
from scripts.hypervolume_picture import picture
from scripts.make_benchmark import table_of
from tests.helpers import ROOT
from tests.helpers.benchmarks import SHIPPED
from tests.helpers.synthetic import make_report

TINY = (
    "dataset=iris", "trainer.epochs=3", "search_space.qubits=[2]", "search_space.depth=[1]",
    "search_space.hidden_layers=[0]", "trainer.accelerator=cpu",
)  # fmt: skip


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table that was made, of eight architectures."""
    path = tmp_path_factory.mktemp("made") / "table.parquet"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HYBHANAS_CACHE", str(path.parent))
        table_of((*script.BASE, *TINY), 1, path)
    return path


@pytest.fixture(scope="module")
def game(path: Path) -> script.Game:
    return script.Game.of(bench.load(path), "ibm_brisbane", "qpu_time")


def evaluation(qubits: int, accuracy: float | None, parameters: int = 10) -> Evaluation:
    return Evaluation(
        key=str(qubits), architecture=Architecture(qubits=qubits), seed=0, seconds=0.0,
        status=FAILED if accuracy is None else EVALUATED, validation_accuracy=accuracy,
        parameters=parameters, cost=make_report(),
    )  # fmt: skip


def test_epochs_to_a_level_and_fractions_on_a_grid_by_hand():
    run = [(3, 0.5), (6, 0.9), (9, 1 - 1e-12)]
    assert [script.epochs_to(run, level) for level in (0.5, 0.9, 1.0)] == [3, 6, 9]
    assert script.epochs_to(run[:2], 0.99) == np.inf
    found = script.fractions(run, np.array([0, 2, 3, 5, 6, 100]))
    assert found.tolist() == pytest.approx([0, 0, 0.5, 0.5, 0.9, 1])


def test_by_hindsight_those_count_that_add_most():
    objectives = Objectives(("error", "parameters"), {"error": 1.0, "parameters": 100.0}, {})
    three = [evaluation(2, 0.5, 50), evaluation(3, 0.75, 50), evaluation(4, 0.75, 25)]
    # 0.75 * 0.75 of the box is all there is; the other two are dominated
    assert script.hindsight(three, objectives, 1.0) == 1
    three.append(evaluation(5, 1.0, 75))  # adds 0.25 * 0.25 to 0.5625
    assert script.hindsight(three, objectives, 0.9) == 1
    assert script.hindsight(three, objectives, 0.91) == 2


@pytest.mark.parametrize("name", ["random", "nsga2", "halving search.keep=0.5"])
def test_a_search_that_asks_for_everything_has_all_of_the_hypervolume(name, game):
    words = [*f"search={name}".split(), "search.population=3", *TINY]
    run = script.searched(script.configuration(*words), 1, game, 8)
    assert [epochs for epochs, _ in run] == [3 * n for n in range(1, 9)]
    assert [fraction for _, fraction in run] == sorted(fraction for _, fraction in run)
    assert run[-1][1] == pytest.approx(1)
    assert run == script.searched(script.configuration(*words), 1, game, 8)
    assert run[:6] == script.searched(script.configuration(*words), 1, game, count=5)


def test_a_halving_search_trains_few_in_full_and_counts_each_epoch_once(game):
    words = ["search=halving", "search.rungs=[1]", "search.keep=0.4", "search.population=3", *TINY]
    run = script.searched(script.configuration(*words), 1, game, 8)
    # 8 networks in generations of 3, 3 and 2; of each 40 %, rounded up, continue from 1 epoch to 3
    assert len(run) == 2 + 2 + 1
    assert run[-1][0] == 8 * 1 + 5 * 2


def test_the_picture_has_the_quartiles_of_each_search_wherever_they_change():
    runs = {"random": [[(12, 0.5), (24, 0.5), (36, 0.75)]], "model": [[(12, 1.0)]]}
    numbers = script.numbers(runs)
    medians = numbers.set_index(["search", "epochs"])["median"]
    assert medians["random"].to_dict() == {0: 0, 12: 0.5, 36: 0.75}  # nothing is new at 24
    assert medians["model"].to_dict() == {0: 0, 12: 1, 36: 1}
    drawn = picture(numbers)
    assert [axes.get_title() for axes in drawn.axes] == ["random", "model"]
    assert len(drawn.axes[0].lines) == 3  # the medians of both in grey, and its own


def test_the_page_holds_command_table_and_picture(path, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(page, "DOCS", tmp_path)
    monkeypatch.setattr(script, "BASE", (*script.BASE, *TINY))
    (tmp_path / "searches.md").write_text("<!-- searches -->\n<!-- /searches -->\n")
    made = path.stat().st_mtime_ns
    script.main([
        "--table", str(path), "--seeds", "2", "--page", "--strategies", "random",
        "halving search.keep=0.5",
    ])  # fmt: skip
    assert path.stat().st_mtime_ns == made
    text = (tmp_path / "searches.md").read_text()
    assert capsys.readouterr().out.strip() in text
    assert "8 architectures, 24 epochs in total" in text
    assert "error 0 to 1, log10_total_s 0 to 12, parameters 0 to 30000" in text
    assert "| `halving search.keep=0.5` | " in text
    assert "never" not in text
    assert (tmp_path / "pictures" / "searches.png").read_bytes().startswith(b"\x89PNG")


def test_what_is_compared_under_other_settings_does_not_go_into_the_page(capsys):
    with pytest.raises(SystemExit):
        script.main(["dataset=wine", "--page"])
    said = "--page is not accepted with dataset=wine: docs/searches.md is of the defaults"
    assert said in capsys.readouterr().err


def test_a_table_of_other_settings_is_named_and_left_as_it_is(path, capsys):
    before = path.read_bytes()
    with pytest.raises(SystemExit) as ended:
        script.main([*TINY, "seed=2", "--table", str(path)])
    assert ended.value.code == 2
    assert (
        "it holds another seed (those of the table are 1); accepted: a new file"
        in capsys.readouterr().err
    )
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("other", "named"),
    [
        (
            ["trainer.epochs=4", "cost_model.shots=4000"],
            "training.epochs (that of the table is 3), "
            "cost_model.shots (that of the table is 1024)",
        ),
        (["search_space.depth=[2]", "backend=ibm_torino"], "search_space, backend"),
    ],
)
def test_what_a_table_differs_in_is_named(other, named, path):
    with pytest.raises(ConfigError, match=re.escape(f"holds another {named}; accepted: a new")):
        table_of((*script.BASE, *TINY, *other), 1, path)


def test_a_search_for_what_a_table_does_not_hold_is_refused(game):
    for other, named in (
        (
            "search.objectives=[error,p_survival]",
            "on a benchmark: it has no p_survival; accepted: error",
        ),
        ("+search.constraints.parameters=10", "search.constraints=.'parameters': 10"),
    ):
        with pytest.raises(ConfigError, match=named):
            script.searched(script.configuration("search=random", *TINY, other), 1, game, 8)


def test_what_no_table_holds_is_refused_before_one_is_made(tmp_path, capsys):
    with pytest.raises(SystemExit):
        script.main([
            *TINY, "+search.constraints.parameters=10", "--table", str(tmp_path / "t.parquet"),
        ])  # fmt: skip
    assert "search.constraints={'parameters': 10.0} is not accepted" in capsys.readouterr().err
    assert [*tmp_path.iterdir()] == []


def test_a_table_whose_writing_was_interrupted_is_made_again_of_its_parts(path, tmp_path):
    again = tmp_path / "t.parquet"
    shutil.copytree(path.with_suffix(".parts"), again.with_suffix(".parts"))
    shutil.copy(path, again)
    table = table_of((*script.BASE, *TINY), 1, again)
    assert again.read_bytes() == path.read_bytes()
    assert len(table) == 8


def test_a_table_without_checksum_that_was_not_made_here_is_left_as_it_is(path, tmp_path):
    foreign = tmp_path / "t.parquet"
    shutil.copy(path, foreign)
    with pytest.raises(ConfigError, match=r"t.parquet.sha256 does not exist"):
        table_of((*script.BASE, *TINY), 1, foreign)
    assert foreign.read_bytes() == path.read_bytes()


def test_a_table_whose_costs_do_not_name_their_data_is_accepted(path, tmp_path):
    table = bench.load(path)
    for held in table.about["costs"]["ibm_brisbane"].values():
        del held["data"]
    bench.save(table, tmp_path / "older.parquet")
    assert len(table_of((*script.BASE, *TINY), 1, tmp_path / "older.parquet")) == 8


def test_a_table_that_is_older_than_a_setting_is_accepted_while_the_setting_is_null(path, tmp_path):
    table, older = bench.load(path), tmp_path / "older.parquet"
    for held in table.about["costs"]["ibm_brisbane"].values():
        del held["cost_model"]["logit_gain"]  # null
        held["versions"]["qiskit"] = "1.0"
    bench.save(table, older)
    assert len(table_of((*script.BASE, *TINY), 1, older)) == 8
    for held in table.about["costs"]["ibm_brisbane"].values():
        del held["cost_model"]["shots"]  # 1024
    bench.save(table, older)
    with pytest.raises(
        ConfigError, match="it holds another cost_model.shots; accepted: a new file"
    ):
        table_of((*script.BASE, *TINY), 1, older)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("iris_small", ["dataset=iris"]),
        ("digits_small", ["dataset=digits"]),
        ("digits_medium", ["search_space=medium", "trainer.epochs=30", "backend=ionq_forte"]),
    ],
)
def test_searches_are_compared_on_each_table_that_is_shipped(name, settings, capsys):
    script.main([
        *settings, "--table", str(SHIPPED / f"{name}.parquet"), "--truth", "3", "--seeds", "1",
        "--strategies", "random", "--evaluations", "16",
    ])  # fmt: skip
    assert "| `random` | " in capsys.readouterr().out


def test_the_page_of_the_documentation_has_its_marks():
    text = (ROOT / "docs" / "searches.md").read_text()
    assert "<!-- searches -->" in text
    assert "<!-- /searches -->" in text
