"""A Calibration as the Qiskit target that circuits are transpiled to."""

from __future__ import annotations

from qiskit.circuit import Delay, Measure, Parameter, Reset
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.transpiler import InstructionProperties, QubitProperties, Target

from hybhanas.calibration import Calibration
from hybhanas.errors import ConfigError

_STANDARD = get_standard_gate_name_mapping()


def build_target(calibration: Calibration, resets: bool = False) -> tuple[Target, tuple[int, ...]]:
    """Builds the target of a calibration's usable qubits.

    Args:
        calibration: of the backend, repaired.
        resets: whether it has resets. Qiskit's layouts depend on it also where a circuit has none.

    Returns:
        The target, whose qubits are numbered 0, 1, ... without gaps, and for each of them its
        index in the calibration. Leaving excluded qubits out altogether, rather than in without
        gates, keeps every layout method away from them.

    Raises:
        ConfigError: the machine has a basis gate that Qiskit does not know.
    """
    physical = tuple(calibration.qubits)
    position = {index: place for place, index in enumerate(physical)}
    target = Target(
        num_qubits=len(physical),
        qubit_properties=[
            QubitProperties(t1=calibration.qubits[i].t1_s, t2=calibration.qubits[i].t2_s)
            for i in physical
        ],
    )
    for name, at in calibration.gates.items():
        if name not in _STANDARD:
            raise ConfigError(f"backend {calibration.name} has the unknown basis gate {name}")
        width = _STANDARD[name].num_qubits
        if any(len(places) != width for places in at):
            raise ConfigError(
                f"backend {calibration.name} has {name} on another number of qubits than {width}"
            )
        properties = {
            tuple(position[i] for i in places): InstructionProperties(gate.duration_s, gate.error)
            for places, gate in at.items()
        }
        target.add_instruction(_STANDARD[name], properties)
    readout = {
        (place,): InstructionProperties(
            calibration.qubits[i].readout_s, calibration.qubits[i].readout_error
        )
        for place, i in enumerate(physical)
    }
    target.add_instruction(Measure(), readout)
    everywhere = {(place,): None for place in range(len(physical))}
    target.add_instruction(Delay(Parameter("duration")), everywhere)
    if resets:
        target.add_instruction(Reset(), everywhere)
    return target, physical
