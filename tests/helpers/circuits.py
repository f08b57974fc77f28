"""Circuits that `hybhanas cost` is tested with."""

from tests.helpers import ROOT

GHZ = str(ROOT / "docs" / "ghz5.qasm")
"""The path of a file."""

BELL = """OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
creg c[2];
ry(0.4) q[0];
cx q[0],q[1];
measure q -> c;
"""
"""What is in another one."""

QUICK = ("--optimization-level", "1")
"""Arguments with which costing takes less time."""
