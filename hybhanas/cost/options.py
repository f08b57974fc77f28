"""Options of IBM's primitives that multiply what runs: twirling, decoupling, error mitigation."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hybhanas.calibration.repair import LONGEST_S
from hybhanas.cost.logs import exp, log
from hybhanas.errors import check_number, refused, unknown, whole

LEVELS = (0, 1, 2)
SEQUENCES = {"XX": 2, "XpXm": 2, "XY4": 4}
"""Pulses of a sequence of dynamical decoupling, by its name."""

AUTO_RANDOMIZATIONS = 32
AUTO_SHOTS = 64
"""What Runtime's `auto` takes: at most 32 random circuits, of at least 64 shots each."""

MOST_SHOTS = 10**12
"""Of a circuit; they take years, so that more are a slip."""

MOST_FACTOR = 100
"""Of noise: beyond it nothing survives of any circuit."""

SECONDS = "seconds, at least 0 and below 1e9"

_FLAGS = ("twirling_gates", "twirling_measure", "measure_mitigation", "zne_mitigation")
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
        self._check_noise_factors()
        level = self.resilience_level
        if isinstance(level, bool) or level not in LEVELS:
            raise unknown("options.resilience_level", self.resilience_level, LEVELS)
        if self.dynamical_decoupling not in (None, *SEQUENCES):
            raise unknown("options.dynamical_decoupling", self.dynamical_decoupling, SEQUENCES)
        for name in ("num_randomizations", "shots_per_randomization"):
            if (value := getattr(self, name)) is None:
                continue
            value = whole(f"options.{name}", value)
            accepted = f"at least 1, at most {MOST_SHOTS:,}"
            check_number(f"options.{name}", value, accepted, lambda n: 1 <= n <= MOST_SHOTS)
            object.__setattr__(self, name, value)
        for name in _FLAGS:
            if not isinstance(getattr(self, name), bool | None):
                raise refused(f"options.{name}", getattr(self, name), "true or false")
        if self.rep_delay_s is not None:
            check_number(
                "options.rep_delay_s", self.rep_delay_s, SECONDS, lambda s: 0 <= s < LONGEST_S
            )

    def _check_noise_factors(self) -> None:
        name, given = "options.noise_factors", self.noise_factors
        accepted = f"at least two numbers, each at least 1, at most {MOST_FACTOR}"
        if isinstance(given, str) or not isinstance(given, Iterable):
            raise refused(name, given, accepted)
        given = tuple(given)
        if len(given) < 2:
            raise refused(name, list(given), accepted)
        for factor in given:
            check_number(name, factor, accepted, lambda number: 1 <= number <= MOST_FACTOR)
        object.__setattr__(self, "noise_factors", tuple(float(factor) for factor in given))

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
