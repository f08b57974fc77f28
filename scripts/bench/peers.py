"""Both simulators of the project against public ones that run the same circuits gate by gate.

    pip install --editable '.[peers]' --constraint constraints.txt

installs them; what is not installed is left out. Each is set up as its documentation has it for
training, in single precision where it offers that (PennyLane's default.qubit does not). A peer is
timed only if its values and gradients are ours. JAX recompiles for every circuit and batch size,
at ten qubits for minutes: the time of each first step is kept as `first_s`.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, reduce
from importlib.util import find_spec
from operator import matmul
from typing import Any

import numpy as np
import torch
from torch import Tensor

from scripts.bench import layers
from scripts.bench.layers import Case, Step
from scripts.bench.results import Result
from scripts.bench.timing import one_core

CASES = ((32, layers.SIZES), (256, ((4, 2), (8, 4))))  # batch; qubits and layers


@dataclass(frozen=True, slots=True)
class Peer:
    """A simulator: what it imports, and how it runs a case."""

    modules: tuple[str, ...]
    make: Callable[[Case], Step]


def pennylane(case: Case, device: str, diff_method: str, **settings: Any) -> Step:
    """A QNode with torch's interface, the batch broadcast over its inputs."""
    import pennylane as qml

    operations = {
        "h": qml.Hadamard, "rx": qml.RX, "ry": qml.RY, "rz": qml.RZ, "cx": qml.CNOT,
        "cz": qml.CZ, "crx": qml.CRX, "cry": qml.CRY, "crz": qml.CRZ,
    }  # fmt: skip
    circuit = case.circuit

    @qml.qnode(
        qml.device(device, wires=circuit.qubits, **settings),
        interface="torch",
        diff_method=diff_method,
    )
    def node(inputs: Tensor, weights: Tensor) -> list[Any]:
        samples, shared = inputs.unbind(1), weights.unbind()
        for gate in circuit.gates:
            angles = [math.prod(samples[i] for i in gate.inputs)] if gate.inputs else []
            angles += [shared[gate.weight]] if gate.weight is not None else []
            operations[gate.name](*angles, wires=gate.wires)
        return [qml.expval(reduce(matmul, map(qml.Z, wires))) for wires in circuit.observables]

    def step() -> tuple[Tensor, Tensor, Tensor]:
        values = torch.stack(node(case.inputs, case.weights), dim=1)
        return layers.passes(values, case.inputs, case.weights)

    return step


def deepquantum(case: Case) -> Step:
    """A QubitCircuit, which maps itself over the batch and holds a parameter for each weight."""
    import deepquantum as dq

    circuit = dq.QubitCircuit(case.circuit.qubits)
    for gate in case.circuit.gates:
        given = {"encode": True} if gate.inputs else {}
        getattr(circuit, gate.name)(*gate.wires, **given)
    for wires in case.circuit.observables:
        circuit.observable(list(wires))
    weights = list(circuit.parameters())
    for parameter, weight in zip(weights, case.weights.detach(), strict=True):
        parameter.data.fill_(weight)

    def step() -> tuple[Tensor, Tensor, Tensor]:
        circuit(case.inputs)
        values = circuit.expectation()
        by_input, *by_weight = torch.autograd.grad(values.sum(), (case.inputs, *weights))
        return values.detach(), by_input, torch.stack(by_weight)

    return step


def tensorcircuit(case: Case) -> Step:
    """A function of one sample on JAX, mapped over the batch, differentiated and compiled."""
    logging.getLogger("tensorcircuit").setLevel(logging.ERROR)  # it misses optax, unused here
    import jax
    import tensorcircuit as tc

    tc.set_backend("jax")
    circuit = case.circuit

    def one(inputs: Any, weights: Any) -> Any:
        state = tc.Circuit(circuit.qubits)
        for gate in circuit.gates:
            given = {"theta": math.prod(inputs[i] for i in gate.inputs)} if gate.inputs else {}
            given |= {"theta": weights[gate.weight]} if gate.weight is not None else {}
            getattr(state, gate.name)(*gate.wires, **given)
        return jax.numpy.stack(
            [state.expectation_ps(z=list(wires)).real for wires in circuit.observables]
        )

    def total(inputs: Any, weights: Any) -> tuple[Any, Any]:
        values = jax.vmap(one, in_axes=(0, None))(inputs, weights)
        return values.sum(), values

    compiled = jax.jit(jax.value_and_grad(total, argnums=(0, 1), has_aux=True))
    inputs, weights = (jax.numpy.asarray(x.detach().numpy()) for x in (case.inputs, case.weights))

    def step() -> tuple[Any, Any, Any]:
        (_, values), gradients = jax.block_until_ready(compiled(inputs, weights))
        return values, *gradients

    return step


PEERS = {
    "default.qubit": Peer(
        ("pennylane",), partial(pennylane, device="default.qubit", diff_method="backprop")
    ),
    "lightning.qubit": Peer(
        ("pennylane", "pennylane_lightning"),
        partial(pennylane, device="lightning.qubit", diff_method="adjoint", c_dtype=np.complex64),
    ),
    "deepquantum": Peer(("deepquantum",), deepquantum),
    "tensorcircuit jax": Peer(("tensorcircuit", "jax"), tensorcircuit),
}


def run() -> Result:
    """The installed peers on the circuits of the part `layers`."""
    print("quantum layer against other simulators, forward and backward, one core")
    makers: dict[str, Callable[[Case], Step]] = dict(layers.OURS)
    for name, peer in PEERS.items():
        missing = [module for module in peer.modules if find_spec(module) is None]
        if missing:
            print(f"{name} is left out: {', '.join(missing)} not installed")
        else:
            makers[name] = peer.make
    if len(makers) == len(layers.OURS):
        return {}
    layers.print_head(list(makers))
    with one_core():
        rows = [
            layers.compare(case, makers)
            for batch, sizes in CASES
            for case in layers.cases(sizes, batch, entanglers=("cx",))
        ]
    print("the first step, with what is built and compiled for it (s)")
    for row in rows:
        layers.print_line(row, [f"{seconds:.2f}" for seconds in row["first_s"].values()])
    return {"rows": rows}
