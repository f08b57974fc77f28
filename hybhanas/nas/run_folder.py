"""The folder of a run: where each of its files is, which search it holds, and who writes to it."""

from __future__ import annotations

import contextlib
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hybhanas import atomic
from hybhanas.architecture import Architecture
from hybhanas.errors import ConfigError
from hybhanas.nas.lock import NAME as LOCK
from hybhanas.nas.lock import locked
from hybhanas.nas.records import DAMAGED, MAX_BYTES, Records
from hybhanas.stored import read_json

FORMAT = 3
"""Of the files of a run, as its settings name it; version 0.1 of hybhanas named none."""

SETTINGS = "settings.json"
"""By this file a folder is known as that of a search."""


def is_new(folder: Path) -> bool:
    """Whether a folder is missing, or holds no more than an attempt that was killed in its first
    write.
    """
    return not folder.exists() or all(
        atomic.is_partial(path) or path.name == LOCK for path in folder.iterdir()
    )


class RunFolder:
    """The folder of a search.

    Args:
        path: of the folder, which need not exist yet.

    Example:
        >>> str(RunFolder(Path("outputs/mine")).summary)
        'outputs/mine/run.json'
    """

    def __init__(self, path: Path):
        self.path = path

    @property
    def files(self) -> tuple[Path, ...]:
        """Where its files are, but for those of single evaluations."""
        return (
            self.path / LOCK, self.settings, self.config, self.summary, self.evaluations_csv,
            self.front_csv, self.front_json, self.page, *pictures(self.front_picture),
            *pictures(self.anatomy_picture), self.tracked, self.baselines, self.selection,
            self.ended,
        )  # fmt: skip

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where the folders in it are, each with files of its own kind; outer ones come first."""
        records = (self.records.folder, self.final.folder)
        of_rungs = sorted(self.rungs.glob("*")) if _is_folder(self.rungs) else []
        return (
            *records, self.rungs, *of_rungs, self.path / "checkpoints", self.path / "slurm",
            self.path / "wandb", self.path / "wandb" / "tmp", self.path / "mlflow",
            self.evidence_folder, self.verified_folder,
            *(folder / DAMAGED for folder in (*records, *of_rungs)),
        )  # fmt: skip

    @property
    def settings(self) -> Path:
        """All that determines the search."""
        return self.path / SETTINGS

    @property
    def config(self) -> Path:
        """The configuration of the last attempt, as a person reads it."""
        return self.path / "config.yaml"

    @property
    def summary(self) -> Path:
        """Figures and provenance of a search that has finished."""
        return self.path / "run.json"

    @property
    def tracked(self) -> Path:
        """The generations and the budget of a search that a tracker has taken to its end."""
        return self.path / "tracked"

    @property
    def ended(self) -> Path:
        """The keys of all evaluations in order, of a search that has written everything else."""
        return self.path / "ended.json"

    @property
    def is_whole(self) -> bool:
        """Whether every file of a search that has ended is there."""
        optional = (self.path / LOCK, self.tracked)
        return all(path.exists() for path in self.files if path not in optional)

    @property
    def records(self) -> Records:
        """A record of each evaluation."""
        return Records(self.path / "records")

    def rung(self, epochs: int) -> Records:
        """Records of what was trained for so many epochs and may be trained further."""
        return Records(self.rungs / str(epochs))

    @property
    def rungs(self) -> Path:
        """What the generation in progress needs to resume from its rungs."""
        return self.path / "rungs"

    def state(self, epochs: int, key: str) -> Path:
        """From where the training of one of them resumes."""
        return self.rungs / str(epochs) / f"{key}.pt"

    @property
    def final(self) -> Records:
        """A record of each final training."""
        return Records(self.path / "final")

    def checkpoint(self, architecture: Architecture) -> Path:
        """The weights of a member of the front."""
        return self.path / "checkpoints" / f"{architecture.hash}.pt"

    @property
    def evaluations_csv(self) -> Path:
        """A row for each evaluation."""
        return self.path / "evaluations.csv"

    @property
    def front_csv(self) -> Path:
        """A row for each member of the front."""
        return self.path / "pareto.csv"

    @property
    def front_json(self) -> Path:
        """The members of the front with every term of their cost."""
        return self.path / "pareto.json"

    @property
    def baselines(self) -> Path:
        """Classical models on the same splits."""
        return self.path / "baselines.json"

    @property
    def selection(self) -> Path:
        """The members to take, with reasons."""
        return self.path / "selection.json"

    def evidence(self, architecture: Architecture) -> Path:
        """What the circuit of a member of the front contributes."""
        return self.evidence_folder / f"{architecture.hash}.json"

    @property
    def evidence_folder(self) -> Path:
        """A file of each member that was examined."""
        return self.path / "evidence"

    def verified(self, architecture: Architecture) -> Path:
        """How a member of the front did under noise, or on the machine, when it was last run."""
        return self.verified_folder / f"{architecture.hash}.json"

    @property
    def verified_folder(self) -> Path:
        """A file of each member that was verified."""
        return self.path / "verified"

    @property
    def front_picture(self) -> Path:
        """Accuracy against time."""
        return self.path / "front.png"

    @property
    def page(self) -> Path:
        """The whole run for a browser."""
        return self.path / "report.html"

    @property
    def anatomy_picture(self) -> Path:
        """What the time of each member of the front is made of."""
        return self.path / "anatomy.png"

    def read_settings(self) -> dict[str, Any]:
        """The settings of the search that the folder holds.

        Raises:
            OSError: they cannot be read.
            ValueError: they are those of no search, or of one by another version of hybhanas.
        """
        settings = read_json(self.settings, MAX_BYTES)
        if not isinstance(settings, dict) or not {"search", "generations"} <= settings.keys():
            raise ValueError(f"its {SETTINGS} is not that of a search")
        if settings.get("format") != FORMAT:
            version = settings.get("versions", {}).get("hybhanas", "unknown")
            raise ValueError(f"hybhanas {version} wrote it, in a format that is no longer read")
        return settings

    def earlier_settings(self) -> dict[str, Any] | None:
        """The settings of the search that is to be resumed; None if the folder is new, or if an
        attempt was killed in its first write.

        Raises:
            ConfigError: the folder holds something else.
        """
        try:
            return self.read_settings()
        except FileNotFoundError:
            if is_new(self.path):
                return None
            reason = "the folder is not empty and holds no search"
        except (ValueError, AttributeError, OSError) as error:
            reason = " ".join(str(error).split())[:200]
        raise ConfigError(
            f"hydra.run.dir={self.path} is not accepted: {reason}; accepted: a new folder, or one "
            "of a search with the same settings"
        )

    def check_same_search(self, settings: Mapping[str, Any]) -> None:
        """Checks that the folder holds no search with other settings.

        A longer search may follow a shorter one in the same folder, which it repeats first.

        Args:
            settings: in plain JSON types, as `settings_of_search` gives them.

        Raises:
            ConfigError: naming the first group of settings that differs.
        """
        earlier = self.earlier_settings()
        if earlier is None:
            return
        for group, value in settings.items():
            if group != "generations" and earlier.get(group) != value:
                raise ConfigError(
                    f"hydra.run.dir={self.path} is not accepted: it holds a search with another "
                    f"{group}; accepted: a new folder, or the settings in its {self.config.name}"
                )
        if settings["generations"] < earlier["generations"]:
            raise ConfigError(
                f"search.generations={settings['generations']} is not accepted: "
                f"hydra.run.dir={self.path} holds a search of {earlier['generations']}; "
                "accepted: that many or more"
            )

    @contextlib.contextmanager
    def claimed(self, settings: Mapping[str, Any]) -> Iterator[None]:
        """Holds the folder for one search, its settings being the first file that is written.

        Raises:
            ConfigError: another process is searching there, or it holds another search.
            OSError: the folder cannot be written to.
        """
        with locked(self.path):
            self._check_plain()
            self.check_same_search(settings)  # again: another search may have run since
            atomic.remove_partial_below(self.path)
            atomic.write_json(self.settings, dict(settings))
            yield

    def _check_plain(self) -> None:
        """Checks that nothing in the folder leads out of it.

        Raises:
            ConfigError: a link, a pipe or the like stands where a file or a folder of it would.
        """
        for paths, is_kind, kind in (
            (self.files, stat.S_ISREG, "plain file"),
            (self.folders, stat.S_ISDIR, "folder"),
        ):
            for path in paths:
                try:
                    mode = path.lstat().st_mode
                except FileNotFoundError:
                    continue
                if not is_kind(mode):
                    raise ConfigError(
                        f"hydra.run.dir={self.path} is not accepted: its "
                        f"{path.relative_to(self.path)} is no {kind}; accepted: a folder without it"
                    )


def pictures(path: Path) -> tuple[Path, ...]:
    """The files of a picture, by the path of the first."""
    return tuple(path.with_suffix(suffix) for suffix in (".png", ".pdf", ".svg"))


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()
