"""How far FLOPs, parameters, depth and gate counts stand for the time on a quantum machine.

    python scripts/proxies.py                                       # minutes; none of it training
    python scripts/proxies.py --architectures 50 --backends ibm_torino --cost-model effective_time
    python scripts/proxies.py --run outputs/search/...              # and what they do to a front

Random architectures of search_space=hqnn, as networks for the digits, are costed on each machine.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.figure import Figure
from scipy.stats import kendalltau

from hybhanas.architecture import Architecture
from hybhanas.calibration import Calibration
from hybhanas.circuit import lay_out
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.report import CostReport
from hybhanas.data.protocol import ready
from hybhanas.hydra_app.compose import composed
from hybhanas.models.layers import classical_flops, lay_out_network, parameter_count
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.problem import workload_of
from hybhanas.presets import CONF
from hybhanas.qiskit_view import to_qiskit
from hybhanas.reporting.axes import name_times, plain_numbers
from hybhanas.reporting.picture import figure, styled
from hybhanas.reporting.units import duration
from hybhanas.search_space import SearchSpace
from hybhanas.tasks.finished import read_run
from hybhanas.tasks.setup import build, cache_folder
from scripts import page

PART = "proxies"
BACKENDS = (
    "ibm_brisbane", "ibm_sherbrooke", "ibm_torino", "ibm_fez", "ibm_marrakesh", "ibm_boston",
    "ibm_nighthawk", "google_willow", "ionq_forte",
)  # fmt: skip
FLOPS = ("classical FLOPs", "FLOPs with simulation")
CHEAPEST = 0.1  # the fraction of architectures that counts as cheap
ALIKE = 0.01  # the relative difference below which two numbers of FLOPs are alike

Proxies = dict[str, np.ndarray]
"""For each proxy its values, of shape [architectures]."""

Costs = dict[str, list[CostReport]]
"""For each backend the costs of all architectures."""


def drawn(count: int, seed: int) -> list[Architecture]:
    """Random architectures of search_space=hqnn, none twice."""
    space, rng = SearchSpace.preset("hqnn"), np.random.default_rng(seed)
    known: dict[Architecture, None] = {}
    while len(known) < count:
        known[space.decode(space.sample(rng))] = None
    return list(known)


def logical(architectures: Sequence[Architecture]) -> Proxies:
    """The proxies that need no machine."""
    data, rows = ready(build("dataset", composed().dataset)), []
    for architecture in architectures:
        gates = lay_out(architecture)
        circuit = to_qiskit(gates, measure=False)
        flops = classical_flops(architecture, data.features, data.classes)
        rows.append(
            {
                FLOPS[0]: flops,
                FLOPS[1]: flops + gates.simulation_flops,
                "parameters": parameter_count(architecture, data.features, data.classes),
                "logical depth": circuit.depth(),
                "logical gates": circuit.size(),
                "logical two-qubit gates": circuit.num_nonlocal_gates(),
            }
        )
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def costs(backend: str, cost_model: str, architectures: Sequence[Architecture]) -> list[CostReport]:
    """The cost of training each architecture to the end on a machine of conf/backend."""
    config = composed(f"backend={backend}", f"cost_model={cost_model}")
    data = ready(build("dataset", config.dataset))
    estimate = CostEstimator(
        Calibration.load(build("calibration", config.calibration)),
        build("cost_model", config.cost_model),
        build("device", config.device),
        workload_of(data, config.trainer.final_epochs, build("trainer", config.trainer)),
        config.backend.power_w,
        cache_folder(config),
    )
    networks = [lay_out_network(a, data.features, data.classes) for a in architectures]
    return [estimate(network.circuit, network.classical_half) for network in networks]


def taus(proxies: Proxies, costed: Costs) -> dict[str, list[float]]:
    """Kendall's rank correlation of each proxy with the total time, for each backend."""
    table: dict[str, list[float]] = {}
    for reports in costed.values():
        known = proxies | {
            "physical depth": np.array([r.circuit.depth for r in reports]),
            "physical two-qubit gates": np.array([r.circuit.two_qubit_gates for r in reports]),
        }
        for name, proxy in known.items():
            statistic = kendalltau(proxy, [r.time.log10_total_s for r in reports]).statistic
            table.setdefault(name, []).append(float(statistic))
    return table


