"""Schedules of the learning rate, by hand, and resumed as if never stopped."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from hybhanas.architecture import Architecture
from hybhanas.data.shipped import Shipped
from hybhanas.models.adam import StackedAdam
from hybhanas.models.module import _schedule
from hybhanas.models.settings import SCHEDULES
from hybhanas.models.training import Trained, train
from tests.helpers.settings import train_settings


@pytest.mark.parametrize(
    ("name", "rates"),
    [
        ("constant", [1, 1, 1, 1, 1]),
        ("cosine", [1, 0.8536, 0.5, 0.1464, 0]),
    ],
)
def test_rates_of_five_points_of_a_training(name, rates):
    parameter = torch.nn.Parameter(torch.zeros(1, 1))
    parameter.grad = torch.zeros(1, 1)
    optimizer = StackedAdam([parameter], torch.ones(1))
    steps = 100
    schedule = _schedule(name, optimizer, steps)
    seen = []
    for step in range(steps):
        if step % 25 == 0 or step == 99:
            seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step < 99:
            schedule.step()
    assert seen == pytest.approx(rates, abs=2e-3)


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_training_in_stages_sees_the_same_rates(name):
    data = Shipped(name="iris", batch_size=16, seed=0).load()
    settings = replace(train_settings(learning_rate=0.05), schedule=name)
    arguments = ([Architecture(qubits=2)], data, settings, "fused", [5], 3)
    (whole,) = train(*arguments)
    (first,) = train(*arguments, until=2)
    (rest,) = train(*arguments, states=[first.state])
    assert isinstance(rest, Trained)
    for key, value in whole.model.state_dict().items():
        torch.testing.assert_close(rest.model.state_dict()[key], value, atol=1e-6, rtol=1e-5)
