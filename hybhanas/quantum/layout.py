"""Lays the programs of a stack's circuits out as tables, with NumPy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields

import numpy as np
import torch
from torch import Tensor

from hybhanas.gates import Gate
from hybhanas.quantum import kernels
from hybhanas.quantum.matrices import GateArrays, Place, gate_arrays, parts_of, quadratic_form
from hybhanas.quantum.program import Program, Step, row_index
from hybhanas.quantum.tables import (
    EntanglerTables,
    GateTables,
    MeasurementTables,
    PhaseTables,
    StackTables,
    StartTables,
    StepTables,
)


def stack_tables(  # noqa: PLR0913 - the parts of a stack
    programs: Sequence[Program],
    width: int,
    inputs: int,
    weights: int,
    observables: int,
    dtype: torch.dtype,
) -> StackTables:
    """The tables of a stack of circuits, on the CPU.

    Args:
        programs: of one register and block width, those of most steps first.
        width: wires of a block.
        inputs: length of the input vector of each circuit.
        weights: length of the weight vector of each.
        observables: how many values there are of each circuit at least.
        dtype: of states, complex64 or complex128.

    Raises:
        ValueError: the programs are not sorted by steps.
    """
    layout = _Layout(programs, width, inputs, weights, dtype)
    start, vectors = layout.start()
    return StackTables(
        circuits=layout.circuits,
        wires=layout.wires,
        width=width,
        dtype=dtype,
        start=start,
        gates=layout.one_qubit_gates(vectors),
        entanglers=layout.entanglers(),
        phases=layout.phases(),
        steps=layout.rows(),
        measurement=layout.measurement(observables),
        bits=layout.tensor(kernels.bits(layout.wires).numpy()),
        partial_traces=layout.tensor(kernels.partial_traces(width).numpy().astype(complex)),
        product_inputs=layout.products(),
    )


class _Layout:
    """The circuits of K programs; see `stack_tables`."""

    def __init__(
        self,
        programs: Sequence[Program],
        width: int,
        inputs: int,
        weights: int,
        dtype: torch.dtype,
    ):
        self.programs, self.width, self.dtype = programs, width, dtype
        self.circuits, self.wires = len(programs), programs[0].wires
        self.given, self.weights = inputs, weights
        self._products = [_products(program) for program in programs]
        self.inputs = inputs + max(map(len, self._products))
        self._row_indices: dict[tuple[object, ...], np.ndarray] = {}
        self.counts = [len(program.steps) for program in programs]
        if self.counts != sorted(self.counts, reverse=True):
            raise ValueError("the programs of a stack must be sorted, those of most steps first")
        self.phased = [
            s
            for s in range(self.counts[0])
            if any(s < len(p.steps) and p.steps[s].phases for p in programs)
        ]

    def products(self) -> Tensor:
        """See `StackTables`; a factor of one stands behind the given inputs of each circuit."""
        factors = max((len(own) for products in self._products for own in products), default=0)
        index = np.full((self.circuits, self.inputs - self.given, factors), self.given)
        for k, products in enumerate(self._products):
            for place, own in enumerate(products):
                index[k, place, : len(own)] = own
        return self.tensor(_concatenated(index, self.given + 1))

    def start(self) -> tuple[StartTables, np.ndarray]:
        """The tables, and [K, n, 2, 2]: each wire's state after its fixed gates, as what is
        multiplied by the cosine of half the encoded angle, and by its sine.
        """
        vectors = np.zeros((self.circuits, self.wires, 2, 2), dtype=complex)
        vectors[..., 0, 0] = 1
        inputs = np.full((self.circuits, self.wires), self.inputs)
        amplitudes = np.full((self.circuits, 2**self.wires), self.inputs)
        for k, program in enumerate(self.programs):
            if program.start is None:
                used = program.circuit.qubits
                amplitudes[k, :: 2 ** (self.wires - used)] = np.arange(2**used)
                continue
            for wire, gates in program.start.items():
                for gate in gates:
                    before = vectors[k, wire, :, 0]
                    if gate.inputs:
                        vectors[k, wire, :, 1] = parts_of(gate.name)[2] @ before
                        inputs[k, wire] = self._place_of_input(k, gate.inputs)
                    elif gate.weight is None:
                        vectors[k, wire, :, 0] = parts_of(gate.name)[0] @ before
        by_amplitude = np.array([program.start is None for program in self.programs])
        all_in_order = bool((inputs == np.arange(self.wires)).all())
        tables = StartTables(
            inputs=self.tensor(_concatenated(inputs, self.inputs + 1)),
            in_order=self.inputs == self.wires and all_in_order,
            amplitudes=self.tensor(_concatenated(amplitudes, self.inputs + 1)),
            by_amplitude=self.tensor(by_amplitude),
            any_by_amplitude=bool(by_amplitude.any()),
            all_by_amplitude=bool(by_amplitude.all()),
        )
        return tables, vectors

    def one_qubit_gates(self, vectors: np.ndarray) -> GateTables:
        """Those on every wire at the start, (K, n), then on every wire of a block, (steps, K,
        width). Those at the start act on the columns of `vectors` [K, n, 2, 2].
        """
        places: list[Place] = []
        for k, program in enumerate(self.programs):
            start = program.start or {}
            for wire in range(self.wires):
                trained = [gate for gate in start.get(wire, []) if gate.weight is not None]
                places.append(Place(k, (wire,), trained, vectors[k, wire]))
        nothing_before = np.eye(2, dtype=complex)
        for s in range(self.counts[0]):
            for k, program in enumerate(self.programs):
                step = program.steps[s] if s < len(program.steps) else Step()
                places += [
                    Place(k, (wire,), step.rotations.get(wire, []), nothing_before)
                    for wire in self._block(step)
                ]
        return self._gate_tables(gate_arrays(places, 2, self.weights))

    def entanglers(self) -> EntanglerTables | None:
        """Those of all blocks; None where there are none."""
        blocks, places = [], []
        nothing_before = np.eye(2**self.width, dtype=complex)
        for k, program in enumerate(self.programs):
            for s, step in enumerate(program.steps):
                if step.entanglers:
                    blocks.append(s * self.circuits + k)
                    places.append(Place(k, self._block(step), step.entanglers, nothing_before))
        if not blocks:
            return None
        gates = self._gate_tables(gate_arrays(places, 2**self.width, self.weights))
        return EntanglerTables(self.tensor(np.array(blocks)), gates)

    def phases(self) -> PhaseTables:
        """The phases of the steps that have any."""
        columns = self._encoded_places()
        shape = (len(self.phased), self.circuits, self.wires, self.wires)
        weights = np.zeros(shape, dtype=int)
        quadratic, of_first, of_second, fixed = np.zeros((4, *shape))
        inputs = np.full((*shape[:2], len(columns)), self.inputs)
        for at, k, gate, places in self._phase_gates():
            if gate.inputs:
                inputs[at, k, columns[places]] = self._place_of_input(k, gate.inputs)
                continue
            cell = (at, k, *places)
            both, first, second = quadratic_form(gate.name)
            if gate.weight is None:
                fixed[cell] += both
                for place, alone in zip(places, (first, second), strict=True):
                    fixed[at, k, place, place] += alone
            else:
                weights[cell], quadratic[cell] = gate.weight, both
                of_first[cell], of_second[cell] = first, second
        return PhaseTables(
            weights=self.tensor(_concatenated(weights, self.weights, axis=1)),
            quadratic=self.tensor(quadratic),
            of_first=self.tensor(of_first),
            of_second=self.tensor(of_second),
            fixed=self.tensor(fixed),
            inputs=self.tensor(_concatenated(inputs, self.inputs + 1, axis=1)),
            z_halves=self.tensor(kernels.signs(list(columns), self.wires).numpy() / -2),
            shared=bool(quadratic.any() or fixed.any()),
            symmetric=bool(of_second.any()),
            sampled=bool((inputs != self.inputs).any()),
        )

    def rows(self) -> tuple[StepTables, ...]:
        """How each step permutes the rows of the circuits that still run, counted through them."""
        size = 2**self.wires
        orders = [tuple(range(self.wires)) for _ in self.programs]
        tables = []
        for s in range(self.counts[0]):
            running = sum(count > s for count in self.counts)
            perm = np.empty((running, size), dtype=np.int64)
            for k, program in enumerate(self.programs[:running]):
                order = program.steps[s].order(self.wires)
                perm[k] = self._row_index(orders[k], program.steps[s].permutations, order)
                orders[k] = order
            moves = bool((perm != np.arange(size)).any())
            flat = (perm + size * np.arange(running)[:, None]).reshape(-1)
            tables.append(
                StepTables(
                    circuits=running,
                    perm=self.tensor(flat) if moves else None,
                    inverse_perm=self.tensor(np.argsort(flat)) if moves else None,
                    phases=self.phased.index(s) if s in self.phased else None,
                )
            )
        return tuple(tables)

    def measurement(self, least: int) -> MeasurementTables:
        """The observables of each circuit, at least so many; beyond its own they are zero."""
        natural = tuple(range(self.wires))
        observables = [program.circuit.observables for program in self.programs]
        most = max(least, *map(len, observables))
        eigenvalues = np.zeros((self.circuits, most, 2**self.wires))
        for k, program in enumerate(self.programs):
            order = program.steps[-1].order(self.wires) if program.steps else natural
            last = self._row_index(order, program.last.permutations, natural)
            signs = kernels.signs(observables[k], self.wires).numpy()
            eigenvalues[k, : len(observables[k]), last] = signs
        return MeasurementTables(
            eigenvalues=self.tensor(eigenvalues),
            double_eigenvalues=self.tensor(2 * eigenvalues.transpose(0, 2, 1)),
        )

    def tensor(self, array: np.ndarray) -> Tensor:
        """An array in the precision of the stack; indices and booleans as such."""
        real = torch.empty(0, dtype=self.dtype).real.dtype
        kinds = {"c": self.dtype, "f": real, "i": torch.long, "b": torch.bool}
        return torch.from_numpy(np.ascontiguousarray(array)).to(kinds[array.dtype.kind])

    def _gate_tables(self, arrays: GateArrays) -> GateTables:
        parts = {f.name: self.tensor(getattr(arrays, f.name)) for f in fields(arrays)}
        return GateTables(**parts)

    def _row_index(
        self, before: tuple[int, ...], permutations: Sequence[Gate], after: tuple[int, ...]
    ) -> np.ndarray:
        """See `row_index`; many circuits of a stack ask for the same."""
        known = (before, tuple(permutations), after)
        if known not in self._row_indices:
            self._row_indices[known] = row_index(before, permutations, after)
        return self._row_indices[known]

    def _place_of_input(self, circuit: int, inputs: tuple[int, ...]) -> int:
        """Where the angle by these inputs is among the inputs and products of a circuit."""
        if len(inputs) == 1:
            return inputs[0]
        return self.given + self._products[circuit][inputs]

    def _phase_gates(self) -> Iterator[tuple[int, int, Gate, tuple[int, ...]]]:
        """All phases: the place of their step among those with any, which circuit, the gate, and
        the places of its wires in the step's order.
        """
        for at, s in enumerate(self.phased):
            for k, program in enumerate(self.programs):
                if s < len(program.steps):
                    order = program.steps[s].order(self.wires)
                    for gate in program.steps[s].phases:
                        yield at, k, gate, tuple(order.index(wire) for wire in gate.wires)

    def _encoded_places(self) -> dict[tuple[int, ...], int]:
        """A column for each place, and one for each set of places that an encoding acts on."""
        places: list[tuple[int, ...]] = [(place,) for place in range(self.wires)]
        places += sorted(
            {own for *_, gate, own in self._phase_gates() if gate.inputs and len(own) > 1}
        )
        return {own: column for column, own in enumerate(places)}

    def _block(self, step: Step) -> tuple[int, ...]:
        return step.order(self.wires)[: self.width]


def _products(program: Program) -> dict[tuple[int, ...], int]:
    """A number for each product of inputs that is an angle of the circuit."""
    found = dict.fromkeys(g.inputs for g in program.circuit.gates if len(g.inputs) > 1)
    return {inputs: number for number, inputs in enumerate(found)}


def _concatenated(index: np.ndarray, length: int, axis: int = 0) -> np.ndarray:
    """An index into a vector of each circuit, as one into all vectors, concatenated."""
    shape = [-1 if place == axis else 1 for place in range(index.ndim)]
    return index + length * np.arange(index.shape[axis]).reshape(shape)
