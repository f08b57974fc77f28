"""What a multirun ends in: its runs in one table; those of task=cost, cheapest first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hydra.experimental.callback import Callback
from omegaconf import DictConfig

from hybhanas.stored import read_json
from hybhanas.tasks.settings import COST_FILE


class RankCosts(Callback):
    """Reads every cost.json below a sweep's folder; silent where there is none.

    Hydra makes one at every start, so that this module imports nothing heavy.
    """

    def on_multirun_end(self, config: DictConfig, **kwargs: Any) -> None:
        """Prints the ranking."""
        folder = Path(config.hydra.sweep.dir)
        reports = [read_json(path) for path in folder.rglob(COST_FILE)]
        if not reports:
            return
        everywhere = set.intersection(*(set(report["overrides"]) for report in reports))
        from hybhanas.cost.report import CostReport
        from hybhanas.reporting.cost_table import ranking_table
        from hybhanas.reporting.terminal import terminal

        named = [
            (
                " ".join(o for o in report["overrides"] if o not in everywhere),
                CostReport.from_dict(report),
            )
            for report in reports
        ]
        terminal().print(ranking_table(named))


class CompareSearches(Callback):
    """Shows the searches of a sweep side by side, in a table that `task=compare` has later too, and
    in a page that `task=report` writes again.
    """

    def on_multirun_end(self, config: DictConfig, **kwargs: Any) -> None:
        """Prints the table and writes the page."""
        if config.task.name != "search":
            return
        from hybhanas.tasks.compare import show_sweep

        show_sweep(Path(config.hydra.sweep.dir))
