"""task=export: members of a front as files of other tools, each with a model card."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from omegaconf import DictConfig, OmegaConf

from hybhanas.errors import ConfigError, unknown
from hybhanas.nas.front import FrontMember
from hybhanas.nas.run_folder import RunFolder
from hybhanas.reporting import card, optuna_study
from hybhanas.reporting.page.commands import override
from hybhanas.reporting.terminal import print_line, terminal
from hybhanas.stored import read_json
from hybhanas.tasks.finished import FinishedRun, overrides, read_run
from hybhanas.tasks.last_lines import of_members, say_end
from hybhanas.tasks.records_in_order import in_order
from hybhanas.tasks.run_data import checkpoint_of, data_of, members_of
from hybhanas.tasks.setup import shown

if TYPE_CHECKING:
    import numpy as np

    from hybhanas.models.hqnn import HQNN

CARD = "card"
"""The format that is written of a member rather than of its network."""

STUDY = "optuna"
"""The format that is written of the whole run; only where it is named."""


def export(config: DictConfig, folder: Path) -> list[Path]:
    """Writes members of the front of a search that has finished, each to a folder by its hash.

    Args:
        config: composed; `run` names the folder of the search, `member` the members, `format` the
            formats of `hybhanas.export.formats.FORMATS`, `card`, and `optuna`, which is of the
            whole run; `samples` the test samples whose bound circuits are written.
        folder: where the files are written.

    Returns:
        The files.

    Raises:
        ConfigError: a setting that is not accepted; nothing was then written.
    """
    from hybhanas.export.formats import FORMATS, contents, write
    from hybhanas.models.hqnn import load_model

    run = read_run(config.run)
    words = [*map(str, config.format)]
    for word in words:
        if word not in (*FORMATS, CARD, STUDY):
            raise unknown("format", word, (*FORMATS, CARD, STUDY))
    if config.samples < 0:
        raise ConfigError(f"samples={config.samples} is not accepted: at least 0")
    if STUDY in words:
        optuna_study.check_installed()
    if words == [STUDY]:
        return [_study(run, folder)]
    chosen = members_of(run, config.member)
    models = [load_model(run.folder / checkpoint_of(member)) for _, member in chosen]
    features = _features(config, run, config.samples, models) if config.samples else None
    formats = [word for word in words if word in FORMATS] if words else None

    made: dict[Path, dict[str, bytes]] = {}
    left_out: dict[str, None] = {}
    for (rank, member), model in zip(chosen, models, strict=True):
        own = folder / member.evaluation.architecture.hash
        made[own], reasons = contents(model, formats, features)
        left_out |= dict.fromkeys(reasons)
        if CARD in words or not words:
            made[own][card.NAME] = _card(run, rank, member, model).encode()

    console = terminal()
    written: list[Path] = []
    for (rank, member), (own, files) in zip(chosen, made.items(), strict=True):
        written += write(own, files)
        line = f"{rank}: {member.evaluation.architecture}, {shown(own)}: {', '.join(files)}"
        print_line(console, line)
    for reason in left_out:
        print_line(console, f"left out: {reason}")
    written += [_study(run, folder)] if STUDY in words else []
    dry = "verify.on=machine", "verify.dry_run=true"
    following = "task=verify", override("run", config.run), *of_members(config.member), *dry
    say_end(console, f"{len(written)} files in {shown(folder)}", *following)
    return written


def _study(run: FinishedRun, folder: Path) -> Path:
    """Writes the run as a study of Optuna's, and says how its dashboard opens it."""
    path = folder / optuna_study.NAME
    evaluations = in_order(RunFolder(run.folder), run.evaluations)
    name = run.folder.absolute().name
    about = {group: run.config[group].name for group in ("backend", "dataset", "search")}
    about |= {"seed": run.config.seed}
    optuna_study.write_study(path, name, evaluations, run.objectives, about)
    terminal().print(
        f"{len(evaluations)} trials: optuna-dashboard sqlite:///{shown(path)}",
        soft_wrap=True, markup=False, highlight=False,
    )  # fmt: skip
    return path


def _features(
    config: DictConfig, run: FinishedRun, count: int, models: Sequence[HQNN]
) -> np.ndarray:
    """The first test samples, prepared."""
    data = data_of(config, run)
    check_same_data(run, data.hash, models)
    (features, _), *_ = data.test_dataloader()
    return features[:count].numpy()


def check_same_data(run: FinishedRun, data_hash: str, models: Sequence[HQNN]) -> None:
    """Checks that data are those that networks were trained on.

    Raises:
        ConfigError: they are not.
    """
    if any(model.data_hash not in (None, data_hash) for model in models):
        raise ConfigError(
            f"run={run.folder}: the data are not those that its networks were trained on; "
            "dataset=... names others"
        )


def _card(run: FinishedRun, rank: int, member: FrontMember, model: HQNN) -> str:
    dataset: Any = OmegaConf.to_container(run.config.dataset)
    names = () if model.fitted is None else model.fitted.class_names
    origin = card.Origin(
        run=shown(run.folder.absolute()),
        dataset=dataset,
        samples=run.workload.samples,
        summary=read_json(RunFolder(run.folder).summary),
        verdict=verdict(run.folder, member),
        commands=[" ".join(["hybhanas", *(overrides() or ["task=export"])])],
    )
    return card.card(rank, member, model.data_hash, names, origin)


def verdict(run: Path, member: FrontMember) -> str | None:
    """What was found out about the quantum part of a member, in a sentence; None if nothing was.

    It is the text `verdict` of `evidence/HASH.json` in the run's folder.
    """
    try:
        return str(read_json(RunFolder(run).evidence(member.evaluation.architecture))["verdict"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
