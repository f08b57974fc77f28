"""Energy: power times time of the quantum computer and of the classical device."""

from __future__ import annotations

from hybhanas.cost.logs import log, log_sum


def log_energy_j(
    log_quantum_s: float, classical_s: float, machine_power_w: float, device_power_w: float
) -> float:
    """The log of the joules: E = t_quantum x P_machine + t_classical x P_device."""
    return log_sum(log_quantum_s + log(machine_power_w), log(classical_s * device_power_w))
