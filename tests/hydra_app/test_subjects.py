"""A folder is named after what its task is about."""

from __future__ import annotations

import pytest
from hydra import compose, initialize_config_dir

from hybhanas.hydra_app.compose import register_all
from hybhanas.presets import CONF


@pytest.mark.parametrize(
    ("arguments", "start"),
    [
        (["dataset=wine"], "outputs/search/ibm_brisbane_wine_2"),
        (["task=train", "run=outputs/mine/", "member=1"], "outputs/train/mine_2"),
        (["task=recost", "run=outputs/mine", "backend=ibm_fez"], "outputs/recost/ibm_fez_mine_2"),
        (["task=cost", "circuit=docs/ghz5.qasm"], "outputs/cost/ibm_brisbane_ghz5_2"),
        (["task=train", "checkpoint=a/seed_1.pt"], "outputs/train/ibm_brisbane_seed_1_2"),
        (["task=select", "run=/"], "outputs/select/run_2"),
    ],
)
def test_a_run_a_circuit_or_a_checkpoint_names_the_folder_before_the_data_do(arguments, start):
    register_all()
    with initialize_config_dir(str(CONF), version_base="1.3"):
        config = compose("config", overrides=arguments, return_hydra_config=True)
    assert config.hydra.run.dir.startswith(start)
