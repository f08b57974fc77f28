"""Options as qiskit-ibm-runtime names and nests them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from typing import Any

from hybhanas.cost.options import RuntimeOptions
from hybhanas.errors import ConfigError, unknown, whole
from hybhanas.pubs import shots_of

_FIELDS = tuple(field.name for field in fields(RuntimeOptions))
_PLACES = {
    "resilience_level": "resilience_level",
    "twirling.enable_gates": "twirling_gates",
    "twirling.enable_measure": "twirling_measure",
    "twirling.num_randomizations": "num_randomizations",
    "twirling.shots_per_randomization": "shots_per_randomization",
    "dynamical_decoupling.sequence_type": "dynamical_decoupling",
    "resilience.measure_mitigation": "measure_mitigation",
    "resilience.zne_mitigation": "zne_mitigation",
    "resilience.zne.noise_factors": "noise_factors",
    "execution.rep_delay": "rep_delay_s",
}
"""Where Runtime has what `RuntimeOptions` has; its other options change no count and no time."""

_UNKNOWN_COST = {
    "resilience.pec_mitigation": True,
    "resilience.zne.amplifier": "pea",
}
"""Options whose executions depend on a noise model that is learnt first."""


def options_from(given: Any) -> RuntimeOptions:
    """Options in any form.

    Args:
        given: None, `RuntimeOptions`, a mapping of its fields, or the options of a primitive of
            qiskit-ibm-runtime, as its object or as nested mappings.

    Raises:
        ConfigError: an option whose cost is not known, or a name that is none.

    Example:
        >>> options_from({"twirling": {"enable_gates": True}}).twirls_gates
        True
    """
    if given is None:
        return RuntimeOptions()
    if isinstance(given, RuntimeOptions):
        return given
    given = _mapping(given)
    values: dict[str, Any] = {}
    for place, value in _flat(given, ""):
        if _UNKNOWN_COST.get(place, ...) == value:
            raise ConfigError(
                f"options.{place}={value} is not accepted: how much it runs depends on the noise "
                "that it learns first"
            )
        name = place if place in _FIELDS else _PLACES.get(place)
        if name is None:
            _check(place)
        elif value not in (None, "auto"):
            values[name] = value
    if not _enabled(given):
        values.pop("dynamical_decoupling", None)
    return RuntimeOptions(**values)


def shots_from(given: Any) -> int | None:
    """The shots that the options of a primitive give PUBs that name none, if they do.

    Example:
        >>> shots_from({"default_shots": 1000}), shots_from({"default_precision": 0.05})
        (1000, 400)
    """
    if given is None or isinstance(given, RuntimeOptions):
        return None
    values = dict(_flat(_mapping(given), ""))
    if (shots := values.get("default_shots")) is not None:
        return whole("options.default_shots", shots)
    precision = values.get("default_precision")
    return None if precision is None else shots_of(precision, "options.default_precision")


def _mapping(given: Any) -> Mapping[str, Any]:
    if hasattr(given, "model_dump"):
        given = given.model_dump()
    elif is_dataclass(given) and not isinstance(given, type):
        given = asdict(given)
    if not isinstance(given, Mapping):
        raise ConfigError(
            f"options={type(given).__name__} is not accepted: RuntimeOptions, the options of a "
            "primitive, or a mapping"
        )
    return given


def _flat(given: Mapping[str, Any], prefix: str) -> list[tuple[str, Any]]:
    """Values that are set, by their places; what is unset has a type of its own in Runtime."""
    found: list[tuple[str, Any]] = []
    for name, value in given.items():
        if (key := str(name)).startswith("_"):
            continue  # Runtime's own, such as the version of its options
        if isinstance(value, Mapping):
            found += _flat(value, f"{prefix}{key}.")
        elif type(value).__name__ != "UnsetType":
            found.append((prefix + key, value))
    return found


def _enabled(given: Mapping[str, Any]) -> bool:
    decoupling = given.get("dynamical_decoupling")
    if not isinstance(decoupling, Mapping):
        return True
    return decoupling.get("enable") is True


def _check(place: str) -> None:
    """Lets the names of Runtime's other options pass, and nothing that resembles ours."""
    groups = ("twirling", "dynamical_decoupling", "resilience", "execution", "environment",
              "simulator", "experimental")  # fmt: skip
    alone = ("default_shots", "default_precision", "max_execution_time", "seed_estimator")
    if place.partition(".")[0] not in groups and place not in alone:
        raise unknown("options", place, (*_FIELDS, *groups))
