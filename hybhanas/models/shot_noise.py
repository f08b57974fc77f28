"""Shot noise: how far the errors of measured expectation values move the logits."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn
from torch.func import jacrev, vmap


def logit_gain(
    readout: nn.Module, expectations: Tensor, survival: Sequence[float] | None = None
) -> float:
    """The most by which a read-out multiplies the standard error of expectation values.

    To first order an error e_i of each expectation value moves logit j by sum_i J_ji e_i, J being
    the Jacobian there. If each e_i has a standard error of at most s, that of the logit is at most
    s sum_i |J_ji|, however the errors of values that are read from the same shots are correlated.
    The largest sum over logits and samples counts. Of a linear read-out J is its weights, the same
    everywhere, and nothing is left out.

    Args:
        readout: from expectation values to logits.
        expectations: of samples [samples, observables], as the read-out takes them.
        survival: what noise leaves of each, if the network was trained for that; the gain is then
            that of values divided by it, as costs count shots.

    Example:
        >>> import torch
        >>> readout = nn.Sequential(nn.Linear(2, 1))
        >>> _ = readout[0].weight.data.copy_(torch.tensor([[0.5, -2.0]]))
        >>> logit_gain(readout, torch.zeros(1, 2))
        2.5
    """
    jacobians: Tensor = vmap(jacrev(readout))(expectations.detach()).detach()
    if survival is not None:
        jacobians = jacobians * jacobians.new_tensor(survival)
    return float(jacobians.abs().sum(dim=2).max())
