"""A job of PUBs: executions, contributions, provenance, by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Parameter
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.quantum_info import SparsePauliOp

import hybhanas
from hybhanas.cost.generations import IBM_2025
from hybhanas.cost.model import CostModel
from hybhanas.cost.report import CostReport
from hybhanas.errors import CandidateError, ConfigError
from hybhanas.pubs import read_pub
from tests.helpers import ROOT
from tests.helpers.synthetic import make_calibration

# sx 50 ns, error 0.001; cz 100 ns, 0.01; readout 1 us, 0.02; T1 100 us, T2 80 us; delay 250 us
LINE = make_calibration(4, ((0, 1), (1, 2), (2, 3)))
MODEL = CostModel(optimization_level=1)


def turned(measured: bool = True) -> QuantumCircuit:
    """A circuit of 1.1 us on LINE: two sx, and the readout."""
    circuit = QuantumCircuit(1)
    circuit.sx(0)
    circuit.rz(0.3, 0)
    circuit.sx(0)
    if measured:
        circuit.measure_all()
    return circuit


def trained() -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    circuit.ry(Parameter("a"), 0)
    circuit.cz(0, 1)
    circuit.ry(Parameter("b"), 1)
    return circuit


def job(pubs, **changes):
    return hybhanas.estimate(pubs, LINE, MODEL, **changes)


def test_a_job_of_two_pubs_is_the_sum_of_its_executions_and_one_overhead():
    cost = job([(turned(), None, 1000), turned()], shots=3000)
    assert [pub.executions for pub in cost.pubs] == [1000, 3000]
    assert cost.executions == 4000
    parts = cost.contributions
    assert parts.circuit_s == pytest.approx(4000 * 1.1e-6)
    assert parts.repetition_delay_s == pytest.approx(4000 * 250e-6)
    assert parts.execution_overhead_s == pytest.approx(4000 * IBM_2025.execution_overhead_s)
    assert parts.job_overhead_s == IBM_2025.job_overhead_s
    assert parts.reset_s == parts.loading_s == 0
    assert cost.qpu_s == pytest.approx(parts.total_s)
    assert cost.effective_s == pytest.approx(4000 * 1.1e-6)
    assert cost.qpu_low_s < cost.qpu_s < cost.qpu_high_s
    assert not cost.is_lower_bound


def test_values_and_observables_broadcast_as_qiskit_does():
    values = np.zeros((5, 2))
    cases = [
        ((trained(), "ZZ", values), 5),  # one observable, each set of values
        ((trained(), [["ZZ"], ["IZ"]], values), 5),  # read from the same circuit
        ((trained(), [["ZZ"], ["XX"]], values), 10),  # two bases
        ((trained(), ["ZZ", "XX", "ZI", "XI", "IX"], values), 5),  # each with its own values
        ((trained(), SparsePauliOp(["ZZ", "XX", "YY"]), values), 15),
        ((trained(), {"ZZ": 1.0, "XX": 2.0}, values), 10),
    ]
    for pub, configurations in cases:
        assert read_pub(pub).configurations == configurations
        assert job([pub], shots=10).executions == 10 * configurations
    measured = trained()
    measured.measure_all()
    assert job([(measured, np.zeros((4, 5, 2)), 10)]).executions == 200
    assert job((measured, {"a": [0.1, 0.2, 0.3], "b": [0, 0, 0]}, 10)).executions == 30


@pytest.mark.parametrize("observables", [(), ("ZZ",)])
def test_values_of_parameters_that_a_circuit_does_not_have_are_refused(observables):
    line = "^pub is not accepted: the circuit has no parameter c; it has: a, b$"
    with pytest.raises(ConfigError, match=line):
        read_pub((trained(), *observables, {"a": 0.1, "c": 0.2}))


def test_a_precision_is_so_many_shots():
    (pub,) = job([(trained(), "ZZ", [0.1, 0.2], 0.01)]).pubs
    assert pub.shots == 10_000
    assert job([(trained(), "ZZ", [0.1, 0.2])]).executions == 4096  # Runtime's default


def test_containers_of_qiskit_are_pubs():
    estimator = EstimatorPub.coerce((trained(), "ZZ", [0.1, 0.2]), 0.1)
    sampler = SamplerPub.coerce((turned(), None, 50))
    assert job(estimator).executions == 100
    assert job(sampler).executions == 50
    assert job([sampler, sampler]).executions == 100


def test_files_and_architectures_are_pubs_and_alone_what_they_were():
    path = ROOT / "docs" / "ghz5.qasm"
    assert hybhanas.estimate([path, str(path)], "ibm_fez", shots=7).executions == 14
    assert isinstance(hybhanas.estimate(path, "ibm_fez"), CostReport)
    architecture = hybhanas.Architecture(qubits=2)
    cost = job([architecture], shots=100)
    assert cost.pubs[0].primitive == "estimator"
    assert cost.executions == 100
    alone = hybhanas.estimate(architecture, LINE, MODEL, features=4, classes=2, shots=100)
    assert alone.executions.shots == 100


def test_observables_of_a_job_are_those_of_every_circuit_without_its_own():
    cost = job([trained(), (trained(), ["YY"], [0, 0])], observables=["ZZ", "XX"], shots=10)
    assert [pub.executions for pub in cost.pubs] == [20, 10]


def test_a_reset_is_a_contribution_of_its_own():
    register, bits = QuantumRegister(1), ClassicalRegister(2)
    circuit = QuantumCircuit(register, bits)
    circuit.sx(0)
    circuit.measure(0, 0)
    circuit.reset(0)
    circuit.sx(0)
    circuit.measure(0, 1)
    (pub,) = job([circuit], shots=100).pubs
    assert pub.contributions.reset_s == pytest.approx(100 * 1.05e-6)  # a readout and a gate
    assert pub.contributions.circuit_s == pytest.approx(100 * 2.1e-6)


def test_a_job_over_the_limit_of_executions_is_several():
    cost = job([(turned(), None, 25_000_000)])
    assert cost.jobs == 3
    assert cost.contributions.job_overhead_s == pytest.approx(3 * IBM_2025.job_overhead_s)
    assert any("3 jobs" in line for line in cost.assumptions)


def test_a_price_of_seconds_has_the_band_of_the_time_and_one_of_tasks_and_shots_has_none():
    cost = job([(turned(), None, 1000)], price="second=2")
    assert cost.money.cost_usd == pytest.approx(2 * cost.qpu_s)
    assert cost.money.cost_low_usd == pytest.approx(2 * cost.qpu_low_s)
    assert cost.money.cost_high_usd == pytest.approx(2 * cost.qpu_high_s)
    # 5 sets of values in two bases are 10 tasks of 100 shots
    pub = (trained(), [["ZZ"], ["XX"]], np.zeros((5, 2)))
    tasks = job([pub], shots=100, price="task=0.3,shot=0.01").money
    assert tasks.cost_usd == tasks.cost_low_usd == tasks.cost_high_usd == pytest.approx(3 + 10)


def test_circuits_that_learn_readout_errors_are_paid_too():
    options = {"resilience_level": 1, "twirling": {"num_randomizations": 4}}
    cost = job([(trained(), "ZZ", [0, 0])], shots=400, options=options, price="task=1")
    assert cost.money.cost_usd == pytest.approx(4 + 4)


def test_a_job_without_a_price_says_how_to_give_one():
    cost = job([turned()])
    assert cost.price is None
    assert cost.money is None
    assert any(line.startswith("no price is known: price=PLAN") for line in cost.assumptions)
    ibm = hybhanas.estimate([turned()], "ibm_fez")
    assert ibm.money.cost_usd == pytest.approx(1.6 * ibm.billed_s)


def test_shots_and_delay_of_runtimes_options_hold():
    assert job([turned()], options={"default_shots": 70}).executions == 70
    assert job([turned()], options={"default_shots": 70}, shots=9).executions == 9
    assert job([(trained(), "ZZ", [0, 0])], options={"default_precision": 0.1}).executions == 100
    slow = job([turned()], options={"execution": {"rep_delay": 1e-3}}, shots=100)
    assert slow.contributions.repetition_delay_s == pytest.approx(0.1)
    assert slow.provenance.rep_delay_s == 1e-3
    assert slow.options_s == pytest.approx(0)


def test_what_survives_has_the_band_of_a_report():
    (pub,) = hybhanas.estimate([trained()], "ibm_fez", observables=["ZZ"]).pubs
    alone = hybhanas.estimate(trained(), "ibm_fez", observables=["ZZ"]).noise
    assert pub.p_survival_low == pytest.approx(alone.p_survival_low)
    assert pub.p_survival_low < pub.p_survival < pub.p_survival_high


def test_a_session_is_a_lower_bound_and_a_batch_is_not():
    bounds = {
        mode: hybhanas.estimate([turned()], LINE, CostModel(mode=mode)).is_lower_bound
        for mode in ("job", "batch", "session")
    }
    assert bounds == {"job": False, "batch": False, "session": True}


def test_where_a_figure_comes_from_is_said():
    origin = job([turned()]).provenance
    assert origin.backend == LINE.name
    assert origin.calibration_hash == LINE.hash
    assert origin.generation == "ibm_2025, assumed"  # of a machine that is not IBM's
    assert origin.hybhanas == hybhanas.__version__


def test_an_estimator_without_options_is_told_runtimes_own_whatever_its_delay():
    for options in (None, {"rep_delay_s": 1e-3}):
        said = job([(turned(False), "Z")], options=options).assumptions
        assert "a Runtime Estimator has resilience_level=1 unless it is set, here it is 0" in said


def test_the_limit_of_shots_is_that_of_all_circuits_of_a_pub():
    most = 10**12
    assert job([turned()], shots=most).executions == most
    for pubs, options in (
        ([(trained(), "ZZ", np.zeros((2, 2)))], None),
        (
            [turned()],
            {"twirling_gates": True, "num_randomizations": 2, "shots_per_randomization": most},
        ),
    ):
        with pytest.raises(ConfigError, match=r"^pubs\[0\]: configurations x random circuits x sh"):
            job(pubs, shots=most, options=options)


def test_it_is_plain_json():
    cost = job([(trained(), ["ZZ", "XX"], np.zeros((2, 2)))], options={"resilience_level": 2})
    assert json.loads(json.dumps(cost.to_dict(), allow_nan=False)) == cost.to_dict()


@pytest.mark.parametrize(
    ("pubs", "message"),
    [
        ([], "pubs=none is not accepted"),
        ([(trained(), "ZZ")], r"^pubs\[0\] is not accepted: .*parameters"),
        ([(trained(), "ZZZ", [0, 0])], r"^pubs\[0\] is not accepted: .*qubits"),
        ([turned(), 3], r"^pubs\[1\]=int is not accepted: a circuit, a tuple"),
        ([(turned(), None, -1)], r"^pubs\[0\] is not accepted: .*shots"),
        ([turned(), (trained(), "ZZ", [0, 0])], "pubs=estimator, sampler is not accepted"),
    ],
)
def test_what_is_no_pub_is_refused_in_a_line(pubs, message):
    with pytest.raises(ConfigError, match=message) as caught:
        job(pubs)
    assert "\n" not in str(caught.value)


def test_a_circuit_that_does_not_fit_is_named_by_its_place():
    with pytest.raises(CandidateError, match=r"^pubs\[1\]: 5 qubits are more than the 4 usable"):
        wide = QuantumCircuit(5)
        wide.h(range(5))
        job([turned(), wide])


def test_jobs_together_are_a_batch_or_a_session():
    one = job([turned()], shots=1000)
    batch = hybhanas.JobCost.together([one, one], "batch")
    session = hybhanas.JobCost.together([one, one], "session", between_s=2.5)
    assert batch.executions == session.executions == 2000
    assert batch.jobs == 2
    assert batch.qpu_s == batch.billed_s == pytest.approx(2 * one.qpu_s)
    assert session.billed_s - session.qpu_s == pytest.approx(2.5)
    assert batch.money is session.money is None
    paid = [hybhanas.JobCost.together([job([turned()], price="second=2")] * 2, *mode).money
            for mode in (("batch",), ("session", 2.5))]  # fmt: skip
    assert paid[1].cost_usd - paid[0].cost_usd == pytest.approx(5)
    assert paid[1].cost_high_usd - paid[0].cost_high_usd == pytest.approx(5)
    assert (batch.is_lower_bound, session.is_lower_bound) == (False, True)
    elsewhere = hybhanas.estimate([turned()], "ibm_fez")
    with pytest.raises(ConfigError, match="jobs on ibm_fez, synthetic are not accepted: one mach"):
        hybhanas.JobCost.together([one, elsewhere], "batch")
    for others in (["second=1"], ["second=1", "second=2"], ["task=1", None]):
        jobs = [one, *(job([turned()], price=price) for price in others)]
        for order in (jobs, jobs[::-1]):
            with pytest.raises(ConfigError, match="^jobs paid by .* are not accepted: one price$"):
                hybhanas.JobCost.together(order, "batch")
    for between_s in (-1.0, float("inf"), float("nan"), "long"):
        with pytest.raises(ConfigError, match="between_s=.* is not accepted: seconds, at least 0"):
            hybhanas.JobCost.together([one], "session", between_s)
    with pytest.raises(ConfigError, match="mode=job is unknown"):
        hybhanas.JobCost.together([one], "job")
