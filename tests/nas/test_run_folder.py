"""RunFolder: what it recognises, what it refuses, and that it leaves strangers' files alone."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

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


def layout() -> list[str]:
    """Every name that a run with a rung may have in its folder."""
    with tempfile.TemporaryDirectory() as path:
        folder = RunFolder(Path(path))
        (folder.rungs / "3").mkdir(parents=True)
        return [str(p.relative_to(path)) for p in (*folder.files, *folder.folders)]


NAMES = layout()


def test_the_layout_names_whatever_a_search_writes(whole):
    known = {Path(name).parts[0] for name in NAMES}
    assert {path.name for path in whole.iterdir()} <= known
    assert {"settings.json", "rungs/3", "final/damaged", "records", ".lock"} <= {*NAMES}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["link", "link to a folder", "dangling link", "pipe"])
def test_what_is_planted_in_a_files_or_folders_place_is_said_and_never_followed(
    folder, tmp_path, name, kind
):
    victims = tmp_path / "victims"
    victims.mkdir()
    (victims / "thesis.tex").write_text("years of work")
    planted = folder.path / name
    planted.parent.mkdir(parents=True, exist_ok=True)
    if planted.parent != folder.path:  # what holds it is that of a search
        (folder.path / "settings.json").write_text(json.dumps(SETTINGS))
    if kind == "pipe":
        os.mkfifo(planted)
    else:
        planted.symlink_to(
            {"link": victims / "thesis.tex", "link to a folder": victims}.get(kind, tmp_path / "no")
        )
    if not (folder.path / "settings.json").exists() and name != "settings.json":
        (folder.path / "settings.json").write_text(json.dumps(SETTINGS))
    with (
        pytest.raises(ConfigError, match="hydra.run.dir=.* is not accepted") as said,
        folder.claimed(SETTINGS),
    ):
        pass
    assert Path(name).name in str(said.value)
    assert [p.name for p in victims.iterdir()] == ["thesis.tex"]
    assert (victims / "thesis.tex").read_text() == "years of work"
    assert not (tmp_path / "no").exists()


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_a_record_that_is_no_file_is_moved_aside_and_not_followed(folder, tmp_path, kind):
    good = tmp_path / "good.json"
    good.write_text('{"key": "ab12"}')
    planted = folder.records.folder / "ab12.json"
    planted.parent.mkdir(parents=True)
    {
        "link": lambda: planted.symlink_to(good),
        "pipe": lambda: os.mkfifo(planted),
        "folder": planted.mkdir,
    }[kind]()
    assert folder.records.read("ab12", dict) is None
    assert not os.path.lexists(planted)
    assert os.path.lexists(planted.parent / "damaged" / "ab12.json")
    assert good.read_text() == '{"key": "ab12"}'


def test_a_hard_link_in_the_locks_place_is_refused(folder, tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    folder.path.mkdir()
    (folder.path / ".lock").hardlink_to(tmp_path / "thesis.tex")
    with pytest.raises(ConfigError, match=r"its \.lock is a link"), folder.claimed(SETTINGS):
        pass
    assert (tmp_path / "thesis.tex").read_text() == "years of work"
