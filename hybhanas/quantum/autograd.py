"""A stack of circuits as one differentiable function, its derivative written by hand."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pad

from hybhanas.quantum import kernels
from hybhanas.quantum.evolution import Evolution
from hybhanas.quantum.tables import EntanglerTables, PhaseTables, StackTables


class StackFunction(torch.autograd.Function):
    """All circuits of a stack as one function. Autograd's bookkeeping of some hundred small
    operations would take longer than they do, so it is off inside; what is returned is allocated
    outside, where autograd takes it.
    """

    @staticmethod
    def forward(
        ctx: Any, inputs: Tensor, weights: Tensor, tables: StackTables, measure: bool
    ) -> Tensor:
        """See `CircuitStack.forward`, and with `measure` unset `CircuitStack.states`."""
        ctx.alone = weights.dim() == 1
        if ctx.alone:
            inputs, weights = inputs.T.unsqueeze(0), weights.unsqueeze(0)  # (1, inputs, B), (1, w)
        if measure:
            values = inputs.new_empty(tables.circuits, tables.observables, inputs.shape[2])
        with torch.inference_mode():
            ctx.forward_pass = _ForwardPass(tables, inputs, weights)
            if measure:
                eigenvalues = tables.measurement.eigenvalues
                kernels.expectations(ctx.forward_pass.state, eigenvalues, out=values)  # (K, m, B)
        if not measure:
            values = ctx.forward_pass.state.clone()  # (K, 2^n, B)
        ctx.measure = measure
        return values.squeeze(0).T if ctx.alone else values

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None, None]:
        """The gradients of inputs and weights."""
        forward_pass: _ForwardPass = ctx.forward_pass
        if ctx.alone:
            gradient = gradient.T.unsqueeze(0)
        gradient = gradient.contiguous()
        of_inputs = torch.zeros_like(forward_pass.inputs)  # (K, inputs, B)
        of_weights = torch.zeros_like(forward_pass.weights)  # (K weights)
        with torch.inference_mode():
            if ctx.measure:
                double = forward_pass.tables.measurement.double_eigenvalues
                conj = kernels.expectations_backward(gradient, forward_pass.state, double)
            else:
                conj = gradient.conj_physical()
            forward_pass.backward(conj, of_inputs, of_weights)
        if ctx.alone:
            return of_inputs.squeeze(0).T, of_weights, None, None
        return of_inputs, of_weights.view(forward_pass.tables.circuits, -1), None, None


class _ForwardPass:
    """The states of a stack for given inputs and weights, and what their gradients need."""

    def __init__(self, tables: StackTables, inputs: Tensor, weights: Tensor):
        self.tables, self.inputs, self.weights = tables, inputs, weights.flatten()
        steps, at_start = len(tables.steps), tables.circuits * tables.wires
        matrices, self.gates = kernels.gate_products(
            self.weights.index_select(0, tables.gates.weights),
            tables.gates.fixed,
            tables.gates.by_angle,
            at_start + steps * tables.circuits * tables.width,
        )  # (places, 2, 2)
        self.start = _Start(tables, inputs, matrices[:at_start])
        self.evolution: Evolution | None = None
        self.unitary: Tensor | None = None
        self.state = self.start.state  # (K, 2^n, B)
        if steps:
            self.evolution = self._evolution(matrices[at_start:])
            if _unitaries_are_cheaper(tables, self.state):
                unit = torch.eye(self.state.shape[1], dtype=tables.dtype, device=inputs.device)
                units = unit.expand(tables.circuits, -1, -1).contiguous()  # (K, 2^n, 2^n)
                self.unitary = self.evolution.run(units)
                self.state = torch.bmm(self.unitary, self.state)
            else:
                self.state = self.evolution.run(self.state)

    def _evolution(self, one_qubit: Tensor) -> Evolution:
        tables, size = self.tables, 2**self.tables.width
        by_wire = one_qubit.view(-1, tables.width, 2, 2)  # (steps K, width, 2, 2)
        blocks = kernels.kron_matrices(by_wire)  # (steps K, d, d)
        self.entanglers: _Entanglers | None = None
        if tables.entanglers is not None:
            self.entanglers = _Entanglers(tables.entanglers, self.weights)
            blocks = self.entanglers.after(blocks)
        phases = tables.phases
        return Evolution(
            tables.steps,
            blocks.view(len(tables.steps), tables.circuits, size, size),
            _shared_phases(phases, tables.bits, self.weights) if phases.shared else None,
            _padded(self.inputs)[phases.inputs] if phases.sampled else None,
            phases.z_halves,
        )

    def backward(self, conj: Tensor, of_inputs: Tensor, of_weights: Tensor) -> None:
        """Adds to the gradients of inputs and weights.

        Args:
            conj: [K, 2^n, B], the conjugate of the gradient of `state`; overwritten.
            of_inputs: [K, inputs, B].
            of_weights: [K weights].
        """
        tables = self.tables
        by_wire = []
        if self.evolution is not None:
            conj, by_block = self._evolution_backward(self.evolution, conj, of_inputs, of_weights)
            traces = torch.mm(by_block.flatten(1), tables.partial_traces)  # (steps K, 4 width)
            by_wire = [traces.view(-1, 2, 2)]
        traces = torch.cat([self.start.backward(conj, of_inputs), *by_wire])  # (places, 2, 2)
        of_angles = kernels.gate_angles_backward(traces, self.gates, tables.gates.generators)
        of_weights.index_add_(0, tables.gates.weights, of_angles)

    def _evolution_backward(
        self, evolution: Evolution, conj: Tensor, of_inputs: Tensor, of_weights: Tensor
    ) -> tuple[Tensor, Tensor]:
        """The conjugate gradient of the states at the start, and of each block without its
        entanglers the conjugate of G M^H; adds to the gradients of inputs and weights.
        """
        if self.unitary is not None:
            of_unitary = torch.bmm(conj, self.start.state.mT)  # (K, 2^n, 2^n)
            found = evolution.run_backward(self.unitary, of_unitary)
            conj = torch.bmm(self.unitary.mT, conj)
        else:
            found = evolution.run_backward(self.state, conj)
            conj = found.state_conj
        by_block = found.traces_conj.flatten(0, 1)  # (steps K, d, d)
        if self.entanglers is not None:
            by_block = self.entanglers.backward(by_block, of_weights)
        phases = self.tables.phases
        if found.shared is not None:
            _shared_phases_backward(phases, self.tables.bits, found.shared, of_weights)
        if found.sampled is not None:
            _add_padded(of_inputs, phases.inputs, found.sampled)
        return conj, by_block


def _padded(inputs: Tensor) -> Tensor:
    """[K, inputs, B] -> [K (inputs + 1), B], a zero after those of each circuit."""
    return pad(inputs, (0, 0, 0, 1)).flatten(0, 1)


def _add_padded(of_inputs: Tensor, index: Tensor, gradient: Tensor) -> None:
    """Adds the gradient [..., B] of `_padded(inputs)[index]` to that of the inputs."""
    circuits, count, batch = of_inputs.shape
    padded = of_inputs.new_zeros(circuits * (count + 1), batch)
    kernels.add_rows(padded, index.flatten(), gradient.reshape(-1, batch))
    of_inputs += padded.view(circuits, count + 1, batch)[:, :-1]


def _unitaries_are_cheaper(tables: StackTables, state: Tensor) -> bool:
    """Whether it is cheaper to run the circuits on every basis state, which gives the unitary of
    each, than on a batch: there are more samples than basis states.
    """
    rows, batch = state.shape[1:]
    saved = len(tables.steps) * 2**tables.width * (batch - rows)
    return not tables.phases.sampled and saved > rows * batch


class _Start:
    """The states before the first step: products of one-qubit states, or amplitudes."""

    def __init__(self, tables: StackTables, inputs: Tensor, matrices: Tensor):
        self.tables = tables
        start = tables.start
        self.saved: kernels.Factors = []
        self.state: Tensor  # (K, 2^n, B)
        if not start.all_by_amplitude:
            angles = inputs if start.in_order else _padded(inputs)[start.inputs]  # (K, n, B)
            self.parts = kernels.cosines_and_sines(angles, dim=2)  # (K, n, 2, B)
            parts = self.parts.view(-1, 2, inputs.shape[2]).to(tables.dtype)  # (K n, 2, B)
            self.matrices = matrices  # (K n, 2, 2)
            self.vectors = torch.bmm(matrices, parts)  # (K n, 2, B)
            by_wire = self.vectors.view(tables.circuits, tables.wires, 2, -1)  # (K, n, 2, B)
            self.state = kernels.kron_vectors(by_wire, self.saved)
        if start.any_by_amplitude:
            given = _padded(inputs)[start.amplitudes].to(tables.dtype)  # (K, 2^n, B)
            self.state = given if start.all_by_amplitude else self._chosen(given, self.state)

    def backward(self, conj: Tensor, of_inputs: Tensor) -> Tensor:
        """Adds to the gradient of the inputs; gives the conjugate of G M^H of each wire's matrix,
        [K n, 2, 2].
        """
        tables, start = self.tables, self.tables.start
        if start.any_by_amplitude:
            given = conj.real
            if not start.all_by_amplitude:
                given = self._chosen(given, torch.zeros_like(given))
                conj = self._chosen(torch.zeros_like(conj), conj)
            _add_padded(of_inputs, start.amplitudes, given)
        if start.all_by_amplitude:
            return conj.new_zeros(tables.circuits * tables.wires, 2, 2)
        of_vectors = kernels.kron_vectors_backward(conj, tables.wires, list(self.saved))
        of_vectors = of_vectors.flatten(0, 1)  # (K n, 2, B)
        of_parts = torch.bmm(self.matrices.mT, of_vectors).real.view_as(self.parts)  # (K, n, 2, B)
        cosines, sines = self.parts.unbind(dim=2)  # (K, n, B)
        of_cosines, of_sines = of_parts.unbind(dim=2)
        of_angles = of_inputs if start.in_order else torch.zeros_like(cosines)
        of_angles.addcmul_(cosines, of_sines, value=0.5).addcmul_(sines, of_cosines, value=-0.5)
        if not start.in_order:
            _add_padded(of_inputs, start.inputs, of_angles)
        return torch.bmm(of_vectors, self.vectors.mT)

    def _chosen(self, amplitudes: Tensor, product: Tensor) -> Tensor:
        return torch.where(self.tables.start.by_amplitude[:, None, None], amplitudes, product)


class _Entanglers:
    """The entangling gates of each block that has some, as one matrix."""

    def __init__(self, tables: EntanglerTables, weights: Tensor):
        self.tables = tables
        self.product, self.gates = kernels.gate_products(
            weights.index_select(0, tables.gates.weights),
            tables.gates.fixed,
            tables.gates.by_angle,
            len(tables.blocks),
        )  # (b, d, d)

    def after(self, matrices: Tensor) -> Tensor:
        """The matrices [steps K, d, d] of all blocks, the gates multiplied on."""
        at = self.tables.blocks
        return matrices.index_copy(0, at, torch.bmm(self.product, matrices.index_select(0, at)))

    def backward(self, traces_conj: Tensor, of_weights: Tensor) -> Tensor:
        """From the conjugates of G M^H of the matrices that `after` gave, those of the matrices
        that it was given, [steps K, d, d]; adds to the gradient of the weights.
        """
        tables, at = self.tables, self.tables.blocks
        traces = traces_conj.index_select(0, at)  # (b, d, d)
        of_angles = kernels.gate_angles_backward(traces, self.gates, tables.gates.generators)
        of_weights.index_add_(0, tables.gates.weights, of_angles)
        return traces_conj.index_copy(0, at, kernels.traces_before(traces, self.product))


def _shared_phases(tables: PhaseTables, bits: Tensor, weights: Tensor) -> Tensor:
    """[phases, K, 2^n]: a quadratic form in the bits of a row's number, since CZ turns by pi where
    both are 1, and CRZ by its angle times control times (target - 1/2).
    """
    angles = weights[tables.weights]  # (phases, K, n, n)
    products = angles * tables.quadratic + tables.fixed  # (phases, K, n, n)
    alone = (angles * tables.of_first).sum(dim=-1, keepdim=True)  # (phases, K, n, 1)
    if tables.symmetric:
        alone = alone + (angles * tables.of_second).sum(dim=-2)[..., None]
    return ((bits @ products) * bits).sum(dim=-1) + (bits @ alone)[..., 0]


def _shared_phases_backward(
    tables: PhaseTables, bits: Tensor, gradient: Tensor, of_weights: Tensor
) -> None:
    """Adds to the gradient of the weights, given that of `_shared_phases`, [phases, K, 2^n]."""
    of_products = bits.mT @ (gradient[..., None] * bits)  # (phases, K, n, n)
    of_alone = bits.mT @ gradient[..., None]  # (phases, K, n, 1)
    of_angles = of_products * tables.quadratic + of_alone * tables.of_first
    if tables.symmetric:
        of_angles = of_angles + of_alone.mT * tables.of_second
    of_weights.index_add_(0, tables.weights.flatten(), of_angles.flatten())
