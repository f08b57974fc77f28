"""Strangers' files execute nothing and read no secrets; secrets reach no output; modes are sane."""

from __future__ import annotations

import json
import os
import pickle
import re
import shutil
import stat
from pathlib import Path

import pytest
import torch
import yaml
from omegaconf import OmegaConf

from hybhanas.errors import ConfigError
from hybhanas.hydra_app.compose import composed as compose
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.records import Records
from hybhanas.presets import CONF
from hybhanas.tasks.cost import cost
from hybhanas.tasks.finished import OF_COST
from hybhanas.tasks.options import targets
from hybhanas.tasks.recost import recost
from hybhanas.tasks.search import search
from tests.helpers import ROOT, TINY
from tests.helpers.nursery import SEARCH


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    """The folder of a finished search."""
    from hybhanas.hydra_app.compose import composed

    folder = tmp_path_factory.mktemp("finished") / "run"
    search(composed(*TINY, "logger.mode=disabled"), folder)
    return folder


@pytest.fixture
def strangers(finished, tmp_path) -> Path:
    """A copy of it, for a stranger to change."""
    return Path(shutil.copytree(finished, tmp_path / "strangers"))


def change(folder: Path, setting: str, value: object) -> None:
    config = yaml.safe_load((folder / "config.yaml").read_text())
    group, _, key = setting.partition(".")
    if key:
        config[group][key] = value
    else:
        config[group] = value
    (folder / "config.yaml").write_text(yaml.safe_dump(config))


def read(folder: Path, task: str, composed, out: Path) -> None:
    if task == "recost":
        recost(composed("task=recost", f"run={folder}", "cache=null"), out)
    else:
        start = next(iter((folder / "checkpoints").iterdir())).stem
        cost(composed("task=cost", f"run={folder}", f"architecture='{start}'", "cache=null"), out)


SHELL = {"_target_": "os.system", "command": "touch executed"}


@pytest.mark.parametrize("task", ["recost", "cost"])
@pytest.mark.parametrize(
    ("setting", "value"),
    [(group, SHELL) for group in ("calibration", "cost_model", "device", "backend")]
    + [(f"{group}.inside", SHELL) for group in ("calibration", "cost_model", "device", "backend")]
    + [("calibration.inside", [[SHELL]]), ("calibration", [SHELL]),
       ("device._target_", "hybhanas.cost.model.CostModel"), ("cost_model._recursive_", True)],
)  # fmt: skip
def test_a_saved_configuration_calls_nothing_but_what_a_search_saves(
    strangers, tmp_path, composed, monkeypatch, task, setting, value
):
    monkeypatch.chdir(tmp_path)
    change(strangers, setting, value)
    with pytest.raises(ConfigError, match="its config.yaml has .*_"):
        read(strangers, task, composed, tmp_path / "out")
    assert not (tmp_path / "executed").exists()
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("group", OF_COST)
def test_what_every_option_builds_is_accepted_in_a_saved_configuration(group):
    for path in (CONF / group).glob("*.yaml"):
        assert compose(f"{group}={path.stem}")[group]._target_ in targets(group), path


@pytest.mark.parametrize("group", ["backend.name", "device.source", "logger.project", "device"])
def test_a_saved_configuration_reads_no_environment(
    strangers, tmp_path, composed, monkeypatch, group
):
    monkeypatch.setenv("SECRET", "do-not-tell")
    change(strangers, group, "${oc.env:SECRET}")
    with pytest.raises(ConfigError, match=f"has an interpolation, {group}") as error:
        read(strangers, "recost", composed, tmp_path / "out")
    assert "do-not-tell" not in str(error.value)


