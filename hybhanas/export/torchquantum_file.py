"""A trained network as a Python file that needs torch and TorchQuantum, and nothing of hybhanas."""

from __future__ import annotations

import inspect
import io

import torch
from torch import nn

from hybhanas.export.network import Halves
from hybhanas.gates import GATES

NAME = "torchquantum_model"

_TEMPLATE = '''"""{title}

    from {module} import load
    model = load()              # its weights are in {module}.pt beside this file
    logits = model(features)    # [batch, {features}], prepared as in training -> [batch, {logits}]
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce
from pathlib import Path

import torch
import torchquantum as tq
import torchquantum.functional as tqf
from torch import Tensor, nn
from torch.nn import functional

QUBITS = {qubits}
# name, wires, inputs whose product is the angle, the weight that is the angle
GATES = {gates}
OBSERVABLES = {observables}  # products of Z on these wires
HAMILTONIANS = {hamiltonians}  # of gates exp(-i angle H)

{classes}
class Circuit(tq.QuantumModule):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.zeros({weights}))  # radians

    def forward(self, inputs: Tensor) -> Tensor:
        """[batch, {inputs}] -> expectation values [batch, {logits_in}]."""
        device = tq.QuantumDevice(n_wires=QUBITS, bsz=len(inputs), device=inputs.device)
        device.reset_states(len(inputs))
        for name, wires, factors, weight in GATES:
            if name == "amplitude":
                device.set_states(inputs.to(device.states.dtype))
                continue
            angle = {{}}
            if factors:
                angle = {{"params": reduce(torch.mul, [inputs[:, [i]] for i in factors])}}
            elif weight is not None:
                angle = {{"params": self.weights[weight].reshape(1, 1)}}
            if name in HAMILTONIANS:
                matrix = torch.tensor(HAMILTONIANS[name], device=inputs.device)
                unitary = torch.matrix_exp(-1j * angle["params"][:, :, None] * matrix)
                tqf.qubitunitaryfast(device, wires=list(wires), params=unitary)
            else:
                getattr(tqf, name)(device, wires=list(wires), **angle)
        states = device.get_states_1d()
        probabilities = states.real.square() + states.imag.square()
        index = torch.arange(2**QUBITS, device=inputs.device)
        z = [1.0 - 2.0 * ((index >> (QUBITS - 1 - wire)) & 1) for wire in range(QUBITS)]
        signs = torch.stack([reduce(torch.mul, [z[w] for w in one]) for one in OBSERVABLES], dim=1)
        return probabilities @ signs


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential({encoder})
        self.circuit = Circuit()
        self.readout = nn.Sequential({readout})

    def forward(self, features: Tensor) -> Tensor:
        return self.readout(self.circuit(self.encoder(features)))


def load(path=Path(__file__).with_suffix(".pt")) -> Model:
    model = Model()
    model.load_state_dict(torch.load(path, weights_only=True))
    return model.eval()
'''


def files(halves: Halves) -> dict[str, bytes]:
    """The source of the module, and the weights that its `load` reads."""
    circuit = halves.circuit
    used = {gate.name for gate in circuit.gates} & GATES.keys()
    modules = [*halves.encoder, *halves.readout]
    own = {type(m): None for m in modules if not type(m).__module__.startswith("torch.")}
    text = _TEMPLATE.format(
        title=f"{halves.name}, trained.",
        module=NAME,
        features=halves.features,
        inputs=circuit.inputs,
        logits_in=len(circuit.observables),
        logits=_width(halves),
        qubits=circuit.qubits,
        gates=_rows([(g.name, g.wires, g.inputs, g.weight) for g in circuit.gates]),
        observables=_rows([*circuit.observables]),
        hamiltonians={n: GATES[n].hamiltonian for n in sorted(used) if GATES[n].hamiltonian},
        classes="".join(f"\n{inspect.getsource(one)}\n" for one in own),
        weights=circuit.weights,
        encoder=_constructors(halves.encoder),
        readout=_constructors(halves.readout),
    )
    state = {f"encoder.{k}": v for k, v in halves.encoder.state_dict().items()}
    state |= {f"readout.{k}": v for k, v in halves.readout.state_dict().items()}
    state["circuit.weights"] = torch.tensor(halves.weights, dtype=torch.float32)
    content = io.BytesIO()
    torch.save({name: value.cpu() for name, value in state.items()}, content)
    return {f"{NAME}.py": text.encode(), f"{NAME}.pt": content.getvalue()}


def _constructors(modules: nn.Sequential) -> str:
    """What builds the same modules, as their text says it."""
    lines = [
        f"            {'nn.' if type(m).__module__.startswith('torch.') else ''}{m!r},\n"
        for m in modules
    ]
    return f"\n{''.join(lines)}        " if lines else ""


def _rows(rows: list[object]) -> str:
    return "[\n" + "".join(f"    {row!r},\n" for row in rows) + "]"


def _width(halves: Halves) -> int:
    """The number of logits."""
    dense = [m for m in halves.readout if isinstance(m, nn.Linear)]
    return dense[-1].out_features
