"""Trained networks under a machine's noise, and on machines, through Qiskit's primitives."""