def test_saved_settings_call_nothing_either(strangers, tmp_path, composed, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = json.loads((strangers / "settings.json").read_text())
    settings["device"]["peak_flops_per_s"] = SHELL
    (strangers / "settings.json").write_text(json.dumps(settings))
    with pytest.raises(ConfigError, match="run=.* is not accepted"):
        read(strangers, "recost", composed, tmp_path / "out")
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize("task", ["recost", "cost"])
def test_a_plugin_that_a_saved_configuration_names_is_not_imported(
    strangers, tmp_path, composed, monkeypatch, task
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "strangers_gates.py").write_text("open('executed', 'w')")
    change(strangers, "plugins", ["strangers_gates"])
    read(strangers, task, composed, tmp_path / "out")
    assert not (tmp_path / "executed").exists()


def test_a_record_with_a_word_of_a_plugin_that_is_not_loaded_is_one_line(
    strangers, tmp_path, composed
):
    for record in (strangers / "records").iterdir():
        evaluation = json.loads(record.read_text())
        evaluation["architecture"]["encoding"] = "strangers_word"
        record.write_text(json.dumps(evaluation))
    with pytest.raises(ConfigError, match="run=.* is not accepted: "):
        read(strangers, "recost", composed, tmp_path / "out")


@pytest.mark.parametrize("name", ["config.yaml", "settings.json"])
@pytest.mark.parametrize(
    "content",
    [b'!!python/object/apply:os.system ["touch executed"]',
     b'device: !!python/object/apply:os.system ["touch executed"]',
     b"[" * 100_000],
)  # fmt: skip
def test_tags_and_depths_that_parsers_choke_on_are_one_line(
    strangers, tmp_path, composed, monkeypatch, name, content
):
    monkeypatch.chdir(tmp_path)
    (strangers / name).write_bytes(content)
    with pytest.raises(ConfigError, match="run=.* is not accepted"):
        read(strangers, "recost", composed, tmp_path / "out")
    assert not (tmp_path / "executed").exists()


class Bomb:
    def __reduce__(self):
        return os.system, ("touch executed",)


def test_a_pickle_in_a_records_place_is_damage_and_executes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for content in (pickle.dumps(Bomb()), b"[" * 100_000):
        (tmp_path / "records").mkdir(exist_ok=True)
        (tmp_path / "records" / "ab.json").write_bytes(content)
        assert Records(tmp_path / "records").read("ab", Evaluation.from_dict) is None
        assert (tmp_path / "records" / "damaged" / "ab.json").read_bytes() == content
    assert not (tmp_path / "executed").exists()


def test_a_pickle_in_a_checkpoints_place_is_refused_as_the_readme_loads_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save({"state_dict": Bomb()}, tmp_path / "model.pt")
    with pytest.raises(pickle.UnpicklingError):
        torch.load(tmp_path / "model.pt", weights_only=True)
    assert not (tmp_path / "executed").exists()


def test_no_code_here_loads_what_can_execute():
    texts = {
        path: path.read_text()
        for pattern in ("hybhanas/**/*.py", "scripts/**/*.py", "README.md")
        for path in ROOT.glob(pattern)
    }
    assert len(texts) > 80
    for path, text in texts.items():
        for call in re.findall(r"torch\.load\(.*", text):
            assert "weights_only=True" in call, path
        assert not re.search(
            r"\bpickle\.load|\byaml\.(unsafe_|full_)?load\(|(?<![.\w])(eval|exec)\(", text
        ), path


TOKENS = {
    "WANDB_API_KEY": "5ec7e70a" * 5,
    "QISKIT_IBM_TOKEN": "ibm-environment-5ec7e7",
    "account": "ibm-account-5ec7e7",
    "netrc": "netrc-5ec7e7" + "0" * 28,
}


@pytest.mark.parametrize("live", [False, True])
def test_no_output_holds_a_secret(nursery, tmp_path, live):
    home, folder = tmp_path / "home", tmp_path / "run"
    (home / ".qiskit").mkdir(parents=True)
    account = {
        "channel": "ibm_quantum_platform", "token": TOKENS["account"],
        "url": "https://cloud.ibm.com", "instance": None,
    }  # fmt: skip
    (home / ".qiskit" / "qiskit-ibm.json").write_text(
        json.dumps({"default-ibm-quantum-platform": account, "default-ibm-cloud": account})
    )
    netrc = f"machine api.wandb.ai login user password {TOKENS['netrc']}\n"
    (home / ".netrc").write_text(netrc)
    (home / ".netrc").chmod(0o600)
    child = nursery.run(
        *SEARCH, "logger.mode=offline", f"hydra.run.dir={folder}",
        *(["calibration=live", "backend=ibm_brisbane"] if live else []),
        HOME=str(home), WANDB_API_KEY=TOKENS["WANDB_API_KEY"], HTTPS_PROXY="http://127.0.0.1:9",
        **({} if live else {"QISKIT_IBM_TOKEN": TOKENS["QISKIT_IBM_TOKEN"]}),
    )  # fmt: skip
    assert child.returncode == (2 if live else 0), child.errors
    outputs = [child.output.encode(), child.errors.encode()]
    outputs += [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    outputs += [
        path.read_bytes()
        for path in home.rglob("*")
        if path.is_file() and path.name not in (".netrc", "qiskit-ibm.json")
    ]
    assert len(outputs) == 2 if live else list(folder.glob("wandb/offline-run-*/*.wandb"))
    for name, token in TOKENS.items():
        assert not [text for text in outputs if token.encode() in text], name


def test_files_honour_the_umask_and_nothing_is_left_in_temporary_folders(nursery, tmp_path):
    temporary, folder = tmp_path / "tmp", tmp_path / "run"
    temporary.mkdir()
    child = nursery.run(
        *SEARCH, f"hydra.run.dir={folder}", TMPDIR=str(temporary),
        before="import os; os.umask(0o027)",
    )  # fmt: skip
    assert child.returncode == 0, child.errors
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()}
    assert modes == {0o640}
    assert list(temporary.iterdir()) == []


def test_a_file_is_its_owners_alone_until_it_is_whole(tmp_path, monkeypatch):
    from hybhanas import atomic

    seen = []

    def noted(handle):
        seen.append(stat.S_IMODE(os.fstat(handle).st_mode))

    monkeypatch.setattr(os, "fsync", noted)
    atomic.write_text(tmp_path / "file", "text")
    assert seen[0] == 0o600


@pytest.mark.parametrize("setting", ["backend.name", "dataset.name", "task.name"])
@pytest.mark.parametrize("name", ["../../x", "a/b", "/etc/x", "..", ".hidden", "a\\b", ""])
def test_a_name_that_leads_elsewhere_is_refused(composed, setting, name):
    from hybhanas.hydra_app.check import check

    config = composed()
    OmegaConf.update(config, setting, name)
    with pytest.raises(ConfigError, match=f"{setting}=.* is not accepted: it is part of file"):
        check(config)


def test_a_name_that_leads_elsewhere_leaves_nothing_there(nursery, tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    child = nursery.run("backend.name=../../../escaped", before=f"import os; os.chdir('{inside}')")
    assert child.returncode == 2
    assert child.errors.startswith("error: backend.name=../../../escaped is not accepted")
    assert [path.name for path in tmp_path.rglob("*")] == ["inside"]
