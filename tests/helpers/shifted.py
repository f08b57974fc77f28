"""A gradient from exactly the circuits that a plan counts, and the exact one, by state vectors."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.circuit.library import UnitaryGate, get_standard_gate_name_mapping
from qiskit.quantum_info import Operator, SparsePauliOp, Statevector
from scipy.linalg import expm

from hybhanas.cost.generators import Step, is_free
from hybhanas.cost.gradient import Derivative, Plan

STANDARD = get_standard_gate_name_mapping()
Values = dict[Parameter, float]
Place = tuple[int, int | None]


def exact_gradient(
    circuit: QuantumCircuit, products: list[tuple[int, ...]], values: Values
) -> dict[Parameter, np.ndarray]:
    """Central differences of the products of Z, each by classical bits, for each parameter."""
    step, gradient = 1e-4, {}
    for parameter in circuit.parameters:
        ends = [
            expectations(circuit.assign_parameters(values | {parameter: values[parameter] + h}))
            for h in (step, -step)
        ]
        gradient[parameter] = np.array(
            [(ends[0](product) - ends[1](product)) / (2 * step) for product in products]
        )
    return gradient


def expectations(circuit: QuantumCircuit) -> Any:
    """A function from classical bits to the expectation value of the product of their Z."""
    qubits = {
        circuit.find_bit(step.clbits[0]).index: circuit.find_bit(step.qubits[0]).index
        for step in circuit.data
        if step.name == "measure"
    }
    bare = circuit.remove_final_measurements(inplace=False) or circuit
    chances = Statevector(bare).probabilities()
    basis = np.arange(len(chances))

    def value(bits: Any) -> float:
        odd = sum(basis >> qubits[bit] & 1 for bit in bits) % 2
        return float(chances @ (1 - 2 * odd))

    return value


def shifted_gradient(
    plan: Plan, width: int, products: list[tuple[int, ...]], values: Values
) -> tuple[dict[Parameter, np.ndarray], int]:
    """The gradient by the plan's circuits alone, and how many ran beside the forward one."""
    if not plan.sets:
        return {}, 0
    forward = expectations(built(plan, width, values, {}))
    runs = 0
    slopes: dict[Place, dict[frozenset[int], float]] = {}
    for together in plan.sets:
        rounds = max(len(derivative.frequencies) for derivative in together)
        halves = []
        for r in range(rounds):
            ends = []
            for sign in (1, -1):
                shifts = {d.places[0]: sign * shift(d, r) for d in together if shift(d, r)}
                ends.append(expectations(built(plan, width, values, shifts)))
                runs += 1
            halves.append(ends)
        for derivative in together:
            seen = [o for i, o in enumerate(plan.observables) if derivative.seen_by >> i & 1]
            own = {o: slope(derivative, [(p(o) - m(o)) / 2 for p, m in halves]) for o in seen}
            for place in derivative.places:
                ratio = direction(plan, width, values, derivative.places[0], place)
                slopes[place] = {o: ratio * value for o, value in own.items()}
    gradient: dict[Parameter, np.ndarray] = {}
    for index, step in enumerate(plan.steps):
        if not is_free(step.angle):
            continue
        by_angle = np.array([product_rule(p, plan, forward, index, slopes) for p in products])
        for parameter in step.angle.parameters:
            factor = bound(step.angle.gradient(parameter), values)
            gradient[parameter] = gradient.get(parameter, 0.0) + factor * by_angle
    return gradient, runs


def shift(derivative: Derivative, r: int) -> float:
    """The r-th shift of a rule, 0 behind its last: pi/2 over the frequency where there is one."""
    count = len(derivative.frequencies)
    top = max(derivative.frequencies)
    return (2 * r + 1) * np.pi / (2 * count * top) if r < count else 0.0


def slope(derivative: Derivative, halves: list[float]) -> float:
    """The derivative at 0 of sum of b_k sin(w_k s), given its values at the shifts s."""
    w = np.array(derivative.frequencies)
    s = np.array([shift(derivative, r) for r in range(len(w))])
    return float(w @ np.linalg.solve(np.sin(np.outer(s, w)), np.array(halves[: len(w)])))


