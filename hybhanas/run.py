"""The entry point: compose the configuration, check it, call the task."""

from __future__ import annotations

import gc
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import is_dataclass
from pathlib import Path
from typing import get_type_hints

import hydra
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException, InstantiationException, MissingConfigException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from hybhanas.config import CALIBRATIONS, EXECUTORS, Config
from hybhanas.errors import ConfigError, unknown
from hybhanas.tasks import sweeps

USAGE_ERROR, INTERRUPTED = 2, 130
_IN_PACKAGE = Path(__file__).parent / "conf"
CONF = _IN_PACKAGE if _IN_PACKAGE.is_dir() else Path(__file__).parent.parent / "conf"

ConfigStore.instance().store(name="schema", node=Config)
for _group, _nodes in (("calibration", CALIBRATIONS), ("executor", EXECUTORS)):
    for _option, _node in _nodes.items():
        ConfigStore.instance().store(group=f"{_group}/schema", name=_option, node=_node)
sweeps.register()


@hydra.main(version_base="1.3", config_path=str(CONF), config_name="config")
def run(config: DictConfig) -> Mistake | None:
    """Runs the task that the configuration names.

    A mistake of the user's ends here as one line, since Hydra adds lines of its own to what passes
    through it. The exit code comes at the end, so that the other jobs of a multirun still run.
    """
    from hybhanas.tasks.check import check  # a second of imports that --help does without

    folder = Path(HydraConfig.get().runtime.output_dir)
    try:
        _check_keys(config)
        OmegaConf.resolve(config)
        check(config)
        task = hydra.utils.get_method(config.task._target_)
        task(config, folder)
    except Exception as error:
        line = explain(error)
        if line is None:
            raise
        return _tell(line)
    return None


class Mistake:
    """A mistake that was told. Where a launcher brings it over from a job in another process, it is
    told again.
    """

    def __init__(self, line: str):
        self.line = line

    def __reduce__(self) -> tuple[Callable[[str], Mistake], tuple[str]]:
        return _tell, (self.line,)


def _tell(line: str) -> Mistake:
    print(f"error: {line}", file=sys.stderr)
    _mistakes.append(line)
    return Mistake(line)


_mistakes: list[str] = []


def main() -> None:
    """Runs the command line; a mistake of the user's is one line on stderr and exit code 2."""
    os.environ.setdefault("HYDRA_FULL_ERROR", "1")  # else Hydra prints several lines and exits 1
    sys.unraisablehook = _interrupt_again
    try:
        run()
    except KeyboardInterrupt:
        print("stopped; the same command on the same folder goes on from here", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except Exception as error:
        line = explain(error)
        if line is None:
            raise
        print(f"error: {line}", file=sys.stderr)
        sys.exit(USAGE_ERROR)
    finally:
        gc.freeze()  # else the interpreter looks for garbage among all imports, for seconds
    if _mistakes:
        sys.exit(USAGE_ERROR)


def _interrupt_again(ignored: sys.UnraisableHookArgs) -> None:
    """Raises a Ctrl-C anew that came while garbage was collected.

    Python drops what is raised in a finalizer, and a large heap is being collected for a good part
    of a second at a time.
    """
    if issubclass(ignored.exc_type, KeyboardInterrupt):
        main_thread = (threading.main_thread().ident, signal.SIGINT)
        later = threading.Timer(0.1, signal.pthread_kill, main_thread)  # the finalizer has returned
        later.daemon = True
        later.start()
    else:
        sys.__unraisablehook__(ignored)


def explain(error: BaseException) -> str | None:
    """One line for an error that the user can mend; None for any other."""
    chain = [error]
    while (cause := chain[-1].__cause__) is not None:
        chain.append(cause)
    for one in chain:
        if isinstance(one, ConfigError):
            return str(one)
    for one in chain:
        if isinstance(one, MissingConfigException) and one.options:
            group, _, value = str(one.missing_cfg_file).rpartition("/")
            return str(unknown(group, value, one.options))
    for one in reversed(chain):
        if isinstance(one, OmegaConfBaseException):
            return _omegaconf(one)
        if isinstance(one, OSError) and one.filename is not None:
            return f"{one.filename}: {one.strerror}"
    if isinstance(error, HydraException) and not isinstance(error, InstantiationException):
        return " ".join(str(error).split())
    return None


def _omegaconf(error: OmegaConfBaseException) -> str:
    first_line = (error.msg or str(error)).splitlines()[0]
    setting = error.full_key or ""
    if re.match(r"Key '.*' (is )?not in", first_line) and error.parent_node is not None:
        group, _, key = setting.rpartition(".")
        if not is_dataclass(OmegaConf.get_type(error.parent_node)):  # a mapping of any names
            return f"{setting} is not accepted as it is: +{setting}=VALUE adds it"
        return _unknown_key(group, str(error.key or key), map(str, error.parent_node))
    return f"{setting}: {first_line}" if setting and setting not in first_line else first_line


def _unknown_key(group: str, key: str, accepted: Iterable[str]) -> str:
    prefix = f"{group}." if group else ""
    return str(unknown("key", prefix + key, [prefix + name for name in sorted(accepted)]))


def _check_keys(config: DictConfig, group: str = "") -> None:
    """Refuses keys that `+key=value` put where the schema has none; Hydra lets them through."""
    schema = OmegaConf.get_type(config)
    types = get_type_hints(schema) if is_dataclass(schema) else None
    for key in map(str, config):
        if types is not None and key not in types:
            raise ConfigError(_unknown_key(group, key, types))
        if not OmegaConf.is_missing(config, key) and not OmegaConf.is_interpolation(config, key):
            value = config[key]
            if isinstance(value, DictConfig):
                _check_keys(value, f"{group}.{key}" if group else key)
