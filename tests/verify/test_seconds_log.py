"""Predicted and seen seconds on machines: what is kept, and what it says of the next job."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest

from hybhanas import estimate
from hybhanas.verify.seconds_log import Seen, append, band_of, read, sharpened


def seen(ratio: float, backend: str = "ibm_brisbane", generation: str = "ibm_2025") -> Seen:
    return Seen(
        backend=backend, generation=generation, predicted_s=10.0, seen_s=10.0 * ratio,
        executions=1000, jobs=1,
    )  # fmt: skip


def test_what_is_appended_is_read_and_a_row_that_was_cut_is_left_out(tmp_path, caplog):
    file = tmp_path / "new" / "machine_seconds.jsonl"
    assert read(file) == []
    for ratio in (0.8, 1.5):
        append(file, seen(ratio))
    with file.open("a") as lines:
        lines.write('{"backend": "ibm_bris')  # by a process that was killed
        lines.write("\n" + json.dumps(asdict(seen(1.0)) | {"predicted_s": 0}) + "\n")
    assert read(file) == [seen(0.8), seen(1.5)]
    assert "2 of 4 rows are left out" in caplog.text


def test_nineteen_rows_of_the_same_machine_and_constants_are_needed():
    ratios = np.linspace(0.9, 1.8, 19)
    others = [seen(9.0, backend="ibm_fez"), seen(9.0, generation="ibm_2023")]
    rows = [*others, *map(seen, ratios)]
    assert band_of(rows[:-1], "ibm_brisbane", "ibm_2025") is None
    assert band_of(rows, "ibm_brisbane", "ibm_2025") == pytest.approx((0.9, 1.8))


def test_nine_tenths_of_new_jobs_lie_in_the_band():
    draw = np.random.default_rng(1).lognormal(0.2, 0.3, size=(400, 41))
    inside = []
    for *known, new in draw:
        low, high = band_of([seen(ratio) for ratio in known], "ibm_brisbane", "ibm_2025")
        inside.append(low <= new <= high)
    assert np.mean(inside) == pytest.approx(37 / 41, abs=0.05)  # 40 rows: k = 2


def test_the_interval_of_a_job_is_that_of_the_log_once_it_is_long_enough():
    job = estimate(["docs/ghz5.qasm"], "ibm_brisbane", shots=1000)
    rows = [seen(1.1 + i / 100) for i in range(19)]
    assert sharpened(job, rows[:5]) == job
    sharper = sharpened(job, rows)
    assert sharper.qpu_s == job.qpu_s
    assert (sharper.qpu_low_s, sharper.qpu_high_s) == pytest.approx(
        (1.1 * job.qpu_s, 1.28 * job.qpu_s)
    )
