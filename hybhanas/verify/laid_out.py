"""A network's circuit as it runs: on the qubits of the layout that its cost is of."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister

from hybhanas.calibration import Calibration
from hybhanas.circuit import Circuit
from hybhanas.cost.compilers import compiler_for
from hybhanas.cost.model import CostModel
from hybhanas.cost.physical import from_qiskit
from hybhanas.cost.schedule import schedule
from hybhanas.cost.target import build_target
from hybhanas.qiskit_view import amplitude_angles, to_qiskit

REGISTER = "meas"


class LaidOut:
    """A circuit, transpiled with free weights and inputs, so that it is the one that was costed.

    Args:
        circuit: of the network.
        calibration: of the machine.
        model: the settings of the cost.
        seed: of the transpiler, with which the cost was computed.

    Attributes:
        used: the machine's qubits that it acts on, ascending.
    """

    def __init__(self, circuit: Circuit, calibration: Calibration, model: CostModel, seed: int):
        self.circuit, self.calibration = circuit, calibration
        self._scheduling = model.scheduling
        target, self._indices = build_target(calibration)
        compiled = compiler_for(model.compiler, target, model.optimization_level, seed)
        self._source = compiled(to_qiskit(circuit))
        self.physical = from_qiskit(self._source, self._indices)
        self.used = sorted({q for step in self.physical.instructions for q in step.qubits})

    def on_machine(self, qubits: int) -> QuantumCircuit:
        """The circuit on the machine's own numbering of so many qubits."""
        return self._placed({q: q for q in self.used}, qubits, waits=False)

    @cached_property
    def reduced(self) -> QuantumCircuit:
        """The circuit on the used qubits alone, idle times as delays."""
        return self._placed({q: i for i, q in enumerate(self.used)}, len(self.used), waits=True)

    def values(
        self, circuit: QuantumCircuit, weights: np.ndarray, inputs: np.ndarray
    ) -> np.ndarray:
        """What a PUB binds to the parameters of `circuit`, in their order.

        Args:
            circuit: as `on_machine` or `reduced` gives it.
            weights: of the network, in radians.
            inputs: of the circuit [samples, inputs].

        Returns:
            [samples, parameters].
        """
        if self.circuit.by_amplitude:
            inputs = np.array([amplitude_angles(row) for row in inputs])
        columns = [
            inputs[:, p.index]
            if p.vector.name == "input"
            else np.full(len(inputs), weights[p.index])
            for p in circuit.parameters
        ]
        return np.stack(columns, axis=1) if columns else np.empty((len(inputs), 0))

    def _placed(self, place: dict[int, int], qubits: int, *, waits: bool) -> QuantumCircuit:
        idle: dict[int, list[tuple[int, float]]] = {}
        if waits:
            timed = schedule(self.physical, self.calibration, self._scheduling)
            for qubit, seconds, before in timed.idle:
                idle.setdefault(before, []).append((place[qubit], seconds))
        bits = ClassicalRegister(self.circuit.qubits, REGISTER)
        placed = QuantumCircuit(QuantumRegister(qubits, "q"), bits)
        steps = zip(self.physical.instructions, self._source.data, strict=True)
        for index, (step, source) in enumerate(steps):
            for at, seconds in idle.get(index, ()):
                placed.delay(seconds, at, unit="s")
            at_qubits = [place[q] for q in step.qubits]
            if step.name == "measure":
                placed.measure(at_qubits[0], self._source.find_bit(source.clbits[0]).index)
            elif step.name != "barrier":
                placed.append(source.operation, at_qubits)
        return placed


def expectations(counts: dict[int, int], observables: tuple[tuple[int, ...], ...]) -> list[float]:
    """Products of Z, each read from the same shots.

    Args:
        counts: of each result, whose bit i is that of wire i.
        observables: the wires of each product.

    Example:
        >>> expectations({0b00: 3, 0b01: 1}, ((0,), (1,), (0, 1)))
        [0.5, 1.0, 0.5]
    """
    shots = sum(counts.values())
    masks = [sum(1 << wire for wire in one) for one in observables]
    return [
        sum(n * (-1) ** (result & mask).bit_count() for result, n in counts.items()) / shots
        for mask in masks
    ]
