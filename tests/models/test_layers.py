"""Layers as data: they are laid out and counted without torch."""

from __future__ import annotations

import subprocess
import sys


def test_a_network_is_counted_without_torch():
    code = (
        "import sys\n"
        "from hybhanas.architecture import Architecture\n"
        "from hybhanas.models.layers import lay_out_network\n"
        "layers = lay_out_network(Architecture(qubits=2, rotations='ry'), features=4, classes=3)\n"
        "print(layers.parameters, layers.classical_flops, 'torch' in sys.modules)"
    )
    # dense 4 to 2 and 2 to 3, two angles
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert child.stdout.split() == ["21", "28", "False"]
