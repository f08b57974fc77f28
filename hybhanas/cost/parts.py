"""One execution of a circuit, and the parts that the total of a cost is the sum of."""

from __future__ import annotations

from dataclasses import replace

from hybhanas.cost.generations import Generation
from hybhanas.cost.layout import Layout
from hybhanas.cost.model import CostModel
from hybhanas.cost.quantum_time import circuit_time_s, loading_s, pause_s
from hybhanas.cost.report import CircuitCost, Executions, Parts


def parts_of(
    circuit: CircuitCost,
    runs: Executions,
    classical_s: float,
    model: CostModel,
    constants: Generation,
) -> Parts:
    """The seconds that add up to the total of the phase whose executions these are."""
    shots = runs.circuits * model.noiseless_shots
    routed_s = max(circuit.routing_s, 0.0)
    extra_shots = runs.circuits * (runs.shots_effective - model.noiseless_shots)
    waiting_s = pause_s(constants, runs.rep_delay_s) if model.total == "qpu" else 0.0
    parts = Parts(
        gates_s=shots * (circuit.time_s - routed_s),
        routing_s=shots * routed_s,
        noise_s=extra_shots * (circuit.time_s + waiting_s),
        repetition_delay_s=shots * waiting_s,
        program_loading_s=0.0,
        job_s=0.0,
        classical_s=classical_s,
    )
    if model.total == "effective":
        return parts
    one_s = runs.shots_effective * (circuit.time_s + waiting_s)
    longer_s = max(loading_s(constants, circuit.two_qubit_gates) - one_s, 0.0)
    return replace(
        parts,
        program_loading_s=runs.circuits * (constants.circuit_overhead_s + longer_s),
        job_s=runs.jobs * constants.job_overhead_s,
    )


def circuit_of(layout: Layout, model: CostModel) -> CircuitCost:
    """One execution of the transpiled circuit."""
    physical, timed = layout.physical, layout.timed
    time_s = circuit_time_s(timed, model.timing)
    return CircuitCost(
        qubits=layout.qubits,
        depth=physical.depth,
        physical_instructions=sum(physical.counts.values()),
        two_qubit_gates=physical.two_qubit_gates,
        added_two_qubit_gates=layout.added_two_qubit_gates,
        time_s=time_s,
        scheduled_s=timed.duration_s,
        serial_s=timed.serial_s,
        all_to_all_s=layout.all_to_all_s,
        routing_s=time_s - layout.all_to_all_s,
        routing_ratio=time_s / layout.all_to_all_s,
    )
