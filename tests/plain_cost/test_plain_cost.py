"""`hybhanas cost FILE ... --backend NAME`: its table, and what changes it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from io import StringIO

import pytest
from jsonschema import Draft202012Validator
from rich.console import Console

import hybhanas
from hybhanas.plain_cost.run import main
from hybhanas.plain_cost.schema import FILE
from hybhanas.plain_cost.table import show
from tests.helpers import ROOT
from tests.helpers.circuits import GHZ, QUICK


def test_each_file_is_a_row_with_both_times_and_the_interval(bell, capsys):
    assert main([GHZ, bell, "--backend", "ibm_boston", "--shots", "1000", *QUICK]) == 0
    out, err = capsys.readouterr()
    first, second, *rows = out.splitlines()[:8]
    assert first.split() == ["2q", "QPU", "time", "cost"]
    assert second.split() == [
        "file", "qubits", "gates", "circuit", "P", "executions", "(90", "%)", "(90", "%)",
        "effective",
    ]  # fmt: skip
    intervals, rows = rows[1::2], rows[::2]
    assert [row.split()[0] for row in rows] == [GHZ, bell, "all"]
    assert rows[2].split()[1] == "2,000"
    assert "ibm_boston, calibration of 2026-04-17" in out
    # an overhead of 0.975 s, 1,000 delays of 250 us, and less than 30 us a shot besides
    assert "1.6 USD a second" in out
    for row in rows[:2]:
        seconds, dollars = (float(row.split(f" {unit} ")[0].split()[-1]) for unit in ("s", "USD"))
        assert 1.225 < seconds < 1.255
        assert dollars == pytest.approx(1.6 * seconds, abs=0.01)
    for interval in intervals[:2]:  # 0.943 and 2.15 times the time
        assert interval.split() == ["1.2-2.7", "s", "1.9-4.3", "USD"]
    assert err == ""


@pytest.mark.parametrize("width", [60, 80, 100])
def test_no_figure_is_cut_or_broken_on_a_narrow_terminal(width):
    one = hybhanas.estimate([GHZ], "ibm_boston", hybhanas.CostModel(optimization_level=1))
    money = replace(one.money, cost_usd=123456, cost_low_usd=12345, cost_high_usd=567890)
    many = replace(one, executions=123456789012, money=money)
    console = Console(width=width, file=StringIO(), record=True, force_terminal=True)
    long = "circuits/of/last_year/[red]ghz_state_of_127_qubits.qasm"
    show([("bell.qasm", one), (long, many)], console)
    lines = console.export_text().splitlines()
    assert max(map(len, lines)) <= width
    assert "\N{HORIZONTAL ELLIPSIS}" not in "".join(lines)
    text = "\n".join(lines)
    for figure in ("0.971*", "3.14 us", "1.9-4.4 s", "123,456,789,012", "12,000-570,000 USD"):
        assert figure in text
    if lines[2].startswith("bell.qasm"):  # a table
        assert long in "".join(line[: lines[1].index("qubits")].strip() for line in lines)
    else:  # a line for each of its cells
        assert long in "".join(line.removeprefix(" file").strip() for line in lines)


@pytest.mark.parametrize("width", [60, 80])
def test_where_the_table_of_two_backends_does_not_fit_every_figure_has_a_line(width):
    model = hybhanas.CostModel(optimization_level=1)
    costs = [(GHZ, hybhanas.estimate([GHZ], name, model)) for name in ("ibm_boston", "ibm_fez")]
    console = Console(width=width, file=StringIO(), record=True, force_terminal=True)
    show(costs, console)
    lines = console.export_text().splitlines()
    assert max(map(len, lines)) <= width
    text = "\n".join(lines)
    for figure in ("ibm_boston", "ibm_fez", "3.14 us", "0.971*", "2.05 s", "3.28 USD", "12.8 ms"):
        assert figure in text


def test_several_backends_are_rows_beside_each_other_and_summed_each(bell, capsys):
    arguments = [bell, bell, "--backend", "IBM_fez,kawasaki", "--backend", "ibm_fez", *QUICK]
    assert main(arguments) == 0
    rows = [line.split()[:2] for line in capsys.readouterr().out.splitlines()[2:14:2]]
    assert rows == [
        [bell, "ibm_fez"], [bell, "kawasaki"], [bell, "ibm_fez"], [bell, "kawasaki"],
        ["all", "ibm_fez"], ["all", "kawasaki"],
    ]  # fmt: skip
    assert main([*arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    Draft202012Validator(json.loads(FILE.read_text())).validate(found)
    assert [file["job"]["provenance"]["backend"] for file in found["files"]] == [
        "ibm_fez", "kawasaki", "ibm_fez", "kawasaki",
    ]  # fmt: skip


def test_a_machine_is_known_by_each_of_its_names_and_shots_by_each_form(bell, capsys):
    outcomes = []
    for name in ("kawasaki", "ibm_kawasaki", "FakeKawasaki", "fake_kawasaki"):
        assert main([bell, "--backend", name, "--shots", "1e3", "--json", *QUICK]) == 0
        outcomes.append(json.loads(capsys.readouterr().out)["files"][0]["job"])
    assert outcomes[0] == outcomes[1] == outcomes[2] == outcomes[3]
    assert outcomes[0]["executions"] == 1000
    assert outcomes[0]["provenance"]["backend"] == "kawasaki"


def test_options_say_what_they_add(bell, capsys):
    assert main([bell, "--observables", "ZZ", "--resilience-level", "2", *QUICK]) == 0
    out = capsys.readouterr().out
    assert "options: gate twirling, measurement twirling, TREX, ZNE 1, 3, 5; to " in out
    # 4,096 at each of three factors, and as many that learn the readout errors
    assert "they add 12,288 executions" in out
    assert "at noise factor 5" in out


def test_a_circuit_whose_observables_are_all_zero_is_told_so(capsys):
    assert main([GHZ, "--backend", "ibm_fez", *QUICK]) == 0
    assert "* the chance of a run without a fault" in capsys.readouterr().out


def test_figures_that_a_backend_lacks_are_named_and_can_be_given(bell, capsys):
    given = ["--missing", "readout_s=5e-6", "--rep-delay-s", "0.001", "--price", "shot=0.01"]
    assert main([bell, "--backend", "almaden", *given, "--shots", "100", *QUICK]) == 0
    out = capsys.readouterr().out
    assert "repetition delay 1 ms" in out
    assert out.splitlines()[2].split()[-4:-2] == ["1", "USD"]
    assert out.splitlines()[3].count("USD") == 0  # a price of shots has no interval
    assert main([bell, "--backend", "google_willow", *QUICK]) == 0
    out = capsys.readouterr().out
    assert "no price is known: " in out
    assert "no archived job is of such a machine: job_overhead_s and execution_overhead_s" in out
    others = ["--job-overhead-s", "7", "--execution-overhead-s", "0"]
    assert main([bell, "--backend", "google_willow", *others, *QUICK]) == 0
    out = capsys.readouterr().out
    assert "no archived job" not in out
    assert ", assumed" not in out
    others.append("--json")
    assert main([bell, "--backend", "google_willow", *others, *QUICK]) == 0
    (file,) = json.loads(capsys.readouterr().out)["files"]
    assert file["job"]["contributions"]["job_overhead_s"] == 7


def test_a_saved_calibration_stands_for_the_backend(bell, tmp_path, capsys):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(hybhanas.Calibration.load("ibm_fez").to_dict()))
    assert main([bell, "--calibration", str(path), "--json", *QUICK]) == 0
    assert main([bell, "--backend", "ibm_fez", "--json", *QUICK]) == 0
    out = capsys.readouterr().out
    assert out.count('"calibration_hash": "' + hybhanas.Calibration.load("ibm_fez").hash) == 2


def test_backends_are_listed(capsys):
    assert main(["--backends"]) == 0
    names = capsys.readouterr().out.split()
    assert {"ibm_boston", "ionq_forte", "kawasaki"} <= set(names)
    assert "snapshot" not in names


def test_help_imports_neither_qiskit_nor_torch_nor_hydra():
    code = (
        "import sys; sys.argv = ['hybhanas', 'cost', '--help']\n"
        "from hybhanas.command_line import main\n"
        "try:\n    main()\n"
        "finally:\n    assert not {'qiskit', 'torch', 'hydra', 'numpy'} & set(sys.modules)\n"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert outcome.returncode == 0, outcome.stderr
    assert "hybhanas cost bell.qasm ansatz.qpy --backend ibm_boston" in outcome.stdout


def test_the_command_costs_a_file_and_still_takes_hydras_overrides(bell):
    for arguments, expected in ((["cost", bell, *QUICK], "QPU time"), (["--help"], "cost_model")):
        outcome = subprocess.run(
            [sys.executable, "-m", "hybhanas", *arguments],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert outcome.returncode == 0, outcome.stderr
        assert expected in outcome.stdout
