"""Executors: the same numbers from workers as from this process, and no worker is irreplaceable."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from types import SimpleNamespace

import psutil
import pytest
from threadpoolctl import threadpool_limits

from hybhanas import plugins
from hybhanas.errors import ConfigError
from hybhanas.nas.evaluator import Group
from hybhanas.nas.executors import Local, Serial, WorkerLostError
from hybhanas.nas.loop import compute_groups
from hybhanas.tasks.search import _warn_of_shares, search
from hybhanas.tasks.setup import build
from tests.helpers import ROOT
from tests.helpers.squares import Squares, each

TINY = (
    "dataset=iris", "search_space=small", "search.population=4", "search.generations=2",
    "trainer.epochs=2", "trainer.final_epochs=2", "executor=serial", "logger.mode=disabled",
)  # fmt: skip


def test_in_this_process_results_come_in_order(tmp_path):
    squares = Squares(tmp_path)
    with Serial().started(squares, tmp_path, print) as workers:
        assert list(workers.map("cost", each("square", [3, 1, 2]))) == [(0, 9), (1, 1), (2, 4)]


def test_in_this_process_a_cost_takes_one_thread_of_linear_algebra_as_in_a_worker(tmp_path):
    squares = Squares(tmp_path)
    with (
        threadpool_limits(2, user_api="blas"),
        Serial().started(squares, tmp_path, print) as workers,
    ):
        before = squares.blas_threads()
        (_, during), (_, again) = workers.map("cost", each("blas_threads", [None, None]))
        assert set(during) == set(again) == {1}
        assert squares.blas_threads() == before
        assert 2 in before


def test_only_the_steps_of_an_evaluation_can_be_computed(tmp_path):
    with Serial().started(Squares(tmp_path), tmp_path, print) as workers:
        message = "step='square' is not accepted: cost, train, finish"
        with pytest.raises(ValueError, match=f"^{message}$"):
            next(workers.map("square", [3]))


@pytest.mark.slow
def test_a_step_that_there_is_not_does_not_type_check(tmp_path):
    source = tmp_path / "own.py"
    source.write_text(
        "from hybhanas.architecture import Architecture\n"
        "from hybhanas.nas.executors import Workers\n"
        "def run(workers: Workers, one: Architecture) -> None:\n"
        "    workers.map('cost', [one])\n"
        "    workers.map('key', [one])\n"
    )
    outcome = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", ROOT / "pyproject.toml", source],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    errors = [line for line in outcome.stdout.splitlines() if " error: " in line]
    assert [line.split(":")[1] for line in errors] == ["5"], outcome.stdout


@pytest.fixture(scope="class")
def two_workers(tmp_path_factory):
    """Two worker processes, and what was said of them."""
    folder, said = tmp_path_factory.mktemp("workers"), []
    squares = Squares(folder)
    with Local(workers=2, threads=1, memory="auto").started(squares, folder, said.append) as map_:
        yield SimpleNamespace(workers=map_, squares=squares, said=said)


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="two workers need two cores")
class TestTwoWorkers:
    def test_start_when_there_is_something_to_do_and_say_where_they_are_watched(self, two_workers):
        assert two_workers.said == []
        assert list(two_workers.workers.map("cost", [])) == []
        assert two_workers.said == []
        found = dict(two_workers.workers.map("cost", each("square", range(6))))
        assert found == {i: i**2 for i in range(6)}
        assert "2 workers on this machine; dashboard: http://127.0.0.1:" in two_workers.said[0]

    def test_compute_with_the_threads_they_were_given(self, two_workers):
        names = ["OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"]
        found = dict(two_workers.workers.map("cost", each("threads", names)))
        assert found == dict.fromkeys(range(4), "1")

    @pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each worker is spawned")
    def test_are_forked_from_one_process_that_has_imported_torch_and_has_one_thread(
        self, two_workers
    ):
        modules = [("parent", name) for name in ("torch", "qiskit", "pytorch_lightning")]
        found = dict(two_workers.workers.map("cost", modules)).values()
        (parent,) = {parent for parent, _ in found}
        assert all(imported for _, imported in found)
        assert psutil.Process(parent).num_threads() == 1
        assert psutil.Process(parent).ppid() == os.getpid()

    def test_a_long_item_holds_up_none_while_a_worker_is_free(self, two_workers):
        items = [("wait_for", "last"), ("square", 1), ("square", 2), ("touch", "last")]
        assert dict(two_workers.workers.map("cost", items))[0] is True

    def test_one_that_dies_is_replaced_and_its_work_done_by_another(self, two_workers):
        found = dict(two_workers.workers.map("cost", each("square", [5, 7, 9])))
        assert found == {0: 25, 1: 49, 2: 81}

    def test_what_ends_every_worker_is_lost_alone(self, two_workers):
        found = dict(two_workers.workers.map("cost", each("square", [11, 13, 15])))
        assert (found[0], found[2]) == (121, 225)
        assert isinstance(found[1], WorkerLostError)


def test_a_worker_that_is_stopped_in_its_work_says_nothing(tmp_path, capfd):
    squares = Squares(tmp_path)
    local = Local(workers=1, threads=1, memory="auto")
    with local.started(squares, tmp_path, lambda said: None) as workers:
        next(workers.map("cost", each("sleep", [0, 600])))
        while not (tmp_path / "600").exists():
            time.sleep(0.01)
    assert capfd.readouterr() == ("", "")
    left = [" ".join(child.cmdline()) for child in psutil.Process().children()]
    assert not [line for line in left if "forkserver" in line]


FAILS_IN_WORKERS = """
import multiprocessing
if multiprocessing.parent_process():
    raise OSError("no such licence server")
