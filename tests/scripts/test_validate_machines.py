"""P against real machines: products of Z, powers, and the band of the other machines."""

from __future__ import annotations

import numpy as np
import pytest

from scripts import calibration_age, rebuild_jobs, validate_machines
from scripts.validate_machines import Kept, markdown, products


def kept(machine: str, measured: float, p: float = 0.5) -> Kept:
    return Kept(machine, "QML Kernel", 2, 100.0, measured, p, p, p, p**2.84, p**0.81)


def test_products_of_z_are_all_of_a_few_bits_and_random_ones_of_many():
    assert products(2) == [(0,), (1,), (0, 1)]
    many = products(20)
    assert len(many) == 256
    assert min(map(len, many)) > 0
    assert np.mean([len(one) for one in many]) == pytest.approx(10, abs=0.5)


def test_a_job_that_keeps_the_square_of_p_has_the_power_2():
    assert kept("a", 0.25).power == pytest.approx(2)


def test_a_machine_that_loses_more_than_all_others_is_outside_of_their_band():
    ps = [0.5 + 0.01 * i for i in range(10)]
    jobs = [kept(machine, p**1.1, p) for machine in "abc" for p in ps]
    jobs += [kept("odd", p**8, p) for p in ps]
    said = markdown(jobs)
    assert "| odd | QML Kernel | 10 | 2 to 2 | 100 to 100 | 8.00 |" in said
    assert "odd 0 %" in said


@pytest.mark.parametrize("main", [rebuild_jobs.main, validate_machines.main])
def test_what_circuits_cannot_be_rebuilt_from_is_one_line(main, tmp_path, monkeypatch, capsys):
    archive = tmp_path / "archive.csv"
    archive.write_text("machine,seconds\nibm_fez,3\n")
    arguments = [str(archive), "jobs.csv"] if main is rebuild_jobs.main else [str(archive)]
    for package, reason in ((None, "metriq-gym is not installed"), ("there", "is no archive of")):
        monkeypatch.setattr(rebuild_jobs, "find_spec", lambda _, package=package: package)
        assert main(arguments) == 2
        line = capsys.readouterr().err
        assert reason in line
        assert line.count("\n") == 1


def test_pairs_of_dates_are_told_by_their_age():
    pairs = [calibration_age.Pair("a", 30.0, np.array([1.0, 2.0, 3.0]))]
    pairs += [calibration_age.Pair("b", 300.0, np.array([0.5]))]
    lines = calibration_age.markdown(pairs).splitlines()
    assert lines[2] == "| 30 to 30 | 30 | a | 3 | 2.00 | 1.10 to 2.90 |"
    assert lines[3] == "| 300 to 300 | 300 | b | 1 | 0.50 | 0.50 to 0.50 |"
