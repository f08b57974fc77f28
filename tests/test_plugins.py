"""Plug-ins: a user's module adds words to every choice of a circuit, here and in workers."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch
from qiskit import QuantumCircuit
from qiskit.quantum_info import Pauli, Statevector

from hybhanas import plugins
from hybhanas.ansatz import ENCODINGS, register_encoding, register_entangler
from hybhanas.architecture import Architecture
from hybhanas.circuit import Circuit, lay_out
from hybhanas.entanglement import PATTERNS, entangled_pairs, register_entanglement
from hybhanas.errors import CandidateError, ConfigError
from hybhanas.gates import GATES, Gate, operations, register_gate
from hybhanas.quantum.layer import quantum_layer
from hybhanas.tasks.search import search

MODULE = """
from hybhanas.ansatz import register_encoding, register_entangler, register_rotations
from hybhanas.entanglement import register_entanglement
from hybhanas.gates import Gate


def dense(qubits, layer):
    for q in range(qubits):
        yield Gate("ry", (q,), inputs=(2 * q,))
        yield Gate("rz", (q,), inputs=(2 * q + 1,))


def sx_rz(qubits, layer):
    for q in range(qubits):
        yield Gate("sx", (q,))
        yield Gate("rz", (q,), weight=q)


def zz_xx(control, target):
    yield Gate("rzz", (control, target), weight=0)
    yield Gate("rxx", (control, target), weight=1)


def echoed(control, target):
    yield Gate("ecr", (control, target))


def brickwork(qubits):
    return [(q, q + 1) for q in range(0, qubits - 1, 2)]


