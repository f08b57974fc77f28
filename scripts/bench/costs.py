"""Time of costing a circuit: circuits as in a search, and one very large circuit."""

from __future__ import annotations

import math
import time

import numpy as np
from qiskit import QuantumCircuit, transpile
from qiskit.transpiler import generate_preset_pass_manager

from hybhanas.architecture import Architecture
from hybhanas.calibration import Calibration
from hybhanas.circuit import lay_out
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.model import CostModel, Device, Workload
from hybhanas.cost.pauli_paths import observable_survival
from hybhanas.cost.physical import Instruction, PhysicalCircuit
from hybhanas.cost.schedule import schedule
from hybhanas.cost.target import build_target
from hybhanas.qiskit_view import to_qiskit
from scripts.bench.results import Result


def run() -> Result:
    """Costing circuits of 4 to 8 qubits on Brisbane: new ones, with their all-to-all reference,
    against bare transpiling at the same level, and known ones.
    """
    model = CostModel()
    device = Device(
        name="bench", peak_flops_per_s=1e12, utilisation=1.0, power_w=200.0, source="bench"
    )
    workload = Workload(samples=1000, epochs=10, batch_size=32)
    calibration = Calibration.load("ibm_brisbane")
    estimate = CostEstimator(calibration, model, device, workload, 25e3)
    level, seed = model.optimization_level, model.transpiler_seed
    target, _ = build_target(calibration)
    passes = generate_preset_pass_manager(level, target=target, seed_transpiler=seed)

    def transpiled(circuit: QuantumCircuit) -> QuantumCircuit:
        return transpile(circuit, target=target, optimization_level=level, seed_transpiler=seed)

    for qubits in (4, 6, 8):  # a width's first circuit builds the passes of its reference
        warm_up = lay_out(Architecture(qubits=qubits, entangler="cz", entanglement="ring"))
        estimate(warm_up, 1000)
        passes.run(to_qiskit(warm_up))
        transpiled(to_qiskit(warm_up))
    circuits = [
        lay_out(Architecture(qubits=q, depth=d, entanglement=e))
        for q in (4, 6, 8)
        for d in (1, 2, 3)
        for e in ("linear", "ring", "star", "full")
    ]
    rows = []
    for circuit in circuits:
        times = [time.perf_counter()]
        for function in (passes.run, transpiled):
            function(to_qiskit(circuit))
            times.append(time.perf_counter())
        estimate(circuit, 1000)
        rows.append(np.diff([*times, time.perf_counter()]))
    passes_s, transpile_s, cost_s = np.array(rows).T
    started = time.perf_counter()
    for _ in range(100):
        for circuit in circuits:
            estimate(circuit, 1000)
    known = 100 * len(circuits) / (time.perf_counter() - started)
    result = {
        "new_per_s": len(circuits) / cost_s.sum(),
        "known_per_s": known,
        "over_transpile": cost_s.sum() / transpile_s.sum(),
        "over_transpile_median": float(np.median(cost_s / transpile_s)),
        "over_ready_passes": cost_s.sum() / passes_s.sum(),
        "over_ready_passes_median": float(np.median(cost_s / passes_s)),
    }
    print(f"costs per second: {result['new_per_s']:.0f} new, {known:.0f} known")
    print(
        f"a new one takes {result['over_transpile']:.2f} times qiskit.transpile (median "
        f"{result['over_transpile_median']:.2f}), {result['over_ready_passes']:.2f} times a pass "
        f"manager that is ready (median {result['over_ready_passes_median']:.2f})"
    )
    return result


def large() -> Result:
    """Time of costing a transpiled circuit of 127 qubits and depth 20,000."""
    calibration = Calibration.load("ibm_brisbane")
    pairs: list[tuple[int, ...]] = []
    for at in calibration.gates["ecr"]:
        if not {q for pair in pairs for q in pair} & set(at):
            pairs.append(at)
    layer = [("sx", pair[:1]) for pair in pairs] + [("ecr", at) for at in pairs]
    steps = (*layer * 10_000, *[("measure", (q,)) for q in range(127)])
    circuit = PhysicalCircuit(tuple(Instruction(*step) for step in steps))
    started = time.perf_counter()
    timed = schedule(circuit, calibration)
    observables = [(q,) for q in range(127)]
    chance = observable_survival(circuit, calibration, timed, "relaxation", observables, 1)
    depth = circuit.depth
    seconds = time.perf_counter() - started
    print(
        f"127 qubits, depth {depth}, {len(circuit.instructions)} instructions: {seconds:.2f} s for "
        f"schedule and noise, log10 P {chance.log_p / math.log(10):.0f}"
    )
    return {"large_s": seconds}
