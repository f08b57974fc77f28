"""Budgets: a search ends with the generation that reaches a limit."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest

from hybhanas.cost.report import Money
from hybhanas.errors import ConfigError
from hybhanas.nas.budget import Budget, Spent, idle_generations, training_usd
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


def test_a_search_ends_before_a_generation_that_is_not_expected_to_gain_enough(tmp_path):
    whole, limits = strategy("model"), list[str]()
    found = search(whole, FormulaEvaluator(), tmp_path / "whole", on_limit=limits.append)
    assert (len(found), limits) == (50, [])
    last = whole.expected_gain
    assert 0 < last < 0.1
    ended = strategy("model", budget=Budget(expected_gain=0.1))
    fewer = search(ended, FormulaEvaluator(), tmp_path / "ended", on_limit=limits.append)
    assert fewer == found[: len(fewer)]
    assert 10 <= len(fewer) < 50, "the first generation is sampled, and nothing predicted of it"
    (limit,) = limits
    assert limit.startswith("search.budget.expected_gain=0.1 (0.0")


@pytest.mark.parametrize("change", [{"name": "nsga2"}, {"name": "model", "gain": "log"}])
def test_an_expected_gain_is_refused_where_none_is_predicted(change):
    with pytest.raises(ConfigError, match=r"expected_gain=0.1 is not accepted with search="):
        strategy(budget=Budget(expected_gain=0.1), **change)


def test_a_budget_of_dollars_is_spent_by_what_training_would_have_cost(tmp_path):
    money = Money(cost_usd=8.0, log10_cost_usd=0.9, cost_low_usd=4.0, cost_high_usd=16.0)

    class Paid(FormulaEvaluator):
        estimator = SimpleNamespace(workload=SimpleNamespace(epochs=40))

        def cost(self, architecture):
            costed = super().cost(architecture)
            return replace(costed, cost=replace(costed.cost, money=money))

    # ten epochs of forty are two dollars, and a generation of ten is 20
    found = search(strategy("random", budget=Budget(qpu_usd=35.0)), Paid(), tmp_path)
    assert [training_usd(e, 40) for e in found] == [2.0] * 20


@pytest.mark.parametrize("value", [0, -1, math.inf, math.nan])
def test_a_limit_that_is_none_is_refused(value):
    line = f"search.budget.seconds={value} is not accepted: more than 0, or null for no limit"
    with pytest.raises(ConfigError, match=re.escape(line)):
        Budget(seconds=value)
