"""What a training step's tensors take at their peak, against depth."""

from __future__ import annotations

import torch
from torch.profiler import ProfilerActivity, profile

from hybhanas.architecture import Architecture
from hybhanas.circuit import lay_out
from hybhanas.quantum.layer import QuantumLayer, quantum_layer
from scripts.bench.results import Result

QUBITS, BATCH = 12, 256
DEPTHS = (2, 5, 10)


def run() -> Result:
    """The quantum layer forward and backward, wide and with a large batch."""
    states = 2**QUBITS * BATCH * 8
    print(
        f"{QUBITS} qubits, batch {BATCH}: peak of a step's tensors in MiB and in batches of states"
    )
    print("layers            fused     torchquantum")
    rows = []
    for depth in DEPTHS:
        circuit = lay_out(Architecture(qubits=QUBITS, depth=depth, entanglement="ring"))
        peaks = {
            name: peak_bytes(quantum_layer(circuit, name), QUBITS, BATCH)
            for name in ("fused", "torchquantum")
        }
        cells = [f"{peak / 2**20:9.0f} {peak / states:6.1f}" for peak in peaks.values()]
        print(f"{depth:6} {' '.join(cells)}", flush=True)
        rows.append({"layers": depth, "peak_bytes": peaks})
    return {"qubits": QUBITS, "batch": BATCH, "states_bytes": states, "rows": rows}


def peak_bytes(layer: QuantumLayer, inputs: int, batch: int) -> int:
    """The most memory that torch held at once in a forward and backward pass."""
    x = torch.randn(batch, inputs, requires_grad=True)
    layer(x[:1])
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiled:
        layer(x).sum().backward()
    now = most = 0
    for event in profiled.profiler.kineto_results.events():
        if event.name() == "[memory]":
            now += event.nbytes()
            most = max(most, now)
    return most
