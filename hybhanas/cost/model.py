"""The settings of a cost: how circuits are timed and repeated, what runs the classical half."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

from hybhanas.calibration.repair import LONGEST_S
from hybhanas.cost.options import SECONDS, RuntimeOptions
from hybhanas.errors import ConfigError, check_number, unknown, whole
from hybhanas.presets import preset
from hybhanas.settings import NO_EFFECT

TIMINGS = ("scheduled", "serial")
SCHEDULINGS = ("asap", "alap")
PHASES = ("training", "inference")
FAULTS = ("whole_circuit", "observable")
IDLE_FORMS = ("relaxation", "t2", "total_time", "off")
COMPILERS = ("qiskit", "pytket")
GRADIENTS = ("parameter_shift", "spsa")
TOTALS = ("qpu", "effective")
MODES = ("job", "batch", "session")
GENERATIONS = ("auto", "ibm_2023", "ibm_2025")
MOST_LAYOUTS = 1000
MOST_REPEATS = 10**6
MOST_SEEDS = 2**31
"""Of the compiler's heuristics: those of a signed 32-bit integer."""

LEAST_ERROR, MOST_GAIN = 1e-6, 1e6
TARGET_ERROR = 0.03
OVERHEADS = ("job_overhead_s", "circuit_overhead_s", "execution_overhead_s", "program_loading_s")


