"""Shots for a wanted error of the logits, against a Monte Carlo of the shots themselves."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from qiskit.quantum_info import Statevector
from torch import nn

from hybhanas.architecture import Architecture
from hybhanas.cost.model import CostModel
from hybhanas.models.hqnn import HQNN
from hybhanas.models.shot_noise import logit_gain
from hybhanas.qiskit_view import bind

TARGET, RUNS = 0.05, 400
SAMPLES = torch.randn(5, 4, generator=torch.manual_seed(1))


def network(**changes) -> HQNN:
    torch.manual_seed(3)
    model = HQNN(Architecture(qubits=3, depth=2, **changes), features=4, classes=3,
                 simulator="fused")  # fmt: skip
    for layer in model.readout:
        if isinstance(layer, nn.Linear):
            layer.weight.data *= 3  # as after training: no longer small
    return model


def logits_of_shots(model: HQNN, shots: int, seed: int = 1) -> np.ndarray:
    """Logits [runs, samples, logits] from expectation values that are means over shots."""
    rng = np.random.default_rng(seed)
    circuit = model.layers.circuit
    (weights,) = (value.detach().numpy() for value in model.quantum.parameters())
    inputs = model.encoder(SAMPLES).detach().numpy()
    states = np.arange(2**circuit.qubits)
    signs = np.stack(
        [np.prod([1 - 2 * (states >> wire & 1) for wire in one], axis=0)
         for one in circuit.observables]
    )  # fmt: skip
    means = []
    for sample in inputs:
        chances = Statevector(bind(circuit, sample, weights)).probabilities()
        counts = rng.multinomial(shots, chances / chances.sum(), size=RUNS)
        means.append(counts @ signs.T / shots)
    with torch.no_grad():
        logits = model.readout(torch.tensor(np.array(means), dtype=torch.float32))
    return logits.numpy().swapaxes(0, 1)


@pytest.mark.parametrize("changes", [{}, {"readout": "mlp", "activation": "gelu"}])
def test_the_shots_of_a_target_keep_every_logit_within_it(changes):
    model = network(**changes)
    cost = CostModel(shots="auto", target_error=TARGET, logit_gain=model.logit_gain(SAMPLES))
    errors = logits_of_shots(model, cost.noiseless_shots).std(axis=0)
    # the standard error of a standard deviation of 400 runs is 3.5 %
    assert errors.max() < TARGET * 1.1
    # and not for nothing: with a ninth of the shots, thrice the error, it would not be
    assert 3 * errors.max() > TARGET


def test_of_one_observable_whose_mean_is_zero_the_target_is_met_exactly():
    readout = nn.Sequential(nn.Linear(1, 2))
    readout[0].weight.data = torch.tensor([[0.5], [-2.0]])
    assert logit_gain(readout, torch.zeros(1, 1)) == 2.0
    shots = CostModel(shots="auto", target_error=TARGET, logit_gain=2.0).noiseless_shots
    assert shots == 1600
    means = 2 * np.random.default_rng(1).binomial(shots, 0.5, size=20_000) / shots - 1
    with torch.no_grad():
        logits = readout(torch.tensor(means[:, None], dtype=torch.float32)).numpy()
    assert logits.std(axis=0).max() == pytest.approx(TARGET, rel=0.02)


def test_an_activation_counts_with_its_slope_and_survival_with_the_weights():
    # tanh has slope 1 at 0; at 1, 1 - tanh(1)^2 = 0.4200
    readout = nn.Sequential(nn.Linear(1, 1), nn.Tanh(), nn.Linear(1, 1))
    for layer, weight in ((0, 1.0), (2, -3.0)):
        readout[layer].weight.data = torch.tensor([[weight]])
        readout[layer].bias.data.zero_()
    assert logit_gain(readout, torch.tensor([[1.0]])) == pytest.approx(3 * 0.4200, abs=1e-3)
    assert logit_gain(readout, torch.tensor([[1.0], [0.0]])) == pytest.approx(3)
    linear = nn.Sequential(nn.Linear(2, 1))
    linear[0].weight.data = torch.tensor([[4.0, -2.0]])
    assert logit_gain(linear, torch.zeros(1, 2), survival=(0.5, 0.25)) == 4 * 0.5 + 2 * 0.25
