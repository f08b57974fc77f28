"""An architecture's quantum circuit as a short list of gates: the source of every view of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from hybhanas.ansatz import ENCODINGS, ENTANGLERS, ROTATIONS, Encoding, Entangler, Rotations
from hybhanas.architecture import Architecture
from hybhanas.entanglement import Pairs, entangled_pairs
from hybhanas.errors import CandidateError, ConfigError
from hybhanas.gates import AMPLITUDE, GATES, Gate, operations

MAX_GATES = 100_000
"""Of the circuit of an architecture."""

MAX_AMPLITUDE_QUBITS = 16
"""Whose 2^n amplitudes are inputs; each takes a gate on a machine."""


@dataclass(frozen=True)
class Circuit:
    """A layered circuit on `qubits` wires, wire 0 being the most significant bit of a state.

    Example:
        >>> circuit = Circuit(1, (Gate("ry", (0,), weight=0),), ((0,),), inputs=0, weights=1)
        >>> circuit.simulation_flops  # 2 amplitudes: RY 14, square 4, observable 2
        40

    Args:
        qubits: how many wires there are.
        gates: in order of application.
        observables: products of Z, each the tuple of wires it acts on, in output order.
        inputs: the length of the input vector of one sample.
        weights: the length of the vector of trainable weights.
        trains_inputs: whether layers before it are trained through it, which takes derivatives by
            its inputs.
    """

    qubits: int
    gates: tuple[Gate, ...]
    observables: tuple[tuple[int, ...], ...]
    inputs: int
    weights: int
    trains_inputs: bool = True

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
        total = sum(operations(gate) for gate in self.gates)
        return 2**self.qubits * (total + 4 + 2 * len(self.observables))


def lay_out(architecture: Architecture) -> Circuit:
    """Lays an architecture's circuit out as gates.

    Raises:
        ConfigError: a registered word gives gates that no circuit can have.
        CandidateError: it has more gates or amplitudes than a computer can work with.

    Example:
        >>> circuit = lay_out(Architecture(qubits=2, rotations="ry", entangler="crx"))
        >>> [gate.name for gate in circuit.gates], circuit.weights
        (['ry', 'ry', 'ry', 'ry', 'crx'], 3)
    """
    if architecture.by_amplitude and architecture.qubits > MAX_AMPLITUDE_QUBITS:
        raise CandidateError(f"amplitudes of more than {MAX_AMPLITUDE_QUBITS} qubits")
    words = architecture.entanglement_by_layer
    return _laid_out(
        architecture,
        ENCODINGS[architecture.encoding],
        ROTATIONS[architecture.rotations],
        ENTANGLERS[architecture.entangler],
        tuple(entangled_pairs(word, architecture.qubits) for word in words),
    )


@lru_cache(maxsize=256)
def _laid_out(
    architecture: Architecture,
    encode: Encoding,
    rotate: Rotations,
    entangle: Entangler,
    pairs_by_layer: tuple[Pairs, ...],
) -> Circuit:
    """See `lay_out`; a word that is registered again is another function, and laid out again."""
    n = architecture.qubits
    uploads_again = architecture.reuploading and not architecture.by_amplitude
    gates: list[Gate] = []
    weights = 0

    def add(word: str, own: Iterable[Gate]) -> None:
        """Appends gates whose weights count from 0."""
        nonlocal weights
        first = weights
        for gate in own:
            _check(word, gate, n)
            if gate.weight is not None:
                weight = first + gate.weight
                weights = max(weights, weight + 1)
                gate = Gate(gate.name, gate.wires, gate.inputs, weight)
            gates.append(gate)
            if len(gates) > MAX_GATES:
                raise CandidateError(f"its circuit has more than {MAX_GATES:,} gates")

    for layer, pairs in enumerate(pairs_by_layer):
        if layer == 0 or uploads_again:
            add(f"encoding={architecture.encoding}", encode(n, layer))
        add(f"rotations={architecture.rotations}", rotate(n, layer))
        for pair in pairs:
            add(f"entangler={architecture.entangler}", entangle(*pair))
    return Circuit(
        qubits=n,
        gates=tuple(gates),
        observables=tuple(_observables(architecture.measurement, n)),
        inputs=2**n if architecture.by_amplitude else _inputs(gates),
        weights=weights,
        trains_inputs=architecture.encoder == "linear",
    )


def _inputs(gates: Iterable[Gate]) -> int:
    """The length of the vector that has all inputs that the gates name, at least 1."""
    return max((max(gate.inputs) + 1 for gate in gates if gate.inputs), default=1)


def _check(word: str, gate: Gate, qubits: int) -> None:
    """Raises ConfigError for a gate that no circuit of so many qubits can have."""
    spec = GATES.get(gate.name)
    wires = {*gate.wires}
    if not wires or min(wires) < 0 or max(wires) >= qubits or len(wires) < len(gate.wires):
        accepted = f"different wires of 0 to {qubits - 1}"
    elif spec is not None and spec.wires and len(gate.wires) != spec.wires:
        accepted = f"{spec.wires} wires"
    elif spec is not None and spec.parameters != (bool(gate.inputs) or gate.weight is not None):
        accepted = f"inputs or a weight for {gate.name}" if spec.parameters else "no angle for it"
    elif any(index < 0 for index in (*gate.inputs, gate.weight or 0)):
        accepted = "indices from 0"
    else:
        return
    raise ConfigError(f"architecture.{word} gives {gate} on {qubits} qubits; accepted: {accepted}")


def _observables(measurement: str, qubits: int) -> Iterator[tuple[int, ...]]:
    for wire in range(1 if measurement == "z_first" else qubits):
        yield (wire,)
    if measurement == "z_zz":
        for wire in range(qubits - 1):
            yield (wire, wire + 1)
