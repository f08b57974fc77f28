"""Quantities: the numbers that an evaluation has, each with name, unit, direction and label.

Objectives, constraints, columns and pictures read this table.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any, Literal

from hybhanas.circuit import lay_out
from hybhanas.errors import ConfigError, unknown

Evaluation = Any
"""A `hybhanas.nas.evaluation.Evaluation`, whose values are those of this table."""

OVERFLOW = 1e300
"""Replaces a value that a double cannot hold, so that optimisers never see an infinity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number that an evaluation has; settings name it as an objective or a constraint.

    Example, a quantity of your own:
        >>> layers = Quantity(name="layers", label="layers", get=lambda e: e.architecture.depth)
        >>> register(layers)
        >>> QUANTITIES["layers"].better
        'smaller'
    """

    name: str  # in settings and columns: lower-case letters, digits and _
    label: str  # in pictures and tables
    # Its value for an evaluation whose cost is known; it must depend on nothing else.
    get: Callable[[Evaluation], float]
    unit: str = ""  # s, J or USD; none for counts and ratios
    better: Literal["smaller", "larger"] = "smaller"
    # Constraints are checked before training, so they accept only what is known by then.
    known: Literal["before training", "after training"] = "before training"
    # Corners of the hypervolume's box, unless search.ideal_point or search.reference_point gives
    # others. For an objective without a worst value, search.reference_point must give one.
    best: float = 0.0
    worst: float | None = None

    @property
    def sign(self) -> int:
        """1 if it is minimised, -1 if its negative is."""
        return 1 if self.better == "smaller" else -1

    @property
    def without_logarithm(self) -> Quantity:
        """What it is the logarithm of, which orders alike; itself where it is none."""
        return QUANTITIES.get(self.name.removeprefix("log10_"), self)

    @property
    def title(self) -> str:
        """The label with the unit, as for an axis."""
        return f"{self.label} ({self.unit})" if self.unit else self.label

    def value(self, evaluation: Evaluation) -> float:
        """Its value, at most OVERFLOW."""
        return min(self.get(evaluation), OVERFLOW)


def _cost(
    name: str, path: str, label: str, better: Literal["smaller", "larger"] = "smaller"
) -> Quantity:
    """A term of the CostReport, by its path there. A name that ends in _s or _j tells the unit,
    that of a logarithm has none.
    """
    ending = "" if name.startswith("log10_") else name.rpartition("_")[2]
    unit = {"s": "s", "j": "J"}.get(ending, "")
    return Quantity(
        name=name, label=label, get=attrgetter(f"cost.{path}"), unit=unit, better=better
    )


def _with_log10(name: str, path: str, label: str) -> tuple[Quantity, Quantity]:
    """A term of the CostReport, and its logarithm, a field of the same section."""
    section, _, field = path.partition(".")
    term = _cost(name, path, label)
    log_label = f"log10 {label}" + (f" / {term.unit}" if term.unit else "")
    return term, _cost(f"log10_{name}", f"{section}.log10_{field}", log_label)


def _money(name: str, label: str) -> Quantity:
    """A term of the report's money; NaN where no price is known."""

    def get(evaluation: Evaluation) -> float:
        return getattr(evaluation.cost.money, name, math.nan)

    return Quantity(name=name, label=label, get=get, unit="" if "log10" in name else "USD")


def _survival(name: str, label: str) -> Quantity:
    """A fraction that survives noise: 1 at best, 0 at worst."""
    return replace(_cost(name, f"noise.{name}", label, "larger"), best=1.0, worst=0.0)


def _proxy(name: str, label: str) -> Quantity:
    return Quantity(name=name, label=label, get=lambda e: (e.proxies or {})[name])


PROXIES = ("flops", "classical_flops", "simulation_flops")
"""Floating-point operations of the forward pass of one sample: in all, in the classical layers, and
in simulating the circuit.
"""

