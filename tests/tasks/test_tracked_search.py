"""What is logged to W&B of a search while it runs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from hybhanas.nas.loop import Generation, Progress
from hybhanas.reporting.service import About
from hybhanas.reporting.tracked_search import TrackedSearch
from hybhanas.reporting.tracking import Tracker
from hybhanas.tasks.finished import read_run


class Told:
    """A tracked run that takes everything at once."""

    active = True

    def __init__(self, run: Any) -> None:
        self._run = run

    def tell(self, action: Any) -> None:
        action(self._run)


def test_the_table_of_evaluations_is_logged_each_time_it_has_grown_by_half(smoke, tmp_path):
    logged: list[dict[str, Any]] = []
    run = SimpleNamespace(
        id="1", resumed=False, offline=True, settings=SimpleNamespace(root_dir=tmp_path),
        define_metric=lambda *_, **__: None, log=lambda values, **_: logged.append(values),
    )  # fmt: skip
    known = read_run(str(smoke))
    about = About(name="name", job_type="search", config={})
    search = TrackedSearch(Told(run), Tracker(), about, known.objectives)  # type: ignore[arg-type]
    for number, evaluation in enumerate(known.evaluations, 1):
        search.progress(Progress(number, 1, 1, number, evaluation))
        search.generation(Generation(number, 1, 0, 0, 0, 0, 1, 1, 0.0, 0.0, 0.0))
    tables = [line["evaluation_table"] for line in logged if "evaluation_table" in line]
    assert [len(table.data) for table in tables] == [1, 2, 3, 5, 8]
    assert [line["evaluations"] for line in logged if "hypervolume" in line] == [*range(1, 9)]
