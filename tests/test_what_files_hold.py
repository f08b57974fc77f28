"""Each kind of file that people have: a cost, or one line that says where and why not."""

from __future__ import annotations

import gzip
import io
import math

import pytest
from qiskit import QuantumCircuit, qasm2, qasm3, qpy
from qiskit.circuit import Parameter
from qiskit.circuit.library import AndGate, QuadraticFormGate
from qiskit.quantum_info import Operator

from hybhanas.circuit_file import read_circuit
from hybhanas.circuit_file.limits import MAX_BYTES
from hybhanas.errors import CandidateError, ConfigError
from hybhanas.straight_line import straight_line
from tests.helpers.openqasm import PAIR2, PAIR3, Q2, Q3

WAIT = "opaque delay(t) a;\n"


def counts(path, content: str | bytes) -> dict[str, int]:
    """The instructions of a file's straight line."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return dict(straight_line(read_circuit(path), dt_s=1e-9).circuit.count_ops())


def dumped(*circuits: QuantumCircuit) -> bytes:
    buffer = io.BytesIO()
    qpy.dump(circuits, buffer)
    return buffer.getvalue()


BELL = {"h": 1, "cx": 1, "measure": 2}


@pytest.mark.parametrize(
    "content",
    [
        PAIR2 + "h q[0]; cx q[0],q[1]; measure q -> c;",
        PAIR3 + "h q[0]; cx q[0],q[1]; c = measure q;",
        "﻿" + PAIR2 + "h q[0]; cx q[0],q[1]; measure q -> c;",
        (PAIR2 + "h q[0]; cx q[0],q[1]; measure q -> c;").encode("utf-16"),
        (PAIR2 + "// für\nh q[0]; cx q[0],q[1]; measure q -> c;").encode("latin-1"),
        (PAIR2 + "h q[0]; cx q[0],q[1]; measure q -> c;").replace("\n", "\r\n"),
        gzip.compress((PAIR2 + "h q[0]; cx q[0],q[1]; measure q -> c;").encode()),
        (PAIR2 + "h q[0]; cx q[0],q[1]; measure q -> c;").replace("OPENQASM 2.0;\n", ""),
        (PAIR3 + "h q[0]; cx q[0],q[1]; c = measure q;").replace("OPENQASM 3.0;\n", ""),
        PAIR2 + "reset q; h q[0]; cx q[0],q[1]; measure q -> c;",
        PAIR3 + "output bit[2] d; h q[0]; cx q[0],q[1]; d = measure q;",
        PAIR3 + "const int n = 2; for int i in [1:n-1] { h q[i]; cx q[i], q[0]; } c = measure q;",
        PAIR3 + "h q[0]; if (1 < 2) { cx q[0], q[1]; } else { x q[0]; } c = measure q;",
        PAIR3 + "int n = 1; h q[n]; while (false) { x q[0]; } cx q[1], q[0]; measure q; end; x q;",
        PAIR3 + "{ int n = 1; h q[0]; } { int n = 0; cx q[n], q[1]; } c = measure q;",
        PAIR3 + "while (true) { h q[0]; break; } cx q[0],q[1]; c = measure q;",
        PAIR3 + "switch (3) { case 1 { x q[0]; } case 2, 3 { h q[0]; } default { z q[0]; } } "
        "switch (3) { case 1 { x q[0]; } } cx q[0], q[1]; c = measure q;",
        PAIR3 + "for int i in [0:9] { if (i == 1) break; h q[i]; } cx q[0],q[1]; c = measure q;",
        PAIR3.replace("[2] q", "[3] q").replace("[2] c", "[3] c")
        + "h q[0]; cx q[0],q[2]; c = measure q;",
    ],
)  # fmt: skip
def test_a_bell_pair_is_one_however_it_is_written(tmp_path, content):
    assert counts(tmp_path / "file", content) == BELL


def test_functions_of_angles_and_powers_have_their_values(tmp_path):
    path = tmp_path / "file"
    for content in (
        Q2 + "qreg q[1]; ry(2*asin(0.5)+acos(1)+atan(0)) q[0];",
        Q3
        + "qubit[1] q; const float half = 0.5; ry(2 * arcsin(half) ** 1 + sqrt(0) + 3 % 3) q[0];",
    ):
        path.write_text(content)
        assert read_circuit(path).data[0].params[0] == pytest.approx(math.pi / 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PAIR2 + "h q[0];\ncx q[0],q[9];", "line 6, column 11: index 9 is out-of-range"),
        (PAIR2 + "gate turn(t) a { rx(t) a; }\nturn q[0];", "line 6: gate turn takes 1 angle"),
        (PAIR2 + "h q[0];\nrx q[0];", "line 6: gate rx takes 1 angle, not 0"),
        (PAIR2 + "gate turn a {\nU() a; }", "line 6: gate U takes 3 angles, not 0"),
        (PAIR2 + "u0(2) q[0];\nu0(0.5) q[0];", r"line 6: u0\(0.5\) is not accepted: a whole"),
        (PAIR2 + WAIT + "delay(1.5) q[0];", r"line 6: delay\(1.5\) is not accepted: a whole"),
        (PAIR2 + WAIT + "delay(-5) q[0];", r"line 6: delay\(-5\) is not accepted: .* cycles, 0 to"),
        (PAIR2 + WAIT + "delay(1e30) q[0];", r"line 6: delay\(1e\+30\) is not accepted: a whole"),
        (PAIR2 + WAIT + "delay(3) q[0];\ndelay(3/2) q[0];", r"line 7: delay\(1.5\) is not"),
        (PAIR2 + WAIT + "gate lull(t) a {\ndelay(t) a; }\nlull(-1) q[0];", r"line 7: delay\(-1\)"),
        (PAIR2 + "gate store a { h a; }\nstore q[0];", "line 6: gate store is not read: Qiskit"),
        (PAIR2 + "opaque magic a;\nmagic q[0];", "line 6: gate magic is opaque"),
        (PAIR2 + "measure q -> c;\nif (c==1) x q[0];", "line 6: an if decides by a measured value"),
        (PAIR2 + 'include "../no.inc";', "line 5: include ../no.inc is not accepted"),
        (PAIR2 + 'include "/etc/hostname";', "line 5: include /etc/hostname is not accepted"),
        (PAIR2 + 'include\n"/etc/hostname";', "line 5: an include is written"),
        (Q2 + "qreg q[1000000000];", "line 3: it declares 1,000,000,000 qubits; accepted: at most"),
        (PAIR2 + f"rx({'(' * 100}1{')' * 100}) q[0];", "line 5: brackets are nested more than"),
        (PAIR2 + f"rx(1{'^1' * 9000}) q[0];", "line 5: an expression has more than 4,000"),
        (PAIR3 + "h q[0]\ncx q[0], q[1];", "line 6, column 1: cx is not expected here; is a ;"),
        (PAIR3 + "h q[0];;", "line 5, column 8: ; is not expected here$"),
        (PAIR3 + "h q[0];\n}", "line 6, column 1: } is not expected here$"),
        (PAIR3 + "#dim 3", "line 5, column 1: #dim is not expected here$"),
        (PAIR3 + "OPENQASM 3.0;", "line 5, column 1: OPENQASM is not expected here$"),
        (PAIR3 + "h q[0]", "the text ends in the middle of a statement"),
        (PAIR3 + "cx q[0], q[0];", "line 5, column 1: "),
        (PAIR3 + "h q[7];", "line 5, column 1: an index is out of range"),
        (PAIR3 + "gate store a { h a; }", "line 5, column 1: gate store is not read: Qiskit keeps"),
        (PAIR3 + "rx q[0];", "line 5, column 1: gate rx takes 1 angle, not 0"),
        (PAIR3 + "U(1, 2) q[0];", "line 5, column 1: gate U takes 3 angles, not 2"),
        (PAIR3 + "gate no a { h a; }\nno(1) q[0];", "line 6, column 1: gate no takes 0 angles"),
        (PAIR3 + "rx(1/0) q[0];", "line 5, column 4: division by zero"),
        (PAIR3 + "c = measure q;\nwhile (c[0]) { x q[0]; }", "line 6, column 8: a while decides"),
        (PAIR3 + "switch (c) { case 1 { x q[0]; } }", "line 5, column 9: a switch decides by a"),
        (PAIR3 + "if (no == 1) { x q[0]; }", "line 5, column 5: Undefined symbol 'no'"),
        (PAIR3 + "if (q) { x q[0]; }", "line 5, column 5: an if decides by something that"),
        (PAIR3 + "while (true) { x q[0]; }", "line 5, column 1: a while that never ends is not"),
        (PAIR3 + "int i = 0; while (i < 3) { x q[0]; i += 1; }", "an assignment to a variable"),
        (PAIR3 + "for int i in [0:99999] { for int j in [0:99999] { } }", "more than 100,000"),
        (PAIR3 + "array[int[8], 2] a = {1, 2};", "line 5, column 1: an array is not read"),
        (PAIR3 + "complex[float] a = 1im;", "line 5, column 1: a complex number is not read"),
        (PAIR3 + "stretch g;", "line 5, column 1: a stretch is not read"),
        (PAIR3 + "delay[durationof({ x q[0]; })] q[0];", "durationof has no value that is known"),
        (PAIR3 + "rx(sizeof(q)) q[0];", "sizeof has no value that is known here"),
        (PAIR3 + "rx(2im) q[0];", "a number with im has no value that is known here"),
        (PAIR2 + "h q[0];\0", r"line 5, column 8: encountered '.x00'"),
        (PAIR3 + "def f(qubit a) { x a; }", "line 5, column 1: a subroutine .def. is not read"),
        (PAIR3 + "int n = 1;\nn = 2;", "line 6, column 1: an assignment to a variable is not read"),
        (PAIR3 + "for int i in [0:1000000000] { x q[0]; }", "a loop of 1,000,000,001 rounds"),
        (PAIR3 + "for int i in [0:999] { for int j in [0:999] { x q[0]; } }", "more than 100,000"),
        (PAIR3 + "box [300ns] { x q[0]; }", "line 5, column 1: a box with a time of its own"),
        (PAIR3 + "ctrl(40) @ x q[0], q[1];", "40 more controls are not accepted"),
        (Q3 + "qubit[1000000000] q;", "it declares 1,000,000,000 qubits or bits"),
        (Q3 + "h $99999999999;", "qubit .99999999999 is beyond the last"),
        (PAIR3 + "delay[2 * 100ns] q[0];", "line 5, column 6: no operation is known for values of"),
        (PAIR3 + "rx(2 ** 100000) q[0];", "an exponent of 100000 is not accepted"),
    ],
)  # fmt: skip
def test_what_a_text_has_wrong_is_said_with_its_place(tmp_path, text, message):
    path = tmp_path / "file"
    path.write_text(text)
    with pytest.raises(ConfigError, match=message) as caught:
        read_circuit(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (gzip.compress(b" " * (MAX_BYTES + 1)), "more than 20,000,000 bytes"),
        (gzip.compress(PAIR2.encode())[:-12], "cut short|damaged"),
        (dumped(QuantumCircuit(1), QuantumCircuit(1)), "it holds 2 circuits; accepted: one"),
        (dumped(QuantumCircuit(1))[:40], "cut short"),
        (dumped(QuantumCircuit(9))[:-7], "damaged or cut short"),
        (b"QISKIT\xff" + bytes(60), "its version is 255; Qiskit .* reads up to"),
        (PAIR2.encode() + b"/*" * 2_000_000, "line 5: a comment is not closed"),
    ],
    ids=["too large", "gzip cut short", "two circuits", "head", "tail", "version", "comments"],
)
def test_a_file_that_is_damaged_or_too_large_is_said(tmp_path, content, message):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=message):
        read_circuit(path)


@pytest.mark.parametrize("gate", [AndGate(2), QuadraticFormGate(2)], ids=["AndGate", "Quadratic"])
def test_a_gate_that_qiskit_does_not_build_again_from_qpy_is_named(tmp_path, gate):
    circuit = QuantumCircuit(gate.num_qubits)
    circuit.append(gate, circuit.qubits)
    with pytest.raises(ConfigError, match="keep in QPY what (AndGate|QuadraticForm) is made"):
        counts(tmp_path / "file", dumped(circuit))
    assert "measure" in counts(tmp_path / "file", dumped(circuit.decompose()))


def test_a_gate_that_a_text_defines_is_what_it_says(tmp_path):
    path = tmp_path / "file"
    own = "gate cu a,b { cx a,b; h b; cx a,b; } gate swap a,b { cz a,b; }"
    assert counts(path, PAIR2 + own + "cu q[0],q[1]; swap q[0],q[1]; measure q -> c;") == {
        "cx": 2, "h": 1, "cz": 1, "measure": 2,
    }  # fmt: skip
    rzx = "gate rzx(p) a,b { h b; cx a,b; rz(p) b; cx a,b; h b; } "
    ecr = "gate ecr a,b { rzx(pi/4) a,b; x a; rzx(-pi/4) a,b; } "
    for text in (PAIR2, PAIR3):
        text += rzx + ecr + "ecr q[0],q[1]; rzx(0.2) q[1],q[0];"
        assert counts(path, text) == {"ecr": 1, "rzx": 1, "measure": 2, "barrier": 1}


def test_gates_that_are_defined_after_an_opaque_delay_are_what_they_say(tmp_path):
    own = "gate one a { x a; }\ngate two a { y a; }\n"
    path = tmp_path / "file"
    path.write_text(PAIR2 + WAIT + own + "one q[0]; two q[0]; delay(40) q[0];")
    assert read_circuit(path).decompose().count_ops() == {"x": 1, "y": 1, "delay": 1}


def test_delays_of_several_lengths_are_read_as_qiskit_writes_them(tmp_path):
    circuit = QuantumCircuit(1)
    for cycles in (100, 200, 300):
        circuit.delay(cycles, 0)
    path = tmp_path / "file"
    path.write_text(qasm2.dumps(circuit))  # opaque delay_139697598607248(param0) q0; and so on
    delays = [(step.operation.duration, step.operation.unit) for step in read_circuit(path).data]
    assert delays == [(100, "dt"), (200, "dt"), (300, "dt")]


@pytest.mark.parametrize("number", ["0", "1", "1e3", "1e9", "1e18"])
def test_a_number_of_gate_lengths_is_an_identity_however_many(tmp_path, number):
    text = PAIR2 + f"gate rest(n) a {{ u0(n) a; }} h q[0]; u0({number}) q[0]; rest({number}) q[0];"
    path = tmp_path / "file"
    path.write_text(text)
    assert read_circuit(path).decompose("rest").count_ops() == {"h": 1, "id": 2}


def test_gates_of_which_qiskit_has_one_object_each_are_kept(tmp_path):
    found = counts(tmp_path / "file", Q2 + "qreg q[4]; csx q[0],q[1]; c3sqrtx q[0],q[1],q[2],q[3];")
    assert (found["csx"], found["c3sx"]) == (1, 1)


def doubled(first: str, step: str) -> str:
    """Forty gates, each of which stands for twice as many instructions as the one before."""
    steps = [f"gate g{i + 1} a {{ {step} g{i} a; {step} g{i} a; }}" for i in range(40)]
    return f"gate g0 a {{ {first} a; }}" + "".join(steps)


@pytest.mark.parametrize("head", [PAIR2, PAIR3], ids=["2", "3"])
def test_a_gate_of_gates_of_gates_is_counted_before_it_is_written_out(tmp_path, head):
    path = tmp_path / "file"
    path.write_text(head + doubled("x", "") + "g40 q[0];")
    with pytest.raises(CandidateError, match="stands for .* instructions; accepted: at most 100,0"):
        straight_line(read_circuit(path))
    path.write_text(head + doubled("x", "") + "g3 q[0];")
    assert straight_line(read_circuit(path)).circuit.decompose(reps=4).count_ops()["x"] == 8


@pytest.mark.parametrize("modifier", ["ctrl @", "inv @", "pow(0.5) @"])
def test_a_gate_is_counted_before_it_is_modified(tmp_path, modifier):
    path, qubits = tmp_path / "file", "q[0], q[1]" if "ctrl" in modifier else "q[0]"
    path.write_text(PAIR3 + doubled("h", "") + f"\n{modifier} g40 {qubits};")
    with pytest.raises(
        ConfigError, match="line 6, .* stands for .* instructions; accepted: at mos"
    ):
        read_circuit(path)
    if modifier != "inv @":
        path.write_text(PAIR3 + doubled("h", "") + f"\n{modifier} g15 {qubits};")
        with pytest.raises(ConfigError, match="under ctrl or pow stand for more than 25,000 instr"):
            read_circuit(path)


def test_neighbouring_controls_are_joined_and_mean_what_they_say(tmp_path):
    path = tmp_path / "file"
    for modifiers, qubits in (("ctrl @ negctrl @ ctrl(2) @", 5), ("negctrl @ inv @ ctrl @", 3)):
        listed = ", ".join(f"q[{i}]" for i in range(qubits))
        text = Q3 + f"qubit[{qubits}] q; {modifiers} U(0.1, 0.2, 0.3) {listed};"
        path.write_text(text)
        assert Operator(read_circuit(path)).equiv(Operator(qasm3.loads(text)))
    listed = ", ".join(f"q[{i}]" for i in range(9))
    path.write_text(Q3 + f"qubit[9] q; {'ctrl @ ' * 8} U(0.1, 0.2, 0.3) {listed};")
    assert read_circuit(path).count_ops() == {"c8u": 1}


def test_the_angles_of_a_gate_come_in_the_order_of_the_text(tmp_path):
    path = tmp_path / "file"
    for head in (PAIR2, PAIR3):
        path.write_text(head + "gate turn(b, a) x { rx(b) x; ry(a) x; } turn(0.1, 0.2) q[0];")
        flat = read_circuit(path).decompose("turn")
        assert [(step.name, step.params) for step in flat.data] == [("rx", [0.1]), ("ry", [0.2])]


def test_amplitudes_in_qpy_are_prepared_also_after_torchquantum_was_imported(tmp_path):
    import torchquantum  # noqa: F401  it replaces a method of Qiskit's

    circuit = QuantumCircuit(2)
    circuit.initialize([0.6, 0, 0, 0.8])
    circuit.prepare_state([0.5, 0.5, 0.5, 0.5])
    found = counts(tmp_path / "file", dumped(circuit))
    assert "reset" not in found
    assert found["state_preparation"] == 2
    assert found["measure"] == 2


def test_a_delay_of_a_free_time_is_said(tmp_path):
    circuit = QuantumCircuit(1)
    circuit.h(0)
    circuit.delay(Parameter("wait"), 0, "us")
    with pytest.raises(CandidateError, match="waits for a time that is a free parameter, wait"):
        counts(tmp_path / "file", dumped(circuit))


def test_a_delay_whose_unit_qpy_lost_is_taken_as_cycles_and_said(tmp_path, caplog):
    path, said = tmp_path / "file", []
    for length, unit in ((400, "ns"), (1000, "dt")):
        circuit = QuantumCircuit(1)
        circuit.x(0)
        with circuit.for_loop(range(2)):
            circuit.delay(length, 0, unit)
        path.write_bytes(dumped(circuit))
        line = straight_line(read_circuit(path), dt_s=2e-9).circuit
        waited = [step.params[0] for step in line.data if step.name == "delay"]
        assert waited == pytest.approx([2e-9 * length] * 2)
        said.append(caplog.messages[:])
    (message,) = said[0]
    assert message == (
        f"circuit={path}: QPY does not keep the unit of a delay: 400 taken as dt, as Qiskit does"
    )
    assert said[1] == said[0]  # a length in cycles is what it was


def test_a_delay_of_parts_of_a_cycle_is_refused_where_qpy_lost_its_unit(tmp_path):
    circuit = QuantumCircuit(1)
    circuit.delay(400.5, 0, "ns")
    with pytest.raises(ConfigError, match="the unit of a delay, and 400.5 dt are not a whole"):
        counts(tmp_path / "file", dumped(circuit))


def test_what_a_loop_in_qpy_means_is_kept(tmp_path):
    circuit = QuantumCircuit(2)
    with circuit.for_loop(range(3)) as i:
        circuit.rx(i * 0.1, 0)
        with circuit.box():
            circuit.cx(0, 1)
    path = tmp_path / "file"
    path.write_bytes(dumped(circuit))
    flat = straight_line(read_circuit(path)).circuit
    by_hand = QuantumCircuit(2)
    for i in range(3):
        by_hand.rx(i * 0.1, 0)
        by_hand.cx(0, 1)
    flat.remove_final_measurements()
    assert Operator(flat).equiv(Operator(by_hand))
