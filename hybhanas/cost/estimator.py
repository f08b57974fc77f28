"""From a circuit and FLOPs to a CostReport: the unified cost in seconds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from qiskit import QuantumCircuit

from hybhanas.calibration import Calibration
from hybhanas.calibration.calibration import fully_connected
from hybhanas.circuit import Circuit
from hybhanas.cost.executions import gradient_circuits
from hybhanas.cost.model import CostModel, Device, Workload
from hybhanas.cost.noise import Survival, circuit_survival
from hybhanas.cost.pauli_paths import observable_survival
from hybhanas.cost.physical import PhysicalCircuit
from hybhanas.cost.quantum_time import circuit_time_s
from hybhanas.cost.report import CostReport
from hybhanas.cost.schedule import Schedule, schedule
from hybhanas.cost.transpile import Transpiler
from hybhanas.cost.unified import Layout, unified_cost
from hybhanas.errors import ConfigError
from hybhanas.qiskit_view import to_qiskit


class CostEstimator:
    """Costs circuits on one machine under one cost model.

    Args:
        calibration: of the machine.
        model: the settings of the cost.
        device: what runs the classical half.
        workload: the training that the training phase means.
        machine_power_w: electrical power of the whole quantum machine, in watts.
        cache: see `Transpiler`.
    """

    def __init__(  # noqa: PLR0913 - what a cost depends on
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
            self._known[key] = self.estimate(
                to_qiskit(circuit), classical_flops, circuit.observables
            )
        return self._known[key]

    def estimate(
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
        all_to_all_s = circuit_time_s(schedule(unrouted, reference), self.model.timing)
        circuits_per_sample = 1 + gradient_circuits(circuit)
        reports = [
            self._cost(
                Layout(
                    qubits=circuit.num_qubits,
                    circuits_per_sample=circuits_per_sample,
                    physical=physical,
                    timed=timed[seed],
                    survival=self._survival(physical, timed[seed], observables),
                    all_to_all_s=all_to_all_s,
                    added_two_qubit_gates=physical.two_qubit_gates - unrouted.two_qubit_gates,
                    transpiler_seed=seed,
                ),
                classical_flops,
            )
            for seed, physical in routed.items()
        ]
        costs = [report.time.log10_total_s for report in reports]
        cheapest = reports[costs.index(min(costs))]
        time = replace(cheapest.time, log10_total_spread=max(costs) - min(costs))
        return replace(cheapest, time=time)

    def _cost(self, layout: Layout, classical_flops: int) -> CostReport:
        return unified_cost(
            layout,
            classical_flops,
            self.calibration,
            self.model,
            self.device,
            self.workload,
            self.machine_power_w,
        )

    def _survival(
        self,
        physical: PhysicalCircuit,
        timed: Schedule,
        observables: Sequence[tuple[int, ...]] | None,
    ) -> Survival:
        if self.model.faults == "whole_circuit":
            return circuit_survival(physical, self.calibration, timed, self.model.idle)
        bits = [(i,) for i in range(len(physical.measured))] if observables is None else observables
        return observable_survival(
            physical,
            self.calibration,
            timed,
            self.model.idle,
            [tuple(physical.measured[bit] for bit in product) for product in bits],
            self.model.transpiler_seed,
        )

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
