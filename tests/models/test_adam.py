"""Adam for a stack is Adam for each network."""

from __future__ import annotations

import pytest
import torch

from hybhanas.models.adam import StackedAdam


def test_with_a_rate_for_each_network_it_takes_the_steps_of_an_optimizer_for_each():
    rates = [0.1, 0.003, 0.02]
    start = torch.randn(3, 4, 2, dtype=torch.double)
    stacked = torch.nn.Parameter(start.clone())
    alone = [torch.nn.Parameter(start[k].clone()) for k in range(3)]
    optimizers = [StackedAdam([stacked], torch.tensor(rates, dtype=torch.double))]
    optimizers += [torch.optim.Adam([p], lr=lr) for p, lr in zip(alone, rates, strict=True)]
    schedules = [
        torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=peak, total_steps=20)
        for optimizer, peak in zip(optimizers, [1.0, *rates], strict=True)
    ]
    for step in range(20):
        gradient = torch.randn(3, 4, 2, dtype=torch.double) * 10.0 ** (step % 5)
        stacked.grad = gradient.clone()
        for k, parameter in enumerate(alone):
            parameter.grad = gradient[k].clone()
        for optimizer, schedule in zip(optimizers, schedules, strict=True):
            optimizer.step()
            schedule.step()
    torch.testing.assert_close(stacked, torch.stack([*alone]))
    assert (stacked - start).abs().min() > 1e-4


@pytest.mark.parametrize("used", [0, 1])
def test_a_parameter_without_a_gradient_stays(used):
    parameters = [torch.nn.Parameter(torch.ones(2, 1)) for _ in range(2)]
    parameters[used].grad = torch.ones(2, 1)
    StackedAdam(parameters, torch.tensor([0.1, 0.1])).step()
    assert torch.equal(parameters[1 - used], torch.ones(2, 1))
    torch.testing.assert_close(parameters[used].data, torch.full((2, 1), 0.9))
