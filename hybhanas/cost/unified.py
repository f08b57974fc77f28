"""The unified cost: all terms of one layout of a circuit, put together in seconds."""

from __future__ import annotations

from dataclasses import dataclass

from hybhanas.calibration import Calibration
from hybhanas.cost.classical_time import classical_time_s, training_flops
from hybhanas.cost.energy import log_energy_j
from hybhanas.cost.executions import log_effective_shots, training_circuits, training_jobs
from hybhanas.cost.logs import exp, log, log10, log_sum
from hybhanas.cost.model import CostModel, Device, Workload
from hybhanas.cost.noise import Survival
from hybhanas.cost.physical import PhysicalCircuit
from hybhanas.cost.quantum_time import (
    circuit_time_s,
    loading_s,
    log_execution_s,
    log_quantum_s,
    pause_s,
)
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
    circuit = _circuit(layout, model)
    executions = {
        phase: _executions(phase, layout, calibration, model, workload)
        for phase in ("inference", "training")
    }
    log_shots = _log_shots(layout, model)
    delay_s = executions[model.phase].rep_delay_s
    program_s = loading_s(model, circuit.two_qubit_gates)
    log_one_s = log_execution_s(log_shots, circuit.time_s, pause_s(model, delay_s), program_s)
    log_quantum = {
        phase: log_quantum_s(run.circuits, run.jobs, log_one_s, model)
        for phase, run in executions.items()
    }
    classical_s = {
        "inference": classical_time_s(classical_flops, device),
        "training": classical_time_s(training_flops(classical_flops, workload), device),
    }
    phase = model.phase
    log_energy = log_energy_j(
        log_quantum[phase], classical_s[phase], machine_power_w, device.power_w
    )
    return CostReport(
        circuit=circuit,
        noise=_noise(layout.survival),
        executions=executions[phase],
        time=_time(log_quantum, classical_s, phase),
        energy=Energy(total_j=exp(log_energy), log10_total_j=log10(log_energy)),
        parts=_parts(circuit, executions[phase], classical_s[phase], model),
        provenance=_provenance(layout, calibration, model, device),
    )


def _log_shots(layout: Layout, model: CostModel) -> float:
    return log_effective_shots(model.shots, layout.survival.log_p, model.sampling_exponent)


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


def _executions(
    phase: str, layout: Layout, calibration: Calibration, model: CostModel, workload: Workload
) -> Executions:
    log_shots = _log_shots(layout, model)
    per_sample = separate = circuits = layout.bases
    jobs = 1
    if phase == "training":
        per_sample, separate = layout.circuits_per_sample, layout.circuits_per_sample_separate
        circuits = training_circuits(workload, per_sample)
        jobs = training_jobs(workload, per_sample, calibration.max_circuits_per_job)
    return Executions(
        shots=model.shots,
        shots_effective=exp(log_shots),
        log10_shots_effective=log10(log_shots),
        rep_delay_s=calibration.rep_delay_s if model.repetition_delay else 0.0,
        circuits_per_sample=per_sample,
        circuits_per_sample_separate=separate,
        circuits=circuits,
        jobs=jobs,
    )


def _time(log_quantum: dict[str, float], classical_s: dict[str, float], phase: str) -> Time:
    log_total = log_sum(log_quantum[phase], log(classical_s[phase]))
    log_latency = log_sum(log_quantum["inference"], log(classical_s["inference"]))
    return Time(
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
    circuit: CircuitCost, executions: Executions, classical_s: float, model: CostModel
) -> Parts:
    waiting_s = pause_s(model, executions.rep_delay_s)
    shots = executions.circuits * model.shots
    routed_s = max(circuit.routing_s, 0.0)
    one_s = executions.shots_effective * (circuit.time_s + waiting_s)
    longer_s = max(loading_s(model, circuit.two_qubit_gates) - one_s, 0.0)
    extra_shots = executions.shots_effective - model.shots
    return Parts(
        gates_s=shots * (circuit.time_s - routed_s),
        routing_s=shots * routed_s,
        noise_s=executions.circuits * extra_shots * (circuit.time_s + waiting_s),
        repetition_delay_s=shots * waiting_s,
        program_loading_s=executions.circuits * (model.circuit_overhead_s + longer_s),
        job_s=executions.jobs * model.job_overhead_s,
        classical_s=classical_s,
    )


def _provenance(
    layout: Layout, calibration: Calibration, model: CostModel, device: Device
) -> Provenance:
    return Provenance(
        cost_model=model.name,
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
    )
