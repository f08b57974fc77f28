"""W&B: really offline, logged once, always finished."""

from __future__ import annotations

import json
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from hybhanas.errors import ConfigError
from hybhanas.reporting import wandb_service
from hybhanas.reporting.tracking import TrackedRun, Tracker


def tracker(mode: str) -> Tracker:
    return Tracker(mode=mode, project="test", entity=None, group="sweep", tags=["a"])


def test_an_offline_run_lands_below_the_runs_folder(tmp_path):
    with tracker("offline").run(tmp_path, "name", {"seed": 1}) as run:
        run.log({"front_size": 3}, step=1)
        run.finish_with({"evaluations": 2}, [{"a": 1}, {"a": 2}], [])
    assert list(tmp_path.glob("wandb/offline-run-*/*.wandb"))


BLOCK, HEADER = 2**15, 7
"""Bytes of W&B's file format, which is that of LevelDB's logs; the file has a header of as many."""


def chunks(content: bytes) -> Iterator[bytes]:
    """The records of a `.wandb` file; one that crosses a block's end comes in parts."""
    at, record = HEADER, b""
    while at + HEADER <= len(content):
        if BLOCK - at % BLOCK < HEADER:
            at += BLOCK - at % BLOCK
            continue
        _, length, kind = struct.unpack_from("<IHB", content, at)
        record += content[at + HEADER : at + HEADER + length]
        at += HEADER + length
        if kind in (1, 4):  # whole, or the last part
            yield record
            record = b""


def summary_of(path: Path) -> dict[str, object]:
    """The summary of an offline run; parts of a value are named `name.part`."""
    from wandb.proto import wandb_internal_pb2

    values = {}
    for chunk in chunks(path.read_bytes()):
        record = wandb_internal_pb2.Record()
        record.ParseFromString(chunk)
        for item in record.summary.update:
            values[item.key or ".".join(item.nested_key)] = json.loads(item.value_json)
    return values


def test_an_offline_run_holds_both_the_table_of_evaluations_and_their_number(tmp_path):
    with tracker("offline").run(tmp_path, "name", {}) as run:
        run.finish_with({"evaluations": 2}, [{"a": 1}, {"a": 2}], [])
    (path,) = tmp_path.glob("wandb/offline-run-*/*.wandb")
    deadline = time.monotonic() + 60  # W&B's service may write after the run has finished
    while "evaluations" not in (summary := summary_of(path)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert summary["evaluations"] == 2
    assert summary["evaluation_table._type"] == "table-file"
    assert (summary["evaluation_table.nrows"], summary["evaluation_table.ncols"]) == (2, 1)
    assert not any(name.startswith("evaluations.") for name in summary)


def test_online_without_a_key_is_offline_and_logged_once(tmp_path, caplog, monkeypatch):
    monkeypatch.delenv("WANDB_MODE")
    monkeypatch.setenv("HOME", str(tmp_path))
    with tracker("online").run(tmp_path, "name", {}):
        pass
    assert [r.message for r in caplog.records if r.name.startswith("hybhanas")] == [
        "W&B: no API key is known; this run is offline"
    ]
    assert list(tmp_path.glob("wandb/offline-run-*"))


def test_a_run_is_finished_when_the_search_inside_it_fails(tmp_path):
    import wandb

    with pytest.raises(ZeroDivisionError), tracker("offline").run(tmp_path, "name", {}) as run:
        run.log({"front_size": 3}, step=1)
        raise ZeroDivisionError
    assert run.finished
    assert list(tmp_path.glob("wandb/offline-run-*/*.wandb"))
    assert wandb.run is None


def test_a_run_that_w_and_b_does_not_take_in_time_is_given_up_in_one_line(caplog, monkeypatch):
    ended = []
    monkeypatch.setattr(wandb_service, "end_own", lambda: ended.append(True))
    answered = threading.Event()
    silent = SimpleNamespace(log=lambda *_, **__: answered.wait(), finish=lambda **_: None)
    run = TrackedRun(lambda: silent)
    run.log({"front_size": 3}, step=1)
    run.finish(failed=False, timeout_s=0.1)
    assert not run.finished
    assert ended
    answered.set()
    assert [r.message for r in caplog.records] == [
        "W&B: it did not finish within logger.finish_timeout_s=0.1; wandb sync uploads later what "
        "it has written"
    ]


def test_an_error_of_w_and_b_is_logged_once_and_stops_nothing(caplog):
    def start() -> None:
        raise OSError("no space left")

    run = TrackedRun(start)
    run.log({"front_size": 3}, step=1)
    run.log({"front_size": 4}, step=2)
    run.finish(failed=False, timeout_s=60)
    assert not run.finished
    assert [r.message for r in caplog.records if r.name.startswith("hybhanas")] == [
        "W&B: OSError: no space left; this run continues without it"
    ]


def test_disabled_writes_nothing(tmp_path):
    with tracker("disabled").run(tmp_path, "name", {}) as run:
        run.log({"a": 1}, step=1)
        run.finish_with({}, [], [])
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_mode_is_named():
    with pytest.raises(ConfigError, match=r"logger.mode=of?line is unknown .did you mean offline"):
        tracker("ofline")
