"""Searches that start from architectures which are named."""

from __future__ import annotations

import pytest

from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError
from hybhanas.settings import determining
from tests.helpers.formula import FormulaEvaluator, search, strategy
from tests.helpers.settings import everything
from tests.nas.test_strategies import KINDS

NAMED = [
    Architecture(qubits=5, depth=3, encoding="rx"),
    Architecture(qubits=2, rotations="ry", entanglement="none", hidden_layers=1, hidden_width=8),
]
START = [a.to_dict() for a in NAMED]


@pytest.mark.parametrize("name", KINDS)
def test_what_is_named_is_evaluated_first_and_once_and_the_search_goes_on(name, tmp_path):
    evaluator = FormulaEvaluator()
    found = search(strategy(name, start=START), evaluator, tmp_path)
    assert [e.architecture for e in found[:2]] == [a.canonical() for a in NAMED]
    assert len(found) == 50 == len(set(evaluator.asked))
    assert found == search(strategy(name, start=START), FormulaEvaluator(), tmp_path / "again")


@pytest.mark.parametrize("name", KINDS)
def test_without_a_start_every_search_is_what_it_was(name):
    assert strategy(name).ask() == strategy(name, start=()).ask()


def test_a_start_is_among_the_settings_that_determine_a_search():
    assert determining(strategy(start=START).settings)["start"] == START


@pytest.mark.parametrize(
    ("start", "line"),
    [
        (
            [{"qubits": 9}],
            "search.start: 9q x1 ry rz_ry_rz cx/linear z > linear is not one of search_space: "
            "qubits=9 is none of [1, 2, 3, 4, 5]",
        ),
        (
            ["best"],
            "search.start: best is not accepted: choices such as {qubits: 4, depth: 2}, or the "
            "folder of a run",
        ),
        (
            [{"qubits": 2, "depht": 2}],
            "architecture key=depht is unknown (did you mean depth?); accepted: ",
        ),
        (
            [{"qubits": 2 + i % 4, "depth": 1 + i // 4} for i in range(11)],
            "search.start has 11 architectures; accepted: at most as many as a generation, "
            "search.population=10",
        ),
    ],
)
def test_a_start_that_is_not_accepted_is_named_in_one_line(start, line):
    with pytest.raises(ConfigError) as error:
        strategy("random", start=start)
    assert str(error.value).startswith(line)


def test_an_architecture_that_differs_only_where_it_makes_no_difference_is_of_the_space():
    space = everything(entangler=("cz",), hidden_width=(3, 8), activation=("gelu",))
    asked = strategy("random", space, start=[{"qubits": 3, "entanglement": "none"}]).ask()
    assert asked[0] == Architecture(qubits=3, entanglement="none").canonical()


def test_exhaustive_search_has_an_order_of_its_own():
    with pytest.raises(ConfigError, match="search.start is not accepted with search=exhaustive"):
        strategy("exhaustive", start=START)
