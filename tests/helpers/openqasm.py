"""How texts of OpenQASM begin."""

Q2 = 'OPENQASM 2.0;\ninclude "qelib1.inc";\n'
Q3 = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'
PAIR2 = Q2 + "qreg q[2];\ncreg c[2];\n"
PAIR3 = Q3 + "qubit[2] q;\nbit[2] c;\n"
