"""task=train: an architecture to the end, with several seeds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

from omegaconf import DictConfig, OmegaConf
from rich.console import Console

from hybhanas import atomic
from hybhanas.errors import CandidateError, ConfigError
from hybhanas.models.layers import parameter_count
from hybhanas.nas.replicas import (
    Replica,
    Training,
    evaluate_replicas,
    train_replicas,
    trained_model,
)
from hybhanas.nas.train_folder import TrainFolder
from hybhanas.nas.training_result import TrainedSeed, TrainingResult
from hybhanas.reporting.page.commands import override
from hybhanas.reporting.terminal import print_line, terminal
from hybhanas.reporting.tracking import TrackedRun, Tracker
from hybhanas.reporting.training_report import (
    plot_curves,
    seed_rows,
    training_table,
    write_curves,
)
from hybhanas.reporting.wandb_content import Files, log_files, pictures, table
from hybhanas.tasks.finished import OF_COST, named_settings, of_groups
from hybhanas.tasks.last_lines import of_members, say_end
from hybhanas.tasks.setup import build, shown
from hybhanas.tasks.tracked import tracked_reader
from hybhanas.tasks.training_job import Job, prepare


def train(config: DictConfig, folder: Path) -> TrainingResult:
    """Trains an architecture to the end with several seeds; resumes where an earlier run stopped.

    Args:
        config: composed; `architecture` has the choices, or `run` and `member` name one that a
            search found, or `checkpoint` a network to train further. With `run` the data and the
            settings of training are those of the search, unless the command line names others.
        folder: of the training. Nothing is written to it before every setting is checked.

    Raises:
        ConfigError: a setting that is not accepted, or a folder that holds something else.
    """
    named = named_settings() or ()
    job = prepare(config, named)
    return run(job, folder, build("logger", config.logger), terminal())


def run(job: Job, path: Path, tracker: Tracker, console: Console) -> TrainingResult:
    """Trains to the end, or answers with what an earlier run of the same settings left.

    Args:
        job: checked.
        path: of the folder.
        tracker: mirrors the training.
        console: to show it on.

    Raises:
        ConfigError: the folder holds something else, or nothing could be trained.
    """
    folder, training = TrainFolder(path), job.training
    settings = json.loads(json.dumps(training.determines))
    folder.check_same(settings)
    _introduce(console, training, path)
    result = folder.finished()
    if result is None:
        search = job.config.get("run")
        read = None if search is None else Path(search).expanduser()
        with (
            folder.claimed(settings),
            tracked_reader(tracker, "train", path, job.config, read) as tracked,
        ):
            atomic.write_text(folder.config, OmegaConf.to_yaml(OmegaConf.create(dict(job.config))))
            result = _trained(training, folder, tracked, console)
    console.print(training_table(result))
    say_end(console, f"result, curves and models in {shown(path)}", *_following(job.config))
    return result


def _following(config: Mapping[str, Any]) -> list[str]:
    """The next command: a member of a search under noise, or what an architecture costs."""
    if (search := config.get("run")) is not None:
        return ["task=verify", override("run", search), *of_members(config.get("member"))]
    if config.get("architecture") is None:
        return []
    return ["task=cost", *of_groups("architecture", "dataset", "trainer", "plugins", *OF_COST)]


def _trained(
    training: Training, folder: TrainFolder, tracked: TrackedRun, console: Console
) -> TrainingResult:
    """Trains, and writes the checkpoints, the curves and last the result."""
    epochs = training.settings.final_epochs

    def on_epoch(epoch: int, replicas: Sequence[Replica]) -> None:
        ended = [r.accuracies[epoch - 1] for r in replicas if len(r.accuracies) >= epoch]
        losses = [r.losses[epoch - 1] for r in replicas if len(r.losses) >= epoch]
        if not ended:
            return
        tracked.log({"validation_accuracy": fmean(ended), "loss": fmean(losses)}, step=epoch)
        if epoch % max(1, epochs // 5) == 0:
            console.print(
                f"epoch {epoch}/{epochs}: validation {100 * fmean(ended):.1f} % "
                f"({100 * min(ended):.1f} to {100 * max(ended):.1f})",
                highlight=False,
            )

    try:
        replicas = train_replicas(training, folder.state, on_epoch)
    except CandidateError as error:
        raise ConfigError(f"{training.architecture} cannot be trained: {error}") from None
    seeds = _kept(training, replicas, folder)
    write_curves(folder.curves_csv, replicas)
    plot_curves(folder.curves_picture, replicas, str(training.architecture))
    data = training.data
    parameters = parameter_count(training.architecture, data.features, data.classes)
    result = TrainingResult(training.architecture, parameters, seeds)
    atomic.write_json(folder.result, result.to_dict())
    summary = {
        name: spread["mean"] for name, spread in result.to_dict()["spread"].items() if spread
    }
    tracked.tell(partial(_log_result, folder=folder, result=result, summary=summary))
    return result


def _log_result(
    run: Any, folder: TrainFolder, result: TrainingResult, summary: dict[str, float]
) -> None:
    """Tells W&B what a training gave, and leaves it the networks."""
    run.log({"seed_table": table(seed_rows(result))} | pictures([folder.curves_picture]))
    models = [folder.checkpoint(seed.seed) for seed in result.seeds if seed.checkpoint]
    kept = {path.name: path for path in (*models, folder.result, folder.curves_csv)}
    log_files(run, Files(f"trained-{run.id}", "model", kept))
    run.summary.update({"architecture": str(result.architecture)} | summary)


def _kept(
    training: Training, replicas: Sequence[Replica], folder: TrainFolder
) -> list[TrainedSeed]:
    """Evaluates the networks and writes their checkpoints."""
    from hybhanas.models.hqnn import checkpoint

    seeds = []
    for replica, scores in zip(replicas, evaluate_replicas(training, replicas), strict=True):
        epochs = len(replica.accuracies)
        if scores is None:
            reason = replica.reason or "a logit is not finite"
            seeds.append(TrainedSeed(replica.seed, epochs, None, None, None, reason))
            continue
        path = folder.checkpoint(replica.seed)
        atomic.write_bytes(path, checkpoint(trained_model(training, replica)))
        kept = str(path.relative_to(folder.path))
        seeds.append(TrainedSeed(replica.seed, epochs, *scores, kept))
    return seeds


def _introduce(console: Console, training: Training, path: Path) -> None:
    settings = training.settings
    console.print(
        f"[bold]{training.architecture}[/], {len(training.seeds)} "
        f"seed{'s' if len(training.seeds) > 1 else ''}, "
        f"{settings.final_epochs} epochs, {settings.schedule}",
        highlight=False,
    )
    for note in getattr(training.data, "notes", ()):
        print_line(console, f"  data: {note}", style="dim")
    if training.survival is not None:
        left = f"{min(training.survival):.3f} to {max(training.survival):.3f}"
        console.print(f"  noise leaves {left} of the expectation values", highlight=False)
    console.print(f"folder: {shown(path)}", soft_wrap=True, highlight=False, markup=False)
