"""Exported networks compute what the network computes."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp, Statevector

from hybhanas.architecture import Architecture
from hybhanas.circuit_file import read_circuit
from hybhanas.errors import ConfigError
from hybhanas.models.hqnn import HQNN
from hybhanas.qiskit_view import amplitude_angles

ARCHITECTURES = {
    "products of inputs": Architecture(qubits=3, encoding="iqp", measurement="z_zz"),
    "amplitudes": Architecture(qubits=2, encoding="amplitude", entangler="crz", hidden_layers=1),
    "two layers": Architecture(
        qubits=3, depth=2, entangler="rxx", entanglement="ring", readout="mlp", activation="gelu"
    ),
    "pooled features": Architecture(qubits=2, encoder="pool"),
}


@pytest.fixture(params=ARCHITECTURES)
def model(request) -> HQNN:
    torch.manual_seed(3)
    return HQNN(ARCHITECTURES[request.param].canonical(), 5, 3, "fused").eval()


@pytest.fixture
def features() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(4, 5)).astype(np.float32)


def exactly(model: HQNN, features: np.ndarray) -> np.ndarray:
    """Expectation values in double precision, of the inputs that the encoder gives."""
    exact = HQNN(model.architecture, 5, 3, "fused")
    exact.load_state_dict(model.state_dict())
    inputs = model.encoder(torch.from_numpy(features)).detach()
    from hybhanas.quantum.torchquantum_modules import FusedCircuit

    double = FusedCircuit(model.layers.circuit, torch.complex128)
    double.weights.data = model.quantum.state_dict()["module.weights"].double()
    return double.expectations(inputs.double()).detach().numpy()


def expectations(circuit: QuantumCircuit, observables) -> list[float]:
    circuit = circuit.copy()
    circuit.remove_final_measurements()
    state = Statevector(circuit)
    operators = [
        SparsePauliOp.from_sparse_list([("Z" * len(o), [*o], 1.0)], circuit.num_qubits)
        for o in observables
    ]
    return [float(state.expectation_value(operator).real) for operator in operators]


def imported(path: Path):
    specification = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("word", "name"), [("qasm3", "circuit.qasm"), ("qpy", "circuit.qpy")])
def test_a_circuit_that_is_read_again_has_the_same_expectations(
    model, features, word, name, tmp_path
):
    assert model.export(tmp_path, [word]) == [tmp_path / name]
    circuit = read_circuit(tmp_path / name)
    inputs = model.encoder(torch.from_numpy(features)).detach().double().numpy()
    for row, expected in zip(inputs, exactly(model, features), strict=True):
        angles = amplitude_angles(row) if model.architecture.by_amplitude else row
        values = {p: angles[int(p.name.split("_")[1])] for p in circuit.parameters}
        bound = circuit.assign_parameters(values)
        observed = expectations(bound, model.layers.circuit.observables)
        np.testing.assert_allclose(observed, expected, atol=1e-6)


def test_a_sample_gives_a_circuit_without_parameters_and_with_its_expectations(
    model, features, tmp_path
):
    files = model.export(tmp_path, [], features[:2])
    assert [file.name for file in files] == ["sample_0.qasm", "sample_1.qasm"]
    for file, expected in zip(files, exactly(model, features), strict=False):
        circuit = read_circuit(file)
        assert not circuit.parameters
        observed = expectations(circuit, model.layers.circuit.observables)
        np.testing.assert_allclose(observed, expected, atol=1e-6)


def test_the_torchquantum_module_needs_no_hybhanas_and_gives_the_same_predictions(
    model, features, tmp_path, monkeypatch
):
    model.export(tmp_path, ["torchquantum"])
    assert "hybhanas" not in (tmp_path / "torchquantum_model.py").read_text()
    again = imported(tmp_path / "torchquantum_model.py").load()
    with torch.no_grad():
        expected, logits = model(torch.from_numpy(features)), again(torch.from_numpy(features))
    np.testing.assert_allclose(logits, expected, atol=1e-5)  # both in single precision
    assert (logits.argmax(1) == expected.argmax(1)).all()


def test_pennylane_computes_the_same_expectations(model, features, tmp_path):
    pytest.importorskip("pennylane")
    model.export(tmp_path, ["pennylane"])
    circuit = imported(tmp_path / "pennylane_circuit.py").circuit
    inputs = model.encoder(torch.from_numpy(features)).detach().double().numpy()
    observed = np.transpose(circuit(inputs))
    np.testing.assert_allclose(observed, exactly(model, features), atol=1e-6)


def test_the_classical_halves_in_onnx_and_the_circuit_give_the_same_logits(
    model, features, tmp_path
):
    runtime = pytest.importorskip("onnxruntime")
    model.export(tmp_path, ["onnx"])

    def run(name: str, values: np.ndarray) -> np.ndarray:
        return runtime.InferenceSession(tmp_path / name).run(None, values)[0]

    inputs = run("encoder.onnx", {"features": features})
    encoded = model.encoder(torch.from_numpy(features)).detach()
    np.testing.assert_allclose(inputs, encoded, atol=1e-6)
    with torch.no_grad():
        values = model.quantum(torch.from_numpy(inputs)).numpy()
        logits = model(torch.from_numpy(features))
    np.testing.assert_allclose(run("readout.onnx", {"expectations": values}), logits, atol=1e-6)


def test_a_format_that_is_unknown_or_whose_package_is_missing_leaves_nothing(
    model, tmp_path, monkeypatch
):
    with pytest.raises(ConfigError, match=r"format=onxn is unknown \(did you mean onnx\?\)"):
        model.export(tmp_path / "out", ["qpy", "onxn"])
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ConfigError, match=r"^format=onnx is not accepted: onnx is not installed"):
        model.export(tmp_path / "out", ["qpy", "onnx"])
    assert not (tmp_path / "out").exists()
    names = {path.name for path in model.export(tmp_path / "out")}
    assert names == {
        "circuit.qasm", "circuit.qpy", "torchquantum_model.py", "torchquantum_model.pt",
        "pennylane_circuit.py",
    }  # fmt: skip
