"""Groups of the configuration: one option each, and null where a run can do without."""

from __future__ import annotations

import pytest

from hybhanas.api import _configuration
from hybhanas.errors import ConfigError
from hybhanas.hydra_app.groups import NEEDED, checked


@pytest.mark.parametrize("argument", ["logger=null", "~logger", "+logger=null"])
def test_no_logger_is_a_disabled_one(argument, composed):
    assert composed().logger.mode == "offline"
    assert composed(argument).logger.mode == "disabled"


def test_no_experiment_is_the_default(composed):
    assert composed("experiment=null") == composed("~experiment") == composed()


@pytest.mark.parametrize("group", NEEDED)
@pytest.mark.parametrize("argument", ["{}=null", "~{}", "{}=5", "{}=false", "{}=inf", "{}=[a,b]"])
def test_a_group_that_is_needed_takes_the_name_of_an_option_and_nothing_else(
    group, argument, composed
):
    given = argument.format(group)
    with pytest.raises(ConfigError) as error:
        composed(given)
    assert str(error.value).startswith(f"{given} is not accepted: {group} is one of ")


@pytest.mark.parametrize(
    "argument", ["backend=null,ibm_fez", "backend=ibm_fez,[ibm_torino]", "backend=range(1,3)"]
)
def test_a_sweep_over_a_group_is_one_over_names(argument):
    with pytest.raises(ConfigError) as error:
        checked(["-m", argument])
    assert str(error.value).startswith(f"{argument} is not accepted: backend is one of google_")


def test_what_hydra_accepts_is_left_to_it():
    arguments = [
        "-m", "--config-dir", "own", "'search_space={qubits: [2]}'", "= nonsense",
        "backend=ibm_fez,'ibm_torino'", "backend=glob(ibm_*)", "search_space={qubits: [2]}",
        "experiment=[smoke]", "seed=null", "hydra/launcher=slurm",
    ]  # fmt: skip
    assert checked(arguments) == arguments


def test_an_option_may_stand_after_settings():
    given = ["experiment=smoke", "--config-dir", "own", "-m", "seed=1,2"]
    assert checked(given) == ["--config-dir", "own", "-m", "experiment=smoke", "seed=1,2"]


def test_an_option_that_leaves_a_group_out_is_told_as_well(tmp_path):
    from hydra import compose, initialize_config_dir

    from hybhanas.hydra_app.compose import register_all
    from hybhanas.hydra_app.groups import complete
    from hybhanas.presets import CONF

    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment" / "own.yaml").write_text(
        "# @package _global_\ndefaults: [{override /logger: null}, {override /device: null}]\n"
    )
    register_all()
    with initialize_config_dir(str(CONF), version_base="1.3"):
        config = compose(
            "config",
            overrides=["experiment=own", f"hydra.searchpath=[file://{tmp_path}]"],
            return_hydra_config=True,
        )
    with pytest.raises(ConfigError, match="^device=null is not accepted: device is one of a100, "):
        complete(config, config.hydra.runtime.choices)


def test_from_python_none_leaves_a_group_out_as_well():
    assert _configuration({"logger": None}).logger.mode == "disabled"
    with pytest.raises(ConfigError, match="^backend=null is not accepted: backend is one of"):
        _configuration({"backend": None})


@pytest.mark.parametrize("value", [5, False, ["ibm_fez", "ibm_torino"], float("inf")])
def test_from_python_a_group_takes_no_other_value(value):
    with pytest.raises(ConfigError) as error:
        _configuration({"backend": value})
    assert str(error.value).startswith("backend")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "asked", ["-m", "--multi", "hydra.mode=RunMode.MULTIRUN", "++hydra.mode=2", "experiment=sweep"]
)
@pytest.mark.parametrize("argument", ["logger.candidates=true,false", "logger=wandb,null"])
def test_a_sweep_over_the_logger_whose_jobs_would_share_a_folder_is_refused(argument, asked):
    with pytest.raises(ConfigError) as error:
        checked([asked, argument])
    assert str(error.value) == (
        f"{argument} is not accepted: all jobs of a sweep are tracked in the same way; "
        "accepted: one value, a list such as [a,b], or text in quotes such as "
        "'logger.notes=\"a,b\"'"
    )
    assert checked(["-m", "logger.tags=[a,b]"]) == ["-m", "logger.tags=[a,b]"]


def test_text_with_a_comma_in_a_setting_of_the_logger_is_accepted_in_the_quotes_of_that_line(
    composed,
):
    with pytest.raises(ConfigError, match="text in quotes such as 'logger.notes=\"a,b\"'$"):
        composed("logger.notes=a,b")
    assert composed('logger.notes="a,b"').logger.notes == "a,b"
