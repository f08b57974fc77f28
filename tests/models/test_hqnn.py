"""The HQNN: shapes, counts by hand, both simulators."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from hybhanas.architecture import Architecture
from hybhanas.models.hqnn import HQNN
from hybhanas.models.layers import classical_flops, parameter_count
from tests.helpers.settings import everything

SPACE = everything(qubits=(1, 2, 3))
RNG = np.random.default_rng(11)
RANDOM = [SPACE.decode(SPACE.sample(RNG)) for _ in range(15)]


@pytest.mark.parametrize("architecture", RANDOM, ids=str)
def test_features_become_one_finite_logit_a_class_and_every_parameter_gets_a_gradient(architecture):
    model = HQNN(architecture, features=5, classes=3, simulator="fused")
    logits = model(torch.randn(7, 5))
    assert logits.shape == (7, 3)
    logits.square().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in model.parameters())
    assert parameter_count(architecture, 5, 3) == sum(p.numel() for p in model.parameters())


def test_parameters_and_flops_are_those_of_a_hand_count():
    architecture = Architecture(qubits=2, hidden_layers=1, hidden_width=8, rotations="ry")
    # dense 4 to 8, 8 to 2 inputs; 2 RY angles; dense 2 observables to 3 classes
    assert parameter_count(architecture, 4, 3) == (4 * 8 + 8) + (8 * 2 + 2) + 2 + (2 * 3 + 3)
    assert classical_flops(architecture, 4, 3) == 2 * (4 * 8 + 8 * 2 + 2 * 3)


def test_without_an_encoder_the_features_are_the_angles_and_only_circuit_and_readout_are_trained():
    # 2 RY angles on each of 3 qubits; the readout of one Z to one logit: a weight, a bias
    architecture = Architecture(
        qubits=3, depth=2, rotations="ry", encoder="none", measurement="z_first", hidden_layers=2
    )
    assert parameter_count(architecture, 5, 2) == 6 + 2
    assert classical_flops(architecture, 5, 2) == 2 * 1
    first = HQNN(architecture, 5, 2, "fused").encoder(torch.arange(5.0)[None])
    torch.testing.assert_close(first, torch.tanh(torch.tensor([[0.0, 1.0, 2.0]])) * np.pi / 2)


@pytest.mark.parametrize(
    ("encoder", "features", "reduced"),
    [("pool", 4, [0.5, 2.5]), ("pool", 3, [0.5, 1.5]), ("pool", 1, [0, 0]), ("none", 3, [0, 1])],
)
def test_features_are_pooled_or_cut_to_the_inputs_of_the_circuit_alone_and_in_a_stack(
    encoder, features, reduced
):
    model = HQNN(Architecture(qubits=2, encoder=encoder), features, 2, "fused")
    x = torch.arange(float(features))[None]
    assert model.encoder[0](x).tolist() == [reduced]
    layer = model.layers.encoder[0]
    assert (torch.tensor(layer.matrix) @ x[0]).tolist() == reduced


@pytest.mark.parametrize("architecture", RANDOM[:5], ids=str)
def test_classical_flops_are_those_that_torch_counts(architecture):
    model = HQNN(architecture, 5, 3, "fused")
    with FlopCounterMode(display=False) as counter:
        values = model.encoder(torch.randn(1, 5))
        model.readout(torch.randn(1, len(model.layers.circuit.observables)))
    assert values.shape[0] == 1
    assert classical_flops(architecture, 5, 3) == counter.get_total_flops()


def test_weights_trained_on_one_simulator_run_on_the_other():
    architecture = Architecture(qubits=3, depth=2, entangler="crx")
    fused, by_gate = (HQNN(architecture, 4, 3, name) for name in ("fused", "torchquantum"))
    by_gate.load_state_dict(fused.state_dict())
    x = torch.randn(6, 4)
    torch.testing.assert_close(fused(x), by_gate(x), atol=1e-5, rtol=0)
