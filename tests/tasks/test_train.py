"""task=train: an architecture to the end, from choices, from a run, from a checkpoint."""

from __future__ import annotations

import json

import pytest
import torch

from hybhanas.architecture import Architecture
from hybhanas.data.shipped import Shipped
from hybhanas.errors import ConfigError
from hybhanas.models.hqnn import HQNN, checkpoint, load_model
from hybhanas.tasks import finished
from hybhanas.tasks import train as task
from hybhanas.tasks.train import train

SMALL = (
    "task=train", "architecture={qubits: 2}", "dataset=iris", "seeds=2", "trainer.final_epochs=3",
    "logger.mode=disabled", "trainer.accelerator=cpu",
)  # fmt: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    from hybhanas.hydra_app.compose import composed

    folder = tmp_path_factory.mktemp("train") / "run"
    train(composed(*SMALL), folder)
    return folder


def test_it_writes_scores_models_and_curves(trained, capsys):
    result = json.loads((trained / "result.json").read_text())
    assert [seed["seed"] for seed in result["seeds"]] == [1, 2]
    accuracies = [seed["test"]["accuracy"] for seed in result["seeds"]]
    assert result["spread"]["test_accuracy"]["mean"] == pytest.approx(sum(accuracies) / 2)
    curves = (trained / "curves.csv").read_text().splitlines()
    assert curves[0] == "seed,epoch,loss,validation_accuracy"
    assert len(curves) == 1 + 2 * 3
    assert (trained / "curves.png").stat().st_size > 1000
    data = Shipped(name="iris", seed=1).load()
    raw, labels = data.splits.test.features, data.splits.test.classes
    for seed in result["seeds"]:
        model = load_model(trained / seed["checkpoint"])
        found = model(torch.from_numpy(raw)).argmax(dim=1).numpy()
        assert (found == labels).mean() == seed["test"]["accuracy"]
        assert model.data_hash == data.hash


def test_it_answers_at_once_where_it_has_finished_and_refuses_other_settings(
    trained, composed, monkeypatch, capsys
):
    def trains_again(*arguments):
        raise AssertionError("it trains again")

    monkeypatch.setattr(task, "train_replicas", trains_again)
    result = train(composed(*SMALL), trained)
    assert result.to_dict() == json.loads((trained / "result.json").read_text())
    assert "mean" in capsys.readouterr().out
    with pytest.raises(ConfigError, match="it holds a training with another seeds; accepted: a "):
        train(composed(*SMALL, "seeds=3"), trained)
    with pytest.raises(ConfigError, match="it holds a training with another training; accepted"):
        train(composed(*SMALL, "trainer.schedule=cosine"), trained)


def test_it_ends_with_the_command_that_costs_the_architecture(
    trained, composed, monkeypatch, capsys
):
    monkeypatch.setattr(finished, "overrides", lambda: [*SMALL, "backend=ibm_fez"])
    train(composed(*SMALL, "backend=ibm_fez"), trained)
    assert capsys.readouterr().out.splitlines()[-1] == (
        "next: python3 run.py task=cost 'architecture={qubits: 2}' dataset=iris "
        "trainer.final_epochs=3 trainer.accelerator=cpu backend=ibm_fez"
    )


