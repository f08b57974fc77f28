"""The table of many runs: labels that tell them apart, and what is missing of unfinished ones."""

from __future__ import annotations

import doctest

from rich.console import Console

from hybhanas.reporting import comparing
from hybhanas.reporting import runs_table as page
from hybhanas.reporting.runs_table import RunRow, run_labels, runs_table, seeds_table


def row(folder: str, settings: dict, **changes: object) -> RunRow:
    known = {
        "set": 0, "finished": True, "hypervolume": 0.25, "best_accuracy": 0.975, "cheapest_s": 90.0,
        "evaluations": 8, "infeasible": 2, "failed": 1, "evaluations_s": 30.0, "wall_s": 3600.0,
    }  # fmt: skip
    return RunRow(folder=folder, settings=settings, **(known | changes))


def test_runs_are_labelled_by_their_settings_and_by_the_folder_where_these_are_equal():
    rows = [row("a", {"seed": 1}), row("b", {"seed": 2}), row("c", {"seed": 2}), row("d", {})]
    assert run_labels(rows) == ["seed=1", "b seed=2", "c seed=2", "d"]
    assert doctest.testmod(page).failed == 0
    assert doctest.testmod(comparing).failed == 0


def test_runs_that_differ_in_many_settings_are_named_by_their_folders():
    spaces = ({f"search_space.{name}": list(range(at)) for name in "abcdef"} for at in (5, 6))
    rows = [row(name, space) for name, space in zip(("small", "large"), spaces, strict=True)]
    assert run_labels(rows) == ["small", "large"]
    assert comparing.label_of_set([0], rows) == "small"


def test_a_flat_row_begins_with_the_folder_and_a_column_per_setting():
    flat = row("a", {"backend": "ibm_fez", "seed": 1}).to_row()
    assert [*flat][:4] == ["folder", "backend", "seed", "set"]
    assert (flat["backend"], flat["evaluations"]) == ("ibm_fez", 8)
    assert "settings" not in flat


def test_the_table_has_units_and_says_what_an_unfinished_run_lacks():
    rows = [
        row("a", {"seed": 1}),
        row("b", {"seed": 2}, best_accuracy=None, cheapest_s=None, wall_s=None, finished=False),
    ]
    console = Console(width=120)
    with console.capture() as printed:
        console.print(runs_table(rows))
    _, _, first, second = printed.get().splitlines()
    assert first.split() == ["seed=1", "0.2500", "97.5", "1.5", "min", "8", "2", "1", "1", "h"]
    assert second.split() == ["seed=2", "0.2500", "-", "-", "8", "2", "1", "unfinished"]


def test_runs_that_differ_in_their_seeds_alone_have_a_line_of_medians_and_quartiles():
    rows = [
        row(
            f"{name}{seed}",
            {"search": name, "seed": seed},
            hypervolume=at + seed / 100,
            wall_s=60 * seed,
        )
        for name, at in (("model", 0.5), ("random", 0.25))
        for seed in (5, 1, 4, 2, 3)
    ]
    unfinished = {"finished": False, "wall_s": None, "hypervolume": 0.0}
    rows.append(row("c", {"search": "model", "seed": 6}, **unfinished))
    console = Console(width=120)
    with console.capture() as printed:
        console.print(seeds_table(rows))
    _, head, model, random = (line.split() for line in printed.get().splitlines())
    assert head == ["runs", "seeds", "hypervolume", "evaluations", "wall"]
    assert model[:5] == ["search=model", "5", "0.5300", "(0.5200-0.5400)", "8"]
    assert random[:4] == ["search=random", "5", "0.2800", "(0.2700-0.2900)"]
    assert model[5:] == ["3", "min", "(2-4", "min)"]


def test_a_run_that_none_compares_with_has_no_hypervolume_to_compare():
    rows = [
        row("a", {"dataset": "iris"}, hypervolume=0.25),
        row("b", {"dataset": "wine"}, hypervolume=0.5, set=1),
        row("c", {"dataset": "iris"}, hypervolume=0.75),
    ]
    assert [*runs_table(rows).columns[1].cells] == ["0.2500", "-", "0.7500"]
    assert [*runs_table(rows[1:2]).columns[1].cells] == ["0.5000"]  # with no other beside it


def test_seeds_of_the_data_set_are_seeds_too_and_a_run_that_is_there_twice_counts_once():
    rows = [
        row(name, {"seed": seed, "dataset.seed": of_data}, hypervolume=volume)
        for name, seed, of_data, volume in (
            ("a", 1, 1, 0.1), ("b", 1, 2, 0.2), ("c", 2, 1, 0.3), ("again", 2, 1, 0.9),
        )
    ]  # fmt: skip
    table = seeds_table(rows)
    assert table is not None
    assert [[*map(str, column.cells)] for column in table.columns[:3]] == [
        ["all"], ["3"], ["0.2000 (0.1500-0.2500)"],
    ]  # fmt: skip


def test_a_run_of_each_setting_or_runs_without_seeds_have_no_medians():
    assert seeds_table([row("a", {"backend": "x"}), row("b", {"backend": "y"})]) is None
    assert seeds_table([row("a", {"search": "x", "seed": 1}), row("b", {"search": "y"})]) is None
    table = seeds_table([row("a", {"seed": 1}), row("b", {"seed": 2}, hypervolume=0.5)])
    assert table is not None
    assert [[*map(str, column.cells)] for column in table.columns[:3]] == [
        ["all"], ["2"], ["0.3750 (0.3125-0.4375)"],
    ]  # fmt: skip


def test_names_with_brackets_are_printed_as_they_are():
    rows = [
        row(f"run[old]{seed}", {"image": "a[/b]/x", "seed": seed, "other": seed * (seed > 1)})
        for seed in (1, 1, 2, 3)
    ]
    console = Console(width=160)
    with console.capture() as printed:
        console.print(runs_table(rows))
        console.print(seeds_table([*rows, row("c", {"image": "a[/b]/x", "seed": 4, "other": 0})]))
    said = printed.get()
    assert "run[old]1 image=a[/b]/x seed=1 other=0" in said
    assert "image=a[/b]/x other=0  " in said


def test_repetitions_that_have_many_settings_are_named_by_their_runs():
    spaces = {name: {f"search_space.{k}": name * 10 for k in "abcdef"} for name in ("one", "two")}
    rows = [
        row(f"{name}/s{seed}", {**space, "seed": seed})
        for name, space in spaces.items()
        for seed in (1, 2)
    ]
    table = seeds_table(rows)
    assert table is not None
    assert [*map(str, table.columns[0].cells)] == ["one/s1, one/s2", "two/s1, two/s2"]