def shared(proxy: np.ndarray, reports: Sequence[CostReport]) -> float:
    """How much of the CHEAPEST by a proxy is among the CHEAPEST by time."""
    count = max(1, round(CHEAPEST * len(proxy)))
    by_time = np.argsort([report.time.log10_total_s for report in reports])
    by_proxy = np.argsort(proxy, kind="stable")  # as they were drawn, where they are equal
    return len(set(by_proxy[:count]) & set(by_time[:count])) / count


def alike(flops: np.ndarray) -> np.ndarray:
    """The pairs of architectures whose FLOPs are ALIKE, of shape [pairs, 2]."""
    order = np.argsort(flops, kind="stable")
    ends = np.searchsorted(flops[order], flops[order] * (1 + ALIKE))
    pairs = [(order[i], other) for i, end in enumerate(ends) for other in order[i + 1 : end]]
    return np.array(pairs, dtype=int).reshape(-1, 2)


def report(architectures: Sequence[Architecture], proxies: Proxies, costed: Costs) -> str:
    """The Markdown of rank correlations, of shares, and of pairs that FLOPs take for equal."""
    lines = [
        f"{len(architectures)} random architectures of search_space=hqnn on digits, "
        f"cost_model={next(iter(costed.values()))[0].provenance.cost_model}. "
        "Kendall's tau between each proxy and the total training time: 1 is the same "
        "order, 0 no relation, -1 the reverse order.",
        "",
        *_head("proxy", costed),
    ]
    for name, row in taus(proxies, costed).items():
        lines.append(f"| {name} | {' | '.join(f'{value:.2f}' for value in row)} |")
    lines += [
        "",
        "Total time, the fractions of it due to routing and noise, and the overlap between the "
        f"{CHEAPEST:.0%} cheapest by FLOPs and the {CHEAPEST:.0%} cheapest by time:",
        "",
        *_head(
            "backend", ["total, median"],
            ["routing, median", "90th percentile", "noise, median", "90th percentile"], FLOPS,
        ),
    ]  # fmt: skip
    for backend, reports in costed.items():
        total_s = np.array([r.time.total_s for r in reports])
        cells = [duration(float(np.median(total_s)))]
        for part in ("routing_s", "noise_s"):
            shares = np.array([getattr(r.parts, part) for r in reports]) / total_s
            cells += [f"{np.median(shares):.1%}", f"{np.percentile(shares, 90):.1%}"]
        cells += [f"{shared(proxies[name], reports):.0%}" for name in FLOPS]
        lines.append(f"| {backend} | {' | '.join(cells)} |")
    for name in FLOPS:
        pairs = alike(proxies[name])
        lines += [
            "",
            f"What {name} ignore: the ratio of times in the {len(pairs)} pairs of architectures "
            f"whose FLOPs differ by less than {ALIKE:.0%}, and the pair with the largest ratio, "
            "with the attenuation P of its expectation values:",
            "",
            *_head("backend", ["median", "largest", "cheap", "expensive"]),
        ]
        for backend, reports in costed.items() if len(pairs) else ():
            time = np.array([r.time.log10_total_s for r in reports])
            gaps = np.abs(time[pairs[:, 0]] - time[pairs[:, 1]])
            shown = [
                f"{_code(architectures[i])}, {duration(reports[i].time.total_s)}, "
                f"P {reports[i].noise.p_survival:.2g}"
                for i in sorted(pairs[gaps.argmax()], key=lambda i: time[i])
            ]
            ratios = f"{10 ** np.median(gaps):.3g} | {10 ** gaps.max():.3g}"
            lines.append(f"| {backend} | {ratios} | {' | '.join(shown)} |")
    return "\n".join(lines)


def _head(first: str, *others: Iterable[str]) -> list[str]:
    names = [name for group in others for name in group]
    return [f"| {' | '.join([first, *names])} |", "| --- |" + " ---: |" * len(names)]


def _code(architecture: Architecture) -> str:
    """An architecture in a cell of a Markdown table."""
    return f"`{architecture}`".replace("|", r"\|")


