"""The table of gates: what a circuit may hold, each fact about a gate in one row.

The circuit, its three views, its operations and the Pauli propagator read this
table, so that a fixed or a trainable gate is added by one row. A gate on wires (a, b) counts its
basis states as 2 a + b, the first wire being the most significant.
"""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any, Literal

import numpy as np

from hybhanas.errors import ConfigError, unknown

Matrix = tuple[tuple[complex, ...], ...]

Kind = Literal["permutation", "phase", "one_qubit", "entangler", "state", "other"]
"""How the fused simulator applies a gate: as a reordering of rows, as a diagonal, in a product of
one-qubit matrices, in the matrix of a block of wires, as the state to start from, or not at all.
"""

PAULIS = {
    "X": np.array([[0, 1], [1, 0]], dtype=complex),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.array([[1, 0], [0, -1]], dtype=complex),
}


@dataclass(frozen=True, kw_only=True)
class GateSpec:
    """A row of the table. A gate has a `matrix`, or one angle and a `generator` or `hamiltonian`.

    A gate with a generator is exp(-i angle/2 G), angle in radians, G being the product of Paulis
    `generator`; with `control` it acts where its first wire is 1. The Pauli-string propagator
    treats a free angle as a random rotation about G, and every other gate by its matrix.

    Example:
        >>> GATES["crz"].kind, GATES["crz"].wires
        ('phase', 2)

    Args:
        name: as Qiskit names its instruction and the method of a circuit that adds it, and as
            TorchQuantum names its functional.
        generator: a Pauli letter a wire, the control not counted, such as `X` or `ZZ`.
        control: whether the first wire is a control.
        matrix: [2^wires, 2^wires], unitary, of a gate without an angle.
        hamiltonian: H [2^wires, 2^wires], Hermitian, of a gate exp(-i angle H) that is none of
            these rotations.
        entangles: whether an architecture may name it as its `entangler`.
    """

    name: str
    generator: str = ""
    control: bool = False
    matrix: Matrix | None = None
    hamiltonian: Matrix | None = None
    entangles: bool = False

    @property
    def is_state(self) -> bool:
        """Whether it prepares a state from all inputs, on any number of wires."""
        return not self.generator and self._given is None

    @property
    def _given(self) -> Matrix | None:
        return self.hamiltonian if self.matrix is None else self.matrix

    @cached_property
    def wires(self) -> int:
        """How many wires it acts on; 0 stands for all of the circuit."""
        if self._given is not None:
            return len(self._given).bit_length() - 1
        return len(self.generator) + self.control

    @property
    def parameters(self) -> int:
        """How many angles it has, 0 or 1."""
        return int(bool(self.generator) or self.hamiltonian is not None)

    @cached_property
    def kind(self) -> Kind:
        """How the fused simulator applies it."""
        if self.is_state:
            return "state"
        if self.hamiltonian is not None:
            return "other"
        if self.wires == 1:
            return "one_qubit"
        if self.permutation is not None:
            return "permutation"
        return "phase" if self.is_diagonal else "entangler"

    @cached_property
    def is_diagonal(self) -> bool:
        """Whether it multiplies basis states by phases and does nothing else."""
        if self.matrix is None:
            return set(self.generator) == {"Z"}
        return all(not x for i, row in enumerate(self.matrix) for j, x in enumerate(row) if i != j)

    @cached_property
    def permutation(self) -> tuple[int, ...] | None:
        """The basis state that each basis state becomes; None where it does anything else."""
        if self.matrix is None or self.is_diagonal:
            return None
        images = []
        for column in zip(*self.matrix, strict=True):
            if column.count(0) != len(column) - 1 or 1 not in column:
                return None
            images.append(column.index(1))
        return tuple(images)

    @cached_property
    def operations(self) -> int:
        """Real operations an amplitude, gate by gate: 14 for a dense one-qubit gate (two complex
        products and a sum). A controlled gate touches half of the amplitudes. A product of Paulis
        on two wires takes two products and a sum as well, a diagonal one on two a product, 6.
        Permutations and fixed diagonals are free.
        """
        if self.kind in ("state", "permutation") or (self.is_diagonal and not self.parameters):
            return 0
        if self.wires == 1 or self.control:
            return 14 >> self.control
        if self.generator:
            return 6 if self.is_diagonal else 14
        return 8 * 2**self.wires - 2

    @cached_property
    def parts(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Three matrices [2^wires, 2^wires] whose sum is the gate's unitary: the first as it is,
        the second times the cosine of half the angle, the third times its sine.
        """
        if self.matrix is not None:
            matrix = np.array(self.matrix, dtype=complex)
            return matrix, np.zeros_like(matrix), np.zeros_like(matrix)
        paulis = reduce(np.kron, [PAULIS[letter] for letter in self.generator])
        unit, none = np.eye(len(paulis), dtype=complex), np.zeros_like(paulis)
        if not self.control:
            return none, unit, -1j * paulis
        off, on = np.diag([1.0, 0.0]), np.diag([0.0, 1.0])
        return np.kron(off, unit), np.kron(on, unit), np.kron(on, -1j * paulis)

    @cached_property
    def phases(self) -> tuple[float, ...]:
        """Of each basis state of a diagonal gate its phase, in radians, or where the gate has an
        angle, what the angle is multiplied by.
        """
        if self.matrix is not None:
            return tuple(cmath.phase(row[i]) for i, row in enumerate(self.matrix))
        by_sine = self.parts[2].diagonal()  # -i, 0 or i
        return tuple((by_sine.imag / 2).tolist())


def _rotation(name: str, generator: str, *, entangles: bool = False) -> GateSpec:
    return GateSpec(name=name, generator=generator, entangles=entangles)


def _controlled(name: str, generator: str) -> GateSpec:
    return GateSpec(name=name, generator=generator, control=True, entangles=True)


_ROOT = math.sqrt(0.5)
_CX = ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1), (0, 0, 1, 0))
_CY = ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, -1j), (0, 0, 1j, 0))
_CZ = ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, -1))
_SWAP = ((1, 0, 0, 0), (0, 0, 1, 0), (0, 1, 0, 0), (0, 0, 0, 1))
_ISWAP = ((1, 0, 0, 0), (0, 0, 1j, 0), (0, 1j, 0, 0), (0, 0, 0, 1))

AMPLITUDE = "amplitude"
"""The gate that prepares the state whose amplitudes are the normalised inputs."""

GATES: dict[str, GateSpec] = {
    row.name: row
    for row in (
        GateSpec(name=AMPLITUDE),
        GateSpec(name="x", matrix=((0, 1), (1, 0))),
        GateSpec(name="y", matrix=((0, -1j), (1j, 0))),
        GateSpec(name="z", matrix=((1, 0), (0, -1))),
        GateSpec(name="h", matrix=((_ROOT, _ROOT), (_ROOT, -_ROOT))),
        GateSpec(name="s", matrix=((1, 0), (0, 1j))),
        GateSpec(name="t", matrix=((1, 0), (0, _ROOT * (1 + 1j)))),
        GateSpec(name="sx", matrix=((0.5 + 0.5j, 0.5 - 0.5j), (0.5 - 0.5j, 0.5 + 0.5j))),
        GateSpec(name="cx", matrix=_CX, entangles=True),
        GateSpec(name="cy", matrix=_CY),
        GateSpec(name="cz", matrix=_CZ, entangles=True),
        GateSpec(name="swap", matrix=_SWAP),
        GateSpec(name="iswap", matrix=_ISWAP),
        _rotation("rx", "X"),
        _rotation("ry", "Y"),
        _rotation("rz", "Z"),
        _rotation("p", "Z"),  # RZ but for a global phase
        _rotation("u1", "Z"),
        _controlled("crx", "X"),
        _controlled("cry", "Y"),
        _controlled("crz", "Z"),
        _rotation("rxx", "XX", entangles=True),
        _rotation("ryy", "YY", entangles=True),
        _rotation("rzz", "ZZ", entangles=True),
        _rotation("rzx", "ZX"),
    )
}
"""Every gate by its name, including those that users registered."""

_OURS = frozenset(GATES)


def register_gate(name: str) -> None:
    """Adds a gate of Qiskit's standard library, by its matrix there.

    Circuits may then use it, and its wires and angle are checked. A gate with an angle runs with
    `simulator=torchquantum`, one without on every simulator.

    Example:
        >>> register_gate("cp")
        >>> GATES["cp"].wires, GATES["cp"].parameters
        (2, 1)

    Args:
        name: in `qiskit.circuit.library.get_standard_gate_name_mapping`, on one or two qubits,
            with at most one angle.

    Raises:
        ConfigError: another name, one that hybhanas has, or a gate that is not exp(-i angle H).
    """
    from qiskit.circuit.library import get_standard_gate_name_mapping
    from scipy.linalg import expm, logm

    gates = {k: gate for k, gate in get_standard_gate_name_mapping().items() if _is_small(gate)}
    if name not in gates:
        raise unknown("gate", name, sorted(gates))
    if name in _OURS:
        raise ConfigError(f"gate={name} cannot be registered: hybhanas has it")
    gate = gates[name]
    order = [0, 1] if gate.num_qubits == 1 else [0, 2, 1, 3]  # Qiskit's first qubit counts least
    if gate.params:
        matrix = 2j * logm(type(gate)(0.5).to_matrix())
        if not np.allclose(expm(-1.3j * matrix), type(gate)(1.3).to_matrix()):
            raise ConfigError(f"gate={name} is not accepted: a gate exp(-i angle H)")
    else:
        matrix = gate.to_matrix()
    rows = tuple(tuple(row) for row in matrix[np.ix_(order, order)].tolist())
    fixed, turned = (None, rows) if gate.params else (rows, None)
    GATES[name] = GateSpec(name=name, matrix=fixed, hamiltonian=turned)


def _is_small(operation: Any) -> bool:
    from qiskit.circuit import Gate as QiskitGate

    few = operation.num_qubits in (1, 2) and len(operation.params) <= 1
    return few and isinstance(operation, QiskitGate)


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate of a circuit: its name, its wires, and where its angle comes from.

    The angle is the product of the circuit's inputs at the indices `inputs`, or the trainable
    weight at the index `weight`; a gate with neither has no angle. The gate `amplitude` acts on all
    wires, prepares the state whose amplitudes are the normalised inputs, and comes first if at all.

    Example:
        >>> Gate("rzz", (0, 1), inputs=(0, 1))  # RZZ by x_0 x_1, of the ZZ feature map
        Gate(name='rzz', wires=(0, 1), inputs=(0, 1), weight=None)
    """

    name: str
    wires: tuple[int, ...]
    inputs: tuple[int, ...] = ()
    weight: int | None = None


def operations(gate: Gate) -> int:
    """Real operations an amplitude; of a gate that is not in the table, those of a dense matrix on
    its wires.
    """
    if gate.name in GATES:
        return GATES[gate.name].operations
    return 8 * 2 ** len(gate.wires) - 2
