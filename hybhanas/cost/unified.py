"""The unified cost: all terms of one layout of a circuit, put together in seconds."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from hybhanas.calibration import Calibration
from hybhanas.calibration.price import MISSING, Price, plans
from hybhanas.cost.bands import EXACT, Band, age_days, combined, survival_powers
from hybhanas.cost.classical_half import ClassicalHalf
from hybhanas.cost.classical_time import classical_time_s
from hybhanas.cost.energy import log_energy_j
from hybhanas.cost.executions import log_effective_shots, training_circuits, training_jobs
from hybhanas.cost.generations import ASSUMED, Generation, generation_of
from hybhanas.cost.layout import Layout
from hybhanas.cost.logs import exp, log, log10, log_sum
from hybhanas.cost.model import CostModel, Device, Workload
from hybhanas.cost.money import log_cost_usd
from hybhanas.cost.noise import Survival
from hybhanas.cost.options import RuntimeOptions
from hybhanas.cost.parts import circuit_of, parts_of
from hybhanas.cost.quantum_time import circuits_per_job
from hybhanas.cost.repetitions import Amplified, LogSeconds, Repeated, repeated
from hybhanas.cost.report import (
    CircuitCost,
    CostReport,
    Energy,
    Executions,
    Money,
    NoiseCost,
    Provenance,
    Time,
)


def unified_cost(  # noqa: PLR0913 - the figures it joins
    layout: Layout,
    half: ClassicalHalf,
    calibration: Calibration,
    model: CostModel,
    device: Device,
    workload: Workload,
    machine_power_w: float,
    price: Price | None = None,
) -> CostReport:
    """Every term of a layout's cost.

    total = t_quantum + t_classical of the phase, in seconds; see `hybhanas.cost.quantum_time`,
    `hybhanas.cost.classical_time`, `hybhanas.cost.executions` and `hybhanas.cost.energy`. The
    arguments are those of `CostEstimator`.
    """
    constants = generation_of(model, calibration)
    circuit = circuit_of(layout, model)
    run = partial(_run, layout, circuit, calibration, model, workload, constants)
    both = {phase: run(phase) for phase in ("inference", "training")}
    log_quantum = {phase: getattr(one, model.total) for phase, one in both.items()}
    classical_s = {
        phase: classical_time_s(phase, half, workload, device, one.runs.jobs, model.total)
        for phase, one in both.items()
    }
    phase = model.phase
    powers = survival_powers(model, calibration, layout.survival)
    ends = _Ends(run(phase, powers.low), run(phase, powers.high))
    log_energy = log_energy_j(
        log_quantum[phase], classical_s[phase], machine_power_w, device.power_w
    )
    return CostReport(
        circuit=circuit,
        noise=_noise(layout.survival, powers),
        executions=both[phase].runs,
        time=_time(both[phase], ends, log_quantum, classical_s, model, constants),
        energy=Energy(total_j=exp(log_energy), log10_total_j=log10(log_energy)),
        parts=replace(
            parts_of(circuit, both[phase].runs, classical_s[phase], model, constants),
            options_s=_added_s(model, both[phase]),
        ),
        provenance=_provenance(layout, calibration, model, device, constants, price),
        money=None
        if price is None
        else _money(price, both[phase], ends, classical_s[phase], model, constants),
    )


class _Run(NamedTuple):
    """How often circuits run in a phase, and the logs of shots and of its two quantum times."""

    runs: Executions
    shots: float
    qpu: float
    effective: float
    plain: LogSeconds  # without options

    @property
    def total_shots(self) -> float:
        """The log of the shots of a circuit with all that runs in its place."""
        return self.runs.log10_total_executions * math.log(10) - math.log(self.runs.circuits)


def _run(  # noqa: PLR0913 - the figures it joins
    layout: Layout,
    circuit: CircuitCost,
    calibration: Calibration,
    model: CostModel,
    workload: Workload,
    constants: Generation,
    phase: str,
    power: float = 1.0,
) -> _Run:
    """A phase if P were itself to a power."""
    log_p = power * layout.survival.log_p
    log_shots = log_effective_shots(model.noiseless_shots, log_p, model.sampling_exponent)
    alone = Amplified(
        noise_factor=1.0,
        time_s=circuit.time_s,
        two_qubit_gates=circuit.two_qubit_gates,
        log_p=log_p,
    )
    given = log_shots, calibration.rep_delay_s, constants
    repeats = repeated(layout.amplified or (alone,), layout.readout_s, model.options, *given)
    runs = _executions(phase, layout, calibration, model, workload, log_shots, repeats, constants)
    of_runs = runs.circuits, runs.jobs, constants
    plain = repeated((alone,), layout.readout_s, RuntimeOptions(), *given).log_seconds(*of_runs)
    return _Run(runs, log_shots, *repeats.log_seconds(*of_runs), plain)


class _Ends(NamedTuple):
    """A phase at the ends of the band of P: where most and where least survives."""

    mild: _Run
    harsh: _Run

    def band(self, estimate: _Run, of: str) -> Band:
        """The factors by which a figure of which _Run has the log deviates."""
        logs = [getattr(one, of) - getattr(estimate, of) for one in self]
        return Band(exp(logs[0]), exp(logs[1]))


def _added_s(model: CostModel, run: _Run) -> float:
    """The seconds that options add to the quantum time of the cost model."""
    if not model.options.is_active:
        return 0.0
    total_s, without_s = (exp(getattr(one, model.total)) for one in (run, run.plain))
    return total_s - without_s if math.isfinite(total_s) else total_s


def _noise(survival: Survival, powers: Band) -> NoiseCost:
    return NoiseCost(
        p_gate=exp(survival.log_p_gate),
        p_readout=exp(survival.log_p_readout),
        p_idle=exp(survival.log_p_idle),
        p_survival=exp(survival.log_p),
        log10_p_survival=log10(survival.log_p),
        p_survival_low=exp(powers.high * survival.log_p),
        p_survival_high=exp(powers.low * survival.log_p),
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
        circuits = training_circuits(workload, per_sample, layout.bases)
        most = circuits_per_job(repeats.one.executions, constants, calibration.max_circuits_per_job)
        jobs = training_jobs(workload, per_sample, most, layout.bases)
    log_executions = repeats.log_executions(circuits, jobs)
    return Executions(
        shots=model.noiseless_shots,
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


def _time(  # noqa: PLR0913 - the figures it joins
    run: _Run,
    ends: _Ends,
    log_quantum: dict[str, float],
    classical_s: dict[str, float],
    model: CostModel,
    constants: Generation,
) -> Time:
    phase = model.phase
    log_total = log_sum(log_quantum[phase], log(classical_s[phase]))
    log_latency = log_sum(log_quantum["inference"], log(classical_s["inference"]))
    qpu_s = exp(run.qpu)
    qpu = combined([Band(constants.low, constants.high), ends.band(run, "qpu")])
    effective = ends.band(run, "effective")
    return Time(
        qpu_s=qpu_s,
        log10_qpu_s=log10(run.qpu),
        qpu_low_s=exp(run.qpu + log(qpu.low)),
        qpu_high_s=exp(run.qpu + log(qpu.high)),
        billed_s=qpu_s + (classical_s[phase] if model.mode == "session" else 0.0),
        effective_s=exp(run.effective),
        log10_effective_s=log10(run.effective),
        effective_low_s=exp(run.effective + log(effective.low)),
        effective_high_s=exp(run.effective + log(effective.high)),
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


def _money(  # noqa: PLR0913 - the figures it joins
    price: Price,
    run: _Run,
    ends: _Ends,
    classical_s: float,
    model: CostModel,
    constants: Generation,
) -> Money:
    def log_usd(one: _Run) -> float:
        between_s = classical_s if model.mode == "session" else 0.0
        log_billed_s = log_sum(one.qpu, log(between_s))
        return log_cost_usd(price, one.runs.circuits, one.total_shots, log_billed_s)

    estimate = log_usd(run)
    of_jobs = Band(constants.low, constants.high) if price.second_usd else EXACT
    of_noise = Band(*(exp(log_usd(end) - estimate) for end in ends))
    band = combined([of_jobs, of_noise])
    return Money(
        cost_usd=exp(estimate),
        log10_cost_usd=log10(estimate),
        cost_low_usd=exp(estimate + log(band.low)),
        cost_high_usd=exp(estimate + log(band.high)),
    )


def _provenance(  # noqa: PLR0913 - the figures it joins
    layout: Layout,
    calibration: Calibration,
    model: CostModel,
    device: Device,
    constants: Generation,
    price: Price | None,
) -> Provenance:
    return Provenance(
        cost_model=model.name,
        total=model.total,
        generation=constants.name + (ASSUMED if constants.assumed else ""),
        mode=model.mode,
        phase=model.phase,
        timing=model.timing,
        scheduling=model.scheduling,
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
        calibration_age_days=age_days(model, calibration),
        price=price.words if price else MISSING.format(plans=", ".join(plans())),
        p_survival_is=layout.p_survival_is,
        options=model.options.words(),
    )
