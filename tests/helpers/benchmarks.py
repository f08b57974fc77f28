"""Benchmarks that a person can check by hand."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np

from hybhanas.architecture import Architecture
from hybhanas.bench import TOTALS, Benchmark
from hybhanas.bench.benchmark import Costs, Twins
from hybhanas.bench.file import PROXIES
from hybhanas.search_space import SearchSpace
from tests.helpers import ROOT

SHIPPED = ROOT / "docs" / "benchmark"
NAN = float("nan")


def by_hand() -> Benchmark:
    """Circuits of 2, 3 and 4 qubits, two seeds, three epochs; that of 3 diverges with seed 2 after
    one epoch, that of 4 does not fit `small`. A twin learns nothing, and has one parameter more.
    """
    one_each = {"depth": [1], "encoding": ["ry"], "rotations": ["ry"], "entanglement": ["none"]}
    space = SearchSpace.preset("small", qubits=[2, 3, 4], hidden_layers=[0], **one_each)
    accuracy = np.array(
        [
            [[0.5, 0.25, 0.75], [0.5, 0.5, 0.25]],
            [[0.5, 0.5, 0.875], [0.5, NAN, NAN]],
            [[0.25, 0.75, 1.0], [0.25, 0.75, 0.5]],
        ]
    )
    seconds = {"large": [1.0, 2.0, 4.0], "small": [1.5, 1.0, NAN]}
    return Benchmark(
        architectures=[*space.architectures()],
        seeds=(1, 2),
        accuracy=accuracy,
        loss=-np.log(accuracy),
        test_accuracy=accuracy[:, :, -1],
        parameters=np.array([20.0, 30.0, 40.0]),
        proxies={name: np.array([200.0, 300.0, 400.0]) for name in PROXIES},
        costs={
            name: Costs({t: np.array(logs) - i for i, t in enumerate(TOTALS)}, np.full(3, -0.5))
            for name, logs in seconds.items()
        },
        about={"dataset": "by hand", "space": json.loads(json.dumps(asdict(space)))},
        twins=Twins(np.full((3, 2, 3), 0.25), np.full((3, 2), 0.5), np.array([21.0, 31.0, 41.0])),
    )


def of(qubits: int) -> Architecture:
    """One of its architectures."""
    return Architecture(qubits=qubits, rotations="ry", entanglement="none").canonical()
