"""Options of IBM's primitives that multiply what runs: twirling, decoupling, error mitigation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hybhanas.cost.logs import exp, log
from hybhanas.errors import ConfigError, unknown

LEVELS = (0, 1, 2)
SEQUENCES = {"XX": 2, "XpXm": 2, "XY4": 4}
"""Pulses of a sequence of dynamical decoupling, by its name."""

AUTO_RANDOMIZATIONS = 32
AUTO_SHOTS = 64
"""What Runtime's `auto` takes: at most 32 random circuits, of at least 64 shots each."""

_ROUNDED_BELOW = 30.0
"""The log of the shots up to which random circuits have whole numbers of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeOptions:
    """Options of EstimatorV2 and SamplerV2 by their meaning in qiskit-ibm-runtime 0.51; all off.

    `resilience_level` sets those that are None, as Runtime does: 1 turns on measurement twirling
    and measurement mitigation (TREX), 2 gate twirling and extrapolation to zero noise (ZNE)
    besides. A Runtime Estimator takes level 1 unless it is told otherwise.

    Sources: quantum.cloud.ibm.com/docs/guides/estimator-noise-management; the client-side
    primitives of qiskit-ibm-runtime (`executor_estimator.prepare`), with which the tests compare
    every count.

    Raises:
        ConfigError: a value that is not accepted.

    Example:
        >>> RuntimeOptions(resilience_level=2).randomized(math.log(4096))[0] == math.log(32)
        True
    """

    resilience_level: int = 0  # of the Estimator: 0, 1 or 2
    twirling_gates: bool | None = None  # random Pauli gates around the two-qubit gates
    twirling_measure: bool | None = None  # random flips before the measurements
    num_randomizations: int | None = None  # random circuits for one; null: at most 32
    shots_per_randomization: int | None = None  # of each; null: the shots over them, at least 64
    dynamical_decoupling: str | None = None  # pulses while a qubit waits: XX, XpXm, XY4; null: none
    measure_mitigation: bool | None = None  # TREX: twirled readout, and a circuit that learns it
    zne_mitigation: bool | None = None  # the circuit at several noise factors
    noise_factors: Sequence[float] = (1.0, 3.0, 5.0)  # of ZNE, by folding two-qubit gates
    rep_delay_s: float | None = None  # between two shots; null: the machine's own

    def __post_init__(self) -> None:
        object.__setattr__(self, "noise_factors", tuple(float(f) for f in self.noise_factors))
        if self.resilience_level not in LEVELS:
            raise unknown("options.resilience_level", self.resilience_level, LEVELS)
        if self.dynamical_decoupling not in (None, *SEQUENCES):
            raise unknown("options.dynamical_decoupling", self.dynamical_decoupling, SEQUENCES)
        for name in ("num_randomizations", "shots_per_randomization"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ConfigError(f"options.{name}={value} is not accepted: at least 1")
        if self.rep_delay_s is not None and not 0 <= self.rep_delay_s < math.inf:
            raise ConfigError(
                f"options.rep_delay_s={self.rep_delay_s} is not accepted: seconds, at least 0"
            )
        factors = tuple(self.noise_factors)
        if len(factors) < 2 or not all(1 <= factor < math.inf for factor in factors):
            raise ConfigError(
                f"options.noise_factors={list(factors)} is not accepted: at least two, each at "
                "least 1"
            )

    @property
    def mitigates_measurement(self) -> bool:
        """Whether readout errors are learnt and divided out."""
        given = self.measure_mitigation
        return self.resilience_level >= 1 if given is None else given

    @property
    def twirls_gates(self) -> bool:
        """Whether two-qubit gates are twirled."""
        given = self.twirling_gates
        return self.resilience_level >= 2 if given is None else given

    @property
    def twirls_measurement(self) -> bool:
        """Whether measurements are twirled; mitigating them needs it."""
        given = self.twirling_measure
        asked = self.resilience_level >= 1 if given is None else given
        return asked or self.mitigates_measurement

    @property
    def factors(self) -> tuple[float, ...]:
        """The noise factors at which circuits run."""
        given = self.zne_mitigation
        on = self.resilience_level >= 2 if given is None else given
        return tuple(self.noise_factors) if on else (1.0,)

    @property
    def is_active(self) -> bool:
        """Whether anything runs that would not run without options."""
        twirls = self.twirls_gates or self.twirls_measurement
        return twirls or self.factors != (1.0,) or self.dynamical_decoupling is not None

    def of_sampler(self) -> RuntimeOptions:
        """Those that a Sampler has: twirling that is asked for, and decoupling."""
        return RuntimeOptions(
            twirling_gates=self.twirling_gates,
            twirling_measure=self.twirling_measure,
            num_randomizations=self.num_randomizations,
            shots_per_randomization=self.shots_per_randomization,
            dynamical_decoupling=self.dynamical_decoupling,
            rep_delay_s=self.rep_delay_s,
        )

    def randomized(self, log_shots: float) -> tuple[float, float]:
        """The logs of the random circuits that stand for one, and of the shots of each.

        Args:
            log_shots: of the circuit. Random circuits have whole numbers of shots, so that
                together they have a few more.
        """
        if not (self.twirls_gates or self.twirls_measurement):
            return 0.0, log_shots
        if log_shots > _ROUNDED_BELOW:
            if self.shots_per_randomization is not None and self.num_randomizations is None:
                log_each = log(self.shots_per_randomization)
                return log_shots - log_each, log_each
            log_circuits = log(self.num_randomizations or AUTO_RANDOMIZATIONS)
            return log_circuits, log_shots - log_circuits
        shots = math.ceil(exp(log_shots) * (1 - 1e-12))
        circuits, each = self.num_randomizations, self.shots_per_randomization
        if each is None:
            spread = circuits or AUTO_RANDOMIZATIONS
            each = max(math.ceil(shots / spread), 1 if circuits else AUTO_SHOTS)
        if circuits is None:
            circuits = math.ceil(shots / each)
        return log(circuits), log(each)

    def words(self) -> str:
        """What is on, as a report says it."""
        parts = [
            ("gate twirling", self.twirls_gates),
            ("measurement twirling", self.twirls_measurement),
            (f"decoupling {self.dynamical_decoupling}", self.dynamical_decoupling is not None),
            ("TREX", self.mitigates_measurement),
            (f"ZNE {', '.join(f'{f:g}' for f in self.factors)}", self.factors != (1.0,)),
        ]
        return ", ".join(name for name, on in parts if on) or "none"
