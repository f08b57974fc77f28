"""HQNN circuits under a machine's noise in Aer: exact density matrices of the qubits used."""

from __future__ import annotations

import numpy as np
from qiskit import QuantumCircuit
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel

from hybhanas.architecture import Architecture
from hybhanas.calibration import Calibration
from hybhanas.circuit import lay_out
from hybhanas.cost.physical import from_qiskit
from hybhanas.cost.schedule import schedule
from hybhanas.cost.target import build_target
from hybhanas.qiskit_view import to_qiskit
from hybhanas.verify.aer import NoisyMachine, reduced_target

MOST_QUBITS = 8
"""With more qubits a density matrix takes minutes per circuit."""

LEVEL = 2


class NoisyCircuit:
    """An architecture's circuit, transpiled to a machine and simulated with its noise.

    Noise is gate errors and relaxation of the used qubits by Aer's own model of the machine, idle
    noise by explicit delays, and the readout's factor 1 - 2r of every measured qubit.

    Raises:
        ValueError: routing took more than MOST_QUBITS qubits.
    """

    def __init__(self, calibration: Calibration, architecture: Architecture, seed: int = 1):
        self._calibration = calibration
        target, physical = build_target(calibration)
        passes = generate_preset_pass_manager(LEVEL, target=target, seed_transpiler=seed)
        gates = lay_out(architecture)
        self._source = passes.run(to_qiskit(gates))
        self.circuit = from_qiskit(self._source, physical)
        self.timed = schedule(self.circuit, calibration)
        self.observables = [tuple(self.circuit.measured[w] for w in o) for o in gates.observables]
        used = sorted({q for step in self.circuit.instructions for q in step.qubits})
        if len(used) > MOST_QUBITS:
            raise ValueError(f"{len(used)} qubits are used")
        self.qubits = len(used)
        self._column = {qubit: i for i, qubit in enumerate(used)}
        noise = NoiseModel.from_backend(NoisyMachine(reduced_target(calibration, used)))
        self._simulator = AerSimulator(
            method="density_matrix", noise_model=noise, max_parallel_threads=1
        )
        bits = (np.arange(2**self.qubits)[:, None] >> np.arange(self.qubits)) & 1
        self.signs = np.stack(
            [
                np.prod(1 - 2 * bits[:, [self._column[q] for q in o]], axis=1)
                for o in self.observables
            ],
            axis=1,
        )
        self.readout = np.array(
            [
                np.prod([1 - 2 * calibration.qubits[q].readout_error for q in o])
                for o in self.observables
            ]
        )

    def probabilities(
        self, idle: bool, draws: int, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """Ideal and noisy probabilities, each [draws, 2^qubits], for random weights and inputs.

        The noisy ones do not include readout errors.
        """
        angles = rng.uniform(-np.pi, np.pi, size=(draws, self._reduced(idle).num_parameters))
        ideal = _probabilities(AerSimulator(method="statevector"), self._reduced(False), angles)
        return ideal, _probabilities(self._simulator, self._reduced(idle), angles)

    def read(self, probabilities: np.ndarray) -> np.ndarray:
        """Probabilities [2^qubits] after readout errors on every measured qubit."""
        tensor = probabilities.reshape((2,) * self.qubits)
        for qubit in dict.fromkeys(self.circuit.measured.values()):
            axis = self.qubits - 1 - self._column[qubit]  # qubit 0 is the least significant
            flipped = self._calibration.qubits[qubit].readout_error
            tensor = (1 - flipped) * tensor + flipped * np.flip(tensor, axis)
        return tensor.ravel()

    def _reduced(self, idle: bool) -> QuantumCircuit:
        """The transpiled circuit on the used qubits, idle times as delays, unmeasured."""
        waits: dict[int, list[tuple[int, float]]] = {}
        for qubit, seconds, before in self.timed.idle if idle else ():
            waits.setdefault(before, []).append((self._column[qubit], seconds))
        reduced = QuantumCircuit(self.qubits)
        steps = zip(self.circuit.instructions, self._source.data, strict=True)
        for index, (step, source) in enumerate(steps):
            for place, seconds in waits.get(index, ()):
                reduced.delay(seconds, place, unit="s")
            if step.name not in ("measure", "barrier"):
                reduced.append(source.operation, [self._column[q] for q in step.qubits])
        return reduced


def _probabilities(
    simulator: AerSimulator, circuit: QuantumCircuit, angles: np.ndarray
) -> np.ndarray:
    """Of every basis state, [draws, 2^qubits], for angles [draws, parameters]. Aer prepares the
    circuit once and binds the angles itself, which takes a quarter of the time of run after run.
    """
    circuit.save_probabilities()
    binds = [dict(zip(circuit.parameters, angles.T.tolist(), strict=True))]
    result = simulator.run(circuit, parameter_binds=binds).result()
    return np.array([result.data(i)["probabilities"] for i in range(len(angles))])
