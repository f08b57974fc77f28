"""Draws pictures of docs/pictures/ again from the numbers beside them, after a change of style.

    python scripts/redraw.py                 # all of them, seconds each
    python scripts/redraw.py drift proxies   # drift.png from drift.csv, and so on

The commands on the pages write the numbers. `study` is drawn from a table of docs/benchmark, and
`front` by a search. The numbers of performance and drift were taken from the tables of their pages,
and have as many digits as these until the commands are run again.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from matplotlib.figure import Figure

from hybhanas import bench
from hybhanas.errors import unknown
from hybhanas.reporting.picture import save
from scripts import (
    drift,
    fit_job_time,
    fit_primitive_jobs,
    hypervolume_picture,
    page,
    proxies,
    study,
    study_contribution,
    validate_machines,
    validate_noise,
)
from scripts.bench import page as performance
from scripts.study_parts import pictures

PICTURES: dict[str, page.Picture] = {
    "contribution": study_contribution.picture,
    "drift": drift.picture,
    "job_time_many": fit_job_time.picture,
    "job_time_one": fit_job_time.picture,
    "job_time_primitives": fit_primitive_jobs.picture,
    "leaderboard": hypervolume_picture.picture,
    "machines": validate_machines.picture,
    "noise": validate_noise.picture,
    "performance": performance.picture,
    "proxies": proxies.picture,
    "searches": hypervolume_picture.picture,
    "study_sensitivity": pictures.changes,
}
STUDY = "study"


def drawn(part: str) -> Figure:
    """A picture, of the numbers that docs/ has."""
    if part == STUDY:
        return pictures.fronts(bench.load(study.TABLES / f"{study.LARGE}.parquet"))
    return PICTURES[part](page.kept_numbers(part))


def main(given: Sequence[str] | None = None) -> None:
    """Draws what was asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pictures", nargs="*", metavar="PICTURE")
    asked, known = parser.parse_args(given).pictures, [*PICTURES, STUDY]
    for part in asked:
        if part not in known:
            parser.error(str(unknown("picture", part, known)))
    for part in asked or known:
        save(drawn(part), page.picture_file(part))
        print(f"{part}: drawn", flush=True)


if __name__ == "__main__":
    main()
