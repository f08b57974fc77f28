"""Simulators by name: TorchQuantum is imported where it is used, and one's own can be added."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
import torchquantum as tq
from torch import nn

from hybhanas.architecture import Architecture
from hybhanas.data.shipped import Shipped
from hybhanas.errors import ConfigError
from hybhanas.models.hqnn import HQNN
from hybhanas.models.training import Trained, train
from hybhanas.quantum.layer import quantum_layer
from hybhanas.quantum.simulators import Simulator, register_simulator
from hybhanas.quantum.weights import initial_weights
from tests.helpers.settings import train_settings

ARCHITECTURE = Architecture(qubits=3, depth=2, entangler="crx")


def modules_after(code: str) -> set[str]:
    """The modules that a fresh process has imported once it has run some code."""
    code += "\nimport sys\nprint(*sys.modules)"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(child.stdout.split())


def test_names_of_simulators_are_known_without_torch():
    imported = modules_after(
        "from hybhanas.quantum.simulators import SIMULATORS; assert 'fused' in SIMULATORS"
    )
    assert not imported & {"torch", "torchquantum"}


def test_a_fused_network_is_loaded_and_run_without_torchquantum():
    imported = modules_after(
        "import torch\n"
        "from hybhanas.architecture import Architecture\n"
        "from hybhanas.models.hqnn import HQNN\n"
        "model = HQNN(Architecture(qubits=2), 4, 3, 'fused')\n"
        "model.load_state_dict(model.state_dict())\n"
        "model(torch.zeros(5, 4)).sum().backward()"
    )
    heavy = {"torchquantum", "torchvision", "qiskit_ibm_runtime", "torch._dynamo", "qiskit"}
    assert not imported & heavy


def test_a_fused_circuit_is_an_ordinary_module_of_torchquantum_when_asked_for():
    model = HQNN(ARCHITECTURE, 4, 3, "fused")
    x = torch.randn(6, 4)
    before, names = model(x), list(model.state_dict())
    torch.manual_seed(5)
    expected = torch.randn(3)
    torch.manual_seed(5)
    module = model.quantum.module
    assert torch.equal(torch.randn(3), expected)  # it draws no random numbers
    assert isinstance(module, tq.QuantumModule)
    assert module is model.quantum.module
    assert list(model.state_dict()) == names
    assert torch.equal(model(x), before)
    with torch.no_grad():
        dict(model.named_parameters())["quantum.module.weights"] += 0.5
    assert not torch.equal(model(x), before)
    inputs = torch.randn(6, 3)
    device = tq.QuantumDevice(n_wires=3, bsz=6)
    module(device, inputs)
    torch.testing.assert_close(module.measured(device), model.quantum(inputs), atol=1e-5, rtol=0)


class Product(nn.Module):
    """Rotations about Y of each qubit, in its own arithmetic: a circuit without entanglement."""

    def __init__(self, circuit):
        super().__init__()
        self.weights = initial_weights(circuit)

    def expectations(self, inputs, weights=None):
        return torch.cos(inputs + (self.weights if weights is None else weights))


class ProductStates(Simulator):
    def module(self, circuit):
        return Product(circuit)


@pytest.mark.usefixtures("own_registries")
def test_a_simulator_of_ones_own_trains_networks_as_the_others_do():
    register_simulator("product", ProductStates())
    circuits = [
        Architecture(qubits=q, entanglement="none", rotations="ry").canonical() for q in (1, 2)
    ]
    data, settings = Shipped(name="iris", batch_size=16, seed=0).load(), train_settings(threads=1)
    by_simulator = [
        train(circuits, data, settings, name, [1, 2], epochs=2) for name in ("product", "fused")
    ]
    for own, fused in zip(*by_simulator, strict=True):
        assert isinstance(own, Trained)
        assert isinstance(own.model.quantum.module, Product)
        torch.testing.assert_close(
            own.model.state_dict(), fused.model.state_dict(), atol=1e-4, rtol=1e-4
        )


def test_an_unknown_simulator_is_named_with_the_nearest_known_one():
    with pytest.raises(ConfigError, match="simulator.name=fusd is unknown .did you mean fused"):
        quantum_layer(HQNN(ARCHITECTURE, 4, 3, "fused").layers.circuit, "fusd")
    with pytest.raises(ConfigError, match="hybhanas has this word"):
        register_simulator("fused", ProductStates())
