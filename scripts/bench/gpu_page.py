"""The section of docs/performance.md about each GPU that was measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from scripts import page

Rows = list[dict[str, Any]]


HEADING = "### "


def sections(cards: list[dict[str, Any]], before: str) -> str:
    """A section for each card, as Markdown, after those of other cards that the page has."""
    measured = {card["card"]["name"] for card in cards}
    kept = [
        HEADING + part.strip()
        for part in f"\n{before}".split(f"\n{HEADING}")[1:]
        if part.partition("\n")[0] not in measured
    ]
    return "\n\n".join([*kept, *map(_section, cards)])


def _section(content: Mapping[str, Any]) -> str:
    card, machine, parts = content["card"], content["machine"], content["parts"]
    versions = ", ".join(f"{name} {version}" for name, version in content["versions"].items())
    text = [
        HEADING + card["name"],
        f"{card['memory_bytes'] / 2**30:.0f} GiB, CUDA {card['cuda']}; {machine['processor']}, "
        f"{machine['cores']} cores; {versions}.",
    ]
    for name, (before, table) in TABLES.items():
        if rows := parts.get(name, {}).get("rows"):
            text += [before, page.markdown(table(rows))]
    return "\n\n".join(text)


def _steps(rows: Rows) -> pd.DataFrame:
    cpu = {(r["qubits"], r["layers"], r["batch"]): r["cpu_candidate_ms"]
           for r in rows if "cpu_candidate_ms" in r}  # fmt: skip
    table: dict[tuple[Any, ...], dict[str, str]] = {}
    counts = sorted({r["count"] for r in rows if "count" in r})
    for what in ("layer", "training step"):
        for row in rows:
            if "count" not in row:
                continue
            case = (row["qubits"], row["layers"], row["batch"])
            cells = table.setdefault((what, *case), dict.fromkeys(map(str, counts), ""))
            each_ms = row["captured_ms"][what] / row["count"]
            faster = ""
            if what != "layer" and case in cpu:
                ratio = cpu[case] / each_ms
                faster = f" ({ratio:.{0 if ratio >= 10 else 1}f})"
            cells[str(row["count"])] = f"{1e3 * each_ms:.2f}{faster}"
    ordered = sorted(table.items(), key=lambda item: (item[0][0], item[0][3], item[0][1]))
    return pd.DataFrame(
        [
            {"": what, "qubits, layers": f"{qubits}, {layers}", "batch": batch}
            | {f"K={count}": cell for count, cell in cells.items()}
            for (what, qubits, layers, batch), cells in ordered
        ]
    )


def _trainings(rows: Rows) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "data": row["data"],
                "generation": row["at_once"],
                "networks": row["networks"],
                "seconds": f"{row['seconds']:.1f}",
                "networks per minute": f"{row['per_minute']:.0f}",
                "median accuracy": f"{row['median_accuracy']:.3f}",
                "power (W)": f"{row['watts']:.0f}" if row["watts"] else "",
            }
            for row in rows
        ]
    )


def _peers(rows: Rows) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"qubits, layers": f"{row['qubits']}, {row['layers']}", "batch": row["batch"]}
            | {name: f"{ms:.2f}" for name, ms in row["ms"].items()}
            for row in rows
        ]
    ).fillna("")


def _streams(rows: Rows) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "qubits, layers": f"{row['qubits']}, {row['layers']}",
                "networks of each": row["count"],
                "one after the other (ms)": f"{row['serial_ms']:.2f}",
                "at once (ms)": f"{row['parallel_ms']:.2f}",
            }
            for row in rows
        ]
    )


TABLES = {
    "steps": (
        "K different circuits at once, in microseconds per candidate; in brackets, how many times "
        "as fast as one thread of this machine's CPU takes a step of the same networks:",
        _steps,
    ),
    "trainings": ("Complete trainings of 12 epochs, as above:", _trainings),
    "peers": ("One circuit at a time, forward and backward, in milliseconds:", _peers),
    "streams": ("Two groups, a training step of each:", _streams),
}
