"""Planning: everything once, alike together, within memory, and always the same."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from operator import add

import numpy as np
import pytest

from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError
from hybhanas.models.plan import STATES_BYTES, _makespan_s, plan
from hybhanas.models.work import step_s, work_of
from tests.helpers.settings import everything, train_settings

SETTINGS = train_settings(epochs=1, final_epochs=1, learning_rate=0.03)
SPACE = everything(qubits=(2, 3, 4, 5, 6, 7, 8))
RNG = np.random.default_rng(2)
RANDOM = [SPACE.decode(SPACE.sample(RNG)) for _ in range(40)]


@pytest.mark.parametrize("population", ["auto", 1, 7])
def test_every_network_is_in_one_group_of_at_most_the_size_asked_for(population):
    groups = plan(RANDOM, 64, replace(SETTINGS, population=population), "fused")
    assert sorted(i for group in groups for i in group) == list(range(40))
    if population != "auto":
        assert max(map(len, groups)) <= population
    if population == 1:
        assert len(groups) == 40


def test_sixty_equal_small_circuits_are_one_group_and_wide_ones_are_apart():
    small = [Architecture(qubits=3, hidden_width=w, readout="mlp") for w in range(1, 61)]
    assert len(plan(small, 32, replace(SETTINGS, shares=1), "fused")) == 1
    mixed = [Architecture(qubits=2), Architecture(qubits=12, depth=4)]
    assert plan(mixed, 64, SETTINGS, "fused") == [[1], [0]]


def test_a_group_holds_no_more_states_than_its_bound():
    wide = [Architecture(qubits=9, depth=d) for d in range(1, 20)]
    groups = plan(wide, 256, SETTINGS, "fused")
    assert max(map(len, groups)) * 2**9 * 256 * 8 <= STATES_BYTES
    too_wide_for_a_group = [Architecture(qubits=14, depth=d) for d in (1, 2)]
    assert len(plan(too_wide_for_a_group, 64, SETTINGS, "fused")) == 2


def test_the_sizes_of_groups_do_not_depend_on_the_order_asked_for():
    forward = plan(RANDOM, 64, SETTINGS, "fused")
    reverse = plan(RANDOM[::-1], 64, SETTINGS, "fused")
    assert sorted(map(len, forward)) == sorted(map(len, reverse))


def test_gate_by_gate_networks_are_trained_one_by_one():
    assert len(plan(RANDOM, 64, SETTINGS, "torchquantum")) == 40


@pytest.mark.parametrize("population", [0, -1, "all"])
def test_a_population_that_is_no_number_is_refused(population):
    with pytest.raises(ConfigError, match=f"trainer.population={population} is not accepted"):
        replace(SETTINGS, population=population)


def test_more_shares_divide_the_work_and_longest_groups_come_first():
    for shares, least in ((1, 1), (4, 4), (16, 9)):
        groups = plan(RANDOM, 64, replace(SETTINGS, shares=shares), "fused")
        assert sorted(i for group in groups for i in group) == list(range(40))
        assert len(groups) >= least
    times = [step_s(reduce(add, (work_of(RANDOM[i]) for i in group)), 64) for group in groups]
    assert times == sorted(times, reverse=True)


def test_what_many_workers_take_is_never_more_than_with_the_groups_of_one():
    work = [work_of(a) for a in RANDOM]

    def spans(shares: int) -> list[float]:
        groups = plan(RANDOM, 64, replace(SETTINGS, shares=shares), "fused")
        times = [step_s(reduce(add, (work[i] for i in group)), 64) for group in groups]
        return [_makespan_s(times, workers) for workers in (1, shares)]

    alone, _ = spans(1)
    for shares in (2, 4, 8):
        serial, together = spans(shares)
        assert together <= alone <= serial * (1 + 1e-9)
        assert together < 0.65 * alone
