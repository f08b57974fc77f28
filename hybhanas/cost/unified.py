"""The unified cost: all terms of one layout of a circuit, put together in seconds."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from hybhanas.calibration import Calibration
from hybhanas.cost.classical_time import classical_time_s, training_flops
from hybhanas.cost.energy import log_energy_j
from hybhanas.cost.executions import log_effective_shots, training_circuits, training_jobs
from hybhanas.cost.generations import ASSUMED, Generation, generation_of
from hybhanas.cost.logs import exp, log, log10, log_sum
from hybhanas.cost.model import CostModel, Device, Workload
from hybhanas.cost.noise import Survival
from hybhanas.cost.options import RuntimeOptions
from hybhanas.cost.physical import PhysicalCircuit
from hybhanas.cost.quantum_time import circuit_time_s, circuits_per_job, loading_s, pause_s
from hybhanas.cost.repetitions import Amplified, LogSeconds, Repeated, repeated
from hybhanas.cost.report import (
    CircuitCost,
    CostReport,
    Energy,
    Executions,
    NoiseCost,
    Parts,
    Provenance,
    Time,
)
from hybhanas.cost.schedule import Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A circuit brought to a machine, and what is known of it there.

    Args:
        qubits: of the circuit, before it was transpiled.
        circuits_per_sample: that a training step runs: one forward, and those of the gradient.
        circuits_per_sample_separate: if every angle were shifted alone.
        physical: transpiled.
        timed: when each instruction runs.
        survival: what noise leaves.
        all_to_all_s: the circuit's time if every pair of qubits were coupled.
        added_two_qubit_gates: by routing.
        transpiler_seed: that led to it.
        bases: circuits that one evaluation takes, each measured in another basis.
        p_survival_is: what P is, in words.
        amplified: the circuit at each noise factor of ZNE; empty without it.
        readout_s: of the circuit that learns readout errors.
    """

    qubits: int
    circuits_per_sample: int
    circuits_per_sample_separate: int
    physical: PhysicalCircuit
    timed: Schedule
    survival: Survival
    all_to_all_s: float
    added_two_qubit_gates: int
    transpiler_seed: int
    bases: int = 1
    p_survival_is: str = ""
    amplified: tuple[Amplified, ...] = ()
    readout_s: float = 0.0


def unified_cost(  # noqa: PLR0913 - the figures it joins
    layout: Layout,
    classical_flops: int,
    calibration: Calibration,
    model: CostModel,
    device: Device,
    workload: Workload,
    machine_power_w: float,
) -> CostReport:
    """Every term of a layout's cost.

    total = t_quantum + t_classical of the phase, in seconds; see `hybhanas.cost.quantum_time`,
    `hybhanas.cost.classical_time`, `hybhanas.cost.executions` and `hybhanas.cost.energy`. The
    arguments are those of `CostEstimator`.
    """
    constants = generation_of(model, calibration)
    circuit = _circuit(layout, model)
    log_shots = log_effective_shots(model.shots, layout.survival.log_p, model.sampling_exponent)
    alone = Amplified(
        noise_factor=1.0,
        time_s=circuit.time_s,
        two_qubit_gates=circuit.two_qubit_gates,
        log_p=layout.survival.log_p,
    )
    given = log_shots, calibration.rep_delay_s, constants
    with_options = repeated(layout.amplified or (alone,), layout.readout_s, model.options, *given)
    plain = repeated((alone,), layout.readout_s, RuntimeOptions(), *given)
    executions = {
        phase: _executions(
            phase, layout, calibration, model, workload, log_shots, with_options, constants
        )
        for phase in ("inference", "training")
    }
    seconds = {
        phase: with_options.log_seconds(run.circuits, run.jobs, constants)
        for phase, run in executions.items()
    }
    log_quantum = {phase: getattr(both, model.total) for phase, both in seconds.items()}
    classical_s = {
        "inference": classical_time_s(classical_flops, device),
        "training": classical_time_s(training_flops(classical_flops, workload), device),
    }
    phase = model.phase
    runs = executions[phase]
    of_runs = runs.circuits, runs.jobs
    log_energy = log_energy_j(
        log_quantum[phase], classical_s[phase], machine_power_w, device.power_w
    )
    return CostReport(
        circuit=circuit,
        noise=_noise(layout.survival),
        executions=runs,
        time=_time(seconds[phase], log_quantum, classical_s, model, constants),
        energy=Energy(total_j=exp(log_energy), log10_total_j=log10(log_energy)),
        parts=replace(
            _parts(circuit, runs, classical_s[phase], model, constants),
            options_s=_added_s(model, seconds[phase], plain.log_seconds(*of_runs, constants)),
        ),
        provenance=_provenance(layout, calibration, model, device, constants),
    )


def _added_s(model: CostModel, both: LogSeconds, plain: LogSeconds) -> float:
    """The seconds that options add to the quantum time of the cost model."""
    if not model.options.is_active:
        return 0.0
    total_s, without_s = (exp(getattr(one, model.total)) for one in (both, plain))
    return total_s - without_s if math.isfinite(total_s) else total_s


