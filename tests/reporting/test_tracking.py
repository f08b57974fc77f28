"""W&B: really offline, logged once, always finished."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hybhanas.errors import ConfigError
from hybhanas.reporting.service import About, Service
from hybhanas.reporting.tracking import TrackedRun, Tracker
from hybhanas.reporting.wandb_content import Files, log_files, table
from hybhanas.reporting.wandb_runs import Wandb, candidates, finish_beside, start_beside
from tests.helpers import ROOT, wandb_file

ABOUT = About(
    name="name", job_type="search", config={"backend": {"name": "ibm_fez"}}, tags=["ibm_fez"]
)


def tracker(mode: str) -> Tracker:
    return Tracker(mode=mode, project="test", entity=None, group="sweep", tags=["a"], notes="why")


def test_an_offline_run_lands_below_the_runs_folder(tmp_path):
    with tracker("offline").run(tmp_path, ABOUT) as run:
        run.log({"front_size": 3}, step=1)
    assert list(tmp_path.glob("wandb/offline-run-*/*.wandb"))


def test_an_offline_run_holds_its_table_and_says_where_it_belongs(tmp_path):
    with tracker("offline").run(tmp_path, ABOUT) as run:
        run.tell(lambda run: run.log({"seed_table": table([{"a": 1, "b": "x"}, {"a": 2}])}))
    found = wandb_file.of_search(tmp_path)
    assert found.table("seed_table") == [{"a": 1, "b": "x"}, {"a": 2, "b": None}]
    assert (found.run.job_type, found.run.run_group, found.run.display_name, found.run.notes) == (
        "search", "sweep", "name", "why",
    )  # fmt: skip
    assert [*found.run.tags] == ["ibm_fez", "a"]
    assert found.config["backend"] == {"name": "ibm_fez"}


def report_one(run: Any) -> None:
    candidate = start_beside(run, "abc", {})
    candidate.log({"parameters": 17})
    finish_beside(candidate)


def test_a_candidate_is_known_once_its_run_is_complete(tmp_path):
    with tracker("offline").run(tmp_path, ABOUT) as run:
        run.report_candidate(lambda run: start_beside(run, "def", {}).finish())  # as if cut off
        run.report_candidate(report_one)
    assert run.finished
    run_id = (tmp_path / "wandb" / "run_id").read_text().strip()
    assert len([*tmp_path.glob(f"wandb/offline-run-*-{run_id}-*")]) == 2
    assert candidates(tmp_path, run_id, online=False) == {"abc"}
    assert candidates(tmp_path, run_id, online=True) == set()


def test_every_attempt_in_a_folder_is_the_same_run_and_that_of_another_folder_is_not(tmp_path):
    folders = [tmp_path / "one", tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir(exist_ok=True)
        with tracker("offline").run(folder, ABOUT) as run:
            run.log({"front_size": 3}, step=1)
        assert run.finished
    first, again, other = (wandb_file.of_search(folder).run.run_id for folder in folders)
    assert first == again != other
    assert len(list(folders[0].glob("wandb/offline-run-*"))) == 2


def test_what_wandb_sync_needs_lies_in_the_folder_with_the_usual_mode(tmp_path, monkeypatch):
    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("WANDB_DATA_DIR", raising=False)
    kept = tmp_path / "pareto.json"
    kept.write_text("[]")
    with tracker("offline").run(tmp_path, ABOUT) as run:
        run.tell(lambda run: run.log({"seed_table": table([{"a": 1}])}))
        run.tell(lambda run: log_files(run, Files("front-1", "front", {kept.name: kept})))
    artifacts = wandb_file.of_search(tmp_path).artifacts
    paths = [Path(one.local_path) for a in artifacts for one in a.manifest.contents]
    assert len(paths) == 2
    for path in paths:
        assert path.is_relative_to(tmp_path)
        assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(kept.stat().st_mode)
    assert not list(home.rglob("*staging*/*"))


def test_online_without_a_key_is_offline_and_logged_once(tmp_path, caplog, monkeypatch):
    monkeypatch.delenv("WANDB_MODE")
    monkeypatch.setenv("HOME", str(tmp_path))
    with tracker("online").run(tmp_path, ABOUT):
        pass
    assert said_by_us(caplog) == ["W&B: no API key is known; this run is offline"]
    assert list(tmp_path.glob("wandb/offline-run-*"))


def test_a_run_is_finished_when_the_search_inside_it_fails(tmp_path):
    import wandb

    with pytest.raises(ZeroDivisionError), tracker("offline").run(tmp_path, ABOUT) as run:
        run.log({"front_size": 3}, step=1)
        raise ZeroDivisionError
    assert run.finished
    assert list(tmp_path.glob("wandb/offline-run-*/*.wandb"))
    assert wandb.run is None


class Told(Service):
    """A service whose runs are made by a function; it notes what becomes of it in `left`."""

    name, later = Wandb.name, Wandb.later

    def __init__(self, start: Callable[[threading.Event], Any]):
        self._start, self.left = start, list[str]()

    def start(self, given_up: threading.Event) -> Any:
        return self._start(given_up)

    def finish(self, run: Any, failed: bool) -> None:
        run.finish(exit_code=int(failed))

    def tear_down(self) -> None:
        self.left.append("torn down")

    def end(self) -> None:
        self.left.append("ended")


def test_a_run_that_w_and_b_does_not_take_in_time_is_given_up_in_one_line(caplog):
    answered = threading.Event()
    silent = SimpleNamespace(log=lambda *_, **__: answered.wait(), finish=lambda **_: None)
    service = Told(lambda _: silent)
    run = TrackedRun(service)
    run.log({"front_size": 3}, step=1)
    run.finish(failed=False, timeout_s=0.1)
    assert not run.finished
    assert service.left == ["ended"]
    answered.set()
    assert [r.message for r in caplog.records] == [
        "W&B: it did not finish within logger.finish_timeout_s=0.1; wandb sync uploads later what "
        "it has written"
    ]


def test_a_run_that_starts_after_it_was_given_up_is_told_nothing(caplog):
    seen: list[str] = []
    late = SimpleNamespace(
        log=lambda *_, **__: seen.append("log"), finish=lambda **_: seen.append("finish")
    )
    threads: list[threading.Thread] = []

    def start(given_up: threading.Event) -> SimpleNamespace:
        threads.append(threading.current_thread())
        given_up.wait()
        return late

    service = Told(start)
    run = TrackedRun(service)
    run.log({"front_size": 3}, step=1)
    run.finish(failed=False, timeout_s=0.1)
    threads[0].join()
    assert (seen, run.finished, service.left) == ([], False, ["ended"])
    assert said_by_us(caplog) == [
        "W&B: it did not start within logger.finish_timeout_s=0.1; nothing was tracked; run the "
        "same command again to track it"
    ]


def said_by_us(caplog) -> list[str]:
    return [r.message for r in caplog.records if r.name.startswith("hybhanas")]


def finished_after(
    log: Callable[[str], object], timeout_s: float, failed: bool = False
) -> TrackedRun:
    """Reports a search with two candidates, which are there before W&B has started."""
    ended = threading.Event()

    def start(_: object) -> SimpleNamespace:
        ended.wait()
        end = partial(log, "end")
        return SimpleNamespace(log=log, finish=lambda **_: end())

    run = TrackedRun(Told(start))
    for name in ("first", "second"):
        run.report_candidate(lambda seen, name=name: seen.log(name))
    run.tell(lambda seen: seen.log("results"))
    threading.Timer(0.05, ended.set).start()
    run.finish(failed, timeout_s)
    return run


ENDS = """
import sys, threading
from hybhanas.reporting import wandb_service
threading.Thread(target=__import__, args=("wandb",), daemon=True).start()
while "wandb" not in sys.modules:
    pass
