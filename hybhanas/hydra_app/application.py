"""Composing the configuration, checking it, calling the task."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

import hydra
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from hybhanas.hydra_app.compose import register_all
from hybhanas.hydra_app.groups import checked, complete
from hybhanas.hydra_app.mistakes import (
    MISTAKES,
    USAGE_ERROR,
    Mistake,
    check_keys,
    explain,
    report_mistake,
)
from hybhanas.hydra_app.streams import notify
from hybhanas.presets import CONF


@hydra.main(version_base="1.3", config_path=str(CONF), config_name="config")
def run(config: DictConfig) -> Mistake | None:
    """Runs the task that the configuration names.

    A mistake of the user's ends here as one line, since Hydra adds lines of its own to what passes
    through it. The exit code comes at the end, so that the other jobs of a multirun still run.
    """
    # a second of imports that --help does without
    from hybhanas.hydra_app.check import check, checked_task

    folder = Path(HydraConfig.get().runtime.output_dir)
    try:
        complete(config, HydraConfig.get().runtime.choices)
        check_keys(config)
        OmegaConf.resolve(config)
        check(config)
        task = checked_task(config.task._target_)
        task(config, folder)
    except Exception as error:
        line = explain(error)
        if line is None:
            raise
        return report_mistake(line)
    return None


def called(arguments: Sequence[str]) -> int:
    """Runs a command line and returns its exit code; a mistake is one line on stderr and code 2."""
    os.environ.setdefault("HYDRA_FULL_ERROR", "1")  # else Hydra prints several lines and exits 1
    # as where /dev/shm cannot be written to; hybhanas starts no processes by joblib
    warnings.filterwarnings("ignore", ".*joblib will operate in serial mode", UserWarning)
    logging.raiseExceptions = False  # where stderr or stdout is full, a line of ours says it
    register_all()
    store = ConfigStore.instance()
    # For --help Hydra makes a hundred copies of the store, and writes to none: two seconds.
    store.__deepcopy__ = lambda _: store  # type: ignore[attr-defined]
    try:
        sys.argv[1:] = checked(arguments)
        run()
        sys.stdout.flush()  # what cannot be written is said
    except Exception as error:
        line = explain(error)
        if line is None:
            raise
        notify(f"error: {line}")
        return USAGE_ERROR
    return USAGE_ERROR if MISTAKES else 0
