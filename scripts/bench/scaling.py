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
    return {
        "depth": [_row(depth, BATCH) for depth in DEPTHS],
        "batch": [_row(DEPTH, batch) for batch in BATCHES],
    }


def _row(depth: int, batch: int) -> Result:
    (case,) = layers.cases([(QUBITS, depth)], batch, entanglers=("cx",))
    return layers.compare(case, layers.OURS)
