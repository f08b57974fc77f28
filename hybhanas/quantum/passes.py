"""One pass of a stack of circuits, and its way back, as one differentiable function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn.functional import pad

from hybhanas.quantum import kernels
from hybhanas.quantum.evolution import Evolution

if TYPE_CHECKING:  # which runs passes
    from hybhanas.quantum.stack import CircuitStack


class Run(torch.autograd.Function):
    """The whole of a stack as one function with a derivative of its own. Autograd's bookkeeping of
    some hundred small operations would take longer than they do, so it is off inside; what is
    returned is allocated outside, where autograd takes it.
    """

    @staticmethod
    def forward(
        ctx: Any, inputs: Tensor, weights: Tensor, stack: CircuitStack, measure: bool
    ) -> Tensor:
        """See `CircuitStack.forward`, and with `measure` unset `CircuitStack.states`."""
        ctx.alone = weights.dim() == 1
        if ctx.alone:
            inputs, weights = inputs.T.unsqueeze(0), weights.unsqueeze(0)
        if measure:
            values = inputs.new_empty(stack.circuits, stack.observables, inputs.shape[2])
        with torch.inference_mode():
            ctx.run = _Pass(stack, inputs, weights)
            if measure:
                kernels.expectations(ctx.run.state, stack.row_eigenvalues, out=values)
        if not measure:
            values = ctx.run.state.clone()
        ctx.measure = measure
        return values.squeeze(0).T if ctx.alone else values

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None, None]:
        """The gradients of inputs and weights."""
        run: _Pass = ctx.run
        if ctx.alone:
            gradient = gradient.T.unsqueeze(0)
        gradient = gradient.contiguous()
        of_inputs, of_weights = torch.zeros_like(run.inputs), torch.zeros_like(run.weights)
        with torch.inference_mode():
            if ctx.measure:
                conj = kernels.expectations_back(gradient, run.state, run.stack.row_twice)
            else:
                conj = gradient.conj_physical()
            run.back(conj, of_inputs, of_weights)
        if ctx.alone:
            return of_inputs.squeeze(0).T, of_weights, None, None
        return of_inputs, of_weights.view(run.stack.circuits, -1), None, None


class _Pass:
    """One pass of a stack, and its way back."""

    def __init__(self, stack: CircuitStack, inputs: Tensor, weights: Tensor):
        self.stack, self.inputs, self.weights = stack, inputs, weights.flatten()
        at_start = stack.circuits * stack.wires
        matrices, self.gates = kernels.gate_products(
            self.weights.index_select(0, stack.gate_weights),
            stack.gate_fixed,
            stack.gate_turning,
            at_start + stack.steps * stack.circuits * stack.width,
        )
        self.start = _Start(stack, inputs, matrices[:at_start])
        self.evolution: Evolution | None = None
        self.unit: Tensor | None = None
        self.state = self.start.state
        if stack.steps:
            self.evolution = self._evolution(matrices[at_start:])
            if _in_columns(stack, self.state):
                unit = torch.eye(self.state.shape[1], dtype=stack.dtype, device=inputs.device)
                self.unit = self.evolution.run(unit.expand(stack.circuits, -1, -1).contiguous())
                self.state = torch.bmm(self.unit, self.state)
            else:
                self.state = self.evolution.run(self.state)

    def _evolution(self, one_qubit: Tensor) -> Evolution:
        stack, size = self.stack, 2**self.stack.width
        blocks = kernels.kron_matrices(one_qubit.view(-1, stack.width, 2, 2))
        self.entanglers = _Entanglers(stack, self.weights) if stack.entangled else None
        if self.entanglers is not None:
            blocks = self.entanglers.after(blocks)
        return Evolution(
            stack.moves,
            blocks.view(stack.steps, stack.circuits, size, size),
            _shared_phases(stack, self.weights) if stack.shared else None,
            _padded(self.inputs)[stack.phase_inputs] if stack.sampled else None,
            stack.halves,
        )

    def back(self, conj: Tensor, of_inputs: Tensor, of_weights: Tensor) -> None:
        """Adds to the gradients of inputs and weights what the conjugate gradient of the states,
        which is overwritten, makes of them.
        """
        stack = self.stack
        by_wire = []
        if self.evolution is not None:
            conj, by_block = self._evolution_back(self.evolution, conj, of_inputs, of_weights)
            by_wire = [torch.mm(by_block.flatten(1), stack.traces).view(-1, 2, 2)]
        traces = torch.cat([self.start.back(conj, of_inputs), *by_wire])
        of_angles = kernels.gate_angles_back(traces, self.gates, stack.gate_generators)
        of_weights.index_add_(0, stack.gate_weights, of_angles)

    def _evolution_back(
        self, evolution: Evolution, conj: Tensor, of_inputs: Tensor, of_weights: Tensor
    ) -> tuple[Tensor, Tensor]:
        """The conjugate gradient of the states at the start, and of each block without controlled
        rotations the conjugate of G M^H; adds to the gradients of inputs and weights.
        """
        stack = self.stack
        if self.unit is not None:
            back = evolution.run_back(self.unit, torch.bmm(conj, self.start.state.mT))
            conj = torch.bmm(self.unit.mT, conj)
        else:
            back = evolution.run_back(self.state, conj)
            conj = back.state_conj
        by_block = back.traces_conj.flatten(0, 1)
        if self.entanglers is not None:
            by_block = self.entanglers.back(by_block, of_weights)
        if back.shared is not None:
            _shared_phases_back(stack, back.shared, of_weights)
        if back.sampled is not None:
            _add_padded(of_inputs, stack.phase_inputs, back.sampled)
        return conj, by_block


def _padded(inputs: Tensor) -> Tensor:
    """[K, inputs, B] -> [K (inputs + 1), B], a zero after those of each circuit."""
    return pad(inputs, (0, 0, 0, 1)).flatten(0, 1)


def _add_padded(of_inputs: Tensor, index: Tensor, gradient: Tensor) -> None:
    """Adds the gradient [..., B] of `_padded(inputs)[index]` to that of the inputs."""
    circuits, count, batch = of_inputs.shape
    padded = of_inputs.new_zeros(circuits * (count + 1), batch)
    padded.index_add_(0, index.flatten(), gradient.reshape(-1, batch))
    of_inputs += padded.view(circuits, count + 1, batch)[:, :-1]


def _in_columns(stack: CircuitStack, state: Tensor) -> bool:
    """Whether it is cheaper to run the circuits on every basis state, to have them as one matrix
    each, than on a batch: there are more samples than basis states.
    """
    rows, batch = state.shape[1:]
    saved = stack.steps * 2**stack.width * (batch - rows)
    return not stack.sampled and saved > rows * batch


class _Start:
    """The states before the first step: products of one-qubit states, or amplitudes."""

    def __init__(self, stack: CircuitStack, inputs: Tensor, matrices: Tensor):
        self.stack = stack
        self.met: kernels.Factors = []
        self.state: Tensor
        if not stack.all_amplitudes:
            angles = inputs if stack.in_order else _padded(inputs)[stack.start_inputs]
            self.parts = kernels.cosines_and_sines(angles, dim=2)
            parts = self.parts.view(-1, 2, inputs.shape[2]).to(stack.dtype)
            self.matrices = matrices
            self.vectors = torch.bmm(matrices, parts)
            by_wire = self.vectors.view(stack.circuits, stack.wires, 2, -1)
            self.state = kernels.kron_vectors(by_wire, self.met)
        if stack.any_amplitudes:
            given = _padded(inputs)[stack.start_amplitudes].to(stack.dtype)
            self.state = given if stack.all_amplitudes else self._chosen(given, self.state)

    def back(self, conj: Tensor, of_inputs: Tensor) -> Tensor:
        """Adds to the gradient of the inputs; gives the conjugate of G M^H of each wire's matrix,
        [K n, 2, 2].
        """
        stack = self.stack
        if stack.any_amplitudes:
            given = conj.real
            if not stack.all_amplitudes:
                given = self._chosen(given, torch.zeros_like(given))
                conj = self._chosen(torch.zeros_like(conj), conj)
            _add_padded(of_inputs, stack.start_amplitudes, given)
        if stack.all_amplitudes:
            return conj.new_zeros(stack.circuits * stack.wires, 2, 2)
        of_vectors = kernels.kron_vectors_back(conj, stack.wires, list(self.met)).flatten(0, 1)
        of_parts = torch.bmm(self.matrices.mT, of_vectors).real.view_as(self.parts)
        cosines, sines = self.parts.unbind(dim=2)
        of_cosines, of_sines = of_parts.unbind(dim=2)
        of_angles = of_inputs if stack.in_order else torch.zeros_like(cosines)
        of_angles.addcmul_(cosines, of_sines, value=0.5).addcmul_(sines, of_cosines, value=-0.5)
        if not stack.in_order:
            _add_padded(of_inputs, stack.start_inputs, of_angles)
        return torch.bmm(of_vectors, self.vectors.mT)

    def _chosen(self, amplitudes: Tensor, product: Tensor) -> Tensor:
        return torch.where(self.stack.start_by_amplitude[:, None, None], amplitudes, product)


class _Entanglers:
    """The controlled rotations of each block that has some, as one matrix."""

    def __init__(self, stack: CircuitStack, weights: Tensor):
        self.stack = stack
        self.product, self.gates = kernels.gate_products(
            weights.index_select(0, stack.entangler_weights),
            stack.entangler_fixed,
            stack.entangler_turning,
            len(stack.entangler_blocks),
        )

    def after(self, matrices: Tensor) -> Tensor:
        """The matrices [steps K, d, d] of all blocks with the rotations multiplied on."""
        at = self.stack.entangler_blocks
        return matrices.index_copy(0, at, torch.bmm(self.product, matrices.index_select(0, at)))

    def back(self, traces_conj: Tensor, of_weights: Tensor) -> Tensor:
        """From the conjugates of G M^H of the matrices that `after` gave those of the matrices it
        was given; adds to the gradient of the weights.
        """
        stack, at = self.stack, self.stack.entangler_blocks
        traces = traces_conj.index_select(0, at)
        of_angles = kernels.gate_angles_back(traces, self.gates, stack.entangler_generators)
        of_weights.index_add_(0, stack.entangler_weights, of_angles)
        return traces_conj.index_copy(0, at, kernels.traces_before(traces, self.product))


def _shared_phases(stack: CircuitStack, weights: Tensor) -> Tensor:
    """[phases, K, 2^n]: a quadratic form in the bits of a row's number, since CZ turns by pi where
    both are 1, and CRZ by its angle times control times (target - 1/2).
    """
    bits, angles = stack.bits, weights[stack.phase_weights]
    products = angles * stack.phase_quadratic + stack.phase_fixed
    alone = (angles * stack.phase_of_first).sum(dim=-1, keepdim=True)
    if stack.symmetric:
        alone = alone + (angles * stack.phase_of_second).sum(dim=-2)[..., None]
    return ((bits @ products) * bits).sum(dim=-1) + (bits @ alone)[..., 0]


def _shared_phases_back(stack: CircuitStack, gradient: Tensor, of_weights: Tensor) -> None:
    bits = stack.bits
    of_products = bits.mT @ (gradient[..., None] * bits)
    alone = bits.mT @ gradient[..., None]
    of_angles = of_products * stack.phase_quadratic + alone * stack.phase_of_first
    if stack.symmetric:
        of_angles = of_angles + alone.mT * stack.phase_of_second
    of_weights.index_add_(0, stack.phase_weights.flatten(), of_angles.flatten())
