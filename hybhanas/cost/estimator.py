"""From a circuit and classical layers to a CostReport: the unified cost in seconds."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

from qiskit import QuantumCircuit

from hybhanas.calibration import Calibration
from hybhanas.calibration.calibration import fully_connected
from hybhanas.calibration.price import Price
from hybhanas.circuit import Circuit
from hybhanas.cost.bands import with_layouts
from hybhanas.cost.classical_half import NO_LAYERS, ClassicalHalf
from hybhanas.cost.executions import gradient_circuits
from hybhanas.cost.folding import decoupled, folded, readout_s
from hybhanas.cost.layout import Layout
from hybhanas.cost.model import CostModel, Device, Workload
from hybhanas.cost.options import RuntimeOptions
from hybhanas.cost.physical import PhysicalCircuit
from hybhanas.cost.quantum_time import circuit_time_s
from hybhanas.cost.repetitions import Amplified
from hybhanas.cost.report import CostReport
from hybhanas.cost.schedule import schedule
from hybhanas.cost.survival import meaning, survival_of
from hybhanas.cost.transpile import Transpiler
from hybhanas.cost.unified import unified_cost
from hybhanas.errors import ConfigError
from hybhanas.qiskit_view import to_qiskit
from hybhanas.straight_line import Products, StraightLine, measured_lines

log = logging.getLogger(__name__)


class CostEstimator:
    """Costs circuits on one machine under one cost model.

    Args:
        calibration: of the machine.
        model: the settings of the cost.
        device: what runs the classical half.
        workload: the training that the training phase means.
        machine_power_w: electrical power of the whole quantum machine, in watts.
        cache: see `Transpiler`.
        price: of the machine's time; None: it is not known, and no money is counted.
    """

    def __init__(  # noqa: PLR0913 - what a cost depends on
        self,
        calibration: Calibration,
        model: CostModel,
        device: Device,
        workload: Workload,
        machine_power_w: float,
        cache: Path | None = None,
        price: Price | None = None,
    ):
        if not 0 < machine_power_w < math.inf:
            raise ConfigError(f"backend.power_w={machine_power_w} is not accepted: above 0")
        self.calibration, self.model = calibration.waiting(model.options.rep_delay_s), model
        self.device, self.workload = device, workload
        self.machine_power_w = machine_power_w
        self.price = price
        self._cache = cache
        seeds = range(model.transpiler_seed, model.transpiler_seed + model.layouts)
        self._transpilers = {seed: self._transpiler(calibration, seed) for seed in seeds}
        self._unrouted: dict[int, tuple[Calibration, Transpiler]] = {}
        self._laid_out: dict[Circuit, list[Layout]] = {}
        self._known: dict[tuple[Circuit, ClassicalHalf], CostReport] = {}

    def __call__(self, circuit: Circuit, half: ClassicalHalf | None = None) -> CostReport:
        """The cost of an HQNN; one that was asked before is answered from memory.

        Args:
            circuit: its quantum circuit.
            half: its classical layers; None: it has none.

        Raises:
            CandidateError: the circuit does not fit the machine.
        """
        key = circuit, half or NO_LAYERS
        if key not in self._known:
            self._known[key], _ = self._cheapest(self._layouts_of(circuit), key[1])
        return self._known[key]

    def survivals(self, circuit: Circuit) -> tuple[float, ...]:
        """What noise leaves of each expectation value of an HQNN's circuit, from 0 to 1, in the
        layout that its cost is of.

        Raises:
            CandidateError: the circuit does not fit the machine.
        """
        _, layout = self._cheapest(self._layouts_of(circuit), NO_LAYERS)
        run = layout.physical, layout.timed
        each = (
            survival_of(*run, self.calibration, self.model, (one,), bare=False)
            for one in circuit.observables
        )
        return tuple(math.exp(survival.log_p) for survival in each)

    def _layouts_of(self, circuit: Circuit) -> list[Layout]:
        """Of an HQNN's circuit, whatever its classical layers are."""
        if circuit not in self._laid_out:
            self._laid_out[circuit] = self._layouts(
                to_qiskit(circuit),
                circuit.observables,
                bare=False,
                trains_inputs=circuit.trains_inputs,
            )
        return self._laid_out[circuit]

    def estimate(
        self, circuit: QuantumCircuit, half: ClassicalHalf | None = None, observables: Any = None
    ) -> CostReport:
        """The cost of any Qiskit circuit.

        Args:
            circuit: see `hybhanas.straight_line` for what becomes of loops, resets and unused
                qubits. Laid out on the machine already, it stays as it is.
            half: as in a call.
            observables: see `measured_lines`; None stands for Z of every measured bit. Where they
                take several circuits, the report is of the most expensive one, counted as often as
                there are circuits.

        Raises:
            CandidateError: the circuit cannot be costed, or does not fit the machine.
        """
        return self.laid_out(circuit, observables, half)[0]

    def laid_out(
        self, circuit: QuantumCircuit, observables: Any = None, half: ClassicalHalf | None = None
    ) -> tuple[CostReport, Layout]:
        """What `estimate` says, and the layout that it says it of."""
        lines = measured_lines(circuit, observables, self.calibration.dt_s)
        places = self._places([line for line, _ in lines])
        reports = [
            self._cheapest(
                self._layouts(line.circuit, products, places=kept, bases=len(lines)),
                half or NO_LAYERS,
            )
            for (line, products), kept in zip(lines, places, strict=True)
        ]
        return max(reports, key=lambda one: one[0].time.log10_total_s)

    def under(self, options: RuntimeOptions) -> CostEstimator:
        """The same machine and compiler under other options of the primitive."""
        other = copy(self)
        other.model = replace(self.model, options=options)
        other._laid_out, other._known = {}, {}
        return other

    def with_total(self, name: str, total: str) -> CostEstimator:
        """The same but for which time is the total: a circuit that one lays out is known to both.

        Args:
            name: of the model, as results name it.
            total: see `CostModel`.
        """
        other = copy(self)
        other.model, other._known = replace(self.model, name=name, total=total), {}
        return other

    def _places(self, lines: Sequence[StraightLine]) -> list[tuple[int, ...] | None]:
        """Where each circuit stays: where it is laid out, if it is, or is as wide as the machine
        and leaves some of its qubits unused, as what a transpiler exports does.
        """
        width = len(self.calibration.qubits) + len(self.calibration.excluded)
        fits = self._transpilers[self.model.transpiler_seed].fits
        places = [
            line.origin
            if (line.is_laid_out or (line.width == width and len(line.origin) < width))
            and fits(line.circuit, line.origin)
            else None
            for line in lines
        ]
        if any(
            line.is_laid_out and place is None for line, place in zip(lines, places, strict=True)
        ):
            log.warning(
                "%s lacks qubits, or connections between them, that the circuit names as physical "
                "qubits: it is laid out again there",
                self.calibration.name,
            )
        return places

    def _layouts(  # noqa: PLR0913 - what is run, and how it was asked for
        self,
        circuit: QuantumCircuit,
        observables: Products | None,
        *,
        places: tuple[int, ...] | None = None,
        bases: int = 1,
        bare: bool = True,
        trains_inputs: bool = True,
    ) -> list[Layout]:
        routed = {seed: transpile(circuit, places) for seed, transpile in self._transpilers.items()}
        timed = {
            seed: schedule(physical, self.calibration, self.model.scheduling)
            for seed, physical in routed.items()
        }
        if (pulses := self.model.options.dynamical_decoupling) is not None:
            for seed, physical in routed.items():
                routed[seed], timed[seed] = decoupled(
                    physical, timed[seed], self.calibration, pulses
                )
        reference, unrouted = self._all_to_all(circuit)
        all_to_all_s = circuit_time_s(schedule(unrouted, reference), self.model.timing)
        survivals = {
            seed: survival_of(
                physical, timed[seed], self.calibration, self.model, observables, bare
            )
            for seed, physical in routed.items()
        }
        model = self.model if trains_inputs else replace(self.model, input_gradients=False)
        of_gradient, separately = gradient_circuits(circuit, observables, model)
        return [
            Layout(
                qubits=circuit.num_qubits,
                circuits_per_sample=bases * (1 + of_gradient),
                circuits_per_sample_separate=bases * (1 + separately),
                physical=physical,
                timed=timed[seed],
                survival=survivals[seed],
                bases=bases,
                p_survival_is=meaning(circuit, survivals[seed], self.model.faults),
                all_to_all_s=all_to_all_s,
                added_two_qubit_gates=physical.two_qubit_gates - unrouted.two_qubit_gates,
                transpiler_seed=seed,
                amplified=self._amplified(physical, observables, bare),
                readout_s=readout_s(physical, self.calibration),
            )
            for seed, physical in routed.items()
        ]

    def _cheapest(
        self, layouts: Sequence[Layout], half: ClassicalHalf
    ) -> tuple[CostReport, Layout]:
        """The cost in the cheapest of the layouts, and that one."""
        reports = [self._cost(layout, half) for layout in layouts]
        kept = with_layouts(reports)
        seeds = [layout.transpiler_seed for layout in layouts]
        return kept, layouts[seeds.index(kept.provenance.transpiler_seed)]

    def _cost(self, layout: Layout, half: ClassicalHalf) -> CostReport:
        return unified_cost(
            layout,
            half,
            self.calibration,
            self.model,
            self.device,
            self.workload,
            self.machine_power_w,
            self.price,
        )

    def _amplified(
        self, physical: PhysicalCircuit, observables: Products | None, bare: bool
    ) -> tuple[Amplified, ...]:
        """A circuit at every noise factor; none where it runs as it is alone."""
        factors = self.model.options.factors
        if factors == (1.0,):
            return ()
        found = []
        for factor in factors:
            circuit = folded(physical, factor)
            timed = schedule(circuit, self.calibration, self.model.scheduling)
            survival = survival_of(circuit, timed, self.calibration, self.model, observables, bare)
            found.append(
                Amplified(
                    noise_factor=factor,
                    time_s=circuit_time_s(timed, self.model.timing),
                    two_qubit_gates=circuit.two_qubit_gates,
                    log_p=survival.log_p,
                )
            )
        return tuple(found)

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
        return Transpiler(calibration, model.optimization_level, seed, self._cache, model.compiler)
