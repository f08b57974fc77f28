"""task=report: a finished run as one page for a browser."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from omegaconf import DictConfig, OmegaConf

from hybhanas.calibration import Calibration
from hybhanas.errors import ConfigError
from hybhanas.evidence.baselines import read_baselines
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.front import read_front
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.records import MAX_BYTES
from hybhanas.nas.run_folder import RunFolder
from hybhanas.nas.selection import select
from hybhanas.reporting.front_report import FrontReport
from hybhanas.reporting.page.content import RunReport
from hybhanas.reporting.page.document import write_page
from hybhanas.reporting.terminal import terminal
from hybhanas.stored import read_bytes, read_json
from hybhanas.tasks.finished import MALFORMED, FinishedRun, read_run, settings_of_cost
from hybhanas.tasks.options import OPTIONS
from hybhanas.tasks.setup import build, shown

log = logging.getLogger(__name__)


def report(config: DictConfig, folder: Path) -> Path:
    """Writes `report.html` to the folder of a run, and says where it is.

    Args:
        config: composed; `run` names the folder of the search.
        folder: where nothing is written.

    Raises:
        ConfigError: `run` is not a search that has finished.
    """
    run = read_run(config.run)
    files = RunFolder(run.folder)
    members = read_front(files, run.evaluations)
    front = FrontReport(members, select(members, run.objectives), read_baselines(files))
    evaluations = in_order(files, run.evaluations)
    write_report(files, evaluations, front, run.objectives, run.config, _calibration(config, run))
    terminal().print(
        f"report in {shown(files.page)}", soft_wrap=True, markup=False, highlight=False
    )
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
    )
    write_page(files.page, made.content())


def in_order(files: RunFolder, evaluations: Sequence[Evaluation]) -> list[Evaluation]:
    """By the rows of `evaluations.csv`, which are in the order of the search; what has none, as if
    the file is missing, comes last.
    """
    try:
        rows = csv.DictReader(io.StringIO(read_bytes(files.evaluations_csv, MAX_BYTES).decode()))
        order = {row["architecture"]: place for place, row in enumerate(rows)}
    except (OSError, csv.Error, *MALFORMED) as error:
        unordered = "%s cannot be read (%s): the page lists architectures by key"
        log.warning(unordered, files.evaluations_csv, error)
        order = {}
    return sorted(evaluations, key=lambda e: order.get(e.architecture.hash, len(order)))


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
