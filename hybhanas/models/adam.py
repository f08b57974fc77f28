"""Adam for parameters of K networks, each with its own learning rate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor

MOMENTS = ("mean", "square")
"""What Adam keeps of each parameter: the moving averages of gradients and of their squares."""


class StackedAdam(torch.optim.Optimizer):
    """Adam (Kingma and Ba 2015) as torch's, except that each network has its own learning rate.

    Args:
        parameters: tensors [K, ...].
        rates: of each network, [K], relative to the learning rate of the optimizer; that one and
            the first of `betas` may be changed by a schedule.
    """

    def __init__(self, parameters: Iterable[Tensor], rates: Tensor):
        super().__init__(parameters, {"lr": 1.0, "betas": (0.9, 0.999), "eps": 1e-8})
        self.rates = rates
        self._steps = 0

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """One step; parameters without a gradient do not change."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        self._steps += 1
        for group in self.param_groups:
            used = [p for p in group["params"] if p.grad is not None]
            self._update(used, [p.grad for p in used], group)
        return loss

    def factors(self, step: int) -> tuple[float, float, float]:
        """What a step depends on besides gradients, its number counted from 1, by the learning rate
        and the betas of the moment: the weight of the gradient in its average, the square root of
        the correction of the average of squares, and the learning rate after the correction of the
        other.
        """
        (group,) = self.param_groups
        beta_1, beta_2 = group["betas"]
        return 1 - beta_1, (1 - beta_2**step) ** 0.5, group["lr"] / (1 - beta_1**step)

    @torch.no_grad()
    def step_on_device(self, gradients: Sequence[Tensor | None], factors: Tensor) -> None:
        """A step as `step`, which no number of this process's memory goes into, so that it can be
        part of a CUDA graph.

        Args:
            gradients: of each parameter, None where it has none.
            factors: [3], those of `factors`.
        """
        (group,) = self.param_groups
        given = zip(group["params"], gradients, strict=True)
        pairs = [(p, gradient) for p, gradient in given if gradient is not None]
        parameters, used = [p for p, _ in pairs], [gradient for _, gradient in pairs]
        means, squares = self._moments(parameters)
        toward_gradient, root_of_correction, size = factors.unbind()
        changes = torch._foreach_sub(used, means)
        torch._foreach_mul_(changes, toward_gradient)
        torch._foreach_add_(means, changes)
        beta_2 = group["betas"][1]
        torch._foreach_mul_(squares, beta_2)
        torch._foreach_addcmul_(squares, used, used, 1 - beta_2)
        roots = list(torch._foreach_sqrt(squares))
        torch._foreach_div_(roots, root_of_correction)
        torch._foreach_add_(roots, group["eps"])
        self._subtract(parameters, means, roots, self.rates * size)

    def moment(self, parameter: Tensor, name: str) -> Tensor:
        """One of MOMENTS of a parameter, zero where it has not had a gradient."""
        found = self.state.get(parameter, {}).get(name)
        return torch.zeros_like(parameter) if found is None else found

    def keep(self, rows: Sequence[int]) -> None:
        """Continues with some of the networks, whose parameters were cut to them."""
        self.rates = self.rates[list(rows)]
        for moments in self.state.values():
            for name, moment in moments.items():
                moments[name] = moment[list(rows)]

    def resume_at(self, steps: int) -> None:
        """Continues after so many steps, whose moments are in `state`."""
        self._steps = steps

    def _update(self, parameters: list[Tensor], gradients: list[Tensor], group: Any) -> None:
        beta_1, beta_2 = group["betas"]
        means, squares = self._moments(parameters)
        torch._foreach_lerp_(means, gradients, 1 - beta_1)
        torch._foreach_mul_(squares, beta_2)
        torch._foreach_addcmul_(squares, gradients, gradients, 1 - beta_2)
        roots = list(torch._foreach_sqrt(squares))
        torch._foreach_div_(roots, (1 - beta_2**self._steps) ** 0.5)
        torch._foreach_add_(roots, group["eps"])
        self._subtract(
            parameters, means, roots, self.rates * (group["lr"] / (1 - beta_1**self._steps))
        )

    def _moments(self, parameters: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        """The averages of gradients and of squares, zero where there has not been a gradient."""
        for parameter in parameters:
            if parameter not in self.state:
                self.state[parameter] = {name: torch.zeros_like(parameter) for name in MOMENTS}
        mean, square = MOMENTS
        return [self.state[p][mean] for p in parameters], [
            self.state[p][square] for p in parameters
        ]

    def _subtract(
        self,
        parameters: list[Tensor],
        means: list[Tensor],
        roots: list[Tensor],
        rates: Tensor,
    ) -> None:
        """Changes the parameters by means over roots, times the rate of each network."""
        shaped = [rates.view(-1, *[1] * (p.dim() - 1)) for p in parameters]
        steps = torch._foreach_div(means, roots)
        torch._foreach_mul_(steps, shaped)
        torch._foreach_sub_(parameters, steps)
