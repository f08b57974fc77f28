"""Saves a workspace and a report of a W&B project that show searches beside each other.

Their panels group runs by backend, so that a sweep is compared without a click. Needs the extra
`wandb` (pip install 'hybhanas[wandb]') and an account whose key is known: `wandb login`.

    python scripts/wandb_workspace.py --entity my_team --project hybhanas
"""

from __future__ import annotations

import argparse
from typing import Any

import wandb_workspaces.reports.v2 as wr
import wandb_workspaces.workspaces as ws

GENES = (
    "qubits", "depth", "encoding", "rotations", "entangler", "entanglement", "measurement",
    "hidden_layers", "hidden_width", "readout",
)  # fmt: skip
LIVE = {
    "hypervolume": "hypervolume",
    "front_size": "members of the front",
    "best_accuracy": "best validation accuracy",
    "best_accuracy_under_1h": "best validation accuracy under 1 h of QPU time",
    "best_accuracy_under_1d": "best validation accuracy under 1 d of QPU time",
    "best_accuracy_under_30d": "best validation accuracy under 30 d of QPU time",
}
BY_BACKEND = "backend.name"


def searches() -> list[Any]:
    """Lines over evaluations, a line a run, and bars of what is to be taken, by backend."""
    lines = [wr.LinePlot(title=title, x="evaluations", y=[name]) for name, title in LIVE.items()]
    bars = [
        wr.BarPlot(title=title, metrics=[name], groupby=wr.Config(BY_BACKEND))
        for name, title in {
            "knee_test_accuracy": "test accuracy of the knee, by backend",
            "knee_qpu_s": "QPU time of the knee in s, by backend",
        }.items()
    ]
    return [*lines, *bars]


def fronts() -> list[Any]:
    """The fronts of all runs in one chart, and pictures and pages of each."""
    chart = wr.CustomChart(
        query={"summaryTable": {"tableKey": "front_chart_table"}},
        chart_name="wandb/scatter/v0",
        chart_fields={"x": "log10_total_s", "y": "validation_accuracy"},
        chart_strings={"title": "Pareto fronts: validation accuracy against log10 total time / s"},
    )
    return [chart, wr.MediaBrowser(media_keys=["front", "anatomy", "report"])]


def candidates() -> list[Any]:
    """Genes against what came of them, of the runs that `logger.candidates=true` makes."""
    columns: list[Any] = [
        wr.ParallelCoordinatesPlotColumn(metric=wr.Config(gene)) for gene in GENES
    ]
    columns.append(wr.ParallelCoordinatesPlotColumn(metric=wr.SummaryMetric("log10_total_s")))
    columns.append(wr.ParallelCoordinatesPlotColumn(metric=wr.SummaryMetric("validation_accuracy")))
    return [
        wr.ParallelCoordinatesPlot(title="genes of the candidates", columns=columns),
        wr.ParameterImportancePlot(with_respect_to="validation_accuracy"),
        wr.ScatterPlot(
            title="candidates: validation accuracy against QPU time in s",
            x=wr.SummaryMetric("qpu_s"), y=wr.SummaryMetric("validation_accuracy"), log_x=True,
        ),
    ]  # fmt: skip


def workspace(entity: str, project: str) -> ws.Workspace:
    """The view of a project with a section of each."""
    sections = {"searches": searches(), "fronts": fronts(), "candidates": candidates()}
    return ws.Workspace(
        entity=entity,
        project=project,
        name="hybhanas",
        sections=[
            ws.Section(name=name, panels=panels, is_open=True) for name, panels in sections.items()
        ],
        settings=ws.WorkspaceSettings(x_axis="evaluations"),
        runset_settings=ws.RunsetSettings(
            groupby=[ws.Metric("JobType"), ws.Config(BY_BACKEND), ws.Config("dataset.name")]
        ),
    )


def report(entity: str, project: str, group: str | None) -> wr.Report:
    """The same as a page to send to someone; of one sweep if its name is given."""

    def runs(job_type: str) -> wr.Runset:
        filters = f"JobType == '{job_type}'" + (f" and Group == '{group}'" if group else "")
        return wr.Runset(entity=entity, project=project, name=job_type, filters=filters,
                         groupby=[f"config.{BY_BACKEND}"])  # fmt: skip

    return wr.Report(
        entity=entity,
        project=project,
        title=f"hybhanas: {group or project}",
        description="Searches for hybrid quantum-classical networks, by backend",
        width="fluid",
        blocks=[
            wr.H1("Searches"),
            wr.PanelGrid(runsets=[runs("search")], panels=searches()),
            wr.H1("Fronts"),
            wr.PanelGrid(runsets=[runs("search")], panels=fronts()),
            wr.H1("Candidates"),
            wr.PanelGrid(runsets=[runs("candidate")], panels=candidates()),
        ],
    )


def main() -> None:
    """See the top of the file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--entity", required=True, help="user or team")
    parser.add_argument("--project", default="hybhanas")
    parser.add_argument("--group", help="the sweep that the report is of; none: all runs")
    given = parser.parse_args()
    print("workspace", workspace(given.entity, given.project).save().url)
    print("report", report(given.entity, given.project, given.group).save().url)


if __name__ == "__main__":
    main()
