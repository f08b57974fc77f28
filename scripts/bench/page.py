"""docs/performance.md: the tables of outputs/bench.json between its marks, and one picture."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hybhanas.reporting.axes import name_times, plain_numbers
from hybhanas.reporting.picture import figure, legend_below, styled
from scripts import page
from scripts.bench import gpu, gpu_page, results

PAGE = page.DOCS / "performance.md"
BATCH = 32  # of the picture, where it is not the axis
MANY = "circuits run as one, K"


def write() -> None:
    """Fills every part of the page that was measured.

    Raises:
        ValueError: the page lacks the marks of a part.
    """
    if cards := gpu.measured():
        page.fill("gpu", gpu_page.sections(cards, page.filled("gpu", PAGE)), PAGE)
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
        page.draw("performance", picture, numbers(parts))


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


def numbers(parts: Mapping[str, Any]) -> pd.DataFrame:
    """Of the picture: a row a panel, line and place, whose value is a time in seconds or, of many
    circuits, how many times as fast as torchquantum each is.
    """
    peers = parts.get("peers", parts["layers"])["rows"]
    peers = [row for row in peers if row["batch"] == BATCH and row["entangler"] == "cx"]
    scaling = parts["scaling"]
    depth, batch = scaling["depth"], scaling["batch"]
    qubits = f"{depth[0]['qubits']} qubits"
    layers = f"{peers[0]['layers']} to {peers[-1]['layers']} layers"
    rows = [
        {
            "panel": panel,
            "fixed": fixed,
            "line": name,
            "place": row[panel],
            "value": timing["ms"] / 1e3,
        }
        for panel, fixed, of in (
            ("qubits", f"{layers}, batch {BATCH}", peers),
            ("layers", f"{qubits}, batch {BATCH}", depth),
            ("batch", f"{qubits}, {batch[0]['layers']} layers", batch),
        )
        for row in of
        for name, timing in row["timings"].items()
    ]
    rows += [
        {
            "panel": MANY,
            "fixed": "",
            "line": f"{row['qubits']} qubits, {row['layers']} layers",
            "place": int(name[2:]),
            "value": row["timings"]["torchquantum"]["ms"] * int(name[2:]) / timing["ms"],
        }
        for row in parts["population"]["rows"]
        for name, timing in row["timings"].items()
        if row["what"] == "layer" and name.startswith("K=")
    ]
    return pd.DataFrame(rows)


@styled
def picture(numbers: pd.DataFrame) -> Figure:
    """Times by qubits, layers and batch, and speed-ups by the number of circuits."""
    drawn = figure(9.6, 9.6)
    (by_qubits, by_count), (by_depth, by_batch) = drawn.subplots(2, 2)
    panels = dict(list(numbers.groupby("panel")))
    for name, axes in (("qubits", by_qubits), ("layers", by_depth), ("batch", by_batch)):
        _times_by(axes, name, panels[name])
    _by_count(by_count, panels[MANY])
    legend_below(
        drawn, 3, by_qubits, title="one circuit; numbers under fused: times as fast as torchquantum"
    )
    return drawn


def _times_by(axes: Axes, what: str, of: pd.DataFrame) -> None:
    lines = of.pivot(index="place", columns="line", values="value")[of.line.unique()]
    for (name, times), mark in zip(lines.items(), "os^vDP", strict=False):
        axes.plot(times.index, times, marker=mark, label=name)
    axes.set(yscale="log", xlabel=what, ylabel="forward and backward pass")
    axes.set_title(f"one circuit, {of.fixed.iloc[0]}")
    axes.margins(x=0.1, y=0.17)
    name_times(axes.yaxis)
    if what == "batch":
        axes.set_xscale("log", base=2)
    axes.set_xticks(lines.index, [str(place) for place in lines.index])
    axes.minorticks_off()
    for place, row in lines.iterrows() if len(lines.columns) == 2 else ():
        axes.annotate(
            f"{row.torchquantum / row.fused:.0f}", (place, row.fused), (0, -18), color="C0",
            textcoords="offset points", ha="center",
        )  # fmt: skip


def _by_count(axes: Axes, of: pd.DataFrame) -> None:
    for (label, line), mark in zip(of.groupby("line"), "os^vDP", strict=False):
        axes.plot(line.place, line.value, marker=mark, label=label)
    axes.set(xscale="log", yscale="log", xlabel=MANY)
    axes.set_ylabel("times as fast as torchquantum")
    counts = of.place.unique()
    axes.set_xticks(counts, [str(count) for count in counts])
    axes.minorticks_off()
    plain_numbers(axes.yaxis)
    axes.set_title("many circuits at once")
    axes.legend()
