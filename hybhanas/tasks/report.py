"""task=report: a finished run as one page for a browser, or several runs compared in one."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from hybhanas.calibration import Calibration
from hybhanas.circuit import lay_out
from hybhanas.cost.physical import PhysicalCircuit
from hybhanas.cost.transpile import Transpiler
from hybhanas.errors import CandidateError, ConfigError
from hybhanas.evidence.baselines import read_baselines
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.front import read_front
from hybhanas.nas.importance import Importance, importances
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.records import MAX_BYTES
from hybhanas.nas.run_folder import RunFolder
from hybhanas.nas.selection import select
from hybhanas.qiskit_view import to_qiskit
from hybhanas.reporting.front_report import FrontReport
from hybhanas.reporting.page.commands import override
from hybhanas.reporting.page.content import RunReport
from hybhanas.reporting.page.document import write_page
from hybhanas.reporting.page.verification import verification
from hybhanas.reporting.terminal import terminal
from hybhanas.stored import read_json
from hybhanas.tasks.comparison_page import write_comparison
from hybhanas.tasks.finished import MALFORMED, FinishedRun, read_run, settings_of_cost
from hybhanas.tasks.found_runs import found, runs_below
from hybhanas.tasks.last_lines import say_end
from hybhanas.tasks.options import OPTIONS
from hybhanas.tasks.records_in_order import in_order
from hybhanas.tasks.setup import build, shown

log = logging.getLogger(__name__)

MOST_INSTRUCTIONS = 10_000
"""Of a circuit that is transpiled for the page."""

WHEN_FINISHED = "known when the search has ended"
"""The importance of genes on the page of a search that runs: it takes seconds."""


def report(config: DictConfig, folder: Path) -> Path:
    """Writes `report.html` to the folder of a run, or `comparison.html` of several, and says where
    it is.

    Args:
        config: composed; `run` names the folder of a search, or one with the folders of searches,
            or lists folders of searches.
        folder: where the comparison of a list is written; that of a folder is written there.

    Raises:
        ConfigError: `run` is not a search that has finished, or there is no search to compare.
    """
    alone = _is_run(config.run)
    page = _of_run(config) if alone else _comparison(config.run, folder)
    following = ("task=select", override("run", config.run)) if alone else ()
    say_end(terminal(), f"report in {shown(page)}", *following)
    return page


def _is_run(setting: Any) -> bool:
    """Whether a setting is one run, or nothing that holds several."""
    if not isinstance(setting, str):
        return setting is None
    root = Path(setting).expanduser()
    return RunFolder(root).settings.exists() or not runs_below(root)


def _comparison(setting: str | Sequence[str], folder: Path) -> Path:
    if isinstance(setting, str):
        folder = Path(setting).expanduser()
    elif not isinstance(setting, Sequence):
        raise ConfigError(f"run={setting} is not accepted: a folder, or a list of folders")
    return write_comparison(*found(setting), folder, setting)


def _of_run(config: DictConfig) -> Path:
    run = read_run(config.run)
    files = RunFolder(run.folder)
    members = read_front(files, run.evaluations)
    front = FrontReport(members, select(members, run.objectives), read_baselines(files))
    evaluations = in_order(files, run.evaluations)
    write_report(files, evaluations, front, run.objectives, run.config, _calibration(config, run))
    return files.page


def write_report(  # noqa: PLR0913 - what a page is made of
    files: RunFolder,
    evaluations: Sequence[Evaluation],
    front: FrontReport,
    objectives: Objectives,
    config: DictConfig,
    calibration: Calibration | None,
    summary: Mapping[str, object] | None = None,
) -> None:
    """Writes the page of a run whose other files are written.

    Args:
        files: of the run.
        evaluations: in the order in which the search made them.
        front: its members by rank, those to take, the baselines.
        objectives: what the search minimised.
        config: its settings, resolved.
        calibration: that its costs are of; None where it cannot be read again.
        summary: of a search that runs; None: what `run.json` says of one that has finished.
    """
    made = RunReport(
        folder=str(shown(files.path.absolute())),
        data_name=str(OmegaConf.select(config, "dataset.name")),
        search_name=str(OmegaConf.select(config, "search.name")),
        evaluations=evaluations,
        front=front,
        objectives=objectives,
        summary=_read(files.summary) if summary is None else summary,
        config=OmegaConf.to_yaml(config),
        calibration=calibration,
        verdicts=_verdicts(files, front),
        importance=_importance(evaluations) if summary is None else WHEN_FINISHED,
        transpiled=_transpiled(front, calibration) if summary is None else {},
        verified=_verified(files, front),
    )
    write_page(files.page, made.content())


def _importance(evaluations: Sequence[Evaluation]) -> Sequence[Importance] | str:
    """Which genes decide error, time and what survives noise; a sentence where it is not known."""
    try:
        return importances(evaluations)
    except ConfigError as error:
        return str(error)


def _calibration(config: DictConfig, run: FinishedRun) -> Calibration | None:
    """The calibration of a run, from where its settings say; None if another is there by now, or
    if it would be fetched.
    """
    settings = settings_of_cost(config, run, named=()).calibration
    live = OPTIONS["calibration"]["live"]
    if settings._target_ == f"{live.__module__}.{live.__qualname__}":
        return None
    try:
        found = Calibration.load(build("calibration", settings))
    except ConfigError as error:
        log.warning("the couplings are left out: %s", error)
        return None
    hashes = {e.cost.provenance.calibration_hash for e in run.evaluations if e.cost}
    return found if hashes == {found.hash} else None


def _transpiled(front: FrontReport, calibration: Calibration | None) -> dict[str, PhysicalCircuit]:
    """The circuits of the members in the layouts that their costs are of, by the hash of the
    architecture. None are of another calibration, of another version of the compiler, of gates that
    are not imported here, or longer than MOST_INSTRUCTIONS.
    """
    found: dict[str, PhysicalCircuit] = {}
    compilers: dict[tuple[str, int, int], Transpiler] = {}
    if calibration is None:
        return found
    for member in front.members:
        architecture, cost = member.evaluation.architecture, member.evaluation.cost
        if cost is None or cost.circuit.physical_instructions > MOST_INSTRUCTIONS:
            continue
        made = cost.provenance
        key = made.compiler, made.optimization_level, made.transpiler_seed
        try:
            if key not in compilers:
                compilers[key] = Transpiler(calibration, *key[1:], compiler=made.compiler)
            physical = compilers[key](to_qiskit(lay_out(architecture)))
        except (CandidateError, ConfigError, KeyError) as error:
            log.warning("%s is not drawn as transpiled: %s", architecture.hash, error)
            continue
        if physical.two_qubit_gates == cost.circuit.two_qubit_gates:
            found[architecture.hash] = physical
    return found


def _verified(files: RunFolder, front: FrontReport) -> dict[str, dict[str, Any]]:
    """Of the members that `task=verify` ran, by the hash of the architecture."""
    found = {}
    for member in front.members:
        architecture = member.evaluation.architecture
        path = files.verified(architecture)
        if kept := _read(path):
            try:
                found[architecture.hash] = verification(kept)
            except MALFORMED as error:
                log.warning("%s is left out: %s", path, error)
    return found


def _verdicts(files: RunFolder, front: FrontReport) -> dict[str, str]:
    """Of the members that `task=contribution` examined, by the hash of the architecture."""
    found = {}
    for member in front.members:
        architecture = member.evaluation.architecture
        verdict = _read(files.evidence(architecture)).get("verdict")
        if isinstance(verdict, str):
            found[architecture.hash] = verdict
    return found


def _read(path: Path) -> dict[str, object]:
    """A JSON object; an empty one if the file is missing, or damaged, which is said."""
    try:
        content = read_json(path, MAX_BYTES)
        if isinstance(content, dict):
            return content
        raise ValueError("it is no object")
    except FileNotFoundError:
        return {}
    except (OSError, *MALFORMED) as error:
        log.warning("%s is left out: %s", path, error)
        return {}
