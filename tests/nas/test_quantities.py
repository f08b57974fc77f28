"""Quantities: every one is read from an evaluation, and objectives go in its direction."""

from __future__ import annotations

import csv
import doctest

import pytest

from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError
from hybhanas.nas import quantities
from hybhanas.nas.constraints import Constraints
from hybhanas.nas.evaluation import EVALUATED, Evaluation
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.quantities import PROXIES, QUANTITIES, Quantity, register
from hybhanas.nas.run_folder import RunFolder
from hybhanas.reporting.tables import write_evaluations
from tests.helpers.synthetic import make_report


def evaluation(key: str = "a", accuracy: float = 0.9, p_survival: float = 0.5) -> Evaluation:
    return Evaluation(
        key=key, architecture=Architecture(qubits=2, depth=4), status=EVALUATED, seed=0,
        seconds=0.0, validation_accuracy=accuracy, parameters=7,
        proxies=dict.fromkeys(PROXIES, 3), cost=make_report(p_survival=p_survival),
    )  # fmt: skip


@pytest.fixture
def _own(monkeypatch):
    """Forgets what a test registers."""
    monkeypatch.setattr(quantities, "_known", dict(quantities._known))


def test_every_quantity_has_a_value_a_label_and_the_unit_of_its_name():
    values = evaluation().values
    for name, quantity in QUANTITIES.items():
        assert isinstance(values[name], int | float)
        assert quantity.label
        ends = name.rpartition("_")[2] if not name.startswith("log10") else ""
        assert quantity.unit == {"s": "s", "j": "J", "usd": "USD"}.get(ends, "")


def test_of_two_networks_with_equal_error_the_front_is_the_one_that_survives_noise():
    objectives = Objectives(("error", "p_survival"), {}, {})
    good, bad = evaluation("good", p_survival=0.99), evaluation("bad", p_survival=0.01)
    assert objectives.front([bad, good]) == [good]
    # (1 - 0.1) of the error's side, and P from its worst, 0, to its best, 1
    assert objectives.hypervolume([good]) == pytest.approx(0.9 * 0.99)
    assert objectives.hypervolume([bad]) == pytest.approx(0.9 * 0.01)


def test_a_reference_point_on_the_wrong_side_of_the_ideal_is_named():
    with pytest.raises(ConfigError, match=r"reference_point.p_survival=1.0 .*: below the ideal, 1"):
        Objectives(("error", "p_survival"), {"p_survival": 1.0}, {})
    with pytest.raises(ConfigError, match=r"reference_point.log10_p_survival=None .*NUMBER"):
        Objectives(("error", "log10_p_survival"), {}, {})


@pytest.mark.parametrize("setting", ["transpiler_seed", "layouts", "shots", "sampling_exponent"])
def test_settings_are_neither_objectives_nor_constraints(setting):
    with pytest.raises(ConfigError, match=f"search.objectives={setting} is unknown"):
        Objectives(("error", setting), {setting: 1.0}, {})
    with pytest.raises(ConfigError, match=f"search.constraints={setting} is unknown"):
        Constraints({setting: 1.0})


def test_what_is_known_only_after_training_is_no_constraint():
    with pytest.raises(ConfigError, match="search.constraints=error is unknown"):
        Constraints({"error": 0.5})


def test_bounds_are_lower_ones_of_what_is_better_when_larger():
    bounds = Constraints({"p_survival": 0.8, "circuit_depth": 20})
    violation, reason = bounds.broken(evaluation(p_survival=0.4))
    assert violation == pytest.approx(0.4 / 0.8 + 10 / 20)
    assert reason == "p_survival=0.4, at least 0.8; circuit_depth=30, at most 20"
    assert Constraints({"p_survival": 0.3}).broken(evaluation(p_survival=0.4)) == (0.0, "")


@pytest.mark.usefixtures("_own")
def test_a_quantity_of_ones_own_is_an_objective_and_a_constraint():
    register(
        Quantity(
            name="layers", label="layers", get=lambda e: e.architecture.depth, better="larger",
            best=10.0, worst=0.0,
        )
    )  # fmt: skip
    objectives = Objectives(("error", "layers"), {}, {})
    assert objectives.point(evaluation()) == pytest.approx([0.1, -4.0])
    assert Constraints({"layers": 5}).broken(evaluation())[1] == "layers=4, at least 5"


@pytest.mark.usefixtures("_own")
def test_ours_cannot_be_registered_again_and_examples_run():
    for name in ("total_s", "Total", "a b"):
        with pytest.raises(ConfigError, match="cannot be registered"):
            register(Quantity(name=name, label="x", get=lambda e: 0.0))
    assert doctest.testmod(quantities).failed == 0


def test_the_depth_of_the_circuit_does_not_hide_the_depth_that_was_searched(tmp_path):
    write_evaluations(RunFolder(tmp_path), [evaluation()])
    with (tmp_path / "evaluations.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert (row["depth"], row["circuit_depth"]) == ("4", "30")
