"""task=export: members of a front as files, from the command line's code and from Python."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

import hybhanas
from hybhanas.errors import ConfigError
from hybhanas.intervals import wilson
from hybhanas.nas.classical import Twin
from hybhanas.nas.front import FrontMember
from hybhanas.nas.seeds import SeedScores
from hybhanas.reporting.card import Origin, card
from hybhanas.tasks.export import export
from tests.helpers.synthetic import make_evaluation


def test_every_member_gets_a_folder_with_its_circuits_and_its_card(smoke, composed, tmp_path):
    config = composed("task=export", f"run={smoke}", "format=[qasm3,card]", "samples=2")
    files = export(config, tmp_path)
    with (smoke / "pareto.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {path.parent.name for path in files} == {row["architecture"] for row in rows}
    for row in rows:
        folder = tmp_path / row["architecture"]
        names = {path.name for path in folder.iterdir()}
        assert names == {"circuit.qasm", "sample_0.qasm", "sample_1.qasm", "card.md"}
        text = (folder / "card.md").read_text()
        assert f"| {100 * float(row['test_accuracy']):.1f} % |" in text
        assert "QPU time" in text
        assert "effective execution time" in text
        assert f" and {row['twin_parameters']} parameters in all, trained once" in text


def test_the_card_of_a_member_of_several_seeds_has_the_network_that_is_exported_and_their_mean():
    seeds = [SeedScores(1, 0.88, 0.80), SeedScores(2, 0.90, 0.84), SeedScores(3, 0.92, 0.88)]
    member = FrontMember(make_evaluation("a", 0.8, 100.0), 0.9, 0.84, "a.pt", 100, 50, seeds=seeds,
                         twin=Twin("classical twin", 0.7, 0.6, 40))  # fmt: skip
    text = card(1, member, None, [], Origin(Path("run"), {}, 200, {}, None, []))
    assert "| validation, which chose it | 88.0 % |" in text
    assert "| test | 80.0 % |" in text
    assert "trained 3 networks of this architecture" in text
    assert "trained with the same 3 seeds and splits, classifies on average 70.0 %" in text
    assert "90.0 % +- 2.0 on the validation split, 84.0 % +- 4.0 on the test split." in text


def test_what_select_means_is_exported_by_python_with_the_same_content(smoke, composed, tmp_path):
    settings = ("task=export", f"run={smoke}", "member=best", "format=[qasm3]")
    export(composed(*settings), tmp_path / "task")
    (own,) = hybhanas.load_run(smoke).model("best").export(tmp_path / "python", ["qasm3"])
    (other,) = (tmp_path / "task").rglob("circuit.qasm")
    assert own.read_text() == other.read_text()


def test_interval_of_nine_of_ten_in_a_hundred():
    # textbook: 0.9 of 100 samples, Wilson: (0.8256, 0.9448)
    assert np.allclose(wilson(0.9, 100), (0.8256, 0.9448), atol=1e-4)
    assert wilson(1.0, 20)[1] == 1.0


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        (["format=[qasm4]"], r"^format=qasm4 is unknown \(did you mean qasm3\?\)"),
        (["member=99"], "^member=99 is not accepted: ranks are 1 to"),
        (["member=[1,abcdef]"], "^member=abcdef is not accepted"),
        (["samples=-1"], "^samples=-1 is not accepted"),
    ],
)
def test_a_mistake_is_one_line_and_writes_nothing(smoke, composed, tmp_path, settings, line):
    with pytest.raises(ConfigError, match=line):
        export(composed("task=export", f"run={smoke}", *settings), tmp_path / "out")
    assert not (tmp_path / "out").exists()
