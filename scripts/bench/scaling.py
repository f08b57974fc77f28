"""The layer's time against depth and against batch, one of them at a time."""

from __future__ import annotations

from scripts.bench import layers
from scripts.bench.results import Result

QUBITS, DEPTH, BATCH = 6, 3, 32
DEPTHS = (1, 2, 4, 8, 16)
BATCHES = (8, 32, 128, 512)


def run() -> Result:
    """Both simulators on a ring of CX, by more layers and by more samples."""
    print(f"quantum layer of {QUBITS} qubits, forward and backward, one thread")
    layers.print_head(list(layers.OURS))
    sizes = [(depth, BATCH) for depth in DEPTHS], [(DEPTH, batch) for batch in BATCHES]
    by_depth, by_batch = (
        [
            layers.compare(case, layers.OURS)
            for depth, batch in of_one
            for case in layers.cases([(QUBITS, depth)], batch, entanglers=("cx",))
        ]
        for of_one in sizes
    )
    return {"depth": by_depth, "batch": by_batch}
