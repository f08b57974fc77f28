"""How often circuits run: shots, circuits of a gradient, jobs."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qiskit import QuantumCircuit

from hybhanas.cost.gradient import plan
from hybhanas.cost.model import CostModel, Workload


def log_effective_shots(shots: int, log_p_survival: float, exponent: int) -> float:
    """The log of the shots that give, in spite of noise, what `shots` would give without.

    shots_eff = shots / P^k, unitless, with k the sampling exponent: 2 restores the standard error
    of an expectation value that noise has shrunk by P, 1 the number of runs without a fault.
    """
    return math.log(shots) - exponent * log_p_survival


def gradient_circuits(
    circuit: QuantumCircuit, observables: Sequence[Sequence[int]] | None, model: CostModel
) -> tuple[int, int]:
    """Circuits of the gradient for one sample, and how many if every angle were shifted alone.

    parameter_shift: N of `hybhanas.cost.gradient`, exact. spsa: 2 k, k being `spsa_repeats`: both
    directions of a random perturbation of all angles, k times, averaged (Spall, IEEE Trans. Autom.
    Control 37, 332 (1992); qiskit-algorithms' SPSAEstimatorGradient with a batch_size of k).

    Args:
        circuit: measured.
        observables: see `hybhanas.cost.gradient.plan`.
        model: for `gradient`, `spsa_repeats` and `input_gradients`.
    """
    planned = plan(circuit, observables, model.input_gradients)
    if model.gradient == "spsa":
        return 2 * model.spsa_repeats * bool(planned.separate_circuits), planned.separate_circuits
    return planned.circuits, planned.separate_circuits


def training_circuits(workload: Workload, circuits_per_sample: int, forward: int = 1) -> int:
    """Circuits of a training, its validations included.

    epochs x samples x (forward + those of the gradient) + validations x validation samples x
    forward, where forward is 1 for observables that are read from one circuit.
    """
    validated = workload.validations * workload.validation_samples * forward
    return workload.epochs * workload.samples * circuits_per_sample + validated


def training_jobs(
    workload: Workload, circuits_per_sample: int, max_circuits_per_job: int, forward: int = 1
) -> int:
    """Jobs of a training: epochs x sum over batches of ceil(B x circuits / circuits per job), and
    those of its validations, whose samples are all known together.

    The circuits of one step are known together, those of two steps are not.
    """
    full, rest = divmod(workload.samples, workload.batch_size)
    per_epoch = full * math.ceil(workload.batch_size * circuits_per_sample / max_circuits_per_job)
    per_epoch += math.ceil(rest * circuits_per_sample / max_circuits_per_job)
    per_validation = math.ceil(workload.validation_samples * forward / max_circuits_per_job)
    return workload.epochs * per_epoch + workload.validations * per_validation
