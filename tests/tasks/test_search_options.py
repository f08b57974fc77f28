"""task=search with every option, and with objectives of every kind."""

from __future__ import annotations

import json
import math
from operator import le

import pytest

from hybhanas.errors import ConfigError
from hybhanas.presets import CONF
from hybhanas.tasks.finished import read_run
from hybhanas.tasks.search import search
from tests.helpers import QUIET, ROOT, TINY

PENGUINS = ROOT / "tests" / "data" / "files" / "penguins.csv"

OF_FILES = ("parquet", "npz", "idx", "mnist", "fashion_mnist", "kmnist", "emnist", "mnist1d")
"""Data sets that need files or a package that may not be there; those of tests/data write some."""

OPTIONS = [
    f"{group.name}={option.stem}"
    for group in sorted(CONF.iterdir())
    if group.is_dir()
    and group.name not in ("experiment", "task", "calibration", "logger", "executor")
    for option in sorted(group.glob("*.yaml"))
    if option.stem not in OF_FILES
]

USUAL = ("backend=google_willow", "dataset=wine", "search=halving", "simulator=torchquantum")
"""Options of the fast tests; all others are slow."""


@pytest.mark.parametrize(
    "option",
    [pytest.param(o, marks=[] if o in USUAL else pytest.mark.slow) for o in OPTIONS],
)
def test_every_option_of_every_group_runs_a_small_search(option, tmp_path, composed):
    overrides = [*TINY, QUIET, option]
    if option == "backend=snapshot":
        overrides.append("backend.snapshot=perth")
    if option == "dataset=csv":
        overrides += [f"dataset.path={PENGUINS}", "dataset.target=species", "dataset.missing=drop"]
    if option.startswith("search_space"):
        overrides.append("search.population=3")
    if option == "search=exhaustive":
        overrides.append("search.population=64")
    if option == "search=halving":
        overrides += ["search.rungs=[1]", "trainer.epochs=2"]
    search(composed(*overrides), tmp_path / "run")
    front = json.loads((tmp_path / "run" / "pareto.json").read_text())
    assert len(front) >= 1


def test_a_space_wider_than_the_machine_is_refused_before_anything_is_written(tmp_path, composed):
    overrides = ("experiment=smoke", "backend=snapshot", "backend.snapshot=lima")
    with pytest.raises(ConfigError, match=r"search_space.qubits=\[2, 6\].*lima has 5 usable"):
        search(composed(*overrides, "search_space.qubits=[2,6]"), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_each_form_of_p_gives_the_same_circuits_shots_and_time_of_its_own(tmp_path, composed):
    costs = {}
    for faults in ("whole_circuit", "observable"):
        overrides = (*TINY, QUIET, "cost_model=hyb_hanas", f"cost_model.faults={faults}")
        search(composed(*overrides), tmp_path / faults)
        found = read_run(str(tmp_path / faults)).evaluations
        costs[faults] = {e.architecture: e.cost for e in found if e.cost is not None}
    whole, observable = costs["whole_circuit"], costs["observable"]
    shared = whole.keys() & observable.keys()
    assert len(shared) >= 2  # at least the first generation
    for architecture in shared:
        both = whole[architecture], observable[architecture]
        for cost in both:
            shots, p = cost.executions.shots, cost.noise.p_survival
            shots_effective = shots / p**cost.provenance.sampling_exponent
            assert cost.executions.shots_effective == pytest.approx(shots_effective)
        assert both[0].circuit == both[1].circuit
        assert both[0].noise.p_survival != both[1].noise.p_survival
        times = [cost.time.quantum_training_s / cost.executions.shots_effective for cost in both]
        assert times[0] == pytest.approx(times[1])


def test_breakdown_terms_can_be_objectives(tmp_path, composed):
    overrides = [
        *TINY, QUIET, "search.objectives=[error,circuit_s,two_qubit_gates,simulation_flops]",
        "+search.reference_point.circuit_s=1e-3", "+search.reference_point.two_qubit_gates=100",
        "+search.reference_point.simulation_flops=1e6",
    ]  # fmt: skip
    members = search(composed(*overrides), tmp_path / "run")
    names = ("error", "circuit_s", "two_qubit_gates", "simulation_flops")
    points = [tuple(m.evaluation.values[name] for name in names) for m in members]
    assert points == sorted(points)
    for one in points:
        assert not any(other != one and all(map(le, other, one)) for other in points)


def test_energy_and_latency_can_be_objectives_as_they_are(tmp_path, composed):
    overrides = [*TINY, QUIET, "search.objectives=[error,log10_energy_j,log10_latency_s]"]
    members = search(composed(*overrides), tmp_path / "run")
    costs = [member.evaluation.cost for member in members]
    # what a machine of 25 kW takes for its time, and the device for its own
    for cost in costs:
        joules = 25e3 * cost.time.quantum_training_s + 400 * cost.time.classical_training_s
        assert cost.energy.total_j == pytest.approx(joules)


def test_times_beyond_the_range_of_a_double_are_searched_shown_and_resumed(tmp_path, composed):
    overrides = (
        *TINY, QUIET, "search_space.qubits=[11]", "search_space.encoding=[amplitude]",
        "search_space.depth=[1,2]", "cost_model.sampling_exponent=2",
        "cost_model.optimization_level=0", "cost_model.faults=whole_circuit", "cost_model.idle=t2",
        "search.objectives=[error,total_s,parameters]", "+search.reference_point.total_s=1e300",
    )  # fmt: skip
    for _ in range(2):
        members = search(composed(*overrides), tmp_path / "run")
    costs = [member.evaluation.cost for member in members]
    assert all(math.isinf(cost.time.total_s) and cost.time.log10_total_s > 308 for cost in costs)
