"""The Qiskit view of a circuit: what is transpiled, costed, drawn and exported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import mul

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector

from hybhanas.circuit import Circuit
from hybhanas.errors import CandidateError
from hybhanas.gates import AMPLITUDE


def to_qiskit(circuit: Circuit, measure: bool = True) -> QuantumCircuit:
    """Builds the parameterised circuit; wire i is Qiskit's qubit i (reverse its bits to compare).

    Angles are the parameters `input[k]`, products of them, and `weight[j]`. Amplitude encoding
    becomes a tree of RY and CX gates whose angles `input[k]` are `amplitude_angles` of the
    amplitudes.

    Args:
        circuit: the gate list.
        measure: append a Z measurement of every qubit.

    Raises:
        CandidateError: a gate that Qiskit does not have.

    Example:
        >>> circuit = to_qiskit(lay_out(Architecture(qubits=2, encoding="iqp")), measure=False)
        >>> str(circuit.data[4].params[0])  # of RZZ, the fifth gate
        'input[0]*input[1]'
    """
    inputs = ParameterVector("input", circuit.inputs - circuit.by_amplitude)
    weights = ParameterVector("weight", circuit.weights)
    qiskit = QuantumCircuit(circuit.qubits)
    for gate in circuit.gates:
        if gate.name == AMPLITUDE:
            _prepare_amplitudes(qiskit, inputs)
            continue
        angles = [reduce(mul, [inputs[i] for i in gate.inputs])] if gate.inputs else []
        if gate.weight is not None:
            angles.append(weights[gate.weight])
        try:
            getattr(qiskit, gate.name)(*angles, *gate.wires)
        except (AttributeError, TypeError):
            shape = f"{len(angles)} angles on {len(gate.wires)} qubits"
            raise CandidateError(f"Qiskit has no gate {gate.name} of {shape}") from None
    if measure:
        qiskit.measure_all()
    return qiskit


def bind(
    circuit: Circuit, inputs: np.ndarray, weights: np.ndarray, measure: bool = False
) -> QuantumCircuit:
    """The circuit at given angles: `inputs` [inputs] as the quantum layer takes them (radians, or
    amplitudes for amplitude encoding), `weights` [weights] in radians.

    Raises:
        CandidateError: a gate that Qiskit does not have.

    Example:
        >>> circuit = lay_out(Architecture(qubits=1, rotations="ry"))
        >>> [step.params for step in bind(circuit, np.array([0.5]), np.array([0.25])).data]
        [[0.5], [0.25]]
    """
    qiskit = to_qiskit(circuit, measure)
    angles = amplitude_angles(inputs) if circuit.by_amplitude else inputs
    values = {"input": np.asarray(angles), "weight": np.asarray(weights)}
    bound: dict[Parameter, float] = {
        parameter: float(values[parameter.vector.name][parameter.index])
        for parameter in qiskit.parameters
    }
    return qiskit.assign_parameters(bound)


def amplitude_angles(amplitudes: np.ndarray) -> np.ndarray:
    """The 2^n - 1 RY angles (radians) that prepare real amplitudes [2^n], in circuit order.

    Möttönen et al., Quantum Inf. Comput. 5, 467 (2005): a tree whose level k rotates qubit k by
    an angle for each value of the qubits before it, each level made of RY and CX in Gray order.

    Example:
        >>> amplitude_angles(np.array([0.6, 0.8])).round(4).tolist()  # 2 atan2(0.8, 0.6)
        [1.8546]
    """
    amplitudes = np.asarray(amplitudes, dtype=float)
    qubits = int(np.log2(amplitudes.size))
    angles = []
    for level in range(qubits):
        branches = amplitudes.reshape(2**level, 2, -1)
        if level == qubits - 1:  # the leaves carry the signs
            left, right = branches[:, 0, 0], branches[:, 1, 0]
        else:
            left, right = np.linalg.norm(branches, axis=2).T
        tree_angles = 2 * np.arctan2(right, left)
        angles.append(_gray_walsh(level) @ tree_angles)
    return np.concatenate(angles)


def _gray_walsh(controls: int) -> np.ndarray:
    """The [2^k, 2^k] matrix from a multiplexed rotation's angles to those of its RY gates."""
    count = 2**controls
    matrix = np.empty((count, count))
    for row in range(count):
        gray = row ^ (row >> 1)
        for column in range(count):
            matrix[row, column] = (-1) ** (gray & column).bit_count() / count
    return matrix


def _prepare_amplitudes(qiskit: QuantumCircuit, angles: Sequence[Parameter]) -> None:
    position = 0
    for target in range(qiskit.num_qubits):
        for control in _gray_controls(target):
            qiskit.ry(angles[position], target)
            position += 1
            if control is not None:
                qiskit.cx(control, target)


def _gray_controls(controls: int) -> Iterator[int | None]:
    """The control wire of the CX after each RY of a multiplexed rotation on wire `controls`."""
    if controls == 0:
        yield None
        return
    count = 2**controls
    for step in range(1, count + 1):
        flipped = (step & -step).bit_length() - 1 if step < count else controls - 1
        yield controls - 1 - flipped
