"""Aer with the noise of a calibration, cut to the qubits that a circuit uses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from qiskit.circuit import Delay, Measure, Parameter
from qiskit.primitives import BackendSamplerV2
from qiskit.providers import BackendV2, Options
from qiskit.transpiler import InstructionProperties, QubitProperties, Target

from hybhanas.calibration import Calibration
from hybhanas.cost.target import build_target
from hybhanas.errors import CandidateError, ConfigError
from hybhanas.verify.laid_out import REGISTER, LaidOut
from hybhanas.verify.pieces import Piece

MOST_QUBITS = 10
"""A density matrix of one more takes four times as long; of ten, seconds for each sample."""


class NoisyMachine(BackendV2):
    """A target as a backend from which Aer builds its noise model; it runs nothing."""

    max_circuits = None

    def __init__(self, target: Target):
        super().__init__(name="machine")
        self._target = target

    @property
    def target(self) -> Target:  # noqa: D102
        return self._target

    @classmethod
    def _default_options(cls) -> Options:
        return Options()

    def run(self, *_: object, **__: object) -> None:  # noqa: D102
        raise RuntimeError("it only describes noise")


class Aer:
    """A sampler with a machine's noise: gate errors and relaxation, idle times, readout errors.

    Raises:
        ConfigError: qiskit-aer is not installed.
        CandidateError: the circuit uses more than MOST_QUBITS qubits.
    """

    def __init__(self, laid_out: LaidOut):
        try:
            from qiskit_aer import AerSimulator
            from qiskit_aer.noise import NoiseModel
        except ImportError:
            raise ConfigError(
                "verify.on=aer is not accepted: qiskit-aer is not installed: "
                "pip install 'hybhanas[verify]'"
            ) from None
        if len(laid_out.used) > MOST_QUBITS:
            raise CandidateError(
                f"its transpiled circuit uses {len(laid_out.used)} qubits; Aer simulates noise of "
                f"up to {MOST_QUBITS}"
            )
        self.circuit = laid_out.reduced
        target = reduced_target(laid_out.calibration, laid_out.used, readout=True)
        noise = NoiseModel.from_backend(NoisyMachine(target))
        self._simulator = AerSimulator(method="density_matrix", noise_model=noise)

    def run(self, values: np.ndarray, shots: int, seed: int, job: Path) -> Piece:
        """See `hybhanas.verify.pieces.Sampler.run`."""
        options = {"seed_simulator": seed, "default_shots": shots}
        sampler = BackendSamplerV2(backend=self._simulator, options=options)
        result = sampler.run([(self.circuit, values)], shots=shots).result()
        return Piece(read(result[0], len(values)))


def read(result: object, rows: int) -> list[dict[int, int]]:
    """The counts of each row of a PUB's result."""
    bits = getattr(result.data, REGISTER)  # type: ignore[attr-defined]
    return [dict(bits[row].get_int_counts()) for row in range(rows)]


def reduced_target(calibration: Calibration, used: Sequence[int], readout: bool = False) -> Target:
    """The target cut to some of a machine's qubits, numbered from 0 in their order.

    Args:
        calibration: of the machine.
        used: its qubits to keep.
        readout: with the errors of measurements.
    """
    full, physical = build_target(calibration)
    place = {physical.index(qubit): i for i, qubit in enumerate(used)}
    decay = [calibration.qubits[q] for q in used]
    target = Target(
        num_qubits=len(used),
        dt=1e-9,
        qubit_properties=[QubitProperties(t1=q.t1_s, t2=q.t2_s) for q in decay],
    )
    for name in calibration.gates:
        kept: dict[tuple[int, ...], InstructionProperties] = {
            tuple(place[q] for q in at): properties
            for at, properties in full[name].items()
            if all(q in place for q in at)
        }
        if kept:
            target.add_instruction(full.operation_from_name(name), kept)
    if readout:
        target.add_instruction(
            Measure(),
            {
                (i,): InstructionProperties(q.readout_s, q.readout_error)
                for i, q in enumerate(decay)
            },
        )
    target.add_instruction(Delay(Parameter("t")), {(i,): None for i in range(len(used))})
    return target
