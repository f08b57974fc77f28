"""Budgets: a search ends with the generation that reaches a limit."""

from __future__ import annotations

import math
import re

import pytest

from hybhanas.errors import ConfigError
from hybhanas.nas.budget import Budget, Spent, idle_generations
from tests.helpers.formula import FormulaEvaluator, search, strategy


@pytest.mark.parametrize(
    ("budget", "evaluations"),
    [
        (Budget(), 50),  # five generations of ten
        (Budget(evaluations=20), 20),
        (Budget(evaluations=21), 30),  # a generation is never cut short
        (Budget(epochs=100), 10),  # of ten epochs each
        (Budget(epochs=101), 20),
        (Budget(seconds=1e-9), 10),
        (Budget(epochs=1000, evaluations=40), 40),
    ],
)
def test_a_search_ends_with_the_generation_that_reaches_a_limit(budget, evaluations, tmp_path):
    found = search(strategy("random", budget=budget), FormulaEvaluator(), tmp_path)
    assert len(found) == evaluations


def test_a_larger_budget_continues_as_if_it_had_been_there_from_the_start(tmp_path):
    short = strategy("nsga2", budget=Budget(evaluations=20))
    search(short, FormulaEvaluator(), tmp_path / "continued")
    later = FormulaEvaluator()
    continued = search(strategy("nsga2"), later, tmp_path / "continued")
    assert len(later.asked) == 30  # the other twenty are answered by their records
    assert continued == search(strategy("nsga2"), FormulaEvaluator(), tmp_path / "whole")


def test_the_limit_that_is_reached_is_named_as_a_setting():
    spent = Spent(seconds=61.5, epochs=240, evaluations=20, idle_generations=1)
    assert Budget(seconds=90, epochs=241, evaluations=21, idle_generations=2).reached(spent) is None
    assert Budget(seconds=61.5).reached(spent) == "search.budget.seconds=61.5"
    assert Budget(seconds=90, epochs=240).reached(spent) == "search.budget.epochs=240"


@pytest.mark.parametrize(
    ("hypervolumes", "idle"), [([0.1], 0), ([0.1, 0.2], 0), ([0.1, 0.2, 0.2], 1), ([0.2] * 4, 3)]
)
def test_a_generation_without_a_gain_in_hypervolume_is_idle(hypervolumes, idle):
    assert idle_generations(hypervolumes) == idle


@pytest.mark.parametrize("value", [0, -1, math.inf, math.nan])
def test_a_limit_that_is_none_is_refused(value):
    line = f"search.budget.seconds={value} is not accepted: more than 0, or null for no limit"
    with pytest.raises(ConfigError, match=re.escape(line)):
        Budget(seconds=value)
