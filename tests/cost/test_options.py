"""Options of the primitives: counted as Runtime's own client counts them, and what they cost."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit_ibm_runtime.executor_estimator.prepare import prepare
from qiskit_ibm_runtime.executor_sampler.prepare import prepare as prepare_sampler
from qiskit_ibm_runtime.options_models.estimator import EstimatorOptions
from qiskit_ibm_runtime.options_models.sampler import SamplerOptions

import hybhanas
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.folding import decoupled, folded
from hybhanas.cost.model import CostModel, Device, Workload
from hybhanas.cost.options import RuntimeOptions
from hybhanas.cost.physical import Instruction, PhysicalCircuit
from hybhanas.cost.runtime_names import options_from
from hybhanas.cost.schedule import schedule
from hybhanas.errors import ConfigError
from tests.helpers.synthetic import make_calibration

# sx 50 ns, error 0.001; cz 100 ns, 0.01; readout 1 us, 0.02; T1 100 us, T2 80 us; delay 250 us
LINE = make_calibration(3, ((0, 1), (1, 2)))
DEVICE = Device(name="slow", peak_flops_per_s=1e9, power_w=200.0)
ONCE = Workload(samples=1, epochs=1, batch_size=1)
MODEL = CostModel(optimization_level=1)


def ansatz() -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    circuit.rx(Parameter("a"), 0)
    circuit.cz(0, 1)
    circuit.rx(Parameter("b"), 1)
    circuit.cz(0, 1)
    return circuit


def estimator_pubs() -> list[EstimatorPub]:
    values = np.linspace(0, 1, 6).reshape(3, 2)
    return [
        EstimatorPub.coerce((ansatz(), [["ZZ"], ["XX"], [{"IZ": 1.0, "XY": 0.5}]], values, 0.03)),
        EstimatorPub.coerce((ansatz(), ["ZI", "XX", "YY"], values, 0.03)),  # each with its values
        EstimatorPub.coerce((ansatz(), "ZZ", [0.1, 0.2], 0.03)),
    ]


ESTIMATORS = [
    {"resilience_level": 0},
    {"resilience_level": 1},
    {"resilience_level": 2},
    {"resilience_level": 0, "twirling": {"enable_gates": True}},
    {"resilience_level": 0, "twirling": {"enable_gates": True, "num_randomizations": 7}},
    {"resilience_level": 1, "twirling": {"shots_per_randomization": 100}},
    {"resilience_level": 2, "resilience": {"zne": {"noise_factors": (1, 1.5, 2, 3)}}},
    {"resilience_level": 2, "resilience": {"measure_mitigation": False}},
    {"twirling": {"num_randomizations": 5, "shots_per_randomization": 10}, "resilience_level": 1},
]


@pytest.mark.parametrize("options", ESTIMATORS, ids=str)
def test_an_estimators_executions_are_those_that_runtime_itself_prepares(options):
    theirs = EstimatorOptions(**options)
    program, _ = prepare(estimator_pubs(), theirs)
    executions = program.shots * sum(math.prod(item.shape) for item in program.items)
    ours = hybhanas.estimate(estimator_pubs(), LINE, MODEL, options=theirs)
    assert ours.executions == executions
    assert ours == hybhanas.estimate(estimator_pubs(), LINE, MODEL, options=options)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"twirling": {"enable_gates": True}},
        {"twirling": {"enable_measure": True, "num_randomizations": 3}},
    ],
    ids=str,
)
def test_a_samplers_executions_are_those_that_runtime_itself_prepares(options):
    circuit = ansatz()
    circuit.measure_all()
    pubs = [(circuit, np.zeros((4, 5, 2)), 1000), (circuit, [0.1, 0.2], 1000)]
    theirs = SamplerOptions(**options)
    program, _ = prepare_sampler(pubs, theirs)
    executions = program.shots * sum(math.prod(item.shape) for item in program.items)
    assert hybhanas.estimate(pubs, LINE, MODEL, options=theirs).executions == executions


def test_runtimes_levels_turn_on_what_its_documents_say():
    words = [RuntimeOptions(resilience_level=level).words() for level in (0, 1, 2)]
    assert words == [
        "none",
        "measurement twirling, TREX",
        "gate twirling, measurement twirling, TREX, ZNE 1, 3, 5",
    ]


def test_what_is_set_holds_against_the_level():
    options = RuntimeOptions(resilience_level=2, zne_mitigation=False, measure_mitigation=False)
    assert options.words() == "gate twirling, measurement twirling"


def test_folding_repeats_two_qubit_gates_and_nothing_else():
    steps = (
        Instruction("sx", (0,)), Instruction("cz", (0, 1)), Instruction("cz", (1, 2)),
        Instruction("measure", (0,)),
    )  # fmt: skip
    circuit = PhysicalCircuit(steps, (3,))
    counts = {factor: folded(circuit, factor).counts["cz"] for factor in (1, 2, 3, 5)}
    assert counts == {1: 2, 2: 4, 3: 6, 5: 10}
    assert folded(circuit, 3).measured == {0: 0}
    times_s = [schedule(folded(circuit, factor), LINE).duration_s for factor in (1, 3)]
    assert times_s[1] - times_s[0] == pytest.approx(2 * 100e-9)  # of qubit 0: sx, cz, readout


def test_decoupling_adds_pulses_where_a_qubit_waits_and_takes_no_time():
    steps = (
        Instruction("sx", (0,)), Instruction("cz", (0, 1)), Instruction("cz", (1, 2)),
        Instruction("cz", (1, 2)), Instruction("cz", (1, 2)), Instruction("cz", (0, 1)),
        Instruction("measure", (0,)),
    )  # fmt: skip
    circuit = PhysicalCircuit(steps, (6,))
    x = {"x": LINE.gates["sx"]}
    machine = replace(LINE, gates={**LINE.gates, **x})
    timed = schedule(circuit, machine)
    pulsed, then = decoupled(circuit, timed, machine, "XX")
    assert pulsed.counts["x"] == 2  # qubit 0 waits 300 ns for three cz
    assert then.duration_s == timed.duration_s == schedule(pulsed, machine).duration_s
    assert sum(window.seconds for window in timed.idle) == pytest.approx(300e-9)
    assert sum(window.seconds for window in then.idle) == pytest.approx(200e-9)
    (window,) = then.idle
    assert pulsed.instructions[window.before] == Instruction("cz", (0, 1))
    assert pulsed.measured == {0: 0}


def test_a_training_runs_every_circuit_with_the_options_and_says_what_they_add():
    def cost(options: RuntimeOptions):
        model = CostModel(options=options, optimization_level=1, shots=1024)
        circuit = ansatz()
        return CostEstimator(LINE, model, DEVICE, Workload(samples=4, epochs=2, batch_size=4), 1e4
                             ).estimate(circuit)  # fmt: skip

    plain, twirled = cost(RuntimeOptions()), cost(RuntimeOptions(twirling_gates=True))
    assert plain.parts.options_s == 0
    assert plain.executions.circuits == twirled.executions.circuits
    assert twirled.executions.total_executions > plain.executions.total_executions  # rounded up
    assert twirled.time.qpu_s - plain.time.qpu_s == pytest.approx(twirled.parts.options_s)
    parts = twirled.parts
    assert twirled.time.total_s == pytest.approx(
        sum(getattr(parts, name) for name in parts.__dataclass_fields__)
    )
    extrapolated = cost(RuntimeOptions(resilience_level=2))
    ratio = extrapolated.executions.total_executions / twirled.executions.total_executions
    assert 3 < ratio < 3.2  # three noise factors, and a job's circuits for the readout
    assert extrapolated.provenance.options.endswith("ZNE 1, 3, 5")


def test_shots_beyond_a_double_are_split_as_well():
    loads, each = RuntimeOptions(twirling_gates=True).randomized(1e4)
    assert loads + each == pytest.approx(1e4)
    loads, each = RuntimeOptions(twirling_gates=True, shots_per_randomization=64).randomized(1e4)
    assert each == pytest.approx(math.log(64))
    assert loads + each == pytest.approx(1e4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"resilience": {"pec_mitigation": True}}, "options.resilience.pec_mitigation=True is not"),
        ({"resilience": {"zne": {"amplifier": "pea"}}}, "zne.amplifier=pea is not accepted"),
        ({"resilence_level": 1}, r"options=resilence_level is unknown .did you mean resilience_le"),
        (7, "options=int is not accepted: RuntimeOptions"),
        ({"noise_factors": [1.0]}, "at least two"),
        ({"num_randomizations": 0}, "options.num_randomizations=0 is not accepted: at least 1"),
        ({"num_randomizations": 1.5}, "num_randomizations=1.5 is not accepted: a whole number"),
        ({"shots_per_randomization": 10**15}, "at least 1, at most 1,000,000,000,000"),
        ({"noise_factors": 3}, "options.noise_factors=3 is not accepted: at least two numbers"),
        ({"noise_factors": [1, "a"]}, "options.noise_factors=a is not accepted: at least two"),
        ({"noise_factors": [1, 1e300]}, "each at least 1, at most 100"),
        ({"twirling_gates": "yes"}, "options.twirling_gates=yes is not accepted: true or false"),
        ({"resilience_level": True}, "options.resilience_level=True is unknown"),
        ({"execution": {"rep_delay": "long"}}, "options.rep_delay_s=long is not accepted: seconds"),
        ({"rep_delay_s": "1e-3"}, "options.rep_delay_s=1e-3 is not accepted: seconds, at least 0"),
        ({"rep_delay_s": True}, "options.rep_delay_s=True is not accepted: seconds, at least 0"),
        ({"rep_delay_s": 1e308}, "seconds, at least 0 and below 1e9"),
    ],
)
def test_options_that_cannot_be_counted_are_refused_in_a_line(options, message):
    with pytest.raises(ConfigError, match=message):
        options_from(options)
