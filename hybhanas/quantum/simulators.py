"""The simulators by name. Importing this imports neither torch nor TorchQuantum."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from hybhanas.circuit import Circuit
from hybhanas.registry import Registry

if TYPE_CHECKING:
    from torch import Tensor, nn


class CircuitModule(Protocol):
    """A torch module of one circuit.

    Attributes:
        weights: the circuit's trainable angles, [circuit.weights], in radians: its one parameter.
            All simulators give it this name, so that a state_dict moves between them.
    """

    weights: nn.Parameter

    def expectations(self, inputs: Tensor, weights: Tensor | None = None) -> Tensor:
        """[batch, circuit.inputs] -> [batch, observables], each in [-1, 1]; with other weights than
        the module's where some are given.
        """
        ...


class Simulator(ABC):
    """What runs circuits while training, for one name of `simulator=`.

    A simulator of one's own defines `module`; see `register_simulator`.
    """

    gains_by_groups = False
    """Whether many networks are trained in less time together than one after the other."""

    launches_alike = False
    """Whether every call for inputs of the same shape does the same on the GPU and never waits for
    it, so that a step of training can be captured as a CUDA graph."""

    @abstractmethod
    def module(self, circuit: Circuit) -> nn.Module:
        """A `CircuitModule`, its weights as `hybhanas.quantum.weights.initial_weights` draws them.

        Raises:
            CandidateError: a circuit that it cannot run.
        """

    def torchquantum(self, module: nn.Module) -> nn.Module:
        """A module of this simulator as users get it, by default as it is: where it can be, as an
        ordinary `torchquantum.QuantumModule` with the same parameter.
        """
        return module

    def stack(self, circuits: Sequence[Circuit]) -> tuple[nn.Module, list[int]]:
        """Many circuits as one module.

        Returns:
            A module without parameters that takes inputs [K, inputs, B] and weights [K, weights],
            as long as the longest, and gives [K, observables, B], zeros beyond what a circuit has;
            and which of `circuits` each of its K is. Its method `subset` gives a stack of some.
        """
        from hybhanas.quantum.one_by_one import OneByOne

        modules = [self.module(circuit) for circuit in circuits]
        return OneByOne(modules, circuits), list(range(len(circuits)))


class _Fused(Simulator):
    gains_by_groups = True
    launches_alike = True

    def module(self, circuit: Circuit) -> nn.Module:
        from hybhanas.quantum.fused import FusedModule

        return FusedModule(circuit)

    def torchquantum(self, module: nn.Module) -> nn.Module:
        from hybhanas.quantum.torchquantum_modules import FusedCircuit

        return FusedCircuit.from_module(module)

    def stack(self, circuits: Sequence[Circuit]) -> tuple[nn.Module, list[int]]:
        from hybhanas.quantum.stack import stack_of

        return stack_of(circuits)


class _TorchQuantum(Simulator):
    def module(self, circuit: Circuit) -> nn.Module:
        from hybhanas.quantum.torchquantum_modules import GateByGateCircuit

        return GateByGateCircuit(circuit)


SIMULATORS = Registry[Simulator]("simulator.name")
SIMULATORS.add("fused", _Fused())
SIMULATORS.add("torchquantum", _TorchQuantum())


def register_simulator(name: str, simulator: Simulator) -> None:
    """Makes a name of `simulator=` stand for a simulator.

    Example:
        >>> class Zeros(Simulator):  # where every expectation value is 0
        ...     def module(self, circuit):
        ...         return ZeroModule(circuit)
        >>> register_simulator("zeros", Zeros())

    Raises:
        ConfigError: see `Registry.add`.
    """
    SIMULATORS.add(name, simulator)
