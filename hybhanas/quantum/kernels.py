"""State-vector arithmetic in plain torch for K circuits at once, and its derivatives by hand.

A stack of states is a complex tensor [K, 2^n, B], B samples of each of K circuits. The rows of
amplitudes lie together over the batch, so that reordering them copies whole rows of memory, and a
matrix on some leading wires is one product with all the rest as columns.

A gradient of a complex tensor z is dL/d(re z) + i dL/d(im z), as torch has it; names ending in
`_conj` hold its conjugate, which saves conjugating states in the backward pass.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

import torch
from torch import Tensor


@cache
def bits(wires: int) -> Tensor:
    """[2^n, n]: the bits of each row's number, the most significant first, as 0.0 and 1.0."""
    rows = torch.arange(2**wires)[:, None]
    return ((rows >> torch.arange(wires - 1, -1, -1)) & 1).float()


def signs(wire_sets: Sequence[tuple[int, ...]], wires: int) -> Tensor:
    """[2^n, sets]: the eigenvalue of the product of Z over each set of wires, as +1 or -1."""
    z = 1 - 2 * bits(wires)
    columns = [z[:, list(wire_set)].prod(dim=1) for wire_set in wire_sets]
    return torch.stack(columns, dim=1)


# Products over wires


Factors = list[tuple[Tensor, Tensor]]


