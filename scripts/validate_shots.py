"""How many shots keep an expectation value's error: shots / P, or shots / P^2?

    python scripts/validate_shots.py --page

Noise attenuates an expectation value by P; dividing by P corrects it and increases its standard
error. For HQNN circuits on several machines, shots / P^k samples are drawn from the distribution
that Aer gives, readout errors included. The estimates are divided by P, and their distance from the
ideal values is divided by that of noise-free shots: a ratio of 1 is the same precision, above 1 is
less. An error of P shows as well, as bias of the corrected values: their distance if shots were
without end.
"""

from __future__ import annotations

import argparse
import math

import numpy as np
import pandas as pd

from hybhanas.architecture import Architecture
from hybhanas.calibration import Calibration
from hybhanas.calibration.snapshot import Snapshot
from hybhanas.cost.pauli_paths import observable_survival
from scripts import page
from scripts.aer import NoisyCircuit

CASES = (
    ("torino", Architecture(qubits=4, depth=2, entanglement="ring")),
    ("fez", Architecture(qubits=5, depth=4, entanglement="full")),
    ("brisbane", Architecture(qubits=4, depth=3, entanglement="ring")),
    ("sherbrooke", Architecture(qubits=5, depth=3, entanglement="linear")),
    ("brisbane", Architecture(qubits=5, depth=5, entanglement="ring")),
    ("boston", Architecture(qubits=5, depth=5, entanglement="ring")),
)
SHOTS, REPEATS, DRAWS, SEED = 1024, 400, 6, 1


def error(noisy: NoisyCircuit, p: float, exponent: int | None, seed: int = SEED) -> float:
    """The root mean square distance of estimates from the ideal expectation values.

    Args:
        noisy: the circuit.
        p: what survives of its expectation values, by which estimates are divided.
        exponent: k in SHOTS / p^k shots of the noisy circuit; None for SHOTS without noise.
        seed: of weights, inputs and shots.
    """
    rng = np.random.default_rng(seed)
    ideal, blurred = noisy.probabilities(True, DRAWS, np.random.default_rng(seed))
    squares = []
    for exact, before_readout in zip(ideal, blurred, strict=True):
        if exponent is None:
            read, shots, shrunk = exact, SHOTS, 1.0
        else:
            read, shots, shrunk = noisy.read(before_readout), round(SHOTS / p**exponent), p
        counts = rng.multinomial(shots, read / read.sum(), size=REPEATS)
        estimates = counts @ noisy.signs / shots / shrunk
        squares.append(np.mean((estimates - exact @ noisy.signs) ** 2))
    return math.sqrt(float(np.mean(squares)))


def bias(noisy: NoisyCircuit, p: float, seed: int = SEED) -> tuple[float, float]:
    """The distance of corrected values from ideal ones without the scatter of shots: root mean
    square and largest; the arguments are those of `error`.
    """
    ideal, blurred = noisy.probabilities(True, DRAWS, np.random.default_rng(seed))
    far = np.abs(
        [
            noisy.read(before_readout) @ noisy.signs / p - exact @ noisy.signs
            for exact, before_readout in zip(ideal, blurred, strict=True)
        ]
    )
    return math.sqrt(float(np.mean(far**2))), float(far.max())


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--page", action="store_true", help="write docs/validation.md")
    arguments = parser.parse_args()
    rows = []
    for machine, architecture in CASES:
        calibration = Calibration.load(Snapshot(snapshot=machine))
        noisy = NoisyCircuit(calibration, architecture, SEED)
        chance = observable_survival(
            noisy.circuit, calibration, noisy.timed, "relaxation", noisy.observables, SEED
        )
        p = math.exp(chance.log_p)
        promised = error(noisy, p, None)
        left, most = bias(noisy, p)
        rows.append(
            {
                "machine": machine,
                "circuit": str(architecture).partition(" >")[0],
                "P": f"{p:.3f}",
                "error without noise": f"{promised:.4f}",
                "ratio, shots / P": f"{error(noisy, p, 1) / promised:.2f}",
                "ratio, shots / P^2": f"{error(noisy, p, 2) / promised:.2f}",
                "bias, rms": f"{left:.4f}",
                "largest bias": f"{most:.4f}",
            }
        )
    said = page.markdown(pd.DataFrame(rows))
    print(said)
    if arguments.page:
        page.fill("shots", f"```bash\npython scripts/validate_shots.py --page\n```\n\n{said}")


if __name__ == "__main__":
    main()
