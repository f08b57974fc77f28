"""What a multirun of task=cost ends in: its runs in one table, cheapest first."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from hydra.experimental.callback import Callback
from omegaconf import DictConfig


class RankCosts(Callback):
    """Reads every cost.json below a sweep's folder; silent where there is none.

    Hydra makes one at every start, so that this module imports nothing heavy.
    """

    def on_multirun_end(self, config: DictConfig, **kwargs: Any) -> None:
        """Prints the ranking."""
        folder = Path(config.hydra.sweep.dir)
        reports = [json.loads(path.read_text()) for path in folder.rglob("cost.json")]
        if not reports:
            return
        everywhere = set.intersection(*(set(report["overrides"]) for report in reports))
        from rich.table import Table

        from hybhanas.reporting.terminal import terminal
        from hybhanas.reporting.units import duration

        table = Table(title="cheapest first", title_style="bold", box=None)
        for name in ("run", "total", "log10 s", "circuit", "routing", "log10 P", "2q gates"):
            table.add_column(name, justify="left" if name == "run" else "right")
        for report in sorted(reports, key=lambda report: report["log10_total_s"]):
            table.add_row(
                " ".join(o for o in report["overrides"] if o not in everywhere),
                duration(report["total_s"] or math.inf),
                f"{report['log10_total_s']:.3f}",
                duration(report["circuit_s"]),
                duration(report["routing_s"]),
                f"{report['log10_p_success']:.3f}",
                str(report["two_qubit_gates"]),
            )
        terminal().print(table)
