"""What noise leaves of what a circuit measures: P under a cost model, and what it means."""

from __future__ import annotations

from dataclasses import replace

from qiskit import QuantumCircuit

from hybhanas.calibration import Calibration
from hybhanas.cost.lives import one_qubit_a_life
from hybhanas.cost.model import CostModel
from hybhanas.cost.noise import Survival, circuit_survival
from hybhanas.cost.pauli_paths import observable_survival
from hybhanas.cost.physical import PhysicalCircuit
from hybhanas.cost.schedule import Schedule
from hybhanas.errors import CandidateError
from hybhanas.straight_line import Products

AVERAGED = "what noise leaves of the expectation values, averaged over the free angles"
BOUND = (
    "an average over circuits with gates like these: how the paths of these very angles interfere "
    "is not computed"
)
VANISHING = (
    "the chance of a run without a fault: without noise every observable is 0, or too small to be "
    "measured, so that nothing is there to survive; other observables can be given"
)


def survival_of(  # noqa: PLR0913 - what is run on what, and what is read of it
    physical: PhysicalCircuit,
    timed: Schedule,
    calibration: Calibration,
    model: CostModel,
    observables: Products | None,
    bare: bool,
) -> Survival:
    """P of a circuit, by the faults that the cost model counts.

    Args:
        physical: the circuit as the machine runs it.
        timed: its schedule.
        calibration: of the machine.
        model: its `faults`, `idle` and seed hold.
        observables: products of Z over classical bits; None: the Z of every measured bit.
        bare: whether the chance of a run without a fault stands in where, without noise, every
            observable is 0; the result then says so.

    Raises:
        CandidateError: an observable reads a bit that nothing is measured into.
    """
    products = [(bit,) for bit in physical.measured] if observables is None else observables
    missing = sorted({bit for product in products for bit in product} - set(physical.measured))
    if missing:
        raise CandidateError(
            f"an observable reads classical bit {missing[0]}, into which nothing is measured"
        )
    whole = circuit_survival(physical, calibration, timed, model.idle)
    if model.faults == "whole_circuit":
        return whole
    lives, of_lives, windows = one_qubit_a_life(physical, calibration, timed)
    survival = observable_survival(
        lives,
        of_lives,
        windows,
        model.idle,
        [tuple(lives.measured[bit] for bit in product) for product in products],
        model.transpiler_seed,
    )
    return replace(whole, vanishes=True) if bare and survival.vanishes else survival


def meaning(circuit: QuantumCircuit, survival: Survival, faults: str) -> str:
    """What P is, as a report says it."""
    if survival.vanishes:
        return VANISHING
    if faults == "whole_circuit":
        return "the chance of a run without a fault"
    return AVERAGED if circuit.parameters else BOUND