wandb_service.end()
print("ended")
"""


def test_w_and_b_is_ended_though_its_import_in_another_thread_never_ends(tmp_path):
    (tmp_path / "wandb.py").write_text("import threading\nthreading.Event().wait()\n")
    path = os.pathsep.join(map(str, (tmp_path, ROOT)))
    outcome = subprocess.run(
        [sys.executable, "-c", ENDS], env=os.environ | {"PYTHONPATH": path},
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert (outcome.stdout, outcome.stderr) == ("ended\n", "")


def test_a_search_and_its_end_are_told_before_its_candidates():
    seen: list[str] = []
    assert finished_after(seen.append, timeout_s=60).finished
    assert seen == ["results", "end", "first", "second"]


def test_candidates_of_a_search_that_is_interrupted_are_not_waited_for():
    seen: list[str] = []
    finished_after(seen.append, timeout_s=60, failed=True)
    assert seen == ["results", "end"]


def test_a_candidate_that_w_and_b_refuses_is_one_line_and_the_search_is_told(caplog):
    seen: list[str] = []

    def log(name: str) -> None:
        if name in ("first", "second"):
            raise OSError("refused")
        seen.append(name)

    assert not finished_after(log, timeout_s=60).finished  # the next attempt resumes them
    assert seen == ["results", "end"]
    assert said_by_us(caplog) == [
        "W&B: OSError: refused; no more candidates have runs of their own"
    ]


@pytest.mark.parametrize(
    ("hanging", "said"), [("first", "2 candidates were"), ("second", "1 candidate was")]
)
def test_candidates_that_w_and_b_has_no_time_for_are_counted(hanging, said, caplog):
    answered = threading.Event()

    def log(name: str) -> None:
        if name == hanging:
            answered.wait()

    finished_after(log, timeout_s=1)
    answered.set()
    assert said_by_us(caplog) == [
        f"W&B: {said} not sent within logger.finish_timeout_s=1; run the same command again "
        "for the rest"
    ]


def test_an_error_of_w_and_b_is_logged_once_and_stops_nothing(caplog):
    def start(_: object) -> None:
        raise OSError("no space left")

    service = Told(start)
    run = TrackedRun(service)
    run.log({"front_size": 3}, step=1)
    run.log({"front_size": 4}, step=2)
    run.finish(failed=False, timeout_s=60)
    assert not run.finished
    assert service.left == ["torn down"]
    assert said_by_us(caplog) == ["W&B: OSError: no space left; this run continues without it"]


def test_disabled_writes_nothing(tmp_path):
    with tracker("disabled").run(tmp_path, ABOUT) as run:
        run.log({"a": 1}, step=1)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_mode_is_named():
    with pytest.raises(ConfigError, match=r"logger.mode=of?line is unknown .did you mean offline"):
        tracker("ofline")


def test_a_budget_of_no_time_is_refused():
    with pytest.raises(ConfigError, match=r"logger.under_s=\[0.0\] is not accepted: seconds"):
        Tracker(under_s=[0.0])
