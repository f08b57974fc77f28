"""Circuits as people write them: a seeded generator of OpenQASM 2, OpenQASM 3 and QPY files that
uses every construct of both grammars, those that no machine can run among them.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable

import numpy as np
from qiskit import QuantumCircuit, qpy
from qiskit.circuit import BoxOp, ForLoopOp, Parameter
from qiskit.circuit.exceptions import CircuitError
from qiskit.circuit.library import DiagonalGate, efficient_su2, zz_feature_map
from qiskit.quantum_info import random_statevector, random_unitary

ONE = ("x", "y", "z", "h", "s", "sdg", "t", "tdg", "id", "sx")
TURNS = ("rx", "ry", "rz", "p", "u1")
PAIRS = ("cx", "cz", "cy", "ch", "swap")
PAIR_TURNS = ("crx", "cry", "crz", "cp")
RARE = 0.03
"""The share of statements that are refused, or that need a refusal of the whole text."""


def program(seed: int) -> tuple[str, bytes]:
    """A file of one of the three kinds and its bytes; the same seed gives the same ones."""
    rng = random.Random(seed)
    kind = ("qasm2", "qasm3", "qpy")[seed % 3]
    if kind == "qpy":
        return kind, _qpy(rng)
    text = _Qasm2(rng).text() if kind == "qasm2" else _Qasm3(rng).text()
    if rng.random() < 0.1:  # a slip of the pen
        at = rng.randrange(len(text))
        text = text[:at] + rng.choice(("", ";", "(", "q[", "9")) + text[at + 1 :]
    encoding = rng.choice(("utf-8", "utf-8", "utf-8-sig", "latin-1", "utf-16"))
    return kind, text.replace("\n", rng.choice(("\n", "\r\n"))).encode(encoding, errors="replace")


class _Qasm2:
    """Statements of OpenQASM 2, chosen at random."""

    def __init__(self, rng: random.Random):
        self.rng = rng
        self.qubits = rng.randint(1, 5)

    def text(self) -> str:
        rng = self.rng
        lines = ["OPENQASM 2.0;", 'include "qelib1.inc"; // the standard library']
        lines += [
            "gate mine(a,b) x,y { rx(a/2) x; cx x,y; barrier x,y; u2(-b,a^2) y; }",
            "gate outer(a) x,y { mine(a,pi) x,y; U(0,a,0) y; CX y,x; }",
            "gate nothing x { }",
            "gate ecr a,b { h b; cx a,b; rz(pi/4) b; cx a,b; h b; x a; h b; cx a,b; rz(-pi/4) b; "
            "cx a,b; h b; }",
            "gate cu a,b { cx a,b; h b; cx a,b; }",
            "opaque magic(t) a;",
            "opaque delay(t) a;",
            f"qreg q[{self.qubits}]; qreg spare[2];",
            f"creg c[{self.qubits}]; creg d[2];",
        ]
        lines += [self.statement() for _ in range(rng.randint(2, 12))]
        lines.append(rng.choice(("", "measure q -> c;", "barrier q; measure q -> c;")))
        return "\n".join(lines)

    def angle(self, depth: int = 0) -> str:
        rng = self.rng
        if depth > 2 or rng.random() < 0.4:
            return rng.choice(("pi", "0.3", "2", "1.5e-1", "-pi/2"))
        inner = self.angle(depth + 1)
        return rng.choice(
            (f"({inner}+{self.angle(depth + 1)})", f"{inner}*2", f"({inner})/3", f"-({inner})",
             f"sin({inner})", f"cos({inner})", f"exp(0.1*{inner})", f"sqrt(({inner})^2)",
             "tan(0.5)", "ln(2)", f"asin(sin({inner}))", "acos(0.2)", f"atan({inner})")
        )  # fmt: skip

    def one(self) -> str:
        return f"q[{self.rng.randrange(self.qubits)}]"

    def two(self) -> str:
        if self.qubits == 1:
            return "q[0],spare[0]"
        return ",".join(f"q[{i}]" for i in self.rng.sample(range(self.qubits), 2))

    def statement(self) -> str:
        rng = self.rng
        if rng.random() < RARE:
            return rng.choice(
                ("if (c==1) x q[0];", "magic(0.1) q[0];", "unknown q[0];", "mine q[0],spare[0];",
                 "rx(1/0) q[0];", 'include "nowhere.inc";', "cx q[0],q[0];", "h q[99];",
                 "measure q[0];")
            )  # fmt: skip
        return rng.choice(
            (
                f"{rng.choice(ONE)} {self.one()};",
                f"{rng.choice(ONE)} q;",
                f"{rng.choice(TURNS)}({self.angle()}) {self.one()};",
                f"u3({self.angle()},{self.angle()},0) {self.one()};",
                f"{rng.choice(PAIRS)} {self.two()};",
                f"{rng.choice(PAIR_TURNS)}({self.angle()}) {self.two()};",
                f"{rng.choice(('rxx', 'rzz'))}({self.angle()}) {self.two()};",
                f"mine({self.angle()},1) {self.two()};",
                f"outer({self.angle()}) {self.two()};",
                f"ecr {self.two()}; cu {self.two()};",
                f"nothing {self.one()}; ccx {self.two()},spare[1];",
                f"U({self.angle()},0,0) {self.one()}; CX {self.two()};",
                "reset spare;",
                f"barrier {self.one()}, spare; // wait",
                f"delay({rng.randint(0, 500)}) {self.one()};",
            )
        )


class _Qasm3(_Qasm2):
    """Statements of OpenQASM 3, chosen at random; if `plain`, those that Qiskit alone reads."""

    def __init__(self, rng: random.Random):
        super().__init__(rng)
        self.plain = rng.random() < 0.4

    def text(self) -> str:
        rng = self.rng
        if self.plain:
            lines = [self.statement() for _ in range(rng.randint(2, 12))]
            return "\n".join(
                [
                    "OPENQASM 3.0;", 'include "stdgates.inc";',
                    f"qubit[{self.qubits}] q; qubit[2] spare; qubit lone; bit[{self.qubits}] c;",
                    "gate mine(a, b) x, y { rx(a / 2) x; cx x, y; U(0, b, a) y; }",
                    *lines, rng.choice(("", "c = measure q;")),
                ]
            )  # fmt: skip
        lines = ["OPENQASM 3.0;", 'include "stdgates.inc"; /* the standard\nlibrary */']
        lines += [
            "gate mine(a, b) x, y { rx(a / 2) x; cx x, y; U(0, b, a) y; }",
            "gate outer(a) x, y { mine(a, pi) x, y; inv @ mine(a, 1) x, y; gphase(a); }",
            "gate ecr a, b { h b; cx a, b; rz(pi/4) b; cx a, b; h b; x a; h b; cx a, b; "
            "rz(-pi/4) b; cx a, b; h b; }",
            "const int n = 2; const float f = 0.25; const duration w = 100ns; bool yes = true;",
            f"qubit[{self.qubits}] q; qubit[2] spare; qubit lone;",
            f"bit[{self.qubits}] c; output bit[2] d; bit e;",
        ]
        if rng.random() < 0.2:
            lines.append("input float theta; input angle phi; rx(2 * theta - 0.5) q[0]; p(phi) q;")
        lines += [self.statement() for _ in range(rng.randint(2, 12))]
        lines.append(
            rng.choice(("", "c = measure q;", "measure q -> c;", "c[0] = measure q[0]; end;"))
        )
        return "\n".join(lines)

    def angle(self, depth: int = 0) -> str:
        rng = self.rng
        if self.plain:
            return rng.choice(("pi", "τ", "0.3", "-pi/2", "euler", "(pi + 1) / 3", "2 * 0.1"))
        if depth > 2 or rng.random() < 0.4:
            return rng.choice(("pi", "τ", "0.3", "n", "f", "-pi/2", "euler"))
        inner = self.angle(depth + 1)
        return rng.choice(
            (f"({inner} + {self.angle(depth + 1)})", f"{inner} * 2", f"({inner}) / 3",
             f"-({inner})", f"sin({inner})", f"cos({inner})", f"exp(0.1 * {inner})",
             f"sqrt(({inner}) ** 2)", "arcsin(0.1)", "arccos(0.2)", f"arctan({inner})", "7 % 3",
             "floor(1.5)", "float(n)", "mod(5, 3)")
        )  # fmt: skip

    def statement(self) -> str:
        rng = self.rng
        if rng.random() < RARE:
            return rng.choice(
                ("if (c[0]) { x q[0]; } else { h q[0]; }", "while (c[0]) { x q[0]; }",
                 "switch (n) { case 1 { x q[0]; } }", "def f(qubit a) { x a; }", "n = 3;",
                 "extern g(int) -> int;", "cal { }", "array[int[8], 2] a;", "stretch s;", "f(1);",
                 "delay[durationof({x q[0];})] q[0];", "box [1us] { x q[0]; }", "h q[99];",
                 "@note\nx q[0];", "complex[float] z = 1.0;", "break;", "ctrl(30) @ x q[0], lone;",
                 "for int i in [0:100000000] { x lone; }", "delay[5s] lone;", "unknown lone;")
            )  # fmt: skip
        one, two, angle = self.one(), self.two(), self.angle()
        if self.plain:
            return rng.choice(
                (
                    f"{rng.choice(ONE)} {one};",
                    f"{rng.choice(TURNS)}({angle}) {one};",
                    f"{rng.choice(PAIRS)} {two};",
                    f"{rng.choice(PAIR_TURNS)}({angle}) {two};",
                    f"mine({angle}, 1) {two};",
                    f"ctrl @ x {two}; negctrl @ ry(0.3) {two}; inv @ s {one};",
                    f"pow(2) @ t {one}; U({angle}, 0, 1) {one}; gphase(pi);",
                    f"let some{rng.randrange(10**9)} = spare[0:1]; barrier q; h spare[{{0, 1}}];",
                )
            )
        return rng.choice(
            (
                f"{rng.choice(ONE)} {one};",
                f"{rng.choice(ONE)} q;",
                f"{rng.choice(TURNS)}({angle}) {one};",
                f"{rng.choice(PAIRS)} {two};",
                f"{rng.choice(PAIR_TURNS)}({angle}) {two};",
                f"mine({angle}, f) {two}; outer({angle}) {two}; ecr {two};",
                f"U({angle}, 0, f) {one}; gphase(pi / 4);",
                f"ctrl @ x {two}; negctrl @ ry(0.3) {two}; ctrl @ inv @ s {two};",
                f"pow(2) @ t {one}; pow(0.5) @ x {one}; inv @ u3(1, 2, 3) {one};",
                f"ctrl(2) @ x spare[0], spare[1], {one};",
                "for uint i in [0:n] { rx(i * f) lone; }",
                "for int i in {0, 1} { if (i == 1) { h spare[i]; continue; } x spare[i]; }",
                "for int i in [1:-1:0] { cx spare[i], lone; if (i < 1) { break; } }",
                f"box {{ h {one}; cx {two}; }}",
                "h spare[0:1];",
                "let all = q ++ spare; h all[1];" if rng.random() < 0.1 else "h spare[{0, 1}];",
                "if (yes && n > 1) { z lone; } else { y lone; }",
                "while (!yes) { x lone; }",
                "reset spare[0]; reset lone;",
                f"barrier q, lone; barrier; delay[w] {one}; delay[20dt] lone; delay[0.1us] q;",
                "pragma anything",
                "e = measure lone;" if rng.random() < 0.1 else "id lone;",
            )
        )


def _qpy(rng: random.Random) -> bytes:
    qubits = rng.randint(2, 4)
    names = iter("abcdefghijklmnopqrstuvw")
    circuit = QuantumCircuit(qubits, qubits)
    choices: tuple[Callable[[], object], ...] = (
        lambda: circuit.initialize(random_statevector(4, seed=1), [0, 1]),
        lambda: circuit.prepare_state([0.6, 0.8], 0),
        lambda: circuit.unitary(random_unitary(4, seed=2), [0, 1]),
        lambda: circuit.append(
            efficient_su2(qubits, reps=1, parameter_prefix=next(names)).to_gate(), range(qubits)
        ),
        lambda: circuit.append(
            zz_feature_map(qubits, reps=1, parameter_prefix=next(names)).to_instruction(),
            range(qubits),
        ),
        lambda: circuit.compose(zz_feature_map(qubits, parameter_prefix=next(names)), inplace=True),
        lambda: circuit.rx(2 * Parameter(next(names)) + 1, 0),
        lambda: circuit.reset(0),
        lambda: circuit.delay(300, 0, "ns"),
        lambda: circuit.delay(160, 0, "dt"),
        lambda: circuit.append(DiagonalGate([1, -1, 1j, -1j]), [0, 1]),
        lambda: circuit.mcx(list(range(qubits - 1)), qubits - 1),
        lambda: circuit.append(_loop(), [0, 1]),
        lambda: circuit.append(_box(), [0, 1]),
        lambda: circuit.cx(0, 1, ctrl_state=0),
        lambda: circuit.ry(float(np.float64(0.2)), range(qubits)),
    )
    for _ in range(rng.randint(1, 6)):
        try:
            rng.choice(choices)()
        except CircuitError:  # such as a name that is there already
            circuit.h(0)
    if rng.random() < RARE:
        circuit.delay(Parameter("wait"), 0, "us")
    if rng.random() < RARE:
        with circuit.if_test((circuit.clbits[0], True)):
            circuit.x(0)
    if rng.random() < 0.7:
        circuit.measure(range(qubits), range(qubits))
    buffer = io.BytesIO()
    qpy.dump([circuit] * (2 if rng.random() < RARE else 1), buffer)
    content = buffer.getvalue()
    return content[: rng.randrange(len(content))] if rng.random() < 0.1 else content


def _loop() -> object:
    index = Parameter("i")
    body = QuantumCircuit(2)
    body.rx(index * 0.1, 0)
    body.cx(0, 1)
    return ForLoopOp(range(3), index, body)


def _box() -> object:
    body = QuantumCircuit(2)
    body.h(0)
    body.cx(0, 1)
    return BoxOp(body)
