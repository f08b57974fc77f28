"""Gates that a circuit defines itself, and operations that are written out."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import AnnotatedOperation, Gate, Instruction
from qiskit.circuit.annotated_operation import ControlModifier, InverseModifier, PowerModifier
from qiskit.circuit.library import SGate, TGate, UnitaryGate, efficient_su2
from qiskit.quantum_info import Clifford, Operator

from hybhanas import estimate
from hybhanas.cost.report import CostReport
from hybhanas.errors import CandidateError
from hybhanas.straight_line import straight_line
from hybhanas.straight_line.flatten import flattened
from hybhanas.straight_line.own_gates import RESERVED, OwnGates
from tests.helpers.settings import cost_model
from tests.helpers.synthetic import make_calibration

LINE = make_calibration(4, ((0, 1), (1, 2), (2, 3)))


def estimated(circuit: QuantumCircuit) -> CostReport:
    report = estimate(circuit, LINE, cost_model(optimization_level=1, phase="inference"))
    assert isinstance(report, CostReport)
    return report


def tilted(qubits: int) -> QuantumCircuit:
    """RY on each qubit, so that each Z has a value."""
    circuit = QuantumCircuit(qubits)
    for qubit in range(qubits):
        circuit.ry(0.4, qubit)
    return circuit


def holding(gate) -> QuantumCircuit:
    """The circuit of one gate."""
    circuit = QuantumCircuit(gate.num_qubits)
    circuit.append(gate, circuit.qubits)
    return circuit


def test_what_a_damaged_instruction_says_is_one_line():
    gate = QuantumCircuit(2, name="mine").to_instruction()
    gate.definition = QuantumCircuit(3)
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.append(gate, [0, 1])
    with pytest.raises(CandidateError, match="another number of bits than its definition"):
        straight_line(circuit)


def test_cliffords_and_gates_with_modifiers_do_what_they_do_in_qiskit():
    turned = AnnotatedOperation(SGate(), [InverseModifier(), PowerModifier(3), ControlModifier(1)])
    inner = QuantumCircuit(2, name="inner")
    inner.append(turned, [1, 0])
    circuit = tilted(3)
    circuit.append(Clifford(efficient_su2(2, reps=0).assign_parameters([math.pi / 2] * 4)), [0, 2])
    circuit.append(inner.to_gate(), [0, 1])
    written = flattened(circuit, None)
    assert not {"clifford", "annotated", "inner"} & set(written.count_ops())
    assert Operator(written).equiv(Operator(circuit))
    assert estimated(circuit).circuit.two_qubit_gates > 0


@pytest.mark.parametrize("power", [1e6, -1e6])
def test_a_power_too_large_to_be_written_out_is_refused_at_once(power):
    circuit = tilted(1)
    circuit.append(AnnotatedOperation(SGate(), [PowerModifier(power)]), [0])
    with pytest.raises(
        CandidateError, match="^a gate with modifiers stands for at least 1,000,000 .* 100,000$"
    ):
        estimated(circuit)


@pytest.mark.parametrize("power", [math.nan, math.inf])
def test_a_power_that_is_no_number_is_refused(power):
    gate = AnnotatedOperation(SGate(), [PowerModifier(power)])
    with pytest.raises(CandidateError, match=f"^the power of a gate is {power}; accepted: a fin"):
        flattened(holding(gate), None)


def wide(qubits: int) -> Gate:
    circuit = QuantumCircuit(qubits, name="wide")
    circuit.s(0)
    return circuit.to_gate()


@pytest.mark.parametrize(
    ("gate", "qubits"),
    [
        (AnnotatedOperation(wide(12), [PowerModifier(0.5)]), 12),
        (AnnotatedOperation(wide(3), [ControlModifier(9), PowerModifier(0.5)]), 12),
        (AnnotatedOperation(UnitaryGate(np.eye(512)), [InverseModifier()]), 9),
        (holding(UnitaryGate(np.eye(512))).to_gate(), 9),
    ],
)
def test_what_takes_exponentially_many_gates_is_refused_before_it_is_built(gate, qubits):
    started = time.process_time()
    with pytest.raises(CandidateError, match=f" of {qubits} qubits, .*exponentially many gates; "):
        flattened(holding(gate), None)
    assert time.process_time() - started < 1.0


def test_a_fractional_power_of_a_narrow_gate_and_a_whole_one_of_a_wide_gate_are_written_out():
    half = holding(AnnotatedOperation(SGate(), [PowerModifier(0.5)]))
    assert Operator(flattened(half, None)).equiv(Operator(TGate()))
    twice = flattened(holding(AnnotatedOperation(wide(12), [PowerModifier(2)])), None)
    assert twice.decompose(reps=2).count_ops()["s"] == 2


class Long(Gate):
    """A gate that stands for 30,000 instructions, which takes long to build."""

    built = 0

    def __init__(self, angle: float):
        super().__init__(f"long_{angle}", 1, [])

    def _define(self) -> None:
        type(self).built += 1
        self.definition = QuantumCircuit(1)
        for _ in range(30_000):
            self.definition.h(0)


def test_a_gate_of_too_many_instructions_is_refused_before_all_of_it_is_built():
    circuit = QuantumCircuit(1, name="outer")
    for number in range(50):
        circuit.append(Long(number), [0])
    said = "gate outer stands for at least 120,000 instructions; accepted: at most 100,000"
    with pytest.raises(CandidateError, match=said):
        OwnGates().nature(circuit.to_gate())
    assert Long.built == 4


@pytest.mark.parametrize("name", sorted(RESERVED))
@pytest.mark.parametrize("kind", [Gate, Instruction])
def test_an_own_gate_is_what_its_definition_says_whatever_its_name(kind, name):
    own = Gate(name, 2, []) if kind is Gate else Instruction(name, 2, 0, [])
    own.definition = QuantumCircuit(2)
    own.definition.h(0)
    own.definition.cx(0, 1)
    outer = Gate("outer", 2, [])
    outer.definition = holding(own) if kind is Gate else own.definition
    circuit = QuantumCircuit(2, 2)
    circuit.append(own, [0, 1])
    circuit.append(outer, [1, 0])
    circuit.measure([0, 1], [0, 1])
    assert straight_line(circuit).circuit.decompose("outer").count_ops() == {
        "h": 2, "cx": 2, "measure": 2,
    }  # fmt: skip
    assert estimated(circuit).circuit.two_qubit_gates == 2
