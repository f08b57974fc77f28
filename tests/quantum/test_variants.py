"""Variants of a network: what runs in place of its trained circuit."""

from __future__ import annotations

import math

import pytest
import torch

from hybhanas.architecture import Architecture
from hybhanas.data.shipped import Shipped
from hybhanas.models.hqnn import HQNN
from hybhanas.models.population import Population
from hybhanas.models.training import train
from hybhanas.quantum.variants import FROZEN, TWIN, TwinShape
from tests.helpers.settings import train_settings

NETWORKS = [
    Architecture(qubits=2, encoder="none", measurement="z_first"),
    Architecture(qubits=3, depth=4, rotations="rz_ry_rz"),
    Architecture(qubits=2, encoding="amplitude", hidden_layers=1),
]


@pytest.mark.parametrize(
    ("angles", "hidden", "parameters"),
    [
        (20, None, 20),  # one layer: 4 x 4 + 4
        (48, 5, 49),  # 4 x 5 + 5 and 5 x 4 + 4
        (2, 1, 13),  # the fewest that let anything through: 4 + 1 and 4 + 4
    ],
)
def test_a_twin_has_as_many_parameters_as_whole_numbers_allow(angles, hidden, parameters):
    shape = TwinShape.of(4, 4, angles)
    assert (shape.hidden, shape.parameters) == (hidden, parameters)


@pytest.mark.parametrize("simulator", [TWIN, FROZEN])
def test_variants_of_many_networks_compute_together_what_each_does_alone(simulator):
    models = [HQNN(architecture, 4, 3, simulator) for architecture in NETWORKS]
    population = Population(models, simulator)
    x = torch.randn(7, 4)
    logits = population(x)
    for row, model in enumerate(population.models):
        torch.testing.assert_close(logits[row].T, model(x), atol=2e-6, rtol=1e-5)


def test_a_frozen_circuit_keeps_its_random_angles_and_the_rest_learns():
    data = Shipped(name="iris", seed=0).load()
    settings = train_settings()
    untrained, trained = (
        train(NETWORKS[1:2], data, settings, FROZEN, [3], epochs, test=True)[0].model
        for epochs in (1, 8)
    )
    one, other = untrained.state_dict(), trained.state_dict()
    assert torch.equal(one["quantum.module.weights"], other["quantum.module.weights"])
    assert one["quantum.module.weights"].abs().max() > math.pi / 2
    assert not torch.equal(one["readout.0.weight"], other["readout.0.weight"])
