"""Circuit files: every format is read, every malformed text is one line and never a traceback."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit, qasm2, qasm3, qpy
from qiskit.circuit import Parameter

from hybhanas.circuit_file import read_circuit
from hybhanas.errors import ConfigError
from tests.helpers import ROOT

GOOD = (ROOT / "docs" / "ghz5.qasm").read_text()


def bell(angle: float | Parameter = 0.3, measured: bool = True) -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2 if measured else 0)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.rz(angle, 1)
    if measured:
        circuit.measure([0, 1], [0, 1])
    return circuit


def write_qpy(circuit: QuantumCircuit, path: Path) -> None:
    with path.open("wb") as file:
        qpy.dump(circuit, file)


WRITERS = {
    "qasm2": lambda circuit, path: path.write_text(qasm2.dumps(circuit)),
    "qasm3": lambda circuit, path: path.write_text("// a comment\n" + qasm3.dumps(circuit)),
    "qpy": write_qpy,
}


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("measured", [True, False])
def test_each_format_is_told_by_its_content_and_read_as_it_is(writer, measured, tmp_path):
    WRITERS[writer](bell(measured=measured), tmp_path / "circuit")
    counts = dict(read_circuit(tmp_path / "circuit").count_ops())
    assert counts == {"h": 1, "cx": 1, "rz": 1} | ({"measure": 2} if measured else {})


@pytest.mark.parametrize("writer", ["qasm3", "qpy"])
def test_parameters_stay_parameters(writer, tmp_path):
    WRITERS[writer](bell(Parameter("theta")), tmp_path / "circuit")
    assert [p.name for p in read_circuit(tmp_path / "circuit").parameters] == ["theta"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "that names its version"),
        ("hello q[2];", "that names its version"),
        ("OPENQASM 1.0;", "that names its version"),
        ('OPENQASM 2.0; include "qelib1.inc"; qreg q[1]; cx q[0], q[1];', "cannot be read as"),
        ("OPENQASM 3.0; qubit q; frobnicate q;", "cannot be read as OpenQASM 3"),
        ("QISKIT and then nothing", "cannot be read as QPY"),
    ],
)
def test_what_is_no_circuit_is_said_in_one_line(content, message, tmp_path):
    path = tmp_path / "circuit"
    path.write_text(content)
    with pytest.raises(ConfigError, match=message) as caught:
        read_circuit(path)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_said(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        read_circuit(tmp_path / "none.qasm")
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        read_circuit(tmp_path)


def test_a_thousand_malformed_texts_are_read_or_refused_in_one_line(tmp_path):
    rng = random.Random(1)
    path = tmp_path / "circuit.qasm"
    read = 0
    for text in (GOOD, qasm3.dumps(bell())):
        for _ in range(500):
            broken = list(text)
            for _ in range(rng.randint(1, 6)):
                at = rng.randrange(len(broken))
                change = rng.choice(("drop", "swap", "put"))
                if change == "drop":
                    del broken[at]
                elif change == "swap":
                    other = rng.randrange(len(broken))
                    broken[at], broken[other] = broken[other], broken[at]
                else:
                    broken.insert(at, rng.choice(";[]{}()\"'\\0129qcx \n\x00é"))
            path.write_text("".join(broken))
            try:
                read_circuit(path)
                read += 1
            except ConfigError as error:
                assert "\n" not in str(error)
    assert 0 < read < 1000


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=80), st.sampled_from([b"", b"OPENQASM 2.0;", b"OPENQASM 3;", b"QISKIT"]))
def test_any_bytes_are_read_or_refused_in_one_line(tmp_path, content, start):
    path = tmp_path / "circuit"
    path.write_bytes(start + content)
    try:
        read_circuit(path)
    except ConfigError as error:
        assert "\n" not in str(error)
