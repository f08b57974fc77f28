"""The model card of a member of a front, in Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hybhanas.cost.report import CostReport
from hybhanas.intervals import wilson
from hybhanas.nas.front import FrontMember
from hybhanas.reporting.units import duration

NAME = "card.md"

LIMITS = (
    "The accuracies are those of a simulation without noise; `task=verify` runs the network under "
    "a machine's noise, or on the machine.",
    "The search chose this network among others by its validation accuracy, which is therefore "
    "optimistic; the test split chose nothing.",
    "The cost holds for the calibration named above. Machines are calibrated again every day.",
    "Samples that differ from the training data in kind are classified all the same, as one of the "
    "classes.",
)


@dataclass(frozen=True)
class Origin:
    """Where a member comes from.

    Args:
        run: folder of the search.
        dataset: its settings.
        samples: of the training split.
        summary: of the run, with versions and seed.
        verdict: on the quantum part, in a sentence; None where it was not examined.
        commands: that made the card.
    """

    run: Path
    dataset: Mapping[str, Any]
    samples: int
    summary: Mapping[str, Any]
    verdict: str | None
    commands: Sequence[str]


def card(
    rank: int, member: FrontMember, data_hash: str | None, names: Sequence[str], origin: Origin
) -> str:
    """The model card.

    Args:
        rank: of the member on its front, from 1.
        member: trained to the end.
        data_hash: of the data that its network was trained on.
        names: of the classes; empty where the data have none.
        origin: where it comes from.
    """
    evaluation = member.evaluation
    cost = evaluation.cost
    assert cost is not None  # only what was costed is on a front
    parts = [
        f"# {evaluation.architecture}",
        f"Rank {rank} of the front of `{origin.run}`, architecture `{evaluation.architecture.hash}`"
        f", {evaluation.parameters} parameters, seed {evaluation.seed}.",
        "## Data\n",
        _data(data_hash, names, origin),
        "## Accuracy\n",
        _accuracy(member),
        "## Cost\n",
        _cost(cost),
        "## Does the quantum part matter?\n",
        " ".join(filter(None, (origin.verdict, _twin(member)))) or "Not examined.",
        "## Limits\n",
        "\n".join(f"- {limit}" for limit in LIMITS),
        "## Made by\n",
        "```\n" + "\n".join(origin.commands) + "\n```",
        _versions(origin),
    ]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _data(data_hash: str | None, names: Sequence[str], origin: Origin) -> str:
    settings = ", ".join(
        f"{key}={value}"
        for key, value in origin.dataset.items()
        if not key.startswith("_") and value is not None and value != []
    )
    lines = [f"- settings: {settings}", f"- {origin.samples} training samples"]
    if names:
        lines.append(f"- {len(names)} classes: {', '.join(names)}")
    lines.append(f"- hash of all batches: `{data_hash or 'unknown'}`")
    return "\n".join(lines)


def _accuracy(member: FrontMember) -> str:
    lines = ["| split | accuracy | 95 % interval | samples |", "| --- | ---: | ---: | ---: |"]
    validation, test = member.final_validation_accuracy, member.test_accuracy
    if member.seeds:  # the network is that of the first
        validation, test = member.seeds[0].validation_accuracy, member.seeds[0].test_accuracy
    for split, accuracy, samples in (
        ("validation, which chose it", validation, member.validation_samples),
        ("test", test, member.test_samples),
    ):
        if accuracy is None:
            continue
        interval = "unknown"
        if samples:
            low, high = wilson(accuracy, samples)
            interval = f"{100 * low:.1f} to {100 * high:.1f} %"
        lines.append(f"| {split} | {100 * accuracy:.1f} % | {interval} | {samples or ''} |")
    return "\n".join(lines) + _over_seeds(member)


def _over_seeds(member: FrontMember) -> str:
    """The mean and standard deviation over seeds, in a paragraph; nothing of a single seed."""
    spreads = {split: member.spread(split) for split in ("validation", "test")}
    shown = [
        f"{100 * spread.mean:.1f} % +- {100 * spread.deviation:.1f} on the {split} split"
        for split, spread in spreads.items()
        if spread is not None and spread.deviation is not None
    ]
    if not shown:
        return ""
    return (
        f"\n\nThe search trained {len(member.seeds)} networks of this architecture, with different "
        "seeds of their initial weights; this is the first. Mean and standard deviation of all: "
        f"{', '.join(shown)}."
    )


def _twin(member: FrontMember) -> str:
    """What its classical twin reached, in a sentence; nothing where none was trained."""
    twin = member.twin
    if twin is None:
        return ""
    units = "a single unit" if twin.bottleneck == 1 else f"{twin.bottleneck} units"
    narrow = f", through {units}," if twin.bottleneck else ""
    trained, average = "once with the same seed", ""
    if member.seeds:
        trained, average = f"with the same {len(member.seeds)} seeds", "on average "
    return (
        f"Its {twin.name}, with dense layers in place of the circuit{narrow} and {twin.parameters} "
        f"parameters in all, trained {trained} and splits, classifies {average}"
        f"{100 * twin.validation_accuracy:.1f} % of the validation split and "
        f"{100 * twin.test_accuracy:.1f} % of the test split correctly."
    )


def _cost(cost: CostReport) -> str:
    time, origin = cost.time, cost.provenance
    age_days = (datetime.now(UTC) - datetime.fromisoformat(origin.calibration_date)).days
    rows = [
        (f"QPU time of {origin.phase}", duration(time.qpu_s)),
        (
            "90 % of archived jobs were within",
            f"{duration(time.qpu_low_s)} to {duration(time.qpu_high_s)}",
        ),
        ("effective execution time: gates, routing, noise", duration(time.effective_s)),
        ("one inference", duration(time.quantum_inference_s)),
        ("P survival", f"{cost.noise.p_survival:.3f}, {origin.p_survival_is}".rstrip(", ")),
        (
            "shots of a circuit",
            f"{cost.executions.shots_effective:.0f}, {cost.executions.shots} without noise",
        ),
        (
            "transpiled circuit",
            f"{cost.circuit.qubits} qubits, depth {cost.circuit.depth}, "
            f"{cost.circuit.two_qubit_gates} two-qubit gates",
        ),
        (
            "calibration",
            f"{origin.calibration}, {origin.calibration_date}, {age_days} days old, "
            f"`{origin.calibration_hash}`",
        ),
        ("cost model", f"{origin.cost_model}, total {origin.total}"),
    ]
    if cost.money is not None:
        money = cost.money
        low, high = money.cost_low_usd, money.cost_high_usd
        price = f"{money.cost_usd:,.0f} USD, by the same 90 % {low:,.0f} to {high:,.0f} USD"
        rows.append((f"price of {origin.phase}", price))
    head = ["| | |", "| --- | --- |"]
    return "\n".join(head + [f"| {name} | {value} |" for name, value in rows])


def _versions(origin: Origin) -> str:
    versions = origin.summary.get("versions", {})
    made_by = ", ".join(f"{name} {number}" for name, number in versions.items())
    return f"The settings of the search are in `{origin.run / 'config.yaml'}`. {made_by}"