@dataclass(frozen=True, slots=True, kw_only=True)
class CostModel:
    """What is counted as quantum time, and how; the defaults are the QPU time.

    Raises:
        ConfigError: a value that is not accepted.

    Example:
        >>> CostModel(shots=4096).sampling_exponent
        2
    """

    name: str = "qpu_time"  # as results name it
    # Which of the two times of a report is its total. qpu: QPU time, for which a machine is busy,
    # with repetition delay, loading and jobs; effective: effective execution time, of gates alone.
    total: str = "qpu"
    phase: str = "training"  # total_s of all epochs over all samples; inference: of one sample
    timing: str = "scheduled"  # critical path of a circuit; serial: sum over its instructions
    # Instructions run as soon as possible, or as late (alap), which shortens idle times.
    scheduling: str = "asap"
    # Faults that count. observable: those that reach the measured expectation values, P being the
    # fraction of them that survives; use it for an HQNN. whole_circuit: any, P being the chance of
    # a run without one; use it where every bit matters, it is pessimistic for expectation values.
    faults: str = "observable"
    # Decay of idle qubits, see `hybhanas.cost.noise.log_p_idle`: relaxation; t2 and total_time are
    # more pessimistic; off leaves it out.
    idle: str = "relaxation"
    # k in shots / P^k. 2 keeps the standard error of an expectation value that noise has shrunk by
    # P; use it with observable. 1 counts runs until one is free of faults, for whole_circuit. 0
    # leaves the shots as they are.
    sampling_exponent: int = 2
    # What a training runs for its gradients, see `hybhanas.cost.executions.gradient_circuits`.
    # parameter_shift: exact. spsa: 2 circuits whatever the number of angles, but a noisy gradient,
    # so that a training takes more epochs, which are not added.
    gradient: str = "parameter_shift"
    spsa_repeats: int = 1  # random perturbations that spsa averages, 2 circuits each
    # Whether inputs need derivatives: yes if layers before the circuit are trained, no if they are
    # frozen; never of an HQNN with encoder none or pool. See `hybhanas.cost.gradient.trained`.
    input_gradients: bool = True
    # Of one circuit on a machine without noise; auto: as many as target_error takes. With k = 2 the
    # 1/P^k times as many that noise takes restore the error bar of values divided by P, and not
    # their bias, see scripts/validate_shots.py: 0.04 on brisbane, 0.002 on boston.
    shots: int | str = 1024
    # With shots=auto: the standard error, at most, of an expectation value, or with logit_gain of a
    # logit.
    target_error: float = TARGET_ERROR
    # How many times as large that of a logit is at most: `HQNN.logit_gain` of a trained network.
    logit_gain: float | None = None
    # Constants of a job's time and its limits, see `hybhanas.cost.generations`: ibm_2023, ibm_2025;
    # auto: by the date of the calibration. The four below replace one of its constants.
    generation: str = "auto"
    job_overhead_s: float | None = None  # of a job, besides its circuits
    circuit_overhead_s: float | None = None  # of a circuit of a job, besides its shots
    execution_overhead_s: float | None = None  # of a shot, besides circuit and repetition delay
    program_loading_s: float | None = None  # of a two-qubit gate of a circuit
    # How jobs are submitted. session: what is billed holds the classical time between jobs as well;
    # job, batch: QPU time alone.
    mode: str = "job"
    # What IBM's primitives add, see `hybhanas.cost.options`. Every circuit runs with them.
    options: RuntimeOptions = field(default_factory=RuntimeOptions)
    # Days from the calibration to the run, by which the band of P widens (`hybhanas.cost.bands`);
    # null: 1 of a live calibration, else 365.
    calibration_age_days: float | None = None
    compiler: str = "qiskit"  # what lays out, routes and optimises circuits; or pytket
    optimization_level: int = 2  # of the compiler, 0 to 3
    transpiler_seed: int = 1  # of the compiler's heuristics
    layouts: int = 1  # seeds tried from transpiler_seed on; the cheapest circuit is kept

    @classmethod
    def preset(cls, name: str, **changes: Any) -> CostModel:
        """The option `cost_model=NAME` of conf/, such as `qpu_time`, but for the changes."""
        return cls(**(preset("cost_model", name) | changes))

    @property
    def noiseless_shots(self) -> int:
        """The shots of a circuit on a machine without noise.

        For a target they are 1 / target_error^2: a value of +1 and -1 has a variance of at most 1.
        For that of a logit they are (logit_gain / target_error)^2.

        Example:
            >>> CostModel(shots="auto", target_error=0.01).noiseless_shots
            10000
            >>> CostModel(shots="auto", target_error=0.1, logit_gain=3.0).noiseless_shots
            900
        """
        if isinstance(self.shots, int):
            return self.shots
        gain = 1.0 if self.logit_gain is None else self.logit_gain
        return max(math.ceil(round((gain / self.target_error) ** 2, 6)), 1)

    def __post_init__(self) -> None:
        self._check_shots()
        if self.gradient == "adjoint":
            raise ConfigError(
                "cost_model.gradient=adjoint is not accepted: it needs the amplitudes of a state, "
                f"which only a simulator has, no backend; accepted: {', '.join(GRADIENTS)}"
            )
        for name, accepted in (
            ("total", TOTALS),
            ("phase", PHASES),
            ("timing", TIMINGS),
            ("scheduling", SCHEDULINGS),
            ("faults", FAULTS),
            ("idle", IDLE_FORMS),
            ("gradient", GRADIENTS),
            ("sampling_exponent", (0, 1, 2)),
            ("generation", GENERATIONS),
            ("mode", MODES),
            ("compiler", COMPILERS),
            ("optimization_level", (0, 1, 2, 3)),
        ):
            if getattr(self, name) not in accepted:
                raise unknown(f"cost_model.{name}", getattr(self, name), accepted)
        self._check_whole("layouts", 1, MOST_LAYOUTS)
        self._check_whole("spsa_repeats", 1, MOST_REPEATS)
        self._check_whole("transpiler_seed", 0, MOST_SEEDS - self.layouts)
        if self.compiler == "pytket" and self.layouts > 1:
            raise ConfigError(
                f"cost_model.layouts={self.layouts} is not accepted with cost_model.compiler="
                "pytket: it has no seed, all its layouts are one; accepted: 1"
            )
        if (days := self.calibration_age_days) is not None:
            name = "cost_model.calibration_age_days"
            check_number(name, days, "at least 0", lambda n: 0 <= n < math.inf)
        for name in OVERHEADS:
            if (value := getattr(self, name)) is not None:
                check_number(f"cost_model.{name}", value, SECONDS, lambda s: 0 <= s < LONGEST_S)

    def with_shots(self, shots: int) -> CostModel:
        """The same model with a number of shots in the place of a target error."""
        return replace(self, shots=shots, target_error=TARGET_ERROR, logit_gain=None)

    def _check_whole(self, name: str, least: int, most: int) -> None:
        """Whether a setting is a whole number within bounds."""
        value = whole(f"cost_model.{name}", getattr(self, name))
        accepted = f"at least {least}, at most {most:,}"
        check_number(f"cost_model.{name}", value, accepted, lambda n: least <= n <= most)
        object.__setattr__(self, name, value)

    def _check_shots(self) -> None:
        """Whether there is a number of shots or a target of them."""
        if isinstance(self.shots, str):
            if self.shots != "auto":
                raise unknown("cost_model.shots", self.shots, ("a whole number", "auto"))
        else:
            check_number("cost_model.shots", self.shots, "at least 1", lambda n: 1 <= n < math.inf)
            object.__setattr__(self, "shots", whole("cost_model.shots", self.shots))
        # The error of an expectation value of +1 and -1 is at most 1 with a single shot.
        most = 1.0 if self.logit_gain is None else MOST_GAIN
        error = f"at least {LEAST_ERROR:f}, below {most:,g}"
        check_number(
            "cost_model.target_error", self.target_error, error, lambda x: LEAST_ERROR <= x < most
        )
        if self.logit_gain is None:
            return
        gain = f"above 0, at most {MOST_GAIN:,.0f}"
        check_number("cost_model.logit_gain", self.logit_gain, gain, lambda x: 0 < x <= MOST_GAIN)
        if self.shots != "auto":
            raise ConfigError(
                f"cost_model.logit_gain={self.logit_gain} is not accepted with cost_model.shots="
                f"{self.shots}: it has an effect with cost_model.shots=auto alone"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """What is run: passes over samples in batches, each at least one; and validations."""

    samples: int
    epochs: int
    batch_size: int
    validation_samples: int = 0  # that a validation passes over
    validations: int = 0  # passes over them, of the whole training
    features: int = 0  # of a sample, for the classical layers of networks
    classes: int = 0  # likewise

    def __post_init__(self) -> None:
        for name, least in (
            ("samples", 1),
            ("epochs", 1),
            ("batch_size", 1),
            ("validation_samples", 0),
            ("validations", 0),
            ("features", 0),
            ("classes", 0),
        ):
            if getattr(self, name) < least:
                raise ConfigError(f"{name}={getattr(self, name)} is not accepted: at least {least}")


MEASURED = ("peak_flops_per_s", "bandwidth_bytes_per_s", "launch_s")
"""Fields of a Device that are measured on this machine where its peak is null."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A classical processor by what limits a kernel, see `hybhanas.cost.classical_time`.

    Raises:
        ConfigError: a value that is not accepted.

    Example:
        >>> mine = Device(name="mine", peak_flops_per_s=1e12, power_w=100.0, launch_s=5e-6)
        >>> mine.seconds(5e11, 0), mine.seconds(100, 0)
        (0.5, 5e-06)
    """

    name: str  # as results name it
    peak_flops_per_s: float | None = None  # single precision; null: measured on this machine
    utilisation: float = 1.0  # the fraction of the peak that large matrix products reach
    bandwidth_bytes_per_s: float | None = None  # of its memory; null: measured, or no limit
    launch_s: float | None = None  # of the smallest kernel; null: measured, or no time
    round_trip_s: float = 0.0  # of a job to the quantum computer and back, besides its run
    power_w: float  # electrical power under load
    source: str = field(default="", metadata=NO_EFFECT)  # of the figures

    @classmethod
    def preset(cls, name: str, **changes: Any) -> Device:
        """The option `device=NAME` of conf/, such as `a100`, but for the changes."""
        return cls(**(preset("device", name) | changes))

    def __post_init__(self) -> None:
        if self.peak_flops_per_s is None:
            from hybhanas.cost.host import measured

            for name, value in measured().items():
                if getattr(self, name) is None:
                    object.__setattr__(self, name, value)
        for name, accepted in (
            ("peak_flops_per_s", "above 0"),
            ("bandwidth_bytes_per_s", "above 0"),
            ("power_w", "above 0"),
            ("launch_s", "at least 0"),
            ("round_trip_s", "at least 0"),
        ):
            value = getattr(self, name)
            least = 0.0 if accepted == "at least 0" else math.ulp(0.0)
            if value is not None and not least <= value < math.inf:
                raise ConfigError(f"device.{name}={value} is not accepted: {accepted}")
        if not 0 < self.utilisation <= 1:
            raise ConfigError(
                f"device.utilisation={self.utilisation} is not accepted: above 0, at most 1"
            )

    def seconds(self, flops: float, moved_bytes: float) -> float:
        """The time of a kernel of so many floating-point operations and bytes of memory traffic."""
        assert self.peak_flops_per_s is not None  # measured if it was not given
        moving_s = moved_bytes / (self.bandwidth_bytes_per_s or math.inf)
        return max(flops / (self.peak_flops_per_s * self.utilisation), moving_s, self.launch_s or 0)
