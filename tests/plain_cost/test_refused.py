"""What `hybhanas cost` refuses: one line, and the exit code."""

from __future__ import annotations

import json

import pytest

from hybhanas.plain_cost.run import main
from tests.helpers.circuits import BELL, GHZ, QUICK


def test_a_file_that_cannot_be_read_is_one_line_however_many_the_backends(capsys):
    assert main(["nowhere.qasm", "--backend", "ibm_fez,kawasaki"]) == 1
    assert capsys.readouterr().err == (
        "error: nowhere.qasm cannot be read: No such file or directory\n"
    )


def test_a_name_of_several_lines_or_with_escapes_is_shown_in_one(tmp_path, capsys):
    path = tmp_path / "be\nll.qasm"
    path.write_text(BELL)
    assert main([str(path), "no\n\x1b[31mwhere.qasm", *QUICK]) == 1
    out, err = capsys.readouterr()
    assert "be\\nll.qasm" in out
    assert err == ("error: no\\n\\x1b[31mwhere.qasm cannot be read: No such file or directory\n")


def test_line_and_json_say_on_which_of_several_backends_a_file_does_not_fit(tmp_path, capsys):
    wide = tmp_path / "wide.qasm"
    wide.write_text('OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[6];\nh q;\n')
    arguments = [str(wide), "nowhere.qasm", "--backend", "manila,ibm_fez", "--json", *QUICK]
    assert main(arguments) == 1
    out, err = capsys.readouterr()
    reason = f"{wide}: 6 qubits are more than the 5 usable ones of manila"
    unread = "nowhere.qasm cannot be read: No such file or directory"
    assert err == f"error: manila: {reason}\nerror: {unread}\n"
    misfit, fit, missing = json.loads(out)["files"]
    assert misfit == {"file": str(wide), "backend": "manila", "error": reason}
    assert fit["job"]["provenance"]["backend"] == "ibm_fez"
    assert missing == {"file": "nowhere.qasm", "backend": None, "error": unread}


def test_a_file_that_cannot_be_costed_is_a_line_and_the_others_go_on(bell, tmp_path, capsys):
    wide = tmp_path / "wide.qasm"
    wide.write_text('OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[200];\nh q;\n')
    assert main([str(wide), "nowhere.qasm", bell, "--backend", "ibm_fez", *QUICK]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines()[2].split()[0] == bell
    assert err.splitlines() == [
        f"error: {wide}: 200 qubits are more than the 156 usable ones of ibm_fez",
        "error: nowhere.qasm cannot be read: No such file or directory",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "FILE is missing"),
        ([GHZ, "--backend", ","], "--backend= is not accepted: names such as ibm_fez"),
        ([GHZ, "--backend", "ibm_fez", "--calibration", "x"], "--backend is not accepted beside"),
        ([GHZ, "--backend", "ibm_fes"], "--backend ibm_fes is unknown (did you mean ibm_fez?)"),
        ([GHZ, "--shots", "many"], "argument --shots: many is not accepted: a whole number"),
        ([GHZ, "--shots", "1.5"], "argument --shots: 1.5 is not accepted: a whole number"),
        ([GHZ, "--shots", "1e20"], "is not accepted: at least 1, at most 1,000,000,000,000"),
        ([GHZ, "--rep-delay-s", "long"], "--rep-delay-s: long is not accepted: a number"),
        ([GHZ, "--price", "second=1,second=2"], "--price second=1,second=2 is not accepted"),
        ([GHZ, "--backend", "snapshot"], "--backend snapshot is unknown; accepted: google_willow"),
        ([GHZ, "--faults", "any"], "--faults any is unknown"),
        ([GHZ, "--shots", "0"], "--shots 0 is not accepted: at least 1"),
        ([GHZ, "--bakend", "ibm_fez"], "unrecognized arguments: --bakend ibm_fez"),
        ([GHZ, "--mode", "sesion"], "--mode sesion is unknown (did you mean session?)"),
        ([GHZ, "--resilience-level", "3"], "--resilience-level 3 is unknown"),
        ([GHZ, "--noise-factors", "1,a"], "--noise-factors 1,a is not accepted: numbers such"),
        ([GHZ, "--noise-factors", "0.5,2"], "at least two numbers, each at least 1"),
        ([GHZ, "--decoupling", "XY8"], "--decoupling XY8 is unknown"),
        ([GHZ, "--price", "gold"], "--price gold is unknown; accepted: "),
        ([GHZ, "--price", "hour=3"], "--price hour=3 is not accepted: a plan ("),
        ([GHZ, "--price", "second=0"], "--price second=0 is not accepted: amounts above"),
        ([GHZ, "--missing", "t1_s=a"], "--missing t1_s=a is not accepted: names, each once"),
        ([GHZ, "--missing", "t1_s=1e-4,t1_s=2e-4"], "is not accepted: names, each once, and"),
        ([GHZ, "--price", "second=1e308"], "--price second=1e308 is not accepted: amounts above"),
        ([GHZ, "--rep-delay-s", "1e308"], "seconds, at least 0 and below 1e9"),
        ([GHZ, "--execution-overhead-s", "1e307"], "seconds, at least 0 and below 1e9"),
        ([GHZ, "--seed", "1e20"], "--seed 100000000000000000000 is not"),
        ([GHZ, "--zne", "--noise-factors", "1,1e300"], "each at least 1, at most 100"),
        ([GHZ, "--missing", "t3_s=1"], "--missing t3_s is unknown (did you mean t2_s?)"),
        ([GHZ, "--backend", "almaden"], "--backend almaden gives no readout_s; accepted with"),
        ([GHZ, "--generation", "ibm_2024"], "--generation ibm_2024 is unknown"),
        ([GHZ, "--rep-delay-s", "-1"], "--rep-delay-s -1.0 is not accepted: seconds"),
        ([GHZ, "--calibration", "nowhere.json"], "--calibration nowhere.json"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(arguments, message, capsys):
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert message in err
    assert err.count("\n") == 1


def test_a_file_is_refused_without_observables_and_costed_with_any_fault(tmp_path, capsys):
    again = tmp_path / "again.qasm"
    again.write_text(BELL + "ry(0.3) q[0];\nmeasure q[0]->c[0];\n")
    assert main([str(again), "--observables", "", *QUICK]) == 1
    assert "--observables [] is not accepted: at least one" in capsys.readouterr().err
    assert main([str(again), *QUICK]) == 1
    assert "--faults whole_circuit asks for less" in capsys.readouterr().err
    assert main([str(again), "--faults", "whole_circuit", *QUICK]) == 0


def test_a_file_includes_what_lies_beside_it_wherever_the_command_runs(tmp_path, monkeypatch):
    monkeypatch.chdir("/")
    (tmp_path / "own.inc").write_text("gate turn(a) q { ry(a) q; }")
    circuit = tmp_path / "circuit.qasm"
    circuit.write_text(BELL.replace("qreg", 'include "own.inc";\nqreg').replace("ry(", "turn("))
    assert main([str(circuit), *QUICK]) == 0