def _circuit(layout: Layout, model: CostModel) -> CircuitCost:
    physical, timed = layout.physical, layout.timed
    time_s = circuit_time_s(timed, model.timing)
    return CircuitCost(
        qubits=layout.qubits,
        depth=physical.depth,
        physical_instructions=sum(physical.counts.values()),
        two_qubit_gates=physical.two_qubit_gates,
        added_two_qubit_gates=layout.added_two_qubit_gates,
        time_s=time_s,
        scheduled_s=timed.duration_s,
        serial_s=timed.serial_s,
        all_to_all_s=layout.all_to_all_s,
        routing_s=time_s - layout.all_to_all_s,
        routing_ratio=time_s / layout.all_to_all_s,
    )


def _noise(survival: Survival) -> NoiseCost:
    return NoiseCost(
        p_gate=exp(survival.log_p_gate),
        p_readout=exp(survival.log_p_readout),
        p_idle=exp(survival.log_p_idle),
        p_survival=exp(survival.log_p),
        log10_p_survival=log10(survival.log_p),
    )


def _executions(  # noqa: PLR0913 - the figures it joins
    phase: str,
    layout: Layout,
    calibration: Calibration,
    model: CostModel,
    workload: Workload,
    log_shots: float,
    repeats: Repeated,
    constants: Generation,
) -> Executions:
    per_sample = separate = circuits = layout.bases
    jobs = 1
    if phase == "training":
        per_sample, separate = layout.circuits_per_sample, layout.circuits_per_sample_separate
        circuits = training_circuits(workload, per_sample)
        most = circuits_per_job(repeats.one.executions, constants, calibration.max_circuits_per_job)
        jobs = training_jobs(workload, per_sample, most)
    log_executions = repeats.log_executions(circuits, jobs)
    return Executions(
        shots=model.shots,
        shots_effective=exp(log_shots),
        log10_shots_effective=log10(log_shots),
        rep_delay_s=calibration.rep_delay_s,
        circuits_per_sample=per_sample,
        circuits_per_sample_separate=separate,
        circuits=circuits,
        jobs=jobs,
        total_executions=exp(log_executions),
        log10_total_executions=log10(log_executions),
    )


def _time(
    both: LogSeconds,
    log_quantum: dict[str, float],
    classical_s: dict[str, float],
    model: CostModel,
    constants: Generation,
) -> Time:
    phase = model.phase
    log_total = log_sum(log_quantum[phase], log(classical_s[phase]))
    log_latency = log_sum(log_quantum["inference"], log(classical_s["inference"]))
    qpu_s = exp(both.qpu)
    return Time(
        qpu_s=qpu_s,
        log10_qpu_s=log10(both.qpu),
        qpu_low_s=constants.low * qpu_s,
        qpu_high_s=constants.high * qpu_s,
        billed_s=qpu_s + (classical_s[phase] if model.mode == "session" else 0.0),
        effective_s=exp(both.effective),
        log10_effective_s=log10(both.effective),
        quantum_inference_s=exp(log_quantum["inference"]),
        quantum_training_s=exp(log_quantum["training"]),
        classical_inference_s=classical_s["inference"],
        classical_training_s=classical_s["training"],
        quantum_s=exp(log_quantum[phase]),
        total_s=exp(log_total),
        log10_total_s=log10(log_total),
        log10_total_spread=0.0,
        latency_s=exp(log_latency),
        log10_latency_s=log10(log_latency),
    )


def _parts(
    circuit: CircuitCost,
    runs: Executions,
    classical_s: float,
    model: CostModel,
    constants: Generation,
) -> Parts:
    shots = runs.circuits * model.shots
    routed_s = max(circuit.routing_s, 0.0)
    extra_shots = runs.circuits * (runs.shots_effective - model.shots)
    waiting_s = pause_s(constants, runs.rep_delay_s) if model.total == "qpu" else 0.0
    parts = Parts(
        gates_s=shots * (circuit.time_s - routed_s),
        routing_s=shots * routed_s,
        noise_s=extra_shots * (circuit.time_s + waiting_s),
        repetition_delay_s=shots * waiting_s,
        program_loading_s=0.0,
        job_s=0.0,
        classical_s=classical_s,
    )
    if model.total == "effective":
        return parts
    one_s = runs.shots_effective * (circuit.time_s + waiting_s)
    longer_s = max(loading_s(constants, circuit.two_qubit_gates) - one_s, 0.0)
    return replace(
        parts,
        program_loading_s=runs.circuits * (constants.circuit_overhead_s + longer_s),
        job_s=runs.jobs * constants.job_overhead_s,
    )


def _provenance(
    layout: Layout,
    calibration: Calibration,
    model: CostModel,
    device: Device,
    constants: Generation,
) -> Provenance:
    return Provenance(
        cost_model=model.name,
        total=model.total,
        generation=constants.name + (ASSUMED if constants.assumed else ""),
        mode=model.mode,
        phase=model.phase,
        timing=model.timing,
        faults=model.faults,
        gradient=model.gradient,
        idle=model.idle,
        sampling_exponent=model.sampling_exponent,
        compiler=model.compiler,
        optimization_level=model.optimization_level,
        transpiler_seed=layout.transpiler_seed,
        layouts=model.layouts,
        device=device.name,
        calibration=calibration.name,
        calibration_date=calibration.date.isoformat(),
        calibration_hash=calibration.hash,
        p_survival_is=layout.p_survival_is,
        options=model.options.words(),
    )
