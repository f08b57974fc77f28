"""What logits mean: one a class, or a single one of the second of two classes."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from hybhanas.models.scores import Scores


def losses(logits: Tensor, classes: Tensor) -> Tensor:
    """The mean cross-entropy of each network.

    Args:
        logits: [K, logits, batch].
        classes: [batch], the numbers of the true classes.

    Returns:
        [K].

    Example:
        >>> losses(torch.zeros(1, 1, 5), torch.tensor([0, 1, 1, 0, 1]))  # log 2
        tensor([0.6931])
    """
    expected = classes.expand(len(logits), -1)
    if logits.shape[1] == 1:
        each = functional.binary_cross_entropy_with_logits(
            logits[:, 0], expected.to(logits.dtype), reduction="none"
        )
    else:
        each = functional.cross_entropy(logits, expected, reduction="none")
    return each.mean(dim=1)


def predicted(logits: Tensor, dim: int = 1) -> Tensor:
    """The numbers of the most likely classes.

    Args:
        logits: [..., logits, ...].
        dim: of the logits.

    Returns:
        Integers of the same shape without `dim`.

    Example:
        >>> predicted(torch.tensor([[-0.2], [3.0]]))
        tensor([0, 1])
    """
    if logits.shape[dim] == 1:
        return (logits > 0).long().squeeze(dim)
    return logits.argmax(dim)


def probabilities(logits: Tensor, dim: int = 1) -> Tensor:
    """The probability of each class, along `dim`.

    Example:
        >>> probabilities(torch.zeros(1, 1))
        tensor([[0.5000, 0.5000]])
    """
    if logits.shape[dim] == 1:
        return torch.cat([torch.sigmoid(-logits), torch.sigmoid(logits)], dim)
    return torch.softmax(logits, dim)


def scores_of(logits: Tensor, classes: Tensor) -> list[Scores | None]:
    """The scores of each network; None where a logit is not finite.

    Args:
        logits: [K, logits, samples].
        classes: [samples].
    """
    finite = logits.isfinite().flatten(1).all(dim=1).tolist()
    ranking = logits if logits.shape[1] == 1 else torch.softmax(logits, dim=1)
    found, ranks, true = predicted(logits).cpu(), ranking.cpu(), classes.cpu().numpy()
    return [
        Scores.of(ranks[k].numpy(), found[k].numpy(), true) if finite[k] else None
        for k in range(len(logits))
    ]
