"""RunFolder: what it recognises, what it refuses, and that it leaves strangers' files alone."""

from __future__ import annotations

import json

import pytest

from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError
from hybhanas.nas.run_folder import FORMAT, RunFolder

SETTINGS = {
    "format": FORMAT,
    "seed": 1,
    "data": {"hash": "ab"},
    "search": {"population": 4},
    "generations": 3,
    "versions": {"hybhanas": "0.2.0"},
}


@pytest.fixture
def folder(tmp_path):
    return RunFolder(tmp_path / "run")


def test_a_new_folder_is_claimed_with_its_settings_as_the_first_file(folder):
    assert folder.earlier_settings() is None
    with folder.claimed(SETTINGS):
        assert {path.name for path in folder.path.iterdir()} == {"settings.json", ".lock"}
    assert folder.earlier_settings() == SETTINGS
    assert [path.name for path in folder.path.iterdir()] == ["settings.json"]


def test_the_same_search_and_a_longer_one_may_follow_and_a_shorter_one_may_not(folder):
    with folder.claimed(SETTINGS):
        pass
    folder.check_same_search(SETTINGS | {"generations": 5})
    with pytest.raises(ConfigError, match="search.generations=2 is not accepted.* search of 3"):
        folder.check_same_search(SETTINGS | {"generations": 2})


def test_the_first_group_that_differs_is_named_a_seed_before_the_data_that_it_splits(folder):
    with folder.claimed(SETTINGS):
        pass
    with pytest.raises(ConfigError, match="a search with another seed;"):
        folder.check_same_search(SETTINGS | {"seed": 2, "data": {"hash": "cd"}})
    with pytest.raises(ConfigError, match="a search with another data;"):
        folder.check_same_search(SETTINGS | {"data": {"hash": "cd"}})


def test_a_run_of_version_0_1_is_refused_in_one_line_that_says_so(folder):
    folder.path.mkdir()
    old = {key: value for key, value in SETTINGS.items() if key != "format"}
    folder.settings.write_text(json.dumps(old | {"versions": {"hybhanas": "0.1.0"}}))
    with pytest.raises(ConfigError, match=r"run.dir=.*: hybhanas 0\.1\.0 wrote it") as refused:
        folder.earlier_settings()
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("content", ["{}", "// a comment", "[]", '{"a": 1}', "[" * 100_000])
def test_settings_of_something_else_are_refused(folder, content):
    folder.path.mkdir()
    folder.settings.write_text(content)
    with pytest.raises(ConfigError, match="hydra.run.dir=.* is not accepted"):
        folder.earlier_settings()


def test_a_folder_that_holds_something_else_is_refused_and_left_alone(folder):
    folder.path.mkdir()
    (folder.path / "thesis.tex").write_text("years of work")
    with pytest.raises(ConfigError, match="is not empty and holds no search"):
        folder.check_same_search(SETTINGS)
    assert [path.name for path in folder.path.iterdir()] == ["thesis.tex"]


def test_a_checkpoint_is_named_by_its_architecture(folder):
    architecture = Architecture(qubits=2)
    path = folder.checkpoint(architecture)
    assert path.relative_to(folder.path).as_posix() == f"checkpoints/{architecture.hash}.pt"
