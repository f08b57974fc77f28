"""What a machine does to the expectation values that a network is trained with."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import pad


class Survival(nn.Module):
    """Scales the expectation values of K circuits by what noise leaves of each.

    Args:
        factors: of the observables of each circuit, from 0 to 1; None where there is no noise.
        observables: that a stack of the circuits gives, those that are padding included.
    """

    factors: Tensor

    def __init__(self, factors: Sequence[Sequence[float] | None], observables: int):
        super().__init__()
        rows = [torch.tensor([*(own or ())]) for own in factors]
        padded = [pad(row, (0, observables - len(row)), value=1.0) for row in rows]
        self.register_buffer("factors", torch.stack(padded)[:, :, None], persistent=False)

    def keep(self, rows: Sequence[int]) -> None:
        """Continues with some of the circuits."""
        self.factors = self.factors[list(rows)]

    def forward(self, values: Tensor) -> Tensor:
        """[K, observables, batch] -> the same shape."""
        return values * self.factors


class ShotNoise(nn.Module):
    """Replaces expectation values E by means over shots, each 1 or -1; only in training.

    A mean has the expectation E and the variance (1 - E^2) / shots, and takes the gradient of E.
    The observables of a circuit are drawn independently of each other.

    Args:
        shots: of each circuit.
        seeds: of each circuit; what is drawn for it depends on its seed and the epoch alone.
        observables: of each circuit.
    """

    def __init__(self, shots: int, seeds: Sequence[int], observables: Sequence[int]):
        super().__init__()
        self.shots, self.seeds, self.observables = shots, [*seeds], [*observables]
        self.generators: list[torch.Generator] = []

    def start(self, epoch: int, device: torch.device) -> None:
        """Begins an epoch, whose draws depend on no earlier one."""
        self.generators = []
        for seed in self.seeds:
            digest = hashlib.sha256(f"shots:{seed}:{epoch}".encode()).digest()
            generator = torch.Generator(device)
            self.generators.append(generator.manual_seed(int.from_bytes(digest[:7], "big")))

    def keep(self, rows: Sequence[int]) -> None:
        """Continues with some of the circuits."""
        self.seeds = [self.seeds[k] for k in rows]
        self.observables = [self.observables[k] for k in rows]
        self.generators = [self.generators[k] for k in rows]

    def forward(self, values: Tensor) -> Tensor:
        """[K, observables, batch] -> the same shape; unchanged where no gradient is trained."""
        if not self.training:
            return values
        deviations = torch.zeros_like(values)
        for own, deviation, count, generator in zip(
            values.detach(), deviations, self.observables, self.generators, strict=True
        ):
            chances = ((1 + own[:count]) / 2).clamp(0, 1)  # rounding leaves [0, 1]
            shots = torch.full_like(chances, self.shots)
            means = 2 * torch.binomial(shots, chances, generator) / self.shots - 1
            deviation[:count] = means - own[:count]
        return values + deviations
