"""search.start takes the front of earlier runs, and a run records what it started from."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from omegaconf import DictConfig

from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError
from hybhanas.nas.run_folder import RunFolder
from hybhanas.stored import read_json
from hybhanas.tasks.finished import read_run
from hybhanas.tasks.search import search
from hybhanas.tasks.warm_start import with_start
from tests.helpers import QUIET


def start(config: DictConfig, folder: Path = Path("none")) -> list[object]:
    return [*with_start(config.search, RunFolder(folder)).start]


def test_a_run_gives_the_members_of_its_front_that_add_most(smoke, composed):
    run = read_run(str(smoke))
    front = [e.architecture.to_dict() for e in run.objectives.front(run.evaluations)]
    config = composed("experiment=smoke", f"search.start=[{smoke}]", "search.population=50")
    whole = start(config)
    assert sorted(map(str, whole)) == sorted(map(str, front))
    fewer = composed("experiment=smoke", f"search.start=[{smoke},{{qubits:2}}]")
    fewer.search.population = 2
    assert start(fewer) == [whole[0], {"qubits": 2}]


def test_runs_share_what_room_a_generation_has(smoke, tmp_path, composed):
    other = tmp_path / "other"
    shutil.copytree(smoke, other)
    config = composed("experiment=smoke", f"search.start=[{smoke},{other}]")
    config.search.population = 2
    assert len(start(config)) == 2  # one of each, of fronts with more
    full = composed("experiment=smoke", f"search.start=[{smoke},{other}]")
    full.search.population = 1
    with pytest.raises(ConfigError, match="search.population=1 leaves no room for it$"):
        start(full)


def test_a_run_that_started_from_another_needs_it_no_more(smoke, tmp_path, composed):
    first, second = tmp_path / "first", tmp_path / "second"
    shutil.copytree(smoke, first)
    overrides = ("experiment=smoke", QUIET, "seed=2")
    search(composed(*overrides, f"search.start=[{first}]"), second)
    started = read_json(second / "settings.json", 100_000)["search"]["start"]
    known = read_run(str(first))
    assert started
    front = {e.architecture for e in known.objectives.front(known.evaluations)}
    assert {Architecture.from_dict(one) for one in started} <= front
    shutil.rmtree(first)
    records = sorted((second / "records").glob("*.json"))
    before = [path.stat().st_mtime_ns for path in records]
    search(composed(*overrides, f"search.start=[{first}]"), second)  # its records answer
    assert [path.stat().st_mtime_ns for path in records] == before
    assert read_json(second / "settings.json", 100_000)["search"]["start"] == started
    with pytest.raises(ConfigError, match="it holds a search with another search"):
        search(composed(*overrides), second)
    with pytest.raises(ConfigError, match=f"search.start: {first} is not accepted"):
        start(composed(*overrides, f"search.start=[{first},{{qubits:2}}]"), second)


def test_a_folder_that_is_no_run_is_named(tmp_path, composed):
    with pytest.raises(ConfigError) as error:
        start(composed("experiment=smoke", f"search.start=[{tmp_path}/none]"))
    assert str(error.value) == (
        f"search.start: {tmp_path}/none is not accepted: settings.json: No such file or directory; "
        "accepted: the folder of a search"
    )
