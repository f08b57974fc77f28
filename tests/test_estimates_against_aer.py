"""P of circuits as people write them, by the API and by the command, against Aer's noise."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from qiskit import QuantumCircuit, qasm3
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel

import hybhanas
from hybhanas.cost.target import build_target
from hybhanas.plain_cost.run import main
from hybhanas.verify.aer import NoisyMachine
from tests.helpers.synthetic import make_calibration

READOUT_ERRORS = (0.01, 0.04, 0.08, 0.15)
LINE = make_calibration(4, ((0, 1), (1, 2), (2, 3)))
LINE = replace(
    LINE,
    qubits={i: replace(qubit, readout_error=READOUT_ERRORS[i]) for i, qubit in LINE.qubits.items()},
)
MODEL = hybhanas.CostModel(optimization_level=1)
SHOTS = 400_000


def turned(bits: int) -> QuantumCircuit:
    """Three qubits in use, the second not: cos 0.5, and what a CZ leaves of the others."""
    circuit = QuantumCircuit(4, bits)
    for qubit, angle in ((0, 0.5), (2, 0.7), (3, 0.9)):
        circuit.ry(angle, qubit)
    circuit.cz(2, 3)
    return circuit


def in_aer(measured: QuantumCircuit, *products: tuple[int, ...]) -> float:
    """What noise leaves of products of classical bits' Z: the slope of noisy on ideal values."""
    target, _ = build_target(LINE)
    passes = generate_preset_pass_manager(1, target=target, seed_transpiler=1)
    noisy = AerSimulator(noise_model=NoiseModel.from_backend(NoisyMachine(target)))
    values = []
    for simulator in (noisy, AerSimulator()):
        result = simulator.run(passes.run(measured), shots=SHOTS, seed_simulator=1).result()
        counts = {word.replace(" ", "")[::-1]: n for word, n in result.get_counts().items()}
        signs = [
            [np.prod([1 - 2 * int(word[bit]) for bit in product]) for word in counts]
            for product in products
        ]
        values.append(np.dot(signs, list(counts.values())) / SHOTS)
    return float(np.dot(*values) / np.dot(values[1], values[1]))


def p_survival(circuit: QuantumCircuit, **given: object) -> float:
    job = hybhanas.estimate([circuit], LINE, MODEL, **given)  # type: ignore[arg-type]
    return float(job.pubs[0].p_survival)


@pytest.mark.parametrize("product", [(4,), (1,), (2,), (4, 1), (1, 2)])
def test_observables_on_scattered_bits_are_those_that_the_bits_hold(product):
    circuit = turned(6)
    circuit.measure([0, 2, 3], [4, 1, 2])
    alone = hybhanas.estimate(
        circuit, LINE, replace(MODEL, phase="inference"), observables=[product]
    )
    seen = in_aer(circuit, product)
    assert p_survival(circuit, observables=[product]) == pytest.approx(seen, rel=0.02)
    assert alone.noise.p_survival == pytest.approx(seen, rel=0.02)


def test_an_unmeasured_circuit_costs_what_it_does_when_its_used_qubits_are_measured(
    tmp_path, capsys
):
    open_end, measured = turned(0), turned(4)
    measured.barrier(0, 2, 3)
    measured.measure([0, 2, 3], [0, 2, 3])
    by_api = [hybhanas.estimate([one], LINE, MODEL) for one in (open_end, measured)]
    assert by_api[0].qpu_s == by_api[1].qpu_s
    assert by_api[0].pubs[0].p_survival == by_api[1].pubs[0].p_survival
    seen = in_aer(measured, (0,), (2,), (3,))
    assert by_api[0].pubs[0].p_survival == pytest.approx(seen, rel=0.02)
    calibration, file = tmp_path / "line.json", tmp_path / "open.qasm"
    calibration.write_text(json.dumps(LINE.to_dict()))
    file.write_text(qasm3.dumps(open_end))
    assert main([str(file), "--calibration", str(calibration), "--json",
                 "--optimization-level", "1"]) == 0  # fmt: skip
    (cost,) = json.loads(capsys.readouterr().out)["files"]
    assert cost["job"]["pubs"][0]["p_survival"] == by_api[0].pubs[0].p_survival
