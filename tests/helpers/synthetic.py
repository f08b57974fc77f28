"""Synthetic backends and circuits, whose answers a reader can work out by hand."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from hybhanas.architecture import Architecture
from hybhanas.calibration import Calibration, GateProperties, Qubit, RawCalibration, repaired
from hybhanas.cost.physical import Instruction, PhysicalCircuit
from hybhanas.cost.report import (
    CircuitCost,
    CostReport,
    Energy,
    Executions,
    Money,
    NoiseCost,
    Parts,
    Provenance,
    Time,
)
from hybhanas.nas.evaluation import EVALUATED, Evaluation


def make_raw(
    qubits: int = 2,
    edges: Sequence[tuple[int, int]] = ((0, 1),),
    sx_s: float = 50e-9,
    cz_s: float = 100e-9,
    sx_error: float = 0.001,
    cz_error: float = 0.01,
    t1_s: float | None = 100e-6,
    t2_s: float | None = 80e-6,
    readout_s: float | None = 1e-6,
    readout_error: float | None = 0.02,
    rep_delay_s: float | None = 250e-6,
    max_circuits_per_job: int = 100,
) -> RawCalibration:
    """A machine whose every figure a reader can multiply by hand; CZ acts both ways."""
    places = [(i,) for i in range(qubits)]
    pairs = sorted({pair for i, j in edges for pair in ((i, j), (j, i))})
    return RawCalibration(
        name="synthetic",
        source="test",
        date=datetime(2026, 1, 1, tzinfo=UTC),
        qubits=dict.fromkeys(range(qubits), Qubit(t1_s, t2_s, readout_error, readout_s)),
        gates={
            "rz": {at: GateProperties(0.0, 0.0) for at in places},
            "sx": {at: GateProperties(sx_s, sx_error) for at in places},
            "x": {at: GateProperties(sx_s, sx_error) for at in places},
            "cz": {at: GateProperties(cz_s, cz_error) for at in pairs},
        },
        rep_delay_s=rep_delay_s,
        max_circuits_per_job=max_circuits_per_job,
    )


def make_calibration(*args: Any, **changes: Any) -> Calibration:
    """The same machine as something that can be costed; the arguments are those of `make_raw`."""
    return repaired(make_raw(*args, **changes))


def physical_circuit(steps: Iterable[tuple[Any, ...]]) -> PhysicalCircuit:
    """A circuit of (name, qubits) or (name, qubits, angles) tuples; measured in their order."""
    instructions = tuple(Instruction(*step) for step in steps)
    measurements = tuple(i for i, step in enumerate(instructions) if step.name == "measure")
    return PhysicalCircuit(instructions, measurements)


def make_report(
    total_s: float = 1.0, log10_total_s: float = 0.0, p_survival: float = 0.5
) -> CostReport:
    """A cost of which a test says the little that it is about."""
    return CostReport(
        circuit=CircuitCost(
            qubits=2, depth=30, physical_instructions=9, two_qubit_gates=1,
            added_two_qubit_gates=0, time_s=1e-6, scheduled_s=1e-6, serial_s=2e-6,
            all_to_all_s=1e-6, routing_s=0.0, routing_ratio=1.0,
        ),
        noise=NoiseCost(
            p_gate=p_survival, p_readout=1.0, p_idle=1.0, p_survival=p_survival,
            log10_p_survival=math.log10(p_survival), p_survival_low=0.9 * p_survival,
            p_survival_high=p_survival,
        ),
        executions=Executions(
            shots=10, shots_effective=20.0, log10_shots_effective=1.3, rep_delay_s=0.0,
            circuits_per_sample=1, circuits_per_sample_separate=1, circuits=1, jobs=1,
        ),
        time=Time(
            qpu_s=total_s, log10_qpu_s=log10_total_s, qpu_low_s=total_s, qpu_high_s=2 * total_s,
            billed_s=total_s, effective_s=total_s / 10, log10_effective_s=log10_total_s - 1,
            effective_low_s=total_s / 20, effective_high_s=total_s / 5,
            quantum_inference_s=total_s, quantum_training_s=total_s, classical_inference_s=0.0,
            classical_training_s=0.0, quantum_s=total_s, total_s=total_s,
            log10_total_s=log10_total_s, log10_total_spread=0.0, latency_s=total_s,
            log10_latency_s=log10_total_s,
        ),
        energy=Energy(total_j=1.0, log10_total_j=0.0),
        parts=Parts(
            gates_s=total_s, routing_s=0.0, noise_s=0.0, repetition_delay_s=0.0,
            program_loading_s=0.0, job_s=0.0, classical_s=0.0,
        ),
        money=Money(
            cost_usd=1.6 * total_s, log10_cost_usd=log10_total_s + math.log10(1.6),
            cost_low_usd=total_s, cost_high_usd=3.2 * total_s,
        ),
        provenance=Provenance(
            cost_model="qpu_time", total="qpu", generation="ibm_2025", mode="job",
            phase="training", timing="scheduled", scheduling="asap", faults="observable",
            gradient="parameter_shift", idle="off", sampling_exponent=1, compiler="qiskit",
            optimization_level=2,
            transpiler_seed=1, layouts=1, device="slow", calibration="synthetic",
            calibration_date="2026-01-01T00:00:00+00:00", calibration_hash="0" * 16,
            calibration_age_days=365.0, price="1.6 USD a second",
        ),
    )  # fmt: skip


def make_evaluation(
    key: str = "a", accuracy: float | None = 0.9, total_s: float = 60.0, **changes: Any
) -> Evaluation:
    """An evaluation in full, of two qubits, whose `total_s` its logarithm agrees with."""
    known = {
        "key": key, "architecture": Architecture(qubits=2), "status": EVALUATED, "epochs": 3,
        "seed": 0, "seconds": 1.0, "validation_accuracy": accuracy, "parameters": 30,
        "cost": make_report(total_s, math.log10(total_s)),
        "proxies": {"flops": 12, "classical_flops": 8, "simulation_flops": 4},
    }  # fmt: skip
    return Evaluation(**(known | changes))


def ibm_properties(**changes: object) -> dict[str, object]:
    """Two qubits that one CX couples, as IBM's properties say it."""

    def is_(name: str, value: object, unit: str = "") -> dict[str, object]:
        return {"name": name, "unit": unit, "value": value, "date": "2026-01-01T00:00:00+00:00"}

    qubit = [
        is_("T1", 100, "us"),
        is_("T2", 80, "us"),
        is_("readout_error", 0.02),
        is_("readout_length", 1000, "ns"),
    ]
    gate = [is_("gate_error", 0.01), is_("gate_length", 0.3, "us")]
    return {
        "backend_name": "pair",
        "last_update_date": "2026-01-01T00:00:00+01:00",
        "qubits": [qubit, qubit],
        "gates": [
            {"gate": "cx", "qubits": [0, 1], "parameters": gate},
            {"gate": "measure", "qubits": [0], "parameters": []},
        ],
    } | changes
