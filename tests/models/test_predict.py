"""A model of a run predicts raw samples: its preparation travels with it."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer

from hybhanas.data.fitted import Fitted
from hybhanas.data.images import Images
from hybhanas.data.in_memory import InMemoryData
from hybhanas.data.shipped import Shipped
from hybhanas.data.table_file import Csv
from hybhanas.errors import ConfigError
from hybhanas.models.hqnn import HQNN
from hybhanas.tasks.search import search
from tests.data.test_images import CLASSES, IMAGES, idx
from tests.helpers import ROOT, TINY

PENGUINS = ROOT / "tests" / "data" / "files" / "penguins.csv"


def test_a_fresh_process_reaches_the_recorded_test_accuracy_on_raw_rows(tmp_path, composed):
    table = pd.read_csv(PENGUINS).dropna().sample(frac=1, random_state=0)
    table[:200].to_csv(tmp_path / "train.csv", index=False)
    table[200:].to_csv(tmp_path / "test.csv", index=False)
    files = (f"dataset.path={tmp_path}/train.csv", f"dataset.test_path={tmp_path}/test.csv")
    search(
        composed(*TINY, "trainer.final_epochs=8", "logger.mode=disabled", "dataset=csv",
                 *files, "dataset.target=species", "dataset.pca=3"),
        tmp_path / "run",
    )  # fmt: skip
    code = (
        "import sys, json, pandas, hybhanas\n"
        "run, rows = hybhanas.load_run(sys.argv[1]), pandas.read_csv(sys.argv[2])\n"
        "own = [run.model(member) for member in run.front]\n"
        "seen = [float((m.predict(rows) == rows['species']).mean()) for m in own]\n"
        "print(json.dumps([seen, [member.test_accuracy for member in run.front]]))"
    )
    child = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "run"), str(tmp_path / "test.csv")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    seen, recorded = json.loads(child.stdout.splitlines()[-1])
    assert seen == recorded
    assert len(seen) > 0


def again(data: InMemoryData) -> Fitted:
    """The preparation as a checkpoint gives it back; text is stricter than a checkpoint."""
    return Fitted.from_dict(json.loads(json.dumps(data.fitted.to_dict())))


@pytest.mark.parametrize("scale", ["standardise", "angle"])
def test_a_preparation_gives_the_batches_again(scale, tmp_path):
    rows = pd.read_csv(PENGUINS).dropna()
    rows[200:].to_csv(tmp_path / "test.csv", index=False)
    tables = Csv(
        name="penguins", path=str(PENGUINS), test_path=str(tmp_path / "test.csv"), seed=1,
        target="species", missing="drop", scale=scale,
    ).load()  # fmt: skip
    np.testing.assert_array_equal(again(tables)(rows[200:]), tables.splits.test.features)
    for name, part in (("train", slice(48)), ("t10k", slice(48, 60))):
        (tmp_path / f"{name}-images-idx3-ubyte").write_bytes(idx(IMAGES[part]))
        (tmp_path / f"{name}-labels-idx1-ubyte").write_bytes(idx(CLASSES[part]))
    images = Images(name="mine", folder=str(tmp_path), seed=0, scale=scale, resize=2).load()
    np.testing.assert_array_equal(again(images)(IMAGES[48:]), images.splits.test.features)
    whole = Images(name="mine", folder=str(tmp_path), seed=0, scale=scale).load()
    ((batch, _),) = whole.test_dataloader()
    np.testing.assert_array_equal(again(whole)(IMAGES[48:]), batch.numpy())


def test_samples_of_another_kind_are_refused(tmp_path):
    wine = Shipped(name="wine", seed=1).load().fitted
    with pytest.raises(ConfigError, match="4 numbers each; the training split had 13"):
        wine(np.zeros((2, 4)))
    table = Csv(name="p", path=str(PENGUINS), target="species", missing="drop", seed=1).load()
    with pytest.raises(ConfigError, match="they lack column island, bill_length_mm"):
        table.fitted(pd.DataFrame({"year": [2007]}))


def test_a_network_without_a_preparation_says_so():
    from hybhanas.architecture import Architecture

    model = HQNN(Architecture(qubits=2), features=4, classes=3, simulator="fused")
    with pytest.raises(ConfigError, match="predict is not possible: the network has no prep"):
        model.predict([[1, 2, 3, 4]])


@pytest.mark.slow
def test_every_member_of_a_noisy_front_for_two_classes_predicts_as_recorded_in_its_own_process(
    tmp_path, composed
):
    values, labels = load_breast_cancer(return_X_y=True, as_frame=True)
    table = values.assign(label=np.array(["malignant", "benign"])[labels]).sample(
        frac=1, random_state=0
    )
    table[:400].to_csv(tmp_path / "train.csv", index=False)
    table[400:].to_csv(tmp_path / "test.csv", index=False)
    search(
        composed(*TINY, "trainer.final_epochs=6", "trainer.noise=survival", "logger.mode=disabled",
                 "dataset=csv", f"dataset.path={tmp_path}/train.csv", "dataset.target=label",
                 f"dataset.test_path={tmp_path}/test.csv", "dataset.pca=5"),
        tmp_path / "run",
    )  # fmt: skip
    front = json.loads((tmp_path / "run" / "pareto.json").read_text())
    code = (
        "import sys, pandas\n"
        "from pathlib import Path\n"
        "from hybhanas.models.hqnn import load_model\n"
        "model, rows = load_model(Path(sys.argv[1])), pandas.read_csv(sys.argv[2])\n"
        "assert model.survival is not None\n"
        "print(repr(float((model.predict(rows) == rows['label']).mean())))"
    )
    for member in front:
        checkpoint = tmp_path / "run" / member["checkpoint"]
        child = subprocess.run(
            [sys.executable, "-c", code, str(checkpoint), str(tmp_path / "test.csv")],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert float(child.stdout.splitlines()[-1]) == member["test_accuracy"]
        assert member["test_roc_auc"] is not None
