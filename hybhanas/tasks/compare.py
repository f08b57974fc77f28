"""task=compare: many searches in one table, their fronts in one picture."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from omegaconf import DictConfig
from rich.console import Console

from hybhanas import atomic
from hybhanas.errors import ConfigError
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.objectives import Objectives, common
from hybhanas.nas.summary import Summary
from hybhanas.reporting.comparing import again, label_of_set, reasons, sets
from hybhanas.reporting.page.commands import override
from hybhanas.reporting.plots import plot_fronts
from hybhanas.reporting.runs_table import RunRow, run_labels, runs_table, seeds_table
from hybhanas.reporting.terminal import fitted, print_line, terminal
from hybhanas.tasks.comparison_page import write_comparison
from hybhanas.tasks.differences import differences, must_agree
from hybhanas.tasks.finished import MALFORMED, FinishedRun, named_settings
from hybhanas.tasks.found_runs import end_of, found, name_below, runs_below
from hybhanas.tasks.last_lines import say_end
from hybhanas.tasks.setup import shown

log = logging.getLogger(__name__)

NARROWEST = 24
"""Letters of a run's name that a line of a table has room for; with less, it is no table."""


def compare(config: DictConfig, folder: Path) -> list[RunRow]:
    """Compares the searches below a folder and writes `compare.json`, `.csv` and `.png`.

    Args:
        config: composed; `run` names a folder with the folders of searches in it. Corners of the
            hypervolume's box that the command line names replace those of the searches.
        folder: where the files are written.

    Raises:
        ConfigError: there is no search, or a box is empty.
    """
    runs, _ = found(config.run)
    root = Path(config.run).expanduser()
    rows, boxes = compared(runs, root, _named_corners(config))
    corners = [
        {
            "reference_point": {name: worst for name, (_, worst) in one.box.items()},
            "ideal_point": {name: best for name, (best, _) in one.box.items()},
        }
        for one in boxes
    ]
    found_runs = {"run": str(root), "sets": corners, "runs": [row.to_dict() for row in rows]}
    atomic.write_json(folder / "compare.json", found_runs)
    table = pd.DataFrame([row.to_row() for row in rows])
    atomic.write_text(folder / "compare.csv", table.to_csv(index=False))
    fronts = [run.objectives.front(run.evaluations) for run in runs]
    written = "tables"
    if any(fronts):
        written = "tables and picture"
        labelled = dict(zip(run_labels(rows), fronts, strict=True))
        plot_fronts(folder / "compare.png", _panels(runs, labelled))
    console = terminal()
    _show(console, rows, boxes)
    said = f"{len(rows)} run{'s' * (len(rows) > 1)}; {written} in {shown(folder)}"
    if len(boxes) > 1:
        differing = " or ".join(reasons([must_agree(run) for run in runs]))
        say_end(console, f"{said}; runs of different {differing} do not compare")
        return rows
    complete = [
        (row.hypervolume, run)
        for run, row, front in zip(runs, rows, fronts, strict=True)
        if row.finished and front
    ]
    if not complete:
        say_end(console, said)
        return rows
    _, first = max(complete, key=lambda one: one[0])
    say_end(console, said, "task=select", override("run", shown(first.folder)))
    return rows


def compared(
    runs: Sequence[FinishedRun],
    root: Path,
    corners: Mapping[str, Mapping[str, float]] | None = None,
) -> tuple[list[RunRow], list[Objectives]]:
    """A row of each run, named by its folder below `root`, and the objectives of each set of runs
    that compare, with the box that their hypervolumes are of.

    Args:
        runs: the searches.
        root: the folder of all.
        corners: values of the boxes to use instead, under `reference_point` and `ideal_point`.

    Raises:
        ConfigError: a box is empty.
    """
    differing = differences([run.config for run in runs])
    rows, boxes = dict[int, RunRow](), list[Objectives]()
    for number, places in enumerate(sets([must_agree(run) for run in runs])):
        box = common([runs[place].objectives for place in places])
        if corners:
            worst = {**box.reference_point, **corners["reference_point"]}
            best = {**box.ideal_point, **corners["ideal_point"]}
            box = Objectives(box.names, worst, best)
        boxes.append(box)
        for place in places:
            name = name_below(runs[place].folder, root)
            rows[place] = _row(runs[place], name, differing[place], number, box)
    return [rows[place] for place in range(len(runs))], boxes


