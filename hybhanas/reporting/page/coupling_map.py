"""A machine's couplings as a picture: where its qubits are drawn, and the error of each pair."""

from __future__ import annotations

from typing import Any

import numpy as np

from hybhanas.calibration import Calibration

MOST_QUBITS = 500
"""Of a machine that is drawn."""


def coupling_map(calibration: Calibration) -> dict[str, Any] | None:
    """Positions and errors in plain JSON types; None of a machine without couplings, or of too many
    qubits.

    Returns:
        `qubits`: rows of index, x, y and readout error; `couplings`: rows of two indices and the
        error of the best gate on them, in either direction.

    Example:
        >>> found = coupling_map(Calibration.load("ibm_fez"))
        >>> len(found["qubits"]), len(found["couplings"])
        (156, 169)
    """
    errors: dict[tuple[int, int], float] = {}
    for name in calibration.two_qubit_gates:
        for at, gate in calibration.gates[name].items():
            if len(at) == 2:
                pair = min(at), max(at)
                errors[pair] = min(gate.error, errors.get(pair, 1.0))
    indices = sorted(calibration.qubits)
    if not errors or len(indices) > MOST_QUBITS:
        return None
    places = positions(indices, [*errors])
    return {
        "qubits": [
            [i, round(x, 3), round(y, 3), calibration.qubits[i].readout_error]
            for i, (x, y) in zip(indices, places.tolist(), strict=True)
        ],
        "couplings": [[a, b, error] for (a, b), error in sorted(errors.items())],
        "gates": [*calibration.two_qubit_gates],
    }


def positions(indices: list[int], couplings: list[tuple[int, int]]) -> np.ndarray:
    """Where qubits are drawn, [qubits, 2]: so that distances are those along the couplings
    (classical multidimensional scaling; Torgerson, Psychometrika 17, 401 (1952)); on a circle if
    most pairs are coupled.

    Example, a chain:
        >>> x, y = positions([0, 1, 2], [(0, 1), (1, 2)]).T
        >>> np.abs(np.diff(x)).round(6).tolist(), np.abs(y).max().round(6).item()
        ([1.0, 1.0], 0.0)
    """
    number = len(indices)
    if len(couplings) > 3 * number:
        angles = np.linspace(0, 2 * np.pi, number, endpoint=False)
        return np.stack([np.cos(angles), np.sin(angles)], axis=1)
    place = {index: i for i, index in enumerate(indices)}
    distances = np.full((number, number), np.inf)
    np.fill_diagonal(distances, 0)
    for a, b in couplings:
        distances[place[a], place[b]] = distances[place[b], place[a]] = 1
    for k in range(number):  # Floyd and Warshall
        distances = np.minimum(distances, distances[:, k : k + 1] + distances[k])
    reached = np.isfinite(distances)
    distances[~reached] = distances[reached].max() + 1
    centred = np.eye(number) - 1 / number
    values, vectors = np.linalg.eigh(-0.5 * centred @ distances**2 @ centred)
    largest = np.maximum(values[::-1][:2], 0)
    scaled: np.ndarray = vectors[:, ::-1][:, :2] * np.sqrt(largest)
    return scaled if scaled.shape[1] == 2 else np.zeros((number, 2))
