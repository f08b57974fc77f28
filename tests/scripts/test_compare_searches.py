"""Searches on a table: fractions by hand, a tiny table by real training, the whole script once."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from hybhanas.architecture import Architecture
from hybhanas.nas.evaluation import COSTED, EVALUATED, FAILED, STOPPED, Evaluation
from hybhanas.nas.evaluator import Group
from hybhanas.nas.objectives import Objectives
from hybhanas.tasks.search import prepare
from scripts import compare_searches as script
from scripts import page
from scripts.search_table import Row, TableEvaluator, averaged, tabulated
from tests.helpers import ROOT
from tests.helpers.synthetic import make_report

TINY = (
    "dataset=iris", "trainer.epochs=3", "search_space.qubits=[2]", "search_space.depth=[1]",
    "search_space.hidden_layers=[0]", "trainer.accelerator=cpu",
)  # fmt: skip


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table that was made, of eight architectures."""
    path = tmp_path_factory.mktemp("made") / "table.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HYBHANAS_CACHE", str(path.parent))
        tabulated(script.configuration(*TINY), path)
    return path


def evaluation(qubits: int, accuracy: float | None, parameters: int = 10) -> Evaluation:
    return Evaluation(
        key=str(qubits), architecture=Architecture(qubits=qubits), seed=0, seconds=0.0,
        status=FAILED if accuracy is None else EVALUATED, validation_accuracy=accuracy,
        parameters=parameters, cost=make_report(),
    )  # fmt: skip


def by_hand() -> TableEvaluator:
    rows = [
        Row(evaluation(2, 0.75), (0.5, 0.25, 0.75)),
        Row(evaluation(3, None), (0.5, None, None)),
    ]
    return TableEvaluator({row.evaluation.architecture: row for row in rows})


def test_a_table_answers_with_the_accuracy_after_so_many_epochs_and_counts_them_once():
    evaluator = by_hand()
    costed = [evaluator.cost(architecture) for architecture in evaluator.table]
    assert [(e.status, e.validation_accuracy) for e in costed] == [(COSTED, None)] * 2
    first = [e for e, _ in evaluator.train(Group(costed, 1))]
    assert [(e.status, e.validation_accuracy, e.epochs) for e in first] == [(STOPPED, 0.5, 1)] * 2
    assert (evaluator.trained, evaluator.finished) == (2, [])
    ended = [e for e, _ in evaluator.train(Group(first, 3))]
    assert [(e.status, e.validation_accuracy) for e in ended] == [(EVALUATED, 0.75), (FAILED, None)]
    assert evaluator.finished == [(4, ended[0]), (6, ended[1])]


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


def test_a_table_holds_what_training_as_a_search_does_gives_and_a_value_an_epoch(path):
    config = script.configuration(*TINY)
    table = tabulated(config, path)
    evaluator = prepare(config, path.parent / "none").evaluator
    chosen = list(table)
    for group in evaluator.groups(chosen):
        members = [evaluator.cost(chosen[i]) for i in group]
        for trained, _ in evaluator.train(Group(members, evaluator.epochs)):
            row = table[trained.architecture]
            assert row.evaluation.validation_accuracy == trained.validation_accuracy
            assert row.curve[-1] == trained.validation_accuracy
            values = zip(row.evaluation.values.items(), trained.values.items(), strict=True)
            differing = {one[0] for one, other in values if one != other}
            assert differing <= {"balanced_accuracy", "roc_auc"}, "of which a table has no curve"
    assert len(table) == 8
    assert {len(row.curve) for row in table.values()} == {3}
    assert any(len(set(row.curve)) > 1 for row in table.values())


def test_the_truth_is_the_mean_over_seeds_and_none_where_one_of_them_diverged():
    first, second = by_hand().table, by_hand().table
    two, three = first
    second[two] = Row(evaluation(2, 0.25), (0.5, 0.25, 0.25))
    second[three] = Row(evaluation(3, 0.9), (0.5, 0.5, 0.9))
    true = averaged([first, second])
    assert true[two].validation_accuracy == 0.5  # of 0.75 and 0.25
    assert true[three].status == FAILED


def test_costs_are_estimated_again_for_a_table_that_was_trained_under_another_cost_model(path):
    before = tabulated(script.configuration(*TINY), path)
    after = tabulated(script.configuration(*TINY, "cost_model.shots=4000"), path)
    for architecture, row in before.items():
        assert after[architecture].curve == row.curve
        assert after[architecture].evaluation.cost.time.total_s != row.evaluation.cost.time.total_s


@pytest.mark.parametrize("name", ["random", "nsga2", "halving search.keep=0.5"])
def test_a_search_that_asks_for_everything_has_all_of_the_hypervolume(name, path):
    table = tabulated(script.configuration(*TINY), path)
    words = [*f"search={name}".split(), "search.population=3", *TINY]
    run = script.searched(script.configuration(*words), 1, table, averaged([table]), 8)
    assert [epochs for epochs, _ in run] == [3 * n for n in range(1, 9)]
    assert [fraction for _, fraction in run] == sorted(fraction for _, fraction in run)
    assert run[-1][1] == pytest.approx(1)
    assert run == script.searched(script.configuration(*words), 1, table, averaged([table]), 8)
    assert run[:6] == script.searched(
        script.configuration(*words), 1, table, averaged([table]), evaluations=5
    )


def test_a_halving_search_trains_few_in_full_and_counts_each_epoch_once(path):
    table = tabulated(script.configuration(*TINY), path)
    words = ["search=halving", "search.rungs=[1]", "search.keep=0.4", "search.population=3", *TINY]
    run = script.searched(script.configuration(*words), 1, table, averaged([table]), 8)
    # 8 networks in generations of 3, 3 and 2; of each 40 %, rounded up, continue from 1 epoch to 3
    assert len(run) == 2 + 2 + 1
    assert run[-1][0] == 8 * 1 + 5 * 2


def test_the_page_holds_command_table_and_picture(path, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(page, "DOCS", tmp_path)
    (tmp_path / "searches.md").write_text("<!-- searches -->\n<!-- /searches -->\n")
    made = path.stat().st_mtime_ns
    script.main([
        *TINY, "--table", str(path), "--seeds", "2", "--page", "--strategies", "random",
        "halving search.keep=0.5",
    ])  # fmt: skip
    assert path.stat().st_mtime_ns == made
    text = (tmp_path / "searches.md").read_text()
    assert capsys.readouterr().out.strip() in text
    assert "8 architectures, 24 epochs in total" in text
    assert "error 0 to 1, log10_total_s 0 to 12, parameters 0 to 30000" in text
    assert "| `halving search.keep=0.5` | " in text
    assert "never" not in text
    assert (tmp_path / "searches.png").read_bytes().startswith(b"\x89PNG")


def test_a_table_of_other_settings_is_named_and_left_as_it_is(path, capsys):
    before = json.loads(path.read_bytes())
    with pytest.raises(SystemExit) as ended:
        script.main([*TINY, "seed=2", "--table", str(path)])
    assert ended.value.code == 2
    assert "it holds another seed, data; accepted: a new file" in capsys.readouterr().err
    assert json.loads(path.read_bytes()) == before


def test_the_page_of_the_documentation_has_its_marks():
    text = (ROOT / "docs" / "searches.md").read_text()
    assert "<!-- searches -->" in text
    assert "<!-- /searches -->" in text
