"""How many shots keep an expectation value's error: shots / P, or shots / P^2?

    python scripts/validate_shots.py --page

Noise shrinks an expectation value by P; dividing by P mends its size and widens its error bar. For
HQNN circuits on several machines, the distribution that Aer gives, readout errors included, is
sampled with shots / P^k shots, the estimates are divided by P, and their distance from the ideal
values is put against that of noise-free shots: 1, as precise as promised; above, less. A wrong
P shows as well, since then the mended values are off.
"""

from __future__ import annotations

import argparse
import math

import numpy as np
import pandas as pd

from hybhanas.architecture import Architecture
from hybhanas.calibration.snapshot import Snapshot
from hybhanas.cost.pauli_paths import observable_success
from scripts import page
from scripts.aer import NoisyCircuit

CASES = (
    ("torino", Architecture(qubits=4, depth=2, entanglement="ring")),
    ("fez", Architecture(qubits=5, depth=4, entanglement="full")),
    ("brisbane", Architecture(qubits=4, depth=3, entanglement="ring")),
    ("sherbrooke", Architecture(qubits=5, depth=3, entanglement="linear")),
    ("brisbane", Architecture(qubits=5, depth=5, entanglement="ring")),
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


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--page", action="store_true", help="write docs/validation.md")
    arguments = parser.parse_args()
    rows = []
    for machine, architecture in CASES:
        calibration = Snapshot(snapshot=machine).load()
        noisy = NoisyCircuit(calibration, architecture, SEED)
        chance = observable_success(
            noisy.circuit, calibration, noisy.timed, "relaxation", noisy.observables, SEED
        )
        p = math.exp(chance.log_p)
        promised = error(noisy, p, None)
        rows.append(
            {
                "machine": machine,
                "circuit": str(architecture).partition(" >")[0],
                "P": f"{p:.3f}",
                "error, shots": f"{promised:.4f}",
                "shots / P, over it": f"{error(noisy, p, 1) / promised:.2f}",
                "shots / P^2, over it": f"{error(noisy, p, 2) / promised:.2f}",
            }
        )
    said = page.markdown(pd.DataFrame(rows))
    print(said)
    if arguments.page:
        page.fill("shots", f"```bash\npython scripts/validate_shots.py --page\n```\n\n{said}")


if __name__ == "__main__":
    main()