PARTS = (
    _cost("gates_s", "parts.gates_s", "gates"),
    _cost("routing_total_s", "parts.routing_s", "routing"),
    _cost("noise_s", "parts.noise_s", "noise (extra shots)"),
    _cost("repetition_delay_s", "parts.repetition_delay_s", "repetition delay"),
    _cost("program_loading_s", "parts.program_loading_s", "program loading"),
    _cost("job_s", "parts.job_s", "job overhead"),
    _cost("options_s", "parts.options_s", "options of the primitive"),
    _cost("classical_s", "parts.classical_s", "classical"),
)
"""The parts that add up to `total_s`, in the order in which they are shown."""

MONEY = (
    _money("cost_usd", "cost"),
    _money("log10_cost_usd", "log10 cost / USD"),
    _money("cost_low_usd", "cost, 90 % interval from"),
    _money("cost_high_usd", "cost, 90 % interval to"),
)
"""What is paid, known only on a backend with a price."""

TIMES = ("qpu_s", "qpu_low_s", "qpu_high_s", "effective_s", "total_s", "log10_total_s")
"""The times of an evaluation in tables: both quantum times, and the cost model's total."""

_OURS = (
    Quantity(
        name="error",
        label="validation error",
        get=lambda e: 1 - (e.validation_accuracy or 0.0),
        known="after training",
        worst=1.0,
    ),
    Quantity(
        name="balanced_accuracy",
        label="balanced validation accuracy",
        get=lambda e: e.balanced_accuracy or 0.0,
        better="larger",
        known="after training",
        best=1.0,
        worst=0.0,
    ),
    Quantity(
        name="roc_auc",
        label="validation ROC AUC",
        get=lambda e: e.roc_auc or 0.0,
        better="larger",
        known="after training",
        best=1.0,
        worst=0.0,
    ),
    Quantity(
        name="contribution",
        label="validation accuracy above the classical twin's",
        get=lambda e: math.nan if e.contribution is None else e.contribution,
        better="larger",
        known="after training",
        best=1.0,
        worst=-1.0,
    ),
    Quantity(name="parameters", label="trainable parameters", get=lambda e: e.parameters or 0),
    Quantity(
        name="quantum_parameters",
        label="trainable angles of the circuit",
        get=lambda e: lay_out(e.architecture).weights,
    ),
    Quantity(
        name="classical_parameters",
        label="trainable parameters, classical layers",
        get=lambda e: (e.parameters or 0) - lay_out(e.architecture).weights,
    ),
    _proxy("flops", "operations per sample, classical and simulated"),
    _proxy("classical_flops", "operations per sample, classical layers"),
    _proxy("simulation_flops", "operations per sample, simulated circuit"),
    _cost("qubits", "circuit.qubits", "qubits"),
    _cost("circuit_depth", "circuit.depth", "depth of the transpiled circuit"),
    _cost("physical_instructions", "circuit.physical_instructions", "physical instructions"),
    _cost("two_qubit_gates", "circuit.two_qubit_gates", "two-qubit gates"),
    _cost("added_two_qubit_gates", "circuit.added_two_qubit_gates", "gates added by routing"),
    _cost("circuit_s", "circuit.time_s", "circuit time"),
    _cost("scheduled_s", "circuit.scheduled_s", "critical path of the circuit"),
    _cost("serial_s", "circuit.serial_s", "sum over the circuit's instructions"),
    _cost("all_to_all_s", "circuit.all_to_all_s", "circuit time with all qubits coupled"),
    _cost("routing_s", "circuit.routing_s", "routing per circuit"),
    _cost("routing_ratio", "circuit.routing_ratio", "circuit time relative to all qubits coupled"),
    _survival("p_gate", "P gates"),
    _survival("p_readout", "P readout"),
    _survival("p_idle", "P idle"),
    _survival("p_survival", "P survival"),
    _survival("p_survival_low", "P survival, 90 % interval from"),
    _survival("p_survival_high", "P survival, 90 % interval to"),
    _cost("log10_p_survival", "noise.log10_p_survival", "log10 P survival", "larger"),
    *_with_log10("shots_effective", "executions.shots_effective", "effective shots"),
    _cost("circuits_per_sample", "executions.circuits_per_sample", "circuits per sample"),
    _cost(
        "circuits_per_sample_separate",
        "executions.circuits_per_sample_separate",
        "circuits per sample, each angle shifted alone",
    ),
    _cost("executions", "executions.circuits", "circuits"),
    _cost("jobs", "executions.jobs", "jobs"),
    *_with_log10("total_executions", "executions.total_executions", "executions of all circuits"),
    _cost("quantum_inference_s", "time.quantum_inference_s", "quantum inference"),
    _cost("quantum_training_s", "time.quantum_training_s", "quantum training"),
    _cost("classical_inference_s", "time.classical_inference_s", "classical inference"),
    _cost("classical_training_s", "time.classical_training_s", "classical training"),
    *_with_log10("qpu_s", "time.qpu_s", "QPU time"),
    _cost("qpu_low_s", "time.qpu_low_s", "QPU time, 90 % interval from"),
    _cost("qpu_high_s", "time.qpu_high_s", "QPU time, 90 % interval to"),
    _cost("billed_s", "time.billed_s", "billed time"),
    *_with_log10("effective_s", "time.effective_s", "effective execution time"),
    _cost("effective_low_s", "time.effective_low_s", "effective time, 90 % interval from"),
    _cost("effective_high_s", "time.effective_high_s", "effective time, 90 % interval to"),
    _cost("quantum_s", "time.quantum_s", "quantum time of the cost model"),
    *_with_log10("total_s", "time.total_s", "total time, quantum and classical"),
    _cost("log10_total_spread", "time.log10_total_spread", "log10 spread over layouts"),
    *_with_log10("latency_s", "time.latency_s", "latency of one inference"),
    *_with_log10("energy_j", "energy.total_j", "energy"),
    *MONEY,
    *PARTS,
)

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_known = {quantity.name: quantity for quantity in _OURS}


