"""The evolution of a stack of states, step by step, and its backward pass.

See `hybhanas.quantum.kernels` for the layout of states and for what `_conj` means in a name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from hybhanas.quantum.tables import StepTables


@dataclass(frozen=True, slots=True)
class Evolution:
    """The steps of a stack of states: each permutes rows, multiplies phases, then one matrix.

    Args:
        steps: how rows are permuted, and which step has phases.
        matrices: [steps, K, d, d], unitary, on the leading log2(d) wires of each step's order.
        shared: [phases, K, 2^n], phases that are the same for all samples, in radians; None where
            there are none.
        sampled: [phases, K, m, B], angles of rotations about products of Z, which differ by sample;
            None where there are none.
        z_halves: [2^n, m], eigenvalues of these products times -1/2.
    """

    steps: Sequence[StepTables]
    matrices: Tensor
    shared: Tensor | None
    sampled: Tensor | None
    z_halves: Tensor

    def run(self, state: Tensor) -> Tensor:
        """[K, 2^n, B] -> [K, 2^n, B], rows in the order of the last step; `state` is kept."""
        circuits, rows, batch = state.shape
        size = self.matrices.shape[-1]
        out, spare = torch.empty_like(state), torch.empty_like(state)  # (K, 2^n, B)
        for s, step in enumerate(self.steps):
            n = step.circuits
            source, into, permuted = state if s == 0 else out, out, spare
            if n < circuits:
                if s == 0:
                    out[n:] = state[n:]
                source, into, permuted = source[:n], into[:n], permuted[:n]
            if step.perm is not None:
                flat = permuted.view(n * rows, batch)  # (n 2^n, B)
                torch.index_select(source.view(n * rows, batch), 0, step.perm, out=flat)
            elif s == 0:
                permuted = source
            else:
                permuted.copy_(source)
            if step.phases is not None:
                permuted = permuted * self._phase_factors(step)
            matrices = self.matrices[s] if n == circuits else self.matrices[s, :n]  # (n, d, d)
            columns = permuted.view(n, size, -1)  # (n, d, 2^n/d B)
            torch.bmm(matrices, columns, out=into.view(n, size, -1))
        return out

    def run_backward(self, state: Tensor, gradient_conj: Tensor) -> Gradients:
        """The backward pass. It undoes every step, so that no intermediate state is stored.

        Args:
            state: [K, 2^n, B], that `run` gave; kept.
            gradient_conj: [K, 2^n, B], the conjugate of its gradient; overwritten.
        """
        size, last = self.matrices.shape[-1], len(self.steps) - 1
        circuits = len(state)
        traces_conj = torch.zeros_like(self.matrices)
        of_shared = None if self.shared is None else torch.zeros_like(self.shared)
        of_sampled = None if self.sampled is None else torch.zeros_like(self.sampled)
        phased = any(step.phases is not None for step in self.steps)
        spare = torch.empty_like(gradient_conj)
        other_spare = torch.empty_like(state) if phased else spare  # which is free in time
        if last > 0:
            before = torch.empty_like(state)
        if last > 0 or phased:
            inverse = self.matrices.mT.conj_physical()  # (steps, K, d, d)
        for s in range(last, -1, -1):
            step = self.steps[s]
            n = step.circuits
            matrices, after, of_after, of_inner = self.matrices[s], state, gradient_conj, spare
            if n < circuits:
                matrices, after, of_after, of_inner = (
                    part[:n] for part in (matrices, after, of_after, of_inner)
                )
            blocks, of_blocks = after.view(n, size, -1), of_after.view(n, size, -1)
            torch.bmm(of_blocks, blocks.mT, out=traces_conj[s, :n])  # (n, d, d)
            torch.bmm(matrices.mT, of_blocks, out=of_inner.view(n, size, -1))
            inner = other_spare[:n]  # the state between phases and matrix
            if step.phases is not None:
                torch.bmm(inverse[s, :n], blocks, out=inner.view(n, size, -1))
                self._phases_backward(step, inner, of_inner, of_shared, of_sampled)
                factors = self._phase_factors(step)
                of_inner *= factors
                inner *= factors.conj()
            _permute_inversely(of_inner, step, out=of_after)
            if step.phases is None and s > 0:
                torch.bmm(inverse[s, :n], blocks, out=inner.view(n, size, -1))
            if s > 0:  # the state before the first step is not needed
                if s == last and n < len(state):
                    before[n:] = state[n:]
                _permute_inversely(inner, step, out=before[:n])
                state = before
        return Gradients(gradient_conj, traces_conj, of_shared, of_sampled)

    def _phases_backward(
        self,
        step: StepTables,
        inner: Tensor,
        of_inner: Tensor,
        of_shared: Tensor | None,
        of_sampled: Tensor | None,
    ) -> None:
        """Writes the gradients of a step's phases, from the state behind them and its gradient."""
        of_phases = -(inner * of_inner).imag  # (n, 2^n, B)
        if of_shared is not None:
            of_shared[step.phases, : step.circuits] = of_phases.sum(dim=2)
        if of_sampled is not None:
            of_sampled[step.phases, : step.circuits] = self.z_halves.mT @ of_phases

    def _phase_factors(self, step: StepTables) -> Tensor:
        """[circuits, 2^n, B or 1], of modulus 1."""
        n, at = step.circuits, step.phases
        phases: Tensor | None = None
        if self.shared is not None:
            phases = self.shared[at, :n, :, None]  # (n, 2^n, 1)
        if self.sampled is not None:
            sampled = self.z_halves @ self.sampled[at, :n]  # (n, 2^n, B)
            phases = sampled if phases is None else phases + sampled
        assert phases is not None
        return torch.complex(torch.cos(phases), torch.sin(phases))


@dataclass(frozen=True, slots=True)
class Gradients:
    """What `Evolution.run_backward` found.

    Args:
        state_conj: the conjugate of the gradient of the state that `run` started from, [K, 2^n, B].
        traces_conj: of each matrix M with gradient G the conjugate of G M^H, [steps, K, d, d].
        shared, sampled: the gradients of the evolution's.
    """

    state_conj: Tensor
    traces_conj: Tensor
    shared: Tensor | None
    sampled: Tensor | None


def _permute_inversely(state: Tensor, step: StepTables, out: Tensor) -> None:
    """Undoes the permutation of rows of a step; all [circuits, 2^n, B]."""
    n, rows, batch = state.shape
    if step.inverse_perm is None:
        out.copy_(state)
    else:
        flat = state.view(n * rows, batch)
        torch.index_select(flat, 0, step.inverse_perm, out=out.view(n * rows, batch))