def kron_vectors(vectors: Tensor, saved: Factors) -> Tensor:
    """The product state of one-qubit states: [K, n, 2, B] -> [K, 2^n, B].

    Neighbours are multiplied, all pairs at once. Appends to `saved` what the backward pass needs.
    """
    circuits, count, size, batch = vectors.shape
    if count == 1:
        return vectors.squeeze(1)
    if count % 2:
        upper, lower = vectors[:, :1], kron_vectors(vectors[:, 1:], saved).unsqueeze(1)
    else:
        upper, lower = vectors.view(circuits, count // 2, 2, size, batch).unbind(2)
    saved.append((upper, lower))
    product = upper.unsqueeze(3) * lower.unsqueeze(2)  # (K, n/2, d, d, B)
    return kron_vectors(product.view(circuits, upper.shape[1], -1, batch), saved)


def kron_vectors_backward(gradient_conj: Tensor, count: int, saved: Factors) -> Tensor:
    """The gradient of a product state as that of its one-qubit states, both conjugated.

    Args:
        gradient_conj: [K, 2^n, B]; overwritten.
        count: n.
        saved: as `kron_vectors` left it; emptied.

    Returns:
        [K, n, 2, B].
    """
    if count == 1:
        return gradient_conj.unsqueeze(1)
    if count % 2:
        upper, lower = saved.pop()
        circuits, _, size, batch = upper.shape
        parts = gradient_conj.view(circuits, size, -1, batch)
        of_upper = (parts * lower).sum(dim=2)
        of_lower = parts.mul_(upper.view(circuits, size, 1, batch)).sum(dim=1)
        return torch.cat(
            [of_upper[:, None], kron_vectors_backward(of_lower, count - 1, saved)], dim=1
        )
    of_pairs = kron_vectors_backward(gradient_conj, count // 2, saved)
    upper, lower = saved.pop()
    circuits, pairs, size, batch = upper.shape
    parts = of_pairs.view(circuits, pairs, size, size, batch)
    of_upper = (parts * lower.unsqueeze(2)).sum(dim=3)
    of_lower = parts.mul_(upper.unsqueeze(3)).sum(dim=2)
    of_vectors = torch.stack([of_upper, of_lower], dim=2)
    return of_vectors.view(circuits, count, size, batch)


def kron_matrices(matrices: Tensor) -> Tensor:
    """The Kronecker product over wires: [m, n, d, d] -> [m, d^n, d^n]."""
    many, count, size, _ = matrices.shape
    if count == 1:
        return matrices.squeeze(1)
    if count % 2:
        upper, lower = matrices[:, :1], kron_matrices(matrices[:, 1:]).unsqueeze(1)
    else:
        upper, lower = matrices.view(many, count // 2, 2, size, size).unbind(2)
    pairs, a, b = upper.shape[1], size, lower.shape[2]
    product = upper.view(many, pairs, a, 1, a, 1) * lower.view(many, pairs, 1, b, 1, b)
    return kron_matrices(product.view(many, pairs, a * b, a * b))


@cache
def partial_traces(wires: int) -> Tensor:
    """[4^n, 4 n]: takes a matrix on n wires to its traces over all wires but one, all flattened."""
    unit = torch.eye(4**wires).view(-1, *[2] * (2 * wires))
    columns = []
    for wire in range(wires):
        others = [w for w in range(wires) if w != wire]
        traced = unit
        for other in reversed(others):
            axes = traced.dim() - 1
            traced = traced.diagonal(dim1=1 + other, dim2=1 + axes // 2 + other).sum(dim=-1)
        columns.append(traced.flatten(1))
    return torch.cat(columns, dim=1)


# Gates


def cosines_and_sines(angles: Tensor, dim: int) -> Tensor:
    """Of half the angles, along a new dimension: the sine as a cosine a quarter turn before."""
    quarter = _quarter(angles.dim() - dim, angles.dtype, angles.device)
    return torch.cos(torch.add(quarter, angles.unsqueeze(dim), alpha=0.5))


@cache
def _quarter(after: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    quarter = torch.tensor([0.0, -math.pi / 2], dtype=dtype, device=device)
    return quarter.view(2, *[1] * after)


def gate_products(
    angles: Tensor, fixed: Tensor, by_angle: Tensor, places: int
) -> tuple[Tensor, Tensor]:
    """The products of T gates at each of many places, and the gates.

    The first gates of all places come first, then the second ones, and so on. A matrix that is
    given is flattened, real and imaginary parts interleaved.

    Args:
        angles: [T places], any number where a gate has none.
        fixed: [T places, 1, 2 d^2], the part of a gate that no angle changes.
        by_angle: [T places, 2, 2 d^2], the parts that are multiplied by the cosine and by the sine
            of half its angle.
        places: how many.

    Returns:
        The products, [places, d, d], and the gates, [T, places, d, d].
    """
    size = math.isqrt(fixed.shape[2] // 2)
    flat = torch.baddbmm(fixed, cosines_and_sines(angles, dim=1).unsqueeze(1), by_angle)
    gates = torch.view_as_complex(flat.view(-1, places, size, size, 2))
    product, *later = gates.unbind()
    for gate in later:
        product = torch.bmm(gate, product)
    return product, gates


def traces_before(traces_conj: Tensor, gate: Tensor, out: Tensor | None = None) -> Tensor:
    """From the conjugate of G M^H, for the gradient G of M = gate N, that of N; all [..., d, d]."""
    return torch.bmm(gate.mT, torch.bmm(traces_conj, gate.conj_physical()), out=out)


def gate_angles_backward(traces_conj: Tensor, gates: Tensor, generators: Tensor) -> Tensor:
    """The gradient of the angles of `gate_products`, [T places].

    Args:
        traces_conj: [places, d, d], the conjugate of G M^H for the gradient G of a product M.
        gates: as `gate_products` gave them.
        generators: [T places, 2 d^2, 1], of each gate the conjugate of half of the part that is
            multiplied by the sine, where no other gate comes before, flattened.
    """
    seen = torch.empty_like(gates)
    seen[-1] = traces_conj
    for t in range(len(gates) - 1, 0, -1):
        traces_conj = traces_before(traces_conj, gates[t], out=seen[t - 1])
    flat = torch.view_as_real(seen).view(len(generators), 1, -1)
    return torch.bmm(flat, generators).view(-1)


def add_rows(target: Tensor, index: Tensor, rows: Tensor) -> None:
    """Adds each of `rows` to the row of `target` that `index` names, in an order that is always the
    same: on a GPU `index_add_` adds in any order, and so rounds differently every time.
    """
    if target.is_cuda:
        target.index_put_((index,), rows, accumulate=True)
    else:
        target.index_add_(0, index, rows)


# Measurement


def expectations(state: Tensor, eigenvalues: Tensor, out: Tensor) -> None:
    """Expectation values of products of Z: [K, 2^n, B], [K, m, 2^n] -> [K, m, B], real."""
    real, imaginary = torch.view_as_real(state).unbind(3)
    torch.bmm(eigenvalues, real.square().addcmul_(imaginary, imaginary), out=out)


def expectations_backward(gradient: Tensor, state: Tensor, double_eigenvalues: Tensor) -> Tensor:
    """The conjugate of the state's gradient, [K, m, B] -> [K, 2^n, B].

    `double_eigenvalues` [K, 2^n, m] are twice the eigenvalues.
    """
    return torch.mul(state, torch.bmm(double_eigenvalues, gradient)).conj_physical_()