def _panels(
    runs: Sequence[FinishedRun], fronts: Mapping[str, Sequence[Evaluation]]
) -> list[tuple[str, dict[str, Sequence[Evaluation]]]]:
    """The fronts of runs under the titles of their panels; those in a panel have the same data set
    and cost model, so that accuracies and total times compare. A title names the data set, and the
    settings of both that tell the panel from others. A run without a front is in none.

    Args:
        runs: to be drawn.
        fronts: of each of them, by its label.
    """
    found = [(run, *one) for run, one in zip(runs, fronts.items(), strict=True) if one[1]]
    alike = [must_agree(run) for run, _, _ in found]
    same = [{name: one[name] for name in ("data sets", "cost models")} for one in alike]
    panels = sets(same)
    configs = [found[places[0]][0].config for places in panels]
    titles = []
    for config, settings in zip(configs, differences(configs), strict=True):
        own = {
            name: value
            for name, value in settings.items()
            if name == "cost_model" or name.startswith(("cost_model.", "dataset."))
        }
        titles.append(", ".join([config.dataset.name, *(f"{n}={v}" for n, v in own.items())]))
    return [
        (title, {found[place][1]: found[place][2] for place in places})
        for title, places in zip(titles, panels, strict=True)
    ]


def show_sweep(folder: Path) -> None:
    """Prints the searches below a folder as a table, if there are several, and writes
    `comparison.html` of them.
    """
    if len(runs_below(folder)) < 2:
        return
    try:
        runs, left_out = found(str(folder))
        _show(terminal(), *compared(runs, folder))
        page = write_comparison(runs, left_out, folder, str(shown(folder)))
    except (ConfigError, OSError, *MALFORMED) as error:
        log.warning("the comparison of the searches is not whole: %s", error)
        return
    terminal().print(f"to read: {shown(page)}", soft_wrap=True, markup=False, highlight=False)


def _show(console: Console, rows: Sequence[RunRow], boxes: Sequence[Objectives]) -> None:
    for table in (runs_table(rows), seeds_table(rows)):
        if table is not None:
            name = max(len(str(cell)) for cell in table.columns[0].cells)
            console.print(fitted(table, console, max(0, name - NARROWEST)))
    for line in again(dict(enumerate(rows))):
        print_line(console, line)
    for number, box in enumerate(boxes):
        places = [place for place, row in enumerate(rows) if row.set == number]
        if len(places) > 1 or len(rows) == 1:
            of = f" of {label}" if (label := label_of_set(places, rows)) else ""
            sides = ", ".join(f"{n} {best:g} to {worst:g}" for n, (best, worst) in box.box.items())
            print_line(
                console, f"hypervolume{of}: the part of the box {sides} that the front dominates"
            )


def _named_corners(config: DictConfig) -> dict[str, dict[str, float]]:
    """What the command line names of the hypervolume's box."""
    named = named_settings() or set()
    return {
        corner: {
            name: value
            for name, value in config.search[corner].items()
            if {f"search.{corner}", f"search.{corner}.{name}"} & named
        }
        for corner in ("reference_point", "ideal_point")
    }


def _row(
    run: FinishedRun, name: str, settings: dict[str, Any], number: int, box: Objectives
) -> RunRow:
    found = Summary.of(run.evaluations, box)
    end = end_of(run)
    return RunRow(
        folder=name,
        settings=settings,
        set=number,
        finished=end is not None,
        hypervolume=found.hypervolume,
        best_accuracy=found.best_accuracy,
        cheapest_s=found.cheapest_s,
        evaluations=found.evaluations,
        infeasible=found.infeasible,
        failed=found.failed,
        evaluations_s=found.evaluations_s,
        wall_s=end.wall_s if end else None,
    )