def product_rule(
    bits: tuple[int, ...],
    plan: Plan,
    forward: Any,
    index: int,
    slopes: dict[Place, dict[frozenset[int], float]],
) -> float:
    """The derivative of a product of Z by an instruction's angle, from those of its factors."""
    left, factors = frozenset(bits), []
    for o in sorted(plan.observables, key=lambda o: -len(o)):
        if o <= left:
            factors.append(o)
            left -= o
    assert not left
    total = 0.0
    for i, factor in enumerate(factors):
        own = sum(
            by_observable.get(factor, 0.0)
            for (step, _), by_observable in slopes.items()
            if step == index
        )
        total += own * np.prod([forward(o) for j, o in enumerate(factors) if j != i])
    return total


def built(plan: Plan, width: int, values: Values, shifts: dict[Place, float]) -> QuantumCircuit:
    """The plan's circuit at these values, with rotations added where they are shifted."""
    bits = [step.clbit for step in plan.steps if step.clbit is not None]
    circuit = QuantumCircuit(width, max(bits) + 1)
    for index, step in enumerate(plan.steps):
        add(circuit, step, values)
        for (at, part), angle in shifts.items():
            if at == index:
                circuit.append(UnitaryGate(expm(-1j * angle * generator(step, part))), step.qubits)
    return circuit


def add(circuit: QuantumCircuit, step: Step, values: Values) -> None:
    if step.clbit is not None:
        circuit.measure(step.qubits[0], step.clbit)
    elif step.operation is not None:
        circuit.append(step.operation, step.qubits)
        free = {p: values[p] for p in circuit.parameters}
        circuit.assign_parameters(free, inplace=True)
    elif step.angles:
        angles = [bound(angle, values) for angle in step.angles]
        circuit.append(type(STANDARD[step.name])(*angles), step.qubits)
    else:
        circuit.append(STANDARD[step.name], step.qubits)


def bound(angle: Any, values: Values) -> float:
    if not is_free(angle):
        return float(angle)
    return float(angle.bind({p: values[p] for p in angle.parameters}))


def generator(step: Step, part: int | None) -> np.ndarray:
    """G of a part of an instruction, or of the whole, on its qubits."""
    turn = step.action if part is None else step.action.parts[part]
    labels = []
    for rows in turn.paulis:
        letters = [
            {(): "I", (0,): "X", (1,): "Z", (0, 1): "Y"}[tuple(r % 2 for r in rows if r // 2 == q)]
            for q in range(len(step.qubits))
        ]
        labels.append("".join(reversed(letters)))
    return SparsePauliOp(labels, turn.coefficients).to_matrix()


def direction(plan: Plan, width: int, values: Values, one: Place, other: Place) -> float:
    """What the other's derivative is in terms of one's: both are about the same axis, brought back
    to the circuit's start.
    """
    if one == other:
        return 1.0
    pulled = []
    for index, part in (one, other):
        circuit = QuantumCircuit(width)
        for step in plan.steps[: index + 1]:
            if step.clbit is None:
                add(circuit, step, values)
        step = plan.steps[index]
        before = Operator(circuit).data
        axis = QuantumCircuit(width)
        axis.append(UnitaryGate(expm(-0.5j * np.pi * normed(generator(step, part)))), step.qubits)
        pulled.append(before.conj().T @ Operator(axis).data @ before * 1j)
    np.testing.assert_allclose(abs(np.trace(pulled[0] @ pulled[1])), 2**width)
    sign = np.trace(pulled[0] @ pulled[1]).real / 2**width
    sizes = [np.abs(generator(plan.steps[i], part)).max() for i, part in (one, other)]
    return sign * sizes[1] / sizes[0]


def normed(matrix: np.ndarray) -> np.ndarray:
    return matrix / np.abs(matrix).max()


def all_products(bits: int) -> list[tuple[int, ...]]:
    """Z of each bit, and of every pair."""
    return [
        *((bit,) for bit in range(bits)),
        *((i, j) for i, j in product(range(bits), repeat=2) if i < j),
    ]
