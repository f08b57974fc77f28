"""The circuit of a trained network in OpenQASM 3 and QPY, its weights bound."""

from __future__ import annotations

import io
from collections.abc import Iterable

import numpy as np
from qiskit import QuantumCircuit, qasm3, qpy
from qiskit.circuit import Parameter

from hybhanas.export.network import Halves
from hybhanas.qiskit_view import amplitude_angles, to_qiskit


def parameterised(halves: Halves) -> QuantumCircuit:
    """The circuit with bound weights, measured; its free parameters `x_0`, `x_1`, ... are inputs.

    Raises:
        CandidateError: a gate that Qiskit does not have.
    """
    circuit = to_qiskit(halves.circuit)
    values: dict[Parameter, Parameter | float] = {
        p: float(halves.weights[p.index])
        if p.vector.name == "weight"
        else Parameter(f"x_{p.index}")
        for p in circuit.parameters
    }
    bound = circuit.assign_parameters(values)
    bound.metadata = {"network": halves.name, "observables": [*map(list, _observables(halves))]}
    return bound


def bound(halves: Halves, features: np.ndarray) -> list[QuantumCircuit]:
    """The circuit of each prepared sample [samples, features], without a free parameter."""
    template = parameterised(halves)
    return [_at(template, row, halves.circuit.by_amplitude) for row in halves.inputs(features)]


def _at(template: QuantumCircuit, inputs: np.ndarray, by_amplitude: bool) -> QuantumCircuit:
    angles = amplitude_angles(inputs) if by_amplitude else inputs
    return template.assign_parameters(
        {p: float(angles[int(p.name.removeprefix("x_"))]) for p in template.parameters}
    )


def to_qasm3(halves: Halves, circuit: QuantumCircuit) -> bytes:
    """OpenQASM 3 whose comments say what goes in and what comes out."""
    outputs = ", ".join("".join(f" Z{wire}" for wire in one) for one in _observables(halves))
    comments = [
        f"circuit of {halves.name}, with its trained weights",
        f"the network reads the expectation values of{outputs}; bit i is of Z i",
    ]
    if circuit.parameters:
        comments.append(_inputs(halves))
    head, _, body = qasm3.dumps(circuit).partition("\n")
    return "\n".join([head, *(f"// {comment}" for comment in comments), body]).encode()


def to_qpy(circuit: QuantumCircuit) -> bytes:
    """Qiskit's own format, of one circuit."""
    content = io.BytesIO()
    qpy.dump(circuit, content)
    return content.getvalue()


def _inputs(halves: Halves) -> str:
    if halves.circuit.by_amplitude:
        return "x_k is angle k of hybhanas.qiskit_view.amplitude_angles(output of the encoder)"
    return "x_k is output k of the encoder, in radians"


def _observables(halves: Halves) -> Iterable[tuple[int, ...]]:
    return halves.circuit.observables
