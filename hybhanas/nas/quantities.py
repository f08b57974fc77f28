"""Quantities: every number that is known of an evaluation, each with its unit and direction.

Objectives, constraints, columns and pictures read this table.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Literal

from hybhanas.errors import ConfigError, unknown

Evaluation = Any
"""A `hybhanas.nas.evaluation.Evaluation`, whose values are those of this table."""

OVERFLOW = 1e300
"""Stands for a value that a double cannot hold, so that optimisers never meet an infinity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number that is known of an evaluation; objective or constraint by its name.

    Example, an objective of one's own:
        >>> layers = Quantity(name="layers", label="layers", get=lambda e: e.architecture.depth)
        >>> register(layers)
        >>> QUANTITIES["layers"].better
        'smaller'
    """

    name: str  # as settings and columns name it: small letters, digits and _
    label: str  # as pictures and tables name it
    # Its value, of an evaluation whose cost is known. It must depend on nothing else.
    get: Callable[[Evaluation], float]
    unit: str = ""  # s, J; none for counts and ratios
    better: Literal["smaller", "larger"] = "smaller"
    # Constraints are checked before training, so that they take only what is known then.
    known: Literal["before training", "after training"] = "before training"
    # Corners of the hypervolume's box, unless search.ideal_point and search.reference_point name
    # others. No worst value: search.reference_point must name it for an objective.
    best: float = 0.0
    worst: float | None = None

    @property
    def sign(self) -> int:
        """1 if it is minimised, -1 if its negative is."""
        return 1 if self.better == "smaller" else -1

    @property
    def title(self) -> str:
        """The label with the unit, as for an axis."""
        return f"{self.label} ({self.unit})" if self.unit else self.label

    def value(self, evaluation: Evaluation) -> float:
        """Its value, at most OVERFLOW."""
        return min(self.get(evaluation), OVERFLOW)


def _cost(  # noqa: PLR0913 - a row of the table
    name: str,
    path: str,
    label: str,
    unit: str = "",
    better: Literal["smaller", "larger"] = "smaller",
    best: float = 0.0,
    worst: float | None = None,
) -> Quantity:
    """A term of the CostReport, by its path there."""
    return Quantity(
        name=name,
        label=label,
        get=attrgetter(f"cost.{path}"),
        unit=unit,
        better=better,
        best=best,
        worst=worst,
    )


def _proxy(name: str, label: str) -> Quantity:
    return Quantity(name=name, label=label, get=lambda e: (e.proxies or {})[name])


PROXIES = ("flops", "classical_flops", "simulation_flops")
"""Operations of one sample forward: both halves, the classical layers, the simulated circuit."""

PARTS = (
    _cost("gates_s", "parts.gates_s", "gates", "s"),
    _cost("routing_total_s", "parts.routing_s", "routing", "s"),
    _cost("noise_s", "parts.noise_s", "noise (extra shots)", "s"),
    _cost("repetition_delay_s", "parts.repetition_delay_s", "repetition delay", "s"),
    _cost("program_loading_s", "parts.program_loading_s", "program loading", "s"),
    _cost("job_s", "parts.job_s", "job overhead", "s"),
    _cost("classical_s", "parts.classical_s", "classical", "s"),
)
"""The parts that add up to `total_s`, in the order in which they are shown."""

_OURS = (
    Quantity(
        name="error",
        label="validation error",
        get=lambda e: 1 - (e.validation_accuracy or 0.0),
        known="after training",
        worst=1.0,
    ),
    Quantity(name="parameters", label="trainable parameters", get=lambda e: e.parameters or 0),
    _proxy("flops", "operations of a sample, both halves"),
    _proxy("classical_flops", "operations of a sample, classical layers"),
    _proxy("simulation_flops", "operations of a sample, simulated circuit"),
    _cost("qubits", "circuit.qubits", "qubits"),
    _cost("circuit_depth", "circuit.depth", "depth of the transpiled circuit"),
    _cost("physical_instructions", "circuit.physical_instructions", "physical instructions"),
    _cost("two_qubit_gates", "circuit.two_qubit_gates", "two-qubit gates"),
    _cost("added_two_qubit_gates", "circuit.added_two_qubit_gates", "gates added by routing"),
    _cost("circuit_s", "circuit.time_s", "circuit time", "s"),
    _cost("scheduled_s", "circuit.scheduled_s", "critical path of the circuit", "s"),
    _cost("serial_s", "circuit.serial_s", "sum over the circuit's instructions", "s"),
    _cost("all_to_all_s", "circuit.all_to_all_s", "circuit time, all coupled", "s"),
    _cost("routing_s", "circuit.routing_s", "routing of a circuit", "s"),
    _cost("routing_ratio", "circuit.routing_ratio", "circuit time over all coupled"),
    _cost("p_gate", "noise.p_gate", "P gates", "", "larger", 1.0, 0.0),
    _cost("p_readout", "noise.p_readout", "P readout", "", "larger", 1.0, 0.0),
    _cost("p_idle", "noise.p_idle", "P idle", "", "larger", 1.0, 0.0),
    _cost("p_survival", "noise.p_survival", "P survival", "", "larger", 1.0, 0.0),
    _cost("log10_p_survival", "noise.log10_p_survival", "log10 P survival", "", "larger"),
    _cost("shots_effective", "executions.shots_effective", "effective shots"),
    _cost("log10_shots_effective", "executions.log10_shots_effective", "log10 effective shots"),
    _cost("circuits_per_sample", "executions.circuits_per_sample", "circuits per sample"),
    _cost("executions", "executions.circuits", "circuits"),
    _cost("jobs", "executions.jobs", "jobs"),
    _cost("quantum_inference_s", "time.quantum_inference_s", "quantum inference", "s"),
    _cost("quantum_training_s", "time.quantum_training_s", "quantum training", "s"),
    _cost("classical_inference_s", "time.classical_inference_s", "classical inference", "s"),
    _cost("classical_training_s", "time.classical_training_s", "classical training", "s"),
    _cost("quantum_s", "time.quantum_s", "quantum time", "s"),
    _cost("total_s", "time.total_s", "total time, quantum and classical", "s"),
    _cost("log10_total_s", "time.log10_total_s", "log10 total time / s"),
    _cost("log10_total_spread", "time.log10_total_spread", "log10 spread over layouts"),
    _cost("latency_s", "time.latency_s", "latency of one inference", "s"),
    _cost("log10_latency_s", "time.log10_latency_s", "log10 latency / s"),
    _cost("energy_j", "energy.total_j", "energy", "J"),
    _cost("log10_energy_j", "energy.log10_total_j", "log10 energy / J"),
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
"""All quantities by name, those that users registered included."""


def register(quantity: Quantity) -> None:
    """Adds a quantity of one's own, which then may be an objective or a constraint.

    One of the same name that was registered before is replaced.

    Raises:
        ConfigError: hybhanas has one of this name, or it is not of small letters, digits and _.
    """
    if not _NAME.fullmatch(quantity.name):
        raise ConfigError(
            f"quantity {quantity.name!r} cannot be registered: small letters, digits and _"
        )
    if quantity.name in {ours.name for ours in _OURS}:
        raise ConfigError(f"quantity {quantity.name} cannot be registered: hybhanas has it")
    _known[quantity.name] = quantity


def find(setting: str, name: str, before_training: bool = False) -> Quantity:
    """The quantity that a setting names.

    Args:
        setting: as errors name it, such as `search.objectives`.
        name: of the quantity.
        before_training: accept only what is known then.

    Raises:
        ConfigError: there is no such quantity; the text is one line with the nearest match.
    """
    accepted = [
        quantity.name
        for quantity in _known.values()
        if not before_training or quantity.known == "before training"
    ]
    if name not in accepted:
        raise unknown(setting, name, accepted)
    return _known[name]


def finite_values(evaluation: Evaluation, names: Sequence[str]) -> dict[str, float | None]:
    """Terms of an evaluation's cost by name; None where there is none, or none that is finite."""
    if evaluation.cost is None:
        return dict.fromkeys(names)
    values = {name: _known[name].get(evaluation) for name in names}
    return {name: value if math.isfinite(value) else None for name, value in values.items()}
