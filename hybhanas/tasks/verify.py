"""task=verify: members of a front under a machine's noise, or on the machine."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from omegaconf import DictConfig, OmegaConf
from rich.console import Console

from hybhanas import atomic
from hybhanas.cost.estimator import CostEstimator
from hybhanas.errors import CandidateError, ConfigError, unknown
from hybhanas.nas.run_folder import RunFolder
from hybhanas.reporting.page.commands import override
from hybhanas.reporting.steps import steps_on
from hybhanas.reporting.terminal import fitted, terminal
from hybhanas.reporting.verify_table import outcome_table, plan_table
from hybhanas.reporting.wandb_content import Files, log_files, table
from hybhanas.tasks.export import check_same_data
from hybhanas.tasks.finished import overrides, read_run
from hybhanas.tasks.last_lines import of_members, say_end
from hybhanas.tasks.run_data import checkpoint_of, data_of, estimator_of, members_of
from hybhanas.tasks.setup import build, shown
from hybhanas.tasks.tracked import tracked_reader
from hybhanas.tasks.verify_plan import Planned, check_limit, high_s, planned
from hybhanas.verify import seconds_log
from hybhanas.verify.laid_out import expectations
from hybhanas.verify.outcome import Outcome, outcome
from hybhanas.verify.pieces import Piece, Sampler, run_pieces

if TYPE_CHECKING:
    from hybhanas.models.hqnn import HQNN

log = logging.getLogger(__name__)

AER, MACHINE = "aer", "machine"
RESULT = "verify.json"
SPARE = 40  # columns that the name of a network can do without


def verify(config: DictConfig, folder: Path) -> list[Outcome]:
    """Runs members of a front with noise and writes `verify.json`, and each to `verified/` in the
    folder of its search; resumes in the same folder.

    Args:
        config: composed; `run` and `member` name the members, `verify` how they are run. Backend,
            calibration and cost model are those of the search unless the command line names others.
        folder: for the counts of each piece and the result.

    Returns:
        Of each member; empty with `verify.dry_run`.

    Raises:
        ConfigError: a setting that is not accepted, or a limit that would be exceeded.
    """
    settings = config.verify
    _check(settings)
    run = read_run(config.run)
    chosen = members_of(run, config.member)
    data, estimator = data_of(config, run), estimator_of(config, run)
    from hybhanas.models.hqnn import load_model

    models = [load_model(run.folder / checkpoint_of(member)) for _, member in chosen]
    check_same_data(run, data.hash, models)
    features, labels = _sample(data, settings.samples, config.seed)
    plans = [
        planned(rank, member, model, estimator, settings.shots, len(labels), settings.piece)
        for (rank, member), model in zip(chosen, models, strict=True)
    ]
    rows = seconds_log.read(_log_file(config, folder))
    plans = [replace(plan, job=seconds_log.sharpened(plan.job, rows)) for plan in plans]
    console = terminal()
    console.print(fitted(plan_table(plans, len(labels), settings.on), console, SPARE))
    if settings.dry_run:
        say_end(console, "nothing was run", *_for_real(config, plans))
        return []
    if settings.on == MACHINE:
        check_limit(settings.limit_s, plans)
    runner = _Runner(config, folder, estimator, console)
    settings_of_all: Any = OmegaConf.to_container(config, resolve=True)
    tracker = build("logger", config.logger)
    with tracked_reader(tracker, "verify", folder, settings_of_all, run.folder) as tracked:
        outcomes = [runner.outcome(plan, features, labels) for plan in plans]
        _write(folder, plans, outcomes, estimator, RunFolder(run.folder), settings.on)
        tracked.tell(partial(_log_result, folder=folder, plans=plans, outcomes=outcomes))
    console.print(fitted(outcome_table(plans, outcomes), console, SPARE))
    for plan, one in zip(plans, outcomes, strict=True):
        console.print(f"{plan.rank}: {one.verdict}", highlight=False)
    following = "task=export", override("run", config.run), *of_members(config.member)
    say_end(console, f"result in {shown(folder)}", *following)
    return outcomes


class _Runner:
    def __init__(
        self, config: DictConfig, folder: Path, estimator: CostEstimator, console: Console
    ):
        self._config, self._folder, self._console = config, folder, console
        self._calibration, self._mode = estimator.calibration, estimator.model.mode
        self._connected: tuple[Any, Any] | None = None

    def outcome(self, plan: Planned, features: np.ndarray, labels: np.ndarray) -> Outcome:
        import torch

        settings = self._config.verify
        model = plan.model
        with torch.no_grad():
            inputs = model.encoder(torch.from_numpy(features)).double().numpy()
            ideal = model.quantum(model.encoder(torch.from_numpy(features))).double().numpy()
        weights = dict(model.quantum.named_parameters())["module.weights"].detach().double().numpy()
        sampler = self._sampler(plan)
        values = plan.laid_out.values(sampler.circuit, weights, inputs)
        name = str(plan.member.evaluation.architecture)
        origin = f"{settings.on} {self._calibration.name} {self._calibration.hash}"
        pieces = run_pieces(
            sampler, values, plan.shots, settings.piece, self._config.seed, origin,
            self._folder, f"verifying {name}", steps_on(self._console),
        )  # fmt: skip
        if settings.on == MACHINE:
            sampler.close()  # type: ignore[attr-defined]
            self._log(plan, pieces)
        circuit = plan.laid_out.circuit
        noisy = np.array([expectations(c, circuit.observables) for p in pieces for c in p.counts])
        mitigated = noisy / np.array(plan.predicted)
        classes = [_classes(model, v, scaled=s) for v, s in
                   ((ideal, True), (noisy, False), (mitigated, True))]  # fmt: skip
        return outcome(
            ideal, noisy, plan.predicted, classes, labels, plan.shots, len(plan.laid_out.used)
        )

    def _sampler(self, plan: Planned) -> Sampler:
        if self._config.verify.on == AER:
            from hybhanas.verify.aer import Aer

            try:
                return Aer(plan.laid_out)
            except CandidateError as error:
                name = plan.member.evaluation.architecture.hash
                raise ConfigError(f"member={name} is not accepted: {error}") from None
        from hybhanas.verify.machine import Machine, backend_of

        if self._connected is None:
            self._connected = backend_of(self._calibration.name)
        backend, service = self._connected
        return Machine(plan.laid_out, backend, self._mode, service)

    def _log(self, plan: Planned, pieces: Sequence[Piece]) -> None:
        """Notes predicted and seen seconds where later plans read them. Jobs without a
        positive number of seconds are not noted.
        """
        if not all(piece.seconds for piece in pieces):
            return
        seen = seconds_log.Seen(
            backend=self._calibration.name,
            generation=plan.job.provenance.generation,
            predicted_s=plan.job.qpu_s,
            seen_s=sum(piece.seconds or 0.0 for piece in pieces),
            executions=plan.job.executions,
            jobs=len(pieces),
        )
        seconds_log.append(_log_file(self._config, self._folder), seen)


def _for_real(config: DictConfig, plans: Sequence[Planned]) -> list[str]:
    """The arguments that were given but for the dry run, and the limit that a machine needs."""
    kept = [one for one in overrides() or () if not one.lstrip("+").startswith("verify.dry_run=")]
    if kept and config.verify.on == MACHINE and config.verify.limit_s is None:
        kept.append(override("verify.limit_s", math.ceil(high_s(plans))))
    return kept


def _log_file(config: DictConfig, folder: Path) -> Path:
    """Of all runs that share a cache; of a run without one in its folder."""
    place = folder if config.cache is None else Path(config.cache).expanduser()
    return place / seconds_log.NAME


def _check(settings: DictConfig) -> None:
    if settings.on not in (AER, MACHINE):
        raise unknown("verify.on", settings.on, (AER, MACHINE))
    for name in ("samples", "piece", "shots"):
        if settings[name] is not None and settings[name] < 1:
            raise ConfigError(f"verify.{name}={settings[name]} is not accepted: at least 1")


def _sample(data: Any, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Test samples, drawn at random, with their classes; all where there are not so many."""
    batches = [(x.numpy(), y.numpy()) for x, y in data.test_dataloader()]
    features, labels = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.permutation(len(labels))[:count])
    return features[rows], labels[rows]