register_encoding("dense", dense)
register_rotations("sx_rz", sx_rz)
register_entangler("zz_xx", zz_xx)
register_entangler("echoed", echoed)
register_entanglement("brickwork", brickwork)
"""

TINY = (
    "dataset=iris", "search_space=small", "search.population=3", "search.generations=2",
    "trainer.epochs=1", "trainer.final_epochs=1", "logger.mode=disabled",
    "search_space.qubits=[3]", "search_space.encoding=[dense,iqp]",
    "search_space.rotations=[sx_rz]", "search_space.entanglement=[brickwork,ring]",
)  # fmt: skip


@pytest.fixture
def module(tmp_path, monkeypatch, own_registries) -> str:
    """The name of a user's module outside of the package; it is forgotten after the test."""
    (tmp_path / "my_gates.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "my_gates", raising=False)
    yield "my_gates"
    sys.modules.pop("my_gates", None)


def test_words_of_a_plugin_are_laid_out_with_their_inputs_and_weights(module):
    with pytest.raises(ConfigError, match="encoding=dense is unknown"):
        Architecture(qubits=3, encoding="dense")
    plugins.load([module])
    assert plugins.loaded() == (module,)
    architecture = Architecture(
        qubits=3, depth=2, encoding="dense", rotations="sx_rz", entangler="zz_xx",
        entanglement="brickwork",
    )  # fmt: skip
    circuit = lay_out(architecture)
    assert (circuit.inputs, circuit.weights) == (6, 2 * (3 + 2))
    assert circuit.gates[-2:] == (Gate("rzz", (0, 1), weight=8), Gate("rxx", (0, 1), weight=9))
    canonical = architecture.canonical()
    assert (canonical.encoding, canonical.entanglement) == ("dense", "brickwork")


@pytest.mark.parametrize(
    ("simulator", "entangler"), [("fused", "zz_xx"), ("torchquantum", "echoed")]
)
def test_a_search_over_words_of_a_plugin_is_the_same_here_and_in_workers(
    module, composed, tmp_path, simulator, entangler
):
    plugins.load([module])
    settings = (*TINY, f"search_space.entangler=[{entangler}]", f"simulator={simulator}")
    fronts = []
    for name in ("serial", "local"):
        members = search(composed(*settings, f"executor={name}"), tmp_path / name)
        fronts.append(
            [(m.evaluation.architecture, m.evaluation.validation_accuracy) for m in members]
        )
        assert members
    assert fronts[0] == fronts[1]


def test_a_gate_that_the_fused_simulator_lacks_is_a_failed_candidate_that_says_what_runs_it(
    module, composed, tmp_path
):
    plugins.load([module])
    settings = (*TINY, "search_space.entangler=[echoed]", "executor=serial")
    with pytest.raises(ConfigError, match="simulator=torchquantum"):
        search(composed(*settings), tmp_path / "run")


def test_a_module_is_found_in_the_working_directory(module, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "beside_me.py").write_text("")
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(sys, "path", [*sys.path])
    plugins.load(["beside_me"])
    assert Path(sys.modules["beside_me"].__file__).parent == tmp_path / "here"


def test_a_module_that_cannot_be_imported_is_one_line(module, tmp_path):
    (tmp_path / "broken_gates.py").write_text("1 / 0")
    for name, reason in (
        ("no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("broken_gates", "ZeroDivisionError: division by zero"),
    ):
        with pytest.raises(ConfigError) as mistake:
            plugins.load([name])
        assert str(mistake.value) == f"plugins=[{name}] cannot be imported: {reason}"
    assert plugins.loaded() == ()


def test_an_installed_package_is_loaded_by_its_entry_point(module, tmp_path):
    folder = tmp_path / "their_gates-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: their-gates\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text("[hybhanas.plugins]\ntheirs = my_gates\n")
    plugins.load()
    assert plugins.loaded() == (module,)
    assert "dense" in ENCODINGS


def test_a_word_of_our_own_cannot_be_taken_and_one_of_a_users_can_be_changed(module):
    plugins.load([module])
    register_encoding("dense", ENCODINGS["dense"])
    for word, reason in (("ry", "hybhanas has this word"), ("Dense-2", "a word of small letters")):
        with pytest.raises(ConfigError, match=reason):
            register_encoding(word, ENCODINGS["dense"])
    with pytest.raises(ConfigError, match="it is a mode and a range"):
        register_entanglement("odd_2", PATTERNS["brickwork"])


@pytest.mark.parametrize(
    ("gate", "accepted"),
    [
        (Gate("ry", (3,), inputs=(0,)), "different wires of 0 to 2"),
        (Gate("rzz", (1, 1), inputs=(0,)), "different wires of 0 to 2"),
        (Gate("rzz", (1,), inputs=(0,)), "2 wires"),
        (Gate("ry", (1,)), "inputs or a weight for ry"),
        (Gate("cx", (0, 1), weight=0), "no angle for it"),
        (Gate("ry", (0,), inputs=(-1,)), "indices from 0"),
    ],
)
def test_a_registered_word_that_gives_no_possible_gate_is_one_line(module, gate, accepted):
    register_encoding("odd", lambda qubits, layer: [gate])
    with pytest.raises(ConfigError, match=rf"encoding=odd gives Gate.*; accepted: {accepted}"):
        lay_out(Architecture(qubits=3, encoding="odd"))
    register_entanglement("far", lambda qubits: [(0, 9)])
    with pytest.raises(ConfigError, match=r"entanglement=far gives the pair \(0, 9\) on 3 qubits"):
        entangled_pairs("far", 3)


def expectations(gate: Gate, simulator: str) -> torch.Tensor:
    """Of Z and ZZ, after the gate between rotations that it does not commute with."""
    turned = [Gate("ry", (wire,), inputs=(0,)) for wire in (0, 1)]
    circuit = Circuit(2, (*turned, gate, *turned), ((0,), (0, 1)), inputs=1, weights=1)
    layer = quantum_layer(circuit, simulator)
    layer.module.weights.data = torch.tensor([0.7])
    return layer(torch.tensor([[0.4], [1.1]]))


def exact(gate: Gate, angles: list[float]) -> torch.Tensor:
    """The same by Qiskit's state vector, whose first qubit is the last letter."""
    values = []
    for angle, *own in zip((0.4, 1.1), *([angles] if angles else []), strict=True):
        circuit = QuantumCircuit(2)
        circuit.ry(angle, [0, 1])
        getattr(circuit, gate.name)(*own, *gate.wires)
        circuit.ry(angle, [0, 1])
        state = Statevector(circuit)
        values.append([state.expectation_value(Pauli(p)).real for p in ("IZ", "ZZ")])
    return torch.tensor(values, dtype=torch.float32)


@pytest.mark.parametrize("name", ["ecr", "sxdg", "csx", "dcx"])
def test_a_registered_gate_without_an_angle_runs_on_every_simulator(name, own_registries):
    register_gate(name)
    gate = Gate(name, (1, 0)[: GATES[name].wires])
    for simulator in ("fused", "torchquantum"):
        torch.testing.assert_close(
            expectations(gate, simulator), exact(gate, []), atol=1e-5, rtol=0
        )


def test_a_registered_gate_with_an_angle_runs_on_torchquantum_and_is_costed(own_registries):
    register_gate("cp")
    gate = Gate("cp", (1, 0), weight=0)
    for angle_from, angles in ({"weight": 0}, [0.7, 0.7]), ({"inputs": (0,)}, [0.4, 1.1]):
        turned = Gate("cp", (1, 0), **angle_from)
        torch.testing.assert_close(
            expectations(turned, "torchquantum"), exact(turned, angles), atol=1e-5, rtol=0
        )
    with pytest.raises(CandidateError, match="cannot run gate cp; simulator=torchquantum can"):
        expectations(gate, "fused")
    assert operations(gate) == 8 * 4 - 2  # four complex products and three sums an amplitude
    assert GATES["cp"].parameters == 1
    register_entangler("cp", lambda a, b: [Gate("cp", (a, b))])
    with pytest.raises(ConfigError, match="accepted: inputs or a weight for cp"):
        lay_out(Architecture(qubits=2, entangler="cp", entanglement="linear"))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("cpp", r"gate=cpp is unknown \(did you mean cp\?\)"),
        ("ccx", "gate=ccx is unknown"),  # three qubits
        ("xx_minus_yy", "gate=xx_minus_yy is unknown"),  # two angles
        ("rzz", "gate=rzz cannot be registered: hybhanas has it"),
    ],
)
def test_a_gate_that_cannot_be_registered_is_one_line(name, reason, own_registries):
    with pytest.raises(ConfigError, match=reason):
        register_gate(name)
