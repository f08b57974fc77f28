"""From a circuit and FLOPs to a CostReport: the unified cost in seconds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from qiskit import QuantumCircuit
from qiskit.circuit import ParameterExpression

from hybhanas.calibration import Calibration
from hybhanas.calibration.record import fully_connected
from hybhanas.circuit import Circuit
from hybhanas.cost.model import CostModel, Device, Workload
from hybhanas.cost.noise import Success, success
from hybhanas.cost.pauli_paths import observable_success
from hybhanas.cost.physical import PhysicalCircuit
from hybhanas.cost.report import CostReport
from hybhanas.cost.schedule import Schedule, schedule
from hybhanas.cost.transpile import Transpiler
from hybhanas.errors import ConfigError
from hybhanas.gates import shift_terms
from hybhanas.qiskit_view import to_qiskit

BACKWARD_AND_FORWARD = 3
"""FLOPs of a training step over those of its forward pass: the backward pass is about two."""


class CostEstimator:
    """Costs circuits on one machine under one cost model.

    Args:
        calibration: the machine, repaired.
        model: the settings of the cost.
        device: what runs the classical half.
        workload: the training that the training phase means.
        machine_power_w: electrical power of the whole quantum machine, in watts.
        cache: see `Transpiler`.
    """

    def __init__(
        self,
        calibration: Calibration,
        model: CostModel,
        device: Device,
        workload: Workload,
        machine_power_w: float,
        cache: Path | None = None,
    ):
        if not 0 < machine_power_w < math.inf:
            raise ConfigError(f"backend.power_w={machine_power_w} is not accepted: above 0")
        self.calibration, self.model = calibration, model
        self.device, self.workload = device, workload
        self.machine_power_w = machine_power_w
        self._cache = cache
        seeds = range(model.transpiler_seed, model.transpiler_seed + model.layouts)
        self._transpilers = {seed: self._transpiler(calibration, seed) for seed in seeds}
        self._unrouted: dict[int, tuple[Calibration, Transpiler]] = {}
        self._known: dict[tuple[Circuit, int], CostReport] = {}

    def __call__(self, circuit: Circuit, classical_flops: int) -> CostReport:
        """The cost of an HQNN; one that was asked before is answered from memory.

        Args:
            circuit: its quantum circuit.
            classical_flops: operations of its classical layers for one sample forward.

        Raises:
            CandidateError: the circuit does not fit the machine.
        """
        key = circuit, classical_flops
        if key not in self._known:
            self._known[key] = self.of(to_qiskit(circuit), classical_flops, circuit.observables)
        return self._known[key]

    def of(
        self,
        circuit: QuantumCircuit,
        classical_flops: int = 0,
        observables: Sequence[tuple[int, ...]] | None = None,
    ) -> CostReport:
        """The cost of any Qiskit circuit; the arguments and errors are those of a call.

        `observables` are products of Z, each by the classical bits it is read from; None stands
        for Z of every measured bit.
        """
        routed = {seed: transpile(circuit) for seed, transpile in self._transpilers.items()}
        timed = {seed: schedule(physical, self.calibration) for seed, physical in routed.items()}
        reference, unrouted = self._all_to_all(circuit)
        all_to_all_s = self.time_s(schedule(unrouted, reference))
        circuits_per_sample = 1 + shift_circuits(circuit)
        reports = [
            _report(
                qubits=circuit.num_qubits,
                circuits_per_sample=circuits_per_sample,
                physical=physical,
                timed=timed[seed],
                chance=self._success(physical, timed[seed], observables),
                all_to_all_s=all_to_all_s,
                added_two_qubit_gates=physical.two_qubit_gates - unrouted.two_qubit_gates,
                classical_flops=classical_flops,
                transpiler_seed=seed,
                estimator=self,
            )
            for seed, physical in routed.items()
        ]
        costs = [report.log10_total_s for report in reports]
        cheapest = reports[costs.index(min(costs))]
        return replace(cheapest, log10_total_spread=max(costs) - min(costs))

    def _success(
        self,
        physical: PhysicalCircuit,
        timed: Schedule,
        observables: Sequence[tuple[int, ...]] | None,
    ) -> Success:
        if self.model.faults == "whole_circuit":
            return success(physical, self.calibration, timed, self.model.idle)
        bits = [(i,) for i in range(len(physical.measured))] if observables is None else observables
        return observable_success(
            physical,
            self.calibration,
            timed,
            self.model.idle,
            [tuple(physical.measured[bit] for bit in product) for product in bits],
            self.model.transpiler_seed,
        )

    def time_s(self, timed: Schedule) -> float:
        """A circuit's time by the model's timing."""
        return timed.duration_s if self.model.timing == "scheduled" else timed.serial_s

    def _all_to_all(self, circuit: QuantumCircuit) -> tuple[Calibration, PhysicalCircuit]:
        width = circuit.num_qubits
        if width not in self._unrouted:
            reference = fully_connected(self.calibration, width)
            transpiler = self._transpiler(reference, self.model.transpiler_seed)
            self._unrouted[width] = reference, transpiler
        reference, transpile = self._unrouted[width]
        return reference, transpile(circuit)

    def _transpiler(self, calibration: Calibration, seed: int) -> Transpiler:
        model = self.model
        return Transpiler(
            calibration, model.optimization_level, seed, self._cache, compiler=model.compiler
        )


def shift_circuits(circuit: QuantumCircuit) -> int:
    """Circuits that the parameter-shift rule runs for the derivatives by all parameters.

    The shift terms of its gate for each angle that is a parameter. Encoding angles count as well:
    trainable layers before the circuit need their derivatives.
    """
    return sum(
        shift_terms(step.name)
        for step in circuit.data
        for angle in step.params
        if isinstance(angle, ParameterExpression) and angle.parameters
    )


def _report(
    qubits: int,
    circuits_per_sample: int,
    physical: PhysicalCircuit,
    timed: Schedule,
    chance: Success,
    all_to_all_s: float,
    added_two_qubit_gates: int,
    classical_flops: int,
    transpiler_seed: int,
    estimator: CostEstimator,
) -> CostReport:
    model, calibration = estimator.model, estimator.calibration
    device, workload = estimator.device, estimator.workload
    circuit_s = estimator.time_s(timed)
    rep_delay_s = (calibration.rep_delay_s or 0.0) if model.repetition_delay else 0.0
    pause_s = rep_delay_s + model.execution_overhead_s
    log_shots = math.log(model.shots) - model.sampling_exponent * chance.log_p
    instructions = sum(physical.counts.values())
    loading_s = model.program_loading_s * physical.two_qubit_gates
    log_circuit_s = max(log_shots + math.log(circuit_s + pause_s), _log(loading_s))

    circuits = circuits_per_sample
    runs = {"inference": 1, "training": workload.epochs * workload.samples * circuits}
    jobs = {"inference": 1, "training": _jobs(workload, circuits, calibration)}
    flops = {
        "inference": classical_flops,
        "training": BACKWARD_AND_FORWARD * classical_flops * workload.samples * workload.epochs,
    }
    log_quantum = {
        phase: _log_sum(
            math.log(runs[phase]) + log_circuit_s,
            _log(runs[phase] * model.circuit_overhead_s),
            _log(jobs[phase] * model.job_overhead_s),
        )
        for phase in runs
    }
    classical_s = {phase: device.seconds(flops[phase]) for phase in runs}
    phase = model.phase
    log_total = _log_sum(log_quantum[phase], _log(classical_s[phase]))
    log_latency = _log_sum(log_quantum["inference"], _log(classical_s["inference"]))
    log_energy = _log_sum(
        log_quantum[phase] + _log(estimator.machine_power_w),
        _log(classical_s[phase] * device.power_w),
    )

    shots_effective = _exp(log_shots)
    shots_run = runs[phase] * model.shots
    routing_s = circuit_s - all_to_all_s
    routed_s = max(routing_s, 0.0)
    longer_s = max(loading_s - shots_effective * (circuit_s + pause_s), 0.0)
    return CostReport(
        qubits=qubits,
        depth=physical.depth,
        physical_instructions=instructions,
        two_qubit_gates=physical.two_qubit_gates,
        added_two_qubit_gates=added_two_qubit_gates,
        circuit_s=circuit_s,
        scheduled_s=timed.duration_s,
        serial_s=timed.serial_s,
        all_to_all_s=all_to_all_s,
        routing_s=routing_s,
        routing_ratio=circuit_s / all_to_all_s,
        p_gate=_exp(chance.log_p_gate),
        p_readout=_exp(chance.log_p_readout),
        p_idle=_exp(chance.log_p_idle),
        p_success=_exp(chance.log_p),
        log10_p_success=chance.log_p / math.log(10),
        shots=model.shots,
        shots_effective=shots_effective,
        log10_shots_effective=log_shots / math.log(10),
        rep_delay_s=rep_delay_s,
        circuits_per_sample=1 if phase == "inference" else circuits,
        executions=runs[phase],
        jobs=jobs[phase],
        quantum_inference_s=_exp(log_quantum["inference"]),
        quantum_training_s=_exp(log_quantum["training"]),
        classical_inference_s=classical_s["inference"],
        classical_training_s=classical_s["training"],
        quantum_s=_exp(log_quantum[phase]),
        total_s=_exp(log_total),
        log10_total_s=log_total / math.log(10),
        log10_total_spread=0.0,
        latency_s=_exp(log_latency),
        log10_latency_s=log_latency / math.log(10),
        energy_j=_exp(log_energy),
        log10_energy_j=log_energy / math.log(10),
        gates_s=shots_run * (circuit_s - routed_s),
        routing_total_s=shots_run * routed_s,
        noise_s=runs[phase] * (shots_effective - model.shots) * (circuit_s + pause_s),
        repetition_delay_s=shots_run * pause_s,
        program_loading_s=runs[phase] * (model.circuit_overhead_s + longer_s),
        job_s=jobs[phase] * model.job_overhead_s,
        classical_s=classical_s[phase],
        cost_model=model.name,
        phase=phase,
        timing=model.timing,
        faults=model.faults,
        idle=model.idle,
        sampling_exponent=model.sampling_exponent,
        compiler=model.compiler,
        optimization_level=model.optimization_level,
        transpiler_seed=transpiler_seed,
        layouts=model.layouts,
        device=device.name,
        calibration=calibration.name,
        calibration_date=calibration.date.isoformat(),
        calibration_hash=calibration.hash,
    )


def _jobs(workload: Workload, circuits_per_sample: int, calibration: Calibration) -> int:
    """Jobs of a training: the circuits of one step are known together, those of two are not."""
    full, rest = divmod(workload.samples, workload.batch_size)
    most = calibration.max_circuits_per_job
    per_epoch = full * math.ceil(workload.batch_size * circuits_per_sample / most)
    per_epoch += math.ceil(rest * circuits_per_sample / most)
    return workload.epochs * per_epoch


def _log(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf


def _exp(value: float) -> float:
    return math.exp(value) if value < 709 else math.inf


def _log_sum(*logs: float) -> float:
    """Log of the sum of exponentials, without leaving the range of a double."""
    top = max(logs)
    if top == -math.inf:
        return top
    return top + math.log(sum(math.exp(value - top) for value in logs))
