"""An architecture's quantum circuit as a short list of gates: the source of every view of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from hybhanas.architecture import Architecture
from hybhanas.entanglement import entangled_pairs
from hybhanas.gates import AMPLITUDE, GATES, Gate


@dataclass(frozen=True)
class Circuit:
    """A layered circuit on `qubits` wires, wire 0 being the most significant bit of a state.

    `observables` are products of Z, each the tuple of wires it acts on, in output order. `inputs`
    and `weights` are the lengths of the input vector of one sample and of the weight vector.
    """

    qubits: int
    gates: tuple[Gate, ...]
    observables: tuple[tuple[int, ...], ...]
    inputs: int
    weights: int

    def __hash__(self) -> int:
        return self._hash

    @property
    def by_amplitude(self) -> bool:
        """Whether the inputs are the amplitudes of the first state; else they are angles."""
        return bool(self.gates) and self.gates[0].name == AMPLITUDE

    @cached_property
    def _hash(self) -> int:
        return hash((self.qubits, self.gates, self.observables))

    @cached_property
    def simulation_flops(self) -> int:
        """Real operations of one state-vector run, gate by gate: per amplitude those of each gate
        (`GateSpec.operations`), and 6 for the square and the sign of an observable.
        """
        total = sum(GATES[gate.name].operations for gate in self.gates)
        return 2**self.qubits * (total + 4 + 2 * len(self.observables))


def lay_out(architecture: Architecture) -> Circuit:
    """Lays an architecture's circuit out as gates.

    RZ encoding puts a Hadamard before the first RZ, since RZ does nothing to |0>.
    """
    n = architecture.qubits
    gates: list[Gate] = []
    weights = 0
    for layer, entanglement in enumerate(architecture.entanglement_by_layer):
        uploads_again = architecture.reuploading and architecture.encoding != "amplitude"
        if layer == 0 or uploads_again:
            gates += _encoding(architecture.encoding, n, first=layer == 0)
        for wire in range(n):
            for name in architecture.rotations.split("_"):
                gates.append(Gate(name, (wire,), weight=weights))
                weights += 1
        for pair in entangled_pairs(entanglement, n):
            if GATES[architecture.entangler].parameters:
                gates.append(Gate(architecture.entangler, pair, weight=weights))
                weights += 1
            else:
                gates.append(Gate(architecture.entangler, pair))
    return Circuit(
        qubits=n,
        gates=tuple(gates),
        observables=tuple(_observables(architecture.measurement, n)),
        inputs=2**n if architecture.encoding == "amplitude" else n,
        weights=weights,
    )


def _encoding(encoding: str, qubits: int, first: bool) -> Iterator[Gate]:
    if encoding == "amplitude":
        yield Gate(AMPLITUDE, tuple(range(qubits)))
        return
    for wire in range(qubits):
        if encoding == "rz" and first:
            yield Gate("h", (wire,))
        yield Gate(encoding, (wire,), inputs=(wire,))


def _observables(measurement: str, qubits: int) -> Iterator[tuple[int, ...]]:
    for wire in range(qubits):
        yield (wire,)
    if measurement == "z_zz":
        for wire in range(qubits - 1):
            yield (wire, wire + 1)
