"""The quantum layer of an HQNN."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn

from hybhanas.circuit import Circuit
from hybhanas.errors import CandidateError
from hybhanas.quantum.simulators import SIMULATORS, Simulator

MOST_QUBITS = 20
"""Above it a batch of states takes gigabytes, and amplitude encoding a million gates."""


class QuantumLayer(nn.Module):
    """Inputs to expectation values through a circuit: the part of an HQNN that is quantum.

    Args:
        module: a `hybhanas.quantum.simulators.CircuitModule`.
        simulator: whose module it is; None where `module` is what users are to get.
    """

    def __init__(self, module: nn.Module, simulator: Simulator | None = None):
        super().__init__()
        self._modules["module"] = module  # as `self.module = module`, which has no setter
        self._simulator = simulator

    def forward(self, inputs: Tensor) -> Tensor:
        """[batch, circuit.inputs] -> [batch, observables], each in [-1, 1]."""
        module: Any = self._modules["module"]
        values: Tensor = module.expectations(inputs)
        return values

    @property
    def weights(self) -> int:
        """How many weights it trains: those of the circuit, unless the simulator has others."""
        module: Any = self._modules["module"]
        return int(module.weights.numel())

    @property
    def module(self) -> nn.Module:
        """The circuit as an ordinary `torchquantum.QuantumModule`.

        The fused simulator does without TorchQuantum, whose import takes seconds, until this is
        asked for. From then on the layer runs this module, with the same parameter under the same
        name. A simulator of one's own may give its own module instead.
        """
        module = self._modules["module"]
        assert module is not None
        if self._simulator is not None:
            module = self._modules["module"] = self._simulator.torchquantum(module)
            self._simulator = None
        return module


def quantum_layer(circuit: Circuit, simulator: str) -> QuantumLayer:
    """The quantum layer of a circuit.

    Args:
        circuit: what to run.
        simulator: a name in `SIMULATORS`, such as `fused` or `torchquantum`.

    Raises:
        ConfigError: an unknown simulator.
        CandidateError: more than MOST_QUBITS, or a gate that the simulator does not have.

    Example:
        >>> layer = quantum_layer(lay_out(Architecture(qubits=2)), "fused")
        >>> layer(torch.zeros(5, 2)).shape
        torch.Size([5, 2])
    """
    found = SIMULATORS[simulator]
    if circuit.qubits > MOST_QUBITS:
        raise CandidateError(f"{circuit.qubits} qubits are more than the {MOST_QUBITS} simulated")
    return QuantumLayer(found.module(circuit), found)


def circuit_stack(circuits: Sequence[Circuit], simulator: str) -> tuple[nn.Module, list[int]]:
    """Many circuits as one module; see `hybhanas.quantum.simulators.Simulator.stack`."""
    return SIMULATORS[simulator].stack(circuits)
