"""`hybhanas cost FILE ... --backend NAME`: a table or JSON, and what is refused."""

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
from hybhanas.plain_cost.schema import FILE, schema
from hybhanas.plain_cost.table import NARROW, table
from tests.helpers import ROOT

GHZ = str(ROOT / "docs" / "ghz5.qasm")
BELL = """OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
creg c[2];
ry(0.4) q[0];
cx q[0],q[1];
measure q -> c;
"""
QUICK = ("--optimization-level", "1")


@pytest.fixture
def bell(tmp_path):
    path = tmp_path / "bell.qasm"
    path.write_text(BELL)
    return str(path)


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


@pytest.mark.parametrize("width", [80, 100])
def test_nothing_in_the_table_is_cut_on_a_narrow_terminal(width):
    one = hybhanas.estimate([GHZ], "ibm_boston", hybhanas.CostModel(optimization_level=1))
    money = replace(one.money, cost_usd=123456, cost_low_usd=12345, cost_high_usd=567890)
    many = replace(one, executions=123456789012, money=money)
    console = Console(width=width, file=StringIO(), record=True)
    long = "circuits/of/last_year/[red]ghz_state_of_127_qubits.qasm"
    console.print(table([("bell.qasm", one), (long, many)], width < NARROW))
    lines = console.export_text().splitlines()
    assert max(map(len, lines)) <= width
    assert "\N{HORIZONTAL ELLIPSIS}" not in "".join(lines)
    starts = [lines[1].index(name) for name in ("file", "qubits")]
    assert long in "".join(line[: starts[1]].strip() for line in lines)
    assert lines[2].split() == [
        "bell.qasm", "5", "10", "3.14", "us", "0.971*", "4,096", "2.05", "s", "3.28", "USD",
        "12.8", "ms",
    ]  # fmt: skip


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


def test_a_file_that_cannot_be_read_is_one_line_however_many_the_backends(capsys):
    assert main(["nowhere.qasm", "--backend", "ibm_fez,kawasaki"]) == 1
    assert capsys.readouterr().err == (
        "error: circuit=nowhere.qasm cannot be read: No such file or directory\n"
    )


def test_a_line_says_on_which_of_several_backends_a_file_does_not_fit(tmp_path, capsys):
    wide = tmp_path / "wide.qasm"
    wide.write_text('OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[6];\nh q;\n')
    assert main([str(wide), "--backend", "manila,ibm_fez", *QUICK]) == 1
    assert capsys.readouterr().err == (
        f"error: manila: {wide}: 6 qubits are more than the 5 usable ones of manila\n"
    )


def test_it_is_what_the_library_says(bell, capsys):
    assert main([bell, "--backend", "ibm_fez", "--shots", "500", "--json", *QUICK]) == 0
    (file,) = json.loads(capsys.readouterr().out)["files"]
    model = hybhanas.CostModel(optimization_level=1)
    assert file == {
        "file": bell,
        "job": hybhanas.estimate([bell], "ibm_fez", model, shots=500).to_dict(),
    }


def test_json_follows_the_published_schema(bell, tmp_path, capsys):
    Draft202012Validator.check_schema(schema())
    published = json.loads(FILE.read_text())
    broken = tmp_path / "broken.qasm"
    broken.write_text("OPENQASM 3.0;\nqubit q")
    arguments = [bell, str(broken), "--json", "--resilience-level", "2", "--observables", "ZZ,XX"]
    assert main([*arguments, "--backend", "ibm_fez", *QUICK]) == 1
    out, err = capsys.readouterr()
    Draft202012Validator(published).validate(json.loads(out))
    assert len(err.splitlines()) == 1


def test_the_published_schema_is_that_of_the_classes():
    # python -m hybhanas.plain_cost.schema > hybhanas/plain_cost/schema.json
    assert json.loads(FILE.read_text()) == schema()


