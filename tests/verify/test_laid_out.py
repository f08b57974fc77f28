"""Circuits that run with noise are those that were costed, and their counts are read correctly."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch

from hybhanas.architecture import Architecture
from hybhanas.calibration import Calibration
from hybhanas.calibration.snapshot import Snapshot
from hybhanas.circuit import lay_out
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.model import CostModel, Device, Workload
from hybhanas.errors import ConfigError
from hybhanas.models.hqnn import HQNN
from hybhanas.steps import quiet
from hybhanas.verify.aer import Aer
from hybhanas.verify.laid_out import LaidOut, expectations
from hybhanas.verify.machine import Machine
from hybhanas.verify.outcome import outcome, sign_test
from hybhanas.verify.pieces import run_pieces

SHOTS = 20_000
MODEL = CostModel()


@pytest.fixture(scope="module")
def manila() -> Calibration:
    return Calibration.load(Snapshot(snapshot="manila"))


def network(**choices) -> HQNN:
    torch.manual_seed(2)
    return HQNN(Architecture(**choices).canonical(), 4, 2, "fused")


def run(sampler, laid_out: LaidOut, model: HQNN, samples: int, folder: Path, size=100, steps=quiet):
    features = torch.randn(samples, 4, generator=torch.Generator().manual_seed(1))
    inputs = model.encoder(features).detach()
    ideal = model.quantum(inputs).detach().numpy()
    weights = model.quantum.state_dict()["module.weights"].numpy()
    values = laid_out.values(sampler.circuit, weights, inputs.numpy().astype(float))
    pieces = run_pieces(sampler, values, SHOTS, size, 1, "test", folder, "running", steps)
    observables = model.layers.circuit.observables
    noisy = [expectations(one, observables) for piece in pieces for one in piece.counts]
    return ideal, np.array(noisy)


def test_readout_errors_alone_leave_the_predicted_fraction(manila, tmp_path):
    """Without entangling gates nearly all is lost in readout: 1 - 2 r of each qubit."""
    model = network(qubits=2, rotations="ry", entanglement="none", measurement="z_zz")
    circuit = lay_out(model.architecture)
    laid_out = LaidOut(circuit, manila, MODEL, MODEL.transpiler_seed)
    workload = Workload(samples=10, epochs=1, batch_size=10)
    predicted = CostEstimator(manila, MODEL, Device.preset("a100"), workload, 1.0).survivals(
        circuit
    )
    ideal, noisy = run(Aer(laid_out), laid_out, model, 12, tmp_path)
    found = outcome(
        ideal, noisy, predicted, [np.zeros(12)] * 3, np.zeros(12), SHOTS, len(laid_out.used)
    )
    readout = [1 - 2 * manila.qubits[laid_out.physical.measured[w]].readout_error for w in (0, 1)]
    np.testing.assert_allclose(found.predicted[:2], readout, rtol=0.01)
    np.testing.assert_allclose(found.seen, predicted, rtol=0.03)


def test_a_missing_aer_is_one_line(manila, monkeypatch):
    laid_out = LaidOut(lay_out(Architecture(qubits=2)), manila, MODEL, 1)
    monkeypatch.setitem(sys.modules, "qiskit_aer", None)
    with pytest.raises(ConfigError, match=r"^verify.on=aer is not accepted: qiskit-aer is not"):
        Aer(laid_out)


def test_pieces_that_are_on_disk_are_not_run_again(manila, tmp_path):
    model = network(qubits=2)
    laid_out = LaidOut(lay_out(model.architecture), manila, MODEL, 1)
    sampler = Aer(laid_out)
    _, first = run(sampler, laid_out, model, 4, tmp_path, size=2)
    pieces = sorted((tmp_path / "pieces").glob("*.json"))
    assert len(pieces) == 2
    kept = pieces[0].stat().st_mtime_ns
    pieces[1].unlink()  # as a kill between the two leaves it
    notified = []

    @contextmanager
    def steps(what, total):
        yield lambda done: notified.append((what, done, total))

    _, again = run(sampler, laid_out, model, 4, tmp_path, size=2, steps=steps)
    assert notified == [("running", 2, 2)]  # rows on disk are not counted
    assert pieces[0].stat().st_mtime_ns == kept
    np.testing.assert_array_equal(again, first)


@pytest.mark.parametrize("mode", ["job", "batch", "session"])
@pytest.mark.filterwarnings("ignore")  # Runtime's own of its local mode
def test_runtimes_sampler_runs_the_same_circuit_on_the_machines_qubits(manila, tmp_path, mode):
    from qiskit_ibm_runtime.fake_provider import FakeManilaV2

    model = network(qubits=2)
    laid_out = LaidOut(lay_out(model.architecture), manila, MODEL, 1)
    backend = FakeManilaV2()
    machine = Machine(laid_out, backend, mode)
    assert machine.circuit.num_qubits == backend.num_qubits == 5
    assert len(laid_out.used) == 2
    ideal, noisy = run(machine, laid_out, model, 3, tmp_path)
    machine.close()
    np.testing.assert_allclose(noisy, ideal, atol=0.15)
    assert len(list((tmp_path / "jobs").glob("*.json"))) == 1


def test_z_and_zz_take_one_circuit_a_sample_in_both_primitives():
    """So that a Sampler, which needs no circuits that learn readout errors, is never worse."""
    from hybhanas.pubs import read_pub
    from hybhanas.qiskit_view import to_qiskit

    circuit = to_qiskit(lay_out(Architecture(qubits=3, measurement="z_zz")), measure=False)
    values = np.zeros((5, circuit.num_parameters))
    labels = [["IIZ"], ["IZI"], ["ZII"], ["IZZ"], ["ZZI"]]
    estimated = read_pub((circuit, labels, values))
    sampled = read_pub((to_qiskit(lay_out(Architecture(qubits=3))), values))
    assert estimated.configurations == sampled.configurations == 5


def test_a_loss_counts_when_chance_does_not_explain_it():
    assert sign_test(lost=0, gained=0) == 1
    assert sign_test(lost=5, gained=0) == 1 / 32
    labels = np.zeros(20)
    wrong = np.r_[np.ones(5), np.zeros(15)]
    values = np.full((20, 1), 0.5)
    found = outcome(values, 0.25 * values, [0.5], [labels, wrong, labels], labels, 100, 1)
    assert found.verdict == "survives with mitigation"
    assert found.noisy.flips == 5
    assert found.noisy.accuracy == 0.75
    assert found.seen == (0.25,)
    assert found.median_error == 1.0  # 0.5 predicted, 0.25 seen
