"""Files of every construct of OpenQASM 2, OpenQASM 3 and QPY: each costs something sensible or is
refused in one line, and where Qiskit reads it as well, both mean the same circuit.
"""

from __future__ import annotations

import io
import math

import pytest
from qiskit import QuantumCircuit, qasm2, qasm3, qpy
from qiskit.quantum_info import Operator
from qiskit.transpiler import generate_preset_pass_manager

from hybhanas.calibration import Calibration
from hybhanas.circuit_file import read_circuit
from hybhanas.circuit_file.source import decoded
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.model import CostModel, Device, Workload
from hybhanas.cost.target import build_target
from hybhanas.errors import CandidateError, ConfigError
from hybhanas.straight_line import straight_line
from tests.helpers.programs import program

FEW, MANY = range(40), range(40, 600)
CALIBRATION = Calibration.load("ibm_fez")
MODEL = CostModel.preset("qpu_time", phase="inference", optimization_level=1)
ESTIMATE = CostEstimator(
    CALIBRATION, MODEL, Device.preset("a100"), Workload(samples=1, epochs=1, batch_size=1), 25e3
).estimate
TARGET, _ = build_target(CALIBRATION)


def check(seed: int, path) -> str:
    """What became of a file: `costed`, `costed as Qiskit does` or `refused`."""
    kind, content = program(seed)
    path.write_bytes(content)
    try:
        circuit = read_circuit(path)
        report = ESTIMATE(circuit)
    except (ConfigError, CandidateError) as error:
        text = str(error)
        assert "\n" not in text
        assert 10 < len(text) < 500
        reason = text.partition(": ")[2] if text.startswith("circuit=") else text
        assert " " in reason.strip("'\""), text  # no bare word
        return "refused"
    assert 1e-7 < report.circuit.time_s <= report.circuit.serial_s * (1 + 1e-9) < 0.1
    assert 0 < report.noise.p_survival <= 1
    assert math.isfinite(report.time.total_s)
    assert report.circuit.qubits <= circuit.num_qubits
    theirs = by_qiskit(kind, content)
    if theirs is None:
        return "costed"
    check_meaning(circuit, theirs)
    return "costed as Qiskit does"


def by_qiskit(kind: str, content: bytes) -> QuantumCircuit | None:
    """What Qiskit alone reads; None where it does not, or where it leaves the gates open."""
    try:
        if kind == "qpy":
            circuit = qpy.load(io.BytesIO(content))[0]
        elif kind == "qasm2":
            legacy = qasm2.LEGACY_CUSTOM_INSTRUCTIONS
            custom = [one for one in legacy if one.name not in ("cu", "u0")]
            circuit = qasm2.loads(
                decoded(content), custom_instructions=custom,
                custom_classical=qasm2.LEGACY_CUSTOM_CLASSICAL,
            )  # fmt: skip
        else:
            circuit = qasm3.loads(decoded(content))
    except Exception:  # what it does not read is not judged here
        return None
    names = set(circuit.count_ops())
    open_gates = {"reset", "initialize", "for_loop", "if_else", "while_loop", "box", "break_loop"}
    return None if names & open_gates or circuit.parameters else circuit


def check_meaning(ours: QuantumCircuit, theirs: QuantumCircuit) -> None:
    """The unitary is the same; so is the time, where no measurement or unused qubit differs."""
    line = straight_line(ours, CALIBRATION.dt_s)
    flat = line.circuit
    assert Operator(bare(flat, flat.qubits)).equiv(
        Operator(bare(theirs, [theirs.qubits[i] for i in line.origin]))
    )
    measured = theirs.count_ops().get("measure", 0) == theirs.num_qubits == flat.num_qubits
    if not measured or theirs.count_ops().get("delay"):
        return
    passes = generate_preset_pass_manager(
        optimization_level=1, target=TARGET, seed_transpiler=MODEL.transpiler_seed
    )
    alone_s = passes.run(theirs).estimate_duration(TARGET)
    assert ESTIMATE(ours).circuit.scheduled_s == pytest.approx(alone_s, rel=1e-9)


def bare(circuit: QuantumCircuit, qubits) -> QuantumCircuit:
    """Its unitary gates, on the qubits that are used."""
    out = QuantumCircuit(list(qubits))
    for step in circuit.data:
        if step.name not in ("measure", "barrier", "delay", "id") and set(step.qubits) <= set(
            qubits
        ):
            out._append(step)
    return out


@pytest.mark.parametrize("seed", FEW)
def test_a_file_costs_something_sensible_or_is_refused_in_a_line(seed, tmp_path):
    check(seed, tmp_path / "circuit")


@pytest.mark.slow
@pytest.mark.parametrize("seed", MANY)
def test_many_more_files_cost_something_sensible_or_are_refused(seed, tmp_path):
    check(seed, tmp_path / "circuit")


@pytest.mark.slow
def test_most_files_are_costed_and_many_as_qiskit_does(tmp_path):
    outcomes = [check(seed, tmp_path / "circuit") for seed in range(90)]
    assert outcomes.count("refused") < 30
    assert outcomes.count("costed as Qiskit does") > 20
