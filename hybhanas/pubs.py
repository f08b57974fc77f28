"""PUBs: circuits with the values they run with, as Qiskit's primitives take them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from qiskit import QuantumCircuit
from qiskit.exceptions import QiskitError
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.observables_array import ObservablesArray
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.quantum_info import Pauli, PauliList, SparseObservable, SparsePauliOp

from hybhanas.architecture import Architecture
from hybhanas.circuit import Circuit
from hybhanas.errors import ConfigError, check_number, whole
from hybhanas.observables import bases_of, labels_of, read_observables

_Given = TypeVar("_Given", EstimatorPub, SamplerPub)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pub:
    """A circuit, what is measured of it, and how often.

    Args:
        circuit: as it was given.
        observables: what is measured, see `hybhanas.straight_line.measured_lines`; None: what the
            circuit itself measures.
        parameter_sets: sets of values for its free parameters, 1 where it has none.
        configurations: circuits that run: pairs of a set of values and a basis to measure in.
        shots: of each; None: those of the job.
        primitive: `estimator` or `sampler`.
    """

    circuit: QuantumCircuit
    observables: Any
    parameter_sets: int
    configurations: int
    shots: int | None
    primitive: str

    def measuring(self, observables: Any, place: str = "pub") -> Pub:
        """The same circuit and values with observables of an Estimator's.

        Args:
            observables: in any form that `read_observables` takes.
            place: what errors call the PUB.

        Raises:
            ConfigError: a label that is not one of the circuit.
        """
        observables = read_observables(observables)
        if not isinstance(observables[0], str):  # products, which one circuit gives
            return replace(self, observables=observables, primitive="estimator")
        labels = tuple(dict.fromkeys(label.lstrip("+-i") for label in observables))
        for label in labels:
            if len(label) != self.circuit.num_qubits or set(label) - set("IXYZ"):
                raise ConfigError(
                    f"{place}: observable {label[:80]} is not accepted: a letter I, X, Y or Z for "
                    f"each of the {self.circuit.num_qubits} qubits, the rightmost for qubit 0"
                )
        return replace(
            self,
            observables=labels,
            configurations=self.parameter_sets * len(bases_of(labels)),
            primitive="estimator",
        )


def listed(given: Any) -> list[Any] | None:
    """PUBs of a job as a list; None of a circuit, a path or an architecture alone.

    A tuple is a job if each of its items is a circuit, a path or an architecture, or if each may be
    a PUB and the first is no circuit; else it is one PUB.

    Raises:
        ConfigError: a mapping, or a tuple that is neither a job nor a PUB.
    """
    if isinstance(given, list):
        return given
    if isinstance(given, tuple):
        alone = (QuantumCircuit, Circuit, Architecture, Path)
        if all(isinstance(one, alone) for one in given):
            return list(given)
        if isinstance(given[0], QuantumCircuit):
            return [given]
        if all(isinstance(one, (*alone, str, tuple, EstimatorPub, SamplerPub)) for one in given):
            return list(given)
        raise not_a_pub("pubs", given)
    if hasattr(given, "parameter_values"):
        return [given]
    if isinstance(given, Mapping):
        raise not_a_pub("pubs", given)
    if isinstance(given, Iterable) and not isinstance(given, str | QuantumCircuit):
        return list(given)
    return None


def not_a_pub(place: str, given: Any) -> ConfigError:
    """The error of something that is no PUB."""
    return ConfigError(
        f"{place}={type(given).__name__} is not accepted: a circuit, a tuple (circuit, "
        "observables, values, precision) or (circuit, values, shots), an EstimatorPub or a "
        "SamplerPub"
    )


def read_pub(given: Any, place: str = "pub") -> Pub:
    """A PUB, as EstimatorV2 and SamplerV2 take it, or a circuit alone.

    Args:
        given: a circuit, a tuple of it with observables, values and precision (an Estimator's) or
            with values and shots (a Sampler's), an `EstimatorPub` or a `SamplerPub`. The values of
            a circuit alone may be left open, since its time does not depend on them.
        place: what errors call it.

    Raises:
        ConfigError: Qiskit would not accept it either; its reason is in the text.

    Example:
        >>> circuit = QuantumCircuit(2)
        >>> _ = circuit.h(0)
        >>> pub = read_pub((circuit, [["ZZ"], ["XX"], ["IZ"]]))
        >>> pub.configurations  # ZZ and IZ are read from the same circuit
        2
    """
    if isinstance(given, tuple) and not isinstance(next(iter(given), None), QuantumCircuit):
        raise not_a_pub(place, given)
    try:
        if isinstance(given, QuantumCircuit):
            return _alone(given)
        if isinstance(given, EstimatorPub) or (isinstance(given, tuple) and _is_estimated(given)):
            return _of_estimator(_named(EstimatorPub.coerce(given)))
        if isinstance(given, SamplerPub | tuple):
            return _of_sampler(_named(SamplerPub.coerce(given)))
    except (QiskitError, ValueError, TypeError) as error:
        reason = " ".join(str(getattr(error, "message", error)).split())
        raise ConfigError(f"{place} is not accepted: {reason}") from None
    raise not_a_pub(place, given)


def _named(pub: _Given) -> _Given:
    """The same PUB, whose values Qiskit finds by the names of the circuit's parameters.

    Raises:
        ValueError: a value is of a parameter that the circuit does not have.
    """
    own = [one.name for one in pub.circuit.parameters]
    for name in (name for names in pub.parameter_values.data for name in names):
        if name not in own:
            raise ValueError(f"the circuit has no parameter {name}; it has: {_first(own)}")
    pub.parameter_values.as_array(pub.circuit.parameters)
    return pub


def _first(names: Sequence[str], most: int = 10) -> str:
    return ", ".join(names[:most]) + (", ..." if len(names) > most else "")


def _alone(circuit: QuantumCircuit) -> Pub:
    return Pub(
        circuit=circuit,
        observables=None,
        parameter_sets=1,
        configurations=1,
        shots=None,
        primitive="sampler",
    )


def _is_estimated(given: Sequence[Any]) -> bool:
    """Whether a tuple is an Estimator's: its second item holds observables, not numbers."""
    if len(given) == 4:
        return True
    item = given[1] if len(given) > 1 else None
    while isinstance(item, list | tuple | np.ndarray) and len(item):
        item = item[0]
    if isinstance(item, Mapping):  # of observables by name to numbers, or of parameters to values
        return all(isinstance(key, str | Pauli) and _is_label(str(key)) for key in item)
    kinds = (str, Pauli, PauliList, SparsePauliOp, SparseObservable, ObservablesArray)
    return isinstance(item, kinds)


def _is_label(text: str) -> bool:
    return bool(text) and not set(text) - set("IXYZ01+-rl")


def _of_sampler(pub: SamplerPub) -> Pub:
    sets = math.prod(pub.parameter_values.shape)
    return Pub(
        circuit=pub.circuit,
        observables=None,
        parameter_sets=sets,
        configurations=sets,
        shots=None if pub.shots is None else whole("shots", pub.shots),
        primitive="sampler",
    )


def _of_estimator(pub: EstimatorPub) -> Pub:
    """Bases are shared by all observables of a PUB; a set of values runs in those that its own
    observables need.
    """
    observables = labels_of(pub.observables)
    labels = tuple(dict.fromkeys(label for terms in observables for label in terms))
    basis = {label: i for i, group in enumerate(bases_of(labels)) for label in group}
    shape = pub.parameter_values.shape
    sets = np.broadcast_to(np.arange(math.prod(shape)).reshape(shape), pub.shape)
    which = np.broadcast_to(np.arange(len(observables)).reshape(pub.observables.shape), pub.shape)
    needed = {
        (values, basis[label])
        for values, observable in zip(sets.ravel().tolist(), which.ravel().tolist(), strict=True)
        for label in observables[observable]
        if label in basis
    }
    precision = pub.precision
    return Pub(
        circuit=pub.circuit,
        observables=labels,
        parameter_sets=math.prod(shape),
        configurations=len(needed),
        shots=None if precision is None else shots_of(precision),
        primitive="estimator",
    )


def shots_of(precision: float, setting: str = "precision") -> int:
    """The shots that Runtime runs for a standard error: ceil(1 / precision^2).

    Args:
        precision: the standard error.
        setting: what errors call it.

    Raises:
        ConfigError: it is no number, below a millionth, or not below a million.

    Example:
        >>> shots_of(0.015625)
        4096
    """
    accepted = "0.000001 <= precision < 1e6"
    check_number(setting, precision, accepted, lambda error: 1e-6 <= error < 1e6)
    return math.ceil(1 / precision**2)
