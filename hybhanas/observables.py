"""Observables in the forms that Qiskit has for them, as labels or as tuples of classical bits."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any

from qiskit.primitives.containers.observables_array import ObservablesArray
from qiskit.quantum_info import Pauli, PauliList, SparseObservable, SparsePauliOp

from hybhanas.errors import ConfigError, refused

_PAULI_OF = str.maketrans("01+-rl", "ZZXXYY")
"""Projectors are read in the bases of the Paulis that they are eigenstates of."""


def read_observables(given: Any) -> list[Any]:
    """Observables in a list: labels of Pauli strings, or tuples of classical bits.

    Args:
        given: a Pauli, a label, an operator, tuples of classical bits, whose Z are multiplied, or
            any of them in lists as Qiskit's Estimator takes them.

    Raises:
        ConfigError: something else, none, or labels beside classical bits.

    Example:
        >>> read_observables([["ZZ"], SparsePauliOp(["XX", "IZ"])]), read_observables([(0, 1)])
        (['ZZ', 'XX', 'IZ'], [(0, 1)])
    """
    found = _observables(given, given)
    if not found:
        raise ConfigError("observables=[] is not accepted: at least one")
    if len({isinstance(one, str) for one in found}) > 1:
        raise _no_observables(given)
    return found


def _observables(one: Any, given: Any) -> list[Any]:
    """Labels and products of a part of what was given."""
    if isinstance(one, str):
        return [str(one)]
    if isinstance(one, Pauli):
        return [one.to_label()]  # str shortens a wide one
    if isinstance(one, SparseObservable):
        one = SparsePauliOp.from_sparse_observable(one)
    if isinstance(one, SparsePauliOp):
        one = one.paulis
    if isinstance(one, PauliList):
        return list(one.to_labels())
    if isinstance(one, ObservablesArray):
        return [label for observable in labels_of(one) for label in observable]
    try:
        parts = list(one)
    except TypeError:
        raise _no_observables(given) from None
    if parts and one is not given and all(_is_bit(part) for part in parts):
        return [tuple(int(bit) for bit in parts)]
    return [inner for part in parts for inner in _observables(part, given)]


def _is_bit(given: Any) -> bool:
    return isinstance(given, Integral) and not isinstance(given, bool) and int(given) >= 0


def _no_observables(given: Any) -> ConfigError:
    return refused(
        "observables",
        given,
        'Pauli labels such as ["ZZI"], a SparsePauliOp, tuples of classical bits',
    )


def labels_of(observables: ObservablesArray) -> list[list[str]]:
    """The Pauli strings of each observable."""
    return [
        [str(label).translate(_PAULI_OF) for label in observable]
        for observable in observables.ravel().tolist()
    ]


def bases_of(labels: Sequence[str]) -> list[list[str]]:
    """Pauli strings but the identity, by the circuits that they are read from."""
    read = [label for label in labels if set(label) - {"I"}]
    groups = PauliList(read).group_commuting(qubit_wise=True) if read else []
    return [group.to_labels() for group in groups]
