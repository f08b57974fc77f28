"""Published machines: every shipped one costs a network, every wrong figure is told."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from qiskit.transpiler import generate_preset_pass_manager

from hybhanas.architecture import Architecture
from hybhanas.calibration import Calibration, GateProperties, Qubit
from hybhanas.calibration.calibration import fully_connected
from hybhanas.calibration.published import PublishedCalibration, PublishedFigures, PublishedGate
from hybhanas.circuit import lay_out
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.model import Workload
from hybhanas.cost.physical import from_qiskit
from hybhanas.cost.schedule import schedule
from hybhanas.cost.target import build_target
from hybhanas.errors import ConfigError
from hybhanas.qiskit_view import to_qiskit
from hybhanas.tasks.setup import build
from tests.helpers import ROOT

MACHINES = {  # qubits, coupled pairs
    "ionq_forte": (36, 36 * 35 // 2),
    "google_willow": (105, 182),
}
HQNN = to_qiskit(
    lay_out(
        Architecture(qubits=4, depth=2, entangler="crx", entanglement="ring", rotations="rz_ry_rz")
    )
)
PAIR = PublishedFigures(
    qubits=2,
    topology="all_to_all",
    t1_s=100.0,
    t2_s=1.0,
    readout_error=0.005,
    readout_s=150e-6,
    one_qubit_gates={"rz": PublishedGate(0.0, 0.0), "sx": PublishedGate(100e-6, 0.001)},
    two_qubit_gates={"rzz": PublishedGate(900e-6, 0.01)},
    rep_delay_s=1e-3,
    max_circuits_per_job=1,
    date="2026-04-20",
    source="by hand",
)


def test_two_ions_are_what_their_figures_say():
    pair = Calibration.load(PublishedCalibration(name="pair", machine=PAIR))
    assert pair.name == "pair"
    assert pair.source == "published: by hand"
    assert pair.date == datetime(2026, 4, 20, tzinfo=UTC)
    assert pair.qubits == dict.fromkeys((0, 1), Qubit(100.0, 1.0, 0.005, 150e-6))
    assert pair.gates["sx"] == dict.fromkeys([(0,), (1,)], GateProperties(100e-6, 0.001))
    assert pair.gates["rzz"] == dict.fromkeys([(0, 1), (1, 0)], GateProperties(900e-6, 0.01))
    assert (pair.rep_delay_s, pair.max_circuits_per_job, pair.repairs) == (1e-3, 1, ())


def test_a_grid_is_read_as_a_page_and_couples_neighbours():
    square = replace(PAIR, qubits=5, topology="grid", grid=["oo.", ".oo", "o.."])
    coupled = Calibration.load(PublishedCalibration(name="square", machine=square)).gates["rzz"]
    assert {pair for pair in coupled if pair[0] < pair[1]} == {(0, 1), (1, 2), (2, 3)}
    assert len(coupled) == 6


def test_edges_couple_what_they_name_both_ways():
    line = replace(PAIR, qubits=3, topology="edges", edges=[[0, 1], [2, 1]])
    assert set(Calibration.load(PublishedCalibration(name="line", machine=line)).gates["rzz"]) == {
        (0, 1),
        (1, 0),
        (1, 2),
        (2, 1),
    }


MISTAKES = {
    "qubits=0 is not accepted: at least 1": {"qubits": 0},
    "max_circuits_per_job=0 is not accepted": {"max_circuits_per_job": 0},
    "topology=ring is unknown; accepted: all_to_all, grid, edges": {"topology": "ring"},
    "grid=3 qubits is not accepted: as many as": {"topology": "grid", "grid": ["ooo"]},
    "grid=x is not accepted: rows of o": {"topology": "grid", "grid": ["oxo"]},
    "edges=[0, 2] is not accepted: pairs": {"topology": "edges", "edges": [[0, 2]]},
    "edges=[1, 1] is not accepted: pairs": {"topology": "edges", "edges": [[1, 1]]},
    "edges=[0, 1, 1] is not accepted: pairs": {"topology": "edges", "edges": [[0, 1, 1]]},
    "edges=[-1, 0] is not accepted: pairs": {"topology": "edges", "edges": [[-1, 0]]},
    "two_qubit_gates=['rzz'] is not accepted: none": {"topology": "edges", "edges": []},
    "date=April is not accepted: a day as": {"date": "April"},
    "one_qubit_gates=rzz is unknown": {"one_qubit_gates": {"rzz": PublishedGate(1e-6, 0.1)}},
    "two_qubit_gates=zz is unknown": {"two_qubit_gates": {"zz": PublishedGate(1e-6, 0.1)}},
}


@pytest.mark.parametrize("message", MISTAKES)
def test_figures_of_no_machine_are_one_line_that_names_the_setting(message):
    with pytest.raises(ConfigError) as error:
        PublishedCalibration(name="pair", machine=replace(PAIR, **MISTAKES[message])).read()
    assert str(error.value).startswith(f"backend.published.{message}")


IMPOSSIBLE = {
    "T1 = 0: excluded 2 qubits": {"t1_s": 0.0},
    "T1 = nan: excluded 2 qubits": {"t1_s": math.nan},
    "T2 < 0: excluded 2 qubits": {"t2_s": -1.0},
    "readout error >= 0.5: excluded 2 qubits": {"readout_error": 1.0},
    "names no readout length": {"readout_s": 0.0},
    "names no repetition delay": {"rep_delay_s": -1.0},
    "sx duration = 0: excluded 2 qubits": {"one_qubit_gates": {"sx": PublishedGate(0.0, 0.001)}},
    "sx error >= 1: excluded 2 qubits": {"one_qubit_gates": {"sx": PublishedGate(1e-6, 1.0)}},
    "rzz error < 0: excluded 2 gates": {"two_qubit_gates": {"rzz": PublishedGate(1e-6, -0.1)}},
    "rzz duration = inf: excluded 2 gates": {
        "two_qubit_gates": {"rzz": PublishedGate(math.inf, 0.1)}
    },
}


@pytest.mark.parametrize("problem", IMPOSSIBLE)
@pytest.mark.parametrize("policy", ["exclude", "median", "fail"])
def test_an_impossible_figure_is_that_of_every_qubit_and_an_error(problem, policy):
    with pytest.raises(ConfigError, match=problem):
        Calibration.load(
            PublishedCalibration(
                name="pair", machine=replace(PAIR, **IMPOSSIBLE[problem]), policy=policy
            )
        )


def test_t2_above_twice_t1_is_clipped_and_counted():
    pair = Calibration.load(PublishedCalibration(name="pair", machine=replace(PAIR, t1_s=0.4)))
    assert pair.qubits[0].t2_s == 0.8
    assert str(pair.repairs[0]) == "T2 > 2 T1: clipped to 2 T1 on 2 qubits (0, 1)"


def test_durations_of_transmons_sixteen_times_too_long_are_told():
    slow = {"sx": PublishedGate(16 * 25e-9, 0.001)}
    pair = Calibration.load(
        PublishedCalibration(
            name="pair", machine=replace(PAIR, t1_s=70e-6, t2_s=89e-6, one_qubit_gates=slow)
        )
    )
    assert str(pair.repairs[0]) == "one-qubit gates take 400 ns: kept, as in the source"


def test_a_backend_without_figures_names_what_it_accepts():
    with pytest.raises(ConfigError, match="backend ibm_fez has no published figures; accepted: "):
        PublishedCalibration(name="ibm_fez", machine=None).read()


@pytest.mark.parametrize("machine", MACHINES)
def test_a_shipped_machine_loads_without_naming_calibration_or_needing_a_repair(machine, composed):
    calibration = Calibration.load(build("calibration", composed(f"backend={machine}").calibration))
    qubits, pairs = MACHINES[machine]
    assert calibration.name == machine
    assert len(calibration.qubits) == qubits
    [two_qubit_gate] = calibration.two_qubit_gates
    assert len(calibration.gates[two_qubit_gate]) == 2 * pairs
    assert calibration.repairs == ()
    assert calibration.gates["rz"][0,] == GateProperties(0.0, 0.0)


def test_what_the_command_line_names_wins_over_the_backends_own_choice(composed, tmp_path):
    overrides = ("backend=ionq_forte", "calibration=file", f"calibration.path={tmp_path}/x.json")
    assert composed(*overrides).calibration._target_ == "hybhanas.calibration.file.CalibrationFile"
    assert (
        composed("backend=ionq_forte", "calibration.policy=median").calibration.policy == "median"
    )


@pytest.mark.parametrize("level", [0, 1, 2, 3])
@pytest.mark.parametrize("machine", MACHINES)
def test_a_network_is_transpiled_to_native_gates_at_every_level(machine, level, composed):
    calibration = Calibration.load(build("calibration", composed(f"backend={machine}").calibration))
    for place in (calibration, fully_connected(calibration, 4)):
        target, qubits = build_target(place)
        passes = generate_preset_pass_manager(level, target=target, seed_transpiler=1)
        physical = from_qiskit(passes.run(HQNN), qubits)
        assert physical.counts.keys() <= {*calibration.gates, "measure"}
        assert physical.counts["measure"] == 4
        assert physical.two_qubit_gates >= 8
        assert schedule(physical, place).duration_s > 0


@pytest.mark.parametrize("machine", MACHINES)
def test_a_network_has_a_cost_that_ions_pay_in_time_and_grids_in_routing(machine, composed):
    config = composed(f"backend={machine}")
    workload = Workload(samples=100, epochs=1, batch_size=10)
    calibration = Calibration.load(build("calibration", config.calibration))
    model, device = build("cost_model", config.cost_model), build("device", config.device)
    report = CostEstimator(
        calibration, model, device, workload, machine_power_w=config.backend.power_w
    ).estimate(HQNN)
    assert report.provenance.calibration == machine
    assert 0 < report.noise.p_survival < 1
    if machine == "ionq_forte":
        assert report.circuit.added_two_qubit_gates == report.circuit.routing_s == 0
        assert 5 * 970e-6 < report.circuit.time_s < 20e-3
    else:
        assert 1e-6 < report.circuit.time_s < 10e-6


def test_every_figure_of_a_backend_names_its_source():
    for path in (ROOT / "conf" / "backend").glob("*.yaml"):
        text = path.read_text()
        for line in text.partition("published:\n")[2].splitlines():
            key, _, rest = line.strip().partition(":")
            if key in PublishedFigures.__dataclass_fields__ and rest.strip() and key != "source":
                assert "#" in line, f"{path.name}: no source for {key}"
