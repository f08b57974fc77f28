"""Jobs of primitives made from known constants give them back, on machines left out as well."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scripts import fit_job_time, fit_primitive_jobs, job_time, page

DELAYS_S = {"ibm_a": 250e-6, "ibm_b": 250e-6, "ibm_c": 4e-3}


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """0.9 s a job and 15 us an execution; of each machine's 20 jobs one takes twice as long."""
    monkeypatch.setattr(job_time, "DRAWS", 5)
    rng = np.random.default_rng(1)
    lines = [",".join(job_time.HEADERS["primitives"])]
    for machine, delay_s in DELAYS_S.items():
        for row in range(20):
            circuits, circuit_s = int(rng.choice([1, 3, 10, 100])), float(rng.uniform(1e-6, 2e-4))
            seconds = 0.9 + circuits * 1000 * (delay_s + circuit_s + 15e-6)
            seconds *= 2 if row == 0 else 1
            text = f"{machine},mirror,1,{circuits},1000,{delay_s},{circuit_s},5,20,{seconds}"
            lines.append(text)
    path = tmp_path / "jobs.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_constants_come_back_from_every_machine_that_is_left_out(jobs: Path) -> None:
    read = job_time.read(jobs)
    form = job_time.forms(read.layout)[job_time.FITTED]
    found = job_time.fit(read, form)
    assert found["job_overhead_s"] == pytest.approx(0.9, rel=0.1)
    assert found["execution_overhead_s"] == pytest.approx(15e-6, rel=0.2)
    *machines, every = fit_primitive_jobs.left_out(read, form)
    assert [one.machine for one in machines] == list(DELAYS_S)
    assert len(every.measured_s) == 60
    assert np.mean(every.inside) >= 0.9
    assert np.median(np.abs(every.predicted_s / every.measured_s - 1)) < 0.05


def test_the_tables_say_how_many_take_a_multiple_and_fill_the_page(
    jobs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    part = fit_primitive_jobs.PART
    (tmp_path / "validation.md").write_text(f"<!-- {part} -->\n<!-- /{part} -->\n")
    monkeypatch.setattr(page, "DOCS", tmp_path)
    monkeypatch.setattr(page, "PAGE", tmp_path / "validation.md")
    assert fit_primitive_jobs.main([str(jobs), "--page"]) == 0
    printed = capsys.readouterr().out
    assert "jobs.csv: 60 jobs on 3 machines" in printed
    assert "5 % take more than 1.5 times" in printed  # 3 of 60
    assert "where at least 54.0 are expected" in printed  # 0.9 times 60
    assert "by the scale of the loss" in printed
    filled = (tmp_path / "validation.md").read_text()
    assert "python scripts/fit_primitive_jobs.py jobs.csv --page" in filled
    assert "CC-BY-4.0" in filled
    assert (tmp_path / "pictures" / f"{part}.png").read_bytes().startswith(b"\x89PNG")


def test_a_share_of_jobs_is_told_with_what_chance_alone_would_give() -> None:
    inside = np.repeat([True, False], [90, 10])
    said = fit_primitive_jobs.held(fit_primitive_jobs.LeftOut("all", inside, inside, inside))
    assert "holds 90 of 100 jobs, 90.0 %, where at least 90.0 are expected" in said
    assert "82.6 to 94.5 %" in said  # Wilson's interval, as in `hybhanas.intervals`


def test_a_file_of_another_kind_is_one_line(
    jobs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fit_job_time.main([str(jobs)]) == 2
    assert "scripts/fit_primitive_jobs.py fits them" in capsys.readouterr().err
    one = tmp_path / "one.csv"
    one.write_text("\n".join(jobs.read_text().splitlines()[:5]))
    assert fit_primitive_jobs.main([str(one)]) == 2
    assert "has not the jobs of three machines" in capsys.readouterr().err
