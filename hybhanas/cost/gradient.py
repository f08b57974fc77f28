"""The circuits of a gradient: what a careful user of a quantum computer runs for one sample.

The derivative by an angle takes 2 R circuits, R being the number of frequencies of its gate
(`hybhanas.cost.generators`); one that occurs in several gates takes those of each occurrence
(product rule), and factors of an expression cost nothing (chain rule). But

- rotations about the same axis, with nothing between them that does not commute with it, have one
  derivative;
- an angle that no observable depends on (`hybhanas.cost.light_cones`) has none;
- a product of Z whose factors depend on different qubits is the product of their expectation
  values, which are measured anyway;
- angles that share no observable are shifted in the same circuits.

The last is a greedy colouring: angles of the most circuits come first, and each joins the first set
none of whose observables it shares. With one set s a colour,

    N = sum over s of the largest 2 R in s,

which is at least the sum of 2 R over all angles of any one observable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from qiskit import QuantumCircuit

from hybhanas.cost.generators import Step, Turn, is_free, steps
from hybhanas.cost.light_cones import Unrolled, unroll

INPUTS = "input"
"""The vector of parameters that are features of a sample, not weights; see `trained`."""

Product = frozenset[int]
"""A product of Z by the classical bits that it is read from."""


@dataclass(frozen=True, slots=True)
class Derivative:
    """A derivative of all observables, by an angle or by the sum of several.

    Args:
        places: of each angle the position of its instruction in `hybhanas.cost.generators.steps`,
            and of the Pauli rotation there; None for an instruction that is shifted as a whole.
        frequencies: that the observables have in it.
        seen_by: a mask of the observables that depend on it.
    """

    places: tuple[tuple[int, int | None], ...]
    frequencies: tuple[float, ...]
    seen_by: int

    @property
    def circuits(self) -> int:
        """Of its shift rule."""
        return 2 * len(self.frequencies)


@dataclass(frozen=True, slots=True)
class Plan:
    """Which derivatives are taken from the same circuits.

    Args:
        steps: instructions of the circuit.
        observables: whose derivatives are taken; other products are products of these.
        sets: of derivatives that are shifted together.
        separate_circuits: if every angle were shifted alone.
    """

    steps: tuple[Step, ...]
    observables: tuple[Product, ...]
    sets: tuple[tuple[Derivative, ...], ...]
    separate_circuits: int

    @property
    def circuits(self) -> int:
        """Circuits of the gradient for one sample."""
        return sum(max(derivative.circuits for derivative in together) for together in self.sets)


def trained(parameter: Any, input_gradients: bool) -> bool:
    """Whether training needs the derivative by a parameter: the one place where this is decided.

    It does for every parameter but those of the vector `input`, the features of a sample. Those are
    needed where layers before the circuit are trained through it, as with `encoder=linear`;
    `cost_model.input_gradients=false` is for layers that are frozen.
    """
    vector = getattr(parameter, "vector", None)
    return input_gradients or vector is None or vector.name != INPUTS


def plan(
    circuit: QuantumCircuit,
    observables: Iterable[Sequence[int]] | None = None,
    input_gradients: bool = True,
) -> Plan:
    """The circuits of a gradient by the parameter-shift rule.

    Args:
        circuit: measured.
        observables: products of Z, each by the classical bits that it is read from; None stands for
            Z of every measured bit.
        input_gradients: see `trained`.

    Example:
        >>> from qiskit.circuit import Parameter
        >>> circuit = QuantumCircuit(2)
        >>> for qubit in (0, 1):
        ...     _ = circuit.ry(Parameter(f"angle {qubit}"), qubit)
        >>> circuit.measure_all()
        >>> plan(circuit).circuits, plan(circuit).separate_circuits  # both shifted at once
        (2, 4)
    """

    def wanted(angle: Any) -> bool:
        return is_free(angle) and any(trained(p, input_gradients) for p in angle.parameters)

    if not circuit.parameters:
        return Plan((), (), (), 0)
    found = tuple(steps(circuit))
    angles = [wanted(step.angle) for step in found]
    separate = sum(
        2 * len(step.action.frequencies)
        for step, needed in zip(found, angles, strict=True)
        if needed and isinstance(step.action, Turn)
    )
    if not separate:
        return Plan(found, (), (), 0)
    unrolled = unroll(found, circuit.num_qubits)
    products = [(bit,) for bit in sorted(unrolled.bits)] if observables is None else observables
    cones = _factors(unrolled, [frozenset(product) for product in products])
    derivatives = _derivatives(unrolled, lambda step: angles[step], list(cones.values()))
    return Plan(found, tuple(cones), _together(derivatives), separate)


def _factors(unrolled: Unrolled, products: Iterable[Product]) -> dict[Product, int]:
    """The light cones of the products' factors that depend on different qubits, each once."""
    bits = sorted(frozenset[int]().union(*products))
    alone = {bit: unrolled.cone((bit,)) for bit in bits}
    supports = {bit: unrolled.support(bit, alone[bit]) for bit in bits}
    cones: dict[Product, int] = {}
    for product in products:
        groups: list[tuple[Product, int]] = []
        for bit in product:
            own, support = frozenset((bit,)), supports[bit]
            apart = []
            for group, occupied in groups:
                if occupied & support:
                    own, support = own | group, support | occupied
                else:
                    apart.append((group, occupied))
            groups = [*apart, (own, support)]
        for group, _ in groups:
            if group not in cones:
                cones[group] = unrolled.cone(group)
    return cones


def _derivatives(
    unrolled: Unrolled, needed: Callable[[int], bool], cones: Sequence[int]
) -> list[Derivative]:
    """The derivatives that some observable has, angles of merged rotations as one."""
    merged: list[tuple[int, list[tuple[int, int | None]]]] = []
    latest: dict[int, int] = {}  # of a string, the last of `merged` about it
    last: dict[int, int] = {}  # and its last element
    seen = reduce(or_, cones, 0)
    for j, element in enumerate(unrolled.elements):
        if not (seen >> j & 1 and needed(element.step)):
            continue
        if len(element.strings) > 1:
            merged.append((j, [(element.step, None)]))
            continue
        (string,) = element.strings
        place = element.step, element.part
        if string in latest and not unrolled.before[j] >> last[string] + 1:
            merged[latest[string]][1].append(place)
        else:
            latest[string] = len(merged)
            merged.append((j, [place]))
        last[string] = j
    return [
        Derivative(
            tuple(places),
            unrolled.elements[j].frequencies,
            sum(1 << i for i, cone in enumerate(cones) if cone >> j & 1),
        )
        for j, places in merged
    ]


def _together(derivatives: Sequence[Derivative]) -> tuple[tuple[Derivative, ...], ...]:
    """Sets without a common observable: a greedy colouring of the graph of those that share one."""
    everything = reduce(or_, [one.seen_by for one in derivatives], 0)
    sets: list[list[Derivative]] = []
    unfilled: dict[int, int] = {}  # of a set some observables do not see, those that do
    for derivative in sorted(
        derivatives, key=lambda one: (-one.circuits, -one.seen_by.bit_count())
    ):
        seen_by = derivative.seen_by
        found = next((i for i, taken in unfilled.items() if not taken & seen_by), len(sets))
        if found == len(sets):
            sets.append([])
        sets[found].append(derivative)
        unfilled[found] = unfilled.get(found, 0) | seen_by
        if unfilled[found] == everything:
            del unfilled[found]
    return tuple(tuple(together) for together in sets)