def _classes(model: HQNN, values: np.ndarray, *, scaled: bool) -> np.ndarray:
    """The classes that the readout gives of expectation values [samples, observables].

    Args:
        model: trained.
        values: noisy ones, or such as without noise.
        scaled: whether a network that was trained for a machine attenuates them by its survival.
    """
    import torch

    from hybhanas.models.logits import predicted

    if scaled and model.survival is not None:
        values = values * np.array(model.survival)
    with torch.no_grad():
        logits = model.readout(torch.from_numpy(values.astype(np.float32)))
    classes: np.ndarray = predicted(logits).numpy()
    return classes


def _log_result(
    run: Any, folder: Path, plans: Sequence[Planned], outcomes: Sequence[Outcome]
) -> None:
    """Tells W&B what became of each member."""
    rows = [
        {"architecture": str(plan.member.evaluation.architecture), "rank": plan.rank}
        | {name: value for name, value in one.to_dict().items() if not isinstance(value, list)}
        for plan, one in zip(plans, outcomes, strict=True)
    ]
    run.log({"verification_table": table(rows)})
    log_files(run, Files(f"verification-{run.id}", "result", {RESULT: folder / RESULT}))


def _write(  # noqa: PLR0913 - what a result is of
    folder: Path,
    plans: Sequence[Planned],
    outcomes: Sequence[Outcome],
    estimator: CostEstimator,
    run: RunFolder,
    where: str,
) -> None:
    """Writes the result, and of each member to the folder of its search, whose page shows it."""
    calibration = estimator.calibration
    made = {
        "backend": calibration.name,
        "calibration_date": calibration.date.isoformat(),
        "calibration_hash": calibration.hash,
    }
    members = []
    for plan, one in zip(plans, outcomes, strict=True):
        architecture = plan.member.evaluation.architecture
        members.append(
            {
                "rank": plan.rank,
                "architecture": architecture.hash,
                "predicted_s": plan.job.qpu_s,
                **one.to_dict(),
            }
        )
        try:
            atomic.write_json(run.verified(architecture), made | {"on": where} | members[-1])
        except OSError as error:
            log.warning("the page of the search will not show this: %s", error)
    atomic.write_json(folder / RESULT, made | {"members": members})