"""


@pytest.mark.slow
def test_a_plugin_that_fails_in_workers_alone_is_one_line(tmp_path, monkeypatch):
    (tmp_path / "only_here.py").write_text(FAILS_IN_WORKERS)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(plugins, "_loaded", {})
    plugins.load(["only_here"])
    local = Local(workers=1, threads=1, memory="auto")
    said = r"prepared: plugins=\[only_here\] cannot be imported: OSError: no such licence server$"
    with (
        local.started(Squares(tmp_path), tmp_path, lambda said: None) as workers,
        pytest.raises(ConfigError, match=said),
    ):
        next(workers.map("cost", each("square", [3])))


class Fragile:
    """Workers that die of every group with a certain member."""

    def map(self, step, groups):
        for index, group in enumerate(groups):
            died = WorkerLostError("died")
            yield index, died if "c" in group.members else f"{step} {''.join(group.members)}"


def test_a_group_that_kills_workers_is_bisected_and_only_the_offending_candidate_is_lost():
    groups = [Group(["a", "b", "c", "d", "e"], 1), Group(["f"], 1)]
    outcomes = list(compute_groups(Fragile(), "train", groups))
    done = [outcome for _, outcome in outcomes if isinstance(outcome, str)]
    assert sorted(done) == ["train ab", "train de", "train f"]
    (lost,) = [group for group, outcome in outcomes if isinstance(outcome, WorkerLostError)]
    assert lost.members == ["c"]


@pytest.mark.slow
@pytest.mark.parametrize("strategy", ["halving", "model"])
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="two workers need two cores")
def test_a_search_with_two_workers_is_the_serial_one_to_the_last_bit(
    strategy, tmp_path, composed, monkeypatch
):
    monkeypatch.setattr("hybhanas.nas.executors.auto.ALONE_S", 0.2)
    fronts = set()
    for name in ("serial", "local", "auto"):
        search(composed(*TINY, f"executor={name}", f"search={strategy}", "search.rungs=[1]",
                        "search.generations=4"), tmp_path / name)  # fmt: skip
        fronts.add((tmp_path / name / "pareto.json").read_bytes())
    assert len(fronts) == 1


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="two workers need two cores")
def test_a_warning_names_more_workers_than_a_generation_is_divided_for(caplog):
    _warn_of_shares(Local(workers=2, threads=1, memory="auto"), shares=2)
    _warn_of_shares(Serial(), shares=1)
    assert caplog.text == ""
    _warn_of_shares(Local(workers=2, threads=1, memory="auto"), shares=1)
    assert "trainer.shares=1: 2 workers have little to do; trainer.shares=2" in caplog.text


@pytest.mark.slow
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="two workers need two cores")
def test_a_warning_names_workers_that_will_have_little_to_do(tmp_path, composed, caplog):
    search(composed(*TINY), tmp_path)
    overrides = ("executor=local", "executor.workers=2", "trainer.shares=1")
    with pytest.raises(ConfigError, match="another training"):  # before a worker starts
        search(composed(*TINY, *overrides), tmp_path)
    assert "trainer.shares" not in caplog.text
    search(composed(*TINY, *overrides), tmp_path / "own")
    assert "trainer.shares=1: 2 workers have little to do; trainer.shares=2" in caplog.text


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        (["executor=auto", "executor.threads=0"], "executor.threads=0 is not accepted: at least 1"),
        (["executor=local", "executor.workers=0"], "executor.workers=0 is not accepted: 1 to"),
        (["executor=local", "executor.workers=999"], "cores and trainer.threads=1, or null"),
        (["executor=local", "executor.memory=much"], "executor.memory=much is not accepted: auto"),
        (["executor=local", "executor.memory=4"], "a size such as 4GiB, at least 1280MiB"),
        (
            ["executor=local", "executor.threads=0"],
            "executor.threads=0 is not accepted: at",
        ),
        (
            ["executor=slurm", "executor.interface=ib7"],
            "executor.interface=ib7 is not accepted: ",
        ),
        (["executor=slurm"], "executor=slurm is not accepted: there is no sbatch"),
        (["executor=slurm", "executor.workers=0"], "executor.workers=0 is not accepted"),
        (["executor=slurm", "executor.minimum=9"], "0 to executor.workers=4, or null"),
        (["executor=slurm", "executor.memory=-1"], "executor.memory=-1 is not accepted: a size"),
    ],
)
def test_settings_that_make_no_sense_are_named(overrides, said, composed, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(ConfigError) as error:
        build("executor", composed(*overrides).executor)
    assert said in str(error.value)


def test_without_the_keys_of_the_run_nothing_connects_to_local_workers(tmp_path):
    from distributed import Client

    with Local(workers=1, threads=1, memory="auto")._cluster(tmp_path, print) as cluster:
        with pytest.raises(OSError):
            Client(cluster.scheduler_address.replace("tls", "tcp"), timeout="1s")
        with Client(cluster.scheduler_address, security=cluster.security, timeout="5s") as client:
            assert client.status == "running"
