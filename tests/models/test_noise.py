"""Noise in training: survival scales expectation values, shots add their variance."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from hybhanas.architecture import Architecture
from hybhanas.calibration import Calibration
from hybhanas.circuit import lay_out
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.model import CostModel, Device, Workload
from hybhanas.data.shipped import Shipped
from hybhanas.errors import ConfigError
from hybhanas.models.hqnn import HQNN
from hybhanas.models.noise import ShotNoise, Survival
from hybhanas.models.population import Population
from hybhanas.models.training import Trained, train
from tests.helpers.settings import train_settings

SETTINGS = train_settings(epochs=3, final_epochs=3, learning_rate=0.05)
IRIS = Shipped(name="iris", batch_size=16, seed=0).load()
ARCHITECTURE = Architecture(qubits=2, depth=2, measurement="z_zz")  # three observables


@pytest.mark.parametrize("simulator", ["fused", "torchquantum"])
def test_a_survival_of_one_half_halves_expectation_values_alone_and_in_a_population(simulator):
    models = [HQNN(ARCHITECTURE, 4, 3, simulator), HQNN(Architecture(qubits=3), 4, 3, simulator)]
    models[0].survival = (0.5, 0.5, 0.5)
    x = torch.randn(7, 4)
    half = models[0].quantum(models[0].encoder(x)) / 2
    torch.testing.assert_close(models[0](x), models[0].readout(half))
    population = Population(models, simulator)
    for logits, model in zip(population(x), population.models, strict=True):
        torch.testing.assert_close(logits, model(x).T, atol=2e-6, rtol=1e-5)


def test_what_a_circuit_lacks_is_left_as_it_is():
    scale = Survival([(0.5, 0.25), None], observables=3)
    assert scale(torch.ones(2, 3, 1)).squeeze(2).tolist() == [[0.5, 0.25, 1.0], [1.0, 1.0, 1.0]]
    scale.keep([1])
    assert torch.equal(scale(torch.ones(1, 3, 1)), torch.ones(1, 3, 1))


def test_shots_have_the_mean_and_the_variance_of_a_binomial_and_pass_gradients_through():
    shots, values = 100, torch.tensor([0.6, -0.2])
    noise = ShotNoise(shots, seeds=[1], observables=[2])
    noise.start(0, torch.device("cpu"))
    given = values[None, :, None].expand(1, 2, 200_000).clone().requires_grad_()
    seen = noise(given)
    torch.testing.assert_close(seen.mean(dim=2)[0], values, atol=1e-3, rtol=0)
    expected = (1 - values.square()) / shots  # 0.0064 and 0.0096
    torch.testing.assert_close(seen.var(dim=2)[0], expected, atol=0, rtol=0.02)
    seen.sum().backward()
    assert torch.equal(given.grad, torch.ones_like(given))
    noise.eval()
    assert noise(given) is given


def test_the_shots_of_a_circuit_depend_on_its_seed_and_the_epoch_alone():
    values, cpu = torch.zeros(2, 3, 5), torch.device("cpu")

    def drawn(seeds, observables, epoch):
        noise = ShotNoise(8, seeds, observables)
        noise.start(epoch, cpu)
        return noise(values[: len(seeds)])

    both = drawn([1, 2], [3, 2], epoch=4)
    assert torch.equal(drawn([2], [2], epoch=4)[0], both[1])
    assert torch.equal(both[1, 2], torch.zeros(5))  # it has two
    assert not torch.equal(drawn([1], [3], epoch=5)[0], both[0])


@pytest.mark.parametrize("simulator", ["fused", "torchquantum"])
def test_training_with_shots_repeats_exactly_and_in_stages_and_is_another_than_without(simulator):
    shots = replace(SETTINGS, shots=16)

    def weights(settings, until=None, states=()):
        (one,) = train(
            [ARCHITECTURE], IRIS, settings, simulator, [5], 3, until=until, states=states
        )
        assert isinstance(one, Trained)
        return one

    whole, again, without = weights(shots), weights(shots), weights(SETTINGS)
    last = weights(shots, states=[weights(shots, until=1).state])
    for name, value in whole.model.state_dict().items():
        assert torch.equal(value, again.model.state_dict()[name])
        torch.testing.assert_close(value, last.model.state_dict()[name], atol=1e-6, rtol=1e-5)
    assert whole.loss != without.loss


@pytest.mark.parametrize("scheduling", ["asap", "alap"])
def test_survival_is_that_of_the_circuit_as_it_was_costed(scheduling):
    calibration = Calibration.load("ibm_brisbane")
    model = CostModel(scheduling=scheduling)
    workload = Workload(samples=9, epochs=1, batch_size=3)
    estimator = CostEstimator(calibration, model, Device.preset("a100"), workload, 1.0)
    circuit = lay_out(Architecture(qubits=3, depth=2, entanglement="linear", measurement="z_first"))
    (factor,) = estimator.survivals(circuit)
    assert factor == pytest.approx(estimator(circuit).noise.p_survival)


def test_survival_is_that_of_each_observable_on_the_calibration():
    calibration = Calibration.load("ibm_brisbane")
    workload = Workload(samples=9, epochs=1, batch_size=3)
    estimator = CostEstimator(calibration, CostModel(), Device.preset("a100"), workload, 1.0)
    circuit = lay_out(Architecture(qubits=3, entanglement="ring", measurement="z_zz"))
    factors = estimator.survivals(circuit)
    assert len(factors) == len(circuit.observables)
    assert all(0 < factor < 1 for factor in factors)
    assert estimator.survivals(circuit) == factors
    # what is read from two qubits is read with the errors of both
    single = [f for f, o in zip(factors, circuit.observables, strict=True) if len(o) == 1]
    pairs = [f for f, o in zip(factors, circuit.observables, strict=True) if len(o) == 2]
    assert max(pairs) < max(single)
    mean = sum(factors) / len(factors)
    assert mean == pytest.approx(estimator(circuit).noise.p_survival, rel=0.02)


def test_a_network_that_noise_leaves_nothing_of_learns_nothing():
    survivals = [None, (0.0, 0.0, 0.0)]
    one, other = train([ARCHITECTURE] * 2, IRIS, SETTINGS, "fused", [5, 5], 20, survivals=survivals)
    assert one.validation_accuracy > 0.8
    assert other.validation.balanced_accuracy == pytest.approx(1 / 3)
    assert other.model.survival == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"shots": 0}, "trainer.shots=0 is not accepted: at least 1, or null"),
        ({"noise": "depolarising"}, "trainer.noise=depolarising is unknown; accepted: none, surv"),
        ({"schedule": "cosin"}, r"trainer.schedule=cosin is unknown \(did you mean cosine"),
    ],
)
def test_settings_that_make_no_sense_are_named(change, said):
    with pytest.raises(ConfigError, match=said):
        replace(SETTINGS, **change)
