"""task=contribution, for real but small."""

from __future__ import annotations

import json
import math
import shutil

import pytest

from hybhanas.architecture import Architecture
from hybhanas.circuit import lay_out
from hybhanas.errors import ConfigError
from hybhanas.evidence.verdict import Contribution, Rival
from hybhanas.reporting.contribution_table import contribution_table
from hybhanas.tasks.contribution import contribution


def test_a_member_is_compared_with_its_variants_and_baselines(smoke, tmp_path, composed, capsys):
    run = shutil.copytree(smoke, tmp_path / "run")  # other tests count the files of the original
    config = composed("task=contribution", f"run={run}", "member=best", "seeds=2")
    (found,) = contribution(config, tmp_path / "own")
    names = [rival.name for rival in found.rivals if rival.name != "unentangled"]
    assert names == [
        "classical twin", "frozen circuit", "logistic regression", "SVM", "MLP"
    ]  # fmt: skip
    assert all(len(rival.accuracies) == 2 for rival in found.rivals)
    frozen = next(rival for rival in found.rivals if rival.name == "frozen circuit")
    assert frozen.parameters == found.parameters - lay_out(found.architecture).weights
    written = json.loads((run / "evidence" / f"{found.architecture.hash}.json").read_text())
    assert written["verdict"] == found.verdict
    assert found.verdict in capsys.readouterr().out
    assert contribution(config, tmp_path / "own") == [found]


def test_one_seed_is_refused(smoke, tmp_path, composed):
    with pytest.raises(ConfigError, match="seeds=1 is not accepted: at least 2"):
        contribution(composed("task=contribution", f"run={smoke}", "seeds=1"), tmp_path)


def rival(name: str, mean: float, difference: float, p_value: float | None) -> Rival:
    return Rival(name, 10, (mean, mean), difference, 1.0, p_value)


@pytest.mark.parametrize(
    ("rivals", "start", "part"),
    [
        ([rival("classical twin", 0.8, 0.1, 0.01), rival("frozen circuit", 0.7, 0.2, 0.01),
          rival("SVM", 0.9, 0.0, 1.0)], "The quantum part earns its seconds",
         "significantly better than classical twin (80.0 %), frozen circuit (70.0 %); "
         "not distinguishable from SVM (90.0 %)."),
        ([rival("classical twin", 0.8, 0.1, 0.2), rival("SVM", 0.95, -0.05, 0.01)],
         "The quantum part does not earn its seconds",
         "not distinguishable from classical twin (80.0 %); significantly worse than SVM"),
        ([rival("classical twin", 0.8, 0.1, 0.01), rival("SVM", 0.85, 0.05, None)],
         "The quantum part earns its seconds",
         "untested, since the difference is the same with every seed, against SVM (85.0 %)."),
        ([rival("classical twin", 0.8, 0.1, 0.01), rival("SVM", 0.95, -0.05, None)],
         "The quantum part does not earn its seconds", "with every seed, against SVM (95.0 %)."),
        ([rival("classical twin", 0.8, 0.1, None)],
         "The quantum part does not earn its seconds", "against classical twin (80.0 %)."),
        ([rival("classical twin", 0.8, 0.1, 0.01), rival("SVM", 0.9, 0.0, None)],
         "The quantum part earns its seconds", "not distinguishable from SVM (90.0 %)."),
    ],
)  # fmt: skip
def test_a_circuit_earns_its_seconds_where_no_variant_does_as_well_and_no_baseline_better(
    rivals, start, part
):
    found = Contribution(Architecture(qubits=2), 20, 6, (0.9, 0.9), tuple(rivals))
    assert found.verdict.startswith(f"{start} here: 90.0 % of the test split over 2 seeds")
    assert part in found.verdict


def test_a_comparison_without_a_p_value_has_a_dash_in_the_table():
    """The twin has 0.8 with both seeds, the network 0.9."""
    twin = Rival("classical twin", 10, (0.8, 0.8), 0.1, None, None)
    found = Contribution(Architecture(qubits=2), 20, 6, (0.9, 0.9), (twin,))
    cells = [[*column.cells][1] for column in contribution_table(found).columns]
    assert cells == ["classical twin", "10", "80.0", "+10.0", "-", "-"]
    assert found.to_dict()["rivals"][0]["p_value"] is None


def test_trainings_that_diverged_are_counted_beside_the_mean_of_the_others():
    twin = Rival("classical twin", 10, (0.8, math.nan, 0.7), 0.1, 1.0, 0.5)
    found = Contribution(Architecture(qubits=2), 20, 6, (0.9, 0.9, math.nan), (twin,))
    assert [*contribution_table(found).columns[2].cells] == [
        "90.0, 1 diverged", "75.0 +- 7.1, 1 diverged",
    ]  # fmt: skip
    assert "90.0 % of the test split over 2 seeds (1 more diverged), not dist" in found.verdict
