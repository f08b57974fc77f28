"""task=cost: the report as a file, the ranking of a sweep, and what is refused."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys

import pytest

from hybhanas.cost.report import CostReport
from hybhanas.errors import ConfigError
from hybhanas.tasks.cost import cost
from tests.helpers import ROOT

GHZ = ROOT / "docs" / "ghz5.qasm"


def test_the_file_holds_every_field_of_the_report_and_its_calibration(tmp_path, composed, capsys):
    report = cost(composed("task=cost", f"circuit={GHZ}", "backend=ibm_boston"), tmp_path)
    saved = json.loads((tmp_path / "cost.json").read_text())
    assert CostReport.from_dict(saved) == report
    assert saved["provenance"]["calibration"] == "ibm_boston"
    assert saved["calibration_age_days"] > 0
    assert any("cz error >= 1" in repair for repair in saved["repairs"])
    assert saved["time"]["total_s"] == report.time.total_s
    printed = capsys.readouterr().out
    assert "ibm_boston" in printed
    assert "P survival" in printed


def test_a_circuit_costs_more_where_gates_are_slower_and_worse(tmp_path, composed):
    totals = {
        backend: cost(
            composed("task=cost", f"circuit={GHZ}", f"backend={backend}"), tmp_path / backend
        )
        for backend in ("ibm_boston", "ibm_brisbane")
    }
    assert totals["ibm_boston"].time.total_s < totals["ibm_brisbane"].time.total_s
    assert totals["ibm_boston"].noise.p_survival > totals["ibm_brisbane"].noise.p_survival


def test_a_circuit_without_parameters_is_one_circuit_a_sample(tmp_path, composed):
    overrides = ("task=cost", f"circuit={GHZ}", "samples=10", "trainer.final_epochs=3")
    assert cost(composed(*overrides), tmp_path).executions.circuits == 30


def test_a_sweep_ends_in_one_table_cheapest_first(tmp_path):
    outcome = subprocess.run(
        [
            sys.executable, str(ROOT / "run.py"), "-m", "task=cost", f"circuit={GHZ}",
            "backend=ibm_brisbane,ibm_boston,ibm_torino",
        ],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    ranking = outcome.stdout.partition("cheapest first")[2]
    order = [line.split()[0] for line in ranking.splitlines() if "backend=" in line]
    reports = [json.loads(path.read_text()) for path in tmp_path.rglob("cost.json")]
    reports.sort(key=lambda report: report["time"]["total_s"])
    expected = [next(o for o in r["overrides"] if o.startswith("backend")) for r in reports]
    assert order == expected
    assert len(order) == 3


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ([], "circuit=null is not accepted"),
        ([f"circuit={GHZ}", "samples=0"], "samples=0 is not accepted: at least 1"),
        ([f"circuit={GHZ}", "dataset.batch_size=0"], "batch_size=0 is not accepted: at least 1"),
        ([f"circuit={GHZ}", "run=outputs"], "run=outputs is not accepted beside circuit="),
        (["architecture={qubits: 2, learning_rate: a}"], "architecture.learning_rate=a is not acc"),
        (["architecture=abc"], "architecture=abc is not accepted: choices such as"),
        (["architecture={depth: 2}"], "it names no qubits"),
        (["architecture={qubits: 2, depht: 2}"], "architecture key=depht is unknown"),
        (["architecture={qubits: 2}", f"circuit={GHZ}"], "one of them"),
        (["architecture=ab", "run=nowhere"], "run=nowhere is not accepted: settings.json: No such"),
        (["architecture={qubits: 2}", "observables=[ZZ]"], "is not accepted without circuit=FILE"),
        (["circuit=nowhere.qasm"], "circuit=nowhere.qasm cannot be read"),
        (
            [f"circuit={GHZ}", "backend=snapshot", "backend.snapshot=armonk"],
            "ghz5.qasm on armonk: 5 qubits are more than the 1 usable",
        ),
    ],
)
def test_what_cannot_be_costed_is_said_and_nothing_is_written(
    overrides, message, tmp_path, composed
):
    with pytest.raises(ConfigError, match=message):
        cost(composed("task=cost", *overrides), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_hqnn_by_its_choices_costs_what_a_search_charges_for_it(tmp_path, composed):
    report = cost(
        composed("task=cost", "architecture={qubits: 3, depth: 2}", "dataset=iris"), tmp_path
    )
    # 90 training samples, 30 epochs; 1 + 2 shifts of 3 inputs and 2 x 3 x 3 weights, of which the
    # last three RZ are not seen and the first qubit's RZ are merged past the control of a CX; and
    # the 30 samples of the validation
    assert report.executions.circuits == 90 * 30 * (1 + 2 * (3 + 18 - 3 - 1)) + 30
    assert report.executions.circuits_per_sample_separate == 1 + 2 * (3 + 18)
    assert report.parts.classical_s > 0
    assert json.loads((tmp_path / "cost.json").read_text())["subject"].startswith("3q x2 ry")


def test_levels_and_compilers_rank_like_machines(tmp_path):
    outcome = subprocess.run(
        [
            sys.executable, str(ROOT / "run.py"), "-m", "task=cost", f"circuit={GHZ}",
            "cost_model.compiler=qiskit,pytket", "cost_model.optimization_level=0,2",
        ],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    ranking = outcome.stdout.partition("cheapest first")[2]
    rows = [line for line in ranking.splitlines() if "optimization_level=" in line]
    assert len(rows) == 4
    assert sum("compiler=pytket" in row for row in rows) == 2


def test_several_layouts_are_told_by_their_spread(tmp_path, composed, capsys):
    cost(composed("task=cost", f"circuit={GHZ}", "cost_model.layouts=4"), tmp_path)
    assert "most expensive / cheapest of 4 layouts" in capsys.readouterr().out
    assert json.loads((tmp_path / "cost.json").read_text())["time"]["log10_total_spread"] >= 0


def test_a_condition_on_a_measurement_is_refused_with_its_line(tmp_path, composed):
    path = tmp_path / "loop.qasm"
    path.write_text(
        "OPENQASM 3.0;\ninclude 'stdgates.inc';\nqubit[1] q; bit[1] c;\n"
        "c[0] = measure q[0];\nif (c[0]) { x q[0]; }\n".replace("'", '"')
    )
    with pytest.raises(ConfigError, match="line 5, column 5: an if decides by a measured value"):
        cost(composed("task=cost", f"circuit={path}"), tmp_path / "run")


def test_observables_are_measured_in_as_many_circuits_as_they_have_bases(
    tmp_path, composed, capsys
):
    setting = "observables=[ZZIII,IZZII,XXXXX]"
    phase = "cost_model.phase=inference"
    report = cost(composed("task=cost", f"circuit={GHZ}", setting, phase), tmp_path)
    assert report.executions.circuits == 2
    assert "an average over circuits with gates like these" in capsys.readouterr().out
    cost(composed("task=cost", f"circuit={GHZ}"), tmp_path)
    assert "without noise every observable is 0" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    "name", ["epoch=3.qasm", "circuit (1).qasm", "#1.qasm", "it's.qasm", "a,b.qasm"]
)
def test_a_name_with_special_characters_is_shown_as_it_must_be_written(name, tmp_path, nursery):
    (tmp_path / name).write_text(GHZ.read_text())
    here = f"import os; os.chdir({str(tmp_path)!r})"
    refused = nursery.run("task=cost", f"circuit={name}", before=here)
    assert refused.returncode == 2
    (line,) = refused.errors.splitlines()
    (written,) = shlex.split(line.rpartition("stands in quotes, ")[2])
    assert nursery.run("task=cost", written, before=here).returncode == 0
