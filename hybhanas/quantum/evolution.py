"""The evolution of a stack of states, step by step, and its undoing.

See `hybhanas.quantum.kernels` for the layout of states and for what `_conj` means in a name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Move:
    """How one step reorders rows, for the circuits that still run at this step: the first of the
    stack. The indices count rows through all of them, None where nothing moves. `phases` is the
    place of the step's phases among those of all steps, None where it has none.
    """

    circuits: int
    there: Tensor | None
    back: Tensor | None
    phases: int | None


@dataclass(frozen=True, slots=True)
class Evolution:
    """What a stack of states goes through, step by step: rows reordered, phases, one matrix.

    Args:
        moves: of each step.
        matrices: [steps, K, d, d], unitary, on the leading log2(d) wires of each step's order.
        shared: [phases, K, 2^n], angles by which a row's phase grows.
        sampled: [phases, K, n, B], angles of rotations about Z, by wire in the step's order.
        halves: [2^n, n], -1/2 and +1/2 as each wire is 0 or 1.
    """

    moves: Sequence[Move]
    matrices: Tensor
    shared: Tensor | None
    sampled: Tensor | None
    halves: Tensor

    def run(self, state: Tensor) -> Tensor:
        """[K, 2^n, B] -> [K, 2^n, B], rows in the order of the last step; `state` is kept."""
        circuits, rows, batch = state.shape
        size = self.matrices.shape[-1]
        out, spare = torch.empty_like(state), torch.empty_like(state)
        for step, move in enumerate(self.moves):
            n = move.circuits
            source, into, moved = state if step == 0 else out, out, spare
            if n < circuits:
                if step == 0:
                    out[n:] = state[n:]
                source, into, moved = source[:n], into[:n], moved[:n]
            if move.there is not None:
                flat = moved.view(n * rows, batch)
                torch.index_select(source.view(n * rows, batch), 0, move.there, out=flat)
            elif step == 0:
                moved = source
            else:
                moved.copy_(source)
            if move.phases is not None:
                moved = moved * self._factors(move)
            matrix = self.matrices[step] if n == circuits else self.matrices[step, :n]
            torch.bmm(matrix, moved.view(n, size, -1), out=into.view(n, size, -1))
        return out

    def run_back(self, state: Tensor, gradient_conj: Tensor) -> Gradients:
        """Undoes every step, so that nothing was stored on the way, on the state that `run` gave,
        which is kept, and on the conjugate of its gradient, which is overwritten.
        """
        size, last = self.matrices.shape[-1], len(self.moves) - 1
        circuits = len(state)
        traces_conj = torch.zeros_like(self.matrices)
        of_shared = None if self.shared is None else torch.zeros_like(self.shared)
        of_sampled = None if self.sampled is None else torch.zeros_like(self.sampled)
        phased = any(move.phases is not None for move in self.moves)
        spare = torch.empty_like(gradient_conj)
        other_spare = torch.empty_like(state) if phased else spare  # which is free in time
        if last > 0:
            before = torch.empty_like(state)
        if last > 0 or phased:
            inverse = self.matrices.mT.conj_physical()
        for step in range(last, -1, -1):
            move = self.moves[step]
            n = move.circuits
            matrices, after, of_after, moved = self.matrices[step], state, gradient_conj, spare
            if n < circuits:
                matrices, after, of_after, moved = (
                    part[:n] for part in (matrices, after, of_after, moved)
                )
            blocks, of_blocks = after.view(n, size, -1), of_after.view(n, size, -1)
            torch.bmm(of_blocks, blocks.mT, out=traces_conj[step, :n])
            torch.bmm(matrices.mT, of_blocks, out=moved.view(n, size, -1))
            inner = other_spare[:n]
            if move.phases is not None:
                torch.bmm(inverse[step, :n], blocks, out=inner.view(n, size, -1))
                turned = -(inner * moved).imag
                if of_shared is not None:
                    of_shared[move.phases, :n] = turned.sum(dim=2)
                if of_sampled is not None:
                    of_sampled[move.phases, :n] = self.halves.mT @ turned
                factors = self._factors(move)
                moved *= factors
                inner *= factors.conj()
            _put_back(moved, move, of_after)
            if step > 0:  # else nobody asks for the state before
                if move.phases is None:
                    torch.bmm(inverse[step, :n], blocks, out=inner.view(n, size, -1))
                if step == last and n < len(state):
                    before[n:] = state[n:]
                _put_back(inner, move, before[:n])
                state = before
        return Gradients(gradient_conj, traces_conj, of_shared, of_sampled)

    def _factors(self, move: Move) -> Tensor:
        """[circuits, 2^n, B or 1], of modulus 1."""
        n, at = move.circuits, move.phases
        exponent: Tensor | None = None
        if self.shared is not None:
            exponent = self.shared[at, :n, :, None]
        if self.sampled is not None:
            sampled = self.halves @ self.sampled[at, :n]
            exponent = sampled if exponent is None else exponent + sampled
        assert exponent is not None
        return torch.complex(torch.cos(exponent), torch.sin(exponent))


@dataclass(frozen=True, slots=True)
class Gradients:
    """What `Evolution.run_back` found.

    Args:
        state_conj: the conjugate of the gradient of the state that `run` started from, [K, 2^n, B].
        traces_conj: of each matrix M with gradient G the conjugate of G M^H, [steps, K, d, d].
        shared: the gradient of the evolution's.
        sampled: likewise.
    """

    state_conj: Tensor
    traces_conj: Tensor
    shared: Tensor | None
    sampled: Tensor | None


def _put_back(moved: Tensor, move: Move, into: Tensor) -> None:
    """Undoes the reordering of rows of a move."""
    n, rows, batch = moved.shape
    if move.back is None:
        into.copy_(moved)
    else:
        flat = moved.view(n * rows, batch), into.view(n * rows, batch)
        torch.index_select(flat[0], 0, move.back, out=flat[1])
