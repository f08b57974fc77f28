"""The searches below a folder, or of a list of folders; finished or not."""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hybhanas.errors import ConfigError
from hybhanas.evidence.baselines import read_baselines
from hybhanas.nas.classical import Baseline
from hybhanas.nas.front import FrontMember, read_front
from hybhanas.nas.run_folder import SETTINGS, RunFolder
from hybhanas.stored import read_json
from hybhanas.tasks.finished import FinishedRun, read_run
from hybhanas.tasks.setup import shown

log = logging.getLogger(__name__)


def found(setting: str | Sequence[str] | None) -> tuple[list[FinishedRun], list[str]]:
    """Every search in or below a folder, or in the folders of a list, each once; and a line for
    each that is there again, or cannot be read, which is logged too.

    Raises:
        ConfigError: there is none that can be read.
    """
    if not setting:
        raise ConfigError(
            f"run={_words(setting)} is not accepted: a folder of searches, such as outputs/..."
        )
    if isinstance(setting, str):
        paths = runs_below(Path(setting).expanduser())
    else:
        paths = [Path(str(one)).expanduser() for one in setting]
    by_target, runs, left_out = dict[str, Path](), list[FinishedRun](), list[str]()
    for path in paths:
        first = by_target.setdefault(os.path.realpath(path), path)
        if first is not path:
            left_out.append(f"{path}: it is the same folder as {first}")
    if len(by_target) == 1:
        return [read_run(str(paths[0]), started=True)], left_out
    for path in by_target.values():
        try:
            runs.append(read_run(str(path), started=True))
        except ConfigError as error:
            log.warning("left out: %s", error)
            left_out.append(str(error))
    if not runs:
        reason = left_out[0] if left_out else "there is no search in it or below it"
        raise ConfigError(f"run={_words(setting)} is not accepted: {reason}")
    return runs, left_out


def runs_below(folder: Path) -> list[Path]:
    """The folders of searches in or below a folder, and those that it has links to."""
    found = [path.parent for path in folder.rglob(SETTINGS)]
    children = [*folder.iterdir()] if folder.is_dir() else []
    linked = [one for one in children if one.is_symlink() and (one / SETTINGS).is_file()]
    return sorted(found) + sorted(linked)


def _words(setting: str | Sequence[str] | None) -> str:
    if setting is None or isinstance(setting, str):
        return "null" if setting is None else setting
    return f"[{','.join(map(str, setting))}]"


def name_below(folder: Path, root: Path) -> str:
    """What a run is called among those below a folder."""
    relative = folder.relative_to(root)
    return str(relative) if relative.parts else root.resolve().name


def names_of(folders: Sequence[Path]) -> list[str]:
    """The names of folders, or, where several have the same, their paths below what all are in.

    Example:
        >>> names_of([Path("out/one/s1"), Path("out/two/s1"), Path("out/two/s2")])
        ['one/s1', 'two/s1', 's2']
    """
    paths = [Path(os.path.abspath(folder)) for folder in folders]
    root = os.path.commonpath([path.parent for path in paths])
    count = Counter(path.name for path in paths)
    return [
        path.name if count[path.name] == 1 else path.relative_to(root).as_posix() for path in paths
    ]


@dataclass(frozen=True, slots=True)
class End:
    """What a search left that has finished: its wall time, its front, its classical models."""

    wall_s: float
    members: list[FrontMember]
    baselines: list[Baseline]


def end_of(run: FinishedRun) -> End | None:
    """How a search finished; None if it has not, or was extended since and has not finished again,
    or if what it left is damaged, which is said.
    """
    end = _end(run.folder)
    if end.get("evaluations", -1) < len(run.evaluations):
        return None
    files = RunFolder(run.folder)
    try:
        return End(end["wall_s"], read_front(files, run.evaluations), read_baselines(files))
    except ConfigError as error:
        log.warning("%s counts as unfinished: %s", shown(run.folder), error)
        return None


def _end(folder: Path) -> dict[str, Any]:
    """The summary that a search wrote when it finished; empty if it has not, or if it is damaged,
    which is said.
    """
    path = RunFolder(folder).summary
    try:
        summary = read_json(path)
        if not isinstance(summary, dict):
            raise ValueError("it is no summary")
        for name, kinds in (("evaluations", (int,)), ("wall_s", (int, float))):
            if type(summary.get(name)) not in kinds:
                raise ValueError(f"its {name} is {summary.get(name)!r:.40}")
        return summary
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        log.warning("%s is damaged (%s); its search counts as unfinished", path, error)
        return {}
