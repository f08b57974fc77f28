"""How often circuits run: shots, circuits of a gradient, jobs."""

from __future__ import annotations

import math

from qiskit import QuantumCircuit
from qiskit.circuit import ParameterExpression

from hybhanas.cost.model import Workload
from hybhanas.gates import shift_terms


def log_effective_shots(shots: int, log_p_survival: float, exponent: int) -> float:
    """The log of the shots that give, in spite of noise, what `shots` would give without.

    shots_eff = shots / P^k, unitless, with k the sampling exponent: 2 restores the standard error
    of an expectation value that noise has shrunk by P, 1 the number of runs without a fault.
    """
    return math.log(shots) - exponent * log_p_survival


def gradient_circuits(circuit: QuantumCircuit) -> int:
    """Circuits that the parameter-shift rule runs for the derivatives by all parameters.

    N = sum of the shift terms (2 or 4) of a gate, over its angles that are parameters. Encoding
    angles count as well: trainable layers before the circuit need their derivatives.
    """
    return sum(
        shift_terms(step.name)
        for step in circuit.data
        for angle in step.params
        if isinstance(angle, ParameterExpression) and angle.parameters
    )


def training_circuits(workload: Workload, circuits_per_sample: int) -> int:
    """Circuits of a training: epochs x samples x (1 forward + those of the gradient)."""
    return workload.epochs * workload.samples * circuits_per_sample


def training_jobs(workload: Workload, circuits_per_sample: int, max_circuits_per_job: int) -> int:
    """Jobs of a training: epochs x sum over batches of ceil(B x circuits / circuits per job).

    The circuits of one step are known together, those of two steps are not.
    """
    full, rest = divmod(workload.samples, workload.batch_size)
    per_epoch = full * math.ceil(workload.batch_size * circuits_per_sample / max_circuits_per_job)
    per_epoch += math.ceil(rest * circuits_per_sample / max_circuits_per_job)
    return workload.epochs * per_epoch
