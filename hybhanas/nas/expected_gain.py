"""Expected improvement of the hypervolume when one objective is uncertain and the others are known.

The gain of a candidate, as a function of its uncertain objective, falls linearly between the values
of the front: its slope is the volume that the candidate dominates alone in the known objectives.
Therefore its expectation needs no sampling in several dimensions (expected hypervolume improvement,
Emmerich et al. 2006, with a single uncertain objective).
"""

from __future__ import annotations

import moocore
import numpy as np


def gain_curve(
    front: np.ndarray, known: np.ndarray, reference: np.ndarray, least: float
) -> tuple[np.ndarray, np.ndarray]:
    """The hypervolume that a candidate adds, as a piecewise linear function.

    Args:
        front: points so far [points, objectives], all minimised, the uncertain objective first.
        known: the candidate's other objectives [objectives - 1].
        reference: the worst corner of the hypervolume [objectives].
        least: the smallest value of the uncertain objective that is of interest.

    Returns:
        Values of the uncertain objective [knots], ascending, and the gain at each [knots].

    Example, a front of one point, and a candidate that is better by 0.3 in the uncertain objective
    and equal in the other, of which it dominates 0.5:
        >>> at, gain = gain_curve(np.array([[0.5, 0.5]]), np.array([0.5]), np.ones(2), 0.0)
        >>> np.interp(0.2, at, gain).round(3)
        np.float64(0.15)
    """
    inside = front[(front < reference).all(axis=1)]
    inside = inside[np.argsort(inside[:, 0], kind="stable")]
    knots = np.r_[least, np.maximum(inside[:, 0], least), max(reference[0], least)]
    gain = np.zeros(len(knots))
    if (known >= reference[1:]).any():
        return knots, gain
    box = float(np.prod(reference[1:] - known))
    for k in range(len(inside), -1, -1):
        width = knots[k + 1] - knots[k]
        if width > 0:
            better = np.maximum(inside[:k, 1:], known)
            covered = moocore.hypervolume(better, ref=reference[1:]) if k else 0.0
            gain[k] = gain[k + 1] + width * (box - covered)
        else:
            gain[k] = gain[k + 1]
    return knots, gain


def best_batch(
    front: np.ndarray, known: np.ndarray, samples: np.ndarray, reference: np.ndarray, count: int
) -> tuple[list[int], float]:
    """Chooses candidates one after another by their expected gain.

    A candidate that was chosen joins the front with its mean, so that the next one adds to it.

    Args:
        front: points so far [points, objectives], all minimised, the uncertain objective first.
        known: the other objectives of each candidate [candidates, objectives - 1].
        samples: equally likely values of its uncertain objective [candidates, samples].
        reference: the worst corner of the hypervolume [objectives].
        count: how many are wanted.

    Returns:
        Their indices, the most promising first, of equals the first one; and the gain that is
        expected of all of them.
    """
    least = float(min(samples.min(), front[:, 0].min() if len(front) else np.inf))

    def expected_gain(candidate: int) -> float:
        curve = gain_curve(front, known[candidate], reference, least)
        return float(np.interp(samples[candidate], *curve).mean())

    gains = np.array([expected_gain(candidate) for candidate in range(len(samples))])
    chosen: list[int] = []
    total = 0.0
    while len(chosen) < min(count, len(samples)):
        # Gains only shrink while the front grows: an old one bounds the new one from above.
        best, rest = int(np.argmax(gains)), gains.copy()
        gains[best] = expected_gain(best)
        rest[best] = -np.inf
        if gains[best] >= rest.max():
            chosen.append(best)
            total += float(gains[best])
            front = np.vstack([front, np.r_[samples[best].mean(), known[best]]])
            front = front[moocore.is_nondominated(front)]
            gains[best] = -np.inf
    return chosen, total
