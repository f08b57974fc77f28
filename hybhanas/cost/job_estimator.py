"""From PUBs to a JobCost: how often each circuit runs, and what a machine needs for it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pkgutil import resolve_name

from hybhanas.cost import assumptions
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.generations import generation_of
from hybhanas.cost.job import (
    SESSION,
    AtFactor,
    Contributions,
    JobCost,
    JobProvenance,
    PubCost,
    total,
)
from hybhanas.cost.money import paid
from hybhanas.cost.options import MOST_SHOTS, RuntimeOptions
from hybhanas.cost.physical import PhysicalCircuit
from hybhanas.cost.quantum_time import circuit_time_s, loading_s
from hybhanas.cost.repetitions import Amplified
from hybhanas.cost.schedule import schedule
from hybhanas.errors import CandidateError, ConfigError
from hybhanas.pubs import Pub


class JobEstimator:
    """Costs jobs on one machine.

    Args:
        estimator: of its circuits; its cost model's `mode`, `options` and constants of jobs hold.
        shots: of PUBs that name none.
    """

    def __init__(self, estimator: CostEstimator, shots: int):
        _check_shots("shots", shots)
        self._estimator, self._shots = estimator, shots
        self._calibration, self._model = estimator.calibration, estimator.model
        self._constants = generation_of(self._model, self._calibration)

    @property
    def backend(self) -> str:
        """The name of the machine."""
        return self._calibration.name

    def __call__(self, pubs: Sequence[tuple[str, Pub]]) -> JobCost:
        """The cost of PUBs, each with its name, as one job.

        Raises:
            ConfigError: no PUB, or PUBs of both primitives.
            CandidateError: a circuit that cannot be costed; the text begins with its PUB's name.
        """
        primitives = {pub.primitive for _, pub in pubs}
        if len(primitives) != 1:
            found = ", ".join(sorted(primitives)) or "none"
            raise ConfigError(f"pubs={found} is not accepted: PUBs of one primitive, at least one")
        options = self._model.options
        if primitives == {"sampler"}:
            options = options.of_sampler()
        costed = [self._pub(name, pub, options) for name, pub in pubs]
        plain = [self._pub_without(one, pub) for one, (_, pub) in zip(costed, pubs, strict=True)]
        learning = self._learning(costed, options)
        return self._job([one.cost for one in costed], learning, plain, options)

    def _pub(self, name: str, pub: Pub, options: RuntimeOptions) -> _Costed:
        if pub.shots is not None:
            _check_shots(f"{name}: shots", pub.shots)
        if pub.configurations < 1:
            raise CandidateError(f"{name}: it has no set of values, or its observables are all 1")
        shots = pub.shots if pub.shots is not None else self._shots
        random_circuits, each = (
            round(math.exp(value)) for value in options.randomized(math.log(shots))
        )
        executions = pub.configurations * random_circuits * each
        _check_shots(f"{name}: configurations x random circuits x shots", executions)
        try:
            report, layout = self._estimator.under(options).laid_out(pub.circuit, pub.observables)
        except CandidateError as error:
            raise CandidateError(f"{name}: {error}") from None
        alone = Amplified(
            noise_factor=1.0,
            time_s=report.circuit.time_s,
            two_qubit_gates=report.circuit.two_qubit_gates,
            log_p=layout.survival.log_p,
        )
        at_factors = layout.amplified or (alone,)
        reset_s = self._reset_s(layout.physical)
        parts = [
            self._contributions(one, pub.configurations * random_circuits, each, reset_s)
            for one in at_factors
        ]
        circuit = report.circuit
        cost = PubCost(
            name=name,
            primitive=pub.primitive,
            qubits=circuit.qubits,
            depth=circuit.depth,
            two_qubit_gates=circuit.two_qubit_gates,
            added_two_qubit_gates=circuit.added_two_qubit_gates,
            circuit_s=circuit.time_s,
            p_survival=report.noise.p_survival,
            p_survival_low=report.noise.p_survival_low,
            p_survival_high=report.noise.p_survival_high,
            p_survival_is=report.provenance.p_survival_is,
            parameter_sets=pub.parameter_sets,
            configurations=pub.configurations,
            shots=shots,
            random_circuits=random_circuits,
            shots_each=each,
            noise_factors=tuple(
                AtFactor(
                    noise_factor=one.noise_factor,
                    circuit_s=one.time_s,
                    two_qubit_gates=one.two_qubit_gates,
                    p_survival=math.exp(one.log_p),
                )
                for one in at_factors
            ),
            executions=executions * len(at_factors),
            effective_s=executions * sum(one.time_s for one in at_factors),
            contributions=total(parts),
        )
        return _Costed(cost, alone, reset_s, layout.readout_s)

    def _pub_without(self, one: _Costed, pub: Pub) -> _Run:
        """What it would take without options."""
        parts = self._contributions(one.alone, pub.configurations, one.cost.shots, one.reset_s)
        return _Run(pub.configurations, pub.configurations * one.cost.shots, parts)

    def _learning(self, costed: Sequence[_Costed], options: RuntimeOptions) -> _Run:
        """The circuits of a job that learn readout errors, as many shots as those of a PUB."""
        if not options.mitigates_measurement:
            return _Run(0, 0, Contributions())
        most = max(costed, key=lambda one: one.cost.shots).cost
        readout = Amplified(
            noise_factor=1.0,
            time_s=max(one.readout_s for one in costed),
            two_qubit_gates=0,
            log_p=0.0,
        )
        parts = self._contributions(readout, most.random_circuits, most.shots_each, 0.0)
        return _Run(most.random_circuits, most.random_circuits * most.shots_each, parts)

    def _contributions(
        self, circuit: Amplified, loads: int, shots: int, reset_s: float
    ) -> Contributions:
        """Of so many circuits with so many shots each."""
        constants, delay_s = self._constants, self._calibration.rep_delay_s
        busy_s = shots * (circuit.time_s + delay_s + constants.execution_overhead_s)
        longer_s = max(loading_s(constants, circuit.two_qubit_gates) - busy_s, 0.0)
        executions = loads * shots
        return Contributions(
            circuit_s=executions * (circuit.time_s - reset_s),
            reset_s=executions * reset_s,
            repetition_delay_s=executions * delay_s,
            execution_overhead_s=executions * constants.execution_overhead_s,
            loading_s=loads * (longer_s + constants.circuit_overhead_s),
        )

    def _reset_s(self, physical: PhysicalCircuit) -> float:
        """What resets add to the time of a circuit."""
        if "reset" not in physical.counts:
            return 0.0
        calibration = self._calibration
        instant = replace(calibration, reset_s=dict.fromkeys(calibration.qubits, 0.0))
        with_s, without_s = (
            circuit_time_s(schedule(physical, machine), self._model.timing)
            for machine in (calibration, instant)
        )
        return with_s - without_s

    def _job(
        self,
        pubs: Sequence[PubCost],
        learning: _Run,
        plain: Sequence[_Run],
        options: RuntimeOptions,
    ) -> JobCost:
        constants = self._constants
        executions = sum(pub.executions for pub in pubs) + learning.executions
        loads = sum(
            pub.configurations * pub.random_circuits * len(pub.noise_factors) for pub in pubs
        )
        jobs = self._jobs(executions, loads)
        overhead = Contributions(job_overhead_s=jobs * constants.job_overhead_s)
        contributions = total([*(pub.contributions for pub in pubs), learning.parts])
        without_s = sum(run.parts.total_s for run in plain)
        readout_s = learning.parts.circuit_s
        qpu_s = (contributions + overhead).total_s
        low_s, high_s = constants.low * qpu_s, constants.high * qpu_s
        price, circuits = self._estimator.price, loads + learning.circuits
        return JobCost(
            pubs=tuple(pubs),
            executions=executions,
            jobs=jobs,
            qpu_s=qpu_s,
            qpu_low_s=low_s,
            qpu_high_s=high_s,
            effective_s=sum(pub.effective_s for pub in pubs) + readout_s,
            contributions=contributions + overhead,
            readout_executions=learning.executions,
            options=options.words(),
            options_executions=executions - sum(run.executions for run in plain),
            options_s=contributions.total_s - without_s,
            mode=self._model.mode,
            billed_s=qpu_s,
            is_lower_bound=self._model.mode == SESSION,
            price=price,
            money=None
            if price is None
            else paid(price, circuits, executions, (qpu_s, low_s, high_s)),
            assumptions=(
                *assumptions.of_machine(constants, self._calibration, price),
                *assumptions.of_job(pubs, jobs, options, self._model),
            ),
            provenance=self._provenance(),
        )

    def _jobs(self, executions: int, loads: int) -> int:
        """Jobs that so many executions of so many circuits are split into."""
        constants, jobs = self._constants, 1
        if constants.executions_per_job is not None:
            jobs = math.ceil(executions / constants.executions_per_job)
        if constants.circuits_per_job:
            jobs = max(jobs, math.ceil(loads / self._calibration.max_circuits_per_job))
        return jobs

    def _provenance(self) -> JobProvenance:
        calibration, model = self._calibration, self._model
        return JobProvenance(
            backend=calibration.name,
            calibration_date=calibration.date.isoformat(),
            calibration_source=calibration.source,
            calibration_hash=calibration.hash,
            rep_delay_s=calibration.rep_delay_s,
            generation=assumptions.named(self._constants),
            compiler=model.compiler,
            optimization_level=model.optimization_level,
            transpiler_seed=model.transpiler_seed,
            hybhanas=resolve_name("hybhanas:__version__"),
            qiskit=version("qiskit"),
        )


@dataclass(frozen=True, slots=True)
class _Costed:
    """A PUB with what its job needs besides."""

    cost: PubCost
    alone: Amplified
    reset_s: float
    readout_s: float


@dataclass(frozen=True, slots=True)
class _Run:
    """Circuits, their executions, and what they take."""

    circuits: int
    executions: int
    parts: Contributions


def _check_shots(name: str, shots: int) -> None:
    if not 1 <= shots <= MOST_SHOTS:
        raise ConfigError(f"{name}={shots} is not accepted: at least 1, at most {MOST_SHOTS:,}")
