"""W&B: really offline, logged once, always finished."""

from __future__ import annotations

import pytest

from hybhanas.errors import ConfigError
from hybhanas.reporting.tracking import Tracker


def tracker(mode: str) -> Tracker:
    return Tracker(mode=mode, project="test", entity=None, group="sweep", tags=["a"])


def test_an_offline_run_lands_below_the_runs_folder(tmp_path):
    with tracker("offline").run(tmp_path, "name", {"seed": 1}) as run:
        run.log({"front_size": 3}, step=1)
        run.finish_with({"evaluations": 2}, [{"a": 1}, {"a": 2}], [])
    assert list(tmp_path.glob("wandb/offline-run-*/*.wandb"))


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

    with pytest.raises(ZeroDivisionError), tracker("offline").run(tmp_path, "name", {}):
        assert wandb.run is not None
        raise ZeroDivisionError
    assert wandb.run is None


def test_disabled_writes_nothing(tmp_path):
    with tracker("disabled").run(tmp_path, "name", {}) as run:
        run.log({"a": 1}, step=1)
        run.finish_with({}, [], [])
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_mode_is_named():
    with pytest.raises(ConfigError, match=r"logger.mode=of?line is unknown .did you mean offline"):
        tracker("ofline")