def test_a_file_that_cannot_be_costed_is_a_line_and_the_others_go_on(bell, tmp_path, capsys):
    wide = tmp_path / "wide.qasm"
    wide.write_text('OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[200];\nh q;\n')
    assert main([str(wide), "nowhere.qasm", bell, "--backend", "ibm_fez", *QUICK]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines()[2].split()[0] == bell
    assert err.splitlines() == [
        f"error: {wide}: 200 qubits are more than the 156 usable ones of ibm_fez",
        "error: circuit=nowhere.qasm cannot be read: No such file or directory",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "FILE is missing"),
        ([GHZ, "--backend", ","], "--backend= is not accepted: names such as ibm_fez"),
        ([GHZ, "--backend", "ibm_fez", "--calibration", "x"], "--backend is not accepted beside"),
        ([GHZ, "--backend", "ibm_fes"], "backend=ibm_fes is unknown (did you mean ibm_fez?)"),
        ([GHZ, "--shots", "many"], "argument --shots: many is not accepted: a whole number"),
        ([GHZ, "--shots", "1.5"], "argument --shots: 1.5 is not accepted: a whole number"),
        ([GHZ, "--shots", "1e20"], "is not accepted: at least 1, at most 1,000,000,000,000"),
        ([GHZ, "--rep-delay-s", "long"], "--rep-delay-s: long is not accepted: a number"),
        ([GHZ, "--price", "second=1,second=2"], "price=second=1,second=2 is not accepted"),
        ([GHZ, "--backend", "snapshot"], "backend=snapshot is unknown; accepted: google_willow"),
        ([GHZ, "--faults", "any"], "cost_model.faults=any is unknown"),
        ([GHZ, "--shots", "0"], "shots=0 is not accepted: at least 1"),
        ([GHZ, "--bakend", "ibm_fez"], "unrecognized arguments: --bakend ibm_fez"),
        ([GHZ, "--mode", "sesion"], "cost_model.mode=sesion is unknown (did you mean session?)"),
        ([GHZ, "--resilience-level", "3"], "options.resilience_level=3 is unknown"),
        ([GHZ, "--noise-factors", "1,a"], "--noise-factors=1,a is not accepted: numbers such"),
        ([GHZ, "--noise-factors", "0.5,2"], "at least two numbers, each at least 1"),
        ([GHZ, "--decoupling", "XY8"], "options.dynamical_decoupling=XY8 is unknown"),
        ([GHZ, "--price", "gold"], "backend.plan=gold is unknown; accepted: "),
        ([GHZ, "--price", "hour=3"], "price=hour=3 is not accepted: a plan ("),
        ([GHZ, "--price", "second=0"], "backend.price.second_usd=0.0 is not accepted: above 0"),
        ([GHZ, "--missing", "t1_s=a"], "--missing=t1_s=a is not accepted: names, each once"),
        ([GHZ, "--missing", "t1_s=1e-4,t1_s=2e-4"], "is not accepted: names, each once, and"),
        ([GHZ, "--price", "second=1e308"], "second_usd=1e+308 is not accepted: above 0, at most"),
        ([GHZ, "--rep-delay-s", "1e308"], "seconds, at least 0 and below 1e9"),
        ([GHZ, "--execution-overhead-s", "1e307"], "seconds, at least 0 and below 1e9"),
        ([GHZ, "--seed", "1e20"], "cost_model.transpiler_seed=100000000000000000000 is not"),
        ([GHZ, "--zne", "--noise-factors", "1,1e300"], "each at least 1, at most 100"),
        ([GHZ, "--missing", "t3_s=1"], "missing=t3_s is unknown (did you mean t2_s?)"),
        ([GHZ, "--backend", "almaden"], "backend=almaden gives no readout_s; accepted with"),
        ([GHZ, "--generation", "ibm_2024"], "cost_model.generation=ibm_2024 is unknown"),
        ([GHZ, "--rep-delay-s", "-1"], "options.rep_delay_s=-1.0 is not accepted: seconds"),
        ([GHZ, "--calibration", "nowhere.json"], "calibration.path=nowhere.json"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(arguments, message, capsys):
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert message in err
    assert err.count("\n") == 1


def test_a_machine_is_known_by_each_of_its_names_and_shots_by_each_form(bell, capsys):
    outcomes = []
    for name in ("kawasaki", "ibm_kawasaki", "FakeKawasaki", "fake_kawasaki"):
        assert main([bell, "--backend", name, "--shots", "1e3", "--json", *QUICK]) == 0
        outcomes.append(json.loads(capsys.readouterr().out)["files"][0]["job"])
    assert outcomes[0] == outcomes[1] == outcomes[2] == outcomes[3]
    assert outcomes[0]["executions"] == 1000
    assert outcomes[0]["provenance"]["backend"] == "kawasaki"


def test_a_file_is_refused_without_observables_and_costed_with_any_fault(tmp_path, capsys):
    again = tmp_path / "again.qasm"
    again.write_text(BELL + "ry(0.3) q[0];\nmeasure q[0]->c[0];\n")
    assert main([str(again), "--observables", "", *QUICK]) == 1
    assert "observables=[] is not accepted: at least one" in capsys.readouterr().err
    assert main([str(again), *QUICK]) == 1
    assert "faults=whole_circuit" in capsys.readouterr().err
    assert main([str(again), "--faults", "whole_circuit", *QUICK]) == 0


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


def test_a_file_includes_what_lies_beside_it_only_where_that_is_asked_for(tmp_path, capsys):
    (tmp_path / "own.inc").write_text("gate turn(a) q { ry(a) q; }")
    circuit = tmp_path / "circuit.qasm"
    circuit.write_text(BELL.replace("qreg", 'include "own.inc";\nqreg').replace("ry(", "turn("))
    assert main([str(circuit), *QUICK]) == 1
    assert "include own.inc is not accepted" in capsys.readouterr().err
    assert main([str(circuit), "--includes", *QUICK]) == 0


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
