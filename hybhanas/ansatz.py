"""What the layers of a circuit are made of: encodings, rotations and entanglers, by their words.

Each word stands for a function that gives gates. A user adds words by `register_encoding`,
`register_rotations` and `register_entangler`, from a module that `hybhanas.plugins` loads; patterns
of entanglement are added in `hybhanas.entanglement`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hybhanas.gates import AMPLITUDE, GATES, Gate
from hybhanas.registry import Registry

Encoding = Callable[[int, int], Iterable[Gate]]
"""(qubits, layer from 0) -> gates whose angles are inputs, or that have none."""

Rotations = Callable[[int, int], Iterable[Gate]]
"""(qubits, layer from 0) -> gates whose weights count from 0, or that have none."""

Entangler = Callable[[int, int], Iterable[Gate]]
"""(control, target) -> gates on these two qubits whose weights count from 0, or that have none."""

ENCODINGS = Registry[Encoding]("architecture.encoding")
ROTATIONS = Registry[Rotations]("architecture.rotations")
ENTANGLERS = Registry[Entangler]("architecture.entangler")


def register_encoding(word: str, function: Encoding) -> None:
    """Makes a word of `encoding` stand for a function.

    The circuit has as many inputs as the largest index that the gates name asks for; they are
    angles in (-pi/2, pi/2), in radians. With re-uploading the function is called for each layer.

    Example:
        >>> def dense(qubits, layer):  # two inputs a qubit
        ...     for q in range(qubits):
        ...         yield Gate("ry", (q,), inputs=(2 * q,))
        ...         yield Gate("rz", (q,), inputs=(2 * q + 1,))
        >>> register_encoding("dense", dense)

    Raises:
        ConfigError: see `Registry.add`.
    """
    ENCODINGS.add(word, function)


def register_rotations(word: str, function: Rotations) -> None:
    """Makes a word of `rotations` stand for a function: the trainable gates of a layer before its
    entangling ones. Each layer gets weights of its own.

    Example:
        >>> def hardware_efficient(qubits, layer):
        ...     for q in range(qubits):
        ...         yield Gate("sx", (q,))
        ...         yield Gate("rz", (q,), weight=q)
        >>> register_rotations("sx_rz", hardware_efficient)

    Raises:
        ConfigError: see `Registry.add`.
    """
    ROTATIONS.add(word, function)


def register_entangler(word: str, function: Entangler) -> None:
    """Makes a word of `entangler` stand for a function. Each pair of a layer gets weights of its
    own.

    Example:
        >>> def zz_then_xx(control, target):
        ...     yield Gate("rzz", (control, target), weight=0)
        ...     yield Gate("rxx", (control, target), weight=1)
        >>> register_entangler("zz_xx", zz_then_xx)

    Raises:
        ConfigError: see `Registry.add`.
    """
    ENTANGLERS.add(word, function)


def _angle(name: str) -> Encoding:
    """A rotation of each qubit by its own input; RZ after a Hadamard, as it does nothing to |0>."""

    def encoding(qubits: int, layer: int) -> Iterable[Gate]:
        for wire in range(qubits):
            if name == "rz" and layer == 0:
                yield Gate("h", (wire,))
            yield Gate(name, (wire,), inputs=(wire,))

    return encoding


def _amplitude(qubits: int, layer: int) -> Iterable[Gate]:
    """All 2^qubits inputs at once, as the amplitudes of the state."""
    yield Gate(AMPLITUDE, tuple(range(qubits)))


def _iqp(qubits: int, layer: int) -> Iterable[Gate]:
    """Hadamards, then RZ by x_i on each qubit and RZZ by x_i x_(i+1) on neighbours.

    The feature map of Havlicek et al., Nature 567, 209 (2019), with their couplings of neighbours;
    the coefficients are the inputs and their products, as in PennyLane's IQPEmbedding. Theirs is
    this circuit twice: `reuploading` with a depth of 2.
    """
    for wire in range(qubits):
        yield Gate("h", (wire,))
    for wire in range(qubits):
        yield Gate("rz", (wire,), inputs=(wire,))
    for wire in range(qubits - 1):
        yield Gate("rzz", (wire, wire + 1), inputs=(wire, wire + 1))


def _of_each_qubit(names: tuple[str, ...]) -> Rotations:
    """These rotations of each qubit, in order of application."""

    def rotations(qubits: int, layer: int) -> Iterable[Gate]:
        for wire in range(qubits):
            for place, name in enumerate(names):
                yield Gate(name, (wire,), weight=wire * len(names) + place)

    return rotations


def _gate(name: str) -> Entangler:
    """One gate of the table."""

    def entangler(control: int, target: int) -> Iterable[Gate]:
        yield Gate(name, (control, target), weight=0 if GATES[name].parameters else None)

    return entangler


for _name in ("rx", "ry", "rz"):
    ENCODINGS.add(_name, _angle(_name))
ENCODINGS.add("amplitude", _amplitude)
ENCODINGS.add("iqp", _iqp)

for _names in (("ry",), ("ry", "rz"), ("rz", "ry", "rz"), ("rx", "ry", "rz")):
    ROTATIONS.add("_".join(_names), _of_each_qubit(_names))

for _row in GATES.values():
    if _row.entangles:
        ENTANGLERS.add(_row.name, _gate(_row.name))