def test_a_member_of_a_run_is_trained_on_the_data_and_with_the_settings_of_the_run(
    smoke, composed, tmp_path, monkeypatch
):
    front = json.loads((smoke / "pareto.json").read_text())
    member = front[0]["architecture"]
    given = (
        "task=train",
        f"run={smoke}",
        f"member={member[:8]}",
        "seeds=2",
        "logger.mode=disabled",
    )
    monkeypatch.setattr(task, "named_settings", lambda: {"trainer.final_epochs"})
    result = train(composed(*given, "trainer.final_epochs=1"), tmp_path / "run")
    assert result.architecture.hash == member
    saved = json.loads((tmp_path / "run" / "settings.json").read_text())
    of_search = json.loads((smoke / "settings.json").read_text())
    assert saved["data"] == of_search["data"]
    assert saved["training"] == of_search["training"] | {"final_epochs": 1}
    with pytest.raises(ConfigError, match=f"member={len(front) + 1} is not accepted: ranks are 1"):
        train(composed("task=train", f"run={smoke}", f"member={len(front) + 1}"), tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_a_checkpoint_is_trained_further(trained, composed, tmp_path, caplog):
    given = [
        setting for setting in SMALL if "architecture" not in setting and "seeds" not in setting
    ]
    saved = f"checkpoint={trained}/checkpoints/seed_1.pt"
    result = train(composed(*given, saved), tmp_path / "run")
    assert "was trained on other data" not in caplog.text
    (seed,) = result.seeds
    assert seed.epochs == 3
    before = json.loads((trained / "result.json").read_text())["seeds"][0]
    assert seed.validation.accuracy >= before["validation"]["accuracy"] - 0.1
    with pytest.raises(
        ConfigError, match="a network for 4 features and 3 classes; the data have 13"
    ):
        train(composed(*given, saved, "dataset=wine"), tmp_path / "other")
    train(composed(*given, saved, "seed=2", "trainer.final_epochs=1"), tmp_path / "other_splits")
    assert "seed_1.pt was trained on other data, or other splits of them" in caplog.text
    with pytest.raises(ConfigError, match="seeds=2 is not accepted with checkpoint="):
        train(composed(*given, saved, "seeds=2"), tmp_path / "other")


def test_noise_of_the_backend_travels_with_the_model(composed, tmp_path):
    result = train(composed(*SMALL, "trainer.noise=survival", "trainer.shots=64"), tmp_path / "run")
    model = load_model(tmp_path / "run" / result.seeds[0].checkpoint)
    assert model.survival is not None
    assert all(0.5 < factor < 1 for factor in model.survival)
    ideal = HQNN(model.architecture, 4, 3, "fused")
    ideal.load_state_dict(model.state_dict())
    x = torch.randn(5, 4)
    assert not torch.allclose(model(x), ideal(x))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ((), "architecture=null is not accepted: choices such as"),
        (("architecture=abc",), "architecture=abc is not accepted: choices such as"),
        (("architecture={qubits: 0}",), "architecture.qubits=0 is not accepted: an integer >= 1"),
        (("member=1",), "member=1 is not accepted without run=FOLDER"),
        (("run=no_such",), "run=no_such is not accepted: "),
        (("checkpoint=no_such.pt",), "no_such.pt is not a checkpoint"),
        (("architecture={qubits: 2}", "seeds=0"), "seeds=0 is not accepted: at least 1"),
        (
            ("architecture={qubits: 2}", "checkpoint=x.pt"),
            "architecture={'qubits': 2} and checkpoint=x.pt are not accepted together: one of them",
        ),
    ],
)
def test_mistakes_are_one_line_and_nothing_is_written(settings, said, composed, tmp_path):
    with pytest.raises(ConfigError) as error:
        train(composed("task=train", "dataset=iris", *settings), tmp_path / "run")
    assert str(error.value).startswith(said)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "content", ["", "[]", '{"seeds": [{"seed": 1}]}', '{"seeds": "no"}', "[" * 9999]
)
def test_a_result_that_is_damaged_is_one_line(trained, composed, tmp_path, content):
    import shutil

    shutil.copytree(trained, tmp_path / "run")
    (tmp_path / "run" / "result.json").write_text(content)
    with pytest.raises(ConfigError, match="run/result.json cannot be read: [^\\n]+$"):
        train(composed(*SMALL), tmp_path / "run")


def test_a_run_that_has_not_finished_is_told(smoke, composed, tmp_path):
    import shutil

    shutil.copytree(smoke, tmp_path / "stopped")
    (tmp_path / "stopped" / "pareto.json").unlink()
    with pytest.raises(
        ConfigError, match="pareto.json: No such file or directory; the folder of a"
    ):
        train(composed("task=train", f"run={tmp_path}/stopped", "member=1"), tmp_path / "run")


def test_a_run_that_names_code_of_its_own_is_refused(smoke, composed, tmp_path):
    import shutil

    shutil.copytree(smoke, tmp_path / "strange")
    config = tmp_path / "strange" / "config.yaml"
    text = config.read_text()
    assert "hybhanas.data.shapes.Circles" in text
    config.write_text(text.replace("hybhanas.data.shapes.Circles", "os.system"))
    with pytest.raises(
        ConfigError, match="its config.yaml has dataset._target_=os.system; dataset="
    ):
        train(composed("task=train", f"run={tmp_path}/strange", "member=1"), tmp_path / "run")


def test_data_that_have_changed_since_the_search_are_refused(smoke, composed, tmp_path):
    import shutil

    shutil.copytree(smoke, tmp_path / "changed")
    settings = json.loads((tmp_path / "changed" / "settings.json").read_text())
    settings["data"]["hash"] = "0" * 16
    (tmp_path / "changed" / "settings.json").write_text(json.dumps(settings))
    with pytest.raises(ConfigError, match="changed is not accepted: its data have changed since"):
        train(composed("task=train", f"run={tmp_path}/changed", "member=1"), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_checkpoint_of_another_kind_of_data_says_its_shape(composed, tmp_path):
    model = HQNN(Architecture(qubits=2), 7, 2, "fused")
    (tmp_path / "other.pt").write_bytes(checkpoint(model))
    with pytest.raises(
        ConfigError, match="a network for 7 features and 2 classes; the data have 4"
    ):
        train(
            composed("task=train", "dataset=iris", f"checkpoint={tmp_path}/other.pt"),
            tmp_path / "run",
        )
