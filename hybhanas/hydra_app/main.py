"""The entry point: compose the configuration, check it, call the task."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import hydra
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from hybhanas.hydra_app.compose import register_all
from hybhanas.hydra_app.groups import checked, complete
from hybhanas.hydra_app.interrupts import interrupt_again
from hybhanas.hydra_app.mistakes import (
    MISTAKES,
    USAGE_ERROR,
    Mistake,
    check_keys,
    explain,
    report_mistake,
)
from hybhanas.presets import CONF

INTERRUPTED = 130
"""The exit code after a Ctrl-C."""


@hydra.main(version_base="1.3", config_path=str(CONF), config_name="config")
def run(config: DictConfig) -> Mistake | None:
    """Runs the task that the configuration names.

    A mistake of the user's ends here as one line, since Hydra adds lines of its own to what passes
    through it. The exit code comes at the end, so that the other jobs of a multirun still run.
    """
    from hybhanas.hydra_app.check import check  # a second of imports that --help does without
    from hybhanas.tasks.setup import imported

    folder = Path(HydraConfig.get().runtime.output_dir)
    try:
        complete(config, HydraConfig.get().runtime.choices)
        check_keys(config)
        OmegaConf.resolve(config)
        check(config)
        task = imported("task", config.task._target_)
        task(config, folder)
    except Exception as error:
        line = explain(error)
        if line is None:
            raise
        return report_mistake(line)
    return None


def main() -> None:
    """Runs the command line; a mistake of the user's is one line on stderr and exit code 2."""
    os.environ.setdefault("HYDRA_FULL_ERROR", "1")  # else Hydra prints several lines and exits 1
    sys.unraisablehook = interrupt_again
    register_all()
    store = ConfigStore.instance()
    # For --help Hydra makes a hundred copies of the store, and writes to none: two seconds.
    store.__deepcopy__ = lambda _: store  # type: ignore[attr-defined]
    try:
        sys.argv[1:] = checked(sys.argv[1:])
        run()
    except KeyboardInterrupt:
        print("stopped; the same command on the same folder resumes the run", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except Exception as error:
        line = explain(error)
        if line is None:
            raise
        print(f"error: {line}", file=sys.stderr)
        sys.exit(USAGE_ERROR)
    finally:
        gc.freeze()  # else the interpreter looks for garbage among all imports, for seconds
    if MISTAKES:
        sys.exit(USAGE_ERROR)
