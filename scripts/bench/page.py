"""docs/performance.md: the tables of outputs/bench.json between its marks, and one picture."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hybhanas.reporting.axes import name_times, plain_numbers
from hybhanas.reporting.picture import figure, legend_below, save, styled
from scripts import page
from scripts.bench import gpu, gpu_page, results

PAGE = page.DOCS / "performance.md"
BATCH = 32  # of the picture, where it is not the axis
Rows = list[dict[str, Any]]


def write() -> None:
    """Fills every part of the page that was measured.

    Raises:
        ValueError: the page lacks the marks of a part.
    """
    if cards := gpu.measured():
        page.fill("gpu", gpu_page.sections(cards), PAGE)
        print(f"gpu written to docs/{PAGE.name}")
    if not results.PATH.exists():
        return
    measured = json.loads(results.PATH.read_text())
    parts = measured["parts"]
    page.fill("machine", _machine(measured), PAGE)
    for name, table in TABLES.items():
        if name in parts:
            page.fill(name, page.markdown(table(parts[name])), PAGE)
            print(f"{name} written to docs/{PAGE.name}")
    if {"layers", "scaling", "population"} <= parts.keys():
        save(picture(parts), page.DOCS / "performance.png")


def _machine(measured: Mapping[str, Any]) -> str:
    machine = measured["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in measured["versions"].items())
    gpu = machine["gpu"] or "no GPU"
    return f"{machine['processor']}, {machine['cores']} cores, {gpu}; {versions}."


def _times(part: Mapping[str, Any]) -> pd.DataFrame:
    rows = []
    for row in part["rows"]:
        first = next(iter(row["timings"].values()))["ms"]
        cells = {"qubits, layers": f"{row['qubits']}, {row['layers']}"}
        cells |= {"entangler": row["entangler"], "batch": row["batch"]}
        for name, timing in row["timings"].items():
            ratio = "" if timing["ms"] == first else f" ({timing['ms'] / first:.1f})"
            cells[name] = f"{timing['ms']:.2f}{ratio}"
        rows.append(cells)
    return pd.DataFrame(rows).fillna("")


def _scaling(part: Mapping[str, Any]) -> pd.DataFrame:
    return _times({"rows": [*part["depth"], *part["batch"]]})


def _peers(part: Mapping[str, Any]) -> pd.DataFrame:
    table = _times(part)
    jax = [name for name in part["rows"][0]["first_s"] if "jax" in name.lower()]
    for name in jax:
        firsts = [f"{row['first_s'][name]:.1f}" for row in part["rows"]]
        table[f"{name}, first step (s)"] = firsts
    return table


def _population(part: Mapping[str, Any]) -> pd.DataFrame:
    rows = []
    for row in part["rows"]:
        slow = row["timings"]["torchquantum"]["ms"]
        cells = {"": row["what"], "qubits, layers": f"{row['qubits']}, {row['layers']}"}
        cells["torchquantum"] = f"{slow:.2f}"
        for name, timing in row["timings"].items():
            if name.startswith("K="):
                each = timing["ms"] / int(name[2:])
                cells[name] = f"{each:.3f} ({slow / each:.0f})"
        rows.append(cells)
    return pd.DataFrame(rows)


def _memory(part: Mapping[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"layers": row["layers"]}
            | {f"{name} (MiB)": f"{b / 2**20:.0f}" for name, b in row["peak_bytes"].items()}
            for row in part["rows"]
        ]
    )


def _end_to_end(part: Mapping[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "data": row["data"],
                "search_space": row["space"],
                "networks": row["networks"],
                "generation": row["at_once"],
                "epochs, batch size": f"{row['epochs']}, {row['batch']}",
                "threads": row["threads"],
                "seconds": f"{row['seconds']:.1f}",
                "networks per minute": f"{row['per_minute']:.0f}",
            }
            for row in part["rows"]
        ]
    )


def _executors(part: Mapping[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "executor": row["executor"],
                "start (s)": f"{row['start_s']:.1f}",
                "search (s)": f"{row['search_s']:.1f}",
                "evaluations per minute": f"{row['per_minute']:.0f}",
                "relative to one worker": f"{row['of_one_worker']:.2f}",
                "idle (%)": f"{100 * row['idle']:.1f}",
                "same results": "yes" if row["equal"] else "no",
            }
            for row in part["rows"]
        ]
    )


def _values(part: Mapping[str, Any]) -> pd.DataFrame:
    numbers = {k: v for k, v in part.items() if isinstance(v, float) and k != "load"}
    return pd.DataFrame({"": list(numbers), "value": [f"{v:,.4g}" for v in numbers.values()]})


TABLES = {
    "layers": _times,
    "scaling": _scaling,
    "peers": _peers,
    "population": _population,
    "memory": _memory,
    "end_to_end": _end_to_end,
    "executors": _executors,
    "costs": _values,
    "large": _values,
    "startup": _values,
    "resume": _values,
}


@styled
def picture(parts: Mapping[str, Any]) -> Figure:
    """Times by qubits, layers and batch, and speed-ups by the number of circuits."""
    drawn = figure(9.6, 9.6)
    (by_qubits, by_count), (by_depth, by_batch) = drawn.subplots(2, 2)
    chosen = parts.get("peers", parts["layers"])["rows"]
    chosen = [row for row in chosen if row["batch"] == BATCH and row["entangler"] == "cx"]
    layers = [row["layers"] for row in chosen]
    _times_by(by_qubits, "qubits", chosen, f"{layers[0]} to {layers[-1]} layers, batch {BATCH}")
    _by_count(by_count, [r for r in parts["population"]["rows"] if r["what"] == "layer"])
    scaling = parts["scaling"]
    of = f"{scaling['depth'][0]['qubits']} qubits"
    _times_by(by_depth, "layers", scaling["depth"], f"{of}, batch {BATCH}")
    _times_by(by_batch, "batch", scaling["batch"], f"{of}, {scaling['batch'][0]['layers']} layers")
    legend_below(
        drawn, 3, by_qubits, title="one circuit; numbers under fused: times as fast as torchquantum"
    )
    return drawn


def _times_by(axes: Axes, what: str, rows: Rows, fixed: str) -> None:
    x = [row[what] for row in rows]
    for name, mark in zip(rows[0]["timings"], "os^vDP", strict=False):
        axes.plot(x, [row["timings"][name]["ms"] / 1e3 for row in rows], marker=mark, label=name)
    axes.set(yscale="log", xlabel=what, ylabel="time of forward and backward")
    axes.set_title(f"one circuit, {fixed}")
    axes.margins(x=0.1, y=0.17)
    name_times(axes.yaxis)
    if what == "batch":
        axes.set_xscale("log", base=2)
    axes.set_xticks(x, [str(value) for value in x])
    axes.minorticks_off()
    for row in rows if len(rows[0]["timings"]) == 2 else ():
        fused, slow = (row["timings"][name]["ms"] for name in ("fused", "torchquantum"))
        axes.annotate(
            f"{slow / fused:.0f}", (row[what], fused / 1e3), (0, -18), textcoords="offset points",
            ha="center", color="C0",
        )  # fmt: skip


def _by_count(axes: Axes, rows: Rows) -> None:
    for row, mark in zip(rows, "os^vDP", strict=False):
        slow = row["timings"]["torchquantum"]["ms"]
        counts = [int(name[2:]) for name in row["timings"] if name.startswith("K=")]
        times = [slow * k / row["timings"][f"K={k}"]["ms"] for k in counts]
        label = f"{row['qubits']} qubits, {row['layers']} layers"
        axes.plot(counts, times, marker=mark, label=label)
    axes.set(xscale="log", yscale="log", xlabel="circuits run as one, K")
    axes.set_ylabel("times as fast as TorchQuantum, each")
    axes.set_xticks(counts, [str(k) for k in counts])
    axes.minorticks_off()
    plain_numbers(axes.yaxis)
    axes.set_title("many circuits at once")
    axes.legend()
