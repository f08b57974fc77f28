"""State-vector arithmetic in plain torch for K circuits at once, and its derivatives by hand.

A stack of states is a complex tensor [K, 2^n, B], B samples of each of K circuits. The rows of
amplitudes lie together over the batch, so that reordering them copies whole rows of memory, and a
matrix on some leading wires is one product with all the rest as columns.

A gradient of a complex tensor z is dL/d(re z) + i dL/d(im z), as torch has it; names ending in
`_conj` hold its conjugate, which saves conjugating states on the way back.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

import torch
from torch import Tensor

AXES = {"rx": (1, 0, 0), "ry": (0, 1, 0), "rz": (0, 0, 1)}


def generator(name: str) -> list[list[complex]]:
    """-i n.sigma of a rotation's axis n: the rotation by angle is cos(angle/2) + sin(angle/2) of
    it.
    """
    x, y, z = AXES[name]
    return [[-1j * z, -1j * x - y], [-1j * x + y, 1j * z]]


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


def kron_vectors(vectors: Tensor, met: Factors) -> Tensor:
    """The product state of one-qubit states: [K, n, 2, B] -> [K, 2^n, B].

    Neighbours are multiplied, all pairs at once. Appends to `met` what the way back needs.
    """
    count = vectors.shape[1]
    if count == 1:
        return vectors[:, 0]
    if count % 2:
        upper, lower = vectors[:, :1], kron_vectors(vectors[:, 1:], met)[:, None]
        met.append((upper, lower))
        return _kron(upper, lower)[:, 0]
    upper, lower = vectors[:, 0::2], vectors[:, 1::2]
    met.append((upper, lower))
    return kron_vectors(_kron(upper, lower), met)


def kron_vectors_back(gradient_conj: Tensor, count: int, met: Factors) -> Tensor:
    """The gradient of a product state as that of its one-qubit states, both conjugated.

    Args:
        gradient_conj: [K, 2^n, B].
        count: n.
        met: as `kron_vectors` left it; emptied.

    Returns:
        [K, n, 2, B].
    """
    if count == 1:
        return gradient_conj[:, None]
    if count % 2:
        upper, lower = met.pop()
        circuits, _, size, batch = upper.shape
        parts = gradient_conj.view(circuits, size, -1, batch)
        of_upper = (parts * lower).sum(dim=2)
        of_lower = (parts * upper[:, 0, :, None]).sum(dim=1)
        return torch.cat([of_upper[:, None], kron_vectors_back(of_lower, count - 1, met)], dim=1)
    of_pairs = kron_vectors_back(gradient_conj, count // 2, met)
    upper, lower = met.pop()
    circuits, _, size, batch = upper.shape
    parts = of_pairs.view(circuits, count // 2, size, size, batch)
    of_vectors = parts.new_empty(circuits, count // 2, 2, size, batch)
    torch.sum(parts * lower[:, :, None], dim=3, out=of_vectors[:, :, 0])
    torch.sum(parts * upper[:, :, :, None], dim=2, out=of_vectors[:, :, 1])
    return of_vectors.view(circuits, count, size, batch)


def _kron(upper: Tensor, lower: Tensor) -> Tensor:
    return (upper[:, :, :, None] * lower[:, :, None]).flatten(2, 3)


def kron_matrices(matrices: Tensor) -> Tensor:
    """The Kronecker product over wires: [m, n, d, d] -> [m, d^n, d^n]."""
    count = matrices.shape[1]
    if count == 1:
        return matrices[:, 0]
    if count % 2:
        return _kron_matrices(matrices[:, :1], kron_matrices(matrices[:, 1:])[:, None])[:, 0]
    return kron_matrices(_kron_matrices(matrices[:, 0::2], matrices[:, 1::2]))


def _kron_matrices(upper: Tensor, lower: Tensor) -> Tensor:
    many, count, a, _ = upper.shape
    b = lower.shape[-1]
    product = upper.view(many, count, a, 1, a, 1) * lower.view(many, count, 1, b, 1, b)
    return product.view(many, count, a * b, a * b)


@cache
def partial_traces(wires: int) -> Tensor:
    """[4^n, 4 n]: takes a matrix on n wires, flat, to the traces over all wires but one, flat."""
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


# One-qubit matrices


def cosines_and_sines(angles: Tensor, dim: int) -> Tensor:
    """Of half the angles, along a new dimension: the sine as a cosine a quarter turn before."""
    quarter = _quarter(angles.dtype, angles.device).view(2, *[1] * (angles.dim() - dim))
    return torch.cos(torch.add(quarter, angles.unsqueeze(dim), alpha=0.5))


@cache
def _quarter(dtype: torch.dtype, device: torch.device) -> Tensor:
    return torch.tensor([0.0, -math.pi / 2], dtype=dtype, device=device)


def one_qubit_matrices(angles: Tensor, gates: Tensor) -> tuple[Tensor, Tensor]:
    """The products of up to T one-qubit gates, and what each gate is followed by.

    Args:
        angles: in a row, [places T].
        gates: [places, T, 2, 2, 2], what a gate has times the cosine of half its angle, and times
            the sine.

    Returns:
        The matrices, [places, 2, 2], and for each gate the product of those after it,
        [places, T, 2, 2].
    """
    parts = cosines_and_sines(angles, dim=1).view(*gates.shape[:3], 1, 1)
    factors = (parts * gates).sum(dim=2)
    after = torch.empty_like(factors)
    after[:, -1] = _identity(factors.dtype, factors.device)
    product = factors[:, -1]
    for t in range(factors.shape[1] - 2, -1, -1):
        after[:, t] = product
        product = torch.bmm(product, factors[:, t])
    return product, after


@cache
def _identity(dtype: torch.dtype, device: torch.device) -> Tensor:
    return torch.eye(2, dtype=dtype, device=device)


def one_qubit_angles_back(traces_conj: Tensor, after: Tensor, generators: Tensor) -> Tensor:
    """The gradient of the angles of `one_qubit_matrices`.

    Args:
        traces_conj: [places, 2, 2], the conjugate of G M^H for the gradient G of a matrix M.
        after: as `one_qubit_matrices` gave it.
        generators: [places, T, 2, 2], of each gate the conjugate of half of what the sine is of.

    Returns:
        [places, T].
    """
    places, most = after.shape[:2]
    after = after.view(-1, 2, 2)
    traces_conj = traces_conj[:, None].expand(-1, most, -1, -1).reshape(-1, 2, 2)
    seen = torch.bmm(torch.bmm(after.mT, traces_conj), after.conj())
    seen = torch.view_as_real(seen).view(places, most, 8)
    return (torch.view_as_real(generators).view(places, most, 8) * seen).sum(dim=2)


# Measurement


def expectations(state: Tensor, eigenvalues: Tensor) -> Tensor:
    """Expectation values of products of Z: [K, 2^n, B], [K, m, 2^n] -> [K, m, B], real."""
    real, imaginary = state.real, state.imag
    return torch.bmm(eigenvalues, real.square().addcmul_(imaginary, imaginary))


def expectations_back(gradient: Tensor, state: Tensor, twice: Tensor) -> Tensor:
    """The conjugate of the state's gradient, [K, m, B] -> [K, 2^n, B]; `twice` are the eigenvalues
    twice and transposed.
    """
    return torch.bmm(twice, gradient) * state.conj()