class _Quantities(Mapping[str, Quantity]):
    def __getitem__(self, name: str) -> Quantity:
        return _known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_known)

    def __len__(self) -> int:
        return len(_known)


QUANTITIES: Mapping[str, Quantity] = _Quantities()
"""All quantities by name, including those that users registered."""


def register(quantity: Quantity) -> None:
    """Adds a quantity of your own, which settings may then name as an objective or a constraint.

    It replaces one that was registered under the same name before.

    Raises:
        ConfigError: the name is one of hybhanas, or has other characters than lower-case letters,
            digits and _.
    """
    if not _NAME.fullmatch(quantity.name):
        raise ConfigError(
            f"quantity {quantity.name!r} cannot be registered: lower-case letters, digits and _"
        )
    if quantity.name in {ours.name for ours in _OURS}:
        raise ConfigError(f"quantity {quantity.name} cannot be registered: hybhanas has it")
    _known[quantity.name] = quantity


def find(setting: str, name: str, before_training: bool = False) -> Quantity:
    """Looks up the quantity that a setting names.

    Args:
        setting: its name for the error, such as `search.objectives`.
        name: of the quantity.
        before_training: accept only quantities that are known before training.

    Raises:
        ConfigError: there is no such quantity; the text is one line with the nearest match.
    """

    def accepted(quantity: Quantity) -> bool:
        return not before_training or quantity.known == "before training"

    if name not in _known or not accepted(_known[name]):
        raise unknown(setting, name, [q.name for q in _known.values() if accepted(q)])
    return _known[name]


def finite_values(evaluation: Evaluation, names: Sequence[str]) -> dict[str, float | None]:
    """Quantities of an evaluation by name; None where it has no cost or the value is not finite."""
    if evaluation.cost is None:
        return dict.fromkeys(names)
    values = {name: _known[name].get(evaluation) for name in names}
    return {name: value if math.isfinite(value) else None for name, value in values.items()}