def fronts(folder: str) -> str:
    """The Markdown of what FLOPs as an objective would do to the front of a finished search."""
    run = read_run(folder)
    by_flops, by_time = (
        {e.key: e for e in Objectives(names, dict.fromkeys(names, 1.0), {}).front(run.evaluations)}
        for names in (("error", "flops"), ("error", "log10_total_s"))
    )
    both = by_flops.keys() & by_time.keys()
    lines = [
        f"Of the {len(run.evaluations)} evaluations of {run.folder.name}, {len(by_flops)} are on "
        f"the front of error and FLOPs, {len(by_time)} on that of error and time, {len(both)} on "
        "both.",
        "",
        *_head("on one front only", ["objective", "accuracy", "FLOPs", "total"]),
    ]
    for objective, front in (("FLOPs", by_flops), ("time", by_time)):
        for key, e in front.items():
            if key not in both:
                values = e.values
                lines.append(
                    f"| {_code(e.architecture)} | {objective} | {1 - values['error']:.1%} | "
                    f"{values['flops']} | {duration(values['total_s'])} |"
                )
    return "\n".join(lines)


def numbers(architectures: Sequence[Architecture], proxies: Proxies, costed: Costs) -> pd.DataFrame:
    """Of the picture: a row an architecture, its time on the first backend."""
    backend, reports = next(iter(costed.items()))
    return pd.DataFrame(
        {
            "backend": backend,
            "architecture": [str(architecture) for architecture in architectures],
            "qubits": [architecture.qubits for architecture in architectures],
            "flops": proxies[FLOPS[1]],
            "two_qubit_gates": [report.circuit.two_qubit_gates for report in reports],
            "log10_total_s": [report.time.log10_total_s for report in reports],
        }
    )


@styled
def picture(numbers: pd.DataFrame) -> Figure:
    """A proxy that hardly orders architectures by time, and one that does."""
    drawn = figure(5.0, 9.5)
    panels = drawn.subplots(1, 2, sharey=True)
    qubits = numbers.qubits
    for axes, name, label in (
        (panels[0], "flops", "FLOPs of a sample, simulation included"),
        (panels[1], "two_qubit_gates", "physical two-qubit gates"),
    ):
        dots = axes.scatter(
            numbers[name], 10**numbers.log10_total_s, c=qubits, s=26,
            cmap=colormaps["viridis_r"].resampled(np.ptp(qubits) + 1),
            vmin=qubits.min() - 0.5, vmax=qubits.max() + 0.5,
        )  # fmt: skip
        axes.set_yscale("log")
        axes.set_xlabel(label)
        tau = kendalltau(numbers[name], numbers.log10_total_s).statistic
        axes.set_title(f"Kendall's tau with time: {tau:.2f}")
    panels[0].set_xscale("log")
    plain_numbers(panels[0].xaxis)
    panels[1].set_xscale("symlog", linthresh=1)  # some have none
    panels[1].set_xticks([0, 1, 10, 100, 1000], ["0", "1", "10", "100", "1,000"])
    panels[1].set_xlim(-0.5, 1.5 * numbers.two_qubit_gates.max())
    name_times(panels[0].yaxis)
    panels[0].set_ylabel(f"total training time\non {numbers.backend[0]}")
    ticks = range(qubits.min(), qubits.max() + 1)
    drawn.colorbar(dots, ax=panels, label="qubits", ticks=ticks)
    return drawn


def _options(group: str) -> list[str]:
    return sorted(path.stem for path in (CONF / group).glob("*.yaml"))


def main(given: list[str] | None = None) -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--architectures", type=int, default=500, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--backends", nargs="+", default=BACKENDS, choices=_options("backend"))
    parser.add_argument("--cost-model", default="qpu_time", choices=_options("cost_model"))
    parser.add_argument("--run", metavar="FOLDER", help="a finished search, for its fronts")
    parser.add_argument("--page", action="store_true", help="write into docs/ as well")
    given = sys.argv[1:] if given is None else given
    arguments = parser.parse_args(given)
    architectures = drawn(arguments.architectures, arguments.seed)
    proxies = logical(architectures)
    costed = {
        backend: costs(backend, arguments.cost_model, architectures)
        for backend in arguments.backends
    }
    body = report(architectures, proxies, costed)
    if arguments.run:
        body += f"\n\n{fronts(arguments.run)}"
    text = page.section(PART, "proxies", given, body, "Two proxies against time")
    print(text)
    if arguments.page:
        page.publish(PART, text, picture, numbers(architectures, proxies, costed))


if __name__ == "__main__":
    main()
