"""The circuit of a trained network as a Python file that needs PennyLane alone."""

from __future__ import annotations

from hybhanas.circuit import Circuit
from hybhanas.errors import ConfigError
from hybhanas.export.network import Halves
from hybhanas.gates import AMPLITUDE, GATES, Gate

NAME = "pennylane_circuit"

OPERATIONS = {
    "x": "PauliX", "y": "PauliY", "z": "PauliZ", "h": "Hadamard", "s": "S", "t": "T", "sx": "SX",
    "cx": "CNOT", "cy": "CY", "cz": "CZ", "swap": "SWAP", "iswap": "ISWAP",
    "rx": "RX", "ry": "RY", "rz": "RZ", "p": "PhaseShift", "u1": "PhaseShift",
    "crx": "CRX", "cry": "CRY", "crz": "CRZ",
    "rxx": "IsingXX", "ryy": "IsingYY", "rzz": "IsingZZ",
}  # fmt: skip
"""Gates by their names here and in PennyLane."""

_TEMPLATE = '''"""The circuit of {title}, with its trained weights.

    from {module} import circuit
    values = circuit(inputs)    # [batch, {inputs}] or [{inputs}]: {meaning}

`template` is the circuit alone, for a quantum function of your own; give `weights` to train on.
"""

import pennylane as qml
from pennylane import numpy as np

WEIGHTS = np.array({weights}, requires_grad=True)  # radians
DEVICE = qml.device("default.qubit", wires={qubits})


def template(inputs, weights=WEIGHTS):
    inputs = inputs if hasattr(inputs, "shape") else np.array(inputs)
{steps}

@qml.qnode(DEVICE)
def circuit(inputs, weights=WEIGHTS):
    template(inputs, weights)
    return [
{observables}    ]
'''


def files(halves: Halves) -> dict[str, bytes]:
    """The source of the circuit, with its weights.

    Raises:
        ConfigError: a gate that PennyLane does not have.
    """
    circuit = halves.circuit
    values = ", ".join(repr(float(weight)) for weight in halves.weights)
    amplitudes = "amplitudes of length 1" if circuit.by_amplitude else "radians"
    text = _TEMPLATE.format(
        title=halves.name,
        module=NAME,
        inputs=circuit.inputs,
        meaning=f"outputs of the encoder, {amplitudes}",
        weights=f"[{values}]",
        qubits=circuit.qubits,
        steps="".join(f"    {_step(gate, circuit)}\n" for gate in circuit.gates),
        observables="".join(f"        {_observable(one)},\n" for one in circuit.observables),
    )
    return {f"{NAME}.py": text.encode()}


def _step(gate: Gate, circuit: Circuit) -> str:
    wires = [*gate.wires]
    if gate.name == AMPLITUDE:
        return f"qml.AmplitudeEmbedding(inputs, wires=range({circuit.qubits}), normalize=True)"
    angle = " * ".join(f"inputs[..., {i}]" for i in gate.inputs)
    if gate.weight is not None:
        angle = f"weights[{gate.weight}]"
    if gate.name in OPERATIONS:
        return f"qml.{OPERATIONS[gate.name]}({f'{angle}, ' if angle else ''}wires={wires})"
    spec = GATES.get(gate.name)
    if spec is not None and spec.generator and not spec.control:
        return f"qml.PauliRot({angle}, {spec.generator!r}, wires={wires})"
    if spec is not None and spec.matrix is not None:
        rows = [list(row) for row in spec.matrix]
        return f"qml.QubitUnitary(np.array({rows}, requires_grad=False), wires={wires})"
    raise ConfigError(
        f"format=pennylane is not accepted: PennyLane has no gate for {gate.name}; accepted: "
        "circuits of the gates in hybhanas/gates.py"
    )


def _observable(wires: tuple[int, ...]) -> str:
    return f"qml.expval({' @ '.join(f'qml.PauliZ({wire})' for wire in wires)})"
