"""Searching from Python, and reading what a search left: the same code as the command line.

Nothing here ends the process, handles signals or changes the number of threads, so that it may run
in a notebook.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from omegaconf import DictConfig, OmegaConf

from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError
from hybhanas.hydra_app.check import check
from hybhanas.hydra_app.compose import composed
from hybhanas.hydra_app.mistakes import explained
from hybhanas.hydra_app.schema import schema
from hybhanas.nas.front import FrontMember, read_front
from hybhanas.nas.run_folder import RunFolder
from hybhanas.nas.selection import Selected, choose, select
from hybhanas.nas.train_folder import TrainFolder
from hybhanas.presets import CONF
from hybhanas.reporting.terminal import silent, terminal
from hybhanas.stored import read_json
from hybhanas.tasks.finished import FinishedRun, read_run
from hybhanas.tasks.search import prepare, run
from hybhanas.tasks.setup import build
from hybhanas.tasks.train import run as run_training
from hybhanas.tasks.trained import TrainedRun
from hybhanas.tasks.training_job import prepare as training_job

if TYPE_CHECKING:
    import pandas as pd

    from hybhanas.evidence.verdict import Contribution
    from hybhanas.models.hqnn import HQNN


def search(folder: str | Path, *, progress: bool = True, **choices: Any) -> Run:
    """Searches for networks that are Pareto-optimal, trains the front to the end, and writes a run.

    It is `python3 run.py` with the same settings, but that it tracks nothing and computes in this
    process alone unless `logger` and `executor` say otherwise. Called again with the same folder
    and settings it resumes, or answers at once where the search is complete.

    Args:
        folder: of the run; a new one, or that of the same search.
        progress: print each generation and the front.
        choices: settings of conf/config.yaml by name. A text chooses an option of a group
            (`dataset="iris"`), None leaves it out (`logger=None`), a mapping changes settings of
            it (`search={"population": 8, "generations": 4}`), an object of a settings class
            replaces it (`cost_model=CostModel(shots=4096)`), anything else is a value (`seed=7`).

    Returns:
        The run, complete.

    Raises:
        ConfigError: a setting that is not accepted; its text is one line.

    Example:
        >>> import tempfile
        >>> small = {"population": 4, "generations": 2}
        >>> run = search(
        ...     tempfile.mkdtemp(), progress=False, dataset="iris", search_space="small",
        ...     search=small, trainer={"epochs": 1, "final_epochs": 1},
        ... )
        >>> len(run.evaluations)
        8
    """
    config = _configuration({"executor": "serial", "logger": {"mode": "disabled"}} | choices)
    console = terminal() if progress else silent()
    executor, tracker = build("executor", config.executor), build("logger", config.logger)
    problem = prepare(config, Path(folder))
    resolved: Any = OmegaConf.to_container(config, resolve=True)
    run(problem, executor, tracker, config.dataset.name, resolved, console)
    return load_run(folder)


def train(
    folder: str | Path,
    *,
    architecture: Architecture | Mapping[str, Any] | None = None,
    progress: bool = True,
    **choices: Any,
) -> TrainedRun:
    """Trains one architecture to the end with several seeds, and writes the folder of a training.

    It is `python3 run.py task=train` with the same settings, but that it tracks nothing unless
    `logger` says otherwise. Called again with the same folder and settings it resumes.

    Args:
        folder: of the training; a new one, or that of the same training.
        architecture: what to train, or its choices; or `run=FOLDER` and `member` name one that a
            search found, or `checkpoint` a file to train further.
        progress: print the mean accuracy now and then, and the table.
        choices: as of `search`; `seeds=5`, `trainer={"final_epochs": 100}`.

    Raises:
        ConfigError: a setting that is not accepted; its text is one line.

    Example:
        >>> import tempfile
        >>> trained = train(
        ...     tempfile.mkdtemp(), architecture={"qubits": 2}, progress=False, dataset="iris",
        ...     seeds=2, trainer={"final_epochs": 2},
        ... )
        >>> [seed.epochs for seed in trained.result.seeds]
        [2, 2]
    """
    folder = Path(folder)
    config = _configuration({"task": "train", "logger": {"mode": "disabled"}} | choices)
    if architecture is not None:
        if isinstance(architecture, Architecture):
            architecture = architecture.to_dict()
        config.architecture = dict(architecture)
    console = terminal() if progress else silent()
    job = training_job(config, _named(choices))
    result = run_training(job, folder, build("logger", config.logger), console)
    return TrainedRun(TrainFolder(folder), result)


def _named(choices: Mapping[str, Any]) -> set[str]:
    """The groups and settings that replace those of a run."""
    named: set[str] = set()
    for key, value in choices.items():
        named |= {f"{key}.{name}" for name in value} if isinstance(value, Mapping) else {key}
    return named


def load_run(folder: str | Path) -> Run:
    """Reads the folder of a search that has finished; nothing of it is executed.

    Raises:
        ConfigError: it is not the folder of a search, or that search has not finished.
    """
    finished, files = read_run(str(folder)), RunFolder(Path(folder))
    members = read_front(files, finished.evaluations)
    try:
        summary = read_json(files.summary)
        if not isinstance(summary, dict):
            raise ValueError(f"its {files.summary.name} is damaged")
    except ValueError as error:
        raise ConfigError(f"run={folder} is not accepted: {error}") from None
    except OSError as error:
        raise ConfigError(
            f"run={folder} is not accepted: {Path(error.filename).name}: {error.strerror}; the "
            "folder of a search that has finished is"
        ) from None
    return Run(files, finished, members, summary)


def _configuration(choices: Mapping[str, Any]) -> DictConfig:
    options = {
        key: "null" if value is None else value
        for key, value in choices.items()
        if (CONF / key).is_dir() and not (isinstance(value, Mapping) or is_dataclass(value))
    }
    with explained():
        config = composed(*(f"{group}={option}" for group, option in options.items()))
        for key, value in choices.items():
            if is_dataclass(value) and not isinstance(value, type):
                typed = OmegaConf.structured(schema(type(value)))
                config[key] = OmegaConf.merge(typed, asdict(value))
            elif isinstance(value, Mapping):
                for name, inner in value.items():
                    OmegaConf.update(config, f"{key}.{name}", inner)
            elif key not in options:
                OmegaConf.update(config, key, value)
        OmegaConf.resolve(config)
        check(config)
    return config


@dataclass(frozen=True)
class Rows(Sequence[Any]):
    """What a run found, one item a row; `to_pandas` gives the table that its folder has as CSV."""

    items: tuple[Any, ...]
    csv: Path

    def __getitem__(self, index: Any) -> Any:
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def to_pandas(self) -> pd.DataFrame:
        """A row for each item, with its choices, accuracies and costs."""
        import pandas as pd

        return pd.read_csv(self.csv)


class Run:
    """A search that has finished.

    Attributes:
        folder: where its files are; see `hybhanas.nas.run_folder.RunFolder`.
        summary: hypervolume, counts, times and provenance.
    """

    def __init__(
        self,
        folder: RunFolder,
        finished: FinishedRun,
        members: Sequence[FrontMember],
        summary: Mapping[str, Any],
    ):
        self.folder, self.summary = folder, summary
        self._finished, self._members = finished, tuple(members)

    @property
    def evaluations(self) -> Rows:
        """Every `Evaluation` of the search, sorted by key."""
        return Rows(tuple(self._finished.evaluations), self.folder.evaluations_csv)

    @property
    def front(self) -> Rows:
        """The members by rank, each a `FrontMember`; the most accurate first, and last those that
        fell behind others in the final training.
        """
        return Rows(self._members, self.folder.front_csv)

    def select(self, word: str | int | None = None) -> Selected | list[Selected]:
        """The members to look at first, each with the reason, or the one that a word means.

        Args:
            word: `best`, `knee`, `smallest`, `cheapest`, a budget such as `under=10h`, a rank, or
                the start of a hash; None: the first four. See `hybhanas.nas.selection`.

        Raises:
            ConfigError: no member is meant, or several are.
        """
        objectives = self._finished.objectives
        if word is None:
            return select(self._members, objectives)
        return choose(self._members, word, objectives)

    def contribution(self, member: str | int | None = None, seeds: int = 5) -> list[Contribution]:
        """Whether circuits earn their seconds; also written to the run's folder.

        Args:
            member: what `select` takes; None: the selected members.
            seeds: trainings of each variant; see `hybhanas.evidence.contribution`.

        Raises:
            ConfigError: no member is meant.
        """
        from hybhanas.tasks.contribution import contributions_of

        return contributions_of(self._finished, member, seeds)

    def model(self, member: FrontMember | str | int) -> HQNN:
        """The trained network of a member of the front, or of what `select` takes.

        Raises:
            ConfigError: no member of the front is meant, or its training failed.
        """
        from hybhanas.models.hqnn import load_model

        if not isinstance(member, FrontMember):
            member = choose(self._members, member, self._finished.objectives).member
        if member.checkpoint is None:
            raise ConfigError(
                f"member={member.evaluation.architecture.hash} is not accepted: its training "
                "failed, and it has no model"
            )
        return load_model(self.folder.path / member.checkpoint)

    def train(
        self, member: int | str, folder: str | Path, *, progress: bool = True, **choices: Any
    ) -> TrainedRun:
        """Trains a member of the front to the end with several seeds; see `hybhanas.train`.

        Args:
            member: what `select` takes.
            folder: of the training.
            progress: see `hybhanas.train`.
            choices: of `hybhanas.train`; what they leave out is as the search had it.
        """
        run = str(self.folder.path)
        return train(folder, progress=progress, run=run, member=member, **choices)

    def __repr__(self) -> str:
        found = f"{len(self.evaluations)} evaluations, {len(self.front)} on the front"
        return f"Run({str(self.folder.path)!r}: {found})"
