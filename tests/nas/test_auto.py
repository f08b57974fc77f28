"""executor=auto: in this process at first, then by workers, one for each core or GPU."""

from __future__ import annotations

import os

import pytest

from hybhanas.nas.executors import Auto
from tests.helpers.squares import Squares, each

AUTO = {"threads": 1, "shares": 2, "accelerator": "cpu"}


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="two workers need two cores")
def test_auto_computes_in_this_process_until_workers_are_ready(tmp_path, monkeypatch):
    monkeypatch.setattr("hybhanas.nas.executors.auto.ALONE_S", 0.1)
    squares, said = Squares(tmp_path), []
    with Auto(**AUTO).started(squares, tmp_path, said.append) as workers:
        list(workers.map("cost", each("process", [0.06])))
        assert said == [], "none is started before it is worth it"
        processes = []
        for _, process in workers.map("cost", each("process", [0.1] * 3000)):
            processes.append(process)
            if len(set(processes)) == 3:  # this process, and two workers
                break
        here = processes.count(os.getpid())
        assert processes[:here] == [os.getpid()] * here
        assert len(set(processes[here:])) == 2
        assert os.getpid() not in dict(workers.map("cost", each("process", [0.1] * 4))).values()
    assert "2 workers on this machine; dashboard: http" in said[0]


@pytest.mark.parametrize(
    ("changes", "cores", "number"),
    [({}, "64", 2), ({"shares": 8}, "1", 1), ({"shares": 1}, "64", 1), ({"threads": 99}, "64", 1),
     ({"accelerator": "cuda"}, "64", 1)],
)  # fmt: skip
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="two workers need two cores")
def test_auto_takes_a_worker_for_each_share_and_core_of_the_job_and_none_beside_a_gpu(
    changes, cores, number, monkeypatch
):
    monkeypatch.setenv("SLURM_CPUS_ON_NODE", cores)
    assert Auto(**(AUTO | changes)).max_workers == number
